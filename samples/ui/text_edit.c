/* text_edit: one line of text under a caret: what typing, moving and erasing do to it. */
#include "samples/ui/text_edit.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "samples/ui/utf8.h"

static bool is_typable(uint32_t code)
{
    return code != UTF8_INVALID && code >= 0x20 && (code < 0x7F || code > 0x9F);
}

/* Copies what may be typed, whole characters up to room bytes, and returns how many bytes that
 * were. */
static size_t filter(char *to, size_t room, const char *text, size_t len)
{
    size_t used = 0;

    for (size_t at = 0; at < len;) {
        size_t size;
        uint32_t code = utf8_read(text + at, len - at, &size);
        if (is_typable(code)) {
            if (size > room - used) {
                break;
            }
            memcpy(to + used, text + at, size);
            used += size;
        }
        at += size;
    }
    return used;
}

static void replace(struct text_edit *edit, size_t start, size_t old_len, const char *with,
                    size_t len)
{
    size_t end = start + old_len;

    assert(end <= edit->len && edit->len - old_len + len <= edit->limit);
    memmove(edit->text + start + len, edit->text + end, edit->len - end);
    if (len > 0) {
        memcpy(edit->text + start, with, len);
    }
    edit->len = edit->len - old_len + len;
    edit->text[edit->len] = '\0';
    edit->caret = edit->anchor = start + len;
}

/* Whether the offset is inside a character. */
static bool is_inside(const char *text, size_t offset)
{
    return ((unsigned char)text[offset] & 0xC0) == 0x80;
}

/* Spaces and ASCII punctuation part words; everything else, of any script, is in one. */
static bool is_word(const struct text_edit *edit, size_t offset)
{
    static const char parting[] = " !\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~";

    return strchr(parting, edit->text[offset]) == NULL;
}

static size_t word_left(const struct text_edit *edit, size_t from)
{
    while (from > 0 && !is_word(edit, utf8_previous(edit->text, from))) {
        from = utf8_previous(edit->text, from);
    }
    while (from > 0 && is_word(edit, utf8_previous(edit->text, from))) {
        from = utf8_previous(edit->text, from);
    }
    return from;
}

static size_t word_right(const struct text_edit *edit, size_t from)
{
    while (from < edit->len && is_word(edit, from)) {
        from = utf8_next(edit->text, edit->len, from);
    }
    while (from < edit->len && !is_word(edit, from)) {
        from = utf8_next(edit->text, edit->len, from);
    }
    return from;
}

static size_t destination(const struct text_edit *edit, enum text_edit_motion motion)
{
    switch (motion) {
    case TEXT_EDIT_LEFT:
        return utf8_previous(edit->text, edit->caret);
    case TEXT_EDIT_RIGHT:
        return utf8_next(edit->text, edit->len, edit->caret);
    case TEXT_EDIT_WORD_LEFT:
        return word_left(edit, edit->caret);
    case TEXT_EDIT_WORD_RIGHT:
        return word_right(edit, edit->caret);
    case TEXT_EDIT_START:
        return 0;
    case TEXT_EDIT_END:
    default:
        return edit->len;
    }
}

void text_edit_init(struct text_edit *edit, size_t limit)
{
    memset(edit, 0, sizeof *edit);
    edit->limit = limit == 0 || limit > TEXT_EDIT_MAX ? TEXT_EDIT_MAX : limit;
}

void text_edit_set(struct text_edit *edit, const char *text)
{
    char typed[TEXT_EDIT_MAX];
    size_t len = filter(typed, edit->limit, text, strlen(text));

    replace(edit, 0, edit->len, typed, len);
}

bool text_edit_insert(struct text_edit *edit, const char *text)
{
    char typed[TEXT_EDIT_MAX];
    size_t start;
    size_t selected = text_edit_selection(edit, &start);
    size_t len = filter(typed, edit->limit - (edit->len - selected), text, strlen(text));

    if (len == 0) {
        return false;
    }
    replace(edit, start, selected, typed, len);
    return true;
}

