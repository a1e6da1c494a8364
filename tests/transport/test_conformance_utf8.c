/* test_conformance_utf8: text at both endpoints: what is UTF-8, and that what is not ends the
 * connection at its first wrong byte (RFC 6455 sections 5.6 and 8.1). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/frames.h"

#define BOTH(server)                                                                               \
    int server = 0;                                                                                \
    (server) < 2;                                                                                  \
    (server)++

#define TOLD "closed 1007 unclean the text is not UTF-8\n"
#define SAID "close 1007 the text is not UTF-8\n"

/* ---- what is ---- */

static const char *const valid[] = {
    "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!",
    "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5",
    /* The first and the last of each length. */
    "\x01", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80",
    "\xf4\x8f\xbf\xbf",
    /* Around the surrogates, the replacement character. */
    "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd",
    /* Noncharacters are allowed: U+FFFE, U+FDD0, and the last two of the planes. */
    "\xef\xbf\xbe", "\xef\xb7\x90", "\xf0\x9f\xbf\xbe", "\xf0\x9f\xbf\xbf", "\xf0\xaf\xbf\xbe",
    "\xf0\xbf\xbf\xbf", "\xf1\x8f\xbf\xbe", "\xf3\xbf\xbf\xbf", "\xf4\x8f\xbf\xbe",
    /* A byte order mark is a character. */
    "\xef\xbb\xbf"
    "marked"};

static void told_of(char *told, size_t cap, const char *text)
{
    char quoted[600];

    snprintf(told, cap, "text %s\n", probe_quote(quoted, sizeof quoted, text, strlen(text)));
}

Test(conformance_utf8, takes_valid_text_in_one_frame_and_in_fragments_of_any_size)
{
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(valid); i++) {
            for (size_t size = 1; size <= strlen(valid[i]); size++) {
                struct frames frames;
                char told[700];

                told_of(told, sizeof told, valid[i]);
                frames_begin(&frames, server);
                frames_message(&frames, FRAME_TEXT, valid[i], strlen(valid[i]), size);
                frames_give(&frames, NULL, told, "");
            }
        }
    }
}

Test(conformance_utf8, takes_empty_text_whole_and_in_fragments)
{
    for (BOTH(server)) {
        struct frames frames;

        frames_begin(&frames, server);
        frames_text(&frames, FRAME_FIN | FRAME_TEXT, "");
        frames_text(&frames, FRAME_TEXT, "");
        frames_text(&frames, 0, "");
        frames_text(&frames, FRAME_FIN, "");
        frames_text(&frames, FRAME_TEXT, "");
        frames_text(&frames, 0, "middle fragment payload");
        frames_text(&frames, FRAME_FIN, "");
        frames_put(&frames, FRAME_FIN | FRAME_TEXT, "\0", 1);
        frames_give(&frames, NULL, "text\ntext\ntext middle fragment payload\ntext \\00\n", "");
    }
}

/* Every code point up to the last, those that are none left out, in one message. */
Test(conformance_utf8, takes_every_code_point)
{
    static uint8_t text[0x110000 * 4];
    size_t len = 0;

    for (uint32_t point = 0; point < 0x110000; point++) {
        if (point >= 0xd800 && point < 0xe000) {
            continue;
        }
        if (point < 0x80) {
            text[len++] = (uint8_t)point;
        } else if (point < 0x800) {
            text[len++] = (uint8_t)(0xc0 | point >> 6);
        } else if (point < 0x10000) {
            text[len++] = (uint8_t)(0xe0 | point >> 12);
        } else {
            text[len++] = (uint8_t)(0xf0 | point >> 18);
        }
        for (unsigned shift = point < 0x800     ? 0
                              : point < 0x10000 ? 6
                                                : 12;
             point >= 0x80 && shift <= 12; shift -= 6) {
            text[len++] = (uint8_t)(0x80 | (point >> shift & 0x3f));
        }
    }
    for (BOTH(server)) {
        struct frames frames;
        char told[64], quoted[64];

        snprintf(told, sizeof told, "text %s\n", probe_quote(quoted, sizeof quoted, text, len));
        frames_begin(&frames, server);
        frames_message(&frames, FRAME_TEXT, text, len, 9973);
        frames_give(&frames, &(meeple_ws_options){.message_bytes_max = sizeof text}, told, "");
    }
}

