/* test_page_type: names of files and what is in them. */
#include "transport/page_type.h"

#include <criterion/criterion.h>

Test(page_type, the_end_of_a_name_tells)
{
    cr_assert_str_eq(meeple__page_type("index.html"), "text/html; charset=utf-8");
    cr_assert_str_eq(meeple__page_type("a/b.c/game.wasm"), "application/wasm");
    cr_assert_str_eq(meeple__page_type("game.js"), "text/javascript; charset=utf-8");
    cr_assert_str_eq(meeple__page_type("game.mjs"), "text/javascript; charset=utf-8");
    cr_assert_str_eq(meeple__page_type("style.css"), "text/css; charset=utf-8");
    cr_assert_str_eq(meeple__page_type("scene.json"), "application/json");
    cr_assert_str_eq(meeple__page_type("PHOTO.JPG"), "image/jpeg");
    cr_assert_str_eq(meeple__page_type("logo.svg"), "image/svg+xml; charset=utf-8");
    cr_assert_str_eq(meeple__page_type("music.ogg"), "audio/ogg");
    cr_assert_str_eq(meeple__page_type("font.woff2"), "font/woff2");
}

Test(page_type, what_is_not_known_is_bytes)
{
    static const char *const names[] = {"game.pck",   "game.data", "README",    "a.wasm/README",
                                        "html",       "a.",        "a.htmlx",   "a.html.bak",
                                        "a.\xc3\xa9", "x.html/y",  "wasm.wasm2"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cr_assert_str_eq(meeple__page_type(names[i]), "application/octet-stream", "%s", names[i]);
    }
}
