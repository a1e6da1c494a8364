/* test_io_race: real sockets race to real addresses: live ones, refusing ones, dead ones. */
#define _DEFAULT_SOURCE /* syscall() */
#include "transport/io_race.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/counting_mem.h"
#include "tests/support/drivers.h"
#include "tests/support/fake_names.h"
#include "tests/support/hosts.h"
#include "tests/support/prng.h"

enum {
    /* Much less than the system gives a dead address, much more than a race takes. */
    PATIENCE_MS = 10000,
    LOOK_MS = 20,
    FILLING = 20,
    /* More than the delay before every address of a table below. */
    WHOLE_RACE_MS = HOSTS_MAX * MEEPLE__RACE_DELAY_MS
};

/* ---- the system's functions, of which the n-th call fails ---- */

static int fail_in; /* calls; 0: none fails */
static int fail_error;

static bool fails(void)
{
    if (fail_in == 0 || --fail_in > 0) {
        return false;
    }
    errno = fail_error;
    return true;
}

int socket(int family, int type, int protocol)
{
    return fails() ? -1 : (int)syscall(SYS_socket, family, type, protocol);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    return fails() ? -1 : (int)syscall(SYS_connect, fd, address, len);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    return fails() ? -1 : (int)syscall(SYS_getsockopt, fd, level, name, value, len);
}

int epoll_ctl(int fd, int operation, int of, struct epoll_event *event)
{
    /* The others cannot fail. */
    bool may_fail = operation == EPOLL_CTL_ADD;

    return may_fail && fails() ? -1 : (int)syscall(SYS_epoll_ctl, fd, operation, of, event);
}

/* ---- a race ---- */

struct race {
    const meeple_io_driver *driver;
    struct counting_mem mem;
    meeple_io *io;
    meeple_socket *socket; /* NULL: connect() failed */
    struct hosts hosts;
    size_t descriptors; /* before */
    size_t own;         /* the io's, without a socket */
};

/* And what their name is, in the order of the resolver. */
static void open_hosts(struct race *race, const struct host hosts[HOSTS_MAX])
{
    static char addresses[HOSTS_MAX * MEEPLE__HOST_TEXT];

    addresses[0] = '\0';
    for (size_t i = 0; i < HOSTS_MAX && hosts[i].address; i++) {
        strcat(strcat(addresses, i > 0 ? " " : ""), hosts[i].address);
    }
    fake_name_count = 0;
    fake_name("name", addresses);
    cr_assert(hosts_open(&race->hosts, hosts, 0));
}

static void open_io(struct race *race)
{
    race->descriptors = hosts_descriptors();
    cr_assert_eq(race->driver->open(race->driver, &race->mem.mem, NULL, &race->io), 0);
    race->own = hosts_descriptors() - race->descriptors;
}

static int begin(struct race *race)
{
    return race->driver->connect(race->io, "name", race->hosts.port, race, &race->socket);
}

static void start(struct race *race, const meeple_io_driver *driver,
                  const struct host hosts[HOSTS_MAX])
{
    *race = (struct race){.driver = driver};
    counting_mem_init(&race->mem);
    open_hosts(race, hosts);
    open_io(race);
    cr_assert_eq(begin(race), 0);
}

/* That many descriptors more than before the io was opened, once the lookup's thread has closed
 * its end. */
static void expect_descriptors(const struct race *race, size_t more)
{
    for (int i = 0; i < PATIENCE_MS && hosts_descriptors() > race->descriptors + more; i++) {
        poll(NULL, 0, 1);
    }
    cr_assert_eq(hosts_descriptors(), race->descriptors + more);
}

/* Nothing is left of it. */
static void stop(struct race *race)
{
    race->driver->free(race->io);
    cr_assert_eq(race->mem.live, 0);
    expect_descriptors(race, 0);
    hosts_close(&race->hosts);
}

static meeple_io_event answer(const struct race *race)
{
    meeple_io_event event = {0};

    cr_assert_eq(race->driver->next(race->io, &event, PATIENCE_MS), 1, "no answer");
    cr_assert_eq(event.socket, race->socket);
    cr_assert_eq(event.user, race);
    return event;
}

