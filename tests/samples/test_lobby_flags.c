/* test_lobby_flags: the command line of a game. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <meeple/base.h>

#include "samples/lobby/flags.h"

/* Of a command line whose words are divided by single blanks; storage takes it. */
static bool parse(struct lobby_flags *flags, char *storage, const char *line)
{
    char *argv[32] = {storage};
    int argc = 1;

    strcpy(storage, "dice");
    if (*line) {
        char *at = storage + 5;

        strcpy(at, line);
        while (at) {
            argv[argc++] = at;
            at = strchr(at, ' ');
            if (at) {
                *at++ = '\0';
            }
        }
    }
    return lobby_flags_parse(flags, argc, argv);
}

Test(lobby_flags, without_any_it_is_a_window_at_port_8080)
{
    struct lobby_flags flags;
    char storage[300];

    setenv("USER", "ännchen", 1);
    cr_assert(parse(&flags, storage, ""));
    cr_expect_not(flags.host || flags.headless || flags.dedicated || flags.help || flags.version);
    cr_expect_null(flags.connect);
    cr_expect_null(flags.bind);
    cr_expect_null(flags.screenshot);
    cr_expect_str_eq(flags.name, "ännchen");
    cr_expect_eq(flags.port, 8080);
    cr_expect_eq(flags.auto_turns, 0);
    cr_expect_eq(flags.dialect, MEEPLE_DIALECT_NATIVE);
    cr_expect_not(flags.has_dialect);
    cr_expect_eq(flags.quit_after_ms, 0);
    cr_expect_eq(flags.x, -1);
    cr_expect_eq(flags.width, 0);
    unsetenv("USER");
    unsetenv("LOGNAME");
    unsetenv("USERNAME");
    cr_assert(parse(&flags, storage, ""));
    cr_expect_null(flags.name);
}

Test(lobby_flags, reads_each)
{
    struct lobby_flags flags;
    char storage[300];

    cr_assert(parse(&flags, storage,
                    "--host --port 0 --bind ::1 --serve web --proxy fd00::/8 --report --name -Bob- "
                    "--auto 4294967295 --seed 7 "
                    "--quit-after 1.25 --screenshot a.png --at 0,40 --size 800x600"));
    cr_expect(flags.host);
    cr_expect_eq(flags.port, 0);
    cr_expect_str_eq(flags.bind, "::1");
    cr_expect_str_eq(flags.files.folder, "web");
    cr_expect_str_eq(flags.proxy, "fd00::/8");
    cr_expect(flags.report);
    cr_expect_str_eq(flags.name, "-Bob-");
    cr_expect_eq(flags.auto_turns, 4294967295);
    cr_expect_eq(flags.seed, 7);
    cr_expect_eq(flags.quit_after_ms, 1250);
    cr_expect_str_eq(flags.screenshot, "a.png");
    cr_expect(flags.x == 0 && flags.y == 40 && flags.width == 800 && flags.height == 600);

    cr_assert(
        parse(&flags, storage, "--connect [::1]:9 --headless --quit-after 0.0001 --ca ca.pem"));
    cr_expect_str_eq(flags.files.ca, "ca.pem");
    cr_expect_str_eq(flags.connect, "[::1]:9");
    cr_expect(flags.headless);
    cr_expect_eq(flags.quit_after_ms, 1);
    cr_assert(parse(&flags, storage, "--dialect godot3"));
    cr_expect_eq(flags.dialect, MEEPLE_DIALECT_GODOT3);
    cr_expect(flags.has_dialect);
    cr_assert(parse(&flags, storage, "--connect x --dialect native"));
    cr_expect_eq(flags.dialect, MEEPLE_DIALECT_NATIVE);
    cr_expect(flags.has_dialect);

    cr_assert(parse(&flags, storage, "--dedicated --headless --key a.key --cert a.pem"));
    cr_expect_str_eq(flags.files.cert, "a.pem");
    cr_expect_str_eq(flags.files.key, "a.key");
    cr_expect(flags.host && flags.dedicated);
}

Test(lobby_flags, help_goes_before_everything)
{
    struct lobby_flags flags;
    char storage[300];

    cr_assert(parse(&flags, storage, "--nonsense --port --help"));
    cr_expect(flags.help);
    cr_assert(parse(&flags, storage, "--version"));
    cr_expect(flags.version);
}

