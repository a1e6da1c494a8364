/* arguments: what the samples without a window share besides the network: flags in, text out. */
#include "samples/minimal/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arguments arguments_of(char **argv, const char *usage)
{
    struct arguments arguments = {
        .program = argv[0] ? argv[0] : "echo", .usage = usage, .next = argv};

    if (*arguments.next) {
        arguments.next++;
    }
    for (char **at = arguments.next; *at; at++) {
        if (strcmp(*at, "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
    }
    return arguments;
}

const char *arguments_next(struct arguments *arguments)
{
    return *arguments->next ? *arguments->next++ : NULL;
}

const char *arguments_value(struct arguments *arguments, const char *flag)
{
    const char *value = arguments_next(arguments);

    if (!value) {
        arguments_refuse(arguments, flag, "needs a value");
    }
    return value;
}

uint64_t arguments_number(struct arguments *arguments, const char *flag, uint64_t max)
{
    const char *value = arguments_value(arguments, flag);
    uint64_t number = 0;

    if (!*value) {
        arguments_refuse(arguments, flag, "needs a number");
    }
    for (const char *at = value; *at; at++) {
        if (*at < '0' || *at > '9') {
            arguments_refuse(arguments, value, "is no number");
        }
        number = number * 10 + (uint64_t)(*at - '0');
        if (number > max) {
            arguments_refuse(arguments, value, "is too large a number");
        }
    }
    return number;
}

void arguments_protocol(struct arguments *arguments, const char *flag, struct protocols *protocols)
{
    const char *name = arguments_value(arguments, flag);

    if (protocols->count == PROTOCOLS_MAX) {
        arguments_refuse(arguments, name, "is one subprotocol too many");
    }
    protocols->names[protocols->count++] = name;
}

meeple_tls_server *arguments_certificate(struct arguments *arguments, const char *flag)
{
    const char *cert = arguments_value(arguments, flag);

    return certificate_read(cert, arguments_value(arguments, flag));
}

meeple_tls_server *certificate_read(const char *cert, const char *key)
{
    meeple_tls_server_options options = {.cert_file = cert, .key_file = key};
    meeple_tls_server *tls;
    char why[200] = "out of memory";

    if (meeple_tls_server_new(&tls, &options, why, sizeof why) < 0) {
        fprintf(stderr, "Unable to use the certificate: %s\n", why);
        exit(1);
    }
    return tls;
}

const meeple_io_driver *arguments_io(struct arguments *arguments, const char *flag)
{
    const meeple_io_driver *const drivers[] = {meeple_io_epoll(), meeple_io_poll(),
                                               meeple_io_uring()};
    const char *name = arguments_value(arguments, flag);

    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        if (drivers[i] && strcmp(drivers[i]->name, name) == 0) {
            return drivers[i];
        }
    }
    arguments_refuse(arguments, name, "is no driver of this library");
}

void arguments_refuse(const struct arguments *arguments, const char *argument, const char *what)
{
    fprintf(stderr, "%s: %s %s; --help says more\n", arguments->program, argument, what);
    exit(2);
}

/* One of Unicode's own control characters, U+0080 to U+009F, has two bytes; valid UTF-8 only. */
static bool is_control_pair(meeple_bytes data, size_t first)
{
    return first + 1 < data.len && data.ptr[first] == 0xc2 && data.ptr[first + 1] <= 0x9f;
}

const char *show(struct shown *storage, meeple_bytes data, bool text)
{
    static const char more[] = "...";
    size_t room = sizeof storage->text - sizeof more;
    size_t len = data.len < room ? data.len : room;

    /* Not in the middle of a character. */
    while (len < data.len && len > 0 && (data.ptr[len] & 0xc0) == 0x80) {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = data.ptr[i];
        bool shown = byte < 0x80 ? byte >= ' ' && byte != 0x7f : text;

        if (is_control_pair(data, i) || (i > 0 && is_control_pair(data, i - 1))) {
            shown = false;
        }
        storage->text[i] = '.';
        if (shown) {
            memcpy(&storage->text[i], &byte, 1);
        }
    }
    memcpy(storage->text + len, more, sizeof more);
    if (len == data.len) {
        storage->text[len] = '\0';
    }
    return storage->text;
}
