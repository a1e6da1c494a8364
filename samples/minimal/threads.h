/* threads: several things done at the same time. */
#ifndef MINIMAL_THREADS_H
#define MINIMAL_THREADS_H

#include <stdbool.h>

/* Calls work(ctx, i) for each i below count: 0 on this thread, every other on one of its own.
 * True when all have returned; false at once if there is no thread for one, while those before it
 * go on. */
bool threads_run(void (*work)(void *ctx, unsigned index), void *ctx, unsigned count);

#endif /* MINIMAL_THREADS_H */
