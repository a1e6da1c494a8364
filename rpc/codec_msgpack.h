/* codec_msgpack: values and the arguments of a call, to msgpack and back. */
#ifndef MEEPLE_RPC_CODEC_MSGPACK_H
#define MEEPLE_RPC_CODEC_MSGPACK_H

#include <meeple/class.h>

#include "core/wire.h"
#include "rpc/sentence.h"
#include "rpc/sink.h"
#include "rpc/value_field.h"

/*
 * A flat array with one element for each field.  Integers are msgpack integers of any width, BOOL
 * is a bool, F32 and F64 are float32 and float64, STR is a str, BYTES is a bin, VEC2 to
 * TRANSFORM are exts of big-endian float32s, INTS to COLORS exts of their elements; VALUE is any of
 * them, nil, an array or a map.
 * Everything is checked both ways: types, ranges, the bounds of the fields, UTF-8, that nothing is
 * left over.
 */

/* Appends to the sink.  MEEPLE_EINVAL and why: a bound, or a string that is not UTF-8;
 * MEEPLE_ETOOBIG: over the sink's ceiling; MEEPLE_ENOMEM.  What the buf holds after an error is of
 * no use. */
int meeple__msgpack_write(struct meeple__sink *sink, const meeple_rpc_type *type, const void *arg,
                          struct meeple__sentence *why);

/* How much room what so many bytes of arguments point at may need. */
size_t meeple__msgpack_room(const meeple_rpc_type *type, size_t len);

/*
 * Fills arg, type->size bytes aligned for anything.  Strings with their NULs and what spans have
 * are put into `strings`, which has meeple__msgpack_room() of bytes.len; BYTES and VALUE fields
 * point into `bytes`.  Allocates nothing.  MEEPLE_EPROTO and why; what arg holds then is of no use.
 */
int meeple__msgpack_read(const meeple_rpc_type *type, meeple_bytes bytes, void *arg, char *strings,
                         struct meeple__sentence *why);

/* The same for one field of any struct: position is its place among the arguments, for people; 0:
 * it is state, CHARS too, which is a str. */
int meeple__msgpack_write_field(struct meeple__sink *sink, const meeple_field *field,
                                unsigned position, const void *record,
                                struct meeple__sentence *why);
/* How many bytes _write_field would append. */
size_t meeple__msgpack_field_size(const meeple_field *field, const void *record);
int meeple__msgpack_read_field(struct meeple__reader *reader, const struct meeple__place *place,
                               struct meeple__sentence *why);

/* Appends one value, which was checked; the head of an array or a map alone, or of a packed array,
 * with its bytes as the count. */
void meeple__msgpack_write_value(struct meeple__sink *sink, const meeple_value *value);
void meeple__msgpack_write_head(struct meeple__sink *sink, meeple_value_kind kind, uint32_t count);
/* How many bytes _write_value would append. */
size_t meeple__msgpack_size(const meeple_value *value);

#endif /* MEEPLE_RPC_CODEC_MSGPACK_H */
