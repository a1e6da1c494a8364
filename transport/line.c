/* line: what a net asks of whatever carries its packets to a peer: a connection of ours, or one of
 * a browser's. */
#include "transport/line.h"

#include "transport/ws_frame.h"

void meeple__line_missed(struct meeple__line *line, size_t len, size_t queue_bytes_max)
{
    size_t max = queue_bytes_max;
    size_t need = len + MEEPLE__WS_HEAD_MAX < max ? len + MEEPLE__WS_HEAD_MAX : max;
    size_t most = need > max / 2 ? max - need : max / 2;

    if (!line->missed || most < line->drained_bytes) {
        line->drained_bytes = most;
    }
    line->missed = true;
}

void meeple__line_want_room(struct meeple__line *line, size_t most)
{
    if (!line->wants_room || most > line->room_bytes) {
        line->room_bytes = most;
    }
    line->wants_room = true;
}
