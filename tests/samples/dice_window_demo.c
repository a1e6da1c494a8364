/* dice_window_demo: the dice game's window on a fake session, to look at and to photograph. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/dice/window.h"
#include "tests/samples/fake_session.h"

static int usage(void)
{
    fputs("usage: dice_window_demo STATE [--size WxH] [--scale N] [--screenshot FILE] "
          "[--quit-after MS]"
          " [--server NAME] [--guest-only yes]\n"
          "STATE: idle, connecting, my-turn, their-turn, alert, crowd, closing\n",
          stderr);
    return 2;
}

static int set(struct dice_window_options *options, const char *name, const char *value)
{
    if (strcmp(name, "--size") == 0) {
        return sscanf(value, "%dx%d", &options->width, &options->height) == 2 ? 0 : -1;
    }
    if (strcmp(name, "--scale") == 0) {
        options->scale = strtof(value, NULL);
    } else if (strcmp(name, "--screenshot") == 0) {
        options->screenshot = value;
    } else if (strcmp(name, "--quit-after") == 0) {
        options->quit_after_ms = (uint32_t)strtoul(value, NULL, 10);
    } else if (strcmp(name, "--server") == 0) {
        options->host = value;
    } else if (strcmp(name, "--guest-only") == 0) {
        options->guest_only = strcmp(value, "yes") == 0;
    } else {
        return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct dice_window_options options = {.port = LOBBY_PORT, .x = -1, .y = -1};

    for (int i = 2; i < argc; i += 2) {
        if (i + 1 == argc || set(&options, argv[i], argv[i + 1]) < 0) {
            return usage();
        }
    }
    struct dice_session *session = argc > 1 ? fake_session_in(argv[1]) : NULL;
    if (session == NULL) {
        return usage();
    }
    int result = dice_window_run(session, &options);
    dice_session_free(session);
    return result;
}
