/* test_session_godot3: a client's side of a session with a Godot 3 server, without anything that
 * carries it. */
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

/* The WebSocket is open. */
static void init(struct table *table)
{
    memset(table, 0, sizeof *table);
    counting_mem_init(&table->mem);
    table->net.seat = &meeple__seat_godot3;
    table->net.limits.peers_max = 3;
    table->net.config.options.queue_bytes_max = 1000;
    table->net.loop.mem = &table->mem.mem;
    table->net.fault.text = "";
    meeple__roster_init(&table->net.roster);
    meeple__session_init(&table->session, &table->net);
    cr_assert_eq(meeple__session_opened(&table->session, "ludus", &table->event), 0);
    cr_assert_eq(table->session.state, MEEPLE__SESSION_WAITING);
}

static void done(struct table *table)
{
    meeple__session_done(&table->session);
    meeple__roster_done(&table->net.roster, &table->mem.mem);
    cr_assert_eq(table->mem.live, 0);
}

/* A message of these bytes, text or not: that is all one. */
static int hear(struct table *table, const char *bytes, size_t len)
{
    table->event = (meeple_event){0};
    return meeple__session_message(&table->session, len % 2,
                                   (meeple_bytes){(const uint8_t *)bytes, len}, &table->event);
}

#define HEAR(table, literal) hear(table, literal, sizeof literal - 1)
/* From the server, for everyone. */
#define SYSTEM(kind, peer) kind "\1\0\0\0\0\0\0\0" peer
#define ID_7 SYSTEM("\3", "\7\0\0\0")
#define ADD_1 SYSTEM("\1", "\1\0\0\0")
#define ADD_9 SYSTEM("\1", "\11\0\0\0")
#define DEL_9 SYSTEM("\2", "\11\0\0\0")

/* In the session as peer 7, and the server joined. */
static void sit_down(struct table *table)
{
    init(table);
    cr_assert_eq(HEAR(table, ID_7), 0);
    cr_assert_eq(table->net.id, 0); /* not yet */
    cr_assert_eq(HEAR(table, ADD_1), 1);
    cr_assert_eq(table->event.type, MEEPLE_EVENT_UP);
    cr_assert_eq(table->event.peer, 7);
    cr_assert_str_eq(table->event.protocol, "ludus");
    cr_assert_eq(table->net.id, 7);
    cr_assert_eq(meeple__session_next(&table->session, &table->event), 1);
    cr_assert_eq(table->event.type, MEEPLE_EVENT_JOIN);
    cr_assert_eq(table->event.peer, MEEPLE_SERVER);
    cr_assert_eq(meeple__session_next(&table->session, &table->event), 0);
}

static void is(const struct table *table, int rc, meeple_event_type type, int32_t peer)
{
    cr_assert_eq(rc, 1);
    cr_assert_eq(table->event.type, type);
    cr_assert_eq(table->event.peer, peer);
}

Test(session_godot3, is_up_with_its_id_and_the_server)
{
    struct table table;

    sit_down(&table);
    cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_NONE);
    done(&table);
}

static void is_no_welcome(const char *bytes, size_t len, bool has_id, const char *why)
{
    struct table table;

    init(&table);
    if (has_id) {
        cr_assert_eq(HEAR(&table, ID_7), 0);
    }
    cr_assert_eq(hear(&table, bytes, len), MEEPLE_EPROTO);
    cr_assert_eq(table.session.breach_code, 1002);
    cr_assert_str_eq(table.session.breach, why);
    cr_assert(table.net.fault.stage == MEEPLE_STAGE_SESSION && table.net.fault.number == 1002);
    cr_assert_str_eq(table.net.fault.text, why);
    done(&table);
}

