/* address: where a host is, as people write it. */
#include "samples/lobby/address.h"

#include <stdio.h>
#include <string.h>

/* That a URL means if it says none. */
static uint16_t port_of(bool secure)
{
    return secure ? 443 : 80;
}

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

/* "host", "host:port", "v6", "[v6]" or "[v6]:port". */
static bool parse_place(struct lobby_address *address, const char *at, const char *end)
{
    const char *colon = memchr(at, ':', (size_t)(end - at));
    const char *host_end;
    bool valid;

    if (at < end && *at == '[') {
        address->v6 = true;
        at++;
        host_end = memchr(at, ']', (size_t)(end - at));
        valid = host_end != NULL && parse_rest(address, host_end + 1, end);
    } else if (colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon - 1)) != NULL) {
        /* More than one colon: an IPv6 address, and no port that could be told from it. */
        address->v6 = true;
        host_end = end;
        valid = !address->url; /* a URL needs the brackets */
    } else {
        host_end = colon != NULL ? colon : end;
        valid = parse_rest(address, host_end, end);
    }
    return valid && copy_host(address, at, (size_t)(host_end - at));
}

/* The length of the scheme and what follows it; 0: it is no URL.  In capitals, too: telephones
 * begin with one. */
static size_t scheme_len(const char *at, const char *end, bool *secure)
{
    static const struct {
        const char *text;
        bool secure;
    } schemes[] = {{"ws://", false}, {"wss://", true}, {"http://", false}, {"https://", true}};

    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const char *scheme = schemes[i].text;
        size_t len = strlen(scheme), same = 0;

        while (same < len && same < (size_t)(end - at) &&
               (at[same] == scheme[same] ||
                (at[same] >= 'A' && at[same] <= 'Z' && at[same] - 'A' + 'a' == scheme[same]))) {
            same++;
        }
        if (same == len) {
            *secure = schemes[i].secure;
            return len;
        }
    }
    return 0;
}

/* Printable ASCII that may stand in a URL: the rest is to be percent-encoded. */
static bool copy_path(struct lobby_address *address, const char *at, const char *end)
{
    size_t len = (size_t)(end - at), slash = len > 0 && *at == '/' ? 0 : 1;

    if (slash + len > LOBBY_PATH_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (at[i] <= ' ' || at[i] > '~' || strchr("#\\\"<>^`{|}", at[i]) != NULL) {
            return false;
        }
    }
    address->path[0] = '/';
    memcpy(address->path + slash, at, len);
    address->path[slash + len] = '\0';
    return true;
}

bool lobby_address_parse(struct lobby_address *out, const char *text, uint16_t default_port)
{
    struct lobby_address address = {.port = default_port};
    const char *at = text + strspn(text, " \t");
    const char *end = text + strlen(text);
    const char *path;

    while (end > at && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    path = end;
    size_t scheme = scheme_len(at, end, &address.secure);
    if (scheme > 0) {
        at += scheme;
        path = at + strcspn(at, "/?");
        path = path < end ? path : end;
        address.url = true;
        address.port = port_of(address.secure);
    }
    if (!parse_place(&address, at, path) || (address.url && !copy_path(&address, path, end))) {
        return false;
    }
    *out = address;
    return true;
}

static void write_url(char *dst, const char *scheme, const struct lobby_address *address)
{
    const char *format = address->v6 ? "%s://[%s]%s%s" : "%s://%s%s%s";
    char port[sizeof ":65535"] = "";

    if (address->port != port_of(address->secure)) {
        snprintf(port, sizeof port, ":%u", (unsigned)address->port);
    }
    snprintf(dst, LOBBY_ADDRESS_SIZE, format, scheme, address->host, port,
             address->path[0] ? address->path : "/");
}

void lobby_address_url(char *dst, const struct lobby_address *address)
{
    write_url(dst, address->secure ? "wss" : "ws", address);
}

void lobby_address_text(char *dst, const struct lobby_address *address)
{
    const char *format = address->v6 ? "[%s]:%u" : "%s:%u";

    if (address->url) {
        lobby_address_url(dst, address);
    } else {
        snprintf(dst, LOBBY_ADDRESS_SIZE, format, address->host, (unsigned)address->port);
    }
}

void lobby_address_page(char *dst, const char *bind, const char *home, uint16_t port, bool secure)
{
    bool any = !bind || !bind[0] || strcmp(bind, "0.0.0.0") == 0 || strcmp(bind, "::") == 0;
    struct lobby_address address = {.port = port, .secure = secure};
    const char *host = !any ? bind : home && home[0] ? home : "localhost";

    snprintf(address.host, sizeof address.host, "%s", host);
    address.v6 = strchr(address.host, ':') != NULL;
    write_url(dst, secure ? "https" : "http", &address);
}
