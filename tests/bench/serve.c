/* serve: how the servers of the benchmarks listen. */
#include "tests/bench/serve.h"

#include <string.h>

#include "tests/bench/bench.h"

enum {
    /* What a peer may send in a second is counted as always, and never reached. */
    MESSAGES_PER_SECOND = 1000 * 1000 * 1000,
    BYTES_PER_SECOND = 2000 * 1000 * 1000
};

/* A driver that has become another one says so. */
static void write_note(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)ctx;
    (void)level;
    if (strcmp(area, "io") == 0) {
        bench_note("%s", text);
    }
}

static const meeple_log noting = {.write = write_note, .level = MEEPLE_LOG_INFO};

meeple_net *serve(const struct serve_options *options)
{
    meeple_listen_options listen = {
        .host = "127.0.0.1",
        .dialect = options->plain ? MEEPLE_DIALECT_PLAIN : MEEPLE_DIALECT_NATIVE,
        .limits = {.peers_max = (uint32_t)options->peers + 1,
                   .handshake_timeout_ms = 60000,
                   .heartbeat_ms = options->heartbeat_ms,
                   .accepts_per_second_max = UINT32_MAX,
                   .messages_per_second_max = MESSAGES_PER_SECOND,
                   .bytes_per_second_max = BYTES_PER_SECOND,
                   .message_bytes_max = options->message_bytes_max,
                   .queue_bytes_max = options->queue_bytes_max},
        .io = options->io,
        .mem = options->mem,
        .log = &noting,
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
