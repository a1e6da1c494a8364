/* chat_tell: a line for each thing that happens in a session. */
#include <stdio.h>

#include "samples/chat/chat.h"
#include "samples/chat/printable.h"

static void put_end(uint16_t code, const char *reason)
{
    printf(", code: %u, reason: ", (unsigned)code);
    printable_put_string(stdout, reason);
}

static void tell_up(const struct chat *chat, const meeple_event *event)
{
    if (chat->server) {
        printf("Listening on port %u\n", (unsigned)meeple_net_port(chat->net));
    } else if (chat->multiplayer) {
        printf("Connected as %d with protocol: %s\n", (int)event->peer, event->protocol);
    } else {
        printf("Connected with protocol: %s\n", event->protocol);
    }
}

static void tell_join(struct chat *chat, const meeple_event *event)
{
    if (chat->server) {
        printf("%d joined with protocol: %s, from %s\n", (int)event->peer, event->protocol,
               event->address);
    } else if (chat->multiplayer) {
        printf("%d joined\n", (int)event->peer);
    }
    chat->last = event->peer;
}

static void tell_packet(const meeple_event *event)
{
    printf("%d (%s): ", (int)event->peer, event->text ? "text" : "binary");
    printable_put(stdout, event->data);
    putchar('\n');
}

static void tell_leave(struct chat *chat, const meeple_event *event)
{
    /* What ends a client is told by DOWN; who leaves sees nobody else leave. */
    if (chat->server || (event->peer != MEEPLE_SERVER && !chat->closing)) {
        printf("%d left", (int)event->peer);
        put_end(event->code, event->reason);
        printf(", clean: %s\n", event->clean ? "true" : "false");
    }
    if (chat->last == event->peer) {
        chat->last = 0;
    }
}

/* And what to look at first, if it may be that the two ends speak different languages. */
static void tell_fault(const meeple_fault *fault)
{
    fputs("Unable to connect: ", stdout);
    printable_put_string(stdout, fault->text);
    putchar('\n');
    if (fault->stage == MEEPLE_STAGE_SUBPROTOCOL || fault->stage == MEEPLE_STAGE_SESSION ||
        (fault->stage == MEEPLE_STAGE_HTTP && fault->number == 400)) {
        puts("Is --multiplayer given on both sides, or on none, and do they share a --protocol?");
    }
}

/* Codes that one chooses, not those that say what was wrong (RFC 6455 section 7.4). */
static bool is_goodbye(uint16_t code)
{
    return code == MEEPLE_CLOSE_NORMAL || code == MEEPLE_CLOSE_GOING_AWAY ||
           code == MEEPLE_CLOSE_NO_CODE || code >= 3000;
}

static void tell_down(struct chat *chat, const meeple_event *event)
{
    meeple_fault fault = meeple_net_fault(chat->net);

    if (!chat->ready && fault.stage != MEEPLE_STAGE_NONE) {
        tell_fault(&fault);
        return;
    }
    printf("Closed");
    put_end(event->code, event->reason);
    printf(", clean: %s\n", event->clean ? "true" : "false");
    chat->in_order = event->clean && is_goodbye(event->code);
}

void chat_tell(struct chat *chat, const meeple_event *event)
{
    terminal_printing(chat->terminal);
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        tell_up(chat, event);
        chat->ready = chat->server;
        break;
    case MEEPLE_EVENT_JOIN:
        tell_join(chat, event);
        chat->ready = true;
        break;
    case MEEPLE_EVENT_PACKET:
        tell_packet(event);
        break;
    case MEEPLE_EVENT_CLOSING:
        printf("%d asks to close", (int)event->peer);
        put_end(event->code, event->reason);
        putchar('\n');
        break;
    case MEEPLE_EVENT_LEAVE:
        tell_leave(chat, event);
        break;
    case MEEPLE_EVENT_DOWN:
        tell_down(chat, event);
        break;
    case MEEPLE_EVENT_NONE:
    default:
        break;
    }
}
