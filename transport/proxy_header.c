/* proxy_header: the client that a proxy speaks for, by the PROXY protocol, versions 1 and 2. */
#include "transport/proxy_header.h"

#include <assert.h>
#include <string.h>

enum {
    V2_HEAD = 16,
    V2_ADDRESSES_V4 = 12, /* two addresses and two ports */
    V2_ADDRESSES_V6 = 36
};

/* What each begins with.  Neither is how TLS or HTTP begins. */
static const uint8_t v1_begin[6] = {'P', 'R', 'O', 'X', 'Y', ' '};
static const uint8_t v2_begin[12] = {'\r', '\n', '\r', '\n', 0,   '\r',
                                     '\n', 'Q',  'U',  'I',  'T', '\n'};

static int malformed(const char **why, const char *text)
{
    *why = text;
    return MEEPLE_EPROTO;
}

static uint16_t read_u16(const uint8_t bytes[2])
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* ---- version 1: a line ---- */

/* What is before the next space, and goes behind that. */
static meeple_bytes take_word(meeple_bytes *rest)
{
    const uint8_t *space = rest->len > 0 ? memchr(rest->ptr, ' ', rest->len) : NULL;
    meeple_bytes word = {rest->ptr, space ? (size_t)(space - rest->ptr) : rest->len};

    rest->ptr += word.len + (space != NULL);
    rest->len -= word.len + (space != NULL);
    return word;
}

static bool word_is(meeple_bytes word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.ptr, text, word.len) == 0;
}

