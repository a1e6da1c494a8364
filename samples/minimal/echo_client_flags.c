/* echo_client_flags: what the command line of echo_client says. */
#include "samples/minimal/echo_flags.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGE_MAX (64u << 20)

static const char usage[] =
    "usage: echo_client URL [--message TEXT | --size BYTES] [--binary] [--protocol NAME]...\n"
    "                   [--max-message BYTES] [--deflate] [--ca FILE] [--insecure]\n"
    "\n"
    "Connects to ws://HOST[:PORT][/PATH] or wss://..., sends one message and closes when it has "
    "come back.\n"
    "\n"
    "  --message TEXT       what to send, \"Test packet\" if not given\n"
    "  --size BYTES         so many letters instead\n"
    "  --binary             as bytes instead of text\n"
    "  --protocol NAME      a subprotocol to offer, the best one first\n"
    "  --max-message BYTES  the longest message it takes, 65536 if not given\n"
    "  --deflate            compress, if the server agrees\n"
    "  --ca FILE            wss: the authorities to believe instead of the system's\n"
    "  --insecure           wss: believe anybody, for tests\n";

void echo_client_read(struct echo_client *client, char **argv)
{
    struct arguments arguments = arguments_of(argv, usage);

    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--message") == 0) {
            client->message = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--size") == 0) {
            size_t size = arguments_number(&arguments, flag, MESSAGE_MAX);

            free(client->letters);
            client->letters = malloc(size + 1);
            if (!client->letters) {
                arguments_refuse(&arguments, flag, "is more than there is memory");
            }
            memset(client->letters, 'x', size);
            client->letters[size] = '\0';
            client->message = client->letters;
        } else if (strcmp(flag, "--binary") == 0) {
            client->binary = true;
        } else if (strcmp(flag, "--protocol") == 0) {
            arguments_protocol(&arguments, flag, &client->protocols);
        } else if (strcmp(flag, "--max-message") == 0) {
            client->limits.message_bytes_max = arguments_number(&arguments, flag, MESSAGE_MAX);
        } else if (strcmp(flag, "--deflate") == 0) {
            client->deflate.enabled = true;
        } else if (strcmp(flag, "--ca") == 0) {
            client->tls.ca_file = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--insecure") == 0) {
            client->tls.insecure = true;
        } else if (flag[0] == '-' || client->url) {
            arguments_refuse(&arguments, flag, "is not known here");
        } else {
            client->url = flag;
        }
    }
    if (!client->url) {
        arguments_refuse(&arguments, "the URL", "is missing");
    }
}
