/* test_io: what every driver promises, one body for each, the loopback and the simulated one
 * among them. */
#include <meeple/io.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"
#include "tests/support/sim.h"
#include "transport/io_loopback.h"

enum {
    ENDS_MAX = 256,
    HISTORY_MAX = 64,
    PATIENCE_MS = 5000
};

struct bench;

/* One end of a stream, and what happened to it. */
struct end {
    struct bench *bench;
    meeple_io *io;
    meeple_socket *socket;
    char history[HISTORY_MAX]; /* A, C, R (many are one), S, E, B */
    size_t received, sent, to_send;
    uint32_t received_events;
    bool blocked, echo_bad;
    meeple_fault fault;
    char fault_text[300];
};

/* A server and a client, each with an io of its own. */
struct bench {
    enum driver_kind kind;
    const meeple_io_driver *server_driver, *client_driver;
    meeple_io *server, *client;
    meeple_socket *listener;
    uint16_t port;
    struct counting_mem mem;
    struct meeple__loopback *hub;
    struct sim *sim;
    struct end accepted[ENDS_MAX], connected[ENDS_MAX];
    size_t accepted_count, connected_count;
    const struct end *last; /* whose event was last */
};

static const meeple_io_driver *driver_of(const struct bench *bench, const meeple_io *io)
{
    return io == bench->server ? bench->server_driver : bench->client_driver;
}

static uint8_t pattern(size_t at)
{
    return (uint8_t)(at * 7 + (at >> 8) * 13 + (at >> 16));
}

static struct bench *bench_new(enum driver_kind kind)
{
    const meeple_io_driver *driver = kind < DRIVER_LOOPBACK ? driver_or_skip(kind) : NULL;
    struct bench *bench = calloc(1, sizeof *bench);

    cr_assert(bench);
    bench->kind = kind;
    counting_mem_init(&bench->mem);
    if (driver) {
        bench->server_driver = bench->client_driver = driver;
    } else if (kind == DRIVER_LOOPBACK) {
        cr_assert_eq(meeple__loopback_new(&bench->mem.mem, &bench->hub), 0);
        bench->server_driver = bench->client_driver = meeple__loopback_driver(bench->hub);
    } else {
        bench->sim = sim_new(&(struct sim_options){
            .seed = 7, .latency_min_ms = 5, .latency_max_ms = 40, .chop = true, .stutter = true});
        bench->server_driver = sim_driver(bench->sim, "server");
        bench->client_driver = sim_driver(bench->sim, "client");
    }
    cr_assert_eq(
        bench->server_driver->open(bench->server_driver, &bench->mem.mem, NULL, &bench->server), 0);
    cr_assert_eq(
        bench->client_driver->open(bench->client_driver, &bench->mem.mem, NULL, &bench->client), 0);
    return bench;
}

static void bench_free(struct bench *bench)
{
    bench->client_driver->free(bench->client);
    bench->server_driver->free(bench->server);
    meeple__loopback_unref(bench->hub);
    sim_free(bench->sim);
    cr_assert_eq(bench->mem.live, 0, "%zu blocks are left", bench->mem.live);
    free(bench);
}

static void bench_listen(struct bench *bench)
{
    cr_assert_eq(
        bench->server_driver->listen(bench->server, "127.0.0.1", 0, false, bench, &bench->listener),
        0);
    bench->port = bench->server_driver->port(bench->server, bench->listener);
}

static struct end *bench_connect(struct bench *bench)
{
    struct end *end = &bench->connected[bench->connected_count++];

    end->bench = bench;
    end->io = bench->client;
    cr_assert_eq(bench->client_driver->connect(bench->client, bench->sim ? "server" : "127.0.0.1",
                                               bench->port, end, &end->socket),
                 0);
    return end;
}

static void note(struct end *end, char what)
{
    size_t len = strlen(end->history);

    if (what == 'R' && len > 0 && end->history[len - 1] == 'R') {
        return;
    }
    /* A long transfer says R and S in turns; what comes last is what matters. */
    if (len + 1 == HISTORY_MAX) {
        memmove(end->history, end->history + 1, len);
        len--;
    }
    end->history[len] = what;
}

