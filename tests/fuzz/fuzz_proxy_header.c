/* fuzz_proxy_header: any bytes as a PROXY header, whole, byte by byte and in pieces; the client it
 * names is written in both versions and read again. */
#include "tests/fuzz/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/prng.h"
#include "transport/proxy_header.h"

struct outcome {
    struct meeple__proxy_header header;
    int rc;
    size_t taken;
    const char *why;
};

/* Each piece from a copy of exact size. */
static struct outcome feed(const uint8_t *bytes, size_t len, size_t piece_max)
{
    struct outcome outcome = {.rc = 0};
    struct prng prng = {len};

    while (outcome.rc == 0 && outcome.taken < len) {
        size_t left = len - outcome.taken, taken;
        size_t piece = 1 + (size_t)prng_below(&prng, piece_max);
        uint8_t *copy;

        piece = piece < left ? piece : left;
        copy = malloc(piece);
        memcpy(copy, bytes + outcome.taken, piece);
        outcome.rc = meeple__proxy_header_feed(&outcome.header, (meeple_bytes){copy, piece}, &taken,
                                               &outcome.why);
        MUST(taken <= piece && (outcome.rc != 0 || taken == piece));
        outcome.taken += taken;
        free(copy);
    }
    MUST(outcome.rc == 0 || outcome.rc == 1 || (outcome.rc == MEEPLE_EPROTO && outcome.why));
    MUST(outcome.taken <= MEEPLE__PROXY_HEADER_MAX);
    return outcome;
}

static void same(const struct outcome *a, const struct outcome *b)
{
    MUST(a->rc == b->rc && a->taken == b->taken && a->why == b->why);
    MUST(a->header.has_client == b->header.has_client);
    MUST(meeple__ip_equal(&a->header.client, &b->header.client));
    MUST(a->header.client.port == b->header.client.port);
}

static void names(const uint8_t *bytes, size_t len, const struct meeple__ip *client)
{
    struct outcome outcome = feed(bytes, len, len);

    MUST(outcome.rc == 1 && outcome.taken == len && outcome.header.has_client);
    MUST(meeple__ip_equal(&outcome.header.client, client));
    MUST(outcome.header.client.port == client->port);
}

static void write_again(const struct meeple__ip *client)
{
    bool v4 = meeple__ip_is_v4(client);
    struct meeple__ip alone = *client;
    char address[MEEPLE__IP_TEXT_SIZE], line[128];
    uint8_t binary[16 + 36] = "\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24";

    alone.port = 0;
    meeple__ip_write(address, &alone);
    snprintf(line, sizeof line, "PROXY TCP%c %s %s %u 80\r\n", v4 ? '4' : '6', address, address,
             (unsigned)client->port);
    names((const uint8_t *)line, strlen(line), client);
    memcpy(binary + 16, client->bytes, 16);
    binary[48] = (uint8_t)(client->port >> 8);
    binary[49] = (uint8_t)client->port;
    names(binary, sizeof binary, client);
    if (v4) {
        binary[13] = 0x11;
        binary[15] = 12;
        memcpy(binary + 16, client->bytes + 12, 4);
        memcpy(binary + 24, binary + 48, 2);
        names(binary, 28, client);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct outcome whole = feed(bytes, len, len ? len * 64 : 1);
    struct outcome single = feed(bytes, len, 1);
    struct outcome pieces = feed(bytes, len, 40);

    same(&whole, &single);
    same(&whole, &pieces);
    if (whole.rc == 1 && whole.header.has_client) {
        write_again(&whole.header.client);
    }
    return 0;
}
