/* ws: the inside of meeple/ws.h, for those who embed it. */
#ifndef MEEPLE_TRANSPORT_WS_H
#define MEEPLE_TRANSPORT_WS_H

#include <meeple/event.h>
#include <meeple/ws.h>

#include "core/block.h"
#include "core/buf.h"
#include "core/utf8.h"
#include "transport/heartbeat.h"
#include "transport/ws_deflate.h"
#include "transport/ws_frame.h"
#include "transport/ws_handshake.h"

/* What connections of one net have in common; they borrow it. */
struct meeple__ws_config {
    meeple_ws_options options; /* defaults filled in */
    struct meeple__deflate_params deflate_wish;
    bool no_compression; /* of messages sent now */
    bool pages;          /* a server's: requests without a WebSocket are the owner's to answer */
    /* The owner may make them stricter: a server's, and of a head that we write. */
    meeple__protocol_rule protocol_rule;
    size_t head_written_max;
    struct meeple__pool *pool;
    const meeple_mem *mem;
};

enum {
    MEEPLE__WS_PONG_MAX = 130 /* bytes of a message that answers a ping */
};

/* What permessage-deflate takes, from the first compressed message on. */
struct meeple__ws_deflate {
    struct meeple__deflate tx;
    struct meeple__inflate rx;
    struct meeple__buf message; /* that is being compressed */
    bool busy;                  /* since the last meeple__ws_rest() */
};

typedef enum meeple__ws_state {
    MEEPLE__WS_HEAD,  /* waiting for the other side's head */
    MEEPLE__WS_ASKED, /* server: the request is good, the owner has to answer */
    MEEPLE__WS_READY, /* answered: OPEN is to be told */
    MEEPLE__WS_FRAMES,
    MEEPLE__WS_REFUSED,
    MEEPLE__WS_OVER /* CLOSED was told */
} meeple__ws_state;

/* What an endpoint has only for a while: during its handshake, around its end, and where the other
 * side does what is seldom done. */
struct meeple__ws_aside {
    struct meeple__buf control;          /* a control frame that came in pieces */
    struct meeple__buf reason;           /* of the close frame received; or the text of the fault */
    struct meeple__buf ping;             /* the last one's pong, while too many wait in the queue */
    uint8_t ping_opcode;                 /* of the frame that answers it */
    bool ping_kept;                      /* it may be empty */
    size_t ignored;                      /* bytes that came behind a request for a page */
    const char *why;                     /* failed: static text */
    char accept[MEEPLE__WS_ACCEPT_SIZE]; /* client: what the server has to answer */
    meeple_fault fault;                  /* of the handshake */
};

/* There may be tens of thousands, and most of them rest: what each message looks at stands first,
 * and no member is here that only few of them need. */
struct meeple__ws {
    const struct meeple__ws_config *config;
    uint8_t state;
    uint8_t message; /* opcode of the message under way, or 0 */
    uint8_t head_len : 4;
    uint8_t pongs : 4; /* that wait in the queue */
    bool in_frame : 1, message_told : 1;
    bool compressed : 1; /* the message under way */
    bool deflates : 1;   /* permessage-deflate was agreed */
    bool close_sent : 1, close_received : 1, failed : 1, ended : 1, timed_out : 1, silent : 1;
    bool late : 1, too_long : 1; /* server: why there was no handshake: its time, its head */
    bool page : 1;               /* REQUEST was for a page; ASKED ends with meeple__ws_answer() */
    bool answering : 1;          /* the owner has more to put into `out`: not over before */
    struct meeple__utf8 utf8;
    uint8_t *fed;
    size_t fed_len;
    /* Between frames the first bytes of a header that came in pieces. */
    union {
        struct meeple__ws_frame frame;
        uint8_t head[MEEPLE__WS_HEAD_MAX];
    };
    uint64_t frame_at; /* bytes of its payload that were taken */
    struct meeple__queue out;
    uint64_t now_ms, deadline_ms;
    struct meeple__buf in;              /* the head, or a message that came in pieces */
    struct meeple__ws_aside *aside;     /* NULL: nothing of it is there */
    uint32_t controls;                  /* control frames that came; the owner's to reset */
    uint32_t pong_bytes;                /* to go until the last of the pongs is gone */
    uint32_t beat_bytes;                /* to go until the heartbeat's last ping is gone */
    uint32_t close_bytes;               /* to go until our close frame is gone */
    struct meeple__heartbeat heartbeat; /* first what each message sets */
    uint16_t protocol;                  /* index into options.protocols, from 1 */
    uint16_t code;                      /* received, or failed with */
    struct meeple__deflate_params agreed;
    struct meeple__ws_deflate *deflate; /* with the first compressed message */
};

