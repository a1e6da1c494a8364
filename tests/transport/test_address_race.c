/* test_address_race: the order of addresses and the times of attempts, as tables. */
#include "transport/address_race.h"

#include <criterion/criterion.h>
#include <meeple/base.h>
#include <stdio.h>
#include <string.h>

/* A race of addresses whose families are the letters of a text. */
static struct meeple__race race_of(const char *families)
{
    struct meeple__race race;
    int numbers[MEEPLE__RACE_MAX];
    size_t count = strlen(families);

    cr_assert_leq(count, MEEPLE__RACE_MAX);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = families[i];
    }
    meeple__race_init(&race, numbers, count);
    return race;
}

Test(address_race, families_alternate_and_keep_their_own_order)
{
    static const struct {
        const char *families;
        int order[MEEPLE__RACE_MAX];
    } rows[] = {
        {"6", {0}},
        {"66", {0, 1}},
        {"444", {0, 1, 2}},
        {"64", {0, 1}},
        {"46", {0, 1}},
        {"664", {0, 2, 1}},
        {"446", {0, 2, 1}},
        {"6644", {0, 2, 1, 3}},
        {"6464", {0, 1, 2, 3}},
        {"4664", {0, 1, 3, 2}},
        {"66664", {0, 4, 1, 2, 3}},
        {"64444", {0, 1, 2, 3, 4}},
        {"44466", {0, 3, 1, 4, 2}},
        {"6666666644444444", {0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15}},
        {"6666666666666664", {0, 15, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__race race = race_of(rows[i].families);

        for (size_t n = 0; n < strlen(rows[i].families); n++) {
            cr_assert_eq(meeple__race_next(&race, n * 1000), rows[i].order[n], "%s, number %zu",
                         rows[i].families, n);
        }
        cr_assert_eq(meeple__race_next(&race, 1000000), MEEPLE__RACE_NONE);
    }
}

/* What happens at a moment: 'x' an address fails, 'o' the one that was started last is put off,
 * '.' the owner only asks. */
struct step {
    uint64_t at_ms;
    char what;
    int address;
};

/* Asks until there is nothing more to start; says "250:1 " for each that is. */
static void start(struct meeple__race *race, uint64_t now_ms, char *told, size_t cap)
{
    int address;

    while ((address = meeple__race_next(race, now_ms)) != MEEPLE__RACE_NONE) {
        size_t len = strlen(told);

        cr_assert(meeple__race_is_under_way(race, address));
        snprintf(told + len, cap - len, "%u:%d ", (unsigned)now_ms, address);
    }
}

Test(address_race, starts_the_next_after_a_delay_or_a_failure)
{
    static const struct {
        const char *families;
        struct step steps[8]; /* until one of zeros; the race begins at 1000 */
        const char *starts;
        uint64_t due_ms; /* in the end */
        const char *end; /* who is under way, or "lost" */
    } rows[] = {
        /* Nobody there. */
        {"", {{0}}, "", UINT64_MAX, "lost"},
        /* One address: nothing to wait for but its answer. */
        {"6", {{9000, '.', 0}}, "1000:0 ", UINT64_MAX, "0"},
        {"6", {{1001, 'x', 0}}, "1000:0 ", UINT64_MAX, "lost"},
        /* The delay, to the millisecond. */
        {"64", {{1249, '.', 0}}, "1000:0 ", 1250, "0"},
        {"64", {{1250, '.', 0}}, "1000:0 1250:1 ", UINT64_MAX, "01"},
        /* It is counted from the last start, also when that was late. */
        {"644", {{1250, '.', 0}, {1499, '.', 0}}, "1000:0 1250:1 ", 1500, "01"},
        {"644", {{3000, '.', 0}, {3249, '.', 0}}, "1000:0 3000:1 ", 3250, "01"},
        {"644", {{3000, '.', 0}, {3250, '.', 0}}, "1000:0 3000:1 3250:2 ", UINT64_MAX, "012"},
        /* A failure starts the next at once, and a new delay. */
        {"64", {{1003, 'x', 0}}, "1000:0 1003:1 ", UINT64_MAX, "1"},
        {"644", {{1003, 'x', 0}, {1252, '.', 0}}, "1000:0 1003:1 ", 1253, "1"},
        {"644", {{1003, 'x', 0}, {1253, '.', 0}}, "1000:0 1003:1 1253:2 ", UINT64_MAX, "12"},
        /* So does the failure of one that was started before the last. */
        {"644", {{1250, '.', 0}, {1300, 'x', 0}}, "1000:0 1250:1 1300:2 ", UINT64_MAX, "12"},
        /* All of them, one after the other and the other way round. */
        {"64", {{1000, 'x', 0}, {1000, 'x', 1}}, "1000:0 1000:1 ", UINT64_MAX, "lost"},
        {"64", {{1250, '.', 0}, {1300, 'x', 1}}, "1000:0 1250:1 ", UINT64_MAX, "0"},
        {"64",
         {{1250, '.', 0}, {1300, 'x', 1}, {1400, 'x', 0}},
         "1000:0 1250:1 ",
         UINT64_MAX,
         "lost"},
        /* One that is put off comes again after a delay, */
        {"644", {{1250, 'o', 1}, {1499, '.', 0}}, "1000:0 ", 1500, "0"},
        {"644", {{1250, 'o', 1}, {1500, '.', 0}}, "1000:0 1500:1 ", 1750, "01"},
        /* ... or when another fails, as there may be room now, */
        {"644", {{1250, 'o', 1}, {1300, 'x', 0}}, "1000:0 1300:1 ", 1550, "1"},
        /* ... as often as it takes. */
        {"64",
         {{1250, 'o', 1}, {1500, 'o', 1}, {1750, '.', 0}},
         "1000:0 1750:1 ",
         UINT64_MAX,
         "01"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct meeple__race race = race_of(rows[i].families);
        char told[200] = "", end[40] = "";

        start(&race, 1000, told, sizeof told);
        for (const struct step *step = rows[i].steps; step->what; step++) {
            if (step->what == 'o') {
                cr_assert_eq(meeple__race_next(&race, step->at_ms), step->address, "row %zu", i);
                cr_assert(meeple__race_put_off(&race, step->address, step->at_ms), "row %zu", i);
            } else if (step->what == 'x') {
                meeple__race_failed(&race, step->address);
            }
            start(&race, step->at_ms, told, sizeof told);
        }
        cr_assert_str_eq(told, rows[i].starts, "row %zu: %s", i, told);
        cr_assert_eq(meeple__race_due_ms(&race), rows[i].due_ms, "row %zu", i);
        for (int address = 0; address < MEEPLE__RACE_MAX; address++) {
            if (meeple__race_is_under_way(&race, address)) {
                snprintf(end + strlen(end), sizeof end - strlen(end), "%d", address);
            }
        }
        cr_assert_str_eq(meeple__race_is_lost(&race) ? "lost" : end, rows[i].end, "row %zu", i);
    }
}

Test(address_race, the_only_one_cannot_be_put_off)
{
    struct meeple__race race = race_of("64");

    cr_assert_eq(meeple__race_next(&race, 5), 0);
    cr_assert_not(meeple__race_put_off(&race, 0, 5));
    cr_assert(meeple__race_is_under_way(&race, 0));
    meeple__race_failed(&race, 0);
    cr_assert_eq(meeple__race_next(&race, 5), 1);
    cr_assert_not(meeple__race_put_off(&race, 1, 5));
    meeple__race_failed(&race, 1);
    cr_assert(meeple__race_is_lost(&race));
}
