/* replica: what others say of spawned objects: checked, applied, and told to our handlers. */
#include "rpc/replica.h"

#include <inttypes.h>
#include <string.h>

#include "rpc/announce.h"
#include "rpc/bulk_in.h"
#include "rpc/burden.h"
#include "rpc/due.h"
#include "rpc/entry.h"
#include "rpc/repair.h"

static void begin_sentence(struct meeple__sentence *text, const struct meeple__remote *remote,
                           const char *does, const char *path)
{
    meeple__sentence_init(text);
    meeple__say(text, "peer %" PRId32 " %s %s: ", remote->id, does, path);
}

/* Path is not terminated; it is in the packet. */
static void refuse_spawn(meeple_world *world, const struct meeple__remote *remote,
                         const struct meeple__command *command, meeple_refusal_rule rule,
                         const char *why)
{
    char path[MEEPLE__NAME_MAX + 1];
    struct meeple__sentence text;

    memcpy(path, command->name.ptr, command->name.len);
    path[command->name.len] = '\0';
    begin_sentence(&text, remote, "spawned", path);
    meeple__say(&text, "%s", why ? why : meeple_refusal_text(rule));
    meeple__entry_refuse(world, remote, rule, path, &text);
}

static void refuse_number(meeple_world *world, const struct meeple__remote *remote,
                          meeple_refusal_rule rule, const char *does)
{
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " %s: %s", remote->id, does, meeple_refusal_text(rule));
    meeple__entry_refuse(world, remote, rule, "", &text);
}

static int take_layout(meeple_world *world, struct meeple__remote *remote,
                       const struct meeple__command *command)
{
    struct meeple__remote_class *cls = meeple__remote_class_numbered(remote, command->number);
    const struct meeple__layout *layout =
        cls && cls->methods ? meeple__states_layout(&world->states, cls->methods) : NULL;
    struct meeple__sink sink;

    if (!cls) {
        refuse_number(world, remote, MEEPLE_REFUSAL_MALFORMED, "described a class it has not");
        return 0;
    }
    if (!layout) {
        return 0;
    }
    sink = meeple__world_sink(world);
    meeple__layout_write(layout, &sink);
    if (sink.rc == MEEPLE_ENOMEM) {
        return MEEPLE_ENOMEM;
    }
    cls->layout = world->tx.len == command->rest.len &&
                          memcmp(world->tx.ptr, command->rest.ptr, command->rest.len) == 0
                      ? MEEPLE__ANSWERS
                      : MEEPLE__DIFFERS;
    if (cls->layout == MEEPLE__DIFFERS) {
        struct meeple__sentence text;

        begin_sentence(&text, remote, "has class", layout->cls->name);
        meeple__say(&text, "its state is declared otherwise here, so that none can be spawned");
        meeple__entry_refuse(world, remote, MEEPLE_REFUSAL_SIGNATURE, "", &text);
    }
    return 0;
}

/* The layout of ours that the object is to have, or NULL and the refusal. */
static const struct meeple__layout *layout_of(const meeple_world *world,
                                              const struct meeple__remote *remote, uint32_t number,
                                              meeple_refusal_rule *rule)
{
    const struct meeple__remote_class *cls = meeple__remote_class_numbered(remote, number);

    *rule = cls ? MEEPLE_REFUSAL_NO_CLASS : MEEPLE_REFUSAL_MALFORMED;
    return cls && cls->methods && cls->layout == MEEPLE__ANSWERS
               ? meeple__states_layout(&world->states, cls->methods)
               : NULL;
}

/* Whether the object may come; else the rule that it breaks. */
static bool may_come(const meeple_world *world, const struct meeple__command *command,
                     meeple_refusal_rule *rule)
{
    char path[MEEPLE__PATH_MAX + 1], normal[MEEPLE__PATH_MAX + 1];
    int len;

    memcpy(path, command->name.ptr, command->name.len);
    path[command->name.len] = '\0';
    len = meeple__path_normalise(normal, path);
    *rule = MEEPLE_REFUSAL_MALFORMED;
    if (len < 0 || strcmp(normal, path) != 0 ||
        meeple__states_find(&world->states, command->number)) {
        return false;
    }
    *rule = MEEPLE_REFUSAL_PATH;
    if (meeple__objects_find(&world->objects, command->name,
                             meeple__hash_bytes(command->name.ptr, command->name.len))) {
        return false;
    }
    *rule = MEEPLE_REFUSAL_LIMIT;
    return world->objects.by_path.count < world->objects_max;
}

