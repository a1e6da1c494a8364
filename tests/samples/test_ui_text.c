/* test_ui_text: what typing, moving and erasing do to the one line of text of a text field. */
#include <criterion/criterion.h>
#include <string.h>

#include "samples/ui/text_edit.h"
#include "samples/ui/utf8.h"

static struct text_edit with(const char *text)
{
    struct text_edit edit;

    text_edit_init(&edit, 0);
    text_edit_set(&edit, text);
    return edit;
}

static void expect(const struct text_edit *edit, const char *text, size_t caret)
{
    cr_expect_str_eq(edit->text, text);
    cr_expect_eq(edit->len, strlen(text));
    cr_expect_eq(edit->caret, caret, "caret at %zu, not %zu", edit->caret, caret);
}

Test(ui_text, starts_empty)
{
    struct text_edit edit;

    text_edit_init(&edit, 64);
    expect(&edit, "", 0);
    cr_expect_eq(edit.limit, 64);
    text_edit_init(&edit, 0);
    cr_expect_eq(edit.limit, TEXT_EDIT_MAX);
    text_edit_init(&edit, TEXT_EDIT_MAX + 1);
    cr_expect_eq(edit.limit, TEXT_EDIT_MAX);
}

Test(ui_text, types_at_the_caret)
{
    struct text_edit edit = with("ac");

    text_edit_move(&edit, TEXT_EDIT_LEFT, false);
    cr_expect(text_edit_insert(&edit, "b"));
    expect(&edit, "abc", 2);
}

Test(ui_text, moves_by_whole_characters)
{
    struct text_edit edit = with("aé€🎲");
    const size_t stops[] = {0, 1, 3, 6, 10}; /* between the characters */
    const size_t last = sizeof stops / sizeof stops[0] - 1;

    for (size_t i = last; i > 0; i--) {
        cr_expect_eq(edit.caret, stops[i]);
        text_edit_move(&edit, TEXT_EDIT_LEFT, false);
    }
    text_edit_move(&edit, TEXT_EDIT_LEFT, false);
    for (size_t i = 0; i < last; i++) {
        cr_expect_eq(edit.caret, stops[i]);
        text_edit_move(&edit, TEXT_EDIT_RIGHT, false);
    }
    text_edit_move(&edit, TEXT_EDIT_RIGHT, false);
    cr_expect_eq(edit.caret, stops[last]);
}

Test(ui_text, erases_whole_characters_on_both_sides)
{
    struct text_edit edit = with("aé€🎲");

    cr_expect(text_edit_erase(&edit, TEXT_EDIT_LEFT));
    expect(&edit, "aé€", 6);
    text_edit_move(&edit, TEXT_EDIT_START, false);
    cr_expect(text_edit_erase(&edit, TEXT_EDIT_RIGHT));
    cr_expect(text_edit_erase(&edit, TEXT_EDIT_RIGHT));
    expect(&edit, "€", 0);
    cr_expect_not(text_edit_erase(&edit, TEXT_EDIT_LEFT));
    expect(&edit, "€", 0);
}

Test(ui_text, goes_to_the_start_and_to_the_end)
{
    struct text_edit edit = with("один два");

    text_edit_move(&edit, TEXT_EDIT_START, false);
    cr_expect_eq(edit.caret, 0);
    text_edit_move(&edit, TEXT_EDIT_END, true);
    cr_expect_eq(text_edit_selection(&edit, NULL), edit.len);
}

Test(ui_text, goes_by_words)
{
    struct text_edit edit = with("один два, three");

    text_edit_move(&edit, TEXT_EDIT_WORD_LEFT, false);
    cr_expect_str_eq(edit.text + edit.caret, "three");
    text_edit_move(&edit, TEXT_EDIT_WORD_LEFT, false);
    cr_expect_str_eq(edit.text + edit.caret, "два, three");
    text_edit_move(&edit, TEXT_EDIT_WORD_LEFT, false);
    cr_expect_eq(edit.caret, 0);
    text_edit_move(&edit, TEXT_EDIT_WORD_RIGHT, false);
    cr_expect_str_eq(edit.text + edit.caret, "два, three");
    cr_expect(text_edit_erase(&edit, TEXT_EDIT_WORD_RIGHT));
    cr_expect_str_eq(edit.text, "один three");
}

