/* ws_deflate: messages made smaller, and whole again (RFC 7692 section 7.2). */
#ifndef MEEPLE_TRANSPORT_WS_DEFLATE_H
#define MEEPLE_TRANSPORT_WS_DEFLATE_H

#include <meeple/base.h>

#include "core/buf.h"
#include "transport/deflate_offer.h"

/*
 * The two halves of one connection.  Each makes its state with the first message; without context
 * takeover it gives all of it back after each, so that a connection at rest owns nothing.
 */
struct meeple__zip; /* what zlib needs */

/*
 * Zero means the default in the comment.  A compressor takes 4 << window_bits, and 512 <<
 * memory_level, and 6 KiB: 38 KiB at 12 and 5, 262 KiB at 15 and 8, which is what zlib takes by
 * itself and makes messages of a few hundred bytes 3 % smaller.  A decompressor takes 7 KiB, and 1
 * << window_bits.
 */
struct meeple__deflate_effort {
    uint8_t level;        /* 6: 1 (fast) to 9 (small) */
    uint8_t memory_level; /* 5: 1 to 9 */
};

struct meeple__deflate {
    const meeple_mem *mem; /* borrowed */
    struct meeple__zip *zip;
    struct meeple__deflate_effort effort;
    uint8_t window_bits;
    bool takeover;
};

bool meeple__deflate_effort_valid(const struct meeple__deflate_effort *effort);

/* Owns nothing yet.  agreed is copied; server: whose messages these are. */
void meeple__deflate_init(struct meeple__deflate *deflate, const meeple_mem *mem,
                          const struct meeple__deflate_params *agreed, bool server,
                          const struct meeple__deflate_effort *effort);
void meeple__deflate_done(struct meeple__deflate *deflate);

/*
 * Appends what a message in two parts is on the wire.  MEEPLE_ENOMEM; MEEPLE_ETOOBIG: out would
 * pass `ceiling` bytes.  On failure out is as it was, and the message may be sent uncompressed:
 * with a ceiling of its length above what is in out, a message is compressed only if that helps.
 */
MEEPLE_MUST_USE int meeple__deflate_message(struct meeple__deflate *deflate, meeple_bytes head,
                                            meeple_bytes body, struct meeple__buf *out,
                                            size_t ceiling);
/* The last message will not be sent after all, or the connection is to give its memory back: the
 * next one refers to nothing before it.  Never wrong to call. */
void meeple__deflate_reset(struct meeple__deflate *deflate);

struct meeple__inflate {
    const meeple_mem *mem; /* borrowed */
    struct meeple__zip *zip;
    uint8_t *window; /* at rest: what the next message may refer to; else NULL */
    uint16_t window_len;
    uint8_t window_bits;
    bool takeover;
    bool ended;  /* the last block was a final one, and nothing came after it */
    int failure; /* final */
};

/* Owns nothing yet.  server: whose messages these are: the other side's. */
void meeple__inflate_init(struct meeple__inflate *inflate, const meeple_mem *mem,
                          const struct meeple__deflate_params *agreed, bool server);
void meeple__inflate_done(struct meeple__inflate *inflate);

/*
 * Appends what a piece of a message is; last: its last piece, which may be empty.  MEEPLE_EPROTO:
 * not deflate, or not whole; MEEPLE_ETOOBIG: out would pass `ceiling` bytes, and never holds more
 * than that; MEEPLE_ENOMEM.  On failure out is as it was, and every later piece fails the same way:
 * the connection cannot go on.
 *
 * Whoever refers to what is further back than the window that was agreed is not always noticed: of
 * what it writes at one time zlib can see all, so it depends on the pieces.  Nothing is read that
 * is not this connection's.
 */
MEEPLE_MUST_USE int meeple__inflate_feed(struct meeple__inflate *inflate, meeple_bytes piece,
                                         bool last, struct meeple__buf *out, size_t ceiling);

/* Between two messages, when the next may be long in coming: keeps no more than what that may refer
 * to, until it comes.  Never wrong to call there. */
void meeple__inflate_rest(struct meeple__inflate *inflate);

#endif /* MEEPLE_TRANSPORT_WS_DEFLATE_H */