/* Whether a spawn has a value of that slot, by the counts in front of it, which are in the record.
 */
static bool is_spawned(const struct meeple__layout *layout, const struct meeple__command *command,
                       uint32_t slot, const void *record)
{
    meeple_field field = meeple__layout_slot(layout, slot);

    return meeple__level_shows(command->level, field.flags) &&
           meeple__layout_present(layout, slot, record);
}

/* The values of the first slots that are to be seen, looked at; the record is zero before.  *bytes:
 * how many are to be kept. */
static int try_spawned(const struct meeple__layout *layout, const struct meeple__command *command,
                       void *record, size_t *bytes, struct meeple__sentence *why)
{
    struct meeple__reader reader = meeple__reader_of(command->rest);

    *bytes = 0;
    memset(record, 0, meeple__layout_state(layout)->size);
    for (uint32_t slot = 0; slot < layout->slot_count && reader.at < reader.end; slot++) {
        meeple_field field = meeple__layout_slot(layout, slot);
        int size = is_spawned(layout, command, slot, record)
                       ? meeple__entry_slot(&reader, &field, record, why)
                       : 0;

        if (size < 0) {
            return MEEPLE_EPROTO;
        }
        *bytes += (size_t)size;
    }
    if (reader.at < reader.end) {
        meeple__say(why, "more values came than it has");
        return MEEPLE_EPROTO;
    }
    return 0;
}

/* Those that were tried.  MEEPLE_ENOMEM. */
static int apply_spawned(meeple_world *world, struct meeple__replica *replica,
                         const struct meeple__command *command)
{
    struct meeple__reader reader = meeple__reader_of(command->rest);
    int rc = 0;

    for (uint32_t slot = 0; rc == 0 && reader.at < reader.end; slot++) {
        if (is_spawned(replica->layout, command, slot, replica->shadow)) {
            rc = meeple__replica_read(replica, world->mem, slot, &reader);
        }
    }
    meeple__burden_count(world, replica->object);
    return rc;
}

/* When the batch is complete: who is the master of what it has not got yet would change it in vain.
 */
static void set_owner(struct meeple__replica *replica, const struct meeple__command *command)
{
    replica->next = (struct meeple__mastery){
        .master = command->master, .owner = command->owner, .term = command->term};
    replica->waits = true;
}

static void commit_owner(meeple_world *world, struct meeple__replica *replica)
{
    if (replica->waits) {
        if (replica->term != replica->next.term) {
            /* What we have changed so far was in another time. */
            memset(replica->stamps, 0, replica->layout->slot_count * sizeof *replica->stamps);
        }
        replica->object->master = replica->next.master;
        replica->view.owner = replica->next.owner;
        replica->term = replica->next.term;
        replica->waits = false;
        meeple__states_follow(world, replica->object);
    }
}

/* One that is there is named again, with the state that was read: what of it differs is changed at
 * the end of the batch.  If we are its master, and were told so, what we have counts.
 * MEEPLE_ENOMEM. */
static int spawn_again(meeple_world *world, const struct meeple__command *command,
                       const meeple_object *object)
{
    struct meeple__replica *replica = object->replica;
    int rc;

    replica->keeps = !replica->arriving && !replica->waits && object->master == world->id &&
                     command->master == world->id && command->term == replica->term &&
                     meeple__list_empty(&replica->arrivals);
    if (!replica->keeps) {
        meeple__replica_blank(replica, world->mem);
        rc = apply_spawned(world, replica, command);
        if (rc < 0) {
            return rc;
        }
        meeple__bulk_in_drop_all(replica);
    }
    set_owner(replica, command);
    replica->level = command->level;
    meeple__entry_join_batch(world, replica);
    return 0;
}

