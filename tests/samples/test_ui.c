/* test_ui: widgets under mouse and keyboard, on a renderer that nobody sees. */
#include <criterion/criterion.h>
#include <SDL.h>
#include <stdio.h>
#include <string.h>

#include "samples/ui/ui.h"

enum {
    FIRST = 1,
    OFF,
    SECOND,
    FIELD,
    OTHER,
    LOG,
    THING,
    UNDER,
    SWITCH,
    OK
};

/* Two buttons and one that is off, two fields, a switch if there is one, a log, two things of which
 * the first lies on the second, and a dialog if there is an alert. */
struct screen {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
    struct draw *draw;
    struct ui *ui;
    struct ui_text text, other;
    struct ui_log log;
    size_t lines;
    bool read_only;
    bool has_switch, on, locked;
    const char *alert;
    struct ui_grip grip;                     /* of the first thing */
    int pressed, shortcuts;                  /* how often, as the next */
    int first, off, second, entered, agreed; /* how often */
};

static const struct rect first_place = {10, 10, 100, 30};
static const struct rect off_place = {120, 10, 100, 30};
static const struct rect field_place = {10, 50, 200, 30};
static const struct rect switch_place = {230, 50, 100, 30};
static const struct rect thing_place = {250, 130, 40, 40};
static const struct rect log_place = {10, 130, 200, 100};

static struct screen screen;

static const char *line(const void *user, size_t index)
{
    (void)user;
    return index % 2 == 0 ? "Ann: rolls 7" : "Борис: rolls 100";
}

static void show(void)
{
    struct ui *ui = screen.ui;
    struct rect other_place = {10, 90, 200, 30};
    struct rect second_place = {230, 10, 100, 30};

    draw_begin(screen.draw, 1, false);
    ui_begin(ui, 400, 300, 1000);
    ui_set_modal(ui, screen.alert != NULL);
    screen.first +=
        ui_button(ui, &(struct ui_button){.id = FIRST, .rect = first_place, .label = "A"});
    screen.off += ui_button(
        ui, &(struct ui_button){.id = OFF, .rect = off_place, .label = "B", .disabled = true});
    screen.second +=
        ui_button(ui, &(struct ui_button){.id = SECOND, .rect = second_place, .label = "C"});
    screen.entered += ui_field(ui, &(struct ui_field){.id = FIELD,
                                                      .rect = field_place,
                                                      .text = &screen.text,
                                                      .placeholder = "here",
                                                      .read_only = screen.read_only});
    screen.entered += ui_field(
        ui, &(struct ui_field){
                .id = OTHER, .rect = other_place, .text = &screen.other, .placeholder = "there"});
    if (screen.has_switch) {
        screen.on = ui_switch(ui, &(struct ui_switch){.id = SWITCH,
                                                      .rect = switch_place,
                                                      .label = "D",
                                                      .on = screen.on,
                                                      .disabled = screen.locked});
    }
    ui_log(ui,
           &(struct ui_log_view){.id = LOG,
                                 .rect = log_place,
                                 .frame = log_place,
                                 .count = screen.lines,
                                 .line = line,
                                 .revision = (uint32_t)screen.lines,
                                 .empty = "nothing"},
           &screen.log);
    screen.grip = ui_handle(ui, THING, thing_place);
    screen.pressed += screen.grip.pressed;
    (void)ui_handle(ui, UNDER, (struct rect){270, 130, 60, 40});
    /* They take part in Tab when they have the focus only. */
    if (ui_focused(ui) == THING || ui_focused(ui) == UNDER) {
        ui_offer(ui, ui_focused(ui));
    }
    screen.shortcuts += ui_shortcut(ui, SDLK_f, false);
    if (screen.alert != NULL) {
        screen.agreed += ui_alert(ui, OK, "Alert", screen.alert);
    }
    ui_end(ui);
    draw_end(screen.draw);
}

