/* codec_godot3: values and the arguments of a call, to Variants of Godot 3 and back. */
#include "rpc/codec_godot3.h"

#include <assert.h>
#include <string.h>

#include "core/apart.h"
#include "rpc/codec_godot3_elements.h"
#include "rpc/codec_godot3_read.h"
#include "rpc/codec_godot3_type.h"
#include "rpc/codec_godot3_write.h"
#include "rpc/field.h"
#include "rpc/msgpack_read.h"
#include "rpc/value_field.h"

/* Writing. */

static meeple_value value_of_vector(meeple_type type, const void *member)
{
    meeple_value value = {.kind = meeple__type_value(type)};

    /* The structs of floats that a value may have in it begin at the same place. */
    memcpy((uint8_t *)&value + offsetof(meeple_value, vec2), member, meeple__type_size(type));
    return value;
}

/* The member as a value, which borrows what the member does. */
static meeple_value value_of(const meeple_field *field, const void *record)
{
    const void *member = meeple__member(field, record);

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_BOOL:
        return meeple_value_bool(*(const bool *)member);
    case MEEPLE__KIND_SIGNED:
        return meeple_value_int(meeple__get_signed(field, record));
    case MEEPLE__KIND_UNSIGNED:
        return meeple_value_uint(meeple__get_unsigned(field, record));
    case MEEPLE__KIND_REAL:
        return meeple_value_float(meeple__get_real(field, record));
    case MEEPLE__KIND_STRING:
        return meeple_value_string(*(const char *const *)member);
    case MEEPLE__KIND_BYTES:
        return meeple_value_bytes(*(const meeple_bytes *)member);
    case MEEPLE__KIND_VECTOR:
        return value_of_vector(field->type, member);
    case MEEPLE__KIND_VALUE:
        return *(const meeple_value *)member;
    case MEEPLE__KIND_CHARS:
        return meeple_value_string_of((meeple_bytes){member, meeple__chars_len(field, record)});
    case MEEPLE__KIND_SPAN: /* is none */
    case MEEPLE__KIND_NONE:
    default:
        assert(false); /* tables are validated when a class is first used */
        return meeple_value_nil();
    }
}

static int write_argument(struct meeple__sink *sink, const meeple_field *field, unsigned position,
                          const void *arg, struct meeple__sentence *why)
{
    int rc = meeple__field_check(field, position, arg, why);
    struct meeple__span span;
    meeple_value value;
    const char *fault;

    if (rc < 0) {
        return rc;
    }
    if (meeple__type_kind(field->type) == MEEPLE__KIND_SPAN) {
        span = meeple__get_span(field, arg);
        meeple__variant_write_span(sink, meeple__type_value(field->type), &span);
        return sink->rc;
    }
    value = value_of(field, arg);
    fault = meeple__variant_write_value(sink, &value);
    if (fault) {
        meeple__say_field(why, field, position);
        meeple__say(why, "%s", fault);
        return MEEPLE_EINVAL;
    }
    return sink->rc;
}

int meeple__variant_write_arguments(struct meeple__sink *sink, const meeple_rpc_type *type,
                                    const void *arg, struct meeple__sentence *why)
{
    int rc = sink->rc;

    for (unsigned i = 0; i < type->field_count && rc == 0; i++) {
        rc = write_argument(sink, &type->fields[i], i + 1, arg, why);
    }
    return rc;
}

int meeple__variant_write(struct meeple__sink *sink, const meeple_value *value,
                          struct meeple__sentence *why)
{
    enum meeple__msgpack_fault broken = meeple__msgpack_check(value, MEEPLE_VALUE_DEPTH_MAX);
    const char *fault = broken == MEEPLE__MSGPACK_NONE ? meeple__variant_write_value(sink, value)
                                                       : meeple__msgpack_fault_text(broken);

    if (fault) {
        meeple__say(why, "the value %s", fault);
        return MEEPLE_EINVAL;
    }
    return sink->rc;
}

/* Reading. */

