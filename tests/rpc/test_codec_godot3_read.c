/* test_codec_godot3_read: what Godot 3.2.3 has written, and what it makes of odd bytes. */
#include "rpc/codec_godot3_read.h"

#include "core/utf8.h"
#include "tests/rpc/variants.h"

static const struct {
    const char *name, *hex, *mask, *text;
} encoded[] = {
#include "tests/rpc/variants_encode.inc"
};

static const struct {
    const char *name, *hex, *again, *text;
} decoded[] = {
#include "tests/rpc/variants_decode.inc"
};

/* Where we decide otherwise than Godot: why, and what the value is here or NULL: we refuse it. */
static const struct {
    const char *name, *why, *text;
} differences[] = {
    {"string_utf8_overlong3_slash", "text is UTF-8 as RFC 3629 has it: no overlong forms", NULL},
    {"string_utf8_surrogate", "text is UTF-8 as RFC 3629 has it: no surrogates", NULL},
    {"string_utf8_above_10ffff", "text is UTF-8 as RFC 3629 has it: up to U+10FFFF", NULL},
    {"string_utf8_5byte", "text is UTF-8 as RFC 3629 has it: four bytes at most", NULL},
    {"object_as_id_123", "an object of another process is nothing here", NULL},
    {"array_with_object_id", "an object of another process is nothing here", NULL},
    {"object_full_reference_no_props", "nobody makes objects of what comes off the wire", NULL},
    {"object_full_not_allowed", "an object of no class is null, whatever is allowed", "nil"},
    {"dict_dup_keys", "both stay, and who looks for the key finds the last", "{1: 2, 1: 3}"},
};

/* NULL: there is none. */
static const char *difference(const char *name, const char **text)
{
    for (size_t i = 0; i < MEEPLE_COUNT(differences); i++) {
        if (strcmp(differences[i].name, name) == 0) {
            *text = differences[i].text;
            return differences[i].why;
        }
    }
    return NULL;
}

static void expect_masked(struct meeple__buf buf, const char *hex, const char *mask,
                          const char *name)
{
    uint8_t bytes[VARIANT_SIZE], bits[VARIANT_SIZE];
    size_t len = from_hex(bytes, hex);

    memset(bits, 0xff, sizeof bits);
    if (mask) {
        cr_assert_eq(from_hex(bits, mask), len);
    }
    cr_assert_eq(buf.len, len, "%s", name);
    for (size_t i = 0; i < len; i++) {
        cr_expect_eq(buf.ptr[i], bytes[i] & bits[i], "%s: byte %zu", name, i);
    }
}

Test(codec_godot3_read, reads_and_writes_all_that_godot_wrote)
{
    struct meeple__sentence why;

    cr_assert_eq(MEEPLE_COUNT(encoded), 141);
    for (size_t i = 0; i < MEEPLE_COUNT(encoded); i++) {
        struct variant variant = variant_hex(encoded[i].hex);
        struct meeple__buf buf = {0};

        cr_expect_eq(variant.rc == 0, encoded[i].text != NULL, "%s: %s", encoded[i].name,
                     variant.why.text);
        if (variant.rc == 0 && encoded[i].text) {
            cr_expect_eq(variant.used, strlen(encoded[i].hex) / 2);
            expect_text(variant.value, encoded[i].text, encoded[i].name);
            buf = variant_written(variant.value, &why);
            expect_masked(buf, encoded[i].hex, encoded[i].mask, encoded[i].name);
        }
        meeple__buf_done(&buf, NULL);
        variant_done(&variant);
    }
}

Test(codec_godot3_read, decides_as_godot_or_says_why_not)
{
    unsigned differing = 0;

    cr_assert_eq(MEEPLE_COUNT(decoded), 79);
    for (size_t i = 0; i < MEEPLE_COUNT(decoded); i++) {
        struct variant variant = variant_hex(decoded[i].hex);
        const char *text = decoded[i].again ? decoded[i].text : NULL;
        const char *why_not = difference(decoded[i].name, &text);
        struct meeple__sentence why;

        differing += why_not != NULL;
        cr_expect(decoded[i].text || !decoded[i].again || why_not, "%s", decoded[i].name);
        cr_expect_eq(variant.rc == 0, text != NULL, "%s: %s", decoded[i].name, variant.why.text);
        if (variant.rc == 0 && text) {
            expect_text(variant.value, text, decoded[i].name);
        }
        if (variant.rc == 0 && !why_not) {
            struct meeple__buf buf = variant_written(variant.value, &why);

            expect_masked(buf, decoded[i].again, NULL, decoded[i].name);
            meeple__buf_done(&buf, NULL);
        }
        variant_done(&variant);
    }
    cr_expect_eq(differing, MEEPLE_COUNT(differences));
}

