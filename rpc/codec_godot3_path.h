/* codec_godot3_path: node paths, between their text and the names that Godot 3 sends. */
#ifndef MEEPLE_RPC_CODEC_GODOT3_PATH_H
#define MEEPLE_RPC_CODEC_GODOT3_PATH_H

#include "rpc/codec_godot3_read.h"
#include "rpc/sink.h"

/*
 * Takes what follows the head of a NodePath.  Its text is put into room, which has place for as
 * many bytes as are taken, and is as Godot's str() has it: "/root/a/b:prop:sub".  PATH if it is in
 * the form of Godot 2, or if a name or a subname could not be told from others in that text, as
 * none of a Godot can be: an empty one, a name with a '/' or a ':', a subname with a ':'.
 */
enum meeple__variant_fault meeple__variant_path_read(struct meeple__reader *reader, uint8_t *room,
                                                     meeple_bytes *text);

/* Appends the same, of a text taken apart as Godot's NodePath(text) does: empty names count for
 * nothing.  Text is UTF-8 without a NUL.  False, and nothing is written: an empty subname that is
 * not the last, which is no path in Godot either. */
bool meeple__variant_path_write(struct meeple__sink *sink, meeple_bytes text);

#endif /* MEEPLE_RPC_CODEC_GODOT3_PATH_H */
