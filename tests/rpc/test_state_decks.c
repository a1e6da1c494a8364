/* test_state_decks: state that comes and goes with a count, or lies elsewhere, from copy to copy.
 */
#include "rpc/state.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "rpc/codec_msgpack.h"
#include "rpc/sentence.h"
#include "tests/rpc/decks.h"
#include "tests/support/counting_mem.h"
#include "tests/support/prng.h"

static const meeple_state deck_state = {
    .fields = deck_fields, .field_count = MEEPLE_COUNT(deck_fields), .size = sizeof(struct deck)};
static const meeple_class deck_class = {.name = "deck", .state = &deck_state};

/* One copy of a deck; what the master's points at is its own. */
struct copy {
    struct meeple__replica *replica;
    struct deck *deck;
    uint64_t from; /* told up to that stamp */
};

static struct meeple__layout *layout;
static struct counting_mem counting;
static struct deck mine;
static struct copy master, puppet;
static uint64_t stamp;

static struct copy new_copy(struct deck *self)
{
    struct copy copy = {.deck = self};
    void *owned = NULL;

    cr_assert_eq(meeple__replica_new(&copy.replica, &counting.mem, layout, self, &owned), 0);
    if (!self) {
        copy.deck = owned;
        meeple__replica_arrive(copy.replica, &counting.mem, owned);
    }
    return copy;
}

static int collect(struct copy *copy, bool *changed)
{
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    return meeple__replica_collect(copy->replica, &counting.mem, copy->deck, ++stamp, changed,
                                   &why);
}

/* Tells the other of each slot that is newer than it knows; how many those are. */
static unsigned tell_as(const struct copy *copy, struct copy *other, bool all)
{
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    unsigned count = 0;

    meeple__sentence_init(&why);
    for (uint32_t slot = 0; slot < layout->slot_count; slot++) {
        struct meeple__sink sink = {.buf = &buf, .ceiling = 1000};
        const meeple_field field = meeple__layout_slot(layout, slot);
        struct meeple__reader reader;
        int rc;

        if ((!all && copy->replica->stamps[slot] <= other->from) ||
            !meeple__layout_present(layout, slot, copy->replica->shadow)) {
            continue;
        }
        meeple__buf_clear(&buf);
        rc = meeple__msgpack_write_field(&sink, &field, 0, copy->replica->shadow, &why);
        cr_assert_eq(rc, 0, "%s", why.text);
        reader = meeple__reader_of((meeple_bytes){buf.ptr, buf.len});
        rc = meeple__replica_read(other->replica, &counting.mem, slot, &reader);
        cr_assert(rc == 0 || rc == MEEPLE_ENOMEM);
        count++;
    }
    meeple__buf_done(&buf, NULL);
    return count;
}

static void begin(void)
{
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&layout, NULL, &deck_class, NULL, &why), 0, "%s", why.text);
    counting_mem_init(&counting);
    mine = (struct deck){.top = {.rank = 1}};
    master = new_copy(&mine);
    puppet = new_copy(NULL);
    stamp = 0;
    tell_as(&master, &puppet, true);
    meeple__replica_commit(puppet.replica, &counting.mem, puppet.deck, 0);
    memset(puppet.replica->changes, 0, meeple__bits_size(layout->slot_count));
}

static void end(void)
{
    meeple__replica_free(master.replica, &counting.mem, NULL);
    meeple__replica_free(puppet.replica, &counting.mem, puppet.deck);
    cr_expect_eq(counting.live, 0);
    free(layout);
}

TestSuite(state_decks, .init = begin, .fini = end);

static unsigned tell(void)
{
    unsigned count = tell_as(&master, &puppet, false);

    puppet.from = stamp;
    meeple__replica_commit(puppet.replica, &counting.mem, puppet.deck, 0);
    return count;
}

static bool changed(const struct copy *copy, size_t offset, size_t size)
{
    return meeple_changes_touch(&(meeple_changes){layout, copy->replica->changes}, offset, size);
}
#define CHANGED(copy, member)                                                                      \
    changed((copy), offsetof(struct deck, member), sizeof(((struct deck *)0)->member))

static void forget_changes(void)
{
    memset(master.replica->changes, 0, meeple__bits_size(layout->slot_count));
    memset(puppet.replica->changes, 0, meeple__bits_size(layout->slot_count));
}

static bool step(void)
{
    bool any = false;

    cr_expect_eq(collect(&master, &any), 0);
    return any;
}

