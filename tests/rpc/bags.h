/* bags: state that comes and goes with a count, or lies elsewhere; and flat copies to compare. */
#ifndef TESTS_RPC_BAGS_H
#define TESTS_RPC_BAGS_H

#include <stdio.h>
#include <string.h>

#include <meeple/state.h>

#include "tests/support/prng.h"

enum {
    BAG_ITEMS = 4,
    BAG_CHIPS = 3,
    BAG_ROWS = 3,
    BAG_COLUMNS = 2,
    BAG_TEXT = 64,
    BAG_PAGE = 900 /* does not fit a packet in some games */
};

struct bag_spot {
    uint8_t piece;
    char tags[2][4];
};

struct bag_item {
    uint8_t rank;
    uint16_t chip_count;
    uint8_t chips[BAG_CHIPS];
    const char *note; /* the owner's */
    meeple_value value;
};

struct bag {
    const char *origin; /* of the spawn */
    struct bag_item top;
    const char *open, *names[2];
    meeple_bytes blob;
    meeple_value value; /* the owner's */
    uint8_t count;
    struct bag_item items[BAG_ITEMS];
    uint8_t row_count;
    int16_t rows[BAG_ROWS][BAG_COLUMNS];
    struct bag_spot board[BAG_ROWS][BAG_COLUMNS];
    char buffer[8], page[BAG_PAGE]; /* no state; what open may point at */
};

static const meeple_field bag_spot_fields[] = {
    MEEPLE_STATE(struct bag_spot, piece),
    MEEPLE_STATE(struct bag_spot, tags),
};

static const meeple_field bag_item_fields[] = {
    MEEPLE_STATE(struct bag_item, rank, .max = 200),
    MEEPLE_STATE(struct bag_item, chips, MEEPLE_COUNTED_BY(struct bag_item, chip_count)),
    MEEPLE_STATE(struct bag_item, note, .flags = MEEPLE_OWNER_ONLY, .max = 20),
    MEEPLE_STATE(struct bag_item, value),
};

