/* burden: how much a peer makes us keep in strings, bytes and values, and may. */
#include "rpc/burden.h"

/* Whoever it was counted for may be gone. */
void meeple__burden_drop(meeple_world *world, meeple_object *object)
{
    struct meeple__replica *replica = object->replica;
    struct meeple__remote *remote = meeple__world_remote(world, replica->counted_for);

    if (remote) {
        remote->content_bytes -= replica->counted_bytes;
    }
    replica->counted_bytes = 0;
    replica->counted_for = 0;
}

void meeple__burden_count(meeple_world *world, meeple_object *object)
{
    struct meeple__replica *replica = object->replica;
    int32_t peer = meeple_net_is_server(world->net) ? object->master : MEEPLE_SERVER;
    struct meeple__remote *remote;

    if (replica->counted_for == peer && replica->counted_bytes == replica->content_bytes) {
        return;
    }
    meeple__burden_drop(world, object);
    remote = meeple__world_remote(world, peer);
    if (remote) {
        remote->content_bytes += replica->content_bytes;
        replica->counted_bytes = replica->content_bytes;
        replica->counted_for = peer;
    }
}

bool meeple__burden_allows(const meeple_world *world, const struct meeple__remote *remote,
                           size_t bytes, size_t instead_of)
{
    size_t most = world->content_bytes_max, now = remote->content_bytes;

    return bytes <= instead_of || (now <= most && bytes - instead_of <= most - now);
}
