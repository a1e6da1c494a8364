/* bench_broadcast: one message to thousands of peers over TCP: as a broadcast, one by one, and as
 * nothing but the system calls. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "tests/bench/audience.h"
#include "tests/bench/bench.h"
#include "tests/bench/cores.h"
#include "tests/bench/hall.h"
#include "transport/ws_frame.h"

enum {
    BLOCKS = 5,        /* the ways take turns */
    DELIVERIES = 8000, /* of a way in a block, at least */
    GATHERED = 8,      /* messages in a turn, in the second half */
    QUICK_PEERS = 50,
    QUICK_DELIVERIES = 50
};

static struct cores cores;

enum way {
    BROADCAST, /* meeple_net_send() to MEEPLE_ALL, and a turn */
    SINGLES,   /* the same to one after the other */
    RAW,       /* send() of the same bytes on the same sockets */
    WAYS
};

static const char *const way_names[WAYS] = {"broadcast", "singles", "raw"};

struct speech {
    const struct bench *bench;
    struct hall *hall;
    int *sockets; /* the server's ends */
    size_t socket_count;
    uint8_t frame[MEEPLE__WS_HEAD_MAX + HALL_MESSAGE_BYTES];
    size_t frame_len;
    double ns[WAYS], deliveries[WAYS];
};

/* The net keeps its sockets to itself, but which they are can be seen: they have its port. */
static void find_sockets(struct speech *speech)
{
    struct rlimit limit;
    uint16_t port = meeple_net_port(speech->hall->net);

    getrlimit(RLIMIT_NOFILE, &limit);
    speech->sockets = bench_alloc(speech->hall->peer_count, sizeof *speech->sockets);
    for (int fd = 0; (rlim_t)fd < limit.rlim_cur && speech->socket_count < speech->hall->peer_count;
         fd++) {
        struct sockaddr_in ours, theirs;
        socklen_t ours_len = sizeof ours, theirs_len = sizeof theirs;

        if (getsockname(fd, (struct sockaddr *)&ours, &ours_len) == 0 &&
            getpeername(fd, (struct sockaddr *)&theirs, &theirs_len) == 0 &&
            ours.sin_family == AF_INET && ntohs(ours.sin_port) == port) {
            speech->sockets[speech->socket_count++] = fd;
        }
    }
    if (speech->socket_count < speech->hall->peer_count) {
        bench_fail("%zu sockets for %zu peers", speech->socket_count, speech->hall->peer_count);
    }
}

static void speak_raw(struct speech *speech, size_t messages)
{
    uint8_t bytes[sizeof speech->frame * GATHERED];
    size_t len = 0;
    uint64_t start = bench_cpu_ns();

    for (size_t i = 0; i < messages; i++) {
        memcpy(bytes + len, speech->frame, speech->frame_len);
        len += speech->frame_len;
    }
    for (size_t i = 0; i < speech->socket_count; i++) {
        if (send(speech->sockets[i], bytes, len, MSG_NOSIGNAL) != (ssize_t)len) {
            bench_fail("a socket has no room");
        }
    }
    speech->hall->cpu_ns += bench_cpu_ns() - start;
    speech->hall->past += messages * speech->socket_count;
}

/* So many messages to everybody in one turn, until all have heard them. */
static void speak(struct speech *speech, enum way way, size_t messages)
{
    struct hall *hall = speech->hall;

    hall->cpu_ns = 0;
    if (way == RAW) {
        speak_raw(speech, messages);
    } else {
        for (size_t i = 0; i < messages; i++) {
            if (way == BROADCAST) {
                hall_tell(hall, MEEPLE_ALL);
            } else {
                hall_tell_each(hall);
            }
        }
        hall_turn(hall, 0);
    }
    hall_settle(hall);
    speech->ns[way] += (double)hall->cpu_ns;
    speech->deliveries[way] += (double)(messages * hall->peer_count);
}

static void say(struct speech *speech, const char *suffix)
{
    double each[WAYS];
    char metric[64];

    for (int way = 0; way < WAYS; way++) {
        each[way] = speech->ns[way] / speech->deliveries[way];
        speech->ns[way] = speech->deliveries[way] = 0;
    }
    snprintf(metric, sizeof metric, "singles/broadcast%s", suffix);
    bench_ratio(speech->bench, metric, each[SINGLES], each[BROADCAST]);
    for (int way = 0; way < RAW; way++) {
        snprintf(metric, sizeof metric, "%s/raw%s", way_names[way], suffix);
        bench_ratio(speech->bench, metric, each[way], each[RAW]);
    }
    for (int way = 0; way < WAYS; way++) {
        snprintf(metric, sizeof metric, "%s%s", way_names[way], suffix);
        bench_row(speech->bench, metric, each[way], "ns");
    }
}

static void speak_by_turns(struct speech *speech, size_t messages)
{
    size_t once = messages * speech->hall->peer_count;
    size_t deliveries = speech->bench->quick ? QUICK_DELIVERIES : DELIVERIES;
    size_t blocks = speech->bench->quick ? 1 : BLOCKS;

    for (size_t block = 0; block < blocks; block++) {
        for (int way = 0; way < WAYS; way++) {
            for (size_t done = 0; done < deliveries; done += once) {
                speak(speech, (enum way)way, messages);
            }
        }
    }
}

static void deliver(const struct bench *bench, size_t peers, const meeple_io_driver *io)
{
    struct speech speech = {.bench = bench};

    peers = bench->quick ? QUICK_PEERS : peers;
    if (!io) {
        bench_note("%s is left out: the library was built without that driver", bench->name);
        return;
    }

    if (!audience_fits(bench->name, peers)) {
        return;
    }
    speech.hall = hall_new(&(struct hall_options){
        .kind = HALL_PACKETS, .peers = peers, .audience = audience_new(cores.load), .io = io});
    find_sockets(&speech);
    speech.frame_len =
        meeple__ws_frame_head(speech.frame, MEEPLE__WS_BINARY, HALL_MESSAGE_BYTES, NULL);
    memcpy(speech.frame + speech.frame_len, speech.hall->message, HALL_MESSAGE_BYTES);
    speech.frame_len += HALL_MESSAGE_BYTES;
    speak_by_turns(&speech, 1);
    say(&speech, "");
    speak_by_turns(&speech, GATHERED);
    say(&speech, ".8-in-a-turn");
    hall_free(speech.hall);
    free(speech.sockets);
}

static void to_1000(const struct bench *bench)
{
    deliver(bench, 1000, meeple_io_epoll());
}

static void to_10000(const struct bench *bench)
{
    deliver(bench, 10000, meeple_io_epoll());
}

static void to_1000_uring(const struct bench *bench)
{
    deliver(bench, 1000, meeple_io_uring());
}

static void to_10000_uring(const struct bench *bench)
{
    deliver(bench, 10000, meeple_io_uring());
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"broadcast.1000",
         "a message of 64 bytes to 1,000 peers over TCP, by the delivered message", to_1000},
        {"broadcast.10000", "the same to 10,000", to_10000},
        {"broadcast.1000.uring", "the same to 1,000, with io_uring", to_1000_uring},
        {"broadcast.10000.uring", "the same to 10,000", to_10000_uring},
    };

    cores = cores_here();
    cores_pin(cores.server);
    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
