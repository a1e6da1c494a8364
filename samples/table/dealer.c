/* dealer: the host's part of a shared table: what only it knows, and what it lets others do. */
#include "samples/table/dealer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "samples/lobby/luck.h"
#include "samples/lobby/text.h"

/* Where the pawns stand at first: beside the table's edge, so that neighbours are no neighbours.
 */
static const struct {
    int16_t x, y;
} places[TABLE_SEATS] = {
    {TABLE_WIDTH / 2, TABLE_HEIGHT - 110},
    {TABLE_WIDTH / 2, 110},
    {110, TABLE_HEIGHT / 2},
    {TABLE_WIDTH - 110, TABLE_HEIGHT / 2},
    {TABLE_WIDTH / 5, TABLE_HEIGHT - 110},
    {TABLE_WIDTH * 4 / 5, 110},
    {TABLE_WIDTH / 5, 110},
    {TABLE_WIDTH * 4 / 5, TABLE_HEIGHT - 110},
};

static void say(struct table_dealer *dealer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct table_dealer *dealer, const char *format, ...)
{
    char line[LOBBY_LINE_MAX + 1];
    char clean[LOBBY_LINE_MAX + 1];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    lobby_text_clean(clean, sizeof clean, line); /* what was cut in the middle of a letter, too */
    dealer->board.said++;
    (void)meeple_rpc(dealer->board_object, MEEPLE_ALL, table_said, clean);
}

static int seat_of(const struct table_dealer *dealer, int32_t id)
{
    for (int seat = 0; seat < TABLE_SEATS; seat++) {
        if (dealer->pawn_objects[seat] && dealer->pawns[seat].id == id) {
            return seat;
        }
    }
    return TABLE_NOTHING;
}

/* Of a peer that sits here, for the log. */
static const char *name_of(const struct table_dealer *dealer, int32_t id, char *dst)
{
    int seat = seat_of(dealer, id);

    table_pawn_name(dst, seat >= 0 ? &dealer->pawns[seat] : NULL);
    return dst;
}

static uint32_t luck(struct table_dealer *dealer, uint32_t sides)
{
    return lobby_luck(&dealer->random, sides);
}

/* Makes what has been decided of the piece true for everybody. */
static void tell(struct table_dealer *dealer, unsigned number)
{
    struct table_word *word = &dealer->truth[number];
    bool card = table_piece_kind(number) == TABLE_CARD;

    word->secret = card && word->tray != 0 ? dealer->faces[number] : 0;
    dealer->pieces[number].word = *word;
}

static void count_trays(struct table_dealer *dealer)
{
    memset(dealer->board.trays, 0, sizeof dealer->board.trays);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        int seat = dealer->truth[i].tray ? seat_of(dealer, dealer->truth[i].tray) : TABLE_NOTHING;

        if (seat >= 0) {
            dealer->board.trays[seat]++;
        }
    }
}

static void deny(struct table_dealer *dealer, unsigned number, int32_t id, uint8_t ticket)
{
    (void)meeple_rpc(dealer->board_object, id, table_denied, (uint8_t)number, ticket);
}

/* Out of the hand that held it, which is told. */
static void wrest(struct table_dealer *dealer, unsigned number)
{
    const struct table_word *word = &dealer->truth[number];

    if (word->holder != 0) {
        deny(dealer, number, word->holder, word->ticket);
    }
}

/* On the table, nobody's, where it is. */
static void let_go(struct table_dealer *dealer, unsigned number)
{
    struct table_word *word = &dealer->truth[number];
    meeple_object *object = dealer->piece_objects[number];

    (void)meeple_object_hand_over(object, MEEPLE_SERVER); /* cannot fail towards the host */
    word->holder = 0;
    word->tray = 0;
    word->slot = 0;
}

static void lay(struct table_dealer *dealer, unsigned number, int x, int y)
{
    table_kind kind = table_piece_kind(number);

    dealer->pieces[number].x = table_fit_x(kind, x);
    dealer->pieces[number].y = table_fit_y(kind, y);
}

static uint8_t first_face(struct table_dealer *dealer, unsigned number)
{
    return table_piece_kind(number) == TABLE_DIE ? (uint8_t)(1 + luck(dealer, 6)) : 0;
}

static void shuffle(struct table_dealer *dealer)
{
    for (unsigned i = 0; i < TABLE_CARDS; i++) {
        unsigned other = luck(dealer, i + 1);

        dealer->faces[i] = dealer->faces[other];
        dealer->faces[other] = (uint8_t)(i + 1);
    }
}

