/* Long values over a slow line: what calls notice of them, in virtual time. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/support/sim.h"

enum {
    MAPS = 40,
    TEXT = 60000,
    LATENCY_MS = 50, /* with 64 KiB on the way: about 650 KB a second */
    WINDOW = 64 * 1024,
    TICK_MS = 20,
    CROWD = 16,
    GIVE_UP_MS = 120000
};

struct map {
    char text[TEXT];
    int32_t tick;
};

static const meeple_field map_fields[] = {
    MEEPLE_STATE(struct map, text),
    MEEPLE_STATE(struct map, tick),
};

static struct sim *sim;
static struct map maps[MAPS];
static uint64_t longest_ms;
static int32_t last_tick;
static unsigned calls, missed;

#define PING(ARG) ARG(int32_t, tick) ARG(int64_t, at_ms)
MEEPLE_RPC(ping, PING)
MEEPLE_ANSWERS(struct map, ping)
/* The tick that was changed before the call has come before it. */
static void on_ping(struct map *map, const struct ping *arg, const meeple_call *call)
{
    uint64_t delay_ms = sim_now(sim) - (uint64_t)arg->at_ms;

    (void)call;
    cr_expect_geq(map->tick, arg->tick);
    missed += calls > 0 && arg->tick != last_tick + 1;
    longest_ms = delay_ms > longest_ms ? delay_ms : longest_ms;
    last_tick = arg->tick;
    calls++;
}

static const meeple_method map_methods[] = {MEEPLE_METHOD(ping, MEEPLE_RPC_REMOTE)};
static const meeple_state map_state = {
    .fields = map_fields, .field_count = MEEPLE_COUNT(map_fields), .size = sizeof(struct map)};
static const meeple_class map_class = {
    .name = "map", .methods = map_methods, .method_count = 1, .state = &map_state};
/* More than the line carries, when all of it changes every tick. */
struct noise {
    uint32_t cells[12000];
};

static const meeple_field noise_fields[] = {MEEPLE_STATE(struct noise, cells)};
static const meeple_state noise_state = {
    .fields = noise_fields, .field_count = 1, .size = sizeof(struct noise)};
static const meeple_class noise_class = {.name = "noise", .state = &noise_state};
static const meeple_class *const classes[] = {&map_class, &noise_class, NULL};

static void poll(meeple_world *world)
{
    int rc;

    while ((rc = meeple_world_poll(world, TICK_MS)) > 0) {
    }
    cr_assert_eq(rc, 0);
}

static const struct map *map_of(const meeple_world *world, unsigned i)
{
    char path[20];

    snprintf(path, sizeof path, "map/%u", i);
    return meeple_object_find(world, &map_class, path);
}

/* How many of them are there with all of their text. */
static unsigned complete(const meeple_world *world)
{
    unsigned count = 0;

    for (unsigned i = 0; i < MAPS; i++) {
        const struct map *map = map_of(world, i);

        count += map && strcmp(map->text, maps[i].text) == 0;
    }
    return count;
}

/* A host with many maps, and a guest that is about to come. */
static void begin(meeple_world **host, meeple_world **guest, meeple_object **objects)
{
    const meeple_world_options options = {.classes = classes};
    meeple_net *net;

    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.port = 4000, .io = sim_driver(sim, "host")}),
                 0);
    cr_assert_eq(meeple_world_new(host, net, &options), 0);
    for (unsigned i = 0; i < MAPS; i++) {
        char path[20];

        snprintf(path, sizeof path, "map/%u", i);
        memset(maps[i].text, (int)('A' + i), TEXT - 1);
        cr_assert_eq(meeple_object_spawn(&objects[i], *host, &map_class, path, &maps[i]), 0);
    }
    poll(*host);
    cr_assert_eq(meeple_net_connect(&net, "ws://host:4000",
                                    &(meeple_connect_options){.io = sim_driver(sim, "guest")}),
                 0);
    cr_assert_eq(meeple_world_new(guest, net, &options), 0);
}

