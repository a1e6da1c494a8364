/*
 * seat_godot3: a seat in the dialect of Godot 3, for wire/ to speak with by hand.  Prints a line
 * for each event, the port first if it is a server's; gives every packet back, with "echo " before
 * it. Ends with DOWN, or after a minute.
 *
 *     wire_seat_godot3 [URL]
 */
#include <meeple/net.h>

#include <stdio.h>
#include <string.h>

enum {
    ROUNDS_MAX = 600,
    ROUND_MS = 100,
    PACKET_MAX = 65536
};

static const char *const protocols[] = {"other", "ludus", NULL};

static int take_seat(meeple_net **net, const char *url)
{
    meeple_listen_options listen = {
        .host = "127.0.0.1", .dialect = MEEPLE_DIALECT_GODOT3, .protocols = protocols};
    meeple_connect_options connect = {.dialect = MEEPLE_DIALECT_GODOT3, .protocols = protocols + 1};
    int rc = url ? meeple_net_connect(net, url, &connect) : meeple_net_listen(net, &listen);

    if (rc == 0 && !url) {
        printf("port %u\n", (unsigned)meeple_net_port(*net));
    }
    return rc;
}

static int answer(meeple_net *net, const meeple_event *event)
{
    static uint8_t bytes[PACKET_MAX] = "echo ";
    size_t len = event->data.len < PACKET_MAX - 5 ? event->data.len : PACKET_MAX - 5;
    int rc;

    if (len > 0) {
        memcpy(bytes + 5, event->data.ptr, len);
    }
    rc = meeple_net_send(net, event->peer, (meeple_bytes){bytes, len + 5});
    return rc == MEEPLE_ETOOBIG ? 0 : rc;
}

static void tell(const meeple_event *event)
{
    printf("%s %d", meeple_event_name(event->type), (int)event->peer);
    if (event->type == MEEPLE_EVENT_PACKET) {
        printf(" %zu %s", event->data.len, event->text ? "text" : "bytes");
    } else if (event->code > 0) {
        printf(" %u %s %s", (unsigned)event->code, event->clean ? "clean" : "unclean",
               event->reason);
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    meeple_net *net;
    meeple_event event;
    int rc = take_seat(&net, argc > 1 ? argv[1] : NULL);

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int round = 0; rc >= 0 && round < ROUNDS_MAX; round++) {
        fflush(stdout);
        while (rc >= 0 && (rc = meeple_net_next(net, &event, ROUND_MS)) > 0) {
            tell(&event);
            if (event.type == MEEPLE_EVENT_PACKET) {
                rc = answer(net, &event);
            }
        }
    }
    meeple_net_free(net);
    return rc < 0 && rc != MEEPLE_ECLOSED;
}
