/* page: what a request without a WebSocket asks for, and what is answered (RFC 9110, RFC 9112). */
#ifndef MEEPLE_TRANSPORT_PAGE_H
#define MEEPLE_TRANSPORT_PAGE_H

#include "core/buf.h"
#include "transport/http_head.h"

enum {
    MEEPLE__PAGE_TAG_SIZE = 48
};

struct meeple__page_request {
    bool bodiless;            /* HEAD: the answer's head alone */
    meeple_bytes path, query; /* of its target; borrowed from the head */
};

/* Whether it is one: not the beginning of a WebSocket, not even a failed one, whose client is
 * better told why. */
bool meeple__page_asked(const struct meeple__http_head *head);
/* 0; or the HTTP status to refuse it with, and *why (static).  Of the request, bodiless is filled
 * in at any rate. */
int meeple__page_request_check(const struct meeple__http_head *head,
                               struct meeple__page_request *request, const char **why);
/* Whether the client takes a body in that coding, "gzip" (RFC 9110 section 12.5.3). */
bool meeple__page_accepts(const struct meeple__http_head *head, const char *coding);

/* What tells one state of a file from the next: W/"seconds-nanoseconds-size". */
void meeple__page_tag(char tag[MEEPLE__PAGE_TAG_SIZE], int64_t changed_s, int32_t changed_ns,
                      uint64_t size);
/* Whether If-None-Match says that the client has it already (RFC 9110 section 13.1.2). */
bool meeple__page_known(const struct meeple__http_head *head, const char *tag);

/* Unset is none. */
struct meeple__page_answer {
    int status;
    const char *type;         /* of the body; unset: plain text */
    const char *coding;       /* of the body */
    const char *tag;          /* of a file: it may be kept, and asked for again with the tag */
    const char *text;         /* the body, where it is not a file's; a line end is added */
    uint64_t length;          /* of the body that follows, where text is unset */
    bool bodiless;            /* the body is not sent */
    meeple_bytes path, query; /* 301: to that path with a slash behind it */
};
/* Appends the head, and the text.  The connection ends with the body.  MEEPLE_ENOMEM. */
int meeple__page_answer_write(struct meeple__buf *buf, const meeple_mem *mem,
                              const struct meeple__page_answer *answer);

#endif /* MEEPLE_TRANSPORT_PAGE_H */
