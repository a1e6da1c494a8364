/* pieces: what lies in the box: which pieces there are, how large, and where they lie at first. */
#include "samples/table/pieces.h"

#include <assert.h>

#define RANKS (TABLE_CARDS / TABLE_COLORS)
#define FIRST_DIE TABLE_CARDS
#define FIRST_CHIP (TABLE_CARDS + TABLE_DICE)

static const struct {
    const char *name;
    int16_t half_width, half_height;
} kinds[TABLE_KINDS] = {
    [TABLE_CARD] = {"card", 48, 67},
    [TABLE_DIE] = {"die", 34, 34},
    [TABLE_CHIP] = {"chip", 36, 36},
};

table_kind table_piece_kind(unsigned number)
{
    assert(number < TABLE_PIECES);
    return number < FIRST_DIE ? TABLE_CARD : number < FIRST_CHIP ? TABLE_DIE : TABLE_CHIP;
}

const char *table_kind_name(table_kind kind)
{
    return kinds[kind].name;
}

int table_half_width(table_kind kind)
{
    return kinds[kind].half_width;
}

int table_half_height(table_kind kind)
{
    return kinds[kind].half_height;
}

static int16_t between(int least, int value, int most)
{
    return (int16_t)(value < least ? least : value > most ? most : value);
}

int16_t table_fit_x(table_kind kind, int x)
{
    return between(kinds[kind].half_width, x, TABLE_WIDTH - kinds[kind].half_width);
}

int16_t table_fit_y(table_kind kind, int y)
{
    return between(kinds[kind].half_height, y, TABLE_HEIGHT - kinds[kind].half_height);
}

unsigned table_card_color(unsigned face)
{
    return (face - 1) / RANKS % TABLE_COLORS;
}

unsigned table_card_rank(unsigned face)
{
    return (face - 1) % RANKS + 1;
}

unsigned table_chip_color(unsigned number)
{
    return (number - FIRST_CHIP) % TABLE_COLORS;
}

/* A pack of cards, a row of dice, and a heap of chips for each colour. */
void table_home(unsigned number, int16_t *x, int16_t *y)
{
    unsigned place;

    switch (table_piece_kind(number)) {
    case TABLE_CARD:
        *x = (int16_t)(TABLE_WIDTH / 2 + number);
        *y = (int16_t)(TABLE_HEIGHT / 2 - 2 * (int)number);
        break;
    case TABLE_DIE:
        place = number - FIRST_DIE;
        *x = (int16_t)(TABLE_WIDTH / 2 - 330 + 95 * (int)place);
        *y = TABLE_HEIGHT / 2;
        break;
    case TABLE_CHIP:
    default:
        place = number - FIRST_CHIP;
        *x = (int16_t)(TABLE_WIDTH / 2 + 180 + 90 * (int)(place % TABLE_COLORS));
        *y = (int16_t)(TABLE_HEIGHT / 2 + 12 - 9 * (int)(place / TABLE_COLORS));
    }
}
