/* command_godot3: the packets of Godot 3's MultiplayerAPI, to bytes and back; decides nothing. */
#include "rpc/command_godot3.h"

#include <assert.h>

#include "core/utf8.h"
#include "core/wire.h"
#include "rpc/command.h"

enum {
    TARGET_AT = 1 /* in a CALL, a SET */
};

/* Up to the NUL, or to the end if there is none. */
static meeple_bytes until_nul(meeple_bytes bytes)
{
    const uint8_t *nul = bytes.len > 0 ? memchr(bytes.ptr, 0, bytes.len) : NULL;

    return nul ? (meeple_bytes){bytes.ptr, (size_t)(nul - bytes.ptr)} : bytes;
}

/* What Godot's parse_utf8() makes of it, but strict. */
static bool read_path(meeple_bytes *out, meeple_bytes bytes)
{
    static const uint8_t bom[] = {0xef, 0xbb, 0xbf};
    meeple_bytes path = until_nul(bytes);

    if (path.len >= sizeof bom && memcmp(path.ptr, bom, sizeof bom) == 0) {
        path = (meeple_bytes){path.ptr + sizeof bom, path.len - sizeof bom};
    }
    *out = path;
    return meeple__utf8_valid(path);
}

/* What is behind the target and the name; `packet` because a path's offset counts from there. */
static const char *read_target(struct meeple__godot3_command *read, uint32_t target,
                               struct meeple__reader *reader, meeple_bytes packet)
{
    size_t offset = target & ~MEEPLE__GODOT3_BY_PATH;
    size_t at = (size_t)(reader->at - packet.ptr);

    read->by_path = (target & MEEPLE__GODOT3_BY_PATH) != 0;
    if (!read->by_path) {
        read->id = target;
        read->rest = meeple__read_rest(reader);
        return NULL;
    }
    if (offset >= packet.len) {
        return "its path would be behind its end";
    }
    if (offset < at) {
        return "its path is not behind its name";
    }
    read->rest = (meeple_bytes){packet.ptr + at, offset - at};
    return read_path(&read->path, (meeple_bytes){packet.ptr + offset, packet.len - offset})
               ? NULL
               : "its path is not UTF-8";
}

/* The name of a call; NULL: it is fine.  Nearly all of them are short, and ASCII. */
static const char *read_name(struct meeple__reader *reader, meeple_bytes *name)
{
    const uint8_t *at = reader->at;
    size_t left = (size_t)(reader->end - at), len = 0;
    bool is_plain;

    while (len < left && at[len] >= 0x20 && at[len] < 0x7f) {
        len++;
    }
    is_plain = len < left && at[len] == '\0';
    if (!is_plain) {
        len = until_nul((meeple_bytes){at, left}).len;
    }
    *name = (meeple_bytes){at, len};
    if (!meeple__read_take(reader, len + 1)) {
        return "its name has no end";
    }
    return (is_plain && len > 0 && len <= MEEPLE__NAME_MAX) || meeple__name_valid(*name)
               ? NULL
               : "its name is none";
}

static const char *read_call(struct meeple__godot3_command *read, struct meeple__reader *reader,
                             meeple_bytes packet)
{
    uint32_t target = meeple__read_u32(reader);
    const char *wrong;

    if (reader->bad) {
        return "it is too short";
    }
    wrong = read_name(reader, &read->name);
    if (wrong) {
        return wrong;
    }
    read->count = read->type == MEEPLE__GODOT3_CALL ? meeple__read_u8(reader) : 1;
    if (reader->bad) {
        return "it does not say how many arguments it has";
    }
    return read_target(read, target, reader, packet);
}

static const char *read_simplify(struct meeple__godot3_command *read, struct meeple__reader *reader)
{
    read->id = meeple__read_u32(reader);
    if (reader->bad) {
        return "it is too short";
    }
    if (read->id & MEEPLE__GODOT3_BY_PATH) {
        return "no call could name its id";
    }
    return read_path(&read->path, meeple__read_rest(reader)) ? NULL : "its path is not UTF-8";
}

int meeple__godot3_read(struct meeple__godot3_command *command, meeple_bytes packet,
                        const char **why)
{
    struct meeple__reader reader = meeple__reader_of(packet);
    uint8_t type = meeple__read_u8(&reader);
    struct meeple__godot3_command read = {.type = (enum meeple__godot3_type)type};
    const char *wrong = NULL;

    if (reader.bad) {
        *why = "it is empty";
        return MEEPLE_EPROTO;
    }
    switch (type) {
    case MEEPLE__GODOT3_CALL:
    case MEEPLE__GODOT3_SET:
        wrong = read_call(&read, &reader, packet);
        break;
    case MEEPLE__GODOT3_SIMPLIFY:
        wrong = read_simplify(&read, &reader);
        break;
    case MEEPLE__GODOT3_CONFIRM:
        if (packet.len < 2) {
            wrong = "it is too short";
        } else if (!read_path(&read.path, meeple__read_rest(&reader))) {
            wrong = "its path is not UTF-8";
        }
        break;
    case MEEPLE__GODOT3_RAW:
        read.rest = meeple__read_rest(&reader);
        wrong = read.rest.len == 0 ? "it has no bytes" : NULL;
        break;
    default:
        return 1;
    }
    if (wrong) {
        *why = wrong;
        return MEEPLE_EPROTO;
    }
    *command = read;
    return 0;
}

static void write_text(struct meeple__sink *sink, meeple_bytes text)
{
    meeple__sink_bytes(sink, text);
    meeple__sink_u8(sink, 0);
}

void meeple__godot3_write_head(struct meeple__sink *sink, enum meeple__godot3_type type,
                               meeple_bytes name, uint8_t count)
{
    assert(sink->buf->len == 0 && (type == MEEPLE__GODOT3_CALL || type == MEEPLE__GODOT3_SET));
    meeple__sink_u8(sink, (uint8_t)type);
    meeple__sink_u32(sink, 0);
    write_text(sink, name);
    if (type == MEEPLE__GODOT3_CALL) {
        meeple__sink_u8(sink, count);
    }
}

void meeple__godot3_write_path(struct meeple__sink *sink, meeple_bytes path)
{
    write_text(sink, path);
}

void meeple__godot3_aim_at_id(struct meeple__buf *packet, uint32_t id)
{
    assert(packet->len > TARGET_AT + 4 && (id & MEEPLE__GODOT3_BY_PATH) == 0);
    meeple__write_u32(packet->ptr + TARGET_AT, id);
}

void meeple__godot3_aim_at_path(struct meeple__buf *packet, size_t offset)
{
    assert(offset > TARGET_AT + 4 && offset < packet->len && offset < MEEPLE__GODOT3_BY_PATH);
    meeple__write_u32(packet->ptr + TARGET_AT, MEEPLE__GODOT3_BY_PATH | (uint32_t)offset);
}

void meeple__godot3_write_simplify(struct meeple__sink *sink, uint32_t id, meeple_bytes path)
{
    assert((id & MEEPLE__GODOT3_BY_PATH) == 0);
    meeple__sink_u8(sink, MEEPLE__GODOT3_SIMPLIFY);
    meeple__sink_u32(sink, id);
    write_text(sink, path);
}

void meeple__godot3_write_confirm(struct meeple__sink *sink, meeple_bytes path)
{
    meeple__sink_u8(sink, MEEPLE__GODOT3_CONFIRM);
    write_text(sink, path);
}

void meeple__godot3_write_raw(struct meeple__sink *sink)
{
    meeple__sink_u8(sink, MEEPLE__GODOT3_RAW);
}