static void is_connected_to(const struct race *race, const char *host)
{
    meeple_io_event event = answer(race);
    char address[64], want[64];

    cr_assert_eq(event.type, MEEPLE_IO_CONNECTED, "%s", event.fault.text);
    snprintf(want, sizeof want, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
             (unsigned)race->hosts.port);
    race->driver->address(race->io, race->socket, address, sizeof address);
    cr_assert_str_eq(address, want);
}

/* Whether this machine can have these hosts. */
static bool are_possible(const struct host hosts[HOSTS_MAX])
{
    for (size_t i = 0; i < HOSTS_MAX && hosts[i].address; i++) {
        if (strchr(hosts[i].address, ':') && !hosts_have_ipv6()) {
            return false;
        }
    }
    return true;
}

EACH_DRIVER(io_race, the_first_live_address_wins)
{
    static const struct {
        struct host hosts[HOSTS_MAX];
        const char *winner;
    } rows[] = {
        /* One family. */
        {{{"127.0.0.1", HOST_LIVE}}, "127.0.0.1"},
        {{{"::1", HOST_LIVE}}, "::1"},
        {{{"127.0.0.2", HOST_LIVE}, {"127.0.0.1", HOST_LIVE}}, "127.0.0.2"},
        {{{"127.0.0.2", HOST_REFUSES}, {"127.0.0.1", HOST_LIVE}}, "127.0.0.1"},
        {{{"127.0.0.2", HOST_DEAD}, {"127.0.0.1", HOST_LIVE}}, "127.0.0.1"},
        /* Both. */
        {{{"::1", HOST_LIVE}, {"127.0.0.1", HOST_LIVE}}, "::1"},
        {{{"127.0.0.1", HOST_LIVE}, {"::1", HOST_LIVE}}, "127.0.0.1"},
        {{{"::1", HOST_LIVE}, {"127.0.0.1", HOST_DEAD}}, "::1"},
        {{{"::1", HOST_REFUSES}, {"127.0.0.1", HOST_LIVE}}, "127.0.0.1"},
        {{{"::1", HOST_DEAD}, {"127.0.0.1", HOST_LIVE}}, "127.0.0.1"},
        {{{"127.0.0.1", HOST_DEAD}, {"::1", HOST_LIVE}}, "::1"},
        {{{"127.0.0.1", HOST_REFUSES}, {"::1", HOST_LIVE}}, "::1"},
        /* The other family comes second, wherever the resolver had it. */
        {{{"127.0.0.2", HOST_REFUSES}, {"127.0.0.1", HOST_LIVE}, {"::1", HOST_LIVE}}, "::1"},
        /* Several in vain. */
        {{{"::1", HOST_DEAD},
          {"127.0.0.1", HOST_REFUSES},
          {"127.0.0.2", HOST_DEAD},
          {"127.0.0.3", HOST_REFUSES},
          {"127.0.0.4", HOST_LIVE}},
         "127.0.0.4"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct race race;

        if (!are_possible(rows[i].hosts)) {
            continue;
        }
        start(&race, driver, rows[i].hosts);
        is_connected_to(&race, rows[i].winner);
        /* A stream is left, and nothing else. */
        expect_descriptors(&race, race.own + 1);
        cr_assert_eq(
            driver->send(race.io, race.socket, &(meeple_bytes){(const uint8_t *)"x", 1}, 1), 1);
        stop(&race);
    }
}

EACH_DRIVER(io_race, when_all_fail_the_most_telling_failure_is_told)
{
    static const struct {
        const char *addresses;
        int error;
        const char *text; /* behind "could not connect to name port 123: " */
    } rows[] = {
        {"127.0.0.1", ECONNREFUSED, "Connection refused (tried 127.0.0.1)"},
        {"::1", ECONNREFUSED, "Connection refused (tried ::1)"},
        {"::1 127.0.0.1", ECONNREFUSED, "Connection refused (tried ::1 and 127.0.0.1)"},
        {"127.0.0.1 127.0.0.2 ::1 127.0.0.3", ECONNREFUSED,
         "Connection refused (tried 127.0.0.1, ::1 and 2 more)"},
        /* No way to one of them (255.255.255.255 is nobody's) is not the reason. */
        {"255.255.255.255 127.0.0.1", ECONNREFUSED,
         "Connection refused (tried 255.255.255.255 and 127.0.0.1)"},
        {"127.0.0.1 255.255.255.255", ECONNREFUSED,
         "Connection refused (tried 127.0.0.1 and 255.255.255.255)"},
    };
    static const struct host taken[HOSTS_MAX] = {
        {"127.0.0.1", HOST_REFUSES}, {"127.0.0.2", HOST_REFUSES}, {"127.0.0.3", HOST_REFUSES}};

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct race race = {.driver = driver};
        meeple_io_event event;
        char want[200];

        if (strstr(rows[i].addresses, "::1") && !hosts_have_ipv6()) {
            continue;
        }
        counting_mem_init(&race.mem);
        cr_assert(hosts_open(&race.hosts, taken, 0));
        fake_name_count = 0;
        fake_name("name", rows[i].addresses);
        open_io(&race);
        cr_assert_eq(begin(&race), 0);
        event = answer(&race);
        cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
        cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
        cr_assert_eq(event.fault.number, rows[i].error);
        snprintf(want, sizeof want, "could not connect to name port %u: %s",
                 (unsigned)race.hosts.port, rows[i].text);
        cr_assert_str_eq(event.fault.text, want);
        stop(&race);
    }
}