Test(session_godot3, takes_nothing_else_for_a_welcome)
{
    static const char why[] = "the server's first packets have to be our id, then its own";
    static const struct {
        const char *bytes;
        size_t len;
        bool has_id;
        const char *why;
    } rows[] = {
        {ADD_1, 13, false, why},
        {ADD_9, 13, false, why},
        {DEL_9, 13, false, why},
        {SYSTEM("\3", "\1\0\0\0"), 13, false, why}, /* the server's id */
        {SYSTEM("\3", "\0\0\0\0"), 13, false, "the peer's id is malformed"},
        {SYSTEM("\3", "\377\377\377\377"), 13, false, "the peer's id is malformed"},
        {SYSTEM("\0", "raw"), 12, false, why},
        {"Welcome!", 8, false, "the packet is shorter than its header"}, /* a plain server */
        {"Welcome to the chat", 19, false, "the packet's type is unknown"},
        {ID_7, 13, true, why},
        {ADD_9, 13, true, why},
        {SYSTEM("\1", "\7\0\0\0"), 13, true, why},
        {DEL_9, 13, true, why},
        {SYSTEM("\0", "raw"), 12, true, why},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        is_no_welcome(rows[i].bytes, rows[i].len, rows[i].has_id, rows[i].why);
    }
}

Test(session_godot3, says_who_comes_speaks_and_goes)
{
    struct table table;

    sit_down(&table);
    is(&table, HEAR(&table, ADD_9), MEEPLE_EVENT_JOIN, 9);
    cr_assert_str_eq(table.event.protocol, "");
    is(&table, HEAR(&table, "\0\11\0\0\0\7\0\0\0hello"), MEEPLE_EVENT_PACKET, 9);
    cr_assert(table.event.data.len == 5 && !memcmp(table.event.data.ptr, "hello", 5));
    is(&table, HEAR(&table, "\0\1\0\0\0\0\0\0\0"), MEEPLE_EVENT_PACKET, MEEPLE_SERVER);
    cr_assert_eq(table.event.data.len, 0);
    is(&table, HEAR(&table, DEL_9), MEEPLE_EVENT_LEAVE, 9);
    /* Godot passes on no reason. */
    cr_assert(table.event.code == MEEPLE_CLOSE_NO_CODE && !table.event.clean);
    cr_assert_str_eq(table.event.reason, "");
    is(&table, HEAR(&table, ADD_9), MEEPLE_EVENT_JOIN, 9);
    done(&table);
}

Test(session_godot3, takes_text_for_a_packet_like_any)
{
    struct table table;

    sit_down(&table);
    is(&table, HEAR(&table, "\0\1\0\0\0\7\0\0\0ab"), MEEPLE_EVENT_PACKET, MEEPLE_SERVER);
    cr_assert_not(table.event.text);
    is(&table, HEAR(&table, "\0\1\0\0\0\7\0\0\0abc"), MEEPLE_EVENT_PACKET, MEEPLE_SERVER);
    cr_assert_not(table.event.text);
    done(&table);
}

/* Godot looks neither at whom a packet is for, nor at who says who is there. */
Test(session_godot3, lets_pass_what_godot_does)
{
    struct table table;

    sit_down(&table);
    is(&table, HEAR(&table, "\1\377\377\377\377\5\0\0\0\11\0\0\0more"), MEEPLE_EVENT_JOIN, 9);
    is(&table, HEAR(&table, "\0\11\0\0\0\144\0\0\0x"), MEEPLE_EVENT_PACKET, 9);
    is(&table, HEAR(&table, "\0\11\0\0\0\371\377\377\377x"), MEEPLE_EVENT_PACKET, 9);
    is(&table, HEAR(&table, "\2\0\0\0\0\0\0\0\0\11\0\0\0"), MEEPLE_EVENT_LEAVE, 9);
    done(&table);
}

