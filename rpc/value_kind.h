/* value_kind: what values of each kind are made of. */
#ifndef MEEPLE_RPC_VALUE_KIND_H
#define MEEPLE_RPC_VALUE_KIND_H

#include <meeple/value.h>

enum {
    MEEPLE__FLOATS_MAX = 12 /* in one value */
};

/* Its ext type in msgpack; 0 if it has none of its own. */
uint8_t meeple__value_ext(meeple_value_kind kind);
/* The kind of that ext type; EXT if there is none. */
meeple_value_kind meeple__value_of_ext(uint8_t type);

/* VEC2 to TRANSFORM are nothing but so many floats, from where their members begin on; 0: another
 * kind. */
unsigned meeple__value_floats(meeple_value_kind kind);

/* Of a packed array: the bytes of an element, of a string the length in front of it; 0: another
 * kind. */
unsigned meeple__packed_size(meeple_value_kind kind);
/* The kind of the elements; NIL: another kind. */
meeple_value_kind meeple__packed_element(meeple_value_kind kind);

/* Whether an integer has at most that many bits between its first and its last one: a float of that
 * precision holds it exactly then. */
bool meeple__integer_fits(const meeple_value *value, unsigned precision);

/* Whether what it holds is elsewhere, in bytes. */
bool meeple__value_has_bytes(meeple_value_kind kind);

/* Values in an array, keys and values in a map, 0 for all else: the elements of a packed array are
 * none. */
static inline uint64_t meeple__value_items(const meeple_value *value)
{
    return value->kind == MEEPLE_VALUE_ARRAY ? value->count
           : value->kind == MEEPLE_VALUE_MAP ? 2 * (uint64_t)value->count
                                             : 0;
}

static inline bool meeple__value_is_container(const meeple_value *value)
{
    return value->kind == MEEPLE_VALUE_ARRAY || value->kind == MEEPLE_VALUE_MAP;
}

#endif /* MEEPLE_RPC_VALUE_KIND_H */
