/* crowd: the clients of a benchmark: of a loopback server, or in a thread of their own over TCP. */
#include "tests/bench/crowd.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"

enum {
    LOOK_EVERY_MS = 20
};

struct crowd {
    struct crowd_options options;
    struct crowd_member *members;
    size_t begun;
    atomic_size_t up;
    atomic_bool stop;
    pthread_t thread;
    bool threaded, stopped;
    struct pollfd *polled;
};

static void came_up(struct crowd_member *member)
{
    member->up = true;
    atomic_fetch_add(&member->crowd->up, 1);
}

static void told(struct crowd_member *member, const meeple_event *event)
{
    if (event->type == MEEPLE_EVENT_UP) {
        came_up(member);
    } else if (event->type == MEEPLE_EVENT_DOWN) {
        bench_fail("a peer was lost: %u %s %s", (unsigned)event->code, event->reason,
                   meeple_net_fault(member->net).text);
    } else if (event->type == MEEPLE_EVENT_PACKET && member->crowd->options.packet) {
        member->crowd->options.packet(member, event->data);
    }
}

static void on_event(meeple_world *world, const meeple_event *event)
{
    told(meeple_world_user(world), event);
}

static void on_refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    bench_fail("a peer refuses: %s", refusal->text);
}

static void begin(struct crowd_member *member)
{
    const struct crowd_options *options = &member->crowd->options;
    meeple_connect_options connect = {.limits.message_bytes_max = options->message_bytes_max,
                                      .limits.connect_timeout_ms = 60000,
                                      .limits.handshake_timeout_ms = 60000,
                                      .mem = options->mem};
    meeple_world_options world = {.on_event = on_event,
                                  .on_refused = on_refused,
                                  .user = member,
                                  .classes = options->classes,
                                  .objects_max = 1 << 16,
                                  .mem = options->mem};
    char url[64];

    if (options->server) {
        bench_check(meeple_net_join(&member->net, options->server, &connect), "join");
    } else {
        snprintf(url, sizeof url, "ws://127.0.0.1:%u", (unsigned)options->port);
        bench_check(meeple_net_connect(&member->net, url, &connect), "connect");
    }
    if (options->classes) {
        bench_check(meeple_world_new(&member->world, member->net, &world), "a client's world");
        if (options->begin) {
            options->begin(member);
        }
    }
}

static bool member_turn(struct crowd_member *member)
{
    meeple_event event;
    int rc;
    bool any = false;

    if (member->world) {
        rc = meeple_world_poll(member->world, 0);
        bench_check(rc, "a client's poll");
        return rc > 0;
    }
    while ((rc = meeple_net_next(member->net, &event, 0)) > 0) {
        told(member, &event);
        any = true;
    }
    bench_check(rc, "a client's net");
    return any;
}

static void begin_next(struct crowd *crowd)
{
    if (crowd->begun < crowd->options.count && crowd->begun == atomic_load(&crowd->up)) {
        begin(&crowd->members[crowd->begun++]);
    }
}

/* Sleeps until somebody has something; a deadline may be late by LOOK_EVERY_MS. */
static void wait_and_turn(struct crowd *crowd)
{
    int ready;

    for (size_t i = 0; i < crowd->begun; i++) {
        crowd->polled[i] =
            (struct pollfd){.fd = meeple_net_pollable(crowd->members[i].net), .events = POLLIN};
    }
    ready = poll(crowd->polled, crowd->begun, LOOK_EVERY_MS);
    for (size_t i = 0; i < crowd->begun; i++) {
        /* Of more than one turn takes the descriptor stays readable, or LOOK_EVERY_MS pass. */
        if (ready <= 0 || crowd->polled[i].revents) {
            member_turn(&crowd->members[i]);
        }
    }
}

static void *run(void *ctx)
{
    struct crowd *crowd = ctx;

    while (!atomic_load(&crowd->stop)) {
        begin_next(crowd);
        wait_and_turn(crowd);
    }
    return NULL;
}

struct crowd *crowd_new(const struct crowd_options *options)
{
    struct crowd *crowd = bench_alloc(1, sizeof *crowd);

    crowd->options = *options;
    crowd->members = bench_alloc(options->count, sizeof *crowd->members);
    crowd->polled = bench_alloc(options->count, sizeof *crowd->polled);
    for (size_t i = 0; i < options->count; i++) {
        crowd->members[i].crowd = crowd;
        crowd->members[i].data = bench_alloc(1, options->data_size);
    }
    crowd->threaded = !options->server;
    if (crowd->threaded && pthread_create(&crowd->thread, NULL, run, crowd) != 0) {
        bench_fail("no thread for the clients");
    }
    return crowd;
}

size_t crowd_up(const struct crowd *crowd)
{
    return atomic_load(&crowd->up);
}

bool crowd_turn(struct crowd *crowd)
{
    bool any = false;

    if (crowd->threaded) {
        return false;
    }
    begin_next(crowd);
    for (size_t i = 0; i < crowd->begun; i++) {
        any = member_turn(&crowd->members[i]) || any;
    }
    return any;
}

void crowd_stop(struct crowd *crowd)
{
    if (crowd->threaded && !crowd->stopped) {
        atomic_store(&crowd->stop, true);
        pthread_join(crowd->thread, NULL);
        crowd->stopped = true;
    }
}

struct crowd_member *crowd_member(struct crowd *crowd, size_t index)
{
    return &crowd->members[index];
}

void crowd_free(struct crowd *crowd)
{
    if (!crowd) {
        return;
    }
    crowd_stop(crowd);
    for (size_t i = 0; i < crowd->options.count; i++) {
        struct crowd_member *member = &crowd->members[i];

        if (member->world) {
            meeple_world_free(member->world);
        } else {
            meeple_net_free(member->net);
        }
        free(member->data);
    }
    free(crowd->members);
    free(crowd->polled);
    free(crowd);
}
