/* world: what the parts of the rpc layer share: a net, and who is on it with what. */
#ifndef MEEPLE_RPC_WORLD_H
#define MEEPLE_RPC_WORLD_H

#include <meeple/world.h>

#include "core/buf.h"
#include "core/heap.h"
#include "core/list.h"
#include "core/map.h"
#include "rpc/local.h"
#include "rpc/methods.h"
#include "rpc/object.h"
#include "rpc/remote.h"
#include "rpc/sink.h"
#include "rpc/states.h"

struct meeple__dialect;

/* Memory that is kept for the next time.  Zeroed is none. */
struct meeple__scratch {
    void *ptr;
    size_t size;
};

/* What there is that concerns more than one peer. */
struct meeple__news {
    uint64_t objects; /* the sequence of the newest that was added */
    uint64_t batches; /* the stamp of the newest */
    uint32_t classes;
};

struct meeple_world {
    const struct meeple__dialect *dialect; /* of the net */
    meeple_net *net;
    const meeple_mem *mem;
    const meeple_log *log;
    void (*on_event)(meeple_world *world, const meeple_event *event);
    void (*on_refused)(meeple_world *world, const meeple_refusal *refusal);
    void *user;
    uint32_t objects_max;
    uint32_t check_interval_ms; /* UINT32_MAX: never */
    size_t local_bytes_max, held_bytes_max, value_bytes_max, content_bytes_max, packet_max;
    size_t ahead_max;       /* bytes in a peer's queue, above which it is told no more of objects */
    int32_t id;             /* 0 before UP */
    bool up, down;          /* as far as on_event has been told */
    bool polling;           /* meeple_world_poll() is on the stack */
    bool freeing;           /* at its end */
    bool held;              /* event ran out of memory and is tried again */
    bool drained;           /* a remote may be */
    bool lags;              /* there was no memory to tell a peer of our objects */
    uint64_t told_sequence; /* of the newest that was added, when all peers were told */
    meeple_event event;
    struct meeple__classes classes;
    struct meeple__objects objects;
    struct meeple__states states;
    struct meeple__map remotes;      /* by id */
    struct meeple__list remote_list; /* as they joined; in Godot 3 by id, unless unsorted */
    bool unsorted;
    struct meeple__list lacking; /* those that have not been told everything */
    struct meeple__news noticed; /* when others were put there last */
    uint32_t deaf_count;         /* of remotes */
    uint64_t joined;             /* remotes there ever were */
    struct meeple__heap checks;  /* when each is to be checked (check) */
    struct meeple__local_queue local;
    struct meeple__buf tx;    /* the packet that is being made */
    struct meeple__buf aside; /* what has to be said before it, or what runs here in place of it */
    /* The arguments of the call that is being answered, and of one that is made out of values while
     * that handler runs. */
    struct meeple__scratch answering, calling;
};

/* NULL if there is no such peer. */
struct meeple__remote *meeple__world_remote(const meeple_world *world, int32_t id);
/* Room for the argument struct of a method, aligned for anything, and behind it for so many bytes
 * of strings, in place of what was there before; NULL when out of memory. */
void *meeple__world_arg(const meeple_world *world, struct meeple__scratch *scratch,
                        const meeple_rpc_type *type, size_t strings_size, char **strings);
/* An empty tx to write a packet to. */
struct meeple__sink meeple__world_sink(meeple_world *world);

/* The same for what is made while that one is there. */
struct meeple__sink meeple__world_sink_aside(meeple_world *world);

static inline meeple_bytes meeple__world_tx(const meeple_world *world)
{
    return (meeple_bytes){world->tx.ptr, world->tx.len};
}

#endif /* MEEPLE_RPC_WORLD_H */
