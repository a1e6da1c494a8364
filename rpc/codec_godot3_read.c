/* codec_godot3_read: Variants of Godot 3 walked one at a time, from bytes that nobody trusts. */
#include "rpc/codec_godot3_read.h"

#include <string.h>

#include "core/utf8.h"
#include "rpc/codec_godot3_type.h"

/* All that have a length of their own on the wire, and how many floats the others are of. */
static const struct {
    uint8_t kind, floats;
} fixed[] = {
    [MEEPLE__VARIANT_VECTOR2] = {MEEPLE_VALUE_VEC2, 2},
    [MEEPLE__VARIANT_VECTOR3] = {MEEPLE_VALUE_VEC3, 3},
    [MEEPLE__VARIANT_COLOR] = {MEEPLE_VALUE_COLOR, 4},
};

const char *meeple__variant_fault_text(enum meeple__variant_fault fault)
{
    switch (fault) {
#define X(name, text)                                                                              \
    case MEEPLE__VARIANT_##name##_FAULT:                                                           \
        return text;
        MEEPLE__VARIANT_FAULT_MAP(X)
#undef X
    default:
        return "unknown";
    }
}

static size_t bytes_left(const struct meeple__reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* The low half, and the high one with the flag. */
static uint64_t read_number(struct meeple__reader *reader, bool is_long)
{
    const uint8_t *at = meeple__read_take(reader, is_long ? 8 : 4);

    if (!at) {
        return 0;
    }
    return is_long ? (uint64_t)meeple__variant_u32_at(at + 4) << 32 | meeple__variant_u32_at(at)
                   : meeple__variant_u32_at(at);
}

static void read_int(struct meeple__reader *reader, bool is_long, meeple_value *item)
{
    uint64_t number = read_number(reader, is_long);

    item->kind = MEEPLE_VALUE_INT;
    item->integer = is_long ? (int64_t)number : (int32_t)(uint32_t)number;
}

static void read_real(struct meeple__reader *reader, bool is_long, meeple_value *item)
{
    uint64_t number = read_number(reader, is_long);
    uint32_t bits = (uint32_t)number;
    float real;

    item->kind = MEEPLE_VALUE_FLOAT;
    if (is_long) {
        memcpy(&item->real, &number, sizeof item->real);
    } else {
        memcpy(&real, &bits, sizeof real);
        item->real = (double)real;
    }
}

/* The structs of floats that a value may have in it begin at the same place. */
static void read_floats(struct meeple__reader *reader, unsigned count, meeple_value *item)
{
    const uint8_t *at = meeple__read_take(reader, 4 * (size_t)count);
    uint8_t *to = (uint8_t *)item + offsetof(meeple_value, vec2);

    for (unsigned i = 0; at && i < count; i++) {
        uint32_t bits = meeple__variant_u32_at(at + 4 * (size_t)i);

        memcpy(to + 4 * (size_t)i, &bits, sizeof bits);
    }
}

enum meeple__variant_fault meeple__variant_text(struct meeple__reader *reader, meeple_bytes *text)
{
    uint32_t len = meeple__variant_u32(reader);
    size_t whole = len + meeple__variant_padding(len);
    const uint8_t *at, *nul;

    /* A length below zero is one above all that can be there. */
    if (reader->bad || len > bytes_left(reader) || whole > bytes_left(reader)) {
        return MEEPLE__VARIANT_SHORT_FAULT;
    }
    at = meeple__read_take(reader, whole);
    if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
        at += 3;
        len -= 3;
    }
    nul = memchr(at, '\0', len);
    *text = (meeple_bytes){at, nul ? (size_t)(nul - at) : len};
    return meeple__utf8_valid(*text) ? MEEPLE__VARIANT_NONE_FAULT : MEEPLE__VARIANT_TEXT_FAULT;
}

/* Elements of which each has at least `least` bytes; who declares more cannot mean it. */
static void read_count(struct meeple__reader *reader, meeple_value_kind kind, size_t least,
                       meeple_value *item)
{
    uint32_t count = meeple__variant_u32(reader) & ~MEEPLE__VARIANT_MARK;

    item->kind = kind;
    item->count = count;
    item->bytes = (meeple_bytes){reader->at, 0};
    if (count > bytes_left(reader) / least) {
        reader->bad = true;
    }
}

/* What pads the bytes need not be there at the end of all, as in Godot. */
static void read_bytes(struct meeple__reader *reader, meeple_value *item)
{
    uint32_t len = meeple__variant_u32(reader);
    const uint8_t *at = meeple__read_take(reader, len);
    size_t padding = meeple__variant_padding(len);

    item->kind = MEEPLE_VALUE_BYTES;
    item->bytes = (meeple_bytes){at, at ? len : 0};
    if (at) {
        meeple__read_take(reader, padding < bytes_left(reader) ? padding : bytes_left(reader));
    }
}

