/* rhythm: fields that are told at most, or always, once in so many milliseconds. */
#include "rpc/rhythm.h"

#include "rpc/state.h"

bool meeple__rhythm_makes_sense(const meeple_field *field)
{
    bool always = (field->flags & MEEPLE_ALWAYS) != 0;

    return (field->flags & MEEPLE_ON_SPAWN) == 0 || (!always && field->interval_ms == 0);
}

/* Its place, or count. */
static uint32_t find(const struct meeple__rhythms *rhythms, const meeple_field *field)
{
    bool always = (field->flags & MEEPLE_ALWAYS) != 0;
    uint32_t at = 0;

    while (at < rhythms->count && (rhythms->list[at].always != always ||
                                   rhythms->list[at].interval_ms != field->interval_ms)) {
        at++;
    }
    return at;
}

static bool has_rhythm(const meeple_field *field)
{
    return (field->flags & MEEPLE_ALWAYS) || field->interval_ms > 0;
}

int meeple__rhythms_add(struct meeple__rhythms *rhythms, const meeple_field *field)
{
    uint32_t at = find(rhythms, field);

    if (!has_rhythm(field) || at < rhythms->count) {
        return 0;
    }
    if (at == MEEPLE__RHYTHMS_MAX) {
        return MEEPLE_EINVAL;
    }
    rhythms->list[at] = (struct meeple__rhythm){.interval_ms = field->interval_ms,
                                                .always = (field->flags & MEEPLE_ALWAYS) != 0};
    rhythms->count++;
    if (rhythms->list[at].always) {
        rhythms->always = (uint8_t)(rhythms->always | 1U << at);
    }
    return 0;
}

uint8_t meeple__rhythm_bit(const struct meeple__rhythms *rhythms, const meeple_field *field)
{
    unsigned bit = has_rhythm(field) ? 1U << find(rhythms, field) : 0;

    return (uint8_t)bit;
}

void meeple__pulse_init(struct meeple__pulse *pulse)
{
    *pulse = (struct meeple__pulse){0};
    meeple__list_init(&pulse->every_poll);
}

void meeple__pulse_done(struct meeple__pulse *pulse, const meeple_mem *mem)
{
    meeple__heap_done(&pulse->deadlines, mem);
}

int meeple__pulse_wait_ms(const struct meeple__pulse *pulse, uint64_t now_ms)
{
    const struct meeple__deadline *first = meeple__heap_first(&pulse->deadlines);
    uint64_t left_ms;

    if (!first) {
        return -1;
    }
    left_ms = first->at_ms > now_ms ? first->at_ms - now_ms : 0;
    return left_ms < INT32_MAX ? (int)left_ms : INT32_MAX;
}

/* Whether it counts polls: without a clock, or an interval, there is nothing else to count. */
static bool counts_polls(const struct meeple__rhythm *rhythm, uint64_t now_ms)
{
    return now_ms == 0 || rhythm->interval_ms == 0;
}

static bool is_resting(const struct meeple__replica *replica, uint32_t at,
                       const struct meeple__pulse *pulse, uint64_t now_ms)
{
    const struct meeple__rhythm *rhythm = &replica->layout->rhythms.list[at];
    uint64_t next = replica->beats.next[at];

    if (counts_polls(rhythm, now_ms)) {
        return rhythm->always && pulse->polls < next;
    }
    return now_ms < next;
}

void meeple__beats_begin(struct meeple__replica *replica, const struct meeple__pulse *pulse,
                         uint64_t now_ms, bool urgent)
{
    struct meeple__beats *beats = &replica->beats;

    beats->resting = beats->held = beats->told = 0;
    for (uint32_t i = 0; i < replica->layout->rhythms.count && !urgent; i++) {
        if (is_resting(replica, i, pulse, now_ms)) {
            beats->resting = (uint8_t)(beats->resting | 1U << i);
        }
    }
}

/* The next moment at which something is due by itself; UINT64_MAX: there is none. */
static uint64_t next_look(const struct meeple__replica *replica, uint64_t now_ms)
{
    const struct meeple__rhythms *rhythms = &replica->layout->rhythms;
    uint8_t waiting = rhythms->always | replica->beats.held;
    uint64_t at_ms = UINT64_MAX;

    for (uint32_t i = 0; i < rhythms->count; i++) {
        if ((waiting >> i & 1) && !counts_polls(&rhythms->list[i], now_ms) &&
            replica->beats.next[i] < at_ms) {
            at_ms = replica->beats.next[i];
        }
    }
    return at_ms;
}

void meeple__beats_end(struct meeple__replica *replica, struct meeple__pulse *pulse,
                       uint64_t now_ms, bool fresh)
{
    const struct meeple__rhythms *rhythms = &replica->layout->rhythms;
    struct meeple__beats *beats = &replica->beats;
    /* What is always told has had its turn, also if its value is one that cannot be told. */
    uint8_t over = beats->told | (uint8_t)(rhythms->always & ~(unsigned)beats->resting);

    for (uint32_t i = 0; i < rhythms->count; i++) {
        if (fresh || (over >> i & 1)) {
            beats->next[i] = counts_polls(&rhythms->list[i], now_ms)
                                 ? pulse->polls + 1
                                 : now_ms + rhythms->list[i].interval_ms;
        }
    }
    meeple__heap_set(&pulse->deadlines, &beats->deadline, next_look(replica, now_ms));
}

static bool beats_every_poll(const struct meeple__rhythms *rhythms, uint64_t now_ms)
{
    bool any = false;

    for (uint32_t i = 0; i < rhythms->count; i++) {
        any = any || (rhythms->list[i].always && counts_polls(&rhythms->list[i], now_ms));
    }
    return any;
}

void meeple__beats_follow(struct meeple__replica *replica, struct meeple__pulse *pulse,
                          uint64_t now_ms, bool ours)
{
    struct meeple__beats *beats = &replica->beats;

    meeple__list_remove(&beats->every_poll);
    beats->held = 0;
    if (ours && beats_every_poll(&replica->layout->rhythms, now_ms)) {
        meeple__list_append(&pulse->every_poll, &beats->every_poll);
    }
    meeple__heap_set(&pulse->deadlines, &beats->deadline,
                     ours ? next_look(replica, now_ms) : UINT64_MAX);
}
