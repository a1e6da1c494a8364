/* audience: clients in a process of their own that only listen, thousands of them: sockets and the
 * least of a WebSocket, nothing of the library. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "tests/bench/audience.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/audience_seats.h"
#include "tests/bench/bench.h"
#include "tests/bench/cores.h"

enum {
    LOOK_EVERY_US = 200,
    OTHER_DESCRIPTORS = 64
};

struct audience {
    struct audience_heard *heard;
    pid_t pid;
    int commands;
};

bool audience_fits(const char *name, size_t count)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < count + OTHER_DESCRIPTORS) {
        bench_note("%s is left out: it needs %zu descriptors (ulimit -n)", name,
                   count + OTHER_DESCRIPTORS);
        return false;
    }
    return true;
}

struct audience *audience_new(int core)
{
    struct audience *audience = bench_alloc(1, sizeof *audience);
    int ends[2];

    audience->heard = mmap(NULL, sizeof *audience->heard, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (audience->heard == MAP_FAILED || pipe(ends) < 0) {
        bench_fail("no audience: %s", strerror(errno));
    }
    audience->pid = fork();
    if (audience->pid < 0) {
        bench_fail("no process for the audience: %s", strerror(errno));
    }
    if (audience->pid == 0) {
        close(ends[1]);
        cores_pin(core);
        _exit(audience_seats_run(ends[0], audience->heard));
    }
    close(ends[0]);
    audience->commands = ends[1];
    return audience;
}

/* What is written is less than PIPE_BUF, so it goes as a whole (POSIX, write()). */
static void order(struct audience *audience, const struct audience_command *command)
{
    if (write(audience->commands, command, sizeof *command) != (ssize_t)sizeof *command) {
        bench_fail("the audience does not listen: %s", strerror(errno));
    }
}

void audience_join(struct audience *audience, const struct audience_place *place, size_t count)
{
    struct audience_command command = {.order = AUDIENCE_JOIN,
                                       .count = (uint32_t)count,
                                       .port = place->port,
                                       .first_len = (uint16_t)place->first.len,
                                       .word_len = (uint16_t)place->word.len};
    const char *protocol = place->protocol ? place->protocol : "";

    if (place->first.len > sizeof command.first || place->word.len > sizeof command.word ||
        strlen(protocol) >= sizeof command.protocol) {
        bench_fail("too much for an audience to say");
    }
    memcpy(command.protocol, protocol, strlen(protocol) + 1);
    if (place->first.len > 0) {
        memcpy(command.first, place->first.ptr, place->first.len);
    }
    if (place->word.len > 0) {
        memcpy(command.word, place->word.ptr, place->word.len);
    }
    order(audience, &command);
}

void audience_say(struct audience *audience, size_t count)
{
    order(audience, &(struct audience_command){.order = AUDIENCE_SAY, .count = (uint32_t)count});
}

static void expect_alive(const struct audience *audience)
{
    if (atomic_load(&audience->heard->failed)) {
        bench_fail("the audience is gone");
    }
}

size_t audience_up(const struct audience *audience)
{
    expect_alive(audience);
    return (size_t)atomic_load(&audience->heard->up);
}

uint64_t audience_messages(const struct audience *audience)
{
    expect_alive(audience);
    return atomic_load(&audience->heard->messages);
}

uint64_t audience_pings(const struct audience *audience)
{
    expect_alive(audience);
    return atomic_load(&audience->heard->pings);
}

void audience_wait(const struct audience *audience, uint64_t messages)
{
    const struct timespec pause = {.tv_nsec = LOOK_EVERY_US * 1000};

    while (audience_messages(audience) < messages) {
        nanosleep(&pause, NULL);
    }
    if (audience_messages(audience) > messages) {
        bench_fail("the audience heard more than was said");
    }
}

void audience_free(struct audience *audience)
{
    if (!audience) {
        return;
    }
    order(audience, &(struct audience_command){.order = AUDIENCE_END});
    close(audience->commands);
    waitpid(audience->pid, NULL, 0);
    munmap(audience->heard, sizeof *audience->heard);
    free(audience);
}
