/*
 * values: what the library makes of values.  For each line of hexadecimal digits it prints a line:
 * the bytes that it would write itself and the value as text, or "-" if it refuses them.
 */
#include <meeple/value.h>

#include <stdio.h>
#include <string.h>

enum {
    BYTES_MAX = 1000
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

static int answer(const char *line)
{
    uint8_t bytes[BYTES_MAX], written[BYTES_MAX];
    char text[4 * BYTES_MAX];
    meeple_value_builder builder;
    meeple_value value, again;
    int len;

    if (meeple_value_read(&value, (meeple_bytes){bytes, from_hex(bytes, line)}) < 0) {
        puts("-");
        return 0;
    }
    meeple_value_builder_init(&builder, NULL, 0);
    rebuild(&builder, value);
    len = meeple_value_builder_value(&builder, &again);
    if (len == 0) {
        len = meeple_value_copy(&again, again, written, sizeof written);
    }
    meeple_value_builder_done(&builder);
    for (int i = 0; i < len; i++) {
        printf("%02x", written[i]);
    }
    meeple_value_text(value, text, sizeof text);
    printf(" %s\n", text);
    return len;
}

int main(void)
{
    char line[2 * BYTES_MAX + 2];
    int rc = 0;

    while (rc >= 0 && fgets(line, sizeof line, stdin)) {
        rc = answer(line);
    }
    return rc < 0;
}
