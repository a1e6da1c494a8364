/* ip: IP addresses and networks as numbers and as text (RFC 4291, RFC 5952, RFC 4632). */
#include "transport/ip.h"

#include <string.h>

#include "core/scan.h"

enum {
    MAPPED_BITS = 96,
    GROUPS = 8
};

static const uint8_t mapped[MAPPED_BITS / 8] = {[10] = 0xff, [11] = 0xff};

/* Digits without a zero before them, 0 to `most`. */
static bool take_decimal(meeple_bytes *rest, uint32_t most, uint32_t *value)
{
    size_t digits = 0;

    *value = 0;
    while (rest->len > 0 && rest->ptr[0] >= '0' && rest->ptr[0] <= '9') {
        if (digits > 0 && *value == 0) {
            return false;
        }
        *value = *value * 10 + rest->ptr[0] - '0';
        if (*value > most) {
            return false;
        }
        meeple__skip(rest, 1);
        digits++;
    }
    return digits > 0;
}

/* One to four hexadecimal digits. */
static bool take_group(meeple_bytes *rest, uint8_t bytes[2])
{
    uint32_t value = 0;
    size_t digits = 0;

    for (; rest->len > 0 && digits < 4; digits++) {
        uint8_t byte = rest->ptr[0];

        if (byte >= '0' && byte <= '9') {
            value = value << 4 | (uint32_t)(byte - '0');
        } else if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f') {
            value = value << 4 | (uint32_t)((byte | 0x20) - 'a' + 10);
        } else {
            break;
        }
        meeple__skip(rest, 1);
    }
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return digits > 0;
}

static bool has(meeple_bytes text, uint8_t byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len);
}

static bool parse_v4(uint8_t bytes[4], meeple_bytes rest)
{
    for (size_t i = 0; i < 4; i++) {
        uint32_t value;

        if ((i > 0 && !meeple__take_byte(&rest, '.')) || !take_decimal(&rest, 255, &value)) {
            return false;
        }
        bytes[i] = (uint8_t)value;
    }
    return rest.len == 0;
}

/* What stands between colons; the last four bytes may be written as IPv4.  *gap: where "::" was. */
static bool parse_groups(uint8_t bytes[16], size_t *len, size_t *gap, meeple_bytes rest)
{
    *len = 0;
    *gap = SIZE_MAX;
    if (rest.len >= 2 && rest.ptr[0] == ':' && rest.ptr[1] == ':') {
        *gap = 0;
        meeple__skip(&rest, 2);
    }
    while (rest.len > 0) {
        if (has(rest, '.') && !has(rest, ':')) {
            *len += 4;
            return *len <= 16 && parse_v4(bytes + *len - 4, rest);
        }
        if (*len == 16 || !take_group(&rest, bytes + *len)) {
            return false;
        }
        *len += 2;
        if (rest.len == 0) {
            return true;
        }
        if (!meeple__take_byte(&rest, ':') || rest.len == 0) {
            return false;
        }
        if (meeple__take_byte(&rest, ':')) {
            if (*gap != SIZE_MAX) {
                return false;
            }
            *gap = *len;
        }
    }
    return true;
}

static bool parse_v6(uint8_t bytes[16], meeple_bytes text)
{
    uint8_t found[16];
    size_t len, gap;

    if (!parse_groups(found, &len, &gap, text)) {
        return false;
    }
    if (gap == SIZE_MAX) {
        gap = len;
        if (len != 16) {
            return false;
        }
    } else if (len == 16) {
        return false; /* "::" stands for at least one group */
    }
    memset(bytes, 0, 16);
    memcpy(bytes, found, gap);
    memcpy(bytes + 16 - (len - gap), found + gap, len - gap);
    return true;
}

struct meeple__ip meeple__ip_of_v4(const uint8_t bytes[4], uint16_t port)
{
    struct meeple__ip ip = {.port = port};

    memcpy(ip.bytes, mapped, sizeof mapped);
    memcpy(ip.bytes + sizeof mapped, bytes, 4);
    return ip;
}

