/* entry: what a STATE says of single objects: each is tried, then applied, or refused by itself. */
#include "rpc/entry.h"

#include <inttypes.h>

#include "rpc/burden.h"
#include "rpc/codec_msgpack.h"
#include "rpc/due.h"
#include "rpc/refusal.h"
#include "rpc/spawn.h"

/* Of the refused entries of one packet so many are told of; all of them are counted. */
enum {
    REPORTS_MAX = 8
};

void meeple__entry_refuse(meeple_world *world, const struct meeple__remote *remote,
                          meeple_refusal_rule rule, const char *path,
                          const struct meeple__sentence *text)
{
    world->states.refused++;
    meeple__refuse(
        world,
        &(meeple_refusal){
            .rule = rule, .sender = remote->id, .path = path, .method = "", .text = text->text});
}

void meeple__entry_join_batch(meeple_world *world, struct meeple__replica *replica)
{
    world->states.open = true;
    if (meeple__list_empty(&replica->batch)) {
        meeple__list_append(&world->states.batch, &replica->batch);
    }
}

int meeple__entry_slot(struct meeple__reader *reader, const meeple_field *slot, void *record,
                       struct meeple__sentence *why)
{
    meeple_value content = meeple_value_nil();
    int rc = meeple__msgpack_read_field(
        reader, &(struct meeple__place){.field = slot, .record = record, .content = &content}, why);

    /* Values are bounded by value_bytes_max, packets by less. */
    return rc < 0 ? rc : (int)meeple__content_size(&content);
}

static void begin_sentence(struct meeple__sentence *text, const struct meeple__remote *remote,
                           const char *path)
{
    meeple__sentence_init(text);
    meeple__say(text, "peer %" PRId32 " changed %s: ", remote->id, path);
}

/* The next slot of an entry, and its field; false at its end, or if it has none such. */
static bool next_slot(struct meeple__reader *reader, const struct meeple__layout *layout,
                      uint32_t *slot, meeple_field *field)
{
    uint32_t gap;

    if (reader->bad || reader->at == reader->end) {
        return false;
    }
    gap = meeple__read_varint(reader);
    if (reader->bad || gap >= layout->slot_count - *slot) {
        reader->bad = true;
        return false;
    }
    *slot += gap;
    *field = meeple__layout_slot(layout, *slot);
    return true;
}

int meeple__entry_too_much(const meeple_world *world, struct meeple__sentence *why)
{
    meeple__say(why, "strings, bytes and values would hold more than content_bytes_max, %zu",
                world->content_bytes_max);
    return MEEPLE_ETOOBIG;
}

/* Whether all of the entry fits the object, as far as the sender may say it: MEEPLE_EPROTO.
 * MEEPLE_ETOOBIG: it is over a limit. */
static int try_entry(const meeple_world *world, const struct meeple__remote *remote,
                     const meeple_object *object, meeple_bytes entry, struct meeple__sentence *why)
{
    const struct meeple__replica *replica = object->replica;
    bool is_server = meeple_net_is_server(world->net);
    uint8_t level = is_server ? MEEPLE__SEES_ALL : replica->level;
    struct meeple__reader reader = meeple__reader_of(entry);
    size_t bytes = 0, instead_of = 0;
    meeple_field field;

    for (uint32_t slot = 0; next_slot(&reader, replica->layout, &slot, &field); slot++) {
        int size;

        if (!meeple__level_shows(level, field.flags) ||
            (is_server && (field.flags & MEEPLE_ON_SPAWN))) {
            meeple__say(why, "field '%s' is not the sender's to change", field.name);
            return MEEPLE_EPROTO;
        }
        size = meeple__entry_slot(&reader, &field, world->states.record, why);
        if (size < 0) {
            return MEEPLE_EPROTO;
        }
        bytes += (size_t)size;
        instead_of += meeple__replica_content(replica, slot);
    }
    if (reader.bad) {
        meeple__say(why, "it has no such slot");
        return MEEPLE_EPROTO;
    }
    return meeple__burden_allows(world, remote, bytes, instead_of)
               ? 0
               : meeple__entry_too_much(world, why);
}

/* Of one that was tried.  MEEPLE_ENOMEM: some of it; all of it again is the same. */
static int apply_entry(meeple_object *object, meeple_bytes entry)
{
    struct meeple__replica *replica = object->replica;
    struct meeple__reader reader = meeple__reader_of(entry);
    meeple_field field;
    int rc = 0;

    for (uint32_t slot = 0; rc == 0 && next_slot(&reader, replica->layout, &slot, &field); slot++) {
        rc = meeple__replica_read(replica, object->world->mem, slot, &reader);
    }
    meeple__burden_count(object->world, object);
    return rc;
}

/* On the server an entry begins with the term of the master that speaks. */
static bool is_of_this_term(const meeple_object *object, meeple_bytes *entry)
{
    struct meeple__reader reader = meeple__reader_of(*entry);
    uint32_t term = meeple__read_varint(&reader);

    *entry = meeple__read_rest(&reader);
    return !reader.bad && term == object->replica->term;
}

