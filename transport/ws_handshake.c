/* ws_handshake: what the opening handshake says and requires (RFC 6455 section 4). */
#include "transport/ws_handshake.h"

#include <stdio.h>
#include <string.h>

#include "core/utf8.h"
#include "transport/http_status.h"
#include "transport/request.h"

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

/* Appends all the texts, or as many as fit. */
static int add_texts(struct meeple__buf *buf, const meeple_mem *mem, size_t ceiling,
                     const char *const *texts)
{
    int rc = 0;

    for (; rc == 0 && *texts; texts++) {
        rc = meeple__buf_add(buf, mem, bytes_of(*texts), ceiling);
    }
    return rc;
}

static int add_headers(struct meeple__buf *buf, const meeple_mem *mem, size_t ceiling,
                       const char *const *headers)
{
    int rc = 0;

    for (; rc == 0 && headers && *headers; headers++) {
        const char *const line[] = {*headers, "\r\n", NULL};

        rc = add_texts(buf, mem, ceiling, line);
    }
    return rc;
}

static uint16_t index_of(const char *const *protocols, meeple_bytes name)
{
    for (uint16_t i = 0; protocols && protocols[i]; i++) {
        if (meeple__bytes_equal(name, protocols[i])) {
            return (uint16_t)(i + 1);
        }
    }
    return 0;
}

static bool header_valid(const char *header)
{
    static const char *const own[] = {"Host",
                                      "Upgrade",
                                      "Connection",
                                      "Sec-WebSocket-Key",
                                      "Sec-WebSocket-Accept",
                                      "Sec-WebSocket-Version",
                                      "Sec-WebSocket-Protocol",
                                      "Sec-WebSocket-Extensions",
                                      "Content-Length",
                                      "Transfer-Encoding"};
    const char *colon = strchr(header, ':');
    meeple_bytes name;

    if (!colon) {
        return false;
    }
    name = (meeple_bytes){(const uint8_t *)header, (size_t)(colon - header)};
    for (size_t i = 0; i < MEEPLE_COUNT(own); i++) {
        if (meeple__bytes_equal_caseless(name, own[i])) {
            return false;
        }
    }
    return meeple__http_is_token(name) && meeple__http_is_value(bytes_of(colon + 1));
}

bool meeple__ws_options_valid(const char *const *protocols, const char *const *headers)
{
    for (uint16_t i = 0; protocols && protocols[i]; i++) {
        if (i == UINT16_MAX - 1 || !meeple__http_is_token(bytes_of(protocols[i])) ||
            index_of(protocols, bytes_of(protocols[i])) != i + 1) {
            return false;
        }
    }
    for (; headers && *headers; headers++) {
        if (!header_valid(*headers)) {
            return false;
        }
    }
    return true;
}

int meeple__ws_request_write(struct meeple__buf *buf, const meeple_mem *mem,
                             const struct meeple__ws_request *request, size_t ceiling)
{
    const char *const head[] = {"GET ",
                                request->path,
                                " HTTP/1.1\r\nHost: ",
                                request->host,
                                "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Key: ",
                                request->key,
                                "\r\nSec-WebSocket-Version: 13\r\n",
                                NULL};
    const char *const end[] = {"\r\n", NULL};
    int rc = add_texts(buf, mem, ceiling, head);

    for (size_t i = 0; rc == 0 && request->protocols && request->protocols[i]; i++) {
        /* A comma without a space: Godot does not trim what it reads. */
        const char *const protocol[] = {i == 0 ? "Sec-WebSocket-Protocol: " : ",",
                                        request->protocols[i],
                                        request->protocols[i + 1] ? "" : "\r\n", NULL};

        rc = add_texts(buf, mem, ceiling, protocol);
    }
    if (rc == 0 && request->deflate) {
        char offer[MEEPLE__DEFLATE_TEXT_SIZE];
        const char *const extensions[] = {"Sec-WebSocket-Extensions: ", offer, "\r\n", NULL};

        meeple__deflate_offer_write(offer, request->deflate);
        rc = add_texts(buf, mem, ceiling, extensions);
    }
    if (rc == 0) {
        rc = add_headers(buf, mem, ceiling, request->headers);
    }
    return rc == 0 ? add_texts(buf, mem, ceiling, end) : rc;
}

/* HTTP/1.1, or a later minor version, which is understood as that: RFC 9110 section 2.5. */
static bool is_http_1_1(meeple_bytes version)
{
    return version.len == 8 && !memcmp(version.ptr, "HTTP/1.", 7) && version.ptr[7] >= '1' &&
           version.ptr[7] <= '9';
}

/* Three digits, or 0; a 101 is none before HTTP/1.1. */
static int status_of(const struct meeple__http_head *head)
{
    meeple_bytes status = head->words[1];
    int value = 0;

    if (!is_http_1_1(head->words[0]) && !meeple__bytes_equal(head->words[0], "HTTP/1.0")) {
        return 0;
    }
    for (size_t i = 0; i < status.len && status.len == 3; i++) {
        if (status.ptr[i] < '0' || status.ptr[i] > '9') {
            return 0;
        }
        value = value * 10 + (status.ptr[i] - '0');
    }
    return value == 101 && !is_http_1_1(head->words[0]) ? 0 : value;
}

