/* flags: the command line of a game. */
#ifndef LOBBY_FLAGS_H
#define LOBBY_FLAGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "samples/lobby/lobby.h"

/* Strings are borrowed from the command line or the environment. */
struct lobby_flags {
    bool help, version;
    bool host, dedicated, headless;
    bool report;         /* say what happens, as without a window */
    const char *connect; /* NULL: not asked for */
    const char *bind;    /* NULL: every interface */
    const char *proxy;   /* NULL: none */
    meeple_dialect dialect;
    bool has_dialect; /* it was said, not left at the native one */
    struct lobby_files files;
    const char *name, *screenshot;
    uint16_t port;
    uint32_t auto_turns;    /* 0: not by itself */
    uint32_t quit_after_ms; /* 0: not by itself */
    uint32_t seed;
    int x, y, width, height; /* of the window; -1 and 0: as it likes */
    char error[160];         /* what is wrong with the command line */
};

/* A value is the next word, or follows an equals sign, where it may be anything.  False: *flags has
 * nothing but the error. */
bool lobby_flags_parse(struct lobby_flags *flags, int argc, char **argv);

/* What --help says of one game and not of another. */
struct lobby_words {
    const char *program;   /* its name */
    const char *summary;   /* what it is, in a sentence or two, without a newline at the end */
    const char *by_itself; /* the lines on --auto, indented as the others */
    const char *seed;      /* of what: "of the dice" */
    const char *end;       /* a paragraph */
    bool godot3;           /* it can be played with Godot 3 */
};

/* What --help prints. */
void lobby_flags_help(FILE *out, const struct lobby_words *words);

#endif /* LOBBY_FLAGS_H */
