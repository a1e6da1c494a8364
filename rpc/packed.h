/* packed: packed arrays, from their elements to their bytes and back. */
#ifndef MEEPLE_RPC_PACKED_H
#define MEEPLE_RPC_PACKED_H

#include <meeple/value.h>

#include "core/wire.h"
#include "rpc/field.h"
#include "rpc/sink.h"

/*
 * Elements lie one behind the other: an int32, or float32s, little endian; of a string a u32 with
 * its length, little endian, and its text.  kind is always one of INTS to COLORS.
 */

/* How many elements these bytes are.  False if they are not so many as whole elements are; texts
 * are not looked into. */
bool meeple__packed_count(meeple_value_kind kind, meeple_bytes bytes, uint32_t *count);

/* Takes the next element.  False, and *element untouched, if there is none. */
bool meeple__packed_take(struct meeple__reader *reader, meeple_value_kind kind,
                         meeple_value *element);

/* Appends an element, which is a value.  MEEPLE_EINVAL: it is of another kind, or no element can
 * hold it; else what is in the sink. */
int meeple__packed_put(struct meeple__sink *sink, meeple_value_kind kind,
                       const meeple_value *element);

/* All that a span has, which was checked, as elements of such an array: how many bytes they are,
 * and these, piece by piece. */
size_t meeple__packed_span_size(meeple_value_kind kind, const struct meeple__span *span);
void meeple__packed_span(meeple_value_kind kind, const struct meeple__span *span,
                         int (*write)(void *data, const char *bytes, size_t len), void *data);

/* The other way: the array, which was checked, with each of its texts too, becomes elements of C at
 * *room, aligned, and *room is behind them then.  meeple__packed_room() bytes are always enough. */
struct meeple__span meeple__packed_unpack(const meeple_value *packed, char **room);
size_t meeple__packed_room(size_t len);

#endif /* MEEPLE_RPC_PACKED_H */
