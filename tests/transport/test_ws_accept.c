/* test_ws_accept: Sec-WebSocket-Key and its answer, against the RFC's own example. */
#include "transport/ws_accept.h"

#include <criterion/criterion.h>
#include <string.h>

static meeple_bytes bytes_of(const char *text)
{
    return (meeple_bytes){(const uint8_t *)text, strlen(text)};
}

Test(ws_accept, answers_the_rfcs_example)
{
    char accept[MEEPLE__WS_ACCEPT_SIZE];

    cr_assert_eq(meeple__ws_accept(accept, bytes_of("dGhlIHNhbXBsZSBub25jZQ==")), 0);
    cr_assert_str_eq(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

Test(ws_accept, a_key_is_the_base64_of_its_bytes)
{
    char key[MEEPLE__WS_KEY_SIZE];

    meeple__ws_key(key, (const uint8_t *)"the sample nonce");
    cr_assert_str_eq(key, "dGhlIHNhbXBsZSBub25jZQ==");
}

Test(ws_accept, every_key_made_is_valid)
{
    uint8_t random[16];
    char key[MEEPLE__WS_KEY_SIZE];

    for (unsigned i = 0; i < 256; i++) {
        memset(random, (int)i, sizeof random);
        meeple__ws_key(key, random);
        cr_assert_eq(strlen(key), 24);
        cr_assert(meeple__ws_key_valid(bytes_of(key)), "%s", key);
    }
}

Test(ws_accept, refuses_keys_that_are_not_sixteen_bytes_of_base64)
{
    static const char *const rows[] = {
        "",
        "=",
        "dGhl",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZQAA",     /* 18 bytes */
        "dGhlIHNhbXBsZSBub25jZSE=",     /* 17 bytes */
        "dGhlIHNhbXBsZSBub25j====",     /* 15 bytes */
        "dGhlIHNhbXBsZSBub25jZQ==dGhl", /* more behind */
        "dGhlIHNhbXBsZSBub25jZ!==",
        "dGhlIHNhbXB\xffZSBub25jZQ==",
        "dGhlIHNhbXBs SBub25jZQ==",
        "-GhlIHNhbXBsZSBub25jZQ==",
        "dGhlIHNhbXBsZSBub25jZ_==",
        "dGhl=HNhbXBsZSBub25jZQ==", /* padding in the middle */
        "====================A===",
        "=====================A==",
        "========================",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        cr_assert_not(meeple__ws_key_valid(bytes_of(rows[i])), "%s", rows[i]);
    }
    cr_assert_not(meeple__ws_key_valid((meeple_bytes){NULL, 0}));
}
