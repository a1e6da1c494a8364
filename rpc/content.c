/* content: what a slot of type STR, BYTES or VALUE points at, and who keeps that. */
#include "rpc/content.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/field.h"
#include "rpc/value_kind.h"

struct meeple__blob {
    size_t len;
    uint32_t holders;
    uint8_t bytes[];
};

static const uint8_t nothing[1];

bool meeple__content_is(meeple_type type)
{
    return type == MEEPLE_TYPE_STR || type == MEEPLE_TYPE_BYTES || type == MEEPLE_TYPE_VALUE;
}

size_t meeple__content_size(const meeple_value *value)
{
    return meeple__value_has_bytes(value->kind) ? value->bytes.len : 0;
}

meeple_value meeple__content_of(const meeple_field *slot, const void *record)
{
    const void *member = meeple__member(slot, record);

    switch (slot->type) {
    case MEEPLE_TYPE_STR:
        return meeple_value_string(*(const char *const *)member);
    case MEEPLE_TYPE_BYTES:
        return meeple_value_bytes(*(const meeple_bytes *)member);
    default:
        assert(slot->type == MEEPLE_TYPE_VALUE);
        return *(const meeple_value *)member;
    }
}

/* A length without a pointer: the application's mistake, found before it is followed. */
static bool is_missing(const meeple_value *value)
{
    return meeple__value_has_bytes(value->kind) && value->bytes.len > 0 && !value->bytes.ptr;
}

static bool same_string(const char *left, const char *right)
{
    return left == right || strcmp(left ? left : "", right ? right : "") == 0;
}

bool meeple__content_same(const meeple_field *slot, const void *left, const void *right)
{
    meeple_value here, there;

    if (slot->type == MEEPLE_TYPE_STR) {
        return same_string(*(const char *const *)meeple__member(slot, left),
                           *(const char *const *)meeple__member(slot, right));
    }
    here = meeple__content_of(slot, left);
    there = meeple__content_of(slot, right);
    if (here.kind == there.kind && meeple__value_has_bytes(here.kind) &&
        here.bytes.ptr == there.bytes.ptr && here.bytes.len == there.bytes.len) {
        return here.kind == MEEPLE_VALUE_STRING || here.kind == MEEPLE_VALUE_BYTES ||
               here.kind == MEEPLE_VALUE_NODE_PATH || here.count == there.count;
    }
    return !is_missing(&here) && !is_missing(&there) && meeple_value_equal(here, there);
}

static void put(const meeple_field *slot, void *record, const meeple_value *value)
{
    void *member = (char *)record + slot->offset;

    switch (slot->type) {
    case MEEPLE_TYPE_STR:
        *(const char **)member = (const char *)value->bytes.ptr;
        break;
    case MEEPLE_TYPE_BYTES:
        *(meeple_bytes *)member = value->bytes;
        break;
    default:
        *(meeple_value *)member = *value;
    }
}

size_t meeple__blob_size(const struct meeple__blob *blob)
{
    return blob ? blob->len : 0;
}

void meeple__blob_drop(struct meeple__blob *blob, const meeple_mem *mem)
{
    if (blob && --blob->holders == 0) {
        meeple__free(mem, blob);
    }
}

int meeple__content_keep(const meeple_field *slot, void *record, struct meeple__blob **blob,
                         const meeple_value *value, const meeple_mem *mem)
{
    meeple_value kept = *value;
    struct meeple__blob *made = NULL;

    if (meeple__value_has_bytes(value->kind)) {
        kept.bytes.ptr = nothing;
        if (value->bytes.len > 0) {
            /* One more, for the NUL of a text. */
            made = meeple__resize(mem, NULL, sizeof *made + value->bytes.len + 1);
            if (!made) {
                return MEEPLE_ENOMEM;
            }
            made->holders = 1;
            made->len = value->bytes.len;
            memcpy(made->bytes, value->bytes.ptr, value->bytes.len);
            made->bytes[value->bytes.len] = '\0';
            kept.bytes.ptr = made->bytes;
        }
    }
    put(slot, record, &kept);
    meeple__blob_drop(*blob, mem);
    *blob = made;
    return 0;
}

void meeple__content_clear(const meeple_field *slot, void *record, struct meeple__blob **blob,
                           const meeple_mem *mem)
{
    const meeple_value empty = slot->type == MEEPLE_TYPE_VALUE
                                   ? meeple_value_nil()
                                   : meeple_value_bytes((meeple_bytes){nothing, 0});

    put(slot, record, &empty);
    meeple__blob_drop(*blob, mem);
    *blob = NULL;
}

bool meeple__content_is_clear(const meeple_field *slot, const void *record)
{
    const void *member = meeple__member(slot, record);

    switch (slot->type) {
    case MEEPLE_TYPE_STR:
        return *(const char *const *)member == (const char *)nothing;
    case MEEPLE_TYPE_BYTES:
        return ((const meeple_bytes *)member)->ptr == nothing &&
               ((const meeple_bytes *)member)->len == 0;
    default:
        return ((const meeple_value *)member)->kind == MEEPLE_VALUE_NIL;
    }
}

bool meeple__content_is_in(const meeple_field *slot, const void *record,
                           const struct meeple__blob *blob, const struct meeple__blob *other)
{
    meeple_value value;

    if (!blob || !other || blob->len != other->len ||
        memcmp(blob->bytes, other->bytes, blob->len) != 0) {
        return false;
    }
    value = meeple__content_of(slot, record);
    return meeple__value_has_bytes(value.kind) && value.bytes.ptr == blob->bytes &&
           value.bytes.len == blob->len;
}

void meeple__content_share(const meeple_field *slot, void *to, struct meeple__blob **to_blob,
                           const void *from, struct meeple__blob *from_blob, const meeple_mem *mem)
{
    memcpy((char *)to + slot->offset, meeple__member(slot, from), meeple__type_size(slot->type));
    if (from_blob) {
        from_blob->holders++;
    }
    meeple__blob_drop(*to_blob, mem);
    *to_blob = from_blob;
}
