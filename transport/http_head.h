/* http_head: the head of an HTTP/1.1 request or response, strictly read (RFC 9112). */
#ifndef MEEPLE_TRANSPORT_HTTP_HEAD_H
#define MEEPLE_TRANSPORT_HTTP_HEAD_H

#include <meeple/base.h>

enum {
    MEEPLE__HTTP_FIELDS_MAX = 64
};

/* Slices of the bytes they came from. */
struct meeple__http_head {
    /* request: method, target, version; response: version, status, reason (may be empty) */
    meeple_bytes words[3];
    struct {
        meeple_bytes name, value; /* the value without blanks around it */
    } fields[MEEPLE__HTTP_FIELDS_MAX];
    size_t field_count;
};

/*
 * How long the head at the front is, with the empty line; 0: its end has not come; MEEPLE_EPROTO:
 * it never will be one (a line feed without a carriage return, a control character).  The first
 * `seen` bytes were looked at by an earlier call that returned 0.
 */
ptrdiff_t meeple__http_head_end(meeple_bytes bytes, size_t seen);

/* head_bytes ends with the empty line.  MEEPLE_EPROTO; MEEPLE_ETOOBIG: too many fields. */
int meeple__http_head_parse(struct meeple__http_head *head, meeple_bytes head_bytes);
/* The same for bytes that were found good before, which is believed: only where things are. */
void meeple__http_head_again(struct meeple__http_head *head, meeple_bytes head_bytes);

/* How many fields have that name, in any case; *value is the first one's. */
size_t meeple__http_head_field(const struct meeple__http_head *head, const char *name,
                               meeple_bytes *value);
/* Walks the comma-separated elements of all fields of that name; *at starts zeroed.  False: no
 * more. */
struct meeple__http_list {
    size_t field;
    size_t offset;
};
bool meeple__http_list_next(const struct meeple__http_head *head, const char *name,
                            struct meeple__http_list *at, meeple_bytes *element);
/* Whether there is such a field, and no element in any: RFC 6455 has no list of nothing. */
bool meeple__http_list_empty(const struct meeple__http_head *head, const char *name);
/* Whether one of those elements is that token, in any case. */
bool meeple__http_head_has_token(const struct meeple__http_head *head, const char *name,
                                 const char *token);

/* Whether the message announces a body, or may (RFC 9112 section 6.3). */
bool meeple__http_head_has_body(const struct meeple__http_head *head);

/* Whether it is a token of RFC 9110 section 5.6.2: what names and subprotocols are made of. */
bool meeple__http_is_token(meeple_bytes bytes);
/* Whether it can be a field's value. */
bool meeple__http_is_value(meeple_bytes bytes);
/* Whether it could be a Host header's: made of what a host and a port are made of (RFC 3986 section
 * 3.2), or empty. */
bool meeple__http_is_host(meeple_bytes bytes);
bool meeple__bytes_equal(meeple_bytes bytes, const char *text);
bool meeple__bytes_equal_caseless(meeple_bytes bytes, const char *text);

#endif /* MEEPLE_TRANSPORT_HTTP_HEAD_H */