/* Everything to where it began. */
static void tidy(struct table_dealer *dealer)
{
    shuffle(dealer);
    dealer->level = 0;
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        int16_t x, y;

        wrest(dealer, i);
        let_go(dealer, i);
        table_home(i, &x, &y);
        lay(dealer, i, x, y);
        dealer->truth[i].face = first_face(dealer, i);
        dealer->truth[i].level = ++dealer->level;
        tell(dealer, i);
    }
}

/* What lies on the table flies about; trays are not on it. */
static void overturn(struct table_dealer *dealer)
{
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        struct table_word *word = &dealer->truth[i];

        if (word->tray != 0) {
            continue;
        }
        wrest(dealer, i);
        let_go(dealer, i);
        lay(dealer, i, (int)luck(dealer, TABLE_WIDTH), (int)luck(dealer, TABLE_HEIGHT));
        word->face = first_face(dealer, i);
        if (table_piece_kind(i) == TABLE_CARD && luck(dealer, 2) == 0) {
            word->face = dealer->faces[i];
        }
        word->level = ++dealer->level;
        tell(dealer, i);
    }
}

int table_dealer_begin(struct table_dealer *dealer, meeple_world *world, uint64_t seed)
{
    int rc;

    *dealer = (struct table_dealer){.world = world, .random = seed};
    rc = meeple_object_spawn(&dealer->board_object, world, &table_board_class, "board",
                             &dealer->board);
    for (unsigned i = 0; i < TABLE_PIECES && rc == 0; i++) {
        char path[24];

        snprintf(path, sizeof path, "pieces/%u", i);
        dealer->pieces[i].number = (uint8_t)i;
        rc = meeple_object_spawn(&dealer->piece_objects[i], world, &table_piece_class, path,
                                 &dealer->pieces[i]);
        if (rc == 0) {
            /* To everybody, as far as the filter lets it. */
            rc = meeple_object_show_group(dealer->piece_objects[i], TABLE_SECRET, MEEPLE_ALL, true);
        }
    }
    if (rc == 0) {
        tidy(dealer);
    } else {
        dealer->world = NULL;
    }
    return rc;
}

void table_dealer_end(struct table_dealer *dealer)
{
    dealer->world = NULL;
}

int table_dealer_join(struct table_dealer *dealer, int32_t id, const char *name)
{
    struct table_pawn *pawn;
    unsigned seat = 0;
    char path[24];
    int rc;

    while (seat < TABLE_SEATS && dealer->taken[seat]) {
        seat++;
    }
    if (seat == TABLE_SEATS) {
        return MEEPLE_EFULL;
    }
    pawn = &dealer->pawns[seat];
    *pawn = (struct table_pawn){
        .id = id, .seat = (uint8_t)seat, .x = places[seat].x, .y = places[seat].y};
    snprintf(pawn->name, sizeof pawn->name, "%s", name);
    snprintf(path, sizeof path, "pawns/%" PRId32, id);
    rc = meeple_object_spawn(&dealer->pawn_objects[seat], dealer->world, &table_pawn_class, path,
                             pawn);
    if (rc == 0) {
        dealer->taken[seat] = true;
        dealer->greeted[seat] = false;
        rc = meeple_object_hand_over(dealer->pawn_objects[seat], id);
    }
    return rc;
}

void table_dealer_greet(struct table_dealer *dealer, unsigned seat)
{
    char name[LOBBY_NAME_MAX + 1];

    if (dealer->pawn_objects[seat] && !dealer->greeted[seat] && dealer->pawns[seat].name[0]) {
        dealer->greeted[seat] = true;
        say(dealer, "%s sat down", name_of(dealer, dealer->pawns[seat].id, name));
    }
}

void table_dealer_leave(struct table_dealer *dealer, int32_t id)
{
    int seat = seat_of(dealer, id);
    char name[LOBBY_NAME_MAX + 1];

    if (seat < 0) {
        return;
    }
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        struct table_word *word = &dealer->truth[i];

        if (word->tray == id) {
            int16_t middle = places[seat].x;

            lay(dealer, i, middle + (word->slot - TABLE_TRAY / 2) * 40,
                (places[seat].y + TABLE_HEIGHT / 2) / 2);
            word->face = table_piece_kind(i) == TABLE_CARD ? 0 : word->face;
            word->level = ++dealer->level;
        } else if (word->holder != id) {
            continue;
        }
        let_go(dealer, i);
        tell(dealer, i);
    }
    name_of(dealer, id, name);
    dealer->pawn_objects[seat] = NULL;
    count_trays(dealer);
    if (dealer->greeted[seat]) {
        say(dealer, "%s left", name);
    }
}

void table_dealer_left(struct table_dealer *dealer, unsigned seat)
{
    dealer->taken[seat] = false;
    dealer->pawn_objects[seat] = NULL;
}

