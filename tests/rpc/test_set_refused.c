/* test_set_refused: what peers may not set, and how much they may have us keep. */
#include <criterion/criterion.h>

#include "rpc/world.h"
#include "tests/rpc/bytes.h"
#include "tests/rpc/lamps.h"
#include "tests/support/counting_mem.h"

static struct session session;
static struct seat *const server = &session.seats[0];
static struct counting_mem counting;

/* A peer without a world, which says what it likes. */
static meeple_net *bare;
static int32_t bare_id;

static void pump(void)
{
    for (unsigned round = 0; round < 4; round++) {
        meeple_event event;

        settle(&session);
        while (meeple_net_next(bare, &event, 0) > 0) {
            bare_id = event.type == MEEPLE_EVENT_UP ? event.peer : bare_id;
        }
    }
}

static void send(meeple_bytes bytes)
{
    cr_assert_eq(meeple_net_send(bare, MEEPLE_SERVER, bytes), 0);
}

static void send_hex(const char *hex)
{
    uint8_t bytes[512];

    send((meeple_bytes){bytes, from_hex(bytes, hex)});
}

/* HELLO; class 0 "lamp" of watts=(int32), label=(string), maker=(string), extra=(value),
 * lit=(bool), disabled=(int32), maker=(bytes); object 0 "lamp". */
static void introduce(void)
{
    bare = session_client(&session);
    pump();
    send_hex("01 01");
    send_hex("02 00 04 6c 61 6d 70 07 "
             "06 77 61 74 74 73 3d 01 69 "
             "06 6c 61 62 65 6c 3d 01 73 "
             "06 6d 61 6b 65 72 3d 01 73 "
             "06 65 78 74 72 61 3d 01 76 "
             "04 6c 69 74 3d 01 62 "
             "09 64 69 73 61 62 6c 65 64 3d 01 69 "
             "06 6d 61 6b 65 72 3d 01 79");
    send_hex("03 00 00 04 6c 61 6d 70");
    pump();
    session.trace[0] = '\0';
}

enum {
    WATTS,
    LABEL,
    MAKER,
    EXTRA,
    LIT,
    DISABLED,
    MAKER_BYTES,
    CONTENT_MAX = 1000
};

static void begin(void)
{
    lamp_hook = NULL;
    counting_mem_init(&counting);
    session.options.mem = &counting.mem;
    session.options.content_bytes_max = CONTENT_MAX;
    session.options.value_bytes_max = 600;
    lamps_begin(&session, 0);
    introduce();
}

static void end(void)
{
    meeple_net_free(bare);
    session_end(&session);
    cr_expect_eq(counting.live, 0);
}

TestSuite(set_refused, .init = begin, .fini = end);

/* Sets a field of that index to a text of so many bytes. */
static void set_text(unsigned method, size_t len)
{
    uint8_t bytes[4096] = {5, 0, (uint8_t)method, 0x91, 0xda, (uint8_t)(len >> 8), (uint8_t)len};

    cr_assert_leq(len + 7, sizeof bytes);
    memset(bytes + 7, 'x', len);
    send((meeple_bytes){bytes, len + 7});
    pump();
}

/* Everything refused since the last time, with the stranger's id as "7". */
static void expect_said(const char *expected)
{
    char id[20], *at;

    pump();
    snprintf(id, sizeof id, "peer %d ", (int)bare_id);
    while ((at = strstr(session.refusals, id))) {
        memmove(at + 7, at + strlen(id), strlen(at + strlen(id)) + 1);
        memcpy(at, "peer 7 ", 7);
    }
    cr_expect_str_eq(session.refusals, expected);
    session.refusals[0] = '\0';
}

static size_t burden(void)
{
    return meeple__world_remote(server->world, bare_id)->content_bytes;
}

Test(set_refused, is_what_is_out_of_bounds)
{
    send_hex("05 00 00 91 00");
    expect_said("server: peer 7 called lamp.watts=(int32): argument 1 'watts' is 0, allowed "
                "1..100; ");
    send_hex("05 00 00 91 65");
    expect_said("server: peer 7 called lamp.watts=(int32): argument 1 'watts' is 101, allowed "
                "1..100; ");
    set_text(LABEL, 8);
    expect_said("server: peer 7 called lamp.label=(string): argument 1 'label' is 8 bytes long, "
                "allowed 0..7; ");
    cr_expect_eq(lamps[0].watts, 0);
    cr_expect_str_eq(lamps[0].label, "");
    cr_expect_str_eq(session.trace, "");
    send_hex("05 00 00 91 64");
    set_text(LABEL, 7);
    expect_said("");
    cr_expect_eq(lamps[0].watts, 100);
    cr_expect_str_eq(lamps[0].label, "xxxxxxx");
}

