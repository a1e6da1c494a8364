/* test_godot3_modes: who runs a call between three worlds, against what Godot 3.2.3 did. */
#include <criterion/criterion.h>

#define SESSION_DIALECT MEEPLE_DIALECT_GODOT3
#include "tests/rpc/session.h"

struct row {
    meeple_rpc_mode mode;
    int32_t caller, master, to; /* 1 is the server, 2 and 3 are clients */
    unsigned ran;               /* a bit for each peer */
};

static const struct row rows[] = {
#include "tests/rpc/rpc_modes.inc"
};

static struct session session;

static void begin(void)
{
    session_begin(&session, 2);
}

static void end(void)
{
    session_end(&session);
}

TestSuite(godot3_modes, .init = begin, .fini = end);

static int32_t id_in_session(int32_t peer)
{
    return peer == 0 ? 0 : peer > 0 ? id_of(&session.seats[peer - 1]) : -id_in_session(-peer);
}

static void call(const struct row *row)
{
    static const meeple_rpc_type *(*const types[])(void) = {
        [MEEPLE_RPC_DISABLED] = off_rpc,         [MEEPLE_RPC_REMOTE] = tell_rpc,
        [MEEPLE_RPC_MASTER] = ask_rpc,           [MEEPLE_RPC_PUPPET] = show_rpc,
        [MEEPLE_RPC_REMOTESYNC] = say_rpc,       [MEEPLE_RPC_MASTERSYNC] = ask_sync_rpc,
        [MEEPLE_RPC_PUPPETSYNC] = show_sync_rpc,
    };
    struct tell arg = {.text = "x"};

    for (size_t i = 0; i < session.count; i++) {
        meeple_object_set_master(session.seats[i].object, id_in_session(row->master));
    }
    /* What is no target, or is to ourselves and may not be, runs nowhere. */
    (void)meeple_object_call(session.seats[row->caller - 1].object, id_in_session(row->to),
                             types[row->mode](), &arg);
    settle(&session);
}

/* A bit for each peer, as above. */
static unsigned who_ran(void)
{
    unsigned ran = 0;

    for (size_t i = 0; i < session.count; i++) {
        char begins[20];

        snprintf(begins, sizeof begins, "%s.", session.seats[i].name);
        for (const char *at = session.trace; at; at = strchr(at, ';')) {
            at += strspn(at, "; ");
            ran |= strncmp(at, begins, strlen(begins)) == 0 ? 2U << i : 0;
        }
    }
    return ran;
}

/* Godot's clients reach the server with "all but the server" (it compares the wrong id); ours do
 * not. */
static unsigned expected(const struct row *row)
{
    bool stray = row->caller != MEEPLE_SERVER && row->to == MEEPLE_EXCEPT(MEEPLE_SERVER);

    return stray ? row->ran & ~2U : row->ran;
}

Test(godot3_modes, run_a_call_where_godot_runs_it)
{
    /* The second time everything goes by ids. */
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
            const struct row *row = &rows[i];

            session.trace[0] = '\0';
            call(row);
            cr_expect_eq(who_ran(), expected(row), "%s called by %d, master %d, to %d: %u, not %u",
                         meeple_rpc_mode_name(row->mode), row->caller, row->master, row->to,
                         who_ran(), expected(row));
        }
        session.refusals[0] = '\0';
    }
}