/* ---- what is not ---- */

/* The byte at `bad` is the first that no text can have there; strlen(): the text only ends too
 * early. */
static const struct wrong {
    const char *text;
    size_t bad;
} wrong[] = {
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80\x65\x64\x69\x74\x65\x64", 12},
    {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80\x65\x64\x69\x74\x65\x64", 12},
    /* Continuation bytes without a lead. */
    {"\x80", 0},
    {"\xbf", 0},
    {"\x80\xbf\x80", 0},
    {"abc\x80", 3},
    {"\xc3\xa9\xa9", 2},
    /* Leads that end too early, or go on with something else. */
    {"\xc3", 1},
    {"\xe2", 1},
    {"\xe2\x82", 2},
    {"\xf0", 1},
    {"\xf0\x9f", 2},
    {"\xf0\x9f\x8e", 3},
    {"\xc3 ", 1},
    {"\xe2\x82 ", 2},
    {"\xf0\x9f\x8e ", 3},
    {"\xe2\xc3\xa9", 1},
    {"\xf0\x9f\xe2\x82\xac", 2},
    {"caf\xc3", 4},
    /* Longer than they need be. */
    {"\xc0\x80", 0},
    {"\xc0\xaf", 0},
    {"\xc1\xbf", 0},
    {"\xe0\x80\xaf", 1},
    {"\xe0\x9f\xbf", 1},
    {"\xf0\x80\x80\xaf", 1},
    {"\xf0\x8f\xbf\xbf", 1},
    {"\xf8\x80\x80\x80\xaf", 0},
    {"\xfc\x80\x80\x80\x80\xaf", 0},
    /* Surrogates, alone and in pairs. */
    {"\xed\xa0\x80", 1},
    {"\xed\xad\xbf", 1},
    {"\xed\xae\x80", 1},
    {"\xed\xbf\xbf", 1},
    {"\xed\xa0\x80\xed\xb0\x80", 1},
    {"\xed\xaf\xbf\xed\xbf\xbf", 1},
    /* Above Unicode. */
    {"\xf4\x90\x80\x80", 1},
    {"\xf5\x80\x80\x80", 0},
    {"\xf7\xbf\xbf\xbf", 0},
    {"\xf8\x88\x80\x80\x80", 0},
    {"\xfb\xbf\xbf\xbf\xbf", 0},
    {"\xfc\x84\x80\x80\x80\x80", 0},
    {"\xfd\xbf\xbf\xbf\xbf\xbf", 0},
    {"\xfe", 0},
    {"\xff", 0},
    {"\xfe\xfe\xff\xff", 0},
    /* Behind what is fine, past the quick way over ASCII. */
    {"0123456789abcdef0123456789abcdef\xff", 32},
    {"0123456789abcdef\xc2\xa9 0123456789abc\xed\xa0\x80", 33},
};

Test(conformance_utf8, refuses_invalid_text_in_one_frame_and_in_fragments_of_any_size)
{
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
            size_t len = strlen(wrong[i].text);

            for (size_t size = 1; size <= len; size++) {
                struct frames frames;

                frames_begin(&frames, server);
                frames_message(&frames, FRAME_TEXT, wrong[i].text, len, size);
                frames_text(&frames, FRAME_FIN | FRAME_TEXT, "never");
                frames_close(&frames, 1000, "");
                frames_give(&frames, NULL, TOLD, SAID);
            }
        }
    }
}

/* The bytes of a message one by one, in fragments of `size` bytes, the last of them of 1000 more:
 * nothing is said before the wrong byte, and 1007 with it. */