static const struct host all_dead[HOSTS_MAX] = {
    {"127.0.0.2", HOST_DEAD}, {"127.0.0.3", HOST_DEAD}, {"127.0.0.4", HOST_DEAD}};

EACH_DRIVER(io_race, dead_addresses_are_waited_for_asleep_and_together)
{
    struct race race;
    meeple_io_event event;
    struct timespec before, after;
    int64_t spent_us;

    start(&race, driver, all_dead);
    cr_assert_eq(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before), 0);
    cr_assert_eq(driver->next(race.io, &event, WHOLE_RACE_MS), 0);
    cr_assert_eq(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after), 0);
    spent_us = (after.tv_sec - before.tv_sec) * 1000000 + (after.tv_nsec - before.tv_nsec) / 1000;
    cr_assert_lt(spent_us, WHOLE_RACE_MS * 1000 / 2, "it was busy");
    /* The three, and what the lookup reads from. */
    expect_descriptors(&race, race.own + 4);
    /* One of them comes back to life. */
    cr_assert_geq(hosts_accept(&race.hosts, 1), 0);
    cr_assert_eq(answer(&race).type, MEEPLE_IO_CONNECTED);
    driver->free(race.io);
    hosts_close(&race.hosts);
}

EACH_DRIVER(io_race, a_race_goes_on_between_calls_that_do_not_wait)
{
    static const struct host hosts[HOSTS_MAX] = {{"127.0.0.2", HOST_DEAD},
                                                 {"127.0.0.1", HOST_LIVE}};
    struct race race;
    meeple_io_event event = {0};
    int rc = 0;

    start(&race, driver, hosts);
    for (int turn = 0; rc == 0 && turn < PATIENCE_MS; turn++) {
        poll(NULL, 0, 1);
        rc = driver->next(race.io, &event, 0);
    }
    cr_assert_eq(rc, 1);
    cr_assert_eq(event.type, MEEPLE_IO_CONNECTED);
    stop(&race);
}

