/* test_packet_native: the headers of the native dialect, and what is none. */
#include "transport/packet_native.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* From a copy of exact size, so that a step too far is seen. */
static int parse(struct meeple__packet *packet, const void *bytes, size_t len, const char **why,
                 uint8_t **copy)
{
    *copy = malloc(len ? len : 1);
    memcpy(*copy, bytes, len);
    return meeple__packet_parse(packet, (meeple_bytes){*copy, len}, why);
}

#define PARSE(packet, literal, why, copy) parse(packet, literal, sizeof(literal) - 1, why, copy)

static void takes_data(const char *bytes, size_t len, int32_t peer, bool text, const char *data)
{
    struct meeple__packet packet;
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(parse(&packet, bytes, len, &why, &copy), 0, "%s", why);
    cr_assert_eq(packet.kind, MEEPLE__PACKET_DATA);
    cr_assert_eq(packet.peer, peer);
    cr_assert_eq(packet.text, text);
    cr_assert_eq(packet.data.len, strlen(data));
    cr_assert_eq(memcmp(packet.data.ptr, data, packet.data.len), 0);
    free(copy);
}

Test(packet_native, takes_data)
{
    takes_data("\x00\x01\x00\x00\x00", 5, 1, false, "");
    takes_data("\x00\x01\x00\x00\x00hello", 10, 1, false, "hello");
    takes_data("\x00\x78\x56\x34\x12\xff\xfe", 7, 0x12345678, false, "\xff\xfe");
    takes_data("\x00\x00\x00\x00\x00x", 6, MEEPLE_ALL, false, "x");
    takes_data("\x00\xff\xff\xff\xffx", 6, MEEPLE_EXCEPT(1), false, "x");
    takes_data("\x00\x00\x00\x00\x80x", 6, INT32_MIN, false, "x"); /* the net refuses it */
    takes_data("\x80\x01\x00\x00\x00", 5, 1, true, "");
    takes_data("\x80\x01\x00\x00\x00\xc3\xa9", 7, 1, true, "\xc3\xa9");
}

Test(packet_native, takes_welcome_and_join)
{
    struct meeple__packet packet;
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(PARSE(&packet, "\x01\xff\xff\xff\x7f", &why, &copy), 0);
    cr_assert(packet.kind == MEEPLE__PACKET_WELCOME && packet.peer == INT32_MAX);
    free(copy);
    cr_assert_eq(PARSE(&packet, "\x02\x02\x00\x00\x00", &why, &copy), 0);
    cr_assert(packet.kind == MEEPLE__PACKET_JOIN && packet.peer == 2);
    free(copy);
}

Test(packet_native, takes_leave)
{
    struct meeple__packet packet;
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(PARSE(&packet, "\x03\x02\x00\x00\x00\x01\xe8\x03", &why, &copy), 0);
    cr_assert(packet.kind == MEEPLE__PACKET_LEAVE && packet.peer == 2 && packet.clean);
    cr_assert(packet.code == 1000 && packet.data.len == 0);
    free(copy);
    cr_assert_eq(PARSE(&packet, "\x03\x02\x00\x00\x00\x00\xa0\x0f\xc3\xbc", &why, &copy), 0);
    cr_assert(!packet.clean && packet.code == 4000 && packet.data.len == 2);
    free(copy);
}

static void takes_ping(const void *bytes, size_t len, meeple__packet_kind kind, size_t data_len)
{
    struct meeple__packet packet;
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(parse(&packet, bytes, len, &why, &copy), 0, "%s", why);
    cr_assert(packet.kind == kind && packet.peer == 0 && !packet.text);
    cr_assert_eq(packet.data.len, data_len);
    cr_assert_eq(memcmp(packet.data.ptr, copy + MEEPLE__PACKET_HEAD, data_len), 0);
    free(copy);
}

Test(packet_native, takes_ping_and_pong)
{
    static const uint8_t longest[2][MEEPLE__PING_MAX] = {{4}, {5}};

    takes_ping("\x04\x00\x00\x00\x00", 5, MEEPLE__PACKET_PING, 0);
    takes_ping("\x04\x00\x00\x00\x00\x00\xff", 7, MEEPLE__PACKET_PING, 2);
    takes_ping("\x05\x00\x00\x00\x00", 5, MEEPLE__PACKET_PONG, 0);
    takes_ping("\x05\x00\x00\x00\x00\x00\xff", 7, MEEPLE__PACKET_PONG, 2);
    takes_ping(longest[0], sizeof longest[0], MEEPLE__PACKET_PING, 125);
    takes_ping(longest[1], sizeof longest[1], MEEPLE__PACKET_PONG, 125);
}

static void refuses(const void *bytes, size_t len)
{
    struct meeple__packet packet = {.peer = 77};
    const char *why = NULL;
    uint8_t *copy;

    cr_assert_eq(parse(&packet, bytes, len, &why, &copy), MEEPLE_EPROTO);
    cr_assert_not_null(why);
    cr_assert(*why && strlen(why) <= MEEPLE_REASON_MAX);
    cr_assert_eq(packet.peer, 77, "touched on failure");
    free(copy);
}

#define REFUSES(literal) refuses(literal, sizeof(literal) - 1)

Test(packet_native, refuses_what_is_short)
{
    REFUSES("");
    REFUSES("\x00");
    REFUSES("\x00\x01\x00\x00");
    REFUSES("\x01\x02\x00\x00");
    REFUSES("\x03\x02\x00\x00\x00");
    REFUSES("\x03\x02\x00\x00\x00\x01");
    REFUSES("\x03\x02\x00\x00\x00\x01\xe8");
}

