/* contenders: the echo servers that are compared, each a process of its own. */
#ifndef TESTS_BENCH_CONTENDERS_H
#define TESTS_BENCH_CONTENDERS_H

#include "tests/bench/cores.h"
#include "tests/bench/server.h"

enum {
    CONTENDERS_MAX = 6
};

/* One of them, while it runs. */
struct contender {
    /* "raw", "epoll", "uring", "poll", "lws", "ws"; floors: "raw", and their own. */
    const char *name;
    bool websocket; /* else it gives back bytes as they are */
    bool ours;
    struct server server;
};

/* What all are started with. */
struct contenders_options {
    bool tls;     /* the first is OpenSSL alone then, as "tls" */
    bool deflate; /* those that can; the first has no such thing */
    bool count;   /* ours count their heap */
    bool floors;  /* other echoes of bytes beside the first, and no WebSocket; without tls */
    bool many;    /* thousands of connections: poll() looks at each every time, and is left out */
    /* What libwebsockets keeps for each connection to read into; 0: its default. */
    const char *lws_buffer;
};

/* Those that are there, the one without a protocol first; a line for each that is not. */
struct contenders {
    struct contender each[CONTENDERS_MAX];
    size_t count;
    struct cores cores;
};

/* Starts all of them, and gives this thread the other processor until they are stopped. */
void contenders_start(struct contenders *them, const struct contenders_options *options);
void contenders_stop(struct contenders *them);

#endif /* TESTS_BENCH_CONTENDERS_H */
