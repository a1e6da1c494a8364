/* chat_act: what a line says is done: something sent, somebody sent away, a way of sending chosen.
 */
#include <stdio.h>
#include <stdlib.h>

#include "samples/chat/chat.h"
#include "samples/chat/printable.h"

/* Of the 1 MiB that may wait for a peer. */
#define QUEUED_ENOUGH (256u << 10)

/* The peers there are, in the order they joined; *ids is the caller's to free. */
static size_t peers_of(const struct chat *chat, int32_t **ids)
{
    size_t count = meeple_net_peers(chat->net, NULL, 0);

    *ids = malloc((count + 1) * sizeof **ids);
    return *ids ? meeple_net_peers(chat->net, *ids, count) : 0;
}

static const char *way(const struct chat *chat)
{
    return chat->binary ? "binary" : "text";
}

/* Whom the chosen target is now; false if there is nobody. */
static bool resolve(const struct chat *chat, int32_t *to)
{
    if (!chat->server && !chat->multiplayer) {
        *to = MEEPLE_SERVER;
        return true;
    }
    if (chat->target == TARGET_LAST || chat->target == TARGET_OTHERS) {
        *to = chat->target == TARGET_LAST ? chat->last : MEEPLE_EXCEPT(chat->last);
        return chat->last != 0;
    }
    *to = chat->target == TARGET_ALL ? MEEPLE_ALL : chat->target_peer;
    return true;
}

static void put_target(int32_t to)
{
    if (to == MEEPLE_ALL) {
        fputs("all", stdout);
    } else if (to < 0) {
        printf("all but %d", -(int)to);
    } else {
        printf("%d", (int)to);
    }
}

/* One packet, as text or as bytes. */
static bool send_one(const struct chat *chat, int32_t to, meeple_bytes packet)
{
    int rc = chat->binary ? meeple_net_send(chat->net, to, packet)
                          : meeple_net_send_utf8(chat->net, to, packet);

    if (rc < 0) {
        fputs("Not sent to ", stdout);
        put_target(to);
        printf(": %s\n", rc == MEEPLE_EINVAL && !chat->binary
                             ? "it is not UTF-8; after /binary it may be anything"
                             : meeple_strerror(rc));
    }
    return rc == 0;
}

/* To each by itself: the plain dialect has no words for more than one. */
static bool send_to_each(const struct chat *chat, int32_t to, meeple_bytes packet)
{
    int32_t *ids;
    size_t count = peers_of(chat, &ids);
    bool sent = false;

    for (size_t i = 0; i < count; i++) {
        if (to == MEEPLE_ALL || (to < 0 && ids[i] != MEEPLE_EXCEPT(to))) {
            sent = send_one(chat, ids[i], packet) || sent;
        }
    }
    free(ids);
    return sent;
}

static void say(const struct chat *chat, meeple_bytes packet)
{
    int32_t to = 0;
    bool known = resolve(chat, &to), sent;

    if (!known || meeple_net_peers(chat->net, NULL, 0) == 0) {
        puts(known ? "Not sent: nobody is here" : "Not sent: nobody has joined who is still here");
        return;
    }
    sent =
        to > 0 || chat->multiplayer ? send_one(chat, to, packet) : send_to_each(chat, to, packet);
    if (sent) {
        fputs("to ", stdout);
        put_target(to);
        printf(" (%s): ", way(chat));
        printable_put(stdout, packet);
        putchar('\n');
    }
}

static void choose(struct chat *chat, const struct command *command)
{
    static const char *const names[] = {"all", "the one who joined last",
                                        "all but the one who joined last"};

    if (!chat->server && !chat->multiplayer) {
        puts("A client in plain mode speaks to the server only; --multiplayer on both sides "
             "changes that");
        return;
    }
    chat->target = command->target;
    chat->target_peer = command->peer;
    fputs("From here on to ", stdout);
    if (command->target == TARGET_NUMBER) {
        put_target(command->peer);
    } else {
        fputs(names[command->target], stdout);
    }
    putchar('\n');
}

static void choose_way(struct chat *chat, bool binary)
{
    chat->binary = binary;
    printf("From here on as %s\n", way(chat));
}

