/* test_page_name: paths of requests, honest and hostile, as names of files. */
#include "transport/page_name.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/prng.h"

static int name_of(char name[MEEPLE__PAGE_NAME_SIZE], const char *path)
{
    memset(name, '#', MEEPLE__PAGE_NAME_SIZE);
    return meeple__page_name(name, (meeple_bytes){(const uint8_t *)path, strlen(path)});
}

Test(page_name, a_path_is_the_name_of_a_file)
{
    static const char *const cases[][2] = {
        {"/", "index.html"},
        {"/a", "a"},
        {"/a/", "a/index.html"},
        {"/a/b.js", "a/b.js"},
        {"/a%20b.png", "a b.png"},
        {"/a+b", "a+b"},
        {"/%61%2E%6a%73", "a.js"},
        {"/a.", "a."},
        {"/a..b/c...", "a..b/c..."},
        {"/~user", "~user"},
        {"/%e2%82%ac.txt", "\xe2\x82\xac.txt"},
        {"/\xe2\x82\xac.txt", "\xe2\x82\xac.txt"},
        {"/a:b@c!$&'()*,;=", "a:b@c!$&'()*,;="},
        {"/a%3fb%23c", "a?b#c"},
        /* Decoded once, and no more. */
        {"/100%25", "100%"},
        {"/%252e%252e/passwd", "%2e%2e/passwd"},
        {"/%2525", "%25"},
        {"/%252f", "%2f"},
        {"/%2500", "%00"},
    };
    char name[MEEPLE__PAGE_NAME_SIZE];

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        cr_assert_eq(name_of(name, cases[i][0]), 0, "%s", cases[i][0]);
        cr_assert_str_eq(name, cases[i][1]);
    }
}

Test(page_name, nothing_leads_out_of_the_folder)
{
    static const char *const paths[] = {
        "/..",
        "/../",
        "/../passwd",
        "/a/..",
        "/a/../",
        "/a/../../passwd",
        "/./a",
        "/a/.",
        "/a/./b",
        "/.",
        "/...",
        "/%2e%2e/passwd",
        "/%2E%2E/passwd",
        "/.%2e/passwd",
        "/%2e./passwd",
        "/%2e/passwd",
        "/a/%2e%2e/%2e%2e/passwd",
        "/..%2fpasswd",
        "/..%2Fpasswd",
        "/a%2f..%2f..",
        "/%2fpasswd",
        "/%2f",
        "/a%2fb",
        "/a%2f",
        "//",
        "//passwd",
        "//example.org/",
        "/a//b",
        "/a//",
        "///etc/passwd",
        "/\\",
        "/a\\b",
        "/..\\passwd",
        "/%5c",
        "/..%5cpasswd",
        "/%5c%5cexample.org",
        "/\\example.org/",
        "/..;/passwd",
    };
    char name[MEEPLE__PAGE_NAME_SIZE];

    for (size_t i = 0; i < MEEPLE_COUNT(paths); i++) {
        cr_assert_eq(name_of(name, paths[i]), MEEPLE_ENOTFOUND, "%s", paths[i]);
        cr_assert_eq(name[0], '#', "%s", paths[i]);
    }
}

Test(page_name, hidden_files_are_not_there)
{
    static const char *const paths[] = {"/.env",          "/.git/config", "/a/.htpasswd", "/%2eenv",
                                        "/.well-known/x", "/a/.b/",       "/.index.html"};
    char name[MEEPLE__PAGE_NAME_SIZE];

    for (size_t i = 0; i < MEEPLE_COUNT(paths); i++) {
        cr_assert_eq(name_of(name, paths[i]), MEEPLE_ENOTFOUND, "%s", paths[i]);
    }
}

