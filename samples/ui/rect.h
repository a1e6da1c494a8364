/* rect: rectangles on a window, and how to lay them out. */
#ifndef UI_RECT_H
#define UI_RECT_H

#include <stdbool.h>

struct rect {
    float x, y, w, h;
};

struct rect rect_inset(struct rect rect, float by);
bool rect_contains(struct rect rect, float x, float y);
/* A square in the middle of the height, at the left. */
struct rect rect_square(struct rect in, float side);

/* Cuts a piece off what is left, and the gap beside it. */
struct rect rect_take_top(struct rect *rest, float height, float gap);
struct rect rect_take_bottom(struct rect *rest, float height, float gap);
struct rect rect_take_left(struct rect *rest, float width, float gap);
struct rect rect_take_right(struct rect *rest, float width, float gap);

#endif /* UI_RECT_H */
