/* test_conformance_close: how both roles end a connection, case by case (RFC 6455 sections 5.5.1
 * and 7).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/frames.h"

#define BOTH(server)                                                                               \
    int server = 0;                                                                                \
    (server) < 2;                                                                                  \
    (server)++

static bool may_travel(unsigned code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

/* Feeds frames to an endpoint that is open. */
static void feed(struct ws_probe *probe, struct frames *frames, uint64_t how)
{
    probe_feed_in(probe, frames->bytes, frames->len, how);
    frames_done(frames);
}

/* ---- codes ---- */

Test(conformance_close, every_code_is_echoed_or_refused)
{
    for (BOTH(server)) {
        /* The rest is as 5000 is: every_code_is_valid_or_not asks for all 65536. */
        for (unsigned code = 0; code < 5100; code += code == 1100 ? 1800 : 1) {
            struct frames frames;
            struct ws_probe probe;
            char told[128], said[64];

            frames_begin(&frames, server);
            frames_close(&frames, code, "");
            probe_init(&probe, server, NULL);
            probe_open(&probe);
            feed(&probe, &frames, PROBE_WHOLE);
            snprintf(told, sizeof told, "closing %u\nclosed %u clean\n", code, code);
            snprintf(said, sizeof said, "close %u\n", code);
            cr_assert_str_eq(probe.told, may_travel(code)
                                             ? told
                                             : "closed 1002 unclean the close code is not valid\n");
            cr_assert_str_eq(probe.said,
                             may_travel(code) ? said : "close 1002 the close code is not valid\n");
            probe_done(&probe);
        }
    }
}

/* 1005, 1006 and 1015 say that no code came; no way leads to one on the wire. */
Test(conformance_close, codes_that_say_that_there_was_none_cannot_be_sent)
{
    for (BOTH(server)) {
        struct ws_probe probe;

        probe_init(&probe, server, NULL);
        probe_open(&probe);
        for (unsigned code = 1; code < 65536; code++) {
            if (!may_travel(code)) {
                cr_assert_eq(meeple_ws_close(probe.ws, (uint16_t)code, NULL, 0), MEEPLE_EINVAL);
            }
        }
        probe_turn(&probe);
        cr_assert_str_eq(probe.said, "");
        probe_done(&probe);
    }
}

/* ---- payloads ---- */

Test(conformance_close, payloads_of_every_length)
{
    for (BOTH(server)) {
        for (size_t len = 0; len <= 125; len++) {
            struct frames frames;
            char payload[126], told[400], said[200];

            memset(payload, '*', sizeof payload);
            memcpy(payload, "\x03\xe8", 2);
            payload[len] = '\0';
            if (len == 0) {
                snprintf(told, sizeof told, "closing 1005\nclosed 1005 clean\n");
                snprintf(said, sizeof said, "close\n");
            } else if (len == 1) {
                snprintf(told, sizeof told, "closed 1002 unclean the close code is not valid\n");
                snprintf(said, sizeof said, "close 1002 the close code is not valid\n");
            } else {
                const char *gap = len > 2 ? " " : "", *reason = len > 2 ? payload + 2 : "";

                snprintf(told, sizeof told, "closing 1000%s%s\nclosed 1000 clean%s%s\n", gap,
                         reason, gap, reason);
                snprintf(said, sizeof said, "close 1000%s%s\n", gap, reason);
            }
            frames_begin(&frames, server);
            frames_put(&frames, FRAME_FIN | FRAME_CLOSE, payload, len);
            frames_give(&frames, NULL, told, said);
        }
    }
}

Test(conformance_close, a_reason_has_to_be_utf8)
{
    static const char *const rows[] = {
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64", "\x80",
        "\xc0\xaf", "cut off \xf0\x9f\x8e", "\xf4\x90\x80\x80"};

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            struct frames frames;

            frames_begin(&frames, server);
            frames_text(&frames, FRAME_FIN | FRAME_TEXT, "before");
            frames_close(&frames, 1000, rows[i]);
            frames_give(&frames, NULL,
                        "text before\nclosed 1007 unclean the close reason is not UTF-8\n",
                        "close 1007 the close reason is not UTF-8\n");
        }
    }
}

/* ---- what comes around it ---- */

Test(conformance_close, what_comes_after_their_close_is_not_looked_at)
{
    for (BOTH(server)) {
        for (unsigned way = 0; way < 5; way++) {
            struct frames frames;

            frames_begin(&frames, server);
            frames_text(&frames, FRAME_FIN | FRAME_TEXT, "before");
            frames_text(&frames, FRAME_TEXT, "unfinished");
            frames_close(&frames, 1000, "");
            switch (way) {
            case 0:
                frames_text(&frames, FRAME_FIN, "the rest");
                break;
            case 1:
                frames_text(&frames, FRAME_FIN | FRAME_PING, "ping");
                break;
            case 2:
                frames_close(&frames, 1001, "again");
                break;
            case 3:
                frames_text(&frames, 0x70, "no frame");
                break;
            default:
                frames_raw(&frames, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 11);
                break;
            }
            frames_give(&frames, NULL, "text before\nclosing 1000\nclosed 1000 clean\n",
                        "close 1000\n");
        }
    }
}

