/* meeple/ws.h: one WebSocket endpoint (RFC 6455) without any I/O: bytes in, events out; messages
 * in, bytes out. */
#ifndef MEEPLE_WS_H
#define MEEPLE_WS_H

#include <meeple/base.h>
#include <meeple/close.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * For those who have a stream of their own; meeple/net.h is built on it.  The turn of the wheel:
 *
 *     meeple_ws_feed(ws, bytes, len, now)         whenever bytes came
 *     while (meeple_ws_next(ws, &event) > 0) ...  until it returns 0
 *     n = meeple_ws_tx(ws, parts, COUNT)          what to write; meeple_ws_sent() what was written
 *     meeple_ws_tick(ws, now)                     when meeple_ws_deadline_ms() has come
 *
 * Time is a parameter: milliseconds on any clock that does not go back.
 */
typedef struct meeple_ws meeple_ws;

/*
 * permessage-deflate (RFC 7692); zeroed is off.  Used if both sides want it.  A side keeps one
 * compressor and one decompressor for each connection while their contexts are taken over from
 * message to message: 38 KiB and 11 KiB at 12 window bits, 150 KiB and 40 KiB at 15; without
 * takeover nothing between messages.  Numbers: 0 means the default in the comment.
 */
typedef struct meeple_deflate_options {
    bool enabled;
    bool server_no_context_takeover, client_no_context_takeover;
    uint8_t server_max_window_bits; /* 9..15; a server's 12, a client's 15: it asks for no less,
                                       and a server of ours uses 12 all the same */
    uint8_t client_max_window_bits; /* 9..15; 12 */
    uint8_t level;                  /* 1 (fast) to 9 (small); 6 */
    uint8_t memory_level;           /* 1 to 9; 5: 512 << it bytes of the compressor */
    size_t threshold_bytes;         /* 64: shorter messages go as they are */
} meeple_deflate_options;

/* Strings are copied.  Zero means the default in the comment. */
typedef struct meeple_ws_options {
    bool server;
    const char *host;              /* client: the Host header, "example.org:8080"; required */
    const char *path;              /* client: "/path?query"; NULL: "/" */
    const char *const *protocols;  /* NULL-terminated, best first; NULL: none */
    bool protocol_required;        /* server: refuse who offers none of them, or nothing */
    const char *const *headers;    /* client: "Name: value", NULL-terminated */
    size_t head_bytes_max;         /* 8192: request or response, without a body */
    size_t message_bytes_max;      /* 65536 */
    size_t queue_bytes_max;        /* 1 MiB, or two messages if that is more */
    uint32_t handshake_timeout_ms; /* 5000 */
    uint32_t close_timeout_ms;     /* 3000 */
    uint32_t heartbeat_ms;         /* ping when nothing was heard for so long; 0: never */
    uint32_t heartbeat_misses;     /* 2: this many pings without an answer end the connection */
    meeple_deflate_options deflate;
    uint64_t now_ms; /* the time when it is made */
    /* Fills dst from a cryptographic generator; 0, or below zero if it cannot.  Required. */
    int (*random)(void *ctx, void *dst, size_t len);
    void *random_ctx;
} meeple_ws_options;

typedef enum meeple_ws_event_type {
    MEEPLE_WS_REQUEST = 1, /* server: a good request; answer with _accept or _refuse.  data: the
                              request target */
    MEEPLE_WS_OPEN,        /* the handshake is done; data: the agreed subprotocol, may be empty */
    MEEPLE_WS_MESSAGE,     /* data: whole and unmasked */
    MEEPLE_WS_CLOSING,     /* the other side asked to close: code and data, the reason */
    MEEPLE_WS_CLOSED       /* last: code, data is the reason; close the stream (a client that is
                              clean: when the server has, or after a moment: section 7.1.1) */
} meeple_ws_event_type;

/* data is borrowed, good until the next meeple_ws_next(). */
typedef struct meeple_ws_event {
    meeple_ws_event_type type;
    bool text;     /* MESSAGE */
    bool clean;    /* CLOSED: close frames went both ways */
    uint16_t code; /* CLOSING, CLOSED */
    meeple_bytes data;
} meeple_ws_event;

/* *out is the caller's to free, NULL on failure.  MEEPLE_EINVAL, MEEPLE_ENOMEM; MEEPLE_ETOOBIG: the
 * request is over head_bytes_max; MEEPLE_EIO: no randomness.  mem NULL: realloc() and free(). */
