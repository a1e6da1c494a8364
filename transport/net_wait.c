/* net_wait: a net in somebody else's event loop, and the one way in from another thread. */
#include "transport/net.h"

/* Nothing here changes after the net was made: any thread may read it. */
void meeple_net_wake(meeple_net *net)
{
    if (net) {
        net->loop.driver->wake(net->loop.io);
    }
}

int meeple_net_pollable(const meeple_net *net)
{
    return net ? net->loop.driver->pollable(net->loop.io) : MEEPLE_EINVAL;
}

/* In so many milliseconds; -1: there is no such moment. */
static int until_due(const meeple_net *net)
{
    uint64_t due_ms = net->ops->due_ms(net);
    uint64_t now_ms = meeple__net_clock_ms(net);

    if (due_ms == UINT64_MAX || due_ms <= now_ms) {
        return due_ms == UINT64_MAX ? -1 : 0;
    }
    return due_ms - now_ms < INT32_MAX ? (int)(due_ms - now_ms) : INT32_MAX;
}

int meeple_net_wait_ms(const meeple_net *net)
{
    int wait_ms, due_ms;

    if (!net || net->down_told) {
        return -1;
    }
    wait_ms = meeple__loop_wait_ms(&net->loop);
    due_ms = until_due(net);
    if (due_ms >= 0 && (wait_ms < 0 || due_ms < wait_ms)) {
        wait_ms = due_ms;
    }
    /* A loopback's clock stands still: its deadlines never come. */
    return wait_ms > 0 && net->hub ? -1 : wait_ms;
}
