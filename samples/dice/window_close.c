/* window_close: the way to close the window from the program. */
#include "samples/dice/window.h"

#include <SDL.h>

void dice_window_close(void)
{
    SDL_Event quit = {.type = SDL_QUIT};

    SDL_PushEvent(&quit);
}