EACH_POLLABLE_DRIVER(io_race, a_race_goes_on_in_somebody_elses_loop)
{
    static const struct host hosts[HOSTS_MAX] = {
        {"127.0.0.2", HOST_DEAD}, {"127.0.0.3", HOST_DEAD}, {"127.0.0.1", HOST_LIVE}};
    struct race race;
    meeple_io_event event = {0};
    int rc = 0;

    start(&race, driver, hosts);
    for (int turn = 0; rc == 0 && turn < PATIENCE_MS; turn++) {
        struct pollfd polled = {.fd = driver->pollable(race.io), .events = POLLIN};
        uint64_t now_ms = driver->now_ms(race.io), due_ms = driver->due_ms(race.io);
        uint64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
        int wait_ms = left_ms < PATIENCE_MS ? (int)left_ms : PATIENCE_MS;

        cr_assert(poll(&polled, 1, wait_ms) == 1 || due_ms != UINT64_MAX,
                  "nothing said that the next address is due");
        rc = driver->next(race.io, &event, 0);
    }
    cr_assert_eq(rc, 1);
    cr_assert_eq(event.type, MEEPLE_IO_CONNECTED);
    stop(&race);
}

EACH_DRIVER(io_race, several_races_do_not_mix)
{
    static const struct host hosts[HOSTS_MAX] = {
        {"127.0.0.2", HOST_DEAD}, {"127.0.0.3", HOST_DEAD}, {"127.0.0.1", HOST_LIVE}};
    struct race race;
    meeple_socket *others[9];
    meeple_io_event event;
    bool seen[MEEPLE_COUNT(others) + 1] = {false};

    start(&race, driver, hosts);
    for (size_t i = 0; i < MEEPLE_COUNT(others); i++) {
        /* Their times are not the same. */
        cr_assert_eq(driver->next(race.io, &event, LOOK_MS), 0);
        cr_assert_eq(driver->connect(race.io, "name", race.hosts.port, &others[i], &others[i]), 0);
    }
    driver->close(race.io, others[4]);
    seen[4] = true;
    for (size_t i = 0; i < MEEPLE_COUNT(others); i++) {
        size_t which;

        cr_assert_eq(driver->next(race.io, &event, PATIENCE_MS), 1);
        cr_assert_eq(event.type, MEEPLE_IO_CONNECTED, "%s", event.fault.text);
        which = event.user == &race ? MEEPLE_COUNT(others)
                                    : (size_t)((meeple_socket **)event.user - others);
        cr_assert_not(seen[which]);
        seen[which] = true;
        cr_assert_eq(event.socket, event.user == &race ? race.socket : others[which]);
    }
    stop(&race);
}

/* Closed alone, or with its io, at any time of the race. */
EACH_DRIVER(io_race, a_race_may_be_given_up_at_any_time)
{
    /* With the lookup, the first, the second and the third under way. */
    static const int moments_ms[] = {0, LOOK_MS, MEEPLE__RACE_DELAY_MS + LOOK_MS, WHOLE_RACE_MS};

    for (size_t i = 0; i < 2 * MEEPLE_COUNT(moments_ms); i++) {
        struct race race;
        meeple_io_event event;

        start(&race, driver, all_dead);
        cr_assert_eq(driver->next(race.io, &event, moments_ms[i / 2]), 0);
        if (i % 2 == 0) {
            driver->close(race.io, race.socket);
            cr_assert_eq(driver->next(race.io, &event, 0), 0);
        }
        stop(&race);
    }
}

enum {
    CROWD = 12,
    STEPS = 150
};

/* One that may be there or not, at any stage of its race. */
struct member {
    meeple_socket *socket; /* NULL: not there */
    bool told;             /* CONNECTED or BROKEN */
};

static void expect_own_event(struct member crowd[CROWD], const meeple_io_event *event)
{
    struct member *member = event->user;

    cr_assert(member >= crowd && member < crowd + CROWD);
    cr_assert_eq(event->socket, member->socket);
    cr_assert(event->type == MEEPLE_IO_CONNECTED || event->type == MEEPLE_IO_BROKEN);
    cr_assert_not(member->told);
    member->told = true;
}