Test(page_name, what_is_malformed_is_no_path)
{
    static const char *const paths[] = {
        "",
        "a",
        "../a",
        "*",
        "%2fa",
        "/%",
        "/%4",
        "/%zz",
        "/%4g",
        "/a%",
        "/%%41",
        "/% 41",
        "/%00",
        "/a%00.html",
        "/index.html%00.png",
        "/%0a",
        "/%0d%0aSet-Cookie:x",
        "/%7f",
        "/%1b[0m",
        "/\x01",
        "/\x7f",
        /* Not UTF-8: alone, cut off, overlong slashes and dots, surrogates, above U+10FFFF. */
        "/%ff",
        "/\xff",
        "/%80",
        "/%e2%82",
        "/%e2%82/x",
        "/%c0%af",
        "/%c0%ae%c0%ae/passwd",
        "/..%c0%afpasswd",
        "/%e0%80%af",
        "/%f0%80%80%af",
        "/%c0%80",
        "/%c1%9c",
        "/%ed%a0%80",
        "/%f4%90%80%80",
        "/%fe",
        "/%uff0e",
        "/%u002e",
        /* The worse of two is told. */
        "/../%",
        "/%5c%00",
    };
    char name[MEEPLE__PAGE_NAME_SIZE];

    for (size_t i = 0; i < MEEPLE_COUNT(paths); i++) {
        cr_assert_eq(name_of(name, paths[i]), MEEPLE_EPROTO, "%s", paths[i]);
        cr_assert_eq(name[0], '#', "%s", paths[i]);
    }
    cr_assert_eq(meeple__page_name(name, (meeple_bytes){(const uint8_t *)"/a\0b", 4}),
                 MEEPLE_EPROTO);
    cr_assert_eq(meeple__page_name(name, (meeple_bytes){NULL, 0}), MEEPLE_EPROTO);
}

/* "/aaa...": len bytes behind the slash. */
static int name_of_length(char name[MEEPLE__PAGE_NAME_SIZE], size_t len, size_t part)
{
    static char path[20000];

    path[0] = '/';
    memset(path + 1, 'a', len);
    for (size_t at = part + 1; part > 0 && at < len; at += part + 1) {
        path[at] = '/';
    }
    path[len + 1] = '\0';
    return name_of(name, path);
}

Test(page_name, lengths_are_bounded)
{
    char name[MEEPLE__PAGE_NAME_SIZE], deep[2 * MEEPLE__PAGE_DEPTH_MAX + 4] = "/";

    cr_assert_eq(name_of_length(name, 255, 0), 0);
    cr_assert_eq(name_of_length(name, 256, 0), MEEPLE_ENOTFOUND);
    cr_assert_eq(name_of_length(name, MEEPLE__PAGE_NAME_MAX, 200), 0);
    cr_assert_eq(strlen(name), MEEPLE__PAGE_NAME_MAX);
    cr_assert_eq(name_of_length(name, MEEPLE__PAGE_NAME_MAX + 1, 200), MEEPLE_ENOTFOUND);
    cr_assert_eq(name_of_length(name, MEEPLE__PAGE_NAME_MAX + 2, 200), MEEPLE_ENOTFOUND);
    cr_assert_eq(name_of_length(name, 19000, 200), MEEPLE_ENOTFOUND);
    cr_assert_eq(name_of_length(name, 19000, 0), MEEPLE_ENOTFOUND);
    for (size_t i = 0; i < MEEPLE__PAGE_DEPTH_MAX - 1; i++) {
        strcat(deep, "a/");
    }
    cr_assert_eq(name_of(name, deep), 0); /* index.html is the last part */
    strcat(deep, "a/");
    cr_assert_eq(name_of(name, deep), MEEPLE_ENOTFOUND);
}

Test(page_name, a_name_is_never_anything_else)
{
    static const char *const pieces[] = {"/",      ".",        "..",     "%2e", "%2f",
                                         "%5c",    "\\",       "a",      "%00", "%25",
                                         "%c0%af", "\xc3\xa9", "%c3%a9", "%",   "index.html"};
    struct prng random = {.state = 7};
    char name[MEEPLE__PAGE_NAME_SIZE], path[200];
    size_t good = 0;

    for (unsigned i = 0; i < 200000; i++) {
        size_t len = 0, count = 1 + prng_below(&random, 8);

        for (size_t j = 0; j < count; j++) {
            const char *piece = pieces[prng_below(&random, MEEPLE_COUNT(pieces))];

            len += (size_t)snprintf(path + len, sizeof path - len, "%s%s", j ? "" : "/", piece);
        }
        if (name_of(name, path) == 0) {
            good++;
            cr_assert(name[0] != '/' && name[0] != '.' && name[0] != '\0', "%s", path);
            cr_assert(!strstr(name, "/.") && !strstr(name, "//") && !strchr(name, '\\'), "%s",
                      path);
            cr_assert_neq(name[strlen(name) - 1], '/', "%s", path);
        }
    }
    cr_assert_gt(good, 1000);
}
