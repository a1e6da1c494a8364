/* shape: masks of the few shapes that are not letters, anti-aliased, for the atlas. */
#include "samples/ui/shape.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <stdbool.h>

#include <stb/stb_truetype.h>

#define PATH_MAX_POINTS 64
#define UNITS 16 /* of an outline, in one pixel: the rasteriser takes whole numbers */

struct path {
    stbtt_vertex points[PATH_MAX_POINTS];
    int count;
};

static stbtt_vertex_type unit(float pixels)
{
    return (stbtt_vertex_type)lroundf(pixels * UNITS);
}

static stbtt_vertex *add(struct path *path, unsigned char type, float x, float y)
{
    assert(path->count < PATH_MAX_POINTS);
    stbtt_vertex *point = &path->points[path->count++];
    *point = (stbtt_vertex){.x = unit(x), .y = unit(y), .type = type};
    return point;
}

static void polygon(struct path *path, const float (*corners)[2], size_t count, float scale)
{
    for (size_t i = 0; i <= count; i++) {
        const float *corner = corners[i % count];
        add(path, i == 0 ? STBTT_vmove : STBTT_vline, corner[0] * scale, corner[1] * scale);
    }
}

static void rectangle(struct path *path, float inset, const struct shape *shape, bool hole)
{
    float right = (float)shape->width - inset;
    float bottom = (float)shape->height - inset;
    const float corners[][2] = {{inset, inset}, {right, inset}, {right, bottom}, {inset, bottom}};
    const float reversed[][2] = {{inset, inset}, {inset, bottom}, {right, bottom}, {right, inset}};

    polygon(path, hole ? reversed : corners, 4, 1);
}

struct ellipse {
    float x, y, across, down;
    bool hole; /* turns the other way round */
};

/* Eight parabolas; they miss the circle by less than a two-thousandth of its radius. */
static void add_ellipse(struct path *path, const struct ellipse *ellipse)
{
    const float eighth = 0.78539816f;
    const float reach = 1.0f / cosf(eighth / 2);
    float step = ellipse->hole ? -eighth : eighth;

    add(path, STBTT_vmove, ellipse->x + ellipse->across, ellipse->y);
    for (int i = 1; i <= 8; i++) {
        float angle = (float)i * step;
        float middle = angle - step / 2;
        stbtt_vertex *point = add(path, STBTT_vcurve, ellipse->x + ellipse->across * cosf(angle),
                                  ellipse->y + ellipse->down * sinf(angle));
        point->cx = unit(ellipse->x + ellipse->across * reach * cosf(middle));
        point->cy = unit(ellipse->y + ellipse->down * reach * sinf(middle));
    }
}

static void inscribe(struct path *path, const struct shape *shape, float inset, bool hole)
{
    float across = (float)shape->width / 2;
    float down = (float)shape->height / 2;

    add_ellipse(path, &(struct ellipse){across, down, across - inset, down - inset, hole});
}

/* Three points with pearls on a band, drawn on a grid of 24 by 24. */
static void add_crown(struct path *path, const struct shape *shape)
{
    static const float body[][2] = {{4.4f, 18},  {2.2f, 7.6f},  {8, 11.6f}, {12, 4.4f},
                                    {16, 11.6f}, {21.8f, 7.6f}, {19.6f, 18}};
    static const float band[][2] = {{4.6f, 19.6f}, {19.4f, 19.6f}, {19.4f, 22}, {4.6f, 22}};
    static const float pearls[][2] = {{2.2f, 6.6f}, {12, 3.6f}, {21.8f, 6.6f}};
    float scale = (float)shape->width / 24;

    polygon(path, body, sizeof body / sizeof body[0], scale);
    polygon(path, band, sizeof band / sizeof band[0], scale);
    for (size_t i = 0; i < sizeof pearls / sizeof pearls[0]; i++) {
        float radius = 1.7f * scale;
        float x = pearls[i][0] * scale;
        add_ellipse(path, &(struct ellipse){x, pearls[i][1] * scale, radius, radius, false});
    }
}

static void render_glow(const struct shape *shape, uint8_t *pixels, int stride)
{
    float radius = (float)shape->width / 2;

    for (int y = 0; y < shape->height; y++) {
        for (int x = 0; x < shape->width; x++) {
            float distance = hypotf((float)x + 0.5f - radius, (float)y + 0.5f - radius) / radius;
            float inside = distance < 1 ? 1 - distance : 0;
            float alpha = inside * inside * (3 - 2 * inside);
            pixels[y * stride + x] = (uint8_t)lroundf(alpha * 255);
        }
    }
}

void shape_render(const struct shape *shape, uint8_t *pixels, int stride)
{
    struct path path = {.count = 0};
    stbtt__bitmap bitmap = {shape->width, shape->height, stride, pixels};
    /* Where a line is as thick as what it goes round, a hole would come out on the other side. */
    int thinner = shape->width < shape->height ? shape->width : shape->height;
    bool hollow = 2 * shape->thickness < thinner;

    switch (shape->kind) {
    case SHAPE_RING:
        if (hollow) {
            inscribe(&path, shape, (float)shape->thickness, true);
        }
        inscribe(&path, shape, 0, false);
        break;
    case SHAPE_GLOW:
        render_glow(shape, pixels, stride);
        return;
    case SHAPE_CROWN:
        add_crown(&path, shape);
        break;
    case SHAPE_BOX:
        rectangle(&path, 0, shape, false);
        if (hollow) {
            rectangle(&path, (float)shape->thickness, shape, true);
        }
        break;
    case SHAPE_DISC:
    default:
        inscribe(&path, shape, 0, false);
        break;
    }
    stbtt_Rasterize(&bitmap, 0.1f, path.points, path.count, 1.0f / UNITS, 1.0f / UNITS, 0, 0, 0, 0,
                    0, NULL);
}
