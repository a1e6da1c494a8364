/* test_conformance_handshake: the clauses of the opening handshake that the examples of
 * test_ws_handshake do not reach, both roles (RFC 6455 sections 4.1 to 4.4). */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/ws_probe.h"
#include "transport/ws_accept.h"

enum {
    WAYS = 6 /* whole, byte by byte, random pieces */
};

/* ---- server ---- */

/* The fields a request has to have, and what a server says to one without, to one with two, and to
 * one that is empty. */
static const struct field {
    const char *name, *value;
    const char *missing, *twice, *empty;
} fields[] = {{"Host", "h", "400 Bad Request", "400 Bad Request", "101 Switching Protocols"},
              {"Upgrade", "websocket", "426 Upgrade Required", "101 Switching Protocols",
               "426 Upgrade Required"},
              {"Connection", "Upgrade", "426 Upgrade Required", "101 Switching Protocols",
               "426 Upgrade Required"},
              {"Sec-WebSocket-Version", "13", "426 Upgrade Required", "426 Upgrade Required",
               "426 Upgrade Required"},
              {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "400 Bad Request",
               "400 Bad Request", "400 Bad Request"}};

enum {
    MISSING,
    TWICE,
    EMPTY,
    PADDED,
    SHOUTED,
    WHISPERED,
    CHANGES
};

static void shout(char *text, bool loud)
{
    for (; *text && *text != ':'; text++) {
        bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');

        *text = (char)(letter ? loud ? *text & ~0x20 : *text | 0x20 : *text);
    }
}

/* A request whose field n is changed. */
static void write_request(char *bytes, size_t cap, size_t n, int change)
{
    size_t len = (size_t)snprintf(bytes, cap, "GET /chat HTTP/1.1\r\n");

    for (size_t i = 0; i < MEEPLE_COUNT(fields); i++) {
        const char *value = i == n && change == EMPTY ? "" : fields[i].value;
        const char *gap = i == n && change == PADDED ? " \t  " : " ";
        int times = i != n ? 1 : change == MISSING ? 0 : change == TWICE ? 2 : 1;

        for (; times > 0; times--) {
            char line[128];

            snprintf(line, sizeof line, "%s:%s%s%s\r\n", fields[i].name, gap, value,
                     i == n && change == PADDED ? gap : "");
            if (i == n && change >= SHOUTED) {
                shout(line, change == SHOUTED);
            }
            len += (size_t)snprintf(bytes + len, cap - len, "%s", line);
        }
    }
    snprintf(bytes + len, cap - len, "\r\n");
}

static void answers(const char *request, const char *status, const meeple_ws_options *options)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;
        char said[128];

        probe_init(&probe, true, options);
        probe_feed_in(&probe, request, strlen(request), how);
        snprintf(said, sizeof said, "head HTTP/1.1 %s\n", status);
        cr_assert_str_eq(probe.said, said, "way %d:\n%s", (int)how, request);
        cr_assert_eq(probe.opens, strncmp(status, "101", 3) == 0);
        cr_assert_neq(probe.opens, probe.closed);
        probe_done(&probe);
    }
}

Test(conformance_handshake, a_server_wants_every_field_once_and_filled)
{
    for (size_t n = 0; n < MEEPLE_COUNT(fields); n++) {
        for (int change = 0; change < CHANGES; change++) {
            char request[1024];

            write_request(request, sizeof request, n, change);
            answers(request,
                    change == MISSING ? fields[n].missing
                    : change == TWICE ? fields[n].twice
                    : change == EMPTY ? fields[n].empty
                                      : "101 Switching Protocols",
                    NULL);
        }
    }
}

#define REST                                                                                       \
    "Host: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"        \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

