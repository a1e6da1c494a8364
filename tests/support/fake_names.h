/* fake_names: getaddrinfo() for a test program, in place of the C library's. */
#ifndef TESTS_SUPPORT_FAKE_NAMES_H
#define TESTS_SUPPORT_FAKE_NAMES_H

/*
 * For one file of a program.  Names are what fake_name() said:
 *
 *     fake_name("both", "::1 127.0.0.1");
 *
 * "strange" has an address that is none of the internet's; "slow" is 127.0.0.1, once somebody posts
 * fake_slow; "nobody" is nobody's name (EAI_NONAME); any other fails with EAI_SYSTEM, ENETDOWN.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    FAKE_NAMES_MAX = 64
};

/* The lookup's thread sees them, too. */
static struct {
    const char *name, *addresses;
} fake_names[FAKE_NAMES_MAX];
static size_t fake_name_count;
static sem_t fake_slow;

struct fake_found {
    struct addrinfo info;
    struct sockaddr_storage address;
};

/* The texts are borrowed.  Before any lookup. */
static void fake_name(const char *name, const char *addresses)
{
    if (fake_name_count == FAKE_NAMES_MAX) {
        abort();
    }
    fake_names[fake_name_count].name = name;
    fake_names[fake_name_count++].addresses = addresses;
}

/* False if the text is no address. */
static bool fake_parse(struct fake_found *found, const char *text, uint16_t port)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        memcpy(&found->address, &four, sizeof four);
        found->info.ai_addrlen = sizeof four;
    } else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1) {
        memcpy(&found->address, &six, sizeof six);
        found->info.ai_addrlen = sizeof six;
    } else {
        return false;
    }
    found->info.ai_family = found->address.ss_family;
    found->info.ai_socktype = SOCK_STREAM;
    found->info.ai_addr = (struct sockaddr *)&found->address;
    return true;
}

/* All that the text has, or EAI_NONAME. */
static int fake_find(const char *addresses, uint16_t port, struct addrinfo **out)
{
    struct addrinfo **end = out;
    char text[1000], *rest = text, *word;

    *out = NULL;
    text[0] = '\0';
    strncat(text, addresses, sizeof text - 1);
    while ((word = strtok_r(rest, " ", &rest))) {
        struct fake_found *found = calloc(1, sizeof *found);

        if (!found) {
            abort();
        }
        if (!fake_parse(found, word, port)) {
            free(found);
            break;
        }
        *end = &found->info;
        end = &found->info.ai_next;
    }
    return *out ? 0 : EAI_NONAME;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    uint16_t port = (uint16_t)atoi(service);

    if (hints->ai_flags & AI_NUMERICHOST) {
        return fake_find(name, port, out);
    }
    for (size_t i = 0; i < fake_name_count; i++) {
        if (strcmp(name, fake_names[i].name) == 0) {
            return fake_find(fake_names[i].addresses, port, out);
        }
    }
    if (strcmp(name, "strange") == 0) {
        fake_find("127.0.0.1", port, out);
        (*out)->ai_family = AF_UNIX;
        return 0;
    }
    if (strcmp(name, "slow") == 0) {
        while (sem_wait(&fake_slow) < 0) {
        }
        return fake_find("127.0.0.1", port, out);
    }
    if (strcmp(name, "nobody") == 0) {
        return EAI_NONAME;
    }
    errno = ENETDOWN;
    return EAI_SYSTEM;
}

void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;

        free(info);
        info = next;
    }
}

#endif /* TESTS_SUPPORT_FAKE_NAMES_H */
