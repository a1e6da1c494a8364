/* ws_frame: frame headers and masks (RFC 6455 section 5). */
#include "transport/ws_frame.h"

/* The extended payload length: 2 or 8 bytes, big endian. */
static uint64_t read_length(const uint8_t *ptr, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++) {
        value = value << 8 | ptr[i];
    }
    return value;
}

const char *meeple__ws_frame_fault(uint8_t first, uint8_t second)
{
    uint8_t opcode = first & 0x0f;

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

int64_t meeple__ws_frame_length(meeple_bytes bytes, const char **why)
{
    uint8_t second = bytes.ptr[1];
    size_t size = meeple__ws_frame_extended(second);
    uint64_t len;

    if (bytes.len < 2 + size + (second & 0x80 ? 4 : 0)) {
        return 0;
    }
    len = read_length(bytes.ptr + 2, size);
    if (len > INT64_MAX) {
        *why = "the highest bit of the length is set";
        return MEEPLE_EPROTO;
    }
    if (len < (size == 2 ? 126 : 65536)) {
        *why = "the length is not in its shortest form";
        return MEEPLE_EPROTO;
    }
    return (int64_t)len;
}
