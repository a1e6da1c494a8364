/* block: bytes on their way out: shared by reference count, queued per connection, pooled per net.
 */
#include "core/block.h"
#include "core/mem.h"

/* What is kept for reuse: at most about 64 KiB of small, 256 KiB of middle, 256 KiB of large ones.
 */
static const uint32_t class_cap[MEEPLE__POOL_CLASSES] = {256, 4096, 65536 + 64};
static const uint32_t class_keep[MEEPLE__POOL_CLASSES] = {256, 64, 4};
/* What no trim takes, about 84 KiB: what little traffic needs, however seldom. */
static const uint32_t class_stay[MEEPLE__POOL_CLASSES] = {16, 4, 1};
enum {
    LINKS_KEEP = 1024,
    LINKS_STAY = 64
};

void meeple__pool_init(struct meeple__pool *pool, const meeple_mem *mem)
{
    *pool = (struct meeple__pool){.mem = mem};
}

static struct meeple__block *take_block(struct meeple__pool *pool, unsigned i)
{
    struct meeple__block *block = pool->free[i];

    if (block) {
        pool->free[i] = block->next;
        pool->free_count[i]--;
        if (pool->free_count[i] < pool->free_least[i]) {
            pool->free_least[i] = pool->free_count[i];
        }
    }
    return block;
}

static struct meeple__block_link *take_link(struct meeple__pool *pool)
{
    struct meeple__block_link *link = pool->free_links;

    if (link) {
        pool->free_links = link->next;
        pool->free_link_count--;
        if (pool->free_link_count < pool->free_link_least) {
            pool->free_link_least = pool->free_link_count;
        }
    }
    return link;
}

void meeple__pool_done(struct meeple__pool *pool)
{
    for (unsigned i = 0; i < MEEPLE__POOL_CLASSES; i++) {
        while (pool->free[i]) {
            meeple__free(pool->mem, take_block(pool, i));
        }
    }
    while (pool->free_links) {
        meeple__free(pool->mem, take_link(pool));
    }
    *pool = (struct meeple__pool){0};
}

/* How many of those that are free nobody missed, and may go. */
static uint32_t unused(uint32_t count, uint32_t least, uint32_t stay)
{
    uint32_t over = count > stay ? count - stay : 0;

    return least < over ? least : over;
}

void meeple__pool_trim(struct meeple__pool *pool)
{
    uint32_t links = unused(pool->free_link_count, pool->free_link_least, LINKS_STAY);

    for (unsigned i = 0; i < MEEPLE__POOL_CLASSES; i++) {
        uint32_t blocks = unused(pool->free_count[i], pool->free_least[i], class_stay[i]);

        for (; blocks > 0; blocks--) {
            meeple__free(pool->mem, take_block(pool, i));
        }
        pool->free_least[i] = pool->free_count[i];
    }
    for (; links > 0; links--) {
        meeple__free(pool->mem, take_link(pool));
    }
    pool->free_link_least = pool->free_link_count;
}

bool meeple__pool_swollen(const struct meeple__pool *pool)
{
    bool swollen = pool->free_link_count > LINKS_STAY;

    for (unsigned i = 0; i < MEEPLE__POOL_CLASSES; i++) {
        swollen = swollen || pool->free_count[i] > class_stay[i];
    }
    return swollen;
}

/* MEEPLE__POOL_CLASSES: too large for any. */
static unsigned class_of(size_t cap)
{
    unsigned i = 0;

    while (i < MEEPLE__POOL_CLASSES && cap > class_cap[i]) {
        i++;
    }
    return i;
}

struct meeple__block *meeple__block_new(struct meeple__pool *pool, size_t headroom, size_t size)
{
    size_t cap = headroom + size;
    unsigned i = class_of(cap);
    struct meeple__block *block;

    if (size > INT32_MAX || headroom > 4096) {
        return NULL;
    }
    block = i < MEEPLE__POOL_CLASSES ? take_block(pool, i) : NULL;
    if (!block) {
        cap = i < MEEPLE__POOL_CLASSES ? class_cap[i] : cap;
        block = meeple__resize(pool->mem, NULL, sizeof *block + cap);
        if (!block) {
            return NULL;
        }
        block->cap = (uint32_t)cap;
    }
    block->next = NULL;
    block->refs = 1;
    block->start = block->end = (uint32_t)headroom;
    return block;
}

