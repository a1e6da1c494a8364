/* frames: a stream of frames for either role, and what has to come of it however it is cut. */
#ifndef TESTS_SUPPORT_FRAMES_H
#define TESTS_SUPPORT_FRAMES_H

#include "tests/support/ws_probe.h"

enum {
    FRAMES_WAYS = 6, /* whole, byte by byte, random pieces */
    FRAME_FIN = 0x80,
    FRAME_TEXT = 1,
    FRAME_BINARY = 2,
    FRAME_CLOSE = 8,
    FRAME_PING = 9,
    FRAME_PONG = 10
};

struct frames {
    bool server; /* who reads it */
    uint8_t *bytes;
    size_t len, cap;
};

void frames_begin(struct frames *frames, bool server);
/* Appends a frame, masked if a server reads it; `first` has fin, reserved bits and opcode. */
void frames_put(struct frames *frames, unsigned first, const void *payload, size_t len);
void frames_text(struct frames *frames, unsigned first, const char *payload);
/* A close frame with a code and a reason of C. */
void frames_close(struct frames *frames, unsigned code, const char *reason);
/* A message in frames of at most `size` bytes; first: its opcode. */
void frames_message(struct frames *frames, unsigned opcode, const void *payload, size_t len,
                    size_t size);
void frames_raw(struct frames *frames, const void *bytes, size_t len);

/* Feeds it to an endpoint that is open, in every way (byte by byte if it is short), and compares
 * what was told and said.  Then it is freed. */
void frames_give(struct frames *frames, const meeple_ws_options *options, const char *told,
                 const char *said);
void frames_done(struct frames *frames);

#endif /* TESTS_SUPPORT_FRAMES_H */
