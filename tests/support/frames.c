/* frames: a stream of frames for either role, and what has to come of it however it is cut. */
#include "tests/support/frames.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char mask[] = "\x37\xfa\x21\x3d";

enum {
    HEAD_MAX = 14,
    BYTE_BY_BYTE_MAX = 4000
};

void frames_begin(struct frames *frames, bool server)
{
    *frames = (struct frames){.server = server};
}

void frames_done(struct frames *frames)
{
    free(frames->bytes);
    *frames = (struct frames){.server = frames->server};
}

static uint8_t *room(struct frames *frames, size_t len)
{
    if (frames->len + len > frames->cap) {
        frames->cap = 2 * (frames->len + len);
        frames->bytes = realloc(frames->bytes, frames->cap);
        cr_assert_not_null(frames->bytes);
    }
    return frames->bytes + frames->len;
}

void frames_raw(struct frames *frames, const void *bytes, size_t len)
{
    memcpy(room(frames, len), bytes, len);
    frames->len += len;
}

void frames_put(struct frames *frames, unsigned first, const void *payload, size_t len)
{
    uint8_t *at = room(frames, len + HEAD_MAX);

    frames->len += probe_frame(at, first, frames->server ? mask : NULL, payload, len);
}

void frames_text(struct frames *frames, unsigned first, const char *payload)
{
    frames_put(frames, first, payload, strlen(payload));
}

void frames_close(struct frames *frames, unsigned code, const char *reason)
{
    uint8_t payload[256] = {(uint8_t)(code >> 8), (uint8_t)code};
    size_t len = strlen(reason);

    cr_assert_lt(len, sizeof payload - 2);
    memcpy(payload + 2, reason, len);
    frames_put(frames, FRAME_FIN | FRAME_CLOSE, payload, 2 + len);
}

void frames_message(struct frames *frames, unsigned opcode, const void *payload, size_t len,
                    size_t size)
{
    const uint8_t *at = payload;

    do {
        size_t part = len < size ? len : size;

        frames_put(frames, opcode | (part == len ? FRAME_FIN : 0), at, part);
        opcode = 0;
        at += part;
        len -= part;
    } while (len > 0);
}

void frames_give(struct frames *frames, const meeple_ws_options *options, const char *told,
                 const char *said)
{
    for (uint64_t how = 0; how < FRAMES_WAYS; how++) {
        const char *role = frames->server ? "server" : "client";
        struct ws_probe probe;

        if (how == PROBE_BYTES && frames->len > BYTE_BY_BYTE_MAX) {
            continue;
        }
        probe_init(&probe, frames->server, options);
        probe_open(&probe);
        probe_feed_in(&probe, frames->bytes, frames->len, how);
        cr_assert_str_eq(probe.told, told, "way %d, %s was told:\n%s", (int)how, role, probe.told);
        cr_assert_str_eq(probe.said, said, "way %d, %s said:\n%s", (int)how, role, probe.said);
        probe_done(&probe);
    }
    frames_done(frames);
}
