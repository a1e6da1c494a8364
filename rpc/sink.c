/* sink: bytes on their way into a buf under a ceiling; the first error sticks. */
#include "rpc/sink.h"

#include "core/wire.h"

void meeple__sink_bytes(struct meeple__sink *sink, meeple_bytes bytes)
{
    if (sink->rc == 0) {
        sink->rc = meeple__buf_add(sink->buf, sink->mem, bytes, sink->ceiling);
    }
}

void meeple__sink_u8(struct meeple__sink *sink, uint8_t value)
{
    meeple__sink_bytes(sink, (meeple_bytes){&value, 1});
}

void meeple__sink_u32(struct meeple__sink *sink, uint32_t value)
{
    uint8_t bytes[4];

    meeple__write_u32(bytes, value);
    meeple__sink_bytes(sink, (meeple_bytes){bytes, sizeof bytes});
}

void meeple__sink_varint(struct meeple__sink *sink, uint32_t value)
{
    uint8_t bytes[5];
    const uint8_t *end = meeple__write_varint(bytes, value);

    meeple__sink_bytes(sink, (meeple_bytes){bytes, (size_t)(end - bytes)});
}

void meeple__sink_block(struct meeple__sink *sink, meeple_bytes bytes)
{
    if (bytes.len > UINT32_MAX) {
        sink->rc = sink->rc ? sink->rc : MEEPLE_ETOOBIG;
        return;
    }
    meeple__sink_varint(sink, (uint32_t)bytes.len);
    meeple__sink_bytes(sink, bytes);
}
