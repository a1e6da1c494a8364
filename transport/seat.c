/* seat: what the seat layers of the dialects differ in, as one table for each. */
#include "transport/seat.h"

#include "transport/net_server.h"

static const char *const native_protocols[] = {MEEPLE__NATIVE_PROTOCOL, NULL};

const struct meeple__seat meeple__seat_native = {.dialect = MEEPLE_DIALECT_NATIVE,
                                                 .protocols = native_protocols,
                                                 .protocol_rule = MEEPLE__PROTOCOL_REQUIRED,
                                                 .head_len = MEEPLE__PACKET_HEAD,
                                                 .pings = true,
                                                 .welcome = "welcome",
                                                 .message_bytes = 65536,
                                                 .message_bytes_least = MEEPLE__LEAVE_MAX,
                                                 .head_bytes_most = SIZE_MAX,
                                                 .introduce = meeple__server_native_introduce,
                                                 .farewell = meeple__server_native_farewell};

const struct meeple__seat meeple__seat_plain = {.dialect = MEEPLE_DIALECT_PLAIN,
                                                .protocol_rule = MEEPLE__PROTOCOL_OPTIONAL,
                                                .texts = true,
                                                .message_bytes = 65536,
                                                .head_bytes_most = SIZE_MAX};

const struct meeple__seat meeple__seat_godot3 = {
    .dialect = MEEPLE_DIALECT_GODOT3,
    .protocol_rule = MEEPLE__PROTOCOL_EXACT,
    .head_len = MEEPLE__GODOT3_HEAD,
    .addressed = true,
    .turns_zombie = true,
    .welcome = "our id",
    .message_bytes = 65535, /* its queue holds a byte less than its buffer of 64 KiB */
    .message_bytes_least = MEEPLE__GODOT3_SYSTEM,
    .head_bytes_most = 4096,
    .introduce = meeple__server_godot3_introduce,
    .farewell = meeple__server_godot3_farewell};

const struct meeple__seat *meeple__seat_of(meeple_dialect dialect)
{
    switch (dialect) {
    case MEEPLE_DIALECT_NATIVE:
        return &meeple__seat_native;
    case MEEPLE_DIALECT_PLAIN:
        return &meeple__seat_plain;
    case MEEPLE_DIALECT_GODOT3:
        return &meeple__seat_godot3;
    default:
        return NULL;
    }
}
