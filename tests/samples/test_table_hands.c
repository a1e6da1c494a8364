/* test_table_hands: mouse and keys at the shared table, on a renderer that nobody sees. */
#include <criterion/criterion.h>

#include <SDL.h>
#include <math.h>
#include <string.h>

#include "samples/table/window_hands.h"

#define FIRST_ID 100u
#define DIE ((unsigned)TABLE_CARDS)
#define TOP ((unsigned)TABLE_CARDS - 1) /* of the pack */

/* One player alone at a table of 900 by 700 pixels. */
struct desk {
    SDL_Surface *surface;
    SDL_Renderer *renderer;
    struct draw *draw;
    struct ui *ui;
    struct lobby lobby;
    struct table_game game;
    struct table_layout layout;
    struct table_motion motion;
    struct table_hands hands;
    uint64_t now_ms;
};

static struct desk desk;

static void settle(void)
{
    while (lobby_poll(&desk.lobby, 0) > 0) {
    }
}

static void pass(void)
{
    struct table_hands_view view = {FIRST_ID, &desk.layout, &desk.motion};

    desk.now_ms += 1000;
    draw_begin(desk.draw, 1, true);
    ui_begin(desk.ui, 900, 700, desk.now_ms);
    for (int i = 0; i < 200; i++) { /* everything is where it is */
        (void)table_motion_step(&desk.motion, &desk.game, &desk.layout,
                                desk.now_ms + 16u * (unsigned)i);
    }
    table_hands_pass(desk.ui, &view, &desk.game, &desk.hands);
    if (desk.hands.carry != TABLE_CARRY_NOTHING && desk.hands.thing < TABLE_PIECES) {
        table_motion_set(&desk.motion.pieces[desk.hands.thing], desk.hands.at);
    }
    ui_end(desk.ui);
    draw_end(desk.draw);
    settle();
}

static void open_desk(void)
{
    memset(&desk, 0, sizeof desk);
    SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
    cr_assert_eq(SDL_Init(SDL_INIT_VIDEO), 0);
    desk.surface = SDL_CreateRGBSurfaceWithFormat(0, 900, 700, 32, SDL_PIXELFORMAT_ARGB8888);
    desk.renderer = SDL_CreateSoftwareRenderer(desk.surface);
    cr_assert_not_null(desk.renderer);
    cr_assert_eq(draw_new(&desk.draw, desk.renderer), 0);
    cr_assert_eq(ui_new(&desk.ui, desk.draw), 0);
    table_layout_compute(&desk.layout, 900, 700, false);
    table_game_init(&desk.game, &(struct table_game_options){.name = "Ann", .seed = 4});
    lobby_init(&desk.lobby, &(struct lobby_options){.game = table_lobby_game,
                                                    .user = &desk.game,
                                                    .classes = table_classes});
    cr_assert_eq(lobby_alone(&desk.lobby), 0);
    settle();
    pass();
}

static void close_desk(void)
{
    lobby_done(&desk.lobby);
    ui_free(desk.ui);
    draw_free(desk.draw);
    SDL_DestroyRenderer(desk.renderer);
    SDL_FreeSurface(desk.surface);
    SDL_Quit();
}

TestSuite(table_hands, .init = open_desk, .fini = close_desk);

static void feed(SDL_Event event)
{
    (void)ui_feed(desk.ui, &event, 1);
    pass();
}

static void button(Uint32 kind, SDL_FPoint at, Uint8 clicks)
{
    SDL_Event event = {.button = {.type = kind, .button = SDL_BUTTON_LEFT, .clicks = clicks}};

    event.button.state = kind == SDL_MOUSEBUTTONDOWN ? SDL_PRESSED : SDL_RELEASED;
    event.button.x = (int)lroundf(at.x);
    event.button.y = (int)lroundf(at.y);
    feed(event);
}

static void move(SDL_FPoint at)
{
    SDL_Event event = {.motion = {.type = SDL_MOUSEMOTION}};

    event.motion.x = (int)lroundf(at.x);
    event.motion.y = (int)lroundf(at.y);
    feed(event);
    pass();
}

static void key_with(SDL_Keycode code, Uint16 modifiers)
{
    SDL_Event event = {.key = {.type = SDL_KEYDOWN, .state = SDL_PRESSED}};

    event.key.keysym.sym = code;
    event.key.keysym.mod = modifiers;
    feed(event);
    pass();
}

static void key(SDL_Keycode code)
{
    key_with(code, KMOD_NONE);
}

