/* rect: rectangles on a window, and how to lay them out. */
#include "samples/ui/rect.h"

struct rect rect_inset(struct rect rect, float by)
{
    return (struct rect){rect.x + by, rect.y + by, rect.w - 2 * by, rect.h - 2 * by};
}

bool rect_contains(struct rect rect, float x, float y)
{
    return x >= rect.x && x < rect.x + rect.w && y >= rect.y && y < rect.y + rect.h;
}

struct rect rect_square(struct rect in, float side)
{
    return (struct rect){in.x, in.y + (in.h - side) / 2, side, side};
}

struct rect rect_take_top(struct rect *rest, float height, float gap)
{
    struct rect top = {rest->x, rest->y, rest->w, height};

    rest->y += height + gap;
    rest->h -= height + gap;
    return top;
}

struct rect rect_take_bottom(struct rect *rest, float height, float gap)
{
    rest->h -= height + gap;
    return (struct rect){rest->x, rest->y + rest->h + gap, rest->w, height};
}

struct rect rect_take_left(struct rect *rest, float width, float gap)
{
    struct rect left = {rest->x, rest->y, width, rest->h};

    rest->x += width + gap;
    rest->w -= width + gap;
    return left;
}

struct rect rect_take_right(struct rect *rest, float width, float gap)
{
    rest->w -= width + gap;
    return (struct rect){rest->x + rest->w + gap, rest->y, width, rest->h};
}