/* Section 4.2.1: HTTP/1.1 or higher; a later minor version is understood as the one we know. */
Test(conformance_handshake, a_server_takes_http_1_1_or_a_later_1)
{
    static const struct {
        const char *version;
        bool good;
    } rows[] = {{"HTTP/1.1", true},   {"HTTP/1.2", true},   {"HTTP/1.9", true},
                {"HTTP/1.0", false},  {"HTTP/0.9", false},  {"HTTP/1.", false},
                {"HTTP/1", false},    {"HTTP/1.10", false}, {"HTTP/2.0", false},
                {"HTTP/3", false},    {"http/1.1", false},  {"HTTP/1.a", false},
                {"HTTP/11.1", false}, {"HTTP/1.1 ", false}, {"HTTPS/1.1", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        char request[512];

        snprintf(request, sizeof request, "GET / %s\r\n" REST "\r\n", rows[i].version);
        answers(request,
                rows[i].good ? "101 Switching Protocols" : "505 HTTP Version Not Supported", NULL);
    }
}

/* Sections 3 and 4.2.1: a resource name, or a whole address; no fragment. */
Test(conformance_handshake, a_server_takes_a_path_or_a_whole_address)
{
    static const char *const good[] = {
        "/", "/chat?room=1&x=%20", "//", "http://h/chat", "https://h:443/", "ws://h/", "http://h"};
    static const char *const bad[] = {"*", "chat", "h:80", "/chat#there", "?x", "://h/", "http:/h"};

    for (size_t i = 0; i < MEEPLE_COUNT(good) + MEEPLE_COUNT(bad); i++) {
        bool is_good = i < MEEPLE_COUNT(good);
        char request[512];

        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" REST "\r\n",
                 is_good ? good[i] : bad[i - MEEPLE_COUNT(good)]);
        answers(request, is_good ? "101 Switching Protocols" : "400 Bad Request", NULL);
    }
}

