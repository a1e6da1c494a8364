/* loop: one io, and which of its connections have to be looked at. */
#include "transport/conn.h"

#include <assert.h>

#include "core/mem.h"

enum {
    TICK_EVERY = 64,
    TICKS_MAX = 64, /* in one turn: a heartbeat of ten thousand goes in between what comes */
    TRIM_MS = 5000  /* how long a block may lie unused in a pool that a peak has filled */
};

int meeple__loop_init(struct meeple__loop *loop, const meeple_io_driver *driver,
                      const meeple_mem *mem, const meeple_log *log)
{
    int rc;

    *loop = (struct meeple__loop){
        .driver = driver ? driver : meeple_io_system(), .mem = mem, .log = log};
    meeple__pool_init(&loop->pool, mem);
    meeple__list_init(&loop->ready);
    meeple__list_init(&loop->dirty);
    meeple__list_init(&loop->hungry);
    rc = loop->driver->open(loop->driver, mem, log, &loop->io);
    if (rc < 0) {
        loop->io = NULL;
        return rc;
    }
    loop->trimmed_ms = meeple__loop_now(loop);
    return 0;
}

void meeple__loop_done(struct meeple__loop *loop)
{
    assert(loop->conn_count == 0);
    if (loop->io) {
        loop->driver->free(loop->io);
    }
    meeple__free(loop->mem, loop->plain);
    meeple__heap_done(&loop->deadlines, loop->mem);
    meeple__pool_done(&loop->pool);
}

void meeple__loop_flush(struct meeple__loop *loop)
{
    while (!meeple__list_empty(&loop->dirty)) {
        struct meeple__list *link = loop->dirty.next;

        meeple__list_remove(link);
        meeple__conn_flush(MEEPLE__CONTAINER(link, struct meeple__conn, dirty));
    }
}

/* Lets conns know whose time has come; true if there was one.  Who is left over is first in the
 * next turn, which does not wait. */
static bool tick(struct meeple__loop *loop)
{
    unsigned ticks = 0;

    for (; ticks < TICKS_MAX; ticks++) {
        struct meeple__deadline *first = meeple__heap_first(&loop->deadlines);

        if (!first || first->at_ms > loop->now_ms) {
            break;
        }
        meeple__conn_tick(MEEPLE__CONTAINER(first, struct meeple__conn, deadline));
    }
    return ticks > 0;
}

/* Gives back what a peak has left; true if it was time to. */
static bool trim(struct meeple__loop *loop)
{
    if (loop->now_ms - loop->trimmed_ms < TRIM_MS) {
        return false;
    }
    loop->trimmed_ms = loop->now_ms;
    if (!meeple__pool_swollen(&loop->pool)) {
        return false;
    }
    meeple__pool_trim(&loop->pool);
    return true;
}

/* -1: there is no such moment. */
static int ms_until(uint64_t at_ms, uint64_t now_ms)
{
    uint64_t left_ms = at_ms > now_ms ? at_ms - now_ms : 0;

    if (at_ms == UINT64_MAX) {
        return -1;
    }
    return left_ms < INT32_MAX ? (int)left_ms : INT32_MAX;
}

static uint64_t first_deadline(const struct meeple__loop *loop)
{
    const struct meeple__deadline *first = meeple__heap_first(&loop->deadlines);
    uint64_t at_ms = first ? first->at_ms : UINT64_MAX;

    if (meeple__pool_swollen(&loop->pool) && loop->trimmed_ms + TRIM_MS < at_ms) {
        at_ms = loop->trimmed_ms + TRIM_MS;
    }
    return at_ms;
}

/* No longer than until the first deadline, which only who waits has to look at. */
static int wait_ms(struct meeple__loop *loop, int timeout_ms)
{
    int left_ms;

    if (loop->woken || timeout_ms == 0) {
        return 0;
    }
    left_ms = ms_until(first_deadline(loop), meeple__loop_now(loop));
    return left_ms < 0 || (timeout_ms >= 0 && timeout_ms < left_ms) ? timeout_ms : left_ms;
}

int meeple__loop_wait_ms(const struct meeple__loop *loop)
{
    uint64_t at_ms = loop->driver->due_ms(loop->io);

    if (loop->woken || !meeple__list_empty(&loop->ready) || !meeple__list_empty(&loop->dirty) ||
        !meeple__list_empty(&loop->hungry)) {
        return 0;
    }
    if (first_deadline(loop) < at_ms) {
        at_ms = first_deadline(loop);
    }
    return ms_until(at_ms, loop->driver->now_ms(loop->io));
}

/* The turn of one of those who wait to give more. */
static void feed_one(struct meeple__loop *loop)
{
    struct meeple__list *link = loop->hungry.next;

    if (link != &loop->hungry) { /* what came may have ended it */
        meeple__conn_wake(MEEPLE__CONTAINER(link, struct meeple__conn, ready));
    }
}

int meeple__loop_turn(struct meeple__loop *loop, int timeout_ms, meeple_socket **accepted)
{
    meeple_io_event event;
    bool trimmed, hungry, taken, again;
    int rc;

    *accepted = NULL;
    meeple__loop_flush(loop);
    if (!meeple__list_empty(&loop->ready)) {
        return 1;
    }
    hungry = !meeple__list_empty(&loop->hungry);
    /* What the driver has taken already it tells without waiting. */
    taken = loop->driver->due_ms(loop->io) == 0;
    rc = loop->driver->next(loop->io, &event, hungry || taken ? 0 : wait_ms(loop, timeout_ms));
    again = hungry || (taken && rc == 0);
    meeple__loop_now(loop);
    if (rc < 0) {
        return rc;
    }
    if (rc > 0 && event.type == MEEPLE_IO_ACCEPTED) {
        *accepted = event.socket;
    } else if (rc > 0 && event.type == MEEPLE_IO_WOKEN) {
        /* Again is nothing new: who wakes without end does not keep us here. */
        rc = loop->woken ? 0 : 1;
        loop->woken = true;
    } else if (rc > 0) {
        meeple__conn_event(event.user, &event);
    }
    if (hungry) {
        feed_one(loop);
    }
    /* What has come by now came in time, also if nobody asked for it for a while: it goes first,
     * but does not hold up the clock for ever. */
    if (rc > 0 && ++loop->unticked < TICK_EVERY) {
        return 1;
    }
    loop->unticked = 0;
    trimmed = trim(loop);
    return tick(loop) || trimmed || rc > 0 || again ? 1 : 0;
}
