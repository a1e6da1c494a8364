/* test_ws_close: how a WebSocket ends: close handshakes, codes, reasons, time-outs (RFC 6455
 * section 7). */
#include "transport/ws.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ws_probe.h"

enum {
    WAYS = 6,
    FIN = 0x80
};

static const char mask[] = "\x37\xfa\x21\x3d";

static void feed_frame(struct ws_probe *probe, unsigned first, const void *payload, size_t len,
                       uint64_t how)
{
    uint8_t bytes[70000];

    len = probe_frame(bytes, first, probe->server ? mask : NULL, payload, len);
    probe_feed_in(probe, bytes, len, how);
}

static void feed_close(struct ws_probe *probe, unsigned code, const char *reason, uint64_t how)
{
    uint8_t payload[200] = {(uint8_t)(code >> 8), (uint8_t)code};

    memcpy(payload + 2, reason, strlen(reason));
    feed_frame(probe, FIN | 8, payload, 2 + strlen(reason), how);
}

static void open_probe(struct ws_probe *probe, bool server, const meeple_ws_options *options)
{
    probe_init(probe, server, options);
    probe_open(probe);
}

/* ---- codes ---- */

static bool may_travel(unsigned code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

Test(ws_close, every_code_is_valid_or_not)
{
    cr_assert(meeple__ws_close_valid(0, NULL));
    for (unsigned code = 1; code < 65536; code++) {
        cr_assert_eq(meeple__ws_code_valid((uint16_t)code), may_travel(code), "%u", code);
        cr_assert_eq(meeple__ws_close_valid((uint16_t)code, NULL), may_travel(code), "%u", code);
    }
}

Test(ws_close, a_valid_code_is_answered_with_the_same)
{
    for (unsigned code = 900; code < 5100; code += code < 1020 ? 1 : 333) {
        for (int server = 0; server < 2; server++) {
            struct ws_probe probe;
            char told[128], said[128];

            open_probe(&probe, server, NULL);
            feed_close(&probe, code, "why", code % 3);
            if (may_travel(code)) {
                snprintf(told, sizeof told, "closing %u why\nclosed %u clean why\n", code, code);
                snprintf(said, sizeof said, "close %u why\n", code);
            } else {
                snprintf(told, sizeof told, "closed 1002 unclean the close code is not valid\n");
                snprintf(said, sizeof said, "close 1002 the close code is not valid\n");
            }
            cr_assert_str_eq(probe.told, told);
            cr_assert_str_eq(probe.said, said);
            probe_done(&probe);
        }
    }
}

Test(ws_close, a_close_without_a_code_is_1005_and_answered_without)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        feed_frame(&probe, FIN | 8, "", 0, how);
        cr_assert_str_eq(probe.told, "closing 1005\nclosed 1005 clean\n");
        cr_assert_str_eq(probe.said, "close\n");
        probe_done(&probe);
    }
}

Test(ws_close, a_payload_of_one_byte_is_refused)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        feed_frame(&probe, FIN | 8, "\x03", 1, how);
        cr_assert_str_eq(probe.told, "closed 1002 unclean the close code is not valid\n");
        cr_assert_str_eq(probe.said, "close 1002 the close code is not valid\n");
        probe_done(&probe);
    }
}

Test(ws_close, a_reason_that_is_not_utf8_is_refused)
{
    static const char *const rows[] = {"\xff", "ok\xc3", "\xed\xa0\x80"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        for (uint64_t how = 0; how < WAYS; how++) {
            struct ws_probe probe;

            open_probe(&probe, how & 1, NULL);
            feed_close(&probe, 1000, rows[i], how);
            cr_assert_str_eq(probe.told, "closed 1007 unclean the close reason is not UTF-8\n");
            cr_assert_str_eq(probe.said, "close 1007 the close reason is not UTF-8\n");
            probe_done(&probe);
        }
    }
}

