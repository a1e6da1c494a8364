/* bench_accept: what a new connection costs a server, its opening handshake included. */
#include "tests/bench/arrivals.h"

enum {
    AT_A_TIME = 64,
    SECURE_AT_A_TIME = 16 /* twenty times the work */
};

static void run(const struct bench *bench, bool secure)
{
    struct contenders them;
    struct work works[CONTENDERS_MAX];
    SSL_CTX *tls = secure ? stream_tls() : NULL;

    contenders_start(&them, &(struct contenders_options){.tls = secure});
    for (size_t i = 0; i < them.count; i++) {
        works[i] = arrivals_work(&(struct arrivals_options){
            .stream = {.whose = them.each[i].name, .port = them.each[i].server.port, .tls = tls},
            .websocket = them.each[i].websocket,
            .at_a_time = secure ? SECURE_AT_A_TIME : AT_A_TIME});
    }
    turns_run(bench, &them, works, secure ? "tls" : "raw", secure ? 3 * TURN_US : TURN_US);
    contenders_stop(&them);
    SSL_CTX_free(tls);
}

static void run_ws(const struct bench *bench)
{
    run(bench, false);
}

static void run_wss(const struct bench *bench)
{
    run(bench, true);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"accept.ws", "clients that come, shake hands and go, 64 at a time", run_ws},
        {"accept.wss", "the same over TLS, 16 at a time", run_wss},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
