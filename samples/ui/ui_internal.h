/* ui_internal: what the files of ui share. */
#ifndef UI_UI_INTERNAL_H
#define UI_UI_INTERNAL_H

#include "samples/ui/theme.h"
#include "samples/ui/ui.h"

#define UI_IDS_MAX 96
#define UI_RADIUS 8.0f

/* What happened since the last pass; at most one of: button, wheel, key, text. */
struct ui_input {
    bool pressed, released; /* the left mouse button, or a finger */
    int clicks;
    float wheel; /* notches, up is positive */
    SDL_Keycode key;
    Uint16 modifiers;
    bool repeated;
    char text[SDL_TEXTINPUTEVENT_TEXT_SIZE];
};

struct ui {
    struct draw *draw;
    float width, height;
    uint64_t now_ms, wake_ms;
    struct ui_input in;
    float mouse_x, mouse_y;
    bool mouse_down, away; /* away: our window is not the one that is typed into */
    bool finger;           /* the mouse is one: SDL makes it of the first that touches */

    unsigned focus; /* gets the keys */
    unsigned held;  /* has the mouse since its button went down on it */
    unsigned ids[UI_IDS_MAX],
        last_ids[UI_IDS_MAX]; /* that take the focus: this pass, the last one */
    size_t id_count, last_id_count;
    bool show_focus; /* the focus was not put there by the mouse */
    bool press_used;

    bool modal, in_dialog;
    unsigned focus_before; /* the dialog */

    struct rect typing_rect; /* where the caret is */
    unsigned typing_id;      /* the field that had the focus in the last pass */
    struct ui_field typed;   /* that field */
    float drag_x;            /* where the mouse was when it was last looked at */
    bool typing, was_typing; /* a field has the focus: in this pass, in the last one */
    uint64_t caret_ms;       /* when the caret last moved */
    char composition[SDL_TEXTEDITINGEVENT_TEXT_SIZE];

    SDL_Cursor *arrow, *beam;
    bool over_text;
};

/* Whether the widget may be used: there is no dialog, or it is part of it. */
bool ui__reachable(const struct ui *ui);
bool ui__hovers(const struct ui *ui, struct rect rect);
/* The widget takes part in Tab order. */
void ui__offer_focus(struct ui *ui, unsigned id);
/* The mouse went down on it in this pass; it holds the mouse from then on and gets the focus. */
bool ui__grabs(struct ui *ui, unsigned id, struct rect rect);
bool ui__has_focus(const struct ui *ui, unsigned id);
bool ui__is_enter(SDL_Keycode key);
/* Something that is pressed and let go, or gets Enter or Space; true when that happened. */
bool ui__presses(struct ui *ui, unsigned id, struct rect rect, bool disabled);
void ui__focus_ring(const struct ui *ui, unsigned id, struct rect rect, float radius);

#endif /* UI_UI_INTERNAL_H */
