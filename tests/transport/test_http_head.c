/* test_http_head: the strict reader of HTTP heads, whole and in pieces. */
#include "transport/http_head.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Fed in steps: the same end, whatever the pieces.  From copies of exact size. */
static ptrdiff_t end_in_steps(const char *bytes, size_t len, size_t step)
{
    size_t seen = 0;
    ptrdiff_t end = 0;

    while (end == 0 && seen < len) {
        size_t have = len - seen < step ? len : seen + step;
        uint8_t *copy = malloc(have);

        memcpy(copy, bytes, have);
        end = meeple__http_head_end((meeple_bytes){copy, have}, seen);
        free(copy);
        seen = have;
    }
    return end;
}

static ptrdiff_t end_of(const char *bytes, size_t len)
{
    ptrdiff_t whole = end_in_steps(bytes, len, len ? len : 1);

    for (size_t step = 1; step < 9; step++) {
        cr_assert_eq(end_in_steps(bytes, len, step), whole, "in steps of %zu: %s", step, bytes);
    }
    return whole;
}

#define END(literal) end_of(literal, sizeof(literal) - 1)

Test(http_head, finds_the_end)
{
    cr_assert_eq(END(""), 0);
    cr_assert_eq(END("G"), 0);
    cr_assert_eq(END("GET / HTTP/1.1\r\n"), 0);
    cr_assert_eq(END("GET / HTTP/1.1\r\n\r"), 0);
    cr_assert_eq(END("GET / HTTP/1.1\r\n\r\n"), 18);
    cr_assert_eq(END("GET / HTTP/1.1\r\n\r\n\x82\x00\n\r\x7f"), 18);
    cr_assert_eq(END("a\r\nb: c\r\n\r\nd: e\r\n\r\n"), 11);
    cr_assert_eq(END("\r\n\r\n"), 4); /* an empty head, which no parser takes */
}

Test(http_head, knows_early_that_it_will_never_end)
{
    cr_assert_eq(END("GET / HTTP/1.1\n"), MEEPLE_EPROTO);
    cr_assert_eq(END("\n"), MEEPLE_EPROTO);
    cr_assert_eq(END("GET / HTTP/1.1\r\n\n"), MEEPLE_EPROTO);
    cr_assert_eq(END("a\rb"), MEEPLE_EPROTO);
    cr_assert_eq(END("a\r\r\n"), MEEPLE_EPROTO);
    cr_assert_eq(END("a\r\0"), MEEPLE_EPROTO);
    cr_assert_eq(END("a\0b"), MEEPLE_EPROTO);
    cr_assert_eq(END("\x16\x03\x01"), MEEPLE_EPROTO); /* someone speaks TLS */
    cr_assert_eq(END("a: b\x7f"), MEEPLE_EPROTO);
    cr_assert_eq(END("a: b\x1b[0m"), MEEPLE_EPROTO);
    cr_assert_eq(END("a: b\tc\xc3\xa9"), 0);
}

/* A second time it is the same, without being looked at. */
static int parse_twice(struct meeple__http_head *head, meeple_bytes bytes)
{
    struct meeple__http_head again;
    int rc = meeple__http_head_parse(head, bytes);

    if (rc == 0) {
        meeple__http_head_again(&again, bytes);
        cr_assert_eq(memcmp(again.words, head->words, sizeof again.words), 0);
        cr_assert_eq(again.field_count, head->field_count);
        cr_assert_eq(memcmp(again.fields, head->fields, again.field_count * sizeof *again.fields),
                     0);
    }
    return rc;
}

static int parse(struct meeple__http_head *head, const char *text, uint8_t **copy)
{
    size_t len = strlen(text);

    *copy = malloc(len);
    memcpy(*copy, text, len);
    cr_assert_eq(meeple__http_head_end((meeple_bytes){*copy, len}, 0), (ptrdiff_t)len, "%s", text);
    return parse_twice(head, (meeple_bytes){*copy, len});
}

static bool same(meeple_bytes bytes, const char *text)
{
    return meeple__bytes_equal(bytes, text);
}

Test(http_head, splits_lines_into_words_and_fields)
{
    struct meeple__http_head head;
    meeple_bytes value;
    uint8_t *copy;

    cr_assert_eq(parse(&head,
                       "GET /chat?x=1 HTTP/1.1\r\nHost: example.org\r\n"
                       "eMpTy:\r\nblank: \t \r\nSpace:\t a b \t\r\nX:y:z\r\n\r\n",
                       &copy),
                 0);
    cr_assert(same(head.words[0], "GET") && same(head.words[1], "/chat?x=1") &&
              same(head.words[2], "HTTP/1.1"));
    cr_assert_eq(head.field_count, 5);
    cr_assert(same(head.fields[0].name, "Host") && same(head.fields[0].value, "example.org"));
    cr_assert_eq(meeple__http_head_field(&head, "EMPTY", &value), 1);
    cr_assert_eq(value.len, 0);
    cr_assert_eq(meeple__http_head_field(&head, "Blank", &value), 1);
    cr_assert_eq(value.len, 0);
    cr_assert_eq(meeple__http_head_field(&head, "space", &value), 1);
    cr_assert(same(value, "a b"));
    cr_assert_eq(meeple__http_head_field(&head, "x", &value), 1);
    cr_assert(same(value, "y:z"));
    cr_assert_eq(meeple__http_head_field(&head, "hos", &value), 0);
    cr_assert_eq(meeple__http_head_field(&head, "hostt", &value), 0);
    free(copy);
}

