/* draw: boxes and shapes, in batches of quads. */
#include "samples/ui/draw_internal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* ARGB, white everywhere: the mask is in the alpha, the colour comes with the vertices. */
static void upload(struct draw *draw)
{
    struct atlas_area area;
    int side = atlas_side(draw->atlas);

    if (draw->texture == NULL) {
        draw->texture = SDL_CreateTexture(draw->renderer, SDL_PIXELFORMAT_ARGB8888,
                                          SDL_TEXTUREACCESS_STATIC, side, side);
        SDL_SetTextureBlendMode(draw->texture, SDL_BLENDMODE_BLEND);
        SDL_SetTextureScaleMode(draw->texture, SDL_ScaleModeNearest);
        (void)atlas_take_changes(draw->atlas, &area);
        area = (struct atlas_area){0, 0, side, side};
    } else if (!atlas_take_changes(draw->atlas, &area)) {
        return;
    }
    uint32_t *copy = malloc((size_t)area.width * (size_t)area.height * sizeof *copy);
    if (copy == NULL) {
        return;
    }
    for (int y = 0; y < area.height; y++) {
        const uint8_t *row =
            atlas_pixels(draw->atlas) + (size_t)(area.y + y) * (size_t)side + area.x;
        for (int x = 0; x < area.width; x++) {
            copy[y * area.width + x] = 0x00FFFFFFu | (uint32_t)row[x] << 24;
        }
    }
    SDL_UpdateTexture(draw->texture, &(SDL_Rect){area.x, area.y, area.width, area.height}, copy,
                      area.width * (int)sizeof *copy);
    free(copy);
}

static void flush(struct draw *draw)
{
    if (draw->quads == 0) {
        return;
    }
    if (draw->textured) {
        upload(draw);
    }
    SDL_RenderGeometry(draw->renderer, draw->textured ? draw->texture : NULL, draw->vertices,
                       draw->quads * 4, draw->indices, draw->quads * 6);
    draw->quads = 0;
}

static void drop_texture(struct draw *draw)
{
    if (draw->texture != NULL) {
        SDL_DestroyTexture(draw->texture);
        draw->texture = NULL;
    }
}

void draw__renew(struct draw *draw)
{
    flush(draw);
    if (atlas_reset(draw->atlas, draw->scale)) {
        drop_texture(draw);
    }
}

void draw__quad(struct draw *draw, const SDL_Rect *to, const SDL_Rect *from, SDL_Color color)
{
    if (draw->muted || to->w <= 0 || to->h <= 0) {
        return;
    }
    if (draw->quads == DRAW_QUADS_MAX || draw->textured != (from != NULL)) {
        flush(draw);
    }
    draw->textured = from != NULL;
    float side = (float)atlas_side(draw->atlas);
    SDL_Vertex *vertex = &draw->vertices[(size_t)draw->quads++ * 4];
    for (int i = 0; i < 4; i++, vertex++) {
        int right = i == 1 || i == 2;
        int bottom = i >= 2;
        vertex->position.x = (float)(to->x + right * to->w);
        vertex->position.y = (float)(to->y + bottom * to->h);
        vertex->color = color;
        vertex->tex_coord.x = from != NULL ? (float)(from->x + right * from->w) / side : 0;
        vertex->tex_coord.y = from != NULL ? (float)(from->y + bottom * from->h) / side : 0;
    }
}

int draw_new(struct draw **out, SDL_Renderer *renderer)
{
    static const int corners[] = {0, 1, 2, 0, 2, 3};
    struct draw *draw = calloc(1, sizeof *draw);

    *out = NULL;
    if (draw == NULL || atlas_new(&draw->atlas) < 0) {
        free(draw);
        return -1;
    }
    draw->renderer = renderer;
    draw->scale = 1;
    for (int i = 0; i < DRAW_QUADS_MAX * 6; i++) {
        draw->indices[i] = i / 6 * 4 + corners[i % 6];
    }
    *out = draw;
    return 0;
}

void draw_free(struct draw *draw)
{
    if (draw != NULL) {
        drop_texture(draw);
        atlas_free(draw->atlas);
        free(draw);
    }
}

