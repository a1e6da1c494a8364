/* wire: cursors over bytes: reading whose error sticks, writing into room that was measured. */
#include "core/wire.h"

uint32_t meeple__read_varint(struct meeple__reader *reader)
{
    uint32_t value = 0;

    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint8_t byte = meeple__read_u8(reader);

        if (shift == 28 && byte > 0x0f) {
            break;
        }
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift > 0) {
                break;
            }
            return reader->bad ? 0 : value;
        }
    }
    reader->bad = true;
    return 0;
}

meeple_bytes meeple__read_bytes(struct meeple__reader *reader, size_t len)
{
    const uint8_t *ptr = meeple__read_take(reader, len);

    return ptr ? (meeple_bytes){ptr, len} : (meeple_bytes){NULL, 0};
}

meeple_bytes meeple__read_block(struct meeple__reader *reader)
{
    return meeple__read_bytes(reader, meeple__read_varint(reader));
}

meeple_bytes meeple__read_rest(struct meeple__reader *reader)
{
    return meeple__read_bytes(reader, reader->bad ? 0 : (size_t)(reader->end - reader->at));
}

bool meeple__reader_at_end(const struct meeple__reader *reader)
{
    return !reader->bad && reader->at == reader->end;
}

uint8_t *meeple__write_u16(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
    return at + 2;
}

uint8_t *meeple__write_varint(uint8_t *at, uint32_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}
