/* ip: IP addresses and networks as numbers and as text (RFC 4291, RFC 5952, RFC 4632). */
#ifndef MEEPLE_TRANSPORT_IP_H
#define MEEPLE_TRANSPORT_IP_H

#include <meeple/base.h>

/* An address, maybe with a port.  IPv4 is ::ffff:a.b.c.d here, so that each has one form only. */
struct meeple__ip {
    uint8_t bytes[16];
    uint16_t port; /* 0: none */
};

enum {
    MEEPLE__IP_TEXT_SIZE = 48 /* for the longest text, "[8 groups of 4 digits]:65535", and its 0 */
};

/*
 * Reads "127.0.0.1", "127.0.0.1:5000", "::1", "[::1]" or "[::1]:5000"; nothing may be around it.
 * False, and ip untouched: it is none of these.  IPv4 has four decimal numbers without zeros before
 * them (others read those as octal).  A port is 1 to 65535.  "::1:5000" is an address without a
 * port.  A zone ("fe80::1%eth0") is refused: it means something only on the machine that wrote it.
 */
bool meeple__ip_parse(struct meeple__ip *ip, meeple_bytes text);
/* The same without ports and brackets. */
bool meeple__ip_parse_address(struct meeple__ip *ip, meeple_bytes text);
/* From four bytes in network order. */
struct meeple__ip meeple__ip_of_v4(const uint8_t bytes[4], uint16_t port);
/* The canonical form of RFC 5952, in brackets if a port follows; a mapped address as IPv4. */
void meeple__ip_write(char text[MEEPLE__IP_TEXT_SIZE], const struct meeple__ip *ip);
/* The same, cut to cap as snprintf() does it; "" for nobody's. */
void meeple__ip_write_cut(char *dst, size_t cap, const struct meeple__ip *ip);

bool meeple__ip_is_v4(const struct meeple__ip *ip);
/* Nobody's: zeros, the port not counted. */
bool meeple__ip_is_none(const struct meeple__ip *ip);
/* The same address, whatever the ports. */
bool meeple__ip_equal(const struct meeple__ip *a, const struct meeple__ip *b);
/*
 * The address that limits are counted under, without a port: an IPv4 address itself, of an IPv6
 * address the network of 64 bits, for whoever has one address of it has them all.
 */
struct meeple__ip meeple__ip_block(const struct meeple__ip *ip);

struct meeple__ip_network {
    uint8_t bytes[16]; /* zeros behind the prefix */
    uint8_t bits;      /* 0 to 128; IPv4's are counted from 96 */
};

/*
 * Reads "10.0.0.0/8", "fd00::/8", or a single address.  False, and network untouched: it is none,
 * or has bits behind its prefix ("10.0.0.1/8"): whoever wrote that meant less than it says.
 */
bool meeple__ip_network_parse(struct meeple__ip_network *network, meeple_bytes text);
/* Whether one of them has the address.  "::/0" is all of IPv6 and nothing of IPv4. */
bool meeple__ip_networks_have(const struct meeple__ip_network *networks, size_t count,
                              const struct meeple__ip *ip);

#endif /* MEEPLE_TRANSPORT_IP_H */