static SDL_FPoint place(unsigned number)
{
    return table_layout_seen(&desk.layout, desk.motion.pieces[number].at);
}

static SDL_FPoint seen(float x, float y)
{
    return table_layout_seen(&desk.layout, (SDL_FPoint){x, y});
}

static SDL_FPoint tray(void)
{
    return (SDL_FPoint){desk.layout.tray.x + 20, desk.layout.tray.y + 20};
}

static void expect_near(unsigned number, int x, int y)
{
    cr_expect(abs(desk.game.pieces[number]->x - x) <= 2 &&
                  abs(desk.game.pieces[number]->y - y) <= 2,
              "%d, %d", desk.game.pieces[number]->x, desk.game.pieces[number]->y);
}

static void drag(unsigned number, SDL_FPoint to)
{
    button(SDL_MOUSEBUTTONDOWN, place(number), 1);
    move((SDL_FPoint){place(number).x + 10, place(number).y});
    move(to);
    button(SDL_MOUSEBUTTONUP, to, 1);
}

Test(table_hands, the_mouse_carries_a_piece_from_press_to_release)
{
    button(SDL_MOUSEBUTTONDOWN, place(DIE), 1);
    move(seen(300, 200));
    cr_expect_eq(desk.hands.carry, TABLE_CARRY_MOUSE);
    cr_expect(table_game_holds(&desk.game, DIE));
    expect_near(DIE, 300, 200);
    move(seen(500, 700));
    expect_near(DIE, 500, 700);
    button(SDL_MOUSEBUTTONUP, seen(500, 700), 1);
    cr_expect_eq(desk.hands.carry, TABLE_CARRY_NOTHING);
    cr_expect_eq(desk.game.pieces[DIE]->word.holder, 0);
    expect_near(DIE, 500, 700);
}

Test(table_hands, a_piece_is_carried_by_where_it_was_taken)
{
    SDL_FPoint corner = {place(DIE).x + 8, place(DIE).y + 8};

    button(SDL_MOUSEBUTTONDOWN, corner, 1);
    move((SDL_FPoint){seen(300, 200).x + 8, seen(300, 200).y + 8});
    expect_near(DIE, 300, 200);
}

Test(table_hands, a_click_takes_nothing_and_two_turn)
{
    SDL_FPoint at = place(TOP);

    button(SDL_MOUSEBUTTONDOWN, at, 1);
    move((SDL_FPoint){at.x + 2, at.y});
    button(SDL_MOUSEBUTTONUP, at, 1);
    cr_expect_eq(desk.game.pieces[TOP]->word.level, TOP + 1);
    cr_expect_eq(desk.game.pieces[TOP]->word.face, 0);
    button(SDL_MOUSEBUTTONDOWN, at, 2);
    button(SDL_MOUSEBUTTONUP, at, 2);
    cr_expect_neq(desk.game.pieces[TOP]->word.face, 0);
}

Test(table_hands, of_pieces_on_one_another_the_topmost_is_taken)
{
    drag(DIE, place(TOP));
    cr_expect_eq(desk.game.pieces[TOP]->word.level, TOP + 1);
    drag(DIE, seen(200, 200));
    expect_near(DIE, 200, 200);
    drag(TOP, seen(400, 300));
    expect_near(TOP, 400, 300);
}

Test(table_hands, what_is_let_go_over_the_tray_lies_in_it)
{
    drag(TOP, tray());
    cr_expect(table_game_in_tray(&desk.game, TOP));
    pass();
    drag(TOP, seen(400, 300));
    cr_expect_not(table_game_in_tray(&desk.game, TOP));
    expect_near(TOP, 400, 300);
}

Test(table_hands, what_flies_out_of_the_hand_is_no_longer_carried)
{
    button(SDL_MOUSEBUTTONDOWN, place(DIE), 1);
    move(seen(300, 200));
    cr_assert(table_game_holds(&desk.game, DIE));
    cr_expect_eq(table_game_flip(&desk.game, true), 0);
    settle();
    pass();
    move(seen(310, 200));
    cr_expect_eq(desk.game.pieces[DIE]->y, TABLE_HEIGHT / 2);
}

Test(table_hands, a_pawn_is_dragged_too)
{
    SDL_FPoint at = table_layout_seen(&desk.layout, desk.motion.pawns[0].at);

    button(SDL_MOUSEBUTTONDOWN, at, 1);
    move(seen(600, 150));
    button(SDL_MOUSEBUTTONUP, seen(600, 150), 1);
    cr_expect(abs(desk.game.pawns[0]->x - 600) <= 2 && abs(desk.game.pawns[0]->y - 150) <= 2);
}

