/* msgpack_read: msgpack walked a value at a time, from bytes that nobody trusts. */
#ifndef MEEPLE_RPC_MSGPACK_READ_H
#define MEEPLE_RPC_MSGPACK_READ_H

#include <meeple/value.h>

#include "core/wire.h"
#include "rpc/value_kind.h"

/* What bytes may have against being a value, and its text. */
#define MEEPLE__MSGPACK_FAULT_MAP(X)                                                               \
    X(NONE, "is fine")                                                                             \
    X(SHORT, "ends too early")                                                                     \
    X(FORM, "is not msgpack")                                                                      \
    X(DEEP, "has arrays or maps nested too deep")                                                  \
    X(TEXT, "has a string that is not UTF-8")                                                      \
    X(NUL, "has a string with a NUL inside")                                                       \
    X(EXT, "has something of an unknown type inside")

enum meeple__msgpack_fault {
#define X(name, text) MEEPLE__MSGPACK_##name,
    MEEPLE__MSGPACK_FAULT_MAP(X)
#undef X
};

/* "ends too early", ... */
const char *meeple__msgpack_fault_text(enum meeple__msgpack_fault fault);

/*
 * Takes one item: a value without elements as a whole, of an array or a map the head alone, with
 * bytes empty.  SHORT also if there are fewer bytes left than elements declared.  Ext types that
 * are kinds of their own become these if their lengths are right, all others are EXT with any type;
 * texts are not looked into.  On a fault *item is of no use.
 */
enum meeple__msgpack_fault meeple__msgpack_item(struct meeple__reader *reader, meeple_value *item);

/* Takes a whole value and checks all of it, with at most depth_max arrays and maps nested. */
enum meeple__msgpack_fault meeple__msgpack_value(struct meeple__reader *reader, unsigned depth_max,
                                                 meeple_value *value);

/* The same as _value of the next element of an array or map that was checked before.  False, and
 * *value nil, if the bytes were not. */
bool meeple__msgpack_element(struct meeple__reader *reader, meeple_value *value);

/* What speaks against sending a value that the application made, elements included. */
enum meeple__msgpack_fault meeple__msgpack_check(const meeple_value *value, unsigned depth_max);

#endif /* MEEPLE_RPC_MSGPACK_READ_H */
