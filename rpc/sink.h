/* sink: bytes on their way into a buf under a ceiling; the first error sticks. */
#ifndef MEEPLE_RPC_SINK_H
#define MEEPLE_RPC_SINK_H

#include "core/buf.h"

/* Write ten things, check rc once: 0, MEEPLE_ETOOBIG or MEEPLE_ENOMEM. */
struct meeple__sink {
    struct meeple__buf *buf;
    const meeple_mem *mem;
    size_t ceiling; /* for all that is in the buf */
    int rc;
};

void meeple__sink_bytes(struct meeple__sink *sink, meeple_bytes bytes);
void meeple__sink_u8(struct meeple__sink *sink, uint8_t value);
void meeple__sink_u32(struct meeple__sink *sink, uint32_t value); /* little endian */
void meeple__sink_varint(struct meeple__sink *sink, uint32_t value);
/* A varint length and the bytes. */
void meeple__sink_block(struct meeple__sink *sink, meeple_bytes bytes);

#endif /* MEEPLE_RPC_SINK_H */
