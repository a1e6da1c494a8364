/* flood: clients that speak as Godot 3's do: one calls as fast as it can, another counts. */
#define _GNU_SOURCE
#include "tests/bench/flood.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/wire.h"
#include "tests/bench/bench.h"

/* docs/wire.md, the dialect of Godot 3. */
enum {
    HEAD = 9,
    KIND_DATA = 0,
    KIND_ADD = 1,
    KIND_ID = 3,
    CALL = 0,
    SIMPLIFY = 2,
    CONFIRM = 3,
    PATH_ID = 1,
    INT = 2,
    BOOL = 1
};

enum {
    UNDER_WAY = 16384, /* calls to a sink */
    CHUNK = 1 << 16,
    MESSAGE_MAX = 125,
    FRAME_HEAD = 6, /* with the mask, which is 0 */
    WAIT_MS = 30000
};

static const char path[] = "F";

/* ---- what is said ---- */

/* A whole frame at dst; returns where it ends. */
static uint8_t *put_frame(uint8_t *dst, const struct flood_seat *seat, int32_t to,
                          meeple_bytes packet)
{
    *dst++ = 0x82;
    *dst++ = (uint8_t)(0x80 | (HEAD + packet.len));
    dst = meeple__write_u32(dst, 0);
    *dst++ = KIND_DATA;
    dst = meeple__write_u32(dst, (uint32_t)seat->id);
    dst = meeple__write_u32(dst, (uint32_t)to);
    return meeple__write_bytes(dst, packet);
}

static void say(struct flood_seat *seat, int32_t to, meeple_bytes packet)
{
    uint8_t frame[FRAME_HEAD + MESSAGE_MAX];
    size_t len;

    if (HEAD + packet.len > MESSAGE_MAX) {
        bench_fail("a path of %zu bytes", packet.len);
    }
    len = (size_t)(put_frame(frame, seat, to, packet) - frame);
    if (stream_write(&seat->stream, frame, len) != len) {
        bench_fail("%s: a word does not fit into the connection", seat->stream.whose);
    }
}

static uint8_t *put_call(uint8_t *dst, const struct flood_seat *seat, int32_t to, uint32_t number,
                         bool last)
{
    uint8_t packet[32];
    uint8_t *at = packet;

    *at++ = CALL;
    at = meeple__write_u32(at, PATH_ID);
    at = meeple__write_bytes(at, (meeple_bytes){(const uint8_t *)"hit", sizeof "hit"});
    *at++ = 2;
    at = meeple__write_u32(at, INT);
    at = meeple__write_u32(at, number);
    at = meeple__write_u32(at, BOOL);
    at = meeple__write_u32(at, last);
    return put_frame(dst, seat, to, (meeple_bytes){packet, (size_t)(at - packet)});
}

/* ---- what is heard ---- */

static void confirm(struct flood_seat *seat, int32_t to, meeple_bytes rest)
{
    uint8_t packet[MESSAGE_MAX];

    if (rest.len < 4 || rest.len > sizeof packet) {
        bench_fail("%s: a path of %zu bytes", seat->stream.whose, rest.len);
    }
    packet[0] = CONFIRM;
    memcpy(packet + 1, rest.ptr + 4, rest.len - 4);
    say(seat, to, (meeple_bytes){packet, rest.len - 3});
}

static bool calls(meeple_bytes packet, const char *name)
{
    size_t len = strlen(name) + 1;

    return packet.len >= 5 + len && memcmp(packet.ptr + 5, name, len) == 0;
}

static void heard_packet(struct flood_seat *seat, int32_t from, meeple_bytes packet)
{
    switch (packet.len > 0 ? packet.ptr[0] : CALL) {
    case SIMPLIFY:
        confirm(seat, from, (meeple_bytes){packet.ptr + 1, packet.len - 1});
        break;
    case CONFIRM:
        seat->confirmed = true;
        break;
    case CALL:
        seat->hits += calls(packet, "hit");
        seat->done = seat->done || calls(packet, "done");
        break;
    default:
        bench_fail("%s: packet %d", seat->stream.whose, packet.ptr[0]);
    }
}

static void heard(struct flood_seat *seat, meeple_bytes message)
{
    struct meeple__reader reader = meeple__reader_of(message);
    uint8_t kind = meeple__read_u8(&reader);
    int32_t from = (int32_t)meeple__read_u32(&reader);
    int32_t id;

    meeple__read_u32(&reader);
    if (kind == KIND_DATA) {
        heard_packet(seat, from, meeple__read_rest(&reader));
        return;
    }
    id = (int32_t)meeple__read_u32(&reader);
    if (reader.bad) {
        bench_fail("%s: a message of %zu bytes", seat->stream.whose, message.len);
    }
    if (kind == KIND_ID) {
        seat->id = id;
    } else if (kind == KIND_ADD && id == 1) {
        seat->seated = true;
    } else if (kind == KIND_ADD) {
        seat->other = id;
    }
}

/* A whole frame at `at` of so many bytes: how long it is; 0: it is not whole. */
static size_t take(struct flood_seat *seat, const uint8_t *at, size_t len)
{
    size_t head = 2, payload;

    if (len < head) {
        return 0;
    }
    payload = at[1];
    if (payload == 126 && len >= 4) {
        payload = (size_t)at[2] << 8 | at[3];
        head = 4;
    }
    if (payload > 126 && head == 2) {
        bench_fail("%s: a long frame", seat->stream.whose);
    }
    if (head + payload > len || at[1] == 126 * (head == 2)) {
        return 0;
    }
    if (at[0] == 0x88) {
        bench_fail("%s: closed the connection", seat->stream.whose);
    }
    if (at[0] == 0x82) {
        heard(seat, (meeple_bytes){at + head, payload});
    }
    return head + payload;
}

