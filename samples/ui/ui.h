/* ui: widgets in immediate mode: called in every pass, they draw themselves and say what happened.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include <stdint.h>

#include "samples/ui/draw.h"
#include "samples/ui/text_edit.h"

/*
 * A pass is ui_begin(), every widget once, ui_end().  There is one (muted) for each key, click and
 * piece of text, so that none is lost between two frames, and one more to draw.  A widget is known
 * by its id, any number but 0; Tab goes through them in the order of the calls.
 */
struct ui;

/* draw is borrowed.  0, or -1 when there is no memory. */
int ui_new(struct ui **out, struct draw *draw);
void ui_free(struct ui *ui);

enum ui_news {
    UI_NOTHING, /* not for us */
    UI_REDRAW,  /* the next pass will look different */
    UI_ACT      /* there has to be a pass before the next event */
};

/* Takes an event in.  `zoom`: the window's coordinates to a logical pixel. */
enum ui_news ui_feed(struct ui *ui, const SDL_Event *event, float zoom);

void ui_begin(struct ui *ui, float width, float height, uint64_t now_ms);
void ui_end(struct ui *ui);

/* Right after ui_begin(), in every pass: whether this one has a dialog at its end.  While it has,
 * nothing else can be used; the focus comes back when the dialog goes. */
void ui_set_modal(struct ui *ui, bool on);

void ui_focus(struct ui *ui, unsigned id);
unsigned ui_focused(const struct ui *ui); /* 0: nothing */
/* Whether the focus is in a text field. */
bool ui_is_typing(const struct ui *ui);
/* Where that field is, for the input method; false if it is nowhere. */
bool ui_typing_rect(const struct ui *ui, struct rect *out);

/* Whether these modifiers make a key a command: Ctrl or Command, but not AltGr, which types
 * characters. */
bool ui_is_command(Uint16 modifiers);

/* Asks for a pass at that time at the latest; ui_wake_ms() is the soonest asked for in the last
 * one. */
void ui_wake(struct ui *ui, uint64_t at_ms);
uint64_t ui_wake_ms(const struct ui *ui); /* UINT64_MAX: none */

struct draw *ui_draw(const struct ui *ui);
float ui_width(const struct ui *ui);
float ui_height(const struct ui *ui);
uint64_t ui_now_ms(const struct ui *ui);

enum ui_button_kind {
    UI_BUTTON_PLAIN,
    UI_BUTTON_PRIMARY,
    UI_BUTTON_DANGER
};

struct ui_button {
    unsigned id;
    struct rect rect;
    const char *label;
    enum ui_button_kind kind;
    enum font font; /* 0: the body's; buttons look best in FONT_BOLD */
    bool disabled;
    bool busy; /* shows that something is going on */
};

/* True when pressed: by the mouse, or by Enter or Space while it has the focus. */
bool ui_button(struct ui *ui, const struct ui_button *button);
void ui_spinner(struct ui *ui, struct rect rect, SDL_Color color);

struct ui_switch {
    unsigned id;
    struct rect rect; /* all of it can be pressed */
    const char *label;
    bool on;
    bool disabled;
};

/* Whether it is on now: the other way round than it was when pressed, as a button is. */
bool ui_switch(struct ui *ui, const struct ui_switch *widget);

/* What happens to a thing that can be carried about. */
struct ui_grip {
    float x, y;   /* where the mouse is */
    bool pressed; /* it was taken, or only clicked at: so many times in a row */
    int clicks;
    bool held, released;
    bool finger;          /* it is no mouse but a finger, which is not as steady */
    bool focused, ringed; /* it gets the keys; and that should be seen */
};

/* Draws nothing.  Of things that lie on one another the first asked about gets the mouse; Tab goes
 * to what was offered, in that order. */
struct ui_grip ui_handle(struct ui *ui, unsigned id, struct rect rect);
void ui_offer(struct ui *ui, unsigned id);
bool ui_hovers(const struct ui *ui, struct rect rect);
SDL_FPoint ui_mouse(const struct ui *ui); /* -1, -1: nowhere */

/* Whether that key was pressed and nobody has used it, which this does; not while something is
 * typed.  repeats: also as long as it is held down. */
bool ui_shortcut(struct ui *ui, SDL_Keycode key, bool repeats);
/* Of the key that this pass is about. */
Uint16 ui_modifiers(const struct ui *ui);

/* The caller's, between passes; text_edit_init() it. */
struct ui_text {
    struct text_edit edit;
    float scroll;
};

struct ui_field {
    unsigned id;
    struct rect rect;
    struct ui_text *text;
    const char *placeholder;
    bool read_only;
    const char *label; /* what it is called, for who cannot see it; NULL: as its placeholder */
    bool address;      /* of a host, or a URL: no words to correct or to capitalise */
};

/* True when Enter was pressed in it. */
bool ui_field(struct ui *ui, const struct ui_field *field);

/* The field with the focus, NULL if it is elsewhere.  Good until the next pass, as its strings. */
const struct ui_field *ui_typing(const struct ui *ui);

/* What a field of the system's own has, which lies over that one and is typed into in its place.
 * Offsets are in `text`; composition is what an input method has at the caret, not yet in `text`.
 */
struct ui_typed {
    const char *text, *composition;
    size_t anchor, caret;
};

/* Copied; nothing without a field.  Draw again. */
void ui_typed(struct ui *ui, const struct ui_typed *typed);

/* The caller's, between passes; zero to begin with. */
struct ui_scroll {
    float offset;
    float grabbed; /* where in its thumb the bar was taken; or where in all of it the area */
    bool dragging; /* the bar */
    bool panning;  /* the area itself */
    bool away;     /* of an area that sticks to its bottom: the user has scrolled up */
};

struct ui_scroll_area {
    unsigned id;
    struct rect rect;
    struct rect frame; /* what the focus ring goes around */
    float content;     /* height */
    float step;        /* of one notch of the wheel */
    bool sticky;       /* shows the bottom until the user scrolls up */
};

/* What is drawn up to ui_scroll_end() is clipped to the rect and should be scroll->offset higher.
 */
void ui_scroll_begin(struct ui *ui, const struct ui_scroll_area *area, struct ui_scroll *scroll);
void ui_scroll_end(struct ui *ui, const struct ui_scroll_area *area,
                   const struct ui_scroll *scroll);

struct ui_log_row {
    size_t line, start, len; /* bytes of that line */
};

/* The caller's, between passes; zero to begin with, ui_log_done() at the end. */
struct ui_log {
    struct ui_scroll scroll;
    struct ui_log_row *rows;
    size_t row_count, row_capacity;
    float wrapped_width;
    uint32_t wrapped_revision;
    bool wrapped;
};

struct ui_log_view {
    unsigned id;
    struct rect rect;
    struct rect frame; /* what the focus ring goes around */
    size_t count;
    const char *(*line)(const void *user, size_t index); /* borrowed for the pass */
    const void *user;
    uint32_t revision; /* changes when any line does */
    const char *empty; /* what to show instead of nothing */
};

/* Lines of text, wrapped, the newest at the bottom. */
void ui_log(struct ui *ui, const struct ui_log_view *view, struct ui_log *log);
void ui_log_done(struct ui_log *log);

/* The last widget of a pass with ui_set_modal(): a sentence over everything else.  True when the
 * user has agreed to it. */
bool ui_alert(struct ui *ui, unsigned id, const char *title, const char *text);

#endif /* UI_UI_H */
