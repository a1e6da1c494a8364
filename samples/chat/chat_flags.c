/* chat_flags: the command lines of the chat. */
#include "samples/chat/chat_flags.h"

#include <string.h>

static const char server_usage[] =
    "usage: chat_server [--multiplayer] [--binary] [--port N] [--bind ADDRESS]\n"
    "                   [--tls CERT KEY] [--protocol NAME]...\n"
    "\n"
    "A chat in the terminal, the server's part.  What is typed goes to the clients, what they say\n"
    "is shown; /help, once it runs, says what else there is.\n"
    "\n"
    "  --multiplayer     clients see each other and speak to each other through the server; "
    "without\n"
    "                    it the server alone sees them, and any WebSocket client can be one\n"
    "  --binary          send bytes instead of text, until /text\n"
    "  --port N          where to listen, 8000 if not given; 0: any free port\n"
    "  --bind ADDRESS    only at this address of the machine, 127.0.0.1 for instance\n"
    "  --tls CERT KEY    wss:// instead of ws://, with the certificate and key in these files\n"
    "  --protocol NAME   a subprotocol to agree to, if the client offers it\n";

static const char client_usage[] =
    "usage: chat_client [URL] [--multiplayer] [--binary] [--protocol NAME]... [--ca FILE] "
    "[--insecure]\n"
    "\n"
    "A chat in the terminal, a client's part, at ws://HOST[:PORT][/PATH] or wss://...,\n"
    "ws://localhost:8000 if not given.  What is typed is sent, what others say is shown; /help,\n"
    "once it runs, says what else there is.\n"
    "\n"
    "  --multiplayer     see the other clients and speak to them; the server needs it, too\n"
    "  --binary          send bytes instead of text, until /text\n"
    "  --protocol NAME   a subprotocol to offer, the best one first\n"
    "  --ca FILE         wss: the authorities to believe instead of the system's\n"
    "  --insecure        wss: believe anybody, for tests\n";

void chat_server_read(struct chat_server_flags *flags, char **argv)
{
    struct arguments arguments = arguments_of(argv, server_usage);
    meeple_listen_options *options = &flags->options;

    options->port = 8000;
    options->dialect = MEEPLE_DIALECT_PLAIN;
    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--multiplayer") == 0) {
            options->dialect = MEEPLE_DIALECT_NATIVE;
        } else if (strcmp(flag, "--binary") == 0) {
            flags->binary = true;
        } else if (strcmp(flag, "--port") == 0) {
            options->port = (uint16_t)arguments_number(&arguments, flag, UINT16_MAX);
        } else if (strcmp(flag, "--bind") == 0) {
            options->host = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--tls") == 0) {
            meeple_tls_server_free(options->tls);
            options->tls = arguments_certificate(&arguments, flag);
        } else if (strcmp(flag, "--protocol") == 0) {
            arguments_protocol(&arguments, flag, &flags->protocols);
            options->protocols = flags->protocols.names;
        } else {
            arguments_refuse(&arguments, flag, "is not known here");
        }
    }
}

void chat_client_read(struct chat_client_flags *flags, char **argv)
{
    struct arguments arguments = arguments_of(argv, client_usage);
    meeple_connect_options *options = &flags->options;

    options->dialect = MEEPLE_DIALECT_PLAIN;
    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--multiplayer") == 0) {
            options->dialect = MEEPLE_DIALECT_NATIVE;
        } else if (strcmp(flag, "--binary") == 0) {
            flags->binary = true;
        } else if (strcmp(flag, "--protocol") == 0) {
            arguments_protocol(&arguments, flag, &flags->protocols);
            options->protocols = flags->protocols.names;
        } else if (strcmp(flag, "--ca") == 0) {
            options->tls.ca_file = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--insecure") == 0) {
            options->tls.insecure = true;
        } else if (flag[0] == '-' || flags->url) {
            arguments_refuse(&arguments, flag, "is not known here");
        } else {
            flags->url = flag;
        }
    }
    if (!flags->url) {
        flags->url = "ws://localhost:8000";
    }
}