static const meeple_field bag_fields[] = {
    MEEPLE_STATE(struct bag, origin, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE_STRUCT(struct bag, top, struct bag_item, bag_item_fields),
    MEEPLE_STATE(struct bag, open),
    MEEPLE_STATE(struct bag, names, .max = 20),
    MEEPLE_STATE(struct bag, blob, .max = 20),
    MEEPLE_STATE(struct bag, value, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE_STRUCT(struct bag, items, struct bag_item, bag_item_fields,
                        MEEPLE_COUNTED_BY(struct bag, count)),
    MEEPLE_STATE(struct bag, rows, MEEPLE_COUNTED_BY(struct bag, row_count)),
    MEEPLE_STATE_STRUCT(struct bag, board, struct bag_spot, bag_spot_fields),
};

/* All of it in one piece, so that memcmp() says whether two are the same. */
struct bag_flat {
    char origin[BAG_TEXT], open[BAG_TEXT], names[2][BAG_TEXT], blob[BAG_TEXT], value[BAG_TEXT];
    unsigned count;
    struct bag_flat_item {
        unsigned rank, chip_count, chips[BAG_CHIPS];
        char note[BAG_TEXT], value[BAG_TEXT];
    } top, items[BAG_ITEMS];
    unsigned row_count;
    int rows[BAG_ROWS][BAG_COLUMNS];
    struct bag_spot board[BAG_ROWS][BAG_COLUMNS];
};

static inline void bag_flatten_item(struct bag_flat_item *flat, const struct bag_item *item,
                                    bool secret, bool all)
{
    flat->rank = item->rank;
    flat->chip_count = item->chip_count;
    for (size_t i = 0; i < (all ? BAG_CHIPS : item->chip_count); i++) {
        flat->chips[i] = item->chips[i];
    }
    if (secret) {
        snprintf(flat->note, BAG_TEXT, "%s", item->note ? item->note : "");
    }
    meeple_value_text(item->value, flat->value, BAG_TEXT);
}

/* secret: with what is the owner's; all: with what does not exist, which is zero if it is so. */
static inline void bag_flatten(struct bag_flat *flat, const struct bag *bag, bool secret, bool all)
{
    const struct bag_item none = {.note = ""};

    memset(flat, 0, sizeof *flat);
    snprintf(flat->origin, BAG_TEXT, "%s", bag->origin ? bag->origin : "");
    snprintf(flat->open, BAG_TEXT, "%.20s and %zu more", bag->open ? bag->open : "",
             bag->open ? strlen(bag->open) : 0);
    for (size_t i = 0; i < 2; i++) {
        snprintf(flat->names[i], BAG_TEXT, "%s", bag->names[i] ? bag->names[i] : "");
    }
    meeple_value_text(meeple_value_bytes(bag->blob), flat->blob, BAG_TEXT);
    meeple_value_text(secret ? bag->value : meeple_value_nil(), flat->value, BAG_TEXT);
    flat->count = bag->count;
    bag_flatten_item(&flat->top, &bag->top, secret, all);
    for (size_t i = 0; i < BAG_ITEMS; i++) {
        bag_flatten_item(&flat->items[i], all || i < bag->count ? &bag->items[i] : &none, secret,
                         all);
    }
    flat->row_count = bag->row_count;
    for (size_t i = 0; i < BAG_ROWS * BAG_COLUMNS; i++) {
        const size_t row = i / BAG_COLUMNS, column = i % BAG_COLUMNS;

        if (all || row < bag->row_count) {
            flat->rows[row][column] = bag->rows[row][column];
        }
    }
    memcpy(flat->board, bag->board, sizeof flat->board);
}

/* What a handler was told, and at which offset of the struct the bag is. */
struct bag_news {
    const meeple_changes *changes;
    size_t at;
    char *told;
    const char *fresh;
};

static inline void bag_hear(const struct bag_news *news, size_t from, size_t size, size_t to,
                            size_t len)
{
    if (meeple_changes_touch(news->changes, news->at + from, size)) {
        memcpy(news->told + to, news->fresh + to, len);
    }
}

#define BAG_HEAR(news, S, from, F, to, member)                                                     \
    bag_hear((news), (from) + offsetof(S, member), sizeof(((S *)0)->member),                       \
             (to) + offsetof(F, member), sizeof(((F *)0)->member))

static inline void bag_hear_item(const struct bag_news *news, size_t from, size_t to)
{
    BAG_HEAR(news, struct bag_item, from, struct bag_flat_item, to, rank);
    BAG_HEAR(news, struct bag_item, from, struct bag_flat_item, to, chip_count);
    for (size_t i = 0; i < BAG_CHIPS; i++) {
        bag_hear(news, from + offsetof(struct bag_item, chips) + i, 1,
                 to + offsetof(struct bag_flat_item, chips) + i * sizeof(unsigned),
                 sizeof(unsigned));
    }
    BAG_HEAR(news, struct bag_item, from, struct bag_flat_item, to, note);
    BAG_HEAR(news, struct bag_item, from, struct bag_flat_item, to, value);
}

static inline void bag_hear_grids(const struct bag_news *news)
{
    BAG_HEAR(news, struct bag, 0, struct bag_flat, 0, row_count);
    for (size_t i = 0; i < BAG_ROWS; i++) {
        for (size_t j = 0; j < BAG_COLUMNS; j++) {
            const size_t at = i * BAG_COLUMNS + j;
            const size_t from = offsetof(struct bag, board) + at * sizeof(struct bag_spot);
            const size_t to = offsetof(struct bag_flat, board) + at * sizeof(struct bag_spot);

            bag_hear(news, offsetof(struct bag, rows) + at * sizeof(int16_t), sizeof(int16_t),
                     offsetof(struct bag_flat, rows) + at * sizeof(int), sizeof(int));
            BAG_HEAR(news, struct bag_spot, from, struct bag_spot, to, piece);
            BAG_HEAR(news, struct bag_spot, from, struct bag_spot, to, tags[0]);
            BAG_HEAR(news, struct bag_spot, from, struct bag_spot, to, tags[1]);
        }
    }
}

/* Takes over into *told what the changes say has changed, and nothing else. */
static inline void bag_changed(struct bag_flat *told, const struct bag *bag, size_t at,
                               const meeple_changes *changes)
{
    struct bag_flat fresh;
    struct bag_news news = {changes, at, (char *)told, (const char *)&fresh};

    bag_flatten(&fresh, bag, true, false);
    BAG_HEAR(&news, struct bag, 0, struct bag_flat, 0, origin);
    BAG_HEAR(&news, struct bag, 0, struct bag_flat, 0, open);
    for (size_t i = 0; i < 2; i++) {
        bag_hear(&news, offsetof(struct bag, names) + i * sizeof(char *), sizeof(char *),
                 offsetof(struct bag_flat, names) + i * BAG_TEXT, BAG_TEXT);
    }
    BAG_HEAR(&news, struct bag, 0, struct bag_flat, 0, blob);
    BAG_HEAR(&news, struct bag, 0, struct bag_flat, 0, value);
    BAG_HEAR(&news, struct bag, 0, struct bag_flat, 0, count);
    bag_hear_item(&news, offsetof(struct bag, top), offsetof(struct bag_flat, top));
    for (size_t i = 0; i < BAG_ITEMS; i++) {
        bag_hear_item(&news, offsetof(struct bag, items) + i * sizeof(struct bag_item),
                      offsetof(struct bag_flat, items) + i * sizeof(struct bag_flat_item));
    }
    bag_hear_grids(&news);
}

static inline meeple_value bag_value(struct prng *prng, const char *text)
{
    static const uint8_t elements[] = {1, 0x92, 2, 3, 0xc0};

    switch (prng_below(prng, 5)) {
    case 0:
        return meeple_value_int((int64_t)prng_next(prng));
    case 1:
        return meeple_value_string(text);
    case 2:
        return meeple_value_color(1, 0, 0, (float)prng_below(prng, 10));
    case 3:
        return (meeple_value){
            .kind = MEEPLE_VALUE_ARRAY, .count = 3, .bytes = {elements, sizeof elements}};
    default:
        return meeple_value_nil();
    }
}

static inline void bag_change_item(struct bag_item *item, struct prng *prng, const char *text)
{
    switch (prng_below(prng, 5)) {
    case 0:
        item->rank = (uint8_t)prng_below(prng, 200);
        break;
    case 1:
        item->chip_count = (uint16_t)prng_below(prng, BAG_CHIPS + 1);
        break;
    case 2:
        item->chips[prng_below(prng, BAG_CHIPS)] = (uint8_t)prng_below(prng, 256);
        break;
    case 3:
        item->note = text;
        break;
    default:
        item->value = bag_value(prng, "public");
    }
}

static inline void bag_change_grids(struct bag *bag, struct prng *prng)
{
    const size_t row = prng_below(prng, BAG_ROWS), column = prng_below(prng, BAG_COLUMNS);
    struct bag_spot *spot = &bag->board[row][column];
    char *tag = spot->tags[prng_below(prng, 2)];

    switch (prng_below(prng, 4)) {
    case 0:
        bag->row_count = (uint8_t)prng_below(prng, BAG_ROWS + 1);
        break;
    case 1:
        bag->rows[row][column] = (int16_t)prng_next(prng);
        break;
    case 2:
        spot->piece = (uint8_t)prng_below(prng, 256);
        break;
    default:
        /* All of it, as it is compared with memcmp(). */
        memset(tag, 0, sizeof spot->tags[0]);
        memset(tag, 'a' + (int)prng_below(prng, 26), (size_t)prng_below(prng, 4));
    }
}

/* Any change; the texts, which are good for as long as the bag is, may be in it then: one for
 * everyone, one for the owner. */
static inline void bag_change(struct bag *bag, struct prng *prng, const char *open,
                              const char *secret)
{
    switch (prng_below(prng, 13)) {
    case 12:
    case 11:
        bag_change_grids(bag, prng);
        break;
    case 10:
        memset(bag->page, 'a' + (int)prng_below(prng, 26), (size_t)prng_below(prng, BAG_PAGE));
        bag->open = bag->page;
        break;
    case 0:
        bag->open = prng_below(prng, 4) == 0 ? NULL : open;
        break;
    case 1:
        snprintf(bag->buffer, sizeof bag->buffer, "%u", (unsigned)prng_below(prng, 1000));
        bag->open = bag->buffer;
        break;
    case 2:
        bag->names[prng_below(prng, 2)] = prng_below(prng, 4) == 0 ? "" : open;
        break;
    case 3:
        /* All of it, or too little to be taken for another. */
        bag->blob =
            (meeple_bytes){(const uint8_t *)open,
                           prng_below(prng, 2) ? strlen(open) : (size_t)prng_below(prng, 4)};
        break;
    case 4:
        bag->value = bag_value(prng, secret);
        break;
    case 5:
    case 6:
        bag->count = (uint8_t)prng_below(prng, BAG_ITEMS + 1);
        break;
    case 7:
        bag_change_item(&bag->top, prng, secret);
        break;
    default:
        bag_change_item(&bag->items[prng_below(prng, BAG_ITEMS)], prng, secret);
    }
}

#endif /* TESTS_RPC_BAGS_H */
