/* deflated: a message as permessage-deflate has it (RFC 7692), the first one of a connection. */
#include "tests/bench/deflated.h"

#include <stdio.h>
#include <string.h>

#include <zlib.h>

#include "tests/bench/bench.h"

enum {
    RAW_DEFLATE = -15, /* zlib's word for: no header, the largest window */
    HEADER = 8,        /* the client's: two bytes, a length of two more, the key */
    TAIL = 4           /* RFC 7692 section 7.2.1: left out by who sends */
};

static const uint8_t tail[TAIL] = {0, 0, 0xff, 0xff};

/* Something that compresses as what games say does. */
static void compose(uint8_t payload[DEFLATED_PAYLOAD])
{
    size_t len = 0;

    for (unsigned number = 0; len < DEFLATED_PAYLOAD; number++) {
        char text[64];
        size_t part = (size_t)snprintf(text, sizeof text, "{\"player\":%u,\"x\":%u,\"y\":%u},",
                                       number, number * 37 % 640, number * 53 % 480);

        part = part < DEFLATED_PAYLOAD - len ? part : DEFLATED_PAYLOAD - len;
        memcpy(payload + len, text, part);
        len += part;
    }
}

void deflated_make(struct deflated *message)
{
    z_stream stream = {0};
    uint8_t *body = message->frame + HEADER;
    size_t len;

    compose(message->payload);
    stream.next_in = message->payload;
    stream.avail_in = DEFLATED_PAYLOAD;
    stream.next_out = body;
    stream.avail_out = DEFLATED_MAX - HEADER;
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW_DEFLATE, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&stream, Z_SYNC_FLUSH) != Z_OK || stream.avail_in > 0) {
        bench_fail("zlib does not compress");
    }
    len = stream.total_out - TAIL;
    deflateEnd(&stream);
    memcpy(message->frame,
           (const uint8_t[]){0xc2, 0x80 | 126, (uint8_t)(len >> 8), (uint8_t)len, 1, 2, 3, 4},
           HEADER);
    for (size_t i = 0; i < len; i++) {
        body[i] ^= message->frame[HEADER - 4 + i % 4];
    }
    message->frame_len = HEADER + len;
}

static bool is_payload(const struct deflated *message, const uint8_t *bytes, size_t len,
                       bool compressed)
{
    uint8_t in[DEFLATED_MAX + TAIL], out[DEFLATED_PAYLOAD + 1];
    z_stream stream = {0};
    int rc;

    if (!compressed) {
        return len == DEFLATED_PAYLOAD && memcmp(bytes, message->payload, len) == 0;
    }
    memcpy(in, bytes, len);
    memcpy(in + len, tail, TAIL);
    stream.next_in = in;
    stream.avail_in = (uInt)len + TAIL;
    stream.next_out = out;
    stream.avail_out = sizeof out;
    if (inflateInit2(&stream, RAW_DEFLATE) != Z_OK) {
        bench_fail("zlib has no memory");
    }
    rc = inflate(&stream, Z_SYNC_FLUSH);
    inflateEnd(&stream);
    return rc == Z_OK && stream.total_out == DEFLATED_PAYLOAD &&
           memcmp(out, message->payload, DEFLATED_PAYLOAD) == 0;
}

bool deflated_is_echo(const struct deflated *message, const uint8_t *bytes, size_t len)
{
    size_t header = 2, payload;

    if (len < 4) {
        return false;
    }
    payload = bytes[1];
    if (payload == 126) {
        payload = (size_t)bytes[2] << 8 | bytes[3];
        header = 4;
    }
    if ((bytes[0] != 0x82 && bytes[0] != 0xc2) || payload > DEFLATED_MAX ||
        len > header + payload) {
        bench_fail("what came back is not a message");
    }
    if (len < header + payload) {
        return false;
    }
    if (!is_payload(message, bytes + header, payload, bytes[0] == 0xc2)) {
        bench_fail("what came back is not what was sent");
    }
    return true;
}