/* Fills in the defaults; the strings stay the caller's.  MEEPLE_EINVAL. */
int meeple__ws_config_init(struct meeple__ws_config *config, const meeple_ws_options *options,
                           struct meeple__pool *pool);
/* A client has its request queued.  MEEPLE_ENOMEM, MEEPLE_EIO: nothing to undo. */
int meeple__ws_init(struct meeple__ws *ws, const struct meeple__ws_config *config, uint64_t now_ms);
void meeple__ws_done(struct meeple__ws *ws);

void meeple__ws_feed(struct meeple__ws *ws, uint8_t *bytes, size_t len, uint64_t now_ms);
void meeple__ws_eof(struct meeple__ws *ws);
/* The head of the request that waits for an answer (ASKED); it points into what the ws keeps. */
void meeple__ws_request_head(const struct meeple__ws *ws, struct meeple__http_head *head);
/* 101.  protocol NULL: the first of ours that the client offers; headers NULL: none.
 * MEEPLE_EINVAL: a protocol that is not ours or was not offered, or a header that is none;
 * MEEPLE_ETOOBIG: over head_written_max; it still waits for an answer then.  MEEPLE_ESTATE,
 * MEEPLE_ENOMEM. */
int meeple__ws_accept_request(struct meeple__ws *ws, const char *protocol,
                              const char *const *headers);
/* headers are valid, or NULL.  MEEPLE_ESTATE, MEEPLE_ENOMEM. */
int meeple__ws_refuse(struct meeple__ws *ws, int status, const char *text,
                      const char *const *headers);
/* The answer to a request for a page, or the beginning of it: more is set if its owner puts more
 * into `out`, until it takes `answering` back.  CLOSED follows.  MEEPLE_ENOMEM. */
int meeple__ws_answer(struct meeple__ws *ws, const struct meeple__buf *answer, bool more);
int meeple__ws_close(struct meeple__ws *ws, uint16_t code, const char *reason, uint64_t now_ms);
/* ws->aside is there from here on, empty if it was not.  MEEPLE_ENOMEM. */
int meeple__ws_need_aside(struct meeple__ws *ws);
/* Frees it, or does so if an open connection has nothing in it. */
void meeple__ws_end_aside(struct meeple__ws *ws);
void meeple__ws_tidy_aside(struct meeple__ws *ws);
/* ws->deflate is there from here on.  MEEPLE_ENOMEM. */
int meeple__ws_need_deflate(struct meeple__ws *ws);
void meeple__ws_end_deflate(struct meeple__ws *ws);
/* To be called now and then: gives back what zlib keeps if it had nothing to do since the last
 * time. */
void meeple__ws_rest(struct meeple__ws *ws);
/*
 * A message in one frame that lies there whole, as nearly all do: nothing of it has to be kept.
 * False: it is something else, and has to be looked at closer with meeple__ws_next_other().
 */
bool meeple__ws_read_whole(struct meeple__ws *ws, meeple_ws_event *event);
/* The frames fed so far: 1 and an event, 0, or MEEPLE_ENOMEM. */
int meeple__ws_read(struct meeple__ws *ws, meeple_ws_event *event);
/* Whatever there is to tell, but for such messages. */
int meeple__ws_next_other(struct meeple__ws *ws, meeple_ws_event *event);
static inline int meeple__ws_next(struct meeple__ws *ws, meeple_ws_event *event)
{
    return ws->state == MEEPLE__WS_FRAMES && meeple__ws_read_whole(ws, event)
               ? 1
               : meeple__ws_next_other(ws, event);
}
/* Queues a control frame, whatever the queue's limit; at most 125 bytes. */
int meeple__ws_control(struct meeple__ws *ws, uint8_t opcode, meeple_bytes payload);
/*
 * Answers a ping with a frame of that opcode, whatever the queue's limit, or keeps it for later if
 * the other side does not read our pongs: of those that are kept only the last is answered.  The
 * opcode is PONG, or BINARY for a session whose pings are messages of their own; then the payload
 * has at most MEEPLE__WS_PONG_MAX bytes.  MEEPLE_ENOMEM, MEEPLE_EIO.
 */
