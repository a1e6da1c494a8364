/* watch: which spawned objects a flush has to look at: those that were named, and those that are
 * compared each time. */
#include "rpc/watch.h"

#include <string.h>

#include "core/mem.h"
#include "rpc/object.h"
#include "rpc/state.h"

enum {
    FIRST_ROOM = 16
};

void meeple__watch_init(struct meeple__watch *watch)
{
    *watch = (struct meeple__watch){0};
    meeple__list_init(&watch->named);
}

void meeple__watch_done(struct meeple__watch *watch, const meeple_mem *mem)
{
    meeple__free(mem, watch->rows);
    meeple__watch_init(watch);
}

int meeple__watch_reserve(struct meeple__watch *watch, const meeple_mem *mem, size_t objects)
{
    size_t cap = watch->cap ? watch->cap : FIRST_ROOM;
    struct meeple__watched *rows;

    while (cap < objects) {
        cap *= 2;
    }
    if (cap == watch->cap) {
        return 0;
    }
    rows = meeple__resize(mem, watch->rows, cap * sizeof *rows);
    if (!rows) {
        return MEEPLE_ENOMEM;
    }
    watch->rows = rows;
    watch->cap = (uint32_t)cap;
    return 0;
}

void meeple__watch_name(struct meeple__watch *watch, struct meeple__replica *replica)
{
    if (meeple__list_empty(&replica->named)) {
        meeple__list_append(&watch->named, &replica->named);
    }
}

static void put(struct meeple__watch *watch, uint32_t at, struct meeple__watched row)
{
    watch->rows[at] = row;
    row.replica->row = at;
}

static void close_holes(struct meeple__watch *watch)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < watch->count; i++) {
        if (watch->rows[i].replica) {
            put(watch, count++, watch->rows[i]);
        }
    }
    watch->count = count;
    watch->holes = 0;
}

/* Where all that is compared is in one run, nothing else has to be looked at. */
static struct meeple__watched row_of(struct meeple__replica *replica)
{
    const struct meeple__layout *layout = replica->layout;
    const struct meeple__run *run = meeple__layout_only_run(layout);
    struct meeple__watched row = {.replica = replica};

    if (run) {
        row.self = (const uint8_t *)replica->object->self + run->offset;
        row.shadow = replica->shadow + run->offset;
        row.mask = run->solid ? NULL : layout->mask + run->offset;
        row.size = run->len;
    }
    return row;
}

/* Most are the newest; what was handed back to us is not. */
static void insert(struct meeple__watch *watch, struct meeple__replica *replica)
{
    uint32_t at;

    if (watch->holes > 0) {
        close_holes(watch);
    }
    assert(watch->count < watch->cap);
    for (at = watch->count++; at > 0; at--) {
        const struct meeple__watched *before = &watch->rows[at - 1];

        if (before->replica->object->sequence < replica->object->sequence) {
            break;
        }
        put(watch, at, *before);
    }
    put(watch, at, row_of(replica));
}

void meeple__watch_compare(struct meeple__watch *watch, struct meeple__replica *replica,
                           bool compare)
{
    if (compare && !replica->compared) {
        insert(watch, replica);
    } else if (!compare && replica->compared) {
        watch->rows[replica->row] = (struct meeple__watched){0};
        watch->holes++;
        if (watch->holes > watch->count / 2) {
            close_holes(watch);
        }
    }
    replica->compared = compare;
}

void meeple__watch_drop(struct meeple__watch *watch, struct meeple__replica *replica)
{
    meeple__watch_compare(watch, replica, false);
    meeple__list_remove(&replica->named);
}

/* It may be different; whether that is within its bounds has not been looked at. */
static bool may_differ(const struct meeple__watched *row)
{
    const struct meeple__replica *replica = row->replica;

    if (!replica) {
        return false;
    }
    if (!row->self) {
        return !meeple__layout_same(replica->layout, replica->object->self, replica->shadow);
    }
    return row->mask ? !meeple__same_masked(row->self, row->shadow, row->mask, row->size)
                     : memcmp(row->self, row->shadow, row->size) != 0;
}

static struct meeple__replica *first_of(const struct meeple__list *list)
{
    return MEEPLE__CONTAINER(list->next, struct meeple__replica, named);
}

static void move_first(struct meeple__list *from, struct meeple__list *to)
{
    struct meeple__list *link = from->next;

    meeple__list_remove(link);
    meeple__list_append(to, link);
}

/* Moves what is sorted already, up to the first that is not. */
static void move_run(struct meeple__list *from, struct meeple__list *to)
{
    uint64_t last = 0;

    while (!meeple__list_empty(from) && first_of(from)->object->sequence >= last) {
        last = first_of(from)->object->sequence;
        move_first(from, to);
    }
}

/* Both are sorted; so is *to, which is empty at first. */
static void merge(struct meeple__list *left, struct meeple__list *right, struct meeple__list *to)
{
    while (!meeple__list_empty(left) || !meeple__list_empty(right)) {
        bool is_left = meeple__list_empty(right) ||
                       (!meeple__list_empty(left) &&
                        first_of(left)->object->sequence < first_of(right)->object->sequence);

        move_first(is_left ? left : right, to);
    }
}

/* Merges run with run until there is one.  Mostly there is one at the beginning. */
static void sort(struct meeple__list *list)
{
    struct meeple__list left, right, sorted;
    bool done;

    do {
        meeple__list_init(&sorted);
        done = true;
        while (!meeple__list_empty(list)) {
            meeple__list_init(&left);
            meeple__list_init(&right);
            move_run(list, &left);
            move_run(list, &right);
            done = done && meeple__list_empty(&sorted) && meeple__list_empty(&right);
            merge(&left, &right, &sorted);
        }
        meeple__list_move(list, &sorted);
    } while (!done);
}

void meeple__watch_find(struct meeple__watch *watch)
{
    for (uint32_t i = 0; i < watch->count; i++) {
        if (may_differ(&watch->rows[i])) {
            meeple__watch_name(watch, watch->rows[i].replica);
        }
    }
}

void meeple__watch_gather(struct meeple__watch *watch, struct meeple__list *list)
{
    if (!meeple__list_empty(&watch->named)) {
        meeple__list_move(list, &watch->named);
        sort(list);
    }
}

bool meeple__watch_any(const struct meeple__watch *watch)
{
    if (!meeple__list_empty(&watch->named)) {
        return true;
    }
    for (uint32_t i = 0; i < watch->count; i++) {
        const struct meeple__watched *row = &watch->rows[i];

        if (may_differ(row) && meeple__replica_differs(row->replica, row->replica->object->self)) {
            return true;
        }
    }
    return false;
}