Test(state_decks, elements_come_and_go_with_their_count)
{
    mine.chips[0] = 7;
    mine.chips[1] = 8;
    mine.chips[4] = 5000;
    cr_expect_not(step(), "none of them exists");
    mine.chip_count = 2;
    cr_expect(step());
    cr_expect_eq(tell(), 3);
    cr_expect_eq(puppet.deck->chip_count, 2);
    cr_expect_arr_eq(puppet.deck->chips, ((int32_t[]){7, 8, 0, 0, 0}), sizeof mine.chips);
    cr_expect(CHANGED(&master, chips) && CHANGED(&puppet, chips[1]));
    cr_expect_not(CHANGED(&puppet, chips[2]));
    forget_changes();
    mine.chip_count = 1;
    cr_expect(step());
    cr_expect_eq(tell(), 1);
    cr_expect_eq(puppet.deck->chips[1], 0);
    cr_expect(CHANGED(&puppet, chips[1]) && CHANGED(&master, chips[1]));
    cr_expect_not(CHANGED(&puppet, chips[0]));
    mine.chip_count = 3;
    mine.chips[2] = 0;
    cr_expect(step());
    cr_expect_eq(tell(), 2, "what is zero need not be told");
    cr_expect_arr_eq(puppet.deck->chips, ((int32_t[]){7, 8, 0, 0, 0}), sizeof mine.chips);
}

Test(state_decks, who_missed_a_step_ends_with_the_same)
{
    mine.chip_count = 3;
    mine.chips[0] = mine.chips[1] = mine.chips[2] = 9;
    step();
    tell();
    mine.chip_count = 1;
    step();
    mine.chip_count = 3;
    mine.chips[1] = 0;
    step();
    tell();
    cr_expect_arr_eq(puppet.deck->chips, ((int32_t[]){9, 0, 9, 0, 0}), sizeof mine.chips);
}

Test(state_decks, a_count_that_is_too_large_stays_as_it_was)
{
    mine.chip_count = 2;
    mine.chips[0] = 1;
    step();
    mine.chip_count = 6;
    mine.chips[0] = 2;
    mine.chips[2] = 3;
    cr_expect(meeple__replica_differs(master.replica, &mine));
    cr_expect(step());
    tell();
    cr_expect_eq(puppet.deck->chip_count, 2);
    cr_expect_eq(puppet.deck->chips[0], 2);
    cr_expect_eq(puppet.deck->chips[2], 0);
    cr_expect_not(meeple__replica_differs(master.replica, &mine));
}

/* Another bound would keep the whole array from being told. */
Test(state_decks, an_element_out_of_bounds_is_zero_until_it_is_in_bounds)
{
    mine.chip_count = 2;
    mine.chips[0] = 101;
    mine.chips[1] = 1;
    step();
    tell();
    cr_expect_eq(puppet.deck->chip_count, 2);
    cr_expect_eq(puppet.deck->chips[0], 0);
    mine.chips[0] = 100;
    step();
    tell();
    cr_expect_eq(puppet.deck->chips[0], 100);
}

Test(state_decks, counts_inside_counted_structs_are_their_own)
{
    mine.hand_count = 2;
    mine.hands[0].count = 1;
    mine.hands[0].cards[0].rank = 5;
    mine.hands[1].count = 3;
    mine.hands[1].cards[2] = (struct card){.rank = 6, .suit = SPADES, .note = "last"};
    mine.hands[1].weight = 2.5;
    strcpy(mine.hands[1].label, "two");
    step();
    tell();
    cr_expect_eq(puppet.deck->hands[0].cards[0].rank, 5);
    cr_expect_eq(puppet.deck->hands[1].cards[2].suit, SPADES);
    cr_expect_str_eq(puppet.deck->hands[1].cards[2].note, "last");
    cr_expect_str_eq(puppet.deck->hands[0].cards[2].note, "");
    cr_expect_str_eq(puppet.deck->hands[1].label, "two");
    mine.hand_count = 1;
    forget_changes();
    step();
    cr_expect_eq(tell(), 1);
    cr_expect_eq(puppet.deck->hands[1].count, 0);
    cr_expect_eq(puppet.deck->hands[1].weight, 0.0);
    cr_expect_str_eq(puppet.deck->hands[1].cards[2].note, "");
    cr_expect_str_eq(puppet.deck->hands[1].label, "");
    cr_expect(CHANGED(&puppet, hands[1].cards[2].note));
    cr_expect_not(CHANGED(&puppet, hands[0]));
}

