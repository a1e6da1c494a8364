/* test_net_away: an application that takes an event and is away for long then: what came with it is
 * read when it is back, and whoever is being closed has its time from then on. */
#include <meeple/net.h>

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/raw_peer.h"

enum {
    PORT = 4000,
    AWAY_MS = 10000, /* longer than any time that something has to close, and no heartbeat */
    LATENCY_MS = 5,
    WINDOW = 3000,
    BEHIND = 2 * WINDOW /* bytes of a message that does not fit it */
};

/* A net and somebody at the other end, who is not slow. */
struct away {
    struct sim *sim;
    meeple_net *net;
    struct raw_peer raw;
    meeple_event event; /* the last one */
    int32_t peer;       /* a server's */
};

static void begin(struct away *away)
{
    memset(away, 0, sizeof *away);
    away->sim = sim_new(&(struct sim_options){
        .latency_min_ms = LATENCY_MS, .latency_max_ms = LATENCY_MS, .window_bytes = WINDOW});
}

static void end(struct away *away)
{
    meeple_net_free(away->net);
    raw_done(&away->raw);
    sim_free(away->sim);
}

static void pass(struct away *away, uint64_t ms)
{
    uint64_t end_ms = sim_now(away->sim) + ms;

    while (sim_step_until(away->sim, end_ms)) {
    }
}

/* Both sides take what there is until the net tells something; false: not in that time. */
static bool waits(struct away *away, uint64_t ms)
{
    uint64_t end_ms = sim_now(away->sim) + ms;
    int rc;

    while ((rc = meeple_net_next(away->net, &away->event, 0)) == 0) {
        raw_turn(&away->raw);
        if (sim_now(away->sim) >= end_ms) {
            return false;
        }
        pass(away, 1);
    }
    cr_assert_eq(rc, 1);
    return true;
}

static void takes(struct away *away, meeple_event_type type)
{
    cr_assert(waits(away, 1000));
    cr_assert_eq(away->event.type, type, "%s", meeple_event_name(away->event.type));
}

static void comes_back(struct away *away, meeple_event_type type)
{
    pass(away, AWAY_MS);
    cr_assert_eq(meeple_net_next(away->net, &away->event, 0), 1);
    cr_assert_eq(away->event.type, type, "%s", meeple_event_name(away->event.type));
}

/* ---- a client ---- */

static void connect_client(struct away *away)
{
    begin(away);
    raw_listen(&away->raw, away->sim, "s", PORT, NULL, true);
    cr_assert_eq(meeple_net_connect(&away->net, "ws://s:4000/",
                                    &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN,
                                                              .io = sim_driver(away->sim, "c")}),
                 0);
    takes(away, MEEPLE_EVENT_UP);
    takes(away, MEEPLE_EVENT_JOIN);
}

Test(net_away, a_client_waits_for_the_server_to_end_the_stream)
{
    struct away away;
    uint64_t back_ms;

    connect_client(&away);
    cr_assert_eq(meeple_ws_send(away.raw.ws, (meeple_bytes){(const uint8_t *)"hi", 2}, true), 0);
    raw_close(&away.raw, 1000, "bye"); /* in the same piece */
    takes(&away, MEEPLE_EVENT_PACKET);
    comes_back(&away, MEEPLE_EVENT_CLOSING);
    back_ms = sim_now(away.sim);
    takes(&away, MEEPLE_EVENT_LEAVE);
    cr_assert(away.event.clean);
    while (!away.raw.ended) {
        if (waits(&away, 1)) {
            cr_assert_eq(away.event.type, MEEPLE_EVENT_DOWN);
            break;
        }
    }
    cr_assert_geq(sim_now(away.sim), back_ms + 1000);
    end(&away);
}

/* ---- a server ---- */

