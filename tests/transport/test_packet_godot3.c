/* test_packet_godot3: the nine bytes of Godot 3, and what is none of its packets. */
#include "transport/packet_godot3.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* From an allocation of its own, so that reading past it is seen. */
static int parse(struct meeple__godot3_packet *packet, const void *bytes, size_t len,
                 const char **why, uint8_t **copy)
{
    *copy = malloc(len ? len : 1);
    memcpy(*copy, bytes, len);
    return meeple__godot3_parse(packet, (meeple_bytes){*copy, len}, why);
}

static void takes_payload(const void *bytes, size_t len, int32_t from, int32_t to, const char *data)
{
    struct meeple__godot3_packet packet;
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(parse(&packet, bytes, len, &why, &copy), 0, "%s", why);
    cr_assert_eq(packet.kind, MEEPLE__GODOT3_PAYLOAD);
    cr_assert(packet.from == from && packet.to == to && packet.peer == 0);
    cr_assert_eq(packet.data.len, strlen(data));
    cr_assert_eq(memcmp(packet.data.ptr, data, packet.data.len), 0);
    free(copy);
}

Test(packet_godot3, takes_payload)
{
    takes_payload("\0\1\0\0\0\0\0\0\0", 9, 1, MEEPLE_ALL, "");
    takes_payload("\0\x78\x56\x34\x12\1\0\0\0hello", 14, 0x12345678, MEEPLE_SERVER, "hello");
    takes_payload("\0\xff\xff\xff\x7f\xff\xff\xff\xffx", 10, INT32_MAX, MEEPLE_EXCEPT(1), "x");
    takes_payload("\0\0\0\0\0\0\0\0\x80x", 10, 0, INT32_MIN, "x"); /* the net decides */
    takes_payload("\0\xfe\xff\xff\xff\3\0\0\0\xff", 10, -2, 3, "\xff");
}

static void takes_system(const void *bytes, size_t len, meeple__godot3_kind kind, int32_t peer)
{
    struct meeple__godot3_packet packet;
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(parse(&packet, bytes, len, &why, &copy), 0, "%s", why);
    cr_assert(packet.kind == kind && packet.peer == peer && packet.data.len == 0);
    free(copy);
}

Test(packet_godot3, takes_who_comes_and_goes)
{
    takes_system("\1\1\0\0\0\0\0\0\0\2\0\0\0", 13, MEEPLE__GODOT3_ADD, 2);
    takes_system("\2\1\0\0\0\0\0\0\0\xff\xff\xff\x7f", 13, MEEPLE__GODOT3_DEL, INT32_MAX);
    takes_system("\3\1\0\0\0\0\0\0\0\1\0\0\0", 13, MEEPLE__GODOT3_ID, 1);
}

/* Godot looks at neither. */
Test(packet_godot3, takes_any_sender_and_more_behind_an_id)
{
    takes_system("\1\7\0\0\0\xff\xff\xff\xff\2\0\0\0", 13, MEEPLE__GODOT3_ADD, 2);
    takes_system("\3\0\0\0\0\0\0\0\0\2\0\0\0and more", 21, MEEPLE__GODOT3_ID, 2);
}

static void refuses(const void *bytes, size_t len, const char *want)
{
    struct meeple__godot3_packet packet = {.peer = 77};
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(parse(&packet, bytes, len, &why, &copy), MEEPLE_EPROTO);
    cr_assert_str_eq(why, want);
    cr_assert_eq(packet.peer, 77, "touched on failure");
    free(copy);
}

Test(packet_godot3, refuses_what_is_short)
{
    static const uint8_t bytes[13] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 2};

    for (size_t len = 0; len < 9; len++) {
        refuses(bytes, len, "the packet is shorter than its header");
    }
    for (uint8_t kind = 1; kind <= 3; kind++) {
        for (size_t len = 9; len < 13; len++) {
            uint8_t system[13];

            memcpy(system, bytes, sizeof system);
            system[0] = kind;
            refuses(system, len, "the packet names nobody");
        }
    }
}

Test(packet_godot3, refuses_unknown_types)
{
    for (unsigned first = 4; first < 256; first++) {
        uint8_t bytes[13] = {(uint8_t)first, 1, 0, 0, 0, 0, 0, 0, 0, 2};

        refuses(bytes, sizeof bytes, "the packet's type is unknown");
    }
}

Test(packet_godot3, refuses_ids_that_nobody_can_have)
{
    static const char *const ids[] = {"\0\0\0\0", "\xff\xff\xff\xff", "\0\0\0\x80"};

    for (uint8_t kind = 1; kind <= 3; kind++) {
        for (size_t i = 0; i < MEEPLE_COUNT(ids); i++) {
            uint8_t bytes[13] = {kind, 1};

            memcpy(bytes + 9, ids[i], 4);
            refuses(bytes, sizeof bytes, "the peer's id is malformed");
        }
    }
}

Test(packet_godot3, writes_what_godot_writes)
{
    uint8_t head[MEEPLE__GODOT3_HEAD], system[MEEPLE__GODOT3_SYSTEM];

    meeple__godot3_head(head, MEEPLE__GODOT3_PAYLOAD, 0x12345678, MEEPLE_EXCEPT(2));
    cr_assert_eq(memcmp(head, "\0\x78\x56\x34\x12\xfe\xff\xff\xff", 9), 0);
    meeple__godot3_system(system, MEEPLE__GODOT3_ID, 0x2d9ad46e);
    cr_assert_eq(memcmp(system, "\3\1\0\0\0\0\0\0\0\x6e\xd4\x9a\x2d", 13), 0);
    meeple__godot3_system(system, MEEPLE__GODOT3_ADD, 1);
    cr_assert_eq(memcmp(system, "\1\1\0\0\0\0\0\0\0\1\0\0\0", 13), 0);
    meeple__godot3_system(system, MEEPLE__GODOT3_DEL, INT32_MAX);
    cr_assert_eq(memcmp(system, "\2\1\0\0\0\0\0\0\0\xff\xff\xff\x7f", 13), 0);
}
