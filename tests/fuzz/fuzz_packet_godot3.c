/* fuzz_packet_godot3: any message as a packet of Godot 3; what is one is written the same again. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "transport/packet_godot3.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct meeple__godot3_packet packet;
    const char *why = NULL;
    uint8_t again[MEEPLE__GODOT3_SYSTEM];
    int rc = meeple__godot3_parse(&packet, (meeple_bytes){bytes, len}, &why);
    meeple__godot3_kind kind;

    MUST(rc == 0 || (rc == MEEPLE_EPROTO && why && strlen(why) <= MEEPLE_REASON_MAX));
    if (rc < 0) {
        return 0;
    }
    kind = (meeple__godot3_kind)packet.kind;
    if (kind == MEEPLE__GODOT3_PAYLOAD) {
        meeple__godot3_head(again, kind, packet.from, packet.to);
        MUST(memcmp(again, bytes, MEEPLE__GODOT3_HEAD) == 0);
        MUST(packet.data.ptr == bytes + MEEPLE__GODOT3_HEAD &&
             packet.data.len == len - MEEPLE__GODOT3_HEAD && packet.peer == 0);
        return 0;
    }
    /* from and to may be anything, and more may stand behind. */
    MUST(kind <= MEEPLE__GODOT3_ID && packet.peer > 0 && packet.data.len == 0);
    MUST(len >= sizeof again);
    meeple__godot3_system(again, kind, packet.peer);
    MUST(again[0] == bytes[0] && memcmp(again + MEEPLE__GODOT3_HEAD, bytes + MEEPLE__GODOT3_HEAD,
                                        sizeof again - MEEPLE__GODOT3_HEAD) == 0);
    return 0;
}
