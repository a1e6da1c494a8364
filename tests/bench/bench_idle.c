/* bench_idle: what a server keeps for a peer that is there and says nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"
#include "tests/bench/contenders.h"
#include "tests/bench/deflated.h"
#include "tests/bench/script.h"
#include "tests/bench/stream.h"
#include "tests/bench/upgrade.h"

enum {
    PAYLOAD = 64,
    QUICK = 50,
    AT_A_TIME = 50,
    ECHO_MAX = 4096
};

struct idle_options {
    size_t connections;
    bool tls, deflate;
};

/* What each says, and hears. */
struct greeting {
    struct script script;
    struct deflated deflated;
    bool compressed;
};

static void say(const struct greeting *greeting, struct stream *stream)
{
    const uint8_t *bytes = greeting->compressed ? greeting->deflated.frame : greeting->script.out;
    size_t len = greeting->compressed ? greeting->deflated.frame_len : greeting->script.out_len;

    if (stream_write(stream, bytes, len) != len) {
        bench_fail("a message does not fit into the connection");
    }
}

static bool is_heard(const struct greeting *greeting, const uint8_t *echo, size_t len)
{
    if (greeting->compressed) {
        return deflated_is_echo(&greeting->deflated, echo, len);
    }
    if (len > greeting->script.in_len || !script_is(&greeting->script, 0, echo, len)) {
        bench_fail("what came back is not what was sent");
    }
    return len == greeting->script.in_len;
}

static void hear(const struct greeting *greeting, struct stream *stream)
{
    uint8_t echo[ECHO_MAX];
    size_t len = 0;

    do {
        stream_wait(stream);
        len += stream_read(stream, echo + len, sizeof echo - len);
    } while (!is_heard(greeting, echo, len));
}

/* They are no strangers: each has said something, and has heard it back, before it rests. */
static struct stream *come(const struct contender *contender, const struct idle_options *options)
{
    struct stream *streams = bench_alloc(options->connections, sizeof *streams);
    struct greeting *greeting = bench_alloc(1, sizeof *greeting);
    SSL_CTX *tls = options->tls ? stream_tls() : NULL;
    const struct stream_options stream = {
        .whose = contender->name, .port = contender->server.port, .tls = tls};

    script_make(&greeting->script, PAYLOAD, contender->websocket, 1);
    deflated_make(&greeting->deflated);
    greeting->compressed = options->deflate && contender->websocket;
    for (size_t at = 0, count; at < options->connections; at += count) {
        struct stream *some = streams + at;

        count = options->connections - at < AT_A_TIME ? options->connections - at : AT_A_TIME;
        stream_open_all(some, count, &stream, at);
        if (contender->websocket) {
            upgrade_all(some, count, greeting->compressed);
        }
        for (size_t i = 0; i < count; i++) {
            say(greeting, &some[i]);
        }
        for (size_t i = 0; i < count; i++) {
            hear(greeting, &some[i]);
        }
    }
    SSL_CTX_free(tls);
    script_done(&greeting->script);
    free(greeting);
    return streams;
}

static void measure(const struct bench *bench, const struct contender *contender,
                    const struct idle_options *options)
{
    const struct server *server = &contender->server;
    uint64_t heap = contender->ours ? server_heap(server) : 0, resident = server_resident(server);
    struct stream *streams = come(contender, options);
    double count = (double)options->connections;
    char metric[64];

    if (contender->ours) {
        snprintf(metric, sizeof metric, "%s.heap", contender->name);
        bench_row(bench, metric, (double)(server_heap(server) - heap) / count, "B");
    }
    snprintf(metric, sizeof metric, "%s.resident", contender->name);
    bench_row(bench, metric, ((double)server_resident(server) - (double)resident) / count, "B");
    for (size_t i = 0; i < options->connections; i++) {
        stream_check_rest(&streams[i]);
        stream_close(&streams[i]);
    }
    free(streams);
}

static void run(const struct bench *bench, struct idle_options options)
{
    struct contenders them;

    options.connections = bench->quick ? QUICK : options.connections;
    contenders_start(
        &them, &(struct contenders_options){
                   .tls = options.tls, .deflate = options.deflate, .count = true, .many = true});
    for (size_t i = 0; i < them.count; i++) {
        measure(bench, &them.each[i], &options);
    }
    contenders_stop(&them);
}

static void run_ws(const struct bench *bench)
{
    run(bench, (struct idle_options){.connections = 9000});
}

static void run_wss(const struct bench *bench)
{
    run(bench, (struct idle_options){.connections = 2000, .tls = true});
}

static void run_ws_deflate(const struct bench *bench)
{
    run(bench, (struct idle_options){.connections = 1000, .deflate = true});
}

static void run_wss_deflate(const struct bench *bench)
{
    run(bench, (struct idle_options){.connections = 500, .tls = true, .deflate = true});
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"idle.ws", "memory of each of 9,000 peers at rest", run_ws},
        {"idle.wss", "memory of each of 2,000 peers at rest, over TLS", run_wss},
        {"idle.ws-deflate", "memory of each of 1,000 that compress", run_ws_deflate},
        {"idle.wss-deflate", "memory of each of 500 that compress, over TLS", run_wss_deflate},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
