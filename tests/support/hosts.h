/* hosts: addresses of this machine that take connections, refuse them, or do not answer. */
#ifndef TESTS_SUPPORT_HOSTS_H
#define TESTS_SUPPORT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum host_kind {
    HOST_LIVE,    /* takes connections, which nobody looks at unless hosts_accept() does */
    HOST_REFUSES, /* ECONNREFUSED */
    HOST_DEAD     /* as if switched off: what comes is thrown away */
};

enum {
    HOSTS_MAX = 5
};

struct host {
    const char *address; /* "127.0.0.2", "::1"; NULL: this and the rest are none */
    enum host_kind kind;
};

/* Open at one port. */
struct hosts {
    int fds[HOSTS_MAX];     /* what has the port */
    int fillers[HOSTS_MAX]; /* what fills the queue of a dead one, which nobody takes; else -1 */
    size_t count;
    uint16_t port;
};

/*
 * Opens them all at one port, 0: any that is free at all of them.  False if a port that was asked
 * for is taken at one of them: then nothing is open.  Fails the test if something else is wrong.
 */
bool hosts_open(struct hosts *hosts, const struct host wanted[HOSTS_MAX], uint16_t port);
/* One, or all of them. */
void hosts_close_one(struct hosts *hosts, size_t which);
void hosts_close(struct hosts *hosts);

/* A connection to a live one, or -1 if there is none (yet).  Neither blocks nor is it inherited. */
int hosts_accept(const struct hosts *hosts, size_t which);

/* Whether this machine has ::1. */
bool hosts_have_ipv6(void);

/* How many descriptors this process has. */
size_t hosts_descriptors(void);

#endif /* TESTS_SUPPORT_HOSTS_H */
