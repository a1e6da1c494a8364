/* fuzz_session: a client's side of a session with any server: whatever that says, the events keep
 * to the rules of meeple/event.h. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "tests/fuzz/limited_mem.h"
#include "transport/session.h"

enum {
    PEERS_MAX = 8,
    LIVE_MAX = 1 << 16
};

struct seat {
    meeple_net net;
    struct meeple__session session;
    struct meeple__heartbeat heartbeat;
    struct limited_mem mem;
    bool up;
    int32_t here[PEERS_MAX + 1];
    size_t here_count;
};

static size_t place_of(const struct seat *seat, int32_t id)
{
    size_t place = 0;

    while (place < seat->here_count && seat->here[place] != id) {
        place++;
    }
    return place;
}

static void check(struct seat *seat, const meeple_event *event)
{
    size_t place = place_of(seat, event->peer);
    bool here = place < seat->here_count;

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        MUST(!seat->up && seat->net.id == event->peer);
        seat->up = true;
        break;
    case MEEPLE_EVENT_JOIN:
        MUST(seat->up && !here && event->peer > 0 && event->peer != seat->net.id);
        MUST(seat->here_count <= PEERS_MAX);
        seat->here[seat->here_count++] = event->peer;
        break;
    case MEEPLE_EVENT_PACKET:
    case MEEPLE_EVENT_CLOSING:
        MUST(here);
        break;
    case MEEPLE_EVENT_LEAVE:
        MUST(here && strlen(event->reason) <= MEEPLE_REASON_MAX);
        seat->here[place] = seat->here[--seat->here_count];
        break;
    case MEEPLE_EVENT_NONE:
    case MEEPLE_EVENT_REQUEST:
    case MEEPLE_EVENT_DRAINED:
    case MEEPLE_EVENT_DOWN:
    default:
        MUST(false);
    }
}

/* All that it has to tell by itself. */
static void tell_all(struct seat *seat)
{
    meeple_event event = {.reason = ""};

    while (meeple__session_next(&seat->session, &event) > 0) {
        check(seat, &event);
        event = (meeple_event){.reason = ""};
    }
}

/* One message, or the server's wish to close; whether the session goes on. */
static bool hear(struct seat *seat, uint8_t what, meeple_bytes bytes)
{
    meeple_event event = {.reason = ""};
    int rc;

    if (what % 16 == 15) {
        rc = meeple__session_closing(&seat->session, 1000, bytes, &event);
    } else {
        rc = meeple__session_message(&seat->session, what % 16 == 14, bytes, &event);
    }
    if (rc == MEEPLE_EPROTO) {
        MUST(seat->session.breach && strlen(seat->session.breach) <= MEEPLE_REASON_MAX);
        return false;
    }
    MUST(rc == 0 || rc == 1);
    if (rc > 0) {
        check(seat, &event);
    }
    tell_all(seat);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct seat seat = {.net = {.fault.text = ""}};
    meeple_event event = {.reason = ""};
    size_t at = 1;
    int rc;

    if (len < 1) {
        return 0;
    }
    limited_mem_init(&seat.mem, LIVE_MAX);
    seat.net.loop.mem = &seat.mem.mem;
    seat.net.limits.peers_max = PEERS_MAX;
    seat.net.seat = bytes[0] % 2    ? &meeple__seat_plain
                    : bytes[0] < 16 ? &meeple__seat_native
                                    : &meeple__seat_godot3;
    meeple__roster_init(&seat.net.roster);
    meeple__session_init(&seat.session, &seat.net);
    seat.session.heartbeat = bytes[0] % 4 < 2 ? &seat.heartbeat : NULL;
    rc = meeple__session_opened(&seat.session, "meeple.1", &event);
    MUST(rc == (seat.net.seat == &meeple__seat_plain));
    if (rc > 0) {
        check(&seat, &event);
        tell_all(&seat);
    }
    while (len - at >= 2) {
        uint8_t what = bytes[at];
        size_t piece = bytes[at + 1] < len - at - 2 ? bytes[at + 1] : len - at - 2;

        if (!hear(&seat, what, (meeple_bytes){bytes + at + 2, piece})) {
            break;
        }
        at += 2 + piece;
    }
    meeple__session_closed(&seat.session, 1006, false, (meeple_bytes){NULL, 0});
    tell_all(&seat);
    MUST(seat.here_count == 0 && seat.session.state == MEEPLE__SESSION_ENDING);
    meeple__session_done(&seat.session);
    meeple__roster_done(&seat.net.roster, &seat.mem.mem);
    MUST(seat.mem.live == 0);
    return 0;
}
