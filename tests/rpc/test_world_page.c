/* test_world_page: a world in a page, over a browser's WebSocket, at one table with a native one.
 */
#include <meeple/state.h>
#include <meeple/world.h>

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/fake_browser.h"
#include "tests/support/sim.h"
#include "transport/net.h"

enum {
    TEXT = 50000,
    SERVER = 0,
    NATIVE,
    PAGE,
    SEATS
};

struct diary {
    int32_t page;
    char text[TEXT];
};

static const meeple_field diary_fields[] = {
    MEEPLE_STATE(struct diary, page, .min = 0, .max = 99999),
    MEEPLE_STATE(struct diary, text),
};

#define TURNED(ARG) ARG(int32_t, number, .min = 0, .max = 99999)
MEEPLE_RPC(turned, TURNED)
MEEPLE_ANSWERS(struct diary, turned)

/* What calls each seat has had. */
static unsigned calls[SEATS];
static meeple_world *worlds[SEATS];
static meeple_object *objects[SEATS];

static unsigned seat_of(const meeple_world *world)
{
    unsigned which = 0;

    while (worlds[which] != world) {
        which++;
    }
    return which;
}

static void on_turned(struct diary *diary, const struct turned *arg, const meeple_call *call)
{
    unsigned which = seat_of(call->world);

    (void)diary;
    cr_assert_eq(arg->number, (int32_t)calls[which], "in order, and once");
    calls[which]++;
}

static const meeple_method diary_methods[] = {MEEPLE_METHOD(turned, MEEPLE_RPC_REMOTE)};
static void diary_ready(void *self, meeple_object *object)
{
    (void)self;
    objects[seat_of(meeple_object_world(object))] = object;
}

static const meeple_state diary_state = {.fields = diary_fields,
                                         .field_count = MEEPLE_COUNT(diary_fields),
                                         .size = sizeof(struct diary),
                                         .on_ready = diary_ready};
static const meeple_class diary_class = {
    .name = "diary", .methods = diary_methods, .method_count = 1, .state = &diary_state};
static const meeple_class *const classes[] = {&diary_class, NULL};

static struct diary diary;

static struct diary *diary_of(unsigned which)
{
    return meeple_object_find(worlds[which], &diary_class, "diary");
}

static void add_world(struct sim *sim, unsigned which, const meeple_limits *limits)
{
    static const char *const hosts[] = {"server", "native", "page"};
    const meeple_connect_options options = {.limits = *limits, .io = sim_driver(sim, hosts[which])};
    meeple_net *net;
    int rc;

    if (which == SERVER) {
        rc = meeple_net_listen(
            &net, &(meeple_listen_options){.port = 4000, .limits = *limits, .io = options.io});
    } else if (which == NATIVE) {
        rc = meeple_net_connect(&net, "ws://server:4000", &options);
    } else {
        rc = meeple__web_client_new(&net, "ws://server:4000", &options);
    }
    cr_assert_eq(rc, 0);
    cr_assert_eq(meeple_world_new(&worlds[which], net, &(meeple_world_options){.classes = classes}),
                 0);
}

static void run(struct sim *sim, uint64_t ms)
{
    uint64_t until_ms = sim_now(sim) + ms;

    do {
        for (unsigned round = 0; round < 3; round++) {
            for (unsigned which = 0; which < SEATS; which++) {
                int rc = worlds[which] ? meeple_world_poll(worlds[which], 5) : 0;

                cr_assert_geq(rc, 0, "seat %u: %s", which, meeple_strerror(rc));
            }
            browser_turn(NULL);
        }
    } while (sim_step_until(sim, until_ms));
}

/* From the page, whose queue holds two of its fragments, to everybody, with calls beside it; and
 * then the same from the server to the page. */
Test(world_page, long_values_and_calls_go_both_ways_through_a_short_queue)
{
    const meeple_limits limits = {.message_bytes_max = 1000, .queue_bytes_max = 3000};
    struct sim *sim = sim_new(&(struct sim_options){
        .seed = 7, .latency_min_ms = 2, .latency_max_ms = 9, .window_bytes = 2000, .chop = true});
    struct fake_browser *browser = browser_begin();
    meeple_object *object;

    browser->sim = sim;
    browser->host = "page";
    for (unsigned which = 0; which < SEATS; which++) {
        add_world(sim, which, &limits);
        run(sim, 500);
    }
    memset(diary.text, 's', TEXT - 1);
    cr_assert_eq(meeple_object_spawn(&object, worlds[SERVER], &diary_class, "diary", &diary), 0);
    for (unsigned number = 0; number < 50; number++) {
        cr_assert_eq(meeple_rpc(object, MEEPLE_ALL, turned, (int32_t)number), 0);
        run(sim, 50);
    }
    run(sim, 60000);
    cr_assert_eq(calls[PAGE], 50);
    cr_assert_eq(calls[NATIVE], 50);
    cr_assert_str_eq(diary_of(PAGE)->text, diary.text);
    cr_assert_str_eq(diary_of(NATIVE)->text, diary.text);

    memset(calls, 0, sizeof calls);
    cr_assert_eq(meeple_object_hand_over(object, meeple_net_id(meeple_world_net(worlds[PAGE]))), 0);
    run(sim, 1000);
    memset(diary_of(PAGE)->text, 'p', TEXT - 1);
    diary_of(PAGE)->page = 12;
    for (unsigned number = 0; number < 50; number++) {
        cr_assert_eq(meeple_rpc(objects[PAGE], MEEPLE_ALL, turned, (int32_t)number), 0);
        run(sim, 50);
    }
    run(sim, 60000);
    cr_assert_eq(calls[SERVER], 50);
    cr_assert_eq(calls[NATIVE], 50);
    cr_assert_eq(diary.page, 12);
    cr_assert_str_eq(diary.text, diary_of(PAGE)->text);
    cr_assert_str_eq(diary_of(NATIVE)->text, diary.text);

    for (unsigned which = SEATS; which-- > 0;) {
        meeple_world_free(worlds[which]);
        worlds[which] = NULL;
    }
    browser_end();
    sim_free(sim);
}