void draw_begin(struct draw *draw, float scale, bool muted)
{
    assert(draw->clip_count == 0 && draw->quads == 0);
    if (fabsf(scale - draw->scale) > 0.001f && atlas_reset(draw->atlas, scale)) {
        draw->scale = scale;
        drop_texture(draw);
    }
    draw->muted = muted;
    if (!muted) {
        SDL_SetRenderDrawBlendMode(draw->renderer, SDL_BLENDMODE_BLEND);
        SDL_RenderSetClipRect(draw->renderer, NULL);
    }
}

void draw_end(struct draw *draw)
{
    assert(draw->clip_count == 0);
    flush(draw);
}

void draw_lost(struct draw *draw)
{
    drop_texture(draw);
}

void draw_set_renderer(struct draw *draw, SDL_Renderer *renderer)
{
    drop_texture(draw);
    draw->renderer = renderer;
}

static SDL_Rect pixels(const struct draw *draw, struct rect rect)
{
    int left = (int)lroundf(rect.x * draw->scale);
    int top = (int)lroundf(rect.y * draw->scale);
    int right = (int)lroundf((rect.x + rect.w) * draw->scale);
    int bottom = (int)lroundf((rect.y + rect.h) * draw->scale);

    return (SDL_Rect){left, top, right - left, bottom - top};
}

static SDL_Rect shape_in_atlas(struct draw *draw, const struct shape *shape)
{
    struct atlas_mark mark = {0, 0, 0, 0, 0, 0};

    if (!atlas_shape(draw->atlas, shape, &mark)) {
        draw__renew(draw);
        (void)atlas_shape(draw->atlas, shape, &mark);
    }
    return (SDL_Rect){mark.x, mark.y, mark.width, mark.height};
}

/* The quarters of a round mask in the four corners of the box. */
static void corners(struct draw *draw, const SDL_Rect *box, const SDL_Rect *mask, SDL_Color color)
{
    int near = mask->w / 2;
    int far = mask->w - near;

    for (int i = 0; i < 4; i++) {
        int right = i % 2;
        int bottom = i / 2;
        int w = right ? far : near;
        int h = bottom ? far : near;
        SDL_Rect from = {mask->x + right * near, mask->y + bottom * near, w, h};
        SDL_Rect to = {box->x + right * (box->w - far), box->y + bottom * (box->h - far), w, h};
        draw__quad(draw, &to, &from, color);
    }
}

/* How many pixels across a corner's circle is; 0: the box is too small for any. */
static int diameter(const struct draw *draw, const SDL_Rect *box, float radius)
{
    int wanted = (int)lroundf(2 * radius * draw->scale);
    int room = box->w < box->h ? box->w : box->h;

    return wanted < room ? wanted : room;
}

void draw_box(struct draw *draw, struct rect rect, float radius, SDL_Color color)
{
    SDL_Rect box = pixels(draw, rect);
    int across = diameter(draw, &box, radius);

    if (draw->muted || across < 0) {
        return;
    }
    int near = across / 2;
    int far = across - near;
    SDL_Rect middle = {box.x, box.y + near, box.w, box.h - across};
    SDL_Rect top = {box.x + near, box.y, box.w - across, near};
    SDL_Rect bottom = {box.x + near, box.y + box.h - far, box.w - across, far};
    draw__quad(draw, &middle, NULL, color);
    draw__quad(draw, &top, NULL, color);
    draw__quad(draw, &bottom, NULL, color);
    if (across > 0) {
        SDL_Rect disc = shape_in_atlas(draw, &(struct shape){SHAPE_DISC, across, across, 0});
        corners(draw, &box, &disc, color);
    }
}

void draw_dot(struct draw *draw, SDL_FPoint centre, float diameter, SDL_Color color)
{
    int across = (int)lroundf(diameter * draw->scale);

    if (draw->muted || across < 1) {
        return;
    }
    SDL_Rect from = shape_in_atlas(draw, &(struct shape){SHAPE_DISC, across, across, 0});
    SDL_Rect to = {(int)lroundf(centre.x * draw->scale - (float)across / 2),
                   (int)lroundf(centre.y * draw->scale - (float)across / 2), across, across};
    draw__quad(draw, &to, &from, color);
}

