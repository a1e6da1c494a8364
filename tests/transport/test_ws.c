/* test_ws: frames become messages, messages frames: RFC 6455 sections 5 and 6, both roles. */
#include "transport/ws.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ws_probe.h"

enum {
    WAYS = 8, /* whole, byte by byte, random pieces */
    FIN = 0x80
};

static const char mask[] = "\x37\xfa\x21\x3d";

/* A stream of frames for one role. */
struct stream {
    bool server; /* who reads it */
    size_t len;
    uint8_t *bytes;
};

static struct stream stream_for(bool server)
{
    return (struct stream){server, 0, malloc(1 << 20)};
}

static void put(struct stream *stream, unsigned first, const void *payload, size_t len)
{
    stream->len +=
        probe_frame(stream->bytes + stream->len, first, stream->server ? mask : NULL, payload, len);
}

static void put_text(struct stream *stream, unsigned first, const char *payload)
{
    put(stream, first, payload, strlen(payload));
}

static void gives_with(struct stream *stream, const meeple_ws_options *options, const char *told,
                       const char *said)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        if (how == 1 && stream->len > 4000) {
            continue;
        }
        probe_init(&probe, stream->server, options);
        probe_open(&probe);
        probe_feed_in(&probe, stream->bytes, stream->len, how);
        cr_assert_str_eq(probe.told, told, "way %d, %s", (int)how,
                         stream->server ? "server" : "client");
        cr_assert_str_eq(probe.said, said, "way %d, %s", (int)how,
                         stream->server ? "server" : "client");
        probe_done(&probe);
    }
    free(stream->bytes);
}

static void gives(struct stream *stream, const char *told, const char *said)
{
    gives_with(stream, NULL, told, said);
}

/* ---- messages ---- */

Test(ws, reads_the_rfcs_unmasked_examples)
{
    static const char bytes[] = "\x81\x05Hello\x01\x03Hel\x80\x02lo\x89\x05Hello";
    struct stream stream = stream_for(false);

    memcpy(stream.bytes, bytes, stream.len = sizeof bytes - 1);
    gives(&stream, "text Hello\ntext Hello\n", "pong Hello\n");
}

Test(ws, reads_the_rfcs_masked_examples)
{
    static const char bytes[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"
                                "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    struct stream stream = stream_for(true);

    memcpy(stream.bytes, bytes, stream.len = sizeof bytes - 1);
    gives(&stream, "text Hello\n", "");
}

Test(ws, writes_the_rfcs_examples)
{
    struct ws_probe server, client;

    probe_init(&server, true, NULL);
    probe_open(&server);
    cr_assert_eq(meeple_ws_send(server.ws, (meeple_bytes){(const uint8_t *)"Hello", 5}, true), 0);
    probe_turn(&server);
    cr_assert_eq(server.out_len, 7);
    cr_assert_eq(memcmp(server.out, "\x81\x05Hello", 7), 0);
    probe_init(&client, false, NULL);
    probe_open(&client);
    cr_assert_eq(meeple_ws_send(client.ws, (meeple_bytes){(const uint8_t *)"Hello", 5}, true), 0);
    probe_turn(&client);
    cr_assert_eq(client.out_len, 11);
    cr_assert_eq(memcmp(client.out, "\x81\x85", 2), 0);
    cr_assert_str_eq(client.said, "text Hello\n");
    probe_done(&server);
    probe_done(&client);
}

Test(ws, reads_and_writes_every_length)
{
    static const size_t lens[] = {0, 1, 2, 124, 125, 126, 127, 128, 255, 256, 65535, 65536};
    static uint8_t payload[65536];

    for (size_t i = 0; i < sizeof payload; i++) {
        payload[i] = (uint8_t)('a' + i % 26);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(lens) * 4; i++) {
        size_t len = lens[i / 4];
        bool text = i & 1, server = i & 2;
        struct stream stream = stream_for(server);
        struct ws_probe probe;
        char want[700], quoted[600];

        snprintf(want, sizeof want, "%s%s%s\n", text ? "text" : "binary", len ? " " : "",
                 probe_quote(quoted, sizeof quoted, payload, len));
        put(&stream, FIN | (text ? 1 : 2), payload, len);
        gives(&stream, want, "");

        probe_init(&probe, server, NULL);
        probe_open(&probe);
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){payload, len}, text), 0);
        probe_turn(&probe);
        cr_assert_str_eq(probe.said, want);
        probe_done(&probe);
    }
}

Test(ws, puts_fragments_together)
{
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);

        put_text(&stream, 1, "a");
        put_text(&stream, 0, "");
        put_text(&stream, 0, "bc");
        put_text(&stream, FIN, "d");
        put_text(&stream, 2, "");
        put_text(&stream, FIN, "");
        put_text(&stream, 2, "");
        put_text(&stream, FIN, "x");
        put_text(&stream, 1, "y");
        put_text(&stream, FIN, "");
        put_text(&stream, FIN | 1, "whole");
        gives(&stream, "text abcd\nbinary\nbinary x\ntext y\ntext whole\n", "");
    }
}

