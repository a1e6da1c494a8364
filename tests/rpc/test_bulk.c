/* Values that are longer than a packet: in fragments, beside everything else, from end to end. */
#include "rpc/bulk_out.h"

#include <meeple/state.h>

#include "tests/rpc/bytes.h"
#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"

enum {
    PACKET = 300, /* of the nets here */
    TEXT = 20000,
    LEAVES = 100,
    MOST = 56000 /* leaves room for some of a text */
};

struct book {
    char title[20];
    int32_t page;
    char text[TEXT];
    char notes[TEXT];
    uint8_t leaves[LEAVES];
};

static const meeple_field book_fields[] = {
    MEEPLE_STATE(struct book, title, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct book, text),
    MEEPLE_STATE(struct book, page, .min = 0, .max = 999),
    MEEPLE_STATE(struct book, notes, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct book, leaves),
};

static struct session session;
static struct book book;

static const char *seat_of(const meeple_object *object)
{
    const struct seat *seat = meeple_world_user(meeple_object_world(object));

    return seat->name;
}

static void book_ready(void *self, meeple_object *object)
{
    const struct book *here = self;

    note(session.trace, sizeof session.trace, "%s: ready %s %zu %" PRId32 " +%zu; ",
         seat_of(object), here->title, strlen(here->text), here->page,
         meeple_object_pending(object));
}

static void book_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct book *here = self;

    note(session.trace, sizeof session.trace, "%s: changed", seat_of(object));
    if (MEEPLE_CHANGED(changes, struct book, text)) {
        note(session.trace, sizeof session.trace, " text=%c*%zu", here->text[0],
             strlen(here->text));
    }
    if (MEEPLE_CHANGED(changes, struct book, notes)) {
        note(session.trace, sizeof session.trace, " notes=%c*%zu", here->notes[0],
             strlen(here->notes));
    }
    if (MEEPLE_CHANGED(changes, struct book, page)) {
        note(session.trace, sizeof session.trace, " page=%" PRId32, here->page);
    }
    note(session.trace, sizeof session.trace, "; ");
}

static void book_removed(void *self, meeple_object *object)
{
    (void)self;
    note(session.trace, sizeof session.trace, "%s: removed; ", seat_of(object));
}

MEEPLE_RPC(open_at, SESSION_ROLL)
MEEPLE_ANSWERS(struct book, open_at)
static void on_open_at(struct book *here, const struct open_at *arg, const meeple_call *call)
{
    note(session.trace, sizeof session.trace, "%s: open_at %" PRId32 " with %zu; ",
         seat_of(call->object), arg->eyes, strlen(here->text));
}

static const meeple_method book_methods[] = {MEEPLE_METHOD(open_at, MEEPLE_RPC_REMOTE)};
static const meeple_state book_state = {.fields = book_fields,
                                        .field_count = MEEPLE_COUNT(book_fields),
                                        .size = sizeof(struct book),
                                        .on_ready = book_ready,
                                        .on_changed = book_changed,
                                        .on_removed = book_removed};
static const meeple_class book_class = {
    .name = "book", .methods = book_methods, .method_count = 1, .state = &book_state};
static const meeple_class *const book_classes[] = {&book_class, NULL};

static void fill(char text[TEXT], char letter, size_t len)
{
    memset(text, 0, TEXT);
    memset(text, letter, len);
}

/* A server and so many clients, with a book on the server that has a long text. */
static meeple_object *begin(size_t clients)
{
    meeple_object *object;

    session.options.classes = book_classes;
    session.limits = (meeple_limits){.message_bytes_max = PACKET, .queue_bytes_max = 4 * PACKET};
    session_server(&session);
    for (size_t i = 0; i < clients; i++) {
        session_sit(&session, session_client(&session));
    }
    settle(&session);
    book = (struct book){.title = "Atlas", .page = 7};
    fill(book.text, 'a', 10000);
    cr_assert_eq(meeple_object_spawn(&object, session.seats[0].world, &book_class, "book", &book),
                 0);
    return object;
}

static struct book *book_of(const struct seat *seat)
{
    return meeple_object_find(seat->world, &book_class, "book");
}

static meeple_object *object_of(const struct seat *seat)
{
    return meeple__states_find(&seat->world->states, 1);
}

