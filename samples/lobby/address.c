/* address: where a host is, as people write it. */
#include "samples/lobby/address.h"

#include <stdio.h>
#include <string.h>

static bool is_host_byte(char byte, bool v6)
{
    bool word = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '-' || byte == '_';

    return word || (v6 && (byte == ':' || byte == '%'));
}

static bool copy_host(struct lobby_address *address, const char *host, size_t len)
{
    if (len == 0 || len > LOBBY_HOST_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (!is_host_byte(host[i], address->v6)) {
            return false;
        }
    }
    memcpy(address->host, host, len);
    address->host[len] = '\0';
    return true;
}

/* Digits up to end, 1-65535. */
static bool parse_port(uint16_t *port, const char *at, const char *end)
{
    uint32_t value = 0;

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

/* What is from colon to end is nothing, or ":port". */
static bool parse_rest(struct lobby_address *address, const char *colon, const char *end)
{
    return colon == end || (*colon == ':' && parse_port(&address->port, colon + 1, end));
}

bool lobby_address_parse(struct lobby_address *out, const char *text, uint16_t default_port)
{
    struct lobby_address address = {.port = default_port};
    const char *at = text + strspn(text, " \t");
    const char *end = text + strlen(text);
    const char *host_end;
    bool valid;

    while (end > at && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    if (at == end) {
        return false;
    }
    const char *colon = memchr(at, ':', (size_t)(end - at));
    if (*at == '[') {
        address.v6 = true;
        at++;
        host_end = memchr(at, ']', (size_t)(end - at));
        valid = host_end != NULL && parse_rest(&address, host_end + 1, end);
    } else if (colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon - 1)) != NULL) {
        /* More than one colon: an IPv6 address, and no port that could be told from it. */
        address.v6 = true;
        host_end = end;
        valid = true;
    } else {
        host_end = colon != NULL ? colon : end;
        valid = parse_rest(&address, host_end, end);
    }
    if (!valid || !copy_host(&address, at, (size_t)(host_end - at))) {
        return false;
    }
    *out = address;
    return true;
}

void lobby_address_text(char *dst, const struct lobby_address *address)
{
    snprintf(dst, LOBBY_ADDRESS_SIZE, address->v6 ? "[%s]:%u" : "%s:%u", address->host,
             (unsigned)address->port);
}
