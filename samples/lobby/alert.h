/* alert: what went wrong, in a sentence that the user has to see. */
#ifndef LOBBY_ALERT_H
#define LOBBY_ALERT_H

#include <meeple/event.h>

#define LOBBY_ALERT_SIZE 512

/* dst has LOBBY_ALERT_SIZE bytes, always. */

/* What was asked for when hosting; each text may be NULL. */
struct lobby_alert_given {
    const char *bind, *folder, *proxy;
    uint16_t port;
};

/* rc is what meeple_net_listen() returned. */
void lobby_alert_not_hosting(char *dst, int rc, const struct lobby_alert_given *given);
/* rc and why are meeple_tls_server_new()'s. */
void lobby_alert_no_certificate(char *dst, int rc, const char *why);
void lobby_alert_no_address(char *dst, const char *text);
/* rc is what meeple_net_connect() returned. */
void lobby_alert_not_begun(char *dst, const char *where, int rc);
/* DOWN came, and UP never did.  otherwise: a sentence on what the other end may be, said if it
 * looks as if that spoke something else than we do; without a stop; NULL: none. */
void lobby_alert_not_connected(char *dst, const char *where, const meeple_fault *fault,
                               const char *otherwise);
/* DOWN came, and it was not us who ended the session. */
void lobby_alert_lost(char *dst, const meeple_event *down, const meeple_fault *fault);
/* The session cannot go on here. */
void lobby_alert_broken(char *dst, int rc);

#endif /* LOBBY_ALERT_H */
