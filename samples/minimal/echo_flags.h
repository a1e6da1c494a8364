/* echo_flags: the command lines of the echo samples, away from what they show. */
#ifndef MINIMAL_ECHO_FLAGS_H
#define MINIMAL_ECHO_FLAGS_H

#include <meeple/net.h>

#include "samples/minimal/arguments.h"

/* Where to listen and how, plain dialect; ends the program if that makes no sense.  options.tls, if
 * any, is the caller's to free; protocols is storage that must stay. */
meeple_listen_options echo_server_options(char **argv, struct protocols *protocols);

struct echo_client {
    const char *url, *message;
    char *letters; /* the message if --size made it; ours to free */
    bool binary;
    struct protocols protocols;
    meeple_limits limits;
    meeple_deflate_options deflate;
    meeple_tls_client_options tls;
    bool echoed, clean; /* how it went */
};

/* Fills in what was asked for; ends the program if that makes no sense. */
void echo_client_read(struct echo_client *client, char **argv);

#endif /* MINIMAL_ECHO_FLAGS_H */
