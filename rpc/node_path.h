/* node_path: the path of a node as Godot writes it, and the object of ours that it means. */
#ifndef MEEPLE_RPC_NODE_PATH_H
#define MEEPLE_RPC_NODE_PATH_H

#include <meeple/base.h>

/*
 * What Godot's NodePath(text) is as a text again: names joined by '/', empty ones dropped, '/' in
 * front if it is absolute, then the subnames (properties), a ':' before each.  "." and ".." stay.
 * Nothing is left of a text with an empty subname in the midst.  `text` is UTF-8 without NULs; dst
 * has room for text.len bytes.  The length; no NUL is written.
 */
size_t meeple__node_path_normalise(char *dst, meeple_bytes text);

/*
 * Where Node.get_node() goes from the root: "." and ".." are followed, "/root/x" is x, subnames
 * are nobody's.  Names in between need not be nodes, as here only objects are.  The length of the
 * path of an object, 0: where no object can be (at the root, above it, outside it; what is no name,
 * or too long for one).  `text` is UTF-8; dst has room for MEEPLE__NAME_MAX bytes (rpc/command.h).
 */
size_t meeple__node_path_resolve(char *dst, meeple_bytes text);

#endif /* MEEPLE_RPC_NODE_PATH_H */