/* A Godot 3 server that should say so much says nothing, and hears nothing from there on. */
Test(ws_close, takes_and_gives_a_reason_of_123_bytes)
{
    char reason[MEEPLE_REASON_MAX + 2], told[400];

    memset(reason, 'r', sizeof reason);
    reason[MEEPLE_REASON_MAX + 1] = '\0';
    for (int server = 0; server < 2; server++) {
        struct ws_probe probe;

        open_probe(&probe, server, NULL);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, reason, 0), MEEPLE_EINVAL);
        reason[MEEPLE_REASON_MAX] = '\0';
        feed_close(&probe, 1000, reason, 1);
        snprintf(told, sizeof told, "closing 1000 %s\nclosed 1000 clean %s\n", reason, reason);
        cr_assert_str_eq(probe.told, told);
        probe_done(&probe);
        open_probe(&probe, server, NULL);
        cr_assert_eq(meeple_ws_close(probe.ws, 4999, reason, 0), 0);
        probe_turn(&probe);
        snprintf(told, sizeof told, "close 4999 %s\n", reason);
        cr_assert_str_eq(probe.said, told);
        probe_done(&probe);
        reason[MEEPLE_REASON_MAX] = 'r';
    }
}

Test(ws_close, checks_what_it_is_asked_to_close_with)
{
    struct ws_probe probe;

    probe_init(&probe, true, NULL);
    cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), MEEPLE_ESTATE);
    probe_open(&probe);
    cr_assert_eq(meeple_ws_close(probe.ws, 1005, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(probe.ws, 1006, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(probe.ws, 1015, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(probe.ws, 999, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(probe.ws, 5000, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(probe.ws, 1000, "\xff", 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(probe.ws, 1000, "", 0), 0);
    cr_assert_eq(meeple_ws_close(probe.ws, 1000, "", 0), MEEPLE_ESTATE);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){NULL, 0}, false), MEEPLE_ESTATE);
    cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){NULL, 0}), MEEPLE_ESTATE);
    probe_done(&probe);
}

/* ---- who begins ---- */

Test(ws_close, we_begin)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        cr_assert_eq(meeple_ws_close(probe.ws, 1001, "bye", probe.now_ms), 0);
        probe_turn(&probe);
        cr_assert_str_eq(probe.said, "close 1001 bye\n");
        cr_assert_str_eq(probe.told, "");
        feed_close(&probe, 1001, "bye", how);
        cr_assert_str_eq(probe.told, "closed 1001 clean bye\n");
        cr_assert_str_eq(probe.said, "close 1001 bye\n");
        cr_assert_eq(meeple_ws_deadline_ms(probe.ws), UINT64_MAX);
        probe_done(&probe);
    }
}

Test(ws_close, both_begin)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        probe.deaf = true;
        cr_assert_eq(meeple_ws_close(probe.ws, 4000, "ours", probe.now_ms), 0);
        feed_close(&probe, 4001, "theirs", how);
        cr_assert_str_eq(probe.told, "", "ours has not gone yet");
        probe.deaf = false;
        probe_turn(&probe);
        cr_assert_str_eq(probe.said, "close 4000 ours\n");
        cr_assert_str_eq(probe.told, "closed 4001 clean theirs\n");
        probe_done(&probe);
    }
}

Test(ws_close, a_close_without_a_code_drops_the_reason)
{
    struct ws_probe probe;

    open_probe(&probe, false, NULL);
    cr_assert_eq(meeple_ws_close(probe.ws, 0, "nobody will read this", 0), 0);
    probe_turn(&probe);
    cr_assert_str_eq(probe.said, "close\n");
    probe_done(&probe);
}

/* Not so in Godot 3, which reads no more once it has said that it closes. */
Test(ws_close, what_comes_after_our_close_is_dropped_but_theirs_is_seen)
{
    static uint8_t payload[60000];

    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        /* A message is under way. */
        feed_frame(&probe, 2, payload, 40000, PROBE_WHOLE);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, probe.now_ms), 0);
        feed_frame(&probe, 0, payload, 10000, PROBE_WHOLE);
        feed_frame(&probe, FIN | 9, "ping", 4, how);
        feed_frame(&probe, FIN, "rest", 4, how);
        feed_frame(&probe, FIN | 1, "text", 4, how);
        feed_frame(&probe, FIN | 2, payload, 60000, PROBE_WHOLE);
        feed_frame(&probe, 2, payload, 60000, PROBE_WHOLE);
        feed_frame(&probe, FIN, "end", 3, how);
        feed_close(&probe, 1000, "", how);
        cr_assert_str_eq(probe.told, "closed 1000 clean\n", "way %d", (int)how);
        cr_assert_str_eq(probe.said, "close 1000\npong ping\n");
        probe_done(&probe);
    }
}

