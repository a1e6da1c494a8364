/* field: members of a struct, read and written by what the field table says of them. */
#ifndef MEEPLE_RPC_FIELD_H
#define MEEPLE_RPC_FIELD_H

#include <meeple/class.h>

struct meeple__sentence;

/* What types have in common, as far as reading and writing them goes. */
enum meeple__kind {
    MEEPLE__KIND_NONE,
    MEEPLE__KIND_BOOL,
    MEEPLE__KIND_SIGNED,
    MEEPLE__KIND_UNSIGNED,
    MEEPLE__KIND_REAL,
    MEEPLE__KIND_STRING,
    MEEPLE__KIND_BYTES,
    MEEPLE__KIND_VECTOR, /* of floats, COLOR to TRANSFORM too */
    MEEPLE__KIND_VALUE,
    MEEPLE__KIND_CHARS,
    MEEPLE__KIND_SPAN /* INTS to COLORS */
};

enum meeple__kind meeple__type_kind(meeple_type type);
/* Of the member in C, or of one element of an array; 0 for what is no type, and for CHARS, whose
 * field has it. */
size_t meeple__type_size(meeple_type type);
/* Of the member, or of an element; 1 for what is no type. */
size_t meeple__type_align(meeple_type type);
/* The kind of value that a field of the type is, of vectors and spans; NIL for the others. */
meeple_value_kind meeple__type_value(meeple_type type);
/* '\0' for what is no type. */
char meeple__type_letter(meeple_type type);
/* "int32" for 'i'; "?" for what is no letter. */
const char *meeple__letter_name(char letter);

/* record is the struct that the field is a member of, aligned as C aligns it; the field's type is
 * of the kind that the name says. */
int64_t meeple__get_signed(const meeple_field *field, const void *record);
uint64_t meeple__get_unsigned(const meeple_field *field, const void *record);
double meeple__get_real(const meeple_field *field, const void *record);
/* False, and nothing written, if the member cannot hold that value. */
bool meeple__put_signed(const meeple_field *field, void *record, int64_t value);
bool meeple__put_unsigned(const meeple_field *field, void *record, uint64_t value);
bool meeple__put_real(const meeple_field *field, void *record, double value);

/* Among the flags of a slot: whatever its bounds, it may be zero or empty, as an element of a
 * counted array was before it existed. */
enum {
    MEEPLE__MAY_BE_ZERO = 1 << 15
};

/* Of CHARS: how long the text is; field->size if it has no end. */
size_t meeple__chars_len(const meeple_field *field, const void *record);

/* The members that all spans have, by these or other types. */
struct meeple__span {
    const void *ptr;
    size_t len;
};

struct meeple__span meeple__get_span(const meeple_field *field, const void *record);
void meeple__put_span(const meeple_field *field, void *record, struct meeple__span span);

static inline const void *meeple__member(const meeple_field *field, const void *record)
{
    return (const char *)record + field->offset;
}

static inline bool meeple__field_bounded(const meeple_field *field)
{
    return field->min != 0 || field->max != 0;
}

/* How many arguments a caller may not leave out. */
unsigned meeple__fields_required(const meeple_rpc_type *type);
/* Makes those from number `from` on what they are if they were left out; the record is zeroed. */
void meeple__fields_leave_out(const meeple_rpc_type *type, unsigned from, void *record);

/* Appends "argument 2 'eyes' ", counted from 1, or "field 'eyes' " if the position is 0. */
void meeple__say_field(struct meeple__sentence *why, const meeple_field *field, unsigned position);

/*
 * Whether the member is within what its field declares; else MEEPLE_EINVAL and why, "argument 2
 * 'eyes' is 9, allowed 1..6".
 */
int meeple__field_check_bounds(const meeple_field *field, unsigned position, const void *record,
                               struct meeple__sentence *why);
/* The same, and that what the member points at is what it should be: UTF-8, a value. */
int meeple__field_check(const meeple_field *field, unsigned position, const void *record,
                        struct meeple__sentence *why);

#endif /* MEEPLE_RPC_FIELD_H */
