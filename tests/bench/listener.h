/* listener: how the servers that are not ours to measure listen and accept. */
#ifndef TESTS_BENCH_LISTENER_H
#define TESTS_BENCH_LISTENER_H

/* On any free port of 127.0.0.1, which is said on standard output; does not block.  -1: none. */
int listener_open(void);
/* The next connection, which blocks, and sends at once what it is given; -1: none waits. */
int listener_accept(int listener);

#endif /* TESTS_BENCH_LISTENER_H */
