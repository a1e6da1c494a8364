/* game: the dice table and its rules: who sits there, whose turn it is, what has been rolled. */
#include "samples/dice/game.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "samples/lobby/luck.h"
#include "samples/lobby/text.h"

MEEPLE_ANSWERS(struct dice_game, set_player_name)
MEEPLE_ANSWERS(struct dice_game, request_action)
MEEPLE_ANSWERS(struct dice_game, update_player_name)
MEEPLE_ANSWERS(struct dice_game, do_action)
MEEPLE_ANSWERS(struct dice_game, set_turn)
MEEPLE_ANSWERS(struct dice_game, add_player)
MEEPLE_ANSWERS(struct dice_game, del_player)
MEEPLE_ANSWERS(struct dice_game, log_line)

/* Players ask, the host tells.  In the original, anybody may tell. */
static const meeple_method methods[] = {
    MEEPLE_METHOD(set_player_name, MEEPLE_RPC_MASTER),
    MEEPLE_METHOD(request_action, MEEPLE_RPC_MASTER),
    MEEPLE_METHOD(update_player_name, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(do_action, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(set_turn, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(add_player, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(del_player, MEEPLE_RPC_PUPPETSYNC),
    MEEPLE_METHOD(log_line, MEEPLE_RPC_PUPPETSYNC),
};
static const meeple_class game_class = {
    .name = RULES_CLASS, .methods = methods, .method_count = MEEPLE_COUNT(methods)};

/*
 * Calls to everybody, ourselves included, are not checked below: if one cannot be made, there is no
 * memory for it; then it runs nowhere, and the tables stay equal.
 */

/* Somebody's seat, or -1. */
static int seat_of(const struct dice_game *game, int32_t id)
{
    for (size_t seat = 0; seat < game->player_count; seat++) {
        if (game->players[seat].id == id) {
            return (int)seat;
        }
    }
    return -1;
}

static bool is_seat(const struct dice_game *game, int seat)
{
    return seat >= 0 && (size_t)seat < game->player_count;
}

static meeple_net *net_of(const struct dice_game *game)
{
    return meeple_world_net(meeple_object_world(game->object));
}

static void clean_name(char *dst, const char *name)
{
    if (lobby_text_clean(dst, RULES_NAME_MAX + 1, name) == 0) {
        memcpy(dst, RULES_NAME_DEFAULT, sizeof RULES_NAME_DEFAULT);
    }
}

/* A number as text, for dice_ran. */
struct number {
    char text[12];
};

static const char *as_text(struct number *storage, int32_t number)
{
    snprintf(storage->text, sizeof storage->text, "%" PRId32, number);
    return storage->text;
}

/* A method has run; second may be NULL. */
static void ran(const struct dice_game *game, const char *method, const meeple_call *call,
                const char *first, const char *second)
{
    const char *const args[] = {first, second};

    if (game->on_ran) {
        game->on_ran(game->user, &(struct dice_ran){.method = method,
                                                    .from = call->sender,
                                                    .args = args,
                                                    .arg_count = second ? 2 : 1});
    }
}

/* On the host only. */
static void on_set_player_name(struct dice_game *self, const struct set_player_name *arg,
                               const meeple_call *call)
{
    char name[RULES_NAME_MAX + 1];

    clean_name(name, arg->name);
    ran(self, "set_player_name", call, arg->name, NULL);
    if (seat_of(self, call->sender) >= 0) {
        meeple_rpc(self->object, MEEPLE_ALL, update_player_name, call->sender, name);
    }
}

static void on_update_player_name(struct dice_game *self, const struct update_player_name *arg,
                                  const meeple_call *call)
{
    int seat = seat_of(self, arg->player);
    struct number player;

    if (seat >= 0) {
        clean_name(self->players[seat].name, arg->name);
    }
    ran(self, "update_player_name", call, as_text(&player, arg->player), arg->name);
}

static void next_turn(const struct dice_game *game)
{
    int32_t next = (int32_t)((size_t)(game->turn + 1) % game->player_count);

    meeple_rpc(game->object, MEEPLE_ALL, set_turn, next);
}

/* On the host only. */
static void on_request_action(struct dice_game *self, const struct request_action *arg,
                              const meeple_call *call)
{
    char line[RULES_LINE_MAX + 1];

    ran(self, "request_action", call, arg->action, NULL);
    if (self->turn < 0 || self->players[self->turn].id != call->sender) {
        snprintf(line, sizeof line, "Someone is trying to cheat! %" PRId32, call->sender);
        meeple_rpc(self->object, MEEPLE_ALL, log_line, line);
        return;
    }
    /* Here and nowhere else, as in the original: the others are told what came of it. */
    on_do_action(self, &(struct do_action){.action = arg->action}, call);
    next_turn(self);
}

static void on_do_action(struct dice_game *self, const struct do_action *arg,
                         const meeple_call *call)
{
    char action[RULES_ACTION_MAX + 1];
    char line[RULES_LINE_MAX + 1];

    ran(self, "do_action", call, arg->action, NULL);
    if (self->turn < 0 || !meeple_object_is_master(self->object)) {
        return;
    }
    lobby_text_clean(action, sizeof action, arg->action);
    snprintf(line, sizeof line, "%s: %ss %u", self->players[self->turn].name, action,
             (unsigned)lobby_luck(&self->random, RULES_FACES));
    meeple_rpc(self->object, MEEPLE_ALL, log_line, line);
}

static void on_set_turn(struct dice_game *self, const struct set_turn *arg, const meeple_call *call)
{
    struct number turn;

    self->turn = is_seat(self, arg->turn) ? arg->turn : -1;
    if (self->asked && !self->leaving) {
        self->asked = false;
        self->rolls++;
    }
    self->leaving = false;
    ran(self, "set_turn", call, as_text(&turn, arg->turn), NULL);
}

static void on_add_player(struct dice_game *self, const struct add_player *arg,
                          const meeple_call *call)
{
    struct number id;

    if (self->player_count < RULES_PLAYERS_MAX && seat_of(self, arg->id) < 0) {
        struct dice_player *player = &self->players[self->player_count++];

        player->id = arg->id;
        clean_name(player->name, arg->name[0] ? arg->name : RULES_NAME_MISSING);
    }
    ran(self, "add_player", call, as_text(&id, arg->id), arg->name);
}

/* The turn stays with who has it.  If that is who leaves, the next one gets it. */
static void on_del_player(struct dice_game *self, const struct del_player *arg,
                          const meeple_call *call)
{
    int seat = seat_of(self, arg->id);
    struct number id;

    if (seat >= 0) {
        self->player_count--;
        memmove(&self->players[seat], &self->players[seat + 1],
                (self->player_count - (size_t)seat) * sizeof self->players[0]);
        if (self->turn > seat) {
            self->turn--;
        }
        if (!is_seat(self, self->turn)) {
            self->turn = self->player_count > 0 ? 0 : -1;
        }
        self->leaving = true;
    }
    ran(self, "del_player", call, as_text(&id, arg->id), NULL);
    if (seat >= 0 && meeple_object_is_master(self->object)) {
        meeple_rpc(self->object, MEEPLE_ALL, set_turn, self->turn);
    }
}

static void on_log_line(struct dice_game *self, const struct log_line *arg, const meeple_call *call)
{
    lobby_lines_add(&self->lines, arg->what);
    ran(self, "_log", call, arg->what, NULL);
}

/* Tells the newcomer who is here, everybody who is new, and the newcomer whose turn it is. */
static int introduce(const struct dice_game *game, int32_t id)
{
    int rc = game->player_count < RULES_PLAYERS_MAX ? 0 : MEEPLE_EFULL;

    for (size_t seat = 0; rc == 0 && seat < game->player_count; seat++) {
        const struct dice_player *player = &game->players[seat];

        rc = meeple_rpc(game->object, id, add_player, player->id, player->name);
    }
    if (rc == 0) {
        rc = meeple_rpc(game->object, MEEPLE_ALL, add_player, id, "");
    }
    if (rc == 0) {
        /* The first one at an empty table begins. */
        bool begins = game->turn < 0;

        rc = meeple_rpc(game->object, begins ? MEEPLE_ALL : id, set_turn, begins ? 0 : game->turn);
    }
    return rc;
}

static void host_event(const struct dice_game *game, const meeple_event *event)
{
    if (event->type == MEEPLE_EVENT_UP && !game->dedicated) {
        meeple_rpc(game->object, MEEPLE_ALL, add_player, event->peer, game->name);
        meeple_rpc(game->object, MEEPLE_ALL, set_turn, 0);
    } else if (event->type == MEEPLE_EVENT_JOIN && introduce(game, event->peer) < 0) {
        /* Who does not know everything is in another game. */
        meeple_net_kick(net_of(game), event->peer, MEEPLE_CLOSE_TRY_LATER,
                        "there is no room at the table");
    } else if (event->type == MEEPLE_EVENT_LEAVE && seat_of(game, event->peer) >= 0) {
        meeple_rpc(game->object, MEEPLE_ALL, del_player, event->peer);
    }
}

void dice_game_event(struct dice_game *game, const meeple_event *event)
{
    assert(game->object);
    if (meeple_net_is_server(net_of(game))) {
        host_event(game, event);
    } else if (event->type == MEEPLE_EVENT_JOIN && event->peer == MEEPLE_SERVER) {
        meeple_rpc(game->object, MEEPLE_SERVER, set_player_name, game->name);
    }
}

void dice_game_init(struct dice_game *game, const struct dice_game_options *options)
{
    memset(game, 0, sizeof *game);
    game->turn = -1;
    game->dedicated = options->dedicated;
    game->random = options->seed;
    game->on_ran = options->on_ran;
    game->user = options->user;
    clean_name(game->name, options->name ? options->name : "");
}

int dice_game_begin(struct dice_game *game, meeple_world *world)
{
    game->player_count = 0;
    game->turn = -1;
    game->rolls = 0;
    game->asked = false;
    game->leaving = false;
    lobby_lines_clear(&game->lines);
    return meeple_object_add(&game->object, world, &game_class, RULES_PATH, game);
}

void dice_game_end(struct dice_game *game)
{
    meeple_object_remove(game->object);
    game->object = NULL;
}

int dice_game_roll(struct dice_game *game)
{
    bool mine = dice_game_my_turn(game);
    int rc = game->object ? meeple_rpc(game->object, MEEPLE_SERVER, request_action, "roll")
                          : MEEPLE_ESTATE;

    if (rc == 0 && mine) {
        game->asked = true;
    }
    return rc;
}

int dice_game_rename(struct dice_game *game, const char *name)
{
    clean_name(game->name, name);
    /* Before the server has joined there is nobody to tell; then it is told by itself. */
    if (!game->object || meeple_net_id(net_of(game)) == 0 ||
        (meeple_net_is_server(net_of(game)) && seat_of(game, MEEPLE_SERVER) < 0)) {
        return 0;
    }
    return meeple_rpc(game->object, MEEPLE_SERVER, set_player_name, game->name);
}

bool dice_game_my_turn(const struct dice_game *game)
{
    return game->object && game->turn >= 0 && !game->asked &&
           game->players[game->turn].id == meeple_net_id(net_of(game));
}
