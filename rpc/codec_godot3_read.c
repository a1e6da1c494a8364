/* codec_godot3_read: Variants of Godot 3 walked one at a time, from bytes that nobody trusts. */
#include "rpc/codec_godot3_read.h"

#include <string.h>

#include "core/utf8.h"
#include "rpc/codec_godot3_path.h"
#include "rpc/codec_godot3_type.h"
#include "rpc/value_kind.h"

/* The kinds of those that are nothing but floats, and of the pool arrays whose elements are as long
 * as one another. */
static const uint8_t kinds[] = {
    [MEEPLE__VARIANT_VECTOR2] = MEEPLE_VALUE_VEC2,
    [MEEPLE__VARIANT_RECT2] = MEEPLE_VALUE_RECT2,
    [MEEPLE__VARIANT_VECTOR3] = MEEPLE_VALUE_VEC3,
    [MEEPLE__VARIANT_TRANSFORM2D] = MEEPLE_VALUE_TRANSFORM2D,
    [MEEPLE__VARIANT_PLANE] = MEEPLE_VALUE_PLANE,
    [MEEPLE__VARIANT_QUAT] = MEEPLE_VALUE_QUAT,
    [MEEPLE__VARIANT_AABB] = MEEPLE_VALUE_AABB,
    [MEEPLE__VARIANT_BASIS] = MEEPLE_VALUE_BASIS,
    [MEEPLE__VARIANT_TRANSFORM] = MEEPLE_VALUE_TRANSFORM,
    [MEEPLE__VARIANT_COLOR] = MEEPLE_VALUE_COLOR,
    [MEEPLE__VARIANT_INTS] = MEEPLE_VALUE_INTS,
    [MEEPLE__VARIANT_REALS] = MEEPLE_VALUE_REALS,
    [MEEPLE__VARIANT_VECTOR2S] = MEEPLE_VALUE_VEC2S,
    [MEEPLE__VARIANT_VECTOR3S] = MEEPLE_VALUE_VEC3S,
    [MEEPLE__VARIANT_COLORS] = MEEPLE_VALUE_COLORS,
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
static void read_floats(struct meeple__reader *reader, meeple_value *item)
{
    unsigned count = meeple__value_floats(item->kind);
    const uint8_t *at = meeple__read_take(reader, 4 * (size_t)count);
    uint8_t *to = (uint8_t *)item + offsetof(meeple_value, vec2);

    for (unsigned i = 0; at && i < count; i++) {
        uint32_t bits = meeple__variant_u32_at(at + 4 * (size_t)i);

        memcpy(to + 4 * (size_t)i, &bits, sizeof bits);
    }
}

enum meeple__variant_fault meeple__variant_text(struct meeple__reader *reader, meeple_bytes *text)
{
    uint32_t len = meeple__read_u32(reader);
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
    uint32_t count = meeple__read_u32(reader) & ~MEEPLE__VARIANT_MARK;

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
    uint32_t len = meeple__read_u32(reader);
    const uint8_t *at = meeple__read_take(reader, len);
    size_t padding = meeple__variant_padding(len);

    item->kind = MEEPLE_VALUE_BYTES;
    item->bytes = (meeple_bytes){at, at ? len : 0};
    if (at) {
        meeple__read_take(reader, padding < bytes_left(reader) ? padding : bytes_left(reader));
    }
}

/* The elements are the same bytes here and there. */
static void read_packed(struct meeple__reader *reader, meeple_value *item)
{
    uint32_t count = meeple__read_u32(reader);
    size_t size = meeple__packed_size(item->kind);

    item->count = count;
    if (count > bytes_left(reader) / size) {
        reader->bad = true;
        return;
    }
    item->bytes = (meeple_bytes){meeple__read_take(reader, count * size), count * size};
}

/* In Godot fewer than no elements are none. */
static enum meeple__variant_fault read_string_count(struct meeple__reader *reader, uint32_t *count)
{
    uint32_t number = meeple__read_u32(reader);

    *count = number & MEEPLE__VARIANT_MARK ? 0 : number;
    return reader->bad || *count > bytes_left(reader) / 4 ? MEEPLE__VARIANT_SHORT_FAULT
                                                          : MEEPLE__VARIANT_NONE_FAULT;
}

bool meeple__variant_is_strings(const struct meeple__reader *reader)
{
    return bytes_left(reader) >= 4 &&
           (meeple__variant_u32_at(reader->at) & 0xff) == MEEPLE__VARIANT_STRINGS;
}

enum meeple__variant_fault meeple__variant_strings(struct meeple__reader *reader, uint32_t *count)
{
    (void)meeple__read_u32(reader);
    return read_string_count(reader, count);
}

/* Without the padding, and without the NUL that Godot counts with each. */
static enum meeple__variant_fault read_strings(struct meeple__reader *reader, uint8_t *room,
                                               meeple_value *item)
{
    enum meeple__variant_fault fault = read_string_count(reader, &item->count);
    uint8_t *at = room;

    for (uint32_t i = 0; i < item->count && fault == MEEPLE__VARIANT_NONE_FAULT; i++) {
        meeple_bytes text;

        fault = meeple__variant_text(reader, &text);
        if (fault == MEEPLE__VARIANT_NONE_FAULT) {
            at = meeple__write_u32(at, (uint32_t)text.len);
            at = meeple__write_bytes(at, text);
        }
    }
    item->kind = MEEPLE_VALUE_STRINGS;
    item->bytes = (meeple_bytes){room, (size_t)(at - room)};
    return fault;
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

static enum meeple__variant_fault read_node_path(struct meeple__reader *reader, uint8_t *room,
                                                 meeple_value *item)
{
    item->kind = MEEPLE_VALUE_NODE_PATH;
    return meeple__variant_path_read(reader, room, &item->bytes);
}

static enum meeple__variant_fault read_other(struct meeple__reader *reader, uint32_t head,
                                             uint8_t *room, meeple_value *item)
{
    switch (head & 0xff) {
    case MEEPLE__VARIANT_NODE_PATH:
        return read_node_path(reader, room, item);
    case MEEPLE__VARIANT_RID:
        item->kind = MEEPLE_VALUE_RID;
        break;
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
    case MEEPLE__VARIANT_STRINGS:
        return read_strings(reader, room, item);
    default:
        return MEEPLE__VARIANT_TYPE_FAULT;
    }
    return MEEPLE__VARIANT_NONE_FAULT;
}

enum meeple__variant_fault meeple__variant_item(struct meeple__reader *reader, uint8_t *room,
                                                meeple_value *item)
{
    uint32_t head = meeple__read_u32(reader);
    uint32_t type = head & 0xff;
    enum meeple__variant_fault fault = MEEPLE__VARIANT_NONE_FAULT;

    *item = (meeple_value){.kind = MEEPLE_VALUE_NIL};
    if (reader->bad || type == MEEPLE__VARIANT_NIL) {
        /* That is all of it. */
    } else if (type == MEEPLE__VARIANT_BOOL) {
        item->kind = MEEPLE_VALUE_BOOL;
        item->boolean = meeple__read_u32(reader) != 0;
    } else if (type == MEEPLE__VARIANT_INT) {
        read_int(reader, (head & MEEPLE__VARIANT_FLAG) != 0, item);
    } else if (type == MEEPLE__VARIANT_REAL) {
        read_real(reader, (head & MEEPLE__VARIANT_FLAG) != 0, item);
    } else if (type == MEEPLE__VARIANT_STRING) {
        fault = read_text(reader, item);
    } else if (type < MEEPLE_COUNT(kinds) && kinds[type] != 0) {
        item->kind = (meeple_value_kind)kinds[type];
        if (meeple__value_floats(item->kind) > 0) {
            read_floats(reader, item);
        } else {
            read_packed(reader, item);
        }
    } else {
        fault = read_other(reader, head, room, item);
    }
    return reader->bad && fault == MEEPLE__VARIANT_NONE_FAULT ? MEEPLE__VARIANT_SHORT_FAULT : fault;
}
