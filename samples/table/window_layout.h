/* window_layout: where everything on the table's window is.  Numbers only. */
#ifndef TABLE_WINDOW_LAYOUT_H
#define TABLE_WINDOW_LAYOUT_H

#include "samples/lobby/form.h"
#include "samples/table/state.h"

/* The least it is made for, a small telephone; below, things overlap. */
#define TABLE_LAYOUT_MIN_WIDTH 320
#define TABLE_LAYOUT_MIN_HEIGHT 360
/* What a finger has to meet. */
#define TABLE_LAYOUT_FINGER 40.0f

/* Logical pixels. */
struct table_layout {
    struct rect icon, title, dot, status;
    struct rect flip, tidy, stats, leave; /* buttons */
    struct rect rim, felt;                /* the table, its cloth */
    struct rect tray, tray_title, slots;
    unsigned tray_rows;  /* of slots */
    struct rect lines;   /* the end of the log, on the cloth, or under the tray */
    bool lines_hang;     /* few of them are at the top of their place, not at its bottom */
    struct rect overlay; /* there, too */
    struct rect form_card, form_title;
    struct lobby_form_view form; /* without ids and phase */
    float unit;                  /* of one of the table's units */
    float tray_unit;             /* the same for what lies in the tray */
};

/* guest_only: nobody can host here, and there is no button for it. */
void table_layout_compute(struct table_layout *out, float width, float height, bool guest_only);

/* From the table's units to where they are seen, and back. */
SDL_FPoint table_layout_seen(const struct table_layout *layout, SDL_FPoint at);
SDL_FPoint table_layout_meant(const struct table_layout *layout, SDL_FPoint seen);
/* The middle of a place in the tray: where it is seen, and in the table's units. */
SDL_FPoint table_layout_slot_seen(const struct table_layout *layout, unsigned slot);
SDL_FPoint table_layout_slot(const struct table_layout *layout, unsigned slot);

#endif /* TABLE_WINDOW_LAYOUT_H */