/*
 * Twice the bytes, which is what strings need at most, as pointers and copies: an element is a
 * length of four bytes and a text with what pads it.  Empty, it needs a pointer; with a NUL behind
 * it, too; else it has at least four bytes more, and its copy is one longer than the text.  What is
 * skipped in front of the pointers is less than the eight bytes of the array's head.  Of all else
 * nothing needs more than it has: a text a NUL, in place of its length; the elements of a span
 * their own bytes; for values see rpc/codec_godot3_elements.h.
 */
size_t meeple__variant_room(size_t bytes_len)
{
    return 2 * bytes_len;
}

_Static_assert(sizeof(char *) <= 8, "the room is too small for pointers");

/* A text that has a NUL behind it, its own or one of what pads it, stays where it is. */
static const char *terminated(const struct meeple__reader *reader, meeple_bytes text,
                              char **strings)
{
    char *copy = *strings;

    if (text.len == 0) {
        return "";
    }
    if (text.ptr + text.len < reader->at && text.ptr[text.len] == '\0') {
        return (const char *)text.ptr;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *strings += text.len + 1;
    return copy;
}

static int say_fault(enum meeple__variant_fault fault, const struct meeple__place *place,
                     struct meeple__sentence *why)
{
    meeple__say_field(why, place->field, place->position);
    meeple__say(why, "%s", meeple__variant_fault_text(fault));
    return MEEPLE_EPROTO;
}

/* Of any kind, elements included. */
MEEPLE__APART static int read_any(struct meeple__reader *reader, const struct meeple__place *place,
                                  const char *end, struct meeple__sentence *why)
{
    meeple_value value;
    size_t used;
    enum meeple__variant_fault fault = meeple__variant_whole(
        reader, (uint8_t *)*place->strings, (size_t)(end - *place->strings), &value, &used);

    if (fault != MEEPLE__VARIANT_NONE_FAULT) {
        return say_fault(fault, place, why);
    }
    *place->strings += used;
    return meeple__value_store(&value, place, why);
}

static int check_bounds(const struct meeple__place *place, struct meeple__sentence *why)
{
    return meeple__field_bounded(place->field) &&
                   meeple__field_check_bounds(place->field, place->position, place->record, why) < 0
               ? MEEPLE_EPROTO
               : 0;
}

static int read_text(struct meeple__reader *reader, const struct meeple__place *place,
                     meeple_bytes text, struct meeple__sentence *why)
{
    *(const char **)(void *)((char *)place->record + place->field->offset) =
        terminated(reader, text, place->strings);
    return check_bounds(place, why);
}

/* What follows the head of a PoolStringArray, as pointers; what has to be copied is behind them. */
static int read_texts(struct meeple__reader *reader, const struct meeple__place *place,
                      struct meeple__sentence *why)
{
    const char **texts =
        (const char **)(void *)(*place->strings + (0 - (uintptr_t)*place->strings) % sizeof *texts);
    uint32_t count;
    enum meeple__variant_fault fault = meeple__variant_strings(reader, &count);

    if (fault == MEEPLE__VARIANT_NONE_FAULT) {
        *place->strings = (char *)(texts + count);
    }
    for (uint32_t i = 0; i < count && fault == MEEPLE__VARIANT_NONE_FAULT; i++) {
        meeple_bytes text;

        fault = meeple__variant_text(reader, &text);
        if (fault == MEEPLE__VARIANT_NONE_FAULT) {
            texts[i] = terminated(reader, text, place->strings);
        }
    }
    if (fault != MEEPLE__VARIANT_NONE_FAULT) {
        return say_fault(fault, place, why);
    }
    meeple__put_span(place->field, place->record, (struct meeple__span){texts, count});
    return check_bounds(place, why);
}

/* Most arguments are one of these, in the shortest form that Godot has: read in one go.  False: it
 * is something else, or out of its bounds, and nothing was taken. */
static bool read_plain(struct meeple__reader *reader, const meeple_field *field, void *record)
{
    void *member = (char *)record + field->offset;
    uint32_t head, bits;
    int32_t number;

    if (reader->end - reader->at < 8) {
        return false;
    }
    head = meeple__variant_u32_at(reader->at);
    bits = meeple__variant_u32_at(reader->at + 4);
    if (head == MEEPLE__VARIANT_INT && field->type == MEEPLE_TYPE_I32) {
        memcpy(&number, &bits, sizeof number);
        if (meeple__field_bounded(field) && (number < field->min || number > field->max)) {
            return false;
        }
        *(int32_t *)member = number;
    } else if (head == MEEPLE__VARIANT_BOOL && field->type == MEEPLE_TYPE_BOOL) {
        *(bool *)member = bits != 0;
    } else if (head == MEEPLE__VARIANT_REAL && field->type == MEEPLE_TYPE_F32 &&
               !meeple__field_bounded(field)) {
        memcpy(member, &bits, sizeof bits);
    } else {
        return false;
    }
    reader->at += 8;
    return true;
}

/* end: of the strings. */
static int read_argument(struct meeple__reader *reader, const struct meeple__place *place,
                         const char *end, struct meeple__sentence *why)
{
    meeple_type type = place->field->type;
    enum meeple__variant_fault fault;
    meeple_value value;

    if (type == MEEPLE_TYPE_VALUE) {
        return read_any(reader, place, end, why);
    }
    if (type == MEEPLE_TYPE_STRINGS && meeple__variant_is_strings(reader)) {
        return read_texts(reader, place, why);
    }
    /* What is put there is of no use to any other type. */
    fault = meeple__variant_item(reader, (uint8_t *)*place->strings, &value);
    if (fault != MEEPLE__VARIANT_NONE_FAULT) {
        return say_fault(fault, place, why);
    }
    return type == MEEPLE_TYPE_STR && value.kind == MEEPLE_VALUE_STRING
               ? read_text(reader, place, value.bytes, why)
               : meeple__value_store(&value, place, why);
}

/* Whether so many may come. */
static int check_count(const meeple_rpc_type *type, unsigned count, struct meeple__sentence *why)
{
    unsigned most = type->field_count, least;

    if (count == most) {
        return 0;
    }
    least = meeple__fields_required(type);
    if (count >= least && count < most) {
        return 0;
    }
    if (least < most) {
        meeple__say(why, "%u arguments came, %u to %u expected", count, least, most);
    } else {
        meeple__say(why, "%u arguments came, %u expected", count, most);
    }
    return MEEPLE_EPROTO;
}

int meeple__variant_read_arguments(const meeple_rpc_type *type, struct meeple__reader *reader,
                                   unsigned count, void *arg, char *strings,
                                   struct meeple__sentence *why)
{
    const char *end = strings + meeple__variant_room((size_t)(reader->end - reader->at));
    int rc = check_count(type, count, why);

    if (rc < 0) {
        return rc;
    }
    memset(arg, 0, type->size);
    for (unsigned i = 0; i < count && rc == 0; i++) {
        const meeple_field *field = &type->fields[i];

        if (!read_plain(reader, field, arg)) {
            rc = read_argument(
                reader,
                &(struct meeple__place){
                    .field = field, .position = i + 1, .record = arg, .strings = &strings},
                end, why);
        }
    }
    if (count < type->field_count) {
        meeple__fields_leave_out(type, count, arg);
    }
    return rc;
}

int meeple__variant_read(struct meeple__reader *reader, meeple_value *out, void *room,
                         struct meeple__sentence *why)
{
    meeple_value value;
    size_t used;
    enum meeple__variant_fault fault = meeple__variant_whole(
        reader, room, meeple__variant_room((size_t)(reader->end - reader->at)), &value, &used);

    if (fault != MEEPLE__VARIANT_NONE_FAULT) {
        meeple__say(why, "the value %s", meeple__variant_fault_text(fault));
        return MEEPLE_EPROTO;
    }
    *out = value;
    return 0;
}
