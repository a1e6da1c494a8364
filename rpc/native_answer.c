/* native_answer: calls that come in the native dialect, by what the sender has announced. */
#include "rpc/native.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "rpc/refusal.h"

static void refuse_object(meeple_world *world, const struct meeple__remote *remote,
                          const struct meeple__remote_object *object)
{
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " called %s of class %.*s: ", remote->id, object->path,
                (int)object->cls->name.len, (const char *)object->cls->name.ptr);
    meeple__say(&text, "there is no such object here");
    meeple__refuse(world, &(meeple_refusal){.rule = MEEPLE_REFUSAL_NO_OBJECT,
                                            .sender = remote->id,
                                            .path = object->path,
                                            .method = "",
                                            .text = text.text});
}

/* The name and signature that the sender has for its method of that index. */
static void their_method(const struct meeple__remote_class *cls, unsigned index, meeple_bytes *name,
                         meeple_bytes *signature)
{
    struct meeple__reader list = meeple__reader_of(cls->list);

    assert(index < cls->method_count);
    for (unsigned i = 0; i <= index; i++) {
        meeple__command_next_method(&list, name, signature);
    }
}

static void refuse_method(meeple_world *world, const struct meeple__remote *remote,
                          const meeple_object *object, const struct meeple__remote_class *cls,
                          unsigned index)
{
    struct meeple__their_method theirs = cls->theirs[index];
    bool differs = theirs.answer == MEEPLE__DIFFERS;
    char method[MEEPLE__NAME_MAX + 1];
    struct meeple__sentence text;
    meeple_bytes name, signature;

    their_method(cls, index, &name, &signature);
    *meeple__write_bytes((uint8_t *)method, name) = '\0';
    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " called %s.%s(", remote->id, object->path, method);
    meeple__say_signature(&text, signature);
    if (differs) {
        meeple__say(&text, "): here it is ");
        meeple__say_method(&text, object->path, object->methods->types[theirs.index]);
    } else {
        meeple__say(&text, "): the object has no such method here");
    }
    meeple__refuse(world, &(meeple_refusal){.rule = differs ? MEEPLE_REFUSAL_SIGNATURE
                                                            : MEEPLE_REFUSAL_NO_METHOD,
                                            .sender = remote->id,
                                            .path = object->path,
                                            .method = method,
                                            .text = text.text});
}

static void refuse_number(meeple_world *world, const struct meeple__remote *remote,
                          const struct meeple__command *command, bool is_method)
{
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " called %s %" PRIu32 ", which it has not announced",
                remote->id, is_method ? "a method of object" : "object", command->number);
    meeple__refuse_plain(world, is_method ? MEEPLE_REFUSAL_MALFORMED : MEEPLE_REFUSAL_NO_OBJECT,
                         remote->id, &text);
}

/* The object is here; what of its class's method? */
static int answer(struct meeple__answering *answering, const struct meeple__remote *remote,
                  const struct meeple__remote_class *cls, unsigned method)
{
    if (cls->theirs[method].answer != MEEPLE__ANSWERS) {
        refuse_method(answering->world, remote, answering->object, cls, method);
        return 0;
    }
    answering->method = cls->theirs[method].index;
    return meeple__answer_may(answering) ? meeple__answer_msgpack(answering) : 0;
}

int meeple__native_answer(meeple_world *world, const struct meeple__remote *remote,
                          const struct meeple__command *command)
{
    const struct meeple__remote_object *there = meeple__remote_object(remote, command->number);
    struct meeple__answering answering = {
        .world = world, .sender = remote->id, .args = command->rest};

    if (!there || command->method >= there->cls->method_count) {
        refuse_number(world, remote, command, there != NULL);
        return 0;
    }
    answering.object = meeple__objects_find(
        &world->objects, (meeple_bytes){(const uint8_t *)there->path, there->path_len},
        there->path_hash);
    if (!answering.object || answering.object->methods != there->cls->methods) {
        refuse_object(world, remote, there);
        return 0;
    }
    return answer(&answering, remote, there->cls, command->method);
}

int meeple__native_answer_spawned(meeple_world *world, const struct meeple__remote *remote,
                                  const struct meeple__command *command)
{
    const struct meeple__remote_class *cls =
        meeple__remote_class_numbered(remote, command->class_number);
    struct meeple__answering answering = {
        .world = world, .sender = remote->id, .args = command->rest};

    if (!cls || command->method >= cls->method_count) {
        refuse_number(world, remote, command, true);
        return 0;
    }
    answering.object = meeple__states_find(&world->states, command->number);
    /* On its way it may have gone, or was meant for others: to everyone is to those who do not see
     * it, too. */
    if (!answering.object || !answering.object->replica->ready ||
        (meeple_net_is_server(world->net) &&
         meeple__seen_view(&remote->seen, answering.object->number) == 0)) {
        world->states.stale++;
        return 0;
    }
    if (answering.object->methods != cls->methods) {
        refuse_number(world, remote, command, true);
        return 0;
    }
    return answer(&answering, remote, cls, command->method);
}

void meeple__native_report(const struct meeple__answering *answering,
                           const struct meeple__local *local)
{
    struct meeple__remote *remote = meeple__world_remote(answering->world, local->peer);
    const meeple_rpc_type *type = meeple__answering_type(answering);
    struct meeple__remote_class *cls =
        remote ? meeple__remote_class(remote, answering->object->methods->name) : NULL;
    meeple_refusal refusal = {
        .sender = local->peer, .path = answering->object->path, .method = type->name};
    meeple_bytes name = {(const uint8_t *)type->name, strlen(type->name)};
    struct meeple__sentence text;
    bool said = false;

    meeple__answer_say(&text, answering, "does not answer");
    refusal.rule = MEEPLE_REFUSAL_NO_METHOD;
    if (local->answer == MEEPLE__DEAF) {
        meeple__say(&text, "it speaks another version of the protocol");
    } else if (local->answer == MEEPLE__DIFFERS && cls) {
        refusal.rule = MEEPLE_REFUSAL_SIGNATURE;
        meeple__say(&text, "there it is %s(", type->name);
        meeple__say_signature(&text, meeple__remote_signature(cls, name));
        meeple__say(&text, ")");
    } else {
        meeple__say(&text, "it has no such method");
    }
    refusal.text = text.text;
    if (cls) {
        said = cls->reported[local->method];
        cls->reported[local->method] = true;
    }
    if (said) {
        meeple__refuse_quietly(answering->world, &refusal);
    } else {
        meeple__refuse(answering->world, &refusal);
    }
}