Test(set_refused, is_what_is_of_another_type)
{
    send_hex("05 00 00 91 a1 78");
    expect_said("server: peer 7 called lamp.watts=(int32): argument 1 'watts' is a string, int32 "
                "expected; ");
    send_hex("05 00 00 91 cb 40 14 00 00 00 00 00 00");
    expect_said("server: peer 7 called lamp.watts=(int32): argument 1 'watts' is a float, int32 "
                "expected; ");
    send_hex("05 00 04 91 01");
    expect_said("server: peer 7 called lamp.lit=(bool): argument 1 'lit' is an integer, bool "
                "expected; ");
    send_hex("05 00 01 91 c0");
    expect_said("server: peer 7 called lamp.label=(string): argument 1 'label' is nil, string "
                "expected; ");
    send_hex("05 00 01 91 a3 61 00 62");
    expect_said("server: peer 7 called lamp.label=(string): argument 1 'label' has a NUL inside; ");
    send_hex("05 00 02 91 a1 ff");
    expect_said("server: peer 7 called lamp.maker=(string): argument 1 'maker' is not UTF-8; ");
    send_hex("05 00 03 91 c1");
    expect_said("server: peer 7 called lamp.extra=(value): the arguments are not msgpack; ");
    cr_expect_null(lamps[0].maker);
    cr_expect_str_eq(session.trace, "");
}

Test(set_refused, is_any_other_number_of_arguments)
{
    send_hex("05 00 00 90");
    expect_said("server: peer 7 called lamp.watts=(int32): 0 arguments came, 1 expected; ");
    send_hex("05 00 00 92 05 06");
    expect_said("server: peer 7 called lamp.watts=(int32): 2 arguments came, 1 expected; ");
    send_hex("05 00 00 91 05 06");
    expect_said("server: peer 7 called lamp.watts=(int32): 1 bytes are left over behind the "
                "arguments; ");
    send_hex("05 00 00");
    expect_said("server: peer 7 called lamp.watts=(int32): the arguments end too early; ");
    cr_expect_eq(lamps[0].watts, 0);
}

Test(set_refused, is_what_has_no_mode_or_another_type_there)
{
    send_hex("05 00 05 91 05");
    expect_said("server: peer 7 called lamp.disabled=(int32): the object has no such method "
                "here; ");
    send_hex("05 00 06 91 c4 00");
    expect_said("server: peer 7 called lamp.maker=(bytes): here it is lamp.maker=(string); ");
    send_hex("05 00 07 91 05");
    expect_said("server: peer 7 called a method of object 0, which it has not announced; ");
}

Test(set_refused, is_every_other_length_of_a_packet)
{
    static const uint8_t whole[] = {5, 0, 3, 0x91, 0x92, 0xa2, 'h', 'i', 0xcd, 1, 2};

    for (size_t len = 1; len < sizeof whole; len++) {
        send((meeple_bytes){whole, len});
        pump();
        cr_expect_str_eq(session.trace, "", "%zu bytes", len);
        cr_expect_str_neq(session.refusals, "", "%zu bytes", len);
        session.refusals[0] = '\0';
    }
    send((meeple_bytes){whole, sizeof whole});
    pump();
    cr_expect_str_eq(session.trace, "server.extra from ?; ");
}

/* Nothing crashes, and a lamp has what it may have. */
Test(set_refused, is_every_byte_that_makes_no_sense)
{
    static const uint8_t whole[] = {5, 0, 3, 0x91, 0x92, 0xa2, 'h', 'i', 0xcd, 1, 2};

    for (size_t at = 0; at < sizeof whole; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            uint8_t bytes[sizeof whole];

            memcpy(bytes, whole, sizeof whole);
            bytes[at] = (uint8_t)byte;
            send((meeple_bytes){bytes, sizeof bytes});
            settle(&session);
            session.trace[0] = session.refusals[0] = '\0';
        }
    }
    cr_expect(lamps[0].watts >= 0 && lamps[0].watts <= 100);
    cr_expect_leq(strlen(lamps[0].label), 7);
    cr_expect_leq(burden(), CONTENT_MAX);
}