/* Section 4.2.1: any violation of the grammar, so also behind the one that would be chosen. */
Test(conformance_handshake, a_server_refuses_a_malformed_list_of_subprotocols)
{
    static const char *const chat[] = {"chat", NULL};
    static const struct {
        const char *offer;
        bool good;
    } rows[] = {{"chat", true},
                {"chat, other", true},
                {"other,chat", true},
                {" , chat ,", true},
                {"ch at", false},
                {"chat, ot her", false},
                {"chat, \"x\"", false},
                {"chat, other;q=1", false},
                {"chat, \xc3\xa9", false},
                {"chat\r\nSec-WebSocket-Protocol: other, a=b", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        char request[512];

        snprintf(request, sizeof request,
                 "GET / HTTP/1.1\r\n" REST "Sec-WebSocket-Protocol: %s\r\n\r\n", rows[i].offer);
        answers(request, rows[i].good ? "101 Switching Protocols" : "400 Bad Request",
                &(meeple_ws_options){.protocols = chat});
    }
}

/* Section 4.2.1: the server's authority: a host, and maybe a port. */
Test(conformance_handshake, a_server_wants_a_host_that_could_be_one)
{
    static const struct {
        const char *host;
        bool good;
    } rows[] = {{"", true},
                {"h", true},
                {"h:80", true},
                {"127.0.0.1", true},
                {"[::1]:4000", true},
                {"a-b_c.example", true},
                {"%41.example", true},
                {"a b", false},
                {"h/path", false},
                {"me@h", false},
                {"h?x", false},
                {"h#x", false},
                {"http://h", false},
                {"<h>", false},
                {"\"h\"", false},
                {"h\\x", false},
                {"a\tb", false},
                {"\xc3\xa9", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        char request[512];

        snprintf(request, sizeof request,
                 "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 rows[i].host);
        answers(request, rows[i].good ? "101 Switching Protocols" : "400 Bad Request", NULL);
    }
}

/* What comes behind the head is frames; a body would be taken for some, and so somebody else's
 * bytes for a client's. */
Test(conformance_handshake, a_server_refuses_a_request_with_a_body)
{
    static const struct {
        const char *header;
        bool good;
    } rows[] = {{"Content-Length: 0", true},
                {"Content-Length: 5", false},
                {"Content-Length: 00", false},
                {"Content-Length:", false},
                {"Content-Length: 0\r\nContent-Length: 5", false},
                {"content-length: -1", false},
                {"Transfer-Encoding: chunked", false},
                {"transfer-encoding: identity", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        char request[512];

        snprintf(request, sizeof request, "GET / HTTP/1.1\r\n" REST "%s\r\n\r\n", rows[i].header);
        answers(request, rows[i].good ? "101 Switching Protocols" : "400 Bad Request", NULL);
    }
}

/* Section 9.1: a list has at least one element, or the header is not there. */
Test(conformance_handshake, a_list_of_nothing_is_malformed)
{
    static const char *const names[] = {"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"};
    static const char *const nothing[] = {"", " ", ",", " , ,\t"};

    for (size_t i = 0; i < MEEPLE_COUNT(names) * MEEPLE_COUNT(nothing); i++) {
        const char *name = names[i % 2], *value = nothing[i / 2];
        char request[512];

        snprintf(request, sizeof request, "GET / HTTP/1.1\r\n" REST "%s:%s\r\n\r\n", name, value);
        answers(request, "400 Bad Request", NULL);
        answers(request, "400 Bad Request", &(meeple_ws_options){.deflate = {.enabled = true}});
        snprintf(request, sizeof request,
                 "GET / HTTP/1.1\r\n" REST "%s:%s\r\n%s: permessage-deflate\r\n\r\n", name, value,
                 name);
        answers(request, "101 Switching Protocols", NULL);
    }
}

static bool has(const struct ws_probe *probe, const char *text)
{
    probe->out[probe->out_len] = '\0';
    return strstr((const char *)probe->out, text) != NULL;
}

/* Section 4.2.2: what was not asked for is not answered. */
Test(conformance_handshake, a_server_agrees_to_nothing_that_was_not_offered)
{
    static const char *const chat[] = {"chat", NULL};
    static const char bytes[] = "GET / HTTP/1.1\r\n" REST
                                "Cookie: a=b\r\nAuthorization: Basic eDp5\r\nX-Unknown: 1\r\n\r\n";
    static const char offer[] =
        "GET / HTTP/1.1\r\n" REST "Sec-WebSocket-Extensions: foo, x-webkit-deflate-frame\r\n\r\n";
    struct ws_probe probe;

    probe_init(&probe, true, &(meeple_ws_options){.protocols = chat, .deflate = {.enabled = true}});
    probe_feed(&probe, bytes, sizeof bytes - 1);
    cr_assert_str_eq(probe.told, "request /\nopen\n");
    cr_assert_not(has(&probe, "Sec-WebSocket-Protocol"));
    cr_assert_not(has(&probe, "Sec-WebSocket-Extensions"));
    cr_assert_not(has(&probe, "Sec-WebSocket-Version"));
    probe_done(&probe);

    probe_init(&probe, true, &(meeple_ws_options){.deflate = {.enabled = true}});
    probe_feed(&probe, offer, sizeof offer - 1);
    cr_assert_str_eq(probe.told, "request /\nopen\n");
    cr_assert_not(has(&probe, "Sec-WebSocket-Extensions"));
    probe_done(&probe);
}

/* Section 4.4: and which versions there are. */
Test(conformance_handshake, another_version_is_told_which_one_there_is)
{
    static const char *const versions[] = {"0", "8", "12", "14", "255", "13, 8", "thirteen", "-13"};

    for (size_t i = 0; i < MEEPLE_COUNT(versions); i++) {
        char request[512];
        struct ws_probe probe;

        snprintf(request, sizeof request,
                 "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Version: %s\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 versions[i]);
        probe_init(&probe, true, NULL);
        probe_feed(&probe, request, strlen(request));
        cr_assert_str_eq(probe.said, "head HTTP/1.1 426 Upgrade Required\n");
        cr_assert(has(&probe, "\r\nSec-WebSocket-Version: 13\r\n"));
        cr_assert_not(has(&probe, "Sec-WebSocket-Accept"));
        probe_done(&probe);
    }
}

/* ---- client ---- */

#define SWITCH                                                                                     \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"            \
    "Sec-WebSocket-Accept: @\r\n\r\n"

/* Feeds a response in which @ is the right answer. */
static void respond(struct ws_probe *probe, const char *format, uint64_t how)
{
    char bytes[4096], accept[29];
    size_t len = 0;

    probe_accept_for(accept, probe->out, probe->out_len);
    probe_forget(probe);
    for (; *format; format++) {
        len += (size_t)snprintf(bytes + len, sizeof bytes - len, "%.*s", *format == '@' ? 28 : 1,
                                *format == '@' ? accept : format);
        cr_assert_lt(len, sizeof bytes - 30);
    }
    probe_feed_in(probe, bytes, len, how);
}

/* fault NULL: it opens. */
static void comes_to(const char *format, const char *fault)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;
        meeple_fault got;

        probe_init(&probe, false, NULL);
        respond(&probe, format, how);
        meeple_ws_fault(probe.ws, &got);
        cr_assert_str_eq(got.text, fault ? fault : "", "way %d:\n%s", (int)how, format);
        cr_assert_eq(probe.opens, fault ? 0 : 1);
        cr_assert_eq(probe.closed, fault != NULL);
        cr_assert_str_eq(probe.said, "");
        probe_done(&probe);
    }
}

/* Section 4.1: "websocket" and nothing else: who switches to more than that speaks something that
 * we do not. */
Test(conformance_handshake, a_client_wants_an_upgrade_to_websocket_alone)
{
    static const char why[] = "the server's 101 does not upgrade to websocket";
    static const struct {
        const char *value;
        bool good;
    } rows[] = {{"websocket", true},
                {"WebSocket", true},
                {"WEBSOCKET", true},
                {" websocket\t", true},
                {"", false},
                {"h2c", false},
                {"websocket2", false},
                {"web socket", false},
                {"websocket/13", false},
                {"h2c, websocket", false},
                {"websocket, x", false},
                {"websocket\r\nUpgrade: x", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        char response[512];

        snprintf(response, sizeof response,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: @\r\n\r\n",
                 rows[i].value);
        comes_to(response, rows[i].good ? NULL : why);
    }
}

Test(conformance_handshake, a_client_wants_the_token_upgrade_in_connection)
{
    static const char why[] = "the server's 101 lacks \"Connection: Upgrade\"";
    static const struct {
        const char *value;
        bool good;
    } rows[] = {{"Upgrade", true},
                {"upgrade", true},
                {"keep-alive, Upgrade", true},
                {"keep-alive\r\nConnection: Upgrade", true},
                {"", false},
                {"close", false},
                {"Upgraded", false},
                {"keep-alive Upgrade", false}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        char response[512];

        snprintf(response, sizeof response,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: %s\r\n"
                 "Sec-WebSocket-Accept: @\r\n\r\n",
                 rows[i].value);
        comes_to(response, rows[i].good ? NULL : why);
    }
}

Test(conformance_handshake, a_client_compares_every_byte_of_the_answer_to_its_key)
{
    struct ws_probe probe;
    char accept[29];

    for (size_t i = 0; i <= 28; i++) {
        char response[512];
        meeple_fault fault;

        probe_init(&probe, false, NULL);
        probe_accept_for(accept, probe.out, probe.out_len);
        if (i < 28) {
            accept[i] = accept[i] == 'x' ? 'X' : 'x'; /* case matters */
        } else {
            accept[27] = '\0';
        }
        snprintf(response, sizeof response,
                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                 "Sec-WebSocket-Accept: %s\r\n\r\n",
                 accept);
        probe_feed(&probe, response, strlen(response));
        meeple_ws_fault(probe.ws, &fault);
        cr_assert_str_eq(fault.text,
                         "the server's Sec-WebSocket-Accept is not the answer to our key");
        cr_assert(probe.closed);
        probe_done(&probe);
    }
}

Test(conformance_handshake, a_client_takes_no_empty_list_of_extensions)
{
    comes_to("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: @\r\nSec-WebSocket-Extensions: ,\r\n\r\n",
             "the server's Sec-WebSocket-Extensions cannot be read");
}

/* RFC 9110 section 15.2: provisional answers may come before the real one. */
Test(conformance_handshake, a_client_waits_behind_provisional_answers)
{
    static const char why[] = "the server does not answer with HTTP/1.1";

    comes_to("HTTP/1.1 100 Continue\r\n\r\n" SWITCH, NULL);
    comes_to("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" SWITCH, NULL);
    comes_to("HTTP/1.1 102\r\n\r\nHTTP/1.1 199 x\r\nA: b\r\n\r\n" SWITCH, NULL);
    comes_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n",
             "the server refused with HTTP status 404 Not Found");
    comes_to("HTTP/1.1 100 Continue\r\n\r\nHTTP/2 101 x\r\n\r\n", why);
    comes_to("HTTP/1.1 100 Continue\r\n\r\n\x01", "this is not HTTP");
}

/* Each may be as long as a head may be; all of them together are bounded by time. */
Test(conformance_handshake, provisional_answers_do_not_stop_the_clock)
{
    struct ws_probe probe;
    meeple_fault fault;

    probe_init(&probe, false,
               &(meeple_ws_options){.handshake_timeout_ms = 700, .head_bytes_max = 256});
    for (unsigned i = 0; i < 1000; i++) {
        probe_feed(&probe, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    }
    cr_assert_leq(probe.mem.live, 10);
    probe_tick(&probe, 1699);
    cr_assert_not(probe.closed);
    probe_tick(&probe, 1700);
    meeple_ws_fault(probe.ws, &fault);
    cr_assert(probe.closed && fault.stage == MEEPLE_STAGE_TIMEOUT);
    probe_done(&probe);
}

Test(conformance_handshake, a_client_takes_an_answer_of_a_later_1)
{
    comes_to("HTTP/1.2 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: @\r\n\r\n",
             NULL);
    comes_to("HTTP/1.10 101 x\r\n\r\n", "the server does not answer with HTTP/1.1");
}

/* Section 4.1: nothing before the answer. */
Test(conformance_handshake, a_client_sends_nothing_before_the_answer)
{
    static const meeple_bytes x = {(const uint8_t *)"x", 1};
    struct ws_probe probe;

    probe_init(&probe, false, NULL);
    for (int turn = 0; turn < 2; turn++) {
        cr_assert_eq(meeple_ws_send(probe.ws, x, true), MEEPLE_ESTATE);
        cr_assert_eq(meeple_ws_ping(probe.ws, x), MEEPLE_ESTATE);
        cr_assert_eq(meeple_ws_close(probe.ws, 1000, NULL, 0), MEEPLE_ESTATE);
        probe_feed(&probe, "HTTP/1.1 101 ", 13);
    }
    probe_turn(&probe);
    cr_assert_str_eq(probe.said, "head GET / HTTP/1.1\n");
    probe_done(&probe);
}

/* Section 4.1: sixteen bytes of the generator, in base64. */
Test(conformance_handshake, the_key_is_sixteen_random_bytes)
{
    for (uint64_t seed = 1; seed < 50; seed++) {
        struct ws_probe probe;
        struct prng expected = {seed};
        uint8_t random[16];
        char key[MEEPLE__WS_KEY_SIZE], line[64];

        probe_init(&probe, false, NULL);
        meeple_ws_free(probe.ws);
        probe_forget(&probe);
        probe.head_said = false;
        probe.random = expected;
        cr_assert_eq(probe_try(&probe, false, NULL), 0);
        probe_turn(&probe);
        prng_fill(&expected, random, sizeof random);
        meeple__ws_key(key, random);
        snprintf(line, sizeof line, "\r\nSec-WebSocket-Key: %s\r\n", key);
        cr_assert(has(&probe, line));
        probe_done(&probe);
    }
}
