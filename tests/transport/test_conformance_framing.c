/* test_conformance_framing: frames, masks, lengths, pings, reserved bits and opcodes, fragments:
 * what RFC 6455 section 5 asks of both roles, case by case. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/frames.h"

#define BOTH(server)                                                                               \
    int server = 0;                                                                                \
    (server) < 2;                                                                                  \
    (server)++

static uint8_t letters[70000];

static void fill_letters(void)
{
    for (size_t i = 0; i < sizeof letters; i++) {
        letters[i] = (uint8_t)('a' + i % 26);
    }
}

/* The frame breaks a rule: what came before was told, nothing after it is, and 1002 says why. */
static void breaks(struct frames *frames, const char *before, const char *why)
{
    char told[300], said[200];

    frames_text(frames, FRAME_FIN | FRAME_TEXT, "never");
    frames_text(frames, FRAME_FIN | FRAME_PING, "never");
    frames_close(frames, 1000, "");
    snprintf(told, sizeof told, "%sclosed 1002 unclean %s\n", before, why);
    snprintf(said, sizeof said, "close 1002 %s\n", why);
    frames_give(frames, NULL, told, said);
}

/* ---- masks ---- */

Test(conformance_framing, any_mask_is_undone)
{
    static const char masks[][5] = {"\0\0\0\0", "\xff\xff\xff\xff", "\1\0\0\0", "\0\0\0\1",
                                    "abcd",     "\x80\x7f\x55\xaa"};

    fill_letters();
    for (size_t i = 0; i < MEEPLE_COUNT(masks); i++) {
        for (size_t len = 0; len < 40; len++) {
            struct frames frames;
            uint8_t bytes[64];
            char told[64];

            frames_begin(&frames, true);
            frames_raw(&frames, bytes,
                       probe_frame(bytes, FRAME_FIN | FRAME_TEXT, masks[i], letters, len));
            snprintf(told, sizeof told, "text%s%.*s\n", len ? " " : "", (int)len,
                     (const char *)letters);
            frames_give(&frames, NULL, told, "");
        }
    }
}

/* Section 5.1, the two musts: whatever the frame is. */
Test(conformance_framing, the_wrong_masking_ends_the_connection_whatever_the_frame)
{
    static const unsigned firsts[] = {0x81, 0x82, 0x01, 0x02, 0x88, 0x89, 0x8a};

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(firsts); i++) {
            for (size_t len = 0; len < 3; len++) {
                struct frames frames;
                uint8_t bytes[16];

                frames_begin(&frames, server);
                frames_text(&frames, FRAME_FIN | FRAME_TEXT, "before");
                frames_raw(&frames, bytes,
                           probe_frame(bytes, firsts[i], server ? NULL : "mask", "\x03\xe8", len));
                breaks(&frames, "text before\n",
                       server ? "a client's frame is not masked" : "a server's frame is masked");
            }
        }
    }
}

/* Section 5.3 and 10.3: the key is the generator's, drawn anew for each frame, for control frames,
 * too. */
Test(conformance_framing, each_frame_of_a_client_is_masked_with_fresh_randomness)
{
    struct ws_probe probe;
    struct prng expected;

    probe_init(&probe, false, NULL);
    probe_open(&probe);
    expected = probe.random;
    for (unsigned i = 0; i < 20; i++) {
        uint8_t key[4];
        size_t at = probe.out_len;

        prng_fill(&expected, key, sizeof key);
        if (i % 3 == 0) {
            cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){letters, i}, false), 0);
        } else if (i % 3 == 1) {
            cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){letters, i}), 0);
        } else {
            probe_feed(&probe, "\x89\x01p", 3);
        }
        probe_turn(&probe);
        cr_assert_gt(probe.out_len, at + 5);
        cr_assert_eq(memcmp(probe.out + at + 2, key, sizeof key), 0, "frame %u", i);
    }
    probe_done(&probe);
}

/* ---- lengths ---- */

