/* server_ours: this library as an echo server, by its public functions. */
#include <meeple/net.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "tests/bench/server.h"
#include "tests/support/counting_mem.h"

#define PEERS_MAX 100000
#define HEARTBEAT_MS 3600000
#define HANDSHAKE_MS 60000 /* as long as the load waits for an answer */

/* What a signal handler can see: the net to wake. */
static meeple_net *to_wake;

static void on_signal(int number)
{
    (void)number;
    meeple_net_wake(to_wake);
}

/* OpenSSL's own memory is not the library's, but a peer needs it all the same. */
static struct counting_mem *counted;

static void *openssl_resize(void *ptr, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return ptr || size > 0 ? counted->mem.resize(counted->mem.ctx, ptr, size) : NULL;
}

static void *openssl_alloc(size_t size, const char *file, int line)
{
    return openssl_resize(NULL, size, file, line);
}

static void openssl_free(void *ptr, const char *file, int line)
{
    if (ptr) {
        openssl_resize(ptr, 0, file, line);
    }
}

static void count(struct counting_mem *counting, meeple_listen_options *options)
{
    counting_mem_init(counting);
    counted = counting;
    options->mem = &counting->mem;
    if (CRYPTO_set_mem_functions(openssl_alloc, openssl_resize, openssl_free) != 1) {
        puts("OpenSSL's memory cannot be counted");
        exit(1);
    }
}

/* io_uring's driver falls back to epoll where the kernel refuses, and says so: that is measured
 * already. */
static void refuse_fallback(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)ctx;
    (void)level;
    if (strcmp(area, "io") == 0 && strstr(text, "epoll")) {
        puts(text);
        exit(SERVER_ABSENT);
    }
}

static void choose(meeple_listen_options *options, const char *name)
{
    static const meeple_log log = {.write = refuse_fallback, .level = MEEPLE_LOG_INFO};

    if (strcmp(name, "epoll") == 0) {
        options->io = meeple_io_epoll();
    } else if (strcmp(name, "poll") == 0) {
        options->io = meeple_io_poll();
    } else if (strcmp(name, "uring") == 0) {
        options->io = meeple_io_uring();
        options->log = &log;
    }
    if (!options->io) {
        printf("this build of the library has no %s\n", name);
        exit(SERVER_ABSENT);
    }
}

static meeple_tls_server *certificate(const char *cert_file, const char *key_file)
{
    meeple_tls_server_options options = {.cert_file = cert_file, .key_file = key_file};
    meeple_tls_server *tls;
    char why[SERVER_LINE];

    if (meeple_tls_server_new(&tls, &options, why, sizeof why) < 0) {
        puts(why);
        exit(1);
    }
    return tls;
}

/* Whoever loads a server is faster than any game's client, comes with thousands of others, goes on
 * with its handshake only when all that come with it have begun theirs, and does not answer pings.
 */
static void allow(meeple_limits *limits)
{
    limits->heartbeat_ms = HEARTBEAT_MS;
    limits->handshake_timeout_ms = HANDSHAKE_MS;
    limits->peers_max = PEERS_MAX;
    limits->messages_per_second_max = UINT32_MAX;
    limits->bytes_per_second_max = UINT32_MAX;
    limits->accepts_per_second_max = UINT32_MAX;
}

static int serve(meeple_net *net, const struct counting_mem *counting)
{
    meeple_event event;
    int rc;

    while ((rc = meeple_net_next(net, &event, -1)) >= 0) {
        if (rc == 0 && counting) {
            printf("heap %zu\n", counting->bytes);
            fflush(stdout);
        } else if (rc > 0 && event.type == MEEPLE_EVENT_PACKET &&
                   meeple_net_send(net, event.peer, event.data) < 0) {
            meeple_net_kick(net, event.peer, MEEPLE_CLOSE_POLICY, "its echoes were not read");
        }
    }
    puts(meeple_strerror(rc));
    return 1;
}

/* One more net on the same port. */
static void *serve_too(void *ctx)
{
    serve(ctx, NULL);
    exit(1);
}

static meeple_net *listen_with(const meeple_listen_options *options)
{
    meeple_net *net;
    int rc = meeple_net_listen(&net, options);

    if (rc < 0) {
        puts(meeple_strerror(rc));
        exit(1);
    }
    return net;
}

/* On threads that share the port; the first, which can be asked, is this one. */
static int serve_all(meeple_listen_options *options, unsigned threads,
                     const struct counting_mem *counting)
{
    struct sigaction action = {.sa_handler = on_signal};

    options->share_port = threads > 1;
    to_wake = listen_with(options);
    options->port = meeple_net_port(to_wake);
    for (unsigned i = 1; i < threads; i++) {
        pthread_t id;

        if (pthread_create(&id, NULL, serve_too, listen_with(options)) != 0) {
            puts("there are not so many threads");
            return 1;
        }
    }
    sigaction(SIGUSR1, &action, NULL);
    printf("port %u\n", (unsigned)options->port);
    fflush(stdout);
    return serve(to_wake, counting);
}

int main(int argc, char **argv)
{
    struct counting_mem counting = {0};
    meeple_listen_options options = {.host = "127.0.0.1", .dialect = MEEPLE_DIALECT_PLAIN};
    unsigned threads = 1;

    allow(&options.limits);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--count") == 0) {
            /* Before anything else, as OpenSSL allows it only then. */
            count(&counting, &options);
        } else if (strcmp(argv[i], "--deflate") == 0) {
            options.deflate.enabled = true;
        } else if (strcmp(argv[i], "--io") == 0 && i + 1 < argc) {
            choose(&options, argv[++i]);
        } else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc) {
            threads = (unsigned)strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
            options.tls = certificate(argv[i + 1], argv[i + 2]);
            i += 2;
        } else {
            printf("%s is not known here, or lacks a value\n", argv[i]);
            return 2;
        }
    }
    if (threads > 1 && (counting.mem.resize || options.tls)) {
        puts("neither a heap that is counted nor certificates are for several threads");
        return 2;
    }
    return serve_all(&options, threads, &counting);
}