void draw_outline(struct draw *draw, struct rect rect, float radius, float thickness,
                  SDL_Color color)
{
    SDL_Rect box = pixels(draw, rect);
    int across = diameter(draw, &box, radius);
    int line = (int)lroundf(thickness * draw->scale);

    if (draw->muted || across < 1) {
        return;
    }
    line = line > 0 ? line : 1;
    int near = across / 2;
    SDL_Rect sides[] = {
        {box.x + near, box.y, box.w - across, line},
        {box.x + near, box.y + box.h - line, box.w - across, line},
        {box.x, box.y + near, line, box.h - across},
        {box.x + box.w - line, box.y + near, line, box.h - across},
    };
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        draw__quad(draw, &sides[i], NULL, color);
    }
    SDL_Rect ring = shape_in_atlas(draw, &(struct shape){SHAPE_RING, across, across, line});
    corners(draw, &box, &ring, color);
}

void draw_shadow(struct draw *draw, struct rect rect, float spread, SDL_Color color)
{
    SDL_Rect box = pixels(draw, rect_inset(rect, -spread));
    int across = diameter(draw, &box, 2 * spread);

    if (draw->muted || across < 2) {
        return;
    }
    SDL_Rect glow = shape_in_atlas(draw, &(struct shape){SHAPE_GLOW, across, across, 0});
    int near = across / 2;
    int far = across - near;
    int w = box.w - across;
    int h = box.h - across;
    corners(draw, &box, &glow, color);
    /* The sides are the middle row and column of the mask, drawn out. */
    SDL_Rect across_left = {glow.x, glow.y + near, near, 1};
    SDL_Rect across_right = {glow.x + near, glow.y + near, far, 1};
    SDL_Rect down_top = {glow.x + near, glow.y, 1, near};
    SDL_Rect down_bottom = {glow.x + near, glow.y + near, 1, far};
    draw__quad(draw, &(SDL_Rect){box.x, box.y + near, near, h}, &across_left, color);
    draw__quad(draw, &(SDL_Rect){box.x + near + w, box.y + near, far, h}, &across_right, color);
    draw__quad(draw, &(SDL_Rect){box.x + near, box.y, w, near}, &down_top, color);
    draw__quad(draw, &(SDL_Rect){box.x + near, box.y + near + h, w, far}, &down_bottom, color);
    draw__quad(draw, &(SDL_Rect){box.x + near, box.y + near, w, h}, NULL, color);
}

void draw_crown(struct draw *draw, struct rect rect, SDL_Color color)
{
    SDL_Rect to = pixels(draw, rect);

    if (draw->muted || to.w < 1) {
        return;
    }
    to.h = to.w;
    SDL_Rect from = shape_in_atlas(draw, &(struct shape){SHAPE_CROWN, to.w, to.w, 0});
    draw__quad(draw, &to, &from, color);
}

void draw_push_clip(struct draw *draw, struct rect rect)
{
    SDL_Rect clip = pixels(draw, rect);

    assert(draw->clip_count < DRAW_CLIPS_MAX);
    flush(draw);
    if (draw->clip_count > 0) {
        SDL_Rect outer = draw->clips[draw->clip_count - 1];
        (void)SDL_IntersectRect(&outer, &clip, &clip);
    }
    /* Nothing in common hides everything; OpenGL knows no size below that, and would go on with the
     * clip before. */
    clip.w = SDL_max(clip.w, 0);
    clip.h = SDL_max(clip.h, 0);
    draw->clips[draw->clip_count++] = clip;
    if (!draw->muted) {
        SDL_RenderSetClipRect(draw->renderer, &clip);
    }
}

void draw_pop_clip(struct draw *draw)
{
    assert(draw->clip_count > 0);
    flush(draw);
    draw->clip_count--;
    if (!draw->muted) {
        SDL_RenderSetClipRect(draw->renderer,
                              draw->clip_count > 0 ? &draw->clips[draw->clip_count - 1] : NULL);
    }
}
