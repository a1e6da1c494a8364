/* flags: the command line of a game. */
#include "samples/lobby/flags.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECONDS_MAX 4000000 /* in milliseconds it still fits */

static const char usage[] = "usage: %s [--host | --connect ADDRESS] [FLAG]...\n\n";
static const char joining[] =
    "\n\n"
    "  --host                   host a game, and play in it\n"
    "  --connect ADDRESS        join one: HOST, HOST:PORT, ws://HOST[:PORT][/PATH], or wss://...\n"
    "  --port N                 where to host, or to connect if HOST comes without; 8080 if not\n"
    "                           given; 0 hosts on any free port\n"
    "  --bind ADDRESS           host only at this address of the machine\n"
    "  --serve FOLDER           a host hands out the page that is in it, at the address it says\n"
    "  --cert FILE, --key FILE  host with TLS, with the certificate and key in these files; "
    "others\n"
    "                           connect to wss://NAME:PORT, the name that the certificate is for\n"
    "  --proxy ADDRESS          host behind a proxy at this address, or in this network, as\n"
    "                           10.0.0.0/8, that says whose connection it is (X-Forwarded-For)\n"
    "  --ca FILE                believe the authorities in FILE, not the system's, about wss://\n"
    "%s"
    "  --name NAME              who you are; your login name if not given\n"
    "  --dedicated              host without playing\n"
    "  --headless               no window: prints what happens, a JSON object a line\n"
    "  --report                 print that with a window, too\n";
static const char dialect[] =
    "  --dialect DIALECT        what is spoken: native, with others of this program; or godot3, "
    "with\n"
    "                           players of Godot 3, to host them or to join one that hosts\n";
static const char window[] =
    "  --screenshot FILE        write the window's last frame to FILE, a PNG\n"
    "  --quit-after SECONDS     leave after that time\n"
    "  --seed N                 %s, for a game that can be repeated\n"
    "  --at X,Y                 where on the screen the window is\n"
    "  --size WIDTHxHEIGHT      how large it is\n"
    "  --help, --version\n"
    "\n";

void lobby_flags_help(FILE *out, const struct lobby_words *words)
{
    fprintf(out, usage, words->program);
    fputs(words->summary, out);
    fprintf(out, joining, words->godot3 ? dialect : "");
    fputs(words->by_itself, out);
    fprintf(out, window, words->seed);
    fputs(words->end, out);
}

static bool complain(struct lobby_flags *flags, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool complain(struct lobby_flags *flags, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(flags->error, sizeof flags->error, format, args);
    va_end(args);
    return false;
}

/* Digits, least to most; *rest is behind them. */
static bool read_number(const char *text, uint64_t most, uint64_t *number, const char **rest)
{
    const char *at = text;
    uint64_t value = 0;

    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (uint64_t)(*at - '0');
        if (value > most) {
            return false;
        }
    }
    *number = value;
    *rest = at;
    return at > text;
}

static bool read_all(const char *text, uint64_t least, uint64_t most, uint32_t *number)
{
    const char *rest;
    uint64_t value;

    if (!read_number(text, most, &value, &rest) || *rest || value < least) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

/* Two numbers and what is between them. */
static bool read_pair(const char *text, char between, int *first, int *second)
{
    uint64_t one, two;
    const char *rest;

    if (!read_number(text, 32767, &one, &rest) || *rest != between ||
        !read_number(rest + 1, 32767, &two, &rest) || *rest) {
        return false;
    }
    *first = (int)one;
    *second = (int)two;
    return true;
}

static bool set_host(struct lobby_flags *flags, const char *value)
{
    (void)value;
    flags->host = true;
    return true;
}

static bool set_dedicated(struct lobby_flags *flags, const char *value)
{
    (void)value;
    flags->dedicated = true;
    return true;
}

static bool set_headless(struct lobby_flags *flags, const char *value)
{
    (void)value;
    flags->headless = true;
    return true;
}

static bool set_report(struct lobby_flags *flags, const char *value)
{
    (void)value;
    flags->report = true;
    return true;
}

static bool set_connect(struct lobby_flags *flags, const char *value)
{
    flags->connect = value;
    return *value != '\0';
}

static bool set_bind(struct lobby_flags *flags, const char *value)
{
    flags->bind = value;
    return *value != '\0';
}

static bool set_serve(struct lobby_flags *flags, const char *value)
{
    flags->files.folder = value;
    return *value != '\0';
}

static bool set_cert(struct lobby_flags *flags, const char *value)
{
    flags->files.cert = value;
    return *value != '\0';
}

static bool set_key(struct lobby_flags *flags, const char *value)
{
    flags->files.key = value;
    return *value != '\0';
}

static bool set_proxy(struct lobby_flags *flags, const char *value)
{
    flags->proxy = value;
    return *value != '\0';
}

static bool set_ca(struct lobby_flags *flags, const char *value)
{
    flags->files.ca = value;
    return *value != '\0';
}

static bool set_dialect(struct lobby_flags *flags, const char *value)
{
    static const struct {
        const char *name;
        meeple_dialect dialect;
    } known[] = {{"native", MEEPLE_DIALECT_NATIVE}, {"godot3", MEEPLE_DIALECT_GODOT3}};

    for (size_t i = 0; i < MEEPLE_COUNT(known); i++) {
        if (strcmp(known[i].name, value) == 0) {
            flags->dialect = known[i].dialect;
            flags->has_dialect = true;
            return true;
        }
    }
    return false;
}

static bool set_name(struct lobby_flags *flags, const char *value)
{
    flags->name = value;
    return true;
}

static bool set_screenshot(struct lobby_flags *flags, const char *value)
{
    flags->screenshot = value;
    return *value != '\0';
}

static bool set_port(struct lobby_flags *flags, const char *value)
{
    uint32_t port;

    if (!read_all(value, 0, UINT16_MAX, &port)) {
        return false;
    }
    flags->port = (uint16_t)port;
    return true;
}

static bool set_auto(struct lobby_flags *flags, const char *value)
{
    return read_all(value, 1, UINT32_MAX, &flags->auto_turns);
}

static bool set_seed(struct lobby_flags *flags, const char *value)
{
    return read_all(value, 0, UINT32_MAX, &flags->seed);
}

static bool set_quit_after(struct lobby_flags *flags, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);

    /* strtod() takes more than anyone means: blanks, "inf", hexadecimals. */
    if (value[strspn(value, "0123456789.")] || end == value || *end || seconds > SECONDS_MAX ||
        seconds <= 0) {
        return false;
    }
    flags->quit_after_ms = seconds < 0.001 ? 1 : (uint32_t)(seconds * 1000);
    return true;
}

