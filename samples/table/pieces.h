/* pieces: what lies in the box: which pieces there are, how large, and where they lie at first. */
#ifndef TABLE_PIECES_H
#define TABLE_PIECES_H

#include <stdbool.h>
#include <stdint.h>

/* The table's own units; a piece lies where its middle is. */
#define TABLE_WIDTH 1600
#define TABLE_HEIGHT 900

#define TABLE_COLORS 4
#define TABLE_CARDS 20 /* each colour with 1 to 5 */
#define TABLE_DICE 3
#define TABLE_CHIPS 16
#define TABLE_PIECES (TABLE_CARDS + TABLE_DICE + TABLE_CHIPS)

typedef enum table_kind {
    TABLE_CARD, /* face 0: it lies face down; else 1 to TABLE_CARDS */
    TABLE_DIE,  /* face 1 to 6 */
    TABLE_CHIP, /* face 0 */
    TABLE_KINDS
} table_kind;

/* Of the piece with that number, which is below TABLE_PIECES. */
table_kind table_piece_kind(unsigned number);
/* "card", "die", "chip". */
const char *table_kind_name(table_kind kind);

/* Half of its width, half of its height. */
int table_half_width(table_kind kind);
int table_half_height(table_kind kind);
/* Where a piece of that kind is wholly on the table, as near as possible. */
int16_t table_fit_x(table_kind kind, int x);
int16_t table_fit_y(table_kind kind, int y);

/* Of a card's face or a chip's number: below TABLE_COLORS. */
unsigned table_card_color(unsigned face);
unsigned table_chip_color(unsigned number);
/* What is on a card: 1 to 5. */
unsigned table_card_rank(unsigned face);

/* Where it lies when the table is tidy. */
void table_home(unsigned number, int16_t *x, int16_t *y);

#endif /* TABLE_PIECES_H */
