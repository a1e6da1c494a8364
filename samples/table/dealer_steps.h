/* dealer_steps: the small steps that everything the host does to the table is made of. */
#ifndef TABLE_DEALER_STEPS_H
#define TABLE_DEALER_STEPS_H

#include "samples/table/dealer.h"

/* A line of everybody's log. */
void table__say(struct table_dealer *dealer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Of a peer that sits here; else TABLE_NOTHING. */
int table__seat_of(const struct table_dealer *dealer, int32_t id);
/* For the log: returns dst, which has LOBBY_NAME_MAX + 1 bytes. */
const char *table__name_of(const struct table_dealer *dealer, int32_t id, char *dst);

/* Makes what has been decided of the piece true for everybody. */
void table__tell(struct table_dealer *dealer, unsigned number);
void table__count_trays(struct table_dealer *dealer);
/* The peer may not have that piece, or not any longer. */
void table__deny(struct table_dealer *dealer, unsigned number, int32_t id, uint8_t ticket);

/* It is in no hand any more, and wholly on the table or in the tray; to be told. */
void table__release(struct table_dealer *dealer, unsigned number);
/* It is on the table, nobody's, where it is; to be told. */
void table__let_go(struct table_dealer *dealer, unsigned number);
/* Moves it to the nearest place where it is wholly on the table. */
void table__lay(struct table_dealer *dealer, unsigned number, int x, int y);
/* As it lies when it comes out of the box: a card face down, a die as luck will have it. */
uint8_t table__first_face(struct table_dealer *dealer, unsigned number);

#endif /* TABLE_DEALER_STEPS_H */
