/* test_dice_sim: the whole game, a host and four clients, over networks that chop, stall and
 * break, in every dialect that it has. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "samples/dice/session.h"
#include "tests/support/prng.h"
#include "tests/support/sim.h"

enum {
    CLIENTS = 4,
    SEEDS = 1000,
    ROUGH_MS = 4000,
    CALM_MS = 60000,
    SEEDS_EACH = 250
};

struct table {
    struct sim *sim;
    struct dice_session *host;
    struct dice_session *clients[CLIENTS];
    uint64_t seed;
    meeple_dialect dialect;
    unsigned drops; /* connections that broke on somebody who was playing */
};

static const char *const names[CLIENTS] = {"Anna", "Bořek", "Хлоя", "Δ"};

static void sit_down(struct table *table, const struct sim_options *options)
{
    table->sim = sim_new(options);
    cr_assert_eq(dice_session_new(&table->host,
                                  &(struct dice_options){.name = "Host",
                                                         .seed = (uint32_t)table->seed + 1,
                                                         .dialect = table->dialect,
                                                         .io = sim_driver(table->sim, "host")}),
                 0);
    cr_assert_eq(dice_session_host(table->host, NULL, LOBBY_PORT), 0);
    for (int i = 0; i < CLIENTS; i++) {
        char host[8];

        snprintf(host, sizeof host, "c%d", i);
        cr_assert_eq(dice_session_new(&table->clients[i],
                                      &(struct dice_options){.name = names[i],
                                                             .seed = 1,
                                                             .dialect = table->dialect,
                                                             .io = sim_driver(table->sim, host)}),
                     0);
    }
}

static void get_up(struct table *table)
{
    for (int i = 0; i < CLIENTS; i++) {
        dice_session_free(table->clients[i]);
    }
    dice_session_free(table->host);
    sim_free(table->sim);
}

/* Everyone does what there is to do; who is on turn rolls, who is nowhere comes (back) if allowed.
 */
static void play(struct table *table, bool come, bool roll)
{
    while (dice_session_poll(table->host, 500) > 0) {
    }
    if (roll && dice_session_my_turn(table->host)) {
        dice_session_roll(table->host);
    }
    for (int i = 0; i < CLIENTS; i++) {
        struct dice_session *client = table->clients[i];
        bool playing = dice_session_phase(client) == LOBBY_PLAYING;

        while (dice_session_poll(client, 500) > 0) {
        }
        table->drops += playing && dice_session_phase(client) != LOBBY_PLAYING;
        if (come && dice_session_phase(client) == LOBBY_IDLE) {
            cr_assert_eq(dice_session_connect(client, "host"), 0);
        }
        if (roll && dice_session_my_turn(client)) {
            dice_session_roll(client);
        }
    }
}

/* The same people in the same order under the same names, and the same one on turn. */
static void same_table(const struct table *table, int client)
{
    const struct dice_session *host = table->host, *other = table->clients[client];
    size_t count = dice_session_player_count(host);

    cr_assert_eq(dice_session_player_count(other), count,
                 "seed %llu: client %d sees %zu players, "
                 "the host %zu",
                 (unsigned long long)table->seed, client, dice_session_player_count(other), count);
    for (size_t seat = 0; seat < count; seat++) {
        cr_assert_eq(dice_session_player_id(other, seat), dice_session_player_id(host, seat),
                     "seed %llu", (unsigned long long)table->seed);
        cr_assert_str_eq(dice_session_player_name(other, seat),
                         dice_session_player_name(host, seat), "seed %llu",
                         (unsigned long long)table->seed);
    }
    cr_assert_eq(dice_session_turn(other), dice_session_turn(host), "seed %llu",
                 (unsigned long long)table->seed);
}

/* Who came later saw less of it, but nothing else: its log is the end of the host's. */
static void same_log(const struct table *table, int client)
{
    const struct dice_session *host = table->host, *other = table->clients[client];
    size_t all = dice_session_log_count(host), seen = dice_session_log_count(other);

    cr_assert_leq(seen, all, "seed %llu", (unsigned long long)table->seed);
    for (size_t line = 0; line < seen; line++) {
        cr_assert_str_eq(
            dice_session_log_line(other, line), dice_session_log_line(host, all - seen + line),
            "seed %llu, client %d, line %zu", (unsigned long long)table->seed, client, line);
    }
}

static bool all_playing(const struct table *table)
{
    for (int i = 0; i < CLIENTS; i++) {
        if (dice_session_phase(table->clients[i]) != LOBBY_PLAYING) {
            return false;
        }
    }
    return dice_session_player_count(table->host) == CLIENTS + 1;
}

