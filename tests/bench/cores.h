/* cores: one processor for the server that is measured, another for the load. */
#ifndef TESTS_BENCH_CORES_H
#define TESTS_BENCH_CORES_H

/* Numbers of processors; -1 both: this process may use one only, and nothing is pinned. */
struct cores {
    int server;
    int load;
};

/* To be asked before anything is pinned, as what is pinned may use no other. */
struct cores cores_here(void);
/* This thread, and what it starts, runs there only.  -1: does nothing. */
void cores_pin(int core);

#endif /* TESTS_BENCH_CORES_H */