/* Somebody has joined. */
static void serve(struct away *away, const meeple_limits *limits)
{
    begin(away);
    cr_assert_eq(
        meeple_net_listen(&away->net, &(meeple_listen_options){.port = PORT,
                                                               .dialect = MEEPLE_DIALECT_PLAIN,
                                                               .limits = *limits,
                                                               .io = sim_driver(away->sim, "s")}),
        0);
    takes(away, MEEPLE_EVENT_UP);
    raw_connect(&away->raw, away->sim, "c", "s", PORT, NULL, true);
    takes(away, MEEPLE_EVENT_JOIN);
    away->peer = away->event.peer;
    cr_assert(!waits(away, 100) && away->raw.open);
}

/* Somebody has, and has not read all that it was sent. */
static void serve_behind(struct away *away)
{
    static const uint8_t much[BEHIND];

    serve(away, &(meeple_limits){0});
    away->raw.deaf = true;
    cr_assert_eq(meeple_net_send(away->net, away->peer, (meeple_bytes){much, sizeof much}), 0);
    cr_assert_eq(meeple_net_next(away->net, &away->event, 0), 0);
    cr_assert_gt(meeple_net_queued(away->net, away->peer), 0);
}

/* It reads on, a second after the server came back to see that there is an end to it. */
static void reads_on(struct away *away)
{
    cr_assert(!waits(away, 1000), "%s", meeple_event_name(away->event.type));
    away->raw.deaf = false;
    takes(away, MEEPLE_EVENT_LEAVE);
    cr_assert(!waits(away, 100));
}

Test(net_away, who_closes_has_time_to_read_what_it_was_sent)
{
    struct away away;

    serve_behind(&away);
    cr_assert_eq(meeple_ws_send(away.raw.ws, (meeple_bytes){(const uint8_t *)"hi", 2}, true), 0);
    raw_close(&away.raw, 1000, "bye");
    takes(&away, MEEPLE_EVENT_PACKET);
    comes_back(&away, MEEPLE_EVENT_CLOSING);
    reads_on(&away);
    cr_assert(away.event.clean);
    cr_assert(strstr(away.raw.told, "closed 1000 clean bye"), "%s", away.raw.told);
    end(&away);
}

Test(net_away, who_breaks_a_rule_has_time_to_read_why)
{
    static const uint8_t frames[] = {0x81, 0x81, 0, 0, 0, 0, 'x',   /* a message */
                                     0x81, 0x81, 0, 0, 0, 0, 0xff}; /* one that is not UTF-8 */
    struct away away;

    serve_behind(&away);
    raw_write(&away.raw, frames, sizeof frames);
    takes(&away, MEEPLE_EVENT_PACKET);
    pass(&away, AWAY_MS);
    reads_on(&away);
    cr_assert_eq(away.event.code, MEEPLE_CLOSE_INVALID_TEXT);
    cr_assert(strstr(away.raw.told, "closing 1007 the text is not UTF-8"), "%s", away.raw.told);
    end(&away);
}

/* What is worked off as slowly as it may come at most is no flood, though it came at once. */
Test(net_away, who_is_slow_to_take_messages_calls_nobody_a_flood)
{
    enum {
        A_SECOND = 100,
        MESSAGES = 4 * A_SECOND /* half of them may come at once */
    };
    uint8_t frames[MESSAGES][7];
    struct away away;

    for (size_t i = 0; i < MESSAGES; i++) {
        memcpy(frames[i], (const uint8_t[7]){0x82, 0x81, 0, 0, 0, 0, 'x'}, 7);
    }
    serve(&away, &(meeple_limits){.messages_per_second_max = A_SECOND});
    raw_write(&away.raw, frames, sizeof frames);
    for (size_t i = 0; i < MESSAGES; i++) {
        takes(&away, MEEPLE_EVENT_PACKET);
        pass(&away, 1000 / A_SECOND);
    }
    cr_assert_eq(meeple_net_stats(away.net).flooded, 0);
    raw_write(&away.raw, frames, sizeof frames);
    while (waits(&away, 100) && away.event.type == MEEPLE_EVENT_PACKET) {
    }
    cr_assert_eq(meeple_net_stats(away.net).flooded, 1);
    end(&away);
}
