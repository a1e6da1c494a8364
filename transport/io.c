/* io: which driver is the system's best. */
#include <meeple/io.h>

const meeple_io_driver *meeple_io_system(void)
{
    const meeple_io_driver *epoll = meeple_io_epoll();

    return epoll ? epoll : meeple_io_poll();
}
