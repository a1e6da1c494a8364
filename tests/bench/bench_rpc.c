/* bench_rpc: calls in a second: from a client to the server, and from there to everybody; beside
 * packets of the same length that say the same. */
#include "tests/bench/bench.h"
#include "tests/bench/talk.h"

enum {
    PEERS = 10,
    BLOCKS = 5, /* the two take turns */
    EACH = 400, /* of a client in a block */
    QUICK_PEERS = 3,
    QUICK_EACH = 20
};

static struct cores cores;

/* What a call costs that is nothing but its bytes, and one that is a call. */
static void compare(const struct bench *bench, bool tcp, void (*speak)(struct talk *, uint32_t))
{
    size_t peers = bench->quick ? QUICK_PEERS : PEERS, blocks = bench->quick ? 1 : BLOCKS;
    uint32_t each = bench->quick ? QUICK_EACH : EACH;
    double count = (double)(blocks * peers) * each;
    struct talk *calls =
        talk_new(&(struct talk_options){.tcp = tcp, .peers = peers, .cores = cores});
    struct talk *packets = talk_new(
        &(struct talk_options){.tcp = tcp, .peers = peers, .packets = true, .cores = cores});

    speak(calls, each);
    speak(packets, each);
    calls->server_ns = calls->thread_ns = calls->us = 0;
    packets->server_ns = packets->thread_ns = packets->us = 0;
    for (size_t block = 0; block < blocks; block++) {
        speak(calls, each);
        speak(packets, each);
    }
    bench_ratio(bench, "server.call/packet", (double)calls->server_ns, (double)packets->server_ns);
    bench_row(bench, "server.call", (double)calls->server_ns / count, "ns");
    bench_row(bench, "server.packet", (double)packets->server_ns / count, "ns");
    /* Over loopback all is done in this thread, so that what else the machine does is no matter. */
    bench_row(bench, "calls-per-second",
              tcp ? count * 1e6 / (double)calls->us : count * 1e9 / (double)calls->thread_ns,
              "calls/s");
    bench_row(bench, "packets-per-second",
              tcp ? count * 1e6 / (double)packets->us : count * 1e9 / (double)packets->thread_ns,
              "packets/s");
    talk_free(calls);
    talk_free(packets);
}

static void one_way(const struct bench *bench)
{
    compare(bench, false, talk_one_way);
}

static void and_back(const struct bench *bench)
{
    compare(bench, false, talk_round);
}

static void and_back_tcp(const struct bench *bench)
{
    compare(bench, true, talk_round);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"rpc.one-way", "calls of 10 clients that run at the server, over loopback", one_way},
        {"rpc.and-back", "calls of 10 clients that the server makes to all of them, over loopback",
         and_back},
        {"rpc.and-back.tcp", "the same over TCP, the clients in another thread", and_back_tcp},
    };

    cores = cores_here();
    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
