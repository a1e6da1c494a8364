/* decks: a class with structs inside structs, counted arrays, and members that point at something.
 */
#ifndef TESTS_RPC_DECKS_H
#define TESTS_RPC_DECKS_H

#include <meeple/state.h>

enum suit {
    CLUBS,
    SPADES
};

/* Between its members lie bytes that are nobody's. */
struct card {
    uint8_t rank; /* 1..13 */
    enum suit suit;
    const char *note;
};

struct hand {
    uint8_t count;
    char label[6];
    struct card cards[3];
    double weight;
};

struct deck {
    char local; /* no state */
    struct card top;
    uint16_t hand_count;
    struct hand hands[4];
    uint8_t chip_count;
    int32_t chips[5]; /* 1..100 */
    const char *title, *names[2];
    meeple_bytes blob; /* at most 9 */
    meeple_value value;
    uint32_t value_count;
    meeple_value values[3];
};

static const meeple_field card_fields[] = {
    MEEPLE_STATE(struct card, rank, .min = 1, .max = 13),
    MEEPLE_STATE(struct card, suit, .max = SPADES),
    MEEPLE_STATE(struct card, note, .flags = MEEPLE_OWNER_ONLY),
};

static const meeple_field hand_fields[] = {
    MEEPLE_STATE(struct hand, label),
    MEEPLE_STATE_STRUCT(struct hand, cards, struct card, card_fields,
                        MEEPLE_COUNTED_BY(struct hand, count)),
    MEEPLE_STATE(struct hand, weight),
};

static const meeple_field deck_fields[] = {
    MEEPLE_STATE(struct deck, title, .flags = MEEPLE_ON_SPAWN, .max = 20),
    MEEPLE_STATE_STRUCT(struct deck, top, struct card, card_fields),
    MEEPLE_STATE_STRUCT(struct deck, hands, struct hand, hand_fields,
                        MEEPLE_COUNTED_BY(struct deck, hand_count)),
    MEEPLE_STATE(struct deck, chips, MEEPLE_COUNTED_BY(struct deck, chip_count), .min = 1,
                 .max = 100),
    MEEPLE_STATE(struct deck, names, .max = 12),
    MEEPLE_STATE(struct deck, blob, .max = 9, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct deck, value, .max = 40),
    MEEPLE_STATE(struct deck, values, MEEPLE_COUNTED_BY(struct deck, value_count)),
};

#endif /* TESTS_RPC_DECKS_H */
