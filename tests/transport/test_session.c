/* test_session: a client's side of a session, without anything that carries it. */
#include "transport/session.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/counting_mem.h"

struct table {
    meeple_net net;
    struct meeple__session session;
    struct counting_mem mem;
    meeple_event event;
};

static void init(struct table *table, meeple_dialect dialect)
{
    memset(table, 0, sizeof *table);
    counting_mem_init(&table->mem);
    table->net.seat = meeple__seat_of(dialect);
    table->net.limits.peers_max = 3;
    table->net.loop.mem = &table->mem.mem;
    table->net.fault.text = "";
    meeple__roster_init(&table->net.roster);
    meeple__session_init(&table->session, &table->net);
}

static void done(struct table *table)
{
    meeple__session_done(&table->session);
    meeple__roster_done(&table->net.roster, &table->mem.mem);
    cr_assert_eq(table->mem.live, 0);
}

/* A message of these bytes. */
static int hear(struct table *table, const char *bytes, size_t len)
{
    table->event = (meeple_event){0};
    return meeple__session_message(&table->session, false,
                                   (meeple_bytes){(const uint8_t *)bytes, len}, &table->event);
}

#define HEAR(table, text) hear(table, text, sizeof text - 1)

static int next(struct table *table)
{
    table->event = (meeple_event){0};
    return meeple__session_next(&table->session, &table->event);
}

/* Welcomed as peer 7, and the server joined. */
static void sit_down(struct table *table)
{
    init(table, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple__session_opened(&table->session, "meeple.1", &table->event), 0);
    cr_assert_eq(table->session.state, MEEPLE__SESSION_WAITING);
    cr_assert_not(meeple__session_owes(&table->session));
    cr_assert_eq(HEAR(table, "\1\7\0\0\0"), 1);
    cr_assert_eq(table->event.type, MEEPLE_EVENT_UP);
    cr_assert_eq(table->event.peer, 7);
    cr_assert_str_eq(table->event.protocol, "meeple.1");
    cr_assert(meeple__session_owes(&table->session));
    cr_assert_eq(next(table), 1);
    cr_assert_eq(table->event.type, MEEPLE_EVENT_JOIN);
    cr_assert_eq(table->event.peer, MEEPLE_SERVER);
    cr_assert_eq(next(table), 0);
}

static void expect_breach(struct table *table, int rc, uint16_t code, const char *why)
{
    cr_assert_eq(rc, MEEPLE_EPROTO);
    cr_assert_eq(table->session.breach_code, code);
    cr_assert_str_eq(table->session.breach, why);
}

Test(session, is_up_at_once_in_the_plain_dialect)
{
    struct table table;

    init(&table, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple__session_opened(&table.session, "", &table.event), 1);
    cr_assert_eq(table.event.type, MEEPLE_EVENT_UP);
    cr_assert_eq(table.event.peer, 0);
    cr_assert_eq(next(&table), 1);
    cr_assert_eq(table.event.type, MEEPLE_EVENT_JOIN);
    cr_assert_eq(HEAR(&table, "hello"), 1);
    cr_assert_eq(table.event.type, MEEPLE_EVENT_PACKET);
    cr_assert_eq(table.event.peer, MEEPLE_SERVER);
    cr_assert_eq(table.event.data.len, 5);
    done(&table);
}

Test(session, says_who_is_there_and_who_left)
{
    struct table table;

    sit_down(&table);
    cr_assert_eq(HEAR(&table, "\2\11\0\0\0"), 1);
    cr_assert_eq(table.event.type, MEEPLE_EVENT_JOIN);
    cr_assert_eq(table.event.peer, 9);
    cr_assert_str_eq(table.event.protocol, "");
    cr_assert_eq(HEAR(&table, "\200\11\0\0\0hi"), 1);
    cr_assert(table.event.type == MEEPLE_EVENT_PACKET && table.event.text);
    cr_assert_eq(HEAR(&table, "\3\11\0\0\0\1\350\3bye"), 1);
    cr_assert(table.event.type == MEEPLE_EVENT_LEAVE && table.event.clean);
    cr_assert_eq(table.event.code, 1000);
    cr_assert_str_eq(table.event.reason, "bye");
    done(&table);
}