bool meeple__ws_response_provisional(const struct meeple__http_head *head)
{
    int status = status_of(head);

    return status >= 100 && status < 200 && status != 101;
}

/* Section 4.1: whoever switches to something besides speaks what we do not. */
static bool upgrades_to_websocket(const struct meeple__http_head *head)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;
    bool any = false;

    while (meeple__http_list_next(head, "Upgrade", &at, &element)) {
        if (!meeple__bytes_equal_caseless(element, "websocket")) {
            return false;
        }
        any = true;
    }
    return any;
}

/* Why the response is none that opens a WebSocket, or NULL. */
static const char *response_fault(const struct meeple__http_head *head,
                                  const struct meeple__ws_answer *expected,
                                  struct meeple__ws_agreed *agreed)
{
    const char *why = NULL;
    meeple_bytes value;
    int rc;

    if (!upgrades_to_websocket(head)) {
        return "the server's 101 does not upgrade to websocket";
    }
    if (!meeple__http_head_has_token(head, "Connection", "Upgrade")) {
        return "the server's 101 lacks \"Connection: Upgrade\"";
    }
    if (meeple__http_head_field(head, "Sec-WebSocket-Accept", &value) != 1 ||
        !meeple__bytes_equal(value, expected->accept)) {
        return "the server's Sec-WebSocket-Accept is not the answer to our key";
    }
    rc = meeple__deflate_answer_check(head, expected->deflate, &agreed->deflate, &why);
    agreed->deflates = rc == 1;
    return rc < 0 ? why : NULL;
}

static const char *protocol_fault(const struct meeple__http_head *head,
                                  const char *const *protocols, uint16_t *protocol)
{
    meeple_bytes value;
    size_t count = meeple__http_head_field(head, "Sec-WebSocket-Protocol", &value);
    bool offered = protocols && protocols[0];

    *protocol = 0;
    if (count == 0) {
        return offered ? "the server agrees to none of the subprotocols offered" : NULL;
    }
    *protocol = index_of(protocols, value);
    return count == 1 && *protocol > 0 ? NULL
                                       : "the server chose a subprotocol that was not offered";
}

/* How much of a reason phrase can be quoted: none that is not UTF-8, and not too much. */
static size_t phrase_len(meeple_bytes phrase)
{
    size_t len = phrase.len < 80 ? phrase.len : 80;

    while (len < phrase.len && len > 0 && (phrase.ptr[len] & 0xc0) == 0x80) {
        len--;
    }
    return meeple__utf8_valid((meeple_bytes){phrase.ptr, len}) ? len : 0;
}

bool meeple__ws_response_good(const struct meeple__http_head *head,
                              const struct meeple__ws_answer *expected,
                              struct meeple__ws_agreed *agreed, meeple_fault *fault)
{
    int status = status_of(head);
    const char *why;
    meeple_stage stage = MEEPLE_STAGE_HTTP;
    struct meeple__ws_agreed chosen = {0};

    if (status == 0) {
        why = "the server does not answer with HTTP/1.1";
    } else if (status != 101) {
        size_t len = phrase_len(head->words[2]);

        snprintf(expected->text, expected->size, "the server refused with HTTP status %d%s%.*s",
                 status, len ? " " : "", (int)len, (const char *)head->words[2].ptr);
        *fault = (meeple_fault){stage, status, expected->text};
        return false;
    } else {
        why = response_fault(head, expected, &chosen);
        if (!why) {
            why = protocol_fault(head, expected->protocols, &chosen.protocol);
            stage = MEEPLE_STAGE_SUBPROTOCOL;
        }
    }
    if (why) {
        *fault = (meeple_fault){stage, stage == MEEPLE_STAGE_HTTP ? status : 0, why};
        return false;
    }
    *agreed = chosen;
    return true;
}

/* The client's order decides: section 4.1 says it is the order of preference. */
static int choose_protocol(const struct meeple__http_head *head, const char *const *protocols,
                           meeple__protocol_rule rule, struct meeple__ws_offer *offer,
                           const char **why)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;
    bool offered = false, any = protocols && protocols[0];

    offer->protocol = 0;
    while (meeple__http_list_next(head, "Sec-WebSocket-Protocol", &at, &element)) {
        offered = true;
        if (!meeple__http_is_token(element)) {
            *why = "a subprotocol's name is no token";
            return 400;
        }
        if (offer->protocol == 0) {
            offer->protocol = index_of(protocols, element);
        }
    }
    if (!offered && meeple__http_list_empty(head, "Sec-WebSocket-Protocol")) {
        *why = "Sec-WebSocket-Protocol names nothing";
        return 400;
    }
    if (any && offer->protocol == 0 && (offered || rule != MEEPLE__PROTOCOL_OPTIONAL)) {
        *why = "none of this server's subprotocols was offered";
        return 400;
    }
    if (!any && offered && rule == MEEPLE__PROTOCOL_EXACT) {
        *why = "this server has no subprotocol";
        return 400;
    }
    return 0;
}