/* The server speaks once, then a client listens once. */
static void step(size_t client)
{
    cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
    cr_assert_geq(meeple_world_poll(session.seats[client].world, 0), 0);
}

/* The stream to the client holds 64 KiB: what is behind so many bytes waits on the server. */
static void stuff(size_t client, size_t most)
{
    static const uint8_t bytes[PACKET - 40];
    meeple_net *net = meeple_world_net(session.seats[0].world);

    for (size_t sent = 0; sent < most; sent += sizeof bytes) {
        if (meeple_net_send(net, id_of(&session.seats[client]),
                            (meeple_bytes){bytes, sizeof bytes}) < 0) {
            return;
        }
        meeple_net_flush(net);
    }
}

Test(bulk, a_long_value_comes_after_its_object)
{

    begin(1);
    expect_trace(&session, "server: ready Atlas 10000 7 +0; a: ready Atlas 0 7 +10003; "
                           "a: changed text=a*10000; ");
    cr_expect_eq(memcmp(book_of(&session.seats[1])->text, book.text, TEXT), 0);
    cr_expect_eq(meeple_object_pending(object_of(&session.seats[1])), 0);
    cr_expect(meeple__list_empty(&object_of(&session.seats[0])->replica->deliveries));
    cr_expect(meeple__list_empty(&object_of(&session.seats[0])->replica->bulks));
    cr_expect_eq(meeple__world_remote(session.seats[1].world, 1)->arriving_bytes, 0);
    cr_expect_eq(meeple__world_remote(session.seats[1].world, 1)->arrivals, 0);
    expect_refusals(&session, "");
    session_end(&session);
}

Test(bulk, calls_and_other_changes_overtake_it)
{
    meeple_object *object;
    size_t queued;

    object = begin(1);
    settle(&session);
    fill(book.text, 'b', 19000);
    stuff(1, MOST);
    cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
    session.trace[0] = '\0';
    book.page = 8;
    cr_expect_eq(meeple_rpc(object, id_of(&session.seats[1]), open_at, 3), 0);
    do {
        step(1);
        queued =
            meeple_net_queued(meeple_world_net(session.seats[0].world), id_of(&session.seats[1]));
        cr_expect_leq(queued, 2 * PACKET + 64, "a call finds room");
    } while (!strstr(session.trace, "open_at"));
    settle(&session);
    cr_expect_str_eq(session.trace,
                     "server: changed page=8; a: changed page=8; a: open_at 3 with 10000; "
                     "a: changed text=b*19000; ");
    session_end(&session);
}

/* Who has begun to get a value gets it to its end, then the newest: one that changes all the time
 * arrives, too. */
Test(bulk, the_newest_follows_what_has_begun)
{
    unsigned changes = 0;

    begin(1);
    settle(&session);
    for (unsigned i = 0; i < 4000; i++) {
        session.trace[0] = '\0';
        fill(book.text, (char)('a' + i % 26), 10000 + i);
        stuff(1, SIZE_MAX);
        step(1);
        changes += strstr(session.trace, "a: changed") != NULL;
    }
    cr_expect_gt(changes, 10);
    settle(&session);
    cr_expect_str_eq(book_of(&session.seats[1])->text, book.text);
    expect_refusals(&session, "");
    session_end(&session);
}

Test(bulk, a_short_value_takes_the_place_of_a_long_one)
{

    begin(1);
    stuff(1, SIZE_MAX);
    cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
    fill(book.text, 'b', 5);
    settle(&session);
    cr_expect_str_eq(book_of(&session.seats[1])->text, "bbbbb");
    cr_expect_eq(meeple_object_pending(object_of(&session.seats[1])), 0);
    cr_expect(meeple__list_empty(&object_of(&session.seats[0])->replica->deliveries));
    session_end(&session);
}

