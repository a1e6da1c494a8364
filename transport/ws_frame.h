/* ws_frame: frame headers and masks (RFC 6455 section 5). */
#ifndef MEEPLE_TRANSPORT_WS_FRAME_H
#define MEEPLE_TRANSPORT_WS_FRAME_H

#include <meeple/base.h>

#include <string.h>

#include "core/mask.h"

enum {
    MEEPLE__WS_HEAD_MAX = 14,
    MEEPLE__WS_CONTROL_MAX = 125
};

enum {
    MEEPLE__WS_CONTINUATION = 0x0,
    MEEPLE__WS_TEXT = 0x1,
    MEEPLE__WS_BINARY = 0x2,
    MEEPLE__WS_CLOSE_FRAME = 0x8,
    MEEPLE__WS_PING = 0x9,
    MEEPLE__WS_PONG = 0xa,
    MEEPLE__WS_COMPRESSED = 0x40 /* beside TEXT or BINARY */
};

struct meeple__ws_frame {
    uint64_t len; /* of the payload */
    uint8_t opcode;
    bool fin, masked;
    bool compressed; /* RSV1: RFC 7692 section 6 */
    uint8_t mask[4];
};

/* What of section 5.2 or 5.5 the first two bytes of a header break (static text), or NULL. */
const char *meeple__ws_frame_fault(uint8_t first, uint8_t second);
/* How many bytes the extended length has, by the second byte. */
static inline size_t meeple__ws_frame_extended(uint8_t second)
{
    return (second & 0x7f) < 126 ? 0 : (second & 0x7f) == 126 ? 2 : 8;
}
/* The extended length of a header that has one, at least two bytes of it.  0: more bytes are
 * needed; MEEPLE_EPROTO: as below. */
int64_t meeple__ws_frame_length(meeple_bytes bytes, const char **why);

/*
 * Reads a header.  Returns its length; 0: more bytes are needed; MEEPLE_EPROTO: it breaks
 * section 5.2 or 5.5, *why says how (static).  Field by field: a frame that is made first and
 * copied then costs more than all the rest.
 */
static inline int meeple__ws_frame_parse(struct meeple__ws_frame *frame, meeple_bytes bytes,
                                         const char **why)
{
    uint8_t first, second;
    int64_t len;
    size_t at;

    if (bytes.len < 2) {
        return 0;
    }
    first = bytes.ptr[0];
    second = bytes.ptr[1];
    /* Nearly all are data, and have no bit set that would have to be looked at. */
    if ((first & 0x70) != 0 || (first & 0x0f) > MEEPLE__WS_BINARY) {
        *why = meeple__ws_frame_fault(first, second);
        if (*why) {
            return MEEPLE_EPROTO;
        }
    }
    at = 2 + meeple__ws_frame_extended(second);
    len = at == 2 ? second & 0x7f : meeple__ws_frame_length(bytes, why);
    if (len < 0) {
        return MEEPLE_EPROTO;
    }
    if (bytes.len < at + (second & 0x80 ? 4 : 0)) {
        return 0;
    }
    frame->len = (uint64_t)len;
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

/* How long the header is of a payload so long. */
static inline size_t meeple__ws_frame_head_len(size_t len, bool masked)
{
    return (len < 126 ? 2u : len <= UINT16_MAX ? 4u : 10u) + (masked ? 4u : 0u);
}
/* Writes a header, masked if mask is not NULL; returns its length. */
static inline size_t meeple__ws_frame_head(uint8_t *head, uint8_t opcode, size_t len,
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

/* Masks or unmasks; offset is how far into the payload the bytes begin. */
static inline void meeple__ws_mask(uint8_t *ptr, size_t len, const uint8_t mask[4], uint64_t offset)
{
    meeple__mask(ptr, ptr, len, mask, offset);
}

#endif /* MEEPLE_TRANSPORT_WS_FRAME_H */
