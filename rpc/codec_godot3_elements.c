/* codec_godot3_elements: the elements of Arrays and Dictionaries, from Variants to msgpack. */
#include "rpc/codec_godot3_elements.h"

#include "rpc/codec_msgpack.h"
#include "rpc/msgpack_read.h"

enum {
    HEAD_MAX = 6 /* of anything in msgpack */
};

/* What lies behind the place of its head already moves to where it belongs. */
static bool append_moved(struct meeple__buf *out, const meeple_value *item)
{
    meeple_value moved;
    int len = meeple_value_copy(&moved, *item, out->ptr + out->len, out->cap - out->len);

    out->len += len > 0 ? (size_t)len : 0;
    return len > 0;
}

/* The head of an array or a map; of all else the whole. */
static bool append(struct meeple__buf *out, const meeple_value *item)
{
    struct meeple__sink sink = {.buf = out, .ceiling = out->cap};

    if (item->kind == MEEPLE_VALUE_NODE_PATH || item->kind == MEEPLE_VALUE_STRINGS) {
        return append_moved(out, item);
    }
    if (meeple__value_is_container(item)) {
        meeple__msgpack_write_head(&sink, item->kind, item->count);
    } else {
        meeple__msgpack_write_value(&sink, item);
    }
    return sink.rc == 0;
}

static size_t bytes_left(const struct meeple__reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* Takes one element and all that belongs to it but its own elements. */
static enum meeple__variant_fault take_element(struct meeple__reader *reader,
                                               struct meeple__buf *out, meeple_value *item)
{
    enum meeple__variant_fault fault;

    /* Each head of a container left eight bytes free, so these are there. */
    if (out->cap - out->len < HEAD_MAX + bytes_left(reader)) {
        return MEEPLE__VARIANT_ROOM_FAULT;
    }
    /* What has to be written somewhere first is put behind the place of its head. */
    fault = meeple__variant_item(reader, out->ptr + out->len + HEAD_MAX, item);
    if (fault == MEEPLE__VARIANT_NONE_FAULT && !append(out, item)) {
        fault = MEEPLE__VARIANT_ROOM_FAULT;
    }
    return fault;
}

/* What is kept is one number for each level, so neither depth nor counts cost anything. */
static enum meeple__variant_fault take_elements(struct meeple__reader *reader, uint64_t items,
                                                struct meeple__buf *out)
{
    uint64_t left[MEEPLE_VALUE_DEPTH_MAX] = {items};
    unsigned depth = 1;

    while (depth > 0) {
        meeple_value item;
        enum meeple__variant_fault fault;

        if (left[depth - 1] == 0) {
            depth--;
            continue;
        }
        left[depth - 1]--;
        fault = take_element(reader, out, &item);
        if (fault != MEEPLE__VARIANT_NONE_FAULT) {
            return fault;
        }
        if (meeple__value_is_container(&item)) {
            if (depth == MEEPLE_VALUE_DEPTH_MAX) {
                return MEEPLE__VARIANT_DEEP_FAULT;
            }
            left[depth++] = meeple__value_items(&item);
        }
    }
    return MEEPLE__VARIANT_NONE_FAULT;
}

enum meeple__variant_fault meeple__variant_whole(struct meeple__reader *reader, uint8_t *room,
                                                 size_t size, meeple_value *value, size_t *used)
{
    struct meeple__buf out = {room, 0, size};
    enum meeple__variant_fault fault;

    *used = 0;
    if (size < bytes_left(reader)) {
        return MEEPLE__VARIANT_ROOM_FAULT;
    }
    fault = meeple__variant_item(reader, room, value);
    if (fault == MEEPLE__VARIANT_NONE_FAULT && meeple__value_is_container(value)) {
        fault = take_elements(reader, meeple__value_items(value), &out);
        value->bytes = (meeple_bytes){room, out.len};
        *used = out.len;
    } else if (value->kind == MEEPLE_VALUE_NODE_PATH || value->kind == MEEPLE_VALUE_STRINGS) {
        *used = value->bytes.len;
    }
    return fault;
}