Test(ui_text, typing_replaces_the_selection)
{
    struct text_edit edit = with("Hello, World");

    text_edit_place(&edit, 7, false);
    text_edit_move(&edit, TEXT_EDIT_END, true);
    cr_expect(text_edit_insert(&edit, "Zoë"));
    expect(&edit, "Hello, Zoë", 11);
    cr_expect_eq(text_edit_selection(&edit, NULL), 0);
}

Test(ui_text, erasing_takes_the_selection_only)
{
    struct text_edit edit = with("abcdef");

    text_edit_place(&edit, 4, false);
    text_edit_place(&edit, 1, true);
    size_t start;
    cr_expect_eq(text_edit_selection(&edit, &start), 3);
    cr_expect_eq(start, 1);
    cr_expect(text_edit_erase(&edit, TEXT_EDIT_RIGHT));
    expect(&edit, "aef", 1);
}

Test(ui_text, a_selection_collapses_to_the_side_of_the_motion)
{
    struct text_edit edit = with("abcdef");

    text_edit_place(&edit, 1, false);
    text_edit_place(&edit, 4, true);
    text_edit_move(&edit, TEXT_EDIT_LEFT, false);
    cr_expect_eq(edit.caret, 1);
    text_edit_select_all(&edit);
    text_edit_move(&edit, TEXT_EDIT_RIGHT, false);
    cr_expect_eq(edit.caret, 6);
    cr_expect_eq(text_edit_selection(&edit, NULL), 0);
}

Test(ui_text, the_limit_never_splits_a_character)
{
    for (size_t limit = 1; limit <= 12; limit++) {
        struct text_edit edit;
        text_edit_init(&edit, limit);
        text_edit_insert(&edit, "aé€🎲b");
        cr_expect_leq(edit.len, limit);
        for (size_t at = 0, size; at < edit.len; at += size) {
            cr_expect_neq(utf8_read(edit.text + at, edit.len - at, &size), UTF8_INVALID);
        }
    }
}

Test(ui_text, the_limit_counts_what_the_selection_gives_back)
{
    struct text_edit edit;

    text_edit_init(&edit, 4);
    text_edit_set(&edit, "abcdef");
    expect(&edit, "abcd", 4);
    cr_expect_not(text_edit_insert(&edit, "x"));
    text_edit_place(&edit, 1, false);
    text_edit_place(&edit, 3, true);
    cr_expect(text_edit_insert(&edit, "xyz"));
    expect(&edit, "axyd", 3);
}

Test(ui_text, a_full_field_of_the_largest_limit_takes_no_more)
{
    char much[TEXT_EDIT_MAX * 2];
    struct text_edit edit;

    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    text_edit_init(&edit, 0);
    cr_expect(text_edit_insert(&edit, much));
    cr_expect_eq(edit.len, TEXT_EDIT_MAX);
    cr_expect_not(text_edit_insert(&edit, much));
}