Test(ws, answers_control_frames_between_fragments)
{
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);

        put_text(&stream, 1, "one ");
        put_text(&stream, FIN | 9, "p1");
        put_text(&stream, FIN | 10, "unasked");
        put_text(&stream, 0, "two ");
        put_text(&stream, FIN | 9, "");
        put_text(&stream, FIN, "three");
        put_text(&stream, 2, "cut off");
        put(&stream, FIN | 8,
            "\x03\xe8"
            "bye",
            5);
        put_text(&stream, FIN, "never");
        gives(&stream, "text one two three\nclosing 1000 bye\nclosed 1000 clean bye\n",
              "pong p1\npong\nclose 1000 bye\n");
    }
}

Test(ws, takes_a_control_frame_of_125_bytes)
{
    char long_ping[126], said[200];

    memset(long_ping, 'p', 125);
    long_ping[125] = '\0';
    snprintf(said, sizeof said, "pong %s\n", long_ping);
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);

        put_text(&stream, FIN | 9, long_ping);
        gives(&stream, "", said);
    }
}

/* ---- UTF-8 ---- */

Test(ws, takes_text_cut_inside_a_character_at_every_byte)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xb2z";

    for (int server = 0; server < 2; server++) {
        for (size_t cut = 0; cut < sizeof text; cut++) {
            for (size_t second = cut; second < sizeof text; second++) {
                struct stream stream = stream_for(server);

                put(&stream, 1, text, cut);
                put_text(&stream, FIN | 9, "p");
                put(&stream, 0, text + cut, second - cut);
                put(&stream, FIN, text + second, sizeof text - 1 - second);
                gives(&stream, "text a\\c3\\a9\\e2\\82\\ac\\f0\\9f\\8e\\b2z\n", "pong p\n");
            }
        }
    }
}

#define BAD_TEXT "closed 1007 unclean the text is not UTF-8\n"
#define SAID_BAD_TEXT "close 1007 the text is not UTF-8\n"

Test(ws, refuses_text_that_is_not_utf8)
{
    static const char *const rows[] = {"\xff",         "\x80",     "abc\xc0\xaf", "\xed\xa0\x80",
                                       "\xf4\x90\x80", "\xe2\x82", "\xc3"};

    for (int server = 0; server < 2; server++) {
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            struct stream stream = stream_for(server);

            put_text(&stream, FIN | 1, rows[i]);
            put_text(&stream, FIN | 1, "never");
            gives(&stream, BAD_TEXT, SAID_BAD_TEXT);
        }
    }
}

Test(ws, text_may_not_end_inside_a_character)
{
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);

        put_text(&stream, 1, "\xf0\x9f");
        put_text(&stream, 0, "\x8e");
        put_text(&stream, FIN, "");
        gives(&stream, BAD_TEXT, SAID_BAD_TEXT);
        stream = stream_for(server);
        put_text(&stream, 1, "\xf0\x9f");
        put_text(&stream, FIN, "\x41");
        gives(&stream, BAD_TEXT, SAID_BAD_TEXT);
        /* The next message begins anew; binary is not looked at. */
        stream = stream_for(server);
        put_text(&stream, 2, "\xf0\x9f");
        put_text(&stream, FIN, "\xff");
        put_text(&stream, FIN | 1, "\xc3\xa9");
        gives(&stream, "binary \\f0\\9f\\ff\ntext \\c3\\a9\n", "");
    }
}

Test(ws, refuses_bad_text_before_its_frame_ends)
{
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);
        static char text[1000];

        memset(text, 'x', sizeof text);
        text[500] = '\xff';
        put(&stream, 1, text, sizeof text);
        stream.len -= 499; /* just the bad byte has come */
        gives(&stream, BAD_TEXT, SAID_BAD_TEXT);
    }
}

/* ---- sizes ---- */

#define TOO_BIG "closed 1009 unclean the message is over the limit\n"
#define SAID_TOO_BIG "close 1009 the message is over the limit\n"

Test(ws, a_message_over_the_limit_is_known_from_its_header)
{
    static const char payload[101] = "";

    for (int server = 0; server < 2; server++) {
        static const char *const heads[] = {"\x82\x65",
                                            "\x82\xe5....",
                                            "\x82\x7e\x01\x00",
                                            "\x82\xfe\x01\x00....",
                                            "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff",
                                            "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff...."};
        static const size_t lens[] = {2, 6, 4, 8, 10, 14};
        struct stream stream = stream_for(server);

        put(&stream, FIN | 2, payload, 100);
        gives_with(
            &stream, &(meeple_ws_options){.message_bytes_max = 100},
            "binary "
            "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00"
            "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00"
            "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00"
            "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00"
            "\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00"
            "\n",
            "");
        for (size_t i = (size_t)server; i < MEEPLE_COUNT(heads); i += 2) {
            stream = stream_for(server);
            memcpy(stream.bytes, heads[i], stream.len = lens[i]);
            gives_with(&stream, &(meeple_ws_options){.message_bytes_max = 100}, TOO_BIG,
                       SAID_TOO_BIG);
        }
    }
}

