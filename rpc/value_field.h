/* value_field: a value on its way into a member of a struct. */
#ifndef MEEPLE_RPC_VALUE_FIELD_H
#define MEEPLE_RPC_VALUE_FIELD_H

#include <meeple/field.h>

struct meeple__sentence;

/* Where it goes. */
struct meeple__place {
    const meeple_field *field;
    unsigned position; /* of the argument, from 1, for people; 0: a field of state */
    void *record;
    char **strings; /* room for a string and its NUL, or for what a span has
                       (meeple__packed_room()), moved on behind it */
    /* NULL, or where what a field of type STR, BYTES or VALUE is to point at goes instead: checked,
     * a STRING, BYTES or any, borrowed.  The record is not written to then. */
    meeple_value *content;
};

/* "an integer", "nil", ... */
const char *meeple__value_name(const meeple_value *value);

/*
 * An integer goes into an integer that can hold it, and into a float that holds it exactly; a float
 * into a float that is large enough; a string and a packed array are copied; everything into a
 * VALUE; all else has to be what the field is.  The value is one: strings need not be UTF-8 yet,
 * arrays and maps are checked. MEEPLE_EPROTO and why, also when the field's bounds are broken.
 */
int meeple__value_store(const meeple_value *value, const struct meeple__place *place,
                        struct meeple__sentence *why);

#endif /* MEEPLE_RPC_VALUE_FIELD_H */