static void end_close(struct end *end)
{
    driver_of(end->bench, end->io)->close(end->io, end->socket);
    end->socket = NULL;
}

static void end_finish(struct end *end)
{
    driver_of(end->bench, end->io)->finish(end->io, end->socket);
}

/* Gives the driver all that is to be sent, in parts of odd sizes. */
static void end_send(struct end *end)
{
    static const size_t sizes[] = {1, 0, 125, 4096, 0, 70000, 3};
    uint8_t bytes[75000];
    meeple_bytes parts[MEEPLE_COUNT(sizes)];

    while (!end->blocked && end->sent < end->to_send) {
        size_t total = 0, count = 0, gone;

        for (; count < MEEPLE_COUNT(sizes) && end->sent + total < end->to_send; count++) {
            size_t left = end->to_send - end->sent - total;

            parts[count] = (meeple_bytes){bytes + total, sizes[count] < left ? sizes[count] : left};
            total += parts[count].len;
        }
        for (size_t i = 0; i < total; i++) {
            bytes[i] = pattern(end->sent + i);
        }
        gone = driver_of(end->bench, end->io)->send(end->io, end->socket, parts, count);
        cr_assert_leq(gone, total);
        end->sent += gone;
        end->blocked = gone < total;
    }
}

static void check_bytes(struct end *end, const meeple_io_event *event)
{
    cr_assert_gt(event->len, 0);
    for (size_t i = 0; i < event->len; i++) {
        if (event->bytes[i] != pattern(end->received + i)) {
            cr_assert_fail("byte %zu is wrong", end->received + i);
        }
        event->bytes[i] ^= 0xff; /* allowed, as unmasking does it */
    }
    end->received += event->len;
    end->received_events++;
}

static void end_event(struct end *end, const meeple_io_event *event)
{
    static const char letters[] = "?ACRSEB";

    cr_assert(end->socket, "event %d after close", (int)event->type);
    cr_assert_eq(event->socket, end->socket);
    cr_assert_not(strchr(end->history, 'B'), "event %d after BROKEN", (int)event->type);
    note(end, letters[event->type]);
    if (event->type == MEEPLE_IO_RECEIVED) {
        check_bytes(end, event);
    } else if (event->type == MEEPLE_IO_SENT) {
        cr_assert(end->blocked, "SENT though nothing waits");
        end->blocked = false;
        end->sent += event->len;
        end_send(end);
    } else if (event->type == MEEPLE_IO_BROKEN) {
        end->fault = event->fault;
        cr_assert(event->fault.text);
        strncpy(end->fault_text, event->fault.text, sizeof end->fault_text - 1);
    }
}

/* Takes one event of one io, if there is one in that time. */
static bool take(struct bench *bench, meeple_io *io, int timeout_ms)
{
    meeple_io_event event;
    struct end *end;
    int rc;

    /* In the simulated world a timeout is one more thing to happen, over and over. */
    rc = driver_of(bench, io)->next(io, &event, bench->sim ? 0 : timeout_ms);

    cr_assert_geq(rc, 0);
    if (rc == 0) {
        return false;
    }
    if (event.type == MEEPLE_IO_ACCEPTED) {
        cr_assert_eq(event.user, bench);
        end = &bench->accepted[bench->accepted_count++];
        end->bench = bench;
        end->io = io;
        end->socket = event.socket;
        note(end, 'A');
        driver_of(bench, io)->attach(io, event.socket, end);
    } else {
        end = event.user;
        end_event(end, &event);
    }
    bench->last = end;
    return true;
}

/* Lets something happen; false if nothing will. */
static bool pump(struct bench *bench)
{
    bool any = take(bench, bench->server, 0);

    any |= take(bench, bench->client, 0);
    if (any) {
        return true;
    }
    if (bench->sim) {
        return sim_step(bench->sim);
    }
    return bench->kind != DRIVER_LOOPBACK &&
           (take(bench, bench->client, 20) || take(bench, bench->server, 20));
}

