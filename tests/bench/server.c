/* server: a server in a process of its own: started, asked what it costs, stopped. */
#define _GNU_SOURCE
#include "tests/bench/server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/cores.h"

enum {
    ANSWERS_WITHIN_MS = 60000,
    ARGUMENTS_MAX = 16,
    PATH_SIZE = 512
};

/* In the child: becomes the program, or ends. */
static void become(const char *path, const char *const *argv, int core, int output, pid_t parent)
{
    char *copies[ARGUMENTS_MAX + 1] = {NULL};
    int error;

    /* Even if the benchmark is killed, nothing of it stays. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
    for (size_t i = 0; argv[i] && i < ARGUMENTS_MAX; i++) {
        copies[i] = strdup(argv[i]);
    }
    /* What is ignored here would be in the program, too. */
    signal(SIGPIPE, SIG_DFL);
    cores_pin(core);
    dup2(output, STDOUT_FILENO);
    /* Where Debian has its modules, for a node of elsewhere. */
    setenv("NODE_PATH", "/usr/share/nodejs", 0);
    execvp(path, copies);
    error = errno;
    printf("%s: %s\n", path, strerror(error));
    fflush(stdout);
    _exit(error == ENOENT ? SERVER_ABSENT : 1);
}

/* Beside this program, or else wherever the shell would find it. */
static void find(char path[PATH_SIZE], const char *program)
{
    ssize_t len = readlink("/proc/self/exe", path, PATH_SIZE - 1);
    char *slash;

    path[len > 0 ? len : 0] = '\0';
    slash = strrchr(path, '/');
    len = slash ? slash + 1 - path : 0;
    snprintf(path + len, PATH_SIZE - (size_t)len, "%s", program);
    if (access(path, X_OK) != 0) {
        snprintf(path, PATH_SIZE, "%s", program);
    }
}

/* A line of its output, without the end; false: its output has ended. */
static bool read_line(const struct server *server, char line[SERVER_LINE])
{
    struct pollfd readable = {.fd = server->output, .events = POLLIN};
    size_t len = 0;

    for (;;) {
        char byte;
        ssize_t got;

        if (poll(&readable, 1, ANSWERS_WITHIN_MS) == 0) {
            bench_fail("a server says nothing");
        }
        got = read(server->output, &byte, 1);
        if (got <= 0 || byte == '\n') {
            line[len] = '\0';
            return got > 0;
        }
        if (len < SERVER_LINE - 1) {
            line[len++] = byte;
        }
    }
}

static int end(struct server *server)
{
    int status = 0;

    close(server->output);
    while (waitpid(server->pid, &status, 0) < 0 && errno == EINTR) {
    }
    server->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool server_start(struct server *server, const char *const *argv, int core, char why[SERVER_LINE])
{
    char path[PATH_SIZE], line[SERVER_LINE];
    pid_t parent = getpid();
    int ends[2];

    find(path, argv[0]);
    if (pipe2(ends, O_CLOEXEC) != 0 || (server->pid = fork()) < 0) {
        bench_fail("%s: %s", path, strerror(errno));
    }
    if (server->pid == 0) {
        become(path, argv, core, ends[1], parent);
    }
    close(ends[1]);
    server->output = ends[0];
    why[0] = '\0';
    while (read_line(server, line)) {
        if (sscanf(line, "port %" SCNu16, &server->port) == 1) {
            return true;
        }
        memcpy(why, line, sizeof line);
    }
    if (end(server) != SERVER_ABSENT) {
        bench_fail("%s cannot start: %s", path, why);
    }
    return false;
}

void server_stop(struct server *server)
{
    if (server->pid > 0) {
        kill(server->pid, SIGKILL);
        end(server);
    }
}

uint64_t server_cpu_ns(const struct server *server)
{
    struct timespec used;
    clockid_t clock;

    if (clock_getcpuclockid(server->pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
        bench_fail("a server is gone");
    }
    return (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
}

uint64_t server_resident(const struct server *server)
{
    char path[48], line[SERVER_LINE];
    uint64_t kib = 0;
    FILE *file;

    /* Counted when it is read; what is in statm is behind by some pages for each processor. */
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)server->pid);
    file = fopen(path, "r");
    while (file && kib == 0 && fgets(line, sizeof line, file)) {
        sscanf(line, "Rss: %" SCNu64, &kib);
    }
    if (kib == 0) {
        bench_fail("%s cannot be read", path);
    }
    fclose(file);
    return kib * 1024;
}

uint64_t server_heap(const struct server *server)
{
    char line[SERVER_LINE];
    uint64_t bytes;

    kill(server->pid, SIGUSR1);
    if (!read_line(server, line) || sscanf(line, "heap %" SCNu64, &bytes) != 1) {
        bench_fail("a server does not say what it has allocated");
    }
    return bytes;
}