static bool set_at(struct lobby_flags *flags, const char *value)
{
    return read_pair(value, ',', &flags->x, &flags->y);
}

static bool set_size(struct lobby_flags *flags, const char *value)
{
    return read_pair(value, 'x', &flags->width, &flags->height) && flags->width > 0 &&
           flags->height > 0;
}

struct flag {
    const char *name;
    bool has_value;
    bool (*set)(struct lobby_flags *flags, const char *value);
};

/* The name has len bytes. */
static const struct flag *find(const char *name, size_t len)
{
    static const struct flag known[] = {
        {"--host", false, set_host},
        {"--dedicated", false, set_dedicated},
        {"--headless", false, set_headless},
        {"--report", false, set_report},
        {"--connect", true, set_connect},
        {"--port", true, set_port},
        {"--bind", true, set_bind},
        {"--serve", true, set_serve},
        {"--cert", true, set_cert},
        {"--key", true, set_key},
        {"--proxy", true, set_proxy},
        {"--ca", true, set_ca},
        {"--dialect", true, set_dialect},
        {"--name", true, set_name},
        {"--auto", true, set_auto},
        {"--screenshot", true, set_screenshot},
        {"--quit-after", true, set_quit_after},
        {"--seed", true, set_seed},
        {"--at", true, set_at},
        {"--size", true, set_size},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(known); i++) {
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0) {
            return &known[i];
        }
    }
    return NULL;
}

static const char *login_name(void)
{
    static const char *const variables[] = {"USER", "LOGNAME", "USERNAME"};

    for (size_t i = 0; i < MEEPLE_COUNT(variables); i++) {
        const char *name = getenv(variables[i]);

        if (name && *name) {
            return name;
        }
    }
    return NULL;
}

/* Whether what a host has makes sense. */
static bool check_hosting(struct lobby_flags *flags, bool hosting)
{
    const struct lobby_files *files = &flags->files;

    if (flags->bind && !hosting) {
        return complain(flags, "--bind needs --host");
    }
    if (files->folder && !hosting) {
        return complain(flags, "--serve needs --host");
    }
    if (flags->proxy && !hosting) {
        return complain(flags, "--proxy needs --host");
    }
    if (!files->cert != !files->key) {
        return complain(flags, "%s", files->cert ? "--cert needs --key" : "--key needs --cert");
    }
    if (files->cert && !hosting) {
        return complain(flags, "--cert needs --host");
    }
    return true;
}

/* Whether the flags make sense together. */
static bool check(struct lobby_flags *flags, bool has_port)
{
    bool hosting = flags->host || flags->dedicated;

    if (hosting && flags->connect) {
        return complain(flags, "--%s and --connect exclude each other",
                        flags->host ? "host" : "dedicated");
    }
    if (flags->headless && !hosting && !flags->connect) {
        return complain(flags, "--headless needs --host or --connect");
    }
    if (flags->headless && flags->screenshot) {
        return complain(flags, "--screenshot needs a window, and --headless has none");
    }
    if (!check_hosting(flags, hosting)) {
        return false;
    }
    if (flags->connect && has_port && flags->port == 0) {
        return complain(flags, "there is no port 0 to connect to");
    }
    flags->host = hosting;
    return true;
}

bool lobby_flags_parse(struct lobby_flags *flags, int argc, char **argv)
{
    bool has_port = false;

    *flags = (struct lobby_flags){.port = LOBBY_PORT, .name = login_name(), .x = -1, .y = -1};
    for (int i = 1; i < argc; i++) {
        flags->help = flags->help || strcmp(argv[i], "--help") == 0;
        flags->version = flags->version || strcmp(argv[i], "--version") == 0;
    }
    if (flags->help || flags->version) {
        return true;
    }
    for (int i = 1; i < argc; i++) {
        size_t len = strcspn(argv[i], "=");
        const struct flag *flag = find(argv[i], len);
        const char *value = argv[i][len] ? argv[i] + len + 1 : NULL;

        if (!flag) {
            return complain(flags, "\"%.60s\" is not known here", argv[i]);
        }
        if (!flag->has_value && value) {
            return complain(flags, "%s has no value", flag->name);
        }
        if (flag->has_value && !value) {
            value = argv[++i];
            if (!value) {
                return complain(flags, "%s needs a value", flag->name);
            }
        }
        if (!flag->set(flags, value)) {
            return complain(flags, "%s cannot be \"%.60s\"", flag->name, value);
        }
        has_port = has_port || flag->set == set_port;
    }
    return check(flags, has_port);
}
