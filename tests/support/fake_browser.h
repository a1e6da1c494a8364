/* fake_browser: transport/web_socket.h in a test: WebSockets that do as they are told, or that
 * speak over a simulated network as a browser's do. */
#ifndef TESTS_SUPPORT_FAKE_BROWSER_H
#define TESTS_SUPPORT_FAKE_BROWSER_H

#include <meeple/ws.h>

#include "tests/support/sim.h"
#include "transport/web_socket.h"

enum {
    BROWSER_SOCKETS_MAX = 16,
    BROWSER_SAID = 4096
};

struct fake_event;

struct fake_socket {
    char url[256];
    char protocols[256]; /* offered: "meeple.1,other" */
    size_t backlog_max;
    bool open, closing, over; /* as its readyState; over: no events come any more */
    bool dropped;
    struct fake_event *events, **end, *last;
    size_t waiting; /* what the events cost */
    size_t buffered;
    /* What the program did, a line each: "text Hello", "binary \04...", "close 1000 bye". */
    char said[BROWSER_SAID];
    size_t said_len;
    struct fake_wire *wire; /* over a network; else NULL */
};

/* One for the process: a program in a page has one browser, too. */
struct fake_browser {
    struct fake_socket sockets[BROWSER_SOCKETS_MAX];
    int count;
    bool secure;         /* the page came over TLS */
    const char *refuses; /* the next open() fails with this sentence */
    int wakes;           /* how often it was to call the program */
    int send_fails;      /* what send() answers, if not 0 */
    /* Sockets speak in this network, from that host. */
    struct sim *sim;
    const char *host;
};

/* Forgets everything.  Fails the test if a socket was not dropped. */
struct fake_browser *browser_begin(void);
void browser_end(void);
/* The socket that was opened last. */
struct fake_socket *browser_last(void);

/* ---- what happens to a socket ---- */

void browser_opens(struct fake_socket *socket, const char *protocol);
void browser_hears(struct fake_socket *socket, const void *bytes, size_t len, bool text);
void browser_closes(struct fake_socket *socket, uint16_t code, const char *reason, bool clean);
/* So many bytes of its buffer are gone. */
void browser_sends(struct fake_socket *socket, size_t len);

/* What the program did since the last time. */
const char *browser_said(struct fake_socket *socket);

/* Lets sockets in the network take what there is; true if there was something.  For
 * session.extra. */
bool browser_turn(void *ctx);

#endif /* TESTS_SUPPORT_FAKE_BROWSER_H */
