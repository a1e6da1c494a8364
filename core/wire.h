/* wire: cursors over bytes: reading whose error sticks, writing into room that was measured. */
#ifndef MEEPLE_CORE_WIRE_H
#define MEEPLE_CORE_WIRE_H

#include <meeple/base.h>

#include <string.h>

/* Read ten things, check `bad` once.  After an error everything read is 0 or empty. */
struct meeple__reader {
    const uint8_t *at, *end;
    bool bad;
};

static inline struct meeple__reader meeple__reader_of(meeple_bytes bytes)
{
    static const uint8_t nothing[1];
    const uint8_t *begin = bytes.ptr ? bytes.ptr : nothing; /* NULL + 0 is not defined in C */

    return (struct meeple__reader){begin, begin + bytes.len, false};
}

/* Where the next len bytes are; NULL, and the error, if there are not that many left. */
static inline const uint8_t *meeple__read_take(struct meeple__reader *reader, size_t len)
{
    const uint8_t *ptr = reader->at;

    if (reader->bad || len > (size_t)(reader->end - reader->at)) {
        reader->bad = true;
        return NULL;
    }
    reader->at += len;
    return ptr;
}

static inline uint8_t meeple__read_u8(struct meeple__reader *reader)
{
    const uint8_t *ptr = meeple__read_take(reader, 1);

    return ptr ? ptr[0] : 0;
}

/* Little endian, as the next. */
static inline uint16_t meeple__read_u16(struct meeple__reader *reader)
{
    const uint8_t *ptr = meeple__read_take(reader, 2);

    return (uint16_t)(ptr ? ptr[0] | ptr[1] << 8 : 0);
}

static inline uint32_t meeple__read_u32(struct meeple__reader *reader)
{
    const uint8_t *ptr = meeple__read_take(reader, 4);

    return ptr ? (uint32_t)ptr[0] | (uint32_t)ptr[1] << 8 | (uint32_t)ptr[2] << 16 |
                     (uint32_t)ptr[3] << 24
               : 0;
}

/* At most five bytes of seven bits, low ones first, in the shortest form. */
uint32_t meeple__read_varint(struct meeple__reader *reader);
meeple_bytes meeple__read_bytes(struct meeple__reader *reader, size_t len);
/* A varint length and that many bytes. */
meeple_bytes meeple__read_block(struct meeple__reader *reader);
meeple_bytes meeple__read_rest(struct meeple__reader *reader);
bool meeple__reader_at_end(const struct meeple__reader *reader);

/* Each returns where to write next; the caller has measured. */
uint8_t *meeple__write_u16(uint8_t *at, uint16_t value);
uint8_t *meeple__write_varint(uint8_t *at, uint32_t value); /* at most 5 bytes */
static inline uint8_t *meeple__write_u32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
    return at + 4;
}
static inline uint8_t *meeple__write_bytes(uint8_t *at, meeple_bytes bytes)
{
    if (bytes.len > 0) {
        memcpy(at, bytes.ptr, bytes.len);
    }
    return at + bytes.len;
}

#endif /* MEEPLE_CORE_WIRE_H */
