/* block: bytes on their way out: shared by reference count, queued per connection, pooled per net.
 */
#ifndef MEEPLE_CORE_BLOCK_H
#define MEEPLE_CORE_BLOCK_H

#include <meeple/base.h>

#include <assert.h>
#include <string.h>

/* Bytes, some of them written: [start, end).  Room before start is for headers. */
struct meeple__block {
    struct meeple__block *next; /* in the pool */
    uint32_t refs;
    uint32_t cap, start, end;
    uint8_t bytes[];
};

struct meeple__block_link {
    struct meeple__block_link *next;
    struct meeple__block *block;
};

enum {
    MEEPLE__POOL_CLASSES = 3
};

/* Blocks and links that are free, so that the steady state allocates nothing. */
struct meeple__pool {
    const meeple_mem *mem;
    struct meeple__block *free[MEEPLE__POOL_CLASSES];
    uint32_t free_count[MEEPLE__POOL_CLASSES];
    uint32_t free_least[MEEPLE__POOL_CLASSES]; /* since the last trim */
    struct meeple__block_link *free_links;
    uint32_t free_link_count, free_link_least;
};

void meeple__pool_init(struct meeple__pool *pool, const meeple_mem *mem);
/* Every block has been given back. */
void meeple__pool_done(struct meeple__pool *pool);
/* Frees what was not used since the last trim, all but a few: after a peak, to be called now and
 * then. */
void meeple__pool_trim(struct meeple__pool *pool);
/* Whether a trim, this one or the next, may free something. */
bool meeple__pool_swollen(const struct meeple__pool *pool);

/* An empty block with one reference: room for headroom bytes before and size after; NULL when out
 * of memory (or over 2 GiB). */
struct meeple__block *meeple__block_new(struct meeple__pool *pool, size_t headroom, size_t size);
void meeple__block_ref(struct meeple__block *block);
void meeple__block_unref(struct meeple__pool *pool, struct meeple__block *block);
/* The caller has measured. */
static inline void meeple__block_append(struct meeple__block *block, meeple_bytes bytes)
{
    assert(bytes.len <= block->cap - block->end);
    if (bytes.len > 0) {
        memcpy(block->bytes + block->end, bytes.ptr, bytes.len);
        block->end += (uint32_t)bytes.len;
    }
}
void meeple__block_prepend(struct meeple__block *block, meeple_bytes bytes);

static inline size_t meeple__block_len(const struct meeple__block *block)
{
    return block->end - block->start;
}

/* What one connection has to write, in order.  Zeroed is empty. */
struct meeple__queue {
    struct meeple__block_link *first, *last;
    uint32_t offset; /* bytes of the first block that are gone */
    uint32_t bytes;  /* still to go; whoever adds has a ceiling far below what this can say */
};

/* Takes a reference of its own; MEEPLE_ENOMEM. */
int meeple__queue_add(struct meeple__queue *queue, struct meeple__pool *pool,
                      struct meeple__block *block);
/* A new block at the end, with room for len bytes; NULL when out of memory. */
struct meeple__block *meeple__queue_extend(struct meeple__queue *queue, struct meeple__pool *pool,
                                           size_t len);
/* A block at the end that nobody else has, with room for len more bytes, at least one; what is
 * appended to it, and that has to be something, is to be told with meeple__queue_grown().  NULL
 * when out of memory. */
static inline struct meeple__block *meeple__queue_room(struct meeple__queue *queue,
                                                       struct meeple__pool *pool, size_t len)
{
    struct meeple__block *block = queue->last ? queue->last->block : NULL;

    return block && block->refs == 1 && len <= block->cap - block->end
               ? block
               : meeple__queue_extend(queue, pool, len);
}
static inline void meeple__queue_grown(struct meeple__queue *queue, size_t len)
{
    assert(len <= UINT32_MAX - queue->bytes);
    queue->bytes += (uint32_t)len;
}
size_t meeple__queue_parts(const struct meeple__queue *queue, meeple_bytes *parts, size_t most);
/* len bytes are gone. */
void meeple__queue_sent(struct meeple__queue *queue, struct meeple__pool *pool, size_t len);
void meeple__queue_clear(struct meeple__queue *queue, struct meeple__pool *pool);

#endif /* MEEPLE_CORE_BLOCK_H */