Test(state_decks, what_is_pointed_at_is_compared_and_kept)
{
    char text[] = "one";
    uint8_t bytes[] = {1, 2, 3}, encoded[40];
    meeple_value value;

    mine.names[1] = text;
    mine.blob = (meeple_bytes){bytes, sizeof bytes};
    cr_assert_gt(meeple_value_copy(&value, meeple_value_string("v"), encoded, sizeof encoded), 0);
    mine.value = value;
    cr_expect(step());
    tell();
    cr_expect_str_eq(puppet.deck->names[1], "one");
    cr_expect_str_eq(puppet.deck->names[0], "");
    cr_expect_eq(puppet.deck->blob.len, 3);
    cr_expect(meeple_value_equal(puppet.deck->value, meeple_value_string("v")));
    cr_expect_not(step());
    mine.names[1] = (char[]){"one"};
    mine.names[0] = "";
    cr_expect_not(step(), "the same at another place");
    mine.names[1] = text;
    text[0] = 'O';
    bytes[2] = 4;
    cr_expect(meeple__replica_differs(master.replica, &mine));
    cr_expect(step());
    cr_expect_eq(tell(), 2);
    cr_expect_str_eq(puppet.deck->names[1], "One");
    cr_expect_eq(puppet.deck->blob.ptr[2], 4);
    mine.names[1] = NULL;
    mine.blob = (meeple_bytes){NULL, 0};
    mine.value = meeple_value_nil();
    cr_expect(step());
    tell();
    cr_expect_str_eq(puppet.deck->names[1], "");
    cr_expect_eq(puppet.deck->blob.len, 0);
    cr_expect_not_null(puppet.deck->blob.ptr);
    cr_expect_eq(puppet.deck->value.kind, MEEPLE_VALUE_NIL);
}

Test(state_decks, what_comes_in_again_stays_where_it_is)
{
    static const uint8_t bytes[] = {1, 2, 3};
    const struct deck *deck = puppet.deck;
    const char own[] = "twice", *name;
    meeple_bytes blob;

    mine.names[0] = "twice";
    mine.blob = (meeple_bytes){bytes, sizeof bytes};
    step();
    tell();
    name = deck->names[0];
    blob = deck->blob;
    forget_changes();
    tell_as(&master, &puppet, true);
    meeple__replica_commit(puppet.replica, &counting.mem, puppet.deck, 0);
    cr_expect_not(CHANGED(&puppet, names));
    cr_expect_str_eq(name, "twice");
    cr_expect_eq(deck->names[0], name, "no handler was told that it moves");
    cr_expect_eq(deck->blob.ptr, blob.ptr);
    /* What was not the world's is so now. */
    puppet.deck->names[0] = own;
    tell_as(&master, &puppet, true);
    meeple__replica_commit(puppet.replica, &counting.mem, puppet.deck, 0);
    cr_expect_neq(deck->names[0], own);
    cr_expect_str_eq(deck->names[0], "twice");
}

Test(state_decks, hides_what_is_pointed_at)
{
    mine.blob = (meeple_bytes){(const uint8_t *)"abc", 3};
    mine.top.note = "secret";
    step();
    tell();
    meeple__replica_hide(puppet.replica, &counting.mem, MEEPLE__SEES_PUBLIC);
    cr_expect_str_eq(puppet.deck->top.note, "secret", "the batch is not complete");
    meeple__replica_commit(puppet.replica, &counting.mem, puppet.deck, 0);
    cr_expect_str_eq(puppet.deck->top.note, "");
    cr_expect_eq(puppet.deck->blob.len, 0);
    cr_expect_not_null(puppet.deck->blob.ptr);
}

Test(state_decks, what_is_hidden_and_gone_in_one_batch_has_changed)
{
    mine.hand_count = mine.hands[0].count = 1;
    mine.hands[0].cards[0] = (struct card){.rank = 2, .note = "secret"};
    step();
    tell();
    forget_changes();
    mine.hand_count = 0;
    step();
    meeple__replica_hide(puppet.replica, &counting.mem, MEEPLE__SEES_PUBLIC);
    tell();
    cr_expect_str_eq(puppet.deck->hands[0].cards[0].note, "");
    cr_expect(CHANGED(&puppet, hands[0].cards[0].note));
}