Test(ws_close, a_broken_rule_after_our_close_ends_it)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, probe.now_ms), 0);
        feed_frame(&probe, 0xc1, "", 0, how);
        cr_assert_str_eq(probe.told, "closed 1002 unclean a reserved bit is set\n");
        cr_assert_str_eq(probe.said, "close 1000\n");
        probe_done(&probe);
    }
}

Test(ws_close, nothing_is_read_after_their_close)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        open_probe(&probe, how & 1, NULL);
        probe.deaf = true;
        feed_close(&probe, 1000, "", how);
        feed_frame(&probe, FIN | 1, "more", 4, how);
        feed_close(&probe, 1000, "again", how);
        cr_assert_str_eq(probe.told, "closing 1000\n");
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), MEEPLE_ESTATE);
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){NULL, 0}, false), MEEPLE_ESTATE);
        probe.deaf = false;
        probe_turn(&probe);
        cr_assert_str_eq(probe.told, "closing 1000\nclosed 1000 clean\n");
        cr_assert_str_eq(probe.said, "close 1000\n");
        probe_done(&probe);
    }
}

Test(ws_close, what_was_queued_before_goes_first)
{
    struct ws_probe probe;

    open_probe(&probe, true, NULL);
    probe.deaf = true;
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){(const uint8_t *)"last", 4}, true), 0);
    feed_close(&probe, 1000, "", 0);
    cr_assert_eq(probe_take(&probe, 3), 3);
    cr_assert_str_eq(probe.told, "closing 1000\n");
    probe.deaf = false;
    probe_turn(&probe);
    cr_assert_str_eq(probe.said, "text last\nclose 1000\n");
    cr_assert_str_eq(probe.told, "closing 1000\nclosed 1000 clean\n");
    probe_done(&probe);
}

/* ---- the stream ends ---- */

Test(ws_close, a_stream_that_ends_without_a_close_is_1006)
{
    for (int server = 0; server < 2; server++) {
        struct ws_probe probe;

        open_probe(&probe, server, NULL);
        feed_frame(&probe, 1, "half", 4, 0);
        probe_eof(&probe);
        cr_assert_str_eq(probe.told, "closed 1006 unclean the connection was lost\n");
        probe_done(&probe);
    }
}

Test(ws_close, what_came_before_the_end_is_told_first)
{
    uint8_t bytes[100];
    size_t len = probe_frame(bytes, FIN | 1, mask, "last words", 10);
    struct ws_probe probe;
    meeple_ws_event event;

    open_probe(&probe, true, NULL);
    meeple_ws_feed(probe.ws, bytes, len, 0);
    meeple_ws_eof(probe.ws);
    cr_assert_eq(meeple_ws_next(probe.ws, &event), 1);
    cr_assert(event.type == MEEPLE_WS_MESSAGE && event.data.len == 10);
    cr_assert_eq(meeple_ws_next(probe.ws, &event), 1);
    cr_assert(event.type == MEEPLE_WS_CLOSED && event.code == MEEPLE_CLOSE_ABNORMAL);
    cr_assert_eq(meeple_ws_next(probe.ws, &event), 0);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){NULL, 0}, false), MEEPLE_ESTATE);
    probe_done(&probe);
}

Test(ws_close, our_close_that_never_went_out_is_not_clean)
{
    struct ws_probe probe;

    open_probe(&probe, true, NULL);
    probe.deaf = true;
    feed_close(&probe, 1000, "", 0);
    probe_eof(&probe);
    cr_assert_str_eq(probe.told, "closing 1000\nclosed 1000 unclean\n");
    probe_done(&probe);
}

