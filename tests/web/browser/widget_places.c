/* widget_places: where the widgets of a game's window are, for tests that click on them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/dice/window_layout.h"
#include "samples/table/window_layout.h"
#include "samples/ui/theme.h"

static void put(const char *name, struct rect rect)
{
    printf(",\"%s\":[%g,%g,%g,%g]", name, (double)rect.x, (double)rect.y, (double)rect.w,
           (double)rect.h);
}

static void put_color(const char *name, SDL_Color color)
{
    printf(",\"%s\":[%d,%d,%d]", name, color.r, color.g, color.b);
}

/* Each where it is when it is of use: before the game, or in it. */
static void put_dice(float width, float height)
{
    struct dice_layout_needs needs = {width, height, LOBBY_IDLE, true};
    struct dice_layout before, during;

    dice_layout_compute(&before, &needs);
    needs.phase = LOBBY_PLAYING;
    dice_layout_compute(&during, &needs);
    put("name", before.name);
    put("server", before.server);
    put("godot3", before.godot3);
    put("connect", before.connect);
    put("disconnect", during.disconnect);
    put("log", during.log);
    put("players", during.players);
    put("action", during.action);
}

static void put_table(float width, float height)
{
    struct table_layout layout;

    table_layout_compute(&layout, width, height, true);
    put("name", layout.form.name);
    put("server", layout.form.server);
    put("alone", layout.form.alone);
    put("connect", layout.form.connect);
    put("flip", layout.flip);
    put("tidy", layout.tidy);
    put("stats", layout.stats);
    put("disconnect", layout.leave);
    put("felt", layout.felt);
    put("slots", layout.slots);
    printf(",\"unit\":%g", (double)layout.unit);
}

/* A JSON object: [left, top, width, height] of each in logical pixels, and colours. */
int main(int argc, char **argv)
{
    float width = argc == 4 ? strtof(argv[2], NULL) : 0,
          height = argc == 4 ? strtof(argv[3], NULL) : 0;

    if (!(width > 0) || !(height > 0)) {
        fputs("usage: widget_places dice|table WIDTH HEIGHT\n", stderr);
        return 2;
    }
    printf("{\"game\":\"%s\"", argv[1]);
    if (strcmp(argv[1], "dice") == 0) {
        put_dice(width, height);
    } else {
        put_table(width, height);
    }
    put_color("accent", theme.accent);
    put_color("hovered", theme.accent_hovered);
    put_color("back", theme.back);
    put_color("good", theme.good);
    put_color("bad", theme.bad);
    puts("}");
    return 0;
}