/* How much the two have in common at their starts, in whole characters. */
static size_t common_start(const struct text_edit *edit, const char *text, size_t len)
{
    size_t most = edit->len < len ? edit->len : len;
    size_t same = 0;

    while (same < most && edit->text[same] == text[same]) {
        same++;
    }
    while (same > 0 && (is_inside(edit->text, same) || is_inside(text, same))) {
        same--;
    }
    return same;
}

/* How much at their ends, without what lies before `start`. */
static size_t common_end(const struct text_edit *edit, const char *text, size_t len, size_t start)
{
    size_t most = (edit->len < len ? edit->len : len) - start;
    size_t same = 0;

    while (same < most && edit->text[edit->len - same - 1] == text[len - same - 1]) {
        same++;
    }
    while (same > 0 && is_inside(text, len - same)) {
        same--;
    }
    return same;
}

void text_edit_follow(struct text_edit *edit, const char *text, size_t anchor, size_t caret)
{
    char typed[TEXT_EDIT_MAX];
    size_t len = strlen(text);
    size_t start = common_start(edit, text, len);
    size_t end = common_end(edit, text, len, start);
    size_t old = edit->len - start - end;
    size_t new = filter(typed, edit->limit - (start + end), text + start, len - start - end);
    const size_t offsets[] = {anchor, caret};

    replace(edit, start, old, typed, new);
    for (size_t i = 0; i < 2; i++) {
        size_t at = offsets[i] < len ? offsets[i] : len;
        if (at >= len - end) {
            at = edit->len - (len - at);
        } else if (at > start + new) {
            at = start + new; /* in what could not be typed */
        }
        text_edit_place(edit, at, i > 0);
    }
}

bool text_edit_erase(struct text_edit *edit, enum text_edit_motion motion)
{
    size_t start;
    size_t len = text_edit_selection(edit, &start);

    if (len == 0) {
        size_t to = destination(edit, motion);
        start = to < edit->caret ? to : edit->caret;
        len = to < edit->caret ? edit->caret - to : to - edit->caret;
    }
    replace(edit, start, len, NULL, 0);
    return len > 0;
}

void text_edit_move(struct text_edit *edit, enum text_edit_motion motion, bool extend)
{
    size_t start;
    size_t selected = text_edit_selection(edit, &start);

    if (selected > 0 && !extend && motion == TEXT_EDIT_LEFT) {
        edit->caret = start;
    } else if (selected > 0 && !extend && motion == TEXT_EDIT_RIGHT) {
        edit->caret = start + selected;
    } else {
        edit->caret = destination(edit, motion);
    }
    if (!extend) {
        edit->anchor = edit->caret;
    }
}

void text_edit_place(struct text_edit *edit, size_t offset, bool extend)
{
    size_t at = 0;

    while (at < edit->len && utf8_next(edit->text, edit->len, at) <= offset) {
        at = utf8_next(edit->text, edit->len, at);
    }
    edit->caret = at;
    if (!extend) {
        edit->anchor = at;
    }
}

void text_edit_select_all(struct text_edit *edit)
{
    edit->anchor = 0;
    edit->caret = edit->len;
}

void text_edit_select_word(struct text_edit *edit, size_t offset)
{
    text_edit_place(edit, offset, false);
    size_t start = edit->caret;
    size_t end = edit->caret;
    while (start > 0 && is_word(edit, utf8_previous(edit->text, start))) {
        start = utf8_previous(edit->text, start);
    }
    while (end < edit->len && is_word(edit, end)) {
        end = utf8_next(edit->text, edit->len, end);
    }
    edit->anchor = start;
    edit->caret = end;
}

size_t text_edit_selection(const struct text_edit *edit, size_t *start)
{
    size_t first = edit->caret < edit->anchor ? edit->caret : edit->anchor;
    size_t last = edit->caret < edit->anchor ? edit->anchor : edit->caret;

    if (start != NULL) {
        *start = first;
    }
    return last - first;
}
