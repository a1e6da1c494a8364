/* session: a client's side of a session, whatever carries it: from the server's welcome to DOWN. */
#include "transport/session.h"

#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"

void meeple__session_init(struct meeple__session *session, meeple_net *net)
{
    *session = (struct meeple__session){.net = net, .protocol = ""};
}

static void free_member(struct meeple__session *session, struct meeple__member *member)
{
    meeple__roster_remove(&session->net->roster, member);
    if (member != &session->server) {
        meeple__free(session->net->loop.mem, member);
    }
}

void meeple__session_done(struct meeple__session *session)
{
    struct meeple__member *member;

    while ((member = meeple__roster_next(&session->net->roster, NULL))) {
        free_member(session, member);
    }
}

void meeple__session_blame(struct meeple__session *session, meeple_stage stage, int number,
                           const char *text)
{
    meeple__net_blame(session->net, &(meeple_fault){stage, number, text});
}

static int close_with(struct meeple__session *session, uint16_t code, const char *why)
{
    session->breach_code = code;
    session->breach = why;
    return MEEPLE_EPROTO;
}

int meeple__session_fail(struct meeple__session *session, uint16_t code, const char *why)
{
    if (session->state < MEEPLE__SESSION_UP) {
        meeple__session_blame(session, MEEPLE_STAGE_SESSION, code, why);
    }
    return close_with(session, code, why);
}

static int no_memory(struct meeple__session *session)
{
    return close_with(session, MEEPLE_CLOSE_INTERNAL_ERROR, "out of memory");
}

int meeple__session_up(struct meeple__session *session, int32_t id, meeple_event *event)
{
    meeple_net *net = session->net;

    /* The server can be sent to from here on; its JOIN is the next event. */
    if (meeple__roster_add(&net->roster, net->loop.mem, &session->server, MEEPLE_SERVER) < 0) {
        return no_memory(session);
    }
    net->id = id;
    net->up_told = true;
    session->state = MEEPLE__SESSION_UP;
    meeple__log(net->loop.log, MEEPLE_LOG_INFO, "net", "in the session as peer %d", (int)id);
    meeple__event_set(event, MEEPLE_EVENT_UP, id);
    event->protocol = session->protocol;
    return 1;
}

static int joined(const struct meeple__session *session, int32_t id, meeple_event *event)
{
    meeple__event_set(event, MEEPLE_EVENT_JOIN, id);
    event->protocol = id == MEEPLE_SERVER ? session->protocol : "";
    return 1;
}

int meeple__session_add(struct meeple__session *session, int32_t id, meeple_event *event)
{
    meeple_net *net = session->net;
    struct meeple__member *member;

    if (net->roster.count > net->limits.peers_max) {
        return meeple__session_fail(session, MEEPLE_CLOSE_PROTOCOL_ERROR,
                                    "the server announced too many peers");
    }
    member = meeple__alloc(net->loop.mem, sizeof *member);
    if (!member || meeple__roster_add(&net->roster, net->loop.mem, member, id) < 0) {
        meeple__free(net->loop.mem, member);
        return no_memory(session);
    }
    return joined(session, id, event);
}

int meeple__session_remove(struct meeple__session *session, struct meeple__member *member,
                           meeple_event *event)
{
    meeple__event_set(event, MEEPLE_EVENT_LEAVE, member->id);
    free_member(session, member);
    return 1;
}

int meeple__session_opened(struct meeple__session *session, const char *protocol,
                           meeple_event *event)
{
    session->protocol = protocol;
    if (!session->net->seat->welcome) {
        return meeple__session_up(session, 0, event);
    }
    session->state = MEEPLE__SESSION_WAITING;
    return 0;
}

int meeple__session_message(struct meeple__session *session, bool text, meeple_bytes bytes,
                            meeple_event *event)
{
    if (session->net->seat == &meeple__seat_plain) {
        return meeple__session_packet(MEEPLE_SERVER, text, bytes, event);
    }
    return session->net->seat == &meeple__seat_native
               ? meeple__session_native_message(session, text, bytes, event)
               : meeple__session_godot3_message(session, bytes, event);
}

