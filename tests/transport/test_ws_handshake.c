/* test_ws_handshake: the opening handshake, both sides, what is taken and what is refused. */
#include "transport/ws_handshake.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/ws_probe.h"

enum {
    WAYS = 6 /* whole, byte by byte, random pieces */
};

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: h\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define REQUEST LINE HOST UPGRADE CONNECTION VERSION KEY "\r\n"

static const char *const chat[] = {"chat", "superchat", NULL};

/* ---- server ---- */

/* Starts with the wanted status; the connection is over then unless that is 101. */
static void answers(const char *bytes, size_t len, const char *status,
                    const meeple_ws_options *options)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;
        char want[128];

        probe_init(&probe, true, options);
        probe_feed_in(&probe, bytes, len, how);
        snprintf(want, sizeof want, "head HTTP/1.1 %s\n", status);
        cr_assert_str_eq(probe.said, want, "way %d: %s", (int)how, bytes);
        if (strncmp(status, "101", 3) == 0) {
            cr_assert(probe.opens == 1 && !probe.closed);
        } else {
            cr_assert(probe.opens == 0 && probe.closed, "way %d: %s", (int)how, probe.told);
        }
        probe_done(&probe);
    }
}

#define ANSWERS(literal, status) answers(literal, sizeof(literal) - 1, status, NULL)
#define TAKES(literal) ANSWERS(literal, "101 Switching Protocols")

static bool said_header(const struct ws_probe *probe, const char *header)
{
    const char *end;

    probe->out[probe->out_len] = '\0';
    end = strstr((const char *)probe->out, "\r\n\r\n");
    return end && strstr((const char *)probe->out, header) &&
           strstr((const char *)probe->out, header) < end + 2;
}

