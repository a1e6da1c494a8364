/* line: what a net asks of whatever carries its packets to a peer: a connection of ours, or one of
 * a browser's. */
#include "transport/line.h"

#include <assert.h>

#include "transport/ws_frame.h"

void meeple__line_missed(struct meeple__line *line, size_t len, size_t queue_bytes_max)
{
    size_t max = queue_bytes_max;
    size_t need = len + MEEPLE__WS_HEAD_MAX < max ? len + MEEPLE__WS_HEAD_MAX : max;
    uint32_t below = (uint32_t)(need > max / 2 ? max - need : max / 2) + 1;

    assert(max <= INT32_MAX);
    if (line->drained_below == 0 || below < line->drained_below) {
        line->drained_below = below;
    }
}

void meeple__line_want_room(struct meeple__line *line, size_t most)
{
    uint32_t below = most < UINT32_MAX ? (uint32_t)most + 1 : UINT32_MAX;

    line->room_below = below > line->room_below ? below : line->room_below;
}
