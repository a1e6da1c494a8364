/* upgrade: a WebSocket client's opening handshake, as far as a load needs it. */
#ifndef TESTS_BENCH_UPGRADE_H
#define TESTS_BENCH_UPGRADE_H

#include <stdbool.h>

#include "tests/bench/stream.h"

enum {
    UPGRADE_SIZE = 512
};

/* The request as text, and how long it is. */
size_t upgrade_request(char request[UPGRADE_SIZE], bool deflate);
/* Whether an answer is whole; one that is no good ends the benchmark. */
bool upgrade_is_done(const struct stream *stream, const char *answer, size_t len);

/* Asks on all of them, and waits for the answers. */
void upgrade_all(struct stream *streams, size_t count, bool deflate);

#endif /* TESTS_BENCH_UPGRADE_H */