/* What does not exist may point anywhere as long as we are the master. */
Test(state_decks, what_the_master_left_behind_is_gone_when_it_is_no_longer)
{
    struct meeple__sentence why;
    struct deck *theirs = puppet.deck;
    bool any;

    meeple__sentence_init(&why);
    theirs->top.rank = 2;
    theirs->value_count = 1;
    memset(&theirs->values[1], 0x55, 2 * sizeof theirs->values[1]);
    memset(&theirs->hands, 0x55, sizeof theirs->hands);
    theirs->chips[3] = 77;
    cr_expect_eq(meeple__replica_collect(puppet.replica, &counting.mem, theirs, 1, &any, &why), 0);
    cr_expect_str_eq(why.text, "");
    mine.hand_count = mine.hands[0].count = 1;
    mine.hands[0].cards[0].rank = 3;
    mine.value_count = 2;
    mine.chip_count = 4;
    step();
    tell_as(&master, &puppet, true);
    meeple__replica_tame(puppet.replica, &counting.mem, theirs, true, 0);
    cr_expect(CHANGED(&puppet, chips[4]), "it is not looked at, as it need not have a value");
    meeple__replica_commit(puppet.replica, &counting.mem, theirs, 0);
    cr_expect(meeple__layout_same(layout, theirs, master.replica->shadow));
    cr_expect_eq(theirs->values[1].kind, MEEPLE_VALUE_NIL);
    cr_expect_eq(theirs->values[2].kind, MEEPLE_VALUE_NIL);
    cr_expect_eq(theirs->chips[3], 0);
    cr_expect_str_eq(theirs->hands[0].cards[0].note, "");
    cr_expect_str_eq(theirs->hands[3].cards[2].note, "");
}

/* A count that grew here and was not told yet is not undone by what comes in. */
Test(state_decks, who_is_master_keeps_its_elements)
{
    struct deck *theirs = puppet.deck;

    puppet.replica->wild = true;
    theirs->chip_count = 2;
    theirs->chips[1] = 50;
    meeple__replica_commit(puppet.replica, &counting.mem, theirs, 0);
    cr_expect_eq(theirs->chips[1], 50);
}

/* ---- any changes, in any order ---- */

static const char *text_of(struct prng *prng)
{
    static const char *const texts[] = {NULL, "", "a", "ab", "twelve bytes", "thirteen long"};

    return texts[prng_below(prng, MEEPLE_COUNT(texts))];
}

static meeple_value value_of(struct prng *prng)
{
    switch (prng_below(prng, 5)) {
    case 0:
        return meeple_value_int((int64_t)prng_below(prng, 3));
    case 1:
        return meeple_value_string(text_of(prng));
    case 2:
        return meeple_value_vec2(1, (float)prng_below(prng, 2));
    case 3:
        return (meeple_value){
            .kind = MEEPLE_VALUE_ARRAY, .count = 2, .bytes = {(const uint8_t *)"\1\2\3", 2}};
    default:
        return meeple_value_nil();
    }
}

static void change(struct deck *deck, struct prng *prng)
{
    struct hand *hand = &deck->hands[prng_below(prng, 4)];
    struct card *card = &hand->cards[prng_below(prng, 3)];

    switch (prng_below(prng, 12)) {
    case 0:
        deck->hand_count = (uint16_t)prng_below(prng, 6);
        break;
    case 1:
        hand->count = (uint8_t)prng_below(prng, 5);
        break;
    case 2:
        card->rank = (uint8_t)prng_below(prng, 15);
        break;
    case 3:
        card->note = text_of(prng);
        break;
    case 4:
        hand->label[0] = (char)('a' + (char)prng_below(prng, 3));
        hand->weight = (double)prng_below(prng, 3);
        break;
    case 5:
        deck->chip_count = (uint8_t)prng_below(prng, 7);
        break;
    case 6:
        deck->chips[prng_below(prng, 5)] = (int32_t)prng_below(prng, 103);
        break;
    case 7:
        deck->names[prng_below(prng, 2)] = text_of(prng);
        break;
    case 8:
        deck->blob = (meeple_bytes){(const uint8_t *)"0123456789", (size_t)prng_below(prng, 11)};
        break;
    case 9:
        deck->value = value_of(prng);
        break;
    case 10:
        deck->values[prng_below(prng, 3)] = value_of(prng);
        break;
    default:
        deck->value_count = (uint32_t)prng_below(prng, 5);
    }
}

