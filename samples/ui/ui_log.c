/* ui_log: lines of text, wrapped, the newest at the bottom. */
#include "samples/ui/ui_internal.h"

#include <stdlib.h>
#include <string.h>

#define ROW_HEIGHT 21.0f
#define LINE_GAP 3.0f /* between two lines, beyond the height of their rows */
#define PADDING 16.0f
#define INDENT 14.0f /* of the second row of a line, and on */

static bool add_row(struct ui_log *log, size_t line, size_t start, size_t len)
{
    if (log->row_count == log->row_capacity) {
        size_t capacity = log->row_capacity == 0 ? 64 : log->row_capacity * 2;
        struct ui_log_row *rows = realloc(log->rows, capacity * sizeof *rows);
        if (rows == NULL) {
            return false;
        }
        log->rows = rows;
        log->row_capacity = capacity;
    }
    log->rows[log->row_count++] = (struct ui_log_row){line, start, len};
    return true;
}

static void wrap_line(const struct ui *ui, const struct ui_log_view *view, struct ui_log *log,
                      size_t line)
{
    const char *text = view->line(view->user, line);
    size_t len = strlen(text);
    size_t start = 0;
    float width = log->wrapped_width;

    do {
        size_t row = draw_text_wrap(ui->draw, FONT_BODY, text + start, len - start, width);
        if (!add_row(log, line, start, row)) {
            return;
        }
        start += row;
        width = log->wrapped_width - INDENT;
    } while (start < len);
}

static void wrap(const struct ui *ui, const struct ui_log_view *view, struct ui_log *log)
{
    float width = view->rect.w - 2 * PADDING;

    /* Which lines there are depends on the revision, where they break on the width. */
    if (log->wrapped && log->wrapped_revision == view->revision && log->wrapped_width == width) {
        return;
    }
    log->wrapped = true;
    log->wrapped_revision = view->revision;
    log->wrapped_width = width;
    log->row_count = 0;
    for (size_t line = 0; line < view->count; line++) {
        wrap_line(ui, view, log, line);
    }
}

static float row_top(const struct ui_log *log, size_t row)
{
    return PADDING / 2 + (float)row * ROW_HEIGHT + (float)log->rows[row].line * LINE_GAP;
}

static void draw_row(struct ui *ui, const struct ui_log_view *view, const struct ui_log_row *row,
                     float y)
{
    const char *text = view->line(view->user, row->line);
    float x = view->rect.x + PADDING + (row->start > 0 ? INDENT : 0);
    bool newest = row->line + 1 == view->count;
    struct draw_style style = {FONT_BODY, newest ? theme.text : theme.text_soft, 0};
    SDL_FPoint pen = {x, draw_baseline((struct rect){x, y, 0, ROW_HEIGHT}, FONT_BODY)};
    const char *said = row->start == 0 ? strstr(text, ": ") : NULL;
    size_t who = said != NULL ? (size_t)(said - text) : 0;

    if (who > row->len) {
        who = 0;
    }
    if (who > 0) {
        struct draw_style name = {FONT_BODY, theme.text, 0};
        pen.x = draw_text(ui->draw, pen, name, text, who);
    }
    draw_text(ui->draw, pen, style, text + row->start + who, row->len - who);
}

static void draw_rows(struct ui *ui, const struct ui_log_view *view, const struct ui_log *log)
{
    for (size_t row = 0; row < log->row_count; row++) {
        float y = row_top(log, row) - log->scroll.offset;
        if (y + ROW_HEIGHT > 0 && y < view->rect.h) {
            draw_row(ui, view, &log->rows[row], view->rect.y + y);
        }
    }
}

static void draw_empty(struct ui *ui, const struct ui_log_view *view)
{
    struct draw_style style = {FONT_BODY, theme.text_off, 0.5f};

    draw_label(ui->draw, rect_inset(view->rect, PADDING), style, view->empty);
}

void ui_log(struct ui *ui, const struct ui_log_view *view, struct ui_log *log)
{
    wrap(ui, view, log);
    float content = PADDING;
    if (log->row_count > 0) {
        content += row_top(log, log->row_count - 1) - PADDING / 2 + ROW_HEIGHT;
    }
    struct ui_scroll_area area = {view->id, view->rect, view->frame, content, ROW_HEIGHT * 2, true};
    ui_scroll_begin(ui, &area, &log->scroll);
    if (view->count == 0) {
        draw_empty(ui, view);
    } else {
        draw_rows(ui, view, log);
    }
    ui_scroll_end(ui, &area, &log->scroll);
}

void ui_log_done(struct ui_log *log)
{
    free(log->rows);
    *log = (struct ui_log){.rows = NULL};
}
