/* shape: masks of the few shapes that are not letters, anti-aliased, for the atlas. */
#ifndef UI_SHAPE_H
#define UI_SHAPE_H

#include <stdint.h>

enum shape_kind {
    SHAPE_DISC, /* an ellipse that fills the mask; its quarters are the corners of rounded boxes */
    SHAPE_RING, /* the same with a hole, `thickness` pixels wide */
    SHAPE_GLOW, /* a disc that fades out towards its rim: the corners of shadows */
    SHAPE_CROWN,
    SHAPE_BOX /* an upright frame, in the place of a character that the font does not have */
};

struct shape {
    enum shape_kind kind;
    int width; /* pixels */
    int height;
    int thickness; /* RING and BOX */
};

/* Adds the shape to the pixels, which have to be zero. */
void shape_render(const struct shape *shape, uint8_t *pixels, int stride);

#endif /* UI_SHAPE_H */
