/* hash64: FNV-1a over bytes that come in pieces, mixed at the end so that hashes can be added. */
#include "rpc/hash64.h"

#include <assert.h>
#include <string.h>

#include "rpc/field.h"
#include "rpc/value_kind.h"

#define OFFSET_BASIS UINT64_C(0xcbf29ce484222325)
#define PRIME UINT64_C(0x00000100000001b3)

struct meeple__hash64 meeple__hash64_begin(void)
{
    return (struct meeple__hash64){OFFSET_BASIS};
}

void meeple__hash64_add(struct meeple__hash64 *hash, meeple_bytes bytes)
{
    uint64_t state = hash->state;

    for (size_t i = 0; i < bytes.len; i++) {
        state = (state ^ bytes.ptr[i]) * PRIME;
    }
    hash->state = state;
}

uint64_t meeple__hash64_end(struct meeple__hash64 hash)
{
    uint64_t mixed = hash.state;

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

/* Whether these bytes, most significant first, are a float with an exponent of ones and any
 * fraction but 0. */
static bool is_nan(const uint8_t *bytes, size_t len)
{
    bool any = len == 4 ? (bytes[1] & 0x7f) != 0 : (bytes[1] & 0x0f) != 0;

    for (size_t i = 2; i < len; i++) {
        any = any || bytes[i] != 0;
    }
    return any && (bytes[0] & 0x7f) == 0x7f &&
           bytes[1] >> (len == 4 ? 7 : 4) == (len == 4 ? 1 : 15);
}

void meeple__hash64_one_nan(meeple_type type, uint8_t *encoding, size_t len)
{
    size_t size = type == MEEPLE_TYPE_F64 ? 8 : 4, count = 1;

    if (type != MEEPLE_TYPE_F32 && type != MEEPLE_TYPE_F64) {
        count = meeple__value_floats(meeple__type_value(type));
    }
    /* They are the end of the encoding; the byte in place of what has none is shorter. */
    for (uint8_t *at = encoding + len; len > size * count && count > 0; count--) {
        at -= size;
        if (is_nan(at, size)) {
            memset(at, 0, size);
            at[0] = 0x7f;
            at[1] = size == 4 ? 0xc0 : 0xf8;
        }
    }
}
