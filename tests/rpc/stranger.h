/* stranger: a peer without a world, which says in bytes what it likes, and writes down what it
 * hears: "02 01 00 00 00 'game' 00". */
#ifndef TESTS_RPC_STRANGER_H
#define TESTS_RPC_STRANGER_H

#include "tests/rpc/session.h"

enum {
    STRANGER_PACKET = 1024
};

struct stranger {
    meeple_net *net;
    int32_t id;
    unsigned calls;      /* that it heard */
    char heard[1 << 14]; /* "server: 03 'game' 00; " */
};

/* Bytes of a text like those above: hexadecimal, and characters between quotes. */
static inline size_t stranger_bytes(uint8_t *dst, const char *text)
{
    size_t len = 0;
    unsigned byte;

    while (*text) {
        if (*text == '\'') {
            for (text++; *text != '\''; text++) {
                dst[len++] = (uint8_t)*text;
            }
            text++;
        } else if (*text == ' ') {
            text++;
        } else {
            cr_assert_eq(sscanf(text, "%2x", &byte), 1, "%s", text);
            dst[len++] = (uint8_t)byte;
            text += 2;
        }
    }
    return len;
}

static inline bool stranger_shows(uint8_t byte)
{
    return byte > ' ' && byte < 0x7f && byte != '\'';
}

/* Two or more characters in a row are shown as such. */
static inline void stranger_note(struct stranger *stranger, const char *from, meeple_bytes bytes)
{
    char *text = stranger->heard;
    size_t size = sizeof stranger->heard;

    note(text, size, "%s:", from);
    for (size_t i = 0; i < bytes.len;) {
        size_t run = 0;

        while (i + run < bytes.len && stranger_shows(bytes.ptr[i + run])) {
            run++;
        }
        if (run > 1) {
            note(text, size, " '%.*s'", (int)run, (const char *)bytes.ptr + i);
            i += run;
        } else {
            note(text, size, " %02x", bytes.ptr[i++]);
        }
    }
    note(text, size, "; ");
}

static inline void stranger_say(struct stranger *stranger, int32_t to, const char *text)
{
    uint8_t bytes[STRANGER_PACKET];

    cr_assert_eq(
        meeple_net_send(stranger->net, to, (meeple_bytes){bytes, stranger_bytes(bytes, text)}), 0);
}

/* Takes what there is; whether there was something. */
static inline bool stranger_listen(struct session *session, struct stranger *stranger)
{
    meeple_event event;
    bool any = false;

    while (stranger->net && meeple_net_next(stranger->net, &event, 0) > 0) {
        any = true;
        stranger->id = event.type == MEEPLE_EVENT_UP ? event.peer : stranger->id;
        if (event.type == MEEPLE_EVENT_PACKET) {
            stranger->calls += event.data.ptr[0] == 0;
            stranger_note(stranger, name_of(session, event.peer), event.data);
        }
    }
    return any;
}

/* What it heard since the last time. */
static inline void stranger_expect(struct stranger *stranger, const char *expected)
{
    cr_expect_str_eq(stranger->heard, expected);
    stranger->heard[0] = '\0';
}

/* All that was refused since the last time, with the stranger's id as "7". */
static inline void stranger_expect_refused(struct session *session, const struct stranger *stranger,
                                           const char *expected)
{
    char id[20], *at;

    snprintf(id, sizeof id, "peer %d ", (int)stranger->id);
    while ((at = strstr(session->refusals, id))) {
        memmove(at + 7, at + strlen(id), strlen(at + strlen(id)) + 1);
        memcpy(at, "peer 7 ", 7);
    }
    cr_expect_str_eq(session->refusals, expected);
    session->refusals[0] = '\0';
}

#endif /* TESTS_RPC_STRANGER_H */