static int take_spawn(meeple_world *world, const struct meeple__remote *remote,
                      const struct meeple__command *command)
{
    const struct meeple__layout *layout;
    struct meeple__replica *replica;
    struct meeple__sentence why;
    meeple_refusal_rule rule;
    meeple_object *object;
    size_t bytes;
    int rc;

    layout = layout_of(world, remote, command->class_number, &rule);
    object = layout ? meeple__repair_named(world, layout, command) : NULL;
    if (!layout || (!object && !may_come(world, command, &rule))) {
        refuse_spawn(world, remote, command, rule, NULL);
        return 0;
    }
    if (object) {
        /* Also if its state is refused: it stays as it was. */
        object->replica->unconfirmed = false;
    }
    meeple__sentence_init(&why);
    if (try_spawned(layout, command, world->states.record, &bytes, &why) < 0) {
        refuse_spawn(world, remote, command, MEEPLE_REFUSAL_STATE, why.text);
        return 0;
    }
    if (!meeple__burden_allows(world, remote, bytes, object ? object->replica->content_bytes : 0)) {
        meeple__entry_too_much(world, &why);
        refuse_spawn(world, remote, command, MEEPLE_REFUSAL_LIMIT, why.text);
        return 0;
    }
    if (object) {
        return spawn_again(world, command, object);
    }
    rc = meeple__states_add(&object, world, layout, command->name, command->number, NULL);
    if (rc < 0) {
        return rc;
    }
    replica = object->replica;
    rc = apply_spawned(world, replica, command);
    if (rc < 0) {
        meeple__states_take_out(world, object);
        meeple__object_free(object, world->mem);
        return rc;
    }
    set_owner(replica, command);
    replica->level = command->level;
    replica->arriving = true;
    meeple__entry_join_batch(world, replica);
    return 0;
}

static bool commit_values(meeple_world *world, struct meeple__replica *replica)
{
    void *self = replica->object->self;
    bool any = replica->object->master != world->id &&
               meeple__replica_tame(replica, world->mem, self, true, 0);

    any = meeple__replica_commit(replica, world->mem, self, 0) || any;
    meeple__burden_count(world, replica->object);
    return any;
}

/* The batch is complete: all of it becomes true at once, then the handlers are due. */
static void commit(meeple_world *world)
{
    struct meeple__list *batch = &world->states.batch;
    struct meeple__list staying;

    meeple__repair_leave(world);
    meeple__list_init(&staying);
    while (!meeple__list_empty(batch)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(batch->next, struct meeple__replica, batch);

        meeple__list_remove(&replica->batch);
        meeple__repair_note(world, replica);
        if (replica->object->removed) {
            meeple__due_removed(world, replica);
        } else {
            meeple__list_append(&staying, &replica->batch);
        }
    }
    while (!meeple__list_empty(&staying)) {
        struct meeple__replica *replica =
            MEEPLE__CONTAINER(staying.next, struct meeple__replica, batch);

        meeple__list_remove(&replica->batch);
        world->states.applied++;
        commit_owner(world, replica);
        if (replica->arriving) {
            meeple__replica_arrive(replica, world->mem, replica->object->self);
            replica->arriving = false;
            meeple__due_ready(world, replica);
        } else if (commit_values(world, replica)) {
            meeple__due_changed(world, replica);
        }
        /* From here on our handlers may leave what they like where nothing exists. */
        replica->wild = replica->wild || replica->object->master == world->id;
    }
    meeple__repair_end(world);
    world->states.open = false;
}

static int take_state(meeple_world *world, const struct meeple__remote *remote,
                      const struct meeple__command *command)
{
    int rc = meeple__entries_take(world, remote, command->rest);

    if (rc < 0 || meeple_net_is_server(world->net)) {
        return rc;
    }
    if (command->more) {
        world->states.open = true;
    } else {
        commit(world);
    }
    return 0;
}

