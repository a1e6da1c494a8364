/* platform_web: a page in a browser, which joins. */
#include "samples/lobby/platform.h"

#include <emscripten.h>
#include <stdio.h>

#include <meeple/web.h>

/* The folder of the page on its server, as a WebSocket's URL: who hands out the page hosts the
 * game, and a proxy that has the page at a path most likely has both there.  "" for a page that
 * came from no server, or if it does not fit. */
EM_JS(void, page_server, (char *dst, int size), {
    var here = typeof location == "object" && location.host ? location : null;
    var scheme = here && here.protocol == "https:" ? "wss://" : "ws://";
    var folder = here ? here.pathname.slice(0, here.pathname.lastIndexOf("/") + 1) : "";
    var url = here ? scheme + here.host + folder : "";
    stringToUTF8(lengthBytesUTF8(url) < size ? url : "", dst, size);
})

bool lobby_platform_can_host(void)
{
    return false;
}

void lobby_platform_server(char *dst, size_t size)
{
    dst[0] = '\0';
    page_server(dst, (int)size);
    if (dst[0] == '\0') {
        snprintf(dst, size, "localhost");
    }
}

bool lobby_platform_home(char *dst, size_t size)
{
    (void)dst;
    (void)size;
    return false;
}

void lobby_platform_on_ready(void (*ready)(void *user), void *user)
{
    meeple_web_on_ready(ready, user);
}
