/* draw_text: text on the screen, and how much room it takes. */
#include "samples/ui/draw_internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "samples/ui/utf8.h"

static const char ellipsis[] = "\xE2\x80\xA6";

/* One letter with the pen at x pixels, rounded to the nearest of its phases. */
static void letter(struct draw *draw, SDL_FPoint pen, struct draw_style style, uint32_t code)
{
    float quarters = floorf(pen.x * ATLAS_PHASES + 0.5f);
    float whole = floorf(quarters / ATLAS_PHASES);
    int phase = (int)(quarters - whole * ATLAS_PHASES);
    struct atlas_mark mark = {0, 0, 0, 0, 0, 0};

    if (!atlas_letter(draw->atlas, style.font, code, phase, &mark)) {
        draw__renew(draw);
        (void)atlas_letter(draw->atlas, style.font, code, phase, &mark);
    }
    SDL_Rect from = {mark.x, mark.y, mark.width, mark.height};
    SDL_Rect to = {(int)whole + mark.left, (int)pen.y + mark.top, mark.width, mark.height};
    draw__quad(draw, &to, &from, style.color);
}

float draw_text(struct draw *draw, SDL_FPoint pen, struct draw_style style, const char *text,
                size_t len)
{
    SDL_FPoint at = {pen.x * draw->scale, roundf(pen.y * draw->scale)};

    for (size_t offset = 0; offset < len;) {
        size_t size;
        uint32_t code = utf8_read(text + offset, len - offset, &size);
        if (!draw->muted) {
            letter(draw, at, style, code);
        }
        at.x += atlas_advance(draw->atlas, style.font, code) * draw->scale;
        offset += size;
    }
    return at.x / draw->scale;
}

float draw_baseline(struct rect rect, enum font font)
{
    /* Capitals of this typeface are 0.73 em high: it is they that look centred. */
    return rect.y + rect.h / 2 + atlas_font_size(font) * 0.73f / 2;
}

float draw_label(struct draw *draw, struct rect rect, struct draw_style style, const char *text)
{
    size_t len = strlen(text);
    float width = draw_text_width(draw, style.font, text, len);
    SDL_FPoint pen = {rect.x, draw_baseline(rect, style.font)};

    if (width <= rect.w) {
        pen.x += (rect.w - width) * style.align;
        draw_text(draw, pen, style, text, len);
        return width;
    }
    float dots = draw_text_width(draw, style.font, ellipsis, strlen(ellipsis));
    len = draw_text_fit(draw, style.font, text, len, rect.w - dots);
    while (len > 0 && text[len - 1] == ' ') {
        len--;
    }
    pen.x = draw_text(draw, pen, style, text, len);
    if (dots <= rect.w) {
        pen.x = draw_text(draw, pen, style, ellipsis, strlen(ellipsis));
    }
    return pen.x - rect.x;
}

float draw_text_width(const struct draw *draw, enum font font, const char *text, size_t len)
{
    float width = 0;

    for (size_t offset = 0; offset < len;) {
        size_t size;
        width += atlas_advance(draw->atlas, font, utf8_read(text + offset, len - offset, &size));
        offset += size;
    }
    return width;
}

size_t draw_text_fit(const struct draw *draw, enum font font, const char *text, size_t len,
                     float width)
{
    float used = 0;
    size_t offset = 0;

    while (offset < len) {
        size_t size;
        used += atlas_advance(draw->atlas, font, utf8_read(text + offset, len - offset, &size));
        if (used > width) {
            break;
        }
        offset += size;
    }
    return offset;
}

size_t draw_text_hit(const struct draw *draw, enum font font, const char *text, size_t len, float x)
{
    float pen = 0;
    size_t offset = 0;

    while (offset < len) {
        size_t size;
        uint32_t code = utf8_read(text + offset, len - offset, &size);
        float advance = atlas_advance(draw->atlas, font, code);
        if (x < pen + advance / 2) {
            break;
        }
        pen += advance;
        offset += size;
    }
    return offset;
}

size_t draw_text_wrap(const struct draw *draw, enum font font, const char *text, size_t len,
                      float width)
{
    size_t fit = draw_text_fit(draw, font, text, len, width);

    if (fit == len) {
        return len;
    }
    /* At the last space; spaces that hang over the edge belong to this row too. */
    size_t cut = fit;
    while (cut < len && text[cut] == ' ') {
        cut++;
    }
    while (cut > 0 && text[cut - 1] != ' ') {
        cut--;
    }
    if (cut > 0) {
        return cut;
    }
    return fit > 0 ? fit : utf8_next(text, len, 0);
}
