/* ws_deflate: messages made smaller, and whole again (RFC 7692 section 7.2). */
#include "transport/ws_deflate.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "core/mem.h"

enum {
    LEVEL = 6,
    MEMORY_LEVEL = 5,
    CHUNK = 8192 /* what zlib writes at a time, on the stack */
};

/* What a sync flush ends with, and section 7.2.1 takes off. */
static const uint8_t tail[4] = {0x00, 0x00, 0xff, 0xff};

struct meeple__zip {
    z_stream stream;
    const meeple_mem *mem;
};

static voidpf zip_alloc(voidpf opaque, uInt items, uInt size)
{
    const struct meeple__zip *zip = opaque;

    assert(size > 0 && items <= SIZE_MAX / size);
    return meeple__resize(zip->mem, NULL, (size_t)items * size);
}

static void zip_free(voidpf opaque, voidpf ptr)
{
    const struct meeple__zip *zip = opaque;

    meeple__free(zip->mem, ptr);
}

static struct meeple__zip *new_zip(const meeple_mem *mem)
{
    struct meeple__zip *zip = meeple__alloc(mem, sizeof *zip);

    if (zip) {
        zip->mem = mem;
        zip->stream.zalloc = zip_alloc;
        zip->stream.zfree = zip_free;
        zip->stream.opaque = zip;
    }
    return zip;
}

/* As much of bytes as zlib can count. */
static void set_input(z_stream *stream, meeple_bytes bytes)
{
    stream->next_in = bytes.ptr;
    stream->avail_in = bytes.len < INT_MAX ? (uInt)bytes.len : INT_MAX;
}

/* What is left of bytes when zlib has taken what it was given. */
static meeple_bytes rest_of(meeple_bytes bytes, const z_stream *stream)
{
    size_t taken = (size_t)(stream->next_in - bytes.ptr);

    return (meeple_bytes){stream->next_in, bytes.len - taken};
}

/* ---- deflate ---- */

