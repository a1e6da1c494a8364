/* ws_handshake: what the opening handshake says and requires (RFC 6455 section 4). */
#ifndef MEEPLE_TRANSPORT_WS_HANDSHAKE_H
#define MEEPLE_TRANSPORT_WS_HANDSHAKE_H

#include <meeple/event.h>

#include "core/buf.h"
#include "transport/deflate_offer.h"
#include "transport/http_head.h"
#include "transport/ws_accept.h"

/* Indices into a NULL-terminated list count from 1; 0 is none. */

/* ---- client ---- */

struct meeple__ws_request {
    const char *host, *path;
    const char *const *protocols; /* may be NULL */
    const char *const *headers;   /* may be NULL */
    const char *key;
    const struct meeple__deflate_params *deflate; /* the wish; NULL: none */
};

/* Whether protocols are tokens, each once, and headers are headers, none of the handshake's own. */
bool meeple__ws_options_valid(const char *const *protocols, const char *const *headers);
/* Appends the request to buf.  MEEPLE_ENOMEM; MEEPLE_ETOOBIG: over `ceiling` bytes. */
int meeple__ws_request_write(struct meeple__buf *buf, const meeple_mem *mem,
                             const struct meeple__ws_request *request, size_t ceiling);
/* Whether it is one of those that may come before the real one (RFC 9110 section 15.2). */
bool meeple__ws_response_provisional(const struct meeple__http_head *head);
/*
 * Whether a response opens the connection: true, and which protocol was chosen.  Else fault says
 * why, its text written to text (size bytes).
 */
struct meeple__ws_answer {
    const char *accept; /* what Sec-WebSocket-Accept must be */
    const char *const *protocols;
    const struct meeple__deflate_params *deflate; /* what was offered; NULL: nothing */
    char *text;
    size_t size;
};
/* What was agreed. */
struct meeple__ws_agreed {
    uint16_t protocol;
    bool deflates;
    struct meeple__deflate_params deflate;
};
bool meeple__ws_response_good(const struct meeple__http_head *head,
                              const struct meeple__ws_answer *expected,
                              struct meeple__ws_agreed *agreed, meeple_fault *fault);

/* ---- server ---- */

struct meeple__ws_offer {
    meeple_bytes target, key;
    uint16_t protocol;
};

/* Who is refused for the subprotocols offered; in any case who offers some, and none of ours. */
typedef enum meeple__protocol_rule {
    MEEPLE__PROTOCOL_OPTIONAL, /* nobody else */
    MEEPLE__PROTOCOL_REQUIRED, /* who offers nothing, if we have some */
    MEEPLE__PROTOCOL_EXACT     /* the same, and who offers some if we have none */
} meeple__protocol_rule;

/* 0 and the offer; or the HTTP status to refuse it with, and *why (static). */
int meeple__ws_request_check(const struct meeple__http_head *head, const char *const *protocols,
                             meeple__protocol_rule rule, struct meeple__ws_offer *offer,
                             const char **why);
struct meeple__ws_response {
    meeple_bytes key;
    const char *protocol, *extensions; /* "": none */
    const char *const *headers;        /* valid ones; may be NULL */
    size_t ceiling;                    /* bytes of it all */
};
/* Whether the client offered that subprotocol. */
bool meeple__ws_offered(const struct meeple__http_head *head, const char *protocol);
/* Appends the 101.  MEEPLE_ENOMEM; MEEPLE_ETOOBIG: over the ceiling. */
int meeple__ws_response_write(struct meeple__buf *buf, const meeple_mem *mem,
                              const struct meeple__ws_response *response);
/* Appends an HTTP answer that is no 101, with text as its body; headers as above, one of
 * Content-Type takes the place of "text/plain".  MEEPLE_ENOMEM. */
int meeple__ws_refusal_write(struct meeple__buf *buf, const meeple_mem *mem, int status,
                             const char *text, const char *const *headers);

#endif /* MEEPLE_TRANSPORT_WS_HANDSHAKE_H */