static bool holds_any(const struct table_dealer *dealer, int32_t id)
{
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (dealer->truth[i].holder == id) {
            return true;
        }
    }
    return false;
}

/* It lies there, for that peer to see. */
static bool is_free(const struct table_dealer *dealer, unsigned number, int32_t id)
{
    const struct table_word *word = &dealer->truth[number];

    return word->holder == 0 && (word->tray == 0 || word->tray == id) && seat_of(dealer, id) >= 0;
}

void table_dealer_take(struct table_dealer *dealer, unsigned number, int32_t id, uint8_t ticket)
{
    struct table_word *word = &dealer->truth[number];

    if (is_free(dealer, number, id) && !holds_any(dealer, id)) {
        word->holder = id;
        word->ticket = ticket;
        word->level = ++dealer->level;
        tell(dealer, number);
        if (meeple_object_hand_over(dealer->piece_objects[number], id) == 0) {
            return;
        }
        word->holder = 0;
        tell(dealer, number);
    }
    deny(dealer, number, id, ticket);
}

/* The first that is free in the peer's tray, or TABLE_TRAY. */
static unsigned free_slot(const struct table_dealer *dealer, int32_t id)
{
    unsigned used = 0;
    unsigned slot = 0;

    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (dealer->truth[i].tray == id) {
            used |= 1u << dealer->truth[i].slot;
        }
    }
    while (slot < TABLE_TRAY && (used & 1u << slot) != 0) {
        slot++;
    }
    return slot;
}

void table_dealer_put(struct table_dealer *dealer, unsigned number, int32_t id,
                      const struct table_put *where)
{
    struct table_word *word = &dealer->truth[number];
    const char *what = table_kind_name(table_piece_kind(number));
    bool hidden = word->tray != 0;
    char name[LOBBY_NAME_MAX + 1];

    if (word->holder != id || word->ticket != where->ticket) {
        return; /* it was taken from that peer in the meantime */
    }
    name_of(dealer, id, name);
    if (where->place == TABLE_IN_TRAY && (hidden || free_slot(dealer, id) < TABLE_TRAY)) {
        (void)meeple_object_hand_over(dealer->piece_objects[number], MEEPLE_SERVER);
        word->holder = 0;
        if (!hidden) {
            word->slot = (uint8_t)free_slot(dealer, id);
            word->tray = id;
        }
    } else {
        let_go(dealer, number);
        lay(dealer, number, where->x, where->y);
    }
    tell(dealer, number);
    count_trays(dealer);
    if (hidden && word->tray == 0) {
        say(dealer, "%s laid a %s on the table", name, what);
    } else if (!hidden && word->tray != 0) {
        say(dealer, "%s put a %s into the tray", name, what);
    } else if (!hidden) {
        say(dealer, "%s moved a %s", name, what);
    }
}

void table_dealer_turn(struct table_dealer *dealer, unsigned number, int32_t id)
{
    struct table_word *word = &dealer->truth[number];
    char name[LOBBY_NAME_MAX + 1];

    if (!is_free(dealer, number, id) || table_piece_kind(number) == TABLE_CHIP) {
        return;
    }
    if (table_piece_kind(number) == TABLE_DIE) {
        word->face = first_face(dealer, number);
    } else {
        word->face = word->face == 0 ? dealer->faces[number] : 0;
    }
    tell(dealer, number);
    if (word->tray != 0) {
        return; /* that is nobody else's business */
    }
    name_of(dealer, id, name);
    if (table_piece_kind(number) == TABLE_DIE) {
        say(dealer, "%s threw a %u", name, word->face);
    } else {
        say(dealer, "%s turned a card over", name);
    }
}

void table_dealer_flip(struct table_dealer *dealer, bool to_tidy)
{
    if (to_tidy) {
        tidy(dealer);
    } else {
        overturn(dealer);
    }
    count_trays(dealer);
    dealer->board.flips++;
    say(dealer, to_tidy ? "The host tidied the table" : "The host flipped the table");
}

static bool same(const struct table_word *a, const struct table_word *b)
{
    return a->holder == b->holder && a->ticket == b->ticket && a->tray == b->tray &&
           a->level == b->level && a->slot == b->slot && a->face == b->face &&
           a->secret == b->secret;
}

void table_dealer_check(struct table_dealer *dealer, unsigned number)
{
    struct table_word *word = &dealer->truth[number];
    int32_t id = word->holder;

    if (same(&dealer->pieces[number].word, word)) {
        return;
    }
    (void)meeple_object_hand_over(dealer->piece_objects[number], MEEPLE_SERVER);
    word->holder = 0;
    tell(dealer, number);
    (void)meeple_net_kick(meeple_world_net(dealer->world), id, MEEPLE_CLOSE_POLICY,
                          "that is for the host to say");
}
