/* alert: what went wrong, in a sentence that the user has to see. */
#include "samples/lobby/alert.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "samples/lobby/text.h"

static void say(char *dst, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Cleaned, because much of it was written by others; begins with a capital, ends with a stop. */
static void say(char *dst, const char *format, ...)
{
    char text[LOBBY_ALERT_SIZE];
    va_list args;
    size_t len;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    len = lobby_text_clean(dst, LOBBY_ALERT_SIZE - 1, text);
    if (dst[0] >= 'a' && dst[0] <= 'z') {
        dst[0] = (char)(dst[0] - 'a' + 'A');
    }
    if (len > 0 && strchr(".!?", dst[len - 1]) == NULL) {
        dst[len] = '.';
        dst[len + 1] = '\0';
    }
}

/* The library says that one of them is no good. */
static void say_what_is_none(char *dst, const struct lobby_alert_given *given)
{
    const char *const names[] = {given->bind, given->folder, given->proxy};
    static const char *const none[] = {"no address of this machine", "no folder",
                                       "no address of a proxy, or of a network"};
    char text[LOBBY_ALERT_SIZE] = "";
    size_t len = 0;

    for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
        if (names[i] && names[i][0]) {
            int more = snprintf(text + len, sizeof text - len, "%s\"%.100s\" is %s",
                                len > 0 ? ", or " : "", names[i], none[i]);
            len += (size_t)more; /* three of them fit */
        }
    }
    say(dst, "%s", len > 0 ? text : meeple_strerror(MEEPLE_EINVAL));
}

void lobby_alert_not_hosting(char *dst, int rc, const struct lobby_alert_given *given)
{
    unsigned port = given->port;

    switch (rc) {
    case MEEPLE_EINUSE:
        say(dst, "Port %u is already in use.", port);
        break;
    case MEEPLE_EACCESS:
        say(dst, "You are not permitted to host on port %u%s.", port,
            given->folder ? ", or to read the folder of the page" : "");
        break;
    case MEEPLE_EINVAL:
        say_what_is_none(dst, given);
        break;
    case MEEPLE_ENOTSUP:
        say(dst, "A page in a browser cannot host; it can join a game that runs outside of one.");
        break;
    default:
        say(dst, "Could not host on port %u: %s.", port, meeple_strerror(rc));
    }
}

void lobby_alert_no_certificate(char *dst, int rc, const char *why)
{
    say(dst, "Could not host with TLS: %s.", why[0] ? why : meeple_strerror(rc));
}

void lobby_alert_no_address(char *dst, const char *text)
{
    say(dst, "\"%.100s\" is no address. Write a name or a number, and a port if you like: %s", text,
        "localhost, 192.168.0.7:8080, [::1]:8080, wss://dice.example.org.");
}

void lobby_alert_not_begun(char *dst, const char *where, int rc)
{
    say(dst, "Could not connect to %.200s: %s.", where, meeple_strerror(rc));
}

/* Whether somebody is there who wants to speak something else.  A Godot 3 ends the connection
 * without an answer, a browser says nothing at all of why. */
static bool is_other_language(const meeple_fault *fault)
{
    return fault->stage == MEEPLE_STAGE_SUBPROTOCOL ||
           (fault->stage == MEEPLE_STAGE_HTTP && (fault->number == 0 || fault->number == 400)) ||
           (fault->stage == MEEPLE_STAGE_CONNECT && fault->number == 0);
}

void lobby_alert_not_connected(char *dst, const char *where, const meeple_fault *fault,
                               const char *otherwise)
{
    if (otherwise && is_other_language(fault)) {
        size_t len = strlen(fault->text);
        bool asks = len > 0 && fault->text[len - 1] == '?';

        say(dst, "Could not connect to %.200s: %s%s %s", where, fault->text, asks ? "" : ".",
            otherwise);
    } else if (fault->stage == MEEPLE_STAGE_RESOLVE || fault->stage == MEEPLE_STAGE_CONNECT) {
        /* Says itself what could not be reached. */
        say(dst, "%s", fault->text);
    } else if (fault->stage == MEEPLE_STAGE_HTTP && fault->number == 503) {
        say(dst, "Could not connect to %.200s: %s; there may be no room for another player.", where,
            fault->text);
    } else if (fault->stage != MEEPLE_STAGE_NONE) {
        say(dst, "Could not connect to %.200s: %s", where, fault->text);
    } else {
        say(dst, "Could not connect to %.200s.", where);
    }
}

void lobby_alert_lost(char *dst, const meeple_event *down, const meeple_fault *fault)
{
    static const char lost[] = "the connection was lost";
    bool over = down->code == MEEPLE_CLOSE_NORMAL || down->code == MEEPLE_CLOSE_GOING_AWAY ||
                down->code == MEEPLE_CLOSE_NO_CODE;
    const char *why = fault->stage != MEEPLE_STAGE_NONE ? fault->text : down->reason;

    if (down->clean && !over) {
        say(dst, "The host showed us out: %s",
            down->reason[0] ? down->reason : "it did not say why.");
    } else if (down->clean) {
        say(dst, "Lost the connection to the host: %s",
            down->reason[0] ? down->reason : "it ended the game.");
    } else if (strncmp(why, lost, sizeof lost - 1) == 0) {
        /* Says the same, perhaps with a reason behind. */
        say(dst, "Lost the connection to the host%s", why + sizeof lost - 1);
    } else {
        say(dst, "Lost the connection to the host: %s",
            why[0] ? why : "it is gone without a word.");
    }
}

void lobby_alert_broken(char *dst, int rc)
{
    say(dst, "The game had to stop: %s.", meeple_strerror(rc));
}
