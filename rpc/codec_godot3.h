/* codec_godot3: values and the arguments of a call, to Variants of Godot 3 and back. */
#ifndef MEEPLE_RPC_CODEC_GODOT3_H
#define MEEPLE_RPC_CODEC_GODOT3_H

#include <meeple/class.h>

#include "core/wire.h"
#include "rpc/sentence.h"
#include "rpc/sink.h"

/*
 * One Variant after the other, as many as there are fields; their number is the business of who
 * calls.  docs/wire.md has what becomes of what.  Everything is checked both ways: types, ranges,
 * the bounds of the fields, UTF-8.
 */

/* Appends all arguments to the sink.  MEEPLE_EINVAL and why: a bound, a string that is not UTF-8,
 * something that Godot 3 cannot say; MEEPLE_ETOOBIG: over the sink's ceiling; MEEPLE_ENOMEM.  What
 * the buf holds after an error is of no use. */
int meeple__variant_write_arguments(struct meeple__sink *sink, const meeple_rpc_type *type,
                                    const void *arg, struct meeple__sentence *why);

/*
 * Fills arg, type->size bytes aligned for anything, from `count` Variants, and stands behind the
 * last of them then.  Fewer may come than there are fields if those that are left are optional:
 * they are zero, "" or nil.
 *
 * Strings, BYTES and VALUE fields point into the bytes that are read, or into `strings`, which has
 * room for meeple__variant_room() of the bytes left in the reader and is aligned for anything.
 * Allocates nothing.  MEEPLE_EPROTO and why; what arg holds then is of no use.
 */
int meeple__variant_read_arguments(const meeple_rpc_type *type, struct meeple__reader *reader,
                                   unsigned count, void *arg, char *strings,
                                   struct meeple__sentence *why);

/* The same with one value.  An Array or a Dictionary becomes an encoded one in room, which is like
 * `strings` above; *out borrows from both. */
int meeple__variant_write(struct meeple__sink *sink, const meeple_value *value,
                          struct meeple__sentence *why);
int meeple__variant_read(struct meeple__reader *reader, meeple_value *out, void *room,
                         struct meeple__sentence *why);

/* How much room what so many bytes of Variants become may need. */
size_t meeple__variant_room(size_t bytes_len);

#endif /* MEEPLE_RPC_CODEC_GODOT3_H */
