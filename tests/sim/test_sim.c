/* test_sim: the simulated network does what its options say, twice the same way. */
#include "tests/support/sim.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

struct story {
    char *text;
    size_t len;
};

static void tell(void *ctx, const char *line)
{
    struct story *story = ctx;
    size_t len = strlen(line);

    story->text = realloc(story->text, story->len + len + 2);
    cr_assert(story->text);
    memcpy(story->text + story->len, line, len);
    story->len += len;
    story->text[story->len++] = '\n';
    story->text[story->len] = '\0';
}

struct world {
    struct sim *sim;
    const meeple_io_driver *driver, *other;
    meeple_io *server, *client;
    meeple_socket *listener, *accepted, *connected;
};

static struct world world_new(struct sim_options options)
{
    struct world world = {.sim = sim_new(&options)};

    world.driver = sim_driver(world.sim, "server");
    world.other = sim_driver(world.sim, "client");
    cr_assert_eq(world.driver->open(world.driver, NULL, NULL, &world.server), 0);
    cr_assert_eq(world.other->open(world.other, NULL, NULL, &world.client), 0);
    cr_assert_eq(world.driver->listen(world.server, NULL, 4000, false, NULL, &world.listener), 0);
    return world;
}

static void world_done(struct world *world)
{
    world->driver->free(world->server);
    world->driver->free(world->client);
    sim_free(world->sim);
}

static bool take(struct world *world, meeple_io *io, meeple_io_event *event)
{
    int rc = world->driver->next(io, event, 0);

    cr_assert_geq(rc, 0);
    return rc == 1;
}

/* The next event of an io, however long that takes. */
static meeple_io_event expect(struct world *world, meeple_io *io, meeple_io_event_type type)
{
    meeple_io_event event = {0};

    while (!take(world, io, &event)) {
        cr_assert(sim_step(world->sim), "nothing happens any more");
    }
    cr_assert_eq(event.type, type, "event %d instead of %d", (int)event.type, (int)type);
    return event;
}

static void expect_nothing_ever(struct world *world)
{
    meeple_io_event event;

    do {
        cr_assert_not(take(world, world->server, &event), "event %d", (int)event.type);
        cr_assert_not(take(world, world->client, &event), "event %d", (int)event.type);
    } while (sim_step(world->sim));
}

static struct world world_connected(struct sim_options options)
{
    struct world world = world_new(options);

    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &world.connected), 0);
    expect(&world, world.client, MEEPLE_IO_CONNECTED);
    world.accepted = expect(&world, world.server, MEEPLE_IO_ACCEPTED).socket;
    return world;
}

static size_t send_text(struct world *world, meeple_io *io, meeple_socket *socket, const char *text)
{
    return world->driver->send(io, socket, &(meeple_bytes){(const uint8_t *)text, strlen(text)}, 1);
}

/* Sends a long text to the server in a wild network, whatever SENT says. */
static void wild_transfer(struct sim_options options, struct story *story)
{
    static uint8_t bytes[50000];
    struct world world;
    size_t sent = 0, received = 0;
    bool blocked = false;
    uint32_t dice;

    options.trace = tell;
    options.trace_ctx = story;
    world = world_connected(options);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 31 + (i >> 8));
    }
    while (received < sizeof bytes) {
        meeple_io_event event;

        if (!blocked && sent < sizeof bytes) {
            size_t gone = world.driver->send(world.client, world.connected,
                                             &(meeple_bytes){bytes + sent, sizeof bytes - sent}, 1);

            blocked = gone < sizeof bytes - sent;
            sent += gone;
        }
        if (take(&world, world.server, &event)) {
            cr_assert_eq(event.type, MEEPLE_IO_RECEIVED);
            cr_assert_eq(memcmp(event.bytes, bytes + received, event.len), 0);
            received += event.len;
        } else if (take(&world, world.client, &event)) {
            cr_assert_eq(event.type, MEEPLE_IO_SENT);
            sent += event.len;
            blocked = false;
        } else {
            cr_assert(sim_step(world.sim));
        }
    }
    cr_assert_eq(sent, sizeof bytes);
    cr_assert_eq(sim_counts(world.sim).bytes, sizeof bytes);
    cr_assert_eq(world.driver->random(world.client, &dice, sizeof dice), 0);
    tell(story, dice & 1 ? "odd" : "even");
    world_done(&world);
}

