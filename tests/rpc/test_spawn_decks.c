/* test_spawn_decks: structs in structs, counted arrays and what lies elsewhere, over whole
 * sessions.
 */
#include "rpc/world.h"

#include "tests/rpc/bytes.h"
#include "tests/rpc/decks.h"
#include "tests/rpc/session.h"
#include "tests/support/counting_mem.h"

static void deck_changed(void *self, meeple_object *object, const meeple_changes *changes);

static const meeple_state deck_state = {.fields = deck_fields,
                                        .field_count = MEEPLE_COUNT(deck_fields),
                                        .size = sizeof(struct deck),
                                        .on_changed = deck_changed};
static const meeple_class deck_class = {.name = "deck", .state = &deck_state};
static const meeple_class *const classes[] = {&deck_class, NULL};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct deck mine;
static char logged[1000];

static void deck_changed(void *self, meeple_object *object, const meeple_changes *changes)
{
    const struct deck *deck = self;
    struct seat *seat = meeple_world_user(meeple_object_world(object));
    char *trace = seat->session->trace;
    size_t size = sizeof seat->session->trace;

    note(trace, size, "%s:", seat->name);
    if (MEEPLE_CHANGED(changes, struct deck, top)) {
        note(trace, size, " top");
    }
    if (MEEPLE_CHANGED(changes, struct deck, hands)) {
        note(trace, size, " hands");
    }
    if (MEEPLE_CHANGED(changes, struct deck, hands[1].cards[2])) {
        note(trace, size, " card %u", (unsigned)deck->hands[1].cards[2].rank);
    }
    if (MEEPLE_CHANGED(changes, struct deck, chips)) {
        note(trace, size, " chips of %u", (unsigned)deck->chip_count);
    }
    if (MEEPLE_CHANGED(changes, struct deck, names)) {
        note(trace, size, " named %s", deck->names[0] ? deck->names[0] : "");
    }
    if (MEEPLE_CHANGED(changes, struct deck, value)) {
        char text[40];

        meeple_value_text(deck->value, text, sizeof text);
        note(trace, size, " value %s", text);
    }
    note(trace, size, "; ");
}

static void write_log(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    (void)ctx;
    (void)area;
    if (level <= MEEPLE_LOG_WARN) {
        note(logged, sizeof logged, "%s; ", text);
    }
}

