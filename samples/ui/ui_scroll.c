/* ui_scroll: an area that shows part of something higher: wheel, keys, a bar, and a finger. */
#include "samples/ui/ui_internal.h"

#define BAR_WIDTH 6.0f
#define BAR_MARGIN 4.0f
#define THUMB_MIN 28.0f

static float furthest(const struct ui_scroll_area *area)
{
    return area->content > area->rect.h ? area->content - area->rect.h : 0;
}

static struct rect track_of(const struct ui_scroll_area *area)
{
    struct rect rect = area->rect;

    return (struct rect){rect.x + rect.w - BAR_WIDTH - BAR_MARGIN, rect.y + BAR_MARGIN, BAR_WIDTH,
                         rect.h - 2 * BAR_MARGIN};
}

static struct rect thumb_of(const struct ui_scroll_area *area, float offset)
{
    struct rect track = track_of(area);
    float height = track.h * area->rect.h / area->content;

    height = height < THUMB_MIN ? THUMB_MIN : height;
    height = height > track.h ? track.h : height;
    track.y += (track.h - height) * offset / furthest(area);
    track.h = height;
    return track;
}

/* Easier to hit than it looks. */
static struct rect reach(struct rect bar)
{
    bar.x -= BAR_MARGIN;
    bar.w += 2 * BAR_MARGIN;
    return bar;
}

/* Returns where to scroll to. */
static float keys(const struct ui *ui, const struct ui_scroll_area *area, float offset)
{
    float page = area->rect.h - area->step;

    switch (ui->in.key) {
    case SDLK_UP:
        return offset - area->step;
    case SDLK_DOWN:
        return offset + area->step;
    case SDLK_PAGEUP:
        return offset - page;
    case SDLK_PAGEDOWN:
        return offset + page;
    case SDLK_HOME:
        return 0;
    case SDLK_END:
        return furthest(area);
    default:
        return offset;
    }
}

static float bar(struct ui *ui, const struct ui_scroll_area *area, struct ui_scroll *scroll)
{
    struct rect thumb = thumb_of(area, scroll->offset);
    struct rect track = track_of(area);

    if (ui__grabs(ui, area->id, reach(track))) {
        scroll->dragging = true;
        scroll->panning = false;
        scroll->grabbed = ui->mouse_y - thumb.y;
        if (scroll->grabbed < 0 || scroll->grabbed > thumb.h) {
            scroll->grabbed = thumb.h / 2; /* beside the thumb: it jumps there */
        }
    }
    scroll->dragging = scroll->dragging && ui->held == area->id;
    if (!scroll->dragging || track.h <= thumb.h) {
        return scroll->offset;
    }
    float along = ui->mouse_y - scroll->grabbed - track.y;
    return along / (track.h - thumb.h) * furthest(area);
}

/* What was taken beside the bar goes along: for fingers, which have no wheel. */
static float pan(struct ui *ui, const struct ui_scroll_area *area, struct ui_scroll *scroll,
                 float offset)
{
    if (ui__grabs(ui, area->id, area->rect)) {
        scroll->panning = true;
        scroll->dragging = false;
        scroll->grabbed = ui->mouse_y + offset;
    }
    scroll->panning = scroll->panning && ui->held == area->id;
    return scroll->panning ? scroll->grabbed - ui->mouse_y : offset;
}

void ui_scroll_begin(struct ui *ui, const struct ui_scroll_area *area, struct ui_scroll *scroll)
{
    float end = furthest(area);
    float to = scroll->offset;

    if (area->sticky && !scroll->away) {
        to = scroll->offset = end;
    }
    scroll->offset = scroll->offset > end ? end : scroll->offset;
    if (end > 0) {
        ui__offer_focus(ui, area->id);
        to = pan(ui, area, scroll, bar(ui, area, scroll));
        if (ui__hovers(ui, area->rect)) {
            to -= ui->in.wheel * area->step;
        }
        if (ui__has_focus(ui, area->id)) {
            to = keys(ui, area, to);
        }
    }
    to = to < 0 ? 0 : to;
    scroll->offset = to > end ? end : to;
    scroll->away = scroll->offset < end - 0.5f;
    draw_push_clip(ui->draw, area->rect);
}

void ui_scroll_end(struct ui *ui, const struct ui_scroll_area *area, const struct ui_scroll *scroll)
{
    draw_pop_clip(ui->draw);
    if (furthest(area) > 0) {
        struct rect thumb = thumb_of(area, scroll->offset);
        bool lit = scroll->dragging || (ui->held == 0 && ui__hovers(ui, reach(track_of(area))));
        draw_box(ui->draw, thumb, BAR_WIDTH, lit ? theme.text_off : theme.hovered);
        ui__focus_ring(ui, area->id, area->frame, UI_RADIUS + 2);
    }
}