Test(session, names_what_the_server_did_wrong)
{
    static const struct {
        const char *bytes;
        size_t len;
        uint16_t code;
        const char *why;
    } rows[] = {
        {"\1\7\0\0\0", 5, 1002, "the server's first packet has to be the welcome, once"},
        {"\2\7\0\0\0", 5, 1002, "the server announced a peer twice"},
        {"\2\1\0\0\0", 5, 1002, "the server announced a peer twice"},
        {"\3\1\0\0\0\1\350\3", 8, 1002, "the server says that somebody left who was not there"},
        {"\3\11\0\0\0\1\350\3", 8, 1002, "the server says that somebody left who was not there"},
        {"\0\11\0\0\0x", 6, 1002, "the server passed on a packet of nobody"},
        {"\0\0\0", 3, 1002, "the packet is shorter than its header"},
        {"\4\0\0\0\0x", 6, 1002, "only clients send such pings"},
        {"\5\7\0\0\0x", 6, 1002, "the ping or pong is malformed"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct table table;

        sit_down(&table);
        expect_breach(&table, hear(&table, rows[i].bytes, rows[i].len), rows[i].code, rows[i].why);
        cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_NONE);
        done(&table);
    }
}

/* Whoever pings in packets has its answers measured; to others they mean nothing. */
Test(session, takes_a_pong_for_the_answer_to_the_last_ping)
{
    uint8_t bytes[MEEPLE__PING_MAX], payload[MEEPLE__HEARTBEAT_PAYLOAD];
    struct meeple__heartbeat heartbeat = {0};
    struct table table;
    size_t len;

    sit_down(&table);
    meeple__heartbeat_begin(&heartbeat, 1000);
    meeple__heartbeat_ping(&heartbeat, 1000, payload);
    len = meeple__packet_ping(bytes, MEEPLE__PACKET_PONG, (meeple_bytes){payload, sizeof payload});
    table.net.loop.now_ms = 1030;
    cr_assert_eq(hear(&table, (const char *)bytes, len), 0);
    cr_assert_eq(heartbeat.samples, 0);
    table.session.heartbeat = &heartbeat;
    cr_assert_eq(HEAR(&table, "\5\0\0\0\0late"), 0);
    cr_assert_eq(heartbeat.samples, 0);
    cr_assert_eq(hear(&table, (const char *)bytes, len), 0);
    cr_assert_eq(heartbeat.samples, 1);
    cr_assert_eq(heartbeat.last_ms, 30);
    cr_assert_eq(hear(&table, (const char *)bytes, len), 0);
    cr_assert_eq(heartbeat.samples, 1);
    done(&table);
}

Test(session, blames_the_server_that_breaks_the_rules_before_welcome)
{
    struct table table;

    init(&table, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(meeple__session_opened(&table.session, "meeple.1", &table.event), 0);
    expect_breach(&table, HEAR(&table, "\2\11\0\0\0"), 1002,
                  "the server's first packet has to be the welcome, once");
    cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_SESSION);
    cr_assert_eq(table.net.fault.number, 1002);
    expect_breach(
        &table,
        meeple__session_message(&table.session, true, (meeple_bytes){NULL, 0}, &table.event), 1003,
        "this dialect speaks in binary messages");
    done(&table);
}

Test(session, lets_the_server_announce_only_so_many)
{
    struct table table;

    sit_down(&table);
    cr_assert_eq(HEAR(&table, "\2\21\0\0\0"), 1);
    cr_assert_eq(HEAR(&table, "\2\22\0\0\0"), 1);
    cr_assert_eq(HEAR(&table, "\2\23\0\0\0"), 1);
    expect_breach(&table, HEAR(&table, "\2\24\0\0\0"), 1002, "the server announced too many peers");
    done(&table);
}