static void open_screen(void)
{
    memset(&screen, 0, sizeof screen);
    SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
    cr_assert_eq(SDL_Init(SDL_INIT_VIDEO), 0);
    screen.surface = SDL_CreateRGBSurfaceWithFormat(0, 400, 300, 32, SDL_PIXELFORMAT_ARGB8888);
    screen.renderer = SDL_CreateSoftwareRenderer(screen.surface);
    cr_assert_not_null(screen.renderer);
    cr_assert_eq(draw_new(&screen.draw, screen.renderer), 0);
    cr_assert_eq(ui_new(&screen.ui, screen.draw), 0);
    text_edit_init(&screen.text.edit, 64);
    text_edit_init(&screen.other.edit, 64);
    show();
}

static void close_screen(void)
{
    ui_log_done(&screen.log);
    ui_free(screen.ui);
    draw_free(screen.draw);
    SDL_DestroyRenderer(screen.renderer);
    SDL_FreeSurface(screen.surface);
    SDL_Quit();
}

static void feed(SDL_Event event)
{
    (void)ui_feed(screen.ui, &event, 1);
    show();
}

static void key_with(SDL_Keycode key, Uint16 modifiers, Uint8 repeat)
{
    SDL_Event event = {.key = {.type = SDL_KEYDOWN, .state = SDL_PRESSED, .repeat = repeat}};

    event.key.keysym.sym = key;
    event.key.keysym.mod = modifiers;
    feed(event);
}

static void key(SDL_Keycode code)
{
    key_with(code, KMOD_NONE, 0);
}

static void type(const char *text)
{
    SDL_Event event = {.text = {.type = SDL_TEXTINPUT}};

    snprintf(event.text.text, sizeof event.text.text, "%s", text);
    feed(event);
}

static void compose(const char *text)
{
    SDL_Event event = {.edit = {.type = SDL_TEXTEDITING}};

    snprintf(event.edit.text, sizeof event.edit.text, "%s", text);
    feed(event);
}

static void mouse(Uint32 kind, float x, float y, Uint8 clicks)
{
    SDL_Event event = {.button = {.type = kind, .button = SDL_BUTTON_LEFT, .clicks = clicks}};

    event.button.state = kind == SDL_MOUSEBUTTONDOWN ? SDL_PRESSED : SDL_RELEASED;
    event.button.x = (int)x;
    event.button.y = (int)y;
    feed(event);
}

static void click(struct rect where)
{
    mouse(SDL_MOUSEBUTTONDOWN, where.x + 20, where.y + 10, 1);
    mouse(SDL_MOUSEBUTTONUP, where.x + 20, where.y + 10, 1);
}

static void wheel(float notches)
{
    SDL_Event move = {.motion = {.type = SDL_MOUSEMOTION}};
    SDL_Event turn = {.wheel = {.type = SDL_MOUSEWHEEL, .preciseY = notches}};

    move.motion.x = (int)log_place.x + 20;
    move.motion.y = (int)log_place.y + 20;
    feed(move);
    feed(turn);
}

TestSuite(ui, .init = open_screen, .fini = close_screen);

Test(ui, a_click_presses_a_button_once)
{
    click(first_place);
    cr_expect_eq(screen.first, 1);
    cr_expect_eq(screen.second, 0);
    show();
    cr_expect_eq(screen.first, 1);
}

Test(ui, a_button_let_go_elsewhere_is_not_pressed)
{
    mouse(SDL_MOUSEBUTTONDOWN, first_place.x + 5, first_place.y + 5, 1);
    mouse(SDL_MOUSEBUTTONUP, 300, 280, 1);
    mouse(SDL_MOUSEBUTTONDOWN, 300, 280, 1);
    mouse(SDL_MOUSEBUTTONUP, first_place.x + 5, first_place.y + 5, 1);
    cr_expect_eq(screen.first, 0);
}

Test(ui, a_disabled_button_is_neither_pressed_nor_reached_by_tab)
{
    click(off_place);
    cr_expect_eq(screen.off, 0);
    key(SDLK_TAB);
    cr_expect_eq(ui_focused(screen.ui), FIRST);
    key(SDLK_TAB);
    cr_expect_eq(ui_focused(screen.ui), SECOND);
}

Test(ui, tab_goes_round_in_both_directions)
{
    const unsigned order[] = {FIRST, SECOND, FIELD, OTHER, FIRST};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        key(SDLK_TAB);
        cr_expect_eq(ui_focused(screen.ui), order[i]);
    }
    key_with(SDLK_TAB, KMOD_LSHIFT, 0);
    cr_expect_eq(ui_focused(screen.ui), OTHER);
}

