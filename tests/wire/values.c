/*
 * values: what the library makes of values.  For each line of hexadecimal digits it prints a line:
 * the bytes that it would write itself and the value as text, or "-" if it refuses them.
 *
 *     values [from] [to]
 *
 * Each is "msgpack", or "godot3": the bytes are a Variant.
 */
#include <meeple/value.h>

#include <stdio.h>
#include <string.h>

#include "rpc/codec_godot3.h"

enum {
    BYTES_MAX = 4000
};

static size_t from_hex(uint8_t *bytes, const char *line)
{
    size_t len = 0;
    unsigned byte;

    while (len < BYTES_MAX && sscanf(line + 2 * len, "%2x", &byte) == 1) {
        bytes[len++] = (uint8_t)byte;
    }
    return len;
}

/* The value put together again, so that nothing is left of how it came. */
static void rebuild(meeple_value_builder *builder, meeple_value value)
{
    meeple_value_iterator at = meeple_value_iterate(value);

    if (value.kind == MEEPLE_VALUE_ARRAY) {
        meeple_value_begin_array(builder);
    } else if (value.kind == MEEPLE_VALUE_MAP) {
        meeple_value_begin_map(builder);
    } else if (meeple_value_is_packed(value)) {
        meeple_value_begin_packed(builder, value.kind);
    } else {
        meeple_value_put(builder, value);
        return;
    }
    while (meeple_value_next(&at)) {
        if (value.kind == MEEPLE_VALUE_MAP) {
            rebuild(builder, at.key);
        }
        rebuild(builder, at.value);
    }
    meeple_value_end(builder);
}

/* room: as large as it may have to be for the bytes. */
static int read_bytes(meeple_value *value, meeple_bytes bytes, void *room, bool is_variant)
{
    struct meeple__reader reader = meeple__reader_of(bytes);
    struct meeple__sentence why;
    int rc;

    if (!is_variant) {
        return meeple_value_read(value, bytes);
    }
    meeple__sentence_init(&why);
    rc = meeple__variant_read(&reader, value, room, &why);
    return rc == 0 && !meeple__reader_at_end(&reader) ? MEEPLE_EPROTO : rc;
}

/* The length, or an error. */
static int write_value(uint8_t *bytes, meeple_value value, bool is_variant)
{
    struct meeple__buf buf = {bytes, 0, BYTES_MAX};
    struct meeple__sink sink = {.buf = &buf, .ceiling = BYTES_MAX};
    meeple_value_builder builder;
    struct meeple__sentence why;
    meeple_value again;
    int rc;

    meeple_value_builder_init(&builder, NULL, 0);
    rebuild(&builder, value);
    rc = meeple_value_builder_value(&builder, &again);
    if (rc == 0 && is_variant) {
        meeple__sentence_init(&why);
        rc = meeple__variant_write(&sink, &again, &why);
        rc = rc < 0 ? rc : (int)buf.len;
    } else if (rc == 0) {
        rc = meeple_value_copy(&again, again, bytes, BYTES_MAX);
    }
    meeple_value_builder_done(&builder);
    return rc;
}

static void answer(const char *line, bool from_variant, bool to_variant)
{
    uint8_t bytes[BYTES_MAX], room[2 * BYTES_MAX], written[BYTES_MAX];
    char text[4 * BYTES_MAX];
    meeple_value value;
    int len;

    if (read_bytes(&value, (meeple_bytes){bytes, from_hex(bytes, line)}, room, from_variant) < 0) {
        puts("-");
        return;
    }
    len = write_value(written, value, to_variant);
    if (len < 0) {
        puts("-");
        return;
    }
    for (int i = 0; i < len; i++) {
        printf("%02x", written[i]);
    }
    meeple_value_text(value, text, sizeof text);
    printf(" %s\n", text);
}

int main(int argc, char **argv)
{
    bool from_variant = argc > 1 && strcmp(argv[1], "godot3") == 0;
    bool to_variant = argc > 2 && strcmp(argv[2], "godot3") == 0;
    char line[2 * BYTES_MAX + 2];

    while (fgets(line, sizeof line, stdin)) {
        answer(line, from_variant, to_variant);
    }
    return 0;
}
