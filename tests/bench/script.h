/* script: what a connection says over and over, and what it has to hear in return. */
#ifndef TESTS_BENCH_SCRIPT_H
#define TESTS_BENCH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Messages of one size and different bytes, as masked frames of a WebSocket client.  The period of
 * them lies in `out` twice, so that as many as it has can be written at once from anywhere in it.
 */
struct script {
    size_t messages; /* in a period */
    size_t out_len;  /* of a message on its way out, its header included */
    size_t in_len;   /* and of its echo */
    uint8_t *out;
    uint8_t *in;
};

/* A period has at least that many messages.  Not WebSocket: the same bytes go out, and come back as
 * they are. */
void script_make(struct script *script, size_t payload, bool websocket, size_t messages);
void script_done(struct script *script);

/* Whether these are the bytes that come after so many others. */
bool script_is(const struct script *script, uint64_t at, const uint8_t *bytes, size_t len);

#endif /* TESTS_BENCH_SCRIPT_H */
