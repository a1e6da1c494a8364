/*
 * fuzz_forwarded: any text as what proxies say of their client.  bytes[0] chooses: bit 0: Forwarded
 * rather than X-Forwarded-For; bit 1: of two fields, which are divided where bytes[1] says.
 */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "transport/forwarded.h"

static const struct meeple__ip_network trusted[] = {
    {{[10] = 0xff, [11] = 0xff, [12] = 10}, 104}, /* 10.0.0.0/8 */
    {{0xfd}, 8},
};
static const struct meeple__ip peer = {{[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1}, 99};

static bool is_trusted(const struct meeple__ip *ip)
{
    return meeple__ip_networks_have(trusted, MEEPLE_COUNT(trusted), ip);
}

static void add_field(struct meeple__http_head *head, bool rfc, const void *value, size_t len)
{
    const char *name = rfc ? "forwarded" : "x-forwarded-for";
    meeple_bytes trimmed = {value, len};

    while (trimmed.len > 0 && (trimmed.ptr[0] == ' ' || trimmed.ptr[0] == '\t')) {
        trimmed.ptr++;
        trimmed.len--;
    }
    head->fields[head->field_count].name = (meeple_bytes){(const uint8_t *)name, strlen(name)};
    head->fields[head->field_count].value = trimmed;
    head->field_count++;
}

static int ask(struct meeple__ip *ip, const struct meeple__http_head *head, bool rfc)
{
    return meeple__forwarded_client(
        ip, head, rfc ? MEEPLE__FORWARDED_BY_FORWARDED : MEEPLE__FORWARDED_BY_X_FORWARDED_FOR,
        trusted, MEEPLE_COUNT(trusted));
}

/* A proxy that is trusted puts its word behind all that, in a field of its own or in the last. */
static void append(const struct meeple__http_head *head, bool rfc, const uint8_t *last, size_t len)
{
    const char *const word = rfc ? ", for=\"[2001:db8::1]:7\";host=\"a,\\\"b\"" : ", 8.8.8.8";
    struct meeple__ip ip = peer, again = peer;
    struct meeple__http_head longer = *head;
    uint8_t *joined = malloc(len + strlen(word));

    add_field(&longer, rfc, word, strlen(word));
    MUST(ask(&ip, &longer, rfc) == 1 && !is_trusted(&ip));
    longer.field_count = head->field_count - 1;
    if (len > 0) {
        memcpy(joined, last, len);
    }
    memcpy(joined + len, word, strlen(word));
    add_field(&longer, rfc, joined, len + strlen(word));
    MUST(ask(&again, &longer, rfc) == 1);
    MUST(meeple__ip_equal(&ip, &again) && ip.port == again.port);
    free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct meeple__http_head head = {.field_count = 0};
    struct meeple__ip ip = peer, stranger = {{1}, 5};
    size_t split = 0;
    bool rfc;
    int rc;

    if (len < 2 || !meeple__http_is_value((meeple_bytes){bytes + 2, len - 2})) {
        return 0;
    }
    rfc = bytes[0] & 1;
    if (bytes[0] & 2) {
        split = bytes[1] % (len - 1);
        add_field(&head, rfc, bytes + 2, split);
        add_field(&head, !rfc, "trash\"", 6);
    }
    add_field(&head, rfc, bytes + 2 + split, len - 2 - split);
    rc = ask(&ip, &head, rfc);
    MUST(rc == 0 || rc == 1 || rc == MEEPLE_EPROTO);
    MUST(rc == 1 || (meeple__ip_equal(&ip, &peer) && ip.port == peer.port));
    append(&head, rfc, bytes + 2 + split, len - 2 - split);
    MUST(ask(&stranger, &head, rfc) == 0 && stranger.bytes[0] == 1);
    ip = peer;
    MUST(ask(&ip, &head, !rfc) <= 0);
    return 0;
}
