/* test_layout: tables of state checked, and taken apart into slots. */
#include "rpc/layout.h"

#include <criterion/criterion.h>

#include <string.h>

#include "rpc/sentence.h"
#include "tests/rpc/bytes.h"

struct piece {
    char name[8];
    int16_t x;
    struct {
        float speed;
        bool on;
    } motor;
    uint8_t cells[5];
    meeple_color color;
};

static const meeple_field fields[] = {
    MEEPLE_STATE(struct piece, name, .flags = MEEPLE_ON_SPAWN, .max = 4),
    MEEPLE_STATE(struct piece, x, .min = -3, .max = 3),
    MEEPLE_STATE(struct piece, motor.speed),
    MEEPLE_STATE(struct piece, motor.on),
    MEEPLE_STATE(struct piece, cells, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct piece, color),
};
static const meeple_state state = {
    .fields = fields, .field_count = MEEPLE_COUNT(fields), .size = sizeof(struct piece)};
static const meeple_class piece_class = {.name = "piece", .state = &state};

static struct meeple__layout *layout_of(const meeple_class *cls)
{
    struct meeple__layout *layout = NULL;
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&layout, NULL, cls, NULL, &why), 0, "%s", why.text);
    return layout;
}

Test(layout, has_a_slot_for_each_element)
{
    static const char *const names[] = {"name",  "x",     "motor.speed", "motor.on", "cells",
                                        "cells", "cells", "cells",       "cells",    "color"};
    struct meeple__layout *layout = layout_of(&piece_class);

    cr_expect_eq(layout->slot_count, MEEPLE_COUNT(names));
    for (uint32_t slot = 0; slot < layout->slot_count; slot++) {
        cr_expect_str_eq(meeple__layout_slot(layout, slot).name, names[slot]);
    }
    cr_expect_eq(meeple__layout_slot(layout, 7).offset, offsetof(struct piece, cells) + 3);
    cr_expect_eq(meeple__layout_slot(layout, 7).flags, MEEPLE_OWNER_ONLY);
    cr_expect_eq(layout->low, offsetof(struct piece, x), "what is only spawned is not compared");
    cr_expect_eq(layout->high, offsetof(struct piece, color) + sizeof(meeple_color));
    free(layout);
}

Test(layout, tells_others_its_fields)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};

    meeple__layout_write(layout, &sink);
    cr_expect_eq(sink.rc, 0);
    buf.len = 12;
    expect_bytes(buf, "04 6e 61 6d 65 74 08 01 01 78 68 01");
    meeple__buf_done(&buf, NULL);
    free(layout);
}

struct grouped {
    int32_t own, tray, late;
};

static const meeple_field grouped_fields[] = {
    MEEPLE_STATE(struct grouped, own, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct grouped, tray, .flags = MEEPLE_GROUP(1)),
    MEEPLE_STATE(struct grouped, late, .flags = MEEPLE_ON_SPAWN | MEEPLE_GROUP(6)),
};
static const meeple_state grouped_state = {.fields = grouped_fields,
                                           .field_count = MEEPLE_COUNT(grouped_fields),
                                           .size = sizeof(struct grouped)};
static const meeple_class grouped_class = {.name = "grouped", .state = &grouped_state};

Test(layout, knows_the_groups_that_there_are)
{
    struct meeple__layout *layout = layout_of(&grouped_class);
    struct meeple__buf buf = {0};
    struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};

    cr_expect_eq(layout->groups, 1 | 2 | 4 | 128);
    meeple__layout_write(layout, &sink);
    expect_bytes(buf, "03 6f 77 6e 69 01 02 04 74 72 61 79 69 01 10 04 6c 61 74 65 69 01 61");
    meeple__buf_done(&buf, NULL);
    free(layout);
}

Test(layout, checks_every_element)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    struct meeple__sentence why;
    struct piece piece = {.name = "four"};

    meeple__sentence_init(&why);
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), 0);
    piece.x = 4;
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'x' is 4, allowed -3..3");
    meeple__sentence_init(&why);
    strcpy(piece.name, "fives");
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'name' is 5 bytes long, allowed 0..4");
    meeple__sentence_init(&why);
    memset(piece.name, 'x', sizeof piece.name);
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'name' has no end");
    meeple__sentence_init(&why);
    strcpy(piece.name, "\xff");
    cr_expect_eq(meeple__layout_check(layout, &piece, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "field 'name' is not UTF-8");
    free(layout);
}

