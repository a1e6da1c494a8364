/* deflate_offer: how two sides agree on permessage-deflate (RFC 7692 sections 5 and 7.1). */
#include "transport/deflate_offer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/scan.h"
#include "transport/http_head.h"

#define EXTENSION "permessage-deflate"

enum {
    BITS_LEAST = 9, /* of zlib's windows for raw deflate */
    BITS_MOST = 15
};

enum {
    SERVER_NO_TAKEOVER,
    CLIENT_NO_TAKEOVER,
    SERVER_BITS,
    CLIENT_BITS,
    PARAMS
};

static const char *const names[PARAMS] = {"server_no_context_takeover",
                                          "client_no_context_takeover", "server_max_window_bits",
                                          "client_max_window_bits"};

/* An element of Sec-WebSocket-Extensions. */
struct extension {
    enum {
        MALFORMED, /* not the grammar of RFC 6455 section 9.1 */
        UNKNOWN,   /* another extension */
        INVALID,   /* ours, with parameters it does not have, or has twice */
        GOOD
    } kind;
    bool has[PARAMS];
    uint8_t bits[PARAMS]; /* 8..15; 0: without a value */
};

/* A parameter's value; of long ones only how long. */
struct value {
    uint8_t bytes[2];
    size_t len;
};

/* Takes that byte, and the blanks around it. */
static bool take_between(meeple_bytes *rest, uint8_t byte)
{
    bool taken;

    meeple__skip_blanks(rest);
    taken = meeple__take_byte(rest, byte);
    meeple__skip_blanks(rest);
    return taken;
}

static bool take_token(meeple_bytes *rest, meeple_bytes *token)
{
    *token = (meeple_bytes){rest->ptr, 0};
    while (token->len < rest->len && !meeple__is_blank(rest->ptr[token->len]) &&
           rest->ptr[token->len] != ';' && rest->ptr[token->len] != '=') {
        token->len++;
    }
    rest->ptr += token->len;
    rest->len -= token->len;
    return meeple__http_is_token(*token);
}

static bool add_to_value(struct value *value, uint8_t byte)
{
    if (value->len < sizeof value->bytes) {
        value->bytes[value->len] = byte;
    }
    value->len++;
    return meeple__http_is_token((meeple_bytes){&byte, 1});
}

/* A token, in quotes or not: section 9.1 allows nothing else between them.  So it does not matter
 * that the walk over the elements would divide at a comma in quotes. */
static bool take_value(meeple_bytes *rest, struct value *value)
{
    meeple_bytes token;

    *value = (struct value){.len = 0};
    if (rest->len == 0 || rest->ptr[0] != '"') {
        if (!take_token(rest, &token)) {
            return false;
        }
        for (size_t i = 0; i < token.len; i++) {
            add_to_value(value, token.ptr[i]);
        }
        return true;
    }
    for (size_t i = 1; i < rest->len; i++) {
        if (rest->ptr[i] == '"') {
            rest->ptr += i + 1;
            rest->len -= i + 1;
            return value->len > 0;
        }
        i += rest->ptr[i] == '\\';
        if (i >= rest->len || !add_to_value(value, rest->ptr[i])) {
            return false;
        }
    }
    return false;
}

/* 8 to 15, without leading zeros; 0 if it is none of them. */
static uint8_t bits_of(const struct value *value)
{
    if (value->len == 1 && (value->bytes[0] == '8' || value->bytes[0] == '9')) {
        return (uint8_t)(value->bytes[0] - '0');
    }
    if (value->len == 2 && value->bytes[0] == '1' && value->bytes[1] >= '0' &&
        value->bytes[1] <= '5') {
        return (uint8_t)(10 + value->bytes[1] - '0');
    }
    return 0;
}

/* One parameter of ours; value NULL: without.  False: not valid, or there already. */
static bool add_param(struct extension *extension, meeple_bytes name, const struct value *value)
{
    size_t i = 0;

    while (i < PARAMS && !meeple__bytes_equal(name, names[i])) {
        i++;
    }
    if (i == PARAMS || extension->has[i]) {
        return false;
    }
    extension->has[i] = true;
    if (i == SERVER_NO_TAKEOVER || i == CLIENT_NO_TAKEOVER) {
        return !value;
    }
    extension->bits[i] = value ? bits_of(value) : 0;
    /* That the client's may come without a value is for offers only: section 7.1.2.2. */
    return extension->bits[i] > 0 || (i == CLIENT_BITS && !value);
}

static struct extension read_extension(meeple_bytes element)
{
    struct extension extension = {.kind = MALFORMED};
    meeple_bytes name;
    bool ours, valid = true;

