/* io_address: numeric addresses and the system's errors, to and from text. */
#ifndef MEEPLE_TRANSPORT_IO_ADDRESS_H
#define MEEPLE_TRANSPORT_IO_ADDRESS_H

#include <sys/socket.h>

#include <meeple/base.h>

#include "transport/ip.h"

enum {
    MEEPLE__HOST_TEXT = 46 /* the longest numeric address, and its NUL */
};

struct meeple__address {
    struct sockaddr_storage storage;
    socklen_t len;
};

/* False if host is no numeric address.  Never waits. */
bool meeple__address_parse(struct meeple__address *address, const char *host, uint16_t port);
/* What listens on every interface: IPv6, or IPv4. */
void meeple__address_any(struct meeple__address *address, int family, uint16_t port);
uint16_t meeple__address_port(const struct meeple__address *address);
/* Zeros if it is no IP address. */
struct meeple__ip meeple__address_ip(const struct meeple__address *address);
/* "127.0.0.1" (also for IPv4 that came through IPv6), "::1", or ""; cut to cap. */
void meeple__address_host(const struct meeple__address *address, char *dst, size_t cap);
bool meeple__address_equal(const struct meeple__address *a, const struct meeple__address *b);

/* What errno says, for people; cut to cap. */
void meeple__errno_text(int number, char *dst, size_t cap);

#endif /* MEEPLE_TRANSPORT_IO_ADDRESS_H */
