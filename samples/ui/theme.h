/* theme: the colours of every sample with a window. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <SDL.h>

struct theme {
    SDL_Color back;    /* of the window */
    SDL_Color card;    /* areas on it */
    SDL_Color raised;  /* what lies on a card: plain buttons, the row under the mouse */
    SDL_Color hovered; /* the same under the mouse */
    SDL_Color sunken;  /* inside of text fields */
    SDL_Color edge;
    SDL_Color text, text_soft, text_off; /* full, secondary, disabled */
    SDL_Color accent, accent_hovered, accent_pressed, on_accent;
    SDL_Color selection;
    SDL_Color good, busy, bad, gold;
    SDL_Color veil, shadow; /* behind a dialog */
};

extern const struct theme theme;

/* Of those who play: as many as can be told apart. */
#define THEME_PLAYERS 8
extern const SDL_Color theme_players[THEME_PLAYERS];

/* The same colour with another alpha. */
SDL_Color theme_fade(SDL_Color color, Uint8 alpha);
/* Between two, 0 to 255: nothing of `other`, all of it. */
SDL_Color theme_mix(SDL_Color color, SDL_Color other, Uint8 much);

#endif /* UI_THEME_H */