Test(conformance_framing, a_length_in_a_longer_form_than_it_needs_is_refused)
{
    static const struct {
        const char *length;
        size_t size;
    } rows[] = {{"\x7e\x00\x00", 3},           {"\x7e\x00\x7d", 3},
                {"\x7f\0\0\0\0\0\0\0\0", 9},   {"\x7f\0\0\0\0\0\0\0\x7d", 9},
                {"\x7f\0\0\0\0\0\0\0\x7e", 9}, {"\x7f\0\0\0\0\0\0\xff\xff", 9}};

    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            struct frames frames;
            uint8_t head[16] = {FRAME_FIN | FRAME_BINARY};

            memcpy(head + 1, rows[i].length, rows[i].size);
            head[1] |= server ? 0x80 : 0;
            frames_begin(&frames, server);
            frames_raw(&frames, head, 1 + rows[i].size + (server ? 4 : 0));
            breaks(&frames, "", "the length is not in its shortest form");
        }
    }
}

Test(conformance_framing, a_length_with_its_highest_bit_set_is_refused)
{
    for (BOTH(server)) {
        for (unsigned rest = 0; rest < 2; rest++) {
            uint8_t head[14] = {FRAME_FIN | FRAME_BINARY, server ? 0xff : 0x7f};
            struct frames frames;

            memset(head + 2, rest ? 0xff : 0, 8);
            head[2] |= 0x80;
            frames_begin(&frames, server);
            frames_raw(&frames, head, server ? 14 : 10);
            breaks(&frames, "", "the highest bit of the length is set");
        }
    }
}

Test(conformance_framing, every_length_around_the_borders_comes_and_goes)
{
    static const size_t borders[] = {0, 125, 126, 127, 128, 65535, 65536};

    fill_letters();
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(borders); i++) {
            struct frames frames;
            struct ws_probe probe;
            char want[1300], quoted[600];
            size_t len = borders[i];

            probe_quote(quoted, sizeof quoted, letters, len);
            snprintf(want, sizeof want, "text%s%s\nbinary%s%s\n", len ? " " : "", quoted,
                     len ? " " : "", quoted);
            frames_begin(&frames, server);
            frames_put(&frames, FRAME_FIN | FRAME_TEXT, letters, len);
            frames_put(&frames, FRAME_FIN | FRAME_BINARY, letters, len);
            frames_give(&frames, NULL, want, "");

            probe_init(&probe, server, NULL);
            probe_open(&probe);
            cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){letters, len}, true), 0);
            cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){letters, len}, false), 0);
            probe_turn(&probe);
            cr_assert_str_eq(probe.said, want); /* in the shortest form, one frame each */
            probe_done(&probe);
        }
    }
}

/* ---- pings ---- */

Test(conformance_framing, a_ping_of_every_length_is_answered_with_its_own_bytes)
{
    for (BOTH(server)) {
        for (size_t len = 0; len <= 125; len++) {
            struct frames frames;
            uint8_t payload[125];
            char said[700], quoted[600];

            for (size_t i = 0; i < len; i++) {
                payload[i] = (uint8_t)(len * 3 + i * 5);
            }
            snprintf(said, sizeof said, "pong%s%s\n", len ? " " : "",
                     probe_quote(quoted, sizeof quoted, payload, len));
            frames_begin(&frames, server);
            frames_put(&frames, FRAME_FIN | FRAME_PING, payload, len);
            frames_give(&frames, NULL, "", said);
        }
    }
}

Test(conformance_framing, a_control_frame_of_126_bytes_or_more_is_refused)
{
    static const size_t lens[] = {126, 127, 200, 65535, 65536};

    for (BOTH(server)) {
        for (unsigned opcode = FRAME_CLOSE; opcode <= FRAME_PONG; opcode++) {
            for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
                struct frames frames;

                frames_begin(&frames, server);
                frames_put(&frames, FRAME_FIN | opcode, letters, lens[i]);
                breaks(&frames, "", "a control frame is longer than 125 bytes");
            }
        }
    }
}

