/* platform_native: a program of its own, which hosts and joins. */
#include "samples/lobby/platform.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool lobby_platform_can_host(void)
{
    return true;
}

void lobby_platform_server(char *dst, size_t size)
{
    snprintf(dst, size, "localhost");
}

/* The address that a packet to far away would leave from.  A datagram socket is told where, and
 * sends nothing.  That is the address in the network that this machine is in, where a list of its
 * interfaces would have those of containers and tunnels, too. */
static bool leaves_from(const struct sockaddr *far, socklen_t far_size,
                        struct sockaddr_storage *out)
{
    socklen_t size = sizeof *out;
    int fd = socket(far->sa_family, SOCK_DGRAM, 0);
    bool found = fd >= 0 && connect(fd, far, far_size) == 0 &&
                 getsockname(fd, (struct sockaddr *)out, &size) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return found;
}

/* The far ones are of the networks for examples, RFC 5737 and RFC 3849, which nobody has. */
bool lobby_platform_home(char *dst, size_t size)
{
    struct sockaddr_in far = {.sin_family = AF_INET, .sin_port = htons(9)};
    struct sockaddr_in6 far6 = {.sin6_family = AF_INET6, .sin6_port = htons(9)};
    struct sockaddr_storage near;
    const void *address;
    char text[INET6_ADDRSTRLEN];

    inet_pton(AF_INET, "192.0.2.1", &far.sin_addr);
    inet_pton(AF_INET6, "2001:db8::1", &far6.sin6_addr);
    if (leaves_from((const struct sockaddr *)&far, sizeof far, &near)) {
        address = &((const struct sockaddr_in *)&near)->sin_addr;
    } else if (leaves_from((const struct sockaddr *)&far6, sizeof far6, &near)) {
        address = &((const struct sockaddr_in6 *)&near)->sin6_addr;
    } else {
        return false;
    }
    if (!inet_ntop(near.ss_family, address, text, sizeof text) || strlen(text) >= size) {
        return false;
    }
    memcpy(dst, text, strlen(text) + 1);
    return true;
}

void lobby_platform_on_ready(void (*ready)(void *user), void *user)
{
    (void)ready;
    (void)user;
}