static void end(meeple_world *host, meeple_world *guest)
{
    meeple_world_free(guest);
    meeple_world_free(host);
    sim_free(sim);
}

/* 2.4 MB come within four seconds, and each call of that time within what is on the way already. */
Test(bulk_sim, calls_do_not_wait_for_what_is_long)
{
    meeple_object *objects[MAPS];
    meeple_world *host, *guest;
    uint64_t began_ms, next_ms;
    size_t queued_most = 0;

    sim = sim_new(&(struct sim_options){.seed = 1,
                                        .latency_min_ms = LATENCY_MS,
                                        .latency_max_ms = LATENCY_MS,
                                        .window_bytes = WINDOW});
    begin(&host, &guest, objects);
    began_ms = next_ms = sim_now(sim);
    while (complete(guest) < MAPS && sim_now(sim) < began_ms + GIVE_UP_MS) {
        int32_t id = meeple_net_id(meeple_world_net(guest));

        poll(host);
        poll(guest);
        if (sim_now(sim) >= next_ms) {
            maps[0].tick++;
            cr_assert_eq(
                meeple_rpc(objects[0], MEEPLE_ALL, ping, maps[0].tick, (int64_t)sim_now(sim)), 0);
            next_ms += TICK_MS;
        }
        if (id > 0) {
            size_t queued = meeple_net_queued(meeple_world_net(host), id);

            queued_most = queued > queued_most ? queued : queued_most;
        }
        cr_assert(sim_step_until(sim, next_ms) || sim_now(sim) >= next_ms);
    }
    cr_expect_eq(complete(guest), MAPS);
    cr_expect_leq(sim_now(sim) - began_ms, 6000);
    cr_expect_gt(calls, 50);
    cr_expect_eq(missed, 0);
    cr_expect_leq(queued_most, (32 + 16 + 2) * 1024, "%zu", queued_most);
    /* What is on the way, and as much again in the queue. */
    cr_expect_leq(longest_ms, 4 * LATENCY_MS, "%" PRIu64, longest_ms);
    end(host, guest);
}

/* Not even if the line would take all of it at once. */
Test(bulk_sim, no_poll_lasts_for_all_of_it)
{
    meeple_object *objects[MAPS];
    meeple_world *host, *guest;
    unsigned polls = 0;

    sim = sim_new(&(struct sim_options){.seed = 1, .window_bytes = 100U << 20});
    begin(&host, &guest, objects);
    while (complete(guest) < MAPS) {
        uint64_t before = meeple_world_state_stats(host).bytes;
        int rc = meeple_world_poll(host, TICK_MS);

        cr_assert_geq(rc, 0);
        cr_expect_leq(meeple_world_state_stats(host).bytes - before, (256 + 64) * 1024);
        if (meeple_world_state_stats(host).bytes - before > 256 * 1024) {
            cr_expect_gt(rc, 0, "there is more");
            cr_expect_eq(meeple_world_wait_ms(host), 0);
            polls++;
        }
        if (rc == 0) {
            poll(guest);
            sim_step(sim);
        }
        cr_assert_lt(sim_now(sim), 60000);
    }
    cr_expect_geq(polls, 5);
    end(host, guest);
}