Test(conformance_framing, ten_pings_are_answered_in_their_order)
{
    for (BOTH(server)) {
        struct frames frames;
        char said[300] = "", payload[16];

        frames_begin(&frames, server);
        for (unsigned i = 0; i < 10; i++) {
            snprintf(payload, sizeof payload, "payload-%u", i);
            frames_text(&frames, FRAME_FIN | FRAME_PING, payload);
            snprintf(said + strlen(said), sizeof said - strlen(said), "pong %s\n", payload);
        }
        for (uint64_t how = 0; how < FRAMES_WAYS; how++) {
            struct ws_probe probe;

            probe_init(&probe, server, NULL);
            probe_open(&probe);
            /* They are written as they come; what happens to who reads none is another test. */
            for (size_t at = 0; at < frames.len; at += frames.len / 10) {
                probe_feed_in(&probe, frames.bytes + at, frames.len / 10, how);
            }
            cr_assert_str_eq(probe.said, said, "way %d", (int)how);
            probe_done(&probe);
        }
        frames_done(&frames);
    }
}

Test(conformance_framing, pongs_that_nobody_asked_for_mean_nothing)
{
    for (BOTH(server)) {
        struct frames frames;

        frames_begin(&frames, server);
        frames_text(&frames, FRAME_FIN | FRAME_PONG, "");
        frames_text(&frames, FRAME_FIN | FRAME_PONG, "unsolicited");
        frames_text(&frames, FRAME_TEXT, "a");
        frames_text(&frames, FRAME_FIN | FRAME_PONG, "in between");
        frames_text(&frames, FRAME_FIN, "b");
        frames_text(&frames, FRAME_FIN | FRAME_PING, "ping");
        frames_give(&frames, NULL, "text ab\n", "pong ping\n");
    }
}

/* ---- reserved ---- */

Test(conformance_framing, every_reserved_bit_is_refused_in_every_frame)
{
    static const unsigned opcodes[] = {0, 1, 2, 8, 9, 10};

    for (BOTH(server)) {
        for (unsigned bits = 1; bits < 8; bits++) {
            for (size_t i = 0; i < MEEPLE_COUNT(opcodes); i++) {
                struct frames frames;

                frames_begin(&frames, server);
                frames_text(&frames, FRAME_FIN | FRAME_TEXT, "before");
                if (opcodes[i] == 0) {
                    frames_text(&frames, FRAME_TEXT, "begun");
                }
                frames_put(&frames, FRAME_FIN | bits << 4 | opcodes[i], "\x03\xe8", 2);
                breaks(&frames, "text before\n", "a reserved bit is set");
            }
        }
    }
}

Test(conformance_framing, every_reserved_opcode_is_refused)
{
    for (BOTH(server)) {
        for (unsigned opcode = 3; opcode < 16; opcode++) {
            if (opcode >= FRAME_CLOSE && opcode <= FRAME_PONG) {
                continue;
            }
            for (unsigned way = 0; way < 6; way++) {
                struct frames frames;

                frames_begin(&frames, server);
                frames_text(&frames, FRAME_FIN | FRAME_TEXT, "before");
                if (way & 1) {
                    frames_text(&frames, FRAME_BINARY, "begun");
                }
                frames_put(&frames, (way & 2 ? 0U : FRAME_FIN) | opcode, letters,
                           way & 4 ? 100 : 0);
                breaks(&frames, "text before\n", "the opcode is reserved");
            }
        }
    }
}

/* ---- fragments ---- */

Test(conformance_framing, control_frames_are_never_in_fragments)
{
    for (BOTH(server)) {
        for (unsigned opcode = FRAME_CLOSE; opcode <= FRAME_PONG; opcode++) {
            struct frames frames;

            frames_begin(&frames, server);
            frames_text(&frames, opcode, "");
            frames_text(&frames, FRAME_FIN, "rest");
            breaks(&frames, "", "a control frame is fragmented");
            frames_begin(&frames, server);
            frames_text(&frames, FRAME_TEXT, "begun");
            frames_text(&frames, opcode, "");
            breaks(&frames, "", "a control frame is fragmented");
        }
    }
}