static void begin(void)
{
    static const meeple_log log = {.write = write_log, .level = MEEPLE_LOG_WARN};

    mine = (struct deck){.title = "Mine", .top = {.rank = 1, .note = "seen"}, .names = {"one"}};
    session.options.classes = classes;
    session.options.log = &log;
    session_server(&session);
    session_sit(&session, session_client(&session));
    session_sit(&session, session_client(&session));
    settle(&session);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(spawn_decks, .init = begin, .fini = end);

static meeple_object *spawn(struct deck *deck)
{
    meeple_object *object;

    cr_assert_eq(meeple_object_spawn(&object, session.seats[0].world, &deck_class, "deck", deck), 0,
                 "%s", logged);
    return object;
}

static struct deck *deck_at(const struct seat *seat)
{
    return meeple_object_find(seat->world, &deck_class, "deck");
}

Test(spawn_decks, appear_with_all_that_they_hold)
{
    uint8_t blob[] = {1, 2, 3};
    struct deck *there;

    mine.hand_count = 2;
    mine.hands[1].count = 3;
    mine.hands[1].cards[2] = (struct card){.rank = 12, .suit = SPADES, .note = "mine"};
    mine.hands[3].weight = 3;
    mine.blob = (meeple_bytes){blob, sizeof blob};
    mine.value = meeple_value_string("value");
    meeple_object_set_owner(spawn(&mine), id_of(a));
    settle(&session);
    there = deck_at(a);
    cr_assert_not_null(there);
    cr_expect_str_eq(there->title, "Mine");
    cr_expect_str_eq(there->top.note, "seen");
    cr_expect_str_eq(there->names[0], "one");
    cr_expect_str_eq(there->names[1], "");
    cr_expect_eq(there->hands[1].cards[2].rank, 12);
    cr_expect_str_eq(there->hands[1].cards[2].note, "mine");
    cr_expect_eq(there->hands[3].weight, 0.0);
    cr_expect_eq(there->blob.len, 3);
    cr_expect(meeple_value_equal(there->value, mine.value));
    there = deck_at(b);
    cr_expect_str_eq(there->hands[1].cards[2].note, "", "the owner's");
    cr_expect_eq(there->hands[1].cards[2].rank, 12);
    cr_expect_eq(there->blob.len, 0);
    cr_expect_not_null(there->blob.ptr);
    expect_refusals(&session, "");
}

Test(spawn_decks, say_what_has_changed_by_its_place)
{
    char name[] = "one";

    mine.names[0] = name;
    spawn(&mine);
    settle(&session);
    session.trace[0] = '\0';
    mine.hand_count = 2;
    mine.hands[1].count = 3;
    mine.hands[1].cards[2].rank = 7;
    expect_trace(&session, "server: hands card 7; a: hands card 7; b: hands card 7; ");
    name[2] = 'c';
    expect_trace(&session, "server: named onc; a: named onc; b: named onc; ");
    mine.names[0] = (char[]){"onc"};
    expect_trace(&session, "");
    mine.hand_count = 1;
    expect_trace(&session, "server: hands card 7; a: hands card 0; b: hands card 0; ");
    mine.value = meeple_value_vec2(1, 2);
    mine.chip_count = 4;
    expect_trace(&session, "server: value vec2(1, 2); a: value vec2(1, 2); b: value vec2(1, 2); ");
    cr_expect_eq(deck_at(b)->chip_count, 4);
}

Test(spawn_decks, are_told_element_by_element)
{
    meeple_state_stats before;

    mine.hand_count = 4;
    mine.value = meeple_value_string("a value of some bytes");
    spawn(&mine);
    settle(&session);
    before = meeple_world_state_stats(server->world);
    mine.hands[2].label[0] = 'x';
    settle(&session);
    cr_expect_leq(meeple_world_state_stats(server->world).bytes - before.bytes, 2 * 9);
}

Test(spawn_decks, follow_a_master_that_gives_them_back)
{
    meeple_object *object = spawn(&mine);
    struct deck *there;
    char text[] = "theirs";

    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    there = deck_at(a);
    there->names[1] = text;
    there->chip_count = 2;
    there->chips[0] = there->chips[1] = there->chips[2] = 50;
    settle(&session);
    cr_expect_str_eq(mine.names[1], "theirs");
    cr_expect_eq(mine.chips[1], 50);
    cr_expect_eq(mine.chips[2], 0, "does not exist");
    cr_expect_str_eq(deck_at(b)->names[1], "theirs");
    /* Its buffer is its own again. */
    cr_expect_eq(meeple_object_hand_over(object, MEEPLE_SERVER), 0);
    settle(&session);
    strcpy(text, "******");
    cr_expect_str_eq(there->names[1], "theirs");
    cr_expect_eq(there->chips[2], 0);
    mine.names[1] = "ours";
    mine.chip_count = 1;
    settle(&session);
    cr_expect_str_eq(there->names[1], "ours");
    cr_expect_eq(there->chips[1], 0);
    expect_refusals(&session, "");
}

Test(spawn_decks, who_becomes_master_hears_of_what_it_did_not_see)
{
    meeple_object *object;

    mine.hand_count = 2;
    mine.hands[1].count = 3;
    mine.hands[1].cards[2].rank = 7;
    mine.chip_count = 1;
    mine.chips[0] = 5;
    object = spawn(&mine);
    settle(&session);
    session.trace[0] = '\0';
    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    /* The note of a card; all that is counted was there. */
    expect_trace(&session, "a: top; ");
}

Test(spawn_decks, a_count_or_value_out_of_bounds_stays_at_home)
{
    spawn(&mine);
    settle(&session);
    mine.chip_count = 6;
    mine.value = (meeple_value){.kind = MEEPLE_VALUE_ARRAY, .count = 1};
    mine.names[0] = "\xff";
    mine.top.rank = 2;
    settle(&session);
    cr_expect_eq(deck_at(a)->top.rank, 2);
    cr_expect_eq(deck_at(a)->chip_count, 0);
    cr_expect_str_eq(deck_at(a)->names[0], "one");
    cr_expect_str_eq(logged, "the state of deck stays as it was: field 'chip_count' is 6, allowed "
                             "0..5; ");
    cr_expect_eq(meeple_world_wait_ms(server->world), -1);
    mine.chip_count = 5;
    mine.value = meeple_value_nil();
    mine.names[0] = "two";
    settle(&session);
    cr_expect_eq(deck_at(a)->chip_count, 5);
    cr_expect_str_eq(deck_at(a)->names[0], "two");
}

struct page {
    const char *text;
    int32_t number;
};
static const meeple_field page_fields[] = {MEEPLE_STATE(struct page, text),
                                           MEEPLE_STATE(struct page, number)};
static const meeple_state page_state = {
    .fields = page_fields, .field_count = 2, .size = sizeof(struct page)};
static const meeple_class page_class = {.name = "page", .state = &page_state};
static const meeple_class *const page_classes[] = {&page_class, NULL};

Test(spawn_decks, what_is_too_long_stays_at_home_and_holds_nothing_up)
{
    static char text[500];
    static const size_t longest = 300 - 3; /* behind the head of a string */
    struct session small = {.options = session.options};
    struct page page = {.text = text};
    const struct page *there;
    meeple_object *object;

    small.options.classes = page_classes;
    small.options.value_bytes_max = 300;
    session_server(&small);
    session_sit(&small, session_client(&small));
    settle(&small);
    memset(text, 'x', longest + 1);
    cr_expect_eq(meeple_object_spawn(&object, small.seats[0].world, &page_class, "page", &page),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(logged, "page is not spawned: field 'text' is 301 bytes long, more than "
                             "value_bytes_max, 300; ");
    text[longest] = '\0';
    logged[0] = '\0';
    cr_expect_eq(meeple_object_spawn(&object, small.seats[0].world, &page_class, "page", &page), 0,
                 "%s", logged);
    settle(&small);
    there = meeple_object_find(small.seats[1].world, &page_class, "page");
    cr_expect_str_eq(there->text, text);
    text[longest] = 'x';
    page.number = 1;
    settle(&small);
    cr_expect_eq(there->number, 1);
    cr_expect_eq(strlen(there->text), longest);
    cr_expect_not_null(strstr(logged, "the state of page stays as it was"), "%s", logged);
    text[longest] = '\0';
    text[0] = 'X';
    settle(&small);
    cr_expect_str_eq(there->text, text);
    expect_refusals(&small, "");
    session_end(&small);
}

/* And what does not exist any more when it is half there is gone. */
Test(spawn_decks, come_in_fragments_if_they_are_long)
{
    static char text[100000];
    struct deck *there;

    memset(text, 'x', sizeof text - 1);
    spawn(&mine);
    settle(&session);
    mine.hand_count = mine.hands[0].count = 1;
    mine.hands[0].cards[0] = (struct card){.rank = 1, .note = ""};
    mine.value = meeple_value_string("short");
    mine.value_count = 2;
    mine.values[1] = meeple_value_string(text);
    settle(&session);
    there = deck_at(a);
    cr_expect_eq(there->values[1].bytes.len, sizeof text - 1);
    cr_expect(meeple_value_equal(there->values[1], mine.values[1]));
    text[5] = 'y';
    settle(&session);
    cr_expect(meeple_value_equal(there->values[1], mine.values[1]));
    text[5] = 'z';
    cr_assert_geq(meeple_world_poll(server->world, 0), 0);
    cr_assert_geq(meeple_world_poll(a->world, 0), 0);
    mine.value_count = 1;
    settle(&session);
    cr_expect_eq(there->values[1].kind, MEEPLE_VALUE_NIL);
    cr_expect_eq(meeple_object_pending(meeple__states_find(&a->world->states, 1)), 0);
    mine.value_count = 2;
    settle(&session);
    cr_expect(meeple_value_equal(there->values[1], mine.values[1]));
    expect_refusals(&session, "");
}

/* ---- what others say ---- */

static void say_hex(const struct seat *from, int32_t to, const char *hex)
{
    uint8_t bytes[200];
    size_t len = from_hex(bytes, hex);

    cr_assert_eq(meeple_net_send(meeple_world_net(from->world), to, (meeple_bytes){bytes, len}), 0);
}

/* Slots, as test_layout counts them. */
enum {
    HAND_COUNT = 4,
    HANDS_COUNT = 9,
    CHIP_COUNT = 53,
    CHIPS = 54,
    NAMES = 59,
    BLOB = 61,
    VALUE = 62
};

Test(spawn_decks, refuse_what_makes_no_sense)
{
    static const struct {
        unsigned slot;
        const char *hex, *why;
    } cases[] = {
        {HAND_COUNT, "05", "field 'hand_count' is 5, allowed 0..4"},
        {HANDS_COUNT, "04", "field 'hands.count' is 4, allowed 0..3"},
        {CHIP_COUNT, "cd ff ff", "field 'chip_count' is 65535, which is no uint8"},
        {NAMES, "a3 61 ff 62", "field 'names' is not UTF-8"},
        {NAMES, "a3 61 00 62", "field 'names' has a NUL inside"},
        {NAMES, "ad 61 61 61 61 61 61 61 61 61 61 61 61 61",
         "field 'names' is 13 bytes long, allowed 0..12"},
        {NAMES, "c4 00", "field 'names' is bytes, string expected"},
        {NAMES, "a2 61", "field 'names' ends too early"},
        {BLOB, "a1 61", "field 'blob' is a string, bytes expected"},
        {BLOB, "c6 ff ff ff ff", "field 'blob' ends too early"},
        {VALUE, "92 01", "field 'value' ends too early"},
        {VALUE, "91 a1 ff", "field 'value' has a string that is not UTF-8"},
        {VALUE, "d4 00 00", "field 'value' has something of an unknown type inside"},
        {CHIPS, "65", "field 'chips' is 101, allowed 1..100"},
    };
    meeple_object *object = spawn(&mine);

    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        char hex[200], text[200];
        uint8_t bytes[100];

        /* Its term goes up with each. */
        snprintf(hex, sizeof hex, "08 00 01 %02x %02x %02x %s",
                 (unsigned)from_hex(bytes, cases[i].hex) + 2, (unsigned)(i + 1), cases[i].slot,
                 cases[i].hex);
        say_hex(a, MEEPLE_SERVER, hex);
        settle(&session);
        snprintf(text, sizeof text, "server: peer %" PRId32 " changed deck: %s; ", id_of(a),
                 cases[i].why);
        cr_expect_str_eq(session.refusals, text);
        session.refusals[0] = '\0';
    }
    cr_expect_eq(mine.hand_count, 0);
    cr_expect_str_eq(mine.names[0], "one");
}

/* Who says that something exists and does not say what it is, or the other way round. */
Test(spawn_decks, hold_what_a_master_leaves_out_or_says_too_much)
{
    meeple_object *object = spawn(&mine);

    cr_expect_eq(meeple_object_hand_over(object, id_of(a)), 0);
    settle(&session);
    /* Five chips, none of them told: zero, though it is out of their bounds. */
    say_hex(a, MEEPLE_SERVER, "08 00 01 03 01 35 05");
    settle(&session);
    cr_expect_eq(mine.chip_count, 5);
    cr_expect_eq(mine.chips[4], 0);
    cr_expect_eq(deck_at(b)->chip_count, 5);
    say_hex(a, MEEPLE_SERVER, "08 00 01 03 01 3a 63");
    settle(&session);
    cr_expect_eq(deck_at(b)->chips[4], 99);
    /* One that goes, and one that is told although it does not exist. */
    say_hex(a, MEEPLE_SERVER, "08 00 01 05 01 35 04 04 07");
    settle(&session);
    cr_expect_eq(mine.chip_count, 4);
    cr_expect_eq(mine.chips[4], 0);
    cr_expect_eq(deck_at(b)->chips[4], 0);
    say_hex(a, MEEPLE_SERVER, "08 00 01 05 01 30 a2 68 69");
    settle(&session);
    cr_expect(!mine.hands[3].cards[2].note || !*mine.hands[3].cards[2].note);
    expect_refusals(&session, "");
    cr_expect_str_eq(logged, "");
}

/* ---- memory ---- */

static void settle_poorly(struct session *poor)
{
    for (unsigned round = 0; round < 30; round++) {
        int rc = meeple_world_poll(poor->seats[round % 2].world, 0);

        cr_expect(rc >= 0 || rc == MEEPLE_ENOMEM, "%s", meeple_strerror(rc));
    }
}

static void expect_same(const struct deck *left, const struct deck *right)
{
    cr_assert(left && right);
    cr_expect_eq(left->chip_count, right->chip_count);
    cr_expect_arr_eq(left->chips, right->chips, sizeof left->chips);
    cr_expect_str_eq(left->names[0], right->names[0]);
    cr_expect_str_eq(left->names[1] ? left->names[1] : "", right->names[1] ? right->names[1] : "");
    cr_expect_eq(left->hand_count, right->hand_count);
    cr_expect_str_eq(left->hands[0].cards[0].note, right->hands[0].cards[0].note);
    cr_expect(meeple_value_equal(left->value, right->value));
}

static void play_poorly(size_t n, size_t *calls)
{
    struct deck deck = {.title = "Poor", .top = {.rank = 1}, .names = {"first", "second"}};
    struct session poor = {.options = session.options};
    struct counting_mem counting;
    meeple_object *object = NULL;
    struct deck *there;

    counting_mem_init(&counting);
    poor.options.mem = &counting.mem;
    session_server(&poor);
    session_sit(&poor, session_client(&poor));
    settle(&poor);
    counting_mem_fail(&counting, n);
    for (unsigned i = 0; i < 2 && !object; i++) {
        int rc = meeple_object_spawn(&object, poor.seats[0].world, &deck_class, "deck", &deck);

        cr_expect(rc == 0 || (rc == MEEPLE_ENOMEM && i == 0));
    }
    cr_expect_eq(meeple_object_set_owner(object, id_of(&poor.seats[1])), 0);
    settle_poorly(&poor);
    deck.names[0] = "third";
    deck.value = meeple_value_string("value");
    deck.hand_count = deck.hands[0].count = 1;
    deck.hands[0].cards[0] = (struct card){.rank = 4, .note = "noted"};
    settle_poorly(&poor);
    cr_expect_eq(meeple_object_hand_over(object, id_of(&poor.seats[1])), 0);
    settle_poorly(&poor);
    there = deck_at(&poor.seats[1]);
    cr_assert_not_null(there, "failing %zu", n);
    there->names[1] = "fourth";
    there->hands[0].cards[0].note = "noted there";
    there->chip_count = 2;
    there->chips[0] = 9;
    settle_poorly(&poor);
    settle(&poor);
    cr_expect_str_eq(deck.names[1], "fourth", "failing %zu", n);
    cr_expect_str_eq(deck.hands[0].cards[0].note, "noted there");
    expect_same(&deck, there);
    *calls = counting.calls;
    session_end(&poor);
    cr_expect_eq(counting.live, 0, "failing %zu", n);
}

Test(spawn_decks, survive_the_failure_of_every_allocation)
{
    size_t calls = SIZE_MAX, before = 0;

    for (size_t n = 1; n <= 80; n++) {
        play_poorly(n, &calls);
        before = n;
    }
    cr_expect_gt(before, 0);
    cr_expect_lt(calls, 140);
}

Test(spawn_decks, cost_memory_for_what_has_changed_alone)
{
    struct session steady = {.options = session.options};
    struct deck deck = {.title = "x", .top = {.rank = 1}, .names = {"a", "b"}, .chip_count = 5};
    struct counting_mem counting;
    size_t before = 0, live = 0;
    meeple_object *object;

    counting_mem_init(&counting);
    steady.options.mem = &counting.mem;
    session_server(&steady);
    session_sit(&steady, session_client(&steady));
    settle(&steady);
    cr_assert_eq(meeple_object_spawn(&object, steady.seats[0].world, &deck_class, "deck", &deck),
                 0);
    for (unsigned i = 0; i < 50; i++) {
        before = i == 10 ? counting.calls : before;
        live = i == 10 ? counting.live : live;
        deck.chips[i % 5] = 1 + (int32_t)i;
        deck.chip_count = (uint8_t)(i % 2 ? 5 : 3);
        deck.names[0] = i % 2 ? "a" : "c";
        settle(&steady);
        steady.trace[0] = '\0';
    }
    /* A name is kept once by its master and once by the other. */
    cr_expect_eq(counting.calls, before + 2 * 40);
    cr_expect_eq(counting.live, live);
    session_end(&steady);
    cr_expect_eq(counting.live, 0);
}
