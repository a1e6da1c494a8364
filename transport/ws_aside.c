/* ws_aside: what an endpoint has only for a while, so that one at rest does without. */
#include "transport/ws.h"

#include <assert.h>

#include "core/mem.h"

int meeple__ws_need_aside(struct meeple__ws *ws)
{
    if (!ws->aside) {
        ws->aside = meeple__alloc(ws->config->mem, sizeof *ws->aside);
        if (!ws->aside) {
            return MEEPLE_ENOMEM;
        }
        ws->aside->fault.text = "";
    }
    return 0;
}

void meeple__ws_end_aside(struct meeple__ws *ws)
{
    const meeple_mem *mem = ws->config->mem;

    if (ws->aside) {
        meeple__buf_done(&ws->aside->control, mem);
        meeple__buf_done(&ws->aside->reason, mem);
        meeple__buf_done(&ws->aside->ping, mem);
        meeple__free(mem, ws->aside);
        ws->aside = NULL;
    }
}

void meeple__ws_tidy_aside(struct meeple__ws *ws)
{
    const struct meeple__ws_aside *aside = ws->aside;

    if (aside && ws->state == MEEPLE__WS_FRAMES && !aside->control.ptr && !aside->reason.ptr &&
        !aside->ping_kept && !aside->why) {
        meeple__ws_end_aside(ws);
    }
}

int meeple__ws_need_deflate(struct meeple__ws *ws)
{
    const struct meeple__ws_config *config = ws->config;
    const struct meeple__deflate_effort effort = {config->options.deflate.level,
                                                  config->options.deflate.memory_level};
    bool server = config->options.server;

    assert(ws->deflates);
    if (!ws->deflate) {
        ws->deflate = meeple__alloc(config->mem, sizeof *ws->deflate);
        if (!ws->deflate) {
            return MEEPLE_ENOMEM;
        }
        meeple__deflate_init(&ws->deflate->tx, config->mem, &ws->agreed, server, &effort);
        meeple__inflate_init(&ws->deflate->rx, config->mem, &ws->agreed, !server);
    }
    ws->deflate->busy = true;
    return 0;
}

void meeple__ws_end_deflate(struct meeple__ws *ws)
{
    if (ws->deflate) {
        meeple__deflate_done(&ws->deflate->tx);
        meeple__inflate_done(&ws->deflate->rx);
        meeple__free(ws->config->mem, ws->deflate);
        ws->deflate = NULL;
    }
}

/* What we compress may forget what was before.  What we inflate may not, unless there is nothing.
 */
void meeple__ws_rest(struct meeple__ws *ws)
{
    struct meeple__ws_deflate *deflate = ws->deflate;

    if (!deflate || ws->message) {
        return;
    }
    if (!deflate->busy) {
        meeple__deflate_reset(&deflate->tx);
        meeple__inflate_rest(&deflate->rx);
        if (!deflate->rx.zip && !deflate->rx.window) {
            meeple__ws_end_deflate(ws);
            return;
        }
    }
    deflate->busy = false;
}
