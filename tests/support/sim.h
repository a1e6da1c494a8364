/* sim: a network of hosts in one thread, over virtual time and from a seed. */
#ifndef TESTS_SUPPORT_SIM_H
#define TESTS_SUPPORT_SIM_H

#include <meeple/io.h>

/*
 *     struct sim *sim = sim_new(&(struct sim_options){.seed = seed, .latency_max_ms = 80});
 *     (nets with .io = sim_driver(sim, "server"), sim_driver(sim, "anna"), ...; ws://server:4000/)
 *     do {
 *         (take what each net has: meeple_net_next() with a timeout, until 0)
 *     } while (sim_step(sim));
 *     sim_free(sim);
 *
 * A driver's next() never waits: a timeout above 0 is a moment that sim_step() will stop at, so a
 * net that is asked with a timeout gets its deadlines.  The same seed and the same calls give the
 * same bytes at the same times, random() included.  The bytes of RECEIVED are an allocation of
 * their own, freed with the next next(): AddressSanitizer sees who keeps them.
 */
struct sim;

struct sim_options {
    uint64_t seed;
    uint32_t latency_min_ms, latency_max_ms; /* each way; what is sent on a stream stays in order */
    bool chop;                               /* RECEIVED comes in random pieces, down to one byte */
    bool stutter;                            /* send() takes a random part, also none */
    bool completions; /* what send() left is sent by the driver: SENT has a len, like io_uring's */
    uint32_t resets_per_million; /* of the pieces that send() makes: the stream breaks there */
    size_t window_bytes;         /* 65536: one way, what was sent and not taken */
    /* A line for each thing that happens: "1020 anna:40000 > server:4000 17 bytes". */
    void (*trace)(void *ctx, const char *line);
    void *trace_ctx;
    /* All bytes that a host sends on a stream; the port is that of the end that connected. */
    void (*tap)(void *ctx, const char *from, const char *to, uint16_t port, meeple_bytes bytes);
    void *tap_ctx;
};

struct sim_counts {
    uint64_t calls;    /* of those that sim_fail_call() counts */
    uint64_t connects; /* that came to CONNECTED */
    uint64_t pieces, bytes, short_sends, resets;
};

/* What comes of a new connection to a host. */
enum sim_fate {
    SIM_ANSWERS, /* at first; refuses where nobody listens */
    SIM_REFUSES, /* CONNECT, ECONNREFUSED */
    SIM_UNKNOWN, /* RESOLVE, EAI_NONAME; also hosts that nobody spoke of */
    SIM_SILENT   /* nothing, for ever */
};

/* NULL: all zero.  Aborts when out of memory, as everything here does. */
struct sim *sim_new(const struct sim_options *options);
/* Every io was freed. */
void sim_free(struct sim *sim);

/* What a program on that host gets: listen() is at the host's name, whatever address it says, and
 * "localhost", "127.0.0.1" and "::1" mean the host itself.  The sim's. */
const meeple_io_driver *sim_driver(struct sim *sim, const char *host);

/* It begins at 1000. */
uint64_t sim_now(const struct sim *sim);
/* On to the next moment at which something comes or a next() wanted to end; false if there is
 * none.  What is due and was not taken stays due. */
bool sim_step(struct sim *sim);
/* The same, but not past a moment; false (and at that moment) if there is nothing until then. */
bool sim_step_until(struct sim *sim, uint64_t until_ms);

void sim_set_fate(struct sim *sim, const char *host, enum sim_fate fate);
/* From now on everything between two hosts vanishes, and nobody is told. */
void sim_cut(struct sim *sim, const char *host_a, const char *host_b);
/* New connections work again; the old streams stay dead. */
void sim_mend(struct sim *sim, const char *host_a, const char *host_b);
/* Every stream of that host breaks now, at both ends. */
void sim_reset_all(struct sim *sim, const char *host);

/*
 * The n-th call from now (1: the next one) of open, listen, connect, random, send or next fails,
 * and only that one: with MEEPLE_EIO, send by losing the stream.  0: none.  True from
 * sim_call_failed() once it has.
 */
void sim_fail_call(struct sim *sim, uint64_t n);
bool sim_call_failed(const struct sim *sim);
struct sim_counts sim_counts(const struct sim *sim);

#endif /* TESTS_SUPPORT_SIM_H */
