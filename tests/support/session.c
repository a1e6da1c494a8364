/* session: several nets of one session, driven together; what each was told, as text. */
#include "tests/support/session.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "tests/support/ws_probe.h"

struct seat *session_add(struct session *session, meeple_net *net)
{
    struct seat *seat = &session->seats[session->seat_count++];

    cr_assert_leq(session->seat_count, SEATS_MAX);
    seat->net = net;
    seat->told = calloc(2, SEAT_TOLD);
    return seat;
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
tell(struct seat *seat, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(seat->told + seat->told_len, SEAT_TOLD - seat->told_len, format, args);
    va_end(args);
    seat->told_len += (size_t)len;
    if (seat->told_len > SEAT_TOLD - 1) {
        seat->told_len = SEAT_TOLD - 1;
    }
}

static size_t place_of(const struct seat *seat, int32_t id)
{
    size_t i = 0;

    while (i < seat->here_count && seat->here[i] != id) {
        i++;
    }
    return i;
}

/* Fields that an event does not have are empty. */
static void check_fields(const meeple_event *event)
{
    meeple_event_type type = event->type;
    bool ends = type == MEEPLE_EVENT_LEAVE || type == MEEPLE_EVENT_DOWN;

    cr_assert(event->reason && event->protocol && event->address);
    cr_assert(
        meeple__utf8_valid((meeple_bytes){(const uint8_t *)event->reason, strlen(event->reason)}));
    cr_assert_leq(strlen(event->reason), MEEPLE_REASON_MAX);
    if (type != MEEPLE_EVENT_PACKET) {
        cr_assert(event->data.len == 0 && !event->text, "%s has data", meeple_event_name(type));
    }
    if (!ends && type != MEEPLE_EVENT_CLOSING) {
        cr_assert(event->code == 0 && *event->reason == '\0', "%s has a reason: %s",
                  meeple_event_name(type), event->reason);
    }
    cr_assert(ends || !event->clean);
    if (type != MEEPLE_EVENT_UP && type != MEEPLE_EVENT_JOIN) {
        cr_assert_str_eq(event->protocol, "");
    }
    if (type != MEEPLE_EVENT_JOIN) {
        cr_assert_str_eq(event->address, "");
    }
    cr_assert_eq(event->request != NULL, type == MEEPLE_EVENT_REQUEST);
}

static void check_order(struct seat *seat, const meeple_event *event)
{
    size_t place = place_of(seat, event->peer);
    bool here = place < seat->here_count;

    cr_assert_not(seat->down, "an event after DOWN");
    switch (event->type) {
    case MEEPLE_EVENT_UP:
        cr_assert_not(seat->up);
        seat->up = true;
        seat->id = event->peer;
        cr_assert_eq(meeple_net_id(seat->net), event->peer);
        break;
    case MEEPLE_EVENT_REQUEST:
        cr_assert(seat->up && !here && event->peer > 1);
        cr_assert_not(meeple_net_has_peer(seat->net, event->peer));
        break;
    case MEEPLE_EVENT_JOIN:
        cr_assert(seat->up && !here && event->peer > 0 && event->peer != seat->id);
        cr_assert(meeple_net_has_peer(seat->net, event->peer));
        cr_assert_lt(seat->here_count, SEAT_IDS);
        seat->here[seat->here_count++] = event->peer;
        break;
    case MEEPLE_EVENT_PACKET:
    case MEEPLE_EVENT_CLOSING:
    case MEEPLE_EVENT_DRAINED:
        cr_assert(here, "%s of %d, who is not here", meeple_event_name(event->type),
                  (int)event->peer);
        cr_assert(event->type != MEEPLE_EVENT_DRAINED ||
                  (meeple_net_has_peer(seat->net, event->peer) &&
                   (event->peer == MEEPLE_SERVER) != (seat->id == MEEPLE_SERVER)));
        seat->packets += event->type == MEEPLE_EVENT_PACKET;
        break;
    case MEEPLE_EVENT_LEAVE:
        cr_assert(here, "%d leaves, who is not here", (int)event->peer);
        cr_assert_not(meeple_net_has_peer(seat->net, event->peer));
        cr_assert_eq(meeple_net_send(seat->net, event->peer, (meeple_bytes){NULL, 0}) >= 0, false);
        seat->here[place] = seat->here[--seat->here_count];
        break;
    case MEEPLE_EVENT_DOWN:
        cr_assert_eq(seat->here_count, 0, "DOWN while %zu are here", seat->here_count);
        cr_assert_eq(event->peer, 0);
        cr_assert_eq(meeple_net_peers(seat->net, NULL, 0), 0);
        seat->down = true;
        break;
    case MEEPLE_EVENT_NONE:
    default:
        cr_assert_fail("an event of no type");
    }
}

static void write_down(struct seat *seat, const meeple_event *event)
{
    const char *name = meeple_event_name(event->type);
    const char *clean = event->clean ? "clean" : "unclean";
    const char *blank = *event->reason ? " " : "";
    char quoted[600];

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        tell(seat, "up #%d%s%s\n", (int)event->peer, *event->protocol ? " " : "", event->protocol);
        break;
    case MEEPLE_EVENT_REQUEST:
        tell(seat, "request #%d %s%s%s\n", (int)event->peer, event->request->path,
             *event->request->query ? "?" : "", event->request->query);
        break;
    case MEEPLE_EVENT_PACKET:
        probe_quote(quoted, sizeof quoted, event->data.ptr, event->data.len);
        tell(seat, "packet #%d%s%s%s\n", (int)event->peer, event->text ? " text" : "",
             *quoted ? " " : "", quoted);
        break;
    case MEEPLE_EVENT_CLOSING:
        tell(seat, "closing #%d %u%s%s\n", (int)event->peer, (unsigned)event->code, blank,
             event->reason);
        break;
    case MEEPLE_EVENT_LEAVE:
        tell(seat, "leave #%d %u %s%s%s\n", (int)event->peer, (unsigned)event->code, clean, blank,
             event->reason);
        break;
    case MEEPLE_EVENT_DOWN:
        tell(seat, "down %u %s%s%s\n", (unsigned)event->code, clean, blank, event->reason);
        break;
    case MEEPLE_EVENT_JOIN:
    case MEEPLE_EVENT_DRAINED:
    case MEEPLE_EVENT_NONE:
    default:
        tell(seat, "%s #%d\n", name, (int)event->peer);
        break;
    }
}