Test(session_godot3, ignores_what_it_knows_and_whom_it_does_not)
{
    struct table table;

    sit_down(&table);
    is(&table, HEAR(&table, ADD_9), MEEPLE_EVENT_JOIN, 9);
    cr_assert_eq(HEAR(&table, ADD_9), 0);
    cr_assert_eq(HEAR(&table, ADD_1), 0);
    cr_assert_eq(HEAR(&table, SYSTEM("\2", "\12\0\0\0")), 0);
    cr_assert_eq(table.net.roster.count, 2);
    cr_assert_eq(table.net.stats.unroutable, 0);
    cr_assert_eq(HEAR(&table, "\0\12\0\0\0\7\0\0\0x"), 0);
    cr_assert_eq(HEAR(&table, "\0\7\0\0\0\7\0\0\0x"), 0); /* ourselves */
    cr_assert_eq(HEAR(&table, "\0\0\0\0\0\7\0\0\0x"), 0);
    cr_assert_eq(HEAR(&table, "\0\0\0\0\200\7\0\0\0x"), 0);
    cr_assert_eq(table.net.stats.unroutable, 4);
    is(&table, HEAR(&table, DEL_9), MEEPLE_EVENT_LEAVE, 9);
    cr_assert_eq(HEAR(&table, DEL_9), 0);
    cr_assert_eq(HEAR(&table, "\0\11\0\0\0\7\0\0\0x"), 0);
    cr_assert_eq(table.net.stats.unroutable, 5);
    done(&table);
}

Test(session_godot3, names_what_the_server_did_wrong)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *why;
    } rows[] = {
        {ID_7, 13, "the server gave us a second id"},
        {SYSTEM("\3", "\10\0\0\0"), 13, "the server gave us a second id"},
        {SYSTEM("\1", "\7\0\0\0"), 13, "the server announced us to ourselves"},
        {SYSTEM("\2", "\7\0\0\0"), 13, "the server says that one of us two left"},
        {SYSTEM("\2", "\1\0\0\0"), 13, "the server says that one of us two left"},
        {SYSTEM("\1", "\0\0\0\0"), 13, "the peer's id is malformed"},
        {SYSTEM("\2", "\376\377\377\377"), 13, "the peer's id is malformed"},
        {SYSTEM("\1", "\1\0\0"), 12, "the packet names nobody"},
        {SYSTEM("\4", "\1\0\0\0"), 13, "the packet's type is unknown"},
        {SYSTEM("\200", "\1\0\0\0"), 13, "the packet's type is unknown"},
        {"\0\1\0\0\0\0\0\0", 8, "the packet is shorter than its header"},
        {"", 0, "the packet is shorter than its header"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct table table;

        sit_down(&table);
        cr_assert_eq(hear(&table, rows[i].bytes, rows[i].len), MEEPLE_EPROTO);
        cr_assert_eq(table.session.breach_code, 1002);
        cr_assert_str_eq(table.session.breach, rows[i].why);
        cr_assert_leq(strlen(table.session.breach), MEEPLE_REASON_MAX);
        cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_NONE); /* it was UP */
        done(&table);
    }
}

Test(session_godot3, bounds_how_many_are_announced)
{
    struct table table;

    sit_down(&table);
    is(&table, HEAR(&table, ADD_9), MEEPLE_EVENT_JOIN, 9);
    is(&table, HEAR(&table, SYSTEM("\1", "\12\0\0\0")), MEEPLE_EVENT_JOIN, 10);
    is(&table, HEAR(&table, SYSTEM("\1", "\13\0\0\0")), MEEPLE_EVENT_JOIN, 11);
    cr_assert_eq(HEAR(&table, SYSTEM("\1", "\14\0\0\0")), MEEPLE_EPROTO);
    cr_assert_eq(table.session.breach_code, 1002);
    cr_assert_str_eq(table.session.breach, "the server announced too many peers");
    done(&table);
}

Test(session_godot3, says_that_there_is_no_memory)
{
    for (size_t n = 1;; n++) {
        struct table table;
        bool failed;
        int rc;

        init(&table);
        cr_assert_eq(HEAR(&table, ID_7), 0);
        counting_mem_fail(&table.mem, n);
        rc = HEAR(&table, ADD_1);
        if (rc > 0) {
            meeple__session_next(&table.session, &table.event);
            rc = HEAR(&table, ADD_9);
        }
        failed = table.mem.calls >= table.mem.fail_at;
        cr_assert_eq(rc, failed ? MEEPLE_EPROTO : 1);
        if (failed) {
            cr_assert_eq(table.session.breach_code, 1011);
            cr_assert_str_eq(table.session.breach, "out of memory");
        }
        done(&table);
        if (!failed) {
            cr_assert_gt(n, 1);
            break;
        }
    }
}

