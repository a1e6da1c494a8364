/* test_field: names of types and modes, and sentences that never overflow. */
#include "rpc/field.h"

#include <criterion/criterion.h>

#include <string.h>

#include <meeple/world.h>

#include "core/utf8.h"
#include "rpc/sentence.h"

Test(field, names_every_type)
{
#define X(name, letter, text)                                                                      \
    cr_expect_str_eq(meeple_type_name(MEEPLE_TYPE_##name), text);                                  \
    cr_expect_eq(meeple__type_letter(MEEPLE_TYPE_##name), letter);                                 \
    cr_expect_str_eq(meeple__letter_name(letter), text);                                           \
    cr_expect_neq(meeple__type_kind(MEEPLE_TYPE_##name), MEEPLE__KIND_NONE);                       \
    cr_expect_eq(meeple__type_size(MEEPLE_TYPE_##name) > 0,                                        \
                 MEEPLE_TYPE_##name != MEEPLE_TYPE_CHARS);
    MEEPLE_TYPE_MAP(X)
#undef X
    cr_expect_str_eq(meeple_type_name(MEEPLE_TYPE_NONE), "none");
    cr_expect_str_eq(meeple_type_name((meeple_type)99), "none");
    cr_expect_str_eq(meeple__letter_name('!'), "?");
    cr_expect_eq(meeple__type_size((meeple_type)-1), 0);
}

#define MAYBE(ARG)                                                                                 \
    ARG(int32_t, id)                                                                               \
    ARG(const char *, name, .min = 1, .max = 8, .flags = MEEPLE_OPTIONAL)                          \
    ARG(meeple_bytes, blob, .flags = MEEPLE_OPTIONAL)                                              \
    ARG(meeple_strings, words, .flags = MEEPLE_OPTIONAL)                                           \
    ARG(meeple_value, rest, .flags = MEEPLE_OPTIONAL)
MEEPLE_RPC(maybe, MAYBE)
#define ALL(ARG) ARG(int32_t, id) ARG(int32_t, other)
MEEPLE_RPC(all, ALL)

Test(field, leaves_out_what_is_optional)
{
    struct maybe arg;

    cr_expect_eq(meeple__fields_required(all_rpc()), 2);
    cr_expect_eq(meeple__fields_required(maybe_rpc()), 1);
    memset(&arg, 0, sizeof arg);
    meeple__fields_leave_out(maybe_rpc(), 1, &arg);
    cr_expect_str_eq(arg.name, "");
    cr_expect_not_null(arg.blob.ptr);
    cr_expect_eq(arg.blob.len, 0);
    cr_expect_eq(arg.words.len, 0);
    cr_expect_eq(arg.rest.kind, MEEPLE_VALUE_NIL);
    memset(&arg, 0, sizeof arg);
    meeple__fields_leave_out(maybe_rpc(), 2, &arg);
    cr_expect_null(arg.name, "that came");
}

Test(field, names_every_mode_and_refusal)
{
    cr_expect_str_eq(meeple_rpc_mode_name(MEEPLE_RPC_PUPPETSYNC), "puppetsync");
    cr_expect_str_eq(meeple_rpc_mode_name((meeple_rpc_mode)99), "unknown");
    cr_expect_str_eq(meeple_refusal_text(MEEPLE_REFUSAL_NO_OBJECT), "there is no such object here");
    cr_expect_str_eq(meeple_refusal_text((meeple_refusal_rule)99), "unknown");
}

Test(field, writes_no_number_that_does_not_fit)
{
    const meeple_field field = {.name = "x", .type = MEEPLE_TYPE_I16};
    int16_t value = 7;

    cr_expect_not(meeple__put_signed(&field, &value, 32768));
    cr_expect_not(meeple__put_signed(&field, &value, -32769));
    cr_expect_eq(value, 7);
    cr_expect(meeple__put_signed(&field, &value, -32768));
    cr_expect_eq(value, INT16_MIN);
}

Test(field, speaks_of_bounds_in_a_sentence)
{
    static const struct {
        meeple_field field;
        double value;
        const char *why;
    } cases[] = {
        {{.name = "hot", .type = MEEPLE_TYPE_F64, .min = -1.5, .max = 2.5},
         3,
         "argument 3 'hot' is 3, allowed -1.5..2.5"},
        {{.name = "hot", .type = MEEPLE_TYPE_F64, .min = -1.5, .max = 2.5}, 2.5, ""},
        {{.name = "hot", .type = MEEPLE_TYPE_F64}, 1e300, ""},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__sentence why;

        meeple__sentence_init(&why);
        cr_expect_eq(meeple__field_check(&cases[i].field, 3, &cases[i].value, &why),
                     *cases[i].why ? MEEPLE_EINVAL : 0);
        cr_expect_str_eq(why.text, cases[i].why);
    }
}

Test(field, bounds_unsigned_numbers_and_the_length_of_bytes)
{
    const struct {
        meeple_bytes blob;
        uint64_t count;
    } record = {{(const uint8_t *)"abc", 3}, UINT64_MAX};
    const meeple_field blob = {.name = "blob", .type = MEEPLE_TYPE_BYTES, .min = 4, .max = 8};
    const meeple_field count = {
        .name = "count", .type = MEEPLE_TYPE_U64, .offset = sizeof(meeple_bytes), .max = 10};
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_expect_eq(meeple__field_check(&blob, 1, &record, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 1 'blob' is 3 bytes long, allowed 4..8");
    meeple__sentence_init(&why);
    cr_expect_eq(meeple__field_check(&count, 2, &record, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 2 'count' is 18446744073709551615, allowed 0..10");
}

Test(field, cuts_a_sentence_at_a_whole_character)
{
    for (size_t shift = 0; shift < 4; shift++) {
        struct meeple__sentence sentence;

        meeple__sentence_init(&sentence);
        meeple__say(&sentence, "%.*s", (int)shift, "abc");
        for (unsigned i = 0; i < 2000; i++) {
            meeple__say(&sentence, "\xe2\x82\xac");
        }
        cr_expect_eq(sentence.len, strlen(sentence.text));
        cr_expect_geq(sentence.len, sizeof sentence.text - 8);
        cr_expect(meeple__utf8_valid((meeple_bytes){(const uint8_t *)sentence.text, sentence.len}));
    }
}
