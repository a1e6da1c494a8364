/* codec_godot3_read: Variants of Godot 3 walked one at a time, from bytes that nobody trusts. */
#ifndef MEEPLE_RPC_CODEC_GODOT3_READ_H
#define MEEPLE_RPC_CODEC_GODOT3_READ_H

#include <meeple/value.h>

#include "core/wire.h"

/* What bytes may have against being a Variant that we take, and its text. */
#define MEEPLE__VARIANT_FAULT_MAP(X)                                                               \
    X(NONE, "is fine")                                                                             \
    X(SHORT, "ends too early")                                                                     \
    X(TYPE, "has a type that Godot 3 does not have")                                               \
    X(TEXT, "has a string that is not UTF-8")                                                      \
    X(PATH, "has a node path that is none")                                                        \
    X(OBJECT, "has an object")                                                                     \
    X(DEEP, "has arrays or dictionaries nested too deep")                                          \
    X(ROOM, "is too large")

enum meeple__variant_fault {
#define X(name, text) MEEPLE__VARIANT_##name##_FAULT,
    MEEPLE__VARIANT_FAULT_MAP(X)
#undef X
};

/* "ends too early", ... */
const char *meeple__variant_fault_text(enum meeple__variant_fault fault);

/*
 * Takes one Variant as a value: one without elements as a whole, of an Array or a Dictionary the
 * head alone, with bytes empty; its elements are the Variants that follow.  Strings are checked
 * (UTF-8 as RFC 3629 has it), cut at their first NUL and without a byte order mark in front, as in
 * Godot; they and bytes point into what is read.  SHORT also if elements were declared that cannot
 * all be there.
 *
 * room has place for as many bytes as the Variant has: what is another text here than there is put
 * there, the text of a node path and the elements of a PoolStringArray; item->bytes points at it
 * then.  On a fault *item is of no use.
 */
enum meeple__variant_fault meeple__variant_item(struct meeple__reader *reader, uint8_t *room,
                                                meeple_value *item);

/* A string as it stands in a Variant: its length, so many bytes, what pads them. */
enum meeple__variant_fault meeple__variant_text(struct meeple__reader *reader, meeple_bytes *text);

/* Whether a PoolStringArray is next; takes its head, so that as many texts follow as *count says,
 * unless bytes are missing. */
bool meeple__variant_is_strings(const struct meeple__reader *reader);
enum meeple__variant_fault meeple__variant_strings(struct meeple__reader *reader, uint32_t *count);

/* Little endian. */
static inline uint32_t meeple__variant_u32_at(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

#endif /* MEEPLE_RPC_CODEC_GODOT3_READ_H */
