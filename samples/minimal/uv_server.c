/* uv_server: an echo server inside a libuv loop, whose clock is another thread. */
#include <meeple/net.h>

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "samples/minimal/arguments.h"

static const char usage[] =
    "usage: uv_server [--port PORT] [--bind ADDRESS] [--every MS]\n"
    "\n"
    "Gives every message back, and tells every client the time.  Ctrl+C says goodbye to them.\n"
    "\n"
    "  --port PORT     9080 if not given; 0 is any free one\n"
    "  --bind ADDRESS  a numeric address; every interface if not given\n"
    "  --every MS      how often the time is told, 1000 if not given\n";

struct server {
    meeple_net *net;
    uv_poll_t readable;
    uv_timer_t due;
    uv_signal_t interrupt, terminate;
    bool failed;
    /* Of the thread with the clock; what it has for us is behind the mutex. */
    uv_thread_t thread;
    uv_mutex_t mutex;
    uv_cond_t stopped;
    uint64_t every_ms;
    bool ticking, stop;
    char time[32];
};

/* The other thread leaves the net alone, it only wakes it. */
static void clock_thread(void *ctx)
{
    struct server *server = ctx;

    uv_mutex_lock(&server->mutex);
    while (!server->stop) {
        uv_timeval64_t now;
        unsigned second;

        uv_gettimeofday(&now);
        second = (unsigned)(now.tv_sec % 86400);
        snprintf(server->time, sizeof server->time, "It is %02u:%02u:%02u UTC", second / 3600,
                 second / 60 % 60, second % 60);
        meeple_net_wake(server->net);
        uv_cond_timedwait(&server->stopped, &server->mutex, server->every_ms * 1000000);
    }
    uv_mutex_unlock(&server->mutex);
}

static void tell_time(struct server *server)
{
    char text[sizeof server->time];

    uv_mutex_lock(&server->mutex);
    memcpy(text, server->time, sizeof text);
    server->time[0] = '\0';
    uv_mutex_unlock(&server->mutex);
    if (text[0] && meeple_net_peers(server->net, NULL, 0) > 0) {
        meeple_net_send_text(server->net, MEEPLE_ALL, text);
    }
}

static void tell(struct server *server, const meeple_event *event)
{
    if (event->type == MEEPLE_EVENT_UP) {
        fprintf(stderr, "Listening on port %u\n", (unsigned)meeple_net_port(server->net));
    } else if (event->type == MEEPLE_EVENT_JOIN) {
        printf("Client %d connected\n", (int)event->peer);
    } else if (event->type == MEEPLE_EVENT_LEAVE) {
        printf("Client %d disconnected, clean: %s\n", (int)event->peer,
               event->clean ? "true" : "false");
    } else if (event->type == MEEPLE_EVENT_PACKET && event->text) {
        meeple_net_send_utf8(server->net, event->peer, event->data);
    } else if (event->type == MEEPLE_EVENT_PACKET) {
        meeple_net_send(server->net, event->peer, event->data);
    }
}

/* The loop waits for nothing more, and uv_run() returns. */
static void leave_loop(struct server *server)
{
    uv_close((uv_handle_t *)&server->readable, NULL);
    uv_close((uv_handle_t *)&server->due, NULL);
    uv_close((uv_handle_t *)&server->interrupt, NULL);
    uv_close((uv_handle_t *)&server->terminate, NULL);
}

static void on_due(uv_timer_t *due);

/* Whenever there may be something to do: takes all events, and says when to come back. */
static void turn(struct server *server)
{
    meeple_event event;
    int rc, wait_ms;

    while ((rc = meeple_net_next(server->net, &event, 0)) > 0) {
        tell(server, &event);
    }
    if (rc < 0) {
        server->failed = rc != MEEPLE_ECLOSED;
        leave_loop(server);
        return;
    }
    /* After the 0 that a wake comes to, not before: what is put there in between would wait. */
    tell_time(server);
    meeple_net_flush(server->net);
    wait_ms = meeple_net_wait_ms(server->net);
    if (wait_ms < 0) {
        uv_timer_stop(&server->due);
    } else {
        uv_timer_start(&server->due, on_due, (uint64_t)wait_ms, 0);
    }
}

static void on_due(uv_timer_t *due)
{
    turn(due->data);
}

static void on_readable(uv_poll_t *readable, int status, int events)
{
    (void)status, (void)events;
    turn(readable->data);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct server *server = signal->data;

    (void)number;
    meeple_net_close(server->net, MEEPLE_CLOSE_GOING_AWAY, "The server goes home.");
    turn(server);
}

static void enter_loop(struct server *server, uv_loop_t *loop, int fd)
{
    uv_poll_init(loop, &server->readable, fd);
    uv_timer_init(loop, &server->due);
    uv_signal_init(loop, &server->interrupt);
    uv_signal_init(loop, &server->terminate);
    server->readable.data = server->due.data = server;
    server->interrupt.data = server->terminate.data = server;
    uv_poll_start(&server->readable, UV_READABLE, on_readable);
    uv_signal_start(&server->interrupt, on_signal, SIGINT);
    uv_signal_start(&server->terminate, on_signal, SIGTERM);
    uv_mutex_init(&server->mutex);
    uv_cond_init(&server->stopped);
    server->ticking = uv_thread_create(&server->thread, clock_thread, server) == 0;
    turn(server);
}

/* Before the net is freed: nobody may wake one that is no more. */
static void end_thread(struct server *server)
{
    uv_mutex_lock(&server->mutex);
    server->stop = true;
    uv_cond_signal(&server->stopped);
    uv_mutex_unlock(&server->mutex);
    if (server->ticking) {
        uv_thread_join(&server->thread);
    }
    uv_cond_destroy(&server->stopped);
    uv_mutex_destroy(&server->mutex);
}

static void read_flags(struct server *server, meeple_listen_options *options, char **argv)
{
    struct arguments arguments = arguments_of(argv, usage);

    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--port") == 0) {
            options->port = (uint16_t)arguments_number(&arguments, flag, UINT16_MAX);
        } else if (strcmp(flag, "--bind") == 0) {
            options->host = arguments_value(&arguments, flag);
        } else if (strcmp(flag, "--every") == 0) {
            server->every_ms = arguments_number(&arguments, flag, UINT32_MAX);
        } else {
            arguments_refuse(&arguments, flag, "is not known here");
        }
    }
    if (server->every_ms == 0) {
        arguments_refuse(&arguments, "--every", "cannot be 0");
    }
}

int main(int argc, char **argv)
{
    meeple_listen_options options = {.port = 9080, .dialect = MEEPLE_DIALECT_PLAIN};
    struct server server = {.every_ms = 1000};
    int rc, fd;

    (void)argc;
    read_flags(&server, &options, argv);
    rc = meeple_net_listen(&server.net, &options);
    fd = rc == 0 ? meeple_net_pollable(server.net) : rc;
    if (fd < 0) {
        fprintf(stderr, "Unable to start server on port %u: %s\n", (unsigned)options.port,
                meeple_strerror(fd));
        meeple_net_free(server.net);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    enter_loop(&server, uv_default_loop(), fd);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    end_thread(&server);
    meeple_net_free(server.net);
    return uv_loop_close(uv_default_loop()) == 0 && !server.failed ? 0 : 1;
}
