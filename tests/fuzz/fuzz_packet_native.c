/* fuzz_packet_native: any message as a packet; what is one is written the same again. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "core/utf8.h"
#include "transport/packet_native.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct meeple__packet packet;
    const char *why = NULL;
    uint8_t again[MEEPLE__LEAVE_MAX];
    int rc = meeple__packet_parse(&packet, (meeple_bytes){bytes, len}, &why);

    MUST(rc == 0 || (rc == MEEPLE_EPROTO && why));
    if (rc < 0) {
        return 0;
    }
    if (packet.kind == MEEPLE__PACKET_LEAVE) {
        MUST(meeple__packet_leave(again, &packet) == len && memcmp(again, bytes, len) == 0);
    } else if (packet.kind == MEEPLE__PACKET_PING || packet.kind == MEEPLE__PACKET_PONG) {
        meeple__packet_kind kind = (meeple__packet_kind)packet.kind;

        MUST(packet.data.len <= MEEPLE__PING_DATA_MAX);
        MUST(meeple__packet_ping(again, kind, packet.data) == len &&
             memcmp(again, bytes, len) == 0);
    } else {
        meeple__packet_head(again, (meeple__packet_kind)packet.kind, packet.text, packet.peer);
        MUST(memcmp(again, bytes, MEEPLE__PACKET_HEAD) == 0);
    }
    MUST(packet.kind != MEEPLE__PACKET_DATA || packet.data.len == len - MEEPLE__PACKET_HEAD);
    MUST(!packet.text || meeple__utf8_valid(packet.data));
    return 0;
}