/* Takes what there is; true if there was something. */
static bool take(struct seat *seat)
{
    bool any = false;

    while (!seat->idle && seat->net) {
        meeple_event event;
        int rc = meeple_net_next(seat->net, &event, -1);

        if (seat->down) {
            cr_assert_eq(rc, MEEPLE_ECLOSED);
            return any;
        }
        if (rc < 0) {
            tell(seat, "error %d\n", rc);
            return true;
        }
        if (rc == 0) {
            return any;
        }
        any = true;
        check_fields(&event);
        check_order(seat, &event);
        write_down(seat, &event);
        if (event.type == MEEPLE_EVENT_REQUEST && seat->on_request) {
            seat->on_request(seat, &event);
        }
        if (seat->events > 0 && --seat->events == 0) {
            seat->idle = true;
        }
    }
    return any;
}

static void take_all(struct session *session)
{
    unsigned quiet = 0;

    for (unsigned rounds = 0; quiet < 3; rounds++) {
        bool any = false;

        cr_assert_lt(rounds, 100000, "it never comes to rest");
        for (size_t i = 0; i < session->seat_count; i++) {
            any = take(&session->seats[i]) || any;
        }
        if (session->extra) {
            any = session->extra(session->extra_ctx) || any;
        }
        if (any && session->sim) {
            session->last_ms = sim_now(session->sim);
        }
        quiet = any ? 0 : quiet + 1;
    }
}

void session_run_until(struct session *session, uint64_t until_ms)
{
    do {
        take_all(session);
    } while (session->sim && sim_step_until(session->sim, until_ms));
    take_all(session);
}

void session_run(struct session *session)
{
    uint64_t before_ms;

    do {
        before_ms = session->last_ms;
        session_run_until(session, session->sim ? sim_now(session->sim) + SESSION_QUIET_MS : 0);
    } while (session->last_ms != before_ms);
}

void session_done(struct session *session)
{
    for (size_t i = session->seat_count; i-- > 0;) {
        meeple_net_free(session->seats[i].net);
        free(session->seats[i].told);
    }
    if (session->sim) {
        sim_free(session->sim);
    }
    if (session->mem.mem.resize) {
        cr_assert_eq(session->mem.live, 0, "%zu blocks leaked", session->mem.live);
    }
    session->seat_count = 0;
}

static const char *name_of(const struct session *session, int32_t id)
{
    static const char *const names[SEATS_MAX] = {"1", "a", "b", "c", "d", "e", "f", "g"};

    for (size_t i = 0; i < session->seat_count; i++) {
        if (session->seats[i].id == id) {
            return names[i] ? names[i] : "x";
        }
    }
    return id == 1 ? "1" : "?";
}

const char *session_told(struct session *session, struct seat *seat)
{
    char *named = seat->told + SEAT_TOLD;
    const char *at = seat->told;
    size_t len = 0;

    while (*at && len < SEAT_TOLD - 20) {
        if (*at == '#') {
            char *end;
            long id = strtol(at + 1, &end, 10);

            len +=
                (size_t)snprintf(named + len, SEAT_TOLD - len, "%s", name_of(session, (int32_t)id));
            at = end;
        } else {
            named[len++] = *at++;
        }
    }
    named[len] = '\0';
    seat->told[0] = '\0';
    seat->told_len = 0;
    return named;
}

void session_forget(struct session *session)
{
    for (size_t i = 0; i < session->seat_count; i++) {
        session->seats[i].told[0] = '\0';
        session->seats[i].told_len = 0;
    }
}

int seat_send(struct seat *seat, int32_t to, const char *text)
{
    return meeple_net_send(seat->net, to, (meeple_bytes){(const uint8_t *)text, strlen(text)});
}
