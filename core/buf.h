/* buf: a growing run of bytes with a ceiling. */
#ifndef MEEPLE_CORE_BUF_H
#define MEEPLE_CORE_BUF_H

#include <meeple/base.h>

#include "core/mem.h"

/*
 * Grows by doubling what is there, never by what somebody declares; the ceiling is given with each
 * addition, because it belongs to the use.  An empty buf owns nothing.
 */
struct meeple__buf {
    uint8_t *ptr;
    size_t len, cap;
};

/* MEEPLE_ETOOBIG above `ceiling` bytes in all, MEEPLE_ENOMEM; the buf is as it was then. */
int meeple__buf_add(struct meeple__buf *buf, const meeple_mem *mem, meeple_bytes bytes,
                    size_t ceiling);
/* Drops the first len bytes. */
void meeple__buf_drop(struct meeple__buf *buf, size_t len);
/* Empty again, the memory kept. */
void meeple__buf_clear(struct meeple__buf *buf);
/* Empty again, owning nothing. */
static inline void meeple__buf_done(struct meeple__buf *buf, const meeple_mem *mem)
{
    if (buf->ptr) {
        meeple__free(mem, buf->ptr);
        *buf = (struct meeple__buf){0};
    }
}

#endif /* MEEPLE_CORE_BUF_H */
