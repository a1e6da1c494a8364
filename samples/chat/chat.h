/* chat: a seat in the chat: what happens is told, what is typed is done. */
#ifndef CHAT_CHAT_H
#define CHAT_CHAT_H

#include <meeple/net.h>

#include "samples/chat/command.h"
#include "samples/chat/terminal.h"

struct chat {
    meeple_net *net;
    struct terminal *terminal;
    bool server;
    bool multiplayer; /* the native dialect: everybody sees everybody, packets find their way */
    bool binary;      /* what is said goes as bytes, not as text */
    enum target target;
    int32_t target_peer; /* TARGET_NUMBER */
    int32_t last;        /* who joined last and is still there, 0: nobody */
    bool ready;          /* somebody can be spoken to, or could be */
    bool closing;        /* we have said goodbye */
    bool in_order;       /* how it ended */
};

/* Runs until the net is down, and frees it.  Returns an exit status: 0 if it was up and ended in
 * order. */
int chat_run(meeple_net *net, bool multiplayer, bool binary);

/* tell: prints what happened, and keeps in mind what of it matters. */
void chat_tell(struct chat *chat, const meeple_event *event);

/* act: does what a line says, and prints what came of it. */
void chat_act(struct chat *chat, meeple_bytes line);
/* Whether another line would not wait behind many others. */
bool chat_has_room(const struct chat *chat);
/* Says goodbye; code 0: 1000. */
void chat_close(struct chat *chat, uint16_t code, const char *reason);
/* Chooses what is before the cursor: to whom, and how. */
void chat_prompt(struct chat *chat);

#endif /* CHAT_CHAT_H */
