/* recording: every byte that one host of a simulated network has sent, stream by stream. */
#ifndef TESTS_SUPPORT_RECORDING_H
#define TESTS_SUPPORT_RECORDING_H

#include <meeple/base.h>

enum {
    RECORDING_STREAMS_MAX = 400
};

struct recording_stream {
    char to[8]; /* the host at the other end */
    uint16_t port;
    uint8_t *bytes;
    size_t len, cap;
};

/* Zeroed but for from. */
struct recording {
    const char *from; /* the host */
    struct recording_stream streams[RECORDING_STREAMS_MAX];
    size_t count;
};

/* As the tap of sim_options. */
void recording_add(struct recording *recording, const char *from, const char *to, uint16_t port,
                   meeple_bytes bytes);
/* The peer id that the server gave at the beginning of the stream; 0 if it did not come so far. */
int32_t recording_peer(const struct recording_stream *stream);
void recording_done(struct recording *recording);

#endif /* TESTS_SUPPORT_RECORDING_H */