Test(ws, a_fragmented_message_over_the_limit_is_known_from_the_header_of_the_last)
{
    static const char payload[101] = "";

    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);

        put(&stream, 2, payload, 60);
        put(&stream, 0, payload, 40);
        put(&stream, FIN, payload, 1);
        stream.len -= 1;
        gives_with(&stream, &(meeple_ws_options){.message_bytes_max = 100}, TOO_BIG, SAID_TOO_BIG);
    }
}

/* ---- broken rules ---- */

static void breaks(bool server, const char *bytes, size_t len, const char *why)
{
    struct stream stream = stream_for(server);
    char told[200], said[200];

    memcpy(stream.bytes, bytes, stream.len = len);
    put_text(&stream, FIN | 1, "never");
    put(&stream, FIN | 8, "\x03\xe8", 2);
    snprintf(told, sizeof told, "closed 1002 unclean %s\n", why);
    snprintf(said, sizeof said, "close 1002 %s\n", why);
    gives(&stream, told, said);
}

#define SERVER_BREAKS(literal, why) breaks(true, literal, sizeof(literal) - 1, why)
#define CLIENT_BREAKS(literal, why) breaks(false, literal, sizeof(literal) - 1, why)

Test(ws, refuses_what_breaks_the_protocol)
{
    SERVER_BREAKS("\x81\x05Hello", "a client's frame is not masked");
    SERVER_BREAKS("\x89\x01p", "a client's frame is not masked");
    SERVER_BREAKS("\x88\x02\x03\xe8", "a client's frame is not masked");
    CLIENT_BREAKS("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "a server's frame is masked");
    CLIENT_BREAKS("\x89\x80zzzz", "a server's frame is masked");
    SERVER_BREAKS("\xc1\x80zzzz", "a reserved bit is set");
    SERVER_BREAKS("\xa2\x80zzzz", "a reserved bit is set");
    SERVER_BREAKS("\x99\x80zzzz", "a reserved bit is set");
    CLIENT_BREAKS("\xf1\x05", "a reserved bit is set");
    CLIENT_BREAKS("\x83\x00", "the opcode is reserved");
    CLIENT_BREAKS("\x07\x00", "the opcode is reserved");
    SERVER_BREAKS("\x8b\x80zzzz", "the opcode is reserved");
    SERVER_BREAKS("\x8f\x80zzzz", "the opcode is reserved");
    CLIENT_BREAKS("\x09\x00", "a control frame is fragmented");
    SERVER_BREAKS("\x08\x82zzzz\x79\x92", "a control frame is fragmented");
    CLIENT_BREAKS("\x89\x7e\x00\x7e", "a control frame is longer than 125 bytes");
    SERVER_BREAKS("\x88\xfe\x00\x7e", "a control frame is longer than 125 bytes");
    SERVER_BREAKS("\x8a\xff", "a control frame is longer than 125 bytes");
    CLIENT_BREAKS("\x82\x7e\x00\x05", "the length is not in its shortest form");
    SERVER_BREAKS("\x82\xff\0\0\0\0\0\0\xff\xffzzzz", "the length is not in its shortest form");
    SERVER_BREAKS("\x82\xff\x80\0\0\0\0\0\0\0zzzz", "the highest bit of the length is set");
    CLIENT_BREAKS("\x80\x01x", "a continuation without a beginning");
    CLIENT_BREAKS("\x00\x01x", "a continuation without a beginning");
    SERVER_BREAKS("\x80\x80zzzz", "a continuation without a beginning");
    CLIENT_BREAKS("\x01\x01x\x81\x01y", "a message begins inside another");
    CLIENT_BREAKS("\x02\x01x\x82\x01y", "a message begins inside another");
    SERVER_BREAKS("\x01\x80zzzz\x01\x80zzzz", "a message begins inside another");
}

Test(ws, refuses_a_continuation_after_the_end)
{
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);

        put_text(&stream, 1, "a");
        put_text(&stream, FIN, "b");
        put_text(&stream, FIN, "c");
        gives(&stream, "text ab\nclosed 1002 unclean a continuation without a beginning\n",
              "close 1002 a continuation without a beginning\n");
    }
}

/* ---- sending ---- */

