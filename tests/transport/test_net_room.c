/* net_room: who has much to say leaves room in a queue, and hears when there is some again. */
#include "transport/net.h"

#include <criterion/criterion.h>

enum {
    CHUNK = 1000,
    MOST = 10 * CHUNK
};

struct both {
    meeple_net *server, *client;
    int32_t id;
};

/* Everything there is to tell, of one net; how often it was an event without a type. */
static unsigned take_all(meeple_net *net, int32_t peer)
{
    meeple_event event;
    unsigned nones = 0;
    int rc;

    while ((rc = meeple_net_next(net, &event, 0)) > 0) {
        if (event.type == MEEPLE_EVENT_NONE) {
            cr_expect_eq(event.peer, peer);
            nones++;
        }
    }
    cr_expect_eq(rc, 0);
    return nones;
}

static struct both begin(void)
{
    struct both both;

    cr_assert_eq(meeple_net_loopback(&both.server, NULL), 0);
    cr_assert_eq(meeple_net_join(&both.client, both.server, NULL), 0);
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(take_all(both.server, 0), 0);
        cr_expect_eq(take_all(both.client, 0), 0);
    }
    both.id = meeple_net_id(both.client);
    return both;
}

static void end(struct both *both)
{
    meeple_net_free(both->client);
    meeple_net_free(both->server);
}

/* Until so many bytes are queued beside what is in the stream. */
static void fill(meeple_net *net, int32_t peer, size_t bytes)
{
    static const uint8_t chunk[CHUNK];

    while (meeple_net_queued(net, peer) < bytes) {
        cr_assert_eq(meeple_net_send(net, peer, (meeple_bytes){chunk, sizeof chunk}), 0);
        meeple_net_flush(net);
    }
}

static void goes_on(meeple_net *from, meeple_net *to, int32_t peer)
{
    cr_expect(meeple__net_room(from, peer, MOST));
    cr_expect_eq(take_all(from, peer), 0, "nobody has asked for more room");
    fill(from, peer, MOST + 1);
    cr_expect_not(meeple__net_room(from, peer, MOST));
    cr_expect_eq(take_all(from, peer), 0);
    cr_expect_eq(meeple_net_wait_ms(from), -1, "it is not asked again and again");
    take_all(to, 0);
    cr_expect_eq(meeple_net_wait_ms(from), 0);
    cr_expect_eq(take_all(from, peer), 1, "once");
    cr_expect_leq(meeple_net_queued(from, peer), MOST / 2);
    cr_expect(meeple__net_room(from, peer, MOST));
    take_all(to, 0);
    cr_expect_eq(take_all(from, peer), 0);
}

Test(net_room, a_server_hears_when_a_peer_has_room)
{
    struct both both = begin();

    goes_on(both.server, both.client, both.id);
    end(&both);
}

Test(net_room, a_client_hears_when_its_server_has_room)
{
    struct both both = begin();

    goes_on(both.client, both.server, MEEPLE_SERVER);
    end(&both);
}

/* The larger of two wishes comes first, and is for both. */
Test(net_room, wishes_become_one)
{
    struct both both = begin();

    fill(both.server, both.id, 4 * MOST);
    cr_expect_not(meeple__net_room(both.server, both.id, MOST));
    cr_expect_not(meeple__net_room(both.server, both.id, 2 * MOST));
    cr_expect_not(meeple__net_room(both.server, both.id, MOST / 2));
    take_all(both.client, 0);
    cr_expect_eq(take_all(both.server, both.id), 1);
    end(&both);
}

Test(net_room, whoever_is_not_there_has_room)
{
    struct both both = begin();

    cr_expect(meeple__net_room(both.server, both.id + 1, 0));
    fill(both.server, both.id, MOST);
    cr_expect_not(meeple__net_room(both.server, both.id, 0));
    cr_expect_eq(meeple_net_kick(both.server, both.id, 0, NULL), 0);
    cr_expect(meeple__net_room(both.server, both.id, 0));
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(take_all(both.server, both.id), 0, "who goes is not spoken of");
        meeple_event event;
        while (meeple_net_next(both.client, &event, 0) > 0) {
        }
    }
    end(&both);
}
