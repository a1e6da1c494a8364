/* codec_godot3_path: node paths, between their text and the names that Godot 3 sends. */
#include "rpc/codec_godot3_path.h"

#include <string.h>

#include "rpc/codec_godot3_type.h"
#include "rpc/codec_godot3_write.h"

static bool has(meeple_bytes text, char sign)
{
    return text.len > 0 && memchr(text.ptr, sign, text.len);
}

/* Takes that many names or subnames, and puts `first` in front of the first, `sign` of the others,
 * '\0': nothing.  *room is moved on. */
static enum meeple__variant_fault read_names(struct meeple__reader *reader, uint64_t count,
                                             char first, char sign, uint8_t **room)
{
    for (uint64_t i = 0; i < count; i++) {
        char mark = i == 0 ? first : sign;
        meeple_bytes name;
        enum meeple__variant_fault fault = meeple__variant_text(reader, &name);

        if (fault != MEEPLE__VARIANT_NONE_FAULT) {
            return fault;
        }
        if (name.len == 0 || has(name, ':') || (sign == '/' && has(name, '/'))) {
            return MEEPLE__VARIANT_PATH_FAULT;
        }
        if (mark) {
            *(*room)++ = (uint8_t)mark;
        }
        *room = meeple__write_bytes(*room, name);
    }
    return MEEPLE__VARIANT_NONE_FAULT;
}

enum meeple__variant_fault meeple__variant_path_read(struct meeple__reader *reader, uint8_t *room,
                                                     meeple_bytes *text)
{
    uint32_t names = meeple__read_u32(reader);
    uint64_t subnames = meeple__read_u32(reader);
    uint32_t flags = meeple__read_u32(reader);
    uint8_t *at = room;
    enum meeple__variant_fault fault;

    if (reader->bad) {
        return MEEPLE__VARIANT_SHORT_FAULT;
    }
    if (!(names & MEEPLE__VARIANT_MARK)) {
        return MEEPLE__VARIANT_PATH_FAULT;
    }
    names &= ~MEEPLE__VARIANT_MARK;
    subnames += flags & MEEPLE__NODE_PATH_PROPERTY ? 1 : 0;
    if (flags & MEEPLE__NODE_PATH_ABSOLUTE) {
        *at++ = '/';
    }
    /* Counts cost nothing: the bytes end first. */
    fault = read_names(reader, names, '\0', '/', &at);
    if (fault == MEEPLE__VARIANT_NONE_FAULT) {
        fault = read_names(reader, subnames, ':', ':', &at);
    }
    *text = (meeple_bytes){room, (size_t)(at - room)};
    return fault;
}

/* Takes what is in front of the next sign, and the sign; all, if there is none. */
static meeple_bytes take_part(meeple_bytes *rest, char sign)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, sign, rest->len) : NULL;
    meeple_bytes part = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    size_t used = part.len + (end ? 1 : 0);

    if (used > 0) {
        rest->ptr += used;
        rest->len -= used;
    }
    return part;
}

/* How many parts there are, those that are empty not counted; *empty: how many of these there are
 * but the last. */
static uint32_t count_parts(meeple_bytes rest, char sign, uint32_t *empty)
{
    uint32_t count = 0;

    *empty = 0;
    while (rest.len > 0) {
        if (take_part(&rest, sign).len > 0) {
            count++;
        } else {
            ++*empty;
        }
    }
    return count;
}

static void write_parts(struct meeple__sink *sink, meeple_bytes rest, char sign)
{
    while (rest.len > 0 && sink->rc == 0) {
        meeple_bytes part = take_part(&rest, sign);

        if (part.len > 0) {
            meeple__variant_write_text(sink, part);
        }
    }
}

bool meeple__variant_path_write(struct meeple__sink *sink, meeple_bytes text)
{
    meeple_bytes subnames = text, names = take_part(&subnames, ':');
    bool absolute = names.len > 0 && names.ptr[0] == '/';
    uint32_t empty_names, empty_subnames;
    uint32_t name_count = count_parts(names, '/', &empty_names);
    uint32_t subname_count = count_parts(subnames, ':', &empty_subnames);

    if (empty_subnames > 0) {
        return false;
    }
    meeple__sink_u32(sink, name_count | MEEPLE__VARIANT_MARK);
    meeple__sink_u32(sink, subname_count);
    meeple__sink_u32(sink, absolute ? MEEPLE__NODE_PATH_ABSOLUTE : 0);
    write_parts(sink, names, '/');
    write_parts(sink, subnames, ':');
    return true;
}