Test(ws_handshake, answers_the_rfcs_example)
{
    static const char bytes[] = "GET /chat HTTP/1.1\r\n"
                                "Host: server.example.com\r\n"
                                "Upgrade: websocket\r\n"
                                "Connection: Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Origin: http://example.com\r\n"
                                "Sec-WebSocket-Protocol: chat, superchat\r\n"
                                "Sec-WebSocket-Version: 13\r\n\r\n";

    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        probe_init(&probe, true, &(meeple_ws_options){.protocols = chat});
        probe_feed_in(&probe, bytes, sizeof bytes - 1, how);
        cr_assert_str_eq(probe.told, "request /chat\nopen chat\n");
        cr_assert(said_header(&probe, "HTTP/1.1 101 Switching Protocols\r\n"));
        cr_assert(said_header(&probe, "\r\nUpgrade: websocket\r\n"));
        cr_assert(said_header(&probe, "\r\nConnection: Upgrade\r\n"));
        cr_assert(
            said_header(&probe, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        cr_assert(said_header(&probe, "\r\nSec-WebSocket-Protocol: chat\r\n"));
        probe_done(&probe);
    }
}

Test(ws_handshake, takes_headers_in_every_order)
{
    static const char *const fields[] = {HOST, UPGRADE, CONNECTION, VERSION, KEY};
    unsigned orders = 0;

    for (unsigned code = 0; code < 5 * 5 * 5 * 5 * 5; code++) {
        char bytes[512] = LINE;
        unsigned used = 0, rest = code;

        for (unsigned i = 0; i < 5; i++, rest /= 5) {
            used |= 1U << (rest % 5);
            strcat(bytes, fields[rest % 5]);
        }
        if (used == 31) {
            struct ws_probe probe;

            orders++;
            strcat(bytes, "\r\n");
            probe_init(&probe, true, NULL);
            probe_feed(&probe, bytes, strlen(bytes));
            cr_assert_str_eq(probe.told, "request /\nopen\n", "%s", bytes);
            probe_done(&probe);
        }
    }
    cr_assert_eq(orders, 120);
}

Test(ws_handshake, takes_any_case_and_token_lists)
{
    TAKES(REQUEST);
    TAKES(LINE "hOST: h\r\nUPGRADE: WebSocket\r\nconnection: UPGRADE\r\n"
               "SEC-WEBSOCKET-VERSION: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    TAKES(LINE HOST UPGRADE "Connection: keep-alive, Upgrade\r\n" VERSION KEY "\r\n");
    TAKES(LINE HOST UPGRADE "Connection: keep-alive,upgrade ,x\r\n" VERSION KEY "\r\n");
    TAKES(LINE HOST UPGRADE "Connection: keep-alive\r\n" CONNECTION VERSION KEY "\r\n");
    TAKES(LINE HOST "Upgrade: h2c, websocket\r\n" CONNECTION VERSION KEY "\r\n");
    TAKES(LINE HOST UPGRADE CONNECTION
          "Sec-WebSocket-Version:13\r\nSec-WebSocket-Key:\tdGhlIHNhbXBsZSBub25jZQ== \t\r\n\r\n");
    TAKES(LINE "Host:\r\n" UPGRADE CONNECTION VERSION KEY "\r\n");
    TAKES(LINE "Empty:\r\nCookie: \r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n");
    TAKES(LINE HOST UPGRADE CONNECTION VERSION KEY
          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n");
    TAKES("GET ws://h/full HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n");
    TAKES(LINE HOST UPGRADE CONNECTION VERSION KEY "X: \xc3\xa9\xff\r\n\r\n");
}

Test(ws_handshake, refuses_with_400)
{
    static const char status[] = "400 Bad Request";

    ANSWERS(LINE UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION KEY KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key:\r\n\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: dGhl\r\n\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\r\n\r\n",
            status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQAA\r\n\r\n",
            status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION KEY "folded: a\r\n b\r\n\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION KEY "no colon\r\n\r\n", status);
    ANSWERS(LINE "Host : h\r\n" UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("GET\r\n" HOST "\r\n", status);
    ANSWERS("\r\n\r\n", status);
    ANSWERS("GET / HTTP/1.1\nHost: h\n\n", status);
    ANSWERS(LINE "Host: a\0b\r\n", status);
    ANSWERS(LINE "Host: a\x01\r\n", status);
    ANSWERS("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", status);
    ANSWERS(LINE "Host: h\rX: y\r\n", status);
}

/* With three more header fields this ends a Godot 3.2.3 server. */
Test(ws_handshake, refuses_a_request_line_of_two_words)
{
    ANSWERS("GET /\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n",
            "505 HTTP Version Not Supported");
}

Test(ws_handshake, refuses_other_versions_of_http)
{
    static const char status[] = "505 HTTP Version Not Supported";

    ANSWERS("GET / HTTP/1.0\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("GET / HTTP/2\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("GET / http/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("GET / x HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("PRI * HTTP/2.0\r\n\r\n", status);
}

Test(ws_handshake, refuses_other_methods_with_405)
{
    static const char status[] = "405 Method Not Allowed";
    struct ws_probe probe;

    ANSWERS("POST / HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("get / HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY "\r\n", status);
    ANSWERS("HEAD / HTTP/1.1\r\n" HOST "\r\n", status);
    probe_init(&probe, true, NULL);
    probe_feed(&probe, "PUT / HTTP/1.1\r\n\r\n", 18);
    cr_assert(said_header(&probe, "\r\nAllow: GET\r\n"));
    cr_assert(said_header(&probe, "\r\nConnection: close\r\n"));
    probe_done(&probe);
}

Test(ws_handshake, refuses_what_is_no_websocket_13_with_426)
{
    static const char status[] = "426 Upgrade Required";
    struct ws_probe probe;

    ANSWERS(LINE HOST "\r\n", status);
    ANSWERS(LINE HOST CONNECTION VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE "Connection: keep-alive\r\n" VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE "Connection: UpgradeX\r\n" VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST "Upgrade: websocket2\r\n" CONNECTION VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION VERSION VERSION KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Version: 8\r\n" KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Version: 013\r\n" KEY "\r\n", status);
    ANSWERS(LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Version: 13, 8\r\n" KEY "\r\n", status);
    probe_init(&probe, true, NULL);
    probe_feed(&probe, LINE HOST "\r\n", sizeof(LINE HOST "\r\n") - 1);
    cr_assert(said_header(&probe, "\r\nSec-WebSocket-Version: 13\r\n"));
    cr_assert(said_header(&probe, "\r\nUpgrade: websocket\r\n"));
    cr_assert(said_header(&probe, "\r\nConnection: close, Upgrade\r\n"));
    probe_done(&probe);
}

Test(ws_handshake, refuses_a_head_over_the_limit_with_431)
{
    static const char status[] = "431 Request Header Fields Too Large";
    static char bytes[10000];
    size_t len = sizeof REQUEST - 1;

    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, LINE, sizeof LINE - 1);
    answers(bytes, sizeof bytes, status, NULL);
    answers(REQUEST, len, "101 Switching Protocols", &(meeple_ws_options){.head_bytes_max = len});
    answers(REQUEST, len, status, &(meeple_ws_options){.head_bytes_max = len - 1});
    answers(REQUEST, len, status, &(meeple_ws_options){.head_bytes_max = 1});
    len = (size_t)snprintf(bytes, sizeof bytes, "%s", LINE);
    for (unsigned i = 0; i < 100; i++) {
        len += (size_t)snprintf(bytes + len, sizeof bytes - len, "f%u:\r\n", i);
    }
    len += (size_t)snprintf(bytes + len, sizeof bytes - len, "\r\n");
    answers(bytes, len, status, NULL);
}

static void chooses(const char *offer, const char *const *protocols, bool required,
                    const char *want)
{
    char bytes[512];
    struct ws_probe probe;

    snprintf(bytes, sizeof bytes, LINE HOST UPGRADE CONNECTION VERSION KEY "%s\r\n", offer);
    probe_init(&probe, true,
               &(meeple_ws_options){.protocols = protocols, .protocol_required = required});
    probe_feed(&probe, bytes, strlen(bytes));
    cr_assert_str_eq(probe.told, want, "%s", offer);
    probe_done(&probe);
}

#define OFFER "Sec-WebSocket-Protocol: "

Test(ws_handshake, the_clients_order_of_subprotocols_decides)
{
    static const char *const none[] = {NULL};

    chooses(OFFER "chat\r\n", chat, true, "request /\nopen chat\n");
    chooses(OFFER "superchat, chat\r\n", chat, true, "request /\nopen superchat\n");
    chooses(OFFER "other,superchat,chat\r\n", chat, true, "request /\nopen superchat\n");
    chooses(OFFER "other\r\n" OFFER "chat\r\n", chat, true, "request /\nopen chat\n");
    chooses(OFFER "\r\n" OFFER " , chat\r\n", chat, true, "request /\nopen chat\n");
    chooses("", chat, false, "request /\nopen\n");
    chooses(OFFER "chat\r\n", NULL, false, "request /\nopen\n");
    chooses(OFFER "chat\r\n", none, false, "request /\nopen\n");
}

Test(ws_handshake, refuses_who_offers_none_of_the_subprotocols)
{
    static const char refused[] = "closed 1006 unclean the handshake was refused\n";

    chooses("", chat, true, refused);
    chooses(OFFER "\r\n", chat, true, refused);
    chooses(OFFER "other\r\n", chat, true, refused);
    chooses(OFFER "other\r\n", chat, false, refused);
    chooses(OFFER "Chat\r\n", chat, true, refused); /* case matters here */
    chooses(OFFER "ch at\r\n", chat, true, refused);
    chooses(OFFER "a;b, chat\r\n", chat, true, refused);
}

Test(ws_handshake, a_refusal_has_a_body_of_the_length_it_says)
{
    struct meeple__buf buf = {0};
    const char *body;
    size_t len;

    cr_assert_eq(meeple__ws_refusal_write(&buf, NULL, 503, "full", NULL), 0);
    cr_assert_eq(meeple__buf_add(&buf, NULL, (meeple_bytes){(const uint8_t *)"", 1}, SIZE_MAX), 0);
    body = strstr((char *)buf.ptr, "\r\n\r\n");
    cr_assert(body && strncmp((char *)buf.ptr, "HTTP/1.1 503 Service Unavailable\r\n", 34) == 0);
    cr_assert_str_eq(body + 4, "full\n");
    cr_assert_eq(sscanf(strstr((char *)buf.ptr, "Content-Length: "), "Content-Length: %zu", &len),
                 1);
    cr_assert_eq(len, strlen(body + 4));
    meeple__buf_done(&buf, NULL);
}

Test(ws_handshake, the_application_can_refuse)
{
    struct ws_probe probe;

    probe_init(&probe, true, NULL);
    probe.refuse = 404;
    probe_feed(&probe, REQUEST, sizeof REQUEST - 1);
    cr_assert_str_eq(probe.said, "head HTTP/1.1 404 Not Found\n");
    cr_assert_str_eq(probe.told, "request /\nclosed 1006 unclean the handshake was refused\n");
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_ws_refuse(probe.ws, 404, "again", NULL), MEEPLE_ESTATE);
    probe_done(&probe);
}

Test(ws_handshake, checks_the_arguments_of_a_refusal)
{
    struct ws_probe probe;

    probe_init(&probe, true, NULL);
    probe.unanswered = true;
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), MEEPLE_ESTATE);
    cr_assert_eq(meeple_ws_refuse(probe.ws, 404, "too early", NULL), MEEPLE_ESTATE);
    probe_feed(&probe, REQUEST, sizeof REQUEST - 1);
    cr_assert_eq(meeple_ws_refuse(probe.ws, 299, "x", NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_refuse(probe.ws, 600, "x", NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_refuse(probe.ws, 404, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), 0);
    probe_turn(&probe);
    cr_assert_str_eq(probe.told, "request /\nopen\n");
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), MEEPLE_ESTATE);
    probe_done(&probe);
}

/* A server that looks at the request before it answers. */
static void ask(struct ws_probe *probe, const char *fields)
{
    char request[600];

    probe_init(probe, true, &(meeple_ws_options){.protocols = chat});
    probe->unanswered = true;
    snprintf(request, sizeof request, "%.*s%s\r\n", (int)(sizeof REQUEST - 3), REQUEST, fields);
    probe_feed(probe, request, strlen(request));
    cr_assert_str_eq(probe->told, "request /\n");
}

Test(ws_handshake, the_application_sees_the_header_before_it_answers)
{
    struct ws_probe probe;
    meeple_bytes value;

    probe_init(&probe, true, NULL);
    cr_assert_eq(meeple_ws_header(probe.ws, "Host", &value), 0);
    probe_done(&probe);
    ask(&probe, "Cookie: a=1\r\nX-Key:  two words \r\ncookie: b=2\r\n");
    cr_assert_eq(meeple_ws_header(probe.ws, "COOKIE", &value), 2);
    cr_assert(value.len == 3 && memcmp(value.ptr, "a=1", 3) == 0);
    cr_assert_eq(meeple_ws_header(probe.ws, "x-key", &value), 1);
    cr_assert(value.len == 9 && memcmp(value.ptr, "two words", 9) == 0);
    cr_assert_eq(meeple_ws_header(probe.ws, "X", &value), 0);
    cr_assert_eq(meeple_ws_header(probe.ws, NULL, &value), 0);
    cr_assert_eq(meeple_ws_header(probe.ws, "X", NULL), 0);
    cr_assert_eq(meeple_ws_header(NULL, "X", &value), 0);
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), 0);
    cr_assert_eq(meeple_ws_header(probe.ws, "X-Key", &value), 0);
    probe_done(&probe);
}

Test(ws_handshake, the_application_chooses_the_subprotocol_and_adds_headers)
{
    static const char *const headers[] = {"Set-Cookie: seat=7", "X-Table: 3", NULL};
    struct ws_probe probe;

    ask(&probe, OFFER "other, chat, superchat\r\n");
    cr_assert_eq(meeple_ws_accept(probe.ws, "superchat", headers), 0);
    probe_turn(&probe);
    cr_assert_str_eq(probe.told, "request /\nopen superchat\n");
    cr_assert(said_header(&probe, "\r\nSec-WebSocket-Protocol: superchat\r\n"));
    cr_assert(strstr((char *)probe.out, "\r\nSet-Cookie: seat=7\r\nX-Table: 3\r\n\r\n"));
    probe_done(&probe);
}

Test(ws_handshake, what_the_application_may_not_answer_leaves_the_request_waiting)
{
    static const char *const wrong[][2] = {{"Sec-WebSocket-Accept: x", NULL},
                                           {"Connection: close", NULL},
                                           {"no colon", NULL},
                                           {"Two words: x", NULL},
                                           {"X: a\r\nY: b", NULL},
                                           {"", NULL}};
    struct ws_probe probe;

    ask(&probe, OFFER "chat\r\n");
    cr_assert_eq(meeple_ws_accept(probe.ws, "superchat", NULL), MEEPLE_EINVAL); /* not offered */
    cr_assert_eq(meeple_ws_accept(probe.ws, "other", NULL), MEEPLE_EINVAL);     /* not ours */
    cr_assert_eq(meeple_ws_accept(probe.ws, "", NULL), MEEPLE_EINVAL);
    for (size_t i = 0; i < MEEPLE_COUNT(wrong); i++) {
        cr_assert_eq(meeple_ws_accept(probe.ws, NULL, wrong[i]), MEEPLE_EINVAL, "%s", *wrong[i]);
        cr_assert_eq(meeple_ws_refuse(probe.ws, 403, "no", wrong[i]), MEEPLE_EINVAL);
    }
    cr_assert_eq(meeple_ws_accept(probe.ws, "chat", NULL), 0);
    probe_turn(&probe);
    cr_assert_str_eq(probe.told, "request /\nopen chat\n");
    probe_done(&probe);
}

Test(ws_handshake, the_application_refuses_in_its_own_words)
{
    static const char *const headers[] = {"WWW-Authenticate: Basic", NULL};
    static const char *const json[] = {"content-type: application/json", NULL};
    static const char *const place[] = {"Location: /table/2", NULL};
    static const struct {
        int status;
        const char *text;
        const char *const *headers;
        const char *head;
    } rows[] = {{401, "who are you?", headers,
                 "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\n"
                 "WWW-Authenticate: Basic\r\n\r\nwho are you?\n"},
                {403, "{}", json,
                 "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 3\r\n"
                 "content-type: application/json\r\n\r\n{}\n"},
                {307, "", place,
                 "HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 1\r\n"
                 "Location: /table/2\r\n\r\n\n"},
                {399, "?", NULL,
                 "HTTP/1.1 399 Redirect\r\nConnection: close\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n\r\n?\n"}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct ws_probe probe;

        ask(&probe, "");
        cr_assert_eq(meeple_ws_refuse(probe.ws, rows[i].status, rows[i].text, rows[i].headers), 0);
        probe_turn(&probe);
        probe.out[probe.out_len] = '\0';
        cr_assert_str_eq((char *)probe.out, rows[i].head);
        cr_assert(probe.closed);
        probe_done(&probe);
    }
}

/* The application thinks about it; what comes meanwhile may not be kept (RFC 6455 section 4.1: the
 * client waits), nor may it end the program. */
Test(ws_handshake, a_client_that_speaks_before_the_answer_is_refused)
{
    struct ws_probe probe;

    for (int together = 0; together < 2; together++) {
        probe_init(&probe, true, NULL);
        probe.unanswered = true;
        probe_feed(&probe, REQUEST "\x81\x80zzzz", sizeof REQUEST - 1 + (together ? 6 : 0));
        if (!together) {
            probe_feed(&probe, "\x81\x80zzzz", 6);
        }
        cr_assert_str_eq(probe.said, "head HTTP/1.1 400 Bad Request\n");
        cr_assert_str_eq(probe.told, "request /\nclosed 1006 unclean the handshake was refused\n");
        probe_done(&probe);
    }
}

Test(ws_handshake, a_stream_that_ends_before_the_answer_is_closed)
{
    struct ws_probe probe;

    probe_init(&probe, true, NULL);
    probe.unanswered = true;
    probe_feed(&probe, REQUEST, sizeof REQUEST - 1);
    probe_eof(&probe);
    cr_assert(probe.closed);
    cr_assert_eq(meeple_ws_accept(probe.ws, NULL, NULL), MEEPLE_ESTATE);
    probe_done(&probe);
}

Test(ws_handshake, takes_frames_directly_behind_the_request)
{
    static const char bytes[] = REQUEST "\x81\x85zzzz\x32\x1f\x16\x16\x15" /* Hello */
                                        "\x89\x81zzzz\x0a"                 /* p */
                                        "\x88\x80zzzz";

    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        probe_init(&probe, true, NULL);
        probe_feed_in(&probe, bytes, sizeof bytes - 1, how);
        cr_assert_str_eq(probe.told,
                         "request /\nopen\ntext Hello\nclosing 1005\nclosed 1005 clean\n");
        cr_assert_str_eq(probe.said, "head HTTP/1.1 101 Switching Protocols\npong p\nclose\n");
        probe_done(&probe);
    }
}

/* ---- client ---- */

#define SWITCH "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPT "Sec-WebSocket-Accept: %s\r\n"

/* Feeds the response, %s in it being the right answer; returns the fault. */
static meeple_fault response(struct ws_probe *probe, const char *format, const char *behind,
                             size_t behind_len, uint64_t how)
{
    char accept[29], bytes[2048];
    meeple_fault fault;
    size_t len;

    probe_accept_for(accept, probe->out, probe->out_len);
    probe_forget(probe);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
    len = (size_t)snprintf(bytes, sizeof bytes, format, accept);
#pragma GCC diagnostic pop
    memcpy(bytes + len, behind, behind_len);
    probe_feed_in(probe, bytes, len + behind_len, how);
    meeple_ws_fault(probe->ws, &fault);
    return fault;
}

static void opens(const char *format, const char *const *protocols, const char *told)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;
        meeple_fault fault;

        probe_init(&probe, false, &(meeple_ws_options){.protocols = protocols});
        fault = response(&probe, format, "", 0, how);
        cr_assert_str_eq(probe.told, told, "way %d: %s", (int)how, format);
        cr_assert_eq(fault.stage, MEEPLE_STAGE_NONE);
        cr_assert_str_eq(fault.text, "");
        probe_done(&probe);
    }
}