Test(http_head, a_reason_phrase_may_have_spaces_or_be_missing)
{
    struct meeple__http_head head;
    uint8_t *copy;

    cr_assert_eq(parse(&head, "HTTP/1.1 101 Switching Protocols\r\n\r\n", &copy), 0);
    cr_assert(same(head.words[1], "101") && same(head.words[2], "Switching Protocols"));
    free(copy);
    cr_assert_eq(parse(&head, "HTTP/1.1 101 \r\n\r\n", &copy), 0);
    cr_assert_eq(head.words[2].len, 0);
    free(copy);
    cr_assert_eq(parse(&head, "HTTP/1.1 101\r\n\r\n", &copy), 0);
    cr_assert(same(head.words[1], "101"));
    cr_assert_eq(head.words[2].len, 0);
    free(copy);
}

/* With three more header fields this ends a Godot 3.2.3 server. */
Test(http_head, survives_a_request_line_of_two_words)
{
    struct meeple__http_head head;
    uint8_t *copy;

    cr_assert_eq(parse(&head, "GET /\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", &copy), 0);
    cr_assert(same(head.words[1], "/"));
    cr_assert_eq(head.words[2].len, 0);
    cr_assert_eq(head.field_count, 3);
    free(copy);
}

Test(http_head, refuses_malformed_lines)
{
    static const char *const rows[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        " \r\n\r\n",
        "GET \r\n\r\n",
        " GET / HTTP/1.1\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nname : blank before the colon\r\n\r\n",
        "GET / HTTP/1.1\r\nna me: x\r\n\r\n",
        "GET / HTTP/1.1\r\nn\xc3\xa4me: x\r\n\r\n",
        "GET / HTTP/1.1\r\na: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\na: b\r\n\tfolded: too\r\n\r\n",
        "GET / HTTP/1.1\r\n first: folded\r\n\r\n",
        "GET / HTTP/1.1\r\n(name): x\r\n\r\n",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__http_head head;
        uint8_t *copy;

        cr_assert_eq(parse(&head, rows[i], &copy), MEEPLE_EPROTO, "%s", rows[i]);
        free(copy);
    }
}

Test(http_head, has_a_ceiling_for_fields)
{
    char text[4096];

    for (size_t count = MEEPLE__HTTP_FIELDS_MAX - 1; count <= MEEPLE__HTTP_FIELDS_MAX + 1;
         count++) {
        struct meeple__http_head head;
        size_t len = (size_t)snprintf(text, sizeof text, "GET / HTTP/1.1\r\n");
        uint8_t *copy;

        for (size_t i = 0; i < count; i++) {
            len += (size_t)snprintf(text + len, sizeof text - len, "f%zu:%zu\r\n", i, i);
        }
        snprintf(text + len, sizeof text - len, "\r\n");
        cr_assert_eq(parse(&head, text, &copy),
                     count > MEEPLE__HTTP_FIELDS_MAX ? MEEPLE_ETOOBIG : 0);
        free(copy);
    }
}

Test(http_head, counts_repeated_fields_and_gives_the_first)
{
    struct meeple__http_head head;
    meeple_bytes value;
    uint8_t *copy;

    cr_assert_eq(parse(&head, "a b\r\nX: 1\r\nx: 2\r\nX : 3\r\n\r\n", &copy), MEEPLE_EPROTO);
    free(copy);
    cr_assert_eq(parse(&head, "a b\r\nX: 1\r\ny: 7\r\nx: 2\r\n\r\n", &copy), 0);
    cr_assert_eq(meeple__http_head_field(&head, "x", &value), 2);
    cr_assert(same(value, "1"));
    free(copy);
}

Test(http_head, walks_lists_over_all_fields_of_a_name)
{
    static const char *const want[] = {"a", "b c", "d", "e", "f"};
    struct meeple__http_head head;
    struct meeple__http_list at = {0};
    meeple_bytes element;
    size_t count = 0;
    uint8_t *copy;

    cr_assert_eq(parse(&head,
                       "a b\r\nL:\r\nl: a , b c,,\t,d\r\nother: no, no\r\nL: ,\r\nL:e,\r\n"
                       "l: ,f\r\n\r\n",
                       &copy),
                 0);
    while (meeple__http_list_next(&head, "l", &at, &element)) {
        cr_assert_lt(count, MEEPLE_COUNT(want));
        cr_assert(same(element, want[count]), "%s", want[count]);
        count++;
    }
    cr_assert_eq(count, MEEPLE_COUNT(want));
    cr_assert_not(meeple__http_list_next(&head, "l", &at, &element));
    cr_assert(meeple__http_head_has_token(&head, "L", "B C"));
    cr_assert(meeple__http_head_has_token(&head, "L", "F"));
    cr_assert_not(meeple__http_head_has_token(&head, "L", "b"));
    cr_assert_not(meeple__http_head_has_token(&head, "L", "no"));
    cr_assert_not(meeple__http_head_has_token(&head, "L", ""));
    free(copy);
}

Test(http_head, knows_tokens_and_values)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t bytes[1] = {(uint8_t)byte};
        meeple_bytes one = {bytes, 1};
        bool control = byte < ' ' || byte == 0x7f;
        bool token =
            byte < 0x7f && !control && byte != ' ' && !strchr("()<>@,;:\\\"/[]?={}", (int)byte);

        cr_assert_eq(meeple__http_is_token(one), token, "%02x", byte);
        cr_assert_eq(meeple__http_is_value(one), !control || byte == '\t', "%02x", byte);
    }
    cr_assert_not(meeple__http_is_token((meeple_bytes){NULL, 0}));
    cr_assert(meeple__http_is_value((meeple_bytes){NULL, 0}));
}
