/* arguments: what the samples without a window share besides the network: flags in, text out. */
#ifndef MINIMAL_ARGUMENTS_H
#define MINIMAL_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include <meeple/io.h>
#include <meeple/tls.h>

#define PROTOCOLS_MAX 8

/* The arguments that are still to be looked at. */
struct arguments {
    const char *program, *usage;
    char **next; /* NULL-terminated */
};

/* Subprotocols as the library wants them: NULL-terminated. */
struct protocols {
    const char *names[PROTOCOLS_MAX + 1];
    unsigned count;
};

/* Skips the program's name; prints the usage and ends the program if --help is among the rest. */
struct arguments arguments_of(char **argv, const char *usage);

/* The next argument, or NULL. */
const char *arguments_next(struct arguments *arguments);
/* The value after a flag; if there is none, says so and ends the program. */
const char *arguments_value(struct arguments *arguments, const char *flag);
/* The same for a number of at most max. */
uint64_t arguments_number(struct arguments *arguments, const char *flag, uint64_t max);
/* The same for one more subprotocol. */
void arguments_protocol(struct arguments *arguments, const char *flag, struct protocols *protocols);
/* The same for two files, a certificate and its key; if they cannot be used, says so and ends the
 * program with status 1.  The caller's to free. */
meeple_tls_server *arguments_certificate(struct arguments *arguments, const char *flag);
/* The same for files that are known. */
meeple_tls_server *certificate_read(const char *cert, const char *key);

/* The same for the name of a driver that this system has. */
const meeple_io_driver *arguments_io(struct arguments *arguments, const char *flag);

/* Says what is wrong with an argument and ends the program with status 2. */
_Noreturn void arguments_refuse(const struct arguments *arguments, const char *argument,
                                const char *what);

/* What of a message can be shown to people: control characters become dots, and so does what is
 * not ASCII if it is not sent as text; a long one ends in "...".  In storage, which is given back.
 */
struct shown {
    char text[256];
};
const char *show(struct shown *storage, meeple_bytes data, bool text);

#endif /* MINIMAL_ARGUMENTS_H */