static void faults(const char *format, const char *const *protocols, meeple_stage stage, int number,
                   const char *text)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;
        meeple_fault fault;
        char told[300];

        probe_init(&probe, false, &(meeple_ws_options){.protocols = protocols});
        fault = response(&probe, format, "", 0, how);
        cr_assert_eq(fault.stage, stage, "way %d: %s: %s", (int)how, format, fault.text);
        cr_assert_eq(fault.number, number, "way %d: %s", (int)how, format);
        cr_assert_str_eq(fault.text, text, "way %d: %s", (int)how, format);
        snprintf(told, sizeof told, "closed 1006 unclean %s\n", text);
        cr_assert_str_eq(probe.told, told);
        cr_assert_str_eq(probe.said, "");
        probe_done(&probe);
    }
}

Test(ws_handshake, asks_as_the_rfc_says)
{
    static const char *const headers[] = {"Origin: http://example.com", "X:", NULL};
    struct ws_probe probe, plain;

    probe_init(&probe, false,
               &(meeple_ws_options){.host = "server.example.com:81",
                                    .path = "/chat?x",
                                    .protocols = chat,
                                    .headers = headers});
    cr_assert_str_eq(probe.said, "head GET /chat?x HTTP/1.1\n");
    cr_assert(said_header(&probe, "\r\nHost: server.example.com:81\r\n"));
    cr_assert(said_header(&probe, "\r\nUpgrade: websocket\r\n"));
    cr_assert(said_header(&probe, "\r\nConnection: Upgrade\r\n"));
    cr_assert(said_header(&probe, "\r\nSec-WebSocket-Version: 13\r\n"));
    cr_assert(said_header(&probe, "\r\nSec-WebSocket-Protocol: chat,superchat\r\n"));
    cr_assert(said_header(&probe, "\r\nOrigin: http://example.com\r\n"));
    cr_assert(said_header(&probe, "\r\nX:\r\n"));
    probe_init(&plain, false, NULL);
    cr_assert_str_eq(plain.said, "head GET / HTTP/1.1\n");
    cr_assert_not(said_header(&plain, "Sec-WebSocket-Protocol"));
    cr_assert_not(said_header(&plain, "Sec-WebSocket-Extensions"));
    probe_done(&probe);
    probe_done(&plain);
}

