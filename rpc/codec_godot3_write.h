/* codec_godot3_write: values as Variants of Godot 3. */
#ifndef MEEPLE_RPC_CODEC_GODOT3_WRITE_H
#define MEEPLE_RPC_CODEC_GODOT3_WRITE_H

#include <meeple/value.h>

#include "rpc/field.h"
#include "rpc/sink.h"

/*
 * Appends a value that was checked, elements included, as the Variant that Godot would write for
 * it.  NULL, or what Godot 3 cannot say in it, "has an integer above INT64_MAX"; errors of memory
 * and room are in the sink.
 */
const char *meeple__variant_write_value(struct meeple__sink *sink, const meeple_value *value);

/* Appends what a span has, which was checked, as the pool array of that kind, INTS to COLORS. */
void meeple__variant_write_span(struct meeple__sink *sink, meeple_value_kind kind,
                                const struct meeple__span *span);

/* A string as it stands in a Variant, padded with zeros.  In front of a text that begins with a
 * byte order mark there is one more, because Godot takes one away. */
void meeple__variant_write_text(struct meeple__sink *sink, meeple_bytes text);

#endif /* MEEPLE_RPC_CODEC_GODOT3_WRITE_H */
