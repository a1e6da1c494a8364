/* value_builder: arrays and maps, put together in the encoding that they travel in. */
#include <meeple/value.h>

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/codec_msgpack.h"
#include "rpc/msgpack_read.h"
#include "rpc/packed.h"
#include "rpc/value_kind.h"

enum {
    HEAD_MAX = 6 /* of what has elements */
};

void meeple_value_builder_init(meeple_value_builder *builder, const meeple_mem *mem,
                               size_t bytes_max)
{
    *builder = (meeple_value_builder){.mem = mem,
                                      .bytes_max = bytes_max ? bytes_max : MEEPLE_VALUE_BYTES_MAX};
}

void meeple_value_builder_init_fixed(meeple_value_builder *builder, void *memory, size_t size)
{
    /* What is as large as its ceiling never grows. */
    *builder = (meeple_value_builder){
        .ptr = memory, .cap = memory ? size : 0, .bytes_max = memory ? size : 0, .fixed = true};
}

void meeple_value_builder_reset(meeple_value_builder *builder)
{
    builder->len = 0;
    builder->rc = 0;
    builder->depth = 0;
    builder->count = 0;
}

void meeple_value_builder_done(meeple_value_builder *builder)
{
    if (builder && !builder->fixed) {
        meeple__free(builder->mem, builder->ptr);
    }
    if (builder) {
        *builder = (meeple_value_builder){.fixed = true, .rc = MEEPLE_ESTATE};
    }
}

static void fail(meeple_value_builder *builder, int rc)
{
    if (builder->rc == 0) {
        builder->rc = rc;
    }
}

/* What is appended between these two is in the builder. */
static struct meeple__buf borrow(const meeple_value_builder *builder)
{
    return (struct meeple__buf){builder->ptr, builder->len, builder->cap};
}

static void give_back(meeple_value_builder *builder, const struct meeple__buf *buf, int rc)
{
    size_t before = builder->len;

    builder->ptr = buf->ptr;
    builder->cap = buf->cap;
    builder->len = rc < 0 ? before : buf->len;
    if (rc < 0) {
        fail(builder, rc);
    }
}

/* The packed array that was begun last, or NIL. */
static meeple_value_kind open_packed(const meeple_value_builder *builder)
{
    meeple_value_kind kind =
        builder->depth > 0 ? builder->open[builder->depth - 1].kind : MEEPLE_VALUE_NIL;

    return meeple__packed_size(kind) > 0 ? kind : MEEPLE_VALUE_NIL;
}

static void append(meeple_value_builder *builder, const meeple_value *value)
{
    struct meeple__buf buf = borrow(builder);
    struct meeple__sink sink = {.buf = &buf, .mem = builder->mem, .ceiling = builder->bytes_max};
    meeple_value_kind packed = open_packed(builder);
    int rc;

    if (packed != MEEPLE_VALUE_NIL) {
        rc = meeple__packed_put(&sink, packed, value);
    } else {
        meeple__msgpack_write_value(&sink, value);
        rc = sink.rc;
    }
    give_back(builder, &buf, rc);
}

/* One more value in what is open. */
static void counted(meeple_value_builder *builder)
{
    uint32_t *count =
        builder->depth > 0 ? &builder->open[builder->depth - 1].count : &builder->count;

    if (*count == UINT32_MAX) {
        fail(builder, MEEPLE_ETOOBIG);
    } else {
        ++*count;
    }
}

/* Whether there is a place for one.  Behind a whole value there is none, which may be what is to be
 * put, and would be gone once the memory grows. */
static bool takes_one(meeple_value_builder *builder)
{
    if (builder->depth == 0 && builder->count > 0) {
        fail(builder, MEEPLE_ESTATE);
    }
    return builder->rc == 0;
}

void meeple_value_put(meeple_value_builder *builder, meeple_value value)
{
    enum meeple__msgpack_fault fault;

    if (!takes_one(builder)) {
        return;
    }
    fault = meeple__msgpack_check(&value, MEEPLE_VALUE_DEPTH_MAX - builder->depth);
    if (fault != MEEPLE__MSGPACK_NONE) {
        fail(builder, fault == MEEPLE__MSGPACK_DEEP ? MEEPLE_ETOOBIG : MEEPLE_EINVAL);
        return;
    }
    append(builder, &value);
    counted(builder);
}

/* What is put next is the key of a pair. */
static bool awaits_key(const meeple_value_builder *builder)
{
    return builder->depth > 0 && builder->open[builder->depth - 1].kind == MEEPLE_VALUE_MAP &&
           builder->open[builder->depth - 1].count % 2 == 0;
}

