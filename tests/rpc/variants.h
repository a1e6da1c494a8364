/* variants: Variants in memory of exact size, read and written, and what Godot 3.2.3 said of them.
 */
#ifndef TESTS_RPC_VARIANTS_H
#define TESTS_RPC_VARIANTS_H

#include "rpc/codec_godot3.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "tests/rpc/bytes.h"

enum {
    VARIANT_SIZE = 2048, /* of a test's Variants, in bytes */
    VARIANT_TEXT = 4096  /* of their values, as text */
};

/* One Variant as it was read, in memory that is exactly as large as it has to be, until
 * variant_done(). */
struct variant {
    meeple_value value;
    uint8_t *bytes, *room;
    size_t used;
    struct meeple__sentence why;
    int rc;
};

static inline struct variant variant_of(meeple_bytes bytes)
{
    struct variant variant = {.bytes = malloc(bytes.len ? bytes.len : 1),
                              .room = malloc(meeple__variant_room(bytes.len) + 1)};
    struct meeple__reader reader;

    if (bytes.len > 0) {
        memcpy(variant.bytes, bytes.ptr, bytes.len);
    }
    reader = meeple__reader_of((meeple_bytes){variant.bytes, bytes.len});
    meeple__sentence_init(&variant.why);
    variant.rc = meeple__variant_read(&reader, &variant.value, variant.room, &variant.why);
    cr_assert(variant.rc == 0 || variant.rc == MEEPLE_EPROTO);
    cr_assert_eq(variant.rc<0, variant.why.len> 0, "a sentence if and only if it is refused");
    variant.used = (size_t)(reader.at - variant.bytes);
    return variant;
}

static inline struct variant variant_hex(const char *hex)
{
    uint8_t bytes[VARIANT_SIZE];

    cr_assert_leq(strlen(hex), 2 * sizeof bytes);
    return variant_of((meeple_bytes){bytes, from_hex(bytes, hex)});
}

static inline void variant_done(struct variant *variant)
{
    free(variant->bytes);
    free(variant->room);
}

/* What we write for it; "" and why if we do not. */
static inline struct meeple__buf variant_written(meeple_value value, struct meeple__sentence *why)
{
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1 << 20};

    meeple__sentence_init(why);
    if (meeple__variant_write(&sink, &value, why) < 0) {
        buf.len = 0;
    }
    return buf;
}

static inline void expect_text(meeple_value value, const char *expected, const char *name)
{
    static char text[VARIANT_TEXT];

    cr_assert_lt(meeple_value_text(value, text, sizeof text), sizeof text);
    cr_expect_str_eq(text, expected, "%s", name);
}

#endif /* TESTS_RPC_VARIANTS_H */
