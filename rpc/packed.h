/* packed: packed arrays, from their elements to their bytes and back. */
#ifndef MEEPLE_RPC_PACKED_H
#define MEEPLE_RPC_PACKED_H

#include <meeple/value.h>

#include "core/wire.h"
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

#endif /* MEEPLE_RPC_PACKED_H */