Test(ws, no_endpoint_is_an_argument_that_is_refused)
{
    meeple_ws_event event;
    meeple_bytes part;
    struct meeple_fault fault;

    meeple_ws_feed(NULL, NULL, 0, 0);
    meeple_ws_eof(NULL);
    meeple_ws_sent(NULL, 0);
    meeple_ws_tick(NULL, 0);
    cr_assert_eq(meeple_ws_next(NULL, &event), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_accept(NULL, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_refuse(NULL, 400, "no", NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_send(NULL, (meeple_bytes){NULL, 0}, false), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_ping(NULL, (meeple_bytes){NULL, 0}), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_close(NULL, 0, NULL, 0), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_tx(NULL, &part, 1), 0);
    cr_assert_eq(meeple_ws_queued(NULL), 0);
    cr_assert_eq(meeple_ws_deadline_ms(NULL), UINT64_MAX);
    meeple_ws_fault(NULL, &fault);
    cr_assert_eq(fault.stage, MEEPLE_STAGE_NONE);
}

Test(ws, checks_what_it_is_asked_to_send)
{
    static uint8_t payload[66000];
    struct ws_probe probe;
    size_t queued;

    probe_init(&probe, true, NULL);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){payload, 1}, false), MEEPLE_ESTATE);
    cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){payload, 1}), MEEPLE_ESTATE);
    probe_open(&probe);
    queued = meeple_ws_queued(probe.ws);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){payload, 65537}, false), MEEPLE_ETOOBIG);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){payload, SIZE_MAX}, false),
                 MEEPLE_ETOOBIG);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){(const uint8_t *)"\xff", 1}, true),
                 MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){NULL, 5}, false), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){NULL, 5}), MEEPLE_EINVAL);
    cr_assert_lt(meeple_ws_ping(probe.ws, (meeple_bytes){payload, 126}), 0);
    cr_assert_eq(meeple_ws_queued(probe.ws), queued);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){NULL, 0}, true), 0);
    cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){NULL, 0}), 0);
    cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){payload, 125}), 0);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){payload, 65536}, true), 0);
    probe_done(&probe);
}

Test(ws, without_randomness_a_client_sends_nothing)
{
    struct ws_probe probe;

    probe_init(&probe, false, NULL);
    probe_open(&probe);
    probe.random_broken = true;
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){(const uint8_t *)"x", 1}, true),
                 MEEPLE_EIO);
    cr_assert_eq(meeple_ws_queued(probe.ws), 0);
    probe_feed(&probe, "\x89\x01p", 3);
    cr_assert(probe.closed);
    cr_assert_str_eq(probe.said, "");
    probe_done(&probe);
}

Test(ws, every_frame_of_a_client_has_a_mask_of_its_own)
{
    struct ws_probe probe;

    probe_init(&probe, false, NULL);
    probe_open(&probe);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){(const uint8_t *)"x", 1}, true), 0);
    }
    probe_turn(&probe);
    cr_assert_eq(probe.out_len, 21);
    cr_assert_neq(memcmp(probe.out + 2, probe.out + 9, 4), 0);
    cr_assert_neq(memcmp(probe.out + 9, probe.out + 16, 4), 0);
    probe_done(&probe);
}

Test(ws, a_full_queue_takes_nothing_but_control_frames)
{
    for (int server = 0; server < 2; server++) {
        static uint8_t payload[1000];
        struct ws_probe probe;
        size_t queued, sent = 0;

        probe_init(&probe, server, &(meeple_ws_options){.queue_bytes_max = 4000});
        probe_open(&probe);
        probe.deaf = true;
        while (meeple_ws_send(probe.ws, (meeple_bytes){payload, 1000}, false) == 0) {
            sent++;
            cr_assert_leq(meeple_ws_queued(probe.ws), 4000);
        }
        cr_assert_eq(sent, 3);
        queued = meeple_ws_queued(probe.ws);
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){payload, 1000}, false), MEEPLE_EFULL);
        cr_assert_eq(meeple_ws_queued(probe.ws), queued, "something was queued");
        while (meeple_ws_send(probe.ws, (meeple_bytes){payload, 1}, false) == 0) {
            continue;
        }
        cr_assert_leq(meeple_ws_queued(probe.ws), 4000);
        cr_assert_eq(meeple_ws_ping(probe.ws, (meeple_bytes){payload, 1}), MEEPLE_EFULL);
        probe_forget(&probe);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, "enough", probe.now_ms), 0);
        probe.deaf = false;
        probe_turn(&probe);
        cr_assert_not_null(strstr(probe.said, "close 1000 enough\n"));
        probe_done(&probe);
    }
}

/* Else it could never be sent, however long one waits. */
Test(ws, the_default_queue_has_room_for_the_longest_message)
{
    static uint8_t large[3 << 20];
    struct ws_probe probe;

    for (int server = 0; server < 2; server++) {
        probe_init(&probe, server, &(meeple_ws_options){.message_bytes_max = sizeof large});
        probe_open(&probe);
        probe.deaf = true;
        cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){large, sizeof large}, false), 0);
        probe_done(&probe);
    }
}

/* ---- pings ---- */

