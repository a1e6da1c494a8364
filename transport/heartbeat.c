/* heartbeat: is the other side still there, and how far away is it?  Pings where nothing is heard.
 */
#include "transport/heartbeat.h"

#include <string.h>

void meeple__heartbeat_begin(struct meeple__heartbeat *heartbeat, uint64_t now_ms)
{
    *heartbeat = (struct meeple__heartbeat){.quiet_ms = now_ms};
}

void meeple__heartbeat_heard(struct meeple__heartbeat *heartbeat, uint64_t now_ms)
{
    heartbeat->quiet_ms = now_ms;
    heartbeat->missed = 0;
}

void meeple__heartbeat_moved(struct meeple__heartbeat *heartbeat, uint64_t now_ms)
{
    heartbeat->quiet_ms = now_ms;
}

meeple__heartbeat_due meeple__heartbeat_due_now(const struct meeple__heartbeat *heartbeat,
                                                uint64_t now_ms, uint32_t interval_ms,
                                                uint32_t misses)
{
    if (now_ms < meeple__heartbeat_deadline(heartbeat, interval_ms)) {
        return MEEPLE__HEARTBEAT_NOTHING;
    }
    return heartbeat->missed >= misses ? MEEPLE__HEARTBEAT_DEAD : MEEPLE__HEARTBEAT_PING;
}

uint64_t meeple__heartbeat_deadline(const struct meeple__heartbeat *heartbeat, uint32_t interval_ms)
{
    return heartbeat->quiet_ms + interval_ms;
}

/* The payload is the time of the ping: it need not be secret, only that of the last one. */
static void write_time(uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD], uint32_t time_ms)
{
    for (unsigned i = 0; i < MEEPLE__HEARTBEAT_PAYLOAD; i++) {
        payload[i] = (uint8_t)(time_ms >> (8 * i));
    }
}

void meeple__heartbeat_measure(struct meeple__heartbeat *heartbeat, uint64_t now_ms,
                               uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD])
{
    heartbeat->ping_ms = (uint32_t)now_ms;
    heartbeat->waiting = true;
    write_time(payload, heartbeat->ping_ms);
}

void meeple__heartbeat_ping(struct meeple__heartbeat *heartbeat, uint64_t now_ms,
                            uint8_t payload[MEEPLE__HEARTBEAT_PAYLOAD])
{
    meeple__heartbeat_measure(heartbeat, now_ms, payload);
    heartbeat->quiet_ms = now_ms;
    if (heartbeat->missed < UINT8_MAX) {
        heartbeat->missed++;
    }
}

/* The mean and its deviation as TCP keeps them: RFC 6298 section 2. */
static void measure(struct meeple__heartbeat *heartbeat, uint32_t sample_ms)
{
    heartbeat->last_ms = sample_ms;
    if (heartbeat->samples == 0) {
        heartbeat->smooth_x8 = sample_ms * 8;
        heartbeat->jitter_x4 = sample_ms * 2;
    } else {
        uint32_t smooth = heartbeat->smooth_x8 / 8;
        uint32_t off = smooth > sample_ms ? smooth - sample_ms : sample_ms - smooth;

        heartbeat->jitter_x4 += off - heartbeat->jitter_x4 / 4;
        heartbeat->smooth_x8 += sample_ms - smooth;
    }
    heartbeat->samples += heartbeat->samples < UINT32_MAX;
}

void meeple__heartbeat_pong(struct meeple__heartbeat *heartbeat, uint64_t now_ms,
                            meeple_bytes payload)
{
    uint8_t expected[MEEPLE__HEARTBEAT_PAYLOAD];
    uint32_t passed_ms = (uint32_t)now_ms - heartbeat->ping_ms;

    write_time(expected, heartbeat->ping_ms);
    if (!heartbeat->waiting || payload.len != sizeof expected ||
        memcmp(payload.ptr, expected, sizeof expected) != 0) {
        return;
    }
    heartbeat->waiting = false;
    /* Who answers after days was asked by a clock that stood still; keep the sums in bounds. */
    measure(heartbeat, passed_ms < (1U << 24) ? passed_ms : 1U << 24);
}
