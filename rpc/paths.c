/* paths: what a peer of Godot 3 and we call the paths of objects towards each other: two caches. */
#include "rpc/paths.h"

#include <assert.h>
#include <string.h>

#include "core/list.h"
#include "core/mem.h"
#include "rpc/command.h"

enum {
    FIRST_TOLD = 4
};

#define CONFIRMED UINT64_C(1)

static struct meeple__heard_path *heard_of(struct meeple__map_link *link)
{
    return MEEPLE__CONTAINER(link, struct meeple__heard_path, by_id);
}

static void drop(struct meeple__paths *paths, const meeple_mem *mem,
                 struct meeple__heard_path *heard)
{
    meeple__map_remove(&paths->heard, &heard->by_id);
    paths->heard_bytes -= heard->len;
    meeple__free(mem, heard);
}

void meeple__paths_done(struct meeple__paths *paths, const meeple_mem *mem)
{
    for (uint32_t i = 0; i < paths->heard.slot_count; i++) {
        while (paths->heard.slots[i]) {
            drop(paths, mem, heard_of(paths->heard.slots[i]));
        }
    }
    meeple__map_done(&paths->heard, mem);
    meeple__free(mem, paths->told);
    *paths = (struct meeple__paths){0};
}

struct meeple__heard_path *meeple__paths_heard(const struct meeple__paths *paths, uint32_t id)
{
    struct meeple__map_link *link = meeple__map_find(&paths->heard, meeple__hash_u32(id));

    while (link && heard_of(link)->id != id) {
        link = meeple__map_again(link);
    }
    return link ? heard_of(link) : NULL;
}

void meeple__paths_unhear(struct meeple__paths *paths, const meeple_mem *mem, uint32_t id)
{
    struct meeple__heard_path *heard = meeple__paths_heard(paths, id);

    if (heard) {
        drop(paths, mem, heard);
    }
}

int meeple__paths_hear(struct meeple__paths *paths, const meeple_mem *mem, uint32_t id,
                       meeple_bytes path, uint32_t heard_max)
{
    struct meeple__heard_path *heard;

    assert(path.len <= MEEPLE__NAME_MAX);
    meeple__paths_unhear(paths, mem, id);
    if (paths->heard.count >= heard_max || paths->heard_bytes + path.len > MEEPLE__PATH_BYTES_MAX) {
        return MEEPLE_ETOOBIG;
    }
    heard = meeple__alloc(mem, sizeof *heard + path.len + 1);
    if (!heard) {
        return MEEPLE_ENOMEM;
    }
    heard->id = id;
    heard->len = (uint8_t)path.len;
    if (path.len > 0) {
        memcpy(heard->path, path.ptr, path.len);
    }
    heard->hash = meeple__hash_bytes(heard->path, path.len);
    if (meeple__map_put(&paths->heard, mem, &heard->by_id, meeple__hash_u32(id)) < 0) {
        meeple__free(mem, heard);
        return MEEPLE_ENOMEM;
    }
    paths->heard_bytes += path.len;
    return 0;
}

enum meeple__told_path meeple__paths_told(const struct meeple__paths *paths, uint32_t number,
                                          uint64_t sequence)
{
    uint64_t told = number < paths->told_cap ? paths->told[number] : 0;

    if (told == 0 || told >> 1 != sequence) {
        return MEEPLE__PATH_UNTOLD;
    }
    return told & CONFIRMED ? MEEPLE__PATH_CONFIRMED : MEEPLE__PATH_TOLD;
}

static int reserve(struct meeple__paths *paths, const meeple_mem *mem, uint32_t number)
{
    uint32_t cap = paths->told_cap ? paths->told_cap : FIRST_TOLD;
    uint64_t *told;

    assert(number < UINT32_C(1) << 31);
    while (cap <= number) {
        cap *= 2;
    }
    if (cap == paths->told_cap) {
        return 0;
    }
    told = meeple__resize(mem, paths->told, (size_t)cap * sizeof *told);
    if (!told) {
        return MEEPLE_ENOMEM;
    }
    memset(told + paths->told_cap, 0, (size_t)(cap - paths->told_cap) * sizeof *told);
    paths->told = told;
    paths->told_cap = cap;
    return 0;
}

int meeple__paths_tell(struct meeple__paths *paths, const meeple_mem *mem, uint32_t number,
                       uint64_t sequence)
{
    int rc = reserve(paths, mem, number);

    assert(sequence > 0 && sequence < UINT64_C(1) << 63);
    if (rc == 0) {
        paths->told[number] = sequence << 1;
    }
    return rc;
}

void meeple__paths_untell(struct meeple__paths *paths, uint32_t number)
{
    if (number < paths->told_cap) {
        paths->told[number] = 0;
    }
}

bool meeple__paths_confirm(struct meeple__paths *paths, uint32_t number, uint64_t sequence)
{
    if (meeple__paths_told(paths, number, sequence) == MEEPLE__PATH_UNTOLD) {
        return false;
    }
    paths->told[number] |= CONFIRMED;
    return true;
}
