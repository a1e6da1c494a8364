/* msgpack_read: msgpack walked a value at a time, from bytes that nobody trusts. */
#include "rpc/msgpack_read.h"

#include <assert.h>
#include <string.h>

#include "core/utf8.h"
#include "rpc/packed.h"
#include "rpc/value_kind.h"

const char *meeple__msgpack_fault_text(enum meeple__msgpack_fault fault)
{
    switch (fault) {
#define X(name, text)                                                                              \
    case MEEPLE__MSGPACK_##name:                                                                   \
        return text;
        MEEPLE__MSGPACK_FAULT_MAP(X)
#undef X
    default:
        return "unknown";
    }
}

/* Big endian, of 1, 2, 4 or 8 bytes; 0 if they are not there. */
static uint64_t read_number(struct meeple__reader *reader, unsigned width)
{
    const uint8_t *at = meeple__read_take(reader, width);
    uint64_t value = 0;

    for (unsigned i = 0; at && i < width; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static float float_of(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static double double_of(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static void read_signed(struct meeple__reader *reader, unsigned width, meeple_value *item)
{
    uint64_t sign = (uint64_t)1 << (8 * width - 1);

    /* Two's complement of any width: what is above half of the range is below zero. */
    item->kind = MEEPLE_VALUE_INT;
    item->integer = (int64_t)((read_number(reader, width) ^ sign) - sign);
}

static void read_run(struct meeple__reader *reader, meeple_value_kind kind, uint64_t len,
                     meeple_value *item)
{
    const uint8_t *at = meeple__read_take(reader, (size_t)len);

    item->kind = kind;
    item->bytes = (meeple_bytes){at, at ? (size_t)len : 0};
}

static void read_count(struct meeple__reader *reader, meeple_value_kind kind, uint64_t count,
                       meeple_value *item)
{
    item->kind = kind;
    item->count = (uint32_t)count;
    item->bytes = (meeple_bytes){reader->at, 0};
    /* Each of them is at least a byte; who declares more cannot mean it. */
    if (meeple__value_items(item) > (uint64_t)(reader->end - reader->at)) {
        reader->bad = true;
    }
}

static void read_floats(meeple_bytes bytes, meeple_value_kind kind, meeple_value *item)
{
    struct meeple__reader reader = meeple__reader_of(bytes);
    float floats[MEEPLE__FLOATS_MAX];

    for (size_t i = 0; i < bytes.len / 4; i++) {
        floats[i] = float_of((uint32_t)read_number(&reader, 4));
    }
    *item = (meeple_value){.kind = kind};
    memcpy(&item->transform, floats, bytes.len);
}

/* What has not the form that its type asks for stays an EXT, of a type that nobody may use. */
static void read_ext(struct meeple__reader *reader, uint64_t len, meeple_value *item)
{
    uint8_t type = meeple__read_u8(reader);
    meeple_value_kind kind = meeple__value_of_ext(type);
    unsigned floats = meeple__value_floats(kind);
    uint32_t count;

    read_run(reader, MEEPLE_VALUE_EXT, len, item);
    item->ext_type = type < 0x80 ? type : type - 0x100;
    if (reader->bad || kind == MEEPLE_VALUE_EXT) {
        return;
    }
    if (floats > 0) {
        if (len == 4 * (uint64_t)floats) {
            read_floats(item->bytes, kind, item);
        }
    } else if (kind == MEEPLE_VALUE_RID) {
        item->kind = len == 0 ? kind : MEEPLE_VALUE_EXT;
    } else if (kind == MEEPLE_VALUE_NODE_PATH) {
        item->kind = kind;
    } else if (meeple__packed_count(kind, item->bytes, &count)) {
        item->kind = kind;
        item->count = count;
    }
}

/* Heads that say their length in the next bytes: 1, 2 or 4 of them. */
static unsigned width_of(uint8_t head, uint8_t first)
{
    return 1U << (head - first);
}

static void read_uint(struct meeple__reader *reader, unsigned width, meeple_value *item)
{
    uint64_t number = read_number(reader, width);

    if (number > INT64_MAX) {
        item->kind = MEEPLE_VALUE_UINT;
        item->natural = number;
    } else {
        item->kind = MEEPLE_VALUE_INT;
        item->integer = (int64_t)number;
    }
}

/* 0xc0 to 0xdf.  False for 0xc1, which is nothing. */
static bool read_long(struct meeple__reader *reader, uint8_t head, meeple_value *item)
{
    if (head == 0xc0) {
        item->kind = MEEPLE_VALUE_NIL;
    } else if (head == 0xc1) {
        return false;
    } else if (head <= 0xc3) {
        item->kind = MEEPLE_VALUE_BOOL;
        item->boolean = head == 0xc3;
    } else if (head <= 0xc6) {
        read_run(reader, MEEPLE_VALUE_BYTES, read_number(reader, width_of(head, 0xc4)), item);
    } else if (head <= 0xc9) {
        read_ext(reader, read_number(reader, width_of(head, 0xc7)), item);
    } else if (head == 0xca) {
        item->kind = MEEPLE_VALUE_FLOAT;
        item->real = (double)float_of((uint32_t)read_number(reader, 4));
    } else if (head == 0xcb) {
        item->kind = MEEPLE_VALUE_FLOAT;
        item->real = double_of(read_number(reader, 8));
    } else if (head <= 0xcf) {
        read_uint(reader, width_of(head, 0xcc), item);
    } else if (head <= 0xd3) {
        read_signed(reader, width_of(head, 0xd0), item);
    } else if (head <= 0xd8) {
        read_ext(reader, (uint64_t)1 << (head - 0xd4), item);
    } else if (head <= 0xdb) {
        read_run(reader, MEEPLE_VALUE_STRING, read_number(reader, width_of(head, 0xd9)), item);
    } else {
        read_count(reader, head <= 0xdd ? MEEPLE_VALUE_ARRAY : MEEPLE_VALUE_MAP,
                   read_number(reader, head & 1 ? 4 : 2), item);
    }
    return true;
}

enum meeple__msgpack_fault meeple__msgpack_item(struct meeple__reader *reader, meeple_value *item)
{
    const uint8_t *at = meeple__read_take(reader, 1);
    uint8_t head = at ? *at : 0;

    *item = (meeple_value){.kind = MEEPLE_VALUE_NIL};
    if (!at) {
        return MEEPLE__MSGPACK_SHORT;
    }
    if (head < 0x80 || head >= 0xe0) {
        item->kind = MEEPLE_VALUE_INT;
        item->integer = head < 0x80 ? head : head - 0x100;
    } else if (head < 0x90) {
        read_count(reader, MEEPLE_VALUE_MAP, head & 0x0f, item);
    } else if (head < 0xa0) {
        read_count(reader, MEEPLE_VALUE_ARRAY, head & 0x0f, item);
    } else if (head < 0xc0) {
        read_run(reader, MEEPLE_VALUE_STRING, head & 0x1f, item);
    } else if (!read_long(reader, head, item)) {
        return MEEPLE__MSGPACK_FORM;
    }
    return reader->bad ? MEEPLE__MSGPACK_SHORT : MEEPLE__MSGPACK_NONE;
}

/* Bytes of nowhere, or more than msgpack can say. */
static bool is_missing(meeple_bytes bytes)
{
    return bytes.len > UINT32_MAX || (bytes.len > 0 && !bytes.ptr);
}

static enum meeple__msgpack_fault check_text(meeple_bytes text)
{
    if (is_missing(text) || !meeple__utf8_valid(text)) {
        return MEEPLE__MSGPACK_TEXT;
    }
    return text.len > 0 && memchr(text.ptr, '\0', text.len) ? MEEPLE__MSGPACK_NUL
                                                            : MEEPLE__MSGPACK_NONE;
}

static enum meeple__msgpack_fault check_packed(const meeple_value *value)
{
    enum meeple__msgpack_fault fault = MEEPLE__MSGPACK_NONE;
    struct meeple__reader reader;
    meeple_value element;
    uint32_t count;

    if (is_missing(value->bytes)) {
        return MEEPLE__MSGPACK_SHORT;
    }
    if (!meeple__packed_count(value->kind, value->bytes, &count) || count != value->count) {
        return MEEPLE__MSGPACK_FORM;
    }
    reader = meeple__reader_of(value->bytes);
    while (value->kind == MEEPLE_VALUE_STRINGS && fault == MEEPLE__MSGPACK_NONE &&
           !meeple__reader_at_end(&reader) && meeple__packed_take(&reader, value->kind, &element)) {
        fault = check_text(element.bytes);
    }
    return fault;
}

/* What is no matter of form: the content of a value without elements. */
static enum meeple__msgpack_fault check_content(const meeple_value *value)
{
    switch (value->kind) {
    case MEEPLE_VALUE_STRING:
    case MEEPLE_VALUE_NODE_PATH:
        return check_text(value->bytes);
    case MEEPLE_VALUE_INTS:
    case MEEPLE_VALUE_REALS:
    case MEEPLE_VALUE_STRINGS:
    case MEEPLE_VALUE_VEC2S:
    case MEEPLE_VALUE_VEC3S:
    case MEEPLE_VALUE_COLORS:
        return check_packed(value);
    case MEEPLE_VALUE_EXT:
        if (value->ext_type < MEEPLE_VALUE_EXT_MIN || value->ext_type > MEEPLE_VALUE_EXT_MAX) {
            return MEEPLE__MSGPACK_EXT;
        }
        return is_missing(value->bytes) ? MEEPLE__MSGPACK_SHORT : MEEPLE__MSGPACK_NONE;
    case MEEPLE_VALUE_BYTES:
        return is_missing(value->bytes) ? MEEPLE__MSGPACK_SHORT : MEEPLE__MSGPACK_NONE;
    case MEEPLE_VALUE_UINT:
        return value->natural > INT64_MAX ? MEEPLE__MSGPACK_NONE : MEEPLE__MSGPACK_FORM;
    case MEEPLE_VALUE_NIL:
    case MEEPLE_VALUE_BOOL:
    case MEEPLE_VALUE_INT:
    case MEEPLE_VALUE_FLOAT:
    case MEEPLE_VALUE_ARRAY:
    case MEEPLE_VALUE_MAP:
    case MEEPLE_VALUE_VEC2:
    case MEEPLE_VALUE_VEC3:
    case MEEPLE_VALUE_COLOR:
    case MEEPLE_VALUE_RECT2:
    case MEEPLE_VALUE_TRANSFORM2D:
    case MEEPLE_VALUE_PLANE:
    case MEEPLE_VALUE_QUAT:
    case MEEPLE_VALUE_AABB:
    case MEEPLE_VALUE_BASIS:
    case MEEPLE_VALUE_TRANSFORM:
    case MEEPLE_VALUE_RID:
        return MEEPLE__MSGPACK_NONE;
    default:
        return MEEPLE__MSGPACK_FORM;
    }
}

/* Takes the elements of a container whose head was read, and those of the containers in it.  What
 * is kept is one number for each level, so neither depth nor counts cost anything. */
static enum meeple__msgpack_fault take_elements(struct meeple__reader *reader, uint64_t items,
                                                unsigned depth_max)
{
    uint64_t left[MEEPLE_VALUE_DEPTH_MAX];
    unsigned depth = 0;

    assert(depth_max <= MEEPLE_VALUE_DEPTH_MAX);
    if (depth_max == 0) {
        return MEEPLE__MSGPACK_DEEP;
    }
    left[depth++] = items;
    while (depth > 0) {
        meeple_value item;
        enum meeple__msgpack_fault fault;

        if (left[depth - 1] == 0) {
            depth--;
            continue;
        }
        left[depth - 1]--;
        fault = meeple__msgpack_item(reader, &item);
        if (fault == MEEPLE__MSGPACK_NONE) {
            fault = check_content(&item);
        }
        if (fault == MEEPLE__MSGPACK_NONE && meeple__value_is_container(&item)) {
            if (depth == depth_max) {
                return MEEPLE__MSGPACK_DEEP;
            }
            left[depth++] = meeple__value_items(&item);
        }
        if (fault != MEEPLE__MSGPACK_NONE) {
            return fault;
        }
    }
    return MEEPLE__MSGPACK_NONE;
}

enum meeple__msgpack_fault meeple__msgpack_value(struct meeple__reader *reader, unsigned depth_max,
                                                 meeple_value *value)
{
    enum meeple__msgpack_fault fault = meeple__msgpack_item(reader, value);
    const uint8_t *begin = reader->at;

    if (fault == MEEPLE__MSGPACK_NONE) {
        fault = check_content(value);
    }
    if (fault == MEEPLE__MSGPACK_NONE && meeple__value_is_container(value)) {
        fault = take_elements(reader, meeple__value_items(value), depth_max);
        value->bytes = (meeple_bytes){begin, (size_t)(reader->at - begin)};
    }
    return fault;
}

bool meeple__msgpack_element(struct meeple__reader *reader, meeple_value *value)
{
    enum meeple__msgpack_fault fault = meeple__msgpack_item(reader, value);
    const uint8_t *begin = reader->at;
    uint64_t pending = fault == MEEPLE__MSGPACK_NONE ? meeple__value_items(value) : 0;

    /* No level has to be known to find the end of all. */
    while (pending > 0 && fault == MEEPLE__MSGPACK_NONE) {
        meeple_value item;

        fault = meeple__msgpack_item(reader, &item);
        pending += meeple__value_items(&item);
        pending--;
    }
    if (fault != MEEPLE__MSGPACK_NONE) {
        *value = meeple_value_nil();
        return false;
    }
    if (meeple__value_is_container(value)) {
        value->bytes = (meeple_bytes){begin, (size_t)(reader->at - begin)};
    }
    return true;
}

enum meeple__msgpack_fault meeple__msgpack_check(const meeple_value *value, unsigned depth_max)
{
    enum meeple__msgpack_fault fault = check_content(value);
    struct meeple__reader reader;

    if (fault != MEEPLE__MSGPACK_NONE || !meeple__value_is_container(value)) {
        return fault;
    }
    if (is_missing(value->bytes)) {
        return MEEPLE__MSGPACK_SHORT;
    }
    reader = meeple__reader_of(value->bytes);
    fault = take_elements(&reader, meeple__value_items(value), depth_max);
    if (fault == MEEPLE__MSGPACK_NONE && !meeple__reader_at_end(&reader)) {
        fault = MEEPLE__MSGPACK_FORM;
    }
    return fault;
}
