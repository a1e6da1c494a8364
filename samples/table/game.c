/* game: a shared table as each peer has it: what lies where, who sits there, what may be asked. */
#include "samples/table/objects.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "samples/lobby/text.h"

static meeple_net *net_of(const struct table_game *game)
{
    return meeple_world_net(game->world);
}

const meeple_class *const table_classes[] = {&table_board_class, &table_piece_class,
                                             &table_pawn_class, NULL};

struct table_game *table_game_of(const meeple_object *object)
{
    return lobby_user(meeple_object_world(object));
}

void table_game_changed(struct table_game *game)
{
    if (game->options.on_changed) {
        game->options.on_changed(game->options.user);
    }
}

void table_game_drop(struct table_game *game)
{
    game->hand = TABLE_NOTHING;
    game->granted = false;
}

void table_game_init(struct table_game *game, const struct table_game_options *options)
{
    memset(game, 0, sizeof *game);
    game->options = *options;
    game->options.name = NULL;
    game->hand = TABLE_NOTHING;
    table_game_rename(game, options->name ? options->name : "");
}

static void clear(struct table_game *game)
{
    memset(game->pieces, 0, sizeof game->pieces);
    memset(game->piece_objects, 0, sizeof game->piece_objects);
    memset(game->pawns, 0, sizeof game->pawns);
    memset(game->pawn_objects, 0, sizeof game->pawn_objects);
    game->board = NULL;
    game->board_object = NULL;
    table_game_drop(game);
}

static int begin(void *user, meeple_world *world)
{
    struct table_game *game = user;
    int rc = 0;

    clear(game);
    lobby_lines_clear(&game->lines);
    game->puts = 0;
    game->world = world;
    if (meeple_net_is_server(net_of(game))) {
        rc = table_dealer_begin(&game->dealer, world, game->options.seed);
    }
    if (rc < 0) {
        game->world = NULL;
    }
    return rc;
}

static void end(void *user)
{
    struct table_game *game = user;

    clear(game);
    table_dealer_end(&game->dealer);
    game->world = NULL;
    table_game_changed(game);
}

static void host_event(struct table_game *game, const meeple_event *event)
{
    struct table_dealer *dealer = &game->dealer;

    if (event->type == MEEPLE_EVENT_UP && !game->options.dedicated) {
        /* The first one at the table finds a seat, unless there is no memory for a pawn. */
        (void)!table_dealer_join(dealer, event->peer, game->name);
    } else if (event->type == MEEPLE_EVENT_JOIN && table_dealer_join(dealer, event->peer, "") < 0) {
        (void)meeple_net_kick(net_of(game), event->peer, MEEPLE_CLOSE_TRY_LATER,
                              "there is no room at the table");
    } else if (event->type == MEEPLE_EVENT_LEAVE) {
        table_dealer_leave(dealer, event->peer);
    }
}

static void event(void *user, meeple_world *world, const meeple_event *event,
                  const meeple_fault *fault)
{
    struct table_game *game = user;

    (void)world;
    if (game->dealer.world) {
        host_event(game, event);
    }
    if (game->options.on_event) {
        game->options.on_event(game->options.user, event, fault);
    }
}

/* Our pawn, if it is ours to change yet. */
static struct table_pawn *own_pawn(const struct table_game *game)
{
    int seat = table_game_seat(game);

    return seat >= 0 && meeple_object_is_master(game->pawn_objects[seat]) ? game->pawns[seat]
                                                                          : NULL;
}

/* A pawn appears, and is ours to change a moment later: then it gets our name. */
static void polled(void *user)
{
    struct table_game *game = user;
    struct table_pawn *pawn = own_pawn(game);

    if (pawn && strcmp(pawn->name, game->name) != 0) {
        memset(pawn->name, 0, sizeof pawn->name);
        memcpy(pawn->name, game->name, strlen(game->name));
    }
}

const struct lobby_game table_lobby_game = {begin, end, event, polled};

static bool is_here(const struct table_game *game, unsigned number)
{
    return game->world && number < TABLE_PIECES && game->pieces[number];
}