Test(ws_handshake, what_a_client_asks_a_server_of_ours_takes)
{
    struct ws_probe server, client;

    probe_init(&client, false, &(meeple_ws_options){.host = "[::1]:1", .protocols = chat});
    probe_init(&server, true, &(meeple_ws_options){.protocols = chat, .protocol_required = true});
    probe_feed(&server, client.out, client.out_len);
    probe_forget(&client);
    probe_feed(&client, server.out, server.out_len);
    cr_assert_str_eq(server.told, "request /\nopen chat\n");
    cr_assert_str_eq(client.told, "open chat\n");
    probe_done(&client);
    probe_done(&server);
}

Test(ws_handshake, every_key_is_new)
{
    struct ws_probe one, two;

    probe_init(&one, false, NULL);
    probe_init(&two, false, NULL);
    meeple_ws_free(two.ws);
    two.random.state = 99;
    probe_forget(&two);
    two.head_said = false;
    cr_assert_eq(probe_try(&two, false, NULL), 0);
    probe_turn(&two);
    cr_assert_eq(one.out_len, two.out_len);
    cr_assert_neq(memcmp(one.out, two.out, one.out_len), 0);
    probe_done(&one);
    probe_done(&two);
}

Test(ws_handshake, takes_a_response_in_any_order_and_case)
{
    opens(SWITCH UPGRADE CONNECTION ACCEPT "\r\n", NULL, "open\n");
    opens(SWITCH ACCEPT "connection: KEEP-ALIVE, UPGRADE\r\nupgrade: WebSocket\r\n\r\n", NULL,
          "open\n");
    opens("HTTP/1.1 101\r\n" UPGRADE CONNECTION ACCEPT "\r\n", NULL, "open\n");
    opens("HTTP/1.1 101 \r\n" UPGRADE CONNECTION "Server:\r\n" ACCEPT "Date: \r\n\r\n", NULL,
          "open\n");
    opens(SWITCH UPGRADE "Connection: keep-alive\r\n" CONNECTION ACCEPT "\r\n", NULL, "open\n");
    opens(SWITCH UPGRADE CONNECTION "sec-websocket-accept:%s\r\n" OFFER "superchat\r\n\r\n", chat,
          "open superchat\n");
}

