/* raw_echo: bytes of a stream given back by recv() and send(), for servers without a protocol. */
#ifndef TESTS_BENCH_RAW_ECHO_H
#define TESTS_BENCH_RAW_ECHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RAW_ECHO_READ_MAX = 256 * 1024
};

/*
 * Gives back what is there, by way of `bytes`, which has room for RAW_ECHO_READ_MAX: one recv() and
 * one send() if it fits, and none if nothing is there.  to_end: the stream is said to end, so it is
 * read until it does; as edges do not say that a second time.  False: it has ended, or failed.
 */
bool raw_echo(int fd, uint8_t *bytes, bool to_end);

/* All of them.  Waits for whoever does not take it; every load here does.  False: it failed. */
bool raw_send(int fd, const uint8_t *bytes, size_t len);

#endif /* TESTS_BENCH_RAW_ECHO_H */
