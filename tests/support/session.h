/* session: several nets of one session, driven together; what each was told, as text. */
#ifndef TESTS_SUPPORT_SESSION_H
#define TESTS_SUPPORT_SESSION_H

#include <meeple/net.h>

#include "tests/support/counting_mem.h"
#include "tests/support/sim.h"

enum {
    SEATS_MAX = 40,
    SEAT_TOLD = 1 << 16,
    SEAT_IDS = 2000,
    SESSION_QUIET_MS = 15000
};

struct seat {
    meeple_net *net;
    bool native;
    bool idle; /* takes no events */
    /* Lines as session_told() gives them, but ids are "#123". */
    char *told;
    size_t told_len;
    int32_t id;
    bool up, down;
    size_t packets;
    int32_t here[SEAT_IDS]; /* joined and not left */
    size_t here_count;
    void (*on_request)(struct seat *seat, const meeple_event *event); /* answers, or not */
    unsigned events; /* until it stops; 0: as many as there are */
};

/* Zeroed is a session without a simulated network (loopback). */
struct session {
    struct sim *sim;
    struct counting_mem mem; /* for those who want one */
    struct seat seats[SEATS_MAX];
    size_t seat_count;
    uint64_t last_ms;         /* when something last happened, with a sim */
    bool (*extra)(void *ctx); /* takes its turn too; whether something happened */
    void *extra_ctx;
};

/* A seat for a net; the session frees it. */
struct seat *session_add(struct session *session, meeple_net *net);
/* Every seat takes its events until nothing happens any more; with a sim, until nothing
 * happened for SESSION_QUIET_MS (longer than any time-out, shorter than a heartbeat), or until
 * until_ms.  Each event is checked against the rules of event.h: UP first,
 * JOIN before PACKET before LEAVE, one LEAVE for each JOIN, DOWN last, empty fields empty. */
void session_run(struct session *session);
void session_run_until(struct session *session, uint64_t until_ms);
/* Frees the nets and the rest.  Fails the test if mem leaks. */
void session_done(struct session *session);

/*
 * What a seat was told, a line each: "up a meeple.1", "request ? /path", "join 1", "packet 1
 * Hello", "packet 1 text Hello", "drained 1", "closing 1 1000 bye", "leave 1 1000 clean bye", "down
 * 1000 clean bye". Ids are the names of the seats: the first is 1, then a, b, c...; "?" if it is
 * nobody's. In a buffer of the seat's; forgets them.
 */
const char *session_told(struct session *session, struct seat *seat);
void session_forget(struct session *session);

/* Sends a text of C as a binary packet; returns meeple_net_send()'s result. */
int seat_send(struct seat *seat, int32_t to, const char *text);

#endif /* TESTS_SUPPORT_SESSION_H */
