/* chat_flags: the command lines of the chat. */
#ifndef CHAT_CHAT_FLAGS_H
#define CHAT_CHAT_FLAGS_H

#include <meeple/net.h>

#include "samples/minimal/arguments.h"

struct chat_server_flags {
    meeple_listen_options options; /* tls, if any, is ours to free */
    struct protocols protocols;
    bool binary;
};

struct chat_client_flags {
    const char *url;
    meeple_connect_options options;
    struct protocols protocols;
    bool binary;
};

/* Fill in what was asked for; end the program if that makes no sense.  flags has to be zeroed and
 * to stay. */
void chat_server_read(struct chat_server_flags *flags, char **argv);
void chat_client_read(struct chat_client_flags *flags, char **argv);

#endif /* CHAT_CHAT_FLAGS_H */