/* Until nothing is under way any more. */
static void settle(struct table *table, bool come)
{
    uint64_t until = sim_now(table->sim) + CALM_MS;

    do {
        play(table, come, false);
    } while (sim_step_until(table->sim, until));
}

/* Returns how many connections broke under players. */
static unsigned one_game(uint64_t seed, meeple_dialect dialect, uint32_t breaks)
{
    struct table table = {.seed = seed, .dialect = dialect};
    struct prng prng = {.state = seed};
    uint64_t next_break, until;
    unsigned drops;

    sit_down(&table, &(struct sim_options){.seed = seed,
                                           .latency_max_ms = (uint32_t)(seed % 90),
                                           .chop = true,
                                           .stutter = true,
                                           .completions = seed % 2 == 1});
    until = sim_now(table.sim) + ROUGH_MS;
    next_break = sim_now(table.sim) + 300;
    do {
        play(&table, true, true);
        if (breaks > 0 && sim_now(table.sim) >= next_break) {
            char host[8];

            snprintf(host, sizeof host, "c%u", (unsigned)prng_below(&prng, CLIENTS));
            sim_reset_all(table.sim, host);
            next_break = sim_now(table.sim) + 1 + prng_below(&prng, 2 * ROUGH_MS / breaks);
        }
    } while (sim_step_until(table.sim, until));
    settle(&table, true);
    cr_assert(all_playing(&table), "seed %llu: not everyone is at the table",
              (unsigned long long)seed);
    for (int i = 0; i < CLIENTS; i++) {
        same_table(&table, i);
        same_log(&table, i);
    }
    cr_assert_gt(dice_session_log_count(table.host), 5, "seed %llu: hardly anyone rolled",
                 (unsigned long long)seed);
    drops = table.drops;
    get_up(&table);
    return drops;
}

static void games(uint64_t first, meeple_dialect dialect)
{
    unsigned drops = 0;

    for (uint64_t seed = first; seed < first + SEEDS_EACH; seed++) {
        drops += one_game(seed, dialect, (uint32_t)(seed % 5));
    }
    cr_assert_gt(drops, SEEDS_EACH / 2, "connections were to break, and %u did", drops);
}

/* A thousand seeds of each, in parts that run beside each other. */
Test(dice_sim, ends_alike_for_everyone_seeds_0_to_249)
{
    games(0, MEEPLE_DIALECT_NATIVE);
}

Test(dice_sim, ends_alike_for_everyone_seeds_250_to_499)
{
    games(250, MEEPLE_DIALECT_NATIVE);
}

Test(dice_sim, ends_alike_for_everyone_seeds_500_to_749)
{
    games(500, MEEPLE_DIALECT_NATIVE);
}

Test(dice_sim, ends_alike_for_everyone_seeds_750_to_999)
{
    games(750, MEEPLE_DIALECT_NATIVE);
    _Static_assert(750 + SEEDS_EACH == SEEDS, "a thousand in all");
}

Test(dice_sim, in_godot3_ends_alike_for_everyone_seeds_0_to_249)
{
    games(0, MEEPLE_DIALECT_GODOT3);
}

Test(dice_sim, in_godot3_ends_alike_for_everyone_seeds_250_to_499)
{
    games(250, MEEPLE_DIALECT_GODOT3);
}

Test(dice_sim, in_godot3_ends_alike_for_everyone_seeds_500_to_749)
{
    games(500, MEEPLE_DIALECT_GODOT3);
}

Test(dice_sim, in_godot3_ends_alike_for_everyone_seeds_750_to_999)
{
    games(750, MEEPLE_DIALECT_GODOT3);
}

static void vanish(meeple_dialect dialect)
{
    struct table table = {.seed = 7, .dialect = dialect};

    sit_down(&table, &(struct sim_options){.seed = 7, .latency_max_ms = 20, .chop = true});
    settle(&table, true);
    cr_assert(all_playing(&table));
    sim_reset_all(table.sim, "host");
    settle(&table, false);
    for (int i = 0; i < CLIENTS; i++) {
        cr_assert_eq(dice_session_phase(table.clients[i]), LOBBY_IDLE);
        cr_assert_not_null(dice_session_alert(table.clients[i]));
    }
    cr_assert_eq(dice_session_player_count(table.host), 1);
    get_up(&table);
}

Test(dice_sim, ends_for_everyone_when_the_host_vanishes)
{
    vanish(MEEPLE_DIALECT_NATIVE);
}

Test(dice_sim, in_godot3_ends_for_everyone_when_the_host_vanishes)
{
    vanish(MEEPLE_DIALECT_GODOT3);
}