/* All of it is encoded once, however many get it. */
Test(bulk, peers_share_an_encoding)
{
    const meeple_object *object;

    object = begin(3);
    for (size_t i = 1; i <= 3; i++) {
        stuff(i, SIZE_MAX);
    }
    for (unsigned i = 0; i < 60; i++) {
        for (size_t client = 1; client <= 3; client++) {
            step(client);
            cr_expect(meeple__list_empty(&object->replica->bulks) ||
                      object->replica->bulks.next == object->replica->bulks.prev);
        }
    }
    settle(&session);
    for (size_t i = 1; i <= 3; i++) {
        cr_expect_str_eq(book_of(&session.seats[i])->text, book.text);
    }
    session_end(&session);
}

/* Somewhere in the middle of the text, at the client. */
static void halfway(size_t client)
{
    const struct seat *seat = &session.seats[client];

    stuff(client, MOST);
    step(client);
    cr_assert_gt(meeple_object_pending(object_of(seat)), 0);
    cr_assert_gt(meeple__world_remote(seat->world, 1)->arriving_bytes, 0);
}

Test(bulk, an_object_that_goes_takes_its_value_along)
{
    meeple_object *object;

    object = begin(1);
    settle(&session);
    fill(book.text, 'a', 19999);
    halfway(1);
    session.trace[0] = '\0';
    meeple_object_remove(object);
    expect_trace(&session, "server: removed; a: removed; ");
    cr_expect_eq(meeple__world_remote(session.seats[1].world, 1)->arriving_bytes, 0);
    cr_expect_eq(meeple__world_remote(session.seats[1].world, 1)->arrivals, 0);
    expect_refusals(&session, "");
    session_end(&session);
}

Test(bulk, what_is_hidden_midway_is_not_sent_on)
{
    meeple_object *object;

    object = begin(1);
    cr_assert_eq(meeple_object_set_owner(object, id_of(&session.seats[1])), 0);
    settle(&session);
    fill(book.notes, 'n', 19000);
    halfway(1);
    session.trace[0] = '\0';
    cr_assert_eq(meeple_object_set_owner(object, MEEPLE_SERVER), 0);
    settle(&session);
    cr_expect_str_eq(book_of(&session.seats[1])->notes, "");
    cr_expect_eq(meeple_object_pending(object_of(&session.seats[1])), 0);
    cr_expect(meeple__list_empty(&object->replica->deliveries));
    cr_assert_eq(meeple_object_set_owner(object, id_of(&session.seats[1])), 0);
    settle(&session);
    cr_expect_str_eq(book_of(&session.seats[1])->notes, book.notes);
    cr_assert_eq(meeple_object_show(object, MEEPLE_ALL, false), 0);
    cr_assert_eq(meeple_object_set_owner(object, MEEPLE_SERVER), 0);
    expect_refusals(&session, "");
    settle(&session);
    cr_expect_null(book_of(&session.seats[1]));
    session_end(&session);
}

Test(bulk, a_master_sends_long_values_too)
{
    meeple_object *object;

    object = begin(2);
    cr_assert_eq(meeple_object_hand_over(object, id_of(&session.seats[1])), 0);
    settle(&session);
    session.trace[0] = '\0';
    fill(book_of(&session.seats[1])->text, 'm', 15000);
    book_of(&session.seats[1])->page = 9;
    settle(&session);
    cr_expect_str_eq(book.text, book_of(&session.seats[1])->text);
    cr_expect_str_eq(book_of(&session.seats[2])->text, book.text);
    cr_expect_eq(book_of(&session.seats[2])->page, 9);
    cr_expect_not_null(strstr(session.trace, "server: changed page=9; "), "%s", session.trace);
    cr_expect_not_null(strstr(session.trace, "server: changed text=m*15000; "));
    cr_expect_not_null(strstr(session.trace, "b: changed text=m*15000; "));
    expect_refusals(&session, "");
    session_end(&session);
}