Test(conformance_framing, a_message_may_be_cut_into_any_fragments)
{
    static const size_t sizes[] = {1, 2, 3, 7, 25, 26, 1300, 4096, 65535, 65536};

    fill_letters();
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(sizes); i++) {
            size_t len = sizes[i] < 100 ? 26 * sizes[i] : 65536;
            struct frames frames;
            char told[1300], quoted[600];

            probe_quote(quoted, sizeof quoted, letters, len);
            snprintf(told, sizeof told, "text %s\nbinary %s\n", quoted, quoted);
            frames_begin(&frames, server);
            frames_message(&frames, FRAME_TEXT, letters, len, sizes[i]);
            frames_message(&frames, FRAME_BINARY, letters, len, sizes[i]);
            frames_give(&frames, NULL, told, "");
        }
    }
}

Test(conformance_framing, a_continuation_has_to_continue_something)
{
    static const char why[] = "a continuation without a beginning";

    for (BOTH(server)) {
        for (unsigned fin = 0; fin <= FRAME_FIN; fin += FRAME_FIN) {
            struct frames frames;

            frames_begin(&frames, server);
            frames_text(&frames, fin, "nothing began");
            breaks(&frames, "", why);
            frames_begin(&frames, server);
            frames_text(&frames, FRAME_FIN | FRAME_TEXT, "whole");
            frames_text(&frames, fin, "more");
            breaks(&frames, "text whole\n", why);
            frames_begin(&frames, server);
            frames_text(&frames, FRAME_TEXT, "1");
            frames_text(&frames, FRAME_FIN, "2");
            frames_text(&frames, fin, "3");
            breaks(&frames, "text 12\n", why);
        }
    }
}

Test(conformance_framing, a_message_may_not_begin_inside_another)
{
    for (BOTH(server)) {
        for (unsigned way = 0; way < 8; way++) {
            struct frames frames;

            frames_begin(&frames, server);
            frames_text(&frames, way & 1 ? FRAME_TEXT : FRAME_BINARY, "1");
            frames_text(&frames, 0, "2");
            frames_text(&frames, FRAME_FIN | FRAME_PONG, "");
            frames_text(&frames, (way & 2 ? FRAME_TEXT : FRAME_BINARY) | (way & 4 ? 0U : FRAME_FIN),
                        "3");
            breaks(&frames, "", "a message begins inside another");
        }
    }
}

/* The pong does not wait for the end of the message. */
Test(conformance_framing, a_ping_between_fragments_is_answered_before_the_message_is_there)
{
    for (BOTH(server)) {
        struct frames begin, rest;
        struct ws_probe probe;

        frames_begin(&begin, server);
        frames_text(&begin, FRAME_TEXT, "one ");
        frames_text(&begin, FRAME_FIN | FRAME_PING, "first");
        frames_begin(&rest, server);
        frames_text(&rest, 0, "two ");
        frames_text(&rest, FRAME_FIN | FRAME_PING, "second");
        frames_text(&rest, FRAME_FIN, "three");
        for (uint64_t how = 0; how < FRAMES_WAYS; how++) {
            probe_init(&probe, server, NULL);
            probe_open(&probe);
            probe_feed_in(&probe, begin.bytes, begin.len, how);
            cr_assert_str_eq(probe.said, "pong first\n");
            cr_assert_str_eq(probe.told, "");
            probe_feed_in(&probe, rest.bytes, rest.len, how);
            cr_assert_str_eq(probe.said, "pong first\npong second\n");
            cr_assert_str_eq(probe.told, "text one two three\n");
            probe_done(&probe);
        }
        frames_done(&begin);
        frames_done(&rest);
    }
}

Test(conformance_framing, many_messages_of_both_kinds_stay_apart_and_in_order)
{
    for (BOTH(server)) {
        struct frames frames;
        char told[PROBE_TEXT] = "";
        size_t len = 0;

        frames_begin(&frames, server);
        for (unsigned i = 0; i < 200; i++) {
            char text[32];
            int size = snprintf(text, sizeof text, "message %u", i);

            frames_message(&frames, i % 2 ? FRAME_TEXT : FRAME_BINARY, text, (size_t)size,
                           1 + i % 9);
            len += (size_t)snprintf(told + len, sizeof told - len, "%s %s\n",
                                    i % 2 ? "text" : "binary", text);
        }
        frames_give(&frames, NULL, told, "");
    }
}