/* The object that an entry is about, if the sender may change it now; *offends: it never might.
 * *entry is then what it says of the slots. */
static meeple_object *object_of(const meeple_world *world, const struct meeple__remote *remote,
                                uint32_t id, meeple_bytes *entry, bool *offends)
{
    meeple_object *object = meeple__states_find(&world->states, id);

    *offends = false;
    if (!object || !meeple_net_is_server(world->net)) {
        return object;
    }
    if (meeple__seen_view(&remote->seen, object->number) == 0) {
        return NULL;
    }
    if (object->master != remote->id) {
        *offends = !meeple__seen_was_master(&remote->seen, object->number);
        return NULL;
    }
    return is_of_this_term(object, entry) ? object : NULL;
}

static bool commit(meeple_world *world, struct meeple__replica *replica)
{
    void *self = replica->object->self;
    uint64_t stamp = world->states.stamp + 1;
    bool any = meeple__replica_tame(replica, world->mem, self, true, stamp);

    any = meeple__replica_commit(replica, world->mem, self, stamp) || any;
    meeple__burden_count(world, replica->object);
    return any;
}

/* On the server: once for each object, however often the packet names it. */
static void commit_all(meeple_world *world, struct meeple__list *named)
{
    while (!meeple__list_empty(named)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(named->next, struct meeple__replica, batch);

        meeple__list_remove(&replica->batch);
        world->states.applied++;
        if (commit(world, replica)) {
            meeple__states_renew(world, replica->object);
            meeple__due_changed(world, replica);
        }
    }
}

/* A packet whose entries are being taken. */
struct taking {
    meeple_world *world;
    const struct meeple__remote *remote;
    bool is_server;
    struct meeple__list named; /* on the server: replicas with something to commit */
    unsigned reports;          /* of entries that were refused */
};

/* A handler may change or remove anything: what was taken so far is true by then. */
static void refuse(struct taking *taking, meeple_refusal_rule rule, const char *path,
                   const struct meeple__sentence *text)
{
    if (taking->reports == REPORTS_MAX) {
        taking->world->states.refused++;
        return;
    }
    taking->reports++;
    commit_all(taking->world, &taking->named);
    meeple__entry_refuse(taking->world, taking->remote, rule, path, text);
}

static void refuse_stranger(struct taking *taking, uint32_t id)
{
    const meeple_object *object = meeple__states_find(&taking->world->states, id);
    struct meeple__sentence text;

    begin_sentence(&text, taking->remote, object->path);
    meeple__say(&text, "only the master, %" PRId32 ", may", object->master);
    refuse(taking, MEEPLE_REFUSAL_NOT_MASTER, object->path, &text);
}

static int take_entry(struct taking *taking, uint32_t id, meeple_bytes entry)
{
    meeple_world *world = taking->world;
    struct meeple__sentence text, why;
    bool offends;
    meeple_object *object = object_of(world, taking->remote, id, &entry, &offends);
    int rc;

    if (offends) {
        refuse_stranger(taking, id);
        return 0;
    }
    if (!object) {
        world->states.stale++;
        return 0;
    }
    meeple__sentence_init(&why);
    rc = try_entry(world, taking->remote, object, entry, &why);
    if (rc < 0) {
        begin_sentence(&text, taking->remote, object->path);
        meeple__say(&text, "%s", why.text);
        if (taking->is_server) {
            /* Its master has other values than everyone else. */
            meeple__spawn_insist(object, taking->remote->id);
        }
        refuse(taking, rc == MEEPLE_ETOOBIG ? MEEPLE_REFUSAL_LIMIT : MEEPLE_REFUSAL_STATE,
               object->path, &text);
        return 0;
    }
    if (object->replica->keeps) {
        return 0;
    }
    if (apply_entry(object, entry) < 0) {
        return MEEPLE_ENOMEM;
    }
    if (!taking->is_server) {
        meeple__entry_join_batch(world, object->replica);
    } else if (meeple__list_empty(&object->replica->batch)) {
        meeple__list_append(&taking->named, &object->replica->batch);
    }
    return 0;
}

int meeple__entries_take(meeple_world *world, const struct meeple__remote *remote,
                         meeple_bytes entries)
{
    struct meeple__reader reader = meeple__reader_of(entries);
    struct taking taking = {
        .world = world, .remote = remote, .is_server = meeple_net_is_server(world->net)};
    int rc = 0;

    meeple__list_init(&taking.named);
    for (uint32_t number = 0; rc == 0 && reader.at < reader.end; number++) {
        uint32_t id;
        meeple_bytes entry = meeple__command_next_entry(&reader, &id);

        if (number < world->states.entries_taken) {
            continue;
        }
        rc = take_entry(&taking, id, entry);
        world->states.entries_taken += rc == 0;
    }
    commit_all(world, &taking.named);
    return rc;
}