Test(session_godot3, names_sender_and_target)
{
    uint8_t bytes[MEEPLE__SEAT_HEAD_MAX];
    struct table table;
    meeple_bytes head;

    sit_down(&table);
    head = meeple__session_head(&table.session, true, MEEPLE_EXCEPT(9), bytes);
    cr_assert_eq(head.len, 9);
    cr_assert_eq(memcmp(head.ptr, "\0\7\0\0\0\367\377\377\377", 9), 0);
    head = meeple__session_head(&table.session, false, MEEPLE_ALL, bytes);
    cr_assert_eq(memcmp(head.ptr, "\0\7\0\0\0\0\0\0\0", 9), 0);
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_SERVER), 0);
    cr_assert_eq(meeple__session_check_send(&table.session, MEEPLE_ALL), 0);
    cr_assert_eq(meeple__session_check_send(&table.session, 9), MEEPLE_ENOTFOUND);
    cr_assert_eq(meeple__session_check_send(&table.session, 7), MEEPLE_ENOTFOUND);
    done(&table);
}

/* Godot's server takes what is for all but itself for its own. */
Test(session_godot3, sends_one_by_one_what_is_not_for_the_server)
{
    struct table table;
    size_t len;

    sit_down(&table);
    cr_assert(meeple__session_sends_each(&table.session, MEEPLE_EXCEPT(MEEPLE_SERVER)));
    cr_assert_not(meeple__session_sends_each(&table.session, MEEPLE_EXCEPT(9)));
    cr_assert_not(meeple__session_sends_each(&table.session, MEEPLE_ALL));
    cr_assert_not(meeple__session_sends_each(&table.session, MEEPLE_SERVER));
    cr_assert_eq(meeple__session_each_len(&table.session, 100, &len), 0);
    cr_assert_eq(len, 0); /* there is nobody */
    is(&table, HEAR(&table, ADD_9), MEEPLE_EVENT_JOIN, 9);
    is(&table, HEAR(&table, SYSTEM("\1", "\12\0\0\0")), MEEPLE_EVENT_JOIN, 10);
    cr_assert_eq(meeple__session_each_len(&table.session, 100, &len), 0);
    cr_assert_eq(len, 2 * (MEEPLE__WS_HEAD_MAX + 9 + 100));
    cr_assert_eq(meeple__session_each_len(&table.session, 477, &len), 0);
    cr_assert_eq(len, 1000);
    cr_assert_eq(meeple__session_each_len(&table.session, 478, &len), MEEPLE_ETOOBIG);
    done(&table);
}

Test(session_godot3, says_what_was_waited_for)
{
    struct table table;

    init(&table);
    cr_assert_eq(HEAR(&table, ID_7), 0);
    meeple__session_late(&table.session);
    cr_assert_eq(table.net.fault.stage, MEEPLE_STAGE_TIMEOUT);
    cr_assert_str_eq(table.net.fault.text,
                     "the server did not say our id in time: does it speak another dialect?");
    done(&table);
    init(&table);
    meeple__session_closed(&table.session, 1000, true,
                           (meeple_bytes){(const uint8_t *)"full\0", 5}); /* with Godot's NUL */
    cr_assert_str_eq(table.net.fault.text,
                     "the server closed before it said our id: code 1000, full");
    done(&table);
}

/* Godot sends the NUL behind a reason along. */
Test(session_godot3, takes_no_nul_for_a_part_of_a_reason)
{
    struct table table;

    sit_down(&table);
    is(&table,
       meeple__session_closing(&table.session, 1000, (meeple_bytes){(const uint8_t *)"bye\0", 4},
                               &table.event),
       MEEPLE_EVENT_CLOSING, MEEPLE_SERVER);
    cr_assert_str_eq(table.event.reason, "bye");
    meeple__session_closed(&table.session, 1000, true, (meeple_bytes){(const uint8_t *)"bye\0", 4});
    is(&table, meeple__session_next(&table.session, &table.event), MEEPLE_EVENT_LEAVE,
       MEEPLE_SERVER);
    cr_assert_str_eq(table.event.reason, "bye");
    done(&table);
}
