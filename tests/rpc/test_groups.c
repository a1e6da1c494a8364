/* Groups of peers that see different things of one batch are told the same bytes where they can be.
 */
#include "rpc/replicate.h"

#include "tests/rpc/pawns.h"
#include "tests/support/counting_mem.h"

enum {
    CLIENTS = 5,
    PAWNS = 40
};

static struct session session;
static struct seat *const server = &session.seats[0];
static struct pawn pawns[PAWNS];
static meeple_object *objects[PAWNS];

/* Pawn i is hidden from client i % 7, and the hand of it is that of client i % 6, if there are
 * such.
 */
static void begin(void)
{
    memset(pawns, 0, sizeof pawns);
    pawns_begin(&session, CLIENTS);
    for (size_t i = 0; i < PAWNS; i++) {
        char path[16];

        snprintf(path, sizeof path, "pawn/%zu", i);
        objects[i] = pawn_spawn(server, path, &pawns[i]);
        if (i % 7 >= 1 && i % 7 <= CLIENTS) {
            cr_assert_eq(meeple_object_show(objects[i], id_of(&session.seats[i % 7]), false), 0);
        }
        if (i % 6 >= 1 && i % 6 <= CLIENTS) {
            cr_assert_eq(meeple_object_set_owner(objects[i], id_of(&session.seats[i % 6])), 0);
        }
    }
    settle(&session);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(groups, .fini = end);

/* Some change, now these and now those, and not always the same of them. */
static void change(unsigned round)
{
    for (size_t i = 0; i < PAWNS; i++) {
        if ((i + round) % 3 != 0) {
            pawns[i].hp = (int32_t)((round + i) % 90);
            pawns[i].hand[round % 5]++;
        }
        if ((i + round) % 5 == 0) {
            pawns[i].cells[round % 9] = (uint16_t)(round * 1000 + i);
        }
    }
}

static void expect_seen_by(size_t client)
{
    for (size_t i = 0; i < PAWNS; i++) {
        char path[16];
        const struct pawn *pawn;

        snprintf(path, sizeof path, "pawn/%zu", i);
        pawn = pawn_at(&session.seats[client], path);
        if (i % 7 == client && i % 6 != client) {
            cr_assert_null(pawn, "%zu %s", client, path);
            continue;
        }
        cr_assert_not_null(pawn, "%zu %s", client, path);
        cr_assert_eq(pawn->hp, pawns[i].hp, "%zu %s", client, path);
        cr_assert_arr_eq(pawn->cells, pawns[i].cells, sizeof pawn->cells, "%zu %s", client, path);
        for (size_t at = 0; at < sizeof pawn->hand; at++) {
            cr_assert_eq(pawn->hand[at], i % 6 == client ? pawns[i].hand[at] : 0);
        }
    }
}

static void play(void)
{
    for (unsigned round = 1; round <= 50; round++) {
        change(round);
        settle(&session);
        session.trace[0] = '\0';
        for (size_t client = 1; client <= CLIENTS; client++) {
            expect_seen_by(client);
        }
    }
    expect_refusals(&session, "");
}

Test(groups, each_is_told_what_it_sees)
{
    begin();
    play();
}

/* Where what one group was told in one packet does not fit that of another. */
Test(groups, each_is_told_what_it_sees_in_small_packets)
{
    session.limits = (meeple_limits){.message_bytes_max = 150};
    begin();
    play();
}

Test(groups, one_batch_is_encoded_once_for_those_who_see_as_much_of_an_object)
{
    size_t bytes;

    begin();
    change(1);
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    bytes = server->world->states.told.len;
    cr_expect_gt(bytes, 0);
    for (size_t i = 0; i < PAWNS; i++) {
        bool changed = (i + 1) % 3 != 0 || (i + 1) % 5 == 0;

        cr_expect_eq(objects[i]->replica->told.run == server->world->states.told_run, changed);
    }
    settle(&session);
    cr_expect_leq(server->world->states.told.len, bytes, "it is kept for no longer than that");
}

Test(groups, are_told_the_same_when_out_of_memory)
{
    struct counting_mem counting;

    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    begin();
    for (unsigned n = 1; n <= 40; n++) {
        meeple__buf_done(&server->world->states.told, &counting.mem);
        meeple__buf_done(&server->world->states.entry, &counting.mem);
        meeple__buf_done(&server->world->tx, &counting.mem);
        change(n);
        counting_mem_fail(&counting, n);
        for (unsigned poll = 0; poll < 3; poll++) {
            int rc = meeple_world_poll(server->world, 0);

            cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        counting.fail_at = 0;
        settle(&session);
        session.trace[0] = '\0';
        for (size_t client = 1; client <= CLIENTS; client++) {
            expect_seen_by(client);
        }
    }
    end();
    session.count = 0;
    cr_expect_eq(counting.live, 0);
}
