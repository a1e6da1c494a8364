/* objects: the classes of a shared table, and what happens at each peer when they change. */
#include "samples/table/objects.h"

#include <stdio.h>

#include "samples/lobby/text.h"

void table_pawn_name(char *dst, const struct table_pawn *pawn)
{
    if (!pawn || lobby_text_clean(dst, LOBBY_NAME_MAX + 1, pawn->name) == 0) {
        snprintf(dst, LOBBY_NAME_MAX + 1, TABLE_NAME_DEFAULT);
    }
}

static struct table_game *game_of(const meeple_object *object)
{
    return lobby_user(meeple_object_world(object));
}

/* What the host says of our hand.  What is given to us though we do not wish for it any more (we
 * have let go, or saw it vanish in the meantime) goes back. */
static void look_at_hand(struct table_game *game, const struct table_piece *piece)
{
    const struct table_word *word = &piece->word;
    bool ours = word->holder == table_game_id(game);
    bool wished = game->hand == piece->number && game->ticket == word->ticket;

    if (ours && wished) {
        game->granted = true;
    } else if (ours) {
        (void)meeple_rpc(game->piece_objects[piece->number], MEEPLE_SERVER, table_put, piece->x,
                         piece->y, word->tray ? TABLE_IN_TRAY : TABLE_ON_TABLE, word->ticket);
    } else if (game->hand == piece->number && game->granted) {
        table_game_drop(game);
    }
}

static void piece_ready(void *self, meeple_object *object)
{
    struct table_game *game = game_of(object);
    struct table_piece *piece = self;

    if (!game->pieces[piece->number]) { /* a host with two of a number is not ours */
        game->pieces[piece->number] = piece;
        game->piece_objects[piece->number] = object;
        look_at_hand(game, piece);
    }
    table_game_changed(game);
}

static void piece_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    struct table_game *game = game_of(object);
    const struct table_piece *piece = self;

    (void)changes;
    if (game->dealer.world) {
        table_dealer_check(&game->dealer, piece->number);
    }
    if (game->piece_objects[piece->number] == object) {
        look_at_hand(game, piece);
    }
    table_game_changed(game);
}

static void piece_removed(void *self, meeple_object *object)
{
    struct table_game *game = game_of(object);
    const struct table_piece *piece = self;

    if (game->piece_objects[piece->number] == object) {
        game->pieces[piece->number] = NULL;
        game->piece_objects[piece->number] = NULL;
        if (game->hand == piece->number) {
            table_game_drop(game);
        }
    }
    table_game_changed(game);
}

static void pawn_ready(void *self, meeple_object *object)
{
    struct table_game *game = game_of(object);
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
    struct table_game *game = game_of(object);
    const struct table_pawn *pawn = self;

    (void)changes;
    if (game->dealer.world) {
        table_dealer_greet(&game->dealer, pawn->seat);
    }
    table_game_changed(game);
}

static void pawn_removed(void *self, meeple_object *object)
{
    struct table_game *game = game_of(object);
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

static void board_ready(void *self, meeple_object *object)
{
    struct table_game *game = game_of(object);

    if (!game->board) {
        game->board = self;
        game->board_object = object;
    }
    table_game_changed(game);
}

static void board_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    (void)self, (void)changes;
    table_game_changed(game_of(object));
}

static void board_removed(void *self, meeple_object *object)
{
    struct table_game *game = game_of(object);

    (void)self;
    if (game->board_object == object) {
        game->board = NULL;
        game->board_object = NULL;
    }
}

/* What lies on the table everybody sees; what lies in a tray, and what is on it, one peer alone. */
static bool piece_shows(const void *self, const meeple_object *object, int32_t peer, unsigned group)
{
    const struct table_piece *piece = self;

    (void)object;
    return piece->word.tray == peer || (piece->word.tray == 0 && group != TABLE_SECRET);
}

