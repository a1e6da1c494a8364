/* test_node_path: the path of a node as Godot writes it, and the object of ours that it means. */
#include "rpc/node_path.h"

#include <criterion/criterion.h>

#include <string.h>

#include "rpc/command.h"

static meeple_bytes bytes_of(const char *chars)
{
    return (meeple_bytes){(const uint8_t *)chars, strlen(chars)};
}

static void expect_normalised(const char *path, const char *expected)
{
    char dst[64];
    size_t len = meeple__node_path_normalise(dst, bytes_of(path));

    dst[len] = '\0';
    cr_expect_str_eq(dst, expected, "%s", path);
}

static void expect_resolved(const char *path, const char *expected)
{
    char dst[MEEPLE__NAME_MAX + 1];
    size_t len = meeple__node_path_resolve(dst, bytes_of(path));

    dst[len] = '\0';
    cr_expect_str_eq(dst, expected, "%s", path);
}

Test(node_path, is_written_as_godot_writes_it)
{
    expect_normalised("", "");
    expect_normalised("T", "T");
    expect_normalised("T/N", "T/N");
    expect_normalised("T//N/", "T/N");
    expect_normalised("/root/T//N/", "/root/T/N");
    expect_normalised("//root", "/root");
    expect_normalised("/", "/");
    expect_normalised("///", "/");
    expect_normalised("./T/../N", "./T/../N");
    expect_normalised("T/N:a:b", "T/N:a:b");
    expect_normalised("T//N/:a", "T/N:a");
    expect_normalised(":a", ":a");
    expect_normalised("/:a/b", "/:a/b");
}

/* Godot allows it at the end and makes an empty path of anything else. */
Test(node_path, has_no_empty_subnames)
{
    expect_normalised("T/N:", "T/N");
    expect_normalised("T/N:a:", "T/N:a");
    expect_normalised(":", "");
    expect_normalised("T/N::a", "");
    expect_normalised("T/N:a::", "");
    expect_resolved("T/N:", "T/N");
    expect_resolved("T/N::a", "");
}

Test(node_path, leads_from_the_root_to_an_object)
{
    expect_resolved("T/N", "T/N");
    expect_resolved("T//N/", "T/N");
    expect_resolved("/root/T/N", "T/N");
    expect_resolved("//root//T", "T");
    expect_resolved("/./root/T", "T");
    expect_resolved("./T/./N/.", "T/N");
    expect_resolved("T/deep/../N", "T/N");
    expect_resolved("T/../N", "N");
    expect_resolved("/root/T/../../x", "");
    expect_resolved("/root/root/T", "root/T");
    expect_resolved("root/T", "root/T");
    expect_resolved("T/...", "T/...");
    expect_resolved("T/N:a:b", "T/N");
}

Test(node_path, leads_nowhere_at_the_root_and_beside_it)
{
    expect_resolved("", "");
    expect_resolved(".", "");
    expect_resolved("..", "");
    expect_resolved("/", "");
    expect_resolved("/root", "");
    expect_resolved("/root/..", "");
    expect_resolved("/..", "");
    expect_resolved("/T/N", "");
    expect_resolved("T/..", "");
    expect_resolved("T/../..", "");
    expect_resolved(":a", "");
    expect_resolved("T/\nN", "");
}

Test(node_path, leads_nowhere_if_it_is_longer_than_a_path_of_ours)
{
    char longest[MEEPLE__NAME_MAX + 4], dst[MEEPLE__NAME_MAX];

    memset(longest, 'x', sizeof longest);
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 255}), 255);
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 256}), 0);
    longest[253] = '/';
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 255}), 255);
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 256}), 0);
    longest[253] = 'x';
    longest[254] = '/';
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 255}), 254);
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 256}), 0);
    longest[255] = '/';
    cr_expect_eq(meeple__node_path_resolve(dst, (meeple_bytes){(uint8_t *)longest, 256}), 254);
}
