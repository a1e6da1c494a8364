/* codec_msgpack: the arguments of a call, between their struct and a msgpack array. */
#ifndef MEEPLE_RPC_CODEC_MSGPACK_H
#define MEEPLE_RPC_CODEC_MSGPACK_H

#include <meeple/class.h>

#include "rpc/sentence.h"
#include "rpc/sink.h"

/*
 * A flat array with one element for each field.  Integers are msgpack integers of any width, BOOL
 * is a bool, F32 and F64 are float32 and float64, STR is a str, BYTES is a bin, VEC2 and VEC3 are
 * ext 1 and 2: big-endian float32s.  Everything is checked both ways: types, ranges, the bounds
 * of the fields, UTF-8, that nothing is left over.
 */

/* Appends to the sink.  MEEPLE_EINVAL and why: a bound, or a string that is not UTF-8;
 * MEEPLE_ETOOBIG: over the sink's ceiling; MEEPLE_ENOMEM.  What the buf holds after an error is of
 * no use. */
int meeple__msgpack_write(struct meeple__sink *sink, const meeple_rpc_type *type, const void *arg,
                          struct meeple__sentence *why);

/*
 * Fills arg, type->size bytes aligned for anything.  Strings are put into `strings`, which has room
 * for bytes.len of them, enough for all with their NULs; BYTES fields point into `bytes`. Allocates
 * nothing.  MEEPLE_EPROTO and why; what arg holds then is of no use.
 */
int meeple__msgpack_read(const meeple_rpc_type *type, meeple_bytes bytes, void *arg, char *strings,
                         struct meeple__sentence *why);

#endif /* MEEPLE_RPC_CODEC_MSGPACK_H */
