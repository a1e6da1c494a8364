/* url: "ws://host:port/path?query" or "wss://..." taken apart (RFC 6455 section 3). */
#include "transport/url.h"

#include <string.h>

/* The length of "ws://" or "wss://", 0 if it is neither. */
static size_t scheme_len(const char *text)
{
    size_t len = 2;

    if ((text[0] != 'w' && text[0] != 'W') || (text[1] != 's' && text[1] != 'S')) {
        return 0;
    }
    len += text[2] == 's' || text[2] == 'S';
    return strncmp(text + len, "://", 3) == 0 ? len + 3 : 0;
}

/* Printable ASCII without blanks: whatever else a path has is to be percent-encoded. */
static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if (*text <= ' ' || *text > '~' || *text == '#' || *text == '\\') {
            return false;
        }
    }
    return true;
}

static bool parse_port(uint16_t *port, const char *at, const char *end)
{
    uint32_t value = 0;

    if (at == end) {
        return false;
    }
    for (; at < end; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(*at - '0');
        if (value > UINT16_MAX) {
            return false;
        }
    }
    *port = (uint16_t)value;
    return value > 0;
}

static bool is_host_byte(char byte, bool literal_v6)
{
    bool word = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-' || byte == '_';

    return word || (literal_v6 && (byte == ':' || byte == '%'));
}

/* Splits "host", "host:port", "[v6]" or "[v6]:port". */
static bool parse_authority(struct meeple__url *url, const char *at, const char *end)
{
    const char *host = at;
    const char *host_end;

    url->literal_v6 = at < end && *at == '[';
    if (url->literal_v6) {
        host = at + 1;
        host_end = memchr(host, ']', (size_t)(end - host));
        if (!host_end) {
            return false;
        }
        at = host_end + 1;
    } else {
        host_end = memchr(host, ':', (size_t)(end - host));
        host_end = host_end ? host_end : end;
        at = host_end;
    }
    if (host == host_end || host_end - host > MEEPLE__HOST_MAX) {
        return false;
    }
    for (const char *byte = host; byte < host_end; byte++) {
        if (!is_host_byte(*byte, url->literal_v6)) {
            return false;
        }
    }
    url->host = (meeple_bytes){(const uint8_t *)host, (size_t)(host_end - host)};
    url->port = url->secure ? MEEPLE__WSS_PORT : MEEPLE__WS_PORT;
    return at == end || (*at == ':' && parse_port(&url->port, at + 1, end));
}

int meeple__url_parse(struct meeple__url *url, const char *text)
{
    struct meeple__url result;
    const char *authority, *end;
    size_t scheme = scheme_len(text);

    if (scheme == 0 || !is_plain(text)) {
        return MEEPLE_EINVAL;
    }
    result.secure = scheme > strlen("ws://");
    authority = text + scheme;
    end = authority + strcspn(authority, "/?");
    if (!parse_authority(&result, authority, end)) {
        return MEEPLE_EINVAL;
    }
    result.target = (meeple_bytes){(const uint8_t *)end, strlen(end)};
    *url = result;
    return 0;
}
