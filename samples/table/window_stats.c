/* window_stats: how much goes over the network, as a card on the table. */
#include "samples/table/window_stats.h"

#include <inttypes.h>
#include <stdio.h>

#include "samples/table/state.h"
#include "samples/ui/theme.h"

#define LOOK_MS 1000
#define ROW 21.0f

static struct table_counts count(const meeple_world *world, uint64_t now_ms)
{
    meeple_stats net = meeple_net_stats(meeple_world_net(world));
    meeple_state_stats state = meeple_world_state_stats(world);

    return (struct table_counts){.ms = now_ms,
                                 .bytes_in = net.bytes_in,
                                 .bytes_out = net.bytes_out,
                                 .packets_in = net.packets_in,
                                 .packets_out = net.packets_out,
                                 .batches = state.batches};
}

/* To the host; from the host, the mean of all. */
static void measure(struct table_stats *stats, meeple_net *net)
{
    int32_t peers[64];
    size_t count = meeple_net_peers(net, peers, MEEPLE_COUNT(peers));
    uint32_t sum = 0, measured = 0;

    for (size_t i = 0; i < count && i < MEEPLE_COUNT(peers); i++) {
        meeple_rtt rtt = meeple_net_rtt(net, peers[i]);

        if (rtt.samples > 0) {
            sum += rtt.smooth_ms;
            measured++;
        }
        (void)meeple_net_ping(net, peers[i]);
    }
    stats->peers = (uint32_t)count;
    stats->has_rtt = measured > 0;
    stats->rtt_ms = measured > 0 ? sum / measured : 0;
}

bool table_stats_step(struct table_stats *stats, const struct lobby *lobby, uint64_t now_ms)
{
    const meeple_world *world = lobby_world(lobby);
    struct table_counts now;

    if (!world) {
        bool had = stats->last.ms != 0;

        *stats = (struct table_stats){0};
        return had;
    }
    if (stats->last.ms != 0 && now_ms - stats->last.ms < LOOK_MS) {
        return false;
    }
    now = count(world, now_ms);
    if (stats->last.ms != 0) {
        float seconds = (float)(now_ms - stats->last.ms) / 1000;

        stats->bytes_in = (float)(now.bytes_in - stats->last.bytes_in) / seconds;
        stats->bytes_out = (float)(now.bytes_out - stats->last.bytes_out) / seconds;
        stats->packets_in = (float)(now.packets_in - stats->last.packets_in) / seconds;
        stats->packets_out = (float)(now.packets_out - stats->last.packets_out) / seconds;
        stats->batches = (float)(now.batches - stats->last.batches) / seconds;
    }
    stats->last = now;
    stats->objects = meeple_world_state_stats(world).spawned;
    measure(stats, meeple_world_net(world));
    return true;
}

static void row(struct draw *draw, struct rect *rest, const char *label, const char *value)
{
    struct draw_style soft = {FONT_SMALL, theme.text_soft, 0};
    struct draw_style bold = {FONT_SMALL, theme.text, 1};
    struct rect line = {rest->x, rest->y, rest->w, ROW};

    draw_label(draw, line, soft, label);
    draw_label(draw, line, bold, value);
    rest->y += ROW;
}

static void say_bytes(char *dst, size_t size, float bytes)
{
    if (bytes >= 100000) {
        snprintf(dst, size, "%.0f kB", (double)bytes / 1000);
    } else if (bytes >= 1000) {
        snprintf(dst, size, "%.1f kB", (double)bytes / 1000);
    } else {
        snprintf(dst, size, "%.0f B", (double)bytes);
    }
}

void table_stats_draw(struct draw *draw, struct rect rect, const struct table_stats *stats)
{
    struct rect rest = rect_inset(rect, 14);
    char in[32], out[32], text[80];

    rest.y -= 4;
    draw_shadow(draw, rect_inset(rect, 6), 14, theme.shadow);
    draw_box(draw, rect, 10, theme_fade(theme.card, 235));
    say_bytes(in, sizeof in, stats->bytes_in);
    say_bytes(out, sizeof out, stats->bytes_out);
    row(draw, &rest, "Bytes in per second", in);
    row(draw, &rest, "Bytes out per second", out);
    snprintf(text, sizeof text, "%.0f / %.0f", (double)stats->packets_in,
             (double)stats->packets_out);
    row(draw, &rest, "Messages in / out per second", text);
    snprintf(text, sizeof text, "%.0f", (double)stats->batches);
    row(draw, &rest, "Batches of changes per second", text);
    snprintf(text, sizeof text, "%" PRIu32, stats->objects);
    row(draw, &rest, "Objects", text);
    snprintf(text, sizeof text, "%" PRIu32, stats->peers);
    row(draw, &rest, "Peers", text);
    if (stats->has_rtt) {
        snprintf(text, sizeof text, "%" PRIu32 " ms", stats->rtt_ms);
    } else {
        snprintf(text, sizeof text, "-");
    }
    row(draw, &rest, "Round trip", text);
}
