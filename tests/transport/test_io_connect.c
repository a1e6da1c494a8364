/* test_io_connect: names with several addresses, slow names. */
#define _GNU_SOURCE
#include <meeple/io.h>

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/drivers.h"
#include "tests/support/fake_names.h"
#include "transport/resolver.h"

static void setup(void)
{
    cr_assert_eq(sem_init(&fake_slow, 0, 0), 0);
    fake_name("two", "127.0.0.2 127.0.0.1");
    /* The first fails at once, the second a little later. */
    fake_name("bad", "255.255.255.255 127.0.0.2");
}

TestSuite(io_connect, .init = setup);
DRIVER_SUITES(io_connect, .init = setup);

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
    cr_assert_eq(driver->listen(caller.io, "127.0.0.1", 0, false, NULL, &caller.listener), 0);
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

EACH_DRIVER(io_connect, tries_the_next_address_when_one_fails)
{
    struct caller caller = caller_new(driver);
    char address[64];

    call(&caller, "two");
    cr_assert_eq(answer(&caller).type, MEEPLE_IO_CONNECTED);
    driver->address(caller.io, caller.socket, address, sizeof address);
    cr_assert_eq(strncmp(address, "127.0.0.1:", 10), 0);
    driver->free(caller.io);
}

EACH_DRIVER(io_connect, tells_the_failure_that_says_most)
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

EACH_DRIVER(io_connect, says_what_the_system_said_about_a_lookup)
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

EACH_DRIVER(io_connect, a_name_without_internet_addresses_has_none)
{
    struct caller caller = caller_new(driver);
    meeple_io_event event;

    call(&caller, "strange");
    event = answer(&caller);
    cr_assert_eq(event.type, MEEPLE_IO_BROKEN);
    cr_assert_eq(event.fault.number, EAI_NONAME);
    driver->free(caller.io);
}

EACH_DRIVER(io_connect, others_go_on_while_a_name_is_looked_up)
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
    sem_post(&fake_slow);
    cr_assert_eq(answer(&caller).type, MEEPLE_IO_CONNECTED);
    driver->free(caller.io);
}

EACH_DRIVER(io_connect, a_socket_closed_during_its_lookup_is_gone)
{
    struct caller caller = caller_new(driver);
    meeple_io_event event;

    call(&caller, "slow");
    cr_assert_eq(driver->next(caller.io, &event, 0), 0);
    driver->close(caller.io, caller.socket);
    sem_post(&fake_slow);
    cr_assert_eq(driver->next(caller.io, &event, 20), 0);
    /* And an io freed, with the thread still at it. */
    call(&caller, "slow");
    driver->free(caller.io);
    sem_post(&fake_slow);
}

Test(io_connect, a_name_with_very_many_addresses_is_cut)
{
    static const struct {
        const char *addresses, *found; /* the last digit of each */
    } rows[] = {
        {"127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6 127.0.0.7 127.0.0.8 "
         "127.0.0.9 127.0.0.10",
         "12345678"},
        {"::1 ::2 ::3 ::4 ::5 ::6 ::7 ::8 ::9 ::a 127.0.0.1", "123456781"},
        {"127.0.0.1 ::1 127.0.0.2 ::2 127.0.0.3 ::3 127.0.0.4 ::4 127.0.0.5 ::5 127.0.0.6 ::6 "
         "127.0.0.7 ::7 127.0.0.8 ::8 127.0.0.9 ::9",
         "1122334455667788"},
        /* And each counts once. */
        {"127.0.0.1 127.0.0.1 ::1 127.0.0.1 ::1 127.0.0.2", "112"},
    };

    fake_name_count = 1;
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__lookup *lookup;
        const struct meeple__answer *found;
        char digits[MEEPLE__ANSWER_MAX + 1] = "";

        fake_names[0].name = "many";
        fake_names[0].addresses = rows[i].addresses;
        cr_assert_eq(meeple__lookup_new(&lookup, "many", 80), 0);
        do {
            found = meeple__lookup_answer(lookup);
        } while (!found);
        cr_assert_eq(found->error, 0);
        for (size_t n = 0; n < found->count; n++) {
            char host[MEEPLE__HOST_TEXT];

            meeple__address_host(&found->addresses[n], host, sizeof host);
            digits[n] = host[strlen(host) - 1];
        }
        cr_assert_str_eq(digits, rows[i].found, "row %zu: %s", i, digits);
        meeple__lookup_free(lookup);
    }
}
