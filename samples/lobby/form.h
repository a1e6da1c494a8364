/* form: who we are and where we play, as widgets.  Knows no session: it says what is wished for. */
#ifndef LOBBY_FORM_H
#define LOBBY_FORM_H

#include "samples/lobby/lobby.h"
#include "samples/ui/ui.h"

/* The caller's, between passes. */
struct lobby_form {
    struct ui_text name, server;
    bool godot3;                    /* the switch is on */
    char usual[LOBBY_ADDRESS_SIZE]; /* what an empty field means: lobby_platform_server() */
};

/* Ids of the widgets, counted from view.first_id on, in the order of Tab. */
enum lobby_form_widget {
    LOBBY_FORM_NAME,
    LOBBY_FORM_ADDRESS,
    LOBBY_FORM_ALONE,
    LOBBY_FORM_HOST,
    LOBBY_FORM_CONNECT,
    LOBBY_FORM_DISCONNECT,
    LOBBY_FORM_GODOT3, /* who types is sooner at the buttons */
    LOBBY_FORM_IDS
};

/* What has no width is not shown. */
struct lobby_form_view {
    unsigned first_id;
    lobby_phase phase;
    struct rect name_label, name, server_label, server;
    struct rect godot3, alone, host, connect, disconnect;
};

typedef enum lobby_wish {
    LOBBY_WISH_NOTHING,
    LOBBY_WISH_ALONE,
    LOBBY_WISH_HOST,
    LOBBY_WISH_CONNECT,   /* to what lobby_form_server() says */
    LOBBY_WISH_DISCONNECT /* or to cancel */
} lobby_wish;

/* server NULL: the usual one. */
void lobby_form_init(struct lobby_form *form, const char *name, const char *server);
lobby_wish lobby_form_show(struct ui *ui, const struct lobby_form_view *view,
                           struct lobby_form *form);
/* What is in the field, which gets the usual one if it is empty.  Borrowed until the next pass. */
const char *lobby_form_server(struct lobby_form *form);

/* A dot in the colour of the phase, and a sentence beside it. */
struct lobby_status {
    lobby_phase phase;
    const char *text;
    struct rect dot, room;
};

/* Returns the width of the text. */
float lobby_form_status(struct ui *ui, const struct lobby_status *status);

#endif /* LOBBY_FORM_H */