Test(layout, compares_texts_up_to_their_end)
{
    struct meeple__layout *layout = layout_of(&piece_class);
    meeple_field name = meeple__layout_slot(layout, 0), x = meeple__layout_slot(layout, 1);
    struct piece left = {.name = "a\0bc"}, right = {.name = "a\0de", .x = 1};

    cr_expect(meeple__slot_same(&name, &left, &right));
    cr_expect_not(meeple__slot_same(&x, &left, &right));
    free(layout);
}

static void expect_no_layout(const meeple_field *bad, size_t count, size_t size, const char *text)
{
    const meeple_state wrong = {.fields = bad, .field_count = count, .size = size};
    const meeple_class cls = {.name = "bad", .state = &wrong};
    struct meeple__layout *layout = NULL;
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_expect_eq(meeple__layout_new(&layout, NULL, &cls, NULL, &why), MEEPLE_EINVAL);
    cr_expect_null(layout);
    cr_expect_str_eq(why.text, text);
}

struct wrong {
    const char *text;
    int32_t *numbers;
    int32_t number;
    bool yes;
};

Test(layout, refuses_a_table_that_makes_no_sense)
{
    const meeple_field text[] = {MEEPLE_FIELD(struct wrong, text)};
    const meeple_field pointer[] = {MEEPLE_STATE(struct wrong, numbers)};
    const meeple_field twice[] = {MEEPLE_STATE(struct wrong, number),
                                  MEEPLE_STATE(struct wrong, number)};
    const meeple_field upside_down[] = {MEEPLE_STATE(struct wrong, number, .min = 2, .max = 1)};
    const meeple_field bounded[] = {MEEPLE_STATE(struct wrong, yes, .max = 1)};
    const meeple_field odd[] = {{"odd", MEEPLE_TYPE_I32, 0, 0, 0, 6, 0}};
    const meeple_field flags[] = {{"flags", MEEPLE_TYPE_I32, 0, 0, 0, 4, 8}};
    const meeple_field seventh[] = {{"seventh", MEEPLE_TYPE_I32, 0, 0, 0, 4, 7 << 8}};
    const meeple_field two_groups[] = {
        MEEPLE_STATE(struct wrong, number, .flags = MEEPLE_OWNER_ONLY | MEEPLE_GROUP(1))};
    const meeple_field packed[] = {{"packed", MEEPLE_TYPE_I32, 2, 0, 0, 4, 0}};
    const meeple_field wrapped[] = {{"wrapped", MEEPLE_TYPE_I16, 65534, 0, 0, 4, 0}};
    const meeple_field nameless[] = {{NULL, MEEPLE_TYPE_I32, 0, 0, 0, 4, 0}};
    const size_t size = sizeof(struct wrong);

    expect_no_layout(text, 1, size,
                     "class bad: 'text' is string, which is no state: nobody would own it");
    expect_no_layout(pointer, 1, size,
                     "class bad: 'numbers' is a pointer, which is no state: nobody would own it");
    expect_no_layout(twice, 2, size, "class bad: 'number' is there twice");
    expect_no_layout(upside_down, 1, size, "class bad: the bounds of 'number' make no sense");
    expect_no_layout(bounded, 1, size, "class bad: the bounds of 'yes' make no sense");
    expect_no_layout(odd, 1, size, "class bad: 'odd' makes no sense");
    expect_no_layout(odd, 1, 3, "class bad: 'odd' makes no sense");
    expect_no_layout(packed, 1, size,
                     "class bad: 'packed' is not aligned as C aligns it: is the struct packed?");
    expect_no_layout(wrapped, 1, 65535, "class bad: 'wrapped' makes no sense");
    expect_no_layout(flags, 1, size, "class bad: 'flags' makes no sense");
    expect_no_layout(seventh, 1, size, "class bad: 'seventh' makes no sense");
    expect_no_layout(two_groups, 1, size, "class bad: 'number' makes no sense");
    expect_no_layout(nameless, 1, size, "class bad has a field of state without a name");
    expect_no_layout(NULL, 0, size,
                     "class bad has no state of 1 to 255 fields in 1 to 65535 bytes");
    expect_no_layout(fields, MEEPLE_COUNT(fields), 65536,
                     "class bad has no state of 1 to 255 fields in 1 to 65535 bytes");
}