static void take_all(struct flood_seat *seat)
{
    size_t at = 0, len;

    while ((len = take(seat, seat->in + at, seat->have - at)) > 0) {
        at += len;
    }
    memmove(seat->in, seat->in + at, seat->have - at);
    seat->have -= at;
}

static void hear(struct flood_seat *seat)
{
    size_t got;

    do {
        got = stream_read(&seat->stream, seat->in + seat->have, FLOOD_IN_SIZE - seat->have);
        seat->have += got;
        take_all(seat);
    } while (got > 0);
}

/* Until one of them has something to hear, or seat can be written to. */
static void wait_for(const struct flood_seat *seat, const struct flood_seat *sink, bool to_write)
{
    struct pollfd fds[] = {
        {.fd = seat->stream.fd, .events = (short)(POLLIN | (to_write ? POLLOUT : 0))},
        {.fd = sink ? sink->stream.fd : -1, .events = POLLIN}};

    if (poll(fds, 2, WAIT_MS) <= 0) {
        bench_fail("%s: says nothing for %d s", seat->stream.whose, WAIT_MS / 1000);
    }
}

/* ---- what they do ---- */

/* The opening handshake; what comes behind it stays in the seat. */
static void shake_hands(struct flood_seat *seat)
{
    static const char request[] = "GET / HTTP/1.1\r\n"
                                  "Host: localhost\r\n"
                                  "Upgrade: websocket\r\n"
                                  "Connection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                  "Sec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Protocol: ludus\r\n"
                                  "\r\n";
    static const char good[] = "HTTP/1.1 101 ";
    const uint8_t *end;
    size_t head;

    if (stream_write(&seat->stream, request, sizeof request - 1) != sizeof request - 1) {
        bench_fail("a request does not fit into the connection");
    }
    while (!(end = memmem(seat->in, seat->have, "\r\n\r\n", 4))) {
        stream_wait(&seat->stream);
        seat->have += stream_read(&seat->stream, seat->in + seat->have, FLOOD_IN_SIZE - seat->have);
    }
    if (memcmp(seat->in, good, sizeof good - 1) != 0) {
        bench_fail("%s: refused: %.30s", seat->stream.whose, (const char *)seat->in);
    }
    head = (size_t)(end + 4 - seat->in);
    memmove(seat->in, end + 4, seat->have - head);
    seat->have -= head;
    take_all(seat);
}

void flood_sit(struct flood_seat *seat, const char *whose, uint16_t port)
{
    const struct stream_options options = {.whose = whose, .port = port};

    *seat = (struct flood_seat){.in = bench_alloc(1, FLOOD_IN_SIZE)};
    stream_open_all(&seat->stream, 1, &options, 0);
    shake_hands(seat);
    while (seat->id == 0 || !seat->seated) {
        wait_for(seat, NULL, false);
        hear(seat);
    }
}

void flood_leave(struct flood_seat *seat)
{
    stream_close(&seat->stream);
    free(seat->in);
}

void flood_announce(struct flood_seat *seat, struct flood_seat *sink)
{
    uint8_t packet[1 + 4 + sizeof path] = {SIMPLIFY};
    meeple_bytes all = {packet, sizeof packet};

    meeple__write_bytes(meeple__write_u32(packet + 1, PATH_ID),
                        (meeple_bytes){(const uint8_t *)path, sizeof path});
    while (sink && seat->other == 0) {
        wait_for(seat, NULL, false);
        hear(seat);
    }
    say(seat, 1, all);
    if (sink) {
        say(seat, seat->other, all);
    }
    while (!seat->confirmed) {
        wait_for(seat, NULL, false);
        hear(seat);
    }
}

/* So many calls, the next after `made`, as one run of bytes; returns how long it is. */
static size_t make(uint8_t *dst, const struct flood_seat *seat, int32_t to, uint32_t made,
                   uint32_t until, uint32_t calls, uint32_t *now)
{
    uint8_t *at = dst;

    while (made < until && at - dst < CHUNK) {
        made++;
        at = put_call(at, seat, to, made, made == calls);
    }
    *now = made;
    return (size_t)(at - dst);
}

static bool arrived(const struct flood_seat *seat, const struct flood_seat *sink, uint32_t calls)
{
    return seat->done && (!sink || sink->hits >= calls);
}

void flood_run(struct flood_seat *seat, struct flood_seat *sink, enum flood_target target,
               uint32_t calls)
{
    const int32_t to[] = {[FLOOD_SERVER] = 1, [FLOOD_SINK] = seat->other, [FLOOD_ALL] = 0};
    uint8_t *bytes = bench_alloc(1, CHUNK + FRAME_HEAD + MESSAGE_MAX);
    size_t len = 0, gone = 0;
    uint32_t made = 0;

    seat->done = target == FLOOD_SINK;
    if (sink) {
        sink->hits = 0;
    }
    while (made < calls || gone < len || !arrived(seat, sink, calls)) {
        uint64_t most = sink ? sink->hits + UNDER_WAY : calls;

        if (gone == len) {
            gone = 0;
            len = make(bytes, seat, to[target], made, most < calls ? (uint32_t)most : calls, calls,
                       &made);
        }
        if (gone < len) {
            gone += stream_write(&seat->stream, bytes + gone, len - gone);
        }
        hear(seat);
        if (sink) {
            hear(sink);
        }
        /* Nothing more can be said now. */
        if (gone < len || (made == calls && !arrived(seat, sink, calls)) ||
            (sink && made == sink->hits + UNDER_WAY)) {
            wait_for(seat, sink, gone < len);
        }
    }
    free(bytes);
}