Test(ui_text, invalid_utf8_is_dropped)
{
    const char *const cases[][2] = {
        {"a\x80z", "az"},             /* a continuation without a start */
        {"a\xC0\xAFz", "az"},         /* overlong */
        {"a\xE0\x80\xAFz", "az"},     /* overlong */
        {"a\xED\xA0\x80z", "az"},     /* a surrogate */
        {"a\xF4\x90\x80\x80z", "az"}, /* beyond U+10FFFF */
        {"a\xE2\x82", "a"},           /* cut off */
        {"a\xE2\x82z", "az"},         /* interrupted */
        {"\xFF\xFE", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text_edit edit = with(cases[i][0]);
        cr_expect_str_eq(edit.text, cases[i][1]);
    }
}

Test(ui_text, control_characters_are_dropped)
{
    struct text_edit edit = with("one\r\ntwo\tthree\x7F\xC2\x85 four");

    cr_expect_str_eq(edit.text, "onetwothree four");
}

Test(ui_text, nothing_to_type_leaves_the_selection)
{
    struct text_edit edit = with("abc");

    text_edit_select_all(&edit);
    cr_expect_not(text_edit_insert(&edit, "\n\x80"));
    expect(&edit, "abc", 3);
    cr_expect_eq(text_edit_selection(&edit, NULL), 3);
}

Test(ui_text, the_caret_is_placed_between_characters)
{
    struct text_edit edit = with("a€b");

    text_edit_place(&edit, 2, false);
    cr_expect_eq(edit.caret, 1);
    text_edit_place(&edit, 4, false);
    cr_expect_eq(edit.caret, 4);
    text_edit_place(&edit, 99, true);
    cr_expect_eq(edit.caret, 5);
    cr_expect_eq(edit.anchor, 4);
}

Test(ui_text, a_double_click_selects_the_word)
{
    struct text_edit edit = with("von Größe, sagt sie");
    size_t start;

    text_edit_select_word(&edit, 6);
    size_t len = text_edit_selection(&edit, &start);
    cr_expect_eq(start, 4);
    cr_expect_eq(len, strlen("Größe"));
}

Test(ui_text, walks_backwards_over_any_bytes)
{
    const char text[] = "a\x80\xE2\x82\xAC\xC3";
    const size_t stops[] = {6, 5, 2, 1, 0};

    for (size_t i = 0; i + 1 < sizeof stops / sizeof stops[0]; i++) {
        cr_expect_eq(utf8_previous(text, stops[i]), stops[i + 1]);
        cr_expect_eq(utf8_next(text, 6, stops[i + 1]), stops[i]);
    }
    cr_expect_eq(utf8_previous(text, 0), 0);
}

Test(ui_text, follows_a_field_of_the_systems)
{
    struct text_edit edit = with("hello");

    text_edit_follow(&edit, "helрlo", 5, 5); /* typed in the middle */
    expect(&edit, "helрlo", 5);
    text_edit_follow(&edit, "helяlo", 3, 5); /* half of its bytes are the same */
    expect(&edit, "helяlo", 5);
    cr_expect_eq(edit.anchor, 3);
    text_edit_follow(&edit, "lo", 0, 0); /* erased */
    expect(&edit, "lo", 0);
    text_edit_follow(&edit, "lo", 0, 2); /* selected */
    expect(&edit, "lo", 2);
    cr_expect_eq(edit.anchor, 0);
    text_edit_follow(&edit, "aaa", 1, 1); /* of the same letter, anywhere */
    text_edit_follow(&edit, "aa", 2, 2);
    expect(&edit, "aa", 2);
    text_edit_follow(&edit, "", 0, 0);
    expect(&edit, "", 0);
}

Test(ui_text, what_follows_and_does_not_fit_costs_what_is_new)
{
    struct text_edit edit;

    text_edit_init(&edit, 6);
    text_edit_set(&edit, "abcd");
    text_edit_follow(&edit, "abXYZcd", 5, 5);
    expect(&edit, "abXYcd", 4);
    text_edit_follow(&edit, "abXYяcd", 6, 6); /* not half a character */
    expect(&edit, "abXYcd", 4);
    text_edit_follow(&edit, "abXY\t\ncd", 7, 8); /* none that cannot be typed */
    expect(&edit, "abXYcd", 6);
    cr_expect_eq(edit.anchor, 5);
}

Test(ui_text, follows_to_offsets_that_do_not_exist)
{
    struct text_edit edit = with("aя");

    text_edit_follow(&edit, "aя", 2, 99); /* inside a character; behind the end */
    expect(&edit, "aя", 3);
    cr_expect_eq(edit.anchor, 1);
    text_edit_follow(&edit, "a\xD1", 2, 2); /* cut in two */
    expect(&edit, "a", 1);
}
