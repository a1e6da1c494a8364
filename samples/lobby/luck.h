/* luck: numbers that nobody can foresee who does not know the seed. */
#ifndef LOBBY_LUCK_H
#define LOBBY_LUCK_H

#include <stdint.h>

/* One of that many sides, each as likely, counted from 0.  *state is the seed at first. */
uint32_t lobby_luck(uint64_t *state, uint32_t sides);

#endif /* LOBBY_LUCK_H */