Test(ui, enter_and_space_press_the_button_with_the_focus)
{
    key(SDLK_RETURN);
    cr_expect_eq(screen.first, 0);
    key(SDLK_TAB);
    key(SDLK_RETURN);
    key(SDLK_SPACE);
    key(SDLK_KP_ENTER);
    cr_expect_eq(screen.first, 3);
    key_with(SDLK_RETURN, KMOD_NONE, 1);
    cr_expect_eq(screen.first, 3, "a key held down presses once");
}

Test(ui, a_switch_is_the_other_way_round_when_pressed)
{
    screen.has_switch = true;
    show();
    click(switch_place);
    cr_expect(screen.on);
    show();
    cr_expect(screen.on);
    cr_expect_eq(ui_focused(screen.ui), SWITCH);
    key(SDLK_SPACE);
    cr_expect_not(screen.on);
    key(SDLK_RETURN);
    cr_expect(screen.on);

    screen.locked = true;
    show();
    click(switch_place);
    key(SDLK_SPACE);
    cr_expect(screen.on);
}

Test(ui, what_a_switch_shows_can_be_seen)
{
    static Uint32 off[400 * 300];

    screen.has_switch = true;
    show();
    memcpy(off, screen.surface->pixels, sizeof off);
    screen.on = true;
    show();
    cr_expect_neq(memcmp(off, screen.surface->pixels, sizeof off), 0);
    memcpy(off, screen.surface->pixels, sizeof off);
    screen.locked = true;
    show();
    cr_expect_neq(memcmp(off, screen.surface->pixels, sizeof off), 0);
}

Test(ui, text_goes_into_the_field_with_the_focus)
{
    type("lost");
    click(field_place);
    type("Žižka");
    type(" ");
    key(SDLK_BACKSPACE);
    key(SDLK_BACKSPACE);
    cr_expect_str_eq(screen.text.edit.text, "Žižk");
    cr_expect_str_eq(screen.other.edit.text, "");
    cr_expect(ui_is_typing(screen.ui));
    key(SDLK_RETURN);
    cr_expect_eq(screen.entered, 1);
}

Test(ui, tab_into_a_field_selects_what_is_in_it)
{
    text_edit_set(&screen.text.edit, "old");
    ui_focus(screen.ui, FIELD);
    show();
    type("new");
    cr_expect_str_eq(screen.text.edit.text, "new");
}

Test(ui, a_field_that_is_read_only_takes_nothing)
{
    screen.read_only = true;
    show();
    click(field_place);
    type("x");
    cr_expect_str_eq(screen.text.edit.text, "");
    cr_expect_eq(ui_focused(screen.ui), 0);
}

Test(ui, dragging_and_clicking_twice_select)
{
    text_edit_set(&screen.text.edit, "one two");
    mouse(SDL_MOUSEBUTTONDOWN, field_place.x + 2, field_place.y + 10, 1);
    SDL_Event event = {.motion = {.type = SDL_MOUSEMOTION}};
    event.motion.x = (int)(field_place.x + field_place.w - 2);
    event.motion.y = (int)field_place.y + 10;
    feed(event);
    cr_expect_eq(text_edit_selection(&screen.text.edit, NULL), 7);
    mouse(SDL_MOUSEBUTTONUP, field_place.x + 190, field_place.y + 10, 1);
    mouse(SDL_MOUSEBUTTONDOWN, field_place.x + 20, field_place.y + 10, 2);
    mouse(SDL_MOUSEBUTTONUP, field_place.x + 20, field_place.y + 10, 2);
    cr_expect_eq(text_edit_selection(&screen.text.edit, NULL), 3);
    mouse(SDL_MOUSEBUTTONDOWN, field_place.x + 20, field_place.y + 10, 3);
    cr_expect_eq(text_edit_selection(&screen.text.edit, NULL), 7);
}

