/* lacking: the peers that have not been told all there is; no others cost anything. */
#include "rpc/lacking.h"

static void add_everyone(meeple_world *world)
{
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        meeple__lacks(world, MEEPLE__CONTAINER(link, struct meeple__remote, link));
    }
}

bool meeple__lacking_any(meeple_world *world)
{
    struct meeple__news now = {.objects = world->objects.added,
                               .batches = world->states.stamp,
                               .classes = world->classes.count};
    struct meeple__news *before = &world->noticed;

    if (now.objects != before->objects || now.classes != before->classes ||
        (now.batches != before->batches && meeple_net_is_server(world->net))) {
        add_everyone(world);
    } else if (now.batches != before->batches) {
        /* A client tells its state to nobody else. */
        struct meeple__remote *server = meeple__world_remote(world, MEEPLE_SERVER);

        if (server) {
            meeple__lacks(world, server);
        }
    }
    *before = now;
    return !meeple__list_empty(&world->lacking);
}