/* Whoever becomes the master midway, and whoever was, has what the server has in the end. */
Test(bulk, a_master_that_changes_midway_loses_nothing)
{
    for (unsigned rounds = 0; rounds < 40; rounds++) {
        meeple_object *object;
        unsigned turn = 0;

        memset(&session, 0, sizeof session);
        object = begin(2);
        settle(&session);
        for (unsigned i = 0; i < 6; i++) {
            struct book *there;
            size_t who = 1 + i % 2;

            cr_assert_eq(meeple_object_hand_over(object, id_of(&session.seats[who])), 0);
            for (unsigned n = 0; n < rounds; n++) {
                cr_assert_geq(meeple_world_poll(session.seats[turn++ % 3].world, 0), 0);
            }
            there = book_of(&session.seats[who]);
            if (meeple_object_is_master(object_of(&session.seats[who]))) {
                fill(there->text, (char)('A' + i), 12000 + i);
            }
            stuff(1 + (i + rounds) % 2, SIZE_MAX);
            for (unsigned n = 0; n < rounds; n++) {
                cr_assert_geq(meeple_world_poll(session.seats[turn++ % 3].world, 0), 0);
            }
        }
        settle(&session);
        cr_expect_str_eq(book_of(&session.seats[1])->text, book.text, "%u", rounds);
        cr_expect_str_eq(book_of(&session.seats[2])->text, book.text, "%u", rounds);
        expect_refusals(&session, "");
        session_end(&session);
    }
}

Test(bulk, a_value_over_the_limit_stays_here)
{
    session.options.value_bytes_max = 12000;

    begin(1);
    settle(&session);
    fill(book.text, 'w', 11990);
    stuff(1, MOST);
    cr_assert_geq(meeple_world_poll(session.seats[0].world, 0), 0);
    fill(book.text, 'x', 12000);
    book.page = 9;
    settle(&session);
    cr_expect(meeple__list_empty(&object_of(&session.seats[0])->replica->deliveries));
    cr_expect_eq(book_of(&session.seats[1])->page, 9);
    cr_expect_eq(book_of(&session.seats[1])->text[0], 'w');
    fill(book.text, 'y', 11000);
    settle(&session);
    cr_expect_str_eq(book_of(&session.seats[1])->text, book.text);
    session_end(&session);
}