/* State goes first, but not for ever. */
Test(bulk_sim, what_is_long_comes_though_the_line_is_full_of_state)
{
    const meeple_world_options options = {.classes = classes};
    static struct noise noise;
    meeple_object *object;
    meeple_world *host, *guest;
    meeple_net *net;
    uint64_t began_ms, next_ms, came_ms = 0;
    unsigned changes = 0;

    sim = sim_new(&(struct sim_options){.seed = 1,
                                        .latency_min_ms = LATENCY_MS,
                                        .latency_max_ms = LATENCY_MS,
                                        .window_bytes = WINDOW});
    cr_assert_eq(meeple_net_listen(
                     &net, &(meeple_listen_options){.port = 4000, .io = sim_driver(sim, "host")}),
                 0);
    cr_assert_eq(meeple_world_new(&host, net, &options), 0);
    memset(maps[0].text, 'A', TEXT - 1);
    cr_assert_eq(meeple_object_spawn(&object, host, &map_class, "map/0", &maps[0]), 0);
    cr_assert_eq(meeple_object_spawn(&object, host, &noise_class, "noise", &noise), 0);
    poll(host);
    cr_assert_eq(meeple_net_connect(&net, "ws://host:4000",
                                    &(meeple_connect_options){.io = sim_driver(sim, "guest")}),
                 0);
    cr_assert_eq(meeple_world_new(&guest, net, &options), 0);
    began_ms = next_ms = sim_now(sim);
    while (came_ms == 0 && sim_now(sim) < began_ms + 30000) {
        const struct noise *there;

        for (size_t i = 0; i < MEEPLE_COUNT(noise.cells); i++) {
            noise.cells[i] += 0x1234567;
        }
        poll(host);
        there = meeple_object_find(guest, &noise_class, "noise");
        changes += there && (int32_t)there->cells[0] != last_tick;
        last_tick = there ? (int32_t)there->cells[0] : 0;
        poll(guest);
        came_ms = map_of(guest, 0) && map_of(guest, 0)->text[0] == 'A' ? sim_now(sim) : 0;
        next_ms += TICK_MS;
        cr_assert(sim_step_until(sim, next_ms) || sim_now(sim) >= next_ms);
    }
    cr_expect_gt(came_ms, 0, "it never came; %u changes did", changes);
    meeple_world_free(guest);
    meeple_world_free(host);
    sim_free(sim);
}

/* The others of a crowd that takes all it gets are not told first in every poll. */
Test(bulk_sim, everyone_of_a_crowd_has_a_turn)
{
    const meeple_world_options options = {.classes = classes};
    meeple_object *objects[MAPS];
    meeple_world *host, *guests[CROWD];
    unsigned changes[CROWD] = {0}, least = UINT32_MAX, most = 0;
    char seen[CROWD] = {0};

    sim = sim_new(&(struct sim_options){.seed = 1, .window_bytes = 100U << 20});
    begin(&host, &guests[0], objects);
    for (unsigned i = 1; i < CROWD; i++) {
        meeple_net *net;
        char name[12];

        snprintf(name, sizeof name, "guest%u", i);
        cr_assert_eq(meeple_net_connect(&net, "ws://host:4000",
                                        &(meeple_connect_options){.io = sim_driver(sim, name)}),
                     0);
        cr_assert_eq(meeple_world_new(&guests[i], net, &options), 0);
    }
    for (unsigned tick = 0; tick < 300; tick++) {
        for (unsigned i = 0; i < MAPS; i++) {
            memset(maps[i].text, (int)('A' + tick % 26), TEXT - 1);
        }
        cr_assert_geq(meeple_world_poll(host, 0), 0);
        for (unsigned i = 0; i < CROWD; i++) {
            const struct map *map;

            cr_assert_geq(meeple_world_poll(guests[i], 0), 0);
            map = map_of(guests[i], 0);
            changes[i] += map && map->text[0] != seen[i];
            seen[i] = map ? map->text[0] : '\0';
        }
        sim_step_until(sim, sim_now(sim) + TICK_MS);
    }
    for (unsigned i = 0; i < CROWD; i++) {
        least = changes[i] < least ? changes[i] : least;
        most = changes[i] > most ? changes[i] : most;
        if (i > 0) {
            meeple_world_free(guests[i]);
        }
    }
    cr_expect_gt(least, 0);
    cr_expect_leq(most, 2 * least + 2, "%u to %u", least, most);
    end(host, guests[0]);
}
