/* page: clients in a page that does what a script asks, and writes down what it was told. */
#include <meeple/net.h>
#include <meeple/web.h>

#include <emscripten.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SEATS_MAX = 8,
    TOLD_MAX = 1 << 20,
    SHOWN_MAX = 60
};

static struct seat {
    meeple_net *net;
    char *told;
    size_t told_len;
    int32_t packets;
    int free_at; /* the net is freed with that packet; 0: it is not */
} seats[SEATS_MAX];
static int calls; /* of ready */
static int ends;  /* with its next call: 1: in a trap, 2: with exit() */

#define FOR_THE_SCRIPT EMSCRIPTEN_KEEPALIVE

FOR_THE_SCRIPT int page_connect(const char *url, int dialect, int backlog_max, int queue_max);
FOR_THE_SCRIPT void page_take_by_itself(int on);
FOR_THE_SCRIPT void page_take(int which);
FOR_THE_SCRIPT void page_take_some(int which, int most);
FOR_THE_SCRIPT char *page_told(int which);
FOR_THE_SCRIPT int page_packets(int which);
FOR_THE_SCRIPT int page_calls(void);
FOR_THE_SCRIPT int page_send(int which, int to, const uint8_t *bytes, int len, int text);
FOR_THE_SCRIPT int page_close(int which, int code, const char *reason);
FOR_THE_SCRIPT int page_ping(int which);
FOR_THE_SCRIPT int page_samples(int which);
FOR_THE_SCRIPT int page_queued(int which);
FOR_THE_SCRIPT int page_id(int which);
FOR_THE_SCRIPT int page_wait_ms(int which);
FOR_THE_SCRIPT const char *page_fault(int which);
FOR_THE_SCRIPT void page_free_at(int which, int packets);
FOR_THE_SCRIPT void page_free(int which);
FOR_THE_SCRIPT void page_crash(void);
FOR_THE_SCRIPT void page_end(int how);

static void tell(struct seat *seat, const char *format, ...)
{
    va_list arguments;
    int added;

    va_start(arguments, format);
    added = vsnprintf(seat->told + seat->told_len, TOLD_MAX - seat->told_len, format, arguments);
    va_end(arguments);
    seat->told_len += (size_t)added;
    if (seat->told_len >= TOLD_MAX) {
        abort();
    }
}

static void write_down(struct seat *seat, const meeple_event *event)
{
    size_t len = event->data.len;

    tell(seat, "%s %d", meeple_event_name(event->type), (int)event->peer);
    switch (event->type) {
    case MEEPLE_EVENT_UP:
    case MEEPLE_EVENT_JOIN:
        tell(seat, " %s", event->protocol);
        break;
    case MEEPLE_EVENT_PACKET:
        tell(seat, " %s %zu", event->text ? "text" : "bytes", len);
        for (size_t i = 0; i < len && i < SHOWN_MAX; i++) {
            tell(seat, "%s%02x", i == 0 ? " " : "", event->data.ptr[i]);
        }
        break;
    case MEEPLE_EVENT_CLOSING:
    case MEEPLE_EVENT_LEAVE:
    case MEEPLE_EVENT_DOWN:
        tell(seat, " %u %s %s", (unsigned)event->code, event->clean ? "clean" : "unclean",
             event->reason);
        break;
    case MEEPLE_EVENT_NONE:
    case MEEPLE_EVENT_REQUEST:
    case MEEPLE_EVENT_DRAINED:
    default:
        break;
    }
    tell(seat, "\n");
}

void page_take_some(int which, int most)
{
    struct seat *seat = &seats[which];
    meeple_event event;

    while (most-- > 0 && seat->net && meeple_net_next(seat->net, &event, -1) > 0) {
        write_down(seat, &event);
        seat->packets += event.type == MEEPLE_EVENT_PACKET;
        if (seat->free_at > 0 && seat->packets >= seat->free_at) {
            page_free(which);
        }
    }
}

void page_take(int which)
{
    page_take_some(which, INT_MAX);
}

static void ready(void *user)
{
    if (user != seats) {
        abort();
    }
    calls++;
    if (ends == 1) {
        __builtin_trap();
    } else if (ends == 2) {
        exit(3);
    }
    for (int i = 0; i < SEATS_MAX; i++) {
        page_take(i);
    }
}

int page_connect(const char *url, int dialect, int backlog_max, int queue_max)
{
    int which = 0, rc;

    while (which < SEATS_MAX && seats[which].net) {
        which++;
    }
    if (which == SEATS_MAX) {
        return MEEPLE_EFULL;
    }
    seats[which].told = realloc(seats[which].told, TOLD_MAX);
    if (!seats[which].told) {
        abort();
    }
    seats[which].told_len = 0;
    seats[which].told[0] = '\0';
    seats[which].packets = 0;
    seats[which].free_at = 0;
    rc = meeple_net_connect(
        &seats[which].net, url,
        &(meeple_connect_options){.dialect = (meeple_dialect)dialect,
                                  .limits = {.backlog_bytes_max = (size_t)backlog_max,
                                             .queue_bytes_max = (size_t)queue_max}});
    return rc < 0 ? rc : which;
}

void page_take_by_itself(int on)
{
    meeple_web_on_ready(on ? ready : NULL, seats);
}

/* What was told since the last time; the script frees it. */
char *page_told(int which)
{
    char *told = malloc(seats[which].told_len + 1);

    if (!told) {
        abort();
    }
    memcpy(told, seats[which].told, seats[which].told_len + 1);
    seats[which].told_len = 0;
    seats[which].told[0] = '\0';
    return told;
}

int page_packets(int which)
{
    return seats[which].packets;
}

int page_calls(void)
{
    return calls;
}

int page_send(int which, int to, const uint8_t *bytes, int len, int text)
{
    meeple_bytes packet = {bytes, (size_t)len};

    return text ? meeple_net_send_utf8(seats[which].net, to, packet)
                : meeple_net_send(seats[which].net, to, packet);
}

int page_close(int which, int code, const char *reason)
{
    return meeple_net_close(seats[which].net, (uint16_t)code, reason);
}

int page_ping(int which)
{
    return meeple_net_ping(seats[which].net, MEEPLE_SERVER);
}

int page_samples(int which)
{
    return (int)meeple_net_rtt(seats[which].net, MEEPLE_SERVER).samples;
}

int page_queued(int which)
{
    return (int)meeple_net_queued(seats[which].net, MEEPLE_SERVER);
}

int page_id(int which)
{
    return meeple_net_id(seats[which].net);
}

int page_wait_ms(int which)
{
    return meeple_net_wait_ms(seats[which].net);
}

const char *page_fault(int which)
{
    return meeple_net_fault(seats[which].net).text;
}

void page_free_at(int which, int packets)
{
    seats[which].free_at = packets;
}

void page_free(int which)
{
    meeple_net_free(seats[which].net);
    seats[which].net = NULL;
}

void page_crash(void)
{
    abort();
}

void page_end(int how)
{
    ends = how;
}
