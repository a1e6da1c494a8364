/* bench_echo: what an echo of a message costs a server, beside one of bytes that does nothing else.
 */
#include "tests/bench/turns.h"

static void run(const struct bench *bench, size_t connections, size_t payload, size_t window)
{
    struct contenders them;

    contenders_start(&them, &(struct contenders_options){.lws_buffer = "65536"});
    turns_run(bench, &them,
              &(struct turns_options){
                  .connections = connections, .payload = payload, .window = window, .base = "raw"});
    contenders_stop(&them);
}

static void run_1(const struct bench *bench)
{
    run(bench, 64, 64, 1);
}

static void run_16(const struct bench *bench)
{
    run(bench, 64, 64, 16);
}

static void run_16k(const struct bench *bench)
{
    run(bench, 16, 16384, 4);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"echo.1", "64 connections, 64 B, 1 in flight", run_1},
        {"echo.16", "64 connections, 64 B, 16 in flight", run_16},
        {"echo.16k", "16 connections, 16 KiB, 4 in flight", run_16k},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
