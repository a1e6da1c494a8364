/* answer: a call that comes in is run, or refused with a sentence. */
#ifndef MEEPLE_RPC_ANSWER_H
#define MEEPLE_RPC_ANSWER_H

#include "rpc/sentence.h"
#include "rpc/world.h"

/* One call, as far as it is understood. */
struct meeple__answering {
    meeple_world *world;
    int32_t sender;
    meeple_object *object;
    unsigned method;
    meeple_bytes args; /* as they came */
};

static inline const meeple_rpc_type *
meeple__answering_type(const struct meeple__answering *answering)
{
    return meeple__object_type(answering->object, answering->method);
}

/* Whether the mode lets the sender; if not it is refused. */
bool meeple__answer_may(const struct meeple__answering *answering);
/* Runs the handler, or sets the field; what may not be set is refused.  MEEPLE_ENOMEM: nothing was
 * done, it can be tried again. */
int meeple__answer_run(const struct meeple__answering *answering, const void *arg);
/* Reads the arguments, which are msgpack, and runs the handler, or refuses them.  MEEPLE_ENOMEM:
 * nothing was done, it can be tried again. */
int meeple__answer_msgpack(const struct meeple__answering *answering);
/* The arguments are not the method's. */
void meeple__answer_refuse_arguments(const struct meeple__answering *answering,
                                     const struct meeple__sentence *why);
/* Begins a sentence: "peer 7 called game.roll(int32): ". */
void meeple__answer_say(struct meeple__sentence *text, const struct meeple__answering *answering,
                        const char *does);

/* The first of the local calls and reports, if there is one: 1 if so, 0, MEEPLE_ENOMEM as above. */
int meeple__answer_local(meeple_world *world);

#endif /* MEEPLE_RPC_ANSWER_H */
