/* alert: what went wrong, in a sentence that the user has to see. */
#ifndef DICE_ALERT_H
#define DICE_ALERT_H

#include <meeple/event.h>

#define ALERT_SIZE 512

/* dst has ALERT_SIZE bytes, always. */

/* rc is what meeple_net_listen() returned; bind and folder may be NULL. */
void dice_alert_not_hosting(char *dst, int rc, const char *bind, uint16_t port, const char *folder);
void dice_alert_no_address(char *dst, const char *text);
/* rc is what meeple_net_connect() returned. */
void dice_alert_not_begun(char *dst, const char *where, int rc);
/* DOWN came, and UP never did. */
void dice_alert_not_connected(char *dst, const char *where, const meeple_fault *fault);
/* DOWN came, and it was not us who ended the session. */
void dice_alert_lost(char *dst, const meeple_event *down, const meeple_fault *fault);
/* The session cannot go on here. */
void dice_alert_broken(char *dst, int rc);

#endif /* DICE_ALERT_H */
