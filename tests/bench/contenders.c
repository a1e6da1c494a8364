/* contenders: the echo servers that are compared, each a process of its own. */
#include "tests/bench/contenders.h"

#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/certificates.h"

enum {
    ARGUMENTS_MAX = 12
};

struct known {
    const char *name;
    const char *program[3]; /* and what it always gets */
    bool websocket, ours, lws;
};

static const struct known raw_tcp = {.name = "raw", .program = {"server_raw"}};
static const struct known raw_tls = {.name = "tls", .program = {"server_tls"}};
static const struct known known[] = {
    {"epoll", {"server_ours", "--io", "epoll"}, .websocket = true, .ours = true},
    {"uring", {"server_ours", "--io", "uring"}, .websocket = true, .ours = true},
    {"poll", {"server_ours", "--io", "poll"}, .websocket = true, .ours = true},
    {"lws", {"server_lws"}, .websocket = true, .lws = true},
    {"ws", {"node", BENCH_SERVER_WS}, .websocket = true},
};
static const struct known floors[] = {
    {.name = "edges", .program = {"server_raw", "--edges"}},
    {.name = "uring-poll", .program = {"server_raw_uring", "--by", "poll"}},
    {.name = "uring-receive", .program = {"server_raw_uring", "--by", "receive"}},
    {.name = "uring-send", .program = {"server_raw_uring", "--by", "send"}},
    {.name = "uring-files", .program = {"server_raw_uring", "--by", "files"}},
};

struct arguments {
    const char *each[ARGUMENTS_MAX + 1];
    size_t count;
};

static void add(struct arguments *arguments, const char *argument)
{
    if (arguments->count < ARGUMENTS_MAX) {
        arguments->each[arguments->count++] = argument;
    }
}

static void start(struct contenders *them, const struct known *one,
                  const struct contenders_options *options, const struct certificates *certificates)
{
    struct contender *contender = &them->each[them->count];
    struct arguments arguments = {{NULL}, 0};
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], why[SERVER_LINE];

    for (size_t i = 0; i < 3 && one->program[i]; i++) {
        add(&arguments, one->program[i]);
    }
    if (one->ours && options->count) {
        add(&arguments, "--count");
    }
    if (options->tls) {
        add(&arguments, "--tls");
        add(&arguments, certificates_path(certificates, "localhost.crt", cert));
        add(&arguments, certificates_path(certificates, "localhost.key", key));
    }
    if (one->websocket && options->deflate) {
        add(&arguments, "--deflate");
    }
    if (one->lws && options->lws_buffer) {
        add(&arguments, "--buffer");
        add(&arguments, options->lws_buffer);
    }
    *contender =
        (struct contender){.name = one->name, .websocket = one->websocket, .ours = one->ours};
    if (server_start(&contender->server, arguments.each, them->cores.server, why)) {
        them->count++;
    } else {
        bench_note("%s is left out: %s", one->name, why);
    }
}

void contenders_start(struct contenders *them, const struct contenders_options *options)
{
    struct certificates certificates;

    *them = (struct contenders){.cores = cores_here()};
    if (them->cores.server < 0) {
        bench_note("there is one processor only: servers and load share it");
    }
    if (options->tls) {
        certificates_init(&certificates);
        certificates_make(&certificates,
                          &(struct certificate_wish){.name = "localhost",
                                                     .alt_names = "DNS:localhost,IP:127.0.0.1"});
    }
    start(them, options->tls ? &raw_tls : &raw_tcp, options, &certificates);
    for (size_t i = 0; options->floors && i < sizeof floors / sizeof floors[0]; i++) {
        start(them, &floors[i], options, &certificates);
    }
    for (size_t i = 0; !options->floors && i < sizeof known / sizeof known[0]; i++) {
        if (!options->many || strcmp(known[i].name, "poll") != 0) {
            start(them, &known[i], options, &certificates);
        }
    }
    if (options->tls) {
        /* They have been read. */
        certificates_done(&certificates);
    }
    cores_pin(them->cores.load);
}

void contenders_stop(struct contenders *them)
{
    for (size_t i = 0; i < them->count; i++) {
        server_stop(&them->each[i].server);
    }
    cores_release(&them->cores);
}
