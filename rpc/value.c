/* value: values made, walked, compared and kept. */
#include <meeple/value.h>

#include <limits.h>
#include <string.h>

#include "rpc/codec_msgpack.h"
#include "rpc/msgpack_read.h"
#include "rpc/packed.h"
#include "rpc/value_kind.h"

const char *meeple_value_kind_name(meeple_value_kind kind)
{
    switch (kind) {
#define X(name, text)                                                                              \
    case MEEPLE_VALUE_##name:                                                                      \
        return text;
        MEEPLE_VALUE_KIND_MAP(X)
#undef X
    default:
        return "unknown";
    }
}

meeple_value meeple_value_nil(void)
{
    return (meeple_value){.kind = MEEPLE_VALUE_NIL};
}

meeple_value meeple_value_bool(bool boolean)
{
    return (meeple_value){.kind = MEEPLE_VALUE_BOOL, .boolean = boolean};
}

meeple_value meeple_value_int(int64_t integer)
{
    return (meeple_value){.kind = MEEPLE_VALUE_INT, .integer = integer};
}

meeple_value meeple_value_uint(uint64_t natural)
{
    return natural > INT64_MAX ? (meeple_value){.kind = MEEPLE_VALUE_UINT, .natural = natural}
                               : meeple_value_int((int64_t)natural);
}

meeple_value meeple_value_float(double real)
{
    return (meeple_value){.kind = MEEPLE_VALUE_FLOAT, .real = real};
}

meeple_value meeple_value_string(const char *text)
{
    return meeple_value_string_of((meeple_bytes){(const uint8_t *)text, text ? strlen(text) : 0});
}

meeple_value meeple_value_string_of(meeple_bytes text)
{
    return (meeple_value){.kind = MEEPLE_VALUE_STRING, .bytes = text};
}

meeple_value meeple_value_bytes(meeple_bytes bytes)
{
    return (meeple_value){.kind = MEEPLE_VALUE_BYTES, .bytes = bytes};
}

meeple_value meeple_value_vec2(float x, float y)
{
    return (meeple_value){.kind = MEEPLE_VALUE_VEC2, .vec2 = {x, y}};
}

meeple_value meeple_value_vec3(float x, float y, float z)
{
    return (meeple_value){.kind = MEEPLE_VALUE_VEC3, .vec3 = {x, y, z}};
}

meeple_value meeple_value_color(float r, float g, float b, float a)
{
    return (meeple_value){.kind = MEEPLE_VALUE_COLOR, .color = {r, g, b, a}};
}

meeple_value meeple_value_of_value(meeple_value value)
{
    return value;
}

meeple_value meeple_value_of_vec2(meeple_vec2 vec2)
{
    return meeple_value_vec2(vec2.x, vec2.y);
}

meeple_value meeple_value_of_vec3(meeple_vec3 vec3)
{
    return meeple_value_vec3(vec3.x, vec3.y, vec3.z);
}

meeple_value meeple_value_of_color(meeple_color color)
{
    return meeple_value_color(color.r, color.g, color.b, color.a);
}

meeple_value meeple_value_ext(int type, meeple_bytes content)
{
    return (meeple_value){.kind = MEEPLE_VALUE_EXT, .ext_type = type, .bytes = content};
}

meeple_value meeple_value_rect2(meeple_rect2 rect2)
{
    return (meeple_value){.kind = MEEPLE_VALUE_RECT2, .rect2 = rect2};
}

meeple_value meeple_value_transform2d(meeple_transform2d transform2d)
{
    return (meeple_value){.kind = MEEPLE_VALUE_TRANSFORM2D, .transform2d = transform2d};
}

meeple_value meeple_value_plane(meeple_plane plane)
{
    return (meeple_value){.kind = MEEPLE_VALUE_PLANE, .plane = plane};
}

meeple_value meeple_value_quat(meeple_quat quat)
{
    return (meeple_value){.kind = MEEPLE_VALUE_QUAT, .quat = quat};
}

meeple_value meeple_value_aabb(meeple_aabb aabb)
{
    return (meeple_value){.kind = MEEPLE_VALUE_AABB, .aabb = aabb};
}

meeple_value meeple_value_basis(meeple_basis basis)
{
    return (meeple_value){.kind = MEEPLE_VALUE_BASIS, .basis = basis};
}

meeple_value meeple_value_transform(meeple_transform transform)
{
    return (meeple_value){.kind = MEEPLE_VALUE_TRANSFORM, .transform = transform};
}

meeple_value meeple_value_node_path(const char *path)
{
    meeple_value value = meeple_value_string(path);

    value.kind = MEEPLE_VALUE_NODE_PATH;
    return value;
}

meeple_value meeple_value_rid(void)
{
    return (meeple_value){.kind = MEEPLE_VALUE_RID};
}

bool meeple_value_is_packed(meeple_value value)
{
    return meeple__packed_size(value.kind) > 0;
}

meeple_value_iterator meeple_value_iterate(meeple_value value)
{
    if (!meeple__value_is_container(&value) && !meeple_value_is_packed(value)) {
        return (meeple_value_iterator){.left = 0};
    }
    return (meeple_value_iterator){.left = value.count, .rest = value.bytes, .of = value.kind};
}