EACH_DRIVER(io_race, a_crowd_that_comes_and_goes_leaves_nothing_behind)
{
    static const struct host hosts[HOSTS_MAX] = {{"127.0.0.1", HOST_LIVE},
                                                 {"127.0.0.2", HOST_DEAD},
                                                 {"127.0.0.3", HOST_REFUSES},
                                                 {"127.0.0.4", HOST_DEAD}};
    static const char *const names[] = {"127.0.0.1",
                                        "127.0.0.2 127.0.0.1",
                                        "127.0.0.3 127.0.0.2 127.0.0.1",
                                        "127.0.0.3 127.0.0.3",
                                        "127.0.0.4 127.0.0.3 127.0.0.2",
                                        "127.0.0.2 127.0.0.4 127.0.0.3 127.0.0.1"};
    static const char *const called[] = {"a", "b", "c", "d", "e", "f"};

    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct race race = {.driver = driver};
        struct prng random = {seed};
        struct member crowd[CROWD] = {{0}};

        counting_mem_init(&race.mem);
        open_hosts(&race, hosts);
        for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
            fake_name(called[i], names[i]);
        }
        open_io(&race);
        for (int step = 0; step < STEPS; step++) {
            struct member *member = &crowd[prng_below(&random, CROWD)];
            meeple_io_event event;

            if (member->socket && prng_below(&random, 3) == 0) {
                driver->close(race.io, member->socket);
                *member = (struct member){0};
            } else if (!member->socket) {
                cr_assert_eq(driver->connect(race.io,
                                             called[prng_below(&random, MEEPLE_COUNT(called))],
                                             race.hosts.port, member, &member->socket),
                             0);
            }
            if (driver->next(race.io, &event, (int)prng_below(&random, 20)) == 1) {
                expect_own_event(crowd, &event);
            }
        }
        stop(&race);
    }
}

EACH_DRIVER(io_race, a_lost_race_may_be_closed_at_once_or_never)
{
    static const struct host hosts[HOSTS_MAX] = {{"127.0.0.2", HOST_REFUSES},
                                                 {"127.0.0.3", HOST_REFUSES}};

    for (int close_it = 0; close_it < 2; close_it++) {
        struct race race;
        meeple_io_event event;

        start(&race, driver, hosts);
        cr_assert_eq(answer(&race).type, MEEPLE_IO_BROKEN);
        if (close_it) {
            driver->close(race.io, race.socket);
        }
        cr_assert_eq(driver->next(race.io, &event, LOOK_MS), 0);
        stop(&race);
    }
}

/* ---- what the system does not give ---- */

/* Until the answer lies there: next() then tries the first address at once, however busy the
 * machine is. */
static void look_up(const struct race *race)
{
    expect_descriptors(race, race->own + 1);
}

/* No new descriptor from here on, while the first address is under way and the lookup is over. */
static struct rlimit no_descriptors(struct race *race)
{
    struct rlimit before, limit;
    int highest = -1;

