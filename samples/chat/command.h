/* command: what a line that was typed asks for. */
#ifndef CHAT_COMMAND_H
#define CHAT_COMMAND_H

#include <meeple/event.h>

/* To whom: everyone else, the one who joined last, all but that one, or those that a number as in
 * meeple_net_send() stands for. */
enum target {
    TARGET_ALL,
    TARGET_LAST,
    TARGET_OTHERS,
    TARGET_NUMBER
};

enum command_type {
    COMMAND_SAY,
    COMMAND_TO,
    COMMAND_TEXT,
    COMMAND_BINARY,
    COMMAND_PEERS,
    COMMAND_KICK,
    COMMAND_CLOSE,
    COMMAND_HELP,
    COMMAND_WRONG
};

struct command {
    enum command_type type;
    enum target target;  /* TO */
    int32_t peer;        /* KICK; TO: if the target is a number */
    uint16_t code;       /* KICK, CLOSE: 0 if none was given */
    const char *reason;  /* KICK, CLOSE: "" if none was given; part of the line */
    const char *wrong;   /* WRONG: a sentence */
    meeple_bytes saying; /* SAY: the line, or what follows the first of two slashes */
};

/* The line ends in a NUL beside its length; what the command points at is part of it. */
struct command command_of(meeple_bytes line);

#endif /* CHAT_COMMAND_H */