    if (!take_token(&element, &name)) {
        return extension;
    }
    ours = meeple__bytes_equal(name, EXTENSION);
    while (take_between(&element, ';')) {
        struct value value;
        bool has_value;

        if (!take_token(&element, &name)) {
            return extension;
        }
        has_value = take_between(&element, '=');
        if (has_value && !take_value(&element, &value)) {
            return extension;
        }
        valid = ours && add_param(&extension, name, has_value ? &value : NULL) && valid;
    }
    if (element.len == 0) {
        extension.kind = !ours ? UNKNOWN : valid ? GOOD : INVALID;
    }
    return extension;
}

static uint8_t bits_or_most(uint8_t bits)
{
    return bits ? bits : BITS_MOST;
}

static uint8_t lesser(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/*
 * A window of 256 bytes is not to be had from zlib: the one of 512 stands in.  To read with it is
 * fine, and so is writing: zlib finds nothing further away than the window less 262 bytes, the most
 * it looks ahead.  A test watches that this stays so.
 */
static uint8_t window_of(uint8_t bits)
{
    return bits < BITS_LEAST ? BITS_LEAST : bits;
}

static struct meeple__deflate_params filled(const struct meeple__deflate_params *wish)
{
    struct meeple__deflate_params params = *wish;

    assert(meeple__deflate_params_valid(wish));
    params.server_max_window_bits = bits_or_most(wish->server_max_window_bits);
    params.client_max_window_bits = bits_or_most(wish->client_max_window_bits);
    return params;
}

static bool bits_valid(uint8_t bits)
{
    return bits == 0 || (bits >= BITS_LEAST && bits <= BITS_MOST);
}

bool meeple__deflate_params_valid(const struct meeple__deflate_params *wish)
{
    return bits_valid(wish->server_max_window_bits) && bits_valid(wish->client_max_window_bits);
}

static void write_extension(char text[MEEPLE__DEFLATE_TEXT_SIZE], const struct extension *extension)
{
    size_t len = (size_t)snprintf(text, MEEPLE__DEFLATE_TEXT_SIZE, "%s", EXTENSION);

    for (size_t i = 0; i < PARAMS; i++) {
        if (extension->has[i]) {
            len += (size_t)snprintf(text + len, MEEPLE__DEFLATE_TEXT_SIZE - len, "; %s", names[i]);
        }
        if (extension->bits[i] > 0) {
            len += (size_t)snprintf(text + len, MEEPLE__DEFLATE_TEXT_SIZE - len, "=%u",
                                    extension->bits[i]);
        }
        assert(len < MEEPLE__DEFLATE_TEXT_SIZE);
    }
}

void meeple__deflate_offer_write(char text[MEEPLE__DEFLATE_TEXT_SIZE],
                                 const struct meeple__deflate_params *wish)
{
    struct meeple__deflate_params params = filled(wish);
    struct extension offer = {.kind = GOOD};

    offer.has[SERVER_NO_TAKEOVER] = params.server_no_context_takeover;
    offer.has[CLIENT_NO_TAKEOVER] = params.client_no_context_takeover;
    if (params.server_max_window_bits < BITS_MOST) {
        offer.has[SERVER_BITS] = true;
        offer.bits[SERVER_BITS] = params.server_max_window_bits;
    }
    /* Without a value: the server may set it. */
    offer.has[CLIENT_BITS] = true;
    if (params.client_max_window_bits < BITS_MOST) {
        offer.bits[CLIENT_BITS] = params.client_max_window_bits;
    }
    write_extension(text, &offer);
}

/* The answer to a good offer: section 7.1. */
static struct extension answer_to(const struct extension *offer,
                                  const struct meeple__deflate_params *wish)
{
    struct extension answer = {.kind = GOOD};
    uint8_t server = lesser(wish->server_max_window_bits, bits_or_most(offer->bits[SERVER_BITS]));
    uint8_t client = lesser(wish->client_max_window_bits, bits_or_most(offer->bits[CLIENT_BITS]));

    answer.has[SERVER_NO_TAKEOVER] =
        wish->server_no_context_takeover || offer->has[SERVER_NO_TAKEOVER];
    answer.has[CLIENT_NO_TAKEOVER] =
        wish->client_no_context_takeover || offer->has[CLIENT_NO_TAKEOVER];
    if (offer->has[SERVER_BITS] || server < BITS_MOST) {
        answer.has[SERVER_BITS] = true;
        answer.bits[SERVER_BITS] = server;
    }
    /* May be answered only if it was offered. */
    if (offer->has[CLIENT_BITS] && (offer->bits[CLIENT_BITS] > 0 || client < BITS_MOST)) {
        answer.has[CLIENT_BITS] = true;
        answer.bits[CLIENT_BITS] = client;
    }
    return answer;
}

/* What both sides do after that answer; a window it does not name is as large as can be. */
static struct meeple__deflate_params params_of(const struct extension *answer)
{
    return (struct meeple__deflate_params){
        .server_no_context_takeover = answer->has[SERVER_NO_TAKEOVER],
        .client_no_context_takeover = answer->has[CLIENT_NO_TAKEOVER],
        .server_max_window_bits = window_of(bits_or_most(answer->bits[SERVER_BITS])),
        .client_max_window_bits = window_of(bits_or_most(answer->bits[CLIENT_BITS]))};
}

int meeple__deflate_offer_choose(const struct meeple__http_head *request,
                                 const struct meeple__deflate_params *wish,
                                 struct meeple__deflate_params *agreed,
                                 char answer[MEEPLE__DEFLATE_TEXT_SIZE])
{
    struct meeple__http_list at = {0};
    struct extension chosen = {.kind = UNKNOWN};
    meeple_bytes element;

    if (meeple__http_list_empty(request, "Sec-WebSocket-Extensions")) {
        return MEEPLE_EPROTO;
    }
    while (meeple__http_list_next(request, "Sec-WebSocket-Extensions", &at, &element)) {
        struct extension offer = read_extension(element);

        if (offer.kind == MALFORMED) {
            return MEEPLE_EPROTO;
        }
        if (wish && offer.kind == GOOD && chosen.kind != GOOD) {
            struct meeple__deflate_params params = filled(wish);

            chosen = answer_to(&offer, &params);
        }
    }
    if (chosen.kind != GOOD) {
        return 0;
    }
    *agreed = params_of(&chosen);
    write_extension(answer, &chosen);
    return 1;
}

/* What is wrong with the answer to our offer, or NULL. */
static const char *answer_fault(const struct extension *answer,
                                const struct meeple__deflate_params *wish)
{
    if (answer->kind == INVALID || (answer->has[CLIENT_BITS] && answer->bits[CLIENT_BITS] == 0)) {
        return "the server's permessage-deflate has parameters that are not valid";
    }
    if (wish->server_no_context_takeover && !answer->has[SERVER_NO_TAKEOVER]) {
        return "the server ignores the server_no_context_takeover asked for";
    }
    if (bits_or_most(answer->bits[SERVER_BITS]) > wish->server_max_window_bits) {
        return "the server ignores the server_max_window_bits asked for";
    }
    if (answer->bits[CLIENT_BITS] > wish->client_max_window_bits) {
        return "the server answers with more client_max_window_bits than were offered";
    }
    return NULL;
}

static const char *fault_of(const struct extension *answer,
                            const struct meeple__deflate_params *wish)
{
    if (answer->kind == MALFORMED) {
        return "the server's Sec-WebSocket-Extensions cannot be read";
    }
    if (answer->kind == UNKNOWN || !wish) {
        return "the server uses an extension that was not offered";
    }
    return answer_fault(answer, wish);
}

int meeple__deflate_answer_check(const struct meeple__http_head *response,
                                 const struct meeple__deflate_params *wish,
                                 struct meeple__deflate_params *agreed, const char **why)
{
    struct meeple__http_list at = {0};
    struct meeple__deflate_params offered = {0};
    struct extension answer = {.kind = MALFORMED};
    meeple_bytes element;
    const char *fault;

    if (meeple__http_head_field(response, "Sec-WebSocket-Extensions", &element) == 0) {
        return 0;
    }
    if (wish) {
        offered = filled(wish);
    }
    if (meeple__http_list_next(response, "Sec-WebSocket-Extensions", &at, &element)) {
        answer = read_extension(element);
    }
    fault = fault_of(&answer, wish ? &offered : NULL);
    if (!fault && meeple__http_list_next(response, "Sec-WebSocket-Extensions", &at, &element)) {
        fault = "the server uses more extensions than were offered";
    }
    if (fault) {
        *why = fault;
        return MEEPLE_EPROTO;
    }
    *agreed = params_of(&answer);
    /* What we offered to do we do, even if the server does not insist: section 7.1. */
    agreed->client_no_context_takeover |= offered.client_no_context_takeover;
    agreed->client_max_window_bits =
        lesser(agreed->client_max_window_bits, offered.client_max_window_bits);
    return 1;
}
