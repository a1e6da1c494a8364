/* atlas: letters and shapes as anti-aliased masks in one picture, each made when first asked for.
 */
#include "samples/ui/atlas.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <stb/stb_truetype.h>

#include "samples/ui/fonts.h"

#define SLOTS 8192u /* a power of two; at most half of them get used */
#define GAP 1       /* between two marks */

enum face {
    FACE_SANS,
    FACE_BOLD,
    FACE_COUNT
};

struct slot {
    uint64_t key; /* 0: free */
    struct atlas_mark mark;
};

struct atlas {
    stbtt_fontinfo faces[FACE_COUNT];
    float scale;
    int side;
    uint8_t *pixels;
    int shelf_x, shelf_y, shelf_height; /* marks are put in rows, as high as the highest in it */
    struct atlas_area changes;          /* empty if its width is 0 */
    uint32_t used;
    struct slot slots[SLOTS];
};

static const struct {
    enum face face;
    float size; /* of the em, in logical pixels */
} fonts[] = {
    [FONT_BODY] = {FACE_SANS, 14},
    [FONT_BOLD] = {FACE_BOLD, 14},
    [FONT_SMALL] = {FACE_SANS, 12},
    [FONT_TITLE] = {FACE_BOLD, 20},
};

static const stbtt_fontinfo *face_of(const struct atlas *atlas, enum font font)
{
    return &atlas->faces[fonts[font].face];
}

static struct slot *slot_of(struct atlas *atlas, uint64_t key)
{
    uint64_t hash = key * 0x9E3779B97F4A7C15u;
    size_t at = (size_t)(hash >> 40) & (SLOTS - 1);

    while (atlas->slots[at].key != 0 && atlas->slots[at].key != key) {
        at = (at + 1) & (SLOTS - 1);
    }
    return &atlas->slots[at];
}

static void note_change(struct atlas *atlas, const struct atlas_mark *mark)
{
    struct atlas_area *area = &atlas->changes;

    if (area->width == 0) {
        *area = (struct atlas_area){mark->x, mark->y, mark->width, mark->height};
        return;
    }
    int right = area->x + area->width;
    int bottom = area->y + area->height;
    right = mark->x + mark->width > right ? mark->x + mark->width : right;
    bottom = mark->y + mark->height > bottom ? mark->y + mark->height : bottom;
    area->x = mark->x < area->x ? mark->x : area->x;
    area->y = mark->y < area->y ? mark->y : area->y;
    area->width = right - area->x;
    area->height = bottom - area->y;
}

/* Finds room for the mark's width and height. */
static bool place(struct atlas *atlas, struct atlas_mark *mark)
{
    if (mark->width > atlas->side || atlas->used >= SLOTS / 2) {
        return false;
    }
    if (atlas->shelf_x + mark->width > atlas->side) {
        atlas->shelf_y += atlas->shelf_height + GAP;
        atlas->shelf_x = 0;
        atlas->shelf_height = 0;
    }
    if (atlas->shelf_y + mark->height > atlas->side) {
        return false;
    }
    mark->x = atlas->shelf_x;
    mark->y = atlas->shelf_y;
    atlas->shelf_x += mark->width + GAP;
    if (mark->height > atlas->shelf_height) {
        atlas->shelf_height = mark->height;
    }
    if (mark->width > 0 && mark->height > 0) {
        note_change(atlas, mark);
    }
    return true;
}

static uint8_t *pixels_of(struct atlas *atlas, const struct atlas_mark *mark)
{
    return atlas->pixels + (size_t)mark->y * (size_t)atlas->side + (size_t)mark->x;
}

static void keep(struct atlas *atlas, struct slot *slot, uint64_t key,
                 const struct atlas_mark *mark)
{
    slot->key = key;
    slot->mark = *mark;
    atlas->used++;
}

/* What stands for a character that the font does not have. */
static struct shape stand_in(const struct atlas *atlas, enum font font)
{
    float size = fonts[font].size * atlas->scale;
    int thickness = (int)lroundf(size / 14);

    return (struct shape){SHAPE_BOX, (int)lroundf(size * 0.5f), (int)lroundf(size * 0.73f),
                          thickness > 0 ? thickness : 1};
}

static bool make_letter(struct atlas *atlas, enum font font, uint32_t code, int phase,
                        struct atlas_mark *mark)
{
    const stbtt_fontinfo *face = face_of(atlas, font);
    int glyph = code <= 0x10FFFF ? stbtt_FindGlyphIndex(face, (int)code) : 0;

