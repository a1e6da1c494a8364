/* chat: a seat in the chat: what happens is told, what is typed is done. */
#include "samples/chat/chat.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

/* How long to wait for both at once where the network has no descriptor. */
#define SHORT_WAIT_MS 20
/* So many events, then a line that was typed. */
#define EVENTS_AT_ONCE 64

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGCONT};

static volatile sig_atomic_t stops, continues;
static meeple_net *volatile signalled;

static void on_signal(int number)
{
    int saved = errno;

    if (number == SIGCONT) {
        continues = 1;
    } else {
        stops = stops < 2 ? stops + 1 : 2;
    }
    /* Between looking at these and waiting, too. */
    meeple_net_wake(signalled);
    errno = saved;
}

static void catch_signals(meeple_net *net)
{
    struct sigaction action = {.sa_handler = on_signal};

    signalled = net;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < MEEPLE_COUNT(signals); i++) {
        sigaction(signals[i], &action, NULL);
    }
}

/* The net is about to go. */
static void ignore_signals(void)
{
    for (size_t i = 0; i < MEEPLE_COUNT(signals); i++) {
        signal(signals[i], SIG_IGN);
    }
}

static void heed_signals(struct chat *chat)
{
    if (continues) {
        continues = 0;
        terminal_resume(chat->terminal);
    }
    if (stops > 0 && !chat->closing) {
        chat_close(chat, MEEPLE_CLOSE_GOING_AWAY, NULL);
        chat_prompt(chat);
    }
}

/* One line, if there is one. */
static bool take_line(struct chat *chat)
{
    meeple_bytes line;

    switch (terminal_line(chat->terminal, &line)) {
    case TERMINAL_LINE:
        if (line.len > 0) {
            chat_act(chat, line);
        }
        return true;
    case TERMINAL_LONG:
        terminal_printing(chat->terminal);
        printf("Not sent: a line of more than %d bytes\n", TERMINAL_LINE_MAX);
        return true;
    case TERMINAL_END:
        /* A server whose input is no terminal goes on without. */
        if (!chat->server || terminal_is_typed(chat->terminal)) {
            chat_close(chat, 0, NULL);
            chat_prompt(chat);
        }
        return true;
    case TERMINAL_NONE:
    default:
        return false;
    }
}

/* Tells what has come, but not for ever: whoever floods us must not keep the keys from working.
 * Returns what meeple_net_next() did last. */
static int take_events(struct chat *chat)
{
    meeple_event event;
    int rc = 0;

    for (int i = 0; i < EVENTS_AT_ONCE; i++) {
        rc = meeple_net_next(chat->net, &event, 0);
        if (rc <= 0) {
            break;
        }
        chat_tell(chat, &event);
        chat_prompt(chat);
    }
    return rc;
}

/* For a line, for the network, or for a signal. */
static void wait_for_more(const struct chat *chat, bool input)
{
    int descriptor = meeple_net_pollable(chat->net), wait_ms = meeple_net_wait_ms(chat->net);

    if (descriptor < 0 && (wait_ms < 0 || wait_ms > SHORT_WAIT_MS)) {
        wait_ms = SHORT_WAIT_MS;
    }
    terminal_wait(chat->terminal, input, descriptor < 0 ? -1 : descriptor, wait_ms);
}

static void run(struct chat *chat)
{
    int rc = 0;

    chat_prompt(chat);
    while (rc >= 0 && stops < 2) {
        rc = take_events(chat);
        if (rc >= 0) {
            bool input;

            /* Not before: taking events uses up the wake of a signal that was not heeded yet. */
            heed_signals(chat);
            input = chat->ready && !chat->closing && chat_has_room(chat);
            if (!input || !take_line(chat)) {
                wait_for_more(chat, input);
            }
        }
    }
    if (rc < 0 && rc != MEEPLE_ECLOSED) {
        fprintf(stderr, "The network failed: %s\n", meeple_strerror(rc));
    }
}

int chat_run(meeple_net *net, bool multiplayer, bool binary)
{
    struct chat chat = {.net = net,
                        .terminal = terminal_new(),
                        .server = meeple_net_is_server(net),
                        .multiplayer = multiplayer,
                        .binary = binary};

    if (chat.terminal) {
        catch_signals(net);
        run(&chat);
        ignore_signals();
    } else {
        fputs("There is not enough memory\n", stderr);
    }
    terminal_free(chat.terminal);
    meeple_net_free(net);
    return chat.in_order || (chat.server && chat.closing) ? 0 : 1;
}