static void pump_all(struct bench *bench)
{
    while (pump(bench)) {
    }
}

static void pump_until_history(struct bench *bench, const struct end *end, const char *history)
{
    uint64_t patience = bench->client_driver->now_ms(bench->client) + PATIENCE_MS;

    while (strcmp(end->history, history) != 0) {
        cr_assert(pump(bench) || (bench->kind != DRIVER_LOOPBACK && !bench->sim &&
                                  bench->client_driver->now_ms(bench->client) < patience),
                  "\"%s\", never \"%s\"", end->history, history);
    }
}

/* A stream: [0] of both sides. */
static struct bench *bench_stream(enum driver_kind kind)
{
    struct bench *bench = bench_new(kind);

    bench_listen(bench);
    bench_connect(bench);
    pump_until_history(bench, &bench->connected[0], "C");
    pump_until_history(bench, &bench->accepted[0], "A");
    return bench;
}

static void pump_until_received(struct bench *bench, const struct end *end, size_t len)
{
    uint64_t patience = bench->client_driver->now_ms(bench->client) + PATIENCE_MS;

    while (end->received < len) {
        cr_assert(pump(bench) || (bench->kind != DRIVER_LOOPBACK && !bench->sim &&
                                  bench->client_driver->now_ms(bench->client) < patience),
                  "%zu bytes of %zu", end->received, len);
    }
}

EACH_KIND(io, an_io_that_was_not_used_can_be_freed)
{
    bench_free(bench_new(kind));
}

EACH_KIND(io, freeing_nothing_does_nothing)
{
    struct bench *bench = bench_new(kind);

    bench->client_driver->free(NULL);
    bench_free(bench);
}

EACH_KIND(io, a_stream_is_accepted_at_one_end_and_connected_at_the_other)
{
    struct bench *bench = bench_stream(kind);

    cr_assert_str_eq(bench->connected[0].history, "C");
    cr_assert_str_eq(bench->accepted[0].history, "A");
    cr_assert_eq(bench->accepted_count, 1);
    bench_free(bench);
}

EACH_KIND(io, delivers_bytes_in_order)
{
    struct bench *bench = bench_stream(kind);

    bench->connected[0].to_send = 5000;
    end_send(&bench->connected[0]);
    pump_until_received(bench, &bench->accepted[0], 5000);
    bench->accepted[0].to_send = 12345;
    end_send(&bench->accepted[0]);
    pump_until_received(bench, &bench->connected[0], 12345);
    pump_all(bench);
    cr_assert_eq(bench->accepted[0].received, 5000);
    cr_assert_eq(bench->connected[0].received, 12345);
    bench_free(bench);
}

EACH_KIND(io, sending_nothing_sends_nothing)
{
    struct bench *bench = bench_stream(kind);
    const meeple_bytes empty[2] = {{NULL, 0}, {NULL, 0}};

    cr_assert_eq(bench->client_driver->send(bench->client, bench->connected[0].socket, empty, 0),
                 0);
    cr_assert_eq(bench->client_driver->send(bench->client, bench->connected[0].socket, empty, 2),
                 0);
    pump_all(bench);
    cr_assert_str_eq(bench->connected[0].history, "C");
    cr_assert_str_eq(bench->accepted[0].history, "A");
    bench_free(bench);
}

EACH_KIND(io, gathers_more_parts_than_the_system_takes_at_once)
{
    struct bench *bench = bench_stream(kind);
    struct end *end = &bench->connected[0];
    uint8_t bytes[200];
    meeple_bytes parts[200];
    size_t gone = 0;

    for (size_t i = 0; i < 200; i++) {
        bytes[i] = pattern(i);
        parts[i] = (meeple_bytes){bytes + i, 1};
    }
    while (gone < 200) {
        gone += bench->client_driver->send(end->io, end->socket, parts + gone, 200 - gone);
        end->blocked = gone < 200;
        while (end->blocked) {
            cr_assert(pump(bench));
        }
    }
    pump_until_received(bench, &bench->accepted[0], 200);
    bench_free(bench);
}