Test(sim, the_same_seed_is_the_same_story)
{
    struct sim_options options = {.latency_min_ms = 1,
                                  .latency_max_ms = 90,
                                  .chop = true,
                                  .stutter = true,
                                  .completions = true,
                                  .window_bytes = 3000};
    struct story stories[3] = {{0}};

    for (size_t i = 0; i < 3; i++) {
        options.seed = i < 2 ? 42 : 43;
        wild_transfer(options, &stories[i]);
    }
    cr_assert_str_eq(stories[0].text, stories[1].text);
    cr_assert_str_neq(stories[0].text, stories[2].text);
    for (size_t i = 0; i < 3; i++) {
        free(stories[i].text);
    }
}

Test(sim, every_weather_delivers_every_byte)
{
    for (uint64_t seed = 0; seed < 64; seed++) {
        struct sim_options options = {.seed = seed,
                                      .latency_max_ms = seed & 1 ? 50 : 0,
                                      .chop = seed & 2,
                                      .stutter = seed & 4,
                                      .completions = seed & 8,
                                      .window_bytes = seed & 16 ? 100 : 0};
        struct story story = {0};

        wild_transfer(options, &story);
        free(story.text);
    }
}

Test(sim, tells_what_happens)
{
    struct story story = {0};
    struct world world = world_connected(
        (struct sim_options){.latency_min_ms = 10, .trace = tell, .trace_ctx = &story});

    cr_assert_eq(send_text(&world, world.client, world.connected, "hello"), 5);
    expect(&world, world.server, MEEPLE_IO_RECEIVED);
    cr_assert_str_eq(story.text, "1000 client:40000 > server:4000 connect\n"
                                 "1020 client:40000 > server:4000 5 bytes\n");
    world_done(&world);
    free(story.text);
}

Test(sim, takes_the_time_that_the_way_is_long)
{
    struct world world =
        world_connected((struct sim_options){.latency_min_ms = 30, .latency_max_ms = 40});
    uint64_t before = sim_now(world.sim);

    cr_assert_geq(before, 1060);
    cr_assert_leq(before, 1080);
    cr_assert_eq(send_text(&world, world.client, world.connected, "hello"), 5);
    expect(&world, world.server, MEEPLE_IO_RECEIVED);
    cr_assert_geq(sim_now(world.sim), before + 30);
    cr_assert_leq(sim_now(world.sim), before + 40);
    cr_assert_eq(world.driver->now_ms(world.server), sim_now(world.sim));
    world_done(&world);
}

Test(sim, without_latency_everything_is_now)
{
    struct world world = world_connected((struct sim_options){.seed = 1});

    cr_assert_eq(send_text(&world, world.client, world.connected, "hello"), 5);
    expect(&world, world.server, MEEPLE_IO_RECEIVED);
    cr_assert_eq(sim_now(world.sim), 1000);
    world_done(&world);
}

Test(sim, next_never_waits_and_step_stops_where_it_wanted_to)
{
    struct world world = world_new((struct sim_options){.seed = 1});
    meeple_io_event event;

    cr_assert_not(sim_step(world.sim));
    cr_assert_eq(world.driver->next(world.server, &event, 500), 0);
    cr_assert_eq(world.driver->next(world.client, &event, 300), 0);
    cr_assert_eq(sim_now(world.sim), 1000);
    cr_assert(sim_step(world.sim));
    cr_assert_eq(sim_now(world.sim), 1300);
    cr_assert(sim_step(world.sim));
    cr_assert_eq(sim_now(world.sim), 1500);
    cr_assert_not(sim_step(world.sim));
    cr_assert_eq(sim_now(world.sim), 1500);

    cr_assert_eq(world.driver->next(world.server, &event, 500), 0);
    cr_assert_not(sim_step_until(world.sim, 1600));
    cr_assert_eq(sim_now(world.sim), 1600);
    cr_assert(sim_step_until(world.sim, 2000));
    cr_assert_eq(sim_now(world.sim), 2000);

    /* Asked again without a wish, it has none. */
    cr_assert_eq(world.driver->next(world.server, &event, 500), 0);
    cr_assert_eq(world.driver->next(world.server, &event, -1), 0);
    cr_assert_not(sim_step(world.sim));
    world_done(&world);
}

