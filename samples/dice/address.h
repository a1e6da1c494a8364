/* address: where a host is, as people write it. */
#ifndef DICE_ADDRESS_H
#define DICE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESS_HOST_MAX 255
#define ADDRESS_TEXT_SIZE (ADDRESS_HOST_MAX + sizeof "[]:65535")

struct dice_address {
    char host[ADDRESS_HOST_MAX + 1]; /* without brackets */
    bool v6;
    uint16_t port;
};

/* Reads "host", "host:port", "v6", "[v6]" or "[v6]:port", blanks around it allowed.  False: it is
 * none of these; *out is as it was. */
bool dice_address_parse(struct dice_address *out, const char *text, uint16_t default_port);

/* "host:port" or "[v6]:port".  dst has ADDRESS_TEXT_SIZE bytes. */
void dice_address_text(char *dst, const struct dice_address *address);

#endif /* DICE_ADDRESS_H */
