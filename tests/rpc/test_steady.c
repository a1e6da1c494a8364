/* What goes on for long allocates nothing: calls there and back, state, bytes of the application.
 */
#include <criterion/criterion.h>

#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"

enum {
    CLIENTS = 4,
    WARM_ROUNDS = 200, /* more than after how many idle calls a pool gives back */
    ROUNDS = 300
};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1];
static struct counting_mem counting;
static struct pawn pawns[10];
static meeple_object *objects[10];

static void answer(struct seat *seat, const meeple_call *call)
{
    (void)seat;
    if (call->sender != MEEPLE_SERVER) {
        cr_assert_eq(meeple_rpc(call->object, MEEPLE_ALL, tell, "there and back"), 0);
    }
}

/* Everything with one allocator. */
static void begin(void)
{
    meeple_net *net;

    counting_mem_init(&counting);
    pawn_session = &session;
    session.options = (meeple_world_options){.mem = &counting.mem, .classes = pawn_classes};
    cr_assert_eq(meeple_net_loopback(&net, &(meeple_listen_options){.mem = &counting.mem}), 0);
    session_add(session_sit(&session, net));
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_assert_eq(meeple_net_join(&net, meeple_world_net(server->world),
                                     &(meeple_connect_options){.mem = &counting.mem}),
                     0);
        session_add(session_sit(&session, net));
    }
    for (size_t i = 0; i < MEEPLE_COUNT(pawns); i++) {
        char path[16];

        snprintf(path, sizeof path, "pawn/%zu", i);
        objects[i] = pawn_spawn(server, path, &pawns[i]);
    }
    settle(&session);
}

static void end(void)
{
    session_end(&session);
    cr_expect_eq(counting.live, 0);
}

TestSuite(steady, .init = begin, .fini = end);

static void poll_all(void)
{
    for (unsigned twice = 0; twice < 2; twice++) {
        for (size_t i = 0; i < session.count; i++) {
            cr_assert_geq(meeple_world_poll(session.seats[i].world, 0), 0);
        }
    }
    session.trace[0] = '\0';
}

static void expect_no_allocation(void (*round)(unsigned number))
{
    size_t calls = 0;

    for (unsigned i = 0; i < WARM_ROUNDS + ROUNDS; i++) {
        calls = i == WARM_ROUNDS ? counting.calls : calls;
        round(i);
        poll_all();
    }
    cr_expect_eq(counting.calls, calls, "%zu allocations", counting.calls - calls);
}

static void calls(unsigned number)
{
    (void)number;
    server->on_say = answer;
    for (size_t i = 1; i <= CLIENTS; i++) {
        cr_assert_eq(meeple_rpc(session.seats[i].object, MEEPLE_SERVER, say, "to the server"), 0);
        cr_assert_eq(meeple_rpc(session.seats[i].object, MEEPLE_ALL, tell, "to all"), 0);
        cr_assert_eq(meeple_rpc(server->object, id_of(&session.seats[i]), tell, "to one"), 0);
    }
}

static void bytes(unsigned number)
{
    const meeple_bytes some = {(const uint8_t *)"some bytes", 10};

    (void)number;
    cr_assert_eq(meeple_world_send(server->world, MEEPLE_ALL, some), 0);
    cr_assert_eq(meeple_world_send(a->world, MEEPLE_ALL, some), 0);
    cr_assert_eq(meeple_world_send(a->world, MEEPLE_SERVER, some), 0);
}

static void state(unsigned number)
{
    for (size_t i = 0; i < MEEPLE_COUNT(pawns); i++) {
        pawns[i].at.x = (int16_t)number;
        pawns[i].cells[number % MEEPLE_COUNT(pawns[i].cells)]++;
    }
    cr_assert_eq(meeple_rpc(objects[number % MEEPLE_COUNT(pawns)], MEEPLE_ALL, poke, "moved"), 0);
}

static void state_of_a_client(unsigned number)
{
    struct pawn *pawn = pawn_at(a, "pawn/3");

    if (number == 0) {
        cr_assert_eq(meeple_object_hand_over(objects[3], id_of(a)), 0);
    } else if (number > 2) {
        pawn->hp = (int32_t)(number % 100);
    }
}

Test(steady, calls_allocate_nothing)
{
    expect_no_allocation(calls);
}

Test(steady, bytes_of_the_application_allocate_nothing)
{
    expect_no_allocation(bytes);
}

Test(steady, state_that_changes_allocates_nothing)
{
    expect_no_allocation(state);
}

Test(steady, state_that_a_client_changes_allocates_nothing)
{
    expect_no_allocation(state_of_a_client);
    cr_expect_eq(pawns[3].hp, (WARM_ROUNDS + ROUNDS - 1) % 100);
}
