/* raw_echo: bytes of a stream given back by recv() and send(), for servers without a protocol. */
#include "tests/bench/raw_echo.h"

#include <errno.h>
#include <sys/socket.h>

bool raw_send(int fd, const uint8_t *bytes, size_t len)
{
    for (size_t sent = 0; sent < len;) {
        ssize_t more = send(fd, bytes + sent, len - sent, MSG_NOSIGNAL);

        if (more <= 0) {
            return false;
        }
        sent += (size_t)more;
    }
    return true;
}

bool raw_echo(int fd, uint8_t *bytes, bool to_end)
{
    ssize_t got;

    do {
        got = recv(fd, bytes, RAW_ECHO_READ_MAX, MSG_DONTWAIT);
        if (got <= 0) {
            /* An edge may tell of what the recv() before it has taken. */
            return got < 0 && errno == EAGAIN;
        }
        if (!raw_send(fd, bytes, (size_t)got)) {
            return false;
        }
    } while (to_end || got == RAW_ECHO_READ_MAX);
    return true;
}