int meeple__ws_pong(struct meeple__ws *ws, uint8_t opcode, meeple_bytes payload);
/* Our close frame: a code (0: none) and a text. */
int meeple__ws_send_close(struct meeple__ws *ws, uint16_t code, meeple_bytes reason);
/* The other side broke a rule of ours: a close frame with that code and static text; everything it
 * sends from here on is dropped. */
void meeple__ws_fail(struct meeple__ws *ws, uint16_t code, const char *why);
void meeple__ws_tick(struct meeple__ws *ws, uint64_t now_ms);
void meeple__ws_sent(struct meeple__ws *ws, size_t len);
int meeple__ws_ping(struct meeple__ws *ws, meeple_bytes payload);
/* The heartbeat's ping, whatever the queue's limit.  MEEPLE_ESTATE, MEEPLE_ENOMEM, MEEPLE_EIO. */
int meeple__ws_beat(struct meeple__ws *ws, uint64_t now_ms);
/* One whose answer is measured, and no more.  The same, and MEEPLE_EFULL. */
int meeple__ws_measure(struct meeple__ws *ws, uint64_t now_ms);

/* Whether frames of len bytes in all fit the queue. */
static inline bool meeple__ws_fits(const struct meeple__ws *ws, size_t len)
{
    size_t max = ws->config->options.queue_bytes_max;

    return ws->out.bytes <= max && len <= max - ws->out.bytes;
}

/* A message in two parts.  Errors as meeple_ws_send(), less EINVAL. */
int meeple__ws_send(struct meeple__ws *ws, meeple_bytes head, meeple_bytes body, bool text);
/* Whether a message of that length would be compressed: then it is this connection's own, and no
 * frame can be shared. */
bool meeple__ws_compresses(const struct meeple__ws *ws, size_t len);
/* Server: makes the message in block a frame (it has MEEPLE__WS_HEAD_MAX bytes of headroom), and
 * queues a frame; MEEPLE_EFULL, MEEPLE_ESTATE, MEEPLE_ENOMEM. */
void meeple__ws_frame(struct meeple__block *block, bool text);
int meeple__ws_queue(struct meeple__ws *ws, struct meeple__block *frame);

/* Of the close frame received. */
static inline meeple_bytes meeple__ws_reason(const struct meeple__ws *ws)
{
    return ws->aside ? (meeple_bytes){ws->aside->reason.ptr, ws->aside->reason.len}
                     : (meeple_bytes){NULL, 0};
}

/* Why there was no handshake. */
static inline meeple_fault meeple__ws_fault(const struct meeple__ws *ws)
{
    return ws->aside ? ws->aside->fault : (meeple_fault){.text = ""};
}

/* Whether there is nothing to tell before something else happens: all that came was, and the end is
 * not near.  Said of frames only, and not as often as it is true. */
static inline bool meeple__ws_rests(const struct meeple__ws *ws)
{
    return ws->fed_len == 0 && ws->state == MEEPLE__WS_FRAMES && !ws->message_told &&
           !ws->close_sent && !ws->close_received && !ws->failed && !ws->ended && !ws->timed_out;
}

static inline bool meeple__ws_is_open(const struct meeple__ws *ws)
{
    return ws->state == MEEPLE__WS_FRAMES && !ws->close_sent && !ws->close_received && !ws->ended;
}

/* Of one that has failed. */
static inline const char *meeple__ws_why(const struct meeple__ws *ws)
{
    return ws->aside && ws->aside->why ? ws->aside->why : "out of memory";
}

/* Whether the answer to a request for a page is on its way. */
static inline bool meeple__ws_answers(const struct meeple__ws *ws)
{
    return ws->page && ws->state == MEEPLE__WS_REFUSED;
}

/* The agreed subprotocol, "" if none. */
static inline const char *meeple__ws_protocol(const struct meeple__ws *ws)
{
    return ws->protocol ? ws->config->options.protocols[ws->protocol - 1] : "";
}

/* Whether the code may travel in a close frame: RFC 6455 section 7.4 and the registry's 1012-1014.
 */
bool meeple__ws_code_valid(uint16_t code);
/* Whether it may be closed with that: code 0 and a NULL reason are fine. */
bool meeple__ws_close_valid(uint16_t code, const char *reason);

#endif /* MEEPLE_TRANSPORT_WS_H */
