/* test_io_connect: names with several addresses, slow names: getaddrinfo() is a fake here. */
#include <meeple/io.h>

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "transport/resolver.h"

/* "slow" is answered when somebody posts it.  Global, for the lookup's thread to see. */
static sem_t slow;

struct found {
    struct addrinfo info;
    struct sockaddr_in address;
};

static struct addrinfo *found_new(const char *text, const char *service, struct addrinfo *next)
{
    struct found *found = calloc(1, sizeof *found);

    if (!found) {
        abort();
    }
    found->address.sin_family = AF_INET;
    found->address.sin_port = htons((uint16_t)atoi(service));
    inet_pton(AF_INET, text, &found->address.sin_addr);
    found->info.ai_family = AF_INET;
    found->info.ai_socktype = SOCK_STREAM;
    found->info.ai_addr = (struct sockaddr *)&found->address;
    found->info.ai_addrlen = sizeof found->address;
    found->info.ai_next = next;
    return &found->info;
}

/* In place of the C library's. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    struct in_addr unused;

    if (hints->ai_flags & AI_NUMERICHOST) {
        if (inet_pton(AF_INET, name, &unused) != 1) {
            return EAI_NONAME;
        }
        *out = found_new(name, service, NULL);
    } else if (strcmp(name, "two") == 0) {
        *out = found_new("127.0.0.2", service, found_new("127.0.0.1", service, NULL));
    } else if (strcmp(name, "bad") == 0) {
        /* The first fails at once, the second a little later. */
        *out = found_new("255.255.255.255", service, found_new("127.0.0.2", service, NULL));
    } else if (strcmp(name, "strange") == 0) {
        *out = found_new("127.0.0.1", service, NULL);
        (*out)->ai_family = AF_UNIX;
    } else if (strcmp(name, "many") == 0) {
        *out = NULL;
        for (int i = 0; i < 100; i++) {
            *out = found_new("127.0.0.2", service, *out);
        }
    } else if (strcmp(name, "slow") == 0) {
        while (sem_wait(&slow) < 0) {
        }
        *out = found_new("127.0.0.1", service, NULL);
    } else {
        errno = ENETDOWN;
        return EAI_SYSTEM;
    }
    return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;

        free(info);
        info = next;
    }
}

static void setup(void)
{
    cr_assert_eq(sem_init(&slow, 0, 0), 0);
}

TestSuite(io_connect, .init = setup);

struct caller {
    const meeple_io_driver *driver;
    meeple_io *io;
    meeple_socket *listener, *socket;
    uint16_t port;
};

static struct caller caller_new(const meeple_io_driver *driver)
{
    struct caller caller = {.driver = driver};

    cr_assert_eq(driver->open(driver, NULL, NULL, &caller.io), 0);
    cr_assert_eq(driver->listen(caller.io, "127.0.0.1", 0, NULL, &caller.listener), 0);
    caller.port = driver->port(caller.io, caller.listener);
    return caller;
}

static void call(struct caller *caller, const char *name)
{
    cr_assert_eq(
        caller->driver->connect(caller->io, name, caller->port, &caller->socket, &caller->socket),
        0);
}

/* The next event of the socket that was called last. */
static meeple_io_event answer(const struct caller *caller)
{
    meeple_io_event event;

    do {
        cr_assert_eq(caller->driver->next(caller->io, &event, 5000), 1);
    } while (event.user != &caller->socket);
    cr_assert_eq(event.socket, caller->socket);
    return event;
}

#define EACH_DRIVER(driver)                                                                        \
    for (const meeple_io_driver *driver = meeple_io_poll(); driver;                                \
         driver = driver == meeple_io_poll() ? meeple_io_epoll() : NULL)

Test(io_connect, tries_the_next_address_when_one_fails)
{
    EACH_DRIVER(driver)
    {
        struct caller caller = caller_new(driver);
        char address[64];

        call(&caller, "two");
        cr_assert_eq(answer(&caller).type, MEEPLE_IO_CONNECTED);
        driver->address(caller.io, caller.socket, address, sizeof address);
        cr_assert_eq(strncmp(address, "127.0.0.1:", 10), 0);
        driver->free(caller.io);
    }
}

Test(io_connect, tells_the_failure_of_the_last_address)
{
    EACH_DRIVER(driver)
    {
        struct caller caller = caller_new(driver);
        meeple_io_event event;

        call(&caller, "bad");
        event = answer(&caller);
        cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
        cr_assert_eq(event.fault.stage, MEEPLE_STAGE_CONNECT);
        cr_assert_eq(event.fault.number, ECONNREFUSED);
        cr_assert_eq(strncmp(event.fault.text, "could not connect to bad port ", 30), 0);
        driver->free(caller.io);
    }
}

Test(io_connect, says_what_the_system_said_about_a_lookup)
{
    EACH_DRIVER(driver)
    {
        struct caller caller = caller_new(driver);
        meeple_io_event event;

        call(&caller, "down");
        event = answer(&caller);
        cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
        cr_assert_eq(event.fault.stage, MEEPLE_STAGE_RESOLVE);
        cr_assert_eq(event.fault.number, EAI_SYSTEM);
        cr_assert_str_eq(event.fault.text, "no address for down: Network is down");
        driver->free(caller.io);
    }
}

Test(io_connect, a_name_without_internet_addresses_has_none)
{
    EACH_DRIVER(driver)
    {
        struct caller caller = caller_new(driver);
        meeple_io_event event;

        call(&caller, "strange");
        event = answer(&caller);
        cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
        cr_assert_eq(event.fault.number, EAI_NONAME);
        driver->free(caller.io);
    }
}

Test(io_connect, others_go_on_while_a_name_is_looked_up)
{
    EACH_DRIVER(driver)
    {
        struct caller caller = caller_new(driver);
        meeple_socket *before;
        meeple_io_event event;

        call(&caller, "slow");
        before = caller.socket;
        cr_assert_eq(driver->next(caller.io, &event, 20), 0);
        call(&caller, "127.0.0.1");
        cr_assert_eq(answer(&caller).type, MEEPLE_IO_CONNECTED);
        caller.socket = before;
        sem_post(&slow);
        cr_assert_eq(answer(&caller).type, MEEPLE_IO_CONNECTED);
        driver->free(caller.io);
    }
}

Test(io_connect, a_socket_closed_during_its_lookup_is_gone)
{
    EACH_DRIVER(driver)
    {
        struct caller caller = caller_new(driver);
        meeple_io_event event;

        call(&caller, "slow");
        cr_assert_eq(driver->next(caller.io, &event, 0), 0);
        driver->close(caller.io, caller.socket);
        sem_post(&slow);
        cr_assert_eq(driver->next(caller.io, &event, 20), 0);
        /* And an io freed, with the thread still at it. */
        call(&caller, "slow");
        driver->free(caller.io);
        sem_post(&slow);
    }
}

Test(io_connect, a_name_with_very_many_addresses_is_cut)
{
    struct meeple__lookup *lookup;
    const struct meeple__answer *found;

    cr_assert_eq(meeple__lookup_new(&lookup, "many", 80), 0);
    do {
        found = meeple__lookup_answer(lookup);
    } while (!found);
    cr_assert_eq(found->error, 0);
    cr_assert_eq(found->count, MEEPLE__ANSWER_MAX);
    meeple__lookup_free(lookup);
}