/* One allocation fails, and in the end both have the same. */
Test(bulk, survives_every_allocation_that_fails)
{
    size_t calls = 1;

    for (size_t n = 1; n <= calls; n++) {
        struct counting_mem counting;
        meeple_object *object;
        size_t before;

        memset(&session, 0, sizeof session);
        counting_mem_init(&counting);
        session.options.mem = &counting.mem;
        object = begin(1);
        settle(&session);
        before = counting.calls;
        counting_mem_fail(&counting, n);
        fill(book.text, 'z', 9000);
        for (unsigned i = 0; i < 200; i++) {
            int rc = meeple_world_poll(session.seats[i % 2].world, 0);

            cr_assert(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        cr_assert_eq(meeple_object_hand_over(object, id_of(&session.seats[1])), 0);
        for (unsigned i = 0; i < 200; i++) {
            int rc = meeple_world_poll(session.seats[i % 2].world, 0);

            cr_assert(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        cr_expect_str_eq(book_of(&session.seats[1])->text, book.text);
        fill(book_of(&session.seats[1])->text, 'y', 8000);
        for (unsigned i = 0; i < 200; i++) {
            int rc = meeple_world_poll(session.seats[i % 2].world, 0);

            cr_assert(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        calls = counting.calls - before;
        cr_assert_lt(calls, 2000);
        cr_expect_str_eq(book_of(&session.seats[1])->text, book.text, "%zu of %zu", n, calls);
        session_end(&session);
        cr_expect_eq(counting.live, 0);
    }
}

/* ---- pieces that somebody has made by hand ---- */

/* A FRAGMENT of the book in its present term. */
static void say(const struct seat *from, int32_t to, unsigned slot, size_t total, size_t offset,
                const char *hex)
{
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = SIZE_MAX};
    uint8_t bytes[PACKET];

    meeple__command_write(
        &sink, &(struct meeple__command){.type = MEEPLE__COMMAND_FRAGMENT,
                                         .number = 1,
                                         .term = object_of(&session.seats[0])->replica->term,
                                         .slot = slot,
                                         .total = (uint32_t)total,
                                         .offset = (uint32_t)offset});
    meeple__sink_bytes(&sink, (meeple_bytes){bytes, from_hex(bytes, hex)});
    cr_assert_eq(
        meeple_net_send(meeple_world_net(from->world), to, (meeple_bytes){buf.ptr, buf.len}), 0);
    meeple__buf_done(&buf, NULL);
    settle(&session);
}

/* A client is the book's master, and speaks by hand. */
static const struct seat *begin_with_master(size_t clients)
{
    meeple_object *object = begin(clients);

    cr_assert_eq(meeple_object_hand_over(object, id_of(&session.seats[1])), 0);
    settle(&session);
    session.trace[0] = session.refusals[0] = '\0';
    return &session.seats[1];
}

static size_t arriving(const struct seat *seat)
{
    return meeple__world_remote(session.seats[0].world, id_of(seat))->arriving_bytes;
}

static void expect_refused(const char *text)
{
    cr_expect_not_null(strstr(session.refusals, text), "%s: %s", text, session.refusals);
    session.refusals[0] = '\0';
}

static uint64_t stale(void)
{
    return meeple_world_state_stats(session.seats[0].world).stale;
}

/* Slot 2 is the page: even what is short may come in pieces. */
Test(bulk, a_server_takes_pieces_of_anything)
{
    const struct seat *a = begin_with_master(1);

    say(a, 1, 2, 3, 0, "cd");
    cr_expect_eq(arriving(a), 1);
    cr_expect_eq(meeple_object_pending(object_of(&session.seats[0])), 2);
    say(a, 1, 2, 3, 1, "01");
    cr_expect_eq(book.page, 7);
    say(a, 1, 2, 3, 2, "00");
    cr_expect_eq(book.page, 256);
    cr_expect_eq(arriving(a), 0);
    say(a, 1, 2, 1, 0, "05"); /* all at once */
    cr_expect_eq(book.page, 5);
    say(a, 1, 2, 3, 0, ""); /* announced, and begun twice */
    say(a, 1, 2, 3, 0, "cd 03");
    say(a, 1, 2, 2, 0, "cc");
    say(a, 1, 2, 2, 1, "80");
    cr_expect_eq(book.page, 128);
    cr_expect_str_eq(session.refusals, "");
    session_end(&session);
}

Test(bulk, pieces_that_do_not_fit_are_refused)
{
    const struct seat *a = begin_with_master(1);
    uint64_t before = stale();

    say(a, 1, 2, 3, 0, "cd");
    say(a, 1, 2, 3, 2, "00");
    expect_refused("book in fragments: a piece of it is missing; ");
    say(a, 1, 2, 3, 1, "01"); /* of what was dropped */
    cr_expect_str_eq(session.refusals, "");
    cr_expect_eq(stale(), before + 1);
    say(a, 1, 2, 3, 0, "cd 01");
    say(a, 1, 2, 3, 1, "01 00");
    expect_refused("a piece of it is missing");
    say(a, 1, 2, 3, 0, "cd 01");
    say(a, 1, 2, 4, 2, "00");
    expect_refused("a piece of it is missing");
    say(a, 1, 2, 3, 0, "cd 03 e8");
    expect_refused("changed book: field 'page' is 1000, allowed 0..999");
    say(a, 1, 2, 2, 0, "05 06");
    expect_refused("changed book: ");
    say(a, 1, 2, 2, 0, "cd 01");
    expect_refused("changed book: ");
    say(a, 1, 4 + LEAVES, 1, 0, "05");
    expect_refused("it has no such slot");
    say(a, 1, 0, 2, 0, "a1 41");
    expect_refused("the field is not the sender's to change");
    cr_expect_eq(arriving(a), 0);
    cr_expect_eq(book.page, 7);
    cr_expect_eq(book_of(a)->page, 7);
    session_end(&session);
}

Test(bulk, a_stranger_and_a_former_master_change_nothing)
{
    const struct seat *a = begin_with_master(2), *b = &session.seats[2];
    meeple_object *object = object_of(&session.seats[0]);
    uint64_t before = stale();

    say(b, 1, 2, 1, 0, "05");
    expect_refused("changed book in fragments: only its master may");
    say(a, 1, 2, 3, 0, "cd 01");
    cr_assert_eq(meeple_object_hand_over(object, id_of(b)), 0);
    cr_expect_eq(arriving(a), 0, "what was not whole is dropped");
    settle(&session);
    say(a, 1, 2, 3, 2, "00");
    say(b, 1, 2, 3, 2, "00");
    cr_expect_eq(stale(), before + 2);
    say(b, id_of(a), 2, 1, 0, "05");
    expect_refused("spoke of spawned objects");
    cr_expect_eq(book.page, 7);
    session_end(&session);
}

Test(bulk, memory_is_that_of_what_has_come_and_bounded)
{
    struct counting_mem counting;
    const struct seat *a;
    size_t before;

    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    a = begin_with_master(1);
    settle(&session);
    session.seats[0].world->value_bytes_max = 1000; /* the text is longer */
    before = counting.bytes;
    say(a, 1, 1, 1000, 0, "");
    say(a, 1, 1, 1000, 0, "da 03 e4");
    cr_expect_lt(counting.bytes, before + 1000);
    say(a, 1, 3, 1001, 0, "");
    cr_expect_str_eq(session.refusals, "");
    say(a, 1, 3, 1001, 0, "da");
    expect_refused("changed book in fragments: that is too much");
    cr_expect_eq(arriving(a), 0, "in another term all begins anew");
    for (size_t at = 0; at < 998; at++) {
        say(a, 1, 1, 999, at, "40");
    }
    say(a, 1, 3, 999, 0, "40");
    cr_expect_str_eq(session.refusals, "");
    say(a, 1, 3, 999, 1, "40");
    cr_expect_str_eq(session.refusals, "");
    say(a, 1, 3, 999, 2, "40");
    expect_refused("that is too much");
    say(a, 1, 1, 500, 0, "da");
    meeple_world_free(a->world);
    session.seats[1].world = NULL;
    settle(&session);
    cr_expect_eq(meeple_object_pending(object_of(&session.seats[0])), 0,
                 "who leaves takes it along");
    session_end(&session);
    cr_expect_eq(counting.live, 0);
}

/* Each slot of a STATE looks for what is under way to it. */
Test(bulk, one_peer_has_few_values_under_way_to_a_server)
{
    const struct seat *a = begin_with_master(1);
    const struct meeple__remote *remote = meeple__world_remote(session.seats[0].world, id_of(a));

    for (unsigned slot = 4; slot < 4 + LEAVES; slot++) {
        say(a, 1, slot, 2, 0, "");
    }
    cr_expect_leq(remote->arrivals, 32, "what was only said to come");
    cr_expect_str_eq(session.refusals, "");
    for (unsigned slot = 4; slot < 4 + LEAVES; slot++) {
        say(a, 1, slot, 2, 0, "cc");
    }
    cr_expect_leq(remote->arrivals, 64);
    expect_refused("that is too much");
    session_end(&session);
}

/* Whatever a server says, its clients keep to their own limits. */
Test(bulk, a_client_refuses_what_it_may_not_see)
{
    const struct seat *a, *host = &session.seats[0];

    begin(1);
    settle(&session);
    a = &session.seats[1];
    say(host, id_of(a), 3, 2, 0, "a1 41");
    expect_refused("peer 1 changed book in fragments: the field is not the sender's to change");
    say(host, id_of(a), 2, 2, 0, "cc");
    say(host, id_of(a), 2, 3, 1, "80");
    expect_refused("a piece of it is missing");
    say(host, id_of(a), 2, (size_t)1 << 31, 0, "cc");
    expect_refused("that is too much");
    cr_expect_eq(meeple__world_remote(a->world, 1)->arriving_bytes, 0);
    cr_expect_eq(book_of(a)->page, 7);
    session_end(&session);
}

/* It is not what the others have, and nobody is to be blamed for that. */
Test(bulk, a_value_over_the_limit_is_no_mismatch)
{
    session.options.value_bytes_max = 12000;
    session.options.check_interval_ms = 1;
    begin(1);
    settle(&session);
    fill(book.text, 'c', 12000);
    for (unsigned i = 0; i < 30; i++) {
        book.page = (int32_t)i;
        settle(&session);
    }
    cr_expect_eq(strlen(book_of(&session.seats[1])->text), 10000);
    cr_expect_gt(meeple_world_state_stats(session.seats[1].world).checks, 0);
    cr_expect_eq(meeple_object_pending(object_of(&session.seats[1])), 0);
    cr_expect_eq(meeple_world_state_stats(session.seats[1].world).mismatches, 0);
    cr_expect_str_eq(session.refusals, "");
    session_end(&session);
}
