/* set: a field of an object's state is set by a call: into the struct, and what it points at. */
#include "rpc/set.h"

#include <string.h>

#include <meeple/state.h>

#include "core/mem.h"
#include "rpc/burden.h"
#include "rpc/codec_msgpack.h"
#include "rpc/content.h"
#include "rpc/entry.h"
#include "rpc/field.h"
#include "rpc/sentence.h"

int meeple__set_check(const meeple_world *world, const struct meeple__setter *setter,
                      const void *arg, struct meeple__sentence *why)
{
    size_t size;

    if (!meeple__content_is(setter->argument.type)) {
        return 0;
    }
    size = meeple__msgpack_field_size(&setter->argument, arg);
    if (size > world->value_bytes_max) {
        meeple__say_field(why, &setter->argument, 1);
        meeple__say(why, "is %zu bytes long, more than value_bytes_max, %zu", size,
                    world->value_bytes_max);
        return MEEPLE_EINVAL;
    }
    return 0;
}

/* The remote that it counts for, which may be gone, and another have its id. */
static struct meeple__remote *counted_for(const meeple_world *world,
                                          const struct meeple__kept *kept)
{
    struct meeple__remote *remote =
        kept->counted_for > 0 ? meeple__world_remote(world, kept->peer) : NULL;

    return remote && remote->joined == kept->counted_for ? remote : NULL;
}

static void count(const meeple_world *world, struct meeple__kept *kept,
                  struct meeple__remote *remote)
{
    struct meeple__remote *before = counted_for(world, kept);

    if (before) {
        before->content_bytes -= kept->counted_bytes;
    }
    kept->counted_bytes = remote ? meeple__blob_size(kept->blob) : 0;
    kept->counted_for = remote ? remote->joined : 0;
    kept->peer = remote ? remote->id : 0;
    if (remote) {
        remote->content_bytes += kept->counted_bytes;
    }
}

/* What others have us keep is bounded, what we do is not. */
static int keep(const struct meeple__setter *setter, const meeple_field *field,
                const meeple_value *value, const meeple_call *call, struct meeple__sentence *why)
{
    meeple_world *world = call->world;
    meeple_object *object = call->object;
    struct meeple__remote *remote = meeple__world_remote(world, call->sender);
    struct meeple__kept *kept = object->kept ? &object->kept[setter->kept] : NULL;
    size_t before = remote && kept && counted_for(world, kept) == remote ? kept->counted_bytes : 0;
    int rc;

    if (remote && !meeple__burden_allows(world, remote, meeple__content_size(value), before)) {
        return meeple__entry_too_much(world, why);
    }
    if (!kept) {
        object->kept =
            meeple__alloc(world->mem, object->methods->kept_count * sizeof *object->kept);
        if (!object->kept) {
            return MEEPLE_ENOMEM;
        }
        kept = &object->kept[setter->kept];
    }
    rc = meeple__content_keep(field, object->self, &kept->blob, value, world->mem);
    if (rc == 0) {
        count(world, kept, remote);
    }
    return rc;
}

/* What is behind a text is zero, as where it comes as state. */
static void put(const struct meeple__setter *setter, const meeple_field *field, const void *arg,
                void *self)
{
    void *member = (char *)self + field->offset;

    if (field->type == MEEPLE_TYPE_CHARS) {
        const char *text = *(const char *const *)arg;

        memset(member, 0, field->size);
        memcpy(member, text, strlen(text));
    } else {
        memcpy(member, arg, meeple__type_size(setter->argument.type));
    }
}

int meeple__set(const struct meeple__setter *setter, const void *arg, const meeple_call *call,
                meeple_refusal_rule *rule, struct meeple__sentence *why)
{
    meeple_object *object = call->object;
    const meeple_state *state = object->cls->state;
    const meeple_field *field = &state->fields[setter->field];
    int rc;

    /* Of our own calls it may have been when we made them. */
    if (object->replica && !meeple__states_is_ours(call->world, object)) {
        *rule = MEEPLE_REFUSAL_NOT_MASTER;
        meeple__say(why, "we are not its master any more");
        return MEEPLE_EPROTO;
    }
    if (meeple__set_check(call->world, setter, arg, why) < 0) {
        *rule = MEEPLE_REFUSAL_ARGUMENTS;
        return MEEPLE_EPROTO;
    }
    if (meeple__content_is(field->type)) {
        meeple_value value = meeple__content_of(&setter->argument, arg);

        rc = keep(setter, field, &value, call, why);
        if (rc < 0) {
            *rule = MEEPLE_REFUSAL_LIMIT;
            return rc == MEEPLE_ENOMEM ? rc : MEEPLE_EPROTO;
        }
    } else {
        put(setter, field, arg, object->self);
    }
    if (object->replica) {
        meeple__watch_name(&call->world->states.watch, object->replica);
    }
    if (state->on_set) {
        state->on_set(object->self, object, field, call);
    }
    return 0;
}

void meeple__set_release(meeple_object *object)
{
    for (uint32_t i = 0; object->kept && i < object->methods->kept_count; i++) {
        count(object->world, &object->kept[i], NULL);
    }
}

void meeple__set_free(meeple_object *object, const meeple_mem *mem)
{
    for (uint32_t i = 0; object->kept && i < object->methods->kept_count; i++) {
        meeple__blob_drop(object->kept[i].blob, mem);
    }
    meeple__free(mem, object->kept);
    object->kept = NULL;
}
