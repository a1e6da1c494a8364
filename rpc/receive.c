/* receive: what the net tells us, taken apart: peers that come and go, and their packets. */
#include "rpc/receive.h"

#include <inttypes.h>

#include "core/log.h"
#include "core/mem.h"
#include "rpc/announce.h"
#include "rpc/answer.h"
#include "rpc/check.h"
#include "rpc/flush.h"
#include "rpc/lacking.h"
#include "rpc/refusal.h"
#include "rpc/replica.h"
#include "rpc/spawn.h"

static void tell(meeple_world *world, const meeple_event *event)
{
    if (world->on_event) {
        world->on_event(world, event);
    }
}

static int join(meeple_world *world, int32_t id)
{
    struct meeple__remote *remote = meeple__remote_new(world->mem, id);
    int rc;

    if (!remote) {
        return MEEPLE_ENOMEM;
    }
    rc = meeple__heap_reserve(&world->checks, world->mem, (size_t)world->remotes.count + 1);
    if (rc == 0) {
        rc = meeple__map_put(&world->remotes, world->mem, &remote->by_id,
                             meeple__hash_u32((uint32_t)id));
    }
    if (rc < 0) {
        meeple__remote_free(remote, world->mem);
        return rc;
    }
    meeple__list_append(&world->remote_list, &remote->link);
    meeple__lacks(world, remote);
    world->states.unasked = true;
    /* What it may see is for on_event to say, and told before the next event. */
    meeple__announce(world, remote);
    return 0;
}

static void leave(meeple_world *world, struct meeple__remote *remote)
{
    meeple__map_remove(&world->remotes, &remote->by_id);
    meeple__list_remove(&remote->link);
    meeple__list_remove(&remote->lacking);
    meeple__check_forget(world, remote);
    world->deaf_count -= remote->deaf;
    meeple__remote_free(remote, world->mem);
}

/* For the application, before it is told. */
static void leave_for_good(meeple_world *world, struct meeple__remote *remote)
{
    int32_t id = remote->id;

    leave(world, remote);
    meeple__spawn_forget(world, id);
}

static void go_down(meeple_world *world)
{
    while (!meeple__list_empty(&world->remote_list)) {
        leave(world, MEEPLE__CONTAINER(world->remote_list.next, struct meeple__remote, link));
    }
    world->up = false;
    world->down = true;
    meeple__replica_go_down(world);
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
        return meeple__answer_call(world, remote, command);
    case MEEPLE__COMMAND_CALL_SPAWNED:
        return meeple__answer_spawned(world, remote, command);
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
        tell(world, &raw);
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

/* Again; NULL: who is gone already. */
static void has_room(meeple_world *world, struct meeple__remote *remote)
{
    if (remote) {
        remote->seen.blocked = false;
        meeple__check_follow(world, remote);
    }
}

int meeple__receive(meeple_world *world, const meeple_event *event)
{
    struct meeple__remote *remote = meeple__world_remote(world, event->peer);
    int rc;

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        world->id = event->peer;
        world->up = true;
        break;
    case MEEPLE_EVENT_JOIN:
        meeple__flush_held(world);
        rc = remote ? 0 : join(world, event->peer);
        if (rc < 0) {
            return rc;
        }
        break;
    case MEEPLE_EVENT_PACKET:
        return remote ? packet(world, remote, event) : 0;
    case MEEPLE_EVENT_LEAVE:
        if (remote) {
            leave_for_good(world, remote);
        }
        break;
    case MEEPLE_EVENT_DOWN:
        go_down(world);
        break;
    case MEEPLE_EVENT_DRAINED: /* what waits is told before the next event */
        has_room(world, remote);
        break;
    case MEEPLE_EVENT_NONE: /* ours: meeple__net_room() */
        has_room(world, remote);
        return 0;
    case MEEPLE_EVENT_REQUEST:
    case MEEPLE_EVENT_CLOSING:
    default:
        break;
    }
    tell(world, event);
    return 0;
}
