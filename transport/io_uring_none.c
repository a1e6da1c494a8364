/* io_uring_none: in place of io_uring where there is none, or no liburing to build with. */
#include <meeple/io.h>

const meeple_io_driver *meeple_io_uring(void)
{
    return NULL;
}
