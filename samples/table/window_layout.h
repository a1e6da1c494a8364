/* window_layout: where everything on the table's window is.  Numbers only. */
#ifndef TABLE_WINDOW_LAYOUT_H
#define TABLE_WINDOW_LAYOUT_H

#include "samples/lobby/form.h"
#include "samples/table/state.h"

/* The least it is made for; below, things overlap. */
#define TABLE_LAYOUT_MIN_WIDTH 480
#define TABLE_LAYOUT_MIN_HEIGHT 360

/* Logical pixels. */
struct table_layout {
    struct rect icon, title, dot, status;
    struct rect flip, tidy, stats, leave; /* buttons */
    struct rect rim, felt;                /* the table, its cloth */
    struct rect tray, tray_title, slots;
    struct rect lines;   /* the end of the log, on the cloth */
    struct rect overlay; /* on it, too */
    struct rect form_card, form_title;
    struct lobby_form_view form; /* without ids and phase */
    float unit;                  /* of one of the table's units */
};

void table_layout_compute(struct table_layout *out, float width, float height);

/* From the table's units to where they are seen, and back. */
SDL_FPoint table_layout_seen(const struct table_layout *layout, SDL_FPoint at);
SDL_FPoint table_layout_meant(const struct table_layout *layout, SDL_FPoint seen);
/* The middle of a place in the tray, in the table's units. */
SDL_FPoint table_layout_slot(const struct table_layout *layout, unsigned slot);

#endif /* TABLE_WINDOW_LAYOUT_H */