Test(session, ends_with_a_leave_for_each_join_the_server_last)
{
    struct table table;
    meeple_bytes why = {(const uint8_t *)"gone", 4};

    sit_down(&table);
    cr_assert_eq(HEAR(&table, "\2\21\0\0\0"), 1);
    cr_assert_eq(meeple__session_closing(&table.session, 4000, why, &table.event), 1);
    cr_assert_eq(table.event.type, MEEPLE_EVENT_CLOSING);
    meeple__session_closed(&table.session, 4000, true, why);
    cr_assert(meeple__session_is_over(&table.session) && meeple__session_owes(&table.session));
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_SERVER), MEEPLE_ESTATE);
    for (int32_t id = 17; id > 0; id -= 16) {
        cr_assert_eq(next(&table), 1);
        cr_assert(table.event.type == MEEPLE_EVENT_LEAVE && table.event.clean);
        cr_assert_eq(table.event.peer, id);
        cr_assert_eq(table.event.code, 4000);
        cr_assert_str_eq(table.event.reason, "gone");
    }
    cr_assert_eq(next(&table), 0);
    cr_assert_eq(table.session.state, MEEPLE__SESSION_ENDING);
    cr_assert_not(meeple__session_owes(&table.session));
    cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_NONE);
    done(&table);
}

Test(session, has_a_fault_for_who_was_never_let_in)
{
    struct table table;

    init(&table, MEEPLE_DIALECT_NATIVE);
    cr_assert_eq(
        meeple__session_closing(&table.session, 4000, (meeple_bytes){NULL, 0}, &table.event), 0);
    meeple__session_closed(&table.session, 4000, true, (meeple_bytes){(const uint8_t *)"no", 2});
    cr_assert_str_eq(table.net.fault.text,
                     "the server closed before it said welcome: code 4000, no");
    done(&table);

    init(&table, MEEPLE_DIALECT_NATIVE);
    table.net.closing = true;
    meeple__session_closed(&table.session, 1000, true, (meeple_bytes){NULL, 0});
    cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_NONE);
    done(&table);

    init(&table, MEEPLE_DIALECT_NATIVE);
    meeple__session_late(&table.session);
    cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_TIMEOUT);
    cr_assert_str_eq(table.net.reason, table.net.fault.text);
    cr_assert_eq(table.session.code, MEEPLE_CLOSE_ABNORMAL);
    done(&table);
}

Test(session, knows_whom_a_packet_would_reach)
{
    struct table table;
    uint8_t bytes[MEEPLE__SEAT_HEAD_MAX];

    sit_down(&table);
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_SERVER), 0);
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_EXCEPT(MEEPLE_SERVER)), 0);
    cr_assert_eq(meeple__session_check_send(&table.session, 9), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple__session_head(&table.session, true, 9, bytes).len, 5);
    cr_assert_arr_eq(bytes, "\200\11\0\0\0", 5);
    done(&table);

    init(&table, MEEPLE_DIALECT_PLAIN);
    cr_assert_eq(meeple__session_opened(&table.session, "", &table.event), 1);
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_ALL), 0);
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_EXCEPT(MEEPLE_SERVER)),
                 MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple__session_head(&table.session, true, 1, bytes).len, 0);
    done(&table);
}

Test(session, wants_to_be_closed_when_there_is_no_memory)
{
    for (size_t n = 1; n <= 2; n++) {
        struct table table;

        init(&table, MEEPLE_DIALECT_NATIVE);
        if (n == 1) {
            cr_assert_eq(meeple__session_opened(&table.session, "meeple.1", &table.event), 0);
            counting_mem_fail(&table.mem, 1);
            expect_breach(&table, HEAR(&table, "\1\7\0\0\0"), 1011, "out of memory");
            cr_assert_not(table.net.up_told);
        } else {
            sit_down(&table);
            counting_mem_fail(&table.mem, 1);
            expect_breach(&table, HEAR(&table, "\2\11\0\0\0"), 1011, "out of memory");
        }
        cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_NONE);
        done(&table);
    }
}
