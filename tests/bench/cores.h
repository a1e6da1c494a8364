/* cores: one processor for the server that is measured, another for the load. */
#ifndef TESTS_BENCH_CORES_H
#define TESTS_BENCH_CORES_H

struct cores {
    int server, load; /* their numbers; -1 both: there is one only, and nothing is pinned */
    unsigned char before[128]; /* where this thread could run, a bit for each */
};

struct cores cores_here(void);
/* This thread, and what it starts, runs there only.  -1: does nothing. */
void cores_pin(int core);
/* It runs again where it did. */
void cores_release(const struct cores *cores);

#endif /* TESTS_BENCH_CORES_H */