bool meeple__ip_parse_address(struct meeple__ip *ip, meeple_bytes text)
{
    uint8_t bytes[16];

    if (!has(text, ':')) {
        if (!parse_v4(bytes, text)) {
            return false;
        }
        *ip = meeple__ip_of_v4(bytes, 0);
        return true;
    }
    if (!parse_v6(bytes, text)) {
        return false;
    }
    memcpy(ip->bytes, bytes, sizeof bytes);
    ip->port = 0;
    return true;
}

/* Where the address ends and ":port" begins; text.len if there is none, 0 if it is malformed. */
static size_t address_len(meeple_bytes text)
{
    const uint8_t *end =
        text.len > 0 ? memchr(text.ptr, text.ptr[0] == '[' ? ']' : ':', text.len) : NULL;
    size_t len = end ? (size_t)(end - text.ptr) : text.len;

    if (text.len > 0 && text.ptr[0] == '[') {
        return end ? len + 1 : 0;
    }
    /* One colon is a port's, more are IPv6's. */
    return end && has((meeple_bytes){end + 1, text.len - len - 1}, ':') ? text.len : len;
}

bool meeple__ip_parse(struct meeple__ip *ip, meeple_bytes text)
{
    meeple_bytes address = {text.ptr, address_len(text)};
    meeple_bytes rest = {text.ptr, text.len};
    struct meeple__ip result;
    uint32_t port = 0;

    if (address.len == 0) {
        return false;
    }
    meeple__skip(&rest, address.len);
    if (address.ptr[0] == '[') {
        address = (meeple_bytes){address.ptr + 1, address.len - 2};
        if (!has(address, ':')) {
            return false;
        }
    }
    if (!meeple__ip_parse_address(&result, address)) {
        return false;
    }
    if (rest.len > 0 && (!meeple__take_byte(&rest, ':') ||
                         !take_decimal(&rest, UINT16_MAX, &port) || port == 0 || rest.len > 0)) {
        return false;
    }
    result.port = (uint16_t)port;
    *ip = result;
    return true;
}

