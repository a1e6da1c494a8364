/* dealer_box: the host's part of a shared table: all pieces at once. */
#include "samples/table/dealer_steps.h"

#include <stdio.h>

#include "samples/lobby/luck.h"

static uint32_t luck(struct table_dealer *dealer, uint32_t sides)
{
    return lobby_luck(&dealer->random, sides);
}

/* Out of the hand that held it, which is told. */
static void wrest(struct table_dealer *dealer, unsigned number)
{
    const struct table_word *word = &dealer->truth[number];

    if (word->holder != 0) {
        table__deny(dealer, number, word->holder, word->ticket);
    }
}

/* The cards that are in no tray, so that who has seen one does not know it by its number. */
static void shuffle(struct table_dealer *dealer)
{
    uint8_t *loose[TABLE_CARDS];
    unsigned count = 0;

    for (unsigned i = 0; i < TABLE_CARDS; i++) {
        if (dealer->truth[i].tray == 0) {
            loose[count++] = &dealer->faces[i];
        }
    }
    for (; count > 1; count--) {
        uint8_t *other = loose[luck(dealer, count)];
        uint8_t face = *other;

        *other = *loose[count - 1];
        *loose[count - 1] = face;
    }
}

/* Everything to where it began. */
static void tidy(struct table_dealer *dealer)
{
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        wrest(dealer, i);
        table__let_go(dealer, i);
    }
    shuffle(dealer);
    dealer->level = 0;
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        int16_t x, y;

        table_home(i, &x, &y);
        table__lay(dealer, i, x, y);
        dealer->truth[i].face = table__first_face(dealer, i);
        dealer->truth[i].level = ++dealer->level;
        table__tell(dealer, i);
    }
}

/* What lies on the table flies about; trays are not on it. */
static void overturn(struct table_dealer *dealer)
{
    shuffle(dealer);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        struct table_word *word = &dealer->truth[i];

        if (word->tray != 0) {
            continue;
        }
        wrest(dealer, i);
        table__let_go(dealer, i);
        table__lay(dealer, i, (int)luck(dealer, TABLE_WIDTH), (int)luck(dealer, TABLE_HEIGHT));
        word->face = table__first_face(dealer, i);
        if (table_piece_kind(i) == TABLE_CARD && luck(dealer, 2) == 0) {
            word->face = dealer->faces[i];
        }
        word->level = ++dealer->level;
        table__tell(dealer, i);
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
        if (table_piece_kind(i) == TABLE_CARD) {
            dealer->faces[i] = (uint8_t)(i + 1);
        }
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

void table_dealer_flip(struct table_dealer *dealer, bool to_tidy)
{
    if (to_tidy) {
        tidy(dealer);
    } else {
        overturn(dealer);
    }
    table__count_trays(dealer);
    dealer->board.flips++;
    table__say(dealer, to_tidy ? "The host tidied the table" : "The host flipped the table");
}
