/* carried: a session over memory, over streams, or over TLS, with the same words for each. */
#ifndef TESTS_SUPPORT_CARRIED_H
#define TESTS_SUPPORT_CARRIED_H

#include "tests/support/certificates.h"
#include "tests/support/session.h"

enum carrier {
    LOOPBACK,
    PLAIN, /* ws:// in a simulated network */
    TLS,   /* wss:// there */
#ifdef __EMSCRIPTEN__
    CARRIERS = TLS /* there is no OpenSSL */
#else
    CARRIERS
#endif
};

struct carried {
    struct session session;
    enum carrier carrier;
    struct certificates files;
    meeple_tls_server *tls;
    char ca[CERTIFICATES_PATH_SIZE];
};

/* options are the simulated network's; NULL: all zero. */
void carried_start(struct carried *carried, enum carrier carrier,
                   const struct sim_options *options);
/* The first seat, on host "server"; options but port, io, mem and tls are taken. */
struct seat *carried_listen(struct carried *carried, const meeple_listen_options *options);
/* The next seat, on host "a", "b", ...; options but io, mem and tls are taken. */
struct seat *carried_connect(struct carried *carried, const meeple_connect_options *options);
/* Lets so much time pass, or over memory until nothing moves. */
void carried_run(struct carried *carried, uint64_t ms);
void carried_done(struct carried *carried);

/* "loopback", "ws", "wss". */
const char *carrier_name(enum carrier carrier);
/* The files and the server's certificates alone; carried_done() is due. */
void carried_certificates(struct carried *carried);

#endif /* TESTS_SUPPORT_CARRIED_H */
