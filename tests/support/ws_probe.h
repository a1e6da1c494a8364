/* ws_probe: one WebSocket endpoint under test, and what it told and said, as text. */
#ifndef TESTS_SUPPORT_WS_PROBE_H
#define TESTS_SUPPORT_WS_PROBE_H

#include <meeple/event.h>
#include <meeple/ws.h>

#include "tests/support/counting_mem.h"
#include "tests/support/prng.h"

enum {
    PROBE_TEXT = 1 << 14
};

/* How bytes are fed: 0 whole, 1 byte by byte, else in random pieces of that seed. */
enum {
    PROBE_WHOLE,
    PROBE_BYTES,
    PROBE_SEEDS /* the first seed */
};

struct ws_probe {
    meeple_ws *ws;
    bool server;
    struct counting_mem mem;
    uint64_t now_ms;
    struct prng random; /* the randomness it gets */
    bool random_broken; /* it gets none */
    bool deaf;          /* what it writes is not taken */
    bool unanswered;    /* REQUEST is neither accepted nor refused */
    int refuse;         /* the status REQUEST is refused with; 0: accepted */
    bool closed;        /* CLOSED was told */
    size_t requests, opens, closings, messages;

    /*
     * A line each: "request /path", "open chat", "text Hello", "binary \00\ff",
     * "closing 1000 bye", "closed 1000 clean bye", "error -1".  Of long data, length and hash.
     */
    char told[PROBE_TEXT];
    size_t told_len;
    /* A line each: "HTTP/1.1 101 Switching Protocols", then "text Hello", "ping x",
     * "close 1000 bye", "close" (no code). */
    char said[PROBE_TEXT];
    size_t said_len;
    uint8_t *out; /* every byte it wrote since the last probe_forget(), and room for a NUL */
    size_t out_len, out_at, out_cap;
    bool head_said;
};

/* options NULL: a server that agrees to nothing, or a client of host "h".  random, now_ms and
 * server are filled in.  Fails the test if it cannot be made. */
void probe_init(struct ws_probe *probe, bool server, const meeple_ws_options *options);
/* The same with an allocator that was told to fail; returns meeple_ws_new()'s result. */
int probe_try(struct ws_probe *probe, bool server, const meeple_ws_options *options);
/* Fails the test if something leaks. */
void probe_done(struct ws_probe *probe);
/* Handshakes, forgets what was told and said for that. */
void probe_open(struct ws_probe *probe);
void probe_forget(struct ws_probe *probe);

/* Feeds a piece and takes all events and all output. */
void probe_feed(struct ws_probe *probe, const void *bytes, size_t len);
void probe_feed_in(struct ws_probe *probe, const void *bytes, size_t len, uint64_t how);
/* Takes all events and all output. */
void probe_turn(struct ws_probe *probe);
/* Takes at most len bytes of output, and the events that follow. */
size_t probe_take(struct ws_probe *probe, size_t len);
void probe_eof(struct ws_probe *probe);
void probe_tick(struct ws_probe *probe, uint64_t now_ms);

/* Says as text what a probe would say of such data. */
const char *probe_quote(char *dst, size_t cap, const void *bytes, size_t len);

/* Writes a frame; fin, reserved bits and opcode are in `first`, mask may be NULL.  Returns how
 * long it is. */
size_t probe_frame(uint8_t *dst, unsigned first, const char *mask, const void *payload, size_t len);
/* The Sec-WebSocket-Accept that answers the request in bytes. */
void probe_accept_for(char accept[29], const uint8_t *request, size_t len);

#endif /* TESTS_SUPPORT_WS_PROBE_H */
