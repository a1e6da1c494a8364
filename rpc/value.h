/* value: one value as a codec found it, on its way into a member of a struct. */
#ifndef MEEPLE_RPC_VALUE_H
#define MEEPLE_RPC_VALUE_H

#include <meeple/field.h>

struct meeple__sentence;

enum {
    MEEPLE__FLOATS_MAX = 3
};

enum meeple__value_kind {
    MEEPLE__VALUE_NIL,
    MEEPLE__VALUE_BOOL,
    MEEPLE__VALUE_INTEGER,
    MEEPLE__VALUE_FLOAT,
    MEEPLE__VALUE_STRING,
    MEEPLE__VALUE_BYTES,
    MEEPLE__VALUE_VECTOR,
    MEEPLE__VALUE_ARRAY,
    MEEPLE__VALUE_MAP,
    MEEPLE__VALUE_UNKNOWN
};

struct meeple__value {
    enum meeple__value_kind kind;
    bool yes;           /* BOOL */
    int64_t below;      /* INTEGER, if it is negative, else 0 */
    uint64_t magnitude; /* INTEGER, if it is not negative, else 0 */
    double real;        /* FLOAT */
    meeple_bytes bytes; /* STRING, BYTES */
    float floats[MEEPLE__FLOATS_MAX];
    unsigned float_count; /* VECTOR */
};

/* Where it goes. */
struct meeple__place {
    const meeple_field *field;
    unsigned position; /* of the argument, from 1, for people */
    void *record;
    char **strings; /* room for a string and its NUL, moved on behind it */
};

/* "an integer", "nil", ... */
const char *meeple__value_name(const struct meeple__value *value);

/*
 * An integer of any width goes into an integer that can hold it, and into a float that holds it
 * exactly; a float into a float that is large enough; a string is copied; all else has to be what
 * the field is.  MEEPLE_EPROTO and why, also when the field's bounds are broken.
 */
int meeple__value_put(const struct meeple__value *value, const struct meeple__place *place,
                      struct meeple__sentence *why);

#endif /* MEEPLE_RPC_VALUE_H */
