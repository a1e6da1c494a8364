/* deflate_offer: how two sides agree on permessage-deflate (RFC 7692 sections 5 and 7.1). */
#ifndef MEEPLE_TRANSPORT_DEFLATE_OFFER_H
#define MEEPLE_TRANSPORT_DEFLATE_OFFER_H

#include <meeple/base.h>

struct meeple__http_head;

/* A side's wish: takeover it will do without, windows at most that large.  Or what was agreed. */
struct meeple__deflate_params {
    bool server_no_context_takeover, client_no_context_takeover;
    uint8_t server_max_window_bits, client_max_window_bits; /* 9..15; in a wish 0 means 15 */
};

enum {
    MEEPLE__DEFLATE_TEXT_SIZE = 160 /* for the longest offer or answer, and its 0 */
};

bool meeple__deflate_params_valid(const struct meeple__deflate_params *wish);

/* Client: the value of Sec-WebSocket-Extensions. */
void meeple__deflate_offer_write(char text[MEEPLE__DEFLATE_TEXT_SIZE],
                                 const struct meeple__deflate_params *wish);

/*
 * Server: takes the first offer that can be met.  1: agreed, and answer is the value of the
 * response's Sec-WebSocket-Extensions; 0: no such offer, go without; MEEPLE_EPROTO: the headers are
 * not what RFC 6455 section 9.1 says, and the handshake has to fail.  wish NULL: no compression,
 * only that grammar is looked at.
 *
 * server_max_window_bits is a bound.  client_max_window_bits is one for clients that let it be
 * set; those that do not are met at 15, for else Firefox and Safari would get no compression.
 */
int meeple__deflate_offer_choose(const struct meeple__http_head *request,
                                 const struct meeple__deflate_params *wish,
                                 struct meeple__deflate_params *agreed,
                                 char answer[MEEPLE__DEFLATE_TEXT_SIZE]);

/* Client: 1: the answer fits the offer that was written from wish; 0: the server goes without;
 * MEEPLE_EPROTO: the handshake has to fail, and *why (static) says why.  wish NULL: none offered.
 */
int meeple__deflate_answer_check(const struct meeple__http_head *response,
                                 const struct meeple__deflate_params *wish,
                                 struct meeple__deflate_params *agreed, const char **why);

#endif /* MEEPLE_TRANSPORT_DEFLATE_OFFER_H */
