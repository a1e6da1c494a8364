/* object_pawn: the class of the players' pawns, and what happens when one changes. */
#include "samples/table/objects.h"

#include <stdio.h>

#include "samples/lobby/text.h"

void table_pawn_name(char *dst, const struct table_pawn *pawn)
{
    if (!pawn || lobby_text_clean(dst, LOBBY_NAME_MAX + 1, pawn->name) == 0) {
        snprintf(dst, LOBBY_NAME_MAX + 1, TABLE_NAME_DEFAULT);
    }
}

static void pawn_ready(void *self, meeple_object *object)
{
    struct table_game *game = table_game_of(object);
    struct table_pawn *pawn = self;

    if (!game->pawns[pawn->seat]) {
        game->pawns[pawn->seat] = pawn;
        game->pawn_objects[pawn->seat] = object;
    }
    if (game->dealer.world) {
        table_dealer_greet(&game->dealer, pawn->seat);
    }
    table_game_changed(game);
}

static void pawn_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    struct table_game *game = table_game_of(object);
    const struct table_pawn *pawn = self;

    (void)changes;
    if (game->dealer.world) {
        table_dealer_greet(&game->dealer, pawn->seat);
    }
    table_game_changed(game);
}

static void pawn_removed(void *self, meeple_object *object)
{
    struct table_game *game = table_game_of(object);
    const struct table_pawn *pawn = self;

    if (game->pawn_objects[pawn->seat] == object) {
        game->pawns[pawn->seat] = NULL;
        game->pawn_objects[pawn->seat] = NULL;
    }
    if (game->dealer.world) {
        table_dealer_left(&game->dealer, pawn->seat);
    }
    table_game_changed(game);
}

static const meeple_field pawn_fields[] = {
    MEEPLE_STATE(struct table_pawn, id, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct table_pawn, seat, .max = TABLE_SEATS - 1, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct table_pawn, x, .max = TABLE_WIDTH),
    MEEPLE_STATE(struct table_pawn, y, .max = TABLE_HEIGHT),
    MEEPLE_STATE(struct table_pawn, name),
};

static const meeple_state pawn_state = {
    .fields = pawn_fields,
    .field_count = MEEPLE_COUNT(pawn_fields),
    .size = sizeof(struct table_pawn),
    .dies_with_master = true,
    .on_ready = pawn_ready,
    .on_changed = pawn_changed,
    .on_removed = pawn_removed,
};

const meeple_class table_pawn_class = {.name = "pawn", .state = &pawn_state};
