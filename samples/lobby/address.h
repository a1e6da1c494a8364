/* address: where a host is, as people write it. */
#ifndef LOBBY_ADDRESS_H
#define LOBBY_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOBBY_HOST_MAX 255
#define LOBBY_ADDRESS_SIZE (LOBBY_HOST_MAX + sizeof "[]:65535")

struct lobby_address {
    char host[LOBBY_HOST_MAX + 1]; /* without brackets */
    bool v6;
    uint16_t port;
};

/* Reads "host", "host:port", "v6", "[v6]" or "[v6]:port", blanks around it allowed.  False: it is
 * none of these; *out is as it was. */
bool lobby_address_parse(struct lobby_address *out, const char *text, uint16_t default_port);

/* "host:port" or "[v6]:port".  dst has LOBBY_ADDRESS_SIZE bytes. */
void lobby_address_text(char *dst, const struct lobby_address *address);

#endif /* LOBBY_ADDRESS_H */
