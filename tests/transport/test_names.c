/* test_names: the words for events and stages. */
#include <meeple/event.h>

#include <criterion/criterion.h>
#include <string.h>

Test(names, every_event_has_its_word)
{
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_UP), "up");
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_JOIN), "join");
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_PACKET), "packet");
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_DRAINED), "drained");
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_CLOSING), "closing");
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_LEAVE), "leave");
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_DOWN), "down");
}

Test(names, every_stage_has_its_word)
{
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_RESOLVE), "resolve");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_CONNECT), "connect");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_TLS), "tls");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_HTTP), "http");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_SUBPROTOCOL), "subprotocol");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_TIMEOUT), "timeout");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_SESSION), "session");
}

Test(names, anything_else_is_none)
{
    cr_assert_str_eq(meeple_event_name(MEEPLE_EVENT_NONE), "none");
    cr_assert_str_eq(meeple_event_name((meeple_event_type)77), "none");
    cr_assert_str_eq(meeple_stage_name(MEEPLE_STAGE_NONE), "none");
    cr_assert_str_eq(meeple_stage_name((meeple_stage)77), "none");
}
