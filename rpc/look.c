/* look: what each peer sees of a spawned object, as the server has said and the filter answers. */
#include "rpc/look.h"

uint8_t meeple__look_level(const meeple_object *object, const struct meeple__remote *remote)
{
    bool filtered = meeple__layout_state(object->replica->layout)->shows != NULL;

    return meeple__view_level(&object->replica->view, object->master, remote->id,
                              filtered ? meeple__seen_passed(&remote->seen, object->number)
                                       : MEEPLE__SEES_ALL);
}

bool meeple__look_is_common(const meeple_object *object)
{
    bool filtered = meeple__layout_state(object->replica->layout)->shows != NULL;

    return object->master == MEEPLE_SERVER &&
           meeple__view_is_common(&object->replica->view, filtered);
}

int meeple__look_waits(const meeple_object *object, const struct meeple__remote *remote)
{
    if (object->replica->renewed) {
        return MEEPLE_ESTATE;
    }
    return meeple__layout_state(object->replica->layout)->shows && !remote->seen.asked
               ? MEEPLE_ENOMEM
               : 0;
}

/* Only about what was shown to the peer, and about no group of an object that it does not see. */
static uint8_t ask(meeple_world *world, const meeple_object *object, int32_t peer)
{
    const meeple_state *state = meeple__layout_state(object->replica->layout);
    uint8_t shown =
        meeple__view_level(&object->replica->view, object->master, peer, MEEPLE__SEES_ALL);
    uint8_t passed = 0;

    world->states.asking = true;
    for (unsigned group = 0; group <= MEEPLE_GROUPS_MAX; group++) {
        uint8_t bit = meeple__group_bit(group);

        if ((shown & bit) && state->shows(object->self, object, peer, group)) {
            passed |= bit;
        }
        if (passed == 0) {
            break;
        }
    }
    world->states.asking = false;
    return passed;
}

/* The server, the owner and the master see it without being asked for. */
static int look(meeple_world *world, const meeple_object *object, struct meeple__remote *remote)
{
    uint8_t passed = 0;

    if (meeple__seen_reserve(&remote->seen, world->mem, object->number) < 0) {
        return MEEPLE_ENOMEM;
    }
    if (remote->id != object->master && remote->id != object->replica->view.owner) {
        passed = ask(world, object, remote->id);
    }
    meeple__seen_pass(&remote->seen, object->number, passed);
    return 0;
}

static bool has_filter(const meeple_object *object)
{
    return object->replica && meeple__layout_state(object->replica->layout)->shows;
}

/* Whether the filters have to be asked about one of the newest batch. */
static bool any_filtered(const meeple_world *world)
{
    for (const struct meeple__list *link = world->states.changed.next;
         link != &world->states.changed; link = link->next) {
        if (has_filter(MEEPLE__CONTAINER_CONST(link, struct meeple__replica, changed)->object)) {
            return true;
        }
    }
    return false;
}

/* For a peer: about all objects, or, if it has been asked already, those of the newest batch.
 * MEEPLE_ENOMEM: it is as if it had just come. */
static int look_for(meeple_world *world, struct meeple__remote *remote, bool fresh)
{
    bool was_asked = remote->seen.asked;

    remote->seen.asked = false;
    if (!was_asked) {
        for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
             link = link->next) {
            const meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

            if (has_filter(object) && look(world, object, remote) < 0) {
                return MEEPLE_ENOMEM;
            }
        }
    } else if (fresh) {
        for (struct meeple__list *link = world->states.changed.next; link != &world->states.changed;
             link = link->next) {
            const meeple_object *object =
                MEEPLE__CONTAINER(link, struct meeple__replica, changed)->object;

            if (has_filter(object) && look(world, object, remote) < 0) {
                return MEEPLE_ENOMEM;
            }
        }
    }
    remote->seen.asked = true;
    return 0;
}

void meeple__look_prepare(meeple_world *world)
{
    if (!world->states.filtered || !world->states.unasked || !meeple_net_is_server(world->net)) {
        return;
    }
    for (struct meeple__list *link = world->objects.all.next; link != &world->objects.all;
         link = link->next) {
        meeple_object *object = MEEPLE__CONTAINER(link, meeple_object, link);

        if (has_filter(object) && meeple__states_is_ours(world, object)) {
            object->replica->urgent = true;
            meeple__watch_name(&world->states.watch, object->replica);
        }
    }
}

bool meeple__look(meeple_world *world, bool fresh)
{
    bool all = true;

    if (!world->states.filtered || !meeple_net_is_server(world->net) ||
        (!world->states.unasked && !(fresh && any_filtered(world)))) {
        return true;
    }
    for (struct meeple__list *link = world->remote_list.next; link != &world->remote_list;
         link = link->next) {
        struct meeple__remote *remote = MEEPLE__CONTAINER(link, struct meeple__remote, link);

        all = look_for(world, remote, fresh) == 0 && all;
    }
    world->states.unasked = !all;
    return all;
}

static int check(const meeple_object *object)
{
    if (!object) {
        return MEEPLE_EINVAL;
    }
    return object->replica && !object->removed && !object->world->states.asking &&
                   meeple_net_is_server(object->world->net)
               ? 0
               : MEEPLE_ESTATE;
}

int meeple__look_check_peer(const meeple_object *object, int32_t peer)
{
    int rc = check(object);

    if (rc == 0 && peer != MEEPLE_SERVER && !meeple__world_remote(object->world, peer)) {
        rc = MEEPLE_ENOTFOUND;
    }
    return rc;
}

static int show(meeple_object *object, unsigned group, int32_t peer, bool shown)
{
    int rc = peer == MEEPLE_ALL ? check(object) : meeple__look_check_peer(object, peer);

    if (rc < 0 || peer == MEEPLE_SERVER) {
        return rc;
    }
    meeple__states_renew(object->world, object);
    return meeple__view_show(&object->replica->view, object->world->mem, group, peer, shown);
}

int meeple_object_show(meeple_object *object, int32_t peer, bool shown)
{
    return show(object, 0, peer, shown);
}

int meeple_object_show_group(meeple_object *object, unsigned group, int32_t peer, bool shown)
{
    int rc = check(object);

    if (rc == 0 && (group == 0 || group > MEEPLE_GROUPS_MAX ||
                    (object->replica->view.groups & meeple__group_bit(group)) == 0)) {
        rc = MEEPLE_EINVAL;
    }
    return rc < 0 ? rc : show(object, group, peer, shown);
}

int meeple_object_look_again(meeple_object *object)
{
    int rc = check(object);

    if (rc == 0) {
        meeple__states_renew(object->world, object);
    }
    return rc;
}

bool meeple_object_is_shown(const meeple_object *object, int32_t peer)
{
    const struct meeple__remote *remote;

    if (!object || !object->replica || object->removed ||
        !meeple_net_is_server(object->world->net)) {
        return false;
    }
    remote = meeple__world_remote(object->world, peer);
    return remote ? meeple__look_level(object, remote) != MEEPLE__SEES_NOTHING
                  : peer == MEEPLE_SERVER;
}
