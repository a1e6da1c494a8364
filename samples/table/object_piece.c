/* object_piece: the class of the pieces on a shared table, and what happens when one changes. */
#include "samples/table/objects.h"

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
    struct table_game *game = table_game_of(object);
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
    struct table_game *game = table_game_of(object);
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
    struct table_game *game = table_game_of(object);
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

const meeple_class table_piece_class = {.name = "piece",
                                        .methods = piece_methods,
                                        .method_count = MEEPLE_COUNT(piece_methods),
                                        .state = &piece_state};

/* NULL if it is not the host who was asked. */
static struct table_dealer *dealer_of(const meeple_call *call)
{
    struct table_game *game = table_game_of(call->object);

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
