/* io_address: numeric addresses and the system's errors, to and from text. */
#include "transport/io_address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static_assert(MEEPLE__HOST_TEXT >= INET6_ADDRSTRLEN, "a numeric address fits");

bool meeple__address_parse(struct meeple__address *address, const char *host, uint16_t port)
{
    /* getaddrinfo() rather than inet_pton() for "fe80::1%eth0"; with these flags it only reads the
     * text. */
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    char service[8];

    snprintf(service, sizeof service, "%u", (unsigned)port);
    if (host[0] == '\0' || getaddrinfo(host, service, &hints, &found) != 0) {
        return false;
    }
    assert(found->ai_addrlen <= sizeof address->storage);
    memset(address, 0, sizeof *address);
    memcpy(&address->storage, found->ai_addr, found->ai_addrlen);
    address->len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

void meeple__address_any(struct meeple__address *address, int family, uint16_t port)
{
    const struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_ANY_INIT};
    const struct sockaddr_in four = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_ANY)}};

    memset(address, 0, sizeof *address);
    if (family == AF_INET6) {
        memcpy(&address->storage, &six, sizeof six);
        address->len = sizeof six;
    } else {
        memcpy(&address->storage, &four, sizeof four);
        address->len = sizeof four;
    }
}

uint16_t meeple__address_port(const struct meeple__address *address)
{
    struct sockaddr_in6 six;
    struct sockaddr_in four;

    if (address->storage.ss_family == AF_INET6) {
        memcpy(&six, &address->storage, sizeof six);
        return ntohs(six.sin6_port);
    }
    if (address->storage.ss_family == AF_INET) {
        memcpy(&four, &address->storage, sizeof four);
        return ntohs(four.sin_port);
    }
    return 0;
}

struct meeple__ip meeple__address_ip(const struct meeple__address *address)
{
    struct meeple__ip ip = {.port = meeple__address_port(address)};
    struct sockaddr_in6 six;
    struct sockaddr_in four;

    if (address->storage.ss_family == AF_INET6) {
        memcpy(&six, &address->storage, sizeof six);
        memcpy(ip.bytes, six.sin6_addr.s6_addr, sizeof ip.bytes);
    } else if (address->storage.ss_family == AF_INET) {
        uint8_t bytes[4];

        memcpy(&four, &address->storage, sizeof four);
        memcpy(bytes, &four.sin_addr, sizeof bytes);
        ip = meeple__ip_of_v4(bytes, ip.port);
    }
    return ip;
}

void meeple__address_host(const struct meeple__address *address, char *dst, size_t cap)
{
    struct meeple__ip ip = meeple__address_ip(address);
    char text[MEEPLE__IP_TEXT_SIZE] = "";

    ip.port = 0;
    if (address->storage.ss_family == AF_INET || address->storage.ss_family == AF_INET6) {
        meeple__ip_write(text, &ip);
    }
    snprintf(dst, cap, "%s", text);
}

bool meeple__address_equal(const struct meeple__address *a, const struct meeple__address *b)
{
    return a->len == b->len && memcmp(&a->storage, &b->storage, a->len) == 0;
}

void meeple__errno_text(int number, char *dst, size_t cap)
{
    if (strerror_r(number, dst, cap) != 0) {
        snprintf(dst, cap, "error %d", number);
    }
}