Test(ws, a_flood_of_pings_is_bounded_and_the_last_is_answered)
{
    for (int server = 0; server < 2; server++) {
        struct stream stream = stream_for(server);
        struct ws_probe probe;
        char payload[126];
        const char *last;

        for (unsigned i = 0; i < 5000; i++) {
            snprintf(payload, sizeof payload, "%0120u", i);
            put_text(&stream, FIN | 9, payload);
        }
        for (uint64_t how = 0; how < WAYS; how += 2) {
            probe_init(&probe, server, NULL);
            probe_open(&probe);
            probe.deaf = true;
            probe_feed_in(&probe, stream.bytes, stream.len, how);
            cr_assert_leq(meeple_ws_queued(probe.ws), 10 * (125 + 14));
            cr_assert_leq(probe.mem.live, 20);
            probe.deaf = false;
            probe_turn(&probe);
            cr_assert_not(probe.closed);
            last = strstr(probe.said, payload);
            cr_assert(last && last[120] == '\n' && last[121] == '\0');
            cr_assert_eq(meeple_ws_queued(probe.ws), 0);
            /* And it goes on as before. */
            probe_forget(&probe);
            stream.bytes[0] = FIN | 9;
            probe_feed(&probe, stream.bytes, server ? 126 : 122);
            cr_assert_eq(strncmp(probe.said, "pong 0000", 9), 0);
            probe_done(&probe);
        }
        free(stream.bytes);
    }
}

Test(ws, a_kept_ping_is_answered_after_our_close_but_not_after_theirs)
{
    for (unsigned theirs = 0; theirs < 2; theirs++) {
        struct stream stream = stream_for(true);
        struct ws_probe probe;

        for (unsigned i = 0; i < 20; i++) {
            put_text(&stream, FIN | 9, "p");
        }
        if (theirs) {
            put(&stream, FIN | 8, "\x03\xe8", 2);
        }
        probe_init(&probe, true, NULL);
        probe_open(&probe);
        probe.deaf = true;
        probe_feed(&probe, stream.bytes, stream.len);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, probe.now_ms),
                     theirs ? MEEPLE_ESTATE : 0);
        probe.deaf = false;
        probe_turn(&probe);
        cr_assert_str_eq(probe.said,
                         theirs ? "pong p\npong p\npong p\npong p\npong p\npong p\npong p\npong p\n"
                                  "close 1000\n"
                                : "pong p\npong p\npong p\npong p\npong p\npong p\npong p\npong p\n"
                                  "close 1000\npong p\n");
        probe_done(&probe);
        free(stream.bytes);
    }
}

/* A queue that is never empty, because the application keeps sending, is no reason for silence. */
Test(ws, a_kept_ping_is_answered_when_the_pongs_before_it_are_gone)
{
    struct stream stream = stream_for(true);
    struct ws_probe probe;

    for (unsigned i = 0; i < 8; i++) {
        put_text(&stream, FIN | 9, "p");
    }
    put_text(&stream, FIN | 9, "q");
    probe_init(&probe, true, NULL);
    probe_open(&probe);
    probe.deaf = true;
    probe_feed(&probe, stream.bytes, stream.len);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){(const uint8_t *)"A", 1}, true), 0);
    probe_take(&probe, 8 * 3);
    cr_assert_eq(meeple_ws_send(probe.ws, (meeple_bytes){(const uint8_t *)"B", 1}, true), 0);
    probe.deaf = false;
    probe_turn(&probe);
    cr_assert_str_eq(probe.said, "pong p\npong p\npong p\npong p\npong p\npong p\npong p\npong p\n"
                                 "text A\npong q\ntext B\n");
    probe_done(&probe);
    free(stream.bytes);
}

/* ---- memory ---- */

/* The blocks an endpoint itself holds; the pool keeps some for reuse. */
static size_t owned(const struct meeple__ws *ws)
{
    const void *const held[] = {ws->in.ptr, ws->aside, ws->deflate, ws->out.first};
    size_t count = 0;

    for (size_t i = 0; i < MEEPLE_COUNT(held); i++) {
        count += held[i] != NULL;
    }
    return count;
}

static int no_random(void *ctx, void *dst, size_t len)
{
    (void)ctx;
    memset(dst, 7, len);
    return 0;
}

static void feed_ws(struct meeple__ws *ws, const struct stream *stream, size_t piece)
{
    uint8_t *copy = malloc(stream->len);
    meeple_ws_event event;

    memcpy(copy, stream->bytes, stream->len);
    for (size_t at = 0; at < stream->len; at += piece) {
        meeple__ws_feed(ws, copy + at, stream->len - at < piece ? stream->len - at : piece, 5);
        while (meeple__ws_next(ws, &event) > 0) {
            if (event.type == MEEPLE_WS_REQUEST) {
                cr_assert_eq(meeple__ws_accept_request(ws, NULL, NULL), 0);
            }
        }
        meeple__ws_sent(ws, ws->out.bytes);
    }
    free(copy);
}