Test(lobby_flags, says_what_is_wrong)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"--nonsense", "\"--nonsense\" is not known here"},
        {"-h", "\"-h\" is not known here"},
        {"localhost", "\"localhost\" is not known here"},
        {"--host extra", "\"extra\" is not known here"},
        {"--port", "--port needs a value"},
        {"--host --connect", "--connect needs a value"},
        {"--port 65536", "--port cannot be \"65536\""},
        {"--port 99999999999999999999", "--port cannot be \"99999999999999999999\""},
        {"--port -1", "--port cannot be \"-1\""},
        {"--port 80a", "--port cannot be \"80a\""},
        {"--port ", "--port cannot be \"\""},
        {"--auto 0", "--auto cannot be \"0\""},
        {"--auto five", "--auto cannot be \"five\""},
        {"--seed 4294967296", "--seed cannot be \"4294967296\""},
        {"--quit-after 0", "--quit-after cannot be \"0\""},
        {"--quit-after -1", "--quit-after cannot be \"-1\""},
        {"--quit-after nan", "--quit-after cannot be \"nan\""},
        {"--quit-after 0x10", "--quit-after cannot be \"0x10\""},
        {"--quit-after 1.2.3", "--quit-after cannot be \"1.2.3\""},
        {"--quit-after 9999999", "--quit-after cannot be \"9999999\""},
        {"--quit-after .", "--quit-after cannot be \".\""},
        {"--at 1", "--at cannot be \"1\""},
        {"--at 1,", "--at cannot be \"1,\""},
        {"--size 0x5", "--size cannot be \"0x5\""},
        {"--size 5x5x", "--size cannot be \"5x5x\""},
        {"--host --connect x", "--host and --connect exclude each other"},
        {"--dedicated --connect x", "--dedicated and --connect exclude each other"},
        {"--headless", "--headless needs --host or --connect"},
        {"--headless --host --screenshot x",
         "--screenshot needs a window, and --headless has none"},
        {"--bind 127.0.0.1", "--bind needs --host"},
        {"--connect x --serve web", "--serve needs --host"},
        {"--connect x --proxy 127.0.0.1", "--proxy needs --host"},
        {"--host --cert a.pem", "--cert needs --key"},
        {"--host --key a.key", "--key needs --cert"},
        {"--connect x --cert a.pem --key a.key", "--cert needs --host"},
        {"--cert ", "--cert cannot be \"\""},
        {"--host --ca", "--ca needs a value"},
        {"--host --dialect", "--dialect needs a value"},
        {"--host --dialect godot", "--dialect cannot be \"godot\""},
        {"--connect x --port 0", "there is no port 0 to connect to"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct lobby_flags flags;
        char storage[300];

        cr_assert_not(parse(&flags, storage, cases[i].line), "%s", cases[i].line);
        cr_expect_str_eq(flags.error, cases[i].error);
    }
}

Test(lobby_flags, a_value_behind_an_equals_sign_may_be_anything)
{
    struct lobby_flags flags;
    char storage[300];

    cr_assert(parse(&flags, storage, "--name=--help --connect=ws://h/?a=b --port=81"));
    cr_expect_not(flags.help);
    cr_expect_str_eq(flags.name, "--help");
    cr_expect_str_eq(flags.connect, "ws://h/?a=b");
    cr_expect_eq(flags.port, 81);
    cr_assert(parse(&flags, storage, "--name="));
    cr_expect_str_eq(flags.name, "");
    cr_assert_not(parse(&flags, storage, "--connect="));
    cr_assert_not(parse(&flags, storage, "--report=1"));
    cr_expect_str_eq(flags.error, "--report has no value");
    cr_assert_not(parse(&flags, storage, "--nam=x"));
}

/* What --help says of such a game; to be freed. */
static char *help(const struct lobby_words *words)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    cr_assert_not_null(out);
    lobby_flags_help(out, words);
    cr_assert_eq(fclose(out), 0);
    return text;
}

Test(lobby_flags, help_names_every_flag_and_fits_a_terminal)
{
    static const char *const names[] = {
        "--host",       "--connect",  "--port", "--bind", "--name",
        "--dedicated",  "--headless", "--auto", "--at",   "--screenshot",
        "--quit-after", "--seed",     "--size", "--help", "--version",
        "--serve",      "--cert",     "--key",  "--ca",   "--dialect",
    };
    const struct lobby_words words = {"croquet", "A game.",    "  --auto N  by itself\n",
                                      "of luck", "The end.\n", true};
    const char *const said[] = {"usage: croquet [", "A game.\n\n", words.by_itself, "of luck, for",
                                "\n\nThe end.\n"};
    char *text = help(&words);

    for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
        cr_expect_neq(strstr(text, names[i]), NULL, "%s", names[i]);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(said); i++) {
        cr_expect_neq(strstr(text, said[i]), NULL, "%s", said[i]);
    }
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        cr_expect_leq(strcspn(line, "\n"), 96, "%.30s", line);
    }
    free(text);
}

Test(lobby_flags, a_game_of_one_language_has_no_flag_for_it)
{
    const struct lobby_words words = {"croquet", "A game.", "", "of luck", "The end.\n", false};
    char *text = help(&words);

    cr_expect_null(strstr(text, "--dialect"));
    free(text);
}
