/* load: many clients of an echo server, in this thread, which look at every byte that comes back.
 */
#define _GNU_SOURCE
#include "tests/bench/load.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/upgrade.h"
#include "tests/support/prng.h"

enum {
    READY_MAX = 256,
    READ_MAX = 256 * 1024,
    STALLS_MS = 20000,
    DUE_MAX = 64 /* messages of a paced connection on their way */
};

struct client {
    struct stream stream;
    uint64_t heard;    /* bytes of echoes */
    uint64_t echoes;   /* whole ones */
    uint64_t messages; /* that may be written; some of their bytes may not have been */
    uint64_t written;  /* bytes of them */
    uint64_t *due_us;  /* of the paced ones that are on their way, at their number modulo DUE_MAX */
};

struct load {
    struct load_options options;
    struct script script;
    struct client *clients;
    int epoll;
    uint64_t echoes;
    bool closed_loop; /* an echo is the reason for a new message */
    uint32_t *latencies;
    size_t latency_count, latency_cap;
    uint8_t bytes[READ_MAX];
};

struct load *load_open(const struct load_options *options)
{
    struct load *load = bench_alloc(1, sizeof *load);
    struct stream *streams = bench_alloc(options->connections, sizeof *streams);

    load->options = *options;
    load->clients = bench_alloc(options->connections, sizeof *load->clients);
    load->epoll = epoll_create1(EPOLL_CLOEXEC);
    script_make(&load->script, options->payload, options->websocket, options->window);
    stream_open_all(streams, options->connections, &options->stream, 0);
    if (options->websocket) {
        upgrade_all(streams, options->connections, false);
    }
    for (size_t i = 0; i < options->connections; i++) {
        struct client *client = &load->clients[i];
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                    .data = {.ptr = client}};

        client->stream = streams[i];
        client->due_us = bench_alloc(DUE_MAX, sizeof *client->due_us);
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, client->stream.fd, &event) != 0) {
            bench_fail("epoll_ctl: %s", strerror(errno));
        }
    }
    free(streams);
    return load;
}

void load_close(struct load *load)
{
    for (size_t i = 0; i < load->options.connections; i++) {
        stream_close(&load->clients[i].stream);
        free(load->clients[i].due_us);
    }
    close(load->epoll);
    script_done(&load->script);
    free(load->clients);
    free(load);
}

/* All that may be written and fits, in as few writes as the period of the script allows. */
static void write_some(struct load *load, struct client *client)
{
    const struct script *script = &load->script;
    uint64_t end = client->messages * script->out_len;
    size_t period = script->messages * script->out_len;

    while (client->written < end) {
        size_t from = (size_t)(client->written % period);
        size_t room = 2 * period - from;
        size_t len = end - client->written < room ? (size_t)(end - client->written) : room;
        size_t put = stream_write(&client->stream, script->out + from, len);

        client->written += put;
        /* TLS takes a record at a time; TCP is full if it takes less than it was given. */
        if (client->stream.ssl ? put == 0 : put < len) {
            return;
        }
    }
}

static void heard(struct load *load, struct client *client)
{
    uint64_t echoes = client->heard / load->script.in_len, new = echoes - client->echoes;

    if (load->closed_loop) {
        client->messages += new;
    } else if (new > 0 && load->latency_cap > 0) {
        uint64_t now_us = bench_now_us();

        for (uint64_t i = client->echoes; i < echoes; i++) {
            if (load->latency_count < load->latency_cap) {
                load->latencies[load->latency_count++] =
                    (uint32_t)(now_us - client->due_us[i % DUE_MAX]);
            }
        }
    }
    client->echoes = echoes;
    load->echoes += new;
}

static void read_all(struct load *load, struct client *client)
{
    size_t got;

    do {
        got = stream_read(&client->stream, load->bytes, sizeof load->bytes);
        if (!script_is(&load->script, client->heard, load->bytes, got)) {
            bench_fail("%s: what came back is not what was sent", load->options.stream.whose);
        }
        client->heard += got;
        /* TLS hands out a record at a time; TCP has no more if it has less than asked. */
    } while (client->stream.ssl ? got > 0 : got == sizeof load->bytes);
    heard(load, client);
}

/* One round of the multiplexer; false: nothing was ready. */
static bool turn(struct load *load, int timeout_ms)
{
    struct epoll_event ready[READY_MAX];
    int count = epoll_wait(load->epoll, ready, READY_MAX, timeout_ms);

    for (int i = 0; i < count; i++) {
        struct client *client = ready[i].data.ptr;

        if (ready[i].events & ~(unsigned)EPOLLOUT) {
            read_all(load, client);
        }
        write_some(load, client);
    }
    return count > 0;
}

void load_run(struct load *load, uint64_t duration_us)
{
    uint64_t end_us = bench_now_us() + duration_us;

    load->closed_loop = true;
    for (size_t i = 0; i < load->options.connections; i++) {
        struct client *client = &load->clients[i];

        client->messages = client->echoes + load->options.window;
        write_some(load, client);
    }
    do {
        if (!turn(load, STALLS_MS)) {
            bench_fail("%s: no echo in %d s", load->options.stream.whose, STALLS_MS / 1000);
        }
    } while (bench_now_us() < end_us);
    load->closed_loop = false;
}

static bool is_quiet(const struct load *load)
{
    for (size_t i = 0; i < load->options.connections; i++) {
        if (load->clients[i].echoes != load->clients[i].messages) {
            return false;
        }
    }
    return true;
}

void load_drain(struct load *load)
{
    while (!is_quiet(load)) {
        if (!turn(load, STALLS_MS)) {
            bench_fail("%s: some messages have not come back", load->options.stream.whose);
        }
    }
}

uint64_t load_echoes(const struct load *load)
{
    return load->echoes;
}

/* Until the next one's moment: exponentially distributed, so that they come as from strangers. */
static double gap_us(struct prng *prng, double per_second)
{
    double uniform = (double)(prng_below(prng, 1 << 30) + 1) / (1 << 30);

    return -log(uniform) * 1e6 / per_second;
}

size_t load_pace(struct load *load, double per_second, uint64_t duration_us, uint32_t *latencies,
                 size_t cap)
{
    struct prng prng = {load->echoes + 1};
    uint64_t begin_us = bench_now_us();
    double due_us = gap_us(&prng, per_second);
    size_t next = 0;

    load->latencies = latencies;
    load->latency_count = 0;
    load->latency_cap = cap;
    for (uint64_t now_us = 0; now_us < duration_us; now_us = bench_now_us() - begin_us) {
        for (; due_us <= (double)now_us; due_us += gap_us(&prng, per_second)) {
            struct client *client = &load->clients[next];

            if (client->messages - client->echoes == DUE_MAX) {
                break; /* it has to wait, and gets later */
            }
            client->due_us[client->messages++ % DUE_MAX] = begin_us + (uint64_t)due_us;
            write_some(load, client);
            next = (next + 1) % load->options.connections;
        }
        turn(load, 0);
    }
    load_drain(load);
    load->latencies = NULL;
    load->latency_cap = 0;
    return load->latency_count;
}
