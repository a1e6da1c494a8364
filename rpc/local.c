/* local: what waits in order: calls to ourselves and reports to on_refused, or packets for a peer.
 */
#include "rpc/local.h"

#include <assert.h>
#include <string.h>

bool meeple__local_has_room(const struct meeple__local_queue *queue, size_t args_len,
                            size_t bytes_max)
{
    size_t waits = queue->waiting.len + queue->running.len - queue->at;

    return waits <= bytes_max && args_len <= bytes_max - waits &&
           sizeof(struct meeple__local) <= bytes_max - waits - args_len;
}

int meeple__local_add(struct meeple__local_queue *queue, const meeple_mem *mem,
                      const struct meeple__local *local, meeple_bytes args, size_t bytes_max)
{
    size_t before = queue->waiting.len;
    int rc;

    if (!meeple__local_has_room(queue, args.len, bytes_max)) {
        return MEEPLE_EFULL;
    }
    assert(local->len == args.len);
    rc = meeple__buf_add(&queue->waiting, mem,
                         (meeple_bytes){(const uint8_t *)local, sizeof *local}, bytes_max);
    if (rc == 0) {
        rc = meeple__buf_add(&queue->waiting, mem, args, bytes_max);
    }
    if (rc < 0) {
        queue->waiting.len = before;
        return rc;
    }
    queue->added++;
    return 0;
}

void meeple__local_undo(struct meeple__local_queue *queue, size_t args_len)
{
    size_t size = sizeof(struct meeple__local) + args_len;

    assert(queue->waiting.len >= size);
    queue->waiting.len -= size;
    queue->added--;
}

bool meeple__local_first(struct meeple__local_queue *queue, struct meeple__local *local,
                         meeple_bytes *args)
{
    const uint8_t *at;

    if (queue->at == queue->running.len) {
        struct meeple__buf emptied = queue->running;

        meeple__buf_clear(&emptied);
        queue->running = queue->waiting;
        queue->waiting = emptied;
        queue->at = 0;
    }
    if (queue->running.len == 0) {
        return false;
    }
    at = queue->running.ptr + queue->at;
    memcpy(local, at, sizeof *local);
    *args = (meeple_bytes){at + sizeof *local, local->len};
    return true;
}

void meeple__local_next(struct meeple__local_queue *queue)
{
    struct meeple__local local;

    assert(queue->at < queue->running.len);
    memcpy(&local, queue->running.ptr + queue->at, sizeof local);
    queue->at += sizeof local + local.len;
    queue->taken++;
}

void meeple__local_done(struct meeple__local_queue *queue, const meeple_mem *mem)
{
    meeple__buf_done(&queue->running, mem);
    meeple__buf_done(&queue->waiting, mem);
    queue->at = 0;
}