EACH_KIND(io, a_large_transfer_both_ways_loses_nothing)
{
    struct bench *bench = bench_stream(kind);
    const size_t total = kind == DRIVER_SIM ? 400000 : 20000000;

    bench->connected[0].to_send = bench->accepted[0].to_send = total;
    end_send(&bench->connected[0]);
    end_send(&bench->accepted[0]);
    pump_until_received(bench, &bench->accepted[0], total);
    pump_until_received(bench, &bench->connected[0], total);
    pump_all(bench);
    cr_assert_eq(bench->accepted[0].received, total);
    cr_assert_eq(bench->connected[0].received, total);
    cr_assert_not(bench->connected[0].blocked);
    bench_free(bench);
}

EACH_KIND(io, a_reader_that_does_not_take_makes_send_come_up_short)
{
    struct bench *bench = bench_stream(kind);
    struct end *end = &bench->connected[0];
    size_t stuck;

    /* Only the sender is asked. */
    end->to_send = 50000000;
    end_send(end);
    do {
        stuck = end->sent;
        while (take(bench, bench->client, 0)) {
        }
        while (bench->sim && sim_step(bench->sim)) {
            while (take(bench, bench->client, 0)) {
            }
        }
    } while (end->sent > stuck);
    cr_assert(end->blocked);
    cr_assert_gt(end->sent, 0);
    cr_assert_lt(end->sent, end->to_send);

    /* Then the other side takes, SENT comes, and it goes on. */
    end->to_send = end->sent + 1000;
    pump_until_received(bench, &bench->accepted[0], end->to_send);
    cr_assert_not(end->blocked);
    cr_assert(strchr(end->history, 'S'));
    bench_free(bench);
}

EACH_KIND(io, what_was_sent_whole_is_not_answered_with_sent)
{
    struct bench *bench = bench_stream(kind);

    if (kind != DRIVER_SIM) { /* which stutters */
        bench->connected[0].to_send = 1000;
        end_send(&bench->connected[0]);
        cr_assert_not(bench->connected[0].blocked);
        pump_all(bench);
        cr_assert_str_eq(bench->connected[0].history, "C");
    }
    bench_free(bench);
}

EACH_KIND(io, the_end_comes_after_the_data_and_reading_goes_on)
{
    struct bench *bench = bench_stream(kind);
    struct end *client = &bench->connected[0], *server = &bench->accepted[0];

    client->to_send = 30000;
    end_send(client);
    while (client->blocked) {
        cr_assert(pump(bench));
    }
    end_finish(client);
    pump_until_history(bench, server, "ARE");
    cr_assert_eq(server->received, 30000);
    server->to_send = 40000;
    end_send(server);
    pump_until_received(bench, client, 40000);
    while (server->blocked) {
        cr_assert(pump(bench));
    }
    end_finish(server);
    while (client->history[strlen(client->history) - 1] != 'E') {
        cr_assert(pump(bench));
    }
    bench_free(bench);
}

EACH_KIND(io, a_stream_that_ended_both_ways_says_nothing_more)
{
    struct bench *bench = bench_stream(kind);

    end_finish(&bench->connected[0]);
    pump_until_history(bench, &bench->accepted[0], "AE");
    end_finish(&bench->accepted[0]);
    pump_until_history(bench, &bench->connected[0], "CE");
    pump_all(bench);
    end_finish(&bench->connected[0]);
    pump_all(bench);
    cr_assert_str_eq(bench->accepted[0].history, "AE");
    cr_assert_str_eq(bench->connected[0].history, "CE");
    bench_free(bench);
}

EACH_KIND(io, closing_is_seen_as_the_end_after_the_data)
{
    struct bench *bench = bench_stream(kind);
    struct end *client = &bench->connected[0], *server = &bench->accepted[0];

    client->to_send = 60000;
    end_send(client);
    while (client->blocked) {
        cr_assert(pump(bench));
    }
    end_close(client);
    pump_until_history(bench, server, "ARE");
    cr_assert_eq(server->received, 60000);
    end_close(server);
    pump_all(bench);
    bench_free(bench);
}

