/* refused: a small game that compiles, and with -DWRONG_... one mistake in it that must not. */
#include <meeple/state.h>

#define ROLLED(ARG) ARG(const char *, name, .max = 64) ARG(int32_t, eyes, .min = 1, .max = 6)
MEEPLE_RPC(rolled, ROLLED)

#define PASS(ARG)
MEEPLE_RPC(pass, PASS)

#ifdef WRONG_TYPE_UNKNOWN
#define TYPED(ARG) ARG(long double, much)
MEEPLE_RPC(typed, TYPED)
#endif
#ifdef WRONG_UNKNOWN_BOUND
#define BOUND(ARG) ARG(int32_t, eyes, .most = 6)
MEEPLE_RPC(bound, BOUND)
#endif

enum mood {
    CALM,
    ANGRY
};

struct card {
    uint8_t suit, rank;
};

static const meeple_field card_fields[] = {
    MEEPLE_STATE(struct card, suit, .max = 3),
    MEEPLE_STATE(struct card, rank, .min = 1, .max = 13),
};

struct game {
    int32_t eyes;
    enum mood mood;
    char text[8];
    meeple_vec3 place[2];
    enum mood moods[3];
    const char *string, *strings[2];
    meeple_bytes bytes;
    meeple_value value;
    meeple_color colors[2];
    meeple_transform turn;
    meeple_quat turns[2][3];
    meeple_ints ints;
    uint16_t card_count;
    struct card top, cards[52];
    uint8_t board[8][8], cube[3][3][3];
    char names[4][32];
    struct card piles[4][13], *next, (*hands)[5];
};

extern const meeple_state game_state;
static const meeple_field game_fields[] = {
    MEEPLE_STATE(struct game, eyes, .min = 1, .max = 6),
    MEEPLE_STATE(struct game, mood, .max = ANGRY),
    MEEPLE_STATE(struct game, text, .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct game, place),
    MEEPLE_STATE(struct game, place[1].y),
    MEEPLE_STATE(struct game, moods, .max = ANGRY),
    MEEPLE_STATE(struct game, string, .max = 100),
    MEEPLE_STATE(struct game, strings),
    MEEPLE_STATE(struct game, bytes),
    MEEPLE_STATE(struct game, value),
    MEEPLE_STATE(struct game, colors),
    MEEPLE_STATE(struct game, turn),
    MEEPLE_STATE(struct game, turns),
    MEEPLE_STATE_STRUCT(struct game, top, struct card, card_fields),
    MEEPLE_STATE_STRUCT(struct game, cards, struct card, card_fields,
                        MEEPLE_COUNTED_BY(struct game, card_count), .flags = MEEPLE_OWNER_ONLY),
    MEEPLE_STATE(struct game, board),
    MEEPLE_STATE(struct game, names, .max = 20),
    MEEPLE_STATE_STRUCT(struct game, piles, struct card, card_fields),
#ifdef WRONG_STATE_OF_A_CUBE
    MEEPLE_STATE(struct game, cube),
#endif
#ifdef WRONG_STATE_OF_A_POINTER
    MEEPLE_STATE_STRUCT(struct game, next, struct card, card_fields),
#endif
#ifdef WRONG_STATE_OF_A_POINTER_TO_ROWS
    MEEPLE_STATE_STRUCT(struct game, hands, struct card, card_fields),
#endif
#ifdef WRONG_STATE_OF_A_SPAN
    MEEPLE_STATE(struct game, ints),
#endif
#ifdef WRONG_STATE_OF_A_STRUCT
    MEEPLE_STATE(struct game, top),
#endif
#ifdef WRONG_STATE_OF_ANOTHER_STRUCT
    MEEPLE_STATE_STRUCT(struct game, top, struct game, card_fields),
#endif
#ifdef WRONG_COUNTED_BY_A_SIGNED
    MEEPLE_STATE(struct game, place, MEEPLE_COUNTED_BY(struct game, eyes)),
#endif
};
const meeple_state game_state = {
    .fields = game_fields, .field_count = MEEPLE_COUNT(game_fields), .size = sizeof(struct game)};

MEEPLE_ANSWERS(struct game, rolled)
MEEPLE_ANSWERS(struct game, pass)

#ifdef WRONG_HANDLER_OF_WRONG_TYPE
static void on_rolled(struct game *self, const struct pass *arg, const meeple_call *call)
{
    (void)arg;
    self->eyes = call->sender;
}
#else
static void on_rolled(struct game *self, const struct rolled *arg, const meeple_call *call)
{
    (void)call;
    self->eyes = arg->eyes;
}
#endif

#ifndef WRONG_HANDLER_MISSING
static void on_pass(struct game *self, const struct pass *arg, const meeple_call *call)
{
    (void)arg;
    (void)call;
    self->eyes = 0;
}
#endif

extern const meeple_class game_class;
static const meeple_method methods[] = {
    MEEPLE_METHOD(rolled, MEEPLE_RPC_REMOTESYNC),
    MEEPLE_METHOD(pass, MEEPLE_RPC_MASTER),
#ifdef WRONG_METHOD_NOT_ANSWERED
    MEEPLE_METHOD(leave, MEEPLE_RPC_MASTER),
#endif
};
const meeple_class game_class = {
    .name = "game", .methods = methods, .method_count = MEEPLE_COUNT(methods)};

int say(meeple_object *object);

int say(meeple_object *object)
{
    int rc = meeple_rpc(object, MEEPLE_SERVER, pass);

    if (rc < 0) {
        return rc;
    }
    rc = meeple_set(object, MEEPLE_ALL, "eyes", 6 > 5);
    if (rc < 0) {
        return rc;
    }
#if defined(WRONG_SET_TO_A_CHAR)
    return meeple_set(object, MEEPLE_ALL, "eyes", (char)6);
#elif defined(WRONG_SET_TO_A_STRUCT)
    return meeple_set(object, MEEPLE_ALL, "eyes", game_class);
#elif defined(WRONG_MISSPELT_METHOD)
    return meeple_rpc(object, MEEPLE_ALL, roled, "Ann", 6);
#elif defined(WRONG_ARGUMENT_MISSING)
    return meeple_rpc(object, MEEPLE_ALL, rolled, "Ann");
#elif defined(WRONG_ARGUMENT_TOO_MANY)
    return meeple_rpc(object, MEEPLE_ALL, rolled, "Ann", 6, 6);
#elif defined(WRONG_ARGUMENT_OF_WRONG_TYPE)
    return meeple_rpc(object, MEEPLE_ALL, rolled, 6, "Ann");
#else
    return meeple_rpc(object, MEEPLE_ALL, rolled, "Ann", 6);
#endif
}