void meeple_value_put_named(meeple_value_builder *builder, const char *key, meeple_value value)
{
    if (!awaits_key(builder)) {
        fail(builder, MEEPLE_ESTATE);
        return;
    }
    meeple_value_put(builder, meeple_value_string(key));
    meeple_value_put(builder, value);
}

/* The shortest head that there is. */
static size_t least_head(meeple_value_kind kind)
{
    return meeple__packed_size(kind) > 0 ? 2 : 1;
}

/* As much as the shortest head takes; if it ends with so much that it needs a longer one, room is
 * made then. */
static void begin(meeple_value_builder *builder, meeple_value_kind kind)
{
    static const uint8_t place[2];
    struct meeple__buf buf;
    size_t at = builder->len;

    if (!takes_one(builder)) {
        return;
    }
    if (open_packed(builder) != MEEPLE_VALUE_NIL) {
        fail(builder, MEEPLE_EINVAL);
        return;
    }
    if (builder->depth == MEEPLE_VALUE_DEPTH_MAX && meeple__packed_size(kind) == 0) {
        fail(builder, MEEPLE_ETOOBIG);
        return;
    }
    buf = borrow(builder);
    give_back(builder, &buf,
              meeple__buf_add(&buf, builder->mem, (meeple_bytes){place, least_head(kind)},
                              builder->bytes_max));
    counted(builder);
    builder->open[builder->depth].at = at;
    builder->open[builder->depth].count = 0;
    builder->open[builder->depth].kind = kind;
    builder->depth++;
}

void meeple_value_begin_array(meeple_value_builder *builder)
{
    begin(builder, MEEPLE_VALUE_ARRAY);
}

void meeple_value_begin_map(meeple_value_builder *builder)
{
    begin(builder, MEEPLE_VALUE_MAP);
}

void meeple_value_begin_packed(meeple_value_builder *builder, meeple_value_kind kind)
{
    if (meeple__packed_size(kind) > 0) {
        begin(builder, kind);
    } else {
        fail(builder, MEEPLE_EINVAL);
    }
}

/* Puts the head where the shortest was left room for.  count: of a packed array, its bytes. */
static void put_head(meeple_value_builder *builder, size_t at, meeple_value_kind kind,
                     uint32_t count)
{
    uint8_t bytes[HEAD_MAX];
    struct meeple__buf head = {bytes, 0, sizeof bytes}, buf = borrow(builder);
    struct meeple__sink sink = {.buf = &head, .ceiling = sizeof bytes};
    size_t least = least_head(kind), elements = buf.len - at - least;
    int rc;

    meeple__msgpack_write_head(&sink, kind, count);
    assert(sink.rc == 0 && head.len >= least);
    /* Any bytes, to make room. */
    rc = meeple__buf_add(&buf, builder->mem, (meeple_bytes){bytes, head.len - least},
                         builder->bytes_max);
    if (rc == 0) {
        memmove(buf.ptr + at + head.len, buf.ptr + at + least, elements);
        memcpy(buf.ptr + at, bytes, head.len);
    }
    give_back(builder, &buf, rc);
}

void meeple_value_end(meeple_value_builder *builder)
{
    meeple_value_kind kind;
    size_t at, len;
    uint32_t count;

    if (builder->rc < 0) {
        return;
    }
    if (builder->depth == 0) {
        fail(builder, MEEPLE_ESTATE);
        return;
    }
    builder->depth--;
    at = builder->open[builder->depth].at;
    count = builder->open[builder->depth].count;
    kind = builder->open[builder->depth].kind;
    len = builder->len - at - least_head(kind);
    if (kind == MEEPLE_VALUE_MAP && count % 2 != 0) {
        fail(builder, MEEPLE_EINVAL);
    } else if (meeple__packed_size(kind) == 0) {
        put_head(builder, at, kind, kind == MEEPLE_VALUE_MAP ? count / 2 : count);
    } else if (len > UINT32_MAX) {
        fail(builder, MEEPLE_ETOOBIG);
    } else {
        put_head(builder, at, kind, (uint32_t)len);
    }
}

int meeple_value_builder_value(const meeple_value_builder *builder, meeple_value *out)
{
    struct meeple__reader reader;
    bool whole;

    if (!builder || !out) {
        return MEEPLE_EINVAL;
    }
    if (builder->rc < 0) {
        return builder->rc;
    }
    if (builder->depth > 0 || builder->count != 1) {
        return MEEPLE_ESTATE;
    }
    reader = meeple__reader_of((meeple_bytes){builder->ptr, builder->len});
    whole = meeple__msgpack_element(&reader, out);
    assert(whole && meeple__reader_at_end(&reader));
    (void)whole;
    return 0;
}