/* Only one that is none: nobody's id, or of no class. */
static enum meeple__variant_fault read_object(struct meeple__reader *reader, bool has_id)
{
    uint64_t number = read_number(reader, has_id);

    if (reader->bad) {
        return MEEPLE__VARIANT_SHORT_FAULT;
    }
    return number == 0 ? MEEPLE__VARIANT_NONE_FAULT : MEEPLE__VARIANT_OBJECT_FAULT;
}

static enum meeple__variant_fault read_text(struct meeple__reader *reader, meeple_value *item)
{
    item->kind = MEEPLE_VALUE_STRING;
    return meeple__variant_text(reader, &item->bytes);
}

/* Those that say how long they are. */
static enum meeple__variant_fault read_long(struct meeple__reader *reader, uint32_t head,
                                            meeple_value *item)
{
    enum meeple__variant_type type = (enum meeple__variant_type)(head & 0xff);

    switch (type) {
    case MEEPLE__VARIANT_OBJECT:
        return read_object(reader, (head & MEEPLE__VARIANT_FLAG) != 0);
    case MEEPLE__VARIANT_DICTIONARY:
        read_count(reader, MEEPLE_VALUE_MAP, 8, item);
        break;
    case MEEPLE__VARIANT_ARRAY:
        read_count(reader, MEEPLE_VALUE_ARRAY, 4, item);
        break;
    case MEEPLE__VARIANT_BYTES:
        read_bytes(reader, item);
        break;
    case MEEPLE__VARIANT_NIL:
    case MEEPLE__VARIANT_BOOL:
    case MEEPLE__VARIANT_INT:
    case MEEPLE__VARIANT_REAL:
    case MEEPLE__VARIANT_STRING:
    case MEEPLE__VARIANT_VECTOR2:
    case MEEPLE__VARIANT_RECT2:
    case MEEPLE__VARIANT_VECTOR3:
    case MEEPLE__VARIANT_TRANSFORM2D:
    case MEEPLE__VARIANT_PLANE:
    case MEEPLE__VARIANT_QUAT:
    case MEEPLE__VARIANT_AABB:
    case MEEPLE__VARIANT_BASIS:
    case MEEPLE__VARIANT_TRANSFORM:
    case MEEPLE__VARIANT_COLOR:
    case MEEPLE__VARIANT_NODE_PATH:
    case MEEPLE__VARIANT_RID:
    case MEEPLE__VARIANT_INTS:
    case MEEPLE__VARIANT_REALS:
    case MEEPLE__VARIANT_STRINGS:
    case MEEPLE__VARIANT_VECTOR2S:
    case MEEPLE__VARIANT_VECTOR3S:
    case MEEPLE__VARIANT_COLORS:
    default:
        return MEEPLE__VARIANT_TYPE_FAULT;
    }
    return MEEPLE__VARIANT_NONE_FAULT;
}

enum meeple__variant_fault meeple__variant_item(struct meeple__reader *reader, uint8_t *room,
                                                meeple_value *item)
{
    uint32_t head = meeple__variant_u32(reader);
    uint32_t type = head & 0xff;
    enum meeple__variant_fault fault = MEEPLE__VARIANT_NONE_FAULT;

    (void)room;
    *item = (meeple_value){.kind = MEEPLE_VALUE_NIL};
    if (reader->bad || type == MEEPLE__VARIANT_NIL) {
        /* That is all of it. */
    } else if (type == MEEPLE__VARIANT_BOOL) {
        item->kind = MEEPLE_VALUE_BOOL;
        item->boolean = meeple__variant_u32(reader) != 0;
    } else if (type == MEEPLE__VARIANT_INT) {
        read_int(reader, (head & MEEPLE__VARIANT_FLAG) != 0, item);
    } else if (type == MEEPLE__VARIANT_REAL) {
        read_real(reader, (head & MEEPLE__VARIANT_FLAG) != 0, item);
    } else if (type == MEEPLE__VARIANT_STRING) {
        fault = read_text(reader, item);
    } else if (type < MEEPLE_COUNT(fixed) && fixed[type].floats > 0) {
        item->kind = (meeple_value_kind)fixed[type].kind;
        read_floats(reader, fixed[type].floats, item);
    } else {
        fault = read_long(reader, head, item);
    }
    return reader->bad && fault == MEEPLE__VARIANT_NONE_FAULT ? MEEPLE__VARIANT_SHORT_FAULT : fault;
}