int meeple__session_closing(struct meeple__session *session, uint16_t code, meeple_bytes reason,
                            meeple_event *event)
{
    if (session->state < MEEPLE__SESSION_UP) {
        return 0;
    }
    meeple__event_set(event, MEEPLE_EVENT_CLOSING, MEEPLE_SERVER);
    event->reason = meeple__net_reason(session->net, reason);
    event->code = code;
    return 1;
}

void meeple__session_end(struct meeple__session *session, uint16_t code, bool clean,
                         meeple_bytes reason)
{
    session->state = MEEPLE__SESSION_LEAVING;
    session->code = code;
    session->clean = clean;
    meeple__net_reason(session->net, reason);
}

void meeple__session_lost(struct meeple__session *session)
{
    const char *why = session->net->fault.text;

    meeple__session_end(session, MEEPLE_CLOSE_ABNORMAL, false,
                        (meeple_bytes){(const uint8_t *)why, strlen(why)});
}

void meeple__session_closed(struct meeple__session *session, uint16_t code, bool clean,
                            meeple_bytes reason)
{
    if (session->state < MEEPLE__SESSION_UP && !session->net->closing) {
        char text[MEEPLE__FAULT_TEXT];

        snprintf(text, sizeof text, "the server closed before it said %s: code %u%s%.*s",
                 session->net->seat->welcome, (unsigned)code, reason.len ? ", " : "",
                 (int)reason.len, (const char *)reason.ptr);
        meeple__session_blame(session, MEEPLE_STAGE_SESSION, code, text);
    }
    meeple__session_end(session, code, clean, reason);
}

void meeple__session_late(struct meeple__session *session)
{
    char text[MEEPLE__FAULT_TEXT];

    snprintf(text, sizeof text, "the server did not say %s in time: does it speak another dialect?",
             session->net->seat->welcome);
    meeple__session_blame(session, MEEPLE_STAGE_TIMEOUT, 0, text);
    meeple__session_lost(session);
}

static int leave(struct meeple__session *session, meeple_event *event)
{
    const struct meeple__roster *roster = &session->net->roster;
    struct meeple__member *member = meeple__roster_next(roster, NULL);

    if (!member) {
        session->state = MEEPLE__SESSION_ENDING;
        return 0;
    }
    /* The server goes last, as it came first. */
    if (member == &session->server && roster->count > 1) {
        member = meeple__roster_next(roster, member);
    }
    meeple__event_set(event, MEEPLE_EVENT_LEAVE, member->id);
    event->code = session->code;
    event->clean = session->clean;
    event->reason = session->net->reason;
    free_member(session, member);
    return 1;
}

int meeple__session_next(struct meeple__session *session, meeple_event *event)
{
    if (session->state == MEEPLE__SESSION_UP) {
        session->state = MEEPLE__SESSION_SEATED;
        return joined(session, MEEPLE_SERVER, event);
    }
    return session->state == MEEPLE__SESSION_LEAVING ? leave(session, event) : 0;
}

bool meeple__session_owes(const struct meeple__session *session)
{
    return session->state == MEEPLE__SESSION_UP || session->state == MEEPLE__SESSION_LEAVING;
}

int meeple__session_check_send(const struct meeple__session *session, int32_t to)
{
    bool plain = session->net->seat == &meeple__seat_plain;

    if (meeple__session_is_over(session)) {
        return MEEPLE_ESTATE;
    }
    /* A plain client sees the server only. */
    if (meeple__is_many(to) ? plain && !meeple__reaches(0, to, MEEPLE_SERVER)
                            : !meeple__roster_find(&session->net->roster, to)) {
        return MEEPLE_ENOTFOUND;
    }
    return 0;
}

int meeple__session_each_len(const struct meeple__session *session, size_t packet_len, size_t *len)
{
    const meeple_net *net = session->net;
    size_t each = MEEPLE__WS_HEAD_MAX + net->seat->head_len + packet_len;
    size_t count = net->roster.count - 1; /* the server is in it */

    if (count > net->config.options.queue_bytes_max / each) {
        return MEEPLE_ETOOBIG;
    }
    *len = count * each;
    return 0;
}
