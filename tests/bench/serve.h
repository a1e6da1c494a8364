/* serve: how the servers of the benchmarks listen. */
#ifndef TESTS_BENCH_SERVE_H
#define TESTS_BENCH_SERVE_H

#include <meeple/net.h>

struct serve_options {
    size_t peers;
    bool tcp;                   /* on 127.0.0.1, at any free port; else loopback */
    bool plain;                 /* the plain dialect: clients do not see each other */
    uint32_t heartbeat_ms;      /* 0: the library's default */
    size_t message_bytes_max;   /* 0: the library's default */
    size_t queue_bytes_max;     /* 0: the library's default */
    const meeple_io_driver *io; /* NULL: the system's */
    const meeple_mem *mem;
};

meeple_net *serve(const struct serve_options *options);
/* Bytes that wait for any of the peers. */
size_t serve_queued(const meeple_net *net, const int32_t *peers, size_t count);

#endif /* TESTS_BENCH_SERVE_H */