Test(ui, a_thing_is_held_from_press_to_release)
{
    cr_expect_not(screen.grip.held);
    mouse(SDL_MOUSEBUTTONDOWN, thing_place.x + 5, thing_place.y + 5, 1);
    cr_expect(screen.grip.held && screen.grip.focused);
    cr_expect_eq(screen.pressed, 1);
    SDL_Event event = {.motion = {.type = SDL_MOUSEMOTION, .x = 390, .y = 290}};
    feed(event);
    cr_expect(screen.grip.held, "also beside its place");
    cr_expect_eq(screen.grip.x, 390);
    mouse(SDL_MOUSEBUTTONUP, 390, 290, 1);
    cr_expect(screen.grip.released && !screen.grip.held);
    show();
    cr_expect_not(screen.grip.released);
    cr_expect_eq(screen.pressed, 1);
}

Test(ui, of_things_on_one_another_the_first_gets_the_mouse)
{
    mouse(SDL_MOUSEBUTTONDOWN, thing_place.x + 30, thing_place.y + 5, 1);
    cr_expect_eq(ui_focused(screen.ui), THING);
    mouse(SDL_MOUSEBUTTONUP, thing_place.x + 30, thing_place.y + 5, 1);
    mouse(SDL_MOUSEBUTTONDOWN, thing_place.x + 50, thing_place.y + 5, 1);
    cr_expect_eq(ui_focused(screen.ui), UNDER);
}

Test(ui, a_shortcut_is_not_for_what_is_typed)
{
    key(SDLK_f);
    cr_expect_eq(screen.shortcuts, 1);
    key_with(SDLK_f, KMOD_NONE, 1);
    cr_expect_eq(screen.shortcuts, 1, "a key that is held down is one");
    key_with(SDLK_f, KMOD_LCTRL, 0);
    cr_expect_eq(screen.shortcuts, 1);
    click(field_place);
    key(SDLK_f);
    cr_expect_eq(screen.shortcuts, 1);
    screen.alert = "Wait.";
    show();
    key(SDLK_f);
    cr_expect_eq(screen.shortcuts, 1);
}

Test(ui, text_is_cut_and_pasted)
{
    click(field_place);
    type("Größe");
    key_with(SDLK_a, KMOD_LCTRL, 0);
    key_with(SDLK_x, KMOD_LCTRL, 0);
    cr_expect_str_eq(screen.text.edit.text, "");
    key(SDLK_TAB);
    key_with(SDLK_v, KMOD_LCTRL, 0);
    key_with(SDLK_v, KMOD_LCTRL, 0);
    cr_expect_str_eq(screen.other.edit.text, "GrößeGröße");
}

Test(ui, altgr_is_no_command)
{
    click(field_place);
    type("abc");
    key_with(SDLK_a, KMOD_LCTRL | KMOD_RALT, 0); /* how Windows says AltGr */
    type("ą");
    cr_expect_str_eq(screen.text.edit.text, "abcą");
}

Test(ui, commands_follow_the_place_of_the_key_on_other_alphabets)
{
    SDL_Event event = {.key = {.type = SDL_KEYDOWN, .state = SDL_PRESSED}};

    click(field_place);
    type("abc");
    event.key.keysym.sym = 0x444; /* ф, where A is */
    event.key.keysym.scancode = SDL_SCANCODE_A;
    event.key.keysym.mod = KMOD_LCTRL;
    feed(event);
    cr_expect_eq(text_edit_selection(&screen.text.edit, NULL), 3);
}

Test(ui, keys_are_the_input_methods_while_it_composes)
{
    click(field_place);
    type("a");
    compose("かな");
    key(SDLK_BACKSPACE);
    key(SDLK_RETURN);
    key(SDLK_TAB);
    cr_expect_str_eq(screen.text.edit.text, "a");
    cr_expect_eq(screen.entered, 0);
    cr_expect_eq(ui_focused(screen.ui), FIELD);
    type("仮名");
    cr_expect_str_eq(screen.text.edit.text, "a仮名");
    key(SDLK_BACKSPACE);
    cr_expect_str_eq(screen.text.edit.text, "a仮");
}

