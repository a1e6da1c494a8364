/* packet_native: the seat layer of the native dialect: who is who, and from or for whom a packet
 * is. */
#include "transport/packet_native.h"

#include <assert.h>

#include "core/utf8.h"
#include "core/wire.h"

/* The first byte: the kind below, flags above: 0x40 is kept for a session sequence number. */
enum {
    KIND_MASK = 0x0f
};

size_t meeple__packet_leave(uint8_t dst[MEEPLE__LEAVE_MAX], const struct meeple__packet *packet)
{
    uint8_t *at = dst + MEEPLE__PACKET_HEAD;

    assert(packet->data.len <= MEEPLE_REASON_MAX);
    meeple__packet_head(dst, MEEPLE__PACKET_LEAVE, false, packet->peer);
    *at++ = packet->clean ? 1 : 0;
    at = meeple__write_u16(at, packet->code);
    at = meeple__write_bytes(at, packet->data);
    return (size_t)(at - dst);
}

size_t meeple__packet_ping(uint8_t dst[MEEPLE__PING_MAX], meeple__packet_kind kind,
                           meeple_bytes data)
{
    assert(kind == MEEPLE__PACKET_PING || kind == MEEPLE__PACKET_PONG);
    assert(data.len <= MEEPLE__PING_DATA_MAX);
    meeple__packet_head(dst, kind, false, 0);
    return (size_t)(meeple__write_bytes(dst + MEEPLE__PACKET_HEAD, data) - dst);
}

static const char *parse_kind(struct meeple__packet *packet, struct meeple__reader *reader)
{
    uint8_t clean;

    switch (packet->kind) {
    case MEEPLE__PACKET_DATA:
        packet->data = meeple__read_rest(reader);
        return packet->text && !meeple__utf8_valid(packet->data) ? "the text is not UTF-8" : NULL;
    case MEEPLE__PACKET_WELCOME:
    case MEEPLE__PACKET_JOIN:
        return packet->peer > 0 && meeple__reader_at_end(reader) ? NULL
                                                                 : "the peer's id is malformed";
    case MEEPLE__PACKET_LEAVE:
        clean = meeple__read_u8(reader);
        packet->clean = clean == 1;
        packet->code = meeple__read_u16(reader);
        packet->data = meeple__read_rest(reader);
        return clean > 1 || reader->bad || packet->peer <= 0 ||
                       packet->data.len > MEEPLE_REASON_MAX || !meeple__utf8_valid(packet->data)
                   ? "the leave packet is malformed"
                   : NULL;
    case MEEPLE__PACKET_PING:
    case MEEPLE__PACKET_PONG:
        packet->data = meeple__read_rest(reader);
        return packet->peer != 0 || packet->data.len > MEEPLE__PING_DATA_MAX
                   ? "the ping or pong is malformed"
                   : NULL;
    default:
        return "the packet's kind is unknown";
    }
}

int meeple__packet_parse(struct meeple__packet *packet, meeple_bytes message, const char **why)
{
    struct meeple__reader reader = meeple__reader_of(message);
    struct meeple__packet result = {0};
    uint8_t first = meeple__read_u8(&reader);

    result.kind = first & KIND_MASK;
    result.text = first & MEEPLE__PACKET_TEXT;
    result.peer = (int32_t)meeple__read_u32(&reader);
    if (reader.bad) {
        *why = "the packet is shorter than its header";
        return MEEPLE_EPROTO;
    }
    if (first & ~(KIND_MASK | MEEPLE__PACKET_TEXT) ||
        (result.text && result.kind != MEEPLE__PACKET_DATA)) {
        *why = "a reserved flag of the packet is set";
        return MEEPLE_EPROTO;
    }
    *why = parse_kind(&result, &reader);
    if (*why) {
        return MEEPLE_EPROTO;
    }
    *packet = result;
    return 0;
}
