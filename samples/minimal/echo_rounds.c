/* echo_rounds: messages on their way to an echo and back: which, how many at once, and how long. */
#include "samples/minimal/echo_rounds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "samples/minimal/clock.h"

#define ALPHABET 26u

int echo_rounds_begin(struct echo_rounds *rounds, const struct echo_plan *plan)
{
    rounds->plan = *plan;
    if (!plan->message) {
        /* Every message is a part of this, begun at another letter. */
        rounds->letters = malloc(plan->size + ALPHABET);
        if (!rounds->letters) {
            return MEEPLE_ENOMEM;
        }
        for (size_t i = 0; i < plan->size + ALPHABET; i++) {
            rounds->letters[i] = (char)('a' + i % ALPHABET);
        }
    }
    rounds->took_us = calloc(plan->count, sizeof *rounds->took_us);
    rounds->sent_us = calloc(plan->in_flight, sizeof *rounds->sent_us);
    return rounds->took_us && rounds->sent_us ? 0 : MEEPLE_ENOMEM;
}

void echo_rounds_end(struct echo_rounds *rounds)
{
    free(rounds->letters);
    free(rounds->took_us);
    free(rounds->sent_us);
    memset(rounds, 0, sizeof *rounds);
}

static meeple_bytes message_of(const struct echo_rounds *rounds, uint32_t number)
{
    const struct echo_plan *plan = &rounds->plan;

    if (plan->message) {
        return (meeple_bytes){(const uint8_t *)plan->message, strlen(plan->message)};
    }
    return (meeple_bytes){(const uint8_t *)rounds->letters + number % ALPHABET, plan->size};
}

bool echo_rounds_next(const struct echo_rounds *rounds, meeple_bytes *message)
{
    *message = message_of(rounds, rounds->sent);
    return rounds->sent < rounds->plan.count &&
           rounds->sent - rounds->echoed < rounds->plan.in_flight;
}

void echo_rounds_sent(struct echo_rounds *rounds)
{
    uint64_t now = clock_now_us();

    if (rounds->sent == 0) {
        rounds->first_us = now;
        rounds->last_us = now;
    }
    rounds->sent_us[rounds->sent % rounds->plan.in_flight] = now;
    rounds->sent++;
}

bool echo_rounds_came_back(struct echo_rounds *rounds, meeple_bytes data)
{
    meeple_bytes sent = message_of(rounds, rounds->echoed);
    uint64_t took;

    if (rounds->echoed == rounds->sent || data.len != sent.len ||
        (sent.len > 0 && memcmp(data.ptr, sent.ptr, sent.len) != 0)) {
        return false;
    }
    rounds->last_us = clock_now_us();
    took = rounds->last_us - rounds->sent_us[rounds->echoed % rounds->plan.in_flight];
    rounds->took_us[rounds->echoed] = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
    rounds->echoed++;
    return true;
}

bool echo_rounds_done(const struct echo_rounds *rounds)
{
    return rounds->echoed == rounds->plan.count;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

void echo_rounds_print(struct echo_rounds *rounds)
{
    uint64_t bytes = (uint64_t)rounds->echoed * message_of(rounds, 0).len;
    double seconds = (double)(rounds->last_us - rounds->first_us) / 1e6;
    uint32_t *took = rounds->took_us, echoed = rounds->echoed;

    printf("Echoed: %" PRIu32 " of %" PRIu32 " messages, %" PRIu64 " bytes, %.3f s\n", echoed,
           rounds->plan.count, bytes, seconds);
    if (echoed == 0) {
        return;
    }
    if (seconds > 0) {
        printf("Rate: %.0f messages/s, %.2f MB/s each way\n", echoed / seconds,
               (double)bytes / seconds / 1e6);
    }
    qsort(took, echoed, sizeof *took, by_size);
    printf("Round trip: min %.3f ms, median %.3f ms, max %.3f ms\n", took[0] / 1e3,
           took[echoed / 2] / 1e3, took[echoed - 1] / 1e3);
}
