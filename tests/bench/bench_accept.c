/* bench_accept: what a new connection costs a server, its opening handshake included. */
#include "tests/bench/arrivals.h"

enum {
    AT_A_TIME = 64
};

static void run(const struct bench *bench)
{
    struct contenders them;
    struct work works[CONTENDERS_MAX];

    contenders_start(&them, &(struct contenders_options){0});
    for (size_t i = 0; i < them.count; i++) {
        works[i] = arrivals_work(them.each[i].server.port, them.each[i].websocket, AT_A_TIME);
    }
    turns_run(bench, &them, works, "raw");
    contenders_stop(&them);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"accept", "connections that come, shake hands and go, 64 at a time", run},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