/* Of a pong behind it nothing depends. */
Test(ws_close, our_close_that_went_out_is_clean_whatever_is_behind_it)
{
    for (size_t behind = 0; behind < 4; behind++) {
        struct ws_probe probe;

        open_probe(&probe, true, NULL);
        probe.deaf = true;
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, "bye", 0), 0);
        feed_frame(&probe, FIN | 9, "z", 1, 0);
        feed_close(&probe, 1000, "bye", 0);
        cr_assert_eq(meeple_ws_queued(probe.ws), 7 + 3);
        cr_assert_eq(probe_take(&probe, 6 + behind), 6 + behind);
        probe_eof(&probe);
        cr_expect_str_eq(probe.told,
                         behind == 0 ? "closed 1000 unclean bye\n" : "closed 1000 clean bye\n",
                         "%zu: %s", behind, probe.told);
        probe_done(&probe);
    }
}

Test(ws_close, a_stream_that_ends_while_we_close_is_1006)
{
    struct ws_probe probe;

    open_probe(&probe, false, NULL);
    cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), 0);
    probe_turn(&probe);
    probe_eof(&probe);
    cr_assert_str_eq(probe.told, "closed 1006 unclean the connection was lost while closing\n");
    probe_done(&probe);
}

Test(ws_close, a_stream_that_ends_in_the_handshake_is_a_fault)
{
    struct ws_probe probe;
    meeple_fault fault;

    probe_init(&probe, false, NULL);
    probe_feed(&probe, "HTTP/1.1 101 ", 13);
    probe_eof(&probe);
    meeple_ws_fault(probe.ws, &fault);
    cr_assert(fault.stage == MEEPLE_STAGE_HTTP && fault.number == 0);
    cr_assert_str_eq(fault.text, "the connection was closed before the handshake was done");
    cr_assert_eq(strncmp(probe.told, "closed 1006 unclean ", 20), 0);
    probe_done(&probe);
    probe_init(&probe, true, NULL);
    probe_eof(&probe);
    cr_assert(probe.closed);
    probe_done(&probe);
}

/* ---- time ---- */

Test(ws_close, a_server_answers_a_slow_handshake_with_408)
{
    struct ws_probe probe;

    probe_init(&probe, true, &(meeple_ws_options){.handshake_timeout_ms = 700});
    cr_assert_eq(meeple_ws_deadline_ms(probe.ws), 1700);
    probe_feed(&probe, "GET / HTTP/1.1\r\n", 16);
    probe_tick(&probe, 1699);
    cr_assert_str_eq(probe.said, "");
    probe_tick(&probe, 1700);
    cr_assert_str_eq(probe.said, "head HTTP/1.1 408 Request Timeout\n");
    cr_assert(probe.closed);
    probe_done(&probe);
}

Test(ws_close, a_client_gives_up_a_slow_handshake)
{
    struct ws_probe probe;
    meeple_fault fault;

    probe_init(&probe, false, &(meeple_ws_options){.handshake_timeout_ms = 700});
    probe_tick(&probe, 1699);
    cr_assert_not(probe.closed);
    probe_tick(&probe, 1700);
    meeple_ws_fault(probe.ws, &fault);
    cr_assert(probe.closed && fault.stage == MEEPLE_STAGE_TIMEOUT);
    cr_assert_str_eq(fault.text, "the server did not answer the handshake in time");
    cr_assert_eq(meeple_ws_deadline_ms(probe.ws), UINT64_MAX);
    probe_done(&probe);
}

Test(ws_close, an_answer_in_time_stops_the_clock)
{
    for (int server = 0; server < 2; server++) {
        struct ws_probe probe;

        open_probe(&probe, server, &(meeple_ws_options){.handshake_timeout_ms = 700});
        cr_assert_eq(meeple_ws_deadline_ms(probe.ws), UINT64_MAX);
        probe_tick(&probe, 1000000);
        cr_assert_str_eq(probe.told, "");
        probe_done(&probe);
    }
}

Test(ws_close, a_handshake_that_is_done_but_not_told_has_no_clock)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    struct ws_probe probe;

    probe_init(&probe, true, NULL);
    probe.unanswered = true;
    probe_feed(&probe, request, sizeof request - 1);
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), 0);
    cr_assert_eq(meeple_ws_deadline_ms(probe.ws), UINT64_MAX);
    meeple_ws_tick(probe.ws, 1000000);
    probe_turn(&probe);
    cr_assert_str_eq(probe.told, "request /\nopen\n");
    probe_done(&probe);
}

