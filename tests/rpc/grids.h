/* grids: a class with arrays of two dimensions: one of each kind. */
#ifndef TESTS_RPC_GRIDS_H
#define TESTS_RPC_GRIDS_H

#include <meeple/state.h>

struct square {
    uint8_t piece; /* at most 12 */
    char marks[2][3];
};

struct grid {
    char local; /* no state */
    uint8_t cells[8][8];
    char names[4][32];
    meeple_vec2 places[2][3];
    bool flags[1][2], thin[3][1];
    const char *words[2][2];
    uint8_t row_count;
    int32_t rows[4][3]; /* 0..100 */
    uint16_t title_count;
    char titles[3][6];
    uint8_t rank_count;
    struct square board[3][2];
};

static const meeple_field square_fields[] = {
    MEEPLE_STATE(struct square, piece, .max = 12),
    MEEPLE_STATE(struct square, marks),
};

static const meeple_field grid_fields[] = {
    MEEPLE_STATE(struct grid, cells),
    MEEPLE_STATE(struct grid, names, .max = 10),
    MEEPLE_STATE(struct grid, places, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct grid, flags),
    MEEPLE_STATE(struct grid, thin),
    MEEPLE_STATE(struct grid, words),
    MEEPLE_STATE(struct grid, rows, MEEPLE_COUNTED_BY(struct grid, row_count), .max = 100),
    MEEPLE_STATE(struct grid, titles, MEEPLE_COUNTED_BY(struct grid, title_count)),
    MEEPLE_STATE_STRUCT(struct grid, board, struct square, square_fields,
                        MEEPLE_COUNTED_BY(struct grid, rank_count)),
};

#endif /* TESTS_RPC_GRIDS_H */