Test(packet_native, refuses_unknown_kinds_and_reserved_flags)
{
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[5] = {(uint8_t)first, 2};

        if (first != 0x00 && first != 0x80 && first != 0x01 && first != 0x02) {
            refuses(bytes, sizeof bytes);
        }
    }
}

Test(packet_native, refuses_a_welcome_or_join_of_no_id_or_with_more_behind)
{
    REFUSES("\x01\x00\x00\x00\x00");
    REFUSES("\x01\xff\xff\xff\xff");
    REFUSES("\x01\x00\x00\x00\x80");
    REFUSES("\x01\x02\x00\x00\x00x");
    REFUSES("\x02\x00\x00\x00\x00");
    REFUSES("\x02\xfe\xff\xff\xff");
    REFUSES("\x02\x02\x00\x00\x00\x00");
}

Test(packet_native, refuses_a_malformed_leave)
{
    uint8_t bytes[8 + MEEPLE_REASON_MAX + 1] = {3, 2, 0, 0, 0, 1, 0xe8, 3};

    REFUSES("\x03\x02\x00\x00\x00\x02\xe8\x03");     /* clean is 0 or 1 */
    REFUSES("\x03\x00\x00\x00\x00\x01\xe8\x03");     /* nobody */
    REFUSES("\x03\xff\xff\xff\xff\x01\xe8\x03");     /* all but one */
    REFUSES("\x03\x02\x00\x00\x00\x01\xe8\x03\xff"); /* not UTF-8 */
    REFUSES("\x03\x02\x00\x00\x00\x01\xe8\x03\xc3"); /* cut */
    memset(bytes + 8, 'x', MEEPLE_REASON_MAX + 1);
    refuses(bytes, sizeof bytes);
}

Test(packet_native, refuses_a_ping_or_pong_of_somebody_or_of_too_much)
{
    static const uint8_t too_long[2][MEEPLE__PING_MAX + 1] = {{4}, {5}};

    REFUSES("\x04\x01\x00\x00\x00");
    REFUSES("\x04\xff\xff\xff\xff");
    REFUSES("\x05\x02\x00\x00\x00x");
    REFUSES("\x05\x00\x00\x00\x80");
    REFUSES("\x84\x00\x00\x00\x00"); /* text is for DATA */
    REFUSES("\x85\x00\x00\x00\x00");
    REFUSES("\x04\x00\x00\x00");
    refuses(too_long[0], sizeof too_long[0]);
    refuses(too_long[1], sizeof too_long[1]);
}

Test(packet_native, refuses_text_that_is_not_utf8)
{
    REFUSES("\x80\x01\x00\x00\x00\xff");
    REFUSES("\x80\x01\x00\x00\x00"
            "a\xed\xa0\x80");
    REFUSES("\x80\x01\x00\x00\x00\xe2\x82");
}

Test(packet_native, reads_what_it_writes)
{
    static const int32_t peers[] = {1, 2, 77, INT32_MAX, 0, -1, -INT32_MAX};

    for (size_t i = 0; i < MEEPLE_COUNT(peers); i++) {
        for (int text = 0; text < 2; text++) {
            uint8_t head[MEEPLE__PACKET_HEAD];
            struct meeple__packet packet;
            const char *why;

            meeple__packet_head(head, MEEPLE__PACKET_DATA, text, peers[i]);
            cr_assert_eq(meeple__packet_parse(&packet, (meeple_bytes){head, 5}, &why), 0);
            cr_assert(packet.peer == peers[i] && packet.text == text && packet.data.len == 0);
        }
    }
}

Test(packet_native, reads_the_longest_leave_it_writes)
{
    uint8_t bytes[MEEPLE__LEAVE_MAX];
    char reason[MEEPLE_REASON_MAX];
    struct meeple__packet leave = {
        .peer = 5, .code = 4999, .clean = true, .data = {(uint8_t *)reason, sizeof reason}};
    struct meeple__packet packet;
    const char *why;

    memset(reason, 'r', sizeof reason);
    cr_assert_eq(meeple__packet_leave(bytes, &leave), sizeof bytes);
    cr_assert_eq(meeple__packet_parse(&packet, (meeple_bytes){bytes, sizeof bytes}, &why), 0);
    cr_assert(packet.kind == MEEPLE__PACKET_LEAVE && packet.peer == 5 && packet.code == 4999);
    cr_assert(packet.clean && packet.data.len == sizeof reason);
    cr_assert_eq(memcmp(packet.data.ptr, reason, sizeof reason), 0);
}

Test(packet_native, reads_every_ping_and_pong_it_writes)
{
    static const meeple__packet_kind kinds[] = {MEEPLE__PACKET_PING, MEEPLE__PACKET_PONG};
    uint8_t data[MEEPLE__PING_DATA_MAX];

    memset(data, 'd', sizeof data);
    for (size_t i = 0; i < MEEPLE_COUNT(kinds); i++) {
        for (size_t len = 0; len <= sizeof data; len++) {
            uint8_t bytes[MEEPLE__PING_MAX];
            struct meeple__packet packet;
            const char *why;
            size_t total = meeple__packet_ping(bytes, kinds[i], (meeple_bytes){data, len});

            cr_assert_eq(total, MEEPLE__PACKET_HEAD + len);
            cr_assert_eq(meeple__packet_parse(&packet, (meeple_bytes){bytes, total}, &why), 0);
            cr_assert(packet.kind == kinds[i] && packet.peer == 0 && packet.data.len == len);
            cr_assert_eq(memcmp(packet.data.ptr, data, len), 0);
        }
    }
}
