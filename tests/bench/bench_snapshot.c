/* bench_snapshot: 5 MB for one who joins late, as many objects or as one value, and what the calls
 * that go on meanwhile notice of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/late_join.h"
#include "tests/support/prng.h"

enum {
    TEXT_BYTES = 1000,
    OBJECTS = 5000,
    VALUE_BYTES = 5 * 1000 * 1000,
    QUICK_OBJECTS = 150,
    QUICK_VALUE_BYTES = 300 * 1000
};

static void fill(char *bytes, size_t len, struct prng *prng)
{
    for (size_t at = 0; at < len; at++) {
        bytes[at] = (char)prng_between(prng, 'a', 'z');
    }
}

/* ---- many objects ---- */

struct block {
    char text[TEXT_BYTES];
};

struct blocks {
    struct block *blocks;
    size_t count;
};

static uint64_t block_hash(const struct block *block)
{
    return late_join_hash(block->text, strlen(block->text));
}

static void block_ready(void *self, meeple_object *object)
{
    late_join_saw(object, block_hash(self));
}

static const meeple_field block_fields[] = {MEEPLE_STATE(struct block, text)};
static const meeple_state block_state = {.fields = block_fields,
                                         .field_count = MEEPLE_COUNT(block_fields),
                                         .size = sizeof(struct block),
                                         .on_ready = block_ready};
static const meeple_class block_class = {.name = "block", .state = &block_state};
static const meeple_class *const block_classes[] = {&block_class, NULL};

static uint64_t spawn_blocks(void *ctx, meeple_world *world)
{
    struct blocks *all = ctx;
    struct prng prng = {1};
    uint64_t hash = 0;
    char path[32];

    for (size_t i = 0; i < all->count; i++) {
        struct block *block = &all->blocks[i];
        meeple_object *object;

        fill(block->text, TEXT_BYTES - 1, &prng);
        hash += block_hash(block);
        snprintf(path, sizeof path, "blocks/%zu", i);
        bench_check(meeple_object_spawn(&object, world, &block_class, path, block), "spawn");
    }
    return hash;
}

static void objects(const struct bench *bench)
{
    struct blocks all = {.count = bench->quick ? QUICK_OBJECTS : OBJECTS};

    all.blocks = bench_alloc(all.count, sizeof *all.blocks);
    late_join(bench, &(struct load){.classes = block_classes,
                                    .spawn = spawn_blocks,
                                    .ctx = &all,
                                    .objects = all.count});
    free(all.blocks);
}

/* ---- one value ---- */

struct map {
    uint32_t len; /* of the whole */
    meeple_bytes picture;
};

/* The object is there before its picture. */
static void map_look(const struct map *map, const meeple_object *object)
{
    if (map->picture.len > 0) {
        if (map->picture.len != map->len) {
            bench_fail("a value came in part");
        }
        late_join_saw(object, late_join_hash(map->picture.ptr, map->picture.len));
    }
}

static void map_ready(void *self, meeple_object *object)
{
    map_look(self, object);
}

static void map_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    (void)changes;
    map_look(self, object);
}

static const meeple_field map_fields[] = {MEEPLE_STATE(struct map, len),
                                          MEEPLE_STATE(struct map, picture)};
static const meeple_state map_state = {.fields = map_fields,
                                       .field_count = MEEPLE_COUNT(map_fields),
                                       .size = sizeof(struct map),
                                       .on_ready = map_ready,
                                       .on_changed = map_changed};
static const meeple_class map_class = {.name = "map", .state = &map_state};
static const meeple_class *const map_classes[] = {&map_class, NULL};

static uint64_t spawn_map(void *ctx, meeple_world *world)
{
    struct map *map = ctx;
    meeple_object *object;

    bench_check(meeple_object_spawn(&object, world, &map_class, "map", map), "spawn");
    return late_join_hash(map->picture.ptr, map->picture.len);
}

static void value(const struct bench *bench)
{
    struct map map = {.len = bench->quick ? QUICK_VALUE_BYTES : VALUE_BYTES};
    char *picture = bench_alloc(map.len, 1);
    struct prng prng = {1};

    fill(picture, map.len, &prng);
    map.picture = (meeple_bytes){(const uint8_t *)picture, map.len};
    late_join(bench, &(struct load){
                         .classes = map_classes, .spawn = spawn_map, .ctx = &map, .objects = 1});
    free(picture);
}

int main(int argc, char **argv)
{
    static const struct bench_case cases[] = {
        {"late-join.objects",
         "5,000 objects of 1 KB for one more peer, while 5 others are called every 10 ms", objects},
        {"late-join.value",
         "the same with one object that has 5 MB of bytes, which come in fragments", value},
    };

    return bench_main(argc, argv, cases, sizeof cases / sizeof cases[0]);
}
