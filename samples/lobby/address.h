/* address: where a host is, as people write it. */
#ifndef LOBBY_ADDRESS_H
#define LOBBY_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOBBY_HOST_MAX 255
#define LOBBY_PATH_MAX 200 /* with what follows a '?' */
#define LOBBY_ADDRESS_SIZE (sizeof "wss://[]:65535" + LOBBY_HOST_MAX + LOBBY_PATH_MAX)

struct lobby_address {
    char host[LOBBY_HOST_MAX + 1]; /* without brackets */
    bool v6;
    uint16_t port;
    bool url;                      /* it was written as a URL, and will be again */
    bool secure;                   /* "wss://" */
    char path[LOBBY_PATH_MAX + 1]; /* of a URL: begins with a slash; else "" */
};

/*
 * Reads "host", "host:port", "v6", "[v6]" or "[v6]:port", blanks around it allowed; or a URL,
 * "ws://host[:port][/path]" or "wss://...", which has ports of its own, 80 and 443, if it says
 * none.  What is copied from a browser is taken, too: "http://" is read as "ws://", "https://" as
 * "wss://".  False: it is none of these; *out is as it was.
 */
bool lobby_address_parse(struct lobby_address *out, const char *text, uint16_t default_port);

/* "host:port" or "[v6]:port"; or the URL, without a port that goes without saying.  dst has
 * LOBBY_ADDRESS_SIZE bytes, here and below. */
void lobby_address_text(char *dst, const struct lobby_address *address);
/* As a URL, whatever it was. */
void lobby_address_url(char *dst, const struct lobby_address *address);

/* Where a browser finds the page of a host: "http://host:port/", or "https://...".  bind is what it
 * is bound to; NULL, "" or an address that stands for all: home is said in its place, the address
 * of this machine; NULL or "": "localhost". */
void lobby_address_page(char *dst, const char *bind, const char *home, uint16_t port, bool secure);

#endif /* LOBBY_ADDRESS_H */
