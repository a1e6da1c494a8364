/* bench_echo: what an echo of a message costs a server, beside one of bytes that does nothing else.
 */
#include "tests/bench/turns.h"

static void run_1(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){.connections = 64, .payload = 64, .window = 1});
}

static void run_16(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){.connections = 64, .payload = 64, .window = 16});
}

static void run_16k(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){.connections = 16, .payload = 16384, .window = 4});
}

static void run_tls_1(const struct bench *bench)
{
    turns_echo(bench,
               &(struct turns_options){.connections = 64, .payload = 64, .window = 1, .tls = true});
}

static void run_tls_16(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){
                          .connections = 64, .payload = 64, .window = 16, .tls = true});
}

static void run_tls_16k(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){
                          .connections = 16, .payload = 16384, .window = 4, .tls = true});
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"echo.1", "64 connections, 64 B, 1 in flight", run_1},
        {"echo.16", "64 connections, 64 B, 16 in flight", run_16},
        {"echo.16k", "16 connections, 16 KiB, 4 in flight", run_16k},
        {"tls.1", "the same over TLS", run_tls_1},
        {"tls.16", "the same over TLS", run_tls_16},
        {"tls.16k", "the same over TLS", run_tls_16k},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
