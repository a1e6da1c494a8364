/* server: a server in a process of its own: started, asked what it costs, stopped. */
#ifndef TESTS_BENCH_SERVER_H
#define TESTS_BENCH_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A server program says "port N" on its standard output once it listens on 127.0.0.1, and goes on
 * until it is killed.  If what it needs is not there it exits with SERVER_ABSENT and has said on a
 * line what that is.  One that counts its heap answers SIGUSR1 with "heap BYTES".
 */
enum {
    SERVER_ABSENT = 77,
    SERVER_LINE = 160
};

struct server {
    pid_t pid; /* 0: none */
    int output;
    uint16_t port;
};

/*
 * argv: the program, beside this one or in the PATH, and its arguments; NULL ends them.  Runs on
 * that core (-1: any).  False: it is absent, why says so.  Whatever else goes wrong ends the
 * benchmark.  It is killed when this process ends, however that happens.
 */
bool server_start(struct server *server, const char *const *argv, int core, char why[SERVER_LINE]);
/* Kills it and waits for its end. */
void server_stop(struct server *server);

/* What all of its threads have used of the processors, in the kernel and outside. */
uint64_t server_cpu_ns(const struct server *server);
/* Bytes of its memory that are resident. */
uint64_t server_resident(const struct server *server);
/* Bytes that it has allocated and not freed, as it says itself. */
uint64_t server_heap(const struct server *server);

#endif /* TESTS_BENCH_SERVER_H */
