/* batch: STATE packets: changed slots of objects, packed until a packet is full. */
#include "rpc/batch.h"

#include <assert.h>

#include "rpc/codec_msgpack.h"

enum {
    ENTRY_HEAD = 5 + 5, /* an id and a length, at most */
    MORE_AT = 1         /* in the packet */
};

static int begin(struct meeple__batch *batch)
{
    struct meeple__sink sink = meeple__world_sink(batch->world);

    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_STATE});
    return sink.rc;
}

/* The entry goes into the packet, where there is room for it; one without a slot says nothing, and
 * need not have any. */
static int close_entry(struct meeple__batch *batch)
{
    meeple_world *world = batch->world;
    struct meeple__buf *entry = &world->states.entry;
    struct meeple__sink sink = {
        .buf = &world->tx, .mem = world->mem, .ceiling = world->states.part_max};

    if (batch->object && entry->len > batch->head) {
        meeple__sink_varint(&sink, batch->object->replica->id);
        meeple__sink_block(&sink, (meeple_bytes){entry->ptr, entry->len});
    }
    batch->object = NULL;
    meeple__buf_clear(entry);
    assert(sink.rc != MEEPLE_ETOOBIG);
    return sink.rc;
}

static int emit(struct meeple__batch *batch, bool more)
{
    int rc = batch->begun ? close_entry(batch) : begin(batch);

    if (rc < 0) {
        return rc;
    }
    batch->world->tx.ptr[MORE_AT] = more;
    rc = batch->emit(batch->ctx, more);
    if (rc == 0) {
        batch->begun = false;
    }
    return rc;
}

int meeple__batch_flush(struct meeple__batch *batch)
{
    return batch->begun ? emit(batch, true) : 0;
}

int meeple__batch_end(struct meeple__batch *batch)
{
    return emit(batch, false);
}

/* Appends to the entry: how many slots lie between, and the value. */
static int write_slot(struct meeple__batch *batch, const meeple_object *object, uint32_t slot)
{
    meeple_world *world = batch->world;
    struct meeple__sink sink = {
        .buf = &world->states.entry, .mem = world->mem, .ceiling = SIZE_MAX};
    struct meeple__sentence why;
    meeple_field field = meeple__layout_slot(object->replica->layout, slot);
    int rc = 0;

    meeple__sink_varint(&sink, slot - batch->next);
    if (sink.rc == 0) {
        meeple__sentence_init(&why);
        rc = meeple__msgpack_write_field(&sink, &field, 0, object->replica->shadow, &why);
        assert(rc != MEEPLE_EINVAL); /* nothing else comes into the shadow */
    }
    return sink.rc < 0 ? sink.rc : rc;
}

/* The server has to know from which of its masterships a peer speaks. */
static int begin_entry(struct meeple__batch *batch, const meeple_object *object)
{
    meeple_world *world = batch->world;
    struct meeple__sink sink = {
        .buf = &world->states.entry, .mem = world->mem, .ceiling = SIZE_MAX};

    if (!meeple_net_is_server(world->net)) {
        meeple__sink_varint(&sink, object->replica->term);
    }
    return sink.rc;
}

static int open_entry(struct meeple__batch *batch, const meeple_object *object, uint32_t slot)
{
    struct meeple__buf *entry = &batch->world->states.entry;
    int rc = 0;

    if (batch->begun) {
        rc = close_entry(batch);
    } else {
        rc = begin(batch);
        batch->begun = rc == 0;
        batch->first_sequence = object->sequence;
        batch->first_slot = slot;
    }
    meeple__buf_clear(entry);
    batch->object = object;
    batch->next = batch->slots = 0;
    if (rc == 0) {
        rc = begin_entry(batch, object);
    }
    batch->head = entry->len;
    return rc;
}

int meeple__batch_add(struct meeple__batch *batch, const meeple_object *object, uint32_t slot)
{
    meeple_world *world = batch->world;
    struct meeple__buf *entry = &world->states.entry;
    size_t before;
    int rc = 0;

    if (!batch->begun || batch->object != object) {
        rc = open_entry(batch, object, slot);
    }
    before = entry->len;
    if (rc == 0) {
        rc = write_slot(batch, object, slot);
    }
    if (rc == 0 && world->tx.len + ENTRY_HEAD + entry->len > world->states.part_max) {
        /* A packet of its own has room for any slot that is not long. */
        entry->len = before;
        rc = emit(batch, true);
        if (rc == 0) {
            rc = open_entry(batch, object, slot);
        }
        if (rc == 0) {
            rc = write_slot(batch, object, slot);
        }
    }
    batch->next = slot + 1;
    batch->slots++;
    return rc;
}

/* Appends to the entry what was encoded before. */
static int write_slots(struct meeple__batch *batch, meeple_bytes slots)
{
    meeple_world *world = batch->world;

    batch->next = batch->object->replica->layout->slot_count;
    return meeple__buf_add(&world->states.entry, world->mem, slots, SIZE_MAX);
}

meeple_bytes meeple__batch_entry(const struct meeple__batch *batch)
{
    const struct meeple__buf *entry = &batch->world->states.entry;

    assert(batch->begun && entry->len >= batch->head);
    return (meeple_bytes){entry->ptr + batch->head, entry->len - batch->head};
}

int meeple__batch_add_entry(struct meeple__batch *batch, const meeple_object *object,
                            meeple_bytes slots)
{
    meeple_world *world = batch->world;
    struct meeple__buf *entry = &world->states.entry;
    int rc = open_entry(batch, object, 0);

    if (rc == 0) {
        rc = write_slots(batch, slots);
    }
    if (rc == 0 && world->tx.len + ENTRY_HEAD + entry->len > world->states.part_max) {
        entry->len = batch->head;
        rc = emit(batch, true);
        if (rc == 0) {
            rc = open_entry(batch, object, 0);
        }
        if (rc == 0) {
            rc = write_slots(batch, slots);
        }
    }
    return rc;
}