EACH_KIND(io, sending_to_an_end_that_was_closed_breaks_the_stream)
{
    struct bench *bench = bench_stream(kind);
    struct end *server = &bench->accepted[0];

    end_close(&bench->connected[0]);
    pump_until_history(bench, server, "AE");
    /* The first bytes may go into the void; those after the reset may not. */
    for (int i = 0; i < 1000 && !strchr(server->history, 'B'); i++) {
        if (!server->blocked) {
            server->to_send += 100;
            end_send(server);
        }
        pump(bench);
    }
    cr_assert_eq(server->history[strlen(server->history) - 1], 'B');
    cr_assert_eq(server->fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert(server->fault.number == ECONNRESET || server->fault.number == EPIPE);
    cr_assert_gt(strlen(server->fault_text), 10);

    /* Then nothing goes, and nothing more is said. */
    server->to_send = server->sent + 10;
    server->blocked = false;
    end_send(server);
    cr_assert(server->blocked);
    pump_all(bench);
    bench_free(bench);
}

EACH_KIND(io, closing_with_unread_bytes_is_no_clean_end)
{
    struct bench *bench = bench_stream(kind);
    struct end *client = &bench->connected[0], *server = &bench->accepted[0];

    client->to_send = 1000;
    end_send(client);
    while (client->blocked) {
        cr_assert(take(bench, bench->client, 0) || sim_step(bench->sim));
    }
    end_close(server);
    pump_all(bench);
    cr_assert(client->history[strlen(client->history) - 1] == 'B', "\"%s\"", client->history);
    cr_assert_eq(client->fault.number, ECONNRESET);
    bench_free(bench);
}

EACH_KIND(io, a_connection_that_nobody_takes_is_refused)
{
    struct bench *bench = bench_new(kind);
    struct end *end;

    bench_listen(bench);
    bench->server_driver->close(bench->server, bench->listener);
    end = bench_connect(bench);
    pump_until_history(bench, end, "B");
    cr_assert_eq(end->fault.stage, MEEPLE_STAGE_CONNECT);
    cr_assert_eq(end->fault.number, ECONNREFUSED);
    cr_assert_gt(strlen(end->fault_text), 10);
    pump_all(bench);
    cr_assert_str_eq(end->history, "B");
    end_close(end);
    bench_free(bench);
}

EACH_KIND(io, one_address_has_one_listener)
{
    struct bench *bench = bench_new(kind);
    meeple_socket *second = NULL;

    bench_listen(bench);
    cr_assert_eq(
        bench->server_driver->listen(bench->server, "127.0.0.1", bench->port, false, NULL, &second),
        MEEPLE_EINUSE);
    cr_assert_null(second);
    bench->server_driver->close(bench->server, bench->listener);
    cr_assert_eq(
        bench->server_driver->listen(bench->server, "127.0.0.1", bench->port, false, NULL, &second),
        0);
    bench_free(bench);
}

EACH_KIND(io, an_address_is_shared_or_the_driver_says_that_it_cannot)
{
    struct bench *bench = bench_new(kind);
    const meeple_io_driver *driver = bench->server_driver;
    meeple_socket *one = NULL, *other = NULL;
    int rc = driver->listen(bench->server, "127.0.0.1", 0, true, NULL, &one);

    if (kind < DRIVER_LOOPBACK) {
        uint16_t port = driver->port(bench->server, one);

        cr_assert_eq(rc, 0);
        cr_assert_eq(driver->listen(bench->server, "127.0.0.1", port, true, NULL, &other), 0);
        cr_assert_eq(driver->port(bench->server, other), port);
    } else {
        cr_assert_eq(rc, MEEPLE_ENOTSUP);
        cr_assert_null(one);
    }
    bench_free(bench);
}

EACH_KIND(io, nothing_is_told_of_a_socket_after_close)
{
    struct bench *bench = bench_new(kind);
    struct end *end;

    bench_listen(bench);
    end = bench_connect(bench);
    end_close(end);
    pump_all(bench);
    cr_assert_str_eq(end->history, "");
    bench_free(bench);
}

/* The handler of one event closes streams whose events wait behind it. */
EACH_KIND(io, any_stream_may_be_closed_between_two_events)
{
    struct bench *bench = bench_new(kind);
    size_t told = 0;

    bench_listen(bench);
    for (size_t i = 0; i < 20; i++) {
        bench_connect(bench);
    }
    while (bench->accepted_count < 20) {
        cr_assert(pump(bench));
    }
    for (size_t i = 0; i < 20; i++) {
        while (!strchr(bench->connected[i].history, 'C')) {
            cr_assert(pump(bench));
        }
        bench->connected[i].to_send = 1;
        end_send(&bench->connected[i]);
        while (bench->connected[i].blocked) {
            cr_assert(take(bench, bench->client, 0) || sim_step(bench->sim));
        }
    }
    while (bench->sim && sim_step(bench->sim)) {
    }
    while (take(bench, bench->server, kind < DRIVER_LOOPBACK ? 100 : 0)) {
        struct end *end = &bench->accepted[bench->last - bench->accepted];

        told++;
        end_close(end);
        /* And one that was not told yet. */
        for (size_t i = 0; i < 20; i++) {
            if (bench->accepted[i].socket) {
                end_close(&bench->accepted[i]);
                break;
            }
        }
    }
    cr_assert_eq(told, 10);
    bench_free(bench);
}

EACH_KIND(io, two_busy_streams_take_turns)
{
    struct bench *bench = bench_new(kind);
    const struct end *before = NULL;
    struct end *ends = bench->connected;

    bench_listen(bench);
    bench_connect(bench);
    bench_connect(bench);
    pump_until_history(bench, &bench->connected[0], "C");
    pump_until_history(bench, &bench->connected[1], "C");
    while (bench->accepted_count < 2) {
        cr_assert(pump(bench));
    }
    ends[0].to_send = ends[1].to_send = 300000;
    for (int rounds = 0; rounds < 20; rounds++) {
        /* Both have something waiting at the server. */
        end_send(&ends[0]);
        end_send(&ends[1]);
        while (take(bench, bench->client, 0) || (bench->sim && sim_step(bench->sim))) {
        }
        before = NULL;
        for (int i = 0; i < 2; i++) {
            cr_assert(take(bench, bench->server, kind < DRIVER_LOOPBACK ? 1000 : 0));
            cr_assert_neq(bench->last, before, "twice in round %d", rounds);
            before = bench->last;
        }
        ends[0].to_send += 300000;
        ends[1].to_send += 300000;
    }
    bench_free(bench);
}

EACH_KIND(io, a_stream_that_nobody_attached_to_has_no_user)
{
    struct bench *bench = bench_new(kind);
    meeple_io_event event = {0};
    bool accepted = false;

    bench_listen(bench);
    bench_connect(bench)->to_send = 10;
    while (!accepted || event.type != MEEPLE_IO_RECEIVED) {
        if (take(bench, bench->client, 0) && bench->connected[0].history[0] == 'C') {
            end_send(&bench->connected[0]);
        } else if (bench->sim) {
            sim_step(bench->sim);
        }
        if (bench->server_driver->next(bench->server, &event, 0) == 1) {
            cr_assert_eq(event.user, event.type == MEEPLE_IO_ACCEPTED ? bench : NULL);
            accepted |= event.type == MEEPLE_IO_ACCEPTED;
        }
    }
    bench_free(bench);
}

/* What was to be sent may go with it: nothing looks at that any more. */
EACH_KIND(io, a_stream_that_waits_to_send_can_be_closed)
{
    enum {
        LEN = 16 << 20
    };
    struct bench *bench = bench_stream(kind);
    struct end *client = &bench->connected[0], *server = &bench->accepted[0];
    uint8_t *bytes = malloc(LEN);
    size_t gone;

    cr_assert(bytes);
    for (size_t i = 0; i < LEN; i++) {
        bytes[i] = pattern(i);
    }
    gone =
        bench->client_driver->send(bench->client, client->socket, &(meeple_bytes){bytes, LEN}, 1);
    cr_assert_lt(gone, LEN);
    end_close(client);
    memset(bytes, 0, LEN);
    free(bytes);
    while (!strpbrk(server->history, "EB")) {
        cr_assert(pump(bench));
    }
    cr_assert_geq(server->received, gone);
    cr_assert_lt(server->received, LEN);
    bench_free(bench);
}

EACH_KIND(io, many_streams_at_once_all_get_through)
{
    struct bench *bench = bench_new(kind);
    const size_t count = kind == DRIVER_LOOPBACK ? 100 : ENDS_MAX;

    bench_listen(bench);
    for (size_t i = 0; i < count; i++) {
        bench_connect(bench);
    }
    while (bench->accepted_count < count) {
        cr_assert(pump(bench));
    }
    for (size_t i = 0; i < count; i++) {
        while (!strchr(bench->connected[i].history, 'C')) {
            cr_assert(pump(bench));
        }
        bench->connected[i].to_send = 100;
        bench->accepted[i].to_send = 200;
        end_send(&bench->connected[i]);
        end_send(&bench->accepted[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pump_until_received(bench, &bench->accepted[i], 100);
        pump_until_received(bench, &bench->connected[i], 200);
    }
    bench_free(bench);
}

EACH_KIND(io, a_listener_that_closes_leaves_its_streams_alone)
{
    struct bench *bench = bench_stream(kind);

    bench->server_driver->close(bench->server, bench->listener);
    bench->connected[0].to_send = 1000;
    end_send(&bench->connected[0]);
    pump_until_received(bench, &bench->accepted[0], 1000);
    bench_free(bench);
}

EACH_KIND(io, streams_that_nobody_accepted_break_with_their_listener)
{
    struct bench *bench = bench_new(kind);
    struct end *end;
    size_t len;

    bench_listen(bench);
    end = bench_connect(bench);
    while (!strchr(end->history, 'C')) {
        cr_assert(take(bench, bench->client, 100) || (bench->sim && sim_step(bench->sim)));
    }
    bench->server_driver->close(bench->server, bench->listener);
    pump_all(bench);
    len = strlen(end->history);
    cr_assert(end->history[len - 1] == 'B' || end->history[len - 1] == 'E');
    bench_free(bench);
}

EACH_KIND(io, free_closes_what_is_left)
{
    struct bench *bench = bench_stream(kind);

    bench->server_driver->free(bench->server);
    bench->server = NULL;
    while (!strchr(bench->connected[0].history, 'E') && !strchr(bench->connected[0].history, 'B')) {
        cr_assert(take(bench, bench->client, PATIENCE_MS) || (bench->sim && sim_step(bench->sim)));
    }
    bench_free(bench);
}

EACH_KIND(io, next_with_zero_does_not_wait_and_time_does_not_go_back)
{
    struct bench *bench = bench_new(kind);
    uint64_t before = bench->client_driver->now_ms(bench->client), after;
    meeple_io_event event;

    bench_listen(bench);
    for (int i = 0; i < 100; i++) {
        cr_assert_eq(bench->server_driver->next(bench->server, &event, 0), 0);
        cr_assert_eq(bench->client_driver->next(bench->client, &event, 0), 0);
        after = bench->client_driver->now_ms(bench->client);
        cr_assert_geq(after, before);
        cr_assert_lt(after, before + 1000);
        before = after;
    }
    bench_free(bench);
}

EACH_KIND(io, random_fills_and_differs)
{
    struct bench *bench = bench_new(kind);
    uint8_t bytes[2][1000] = {{0}};
    uint32_t masks[200];

    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(bench->client_driver->random(bench->client, bytes[i], sizeof bytes[i]), 0);
    }
    cr_assert_neq(memcmp(bytes[0], bytes[1], sizeof bytes[0]), 0);
    for (size_t i = 0; i + 20 <= sizeof bytes[0]; i += 20) {
        static const uint8_t zero[20];

        cr_assert_neq(memcmp(bytes[0] + i, zero, sizeof zero), 0);
    }
    for (size_t i = 0; i < 200; i++) {
        cr_assert_eq(bench->client_driver->random(bench->client, &masks[i], sizeof masks[i]), 0);
    }
    for (size_t i = 1, same = 0; i < 200; i++) {
        same += masks[i] == masks[i - 1];
        cr_assert_lt(same, 3);
    }
    cr_assert_eq(bench->client_driver->random(bench->client, bytes, 0), 0);
    bench_free(bench);
}

EACH_KIND(io, an_address_is_cut_to_its_room)
{
    struct bench *bench = bench_stream(kind);
    char whole[80] = "?", cut[8] = "?", none = '?';
    meeple_socket *socket = bench->accepted[0].socket;

    bench->server_driver->address(bench->server, socket, whole, sizeof whole);
    bench->server_driver->address(bench->server, socket, cut, sizeof cut);
    bench->server_driver->address(bench->server, socket, &none, 0);
    cr_assert_eq(strncmp(whole, cut, 7), 0);
    cr_assert_lt(strlen(cut), 8);
    cr_assert_eq(none, '?');
    cr_assert_eq(strlen(whole) == 0, kind == DRIVER_LOOPBACK);
    bench->server_driver->address(bench->server, bench->listener, whole, sizeof whole);
    cr_assert_str_eq(whole, "");
    bench_free(bench);
}

/* open, listen, connect, a few bytes each way: with the n-th allocation failing.  Returns whether
 * it did. */
static bool try_without(const meeple_io_driver *driver, struct counting_mem *mem, size_t n)
{
    meeple_io *io = NULL;
    meeple_socket *listener = NULL, *socket = NULL;
    size_t before = mem->calls;
    int rc;

    counting_mem_fail(mem, n);
    rc = driver->open(driver, &mem->mem, NULL, &io);
    if (rc == 0) {
        rc = driver->listen(io, "127.0.0.1", 0, false, NULL, &listener);
        cr_assert_eq(rc == 0, listener != NULL);
    }
    if (rc == 0) {
        rc = driver->connect(io, "127.0.0.1", driver->port(io, listener), NULL, &socket);
        cr_assert_eq(rc == 0, socket != NULL);
    }
    if (rc == 0) {
        meeple_io_event event;
        int events = 0;

        while (events < 2 && driver->next(io, &event, 100) == 1) {
            events++;
            if (event.type != MEEPLE_IO_ACCEPTED) {
                continue;
            }
            driver->send(io, event.socket, &(meeple_bytes){(const uint8_t *)"hi", 2}, 1);
            while (driver->next(io, &event, 50) == 1) {
            }
        }
    } else {
        cr_assert_eq(rc, MEEPLE_ENOMEM);
    }
    driver->free(io);
    cr_assert_eq(io != NULL || rc < 0, true);
    return mem->calls - before >= n;
}

static void fail_each_allocation(const meeple_io_driver *driver, size_t live,
                                 struct counting_mem *mem)
{
    size_t n = 1;

    while (try_without(driver, mem, n)) {
        cr_assert_leq(mem->live, live + 1, "%zu blocks are left", mem->live - live);
        n++;
    }
    cr_assert_gt(n, 4);
}

EACH_DRIVER(io, every_allocation_fails_once)
{
    struct counting_mem mem;

    counting_mem_init(&mem);
    fail_each_allocation(driver, 0, &mem);
    cr_assert_eq(mem.live, 0);
}

Test(io_loopback, every_allocation_fails_once)
{
    struct counting_mem mem;
    struct meeple__loopback *hub;

    counting_mem_init(&mem);
    counting_mem_fail(&mem, 1);
    cr_assert_eq(meeple__loopback_new(&mem.mem, &hub), MEEPLE_ENOMEM);
    cr_assert_null(hub);
    cr_assert_eq(meeple__loopback_new(&mem.mem, &hub), 0);
    /* One of the hub's, and its spare chunk. */
    fail_each_allocation(meeple__loopback_driver(hub), 1, &mem);
    meeple__loopback_unref(hub);
    cr_assert_eq(mem.live, 0);
}