int meeple__ws_request_check(const struct meeple__http_head *head, const char *const *protocols,
                             meeple__protocol_rule rule, struct meeple__ws_offer *offer,
                             const char **why)
{
    meeple_bytes value, path, query;

    *why = "";
    if (!is_http_1_1(head->words[2])) {
        *why = "HTTP/1.1 is required";
        return 505;
    }
    if (!meeple__bytes_equal(head->words[0], "GET")) {
        *why = "a WebSocket begins with GET";
        return 405;
    }
    if (!meeple__target_split(head->words[1], &path, &query)) {
        *why = "the request's target is no path";
        return 400;
    }
    /* What follows the head is frames: a body would be taken for some (RFC 9110 section 7.8 wants
     * it read before). */
    if (meeple__http_head_has_body(head)) {
        *why = "a WebSocket's request has no body";
        return 400;
    }
    if (meeple__http_head_field(head, "Host", &value) != 1) {
        *why = "there has to be one Host header";
        return 400;
    }
    if (!meeple__http_is_host(value)) {
        *why = "the Host header is no host";
        return 400;
    }
    if (!meeple__http_head_has_token(head, "Upgrade", "websocket") ||
        !meeple__http_head_has_token(head, "Connection", "Upgrade")) {
        *why = "this is a WebSocket server: the request does not upgrade to websocket";
        return 426;
    }
    if (meeple__http_head_field(head, "Sec-WebSocket-Version", &value) != 1 ||
        !meeple__bytes_equal(value, "13")) {
        *why = "WebSocket version 13 is required";
        return 426;
    }
    if (meeple__http_head_field(head, "Sec-WebSocket-Key", &offer->key) != 1 ||
        !meeple__ws_key_valid(offer->key)) {
        *why = "Sec-WebSocket-Key is not the base64 of 16 bytes";
        return 400;
    }
    if (meeple__deflate_offer_choose(head, NULL, NULL, NULL) < 0) {
        *why = "Sec-WebSocket-Extensions is malformed";
        return 400;
    }
    offer->target = head->words[1];
    return choose_protocol(head, protocols, rule, offer, why);
}

bool meeple__ws_offered(const struct meeple__http_head *head, const char *protocol)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    while (meeple__http_list_next(head, "Sec-WebSocket-Protocol", &at, &element)) {
        if (meeple__bytes_equal(element, protocol)) {
            return true;
        }
    }
    return false;
}

int meeple__ws_response_write(struct meeple__buf *buf, const meeple_mem *mem,
                              const struct meeple__ws_response *response)
{
    char accept[MEEPLE__WS_ACCEPT_SIZE];
    bool protocol = *response->protocol != '\0', extensions = *response->extensions != '\0';
    /* Godot wants exactly these values, and no header without one. */
    const char *const head[] = {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                "Connection: Upgrade\r\nSec-WebSocket-Accept: ",
                                accept,
                                "\r\n",
                                protocol ? "Sec-WebSocket-Protocol: " : "",
                                response->protocol,
                                protocol ? "\r\n" : "",
                                extensions ? "Sec-WebSocket-Extensions: " : "",
                                response->extensions,
                                extensions ? "\r\n" : "",
                                NULL};
    const char *const end[] = {"\r\n", NULL};
    int rc = meeple__ws_accept(accept, response->key);

    if (rc == 0) {
        rc = add_texts(buf, mem, response->ceiling, head);
    }
    if (rc == 0) {
        rc = add_headers(buf, mem, response->ceiling, response->headers);
    }
    return rc == 0 ? add_texts(buf, mem, response->ceiling, end) : rc;
}

static bool has_header(const char *const *headers, const char *name)
{
    for (; headers && *headers; headers++) {
        meeple_bytes found = {(const uint8_t *)*headers, strcspn(*headers, ":")};

        if (meeple__bytes_equal_caseless(found, name)) {
            return true;
        }
    }
    return false;
}

int meeple__ws_refusal_write(struct meeple__buf *buf, const meeple_mem *mem, int status,
                             const char *text, const char *const *headers)
{
    char first[128], length[48];
    const char *const head[] = {
        first,
        status == 426 ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : "",
        status == 405 ? "Allow: GET\r\n" : "",
        has_header(headers, "Content-Type") ? "" : "Content-Type: text/plain; charset=utf-8\r\n",
        length,
        NULL};
    const char *const body[] = {"\r\n", text, "\n", NULL};
    int rc;

    snprintf(first, sizeof first, "HTTP/1.1 %d %s\r\nConnection: %s\r\n", status,
             meeple__http_phrase(status), status == 426 ? "close, Upgrade" : "close");
    snprintf(length, sizeof length, "Content-Length: %zu\r\n", strlen(text) + 1);
    rc = add_texts(buf, mem, SIZE_MAX, head);
    if (rc == 0) {
        rc = add_headers(buf, mem, SIZE_MAX, headers);
    }
    return rc == 0 ? add_texts(buf, mem, SIZE_MAX, body) : rc;
}
