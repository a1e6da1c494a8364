/* game_table: a host and its guests at one dice table, in one process, and what ran at each. */
#ifndef TESTS_SAMPLES_GAME_TABLE_H
#define TESTS_SAMPLES_GAME_TABLE_H

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "samples/dice/game.h"

enum {
    TABLE_MAX = 80
};

/* The first one is the host. */
struct guest {
    struct dice_game game;
    meeple_world *world; /* NULL: gone */
    char trace[4096]; /* "_log(1, hello) [1 7] 0; ": who, what, and the ids and the turn after it */
    unsigned refusals;
    uint16_t down; /* the code, 0: not yet */
};

struct table {
    struct guest *guests[TABLE_MAX];
    size_t count;
    meeple_dialect dialect;
};

/* A test in every dialect that the game has; its body is behind it, with `dialect`. */
#define TABLE_TEST(suite, name)                                                                    \
    static void name(meeple_dialect dialect);                                                      \
    Test(suite, name)                                                                              \
    {                                                                                              \
        name(MEEPLE_DIALECT_NATIVE);                                                               \
    }                                                                                              \
    Test(suite, name##_in_godot3)                                                                  \
    {                                                                                              \
        name(MEEPLE_DIALECT_GODOT3);                                                               \
    }                                                                                              \
    static void name(meeple_dialect dialect)

static inline void note_ran(void *user, const struct dice_ran *ran)
{
    struct guest *guest = user;
    size_t size = sizeof guest->trace;
    size_t len = strlen(guest->trace);
    char *to = guest->trace;

    len += (size_t)snprintf(to + len, size - len, "%s(", ran->method);
    for (size_t i = 0; i < ran->arg_count && len < size; i++) {
        len += (size_t)snprintf(to + len, size - len, "%s%s", i > 0 ? ", " : "", ran->args[i]);
    }
    if (len < size) {
        snprintf(to + len, size - len, ") from %" PRId32 ", %zu at the table, turn %d; ", ran->from,
                 guest->game.player_count, guest->game.turn);
    }
}

static inline void table_event(meeple_world *world, const meeple_event *event)
{
    struct guest *guest = meeple_world_user(world);

    dice_game_event(&guest->game, event);
    if (event->type == MEEPLE_EVENT_DOWN) {
        guest->down = event->code;
    }
}

static inline void table_refused(meeple_world *world, const meeple_refusal *refusal)
{
    struct guest *guest = meeple_world_user(world);

    (void)refusal;
    guest->refusals++;
}

static inline struct guest *table_sit(struct table *table, meeple_net *net,
                                      const struct dice_game_options *given)
{
    struct guest *guest = calloc(1, sizeof *guest);
    struct dice_game_options options = *given;

    cr_assert_not_null(guest);
    cr_assert_lt(table->count, TABLE_MAX);
    table->guests[table->count++] = guest;
    options.on_ran = note_ran;
    options.user = guest;
    dice_game_init(&guest->game, &options);
    cr_assert_eq(meeple_world_new(&guest->world, net,
                                  &(meeple_world_options){.on_event = table_event,
                                                          .on_refused = table_refused,
                                                          .user = guest}),
                 0);
    cr_assert_eq(dice_game_begin(&guest->game, guest->world), 0);
    return guest;
}

/* Until nobody has anything left to do. */
static inline void table_settle(struct table *table)
{
    for (unsigned quiet = 0; quiet < 3;) {
        quiet++;
        for (size_t i = 0; i < table->count; i++) {
            struct guest *guest = table->guests[i];
            int rc = guest->world ? meeple_world_poll(guest->world, 0) : 0;

            quiet = rc > 0 ? 0 : quiet;
            cr_assert(rc >= 0 || rc == MEEPLE_ECLOSED, "%s", meeple_strerror(rc));
        }
    }
}

static inline struct guest *table_host(struct table *table, const struct dice_game_options *options)
{
    const meeple_listen_options listen = {.limits.peers_max = TABLE_MAX, .dialect = table->dialect};
    meeple_net *net;

    cr_assert_eq(meeple_net_loopback(&net, &listen), 0);
    return table_sit(table, net, options);
}

/* A connection to it, without a game. */
static inline meeple_net *table_connect(struct table *table)
{
    const meeple_connect_options options = {.dialect = table->dialect};
    meeple_net *net;

    cr_assert_eq(meeple_net_join(&net, meeple_world_net(table->guests[0]->world), &options), 0);
    return net;
}

static inline struct guest *table_join(struct table *table, const char *name)
{
    return table_sit(table, table_connect(table), &(struct dice_game_options){.name = name});
}

/* "Host", and guests "a", "b", ... */
static inline void table_begin(struct table *table, size_t guests)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

    table_host(table, &(struct dice_game_options){.name = "Host", .seed = 1});
    for (size_t i = 0; i < guests; i++) {
        table_join(table, names[i]);
        table_settle(table);
    }
    table_settle(table);
}

/* Gone without a word. */
static inline void table_drop(struct guest *guest)
{
    dice_game_end(&guest->game);
    meeple_world_free(guest->world);
    guest->world = NULL;
}

static inline void table_end(struct table *table)
{
    for (size_t i = table->count; i-- > 0;) {
        if (table->guests[i]->world) {
            table_drop(table->guests[i]);
        }
        free(table->guests[i]);
    }
}

static inline int32_t id_of(const struct guest *guest)
{
    return meeple_net_id(meeple_world_net(guest->world));
}

/* Everybody who is still here has the same people, names and turn as the host, and the end of its
 * log. */
static inline void expect_same(const struct table *table)
{
    const struct dice_game *host = &table->guests[0]->game;

    cr_assert(host->player_count == 0 ? host->turn == -1
                                      : host->turn >= 0 && (size_t)host->turn < host->player_count,
              "turn %d of %zu", host->turn, host->player_count);
    for (size_t i = 1; i < table->count; i++) {
        const struct dice_game *game = &table->guests[i]->game;

        if (!table->guests[i]->world) {
            continue;
        }
        cr_assert_eq(game->player_count, host->player_count);
        cr_assert_eq(game->turn, host->turn);
        for (size_t seat = 0; seat < host->player_count; seat++) {
            cr_assert_eq(game->players[seat].id, host->players[seat].id);
            cr_assert_str_eq(game->players[seat].name, host->players[seat].name);
        }
        cr_assert_leq(game->lines.count, host->lines.count);
        for (size_t back = 1; back <= game->lines.count; back++) {
            cr_assert_str_eq(lobby_lines_at(&game->lines, game->lines.count - back),
                             lobby_lines_at(&host->lines, host->lines.count - back));
        }
    }
}

/* The guest asks for a roll and everybody hears of it. */
static inline void table_roll(struct table *table, struct guest *guest)
{
    cr_assert_eq(dice_game_roll(&guest->game), 0);
    table_settle(table);
}

static inline const char *last_line(const struct guest *guest)
{
    const struct lobby_lines *lines = &guest->game.lines;

    return lines->count > 0 ? lobby_lines_at(lines, lines->count - 1) : "";
}

#endif /* TESTS_SAMPLES_GAME_TABLE_H */
