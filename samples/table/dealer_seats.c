/* dealer_seats: the host's part of a shared table: who comes and who goes. */
#include "samples/table/dealer_steps.h"

#include <inttypes.h>
#include <stdio.h>

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
        if (rc < 0) {
            meeple_object_remove(dealer->pawn_objects[seat]);
            dealer->pawn_objects[seat] = NULL;
        }
    }
    return rc;
}

void table_dealer_greet(struct table_dealer *dealer, unsigned seat)
{
    char name[LOBBY_NAME_MAX + 1];

    if (dealer->pawn_objects[seat] && !dealer->greeted[seat] && dealer->pawns[seat].name[0]) {
        dealer->greeted[seat] = true;
        table__say(dealer, "%s sat down", table__name_of(dealer, dealer->pawns[seat].id, name));
    }
}

void table_dealer_leave(struct table_dealer *dealer, int32_t id)
{
    int seat = table__seat_of(dealer, id);
    char name[LOBBY_NAME_MAX + 1];

    if (seat < 0) {
        return;
    }
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        struct table_word *word = &dealer->truth[i];

        if (word->tray == id) {
            int16_t middle = places[seat].x;

            table__lay(dealer, i, middle + (word->slot - TABLE_TRAY / 2) * 40,
                       (places[seat].y + TABLE_HEIGHT / 2) / 2);
            word->face = table_piece_kind(i) == TABLE_CARD ? 0 : word->face;
            word->level = ++dealer->level;
        } else if (word->holder != id) {
            continue;
        }
        table__let_go(dealer, i);
        table__tell(dealer, i);
    }
    table__name_of(dealer, id, name);
    dealer->pawn_objects[seat] = NULL;
    table__count_trays(dealer);
    if (dealer->greeted[seat]) {
        table__say(dealer, "%s left", name);
    }
}

void table_dealer_left(struct table_dealer *dealer, unsigned seat)
{
    dealer->taken[seat] = false;
    dealer->pawn_objects[seat] = NULL;
}
