/* deflated: a message as permessage-deflate has it (RFC 7692), the first one of a connection. */
#ifndef TESTS_BENCH_DEFLATED_H
#define TESTS_BENCH_DEFLATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DEFLATED_PAYLOAD = 2048, /* more than what nobody takes the trouble for */
    DEFLATED_MAX = DEFLATED_PAYLOAD + 14
};

struct deflated {
    uint8_t payload[DEFLATED_PAYLOAD];
    uint8_t frame[DEFLATED_MAX]; /* as a client sends it */
    size_t frame_len;
};

void deflated_make(struct deflated *message);
/* Whether these bytes are its echo, compressed or not; false: not all of it.  What is not its echo
 * ends the benchmark. */
bool deflated_is_echo(const struct deflated *message, const uint8_t *bytes, size_t len);

#endif /* TESTS_BENCH_DEFLATED_H */
