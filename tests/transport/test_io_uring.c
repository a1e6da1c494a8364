/* test_io_uring: the driver where the kernel has an io_uring for us, and where it has none. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <meeple/io.h>

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "tests/support/counting_mem.h"

/* ---- the kernel's refusal, in the place where liburing reports it ---- */

struct io_uring;
struct io_uring_params;
typedef int init_params(unsigned entries, struct io_uring *ring, struct io_uring_params *params);
init_params io_uring_queue_init_params;

static int refusal; /* errno; 0: as the kernel likes */

int io_uring_queue_init_params(unsigned entries, struct io_uring *ring,
                               struct io_uring_params *params)
{
    union {
        void *symbol;
        init_params *call;
    } real = {.symbol = dlsym(RTLD_NEXT, __func__)};

    cr_assert(real.symbol);
    return refusal != 0 ? -refusal : real.call(entries, ring, params);
}

struct said {
    meeple_log log;
    unsigned count;
    meeple_log_level level;
    char text[200];
};

static void say(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    struct said *said = ctx;

    cr_assert_str_eq(area, "io");
    said->count++;
    said->level = level;
    strncpy(said->text, text, sizeof said->text - 1);
}

static void skip_without(const meeple_io_driver *driver)
{
    if (!driver) {
        cr_skip("this library has no io_uring");
    }
    cr_assert_str_eq(driver->name, "uring");
}

/* A stream to itself, and a byte through it. */
static void works(const meeple_io_driver *driver, meeple_io *io)
{
    meeple_socket *listener, *socket;
    bool accepted = false, connected = false, received = false;

    cr_assert_eq(driver->listen(io, "127.0.0.1", 0, false, NULL, &listener), 0);
    cr_assert_eq(driver->connect(io, "127.0.0.1", driver->port(io, listener), NULL, &socket), 0);
    while (!accepted || !connected || !received) {
        meeple_io_event event = {0};

        cr_assert_eq(driver->next(io, &event, 5000), 1);
        accepted |= event.type == MEEPLE_IO_ACCEPTED;
        received |= event.type == MEEPLE_IO_RECEIVED;
        if (event.type == MEEPLE_IO_CONNECTED) {
            connected = true;
            driver->send(io, socket, &(meeple_bytes){(const uint8_t *)"x", 1}, 1);
        }
    }
    driver->wake(io);
}

Test(io_uring, where_the_kernel_refuses_it_is_epoll_and_says_so_once)
{
    static const struct {
        int error;
        const char *text;
    } rows[] = {
        {ENOSYS, "no io_uring here (Function not implemented): it will be epoll"},
        {EPERM, "no io_uring here (Operation not permitted): it will be epoll"},
        {EINVAL, "no io_uring here (Invalid argument): it will be epoll"},
        {ENOMEM, "no io_uring here (Cannot allocate memory): it will be epoll"},
    };
    const meeple_io_driver *driver = meeple_io_uring();

    skip_without(driver);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct said said = {.log = {.write = say, .level = MEEPLE_LOG_INFO}};
        struct counting_mem mem;
        meeple_io *io = NULL;

        said.log.ctx = &said;
        counting_mem_init(&mem);
        refusal = rows[i].error;
        cr_assert_eq(driver->open(driver, &mem.mem, &said.log, &io), 0);
        refusal = 0;
        works(driver, io);
        driver->free(io);
        cr_expect_eq(said.count, 1);
        cr_expect_eq(said.level, MEEPLE_LOG_INFO);
        cr_expect_str_eq(said.text, rows[i].text);
        cr_expect_eq(mem.live, 0);
    }
}

Test(io_uring, where_the_kernel_has_it_nothing_is_said)
{
    const meeple_io_driver *driver = meeple_io_uring();
    struct said said = {.log = {.write = say, .level = MEEPLE_LOG_DEBUG}};
    meeple_io *io = NULL;

    skip_without(driver);
    said.log.ctx = &said;
    cr_assert_eq(driver->open(driver, NULL, &said.log, &io), 0);
    if (said.count > 0) {
        driver->free(io);
        cr_skip("%s", said.text);
    }
    works(driver, io);
    driver->free(io);
    cr_expect_eq(said.count, 0);
}
