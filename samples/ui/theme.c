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

SDL_Color theme_fade(SDL_Color color, Uint8 alpha)
{
    color.a = alpha;
    return color;
}
