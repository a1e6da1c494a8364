/* echo_client_flags: what the command line of echo_client says. */
#include "samples/minimal/echo_flags.h"

#include <string.h>

/* What a server of ours keeps for one client that does not read, and some room in each message for
 * its frame. */
#define QUEUE_BYTES (1u << 20)
#define FRAME_BYTES 16u

static const char usage[] =
    "usage: echo_client URL [--message TEXT | --size BYTES] [--count N] [--in-flight N] "
    "[--binary]\n"
    "                   [--max-message BYTES] [CONNECTION]\n"
    "       echo_client --autobahn URL AGENT [CONNECTION]\n"
    "\n"
    "Connects to ws://HOST[:PORT][/PATH] or wss://..., sends a message and closes when it has "
    "come back.\n"
    "With --count or --size it checks every echo and says how long that took.\n"
    "\n"
    "  --message TEXT       what to send, \"Test packet\" if not given\n"
    "  --size BYTES         so many letters instead, other ones in each message\n"
    "  --count N            so many messages, one after the other\n"
    "  --in-flight N        up to so many of them on their way at once\n"
    "  --binary             as bytes instead of text\n"
    "  --max-message BYTES  the longest message it takes, 65536 or --size if not given\n"
    "  --autobahn URL AGENT instead: runs every case of the conformance server at URL, echoing\n"
    "                       what comes, and has it write its report about AGENT\n"
    "\n"
    "CONNECTION:\n"
    "  --protocol NAME      a subprotocol to offer, the best one first\n"
    "  --deflate            compress, if the server agrees\n"
    "  --ca FILE            wss: the authorities to believe instead of the system's\n"
    "  --insecure           wss: believe anybody, for tests\n";

static uint32_t at_least_one(struct arguments *arguments, const char *flag, uint32_t max)
{
    uint32_t number = (uint32_t)arguments_number(arguments, flag, max);

    if (number == 0) {
        arguments_refuse(arguments, flag, "needs a number above 0");
    }
    return number;
}

static bool read_plan(struct echo_client *client, struct arguments *arguments, const char *flag)
{
    struct echo_plan *plan = &client->plan;

    if (strcmp(flag, "--message") == 0) {
        plan->message = arguments_value(arguments, flag);
    } else if (strcmp(flag, "--size") == 0) {
        plan->message = NULL;
        plan->size = arguments_number(arguments, flag, ECHO_SIZE_MAX);
        client->measure = true;
    } else if (strcmp(flag, "--count") == 0) {
        plan->count = at_least_one(arguments, flag, ECHO_COUNT_MAX);
        client->measure = true;
    } else if (strcmp(flag, "--in-flight") == 0) {
        plan->in_flight = at_least_one(arguments, flag, ECHO_IN_FLIGHT_MAX);
    } else if (strcmp(flag, "--binary") == 0) {
        client->binary = true;
    } else {
        return false;
    }
    return true;
}

static bool read_connection(struct echo_client *client, struct arguments *arguments,
                            const char *flag)
{
    meeple_connect_options *options = &client->options;

    if (strcmp(flag, "--protocol") == 0) {
        arguments_protocol(arguments, flag, &client->protocols);
        options->protocols = client->protocols.names;
    } else if (strcmp(flag, "--max-message") == 0) {
        options->limits.message_bytes_max = arguments_number(arguments, flag, ECHO_SIZE_MAX);
    } else if (strcmp(flag, "--deflate") == 0) {
        options->deflate.enabled = true;
    } else if (strcmp(flag, "--ca") == 0) {
        options->tls.ca_file = arguments_value(arguments, flag);
    } else if (strcmp(flag, "--insecure") == 0) {
        options->tls.insecure = true;
    } else {
        return false;
    }
    return true;
}

/* What the flags say together. */
static void check(struct echo_client *client, const struct arguments *arguments)
{
    struct echo_plan *plan = &client->plan;
    meeple_limits *limits = &client->options.limits;
    size_t size = plan->message ? strlen(plan->message) : plan->size;

    if (!client->url) {
        arguments_refuse(arguments, "the URL", "is missing");
    }
    /* So many that wait on either side must not fill a queue. */
    if (plan->in_flight > 1 && size + FRAME_BYTES > QUEUE_BYTES / plan->in_flight) {
        arguments_refuse(arguments, "--in-flight", "with messages of that size is over 1 MiB");
    }
    if (limits->message_bytes_max == 0 && size > UINT16_MAX) {
        limits->message_bytes_max = size;
    }
}

void echo_client_read(struct echo_client *client, char **argv)
{
    struct arguments arguments = arguments_of(argv, usage);

    /* The plain dialect: WebSocket messages as they are, so that any server will do. */
    client->options.dialect = MEEPLE_DIALECT_PLAIN;
    client->plan = (struct echo_plan){.message = "Test packet", .count = 1, .in_flight = 1};
    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (read_plan(client, &arguments, flag) || read_connection(client, &arguments, flag)) {
            continue;
        }
        if (strcmp(flag, "--autobahn") == 0 && !client->url) {
            client->url = arguments_value(&arguments, flag);
            client->agent = arguments_value(&arguments, flag);
        } else if (flag[0] == '-' || client->url) {
            arguments_refuse(&arguments, flag, "is not known here");
        } else {
            client->url = flag;
        }
    }
    check(client, &arguments);
}
