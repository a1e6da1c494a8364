/* echo_client_autobahn: a client for the Autobahn suite's fuzzing server, and for those that speak
 * like it.
 */
#include "samples/minimal/echo_client_autobahn.h"

#include <stdio.h>
#include <string.h>

#include "samples/minimal/arguments.h"

#define URL_MAX 4096
#define CASES_MAX 100000u
#define CASES_IN_A_LINE 50u
/* The longest message of the suite, and echoes of a few of those. */
#define MESSAGE_BYTES (16u << 20)
#define QUEUE_BYTES (64u << 20)

struct autobahn {
    const char *url, *agent; /* the URL without a slash at its end, the name escaped */
    meeple_connect_options options;
};

/* One connection. */
struct visit {
    bool up, failed;
    bool counting; /* a number is expected, and not given back */
    uint32_t cases;
};

/* RFC 3986 section 2: everything but the unreserved characters as %XX.  False if dst is too small.
 */
static bool escape(char *dst, size_t cap, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    size_t len = 0;

    for (; *text && len + 4 <= cap; text++) {
        if (strchr(plain, *text)) {
            dst[len++] = *text;
        } else {
            len += (size_t)snprintf(dst + len, 4, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
    if (*text || len >= cap) {
        return false;
    }
    dst[len] = '\0';
    return true;
}

/* A whole number in decimal from 1 on; 0 if it is none. */
static uint32_t number_in(meeple_bytes text)
{
    uint32_t number = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || number > CASES_MAX) {
            return 0;
        }
        number = number * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return number <= CASES_MAX ? number : 0;
}

static void take(struct visit *visit, meeple_net *net, const meeple_event *event, const char *where)
{
    int rc;

    if (visit->counting) {
        visit->cases = number_in(event->data);
        return;
    }
    rc = event->text ? meeple_net_send_utf8(net, MEEPLE_SERVER, event->data)
                     : meeple_net_send(net, MEEPLE_SERVER, event->data);
    /* In some cases we have failed the connection already. */
    if (rc < 0 && rc != MEEPLE_ESTATE && rc != MEEPLE_ENOTFOUND) {
        fprintf(stderr, "\n%s: no echo: %s\n", where, meeple_strerror(rc));
        visit->failed = true;
    }
}

/* Connects and stays until the server ends it. */
static void stay(const struct autobahn *autobahn, struct visit *visit, const char *where)
{
    char url[URL_MAX];
    meeple_net *net;
    meeple_event event;
    int rc = MEEPLE_ETOOBIG;
    int len = snprintf(url, sizeof url, "%s/%s", autobahn->url, where);

    if (len > 0 && (size_t)len < sizeof url) {
        rc = meeple_net_connect(&net, url, &autobahn->options);
    }
    if (rc < 0) {
        fprintf(stderr, "\n%s: unable to connect: %s\n", where,
                rc == MEEPLE_EINVAL ? "this is no ws:// or wss://HOST[:PORT][/PATH]"
                                    : meeple_strerror(rc));
        return;
    }
    while ((rc = meeple_net_next(net, &event, -1)) > 0) {
        if (event.type == MEEPLE_EVENT_UP) {
            visit->up = true;
        } else if (event.type == MEEPLE_EVENT_PACKET) {
            take(visit, net, &event, where);
        }
    }
    if (!visit->up) {
        fprintf(stderr, "\n%s: unable to connect: %s\n", where, meeple_net_fault(net).text);
    } else if (rc != MEEPLE_ECLOSED) {
        fprintf(stderr, "\n%s: %s\n", where, meeple_strerror(rc));
        visit->failed = true;
    }
    meeple_net_free(net);
}

static bool run_case(const struct autobahn *autobahn, uint32_t number)
{
    struct visit visit = {0};
    char where[URL_MAX];

    snprintf(where, sizeof where, "runCase?case=%u&agent=%s", (unsigned)number, autobahn->agent);
    stay(autobahn, &visit, where);
    return visit.up && !visit.failed;
}

static uint32_t count_cases(const struct autobahn *autobahn)
{
    struct visit visit = {.counting = true};

    stay(autobahn, &visit, "getCaseCount");
    if (visit.up && visit.cases == 0) {
        fprintf(stderr,
                "%s/getCaseCount did not say how many cases there are; is it the fuzzing "
                "server?\n",
                autobahn->url);
    }
    return visit.cases;
}

static bool update_reports(const struct autobahn *autobahn)
{
    struct visit visit = {0};
    char where[URL_MAX];

    snprintf(where, sizeof where, "updateReports?agent=%s", autobahn->agent);
    stay(autobahn, &visit, where);
    return visit.up && !visit.failed;
}

/* One mark for each case, fifty a line. */
static uint32_t run_cases(const struct autobahn *autobahn, uint32_t cases)
{
    uint32_t failed = 0;

    for (uint32_t number = 1; number <= cases; number++) {
        bool worked = run_case(autobahn, number);

        failed += !worked;
        putchar(worked ? '.' : '!');
        if (number % CASES_IN_A_LINE == 0 || number == cases) {
            printf(" %u\n", (unsigned)number);
        }
        fflush(stdout);
    }
    return failed;
}

int echo_autobahn(const char *url, const char *agent, const meeple_connect_options *options)
{
    char base[URL_MAX / 2], name[URL_MAX / 4];
    struct autobahn autobahn = {.url = base, .agent = name, .options = *options};
    meeple_limits *limits = &autobahn.options.limits;
    size_t len = strlen(url);
    uint32_t cases, failed;

    if (len >= sizeof base || !escape(name, sizeof name, agent)) {
        fputs("The URL or the agent's name is too long\n", stderr);
        return 2;
    }
    memcpy(base, url, len + 1);
    while (len > 0 && base[len - 1] == '/') {
        base[--len] = '\0';
    }
    if (limits->message_bytes_max == 0) {
        limits->message_bytes_max = MESSAGE_BYTES;
    }
    limits->queue_bytes_max = QUEUE_BYTES;
    cases = count_cases(&autobahn);
    if (cases == 0) {
        return 1;
    }
    printf("%u cases at %s as %s\n", (unsigned)cases, base, agent);
    failed = run_cases(&autobahn, cases);
    if (!update_reports(&autobahn)) {
        return 1;
    }
    printf("Done: %u cases, %u of them without a connection or without an echo; the report is "
           "asked for\n",
           (unsigned)cases, (unsigned)failed);
    return failed == 0 ? 0 : 1;
}
