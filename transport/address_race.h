/* address_race: which address of a name is tried when (RFC 8305, "Happy Eyeballs"). */
#ifndef MEEPLE_TRANSPORT_ADDRESS_RACE_H
#define MEEPLE_TRANSPORT_ADDRESS_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEEPLE__RACE_MAX = 16,       /* addresses, and so attempts under way at once */
    MEEPLE__RACE_DELAY_MS = 250, /* the Connection Attempt Delay (RFC 8305 section 5) */
    MEEPLE__RACE_NONE = -1
};

/*
 * Addresses are numbers from 0 here, in the order the resolver gave them.  The next one is tried
 * when the last one has had MEEPLE__RACE_DELAY_MS, or at once when any of them failed; those that
 * are under way stay so.  The first to connect wins, which the owner sees and needs no verb.
 *
 *     for (;;) { race_next(), until NONE; wait for race_due_ms() or an answer; race_failed() }
 */
struct meeple__race {
    uint8_t order[MEEPLE__RACE_MAX];
    uint8_t count, started; /* of order */
    uint32_t under_way;     /* a bit for each address */
    uint64_t due_ms;
};

/*
 * families[i] is anything that tells one family of addresses from the other.  The first address
 * stays first, then the families alternate, each in its own order (RFC 8305 section 4, with a First
 * Address Family Count of 1): a family without a way out costs one delay and not one for each of
 * its addresses.  At most MEEPLE__RACE_MAX.
 */
void meeple__race_init(struct meeple__race *race, const int *families, size_t count);

/* The address to try now, which is under way from here on; or MEEPLE__RACE_NONE. */
int meeple__race_next(struct meeple__race *race, uint64_t now_ms);
/* An address under way is not any more.  Another may be due now. */
void meeple__race_failed(struct meeple__race *race, int address);
/*
 * The address that _next gave last could not even be tried, for want of something that may be there
 * later: it is the next again, after a delay or when another has failed.  False if no other is
 * under way to wait for: then nothing happened, and it has failed.
 */
bool meeple__race_put_off(struct meeple__race *race, int address, uint64_t now_ms);

/* When _next has another address; UINT64_MAX: there is none left. */
uint64_t meeple__race_due_ms(const struct meeple__race *race);
bool meeple__race_is_under_way(const struct meeple__race *race, int address);
/* Every address was tried, and failed. */
bool meeple__race_is_lost(const struct meeple__race *race);

#endif /* MEEPLE_TRANSPORT_ADDRESS_RACE_H */
