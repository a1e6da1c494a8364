/* command: what a line that was typed asks for. */
#include "samples/chat/command.h"

#include <string.h>

/* A word of the line. */
struct word {
    const char *text;
    size_t len;
};

static struct word next_word(const char **at)
{
    struct word word;

    *at += strspn(*at, " ");
    word = (struct word){*at, strcspn(*at, " ")};
    *at += word.len;
    return word;
}

static bool is(struct word word, const char *text)
{
    return word.len == strlen(text) && memcmp(word.text, text, word.len) == 0;
}

/* A whole number in decimal, at most max; false if it is none. */
static bool number_of(struct word word, int32_t max, int32_t *number)
{
    int64_t value = 0;

    for (size_t i = 0; i < word.len; i++) {
        if (word.text[i] < '0' || word.text[i] > '9') {
            return false;
        }
        value = value * 10 + (word.text[i] - '0');
        if (value > max) {
            return false;
        }
    }
    *number = (int32_t)value;
    return word.len > 0;
}

static struct command wrong(const char *sentence)
{
    return (struct command){.type = COMMAND_WRONG, .wrong = sentence};
}

static struct command to(const char *rest)
{
    struct command command = {.type = COMMAND_TO, .target = TARGET_NUMBER};
    struct word who = next_word(&rest);
    bool but = who.len > 0 && who.text[0] == '-';
    struct word number = {who.text + but, who.len - but};

    if (is(who, "all")) {
        command.target = TARGET_ALL;
    } else if (is(who, "last")) {
        command.target = TARGET_LAST;
    } else if (is(who, "others")) {
        command.target = TARGET_OTHERS;
    } else if (!number_of(number, INT32_MAX, &command.peer) || command.peer == 0) {
        return wrong("/to needs all, last, others, a peer's number, or that with a minus: all but");
    }
    if (but) {
        command.peer = MEEPLE_EXCEPT(command.peer);
    }
    return command;
}

/* [CODE [REASON]]; the reason is the rest of the line. */
static struct command ending(struct command command, const char *rest)
{
    struct word code = next_word(&rest);
    int32_t number = 0;

    if (code.len > 0 && !number_of(code, UINT16_MAX, &number)) {
        return wrong("The code before the reason has to be a number: 1000, or one of 3000 to 4999");
    }
    command.code = (uint16_t)number;
    command.reason = rest + strspn(rest, " ");
    return command;
}

static struct command kick(const char *rest)
{
    struct command command = {.type = COMMAND_KICK};

    if (!number_of(next_word(&rest), INT32_MAX, &command.peer)) {
        return wrong("/kick needs a peer's number; /peers says which there are");
    }
    return ending(command, rest);
}

struct command command_of(meeple_bytes line)
{
    const char *rest = (const char *)line.ptr;
    struct word name;

    if (line.len == 0 || rest[0] != '/') {
        return (struct command){.type = COMMAND_SAY, .saying = line};
    }
    if (rest[1] == '/') {
        return (struct command){.type = COMMAND_SAY, .saying = {line.ptr + 1, line.len - 1}};
    }
    rest++;
    name = next_word(&rest);
    if (is(name, "to")) {
        return to(rest);
    }
    if (is(name, "kick")) {
        return kick(rest);
    }
    if (is(name, "close") || is(name, "quit")) {
        return ending((struct command){.type = COMMAND_CLOSE}, rest);
    }
    if (is(name, "text")) {
        return (struct command){.type = COMMAND_TEXT};
    }
    if (is(name, "binary")) {
        return (struct command){.type = COMMAND_BINARY};
    }
    if (is(name, "peers")) {
        return (struct command){.type = COMMAND_PEERS};
    }
    if (is(name, "help")) {
        return (struct command){.type = COMMAND_HELP};
    }
    return wrong("There is no such command; /help says which there are, //... says a line that "
                 "begins with /");
}