static bool take_next(struct meeple__reader *reader, meeple_value_iterator *iterator)
{
    if (iterator->of == MEEPLE_VALUE_MAP) {
        return meeple__msgpack_element(reader, &iterator->key) &&
               meeple__msgpack_element(reader, &iterator->value);
    }
    return iterator->of == MEEPLE_VALUE_ARRAY
               ? meeple__msgpack_element(reader, &iterator->value)
               : meeple__packed_take(reader, iterator->of, &iterator->value);
}

bool meeple_value_next(meeple_value_iterator *iterator)
{
    struct meeple__reader reader;

    if (!iterator || iterator->left == 0) {
        return false;
    }
    reader = meeple__reader_of(iterator->rest);
    if (!take_next(&reader, iterator)) {
        iterator->left = 0; /* not what we handed out */
        return false;
    }
    iterator->left--;
    iterator->rest = meeple__read_rest(&reader);
    return true;
}

static bool same_bytes(meeple_bytes left, meeple_bytes right)
{
    return left.len == right.len && (left.len == 0 || memcmp(left.ptr, right.ptr, left.len) == 0);
}

/* Everything but the elements. */
static bool same_item(const meeple_value *left, const meeple_value *right)
{
    if (left->kind != right->kind) {
        return false;
    }
    switch (left->kind) {
    case MEEPLE_VALUE_BOOL:
        return left->boolean == right->boolean;
    case MEEPLE_VALUE_INT:
        return left->integer == right->integer;
    case MEEPLE_VALUE_UINT:
        return left->natural == right->natural;
    case MEEPLE_VALUE_FLOAT:
        return memcmp(&left->real, &right->real, sizeof left->real) == 0;
    case MEEPLE_VALUE_EXT:
        return left->ext_type == right->ext_type && same_bytes(left->bytes, right->bytes);
    case MEEPLE_VALUE_STRING:
    case MEEPLE_VALUE_NODE_PATH:
    case MEEPLE_VALUE_BYTES:
        return same_bytes(left->bytes, right->bytes);
    case MEEPLE_VALUE_ARRAY:
    case MEEPLE_VALUE_MAP:
        return left->count == right->count;
    default:
        break;
    }
    if (meeple__packed_size(left->kind) > 0) {
        return left->count == right->count && same_bytes(left->bytes, right->bytes);
    }
    return memcmp(&left->transform, &right->transform,
                  meeple__value_floats(left->kind) * sizeof(float)) == 0;
}

bool meeple_value_equal(meeple_value left, meeple_value right)
{
    struct meeple__reader lefts, rights;
    uint64_t pending;

    if (!same_item(&left, &right)) {
        return false;
    }
    if (!meeple__value_is_container(&left)) {
        return true;
    }
    /* Item for item: as long as heads are the same, both are at the same place. */
    lefts = meeple__reader_of(left.bytes);
    rights = meeple__reader_of(right.bytes);
    for (pending = meeple__value_items(&left); pending > 0; pending--) {
        if (meeple__msgpack_item(&lefts, &left) != MEEPLE__MSGPACK_NONE ||
            meeple__msgpack_item(&rights, &right) != MEEPLE__MSGPACK_NONE ||
            !same_item(&left, &right)) {
            return false;
        }
        pending += meeple__value_items(&left);
    }
    return true;
}

size_t meeple_value_size(meeple_value value)
{
    return meeple__msgpack_size(&value);
}

int meeple_value_copy(meeple_value *out, meeple_value value, void *memory, size_t size)
{
    bool has_bytes = meeple__value_has_bytes(value.kind);
    size_t len, head;

    if (!out || (size > 0 && !memory) ||
        meeple__msgpack_check(&value, MEEPLE_VALUE_DEPTH_MAX) != MEEPLE__MSGPACK_NONE) {
        return MEEPLE_EINVAL;
    }
    len = meeple_value_size(value);
    if (len > size || len > INT_MAX) {
        return MEEPLE_ETOOBIG;
    }
    head = has_bytes ? len - value.bytes.len : len;
    /* Before the head, which may come to lie on them. */
    if (len > head) {
        memmove((uint8_t *)memory + head, value.bytes.ptr, len - head);
    }
    if (has_bytes) {
        value.bytes.ptr = (const uint8_t *)memory + head;
    }
    /* The bytes behind the head have no room here, and are in their place. */
    meeple__msgpack_write_value(
        &(struct meeple__sink){.buf = &(struct meeple__buf){memory, 0, head}, .ceiling = head},
        &value);
    *out = value;
    return (int)len;
}

int meeple_value_read(meeple_value *out, meeple_bytes bytes)
{
    struct meeple__reader reader;
    meeple_value value;

    if (!out || (bytes.len > 0 && !bytes.ptr)) {
        return MEEPLE_EINVAL;
    }
    reader = meeple__reader_of(bytes);
    if (meeple__msgpack_value(&reader, MEEPLE_VALUE_DEPTH_MAX, &value) != MEEPLE__MSGPACK_NONE ||
        !meeple__reader_at_end(&reader)) {
        return MEEPLE_EPROTO;
    }
    *out = value;
    return 0;
}
