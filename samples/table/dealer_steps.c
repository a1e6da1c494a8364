/* dealer_steps: the small steps that everything the host does to the table is made of. */
#include "samples/table/dealer_steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "samples/lobby/luck.h"
#include "samples/lobby/text.h"

void table__say(struct table_dealer *dealer, const char *format, ...)
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

int table__seat_of(const struct table_dealer *dealer, int32_t id)
{
    for (int seat = 0; seat < TABLE_SEATS; seat++) {
        if (dealer->pawn_objects[seat] && dealer->pawns[seat].id == id) {
            return seat;
        }
    }
    return TABLE_NOTHING;
}

/* Of a peer that sits here, for the log. */
const char *table__name_of(const struct table_dealer *dealer, int32_t id, char *dst)
{
    int seat = table__seat_of(dealer, id);

    table_pawn_name(dst, seat >= 0 ? &dealer->pawns[seat] : NULL);
    return dst;
}

/* Makes what has been decided of the piece true for everybody. */
void table__tell(struct table_dealer *dealer, unsigned number)
{
    struct table_word *word = &dealer->truth[number];
    bool card = table_piece_kind(number) == TABLE_CARD;

    word->secret = card && word->tray != 0 ? dealer->faces[number] : 0;
    dealer->pieces[number].word = *word;
}

void table__count_trays(struct table_dealer *dealer)
{
    memset(dealer->board.trays, 0, sizeof dealer->board.trays);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        int seat =
            dealer->truth[i].tray ? table__seat_of(dealer, dealer->truth[i].tray) : TABLE_NOTHING;

        if (seat >= 0) {
            dealer->board.trays[seat]++;
        }
    }
}

void table__deny(struct table_dealer *dealer, unsigned number, int32_t id, uint8_t ticket)
{
    (void)meeple_rpc(dealer->board_object, id, table_denied, (uint8_t)number, ticket);
}

void table__lay(struct table_dealer *dealer, unsigned number, int x, int y)
{
    table_kind kind = table_piece_kind(number);

    dealer->pieces[number].x = table_fit_x(kind, x);
    dealer->pieces[number].y = table_fit_y(kind, y);
}

/* Out of the hand.  Who held it may have left it over the edge. */
void table__release(struct table_dealer *dealer, unsigned number)
{
    struct table_piece *piece = &dealer->pieces[number];

    /* Cannot fail towards the host. */
    (void)meeple_object_hand_over(dealer->piece_objects[number], MEEPLE_SERVER);
    dealer->truth[number].holder = 0;
    table__lay(dealer, number, piece->x, piece->y);
}

/* On the table, nobody's, where it is. */
void table__let_go(struct table_dealer *dealer, unsigned number)
{
    struct table_word *word = &dealer->truth[number];

    table__release(dealer, number);
    word->tray = 0;
    word->slot = 0;
}

uint8_t table__first_face(struct table_dealer *dealer, unsigned number)
{
    return table_piece_kind(number) == TABLE_DIE ? (uint8_t)(1 + lobby_luck(&dealer->random, 6))
                                                 : 0;
}
