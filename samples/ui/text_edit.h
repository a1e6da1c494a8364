/* text_edit: one line of text under a caret: what typing, moving and erasing do to it. */
#ifndef UI_TEXT_EDIT_H
#define UI_TEXT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_EDIT_MAX 511 /* bytes, without the NUL */

/* The text is valid UTF-8 without control characters, and ends in NUL.  Caret and anchor are
 * offsets between characters; what lies between the two is selected. */
struct text_edit {
    char text[TEXT_EDIT_MAX + 1];
    size_t len;
    size_t limit; /* bytes */
    size_t caret;
    size_t anchor;
};

enum text_edit_motion {
    TEXT_EDIT_LEFT,
    TEXT_EDIT_RIGHT,
    TEXT_EDIT_WORD_LEFT,
    TEXT_EDIT_WORD_RIGHT,
    TEXT_EDIT_START,
    TEXT_EDIT_END
};

/* Empty, for at most `limit` bytes; 0, or more than TEXT_EDIT_MAX: TEXT_EDIT_MAX. */
void text_edit_init(struct text_edit *edit, size_t limit);

/* Replaces everything; the caret goes to the end. */
void text_edit_set(struct text_edit *edit, const char *text);

/* Types text over the selection: as many whole characters as fit, without those that are invalid or
 * control characters.  Text with nothing to type in it changes nothing, the selection included. */
bool text_edit_insert(struct text_edit *edit, const char *text);

/* Makes it what it has become elsewhere, in a field of the system's own that lies over ours: what
 * is new in it is typed as with text_edit_insert(), the rest stays.  anchor and caret are offsets
 * in `text`. */
void text_edit_follow(struct text_edit *edit, const char *text, size_t anchor, size_t caret);

/* Erases the selection, or else from the caret to where the motion leads. */
bool text_edit_erase(struct text_edit *edit, enum text_edit_motion motion);

/* Moves the caret; extend leaves the anchor behind.  Without it, a selection collapses to its end
 * on that side. */
void text_edit_move(struct text_edit *edit, enum text_edit_motion motion, bool extend);

/* Puts the caret at the offset, or at the character boundary before it. */
void text_edit_place(struct text_edit *edit, size_t offset, bool extend);

void text_edit_select_all(struct text_edit *edit);
void text_edit_select_word(struct text_edit *edit, size_t offset);

/* How many bytes are selected, and in *start (may be NULL) where they start. */
size_t text_edit_selection(const struct text_edit *edit, size_t *start);

#endif /* UI_TEXT_EDIT_H */
