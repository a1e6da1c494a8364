/* answer: a call that comes in is run, or refused with a sentence. */
#include "rpc/answer.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/log.h"
#include "rpc/codec_msgpack.h"
#include "rpc/policy.h"
#include "rpc/refusal.h"

/* One call, as far as it is understood. */
struct answering {
    meeple_world *world;
    int32_t sender;
    meeple_object *object;
    unsigned method;
    meeple_bytes args;
};

static const meeple_rpc_type *type_of(const struct answering *answering)
{
    return answering->object->cls->methods[answering->method].type();
}

static void begin_sentence(struct meeple__sentence *text, const struct answering *answering,
                           const char *does)
{
    meeple__sentence_init(text);
    meeple__say(text, "peer %" PRId32 " %s ", answering->sender, does);
    meeple__say_method(text, answering->object->path, type_of(answering));
    meeple__say(text, ": ");
}

static void refuse(const struct answering *answering, meeple_refusal_rule rule,
                   const struct meeple__sentence *text)
{
    meeple__refuse(answering->world, &(meeple_refusal){.rule = rule,
                                                       .sender = answering->sender,
                                                       .path = answering->object->path,
                                                       .method = type_of(answering)->name,
                                                       .text = text->text});
}

static void refuse_arguments(const struct answering *answering, const struct meeple__sentence *why)
{
    struct meeple__sentence text;

    begin_sentence(&text, answering, "called");
    meeple__say(&text, "%s", why->text);
    refuse(answering, MEEPLE_REFUSAL_ARGUMENTS, &text);
}

/* Decodes the arguments and runs the handler. */
static int run(const struct answering *answering)
{
    const meeple_rpc_type *type = type_of(answering);
    struct meeple__sentence why;
    meeple_call call = {answering->world, answering->object, answering->sender};
    char *strings = NULL;
    void *arg = meeple__world_arg(answering->world, &answering->world->answering, type,
                                  answering->args.len + 1, &strings);

    if (!arg) {
        return MEEPLE_ENOMEM;
    }
    meeple__sentence_init(&why);
    if (meeple__msgpack_read(type, answering->args, arg, strings, &why) < 0) {
        refuse_arguments(answering, &why);
        return 0;
    }
    answering->object->cls->methods[answering->method].run(answering->object->self, arg, &call);
    return 0;
}

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
static int answer(struct answering *answering, const struct meeple__remote *remote,
                  const struct meeple__remote_class *cls, unsigned method)
{
    meeple_world *world = answering->world;
    meeple_rpc_mode mode;

    if (cls->theirs[method].answer != MEEPLE__ANSWERS) {
        refuse_method(world, remote, answering->object, cls, method);
        return 0;
    }
    answering->method = cls->theirs[method].index;
    mode = answering->object->cls->methods[answering->method].mode;
    if (!meeple__policy_answer(mode, world->id, answering->object->master, remote->id)) {
        struct meeple__sentence text;

        begin_sentence(&text, answering, "may not call");
        meeple__policy_say(&text, mode, answering->object->master);
        refuse(answering, MEEPLE_REFUSAL_MODE, &text);
        return 0;
    }
    return run(answering);
}

int meeple__answer_call(meeple_world *world, const struct meeple__remote *remote,
                        const struct meeple__command *command)
{
    const struct meeple__remote_object *there = meeple__remote_object(remote, command->number);
    struct answering answering = {.world = world, .sender = remote->id, .args = command->rest};

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

int meeple__answer_spawned(meeple_world *world, const struct meeple__remote *remote,
                           const struct meeple__command *command)
{
    const struct meeple__remote_class *cls =
        meeple__remote_class_numbered(remote, command->class_number);
    struct answering answering = {.world = world, .sender = remote->id, .args = command->rest};

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

/* A peer has not the method that we called, or another one of that name. */
static void report(const struct answering *answering, const struct meeple__local *local)
{
    struct meeple__remote *remote = meeple__world_remote(answering->world, local->peer);
    const meeple_rpc_type *type = type_of(answering);
    struct meeple__remote_class *cls =
        remote ? meeple__remote_class(remote, answering->object->methods->name) : NULL;
    meeple_refusal refusal = {
        .sender = local->peer, .path = answering->object->path, .method = type->name};
    meeple_bytes name = {(const uint8_t *)type->name, strlen(type->name)};
    struct meeple__sentence text;
    bool said = false;

    begin_sentence(&text, answering, "does not answer");
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

int meeple__answer_local(meeple_world *world)
{
    struct meeple__local local;
    struct answering answering = {.world = world, .sender = world->id};
    int rc = 0;

    if (!meeple__local_first(&world->local, &local, &answering.args)) {
        return 0;
    }
    answering.method = local.method;
    answering.object = meeple__objects_numbered(&world->objects, local.number, local.sequence);
    if (!answering.object) {
        meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc",
                    "a call to ourselves found its object removed");
    } else if (local.kind == MEEPLE__LOCAL_REPORT) {
        answering.sender = local.peer;
        report(&answering, &local);
    } else {
        rc = run(&answering);
    }
    if (rc < 0) {
        return rc;
    }
    meeple__local_next(&world->local);
    return 1;
}
