/* test_burden: a peer has us keep so much in strings, bytes and values, and no more. */
#include "rpc/burden.h"

#include "tests/rpc/session.h"

enum {
    MOST = 1000
};

struct note {
    uint8_t count;
    const char *lines[3], *title;
    meeple_bytes page;
};

static const meeple_field note_fields[] = {
    MEEPLE_STATE(struct note, lines, MEEPLE_COUNTED_BY(struct note, count)),
    MEEPLE_STATE(struct note, title),
    MEEPLE_STATE(struct note, page, .flags = MEEPLE_OWNER_ONLY),
};
static const meeple_state note_state = {
    .fields = note_fields, .field_count = MEEPLE_COUNT(note_fields), .size = sizeof(struct note)};
static const meeple_class note_class = {.name = "note", .state = &note_state};
static const meeple_class *const classes[] = {&note_class, NULL};

static struct session session;
static struct seat *const server = &session.seats[0], *const a = &session.seats[1],
                          *const b = &session.seats[2];
static struct note notes[2];
static meeple_object *objects[2];
static char text[2 * MOST];

/* A server that lets a fill two notes. */
static void begin(void)
{
    session.options.classes = classes;
    session.options.content_bytes_max = MOST;
    session_server(&session);
    session.options.content_bytes_max = 0;
    session_sit(&session, session_client(&session));
    session_sit(&session, session_client(&session));
    settle(&session);
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < 2; i++) {
        notes[i] = (struct note){.title = ""};
        cr_assert_eq(meeple_object_spawn(&objects[i], server->world, &note_class,
                                         i == 0 ? "one" : "two", &notes[i]),
                     0);
        cr_assert_eq(meeple_object_hand_over(objects[i], id_of(a)), 0);
    }
    settle(&session);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(burden, .init = begin, .fini = end);

static struct note *note_at(const struct seat *seat, const char *path)
{
    return meeple_object_find(seat->world, &note_class, path);
}

static size_t kept(const struct seat *seat)
{
    const struct meeple__remote *remote = meeple__world_remote(server->world, id_of(seat));

    return remote->content_bytes;
}

static const char *letters(size_t count)
{
    return text + sizeof text - 1 - count;
}

static void expect_limit(const char *path)
{
    char expected[200];

    snprintf(expected, sizeof expected,
             "server: peer %" PRId32 " changed %s: strings, bytes and values would hold more than "
             "content_bytes_max, 1000; ",
             id_of(a), path);
    expect_refusals(&session, expected);
}

Test(burden, all_objects_of_a_master_hold_so_much_together)
{
    note_at(a, "one")->title = letters(600);
    note_at(a, "two")->title = letters(300);
    expect_refusals(&session, "");
    cr_expect_eq(kept(a), 900);
    note_at(a, "two")->page = (meeple_bytes){(const uint8_t *)text, 200};
    expect_limit("two");
    cr_expect_eq(notes[1].page.len, 0);
    cr_expect_eq(note_at(a, "two")->page.len, 0, "it is overwritten");
    cr_expect_str_eq(note_at(b, "two")->title, letters(300));
    /* Less is always taken, and makes room. */
    note_at(a, "one")->title = "";
    expect_refusals(&session, "");
    note_at(a, "two")->page = (meeple_bytes){(const uint8_t *)text, 200};
    expect_refusals(&session, "");
    cr_expect_eq(notes[1].page.len, 200);
    cr_expect_eq(kept(a), 500);
}

Test(burden, what_falls_away_makes_room)
{
    struct note *one = note_at(a, "one");

    one->count = 3;
    one->lines[0] = one->lines[1] = one->lines[2] = letters(300);
    expect_refusals(&session, "");
    cr_expect_eq(kept(a), 900);
    one->count = 1;
    expect_refusals(&session, "");
    cr_expect_eq(kept(a), 300);
    cr_expect_eq(meeple_object_hand_over(objects[0], id_of(b)), 0);
    cr_expect_eq(kept(a), 0);
    cr_expect_eq(kept(b), 300);
    cr_expect_eq(meeple_object_hand_over(objects[0], MEEPLE_SERVER), 0);
    cr_expect_eq(kept(b), 0);
    settle(&session);
    /* A server fills its own as it likes, and hands it over full. */
    notes[0].title = letters(MOST + 500);
    cr_expect_eq(meeple_object_hand_over(objects[0], id_of(a)), 0);
    settle(&session);
    cr_expect_eq(kept(a), MOST + 800);
    note_at(a, "one")->title = letters(MOST + 499);
    expect_refusals(&session, "");
    note_at(a, "one")->title = letters(MOST + 500);
    expect_limit("one");
    meeple_object_remove(objects[0]);
    cr_expect_eq(kept(a), 0);
}

Test(burden, a_client_bounds_what_its_server_says)
{
    static struct note third = {.title = "third"};
    meeple_object *object;
    struct seat *c;

    session.options.content_bytes_max = MOST;
    c = session_sit(&session, session_client(&session));
    meeple_object_set_master(objects[0], MEEPLE_SERVER);
    notes[0].title = letters(600);
    expect_refusals(&session, "");
    cr_expect_str_eq(note_at(c, "one")->title, letters(600));
    third.title = letters(500);
    cr_assert_eq(meeple_object_spawn(&object, server->world, &note_class, "three", &third), 0);
    expect_refusals(&session, "c: peer 1 spawned three: strings, bytes and values would hold more "
                              "than content_bytes_max, 1000; ");
    cr_expect_null(note_at(c, "three"));
    cr_expect_str_eq(note_at(b, "three")->title, letters(500));
    notes[0].title = letters(1100);
    expect_refusals(&session, "c: peer 1 changed one: strings, bytes and values would hold more "
                              "than content_bytes_max, 1000; ");
    cr_expect_str_eq(note_at(c, "one")->title, letters(600));
}