Test(ws, at_rest_it_owns_nothing_and_a_message_allocates_nothing)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    struct counting_mem mem;
    struct meeple__pool pool;
    struct meeple__ws_config config;
    struct meeple__ws ws;
    struct stream stream = stream_for(true), head = stream_for(true);
    size_t calls, live;

    counting_mem_init(&mem);
    meeple__pool_init(&pool, &mem.mem);
    cr_assert_eq(meeple__ws_config_init(
                     &config, &(meeple_ws_options){.server = true, .random = no_random}, &pool),
                 0);
    cr_assert_eq(meeple__ws_init(&ws, &config, 0), 0);
    cr_assert_eq(owned(&ws), 0);
    cr_assert_eq(mem.live, 0);
    memcpy(head.bytes, request, head.len = sizeof request - 1);
    feed_ws(&ws, &head, 7);
    cr_assert(meeple__ws_is_open(&ws));
    cr_assert_eq(owned(&ws), 0);
    put_text(&stream, FIN | 2, "whole");
    put_text(&stream, FIN | 9, "ping");
    feed_ws(&ws, &stream, stream.len);
    live = mem.live;
    calls = mem.calls;
    for (unsigned i = 0; i < 100; i++) {
        feed_ws(&ws, &stream, stream.len);
        cr_assert_eq(meeple__ws_send(&ws, (meeple_bytes){NULL, 0},
                                     (meeple_bytes){(const uint8_t *)"answer", 6}, false),
                     0);
        meeple__ws_sent(&ws, ws.out.bytes);
    }
    cr_assert_eq(mem.calls, calls, "a whole message allocated");
    put_text(&stream, 1, "in ");
    put_text(&stream, FIN | 9, "between");
    put_text(&stream, FIN, "pieces");
    for (size_t piece = 1; piece <= stream.len; piece++) {
        feed_ws(&ws, &stream, piece);
        cr_assert_eq(owned(&ws), 0, "in pieces of %zu", piece);
        cr_assert_eq(mem.live, live, "in pieces of %zu", piece);
    }
    meeple__ws_done(&ws);
    meeple__pool_done(&pool);
    cr_assert_eq(mem.live, 0);
    free(stream.bytes);
    free(head.bytes);
}

Test(ws, an_open_endpoint_is_small)
{
    cr_assert_leq(sizeof(struct meeple__ws), 512);
}

/* A session with a bit of everything; the n-th allocation fails. */
static bool session(struct ws_probe *probe, bool server, size_t fail_at, bool fail_all)
{
    static const char *const protocols[] = {"chat", NULL};
    static const char *const headers[] = {"X: y", NULL};
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Protocol: chat\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    static uint8_t large[5000];
    struct stream stream = stream_for(server);
    int rc;

    memset(probe, 0, sizeof *probe);
    counting_mem_init(&probe->mem);
    probe->mem.fail_at = fail_at;
    probe->mem.fail_all = fail_all;
    rc = probe_try(
        probe, server,
        &(meeple_ws_options){
            .host = "h", .path = "/p", .protocols = protocols, .headers = server ? NULL : headers});
    if (rc < 0) {
        cr_assert_eq(rc, MEEPLE_ENOMEM);
        cr_assert_null(probe->ws);
        free(stream.bytes);
        return true;
    }
    probe_turn(probe);
    if (server) {
        memcpy(stream.bytes, request, stream.len = sizeof request - 1);
    } else {
        char accept[29];

        probe_accept_for(accept, probe->out, probe->out_len);
        stream.len = (size_t)snprintf((char *)stream.bytes, 1000,
                                      "HTTP/1.1 101 x\r\nUpgrade: websocket\r\n"
                                      "Connection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\n"
                                      "Sec-WebSocket-Accept: %s\r\n\r\n",
                                      accept);
    }
    put(&stream, 2, large, sizeof large);
    put_text(&stream, FIN | 9, "ping");
    put(&stream, FIN, large, sizeof large);
    for (unsigned i = 0; i < 12; i++) {
        put_text(&stream, FIN | 9, "ping");
    }
    put_text(&stream, FIN | 1, "text");
    probe_feed_in(probe, stream.bytes, stream.len / 2, 99);
    probe->deaf = true;
    probe_feed_in(probe, stream.bytes + stream.len / 2, stream.len - stream.len / 2, 7);
    meeple_ws_send(probe->ws, (meeple_bytes){large, sizeof large}, false);
    meeple_ws_ping(probe->ws, (meeple_bytes){large, 5});
    probe->deaf = false;
    probe_turn(probe);
    stream.len = 0;
    if (meeple_ws_close(probe->ws, 4000, "reason", 5) == MEEPLE_ENOMEM) {
        /* As if it had not been tried. */
        cr_assert_not(probe->closed);
        rc = meeple_ws_close(probe->ws, 4000, "reason", 5);
        cr_assert(fail_all ? rc == MEEPLE_ENOMEM : rc == 0, "%d", rc);
    }
    put(&stream, FIN | 8, "\x0f\xa0reason", 8);
    probe_feed_in(probe, stream.bytes, stream.len, 3);
    probe_eof(probe);
    cr_assert(probe->closed);
    free(stream.bytes);
    return probe->mem.calls >= probe->mem.fail_at;
}

