/* test_policy: who may call whom, against what Godot 3.2.3 did. */
#include "rpc/policy.h"

#include <criterion/criterion.h>

#include <meeple/event.h>

#include "rpc/sentence.h"

enum {
    SERVER = 1,
    FIRST = 2,
    SECOND = 3
};

struct row {
    meeple_rpc_mode mode;
    int32_t caller, master, to;
    unsigned ran; /* a bit for each peer */
};

static const struct row rows[] = {
#include "tests/rpc/rpc_modes.inc"
};

static bool reaches(int32_t to, int32_t peer)
{
    return to == 0 || to == peer || (to < 0 && to != -peer);
}

/* Who runs it if everybody does what the policy says. */
static unsigned who_runs(const struct row *row)
{
    struct meeple__plan plan;
    unsigned ran = 0;

    if (row->to == -row->caller) {
        return 0; /* no target: meeple_rpc() answers MEEPLE_ENOTFOUND */
    }
    plan = meeple__policy_call(row->mode, row->caller, row->master, row->to);
    if (plan.run_here) {
        ran |= 1U << row->caller;
    }
    for (int32_t peer = SERVER; peer <= SECOND; peer++) {
        if (plan.send && peer != row->caller && reaches(row->to, peer) &&
            meeple__policy_answer(row->mode, peer, row->master, row->caller)) {
            ran |= 1U << peer;
        }
    }
    return ran;
}

/* Godot's clients reach the server with "all but the server" (it compares the wrong id); ours do
 * not. */
static unsigned expected(const struct row *row)
{
    bool stray = row->caller != SERVER && row->to == MEEPLE_EXCEPT(SERVER);

    return stray ? row->ran & ~(1U << SERVER) : row->ran;
}

Test(policy, runs_a_call_where_godot_runs_it)
{
    cr_assert_eq(MEEPLE_COUNT(rows), 154);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        const struct row *row = &rows[i];

        cr_expect_eq(who_runs(row), expected(row), "%s called by %d, master %d, to %d: %u, not %u",
                     meeple_rpc_mode_name(row->mode), row->caller, row->master, row->to,
                     who_runs(row), expected(row));
    }
}

Test(policy, differs_from_godot_only_in_all_but_the_server)
{
    unsigned strays = 0;

    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        if (expected(&rows[i]) != rows[i].ran) {
            cr_expect_eq(rows[i].to, -1);
            strays++;
        }
    }
    cr_expect_gt(strays, 0);
}

Test(policy, lets_only_the_master_call_a_puppet_method)
{
    cr_expect(meeple__policy_answer(MEEPLE_RPC_PUPPET, FIRST, SERVER, SERVER));
    cr_expect_not(meeple__policy_answer(MEEPLE_RPC_PUPPET, FIRST, SERVER, SECOND));
    cr_expect_not(meeple__policy_answer(MEEPLE_RPC_PUPPETSYNC, SERVER, SERVER, FIRST));
}

Test(policy, lets_only_the_master_run_a_master_method)
{
    cr_expect(meeple__policy_answer(MEEPLE_RPC_MASTER, SERVER, SERVER, FIRST));
    cr_expect_not(meeple__policy_answer(MEEPLE_RPC_MASTER, SECOND, SERVER, FIRST));
    cr_expect_not(meeple__policy_answer(MEEPLE_RPC_MASTERSYNC, SERVER, SECOND, FIRST));
}

Test(policy, sends_a_puppet_call_of_a_puppet_and_runs_it_here)
{
    struct meeple__plan plan = meeple__policy_call(MEEPLE_RPC_PUPPET, FIRST, SERVER, MEEPLE_ALL);

    cr_expect(plan.send);
    cr_expect(plan.run_here);
}

Test(policy, sends_nothing_when_the_master_calls_a_master_method)
{
    struct meeple__plan plan = meeple__policy_call(MEEPLE_RPC_MASTER, SERVER, SERVER, MEEPLE_ALL);

    cr_expect_not(plan.send);
    cr_expect(plan.run_here);
}

Test(policy, refuses_a_call_to_ourselves_that_would_not_run)
{
    cr_expect(meeple__policy_call(MEEPLE_RPC_REMOTE, FIRST, SERVER, FIRST).refused);
    cr_expect(meeple__policy_call(MEEPLE_RPC_DISABLED, FIRST, SERVER, FIRST).refused);
    cr_expect(meeple__policy_call(MEEPLE_RPC_MASTER, FIRST, SERVER, FIRST).refused);
    cr_expect_not(meeple__policy_call(MEEPLE_RPC_PUPPET, FIRST, SERVER, FIRST).refused);
    cr_expect_not(meeple__policy_call(MEEPLE_RPC_REMOTESYNC, FIRST, SERVER, FIRST).refused);
}

Test(policy, lets_nobody_call_what_is_disabled_or_unknown)
{
    cr_expect_not(meeple__policy_answer(MEEPLE_RPC_DISABLED, FIRST, SERVER, SERVER));
    cr_expect_not(meeple__policy_answer((meeple_rpc_mode)77, FIRST, SERVER, SERVER));
}

Test(policy, says_its_rules_in_words)
{
    static const struct {
        meeple_rpc_mode mode;
        const char *text;
    } cases[] = {
        {MEEPLE_RPC_DISABLED, "disabled lets nobody call it"},
        {MEEPLE_RPC_REMOTE, "remote lets anyone call it"},
        {MEEPLE_RPC_MASTER, "master lets only the master, 7, run it"},
        {MEEPLE_RPC_MASTERSYNC, "mastersync lets only the master, 7, run it"},
        {MEEPLE_RPC_PUPPET, "puppet lets only the master, 7, call it"},
        {MEEPLE_RPC_PUPPETSYNC, "puppetsync lets only the master, 7, call it"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__sentence text;

        meeple__sentence_init(&text);
        meeple__policy_say(&text, cases[i].mode, 7);
        cr_expect_str_eq(text.text, cases[i].text);
    }
}