/* Whether all that does not exist is zero. */
static bool is_clean(const struct copy *copy)
{
    static const struct card no_card;
    const struct deck *deck = copy->deck;
    bool clean = true;

    for (size_t i = 0; i < 4; i++) {
        const struct hand *hand = &deck->hands[i];
        bool there = i < deck->hand_count;

        clean =
            clean && (there || (hand->count == 0 && hand->label[0] == '\0' && hand->weight == 0));
        for (size_t at = there ? hand->count : 0; at < 3; at++) {
            clean = clean && hand->cards[at].rank == no_card.rank &&
                    hand->cards[at].suit == no_card.suit && hand->cards[at].note &&
                    !*hand->cards[at].note;
        }
    }
    for (size_t i = deck->chip_count; i < 5; i++) {
        clean = clean && deck->chips[i] == 0;
    }
    for (size_t i = deck->value_count; i < 3; i++) {
        clean = clean && deck->values[i].kind == MEEPLE_VALUE_NIL;
    }
    return clean;
}

Test(state_decks, everyone_has_the_same_after_any_changes)
{
    struct prng prng = {.state = 1};

    for (unsigned round = 0; round < 20000; round++) {
        struct copy *to = &puppet;

        for (uint64_t n = prng_below(&prng, 4); n > 0; n--) {
            change(master.deck, &prng);
        }
        step();
        if (prng_below(&prng, 3) > 0) {
            continue;
        }
        tell();
        cr_assert(meeple__layout_same(layout, to->deck, master.replica->shadow), "round %u", round);
        cr_assert(meeple__layout_same(layout, to->replica->shadow, master.replica->shadow));
        cr_assert(is_clean(to), "round %u", round);
        if (prng_below(&prng, 10) == 0) {
            /* The master changes, and what it left where nothing exists stays behind. */
            struct copy before = master;

            tell_as(&master, &puppet, true);
            meeple__replica_commit(puppet.replica, &counting.mem, puppet.deck, 0);
            master = puppet;
            puppet = before;
            memcpy(master.replica->stamps, puppet.replica->stamps,
                   layout->slot_count * sizeof *master.replica->stamps);
            master.replica->wild = true;
            tell_as(&master, &puppet, true);
            meeple__replica_tame(puppet.replica, &counting.mem, puppet.deck, true, 0);
            tell();
            cr_assert(is_clean(&puppet), "round %u", round);
        }
    }
    if (master.deck != &mine) {
        struct copy other = master;

        master = puppet;
        puppet = other;
    }
}

Test(state_decks, survives_the_failure_of_every_allocation)
{
    for (size_t n = 1; n < 40; n++) {
        struct prng prng = {.state = n};
        bool any;

        for (unsigned round = 0; round < 30; round++) {
            change(master.deck, &prng);
        }
        counting_mem_fail(&counting, n % 13 + 1);
        if (collect(&master, &any) < 0) {
            cr_expect(meeple__replica_differs(master.replica, master.deck));
        }
        cr_expect_eq(collect(&master, &any), 0);
        counting_mem_fail(&counting, n % 11 + 1);
        tell_as(&master, &puppet, false);
        counting_mem_fail(&counting, 0);
        tell();
        cr_expect(meeple__layout_same(layout, puppet.deck, master.replica->shadow));
    }
}

Test(state_decks, is_not_there_when_out_of_memory)
{
    struct deck full = {.top = {.rank = 1, .note = "x"}, .title = "title", .names = {"a", "b"}};
    struct copy copy = {NULL, NULL, 0};
    size_t n = 1;

    for (int rc = MEEPLE_ENOMEM; rc < 0; n++) {
        size_t live = counting.live;

        counting_mem_fail(&counting, n);
        rc = meeple__replica_new(&copy.replica, &counting.mem, layout, &full, NULL);
        counting_mem_fail(&counting, 0);
        cr_expect(rc == 0 || rc == MEEPLE_ENOMEM);
        cr_expect(rc == 0 || counting.live == live);
    }
    cr_expect_eq(n, 4 + 4 + 2, "a replica with three blocks, four contents, and one more");
    meeple__replica_free(copy.replica, &counting.mem, NULL);
}

struct plan {
    uint8_t count;
    uint8_t steps[4];
    int32_t at;
};
static const meeple_field plan_fields[] = {MEEPLE_STATE(struct plan, steps,
                                                        MEEPLE_COUNTED_BY(struct plan, count),
                                                        .flags = MEEPLE_ON_SPAWN),
                                           MEEPLE_STATE(struct plan, at)};
