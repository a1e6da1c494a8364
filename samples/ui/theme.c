/* theme: the colours of every sample with a window. */
#include "samples/ui/theme.h"

const struct theme theme = {
    .back = {17, 20, 28, 255},
    .card = {27, 32, 44, 255},
    .raised = {44, 52, 70, 255},
    .hovered = {55, 65, 87, 255},
    .sunken = {20, 24, 34, 255},
    .edge = {50, 59, 79, 255},
    .text = {226, 231, 241, 255},
    .text_soft = {146, 156, 177, 255},
    .text_off = {100, 109, 130, 255},
    .accent = {62, 121, 242, 255},
    .accent_hovered = {88, 142, 255, 255},
    .accent_pressed = {48, 100, 212, 255},
    .on_accent = {255, 255, 255, 255},
    .selection = {62, 121, 242, 120},
    .good = {72, 199, 142, 255},
    .busy = {245, 178, 72, 255},
    .bad = {244, 112, 112, 255},
    .gold = {247, 197, 84, 255},
    .veil = {8, 10, 15, 170},
    .shadow = {0, 0, 0, 150},
};

const SDL_Color theme_players[THEME_PLAYERS] = {
    {86, 132, 230, 255}, {64, 160, 142, 255}, {176, 108, 206, 255}, {206, 122, 76, 255},
    {96, 152, 80, 255},  {204, 94, 128, 255}, {92, 150, 190, 255},  {122, 112, 205, 255},
};

SDL_Color theme_fade(SDL_Color color, Uint8 alpha)
{
    color.a = alpha;
    return color;
}

static Uint8 mix(Uint8 a, Uint8 b, Uint8 much)
{
    return (Uint8)((a * (255 - much) + b * much) / 255);
}

SDL_Color theme_mix(SDL_Color color, SDL_Color other, Uint8 much)
{
    return (SDL_Color){mix(color.r, other.r, much), mix(color.g, other.g, much),
                       mix(color.b, other.b, much), mix(color.a, other.a, much)};
}
