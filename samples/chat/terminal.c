/* terminal: lines typed at a terminal, or from a file or pipe, while there is something else to
 * wait for. */
#include "samples/chat/terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "samples/chat/printable.h"
#include "samples/chat/typing.h"
#include "samples/ui/utf8.h"

struct terminal {
    bool typed;    /* not a file or pipe */
    bool over;     /* nothing more is to be read */
    bool told;     /* and that was said */
    bool skipping; /* the rest of a line that was too long */
    bool shown;    /* prompt and typed text are on the screen, */
    bool changed;  /* but not as they are now */
    struct termios saved;
    struct typing typing;
    char prompt[64];
    char line[TEXT_EDIT_MAX + 1]; /* the one that was typed last */
    size_t start, end;            /* in input: what was read and not looked at */
    char input[TERMINAL_LINE_MAX + 2];
};

/* Keys as they are pressed, without an echo; Ctrl-C and Ctrl-Z remain what they are. */
static void set_keys(const struct terminal *terminal)
{
    struct termios keys = terminal->saved;

    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
}

struct terminal *terminal_new(void)
{
    struct terminal *terminal = calloc(1, sizeof *terminal);
    const char *kind = getenv("TERM");

    if (!terminal) {
        return NULL;
    }
    typing_reset(&terminal->typing);
    if (isatty(STDIN_FILENO)) {
        /* Who reads a terminal in the background is stopped. */
        terminal->over = tcgetpgrp(STDIN_FILENO) != getpgrp();
        terminal->typed = !terminal->over && isatty(STDOUT_FILENO) && kind && *kind &&
                          strcmp(kind, "dumb") != 0 &&
                          tcgetattr(STDIN_FILENO, &terminal->saved) == 0;
    }
    if (terminal->typed) {
        set_keys(terminal);
    }
    return terminal;
}

void terminal_free(struct terminal *terminal)
{
    if (terminal && terminal->typed) {
        terminal_printing(terminal);
        fflush(stdout);
        tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->saved);
    }
    free(terminal);
}

bool terminal_is_typed(const struct terminal *terminal)
{
    return terminal->typed;
}

void terminal_prompt(struct terminal *terminal, const char *prompt)
{
    snprintf(terminal->prompt, sizeof terminal->prompt, "%s", prompt);
    terminal->changed = true;
}

void terminal_printing(struct terminal *terminal)
{
    if (terminal->shown) {
        fputs("\r\033[K", stdout);
        terminal->shown = false;
    }
}

void terminal_resume(struct terminal *terminal)
{
    if (terminal->typed) {
        set_keys(terminal);
        terminal->shown = false;
    }
}

static size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0, size;

    for (size_t at = 0; at < len; at += size) {
        columns += printable_columns(utf8_read(text + at, len - at, &size));
    }
    return columns;
}

static size_t screen_columns(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* On one line of the screen: the part around the caret, if not all of it has room. */
static void show_typed(struct terminal *terminal)
{
    const struct text_edit *edit = &terminal->typing.edit;
    size_t before = columns_of(terminal->prompt, strlen(terminal->prompt));
    size_t screen = screen_columns(), room = screen > before + 2 ? screen - before - 1 : 1;
    size_t first = 0, last = edit->len;

    while (columns_of(edit->text + first, edit->caret - first) > room) {
        first = utf8_next(edit->text, edit->len, first);
    }
    while (last > edit->caret && columns_of(edit->text + first, last - first) > room) {
        last = utf8_previous(edit->text, last);
    }
    printf("\r%s%.*s\033[K", terminal->prompt, (int)(last - first), edit->text + first);
    before += columns_of(edit->text + first, edit->caret - first);
    printf(before > 0 ? "\r\033[%zuC" : "\r", before);
    terminal->shown = true;
    terminal->changed = false;
}

static enum terminal_input typed_line(struct terminal *terminal, meeple_bytes *line)
{
    struct typing *typing = &terminal->typing;

    while (terminal->start < terminal->end) {
        uint8_t byte = (uint8_t)terminal->input[terminal->start++];
        enum typing_result result = typing_byte(typing, byte);

        terminal->changed = true;
        if (result == TYPING_LINE) {
            memcpy(terminal->line, typing->edit.text, typing->edit.len + 1);
            *line = (meeple_bytes){(const uint8_t *)terminal->line, typing->edit.len};
            typing_reset(typing);
            return TERMINAL_LINE;
        }
        if (result == TYPING_END) {
            terminal->over = true;
            terminal->start = terminal->end;
        }
    }
    return TERMINAL_NONE;
}

static enum terminal_input piped_line(struct terminal *terminal, meeple_bytes *line)
{
    char *start = terminal->input + terminal->start;
    size_t left = terminal->end - terminal->start;
    char *end = memchr(start, '\n', left);
    bool whole = end || (terminal->over && left > 0), skipping = terminal->skipping;
    size_t len = end ? (size_t)(end - start) : left;

    if (!whole && left <= TERMINAL_LINE_MAX) {
        return TERMINAL_NONE;
    }
    terminal->skipping = !whole;
    terminal->start += len + (end != NULL);
    if (!whole) {
        return TERMINAL_NONE;
    }
    start[len] = '\0';
    *line = (meeple_bytes){(const uint8_t *)start, len};
    return skipping || len > TERMINAL_LINE_MAX ? TERMINAL_LONG : TERMINAL_LINE;
}

enum terminal_input terminal_line(struct terminal *terminal, meeple_bytes *line)
{
    enum terminal_input input =
        terminal->typed ? typed_line(terminal, line) : piped_line(terminal, line);

    if (input == TERMINAL_NONE && terminal->over && !terminal->told) {
        terminal->told = true;
        return TERMINAL_END;
    }
    return input;
}

static void read_input(struct terminal *terminal)
{
    size_t left = terminal->end - terminal->start;
    ssize_t count;

    memmove(terminal->input, terminal->input + terminal->start, left);
    terminal->start = 0;
    terminal->end = left;
    /* One byte stays for a NUL. */
    count = read(STDIN_FILENO, terminal->input + left, sizeof terminal->input - 1 - left);
    if (count > 0) {
        terminal->end += (size_t)count;
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        terminal->over = true;
    }
}

void terminal_wait(struct terminal *terminal, bool input, int descriptor, int timeout_ms)
{
    /* poll() leaves out what is negative. */
    struct pollfd watched[] = {
        {.fd = input && !terminal->over ? STDIN_FILENO : -1, .events = POLLIN},
        {.fd = descriptor, .events = POLLIN}};

    if (terminal->typed && (terminal->changed || !terminal->shown)) {
        show_typed(terminal);
    }
    fflush(stdout);
    if (poll(watched, MEEPLE_COUNT(watched), timeout_ms) > 0 && watched[0].revents != 0) {
        read_input(terminal);
    }
}