static void take_owner(meeple_world *world, const struct meeple__command *command)
{
    meeple_object *object = meeple__states_find(&world->states, command->number);
    uint8_t level = command->level;

    if (!object) {
        world->states.stale++;
        return;
    }
    object->replica->keeps = object->replica->keeps && command->term == object->replica->term;
    set_owner(object->replica, command);
    if (object->replica->level & ~level) {
        meeple__replica_hide(object->replica, world->mem, level);
    }
    object->replica->level = level;
    meeple__entry_join_batch(world, object->replica);
}

static void drop(meeple_world *world, meeple_object *object)
{
    meeple__states_take_out(world, object);
    object->replica->due_ready = object->replica->due_changed = false;
}

void meeple__replica_remove(meeple_world *world, meeple_object *object)
{
    drop(world, object);
    /* Of one that came in this very batch nobody knows; a batch may be without end. */
    if (object->replica->arriving) {
        meeple__object_free(object, world->mem);
        return;
    }
    meeple__entry_join_batch(world, object->replica);
}

static void take_removal(meeple_world *world, const struct meeple__command *command)
{
    meeple_object *object = meeple__states_find(&world->states, command->number);

    if (object) {
        meeple__replica_remove(world, object);
    } else {
        world->states.stale++;
    }
}

/* On the server, a client's word; on a client, the server's: all else is not theirs to say. */
static bool may_say(const meeple_world *world, const struct meeple__remote *remote,
                    const struct meeple__command *command)
{
    bool is_clients = command->type == MEEPLE__COMMAND_STATE ||
                      command->type == MEEPLE__COMMAND_FRAGMENT ||
                      command->type == MEEPLE__COMMAND_REPAIR;

    return meeple_net_is_server(world->net)
               ? is_clients
               : remote->id == MEEPLE_SERVER && command->type != MEEPLE__COMMAND_REPAIR;
}

int meeple__replica_obey(meeple_world *world, struct meeple__remote *remote,
                         const struct meeple__command *command)
{
    if (!may_say(world, remote, command)) {
        refuse_number(world, remote, MEEPLE_REFUSAL_NOT_SERVER, "spoke of spawned objects");
        return 0;
    }
    /* Whoever cannot spawn anything is not meant. */
    if (world->states.layout_count == 0 && command->type != MEEPLE__COMMAND_SPAWN) {
        return 0;
    }
    switch (command->type) {
    case MEEPLE__COMMAND_LAYOUT:
        return take_layout(world, remote, command);
    case MEEPLE__COMMAND_SPAWN:
        return take_spawn(world, remote, command);
    case MEEPLE__COMMAND_OWNER:
        take_owner(world, command);
        return 0;
    case MEEPLE__COMMAND_REMOVE:
        take_removal(world, command);
        return 0;
    case MEEPLE__COMMAND_STATE:
        return take_state(world, remote, command);
    case MEEPLE__COMMAND_CHECK:
        return meeple__repair_compare(world, remote, command);
    case MEEPLE__COMMAND_REPAIR:
        meeple__repair_asked(world, remote);
        return 0;
    case MEEPLE__COMMAND_RESET:
        meeple__repair_begin(world);
        return 0;
    case MEEPLE__COMMAND_FRAGMENT:
        return meeple__bulk_take(world, remote, command);
    case MEEPLE__COMMAND_RAW:
    case MEEPLE__COMMAND_HELLO:
    case MEEPLE__COMMAND_CLASS:
    case MEEPLE__COMMAND_OBJECT:
    case MEEPLE__COMMAND_GONE:
    case MEEPLE__COMMAND_CALL:
    case MEEPLE__COMMAND_CALL_SPAWNED:
    default:
        return 0;
    }
}

void meeple__replica_go_down(meeple_world *world)
{
    struct meeple__list *next;

    if (meeple_net_is_server(world->net)) {
        return;
    }
    /* What had not been told again was not wrong; it goes with the rest. */
    world->states.open = world->states.mending = false;
    commit(world);
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = next) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        next = link->next;
        if (object->replica) {
            drop(world, object);
            meeple__due_removed(world, object->replica);
        }
    }
    while (meeple__due_waits(world) && !world->freeing) {
        meeple__due_now(world);
    }
}
