/* dealer: the host's part of a shared table: what it lets those who sit there do. */
#include "samples/table/dealer_steps.h"

static bool holds_any(const struct table_dealer *dealer, int32_t id)
{
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (dealer->truth[i].holder == id) {
            return true;
        }
    }
    return false;
}

/* It lies there, for that peer to see, which sits at the table and has said its name. */
static bool is_free(const struct table_dealer *dealer, unsigned number, int32_t id)
{
    const struct table_word *word = &dealer->truth[number];
    int seat = table__seat_of(dealer, id);

    return word->holder == 0 && (word->tray == 0 || word->tray == id) && seat >= 0 &&
           dealer->greeted[seat];
}

void table_dealer_take(struct table_dealer *dealer, unsigned number, int32_t id, uint8_t ticket)
{
    struct table_word *word = &dealer->truth[number];

    if (is_free(dealer, number, id) && !holds_any(dealer, id)) {
        word->holder = id;
        word->ticket = ticket;
        word->level = ++dealer->level;
        table__tell(dealer, number);
        if (meeple_object_hand_over(dealer->piece_objects[number], id) == 0) {
            return;
        }
        word->holder = 0;
        table__tell(dealer, number);
    }
    table__deny(dealer, number, id, ticket);
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
    table__name_of(dealer, id, name);
    if (where->place == TABLE_IN_TRAY && (hidden || free_slot(dealer, id) < TABLE_TRAY)) {
        table__release(dealer, number);
        if (!hidden) {
            word->slot = (uint8_t)free_slot(dealer, id);
            word->tray = id;
        }
    } else {
        table__let_go(dealer, number);
        table__lay(dealer, number, where->x, where->y);
    }
    table__tell(dealer, number);
    table__count_trays(dealer);
    if (hidden && word->tray == 0) {
        table__say(dealer, "%s laid a %s on the table", name, what);
    } else if (!hidden && word->tray != 0) {
        table__say(dealer, "%s put a %s into the tray", name, what);
    } else if (!hidden) {
        table__say(dealer, "%s moved a %s", name, what);
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
        word->face = table__first_face(dealer, number);
    } else {
        word->face = word->face == 0 ? dealer->faces[number] : 0;
    }
    table__tell(dealer, number);
    if (word->tray != 0) {
        return; /* that is nobody else's business */
    }
    table__name_of(dealer, id, name);
    if (table_piece_kind(number) == TABLE_DIE) {
        table__say(dealer, "%s threw a %u", name, word->face);
    } else {
        table__say(dealer, "%s turned a card over", name);
    }
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
    table__release(dealer, number);
    table__tell(dealer, number);
    (void)meeple_net_kick(meeple_world_net(dealer->world), id, MEEPLE_CLOSE_POLICY,
                          "that is for the host to say");
}