Test(set_refused, is_a_value_over_value_bytes_max)
{
    set_text(MAKER, 597);
    expect_said("");
    set_text(MAKER, 598);
    expect_said("server: peer 7 called lamp.maker=(string): argument 1 'maker' is 601 bytes long, "
                "more than value_bytes_max, 600; ");
    cr_expect_eq(strlen(lamps[0].maker), 597);
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "maker", lamps[0].maker), 0);
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "extra",
                            meeple_value_string_of((meeple_bytes){(uint8_t *)lamps[0].label, 0})),
                 0);
}

Test(set_refused, is_what_would_be_over_content_bytes_max)
{
    static const char refused[] =
        "server: peer 7 called lamp.extra=(value): strings, bytes and values would hold more than "
        "content_bytes_max, 1000; ";

    set_text(MAKER, 500);
    cr_expect_eq(burden(), 500);
    set_text(EXTRA, 501);
    expect_said(refused);
    cr_expect_eq(lamps[0].extra.kind, MEEPLE_VALUE_NIL);
    set_text(EXTRA, 500);
    expect_said("");
    cr_expect_eq(burden(), CONTENT_MAX);
    set_text(EXTRA, 501);
    expect_said(refused);
    set_text(EXTRA, 499);
    set_text(MAKER, 501);
    expect_said("");
    cr_expect_eq(burden(), CONTENT_MAX);
}

Test(set_refused, no_more_when_somebody_else_has_set_it)
{
    set_text(MAKER, 500);
    set_text(EXTRA, 500);
    cr_expect_eq(burden(), CONTENT_MAX);
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "extra", 5), 0);
    pump();
    cr_expect_eq(burden(), 500);
    set_text(EXTRA, 500);
    expect_said("");
    meeple_object_remove(server->object);
    cr_expect_eq(burden(), 0);
}

/* Of one that is gone nothing is taken back from another of its id. */
Test(set_refused, never_takes_back_what_counted_for_one_that_has_left)
{
    set_text(MAKER, 500);
    meeple_net_free(bare);
    settle(&session);
    introduce();
    meeple__world_remote(server->world, bare_id)->content_bytes = 7;
    for (unsigned i = 0; i < 2; i++) {
        set_text(MAKER, 100);
        expect_said("");
        cr_expect_eq(burden(), 107);
    }
    meeple__world_remote(server->world, bare_id)->joined = 99;
    cr_expect_eq(meeple_set(server->object, MEEPLE_ALL, "maker", "mine"), 0);
    pump();
    cr_expect_eq(burden(), 107);
}

static void begin_again(void)
{
    end();
    memset(&session, 0, sizeof session);
    begin();
}

/* One allocation fails; in the end it is set, and once. */
Test(set_refused, never_for_want_of_memory)
{
    uint8_t bytes[7 + 300] = {5, 0, MAKER, 0x91, 0xda, 1, 44};
    size_t calls = 1, starved = 0;

    memset(bytes + 7, 'x', 300);
    for (size_t n = 1; n <= calls; n++) {
        size_t before = counting.calls;
        int rc;

        counting_mem_fail(&counting, n);
        rc = meeple_set(server->object, MEEPLE_SERVER, "remotesync", 5);
        starved += rc < 0;
        cr_expect(rc == 0 || rc == MEEPLE_ENOMEM);
        send((meeple_bytes){bytes, sizeof bytes});
        for (unsigned i = 0; i < 10; i++) {
            meeple_event event;

            while (meeple_net_next(bare, &event, 0) > 0) {
            }
            rc = meeple_world_poll(server->world, 0);
            starved += rc < 0;
            cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM);
        }
        calls = counting.calls - before;
        cr_assert_not_null(lamps[0].maker);
        cr_expect_eq(strlen(lamps[0].maker), 300);
        cr_expect_eq(burden(), 300);
        cr_expect_not_null(strstr(session.trace, "server.maker="));
        expect_said("");
        begin_again();
    }
    cr_expect_geq(starved, 3, "%zu of %zu", starved, calls);
}
