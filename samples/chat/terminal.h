/* terminal: lines typed at a terminal, or from a file or pipe, while there is something else to
 * wait for. */
#ifndef CHAT_TERMINAL_H
#define CHAT_TERMINAL_H

#include <meeple/base.h>

/* The longest line that is read; more than a message may have. */
#define TERMINAL_LINE_MAX 65536

/*
 * Standard input and output.  If both are a terminal, what is typed stays together at the bottom
 * under a prompt, whatever is printed in the meantime; else lines are read as they are.
 */
struct terminal;

/* NULL: out of memory. */
struct terminal *terminal_new(void);
/* Gives the terminal back as it was.  terminal may be NULL. */
void terminal_free(struct terminal *terminal);

/* Whether somebody types. */
bool terminal_is_typed(const struct terminal *terminal);
/* What stands before what is typed; at most 63 bytes. */
void terminal_prompt(struct terminal *terminal, const char *prompt);
/* To be called before whole lines are printed to standard output; it may be buffered until
 * terminal_wait(). */
void terminal_printing(struct terminal *terminal);
/* After it was stopped and continued. */
void terminal_resume(struct terminal *terminal);

enum terminal_input {
    TERMINAL_NONE, /* no whole line yet */
    TERMINAL_LINE, /* without its end; a NUL follows; borrowed until the next call */
    TERMINAL_LONG, /* one of more than TERMINAL_LINE_MAX bytes, which is gone */
    TERMINAL_END   /* nothing more will come */
};
enum terminal_input terminal_line(struct terminal *terminal, meeple_bytes *line);

/* Shows what was printed, then waits until there is more input (if wanted and not over), the
 * descriptor is readable (-1: none), a signal came, or time_ms are over (-1: for ever). */
void terminal_wait(struct terminal *terminal, bool input, int descriptor, int timeout_ms);

#endif /* CHAT_TERMINAL_H */
