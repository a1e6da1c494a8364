/* native: the native dialect: what its peers announce and ask for, and what they are told first. */
#include "rpc/native.h"

#include <inttypes.h>

#include "core/log.h"
#include "rpc/announce.h"
#include "rpc/check.h"
#include "rpc/lacking.h"
#include "rpc/receive.h"
#include "rpc/refusal.h"
#include "rpc/replica.h"
#include "rpc/replicate.h"

static int join(meeple_world *world, struct meeple__remote *remote)
{
    int rc = meeple__heap_reserve(&world->checks, world->mem, world->remotes.count);

    if (rc < 0) {
        return rc;
    }
    meeple__lacks(world, remote);
    world->states.unasked = true;
    /* What it may see is for on_event to say, and told before the next event. */
    meeple__announce(world, remote);
    return 0;
}

static void leave(meeple_world *world, struct meeple__remote *remote)
{
    meeple__list_remove(&remote->lacking);
    meeple__check_forget(world, remote);
    world->deaf_count -= remote->deaf;
}

static void hello(meeple_world *world, struct meeple__remote *remote,
                  const struct meeple__command *command)
{
    struct meeple__sentence text;

    remote->heard = true;
    if (command->version != MEEPLE__WORLD_VERSION) {
        remote->deaf = true;
        world->deaf_count++;
        meeple__sentence_init(&text);
        meeple__say(&text, "peer %" PRId32 " speaks version %u of the protocol, we speak %u",
                    remote->id, (unsigned)command->version, (unsigned)MEEPLE__WORLD_VERSION);
        meeple__refuse_plain(world, MEEPLE_REFUSAL_MALFORMED, remote->id, &text);
    }
    meeple__check_follow(world, remote);
}

static void refuse_announcement(meeple_world *world, struct meeple__remote *remote,
                                const struct meeple__command *command, int rc)
{
    bool is_class = command->type == MEEPLE__COMMAND_CLASS;
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " announced %s %.*s: ", remote->id,
                is_class ? "class" : "object", (int)command->name.len,
                (const char *)command->name.ptr);
    if (rc == MEEPLE_ETOOBIG) {
        /* Said once; a peer could fill the log with it. */
        if (remote->refused++ > 0) {
            return;
        }
        meeple__say(&text, "that is over the limit, as is all that it announces from here on");
        meeple__refuse_plain(world, MEEPLE_REFUSAL_LIMIT, remote->id, &text);
        return;
    }
    meeple__say(&text, is_class ? "it has announced another one of that name or number"
                                : "it has not announced the class of it");
    meeple__refuse_plain(world, MEEPLE_REFUSAL_MALFORMED, remote->id, &text);
}

static int obey(meeple_world *world, struct meeple__remote *remote,
                const struct meeple__command *command)
{
    int rc = 0;

    switch (command->type) {
    case MEEPLE__COMMAND_CLASS:
        rc = meeple__remote_add_class(remote, world->mem, command, &world->classes);
        break;
    case MEEPLE__COMMAND_OBJECT:
        rc = meeple__remote_add_object(remote, world->mem, command, world->objects_max);
        break;
    case MEEPLE__COMMAND_GONE:
        meeple__remote_drop_object(remote, world->mem, command->number);
        return 0;
    case MEEPLE__COMMAND_CALL:
        return meeple__native_answer(world, remote, command);
    case MEEPLE__COMMAND_CALL_SPAWNED:
        return meeple__native_answer_spawned(world, remote, command);
    case MEEPLE__COMMAND_LAYOUT:
    case MEEPLE__COMMAND_SPAWN:
    case MEEPLE__COMMAND_STATE:
    case MEEPLE__COMMAND_OWNER:
    case MEEPLE__COMMAND_REMOVE:
    case MEEPLE__COMMAND_CHECK:
    case MEEPLE__COMMAND_REPAIR:
    case MEEPLE__COMMAND_RESET:
    case MEEPLE__COMMAND_FRAGMENT:
        return meeple__replica_obey(world, remote, command);
    case MEEPLE__COMMAND_RAW:
    case MEEPLE__COMMAND_HELLO:
    default:
        return 0;
    }
    if (rc < 0 && rc != MEEPLE_ENOMEM) {
        refuse_announcement(world, remote, command, rc);
        rc = 0;
    }
    return rc;
}

static int packet(meeple_world *world, struct meeple__remote *remote, const meeple_event *event)
{
    struct meeple__command command;

    if (meeple__command_read(&command, event->data) < 0) {
        struct meeple__sentence text;

        meeple__sentence_init(&text);
        meeple__say(&text, "peer %" PRId32 " sent %zu bytes that are no command", event->peer,
                    event->data.len);
        meeple__refuse_plain(world, MEEPLE_REFUSAL_MALFORMED, event->peer, &text);
        return 0;
    }
    if (command.type == MEEPLE__COMMAND_RAW) {
        meeple_event raw = *event;

        raw.data = command.rest;
        meeple__receive_tell(world, &raw);
        return 0;
    }
    if (command.type == MEEPLE__COMMAND_HELLO && !remote->heard) {
        hello(world, remote, &command);
        return 0;
    }
    if (!remote->heard || remote->deaf) {
        remote->ignored++;
        meeple__log(world->log, MEEPLE_LOG_DEBUG, "rpc", "a command of peer %" PRId32 " %s",
                    remote->id,
                    remote->deaf ? "of another version is ignored" : "came before its hello");
        return 0;
    }
    return obey(world, remote, &command);
}

/* A class of ours that peers announced before we had it. */
static void meet(meeple_world *world, struct meeple__methods *methods)
{
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        meeple__remote_meet(MEEPLE__CONTAINER(link, struct meeple__remote, link), methods);
    }
}

static void added(meeple_world *world, struct meeple__methods *with_class)
{
    if (with_class) {
        meet(world, with_class);
    }
    meeple__announce_all(world);
}

static bool tell(meeple_world *world)
{
    bool all = meeple__announce_all(world) && !world->states.poor;

    return meeple__replicate(world) && all;
}

const struct meeple__dialect meeple__dialect_native = {
    .name = MEEPLE_DIALECT_NATIVE,
    .replicates = true,
    .join = join,
    .leave = leave,
    .packet = packet,
    .encode = meeple__native_encode,
    .send = meeple__native_send,
    .send_raw = meeple__native_send_raw,
    .class_fits = meeple__announce_class_fits,
    .path_fits = meeple__announce_path_fits,
    .added = added,
    .removed = meeple__announce_gone,
    .tell = tell,
};
