/* object_board: the class of the table itself, and what its host says there. */
#include "samples/table/objects.h"

static void board_ready(void *self, meeple_object *object)
{
    struct table_game *game = table_game_of(object);

    if (!game->board) {
        game->board = self;
        game->board_object = object;
    }
    table_game_changed(game);
}

static void board_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    (void)self, (void)changes;
    table_game_changed(table_game_of(object));
}

static void board_removed(void *self, meeple_object *object)
{
    struct table_game *game = table_game_of(object);

    (void)self;
    if (game->board_object == object) {
        game->board = NULL;
        game->board_object = NULL;
    }
}

MEEPLE_ANSWERS(struct table_board, table_denied)
MEEPLE_ANSWERS(struct table_board, table_said)

static const meeple_method board_methods[] = {
    MEEPLE_METHOD(table_denied, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(table_said, MEEPLE_RPC_PUPPETSYNC),
};

static const meeple_field board_fields[] = {
    MEEPLE_STATE(struct table_board, trays, .max = TABLE_TRAY),
    MEEPLE_STATE(struct table_board, flips),
    MEEPLE_STATE(struct table_board, said),
};

static const meeple_state board_state = {
    .fields = board_fields,
    .field_count = MEEPLE_COUNT(board_fields),
    .size = sizeof(struct table_board),
    .on_ready = board_ready,
    .on_changed = board_changed,
    .on_removed = board_removed,
};

const meeple_class table_board_class = {.name = "board",
                                        .methods = board_methods,
                                        .method_count = MEEPLE_COUNT(board_methods),
                                        .state = &board_state};

static void on_table_denied(struct table_board *self, const struct table_denied *arg,
                            const meeple_call *call)
{
    struct table_game *game = table_game_of(call->object);

    (void)self;
    if (game->hand == arg->number && game->ticket == arg->ticket) {
        table_game_drop(game);
    }
    table_game_changed(game);
}

static void on_table_said(struct table_board *self, const struct table_said *arg,
                          const meeple_call *call)
{
    struct table_game *game = table_game_of(call->object);

    (void)self;
    lobby_lines_add(&game->lines, arg->line);
    if (game->options.on_said) {
        game->options.on_said(game->options.user, arg->line);
    }
    table_game_changed(game);
}
