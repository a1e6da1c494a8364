/* typing: a line as it is typed: the bytes that keys send, made into text under a caret. */
#include "samples/chat/typing.h"

#include <stdbool.h>
#include <string.h>

#define CTRL(letter) ((letter) - '@')
#define ESCAPE 0x1B

/* Where in an escape sequence (ECMA-48): after ESC, or after "ESC [" or "ESC O". */
enum escape {
    ESCAPE_NONE,
    ESCAPE_BEGUN,
    ESCAPE_SEQUENCE
};

void typing_reset(struct typing *typing)
{
    memset(typing, 0, sizeof *typing);
    text_edit_init(&typing->edit, 0);
}

static void erase_to_start(struct text_edit *edit)
{
    text_edit_move(edit, TEXT_EDIT_START, true);
    if (text_edit_selection(edit, NULL) > 0) {
        text_edit_erase(edit, TEXT_EDIT_LEFT);
    }
}

/* The last byte of a sequence says which key it is, or '~' that the number before it does. */
static void sequence_ends(struct typing *typing, uint8_t byte)
{
    struct text_edit *edit = &typing->edit;
    char key = (char)byte;

    if (key == '~') {
        key = typing->number;
    }
    switch (key) {
    case 'D':
        text_edit_move(edit, TEXT_EDIT_LEFT, false);
        break;
    case 'C':
        text_edit_move(edit, TEXT_EDIT_RIGHT, false);
        break;
    case 'H':
    case '1':
    case '7':
        text_edit_move(edit, TEXT_EDIT_START, false);
        break;
    case 'F':
    case '4':
    case '8':
        text_edit_move(edit, TEXT_EDIT_END, false);
        break;
    case '3':
        text_edit_erase(edit, TEXT_EDIT_RIGHT);
        break;
    default:
        break;
    }
}

static void escape_byte(struct typing *typing, uint8_t byte)
{
    if (typing->escape == ESCAPE_BEGUN) {
        typing->escape = byte == '[' || byte == 'O' ? ESCAPE_SEQUENCE : ESCAPE_NONE;
        typing->number = 0;
    } else if (byte >= 0x40 && byte <= 0x7E) {
        typing->escape = ESCAPE_NONE;
        sequence_ends(typing, byte);
    } else if (byte < ' ') {
        typing->escape = ESCAPE_NONE;
    } else if (typing->number == 0) {
        typing->number = (char)byte;
    } else {
        typing->number = '?'; /* two digits, or more numbers: a key that is not known here */
    }
}

static enum typing_result control_byte(struct typing *typing, uint8_t byte)
{
    struct text_edit *edit = &typing->edit;

    switch (byte) {
    case '\n':
    case '\r':
        return TYPING_LINE;
    case CTRL('D'):
        if (edit->len == 0) {
            return TYPING_END;
        }
        text_edit_erase(edit, TEXT_EDIT_RIGHT);
        break;
    case CTRL('H'):
    case 0x7F:
        text_edit_erase(edit, TEXT_EDIT_LEFT);
        break;
    case CTRL('A'):
        text_edit_move(edit, TEXT_EDIT_START, false);
        break;
    case CTRL('E'):
        text_edit_move(edit, TEXT_EDIT_END, false);
        break;
    case CTRL('B'):
        text_edit_move(edit, TEXT_EDIT_LEFT, false);
        break;
    case CTRL('F'):
        text_edit_move(edit, TEXT_EDIT_RIGHT, false);
        break;
    case CTRL('U'):
        erase_to_start(edit);
        break;
    case CTRL('W'):
        text_edit_erase(edit, TEXT_EDIT_WORD_LEFT);
        break;
    case ESCAPE:
        typing->escape = ESCAPE_BEGUN;
        break;
    default:
        break;
    }
    return TYPING_MORE;
}

/* How many bytes a character of UTF-8 has that begins with this one. */
static unsigned size_of(uint8_t first)
{
    if (first >= 0xF0) {
        return 4;
    }
    if (first >= 0xE0) {
        return 3;
    }
    return first >= 0xC0 ? 2 : 1;
}

static void letter_byte(struct typing *typing, uint8_t byte)
{
    if (typing->part_len == 0 || (byte & 0xC0) != 0x80) {
        typing->part_len = 0;
        typing->part_size = size_of(byte);
    }
    typing->part[typing->part_len++] = (char)byte;
    if (typing->part_len == typing->part_size) {
        typing->part[typing->part_len] = '\0';
        typing->part_len = 0;
        text_edit_insert(&typing->edit, typing->part);
    }
}

enum typing_result typing_byte(struct typing *typing, uint8_t byte)
{
    if (typing->escape != ESCAPE_NONE) {
        escape_byte(typing, byte);
    } else if (byte < ' ' || byte == 0x7F) {
        typing->part_len = 0;
        return control_byte(typing, byte);
    } else {
        letter_byte(typing, byte);
    }
    return TYPING_MORE;
}