static int begin_deflate(struct meeple__deflate *deflate)
{
    struct meeple__zip *zip = new_zip(deflate->mem);

    if (!zip) {
        return MEEPLE_ENOMEM;
    }
    if (deflateInit2(&zip->stream, deflate->effort.level, Z_DEFLATED, -deflate->window_bits,
                     deflate->effort.memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
        meeple__free(deflate->mem, zip);
        return MEEPLE_ENOMEM;
    }
    deflate->zip = zip;
    return 0;
}

/* What zlib has to write. */
static int deflate_out(struct meeple__zip *zip, int flush, struct meeple__buf *out, size_t ceiling)
{
    z_stream *stream = &zip->stream;
    int rc;

    do {
        uint8_t chunk[CHUNK];

        stream->next_out = chunk;
        stream->avail_out = sizeof chunk;
        rc = deflate(stream, flush);
        assert(rc == Z_OK || rc == Z_BUF_ERROR);
        rc = meeple__buf_add(out, zip->mem, (meeple_bytes){chunk, sizeof chunk - stream->avail_out},
                             ceiling);
    } while (rc == 0 && stream->avail_out == 0);
    return rc;
}

static int deflate_part(struct meeple__zip *zip, meeple_bytes part, struct meeple__buf *out,
                        size_t ceiling)
{
    int rc = 0;

    while (rc == 0 && part.len > 0) {
        set_input(&zip->stream, part);
        rc = deflate_out(zip, Z_NO_FLUSH, out, ceiling);
        part = rest_of(part, &zip->stream);
    }
    return rc;
}

static int deflate_whole(struct meeple__zip *zip, meeple_bytes head, meeple_bytes body,
                         struct meeple__buf *out, size_t ceiling)
{
    /* The tail is there for a moment. */
    size_t with_tail = ceiling < SIZE_MAX - sizeof tail ? ceiling + sizeof tail : ceiling;
    int rc = deflate_part(zip, head, out, with_tail);

    if (rc == 0) {
        rc = deflate_part(zip, body, out, with_tail);
    }
    if (rc == 0) {
        rc = deflate_out(zip, Z_SYNC_FLUSH, out, with_tail);
    }
    if (rc == 0) {
        assert(out->len > sizeof tail &&
               !memcmp(out->ptr + out->len - sizeof tail, tail, sizeof tail));
        out->len -= sizeof tail;
    }
    return rc;
}

bool meeple__deflate_effort_valid(const struct meeple__deflate_effort *effort)
{
    return effort->level <= 9 && effort->memory_level <= 9;
}

void meeple__deflate_init(struct meeple__deflate *deflate, const meeple_mem *mem,
                          const struct meeple__deflate_params *agreed, bool server,
                          const struct meeple__deflate_effort *effort)
{
    assert(meeple__deflate_effort_valid(effort));
    *deflate = (struct meeple__deflate){
        .mem = mem,
        .effort = {effort->level ? effort->level : LEVEL,
                   effort->memory_level ? effort->memory_level : MEMORY_LEVEL},
        .window_bits = server ? agreed->server_max_window_bits : agreed->client_max_window_bits,
        .takeover =
            server ? !agreed->server_no_context_takeover : !agreed->client_no_context_takeover};
    assert(deflate->window_bits >= 9 && deflate->window_bits <= 15);
}

void meeple__deflate_reset(struct meeple__deflate *deflate)
{
    if (deflate->zip) {
        deflateEnd(&deflate->zip->stream);
        meeple__free(deflate->mem, deflate->zip);
        deflate->zip = NULL;
    }
}

void meeple__deflate_done(struct meeple__deflate *deflate)
{
    meeple__deflate_reset(deflate);
}

int meeple__deflate_message(struct meeple__deflate *deflate, meeple_bytes head, meeple_bytes body,
                            struct meeple__buf *out, size_t ceiling)
{
    size_t before = out->len;
    int rc = 0;

    if (head.len == 0 && body.len == 0) {
        /* Section 7.2.3.6: zlib writes nothing for nothing. */
        return meeple__buf_add(out, deflate->mem, (meeple_bytes){tail, 1}, ceiling);
    }
    if (!deflate->zip) {
        rc = begin_deflate(deflate);
    }
    if (rc == 0) {
        rc = deflate_whole(deflate->zip, head, body, out, ceiling);
    }
    if (rc < 0) {
        out->len = before;
    }
    /* After a failure it knows bytes that the other side will never see. */
    if (rc < 0 || !deflate->takeover) {
        meeple__deflate_reset(deflate);
    }
    return rc;
}

/* ---- inflate ---- */

static void drop_window(struct meeple__inflate *inflate)
{
    meeple__free(inflate->mem, inflate->window);
    inflate->window = NULL;
}

static int begin_inflate(struct meeple__inflate *inflate)
{
    struct meeple__zip *zip = new_zip(inflate->mem);

    if (!zip) {
        return MEEPLE_ENOMEM;
    }
    if (inflateInit2(&zip->stream, -inflate->window_bits) != Z_OK) {
        meeple__free(inflate->mem, zip);
        return MEEPLE_ENOMEM;
    }
    if (inflate->window &&
        inflateSetDictionary(&zip->stream, inflate->window, inflate->window_len) != Z_OK) {
        inflateEnd(&zip->stream);
        meeple__free(inflate->mem, zip);
        return MEEPLE_ENOMEM;
    }
    drop_window(inflate);
    inflate->zip = zip;
    return 0;
}

static void end_zip(struct meeple__inflate *inflate)
{
    if (inflate->zip) {
        inflateEnd(&inflate->zip->stream);
        meeple__free(inflate->mem, inflate->zip);
        inflate->zip = NULL;
    }
}

static void end_inflate(struct meeple__inflate *inflate)
{
    end_zip(inflate);
    drop_window(inflate);
    inflate->ended = false;
}

void meeple__inflate_rest(struct meeple__inflate *inflate)
{
    uInt len = 0;

    if (!inflate->zip) {
        return;
    }
    inflateGetDictionary(&inflate->zip->stream, NULL, &len);
    assert(len <= 1U << inflate->window_bits && len <= UINT16_MAX);
    if (len > 0) {
        inflate->window = meeple__resize(inflate->mem, NULL, len);
        if (!inflate->window) {
            return; /* it stays as it is */
        }
        inflateGetDictionary(&inflate->zip->stream, inflate->window, &len);
        inflate->window_len = (uint16_t)len;
    }
    end_zip(inflate);
}

/* 1: a final block ended; 0; MEEPLE_EPROTO, MEEPLE_ENOMEM. */
static int run_inflate(z_stream *stream, int flush)
{
    switch (inflate(stream, flush)) {
    case Z_OK:
    case Z_BUF_ERROR: /* there was nothing to do */
        return 0;
    case Z_STREAM_END:
        /* Section 7.2.3.4: more blocks follow, and may refer to what was before. */
        inflateResetKeep(stream);
        return 1;
    case Z_MEM_ERROR:
        return MEEPLE_ENOMEM;
    default:
        return MEEPLE_EPROTO;
    }
}

/* All there is for the input that is set.  1: it ended with a final block; 0; or an error. */
static int inflate_out(struct meeple__zip *zip, struct meeple__buf *out, size_t ceiling)
{
    z_stream *stream = &zip->stream;
    int ended, rc;

    do {
        uint8_t chunk[CHUNK];
        /* One byte more than there may be, to see the first that is too many. */
        size_t left = ceiling - out->len;
        size_t room = left < sizeof chunk ? left + 1 : sizeof chunk;

        stream->next_out = chunk;
        stream->avail_out = (uInt)room;
        ended = run_inflate(stream, Z_NO_FLUSH);
        if (ended < 0) {
            return ended;
        }
        rc = meeple__buf_add(out, zip->mem, (meeple_bytes){chunk, room - stream->avail_out},
                             ceiling);
    } while (rc == 0 && (stream->avail_out == 0 || stream->avail_in > 0));
    return rc < 0 ? rc : ended;
}

/*
 * Puts back the tail.  It has to be the length of an empty stored block whose first byte came with
 * the message, or the message was not whole: Z_TREES stops behind that length, and data_type says
 * so (256, and 64 in a final block, and no bits left over).
 */
static int inflate_tail(z_stream *stream)
{
    uint8_t none[1];
    int rc;

    stream->next_in = tail;
    stream->avail_in = sizeof tail;
    stream->next_out = none;
    stream->avail_out = sizeof none;
    rc = run_inflate(stream, Z_TREES);
    if (rc != 0 || stream->avail_in > 0 || (stream->data_type & ~64) != 256) {
        return rc < 0 ? rc : MEEPLE_EPROTO;
    }
    rc = run_inflate(stream, Z_NO_FLUSH);
    /* 128: between two blocks. */
    return rc == 0 && !(stream->data_type & 128) ? MEEPLE_EPROTO : rc;
}

static int inflate_piece(struct meeple__inflate *inflate, meeple_bytes piece, bool last,
                         struct meeple__buf *out, size_t ceiling)
{
    int rc = 0;

    if (out->len > ceiling) {
        return MEEPLE_ETOOBIG;
    }
    if (!inflate->zip) {
        rc = begin_inflate(inflate);
    }
    while (rc == 0 && piece.len > 0) {
        set_input(&inflate->zip->stream, piece);
        rc = inflate_out(inflate->zip, out, ceiling);
        piece = rest_of(piece, &inflate->zip->stream);
        inflate->ended = rc > 0;
        rc = rc > 0 ? 0 : rc;
    }
    /* A final block at the very end lacks the byte that begins the empty block.  Nothing is lost,
     * so it is let pass. */
    if (rc == 0 && last && !inflate->ended) {
        rc = inflate_tail(&inflate->zip->stream);
    }
    return rc < 0 ? rc : 0;
}

void meeple__inflate_init(struct meeple__inflate *inflate, const meeple_mem *mem,
                          const struct meeple__deflate_params *agreed, bool server)
{
    *inflate = (struct meeple__inflate){.mem = mem,
                                        .window_bits = server ? agreed->server_max_window_bits
                                                              : agreed->client_max_window_bits,
                                        .takeover = server ? !agreed->server_no_context_takeover
                                                           : !agreed->client_no_context_takeover};
    assert(inflate->window_bits >= 9 && inflate->window_bits <= 15);
}

void meeple__inflate_done(struct meeple__inflate *inflate)
{
    end_inflate(inflate);
}

int meeple__inflate_feed(struct meeple__inflate *inflate, meeple_bytes piece, bool last,
                         struct meeple__buf *out, size_t ceiling)
{
    size_t before = out->len;

    if (inflate->failure == 0) {
        inflate->failure = inflate_piece(inflate, piece, last, out, ceiling);
    }
    if (inflate->failure < 0) {
        out->len = before;
    }
    if (last) {
        inflate->ended = false;
    }
    if (inflate->failure < 0 || (last && !inflate->takeover)) {
        end_inflate(inflate);
    }
    return inflate->failure;
}
