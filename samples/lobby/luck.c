/* luck: numbers that nobody can foresee who does not know the seed. */
#include "samples/lobby/luck.h"

/* splitmix64 (Steele, Lea, Flood 2014): small, and good enough for dice. */
uint32_t lobby_luck(uint64_t *state, uint32_t sides)
{
    uint64_t bits = *state += 0x9E3779B97F4A7C15u;

    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
    bits ^= bits >> 31;
    return (uint32_t)(((bits >> 32) * sides) >> 32);
}