static void fails_at(bool server, const struct wrong *row, size_t size)
{
    size_t len = strlen(row->text), bad = row->bad < len ? row->bad : len;
    struct ws_probe probe;

    probe_init(&probe, server, NULL);
    probe_open(&probe);
    for (size_t at = 0; at <= bad; at += size) {
        uint8_t frame[2048], payload[1000];
        size_t part = bad - at < size ? sizeof payload : size;
        size_t head;

        memset(payload, 'x', sizeof payload);
        memcpy(payload, row->text + at, len - at < part ? len - at : part);
        head = probe_frame(frame, at == 0 ? FRAME_TEXT : 0, server ? "mask" : NULL, payload, part) -
               part;
        probe_feed(&probe, frame, head);
        for (size_t i = 0; i < part && at + i <= bad; i++) {
            cr_assert_str_eq(probe.said, "", "\"%s\" was refused before byte %zu", row->text,
                             at + i);
            probe_feed(&probe, frame + head + i, 1);
        }
    }
    cr_assert_str_eq(probe.told, TOLD, "\"%s\" was not refused at byte %zu", row->text, bad);
    cr_assert_str_eq(probe.said, SAID);
    probe_done(&probe);
}

/* Also "ends too early": the x that follows is the wrong byte then. */
Test(conformance_utf8, fails_at_the_first_wrong_byte_of_a_frame_that_has_not_ended)
{
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
            fails_at(server, &wrong[i], 1000);
        }
    }
}

Test(conformance_utf8, fails_at_the_first_wrong_byte_of_whatever_fragment)
{
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
            for (size_t size = 1; size < 5; size++) {
                fails_at(server, &wrong[i], size);
            }
        }
    }
}

/* A wrong byte is not hidden by a ping, nor is a character cut in two by one. */
Test(conformance_utf8, control_frames_between_fragments_change_nothing)
{
    for (BOTH(server)) {
        struct frames frames;

        frames_begin(&frames, server);
        frames_text(&frames, FRAME_TEXT, "\xf0\x9f");
        frames_text(&frames, FRAME_FIN | FRAME_PING, "\xff\xfe");
        frames_text(&frames, 0, "\x8e");
        frames_text(&frames, FRAME_FIN | FRAME_PONG, "\xff");
        frames_text(&frames, FRAME_FIN, "\xb2");
        frames_text(&frames, FRAME_TEXT, "\xf0\x9f");
        frames_text(&frames, FRAME_FIN | FRAME_PING, "\x8e");
        frames_text(&frames, FRAME_FIN, "x");
        frames_give(&frames, NULL, "text \\f0\\9f\\8e\\b2\n" TOLD,
                    "pong \\ff\\fe\npong \\8e\n" SAID);
    }
}

Test(conformance_utf8, binary_messages_may_be_anything)
{
    for (BOTH(server)) {
        for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
            struct frames frames;
            char told[700], quoted[600];

            snprintf(told, sizeof told, "binary %s\n",
                     probe_quote(quoted, sizeof quoted, wrong[i].text, strlen(wrong[i].text)));
            frames_begin(&frames, server);
            frames_message(&frames, FRAME_BINARY, wrong[i].text, strlen(wrong[i].text), 2);
            frames_give(&frames, NULL, told, "");
        }
    }
}

/* Nor does any leave us. */
Test(conformance_utf8, text_that_is_not_utf8_is_not_sent)
{
    for (BOTH(server)) {
        struct ws_probe probe;

        probe_init(&probe, server, NULL);
        probe_open(&probe);
        for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
            meeple_bytes text = {(const uint8_t *)wrong[i].text, strlen(wrong[i].text)};

            cr_assert_eq(meeple_ws_send(probe.ws, text, true), MEEPLE_EINVAL);
            cr_assert_eq(meeple_ws_close(probe.ws, 1000, wrong[i].text, 0), MEEPLE_EINVAL);
        }
        for (size_t i = 0; i < MEEPLE_COUNT(valid); i++) {
            meeple_bytes text = {(const uint8_t *)valid[i], strlen(valid[i])};

            cr_assert_eq(meeple_ws_send(probe.ws, text, true), 0);
        }
        probe_turn(&probe);
        cr_assert_eq(strncmp(probe.said, "text Hello-", 11), 0);
        probe_done(&probe);
    }
}