Test(table_hands, tab_chooses_and_arrows_move)
{
    int x = desk.game.pieces[0]->x, y = desk.game.pieces[0]->y;

    key(SDLK_TAB);
    cr_expect_eq(ui_focused(desk.ui), FIRST_ID + TABLE_OWN_PAWN);
    key(SDLK_TAB);
    cr_expect_eq(ui_focused(desk.ui), FIRST_ID);
    key(SDLK_LEFT);
    cr_expect(table_game_holds(&desk.game, 0));
    key(SDLK_UP);
    key_with(SDLK_LEFT, KMOD_LSHIFT);
    expect_near(0, x - 80, y - 16);
    key(SDLK_RETURN);
    cr_expect_eq(desk.game.pieces[0]->word.holder, 0);
    expect_near(0, x - 80, y - 16);
}

Test(table_hands, enter_picks_up_and_tab_puts_down)
{
    ui_focus(desk.ui, FIRST_ID + DIE);
    pass();
    key(SDLK_RETURN);
    cr_expect(table_game_holds(&desk.game, DIE));
    key(SDLK_RIGHT);
    key(SDLK_TAB);
    pass();
    cr_expect_eq(desk.game.pieces[DIE]->word.holder, 0);
    cr_expect_eq(desk.hands.carry, TABLE_CARRY_NOTHING);
}

Test(table_hands, a_key_hides_in_the_tray_and_another_turns)
{
    ui_focus(desk.ui, FIRST_ID);
    pass();
    key(SDLK_r);
    cr_expect_neq(desk.game.pieces[0]->word.face, 0);
    key(SDLK_t);
    cr_expect(table_game_in_tray(&desk.game, 0));
    cr_expect_eq(ui_focused(desk.ui), FIRST_ID, "it can go on from there");
    key(SDLK_t);
    cr_expect_not(table_game_in_tray(&desk.game, 0));
    cr_expect_gt(desk.game.pieces[0]->y, TABLE_HEIGHT / 2, "over the edge of the tray");
    key(SDLK_RETURN);
    key(SDLK_t);
    cr_expect(table_game_in_tray(&desk.game, 0));
    cr_expect_eq(desk.hands.carry, TABLE_CARRY_NOTHING);
}

Test(table_hands, escape_puts_down)
{
    ui_focus(desk.ui, FIRST_ID + DIE);
    pass();
    key(SDLK_DOWN);
    key(SDLK_ESCAPE);
    cr_expect_eq(desk.game.pieces[DIE]->word.holder, 0);
    cr_expect_eq(desk.hands.carry, TABLE_CARRY_NOTHING);
}

Test(table_hands, others_see_a_piece_glide_there)
{
    struct table_motion motion = {.now_ms = 1000};
    float before, x = desk.game.pieces[DIE]->x;

    (void)table_motion_step(&motion, &desk.game, &desk.layout, 1016);
    cr_expect_eq(motion.pieces[DIE].at.x, x, "at once where it is first seen");
    desk.game.pieces[DIE]->x = (int16_t)(x + 400);
    before = x;
    for (uint64_t ms = 1032; ms < 2000; ms += 16) {
        bool moves = table_motion_step(&motion, &desk.game, &desk.layout, ms);

        cr_expect(motion.pieces[DIE].at.x >= before && motion.pieces[DIE].at.x <= x + 400);
        cr_expect(moves == (motion.pieces[DIE].at.x < x + 400));
        before = motion.pieces[DIE].at.x;
    }
    cr_expect_eq(before, x + 400, "and it arrives");
}

Test(table_hands, after_a_flip_everything_is_in_the_air_for_a_while)
{
    uint64_t ms;

    cr_expect_not(table_motion_flies(&desk.motion));
    cr_expect_eq(table_game_flip(&desk.game, false), 0);
    settle();
    ms = desk.now_ms + 10000;
    (void)table_motion_step(&desk.motion, &desk.game, &desk.layout, ms);
    cr_expect(table_motion_flies(&desk.motion));
    for (int i = 0; i < 100; i++) {
        (void)table_motion_step(&desk.motion, &desk.game, &desk.layout, ms += 16);
    }
    cr_expect_not(table_motion_flies(&desk.motion));
}

