/* test_spawn_grids: arrays of two dimensions over whole sessions. */
#include "rpc/world.h"

#include <stdlib.h>

#include "tests/rpc/grids.h"
#include "tests/rpc/session.h"

static void grid_changed(void *self, meeple_object *object, const meeple_changes *changes);

static const meeple_state grid_state = {.fields = grid_fields,
                                        .field_count = MEEPLE_COUNT(grid_fields),
                                        .size = sizeof(struct grid),
                                        .on_changed = grid_changed};
static const meeple_class grid_class = {.name = "grid", .state = &grid_state};
static const meeple_class *const classes[] = {&grid_class, NULL};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1];
static struct grid mine;
static meeple_object *object;

static void note_cells(char *trace, size_t size, const struct grid *grid,
                       const meeple_changes *changes)
{
    for (size_t row = 0; row < 8; row++) {
        for (size_t column = 0; column < 8; column++) {
            const uint8_t *cell = &grid->cells[row][column];

            if (meeple_changes_touch(changes, (size_t)(cell - (const uint8_t *)grid), 1)) {
                note(trace, size, " cell %zu %zu %u", row, column, (unsigned)*cell);
            }
        }
    }
}

static void grid_changed(void *self, meeple_object *changed, const meeple_changes *changes)
{
    const struct grid *grid = self;
    struct seat *seat = meeple_world_user(meeple_object_world(changed));
    char *trace = seat->session->trace;
    size_t size = sizeof seat->session->trace;

    if (seat != a) {
        return;
    }
    if (MEEPLE_CHANGED(changes, struct grid, cells)) {
        note(trace, size, " cells");
        note_cells(trace, size, grid, changes);
    }
    if (MEEPLE_CHANGED(changes, struct grid, names)) {
        note(trace, size, " names");
    }
    if (MEEPLE_CHANGED(changes, struct grid, names[2])) {
        note(trace, size, " %s", grid->names[2]);
    }
    if (MEEPLE_CHANGED(changes, struct grid, words[1])) {
        note(trace, size, " words %s", grid->words[1][0]);
    }
    if (MEEPLE_CHANGED(changes, struct grid, rows)) {
        note(trace, size, " %u rows", (unsigned)grid->row_count);
    }
    if (MEEPLE_CHANGED(changes, struct grid, rows[3][2])) {
        note(trace, size, " last %d", (int)grid->rows[3][2]);
    }
    if (MEEPLE_CHANGED(changes, struct grid, titles[1])) {
        note(trace, size, " title '%s'", grid->titles[1]);
    }
    if (MEEPLE_CHANGED(changes, struct grid, board[1][1].marks[1])) {
        note(trace, size, " mark '%s'", grid->board[1][1].marks[1]);
    }
    note(trace, size, ";");
}

static void begin(void)
{
    mine = (struct grid){.cells = {[7] = {[7] = 4}}, .names = {"Ann", "Bob"}};
    session.options.classes = classes;
    session_server(&session);
    session_sit(&session, session_client(&session));
    settle(&session);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(spawn_grids, .init = begin, .fini = end);

static void spawn(void)
{
    cr_assert_eq(meeple_object_spawn(&object, session.seats[0].world, &grid_class, "grid", &mine),
                 0);
    settle(&session);
    session.trace[0] = '\0';
}

static const struct grid *there(void)
{
    return meeple_object_find(a->world, &grid_class, "grid");
}

Test(spawn_grids, appear_with_every_cell)
{
    const struct grid *grid;

    mine.words[0][1] = "second";
    mine.places[1][2] = (meeple_vec2){1, 2};
    mine.flags[0][1] = mine.thin[2][0] = true;
    mine.row_count = 2;
    mine.rows[1][2] = 77;
    mine.rows[2][0] = 78;
    mine.title_count = 3;
    strcpy(mine.titles[2], "third");
    mine.rank_count = 3;
    mine.board[2][1] = (struct square){.piece = 9, .marks = {"a", "bc"}};
    spawn();
    grid = there();
    cr_assert_not_null(grid);
    cr_expect_eq(memcmp(grid->cells, mine.cells, sizeof mine.cells), 0);
    cr_expect_eq(memcmp(grid->names, mine.names, sizeof mine.names), 0);
    cr_expect_str_eq(grid->words[0][1], "second");
    cr_expect_str_eq(grid->words[1][1], "");
    cr_expect_eq(grid->places[1][2].y, 0.0F, "the owner's");
    cr_expect(grid->flags[0][1] && !grid->flags[0][0] && grid->thin[2][0] && !grid->thin[1][0]);
    cr_expect_eq(grid->rows[1][2], 77);
    cr_expect_eq(grid->rows[2][0], 0, "does not exist");
    cr_expect_str_eq(grid->titles[2], "third");
    cr_expect_eq(grid->board[2][1].piece, 9);
    cr_expect_str_eq(grid->board[2][1].marks[1], "bc");
    meeple_object_set_owner(object, id_of(a));
    settle(&session);
    cr_expect_eq(grid->places[1][2].y, 2.0F);
    expect_refusals(&session, "");
}

Test(spawn_grids, tell_a_changed_cell_alone)
{
    meeple_state_stats before;

    spawn();
    before = meeple_world_state_stats(server->world);
    mine.cells[3][5] = 9;
    expect_trace(&session, " cells cell 3 5 9;");
    cr_expect_leq(meeple_world_state_stats(server->world).bytes - before.bytes, 8);
    strcpy(mine.names[2], "Cleo");
    expect_trace(&session, " names Cleo;");
    mine.words[1][0] = "new";
    expect_trace(&session, " words new;");
    strcpy(mine.names[2] + 5, "behind the end");
    expect_trace(&session, "");
}

Test(spawn_grids, count_rows)
{
    spawn();
    mine.rows[3][2] = 5;
    strcpy(mine.titles[1], "one");
    strcpy(mine.board[1][1].marks[1], "x");
    expect_trace(&session, "");
    mine.row_count = 4;
    expect_trace(&session, " 4 rows last 5;");
    mine.row_count = 3;
    expect_trace(&session, " 3 rows last 0;");
    cr_expect_eq(mine.rows[3][2], 5, "the master's may be anything");
    mine.title_count = 2;
    expect_trace(&session, " title 'one';");
    mine.rank_count = 2;
    expect_trace(&session, " mark 'x';");
    mine.title_count = mine.rank_count = 1;
    expect_trace(&session, " title '' mark '';");
    mine.row_count = 5;
    expect_trace(&session, "");
    cr_expect_eq(there()->row_count, 3, "there are four rows at most");
}

Test(spawn_grids, keep_a_cell_out_of_its_bounds_at_home)
{
    spawn();
    mine.row_count = 4;
    mine.rows[0][0] = 100;
    mine.rows[0][1] = 101;
    expect_trace(&session, " 4 rows;");
    cr_expect_eq(there()->rows[0][0], 100);
    cr_expect_eq(there()->rows[0][1], 0);
    strcpy(mine.names[2], "eleven char");
    expect_trace(&session, "");
    strcpy(mine.names[2], "ten chars.");
    expect_trace(&session, " names ten chars.;");
}