Test(conformance_close, a_large_message_before_it_is_told)
{
    static uint8_t payload[256 * 1024];

    memset(payload, 'M', sizeof payload);
    for (BOTH(server)) {
        struct frames frames;
        char told[200], quoted[64];

        snprintf(told, sizeof told, "text %s\nclosing 1000\nclosed 1000 clean\n",
                 probe_quote(quoted, sizeof quoted, payload, sizeof payload));
        frames_begin(&frames, server);
        frames_put(&frames, FRAME_FIN | FRAME_TEXT, payload, sizeof payload);
        frames_close(&frames, 1000, "");
        frames_text(&frames, FRAME_FIN | FRAME_PING, "ping");
        frames_give(&frames, &(meeple_ws_options){.message_bytes_max = sizeof payload}, told,
                    "close 1000\n");
    }
}

/* ---- after ours ---- */

static void open_and_close(struct ws_probe *probe, bool server)
{
    probe_init(probe, server, NULL);
    probe_open(probe);
    cr_assert_eq(meeple_ws_close(probe->ws, 1000, NULL, probe->now_ms), 0);
    probe_turn(probe);
    cr_assert_str_eq(probe->said, "close 1000\n");
}

Test(conformance_close, no_data_is_sent_after_a_close_frame)
{
    static const meeple_bytes x = {(const uint8_t *)"x", 1};

    for (BOTH(server)) {
        for (unsigned way = 0; way < 3; way++) {
            struct frames frames;
            struct ws_probe probe;

            probe_init(&probe, server, NULL);
            probe_open(&probe);
            probe.deaf = true;
            frames_begin(&frames, server);
            if (way == 0) {
                cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, probe.now_ms), 0);
            } else if (way == 1) {
                frames_close(&frames, 1000, "");
            } else {
                frames_text(&frames, 0xf1, "no frame");
            }
            feed(&probe, &frames, PROBE_WHOLE);
            cr_assert_eq(meeple_ws_send(probe.ws, x, true), MEEPLE_ESTATE);
            cr_assert_eq(meeple_ws_send(probe.ws, x, false), MEEPLE_ESTATE);
            cr_assert_eq(meeple_ws_ping(probe.ws, x), MEEPLE_ESTATE);
            cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), MEEPLE_ESTATE);
            probe.deaf = false;
            probe_turn(&probe);
            cr_assert_str_eq(probe.said,
                             way < 2 ? "close 1000\n" : "close 1002 a reserved bit is set\n");
            probe_done(&probe);
        }
    }
}

/* Section 5.5.2: a ping is answered unless a close frame came; ours says nothing of theirs.  The
 * other side may still be sending a long message, and want to know whether we are there. */
Test(conformance_close, a_ping_after_our_close_is_answered_until_theirs_comes)
{
    for (BOTH(server)) {
        for (uint64_t how = 0; how < FRAMES_WAYS; how++) {
            struct frames frames;
            struct ws_probe probe;

            open_and_close(&probe, server);
            frames_begin(&frames, server);
            frames_text(&frames, FRAME_TEXT, "still ");
            frames_text(&frames, FRAME_FIN | FRAME_PING, "there?");
            frames_text(&frames, FRAME_FIN, "talking");
            frames_close(&frames, 1000, "");
            frames_text(&frames, FRAME_FIN | FRAME_PING, "never");
            feed(&probe, &frames, how);
            cr_assert_str_eq(probe.said, "close 1000\npong there?\n");
            cr_assert_str_eq(probe.told, "closed 1000 clean\n");
            probe_done(&probe);
        }
    }
}

/* Section 5.5.1: whoever sent one answers none. */
Test(conformance_close, a_close_is_never_answered_with_a_second)
{
    for (BOTH(server)) {
        for (unsigned code = 1000; code < 1004; code++) {
            struct frames frames;
            struct ws_probe probe;

            open_and_close(&probe, server);
            frames_begin(&frames, server);
            frames_close(&frames, code, "theirs");
            frames_close(&frames, code, "again");
            feed(&probe, &frames, code % FRAMES_WAYS);
            cr_assert_str_eq(probe.said, "close 1000\n");
            cr_assert(probe.closed && probe.closings == 0);
            probe_done(&probe);
        }
    }
}

/* Section 7.1.7: what comes after a broken rule is nobody's, their close included. */
Test(conformance_close, nothing_is_read_after_a_broken_rule)
{
    for (BOTH(server)) {
        for (uint64_t how = 0; how < FRAMES_WAYS; how++) {
            struct frames frames;
            struct ws_probe probe;

            probe_init(&probe, server, NULL);
            probe_open(&probe);
            probe.deaf = true;
            frames_begin(&frames, server);
            frames_text(&frames, FRAME_FIN | 3, "");
            frames_text(&frames, FRAME_FIN | FRAME_TEXT, "never");
            frames_text(&frames, FRAME_FIN | FRAME_PING, "never");
            frames_close(&frames, 1000, "never");
            feed(&probe, &frames, how);
            cr_assert_str_eq(probe.told, "", "its close frame has not gone yet");
            probe.deaf = false;
            probe_turn(&probe);
            cr_assert_str_eq(probe.told, "closed 1002 unclean the opcode is reserved\n");
            cr_assert_str_eq(probe.said, "close 1002 the opcode is reserved\n");
            probe_done(&probe);
        }
    }
}