void meeple__block_ref(struct meeple__block *block)
{
    assert(block->refs > 0);
    block->refs++;
}

void meeple__block_unref(struct meeple__pool *pool, struct meeple__block *block)
{
    unsigned i = class_of(block->cap);

    assert(block->refs > 0);
    if (--block->refs > 0) {
        return;
    }
    if (i < MEEPLE__POOL_CLASSES && block->cap == class_cap[i] &&
        pool->free_count[i] < class_keep[i]) {
        block->next = pool->free[i];
        pool->free[i] = block;
        pool->free_count[i]++;
    } else {
        meeple__free(pool->mem, block);
    }
}

void meeple__block_prepend(struct meeple__block *block, meeple_bytes bytes)
{
    assert(bytes.len <= block->start);
    block->start -= (uint32_t)bytes.len;
    memcpy(block->bytes + block->start, bytes.ptr, bytes.len);
}

static struct meeple__block_link *new_link(struct meeple__pool *pool)
{
    struct meeple__block_link *link = take_link(pool);

    return link ? link : meeple__resize(pool->mem, NULL, sizeof *link);
}

static void free_link(struct meeple__pool *pool, struct meeple__block_link *link)
{
    if (pool->free_link_count < LINKS_KEEP) {
        link->next = pool->free_links;
        pool->free_links = link;
        pool->free_link_count++;
    } else {
        meeple__free(pool->mem, link);
    }
}

/* Puts a reference at the end.  MEEPLE_ENOMEM. */
static int link_block(struct meeple__queue *queue, struct meeple__pool *pool,
                      struct meeple__block *block)
{
    struct meeple__block_link *link = new_link(pool);

    if (!link) {
        return MEEPLE_ENOMEM;
    }
    link->block = block;
    link->next = NULL;
    if (queue->last) {
        queue->last->next = link;
    } else {
        queue->first = link;
    }
    queue->last = link;
    return 0;
}

int meeple__queue_add(struct meeple__queue *queue, struct meeple__pool *pool,
                      struct meeple__block *block)
{
    int rc = link_block(queue, pool, block);

    assert(meeple__block_len(block) > 0);
    if (rc == 0) {
        meeple__block_ref(block);
        meeple__queue_grown(queue, meeple__block_len(block));
    }
    return rc;
}

struct meeple__block *meeple__queue_extend(struct meeple__queue *queue, struct meeple__pool *pool,
                                           size_t len)
{
    struct meeple__block *block;

    if (queue->last && queue->last->block->refs == 1 && len < class_cap[1]) {
        /* There is more to say than was thought: few long parts are written faster than many. */
        len = class_cap[1];
    }
    block = meeple__block_new(pool, 0, len);
    if (block && link_block(queue, pool, block) < 0) {
        meeple__block_unref(pool, block);
        block = NULL;
    }
    return block;
}

size_t meeple__queue_parts(const struct meeple__queue *queue, meeple_bytes *parts, size_t most)
{
    const struct meeple__block_link *link = queue->first;
    uint32_t offset = queue->offset;
    size_t count = 0;

    for (; link && count < most; link = link->next, count++) {
        const struct meeple__block *block = link->block;

        parts[count].ptr = block->bytes + block->start + offset;
        parts[count].len = meeple__block_len(block) - offset;
        offset = 0;
    }
    return count;
}

void meeple__queue_sent(struct meeple__queue *queue, struct meeple__pool *pool, size_t len)
{
    assert(len <= queue->bytes);
    queue->bytes -= (uint32_t)len;
    while (len > 0) {
        struct meeple__block_link *link = queue->first;
        size_t left = meeple__block_len(link->block) - queue->offset;

        if (len < left) {
            queue->offset += (uint32_t)len;
            return;
        }
        len -= left;
        queue->offset = 0;
        queue->first = link->next;
        if (!queue->first) {
            queue->last = NULL;
        }
        meeple__block_unref(pool, link->block);
        free_link(pool, link);
    }
}

void meeple__queue_clear(struct meeple__queue *queue, struct meeple__pool *pool)
{
    meeple__queue_sent(queue, pool, queue->bytes);
}
