/* recording: every byte that one host of a simulated network has sent, stream by stream. */
#include "tests/support/recording.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct recording_stream *stream_of(struct recording *recording, const char *to,
                                          uint16_t port)
{
    struct recording_stream *stream;

    for (size_t i = 0; i < recording->count; i++) {
        stream = &recording->streams[i];
        if (strcmp(stream->to, to) == 0 && stream->port == port) {
            return stream;
        }
    }
    cr_assert_lt(recording->count, RECORDING_STREAMS_MAX);
    stream = &recording->streams[recording->count++];
    snprintf(stream->to, sizeof stream->to, "%s", to);
    stream->port = port;
    return stream;
}

void recording_add(struct recording *recording, const char *from, const char *to, uint16_t port,
                   meeple_bytes bytes)
{
    struct recording_stream *stream;

    if (strcmp(from, recording->from) != 0) {
        return;
    }
    stream = stream_of(recording, to, port);
    if (stream->len + bytes.len > stream->cap) {
        stream->cap = 2 * (stream->len + bytes.len);
        stream->bytes = realloc(stream->bytes, stream->cap);
        cr_assert_not_null(stream->bytes);
    }
    memcpy(stream->bytes + stream->len, bytes.ptr, bytes.len);
    stream->len += bytes.len;
}

int32_t recording_peer(const struct recording_stream *stream)
{
    /* The end of the handshake, and the first message: WELCOME. */
    static const uint8_t head_end[] = {'\r', '\n', '\r', '\n', 0x82, 5, 1};
    int32_t id;

    for (size_t at = 0; at + sizeof head_end + sizeof id <= stream->len; at++) {
        if (memcmp(stream->bytes + at, head_end, sizeof head_end) == 0) {
            memcpy(&id, stream->bytes + at + sizeof head_end, sizeof id);
            return id;
        }
    }
    return 0;
}

void recording_done(struct recording *recording)
{
    for (size_t i = 0; i < recording->count; i++) {
        free(recording->streams[i].bytes);
    }
    recording->count = 0;
}
