/* test_log: lines for the hook. */
#include "core/log.h"

#include <criterion/criterion.h>
#include <string.h>

struct lines {
    int count;
    meeple_log_level level;
    char area[32];
    char text[1000];
};

static void keep(void *ctx, meeple_log_level level, const char *area, const char *text)
{
    struct lines *lines = ctx;

    lines->count++;
    lines->level = level;
    strcpy(lines->area, area);
    cr_assert_lt(strlen(text), sizeof lines->text);
    strcpy(lines->text, text);
}

Test(log, a_line_arrives_formatted_with_its_level_and_area)
{
    struct lines lines = {0};
    meeple_log log = {.write = keep, .ctx = &lines, .level = MEEPLE_LOG_DEBUG};

    meeple__log(&log, MEEPLE_LOG_WARN, "net", "peer %d said %s", 7, "no");
    cr_assert_eq(lines.count, 1);
    cr_assert_eq(lines.level, MEEPLE_LOG_WARN);
    cr_assert_str_eq(lines.area, "net");
    cr_assert_str_eq(lines.text, "peer 7 said no");
}

Test(log, lines_above_the_level_are_not_written)
{
    struct lines lines = {0};
    meeple_log log = {.write = keep, .ctx = &lines, .level = MEEPLE_LOG_WARN};

    meeple__log(&log, MEEPLE_LOG_INFO, "net", "x");
    meeple__log(&log, MEEPLE_LOG_DEBUG, "net", "x");
    cr_assert_eq(lines.count, 0);
    cr_assert_not(meeple__logs(&log, MEEPLE_LOG_INFO));
    meeple__log(&log, MEEPLE_LOG_ERROR, "net", "x");
    meeple__log(&log, MEEPLE_LOG_WARN, "net", "x");
    cr_assert_eq(lines.count, 2);
    cr_assert(meeple__logs(&log, MEEPLE_LOG_ERROR));
}

Test(log, no_log_and_no_hook_are_silence)
{
    meeple_log log = {.level = MEEPLE_LOG_DEBUG};

    meeple__log(NULL, MEEPLE_LOG_ERROR, "net", "x");
    meeple__log(&log, MEEPLE_LOG_ERROR, "net", "x");
    cr_assert_not(meeple__logs(NULL, MEEPLE_LOG_ERROR));
    cr_assert_not(meeple__logs(&log, MEEPLE_LOG_ERROR));
}

Test(log, a_long_line_is_cut)
{
    struct lines lines = {0};
    meeple_log log = {.write = keep, .ctx = &lines};
    char text[2000];

    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    meeple__log(&log, MEEPLE_LOG_ERROR, "net", "%s", text);
    cr_assert_eq(lines.count, 1);
    cr_assert_eq(strlen(lines.text), 499);
}