static uint32_t group(const uint8_t bytes[16], size_t i)
{
    return (uint32_t)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* The longest run of groups that are 0, of at least two; of equal ones the first. */
static size_t longest_gap(const uint8_t bytes[16], size_t *len)
{
    size_t best = 0, run = 0;

    *len = 0;
    for (size_t i = 0; i < GROUPS; i++) {
        run = group(bytes, i) == 0 ? run + 1 : 0;
        if (run >= 2 && run > *len) {
            *len = run;
            best = i + 1 - run;
        }
    }
    return best;
}

/* Without zeros before it; back comes where the text goes on.  By hand, as the address of every
 * connection that comes is written, and printf() would be a fifth of all that it costs us. */
static char *write_number(char *text, uint32_t number, uint32_t base)
{
    char digits[8];
    size_t count = 0;

    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    while (count > 0) {
        *text++ = digits[--count];
    }
    return text;
}

static char *write_v4(char *text, const uint8_t bytes[4])
{
    for (size_t i = 0; i < 4; i++) {
        if (i > 0) {
            *text++ = '.';
        }
        text = write_number(text, bytes[i], 10);
    }
    return text;
}

static char *write_v6(char *text, const uint8_t bytes[16])
{
    size_t gap_len, gap = longest_gap(bytes, &gap_len);

    for (size_t i = 0; i < GROUPS; i++) {
        if (gap_len > 0 && i == gap) {
            *text++ = ':';
            *text++ = ':';
            i += gap_len - 1;
        } else {
            if (i > 0 && !(gap_len > 0 && i == gap + gap_len)) {
                *text++ = ':';
            }
            text = write_number(text, group(bytes, i), 16);
        }
    }
    return text;
}

void meeple__ip_write(char text[MEEPLE__IP_TEXT_SIZE], const struct meeple__ip *ip)
{
    bool v4 = meeple__ip_is_v4(ip), brackets = !v4 && ip->port != 0;

    if (brackets) {
        *text++ = '[';
    }
    text = v4 ? write_v4(text, ip->bytes + sizeof mapped) : write_v6(text, ip->bytes);
    if (brackets) {
        *text++ = ']';
    }
    if (ip->port != 0) {
        *text++ = ':';
        text = write_number(text, ip->port, 10);
    }
    *text = '\0';
}

void meeple__ip_write_cut(char *dst, size_t cap, const struct meeple__ip *ip)
{
    char text[MEEPLE__IP_TEXT_SIZE] = "";
    size_t len;

    if (cap == 0) {
        return;
    }
    if (!meeple__ip_is_none(ip)) {
        meeple__ip_write(text, ip);
    }
    len = strlen(text);
    len = len < cap ? len : cap - 1;
    memcpy(dst, text, len);
    dst[len] = '\0';
}

bool meeple__ip_is_v4(const struct meeple__ip *ip)
{
    return memcmp(ip->bytes, mapped, sizeof mapped) == 0;
}

bool meeple__ip_is_none(const struct meeple__ip *ip)
{
    return meeple__ip_equal(ip, &(struct meeple__ip){0});
}

bool meeple__ip_equal(const struct meeple__ip *a, const struct meeple__ip *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

struct meeple__ip meeple__ip_block(const struct meeple__ip *ip)
{
    struct meeple__ip block = *ip;

    block.port = 0;
    if (!meeple__ip_is_v4(ip)) {
        memset(block.bytes + 8, 0, 8);
    }
    return block;
}

/* Whether both have the same first bits. */
static bool same_prefix(const uint8_t a[16], const uint8_t b[16], size_t bits)
{
    size_t whole = bits / 8;

    return memcmp(a, b, whole) == 0 &&
           (bits % 8 == 0 || (a[whole] ^ b[whole]) >> (8 - bits % 8) == 0);
}

static bool zeros_behind(const uint8_t bytes[16], size_t bits)
{
    for (size_t i = bits; i < 128; i++) {
        if (bytes[i / 8] >> (7 - i % 8) & 1) {
            return false;
        }
    }
    return true;
}

bool meeple__ip_network_parse(struct meeple__ip_network *network, meeple_bytes text)
{
    const uint8_t *slash = text.len > 0 ? memchr(text.ptr, '/', text.len) : NULL;
    meeple_bytes address = {text.ptr, slash ? (size_t)(slash - text.ptr) : text.len};
    meeple_bytes rest = {text.ptr, text.len};
    uint32_t base = has(address, ':') ? 0 : MAPPED_BITS;
    uint32_t bits = 128 - base;
    struct meeple__ip ip;

    if (address.len == 0) {
        return false;
    }
    meeple__skip(&rest, address.len);
    if (!meeple__ip_parse_address(&ip, address) ||
        (slash &&
         (!meeple__take_byte(&rest, '/') || !take_decimal(&rest, bits, &bits) || rest.len > 0)) ||
        !zeros_behind(ip.bytes, base + bits)) {
        return false;
    }
    memcpy(network->bytes, ip.bytes, sizeof ip.bytes);
    network->bits = (uint8_t)(base + bits);
    return true;
}

/* A prefix that ends before the 96 bits of IPv4 has every mapped address in it or none, and is not
 * about them. */
static bool network_is_v4(const struct meeple__ip_network *network)
{
    return network->bits >= MAPPED_BITS && memcmp(network->bytes, mapped, sizeof mapped) == 0;
}

bool meeple__ip_networks_have(const struct meeple__ip_network *networks, size_t count,
                              const struct meeple__ip *ip)
{
    bool v4 = meeple__ip_is_v4(ip);

    for (size_t i = 0; i < count; i++) {
        if (network_is_v4(&networks[i]) == v4 &&
            same_prefix(networks[i].bytes, ip->bytes, networks[i].bits)) {
            return true;
        }
    }
    return false;
}