Test(ui, a_field_of_the_systems_is_typed_into_in_place_of_ours)
{
    struct ui_typed typed = {"имя", "", 0, 6};

    cr_expect_null(ui_typing(screen.ui));
    ui_typed(screen.ui, &typed); /* there is none that could be meant */
    cr_expect_str_eq(screen.text.edit.text, "");
    click(field_place);
    cr_assert_not_null(ui_typing(screen.ui));
    cr_expect_eq(ui_typing(screen.ui)->id, FIELD);
    cr_expect_eq(ui_typing(screen.ui)->text, &screen.text);
    ui_typed(screen.ui, &typed);
    show();
    cr_expect_str_eq(screen.text.edit.text, "имя");
    cr_expect_eq(screen.text.edit.anchor, 0);
    cr_expect_eq(screen.text.edit.caret, 6);
    typed = (struct ui_typed){"имя", "に", 6, 6};
    ui_typed(screen.ui, &typed);
    key(SDLK_RETURN); /* the input method's */
    cr_expect_eq(screen.entered, 0);
    cr_expect_str_eq(screen.text.edit.text, "имя");
    typed = (struct ui_typed){"имя日", "", 9, 9};
    ui_typed(screen.ui, &typed);
    key(SDLK_RETURN);
    cr_expect_eq(screen.entered, 1);
    cr_expect_str_eq(screen.text.edit.text, "имя日");
}

Test(ui, an_alert_takes_everything_until_it_is_agreed_to)
{
    click(field_place);
    screen.alert = "The server is gone.";
    show();
    click(first_place);
    key(SDLK_TAB);
    type("x");
    cr_expect_eq(screen.first, 0);
    cr_expect_eq(ui_focused(screen.ui), OK);
    cr_expect_str_eq(screen.text.edit.text, "");
    cr_expect_eq(screen.agreed, 0);
    key(SDLK_ESCAPE);
    key(SDLK_RETURN);
    cr_expect_eq(screen.agreed, 2);
    screen.alert = NULL;
    show();
    cr_expect_eq(ui_focused(screen.ui), FIELD, "the focus comes back");
}

Test(ui, a_log_stays_at_its_bottom_until_somebody_scrolls_up)
{
    screen.lines = 40;
    show();
    float bottom = screen.log.scroll.offset;
    cr_expect_gt(bottom, 0);
    screen.lines = 50;
    show();
    cr_expect_gt(screen.log.scroll.offset, bottom);
    wheel(1);
    float up = screen.log.scroll.offset;
    screen.lines = 60;
    show();
    cr_expect_eq(screen.log.scroll.offset, up);
    ui_focus(screen.ui, LOG);
    key(SDLK_END);
    bottom = screen.log.scroll.offset;
    cr_expect_gt(bottom, up);
    key(SDLK_PAGEUP);
    cr_expect_lt(screen.log.scroll.offset, bottom);
    key(SDLK_HOME);
    cr_expect_eq(screen.log.scroll.offset, 0);
}

static void touch(Uint32 what, float x, float y)
{
    SDL_Event event = {.button = {.type = what, .which = SDL_TOUCH_MOUSEID, .clicks = 1}};

    if (what == SDL_MOUSEMOTION) {
        event = (SDL_Event){.motion = {.type = what, .which = SDL_TOUCH_MOUSEID}};
        event.motion.x = (int)x;
        event.motion.y = (int)y;
    } else {
        event.button.button = SDL_BUTTON_LEFT;
        event.button.state = what == SDL_MOUSEBUTTONDOWN ? SDL_PRESSED : SDL_RELEASED;
        event.button.x = (int)x;
        event.button.y = (int)y;
    }
    feed(event);
}