Test(ws, every_allocation_fails_once)
{
    for (int way = 0; way < 4; way++) {
        struct ws_probe probe;
        size_t n = 1;

        while (session(&probe, way & 1, n, way & 2)) {
            probe_done(&probe);
            cr_assert_lt(++n, 500);
        }
        cr_assert_gt(n, 8);
        cr_assert_not_null(strstr(probe.told, "closed 4000 clean reason\n"), "%s", probe.told);
        probe_done(&probe);
    }
}

Test(ws, out_of_memory_in_a_message_closes_with_1011)
{
    struct stream stream = stream_for(true);
    struct ws_probe probe;

    put_text(&stream, 1, "in ");
    put_text(&stream, FIN, "pieces");
    probe_init(&probe, true, NULL);
    probe_open(&probe);
    counting_mem_fail(&probe.mem, 1);
    probe_feed(&probe, stream.bytes, stream.len);
    cr_assert_str_eq(probe.told, "error -1\nclosed 1011 unclean out of memory\n");
    cr_assert_str_eq(probe.said, "close 1011 out of memory\n");
    probe_done(&probe);
    free(stream.bytes);
}

/* ---- two endpoints ---- */

struct sender {
    uint64_t seed;
    unsigned sent, count, got;
};

/* The n-th message of a seed: its bytes are known to both ends. */
static size_t nth_message(uint64_t seed, unsigned n, uint8_t *dst, bool *text)
{
    static const char *const bits[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xb2"};
    struct prng state = {seed * 1000 + n};
    uint64_t random = prng_next(&state);
    size_t want = random % 5 ? random >> 8 & 0xff : (random >> 8) % 70000;
    size_t len = 0;

    *text = random >> 40 & 1;
    while (len + 4 <= want && len + 4 <= 65536) {
        uint64_t more = prng_next(&state);

        if (*text) {
            size_t size = strlen(bits[more & 3]);

            memcpy(dst + len, bits[more & 3], size);
            len += size;
        } else {
            memcpy(dst + len, &more, 4);
            len += 4;
        }
    }
    return len;
}

static void send_some(meeple_ws *ws, struct sender *sender, uint64_t random)
{
    static uint8_t bytes[65536];
    bool text;

    for (unsigned i = 0; i < random % 4 && sender->sent < sender->count; i++) {
        size_t len = nth_message(sender->seed, sender->sent, bytes, &text);
        int rc = meeple_ws_send(ws, (meeple_bytes){bytes, len}, text);

        cr_assert(rc == 0 || rc == MEEPLE_EFULL || rc == MEEPLE_ESTATE, "%d", rc);
        if (rc < 0) {
            return;
        }
        sender->sent++;
        if (random & 0x100) {
            meeple_ws_ping(ws, (meeple_bytes){(const uint8_t *)"are you there", 13});
        }
    }
}

/* What one has to say goes to the other, in pieces. */
static size_t carry(meeple_ws *from, meeple_ws *to, uint64_t random, struct sender *sender,
                    unsigned *closed)
{
    static uint8_t want[65536];
    uint8_t *copy;
    meeple_bytes part;
    meeple_ws_event event;
    size_t len;

    if (meeple_ws_tx(from, &part, 1) == 0) {
        return 0;
    }
    len = 1 + (size_t)(random >> 16) % (random & 0x1000 ? 20000 : 20);
    len = len < part.len ? len : part.len;
    copy = malloc(len);
    memcpy(copy, part.ptr, len);
    meeple_ws_sent(from, len);
    meeple_ws_feed(to, copy, len, 0);
    while (meeple_ws_next(to, &event) > 0) {
        if (event.type == MEEPLE_WS_REQUEST) {
            cr_assert_eq(meeple_ws_accept(to, NULL, NULL), 0);
        } else if (event.type == MEEPLE_WS_MESSAGE) {
            bool text;
            size_t size = nth_message(sender->seed, sender->got++, want, &text);

            cr_assert(event.data.len == size && event.text == text);
            cr_assert(size == 0 || memcmp(event.data.ptr, want, size) == 0);
        } else if (event.type == MEEPLE_WS_CLOSED) {
            cr_assert(event.clean && event.code == 4321);
            ++*closed;
        }
    }
    free(copy);
    return len;
}

static void finish_events(meeple_ws *ws, unsigned *closed)
{
    meeple_ws_event event;

    while (meeple_ws_next(ws, &event) > 0) {
        cr_assert_eq(event.type, MEEPLE_WS_CLOSED);
        cr_assert(event.clean && event.code == 4321);
        ++*closed;
    }
}

static int seeded(void *ctx, void *dst, size_t len)
{
    prng_fill(ctx, dst, len);
    return 0;
}

static void talk(uint64_t seed)
{
    struct prng random = {seed}, state[2] = {{seed}, {seed + 1}};
    struct sender senders[2] = {{seed * 2, 0, 12, 0}, {seed * 2 + 1, 0, 12, 0}};
    meeple_ws *ends[2];
    unsigned closed[2] = {0, 0}, idle = 0;
    bool closing = false;

    for (int i = 0; i < 2; i++) {
        cr_assert_eq(meeple_ws_new(&ends[i],
                                   &(meeple_ws_options){.server = i == 1,
                                                        .host = "h",
                                                        .random = seeded,
                                                        .random_ctx = &state[i],
                                                        .queue_bytes_max = 150000},
                                   NULL),
                     0);
    }
    while (idle < 50) {
        int from = (int)(prng_next(&random) & 1);

        send_some(ends[from], &senders[from], prng_next(&random));
        idle = carry(ends[from], ends[!from], prng_next(&random), &senders[from], &closed[!from]) ||
                       carry(ends[!from], ends[from], prng_next(&random), &senders[!from],
                             &closed[from])
                   ? 0
                   : idle + 1;
        finish_events(ends[0], &closed[0]);
        finish_events(ends[1], &closed[1]);
        /* One or both begin to close, when everything they had to say is on its way. */
        if (!closing && senders[0].sent == 12 && senders[1].sent == 12 && senders[from].got == 12) {
            closing = true;
            cr_assert_eq(meeple_ws_close(ends[!from], 4321, "enough", 0), 0);
            if (seed % 3 == 0 && senders[!from].got == 12) {
                cr_assert_eq(meeple_ws_close(ends[from], 4321, "enough", 0), 0);
            }
        }
    }
    cr_assert(closed[0] == 1 && closed[1] == 1, "seed %llu: not closed", (unsigned long long)seed);
    /* `from` had everything before the other began to close; the other way round, what it did not
     * take yet is dropped by the close. */
    cr_assert(senders[0].got == 12 || senders[1].got == 12);
    meeple_ws_free(ends[0]);
    meeple_ws_free(ends[1]);
}

Test(ws, two_endpoints_agree_through_300_seeds)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        talk(seed);
    }
}