    expect_descriptors(race, race->own + 2);
    /* No number is free below that socket's; the last one here is the limit. */
    for (int i = 0; i < FILLING; i++) {
        highest = dup(0);
        cr_assert_geq(highest, 0);
    }
    close(highest);
    race->descriptors += FILLING - 1;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = (rlim_t)highest;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

static const struct host dead_then_live[HOSTS_MAX] = {{"127.0.0.2", HOST_DEAD},
                                                      {"127.0.0.1", HOST_LIVE}};

EACH_DRIVER(io_race, an_address_without_a_descriptor_is_tried_again_later)
{
    struct race race;
    struct rlimit before;
    meeple_io_event event;

    start(&race, driver, dead_then_live);
    look_up(&race);
    cr_assert_eq(driver->next(race.io, &event, LOOK_MS), 0);
    before = no_descriptors(&race);
    cr_assert_eq(driver->next(race.io, &event, WHOLE_RACE_MS), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    is_connected_to(&race, "127.0.0.1");
    stop(&race);
}

EACH_DRIVER(io_race, an_address_gets_the_descriptor_of_one_that_failed)
{
    struct race race;
    struct rlimit before;
    meeple_io_event event;
    int taken[2];

    start(&race, driver, dead_then_live);
    look_up(&race);
    cr_assert_eq(driver->next(race.io, &event, LOOK_MS), 0);
    before = no_descriptors(&race);
    cr_assert_eq(driver->next(race.io, &event, WHOLE_RACE_MS), 0);
    /* The dead one now refuses, when the system asks it next. */
    hosts_close_one(&race.hosts, 0);
    taken[0] = dup(0);
    taken[1] = dup(0);
    is_connected_to(&race, "127.0.0.1");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    close(taken[0]);
    close(taken[1]);
    driver->free(race.io);
    hosts_close(&race.hosts);
}

/* Everything that connects or fails in one race; enough for each way out of each function. */
static const struct host weather[HOSTS_MAX] = {{"127.0.0.2", HOST_REFUSES},
                                               {"127.0.0.3", HOST_DEAD},
                                               {"127.0.0.4", HOST_REFUSES},
                                               {"127.0.0.1", HOST_LIVE}};

static void ends_well_or_is_told(struct race *race, int rc)
{
    if (rc == 0) {
        meeple_io_event event = answer(race);

        cr_assert(event.type == MEEPLE_IO_CONNECTED || event.type == MEEPLE_IO_BROKEN);
        cr_assert(event.type == MEEPLE_IO_CONNECTED || event.fault.number != 0);
        cr_assert(event.type == MEEPLE_IO_CONNECTED || strlen(event.fault.text) > 20);
    } else {
        cr_assert_eq(rc, MEEPLE_ENOMEM);
        cr_assert_null(race->socket);
    }
}

EACH_DRIVER(io_race, every_allocation_fails_once)
{
    bool failed = true;

    for (size_t n = 1; failed; n++) {
        struct race race = {.driver = driver};
        size_t before;

        counting_mem_init(&race.mem);
        open_hosts(&race, weather);
        open_io(&race);
        before = race.mem.calls;
        counting_mem_fail(&race.mem, n);
        ends_well_or_is_told(&race, begin(&race));
        failed = race.mem.calls - before >= n;
        stop(&race);
    }
}

EACH_DRIVER(io_race, every_system_call_fails_once)
{
    static const int errors[] = {ENOMEM, EMFILE, EPERM, ETIMEDOUT};
    static const struct host hosts[HOSTS_MAX] = {
        {"127.0.0.2", HOST_REFUSES}, {"127.0.0.3", HOST_LIVE}, {"127.0.0.1", HOST_LIVE}};

    for (size_t i = 0; i < MEEPLE_COUNT(errors); i++) {
        for (int n = 1; fail_in == 0; n++) {
            struct race race = {.driver = driver};

            counting_mem_init(&race.mem);
            open_hosts(&race, hosts);
            open_io(&race);
            fail_error = errors[i];
            fail_in = n;
            ends_well_or_is_told(&race, begin(&race));
            stop(&race);
        }
        fail_in = 0;
    }
}

/* With one address there is nobody else to run on: the sentence says what was missing. */
EACH_DRIVER(io_race, a_failed_call_is_told_in_words)
{
    /* socket(), connect(), getsockopt(); epoll is told of the one that runs and of the stream. */
    for (int n = 1; n <= (driver == meeple_io_epoll() ? 5 : 3); n++) {
        struct race race = {.driver = driver};
        meeple_io_event event;
        char want[100];

        counting_mem_init(&race.mem);
        open_hosts(&race, (const struct host[HOSTS_MAX]){{"127.0.0.1", HOST_LIVE}});
        open_io(&race);
        fail_error = ENOMEM;
        fail_in = n;
        cr_assert_eq(driver->connect(race.io, "127.0.0.1", race.hosts.port, &race, &race.socket),
                     0);
        event = answer(&race);
        cr_assert_eq(event.type, MEEPLE_IO_BROKEN, "call %d", n);
        cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
        cr_assert_eq(event.fault.number, ENOMEM);
        snprintf(want, sizeof want,
                 "could not connect to 127.0.0.1 port %u: Cannot allocate memory",
                 (unsigned)race.hosts.port);
        cr_assert_str_eq(event.fault.text, want);
        cr_assert_eq(fail_in, 0);
        cr_assert_eq(race.socket->fd, -1);
        stop(&race);
    }
}
