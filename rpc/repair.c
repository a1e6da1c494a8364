/* repair: a client that has not what it should have asks for everything again, and gets it. */
#include "rpc/repair.h"

#include <inttypes.h>
#include <string.h>

#include "core/log.h"
#include "rpc/check.h"
#include "rpc/entry.h"
#include "rpc/lacking.h"
#include "rpc/refusal.h"
#include "rpc/replica.h"

enum {
    NOTES_MAX = 8,      /* lines in the log about one repair */
    NOTES_MAX_ALL = 100 /* and in one session */
};

static int ask(meeple_world *world)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(&sink, &(struct meeple__command){.type = MEEPLE__COMMAND_REPAIR});
    return sink.rc < 0 ? sink.rc
                       : meeple_net_send(world->net, MEEPLE_SERVER, meeple__world_tx(world));
}

/* In the log once, as it may be so again and again. */
static void tell_mismatch(meeple_world *world, const struct meeple__command *command)
{
    struct meeple__sentence text;
    meeple_refusal refusal = {
        .rule = MEEPLE_REFUSAL_MISMATCH, .sender = MEEPLE_SERVER, .path = "", .method = ""};

    meeple__sentence_init(&text);
    meeple__say(&text,
                "of the spawned objects %" PRIu32 " to %" PRIu32
                " not all are as the server has them: all are asked for again, and the log says "
                "what was not the same; did we change one that is not ours, or refuse one?",
                command->number, command->last);
    refusal.text = text.text;
    if (world->states.mismatches == 1) {
        meeple__refuse(world, &refusal);
    } else {
        meeple__refuse_quietly(world, &refusal);
    }
}

int meeple__repair_compare(meeple_world *world, struct meeple__remote *remote,
                           const struct meeple__command *command)
{
    bool same;
    int rc;

    if (world->states.open) {
        struct meeple__sentence text;

        meeple__sentence_init(&text);
        meeple__say(&text, "peer %" PRId32 " checked what it had not told all of", remote->id);
        meeple__entry_refuse(world, remote, MEEPLE_REFUSAL_MALFORMED, "", &text);
        return 0;
    }
    if (world->states.asked) {
        /* It was said before the server has heard that. */
        return 0;
    }
    rc = meeple__check_compare(world, command, &same);
    if (rc == 0 && !same) {
        /* With no room in the queue it is asked after the next CHECK. */
        rc = ask(world);
        world->states.asked = rc == 0;
        rc = rc == MEEPLE_ENOMEM ? rc : 0;
    }
    if (rc < 0) {
        return rc;
    }
    world->states.checks++;
    if (!same) {
        world->states.mismatches++;
        tell_mismatch(world, command);
    }
    return 0;
}

void meeple__repair_asked(meeple_world *world, struct meeple__remote *remote)
{
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    if (!meeple__check_failed(world, remote)) {
        meeple__say(&text, "peer %" PRId32 " asked to be told everything again, unasked",
                    remote->id);
        meeple__entry_refuse(world, remote, MEEPLE_REFUSAL_LIMIT, "", &text);
        return;
    }
    world->states.mismatches++;
    world->states.repairs++;
    meeple__seen_start_over(&remote->seen);
    meeple__lacks(world, remote);
    meeple__say(&text,
                "peer %" PRId32 " has not what it was told of spawned objects, and is told "
                "everything again; its log says what was not the same",
                remote->id);
    meeple__refuse_plain(world, MEEPLE_REFUSAL_MISMATCH, remote->id, &text);
}

void meeple__repair_begin(meeple_world *world)
{
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        struct meeple__replica *replica = MEEPLE__CONTAINER(link, meeple_object, link)->replica;

        if (replica) {
            replica->unconfirmed = true;
            replica->keeps = false;
        }
    }
    world->states.open = true;
    world->states.mending = true;
    world->states.notes = 0;
}

meeple_object *meeple__repair_named(meeple_world *world, const struct meeple__layout *layout,
                                    const struct meeple__command *command)
{
    meeple_object *object = meeple__states_find(&world->states, command->number);
    meeple_object *there;

    if (!world->states.mending) {
        return NULL;
    }
    if (object && object->replica->unconfirmed) {
        if (object->replica->layout == layout && strlen(object->path) == command->name.len &&
            memcmp(object->path, command->name.ptr, command->name.len) == 0) {
            return object;
        }
        meeple__replica_remove(world, object);
    }
    there = meeple__objects_find(&world->objects, command->name,
                                 meeple__hash_bytes(command->name.ptr, command->name.len));
    if (there && there->replica && there->replica->unconfirmed) {
        meeple__replica_remove(world, there);
    }
    return NULL;
}

void meeple__repair_spare(const meeple_world *world, struct meeple__replica *replica, uint32_t slot)
{
    if (world->states.mending && !replica->arriving && meeple__bit(replica->marks, slot)) {
        meeple__replica_spare(replica, world->mem, slot);
    }
}

void meeple__repair_leave(meeple_world *world)
{
    struct meeple__list *next;

    if (!world->states.mending) {
        return;
    }
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = next) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        next = link->next;
        if (object->replica && object->replica->unconfirmed) {
            meeple__replica_remove(world, object);
        }
    }
}

/* The name of the first field that the commit will change, or NULL. */
static const char *first_difference(const struct meeple__replica *replica)
{
    const struct meeple__layout *layout = replica->layout;

    for (uint32_t slot = 0; slot < layout->slot_count; slot++) {
        meeple_field field = meeple__layout_slot(layout, slot);

        /* What did not exist may have pointed anywhere. */
        if (meeple__bit(replica->marks, slot) &&
            meeple__layout_present(layout, slot, replica->object->self) &&
            !meeple__slot_same(&field, replica->object->self, replica->shadow)) {
            return field.name;
        }
    }
    return NULL;
}

void meeple__repair_note(meeple_world *world, const struct meeple__replica *replica)
{
    struct meeple__states *states = &world->states;
    const char *path = replica->object->path, *field;

    if (!states->mending || states->notes == NOTES_MAX || states->all_notes == NOTES_MAX_ALL) {
        return;
    }
    if (replica->object->removed || replica->arriving) {
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "mended: %s %s", path,
                    replica->arriving ? "was missing" : "was not to be here");
    } else {
        field = first_difference(replica);
        if (!field) {
            return;
        }
        meeple__log(world->log, MEEPLE_LOG_WARN, "rpc", "mended: field '%s' of %s was not the same",
                    field, path);
    }
    states->notes++;
    states->all_notes++;
}

void meeple__repair_end(meeple_world *world)
{
    if (!world->states.mending) {
        return;
    }
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        struct meeple__replica *replica = MEEPLE__CONTAINER(link, meeple_object, link)->replica;

        if (replica) {
            replica->unconfirmed = replica->keeps = false;
        }
    }
    world->states.mending = world->states.asked = false;
    world->states.repairs++;
}
