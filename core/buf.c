/* buf: a growing run of bytes with a ceiling. */
#include "core/buf.h"

#include <assert.h>
#include <string.h>

enum {
    FIRST_CAP = 64
};

static int reserve(struct meeple__buf *buf, const meeple_mem *mem, size_t need, size_t ceiling)
{
    size_t cap = buf->cap ? buf->cap : FIRST_CAP;
    uint8_t *ptr;

    while (cap < need) {
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    }
    if (cap > ceiling) {
        cap = ceiling;
    }
    ptr = meeple__resize(mem, buf->ptr, cap);
    if (!ptr) {
        return MEEPLE_ENOMEM;
    }
    buf->ptr = ptr;
    buf->cap = cap;
    return 0;
}

int meeple__buf_add(struct meeple__buf *buf, const meeple_mem *mem, meeple_bytes bytes,
                    size_t ceiling)
{
    assert(buf->len <= buf->cap);
    if (buf->len > ceiling || bytes.len > ceiling - buf->len) {
        return MEEPLE_ETOOBIG;
    }
    if (bytes.len == 0) {
        return 0;
    }
    if (bytes.len > buf->cap - buf->len) {
        int rc = reserve(buf, mem, buf->len + bytes.len, ceiling);

        if (rc < 0) {
            return rc;
        }
    }
    memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
    buf->len += bytes.len;
    return 0;
}

void meeple__buf_drop(struct meeple__buf *buf, size_t len)
{
    assert(len <= buf->len);
    buf->len -= len;
    if (buf->len > 0 && len > 0) {
        memmove(buf->ptr, buf->ptr + len, buf->len);
    }
}

void meeple__buf_clear(struct meeple__buf *buf)
{
    buf->len = 0;
}
