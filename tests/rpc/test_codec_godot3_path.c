/* test_codec_godot3_path: node paths taken apart, and put together only if that is unambiguous. */
#include "rpc/codec_godot3_path.h"

#include "tests/rpc/variants.h"

/* Names, subnames and flags after one another, as they follow the head. */
static struct variant path_of(uint32_t names, uint32_t subnames, uint32_t flags, const char *parts)
{
    uint8_t bytes[256] = {0x0f}, *at = bytes + 4;

    at = meeple__write_u32(at, names);
    at = meeple__write_u32(at, subnames);
    at = meeple__write_u32(at, flags);
    while (*parts) {
        size_t len = strcspn(parts, " ");

        at = meeple__write_u32(at, (uint32_t)len);
        memset(at, 0xee, len + 3);
        memcpy(at, parts, len);
        at += (len + 3) & ~(size_t)3;
        parts += len + (parts[len] == ' ');
    }
    return variant_of((meeple_bytes){bytes, (size_t)(at - bytes)});
}

static void expect_path(struct variant variant, const char *expected)
{
    if (expected) {
        cr_assert_eq(variant.rc, 0, "%s", variant.why.text);
        cr_assert_eq(variant.value.kind, MEEPLE_VALUE_NODE_PATH);
        cr_assert_eq(variant.value.bytes.len, strlen(expected));
        cr_expect_arr_eq(variant.value.bytes.ptr, expected, strlen(expected));
    } else {
        cr_expect_str_eq(variant.why.text, "the value has a node path that is none");
    }
    variant_done(&variant);
}

/* What is written for a text is read as another, or the same; NULL: it is not written. */
static void expect_becomes(const char *text, const char *expected)
{
    struct meeple__sentence why;
    struct meeple__buf buf = variant_written(meeple_value_node_path(text), &why);

    if (expected) {
        cr_assert_gt(buf.len, 0, "%s: %s", text, why.text);
        expect_path(variant_of((meeple_bytes){buf.ptr, buf.len}), expected);
    } else {
        cr_expect_eq(buf.len, 0);
        cr_expect_str_eq(why.text, "the value has a node path that is none", "%s", text);
    }
    meeple__buf_done(&buf, NULL);
}

Test(codec_godot3_path, puts_names_together_as_godot_does)
{
    expect_path(path_of(0x80000000, 0, 0, ""), "");
    expect_path(path_of(0x80000000, 0, 1, ""), "/");
    expect_path(path_of(0x80000002, 0, 1, "root a"), "/root/a");
    expect_path(path_of(0x80000002, 2, 0, "a b c d"), "a/b:c:d");
    expect_path(path_of(0x80000000, 1, 0, "position"), ":position");
    expect_path(path_of(0x80000000, 1, 1, "position"), "/:position");
    expect_path(path_of(0x80000001, 1, 0, "a shader_param/x"), "a:shader_param/x");
    expect_path(path_of(0x80000001, 0, 2, "a b"), "a:b");
    expect_path(path_of(0x80000001, 0, 0xfffffffc, "a"), "a");
}

Test(codec_godot3_path, refuses_names_that_would_be_others_in_a_text)
{
    expect_path(path_of(1, 0, 0, "a"), NULL);
    expect_path(path_of(0x80000001, 0, 0, "a/b"), NULL);
    expect_path(path_of(0x80000001, 0, 0, "a:b"), NULL);
    expect_path(path_of(0x80000000, 1, 0, "a:b"), NULL);
    expect_path(path_of(0x80000001, 0, 0, " "), NULL);
    expect_path(path_of(0x80000001, 1, 0, "a  "), NULL);
}

Test(codec_godot3_path, does_not_believe_counts)
{
    static const uint32_t counts[] = {1, 2, 0x7fffffff};

    for (size_t i = 0; i < MEEPLE_COUNT(counts); i++) {
        struct variant names = path_of(0x80000000 | counts[i], 0, 0, "");
        struct variant subnames = path_of(0x80000000, counts[i], 0, "");
        struct variant both = path_of(0xffffffff, 0xffffffff, 3, "a b c");

        cr_expect_str_eq(names.why.text, "the value ends too early");
        cr_expect_str_eq(subnames.why.text, "the value ends too early");
        cr_expect_str_eq(both.why.text, "the value ends too early");
        variant_done(&names);
        variant_done(&subnames);
        variant_done(&both);
    }
}

Test(codec_godot3_path, takes_a_text_apart_as_godot_does)
{
    expect_becomes("", "");
    expect_becomes("/", "/");
    expect_becomes("//", "/");
    expect_becomes("a//b/", "a/b");
    expect_becomes("//root///x/", "/root/x");
    expect_becomes("../a", "../a");
    expect_becomes(":", "");
    expect_becomes("a:", "a");
    expect_becomes("a:b:", "a:b");
    expect_becomes("/:b", "/:b");
    expect_becomes("a:b/c:d", "a:b/c:d");
    expect_becomes("Z\xc3\xb6/\xe2\x82\xac", "Z\xc3\xb6/\xe2\x82\xac");
    expect_becomes("a::b", NULL);
    expect_becomes("::", NULL);
    expect_becomes("a:b::", NULL);
}

/* Godot takes one away from the beginning of every text. */
Test(codec_godot3_path, keeps_a_byte_order_mark)
{
    expect_becomes("\xef\xbb\xbf"
                   "a/\xef\xbb\xbf"
                   "b",
                   "\xef\xbb\xbf"
                   "a/\xef\xbb\xbf"
                   "b");
}
