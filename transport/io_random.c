/* io_random: cryptographic randomness, drawn from the system a handful at a time. */
#define _DEFAULT_SOURCE /* getentropy(), explicit_bzero() */
#include "transport/io_random.h"

#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* More than the pool holds: straight from the system. */
static int fill_long(uint8_t *dst, size_t len)
{
    for (size_t done = 0; done < len; done += MEEPLE__RANDOM_POOL) {
        size_t some = len - done < MEEPLE__RANDOM_POOL ? len - done : MEEPLE__RANDOM_POOL;

        if (getentropy(dst + done, some) < 0) {
            explicit_bzero(dst, done);
            return MEEPLE_EIO;
        }
    }
    return 0;
}

int meeple__random_fill(struct meeple__random *random, void *dst, size_t len)
{
    if (len == 0) {
        return 0;
    }
    if (len > sizeof random->pool) {
        return fill_long(dst, len);
    }
    if (random->left < len) {
        if (getentropy(random->pool, sizeof random->pool) < 0) {
            return MEEPLE_EIO;
        }
        random->left = sizeof random->pool;
    }
    random->left -= len;
    memcpy(dst, random->pool + random->left, len);
    explicit_bzero(random->pool + random->left, len);
    return 0;
}

void meeple__random_done(struct meeple__random *random)
{
    explicit_bzero(random, sizeof *random);
}
