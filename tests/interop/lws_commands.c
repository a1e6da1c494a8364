/* lws_commands: what a test asks of lws_peer, a line each, and the answers, JSON a line each. */
#include "tests/interop/lws_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer(struct peer *peer, const char *text)
{
    printf("{\"ok\": %s}\n", text);
    fflush(stdout);
    peer->waiting = WAITING_NOTHING;
}

/* As a JSON string; what that cannot hold as it is becomes a question mark. */
static const char *quoted(char *storage, size_t size, const char *text)
{
    size_t len = 0;

    storage[len++] = '"';
    for (; *text && len + 2 < size; text++) {
        unsigned char byte = (unsigned char)*text;

        storage[len++] = byte < ' ' || byte == '"' || byte == '\\' ? '?' : *text;
    }
    storage[len++] = '"';
    storage[len] = '\0';
    return storage;
}

void command_fail(struct peer *peer, const char *why)
{
    char storage[LINE_SIZE];

    printf("{\"error\": %s}\n", quoted(storage, sizeof storage, why));
    fflush(stdout);
    peer->waiting = WAITING_NOTHING;
}

static void answer_connection(struct peer *peer, const struct connection *connection)
{
    char text[2 * TEXT_SIZE + 100], protocol[TEXT_SIZE + 3], extensions[TEXT_SIZE + 3];

    snprintf(text, sizeof text, "{\"socket\": %td, \"protocol\": %s, \"extensions\": %s}",
             connection - peer->connections,
             quoted(protocol, sizeof protocol, connection->protocol),
             quoted(extensions, sizeof extensions, connection->extensions));
    answer(peer, text);
}

/* How it ended; lws does not tell what the other side answered to a close frame of ours. */
static void answer_end(struct peer *peer, const struct connection *connection)
{
    char text[TEXT_SIZE + 100], reason[TEXT_SIZE + 3];

    snprintf(text, sizeof text, "{\"ours\": %s, \"code\": %u, \"reason\": %s}",
             connection->closes ? "true" : "false", connection->code,
             quoted(reason, sizeof reason, connection->reason));
    answer(peer, text);
}

static void answer_text(struct peer *peer, struct connection *connection)
{
    char text[TEXT_SIZE + 3];

    message_add(&connection->in, "", 1);
    answer(peer, quoted(text, sizeof text, (const char *)connection->in.bytes));
    connection->in.len = 0;
    connection->whole = false;
}

static void look_back(struct peer *peer, struct connection *connection)
{
    struct message expected = {0};
    struct job *job = &connection->job;

    if (connection->whole) {
        message_make(&expected, job, job->back);
        if (!message_same(&connection->in, &expected)) {
            command_fail(peer, "something else came back");
        }
        message_done(&expected);
        connection->in.len = 0;
        connection->whole = false;
        job->back++;
    }
    if (peer->waiting == WAITING_BACK && job->back == job->count && !connection->ping) {
        answer(peer, "true");
    }
}

static void look_accept(struct peer *peer)
{
    for (size_t i = 0; i < peer->count && peer->waiting == WAITING_ACCEPT; i++) {
        struct connection *connection = &peer->connections[i];

        if (!connection->given && connection->up) {
            connection->given = true;
            answer_connection(peer, connection);
        }
    }
}

/* Of a connection that has not ended. */
static void look_open(struct peer *peer, struct connection *connection)
{
    switch (peer->waiting) {
    case WAITING_OPEN:
        if (connection->up) {
            answer_connection(peer, connection);
        }
        break;
    case WAITING_BACK:
        look_back(peer, connection);
        break;
    case WAITING_TEXT:
        if (connection->whole) {
            answer_text(peer, connection);
        }
        break;
    case WAITING_PONGS:
        if (connection->pongs >= connection->pings) {
            answer(peer, "true");
        }
        break;
    case WAITING_END:
    case WAITING_ACCEPT:
    case WAITING_NOTHING:
    default:
        break;
    }
}

void command_look(struct peer *peer)
{
    char why[TEXT_SIZE + 40];

    look_accept(peer);
    if (peer->waiting == WAITING_NOTHING || peer->waiting == WAITING_ACCEPT) {
        return;
    }
    if (peer->of->wsi) {
        look_open(peer, peer->of);
    } else if (peer->waiting == WAITING_END) {
        answer_end(peer, peer->of);
    } else {
        snprintf(why, sizeof why, "closed with %u %s", peer->of->code, peer->of->reason);
        command_fail(peer, why);
    }
}

