/* server_tls: an echo of bytes over TLS, by OpenSSL alone.  --tls CERT KEY. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tests/bench/listener.h"

enum {
    READY_MAX = 1024,
    RECORD_MAX = 16384
};

static SSL_CTX *context(int argc, char **argv)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (argc != 4 || strcmp(argv[1], "--tls") != 0 || !tls ||
        SSL_CTX_use_certificate_chain_file(tls, argv[2]) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, argv[3], SSL_FILETYPE_PEM) != 1) {
        return NULL;
    }
    /* No load here resumes a session. */
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(tls, 0);
    return tls;
}

static void accept_all(int epoll, int listener, SSL_CTX *tls)
{
    int fd;

    while ((fd = listener_accept(listener)) >= 0) {
        SSL *ssl = SSL_new(tls);
        struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = ssl}};

        if (!ssl || SSL_set_fd(ssl, fd) != 1 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0 ||
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
            SSL_free(ssl);
            close(fd);
            continue;
        }
        SSL_set_accept_state(ssl);
    }
}

/* Whoever does not take it is waited for, which in a benchmark is nobody for long. */
static bool write_all(SSL *ssl, const uint8_t *bytes, int len)
{
    int rc;

    while ((rc = SSL_write(ssl, bytes, len)) <= 0) {
        if (SSL_get_error(ssl, rc) != SSL_ERROR_WANT_WRITE) {
            return false;
        }
    }
    return true;
}

/* A record at a time, as OpenSSL hands them out; the handshake is done by the way. */
static bool echo(SSL *ssl)
{
    uint8_t bytes[RECORD_MAX];
    int len;

    /* What went wrong on another connection is not this one's. */
    ERR_clear_error();
    while ((len = SSL_read(ssl, bytes, sizeof bytes)) > 0) {
        if (!write_all(ssl, bytes, len)) {
            return false;
        }
    }
    return SSL_get_error(ssl, len) == SSL_ERROR_WANT_READ;
}

int main(int argc, char **argv)
{
    struct epoll_event ready[READY_MAX];
    SSL_CTX *tls = context(argc, argv);
    int epoll = epoll_create1(0), listener = tls ? listener_open() : -1;
    struct epoll_event event = {.events = EPOLLIN};

    if (epoll < 0 || listener < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
        puts("no socket, or no certificate");
        return 1;
    }
    for (;;) {
        int count = epoll_wait(epoll, ready, READY_MAX, -1);

        for (int i = 0; i < count; i++) {
            SSL *ssl = ready[i].data.ptr;

            if (!ssl) {
                accept_all(epoll, listener, tls);
            } else if (!echo(ssl)) {
                int fd = SSL_get_fd(ssl);

                SSL_free(ssl);
                close(fd);
            }
        }
    }
}
