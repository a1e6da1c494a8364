/* bench_floor: an echo of bytes by other ways than epoll's simplest: by its edges, and by io_uring.
 */
#include "tests/bench/turns.h"

static void run_1(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){
                          .connections = 64, .payload = 64, .window = 1, .floors = true});
}

static void run_16(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){
                          .connections = 64, .payload = 64, .window = 16, .floors = true});
}

static void run_16k(const struct bench *bench)
{
    turns_echo(bench, &(struct turns_options){
                          .connections = 16, .payload = 16384, .window = 4, .floors = true});
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"floor.1", "64 connections, 64 B, 1 in flight", run_1},
        {"floor.16", "64 connections, 64 B, 16 in flight", run_16},
        {"floor.16k", "16 connections, 16 KiB, 4 in flight", run_16k},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