static void wait_for(struct peer *peer, enum waiting waiting, struct connection *of)
{
    peer->waiting = waiting;
    peer->of = of;
    if (of && of->wsi) {
        lws_callback_on_writable(of->wsi);
    }
    command_look(peer);
}

static void run_open(struct peer *peer, int port, bool tls, const char *protocols)
{
    struct connection *connection = peer_connection(peer, NULL);
    struct lws_client_connect_info info = {.context = peer->context,
                                           .address = "127.0.0.1",
                                           .port = port,
                                           .path = "/",
                                           .host = "localhost",
                                           .origin = "localhost",
                                           .protocol = *protocols ? protocols : NULL,
                                           .local_protocol_name = "default",
                                           .ssl_connection = tls ? LCCSCF_USE_SSL : 0,
                                           .opaque_user_data = connection};

    if (!connection) {
        command_fail(peer, "too many connections");
        return;
    }
    connection->given = true;
    peer->waiting = WAITING_OPEN;
    peer->of = connection;
    info.pwsi = &connection->wsi;
    if (!lws_client_connect_via_info(&info) && peer->waiting == WAITING_OPEN) {
        command_fail(peer, "no connection");
    }
}

/* Those of a connection: its number, and arguments as the command has them. */
static void run_on(struct peer *peer, struct connection *connection, const char *command,
                   const char *rest)
{
    struct job job = {.count = 1};
    unsigned pings = 0;

    if (strcmp(command, "echo") == 0 &&
        sscanf(rest, "%7s %zu %zu %u", job.kind, &job.size, &job.piece, &pings) == 4) {
        job.pings = pings != 0;
        connection->job = job;
        wait_for(peer, WAITING_BACK, connection);
    } else if (strcmp(command, "many") == 0 && sscanf(rest, "%u %zu", &job.count, &job.size) == 2) {
        snprintf(job.kind, sizeof job.kind, "number");
        connection->job = job;
        wait_for(peer, WAITING_BACK, connection);
    } else if (strcmp(command, "say") == 0 || strcmp(command, "back") == 0) {
        snprintf(job.said, sizeof job.said, "%s", rest);
        connection->job = job;
        wait_for(peer, *command == 'b' ? WAITING_BACK : WAITING_NOTHING, connection);
        if (*command == 's') {
            answer(peer, "true");
        }
    } else if (strcmp(command, "send") == 0 && sscanf(rest, "%7s %zu", job.kind, &job.size) == 2) {
        connection->job = job;
        wait_for(peer, WAITING_NOTHING, connection);
        answer(peer, "true");
    } else if (strcmp(command, "receive") == 0) {
        wait_for(peer, WAITING_TEXT, connection);
    } else if (strcmp(command, "ping") == 0 && sscanf(rest, "%zu", &connection->ping_len) == 1) {
        connection->ping = true;
        connection->pings = connection->pongs + 1;
        wait_for(peer, WAITING_PONGS, connection);
    } else if (strcmp(command, "close") == 0) {
        char *reason;

        connection->closes = true;
        connection->code = (unsigned)strtoul(rest, &reason, 10);
        snprintf(connection->reason, sizeof connection->reason, "%s", reason + (*reason == ' '));
        wait_for(peer, WAITING_END, connection);
    } else if (strcmp(command, "ended") == 0) {
        wait_for(peer, WAITING_END, connection);
    } else {
        command_fail(peer, "no such command");
    }
}

void command_run(struct peer *peer, char *line)
{
    char command[16] = "", protocols[TEXT_SIZE] = "";
    unsigned tls;
    size_t number;
    int port, end = 0;

    if (sscanf(line, "open %u %d %255s", &tls, &port, protocols) >= 2) {
        run_open(peer, port, tls != 0, protocols);
    } else if (strcmp(line, "accept") == 0) {
        wait_for(peer, WAITING_ACCEPT, NULL);
    } else if (sscanf(line, "%15s %zu%n", command, &number, &end) == 2 && number < peer->count) {
        run_on(peer, &peer->connections[number], command, line + end + (line[end] == ' '));
    } else {
        command_fail(peer, "no such command, or no such connection");
    }
}
