/* draw: boxes, shapes and text on an SDL_Renderer, in logical pixels, crisp at every pixel scale.
 */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <SDL.h>
#include <stdbool.h>
#include <stddef.h>

#include "samples/ui/atlas.h"
#include "samples/ui/rect.h"

struct draw;

/* renderer is borrowed.  0, or -1 when there is no memory. */
int draw_new(struct draw **out, SDL_Renderer *renderer);
void draw_free(struct draw *draw);

/* Before each frame: `scale` pixels to a logical one.  A muted frame measures text, but draws
 * nothing. */
void draw_begin(struct draw *draw, float scale, bool muted);
void draw_end(struct draw *draw);
/* The renderer has lost its textures. */
void draw_lost(struct draw *draw);
/* Another one takes its place, borrowed as well; the old one may be gone after draw_lost(). */
void draw_set_renderer(struct draw *draw, SDL_Renderer *renderer);

/* Edges fall on whole pixels. */
void draw_box(struct draw *draw, struct rect rect, float radius, SDL_Color color);
/* The same size wherever its centre is, and that on a pixel or between two. */
void draw_dot(struct draw *draw, SDL_FPoint centre, float diameter, SDL_Color color);
void draw_outline(struct draw *draw, struct rect rect, float radius, float thickness,
                  SDL_Color color);
/* Fades out over `spread` on every side of the rect. */
void draw_shadow(struct draw *draw, struct rect rect, float spread, SDL_Color color);
void draw_crown(struct draw *draw, struct rect rect, SDL_Color color);

/* Until the matching pop nothing is drawn outside of rect, nor of the clips around it. */
void draw_push_clip(struct draw *draw, struct rect rect);
void draw_pop_clip(struct draw *draw);

struct draw_style {
    enum font font;
    SDL_Color color;
    float align; /* in a rect: 0 left, 0.5 centred, 1 right */
};

/* The pen is on the baseline.  Returns its x when it is done. */
float draw_text(struct draw *draw, SDL_FPoint pen, struct draw_style style, const char *text,
                size_t len);
/* In the middle of the rect's height, shortened with an ellipsis if it is wider.  Returns its
 * width. */
float draw_label(struct draw *draw, struct rect rect, struct draw_style style, const char *text);
/* The baseline that puts a line in the middle of the rect's height. */
float draw_baseline(struct rect rect, enum font font);

float draw_text_width(const struct draw *draw, enum font font, const char *text, size_t len);
/* How many bytes, in whole characters, are at most `width` wide. */
size_t draw_text_fit(const struct draw *draw, enum font font, const char *text, size_t len,
                     float width);
/* The offset of the character boundary that is nearest to x. */
size_t draw_text_hit(const struct draw *draw, enum font font, const char *text, size_t len,
                     float x);
/* How many bytes to put in the first row of a paragraph of this width; at least one character. */
size_t draw_text_wrap(const struct draw *draw, enum font font, const char *text, size_t len,
                      float width);

#endif /* UI_DRAW_H */