Test(ws_handshake, says_what_status_refused)
{
    faults("HTTP/1.1 503 Service Unavailable\r\n\r\nbody", NULL, MEEPLE_STAGE_HTTP, 503,
           "the server refused with HTTP status 503 Service Unavailable");
    faults("HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 404,
           "the server refused with HTTP status 404");
    faults("HTTP/1.0 400 Bad\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 400,
           "the server refused with HTTP status 400 Bad");
    faults("HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 200,
           "the server refused with HTTP status 200 OK");
    faults("HTTP/1.1 301 Moved\r\nLocation: ws://x/\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 301,
           "the server refused with HTTP status 301 Moved");
}

/* The sentence is for people, and the reason of an event: it has to stay UTF-8 (event.h). */
Test(ws_handshake, a_status_phrase_that_is_not_utf8_is_left_out)
{
    char format[300] = "HTTP/1.1 404 ";
    char text[300] = "the server refused with HTTP status 404 ";

    faults("HTTP/1.1 404 \xff\xfe\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 404,
           "the server refused with HTTP status 404");
    /* Of a long one the beginning, cut at a whole character. */
    for (unsigned i = 0; i < 50; i++) {
        strcat(format, "\xe2\x82\xac");
    }
    strcat(format, "\r\n\r\n");
    for (unsigned i = 0; i < 26; i++) {
        strcat(text, "\xe2\x82\xac");
    }
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        probe_init(&probe, false, NULL);
        cr_assert_str_eq(response(&probe, format, "", 0, how).text, text);
        probe_done(&probe);
    }
}