MEEPLE_API MEEPLE_MUST_USE int meeple_ws_new(meeple_ws **out, const meeple_ws_options *options,
                                             const meeple_mem *mem);
MEEPLE_API void meeple_ws_free(meeple_ws *ws);

/* Bytes from the stream: borrowed, and written to, until meeple_ws_next() has returned 0.  Not
 * before that again. */
MEEPLE_API void meeple_ws_feed(meeple_ws *ws, uint8_t *bytes, size_t len, uint64_t now_ms);
/* The stream ended or broke: nothing more will come, or can go. */
MEEPLE_API void meeple_ws_eof(meeple_ws *ws);

/* Returns 1 and an event, 0 when more bytes are needed, or MEEPLE_ENOMEM or MEEPLE_EIO (the
 * connection is then closing with 1011). */
MEEPLE_API MEEPLE_MUST_USE int meeple_ws_next(meeple_ws *ws, meeple_ws_event *event);

/* Server, between REQUEST and its answer: how many header fields of that name (in any case) the
 * request has; *value is the first one's, borrowed until the answer.  0 at any other time. */
MEEPLE_API size_t meeple_ws_header(const meeple_ws *ws, const char *name, meeple_bytes *value);
/* Server, after REQUEST: 101; meeple_ws_next() gives OPEN.  protocol: which of the subprotocols
 * that both sides know; NULL: the first of the client's.  headers: "Name: value", NULL-terminated,
 * added to the answer; may be NULL.  MEEPLE_EINVAL: a protocol that one side does not know, or a
 * header that is none or the handshake's own.  MEEPLE_ESTATE: no request waits.  MEEPLE_ENOMEM. */
MEEPLE_API int meeple_ws_accept(meeple_ws *ws, const char *protocol, const char *const *headers);
/* Server, after REQUEST: an HTTP redirect or error (300..599) with the text and a line end as its
 * body, plain unless headers (as above) have a Content-Type; CLOSED follows. */
MEEPLE_API int meeple_ws_refuse(meeple_ws *ws, int status, const char *text,
                                const char *const *headers);

/* Queues a copy.  MEEPLE_EFULL: over queue_bytes_max; MEEPLE_ETOOBIG: over message_bytes_max;
 * MEEPLE_EINVAL: text that is not UTF-8; MEEPLE_ESTATE: not open; MEEPLE_ENOMEM, MEEPLE_EIO.
 * Nothing was queued on error. */
MEEPLE_API int meeple_ws_send(meeple_ws *ws, meeple_bytes message, bool text);
/* Whether what is sent from here on may be compressed, if both sides agreed to that; at first, yes.
 */
MEEPLE_API void meeple_ws_compress(meeple_ws *ws, bool compress);
/* Queues a ping; at most 125 bytes.  Errors as above. */
MEEPLE_API int meeple_ws_ping(meeple_ws *ws, meeple_bytes payload);
/* Begins the close handshake; code 0: a close frame without one.  Messages that come later are
 * dropped, pings still answered.  MEEPLE_EINVAL: a code that may not be sent, or a reason over
 * MEEPLE_REASON_MAX bytes or not UTF-8.  MEEPLE_ESTATE: not open, or closing already. */
MEEPLE_API int meeple_ws_close(meeple_ws *ws, uint16_t code, const char *reason, uint64_t now_ms);

/* What to write next: fills up to `most` parts, returns how many.  They stay until
 * meeple_ws_sent(). */
MEEPLE_API size_t meeple_ws_tx(const meeple_ws *ws, meeple_bytes *parts, size_t most);
/* len bytes of it were written. */
MEEPLE_API void meeple_ws_sent(meeple_ws *ws, size_t len);
/* Bytes that wait to be written. */
MEEPLE_API size_t meeple_ws_queued(const meeple_ws *ws);

/* When to call meeple_ws_tick() at the latest; UINT64_MAX: never. */
MEEPLE_API uint64_t meeple_ws_deadline_ms(const meeple_ws *ws);
MEEPLE_API void meeple_ws_tick(meeple_ws *ws, uint64_t now_ms);

/* Client: why the handshake failed; stage NONE if it did not.  Good until meeple_ws_free(). */
struct meeple_fault;
MEEPLE_API void meeple_ws_fault(const meeple_ws *ws, struct meeple_fault *fault);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_WS_H */