/* ---- hostile ---- */

/* A stream that is good but for some bytes; whatever it is, the endpoint ends or waits. */
static void mutate(bool server, uint64_t seed)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    struct stream stream = stream_for(server);
    struct ws_probe probe;
    struct prng random = {seed};

    probe_init(&probe, server, &(meeple_ws_options){.message_bytes_max = 300});
    if (prng_next(&random) & 7) {
        probe_open(&probe);
    } else if (server) {
        memcpy(stream.bytes, request, stream.len = sizeof request - 1);
    }
    put_text(&stream, FIN | 1, "Gr\xc3\xbc\xc3\x9f");
    put_text(&stream, 2, "frag");
    put_text(&stream, FIN | 9, "ping");
    put_text(&stream, 0, "men");
    put_text(&stream, FIN, "ted");
    put(&stream, FIN | 2, request, sizeof request - 1);
    put(&stream, FIN | 8,
        "\x03\xe8"
        "bye",
        5);
    for (unsigned i = 0; i < 1 + seed % 4; i++) {
        uint64_t where = prng_next(&random);
        size_t at = (size_t)(where >> 8) % stream.len;

        switch (where & 3) {
        case 0:
            stream.bytes[at] ^= (uint8_t)(1U << (where >> 60 & 7));
            break;
        case 1:
            stream.bytes[at] = (uint8_t)(where >> 48);
            break;
        case 2:
            memmove(stream.bytes + at, stream.bytes + at + 1, stream.len - at - 1);
            stream.len--;
            break;
        default:
            memmove(stream.bytes + at + 3, stream.bytes + at, stream.len - at);
            memset(stream.bytes + at, (int)(where >> 40 & 0xff), 3);
            stream.len += 3;
            break;
        }
    }
    probe_feed_in(&probe, stream.bytes, stream.len, seed % 3 ? seed : 0);
    probe_eof(&probe);
    cr_assert(probe.closed, "seed %llu", (unsigned long long)seed);
    cr_assert_eq(meeple_ws_deadline_ms(probe.ws), UINT64_MAX);
    probe_done(&probe);
    free(stream.bytes);
}

Test(ws, survives_broken_streams)
{
    for (uint64_t seed = 0; seed < 6000; seed++) {
        mutate(seed & 1, seed);
    }
}

Test(ws, survives_noise)
{
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct ws_probe probe;
        struct prng random = {seed};
        uint8_t noise[200];

        prng_fill(&random, noise, sizeof noise);
        probe_init(&probe, seed & 1, NULL);
        if (seed & 2) {
            probe_open(&probe);
        }
        probe_feed_in(&probe, noise, sizeof noise, seed);
        probe_eof(&probe);
        cr_assert(probe.closed);
        probe_done(&probe);
    }
}