Test(table_hands, everything_is_on_the_window_at_any_size)
{
    static const float sizes[][2] = {{480, 360}, {640, 480}, {1024, 720}, {1920, 600}, {500, 1200}};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct table_layout layout;
        float width = sizes[i][0], height = sizes[i][1];
        const struct rect *rects[] = {&layout.rim,  &layout.tray,      &layout.leave,
                                      &layout.flip, &layout.form_card, &layout.overlay};

        table_layout_compute(&layout, width, height, false);
        for (size_t r = 0; r < sizeof rects / sizeof rects[0]; r++) {
            cr_expect(rects[r]->x >= 0 && rects[r]->y >= 0 && rects[r]->x + rects[r]->w <= width &&
                          rects[r]->y + rects[r]->h <= height,
                      "rect %zu at %.0f by %.0f", r, (double)width, (double)height);
        }
        cr_expect_gt(layout.unit, 0.2f);
        cr_expect(layout.rim.y + layout.rim.h < layout.tray.y);
    }
}

/* On a telephone dice are smaller than fingers, and nearer to one another. */
Test(table_hands, of_things_within_a_fingers_reach_the_nearest_is_taken)
{
    table_layout_compute(&desk.layout, 390, 844, true);
    pass();
    for (unsigned die = DIE; die < DIE + TABLE_DICE; die++) {
        SDL_FPoint at = place(die);
        float side = 2 * (float)table_half_width(TABLE_DIE) * desk.layout.unit;

        cr_assert_lt(side, TABLE_LAYOUT_FINGER / 2);
        at.x += 3;
        at.y += side / 2 + 6; /* just beside it */
        button(SDL_MOUSEBUTTONDOWN, at, 1);
        cr_expect_eq(ui_focused(desk.ui), FIRST_ID + die);
        button(SDL_MOUSEBUTTONUP, at, 1);
    }
    SDL_FPoint far = place(DIE);
    far.y += TABLE_LAYOUT_FINGER;
    button(SDL_MOUSEBUTTONDOWN, far, 1);
    cr_expect_eq(ui_focused(desk.ui), 0);
    button(SDL_MOUSEBUTTONUP, far, 1);
}

Test(table_hands, near_a_pile_its_highest_is_taken)
{
    table_layout_compute(&desk.layout, 390, 844, true);
    pass();
    SDL_FPoint at = place(TOP);
    float wide = 2 * (float)table_half_width(TABLE_CARD) * desk.layout.unit;

    at.x += wide / 2 + 5;
    button(SDL_MOUSEBUTTONDOWN, at, 1);
    cr_expect_eq(ui_focused(desk.ui), FIRST_ID + TOP);
}

Test(table_hands, what_lies_in_the_tray_is_taken_where_it_is_seen_though_it_is_larger_there)
{
    table_layout_compute(&desk.layout, 390, 844, true);
    pass();
    ui_focus(desk.ui, FIRST_ID + TOP);
    key(SDLK_t);
    pass();
    cr_assert(table_game_rests_in_tray(&desk.game, TOP));
    SDL_FPoint at = table_layout_slot_seen(&desk.layout, 0);
    at.x += (float)table_half_width(TABLE_CARD) * desk.layout.tray_unit - 2;
    at.y -= (float)table_half_height(TABLE_CARD) * desk.layout.tray_unit - 2;
    ui_focus(desk.ui, 0);
    pass();
    button(SDL_MOUSEBUTTONDOWN, at, 1);
    cr_expect_eq(ui_focused(desk.ui), FIRST_ID + TOP);
}

/* A telephone may draw four frames a second; what moves is no slower there. */
Test(table_hands, what_glides_is_there_in_time_however_slow_the_frames)
{
    struct table_piece *die = desk.game.pieces[DIE];
    struct table_seen *seen_die = &desk.motion.pieces[DIE];
    uint64_t later_ms = desk.now_ms + 100000;
    float from = seen_die->at.x;

    die->x = (int16_t)(die->x + 400);
    cr_expect(table_motion_step(&desk.motion, &desk.game, &desk.layout, later_ms));
    cr_expect_lt(seen_die->at.x, from + 200, "it begins slowly, after a rest as well");
    cr_expect(table_motion_step(&desk.motion, &desk.game, &desk.layout, later_ms + 250));
    cr_expect_gt(seen_die->at.x, from + 390);
    table_motion_step(&desk.motion, &desk.game, &desk.layout, later_ms + 500);
    cr_expect_float_eq(seen_die->at.x, die->x, 1);
}
