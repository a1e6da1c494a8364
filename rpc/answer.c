/* answer: a call that comes in is run, or refused with a sentence. */
#include "rpc/answer.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/codec_msgpack.h"
#include "rpc/native.h"
#include "rpc/policy.h"
#include "rpc/refusal.h"
#include "rpc/set.h"

void meeple__answer_say(struct meeple__sentence *text, const struct meeple__answering *answering,
                        const char *does)
{
    meeple__sentence_init(text);
    meeple__say(text, "peer %" PRId32 " %s ", answering->sender, does);
    meeple__say_method(text, answering->object->path, meeple__answering_type(answering));
    meeple__say(text, ": ");
}

static void refuse(const struct meeple__answering *answering, meeple_refusal_rule rule,
                   const struct meeple__sentence *text)
{
    meeple__refuse(answering->world,
                   &(meeple_refusal){.rule = rule,
                                     .sender = answering->sender,
                                     .path = answering->object->path,
                                     .method = meeple__answering_type(answering)->name,
                                     .text = text->text});
}

static void refuse_call(const struct meeple__answering *answering, meeple_refusal_rule rule,
                        const struct meeple__sentence *why)
{
    struct meeple__sentence text;

    meeple__answer_say(&text, answering, "called");
    meeple__say(&text, "%s", why->text);
    refuse(answering, rule, &text);
}

void meeple__answer_refuse_arguments(const struct meeple__answering *answering,
                                     const struct meeple__sentence *why)
{
    refuse_call(answering, MEEPLE_REFUSAL_ARGUMENTS, why);
}

bool meeple__answer_may(const struct meeple__answering *answering)
{
    const meeple_object *object = answering->object;
    meeple_rpc_mode mode = meeple__object_mode(object, answering->method);
    struct meeple__sentence text;

    if (meeple__policy_answer(mode, answering->world->id, object->master, answering->sender)) {
        return true;
    }
    meeple__answer_say(&text, answering, "may not call");
    meeple__policy_say(&text, mode, object->master);
    refuse(answering, MEEPLE_REFUSAL_MODE, &text);
    return false;
}

int meeple__answer_run(const struct meeple__answering *answering, const void *arg)
{
    meeple_object *object = answering->object;
    const struct meeple__setter *setter =
        meeple__methods_setter(object->methods, answering->method);
    meeple_call call = {answering->world, object, answering->sender};
    meeple_refusal_rule rule;
    struct meeple__sentence why;
    int rc;

    if (!setter) {
        object->cls->methods[answering->method].run(object->self, arg, &call);
        return 0;
    }
    meeple__sentence_init(&why);
    rc = meeple__set(setter, arg, &call, &rule, &why);
    if (rc < 0 && rc != MEEPLE_ENOMEM) {
        refuse_call(answering, rule, &why);
        rc = 0;
    }
    return rc;
}

int meeple__answer_msgpack(const struct meeple__answering *answering)
{
    const meeple_rpc_type *type = meeple__answering_type(answering);
    struct meeple__sentence why;
    char *strings = NULL;
    void *arg = meeple__world_arg(answering->world, &answering->world->answering, type,
                                  meeple__msgpack_room(type, answering->args.len), &strings);

    if (!arg) {
        return MEEPLE_ENOMEM;
    }
    meeple__sentence_init(&why);
    if (meeple__msgpack_read(type, answering->args, arg, strings, &why) < 0) {
        meeple__answer_refuse_arguments(answering, &why);
        return 0;
    }
    return meeple__answer_run(answering, arg);
}

int meeple__answer_local(meeple_world *world)
{
    struct meeple__local local;
    struct meeple__answering answering = {.world = world, .sender = world->id};
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
        meeple__native_report(&answering, &local);
    } else {
        rc = meeple__answer_msgpack(&answering);
    }
    if (rc < 0) {
        return rc;
    }
    meeple__local_next(&world->local);
    return 1;
}