MEEPLE_ANSWERS(struct table_piece, table_take)
MEEPLE_ANSWERS(struct table_piece, table_put)
MEEPLE_ANSWERS(struct table_piece, table_turn)
MEEPLE_ANSWERS(struct table_board, table_denied)
MEEPLE_ANSWERS(struct table_board, table_said)

/* A piece may be anybody's, but it is the host who is asked. */
static const meeple_method piece_methods[] = {
    MEEPLE_METHOD(table_take, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(table_put, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(table_turn, MEEPLE_RPC_REMOTESYNC),
};

static const meeple_field piece_fields[] = {
    MEEPLE_STATE(struct table_piece, number, .max = TABLE_PIECES - 1, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct table_piece, x, .max = TABLE_WIDTH),
    MEEPLE_STATE(struct table_piece, y, .max = TABLE_HEIGHT),
    MEEPLE_STATE(struct table_piece, word.holder),
    MEEPLE_STATE(struct table_piece, word.ticket),
    MEEPLE_STATE(struct table_piece, word.tray),
    MEEPLE_STATE(struct table_piece, word.level),
    MEEPLE_STATE(struct table_piece, word.slot, .max = TABLE_TRAY - 1),
    MEEPLE_STATE(struct table_piece, word.face, .max = TABLE_CARDS),
    MEEPLE_STATE(struct table_piece, word.secret, .max = TABLE_CARDS,
                 .flags = MEEPLE_GROUP(TABLE_SECRET)),
};

static const meeple_state piece_state = {
    .fields = piece_fields,
    .field_count = MEEPLE_COUNT(piece_fields),
    .size = sizeof(struct table_piece),
    .on_ready = piece_ready,
    .on_changed = piece_changed,
    .on_removed = piece_removed,
    .shows = piece_shows,
};

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

const meeple_class table_piece_class = {.name = "piece",
                                        .methods = piece_methods,
                                        .method_count = MEEPLE_COUNT(piece_methods),
                                        .state = &piece_state};
const meeple_class table_pawn_class = {.name = "pawn", .state = &pawn_state};
const meeple_class table_board_class = {.name = "board",
                                        .methods = board_methods,
                                        .method_count = MEEPLE_COUNT(board_methods),
                                        .state = &board_state};
const meeple_class *const table_classes[] = {&table_board_class, &table_piece_class,
                                             &table_pawn_class, NULL};

/* NULL if it is not the host who was asked. */
static struct table_dealer *dealer_of(const meeple_call *call)
{
    struct table_game *game = game_of(call->object);

    return game->dealer.world ? &game->dealer : NULL;
}

static void on_table_take(struct table_piece *self, const struct table_take *arg,
                          const meeple_call *call)
{
    struct table_dealer *dealer = dealer_of(call);

    if (dealer) {
        table_dealer_take(dealer, self->number, call->sender, arg->ticket);
    }
}

static void on_table_put(struct table_piece *self, const struct table_put *arg,
                         const meeple_call *call)
{
    struct table_dealer *dealer = dealer_of(call);

    if (dealer) {
        table_dealer_put(dealer, self->number, call->sender, arg);
    }
}

static void on_table_turn(struct table_piece *self, const struct table_turn *arg,
                          const meeple_call *call)
{
    struct table_dealer *dealer = dealer_of(call);

    (void)arg;
    if (dealer) {
        table_dealer_turn(dealer, self->number, call->sender);
    }
}

static void on_table_denied(struct table_board *self, const struct table_denied *arg,
                            const meeple_call *call)
{
    struct table_game *game = game_of(call->object);

    (void)self;
    if (game->hand == arg->number && game->ticket == arg->ticket) {
        table_game_drop(game);
    }
    table_game_changed(game);
}

static void on_table_said(struct table_board *self, const struct table_said *arg,
                          const meeple_call *call)
{
    struct table_game *game = game_of(call->object);

    (void)self;
    lobby_lines_add(&game->lines, arg->line);
    if (game->options.on_said) {
        game->options.on_said(game->options.user, arg->line);
    }
    table_game_changed(game);
}
