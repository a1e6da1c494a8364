/* raw: the application's own bytes, in order with the calls. */
#include <meeple/world.h>

#include "rpc/dialect.h"
#include "rpc/flush.h"

int meeple_world_send(meeple_world *world, int32_t to, meeple_bytes bytes)
{
    if (!world || to == INT32_MIN || bytes.len == 0 || !bytes.ptr) {
        return MEEPLE_EINVAL;
    }
    if (!world->up || world->freeing || world->states.asking) {
        return MEEPLE_ESTATE;
    }
    meeple__flush(world);
    return world->dialect->send_raw(world, to, bytes);
}