Test(ui, a_log_goes_along_with_the_finger_that_drags_it)
{
    screen.lines = 40;
    show();
    float bottom = screen.log.scroll.offset;

    touch(SDL_MOUSEBUTTONDOWN, log_place.x + 50, log_place.y + 20);
    cr_expect_eq(screen.log.scroll.offset, bottom);
    touch(SDL_MOUSEMOTION, log_place.x + 60, log_place.y + 55);
    cr_expect_eq(screen.log.scroll.offset, bottom - 35);
    touch(SDL_MOUSEMOTION, log_place.x + 60, 290);
    cr_expect_eq(screen.log.scroll.offset, bottom - (290 - log_place.y - 20), "also beside it");
    touch(SDL_MOUSEBUTTONUP, log_place.x + 60, 290);
    float up = screen.log.scroll.offset;
    touch(SDL_MOUSEMOTION, log_place.x + 60, log_place.y + 10);
    screen.lines = 50;
    show();
    cr_expect_eq(screen.log.scroll.offset, up, "it was let go of, and stays");

    /* Taken by the bar right after, without a pass between, it follows the bar. */
    touch(SDL_MOUSEBUTTONDOWN, log_place.x + 50, log_place.y + 20);
    touch(SDL_MOUSEBUTTONUP, log_place.x + 50, log_place.y + 20);
    touch(SDL_MOUSEBUTTONDOWN, log_place.x + log_place.w - 6, log_place.y + log_place.h - 5);
    cr_expect_gt(screen.log.scroll.offset, up + 100);
    touch(SDL_MOUSEMOTION, log_place.x + log_place.w - 6, log_place.y + 5);
    cr_expect_lt(screen.log.scroll.offset, 30);
    touch(SDL_MOUSEBUTTONUP, log_place.x + log_place.w - 6, log_place.y + 5);

    touch(SDL_MOUSEBUTTONDOWN, log_place.x + 50, log_place.y + 20);
    touch(SDL_MOUSEMOTION, log_place.x + 50, -2000);
    show();
    screen.lines = 60;
    float before = screen.log.scroll.offset;
    touch(SDL_MOUSEBUTTONUP, log_place.x + 50, -2000);
    cr_expect_gt(screen.log.scroll.offset, before, "at its end it is at its bottom again");
}

Test(ui, a_tap_presses_and_leaves_nothing_under_the_finger)
{
    touch(SDL_MOUSEBUTTONDOWN, first_place.x + 5, first_place.y + 5);
    cr_expect(ui_hovers(screen.ui, first_place));
    touch(SDL_MOUSEBUTTONUP, first_place.x + 5, first_place.y + 5);
    cr_expect_eq(screen.first, 1);
    cr_expect_not(ui_hovers(screen.ui, first_place));
    click(first_place);
    cr_expect_eq(screen.first, 2);
    cr_expect(ui_hovers(screen.ui, first_place), "a mouse stays where it is");
    touch(SDL_MOUSEBUTTONDOWN, thing_place.x + 5, thing_place.y + 5);
    cr_expect(screen.grip.finger && screen.grip.held);
}

Test(ui, nothing_at_all_and_everything_at_once_can_be_drawn)
{
    screen.alert = "";
    show();
    char much[4000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    screen.alert = much;
    screen.lines = 1000;
    show();
}

/* A clip of less than no size is an error in OpenGL, which goes on with the one before. */
Test(ui, a_clip_with_nothing_in_it_hides_everything)
{
    SDL_Rect clip;

    draw_begin(screen.draw, 1, false);
    draw_push_clip(screen.draw, (struct rect){10, 10, 100, -5});
    SDL_RenderGetClipRect(screen.renderer, &clip);
    cr_expect_eq(clip.h, 0);
    draw_pop_clip(screen.draw);
    draw_push_clip(screen.draw, (struct rect){10, 10, 100, 100});
    draw_push_clip(screen.draw, (struct rect){200, 200, 50, 50});
    SDL_RenderGetClipRect(screen.renderer, &clip);
    cr_expect(clip.w == 0 && clip.h == 0);
    cr_expect(SDL_RenderIsClipEnabled(screen.renderer));
    draw_pop_clip(screen.draw);
    draw_pop_clip(screen.draw);
    draw_end(screen.draw);
}

Test(ui, a_line_may_be_thicker_than_what_it_goes_round)
{
    const SDL_Color white = {255, 255, 255, 255};

    for (int thickness = 1; thickness <= 6; thickness++) {
        for (int side = 1; side <= 12; side++) {
            struct rect rect = {10, 10, (float)side, (float)side};
            draw_begin(screen.draw, 2, false);
            draw_outline(screen.draw, rect, (float)side / 8, (float)thickness, white);
            draw_outline(screen.draw, rect, (float)side / 2, (float)thickness, white);
            draw_end(screen.draw);
        }
    }
}
