/* platform: what a game has to know of the system it runs on to find others.  One file for each. */
#ifndef LOBBY_PLATFORM_H
#define LOBBY_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

/* Whether others could connect to us: a page in a browser can only join. */
bool lobby_platform_can_host(void);

/* What a player most likely wants to connect to, as lobby_address_parse() reads it: "localhost", or
 * where the page came from.  Cut to size. */
void lobby_platform_server(char *dst, size_t size);

/* The numeric address of this machine that others in its network reach it at.  Sends nothing.
 * False: it has none that could be told, or it does not fit; dst is as it was. */
bool lobby_platform_home(char *dst, size_t size);

/* Has ready(user) called when a session has something to tell, whether or not a frame is drawn: a
 * page that is hidden draws none.  A program of its own looks by itself, and nothing is called. */
void lobby_platform_on_ready(void (*ready)(void *user), void *user);

#endif /* LOBBY_PLATFORM_H */
