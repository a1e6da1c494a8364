/* ws_frame: frame headers and masks (RFC 6455 section 5). */
#include "transport/ws_frame.h"

#include <string.h>

/* The extended payload length: 2 or 8 bytes, big endian. */
static uint64_t read_length(const uint8_t *ptr, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++) {
        value = value << 8 | ptr[i];
    }
    return value;
}

static const char *first_bytes_fault(uint8_t first, uint8_t second)
{
    uint8_t opcode = first & 0x0f;

    if ((first & 0x70) == 0 && opcode <= MEEPLE__WS_BINARY) {
        return NULL; /* as nearly all are */
    }
    /* RSV1 is permessage-deflate's, on the first frame of a message: RFC 7692 section 6. */
    if (first & 0x30 || (first & MEEPLE__WS_COMPRESSED && opcode != MEEPLE__WS_TEXT &&
                         opcode != MEEPLE__WS_BINARY)) {
        return "a reserved bit is set";
    }
    if (opcode > MEEPLE__WS_PONG ||
        (opcode > MEEPLE__WS_BINARY && opcode < MEEPLE__WS_CLOSE_FRAME)) {
        return "the opcode is reserved";
    }
    if (opcode >= MEEPLE__WS_CLOSE_FRAME && !(first & 0x80)) {
        return "a control frame is fragmented";
    }
    if (opcode >= MEEPLE__WS_CLOSE_FRAME && (second & 0x7f) > MEEPLE__WS_CONTROL_MAX) {
        return "a control frame is longer than 125 bytes";
    }
    return NULL;
}

int meeple__ws_frame_parse(struct meeple__ws_frame *frame, meeple_bytes bytes, const char **why)
{
    struct meeple__ws_frame result;
    size_t at = 2, extended;

    if (bytes.len < 2) {
        return 0;
    }
    *why = first_bytes_fault(bytes.ptr[0], bytes.ptr[1]);
    if (*why) {
        return MEEPLE_EPROTO;
    }
    result.fin = bytes.ptr[0] & 0x80;
    result.compressed = bytes.ptr[0] & MEEPLE__WS_COMPRESSED;
    result.opcode = bytes.ptr[0] & 0x0f;
    result.masked = bytes.ptr[1] & 0x80;
    result.len = bytes.ptr[1] & 0x7f;
    extended = result.len == 126 ? 2 : result.len == 127 ? 8 : 0;
    if (bytes.len < at + extended + (result.masked ? 4 : 0)) {
        return 0;
    }
    if (extended > 0) {
        result.len = read_length(bytes.ptr + at, extended);
        at += extended;
        if (result.len > INT64_MAX) {
            *why = "the highest bit of the length is set";
            return MEEPLE_EPROTO;
        }
        if (result.len < (extended == 2 ? 126 : 65536)) {
            *why = "the length is not in its shortest form";
            return MEEPLE_EPROTO;
        }
    }
    memset(result.mask, 0, sizeof result.mask);
    if (result.masked) {
        memcpy(result.mask, bytes.ptr + at, sizeof result.mask);
        at += sizeof result.mask;
    }
    *frame = result;
    return (int)at;
}

size_t meeple__ws_frame_head(uint8_t head[MEEPLE__WS_HEAD_MAX], uint8_t opcode, size_t len,
                             const uint8_t mask[4])
{
    size_t extended = meeple__ws_frame_head_len(len, false) - 2;
    size_t at = 2;

    head[0] = (uint8_t)(0x80 | opcode);
    head[1] = (uint8_t)((mask ? 0x80 : 0) | (extended == 0 ? len : extended == 2 ? 126 : 127));
    for (size_t i = extended; i > 0; i--) {
        head[at++] = (uint8_t)((uint64_t)len >> (8 * (i - 1)));
    }
    if (mask) {
        memcpy(head + at, mask, 4);
        at += 4;
    }
    return at;
}