Test(ws_close, an_unanswered_close_ends_in_time)
{
    for (int server = 0; server < 2; server++) {
        struct ws_probe probe;

        open_probe(&probe, server, &(meeple_ws_options){.close_timeout_ms = 300});
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 5000), 0);
        probe_turn(&probe);
        cr_assert_eq(meeple_ws_deadline_ms(probe.ws), 5300);
        probe.now_ms = 5200;
        feed_frame(&probe, FIN | 1, "chatter", 7, 1); /* does not move it */
        cr_assert_eq(meeple_ws_deadline_ms(probe.ws), 5300);
        probe_tick(&probe, 5299);
        cr_assert_str_eq(probe.told, "");
        probe_tick(&probe, 5300);
        cr_assert_str_eq(probe.told,
                         "closed 1006 unclean the other side did not answer our close in time\n");
        probe_done(&probe);
    }
}

Test(ws_close, a_peer_that_never_reads_is_given_up_in_time)
{
    static const char *const told[] = {
        "closing 1000\nclosed 1000 unclean\n", "closed 1002 unclean a reserved bit is set\n",
        "closed 1006 unclean the other side did not answer our close in time\n"};

    for (int way = 0; way < 6; way++) {
        struct ws_probe probe;

        open_probe(&probe, way & 1, &(meeple_ws_options){.close_timeout_ms = 300});
        probe.now_ms = 5000;
        probe.deaf = true;
        if (way / 2 == 0) {
            feed_close(&probe, 1000, "", 0);
        } else if (way / 2 == 1) {
            feed_frame(&probe, 0xc1, "", 0, 0);
        } else {
            cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 5000), 0);
        }
        cr_assert_eq(meeple_ws_deadline_ms(probe.ws), 5300);
        probe_tick(&probe, 5300);
        cr_assert_str_eq(probe.told, told[way / 2]);
        probe_done(&probe);
    }
}

Test(ws_close, a_refusal_that_nobody_reads_ends_in_time)
{
    struct ws_probe probe;

    probe_init(&probe, true, &(meeple_ws_options){.close_timeout_ms = 300});
    probe.deaf = true;
    probe_feed(&probe, "nonsense\n", 9);
    cr_assert_not(probe.closed);
    cr_assert_eq(meeple_ws_deadline_ms(probe.ws), 1300);
    probe_tick(&probe, 1300);
    cr_assert(probe.closed);
    probe_done(&probe);
}

/* ---- out of memory ---- */

/* Drains the pool, so that a close frame needs an allocation. */
static void drain_pool(struct ws_probe *probe)
{
    static uint8_t payload[4092];
    size_t len = probe->server ? 4092 : 4088; /* with its header 4096: a whole block */

    probe->deaf = true;
    for (unsigned i = 0; i < 8; i++) {
        cr_assert_eq(meeple_ws_send(probe->ws, (meeple_bytes){payload, len}, false), 0);
    }
}

Test(ws_close, a_close_without_memory_changes_nothing)
{
    for (int server = 0; server < 2; server++) {
        struct ws_probe probe;
        size_t queued;

        open_probe(&probe, server, NULL);
        drain_pool(&probe);
        queued = meeple_ws_queued(probe.ws);
        counting_mem_fail(&probe.mem, 1);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), MEEPLE_ENOMEM);
        cr_assert_eq(meeple_ws_queued(probe.ws), queued);
        cr_assert_eq(meeple_ws_deadline_ms(probe.ws), UINT64_MAX);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), 0);
        cr_assert_gt(meeple_ws_queued(probe.ws), queued);
        probe_done(&probe);
    }
}

Test(ws_close, an_answer_without_memory_ends_the_connection)
{
    for (int server = 0; server < 2; server++) {
        for (size_t n = 1; n < 4; n++) {
            struct ws_probe probe;

            open_probe(&probe, server, NULL);
            drain_pool(&probe);
            counting_mem_fail(&probe.mem, n);
            probe.mem.fail_all = true;
            feed_close(&probe, 1000, "bye", 0);
            probe.deaf = false;
            probe_turn(&probe);
            cr_assert(probe.closed);
            probe_done(&probe);
        }
    }
}
