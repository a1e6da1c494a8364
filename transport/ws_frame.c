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

/* Field by field: a frame that is made first and copied then costs more than all the rest. */
int meeple__ws_frame_parse(struct meeple__ws_frame *frame, meeple_bytes bytes, const char **why)
{
    size_t at = 2, extended;
    uint8_t first, second;
    uint64_t len;

    if (bytes.len < 2) {
        return 0;
    }
    first = bytes.ptr[0];
    second = bytes.ptr[1];
    *why = first_bytes_fault(first, second);
    if (*why) {
        return MEEPLE_EPROTO;
    }
    len = second & 0x7f;
    extended = len < 126 ? 0 : len == 126 ? 2 : 8;
    if (bytes.len < at + extended + (second & 0x80 ? 4 : 0)) {
        return 0;
    }
    if (extended > 0) {
        len = read_length(bytes.ptr + at, extended);
        at += extended;
        if (len > INT64_MAX) {
            *why = "the highest bit of the length is set";
            return MEEPLE_EPROTO;
        }
        if (len < (extended == 2 ? 126 : 65536)) {
            *why = "the length is not in its shortest form";
            return MEEPLE_EPROTO;
        }
    }
    frame->len = len;
    frame->opcode = first & 0x0f;
    frame->fin = first & 0x80;
    frame->compressed = first & MEEPLE__WS_COMPRESSED;
    frame->masked = second & 0x80;
    memset(frame->mask, 0, sizeof frame->mask);
    if (frame->masked) {
        memcpy(frame->mask, bytes.ptr + at, sizeof frame->mask);
        at += sizeof frame->mask;
    }
    return (int)at;
}