static const meeple_state plan_state = {
    .fields = plan_fields, .field_count = 2, .size = sizeof(struct plan)};
static const meeple_class plan_class = {.name = "plan", .state = &plan_state};

Test(state_decks, what_is_only_spawned_is_not_written_to_again)
{
    struct plan plan = {.count = 2, .steps = {1, 2, 3, 4}};
    struct meeple__replica *replica;
    struct meeple__layout *plans;
    struct meeple__sentence why;
    bool any;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&plans, NULL, &plan_class, NULL, &why), 0, "%s", why.text);
    cr_assert_eq(meeple__replica_new(&replica, NULL, plans, &plan, NULL), 0);
    plan.count = 3;
    plan.steps[0] = 9;
    plan.at = 1;
    cr_assert_eq(meeple__replica_collect(replica, NULL, &plan, 1, &any, &why), 0);
    /* It is handed over; what its owner has done with its own since stays. */
    cr_expect_not(meeple__replica_tame(replica, NULL, &plan, false, 2));
    cr_expect_eq(plan.count, 3);
    cr_expect_arr_eq(plan.steps, ((uint8_t[]){9, 2, 3, 4}), 4);
    meeple__replica_free(replica, NULL, NULL);
    free(plans);
}

struct long_pair {
    uint8_t left, right;
};
struct long_row {
    uint16_t count, pair_count;
    uint8_t cells[1000];
    struct long_pair pairs[700];
};

static const meeple_field long_pair_fields[] = {MEEPLE_STATE(struct long_pair, left),
                                                MEEPLE_STATE(struct long_pair, right)};
static const meeple_field long_row_fields[] = {
    MEEPLE_STATE(struct long_row, cells, MEEPLE_COUNTED_BY(struct long_row, count)),
    MEEPLE_STATE_STRUCT(struct long_row, pairs, struct long_pair, long_pair_fields,
                        MEEPLE_COUNTED_BY(struct long_row, pair_count)),
};
static const meeple_state long_state = {
    .fields = long_row_fields, .field_count = 2, .size = sizeof(struct long_row)};
static const meeple_class long_class = {.name = "row", .state = &long_state};

/* Long arrays are gone through in pieces. */
Test(state_decks, all_that_falls_away_of_a_long_array_is_told)
{
    struct prng prng = {.state = 1};
    struct meeple__replica *replica;
    struct meeple__layout *rows;
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    cr_assert_eq(meeple__layout_new(&rows, NULL, &long_class, NULL, &why), 0, "%s", why.text);
    for (unsigned round = 0; round < 200; round++) {
        static struct long_row row, before;
        uint64_t rare = prng_below(&prng, 300) + 1;
        bool any;

        row = (struct long_row){.count = 1000, .pair_count = 700};
        for (size_t i = 0; i < 1000; i++) {
            row.cells[i] = prng_below(&prng, rare) == 0;
            row.pairs[i % 700].left = prng_below(&prng, rare) == 0;
            row.pairs[i % 700].right = prng_below(&prng, rare) == 0;
        }
        before = row;
        cr_assert_eq(meeple__replica_new(&replica, NULL, rows, &row, NULL), 0);
        row.count = (uint16_t)prng_below(&prng, 1001);
        row.pair_count = (uint16_t)prng_below(&prng, 701);
        cr_assert_eq(meeple__replica_collect(replica, NULL, &row, 1, &any, &why), 0);
        for (size_t i = 0; i < 1000; i++) {
            const struct long_row *shadow = (const void *)replica->shadow;
            size_t pair = i % 700;
            bool gone = i >= row.count, pair_gone = pair >= row.pair_count;
            const meeple_changes changes = {rows, replica->changes};

            cr_assert_eq(shadow->cells[i], gone ? 0 : before.cells[i]);
            cr_assert_eq(shadow->pairs[pair].left, pair_gone ? 0 : before.pairs[pair].left);
            cr_assert_eq(shadow->pairs[pair].right, pair_gone ? 0 : before.pairs[pair].right);
            cr_assert_eq(meeple_changes_touch(&changes, offsetof(struct long_row, cells) + i, 1),
                         gone && before.cells[i] != 0);
            cr_assert_eq(MEEPLE_CHANGED(&changes, struct long_row, pairs[pair].right),
                         pair_gone && before.pairs[pair].right != 0);
        }
        meeple__replica_free(replica, NULL, NULL);
    }
    free(rows);
}
