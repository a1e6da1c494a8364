/* serve: how the servers of the benchmarks listen. */
#include "tests/bench/serve.h"

#include "tests/bench/bench.h"

meeple_net *serve(const struct serve_options *options)
{
    meeple_listen_options listen = {
        .host = "127.0.0.1",
        .limits = {.peers_max = (uint32_t)options->peers + 1,
                   .handshake_timeout_ms = 60000,
                   .message_bytes_max = options->message_bytes_max,
                   .queue_bytes_max = options->queue_bytes_max},
        .mem = options->mem,
    };
    meeple_net *net;

    bench_check(options->tcp ? meeple_net_listen(&net, &listen)
                             : meeple_net_loopback(&net, &listen),
                "listen");
    return net;
}

size_t serve_queued(const meeple_net *net, const int32_t *peers, size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        bytes += meeple_net_queued(net, peers[i]);
    }
    return bytes;
}