Test(codec_godot3_read, takes_the_null_objects_of_a_release_build)
{
    struct variant as_id = variant_hex("110001000000000000000000");
    struct variant full = variant_hex("1100000000000000");

    cr_expect_eq(as_id.rc, 0);
    expect_text(as_id.value, "nil", "an id");
    cr_expect_eq(full.rc, 0);
    expect_text(full.value, "nil", "a class");
    cr_expect_eq(full.used, 8);
    variant_done(&as_id);
    variant_done(&full);
}

/* The bytes but the last few, up to none, and a value that is the same or an error. */
Test(codec_godot3_read, knows_when_bytes_are_missing)
{
    for (size_t i = 0; i < MEEPLE_COUNT(encoded); i++) {
        uint8_t bytes[VARIANT_SIZE];
        size_t len = from_hex(bytes, encoded[i].hex);

        for (size_t cut = 0; cut < len; cut++) {
            struct variant variant = variant_of((meeple_bytes){bytes, cut});

            /* What pads bytes may be missing at the end of all. */
            if (variant.rc == 0) {
                cr_expect(encoded[i].text != NULL && len - cut <= 3, "%s at %zu", encoded[i].name,
                          cut);
                expect_text(variant.value, encoded[i].text, encoded[i].name);
            }
            variant_done(&variant);
        }
    }
}

/* What is a value after that is read, written and read again the same. */
Test(codec_godot3_read, comes_through_every_changed_byte)
{
    static const uint8_t changes[] = {0x01, 0x04, 0x10, 0x7f, 0x80, 0xff};

    for (size_t i = 0; i < MEEPLE_COUNT(encoded); i++) {
        uint8_t bytes[VARIANT_SIZE];
        size_t len = from_hex(bytes, encoded[i].hex);

        for (size_t at = 0; at < len * MEEPLE_COUNT(changes); at++) {
            uint8_t change = changes[at % MEEPLE_COUNT(changes)];
            struct variant variant, again;
            struct meeple__sentence why;
            struct meeple__buf buf;

            bytes[at / MEEPLE_COUNT(changes)] ^= change;
            variant = variant_of((meeple_bytes){bytes, len});
            bytes[at / MEEPLE_COUNT(changes)] ^= change;
            cr_expect(meeple__utf8_valid(
                (meeple_bytes){(const uint8_t *)variant.why.text, variant.why.len}));
            if (variant.rc == 0) {
                buf = variant_written(variant.value, &why);
                again = variant_of((meeple_bytes){buf.ptr, buf.len});
                cr_expect(again.rc == 0 && again.used == buf.len &&
                              meeple_value_equal(variant.value, again.value),
                          "%s, byte %zu: %s", encoded[i].name, at / MEEPLE_COUNT(changes),
                          why.text);
                meeple__buf_done(&buf, NULL);
                variant_done(&again);
            }
            variant_done(&variant);
        }
    }
}

Test(codec_godot3_read, says_what_is_wrong)
{
    static const struct {
        const char *hex, *why;
    } refusals[] = {
        {"", "the value ends too early"},
        {"1b000000", "the value has a type that Godot 3 does not have"},
        {"0400000001000000ff000000", "the value has a string that is not UTF-8"},
        {"0f000000010000800000000000000000010000002f000000",
         "the value has a node path that is none"},
        {"110001000100000000000000", "the value has an object"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(refusals); i++) {
        struct variant variant = variant_hex(refusals[i].hex);

        cr_expect_eq(variant.rc, MEEPLE_EPROTO);
        cr_expect_str_eq(variant.why.text, refusals[i].why);
        variant_done(&variant);
    }
}

Test(codec_godot3_read, finds_the_next_one_behind)
{
    uint8_t bytes[64];
    size_t len = from_hex(bytes, "04000000 01000000 61ffffff 02000000 05000000 01000000");
    struct meeple__reader reader = meeple__reader_of((meeple_bytes){bytes, len});
    uint8_t room[64];
    meeple_value item;

    cr_expect_eq(meeple__variant_item(&reader, room, &item), MEEPLE__VARIANT_NONE_FAULT);
    cr_expect_eq(item.kind, MEEPLE_VALUE_STRING);
    cr_expect_eq(item.bytes.ptr, bytes + 8, "a text stays where it is");
    cr_expect_eq(meeple__variant_item(&reader, room, &item), MEEPLE__VARIANT_NONE_FAULT);
    cr_expect_eq(item.integer, 5);
    cr_expect_eq(meeple__variant_item(&reader, room, &item), MEEPLE__VARIANT_SHORT_FAULT);
}