    if (glyph == 0) {
        struct shape box = stand_in(atlas, font);
        *mark = (struct atlas_mark){.width = box.width, .height = box.height, .top = -box.height};
        mark->left = (int)lroundf((float)box.width * 0.15f);
        if (!place(atlas, mark)) {
            return false;
        }
        shape_render(&box, pixels_of(atlas, mark), atlas->side);
        return true;
    }
    float scale = stbtt_ScaleForMappingEmToPixels(face, fonts[font].size * atlas->scale);
    float shift = (float)phase / ATLAS_PHASES;
    int left, top, right, bottom;
    stbtt_GetGlyphBitmapBoxSubpixel(face, glyph, scale, scale, shift, 0, &left, &top, &right,
                                    &bottom);
    *mark = (struct atlas_mark){
        .width = right - left, .height = bottom - top, .left = left, .top = top};
    if (!place(atlas, mark)) {
        return false;
    }
    if (mark->width > 0 && mark->height > 0) {
        stbtt_MakeGlyphBitmapSubpixel(face, pixels_of(atlas, mark), mark->width, mark->height,
                                      atlas->side, scale, scale, shift, 0, glyph);
    }
    return true;
}

int atlas_new(struct atlas **out)
{
    struct atlas *atlas = calloc(1, sizeof *atlas);

    *out = NULL;
    if (atlas == NULL) {
        return -1;
    }
    if (!stbtt_InitFont(&atlas->faces[FACE_SANS], fonts_sans, 0) ||
        !stbtt_InitFont(&atlas->faces[FACE_BOLD], fonts_bold, 0) || !atlas_reset(atlas, 1)) {
        atlas_free(atlas);
        return -1;
    }
    *out = atlas;
    return 0;
}

void atlas_free(struct atlas *atlas)
{
    if (atlas != NULL) {
        free(atlas->pixels);
        free(atlas);
    }
}

bool atlas_reset(struct atlas *atlas, float scale)
{
    int side = scale < 1.6f ? 1024 : 2048;
    uint8_t *pixels = calloc((size_t)side, (size_t)side);

    if (pixels == NULL) {
        return false;
    }
    free(atlas->pixels);
    atlas->pixels = pixels;
    atlas->side = side;
    atlas->scale = scale;
    atlas->shelf_x = atlas->shelf_y = atlas->shelf_height = 0;
    atlas->changes = (struct atlas_area){0, 0, side, side};
    atlas->used = 0;
    memset(atlas->slots, 0, sizeof atlas->slots);
    return true;
}

bool atlas_letter(struct atlas *atlas, enum font font, uint32_t code, int phase,
                  struct atlas_mark *out)
{
    uint64_t key = 1ull << 62 | (uint64_t)font << 40 | (uint64_t)phase << 32 | code;
    struct slot *slot = slot_of(atlas, key);

    assert(phase >= 0 && phase < ATLAS_PHASES);
    if (slot->key == 0) {
        struct atlas_mark mark;
        if (!make_letter(atlas, font, code, phase, &mark)) {
            return false;
        }
        keep(atlas, slot, key, &mark);
    }
    *out = slot->mark;
    return true;
}

bool atlas_shape(struct atlas *atlas, const struct shape *shape, struct atlas_mark *out)
{
    uint64_t size = (uint64_t)(uint16_t)shape->width << 16 | (uint16_t)shape->height;
    uint64_t key =
        1ull << 63 | (uint64_t)shape->kind << 48 | (uint64_t)(uint16_t)shape->thickness << 32;
    struct slot *slot = slot_of(atlas, key | size);

    if (slot->key == 0) {
        struct atlas_mark mark = {.width = shape->width, .height = shape->height};
        if (!place(atlas, &mark)) {
            return false;
        }
        shape_render(shape, pixels_of(atlas, &mark), atlas->side);
        keep(atlas, slot, key | size, &mark);
    }
    *out = slot->mark;
    return true;
}

bool atlas_take_changes(struct atlas *atlas, struct atlas_area *out)
{
    *out = atlas->changes;
    atlas->changes = (struct atlas_area){0, 0, 0, 0};
    return out->width > 0;
}

float atlas_advance(const struct atlas *atlas, enum font font, uint32_t code)
{
    const stbtt_fontinfo *face = face_of(atlas, font);
    int glyph = code <= 0x10FFFF ? stbtt_FindGlyphIndex(face, (int)code) : 0;
    int advance, bearing;

    if (glyph == 0) {
        return fonts[font].size * 0.65f;
    }
    stbtt_GetGlyphHMetrics(face, glyph, &advance, &bearing);
    return (float)advance * stbtt_ScaleForMappingEmToPixels(face, fonts[font].size);
}

float atlas_font_size(enum font font)
{
    return fonts[font].size;
}

const uint8_t *atlas_pixels(const struct atlas *atlas)
{
    return atlas->pixels;
}

int atlas_side(const struct atlas *atlas)
{
    return atlas->side;
}
