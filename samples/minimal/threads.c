/* threads: several things done at the same time. */
#include "samples/minimal/threads.h"

#include <pthread.h>
#include <stdlib.h>

struct thread {
    pthread_t id;
    void (*work)(void *ctx, unsigned index);
    void *ctx;
    unsigned index;
};

static void *start(void *ctx)
{
    const struct thread *thread = ctx;

    thread->work(thread->ctx, thread->index);
    return NULL;
}

bool threads_run(void (*work)(void *ctx, unsigned index), void *ctx, unsigned count)
{
    struct thread *threads = calloc(count, sizeof *threads);

    if (!threads) {
        return false;
    }
    for (unsigned i = 1; i < count; i++) {
        threads[i] = (struct thread){.work = work, .ctx = ctx, .index = i};
        if (pthread_create(&threads[i].id, NULL, start, &threads[i]) != 0) {
            return false; /* threads stays with those that run */
        }
    }
    work(ctx, 0);
    for (unsigned i = 1; i < count; i++) {
        pthread_join(threads[i].id, NULL);
    }
    free(threads);
    return true;
}
