/* flags: the command line of dice. */
#ifndef DICE_FLAGS_H
#define DICE_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

/* Strings are borrowed from the command line or the environment. */
struct dice_flags {
    bool help, version;
    bool host, dedicated, headless;
    const char *connect; /* NULL: not asked for */
    const char *bind;    /* NULL: every interface */
    const char *serve;   /* NULL: no page */
    const char *name, *screenshot;
    uint16_t port;
    uint32_t auto_rolls;    /* 0: not by itself */
    uint32_t quit_after_ms; /* 0: not by itself */
    uint32_t seed;
    int x, y, width, height; /* of the window; -1 and 0: as it likes */
    char error[160];         /* what is wrong with the command line */
};

/* False: *flags has nothing but the error. */
bool dice_flags_parse(struct dice_flags *flags, int argc, char **argv);

/* What --help prints. */
extern const char dice_flags_help[];

#endif /* DICE_FLAGS_H */