/* Without zeros before it; 0 itself is allowed. */
static bool read_port(uint16_t *port, meeple_bytes word)
{
    uint32_t value = 0;

    if (word.len == 0 || word.len > 5 || (word.len > 1 && word.ptr[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9') {
            return false;
        }
        value = value * 10 + word.ptr[i] - '0';
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

static bool read_address(struct meeple__ip *ip, meeple_bytes word, bool v6)
{
    bool colon = word.len > 0 && memchr(word.ptr, ':', word.len);

    return colon == v6 && meeple__ip_parse_address(ip, word);
}

/* "TCP4 192.0.2.1 192.0.2.2 56324 443" */
static int read_line(struct meeple__proxy_header *header, meeple_bytes line, const char **why)
{
    meeple_bytes protocol = take_word(&line), words[4];
    bool v6 = word_is(protocol, "TCP6");
    struct meeple__ip client, server;
    uint16_t port;

    if (word_is(protocol, "UNKNOWN")) {
        return 1; /* whatever follows */
    }
    if (!v6 && !word_is(protocol, "TCP4")) {
        return malformed(why, "PROXY header: neither TCP4 nor TCP6 nor UNKNOWN");
    }
    for (size_t i = 0; i < MEEPLE_COUNT(words); i++) {
        words[i] = take_word(&line);
    }
    if (!read_address(&client, words[0], v6) || !read_address(&server, words[1], v6)) {
        return malformed(why, "PROXY header: malformed address");
    }
    if (!read_port(&client.port, words[2]) || !read_port(&port, words[3])) {
        return malformed(why, "PROXY header: malformed port");
    }
    /* A space at the end was taken with the last word. */
    if (words[3].ptr + words[3].len != line.ptr || line.len > 0) {
        return malformed(why, "PROXY header: more than addresses and ports");
    }
    header->client = client;
    header->has_client = true;
    return 1;
}

static int took_v1(struct meeple__proxy_header *header, const char **why)
{
    uint8_t last = header->bytes[header->came - 1];
    bool after_return = header->bytes[header->came - 2] == '\r';

    if (last == '\n' && after_return) {
        return read_line(header,
                         (meeple_bytes){header->bytes + sizeof v1_begin,
                                        (size_t)header->came - sizeof v1_begin - 2},
                         why);
    }
    if (last == '\n' || after_return) {
        return malformed(why, "PROXY header: a line end that is not CR LF");
    }
    if (header->came == MEEPLE__PROXY_LINE_MAX) {
        return malformed(why, "PROXY header: a line over 107 bytes");
    }
    return 0;
}

/* ---- version 2: binary ---- */

/* Which addresses follow, by the byte for family and transport; those of datagrams and of sockets
 * in the file system are valid, and tell us nothing. */
static int addresses_len(uint8_t family)
{
    switch (family) {
    case 0x11: /* TCP over IPv4 */
        return V2_ADDRESSES_V4;
    case 0x21: /* TCP over IPv6 */
        return V2_ADDRESSES_V6;
    case 0x00: /* unspecified */
    case 0x12: /* UDP */
    case 0x22:
    case 0x31: /* AF_UNIX, stream and datagram */
    case 0x32:
        return 0;
    default:
        return -1;
    }
}

static bool is_local(const struct meeple__proxy_header *header)
{
    return header->bytes[12] == 0x20;
}

static int read_v2_head(struct meeple__proxy_header *header, const char **why)
{
    uint32_t len = V2_HEAD + (uint32_t)read_u16(header->bytes + 14);
    int addresses = addresses_len(header->bytes[13]);

    if (header->bytes[12] >> 4 != 2) {
        return malformed(why, "PROXY header: neither version 1 nor 2");
    }
    if (header->bytes[12] != 0x20 && header->bytes[12] != 0x21) {
        return malformed(why, "PROXY header: neither LOCAL nor PROXY");
    }
    if (len > MEEPLE__PROXY_HEADER_MAX) {
        return malformed(why, "PROXY header: over 2064 bytes");
    }
    /* With LOCAL the family has no meaning. */
    if (!is_local(header) && addresses < 0) {
        return malformed(why, "PROXY header: no such family or transport");
    }
    if (!is_local(header) && len < V2_HEAD + (uint32_t)addresses) {
        return malformed(why, "PROXY header: too short for its addresses");
    }
    header->len = (uint16_t)len;
    return 0;
}

/* Source address, destination address, source port, destination port. */
static void read_v2_client(struct meeple__proxy_header *header)
{
    const uint8_t *at = header->bytes + V2_HEAD;

    if (is_local(header)) {
        return;
    }
    if (header->bytes[13] == 0x11) {
        header->client = meeple__ip_of_v4(at, read_u16(at + 8));
        header->has_client = true;
    } else if (header->bytes[13] == 0x21) {
        memcpy(header->client.bytes, at, sizeof header->client.bytes);
        header->client.port = read_u16(at + 32);
        header->has_client = true;
    }
}

static int took_v2(struct meeple__proxy_header *header, const char **why)
{
    if (header->came == V2_HEAD) {
        int rc = read_v2_head(header, why);

        if (rc < 0) {
            return rc;
        }
    }
    if (header->came < V2_HEAD || header->came < header->len) {
        return 0;
    }
    read_v2_client(header);
    return 1;
}

/* ---- both ---- */

static int take(struct meeple__proxy_header *header, uint8_t byte, const char **why)
{
    size_t at = header->came++;
    bool v1;

    if (at < sizeof header->bytes) {
        header->bytes[at] = byte;
    }
    v1 = header->bytes[0] == v1_begin[0];
    if (v1 ? at < sizeof v1_begin && byte != v1_begin[at]
           : at < sizeof v2_begin && byte != v2_begin[at]) {
        return malformed(why, "no PROXY header, which this server requires");
    }
    if (v1) {
        return at < sizeof v1_begin ? 0 : took_v1(header, why);
    }
    return took_v2(header, why);
}

int meeple__proxy_header_feed(struct meeple__proxy_header *header, meeple_bytes bytes,
                              size_t *taken, const char **why)
{
    int rc = 0;

    assert(header->came < MEEPLE__PROXY_HEADER_MAX);
    *taken = 0;
    while (rc == 0 && *taken < bytes.len) {
        rc = take(header, bytes.ptr[(*taken)++], why);
    }
    return rc;
}
