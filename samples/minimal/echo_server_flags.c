/* echo_server_flags: what the command line of echo_server says. */
#include "samples/minimal/echo_flags.h"

#include <string.h>

#define MESSAGE_MAX (64u << 20)

static const char usage[] =
    "usage: echo_server [--port N] [--bind ADDRESS] [--tls CERT KEY] [--protocol NAME]...\n"
    "                   [--max-message BYTES] [--deflate] [--files FOLDER] [--health] [--io NAME]\n"
    "                   [--threads N] [--quiet]\n"
    "\n"
    "Gives every WebSocket message back to whoever sent it, until it is stopped.\n"
    "\n"
    "  --port N             where to listen, 9080 if not given; 0: any free port\n"
    "  --bind ADDRESS       only at this address of the machine, 127.0.0.1 for instance\n"
    "  --tls CERT KEY       wss:// instead of ws://, with the certificate and key in these files\n"
    "  --protocol NAME      a subprotocol to agree to, if the client offers it\n"
    "  --max-message BYTES  the longest message it takes, 65536 if not given\n"
    "  --deflate            compress, with clients that offer it\n"
    "  --files FOLDER       hand out the files in it over HTTP, a page that speaks to us for "
    "instance\n"
    "  --health             answer /healthz over HTTP as long as all is well\n"
    "  --io NAME            the driver: epoll, poll or uring; the system's best if not given\n"
    "  --threads N          on so many cores at once, one thread for each\n"
    "  --quiet              no line for each client and each message, for tests under load\n";

void echo_server_read(struct echo_server *server, char **argv)
{
    struct arguments arguments = arguments_of(argv, usage);
    meeple_listen_options *options = &server->options;

    /* The plain dialect: WebSocket messages as they are, so that any client will do. */
    options->port = 9080;
    options->dialect = MEEPLE_DIALECT_PLAIN;
    server->threads = 1;
    /* It is for tests under load, too: nobody is thrown out for being fast. */
    options->limits.messages_per_second_max = UINT32_MAX;
    options->limits.bytes_per_second_max = UINT32_MAX;
    options->limits.accepts_per_second_max = UINT32_MAX;
    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--port") == 0) {
            options->port = (uint16_t)arguments_number(&arguments, flag, UINT16_MAX);
        } else if (strcmp(flag, "--bind") == 0) {
            options->host = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--tls") == 0) {
            server->cert = arguments_value(&arguments, flag);
            server->key = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--protocol") == 0) {
            arguments_protocol(&arguments, flag, &server->protocols);
            options->protocols = server->protocols.names;
        } else if (strcmp(flag, "--max-message") == 0) {
            options->limits.message_bytes_max = arguments_number(&arguments, flag, MESSAGE_MAX);
        } else if (strcmp(flag, "--deflate") == 0) {
            options->deflate.enabled = true;
        } else if (strcmp(flag, "--files") == 0) {
            options->pages.folder = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--health") == 0) {
            options->pages.health = true;
        } else if (strcmp(flag, "--io") == 0) {
            options->io = arguments_io(&arguments, flag);
        } else if (strcmp(flag, "--threads") == 0) {
            server->threads = (unsigned)arguments_number(&arguments, flag, THREADS_MAX);
            if (server->threads == 0) {
                arguments_refuse(&arguments, flag, "has to be 1 at least");
            }
            options->share_port = server->threads > 1;
        } else if (strcmp(flag, "--quiet") == 0) {
            server->quiet = true;
        } else {
            arguments_refuse(&arguments, flag, "is not known here");
        }
    }
}