Test(ws_handshake, says_when_the_answer_is_not_http)
{
    static const char *const rows[] = {"SSH-2.0-OpenSSH_9.2\r\n", "hello\n", "\r\n\r\n",
                                       "HTTP/1.1\r\n\r\n", "\x15\x03\x01"};
    static const char *const texts[] = {NULL, "this is not HTTP", "the HTTP head is malformed",
                                        "the HTTP head is malformed", "this is not HTTP"};
    static const char strange[] = "the server does not answer with HTTP/1.1";

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        if (texts[i]) {
            faults(rows[i], NULL, MEEPLE_STAGE_HTTP, 0, texts[i]);
        } else {
            opens(rows[i], NULL, ""); /* nothing yet */
        }
    }
    faults("HTTP/2 101 x\r\n" UPGRADE CONNECTION ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 0,
           strange);
    faults("HTTP/1.0 101 x\r\n" UPGRADE CONNECTION ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 0,
           strange);
    faults("HTTP/1.1 1O1 x\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0, strange);
    faults("HTTP/1.1 0101 x\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0, strange);
    faults("HTTP/1.1 10\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0, strange);
    faults("HTTP/1.1 -01\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0, strange);
    faults("HTTP/1.1 000\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0, strange);
    faults("GET / HTTP/1.1\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0, strange);
    faults("HTTP/1.1 101 x\r\na b\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 0,
           "the HTTP head is malformed");
}

Test(ws_handshake, says_what_a_101_lacks)
{
    static const char accept[] = "the server's Sec-WebSocket-Accept is not the answer to our key";
    static const char upgrade[] = "the server's 101 does not upgrade to websocket";
    static const char connection[] = "the server's 101 lacks \"Connection: Upgrade\"";

    faults(SWITCH CONNECTION ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 101, upgrade);
    faults(SWITCH "Upgrade: h2c\r\n" CONNECTION ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 101,
           upgrade);
    faults(SWITCH UPGRADE ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 101, connection);
    faults(SWITCH UPGRADE "Connection: close\r\n" ACCEPT "\r\n", NULL, MEEPLE_STAGE_HTTP, 101,
           connection);
    faults(SWITCH UPGRADE CONNECTION "\r\n", NULL, MEEPLE_STAGE_HTTP, 101, accept);
    faults(SWITCH UPGRADE CONNECTION "Sec-WebSocket-Accept:\r\n\r\n", NULL, MEEPLE_STAGE_HTTP, 101,
           accept);
    faults(SWITCH UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
           NULL, MEEPLE_STAGE_HTTP, 101, accept);
    faults(SWITCH UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Accept: x\r\n\r\n", NULL,
           MEEPLE_STAGE_HTTP, 101, accept);
    faults(SWITCH UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
           NULL, MEEPLE_STAGE_HTTP, 101, "the server uses an extension that was not offered");
}

Test(ws_handshake, says_when_the_subprotocol_is_wrong)
{
    static const char none[] = "the server agrees to none of the subprotocols offered";
    static const char other[] = "the server chose a subprotocol that was not offered";

    faults(SWITCH UPGRADE CONNECTION ACCEPT "\r\n", chat, MEEPLE_STAGE_SUBPROTOCOL, 0, none);
    faults(SWITCH UPGRADE CONNECTION ACCEPT OFFER "other\r\n\r\n", chat, MEEPLE_STAGE_SUBPROTOCOL,
           0, other);
    faults(SWITCH UPGRADE CONNECTION ACCEPT OFFER "Chat\r\n\r\n", chat, MEEPLE_STAGE_SUBPROTOCOL, 0,
           other);
    faults(SWITCH UPGRADE CONNECTION ACCEPT OFFER "chat, superchat\r\n\r\n", chat,
           MEEPLE_STAGE_SUBPROTOCOL, 0, other);
    faults(SWITCH UPGRADE CONNECTION ACCEPT OFFER "chat\r\n" OFFER "chat\r\n\r\n", chat,
           MEEPLE_STAGE_SUBPROTOCOL, 0, other);
    faults(SWITCH UPGRADE CONNECTION ACCEPT OFFER "chat\r\n\r\n", NULL, MEEPLE_STAGE_SUBPROTOCOL, 0,
           other);
}

Test(ws_handshake, has_a_ceiling_for_responses)
{
    static char bytes[9000];
    struct ws_probe probe;
    meeple_fault fault;

    memset(bytes, 'x', sizeof bytes);
    for (uint64_t how = 0; how < WAYS; how++) {
        probe_init(&probe, false, NULL);
        probe_feed_in(&probe, bytes, sizeof bytes, how);
        meeple_ws_fault(probe.ws, &fault);
        cr_assert(probe.closed && fault.stage == MEEPLE_STAGE_HTTP && fault.number == 0);
        cr_assert_str_eq(fault.text, "the HTTP head is too long");
        probe_done(&probe);
    }
}

Test(ws_handshake, takes_frames_directly_behind_the_response)
{
    for (uint64_t how = 0; how < WAYS; how++) {
        struct ws_probe probe;

        probe_init(&probe, false, NULL);
        response(&probe, SWITCH UPGRADE CONNECTION ACCEPT "\r\n",
                 "\x81\x05Hello\x89\x01p\x88\x02\x03\xe8", 14, how);
        cr_assert_str_eq(probe.told, "open\ntext Hello\nclosing 1000\nclosed 1000 clean\n");
        cr_assert_str_eq(probe.said, "pong p\nclose 1000\n");
        probe_done(&probe);
    }
}

/* A server may answer before it has the whole request. */
Test(ws_handshake, what_was_shown_to_be_written_stays_when_the_answer_comes_early)
{
    struct ws_probe probe;
    meeple_bytes part;

    probe_init(&probe, false, NULL);
    meeple_ws_free(probe.ws);
    cr_assert_eq(probe_try(&probe, false, NULL), 0);
    cr_assert_eq(meeple_ws_tx(probe.ws, &part, 1), 1);
    probe.deaf = true;
    probe_feed(&probe, "HTTP/1.1 503 Full\r\n\r\n", 21);
    cr_assert_str_eq(probe.told,
                     "closed 1006 unclean the server refused with HTTP status 503 Full\n");
    cr_assert_eq(memcmp(part.ptr, "GET / HTTP/1.1\r\n", 16), 0);
    meeple_ws_sent(probe.ws, part.len);
    probe_done(&probe);
}

/* ---- what the caller passes ---- */

Test(ws_handshake, checks_subprotocols_and_headers)
{
    static const char *const good_protocols[] = {"a", "b.c-d", "A", NULL};
    static const char *const bad_protocols[][3] = {{""},       {"a b"},      {"a,b"},
                                                   {"a", "a"}, {"\xc3\xa9"}, {"a\r\n"}};
    static const char *const good_headers[] = {"A: b", "B:", "C:d", "A: twice", "Origin: x", NULL};
    static const char *const bad_headers[][2] = {{""},
                                                 {"no colon"},
                                                 {": no name"},
                                                 {"a b: c"},
                                                 {"A: b\r\nC: d"},
                                                 {"A: \n"},
                                                 {"Host: x"},
                                                 {"upgrade: x"},
                                                 {"CONNECTION: x"},
                                                 {"sec-websocket-key: x"},
                                                 {"Sec-WebSocket-Version: 8"},
                                                 {"Sec-WebSocket-Protocol: x"},
                                                 {"Sec-WebSocket-Extensions: x"},
                                                 {"Content-Length: 5"},
                                                 {"Transfer-Encoding: chunked"}};

    cr_assert(meeple__ws_options_valid(NULL, NULL));
    cr_assert(meeple__ws_options_valid(good_protocols, good_headers));
    for (size_t i = 0; i < MEEPLE_COUNT(bad_protocols); i++) {
        cr_assert_not(meeple__ws_options_valid(bad_protocols[i], NULL), "%s", bad_protocols[i][0]);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(bad_headers); i++) {
        cr_assert_not(meeple__ws_options_valid(NULL, bad_headers[i]), "%s", bad_headers[i][0]);
    }
}

static void refuses_options(bool server, const meeple_ws_options *options, int want)
{
    struct ws_probe probe = {.random = {1}};

    counting_mem_init(&probe.mem);
    probe.random_broken = want == MEEPLE_EIO;
    cr_assert_eq(probe_try(&probe, server, options), want);
    cr_assert_null(probe.ws);
    cr_assert_eq(probe.mem.live, 0);
    free(probe.out);
}

Test(ws_handshake, checks_the_options)
{
    static const char *const twice[] = {"a", "a", NULL};
    static const char *const header[] = {"Host: x", NULL};
    meeple_ws *ws;

    refuses_options(false, &(meeple_ws_options){.protocols = twice}, MEEPLE_EINVAL);
    refuses_options(true, &(meeple_ws_options){.protocols = twice}, MEEPLE_EINVAL);
    refuses_options(false, &(meeple_ws_options){.headers = header}, MEEPLE_EINVAL);
    refuses_options(false, &(meeple_ws_options){.message_bytes_max = SIZE_MAX}, MEEPLE_EINVAL);
    refuses_options(true, &(meeple_ws_options){.queue_bytes_max = SIZE_MAX}, MEEPLE_EINVAL);
    refuses_options(false, NULL, MEEPLE_EIO);
    cr_assert_eq(meeple_ws_new(&ws, NULL, NULL), MEEPLE_EINVAL);
    cr_assert_null(ws);
    cr_assert_eq(meeple_ws_new(&ws, &(meeple_ws_options){.server = true}, NULL), MEEPLE_EINVAL);
    cr_assert_eq(meeple_ws_new(NULL, &(meeple_ws_options){.server = true}, NULL), MEEPLE_EINVAL);
    meeple_ws_free(NULL);
}

/* Or the caller's input writes headers of its own into the request. */
Test(ws_handshake, a_host_or_path_cannot_smuggle_lines)
{
    static const char *const rows[] = {"",    " ",     "/a b", "/\r\nX: y", "/ HTTP/1.1\r\nX: y",
                                       "/\n", "/\x7f", "/\t"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        refuses_options(false, &(meeple_ws_options){.path = rows[i]}, MEEPLE_EINVAL);
        refuses_options(false, &(meeple_ws_options){.host = rows[i]}, MEEPLE_EINVAL);
    }
}

/* A server would refuse them: better said before anybody connects. */
Test(ws_handshake, a_path_begins_with_a_slash_and_has_no_fragment)
{
    static const char *const rows[] = {"chat", "?room=1", "*", "ws://h/", "/a#b", "#", "/?#"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        refuses_options(false, &(meeple_ws_options){.path = rows[i]}, MEEPLE_EINVAL);
    }
}

Test(ws_handshake, a_host_is_one_that_servers_take)
{
    static const char *const rows[] = {"h/",  "h?",  "h#",           "user@h",
                                       "h\\", "<h>", "\xc3\xa9.org", "\xff"};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        refuses_options(false, &(meeple_ws_options){.host = rows[i]}, MEEPLE_EINVAL);
    }
}

Test(ws_handshake, a_request_over_the_limit_of_heads_is_not_made)
{
    refuses_options(false, &(meeple_ws_options){.head_bytes_max = 20}, MEEPLE_ETOOBIG);
}
