/* echo_flags: the command lines of the echo samples, away from what they show. */
#ifndef MINIMAL_ECHO_FLAGS_H
#define MINIMAL_ECHO_FLAGS_H

#include <meeple/net.h>

#include "samples/minimal/arguments.h"
#include "samples/minimal/echo_rounds.h"

#define THREADS_MAX 256

struct echo_server {
    meeple_listen_options options; /* without tls: each thread needs its own */
    const char *cert, *key;        /* files, or NULL */
    struct protocols protocols;
    unsigned threads; /* at least 1 */
    bool quiet;       /* says nothing about single clients and messages */
};

/* Fills in where to listen and how, plain dialect; ends the program if that makes no sense.  server
 * has to be zeroed and to stay. */
void echo_server_read(struct echo_server *server, char **argv);

struct echo_client {
    const char *url;
    const char *agent; /* a conformance client of this name, or NULL */
    meeple_connect_options options;
    struct protocols protocols;
    struct echo_plan plan;
    bool binary;
    bool measure; /* shows how long it took, instead of what came */
    struct echo_rounds rounds;
    bool up, failed, clean; /* how it went */
};

/* Fills in what was asked for; ends the program if that makes no sense.  client has to be zeroed
 * and to stay. */
void echo_client_read(struct echo_client *client, char **argv);

#endif /* MINIMAL_ECHO_FLAGS_H */
