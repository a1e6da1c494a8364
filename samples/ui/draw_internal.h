/* draw_internal: what the files of draw share. */
#ifndef UI_DRAW_INTERNAL_H
#define UI_DRAW_INTERNAL_H

#include "samples/ui/draw.h"

#define DRAW_QUADS_MAX 2048
#define DRAW_CLIPS_MAX 8

struct draw {
    SDL_Renderer *renderer;
    SDL_Texture *texture; /* the atlas; NULL: to be made */
    struct atlas *atlas;
    float scale;
    bool muted;
    bool textured; /* the quads that wait are from the atlas, not plain */
    int quads;
    SDL_Rect clips[DRAW_CLIPS_MAX]; /* pixels */
    int clip_count;
    SDL_Vertex vertices[DRAW_QUADS_MAX * 4];
    int indices[DRAW_QUADS_MAX * 6];
};

/* Puts part of a mark on the screen, or a plain colour if `from` is NULL; both in pixels. */
void draw__quad(struct draw *draw, const SDL_Rect *to, const SDL_Rect *from, SDL_Color color);
/* The atlas was full: draws what waits and starts another. */
void draw__renew(struct draw *draw);

#endif /* UI_DRAW_INTERNAL_H */
