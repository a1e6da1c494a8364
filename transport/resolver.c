/* resolver: names to addresses without waiting. */
#define _GNU_SOURCE /* pipe2() */
#include "transport/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

/* Shared by the asker and the thread; who lets go last frees it. */
struct meeple__lookup {
    atomic_int refs;
    atomic_bool done;
    int read_fd;  /* the asker's */
    int write_fd; /* the thread's */
    uint16_t port;
    struct meeple__answer answer; /* the thread's until done */
    char host[];
};

static void unref(struct meeple__lookup *lookup)
{
    if (atomic_fetch_sub(&lookup->refs, 1) == 1) {
        free(lookup);
    }
}

/* False if there are enough of its family, or it is there already. */
static bool is_wanted(const struct meeple__answer *answer, const struct meeple__address *address)
{
    size_t relatives = 0;

    for (size_t i = 0; i < answer->count; i++) {
        const struct meeple__address *other = &answer->addresses[i];

        if (meeple__address_equal(other, address)) {
            return false;
        }
        relatives += other->storage.ss_family == address->storage.ss_family;
    }
    return relatives < MEEPLE__FAMILY_MAX;
}

static void fill(struct meeple__answer *answer, const struct addrinfo *found)
{
    for (; found && answer->count < MEEPLE__ANSWER_MAX; found = found->ai_next) {
        struct meeple__address *address = &answer->addresses[answer->count];

        if ((found->ai_family == AF_INET || found->ai_family == AF_INET6) &&
            found->ai_addrlen <= sizeof address->storage) {
            memcpy(&address->storage, found->ai_addr, found->ai_addrlen);
            address->len = found->ai_addrlen;
            answer->count += is_wanted(answer, address);
        }
    }
}

static void *run(void *ctx)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct meeple__lookup *lookup = ctx;
    struct addrinfo *found = NULL;
    /* Nobody is asked for localhost (RFC 6761 section 6.3), also where no /etc/hosts says it. */
    const char *host = strcasecmp(lookup->host, "localhost") == 0 ? NULL : lookup->host;
    char service[8];

    snprintf(service, sizeof service, "%u", (unsigned)lookup->port);
    lookup->answer.error = getaddrinfo(host, service, &hints, &found);
    if (lookup->answer.error == 0) {
        fill(&lookup->answer, found);
        freeaddrinfo(found);
        lookup->answer.error = lookup->answer.count > 0 ? 0 : EAI_NONAME;
    } else if (lookup->answer.error == EAI_SYSTEM) {
        lookup->answer.number = errno;
    }
    atomic_store(&lookup->done, true);
    /* A byte and not only the end, which a forked child would keep from being seen.  If the asker
     * is gone there is nobody to tell, and SIGPIPE is blocked here. */
    (void)!write(lookup->write_fd, "", 1);
    close(lookup->write_fd);
    unref(lookup);
    return NULL;
}

/* 0 or errno.  The program's signal handlers are not for a thread it does not know of. */
static int start(struct meeple__lookup *lookup)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    int error = pthread_attr_init(&attributes);

    if (error != 0) {
        return error;
    }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, &attributes, run, lookup);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

int meeple__lookup_new(struct meeple__lookup **out, const char *host, uint16_t port)
{
    size_t size = strlen(host) + 1;
    struct meeple__lookup *lookup = calloc(1, sizeof *lookup + size);
    int fds[2], error;

    *out = NULL;
    if (!lookup) {
        return MEEPLE_ENOMEM;
    }
    memcpy(lookup->host, host, size);
    lookup->port = port;
    atomic_init(&lookup->refs, 2);
    atomic_init(&lookup->done, false);
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
        error = errno;
        free(lookup);
        errno = error;
        return MEEPLE_EIO;
    }
    lookup->read_fd = fds[0];
    lookup->write_fd = fds[1];
    error = start(lookup);
    if (error != 0) {
        close(fds[0]);
        close(fds[1]);
        free(lookup);
        errno = error;
        return MEEPLE_EIO;
    }
    *out = lookup;
    return 0;
}

void meeple__lookup_free(struct meeple__lookup *lookup)
{
    if (lookup) {
        close(lookup->read_fd);
        unref(lookup);
    }
}

int meeple__lookup_fd(const struct meeple__lookup *lookup)
{
    return lookup->read_fd;
}

const struct meeple__answer *meeple__lookup_answer(const struct meeple__lookup *lookup)
{
    return atomic_load(&lookup->done) ? &lookup->answer : NULL;
}

const char *meeple__answer_text(const struct meeple__answer *answer, char *dst, size_t cap)
{
    if (answer->error != EAI_SYSTEM) {
        return gai_strerror(answer->error);
    }
    meeple__errno_text(answer->number, dst, cap);
    return dst;
}
