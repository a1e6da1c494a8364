/* atlas: letters and shapes as anti-aliased masks in one picture, each made when first asked for.
 */
#ifndef UI_ATLAS_H
#define UI_ATLAS_H

#include <stdbool.h>
#include <stdint.h>

#include "samples/ui/shape.h"

enum font {
    FONT_BODY,
    FONT_BOLD,
    FONT_SMALL,
    FONT_TITLE
};

#define ATLAS_PHASES 4 /* a letter may start at any quarter of a pixel */

/* Pixels throughout. */
struct atlas_mark {
    int x, y, width, height; /* where it is in the picture */
    int left, top;           /* of a letter: from the pen, on the baseline, to its mask */
};

struct atlas_area {
    int x, y, width, height;
};

struct atlas;

/* 0, or -1 when there is no memory or the fonts are broken. */
int atlas_new(struct atlas **out);
void atlas_free(struct atlas *atlas);

/* Forgets every mark; `scale` is how many pixels a logical pixel has from now on.  False: no
 * memory, and it is as it was. */
bool atlas_reset(struct atlas *atlas, float scale);

/* False: the picture is full, reset it. */
bool atlas_letter(struct atlas *atlas, enum font font, uint32_t code, int phase,
                  struct atlas_mark *out);
bool atlas_shape(struct atlas *atlas, const struct shape *shape, struct atlas_mark *out);

/* What changed in the picture since the last time; false if nothing did. */
bool atlas_take_changes(struct atlas *atlas, struct atlas_area *out);

/* How far a character moves the pen, in logical pixels. */
float atlas_advance(const struct atlas *atlas, enum font font, uint32_t code);
float atlas_font_size(enum font font);
const uint8_t *atlas_pixels(const struct atlas *atlas); /* borrowed until the reset */
int atlas_side(const struct atlas *atlas);              /* a square, of a power of two */

#endif /* UI_ATLAS_H */
