/* whole: what one would write without the library's state: everything, encoded once, to everybody.
 */
#include "tests/bench/whole.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/crowd.h"
#include "tests/bench/serve.h"

enum {
    WAIT_MS = 10,
    MESSAGE_BYTES_MAX = 1 << 20, /* all of a thousand objects in one packet */
    TAG_STATE = 'S',             /* the first byte of a packet */
    TAG_COMPARE = 'C'            /* a hash follows; of a peer: whether it is the same */
};

/* Peers keep what came and do not parse it, which is in favour of this way. */
struct kept {
    struct thing_text text;
};

static uint64_t hash_of(const char *bytes, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (uint8_t)bytes[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return hash;
}

static void answer(struct crowd_member *member, meeple_bytes packet)
{
    struct kept *kept = member->data;
    uint64_t hash = hash_of(kept->text.bytes, kept->text.len);
    uint8_t reply[2] = {TAG_COMPARE, 0};

    reply[1] = packet.len == 1 + sizeof hash && memcmp(packet.ptr + 1, &hash, sizeof hash) == 0;
    bench_check(meeple_net_send(member->net, MEEPLE_SERVER, (meeple_bytes){reply, sizeof reply}),
                "an answer");
}

static void on_packet(struct crowd_member *member, meeple_bytes packet)
{
    struct kept *kept = member->data;

    if (packet.ptr[0] == TAG_COMPARE) {
        answer(member, packet);
        return;
    }
    if (packet.len > kept->text.cap) {
        free(kept->text.bytes);
        kept->text.bytes = bench_alloc(1, packet.len);
        kept->text.cap = packet.len;
    }
    memcpy(kept->text.bytes, packet.ptr, packet.len);
    kept->text.len = packet.len;
}

static void take_events(struct whole *whole, int timeout_ms)
{
    uint64_t start = bench_cpu_ns();
    meeple_event event;
    int rc;

    while ((rc = meeple_net_next(whole->net, &event, timeout_ms)) > 0) {
        if (event.type == MEEPLE_EVENT_LEAVE) {
            bench_fail("peer %" PRId32 " has left: %s", event.peer, event.reason);
        } else if (event.type == MEEPLE_EVENT_PACKET) {
            if (event.data.len != 2 || event.data.ptr[1] != 1) {
                bench_fail("peer %" PRId32 " did not get what was sent", event.peer);
            }
            whole->same++;
        }
        timeout_ms = 0;
    }
    whole->cpu_ns += bench_cpu_ns() - start;
    bench_check(rc, "the server's net");
}

/* Until nobody has anything to say and no bytes wait. */
static void settle(struct whole *whole)
{
    bool any, queued;

    do {
        any = crowd_turn(whole->crowd);
        queued = serve_queued(whole->net, whole->peers, whole->peers_here) > 0;
        if (queued) {
            take_events(whole, WAIT_MS);
        }
    } while (any || queued);
}

struct whole *whole_new(size_t peers, bool tcp)
{
    struct whole *whole = bench_alloc(1, sizeof *whole);

    whole->peer_count = peers;
    whole->peers = bench_alloc(peers, sizeof *whole->peers);
    whole->net = serve(&(struct serve_options){
        .peers = peers, .tcp = tcp, .message_bytes_max = MESSAGE_BYTES_MAX});
    whole->crowd = crowd_new(&(struct crowd_options){.count = peers,
                                                     .server = tcp ? NULL : whole->net,
                                                     .port = meeple_net_port(whole->net),
                                                     .data_size = sizeof(struct kept),
                                                     .message_bytes_max = MESSAGE_BYTES_MAX,
                                                     .packet = on_packet});
    while (crowd_up(whole->crowd) < peers || whole->peers_here < peers) {
        take_events(whole, tcp ? WAIT_MS : 0);
        crowd_turn(whole->crowd);
        whole->peers_here = meeple_net_peers(whole->net, whole->peers, peers);
    }
    return whole;
}

void whole_tick(struct whole *whole,
                void (*write)(struct thing_text *text, const struct thing_choice *choice),
                const struct thing_choice *choice)
{
    static const char tag = TAG_STATE;
    uint64_t start = bench_cpu_ns();
    int rc;

    if (!whole->text.bytes) {
        whole->text.bytes = bench_alloc(1, 1);
        whole->text.cap = 1;
    }
    whole->text.bytes[0] = tag;
    whole->text.len = 1;
    write(&whole->text, choice);
    rc = meeple_net_send(whole->net, MEEPLE_ALL,
                         (meeple_bytes){(const uint8_t *)whole->text.bytes, whole->text.len});
    whole->cpu_ns += bench_cpu_ns() - start;
    bench_check(rc, "sending the state");
    take_events(whole, 0);
    settle(whole);
}

void whole_agree(struct whole *whole)
{
    uint64_t hash = hash_of(whole->text.bytes, whole->text.len);
    uint8_t question[1 + sizeof hash] = {TAG_COMPARE};

    memcpy(question + 1, &hash, sizeof hash);
    whole->same = 0;
    bench_check(meeple_net_send(whole->net, MEEPLE_ALL, (meeple_bytes){question, sizeof question}),
                "the question");
    while (whole->same < whole->peer_count) {
        take_events(whole, WAIT_MS);
        crowd_turn(whole->crowd);
    }
}

void whole_free(struct whole *whole)
{
    crowd_stop(whole->crowd);
    for (size_t i = 0; i < whole->peer_count; i++) {
        free(((struct kept *)crowd_member(whole->crowd, i)->data)->text.bytes);
    }
    crowd_free(whole->crowd);
    meeple_net_free(whole->net);
    free(whole->text.bytes);
    free(whole->peers);
    free(whole);
}