Test(sim, a_host_can_refuse_be_unknown_or_silent)
{
    struct world world = world_new((struct sim_options){.latency_min_ms = 10});
    meeple_io_event event;
    meeple_socket *socket;

    cr_assert_eq(world.driver->connect(world.client, "nobody", 1, NULL, &socket), 0);
    event = expect(&world, world.client, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_RESOLVE);
    cr_assert_eq(event.fault.number, EAI_NONAME);
    cr_assert_str_eq(event.fault.text, "no address for nobody: Name or service not known");

    cr_assert_eq(world.driver->connect(world.client, "server", 1, NULL, &socket), 0);
    event = expect(&world, world.client, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_eq(event.fault.number, ECONNREFUSED);
    cr_assert_str_eq(event.fault.text, "could not connect to server port 1: Connection refused");

    sim_set_fate(world.sim, "server", SIM_REFUSES);
    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &socket), 0);
    cr_assert_eq(expect(&world, world.client, MEEPLE_IO_BROKEN).fault.number, ECONNREFUSED);

    sim_set_fate(world.sim, "server", SIM_UNKNOWN);
    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &socket), 0);
    cr_assert_eq(expect(&world, world.client, MEEPLE_IO_BROKEN).fault.number, EAI_NONAME);

    sim_set_fate(world.sim, "server", SIM_SILENT);
    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &socket), 0);
    expect_nothing_ever(&world);
    world_done(&world);
}

Test(sim, a_host_finds_itself)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "::1", "server"};
    struct world world = world_new((struct sim_options){.latency_min_ms = 10});

    for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
        meeple_socket *socket;

        cr_assert_eq(world.driver->connect(world.server, names[i], 4000, NULL, &socket), 0);
        expect(&world, world.server, MEEPLE_IO_ACCEPTED);
        expect(&world, world.server, MEEPLE_IO_CONNECTED);
    }
    world_done(&world);
}

Test(sim, ports_belong_to_a_host)
{
    struct world world = world_new((struct sim_options){.seed = 1});
    meeple_socket *socket;

    cr_assert_eq(world.driver->listen(world.server, NULL, 4000, false, NULL, &socket),
                 MEEPLE_EINUSE);
    cr_assert_eq(world.driver->listen(world.client, NULL, 4000, false, NULL, &socket), 0);
    cr_assert_eq(world.driver->port(world.client, socket), 4000);
    cr_assert_eq(world.driver->listen(world.server, NULL, 0, false, NULL, &socket), 0);
    cr_assert_geq(world.driver->port(world.server, socket), 40000);
    world_done(&world);
}

Test(sim, a_cut_swallows_everything_and_tells_nobody)
{
    struct world world = world_connected((struct sim_options){.latency_min_ms = 10});
    meeple_socket *second;
    size_t sent = 0, gone;

    cr_assert_eq(send_text(&world, world.client, world.connected, "on its way"), 10);
    sim_cut(world.sim, "server", "client");
    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &second), 0);
    expect_nothing_ever(&world);

    /* What is sent goes nowhere, until the window is full; then nothing goes. */
    do {
        char text[1001] = {0};

        memset(text, 'x', sizeof text - 1);
        gone = send_text(&world, world.server, world.accepted, text);
        sent += gone;
    } while (gone == 1000);
    cr_assert_eq(sent, 65536);
    world.driver->close(world.client, world.connected);
    expect_nothing_ever(&world);
    world_done(&world);
}

Test(sim, a_mended_link_takes_new_connections)
{
    struct world world = world_connected((struct sim_options){.latency_min_ms = 10});

    sim_cut(world.sim, "client", "server");
    cr_assert_eq(send_text(&world, world.server, world.accepted, "hello"), 5);
    sim_mend(world.sim, "server", "client");
    expect_nothing_ever(&world);
    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &world.connected), 0);
    expect(&world, world.client, MEEPLE_IO_CONNECTED);
    expect(&world, world.server, MEEPLE_IO_ACCEPTED);
    world_done(&world);
}

Test(sim, a_cut_leaves_other_hosts_alone)
{
    struct world world = world_connected((struct sim_options){.latency_min_ms = 10});

    sim_cut(world.sim, "server", "somebody else");
    cr_assert_eq(send_text(&world, world.server, world.accepted, "hello"), 5);
    expect(&world, world.client, MEEPLE_IO_RECEIVED);
    world_done(&world);
}

