/* packet_godot3: the nine bytes before everything in the multiplayer mode of Godot 3's WebSocket
 * peers. */
#include "transport/packet_godot3.h"

#include <assert.h>

void meeple__godot3_system(uint8_t dst[MEEPLE__GODOT3_SYSTEM], meeple__godot3_kind kind,
                           int32_t peer)
{
    assert(kind != MEEPLE__GODOT3_PAYLOAD && peer > 0);
    meeple__godot3_head(dst, kind, MEEPLE_SERVER, MEEPLE_ALL);
    meeple__write_u32(dst + MEEPLE__GODOT3_HEAD, (uint32_t)peer);
}

static int32_t i32_at(const uint8_t *at)
{
    return (int32_t)((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                     (uint32_t)at[3] << 24);
}

int meeple__godot3_parse(struct meeple__godot3_packet *packet, meeple_bytes message,
                         const char **why)
{
    struct meeple__godot3_packet result = {0};

    if (message.len < MEEPLE__GODOT3_HEAD) {
        *why = "the packet is shorter than its header";
        return MEEPLE_EPROTO;
    }
    result.kind = message.ptr[0];
    result.from = i32_at(message.ptr + 1);
    result.to = i32_at(message.ptr + 5);
    if (result.kind == MEEPLE__GODOT3_PAYLOAD) {
        result.data =
            (meeple_bytes){message.ptr + MEEPLE__GODOT3_HEAD, message.len - MEEPLE__GODOT3_HEAD};
    } else if (result.kind > MEEPLE__GODOT3_ID) {
        *why = "the packet's type is unknown";
        return MEEPLE_EPROTO;
    } else if (message.len < MEEPLE__GODOT3_SYSTEM) {
        *why = "the packet names nobody";
        return MEEPLE_EPROTO;
    } else {
        result.peer = i32_at(message.ptr + MEEPLE__GODOT3_HEAD);
        if (result.peer <= 0) {
            *why = "the peer's id is malformed";
            return MEEPLE_EPROTO;
        }
    }
    *packet = result;
    return 0;
}
