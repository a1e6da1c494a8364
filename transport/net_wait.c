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

int meeple_net_wait_ms(const meeple_net *net)
{
    int wait_ms, due_ms;

    if (!net || net->down_told) {
        return -1;
    }
    wait_ms = meeple__loop_wait_ms(&net->loop);
    due_ms = meeple__net_due_in_ms(net);
    if (due_ms >= 0 && (wait_ms < 0 || due_ms < wait_ms)) {
        wait_ms = due_ms;
    }
    /* A loopback's clock stands still: its deadlines never come. */
    return wait_ms > 0 && net->hub ? -1 : wait_ms;
}
