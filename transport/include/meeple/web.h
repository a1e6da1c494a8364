/* meeple/web.h: what only pages in a browser have: word from the page's event loop. */
#ifndef MEEPLE_WEB_H
#define MEEPLE_WEB_H

#include <meeple/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __EMSCRIPTEN__
/*
 * In a page nothing waits: meeple_net_next() hands out what has come, and a program usually asks
 * when the browser lets it paint a frame.  A tab that is hidden paints none.
 *
 * ready(user) is called whenever a net over a WebSocket has something to tell, and once a second as
 * long as there is a WebSocket, for time-outs and heartbeats: take events then, without painting.
 * It comes from the page's event loop, with nothing of the program on the stack, so it may do
 * whatever a program may, free nets too; it never comes from within a function of the library.  A
 * hidden tab gets it as well: for messages at once, for the time once a second, or once a minute
 * where the browser saves more.  A program that throws, traps or exits in it is not called again,
 * and its WebSockets are closed, as those of one that calls abort() are.
 *
 * One for the page: a second takes the place of the first, NULL takes it back.  user is borrowed.
 */
MEEPLE_API void meeple_web_on_ready(void (*ready)(void *user), void *user);
#endif

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_WEB_H */