static void list_peers(const struct chat *chat)
{
    int32_t *ids;
    size_t count = peers_of(chat, &ids);

    printf("Peers: %zu\n", count);
    for (size_t i = 0; i < count; i++) {
        printf("  %d%s%s\n", (int)ids[i], ids[i] == MEEPLE_SERVER ? ", the server" : "",
               ids[i] == chat->last ? ", joined last" : "");
    }
    free(ids);
}

/* What meeple_net_kick() and meeple_net_close() answered. */
static void tell_ending(int rc)
{
    if (rc == MEEPLE_EINVAL) {
        printf("Not done: the code has to be one of 1000 to 1003, 1007 to 1014 or 3000 to 4999, "
               "the reason UTF-8 of at most %d bytes\n",
               MEEPLE_REASON_MAX);
    } else if (rc < 0) {
        printf("Not done: %s\n", rc == MEEPLE_ENOTFOUND
                                     ? "there is no such peer; /peers says which there are"
                                     : meeple_strerror(rc));
    }
}

static void kick(struct chat *chat, const struct command *command)
{
    if (chat->server) {
        tell_ending(meeple_net_kick(chat->net, command->peer, command->code, command->reason));
    } else {
        puts("Not done: only the server can send somebody away");
    }
}

void chat_close(struct chat *chat, uint16_t code, const char *reason)
{
    int rc = meeple_net_close(chat->net, code, reason);

    tell_ending(rc);
    chat->closing = chat->closing || rc == 0;
}

bool chat_has_room(const struct chat *chat)
{
    int32_t *ids;
    size_t count = peers_of(chat, &ids);
    bool room = true;

    for (size_t i = 0; i < count; i++) {
        room = room && meeple_net_queued(chat->net, ids[i]) < QUEUED_ENOUGH;
    }
    free(ids);
    return room;
}

static void help(const struct chat *chat)
{
    puts("A line is sent to whom you have chosen.  Lines that begin with / are commands:");
    if (chat->server || chat->multiplayer) {
        puts("  /to all                  to everyone else\n"
             "  /to last                 to the one who joined last\n"
             "  /to others               to all but the one who joined last\n"
             "  /to NUMBER, /to -NUMBER  to one peer, to all but one");
    }
    puts("  /text, /binary           how lines are sent\n"
         "  /peers                   who is here");
    if (chat->server) {
        puts("  /kick NUMBER [CODE [REASON]]  sends a peer away, 4001 too loud for instance\n"
             "  /close [CODE [REASON]]   stops, saying why to everybody");
    } else {
        puts("  /close [CODE [REASON]]   leaves, saying why: /close 4001 bye");
    }
    puts("  //...                    sends a line that begins with /");
}

void chat_act(struct chat *chat, meeple_bytes line)
{
    struct command command = command_of(line);

    terminal_printing(chat->terminal);
    switch (command.type) {
    case COMMAND_SAY:
        say(chat, command.saying);
        break;
    case COMMAND_TO:
        choose(chat, &command);
        break;
    case COMMAND_TEXT:
    case COMMAND_BINARY:
        choose_way(chat, command.type == COMMAND_BINARY);
        break;
    case COMMAND_PEERS:
        list_peers(chat);
        break;
    case COMMAND_KICK:
        kick(chat, &command);
        break;
    case COMMAND_CLOSE:
        chat_close(chat, command.code, command.reason);
        break;
    case COMMAND_HELP:
        help(chat);
        break;
    case COMMAND_WRONG:
    default:
        puts(command.wrong);
        break;
    }
    chat_prompt(chat);
}

void chat_prompt(struct chat *chat)
{
    static const char *const names[] = {"all", "last", "others"};
    char prompt[64], number[24];
    const char *who = "server";

    if (chat->closing || !chat->ready) {
        terminal_prompt(chat->terminal, chat->closing ? "closing... " : "connecting... ");
        return;
    }
    if (chat->server || chat->multiplayer) {
        snprintf(number, sizeof number, "%d", (int)chat->target_peer);
        who = chat->target == TARGET_NUMBER ? number : names[chat->target];
    }
    snprintf(prompt, sizeof prompt, "%s (%s)> ", who, way(chat));
    terminal_prompt(chat->terminal, prompt);
}