int table_game_take(struct table_game *game, unsigned number)
{
    int rc = MEEPLE_ESTATE;

    if (is_here(game, number) && game->hand == TABLE_NOTHING) {
        rc = meeple_rpc(game->piece_objects[number], MEEPLE_SERVER, table_take,
                        (uint8_t)(game->ticket + 1));
    }
    if (rc == 0) {
        game->ticket++;
        game->hand = (int)number;
        game->granted = false;
    }
    return rc;
}

bool table_game_holds(const struct table_game *game, unsigned number)
{
    return game->hand == (int)number && game->granted &&
           meeple_object_is_master(game->piece_objects[number]);
}

/* What we hold is ours to change, in the struct that everyone's follow. */
static struct table_piece *held(const struct table_game *game)
{
    if (game->hand == TABLE_NOTHING || !table_game_holds(game, (unsigned)game->hand)) {
        return NULL;
    }
    return game->pieces[game->hand];
}

void table_game_move(struct table_game *game, int x, int y)
{
    struct table_piece *piece = held(game);

    if (piece) {
        piece->x = table_fit_x(table_piece_kind(piece->number), x);
        piece->y = table_fit_y(table_piece_kind(piece->number), y);
    }
}

int table_game_put(struct table_game *game, int x, int y, enum table_place place)
{
    unsigned number = (unsigned)game->hand;
    int rc;

    if (game->hand == TABLE_NOTHING || !is_here(game, number)) {
        return MEEPLE_ESTATE;
    }
    /* Where we have it already, so that it does not jump back until the host has answered. */
    table_game_move(game, x, y);
    rc = meeple_rpc(game->piece_objects[number], MEEPLE_SERVER, table_put,
                    table_fit_x(table_piece_kind(number), x),
                    table_fit_y(table_piece_kind(number), y), (uint8_t)place, game->ticket);
    if (rc == 0) {
        game->puts += game->granted;
        table_game_drop(game);
    }
    return rc;
}

int table_game_turn(struct table_game *game, unsigned number)
{
    return is_here(game, number)
               ? meeple_rpc(game->piece_objects[number], MEEPLE_SERVER, table_turn)
               : MEEPLE_ESTATE;
}

int table_game_flip(struct table_game *game, bool tidy)
{
    if (!game->world || !game->board) {
        return MEEPLE_ESTATE;
    }
    if (!game->dealer.world) {
        return MEEPLE_EDENIED;
    }
    table_dealer_flip(&game->dealer, tidy);
    return 0;
}

void table_game_walk(struct table_game *game, int x, int y)
{
    struct table_pawn *pawn = own_pawn(game);

    if (pawn) {
        pawn->x = table_fit_x(TABLE_CHIP, x);
        pawn->y = table_fit_y(TABLE_CHIP, y);
    }
}

void table_game_rename(struct table_game *game, const char *name)
{
    if (lobby_text_clean(game->name, sizeof game->name, name) == 0) {
        snprintf(game->name, sizeof game->name, TABLE_NAME_DEFAULT);
    }
}

int32_t table_game_id(const struct table_game *game)
{
    return game->world ? meeple_net_id(net_of(game)) : 0;
}

int table_game_seat_of(const struct table_game *game, int32_t id)
{
    for (int seat = 0; seat < TABLE_SEATS; seat++) {
        if (id != 0 && game->pawns[seat] && game->pawns[seat]->id == id) {
            return seat;
        }
    }
    return TABLE_NOTHING;
}

bool table_game_sits(const struct table_game *game, unsigned seat)
{
    return game->pawns[seat] && game->pawns[seat]->name[0] != '\0';
}

int table_game_seat(const struct table_game *game)
{
    return table_game_seat_of(game, table_game_id(game));
}

bool table_game_is_host(const struct table_game *game)
{
    return game->dealer.world != NULL;
}

bool table_game_in_tray(const struct table_game *game, unsigned number)
{
    return game->pieces[number] && game->pieces[number]->word.tray != 0;
}

bool table_game_rests_in_tray(const struct table_game *game, unsigned number)
{
    return table_game_in_tray(game, number) && game->pieces[number]->word.holder == 0;
}

bool table_game_shows(const struct table_game *game, unsigned number)
{
    const struct table_piece *piece = game->pieces[number];

    return piece && (piece->word.tray == 0 || piece->word.tray == table_game_id(game));
}
