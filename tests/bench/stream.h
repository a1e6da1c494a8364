/* stream: the load's end of a TCP connection, maybe with TLS inside. */
#ifndef TESTS_BENCH_STREAM_H
#define TESTS_BENCH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <openssl/ssl.h>

struct stream {
    int fd;
    SSL *ssl;          /* NULL: no TLS */
    const char *whose; /* the server's name, to blame it */
};

/* What the streams of a load have in common. */
struct stream_options {
    const char *whose;
    uint16_t port; /* on 127.0.0.1 */
    SSL_CTX *tls;  /* borrowed; NULL: none */
};

/* For all streams to servers that show a certificate, which is not looked at.  The caller's to
 * SSL_CTX_free(). */
SSL_CTX *stream_tls(void);

/* A socket that has begun to connect, does not block, and resets the connection when closed, so
 * that none of the ports stays taken for a minute.  number: of this one among all to that port; as
 * an address has not ports enough, some thousands share one. */
int stream_begin(const struct stream_options *options, size_t number);
/* TLS on a connection that is there. */
void stream_secure(struct stream *stream, SSL_CTX *tls);
/* Its handshake, as far as it goes without waiting for something to read; true: done. */
bool stream_shake_hands(struct stream *stream);
/* Connects as many, with the handshake of TLS, all at once. */
void stream_open_all(struct stream *streams, size_t count, const struct stream_options *options,
                     size_t number);
void stream_close(struct stream *stream);

/* How many bytes were read; 0: none are there now.  The end ends the benchmark. */
size_t stream_read(struct stream *stream, void *dst, size_t cap);
/* How many of the bytes are gone: all, some or none. */
size_t stream_write(struct stream *stream, const void *bytes, size_t len);
/* Nothing has come, not even the end; else ends the benchmark. */
void stream_check_rest(const struct stream *stream);
/* Waits until something can be read. */
void stream_wait(const struct stream *stream);

#endif /* TESTS_BENCH_STREAM_H */
