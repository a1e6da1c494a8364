/* codec_godot3_elements: the elements of Arrays and Dictionaries, from Variants to msgpack. */
#ifndef MEEPLE_RPC_CODEC_GODOT3_ELEMENTS_H
#define MEEPLE_RPC_CODEC_GODOT3_ELEMENTS_H

#include "rpc/codec_godot3_read.h"

/*
 * Takes one Variant as a value, elements included: what they are in msgpack is put into `room`, of
 * size bytes, and *value points at it.  With at most MEEPLE_VALUE_DEPTH_MAX Arrays and Dictionaries
 * nested.  Returns how much room is used through *used, also of a value without elements.
 *
 * As much room as there are bytes to read is always enough, because nothing is longer in msgpack
 * than in a Variant, which begins with four bytes where msgpack has one:
 *
 *     Variant                         bytes           msgpack         bytes at most
 *     nil, RID, no object             4 or more       nil, ext 8      1, 3
 *     bool, int, float                8, or 12        ...             1, 5, or 9
 *     n floats (2 to 12)              4 + 4n          ext 8           3 + 4n
 *     String of n bytes               8 + n           str             5 + n
 *     node path of n names            16 + 4n + text  ext             6 + 1 + n + text
 *     n bytes, n elements of 4, 8...  8 + n           bin, ext        6 + n
 *     PoolStringArray of n            8 + 4n + texts  ext             6 + 4n + texts
 *     head of an Array, a Dictionary  8               array, map      5
 *
 * Should that ever be wrong, it is MEEPLE__VARIANT_ROOM_FAULT and no byte too many.
 */
enum meeple__variant_fault meeple__variant_whole(struct meeple__reader *reader, uint8_t *room,
                                                 size_t size, meeple_value *value, size_t *used);

#endif /* MEEPLE_RPC_CODEC_GODOT3_ELEMENTS_H */
