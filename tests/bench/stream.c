/* stream: the load's end of a TCP connection, maybe with TLS inside. */
#define _GNU_SOURCE
#include "tests/bench/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum {
    STREAMS_PER_ADDRESS = 10000,
    PATIENCE_MS = 60000
};

SSL_CTX *stream_tls(void)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

    if (!tls) {
        bench_fail("OpenSSL does not start");
    }
    SSL_CTX_set_verify(tls, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    return tls;
}

int stream_begin(const struct stream_options *options, size_t number)
{
    struct linger reset = {.l_onoff = 1};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(options->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr = {htonl(INADDR_LOOPBACK + (uint32_t)(number / STREAMS_PER_ADDRESS))}};

    if (fd < 0) {
        bench_fail("socket: %s", strerror(errno));
    }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* The port is chosen when it connects: free for that server only. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)) {
        bench_fail("%s: connect: %s", options->whose, strerror(errno));
    }
    return fd;
}

static void wait_for(const struct stream *stream, short events)
{
    struct pollfd polled = {.fd = stream->fd, .events = events};

    if (poll(&polled, 1, PATIENCE_MS) != 1) {
        bench_fail("%s: does not answer", stream->whose);
    }
}

static void await_connection(const struct stream *stream)
{
    int error = 0;
    socklen_t len = sizeof error;

    wait_for(stream, POLLOUT);
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0) {
        bench_fail("%s: connect: %s", stream->whose, strerror(error));
    }
}

void stream_secure(struct stream *stream, SSL_CTX *tls)
{
    stream->ssl = SSL_new(tls);
    if (!stream->ssl || SSL_set_fd(stream->ssl, stream->fd) != 1) {
        bench_fail("OpenSSL has no memory");
    }
}

bool stream_shake_hands(struct stream *stream)
{
    int rc = SSL_connect(stream->ssl);
    int why = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(stream->ssl, rc);

    if (rc != 1 && why != SSL_ERROR_WANT_READ) {
        bench_fail("%s: no TLS", stream->whose);
    }
    return rc == 1;
}

void stream_open_all(struct stream *streams, size_t count, const struct stream_options *options,
                     size_t number)
{
    for (size_t i = 0; i < count; i++) {
        streams[i] =
            (struct stream){.fd = stream_begin(options, number + i), .whose = options->whose};
    }
    for (size_t i = 0; i < count; i++) {
        await_connection(&streams[i]);
        if (options->tls) {
            stream_secure(&streams[i], options->tls);
            stream_shake_hands(&streams[i]);
        }
    }
    for (size_t i = 0; options->tls && i < count; i++) {
        while (!stream_shake_hands(&streams[i])) {
            wait_for(&streams[i], POLLIN);
        }
    }
}

void stream_close(struct stream *stream)
{
    SSL_free(stream->ssl);
    close(stream->fd);
}

/* Nothing now, or the end. */
static size_t none(const struct stream *stream, int rc)
{
    int why = stream->ssl ? SSL_get_error(stream->ssl, rc) : 0;

    if (stream->ssl ? why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE
                    : rc == 0 || (errno != EAGAIN && errno != EINTR)) {
        bench_fail("%s: has ended a connection", stream->whose);
    }
    return 0;
}

size_t stream_read(struct stream *stream, void *dst, size_t cap)
{
    ssize_t got =
        stream->ssl ? SSL_read(stream->ssl, dst, (int)cap) : recv(stream->fd, dst, cap, 0);

    return got > 0 ? (size_t)got : none(stream, (int)got);
}

size_t stream_write(struct stream *stream, const void *bytes, size_t len)
{
    ssize_t put = stream->ssl ? SSL_write(stream->ssl, bytes, (int)len)
                              : send(stream->fd, bytes, len, MSG_NOSIGNAL);

    return put > 0 ? (size_t)put : none(stream, (int)put);
}

void stream_check_rest(const struct stream *stream)
{
    char byte;

    if (recv(stream->fd, &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN) {
        bench_fail("%s: a connection is not at rest", stream->whose);
    }
}

void stream_wait(const struct stream *stream)
{
    if (!stream->ssl || SSL_pending(stream->ssl) == 0) {
        wait_for(stream, POLLIN);
    }
}