Test(sim, reset_all_breaks_both_ends_now_after_what_is_there)
{
    struct world world = world_connected((struct sim_options){.latency_min_ms = 10});
    uint64_t now;

    cr_assert_eq(send_text(&world, world.client, world.connected, "arrives"), 7);
    cr_assert(sim_step(world.sim));
    cr_assert_eq(send_text(&world, world.client, world.connected, "too late"), 8);
    now = sim_now(world.sim);
    sim_reset_all(world.sim, "server");
    cr_assert_eq(expect(&world, world.server, MEEPLE_IO_RECEIVED).len, 7);
    cr_assert_eq(expect(&world, world.server, MEEPLE_IO_BROKEN).fault.number, ECONNRESET);
    expect(&world, world.client, MEEPLE_IO_BROKEN);
    cr_assert_eq(sim_now(world.sim), now);
    expect_nothing_ever(&world);
    world_done(&world);
}

Test(sim, resets_come_as_often_as_the_options_say)
{
    struct world world = world_new((struct sim_options){.resets_per_million = 250000});
    size_t broken = 0;

    for (int i = 0; i < 200; i++) {
        meeple_io_event event;

        cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &world.connected),
                     0);
        expect(&world, world.client, MEEPLE_IO_CONNECTED);
        expect(&world, world.server, MEEPLE_IO_ACCEPTED);
        if (send_text(&world, world.client, world.connected, "hello") == 0) {
            expect(&world, world.client, MEEPLE_IO_BROKEN);
            expect(&world, world.server, MEEPLE_IO_BROKEN);
            broken++;
        } else {
            cr_assert(take(&world, world.server, &event));
            cr_assert_eq(event.type, MEEPLE_IO_RECEIVED);
        }
    }
    cr_assert_geq(broken, 25);
    cr_assert_leq(broken, 85);
    cr_assert_eq(sim_counts(world.sim).resets, broken);
    world_done(&world);
}

Test(sim, each_call_can_be_made_to_fail)
{
    struct world world = world_connected((struct sim_options){.seed = 1});
    uint64_t calls = sim_counts(world.sim).calls;
    meeple_io_event event;
    meeple_socket *socket;
    meeple_io *io;
    char byte;

    sim_fail_call(world.sim, 1);
    cr_assert_not(sim_call_failed(world.sim));
    cr_assert_eq(world.driver->open(world.driver, NULL, NULL, &io), MEEPLE_EIO);
    cr_assert(sim_call_failed(world.sim));
    cr_assert_null(io);
    sim_fail_call(world.sim, 1);
    cr_assert_eq(world.driver->listen(world.server, NULL, 0, false, NULL, &socket), MEEPLE_EIO);
    sim_fail_call(world.sim, 1);
    cr_assert_eq(world.driver->connect(world.client, "server", 4000, NULL, &socket), MEEPLE_EIO);
    sim_fail_call(world.sim, 1);
    cr_assert_eq(world.driver->random(world.client, &byte, 1), MEEPLE_EIO);
    sim_fail_call(world.sim, 2);
    cr_assert_eq(world.driver->next(world.client, &event, 0), 0);
    cr_assert_eq(world.driver->next(world.client, &event, 0), MEEPLE_EIO);
    cr_assert_eq(world.driver->next(world.client, &event, 0), 0);
    sim_fail_call(world.sim, 1);
    cr_assert_eq(send_text(&world, world.client, world.connected, "hello"), 0);
    expect(&world, world.client, MEEPLE_IO_BROKEN);
    expect(&world, world.server, MEEPLE_IO_BROKEN);
    cr_assert_gt(sim_counts(world.sim).calls, calls + 7);
    world_done(&world);
}

Test(sim, completions_send_what_the_caller_still_holds)
{
    struct world world =
        world_connected((struct sim_options){.completions = true, .window_bytes = 10});
    char text[] = "one two three four five";
    char seen[sizeof text] = "";
    size_t sent, received = 0;

    sent = send_text(&world, world.client, world.connected, text);
    cr_assert_eq(sent, 10);
    while (received < sent) {
        meeple_io_event event = expect(&world, world.server, MEEPLE_IO_RECEIVED);

        memcpy(seen + received, event.bytes, event.len);
        received += event.len;
        if (received == sent && sent < strlen(text)) {
            size_t more = expect(&world, world.client, MEEPLE_IO_SENT).len;

            cr_assert_gt(more, 0);
            sent += more;
            sent += send_text(&world, world.client, world.connected, text + sent);
        }
    }
    cr_assert_str_eq(seen, text);
    world_done(&world);
}
