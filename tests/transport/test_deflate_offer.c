/* test_deflate_offer: how two sides agree on permessage-deflate, and on what they do not. */
#include "transport/deflate_offer.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/prng.h"
#include "transport/http_head.h"

/* A head with those values, divided by '\n', in one header each. */
struct head {
    struct meeple__http_head head;
    char bytes[4096];
};

static void head_of(struct head *head, const char *values)
{
    size_t len = (size_t)snprintf(head->bytes, sizeof head->bytes, "GET / HTTP/1.1\r\nHost: h\r\n");

    while (values && *values) {
        size_t line = strcspn(values, "\n");

        len += (size_t)snprintf(head->bytes + len, sizeof head->bytes - len,
                                "sec-webSocket-Extensions: %.*s\r\nOther: permessage-deflate\r\n",
                                (int)line, values);
        values += line + (values[line] == '\n');
    }
    len += (size_t)snprintf(head->bytes + len, sizeof head->bytes - len, "\r\n");
    cr_assert_lt(len, sizeof head->bytes);
    cr_assert_eq(
        meeple__http_head_parse(&head->head, (meeple_bytes){(const uint8_t *)head->bytes, len}), 0,
        "%s", head->bytes);
}

static void check_params(const struct meeple__deflate_params *params, const char *want,
                         const char *about)
{
    char text[32];

    snprintf(text, sizeof text, "%d %d %d %d", params->server_no_context_takeover,
             params->client_no_context_takeover, params->server_max_window_bits,
             params->client_max_window_bits);
    cr_assert_str_eq(text, want, "%s: %s, not %s", about, text, want);
}

static const struct meeple__deflate_params no_takeover = {true, true, 0, 0};
static const struct meeple__deflate_params small = {false, false, 12, 11};

/* ---- client: the offer ---- */

#define PD "permessage-deflate"
#define SNO "; server_no_context_takeover"
#define CNO "; client_no_context_takeover"
#define SB "; server_max_window_bits"
#define CB "; client_max_window_bits"

Test(deflate_offer, writes_what_a_client_wishes)
{
    static const struct {
        struct meeple__deflate_params wish;
        const char *text;
    } cases[] = {{{0}, PD CB},
                 {{false, false, 15, 15}, PD CB},
                 {{true, false, 0, 0}, PD SNO CB},
                 {{false, true, 0, 0}, PD CNO CB},
                 {{false, false, 9, 0}, PD SB "=9" CB},
                 {{false, false, 0, 9}, PD CB "=9"},
                 {{true, true, 10, 14}, PD SNO CNO SB "=10" CB "=14"}};

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        char text[MEEPLE__DEFLATE_TEXT_SIZE];

        meeple__deflate_offer_write(text, &cases[i].wish);
        cr_assert_str_eq(text, cases[i].text);
    }
}

Test(deflate_offer, knows_which_windows_there_are)
{
    for (unsigned bits = 0; bits < 256; bits++) {
        struct meeple__deflate_params server = {false, false, (uint8_t)bits, 0};
        struct meeple__deflate_params client = {false, false, 0, (uint8_t)bits};
        bool valid = bits == 0 || (bits >= 9 && bits <= 15);

        cr_assert_eq(meeple__deflate_params_valid(&server), valid);
        cr_assert_eq(meeple__deflate_params_valid(&client), valid);
    }
}

/* ---- server: what it makes of offers ---- */

struct offer_case {
    const char *offers; /* headers divided by \n */
    const char *answer; /* NULL: goes without; "!": not the grammar */
    const char *agreed;
};

static void check_offers(const struct meeple__deflate_params *wish, const struct offer_case *cases,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct offer_case *one = &cases[i];
        struct meeple__deflate_params agreed = {true, true, 77, 77};
        char answer[MEEPLE__DEFLATE_TEXT_SIZE] = "untouched";
        struct head head;
        int rc;

        head_of(&head, one->offers);
        rc = meeple__deflate_offer_choose(&head.head, wish, &agreed, answer);
        if (!one->answer || one->answer[0] == '!') {
            cr_assert_eq(rc, one->answer ? MEEPLE_EPROTO : 0, "%d: %s", rc, one->offers);
            cr_assert_str_eq(answer, "untouched");
            check_params(&agreed, "1 1 77 77", one->offers);
            continue;
        }
        cr_assert_eq(rc, 1, "%d: %s", rc, one->offers);
        cr_assert_str_eq(answer, one->answer, "%s: %s", one->offers, answer);
        check_params(&agreed, one->agreed, one->offers);
    }
}

#define CHECK_OFFERS(wish, cases) check_offers(wish, cases, MEEPLE_COUNT(cases))

Test(deflate_offer, takes_valid_offers)
{
    static const struct offer_case cases[] = {
        {NULL, NULL, NULL},
        {PD, PD, "0 0 15 15"},
        {PD CB, PD, "0 0 15 15"}, /* what Chromium says */
        {PD SNO, PD SNO, "1 0 15 15"},
        {PD CNO, PD CNO, "0 1 15 15"},
        {PD CNO SNO, PD SNO CNO, "1 1 15 15"},
        {PD SB "=15", PD SB "=15", "0 0 15 15"},
        {PD SB "=10", PD SB "=10", "0 0 10 15"},
        {PD SB "=9", PD SB "=9", "0 0 9 15"},
        {PD SB "=8", PD SB "=8", "0 0 9 15"},
        {PD CB "=15", PD CB "=15", "0 0 15 15"},
        {PD CB "=12", PD CB "=12", "0 0 15 12"},
        {PD CB "=9", PD CB "=9", "0 0 15 9"},
        {PD CB "=8", PD CB "=8", "0 0 15 9"},
        {PD CB "=11" SB "=12" SNO CNO, PD SNO CNO SB "=12" CB "=11", "1 1 12 11"},
        {PD ";server_max_window_bits=10;client_max_window_bits", PD SB "=10", "0 0 10 15"},
        {"  " PD "\t;  server_max_window_bits\t =  10 ;\tclient_no_context_takeover ",
         PD CNO SB "=10", "0 1 10 15"},
        {PD SB "=\"10\"", PD SB "=10", "0 0 10 15"},
        {PD SB "=\"1\\0\"", PD SB "=10", "0 0 10 15"},
        {PD CB " = \"9\" " SNO, PD SNO CB "=9", "1 0 15 9"},
        {", ," PD ",,", PD, "0 0 15 15"},
    };

    CHECK_OFFERS(&(struct meeple__deflate_params){0}, cases);
}

Test(deflate_offer, declines_invalid_offers)
{
    static const struct offer_case cases[] = {
        {PD "; other", NULL, NULL},
        {PD "; other=1", NULL, NULL},
        {PD SNO "; other", NULL, NULL},
        {PD "; server_no_context_takeovers", NULL, NULL},
        {PD "; Server_No_Context_Takeover", NULL, NULL},
        {"Permessage-Deflate", NULL, NULL},
        {"permessage-deflate2", NULL, NULL},
        {"x-webkit-deflate-frame", NULL, NULL},
        {PD SNO SNO, NULL, NULL},
        {PD CNO CNO, NULL, NULL},
        {PD SB "=10" SB "=10", NULL, NULL},
        {PD SB "=10" SB "=11", NULL, NULL},
        {PD CB CB, NULL, NULL},
        {PD CB CB "=10", NULL, NULL},
        {PD SNO "=1", NULL, NULL},
        {PD SNO "=true", NULL, NULL},
        {PD CNO "=1", NULL, NULL},
        {PD CNO "=\"1\"", NULL, NULL},
        {PD SB, NULL, NULL},
        {PD SB "=0", NULL, NULL},
        {PD SB "=1", NULL, NULL},
        {PD SB "=7", NULL, NULL},
        {PD SB "=16", NULL, NULL},
        {PD SB "=20", NULL, NULL},
        {PD SB "=08", NULL, NULL},
        {PD SB "=09", NULL, NULL},
        {PD SB "=010", NULL, NULL},
        {PD SB "=100", NULL, NULL},
        {PD SB "=1000000000000000000000000000010", NULL, NULL},
        {PD SB "=+9", NULL, NULL},
        {PD SB "=-9", NULL, NULL},
        {PD SB "=9.", NULL, NULL},
        {PD SB "=0x9", NULL, NULL},
        {PD SB "=a", NULL, NULL},
        {PD SB "=1a", NULL, NULL},
        {PD SB "=\"16\"", NULL, NULL},
        {PD CB "=7", NULL, NULL},
        {PD CB "=16", NULL, NULL},
        {PD CB "=08", NULL, NULL},
        {PD CB "=0", NULL, NULL},
        {PD CB "=ten", NULL, NULL},
        {"foo, bar; a=b; c=\"d\"", NULL, NULL},
    };

    CHECK_OFFERS(&(struct meeple__deflate_params){0}, cases);
}

Test(deflate_offer, takes_the_first_offer_that_is_good)
{
    static const struct offer_case cases[] = {
        {PD SB "=10, " PD, PD SB "=10", "0 0 10 15"},
        {PD ", " PD SB "=10", PD, "0 0 15 15"},
        {PD SB "=16, " PD CNO ", " PD, PD CNO, "0 1 15 15"},
        {PD SB "," PD SB "=7," PD SB "=11", PD SB "=11", "0 0 11 15"},
        {PD "; future=1, " PD, PD, "0 0 15 15"},
        {"foo, " PD SNO, PD SNO, "1 0 15 15"},
        {"foo; bar; baz=\"qux\"; bar, " PD SNO, PD SNO, "1 0 15 15"},
        {"foo\n" PD SB "=12\n" PD, PD SB "=12", "0 0 12 15"},
        {PD SNO SNO "\n" PD "; x\nbar\n" PD CB "=13, " PD, PD CB "=13", "0 0 15 13"},
    };

    CHECK_OFFERS(&(struct meeple__deflate_params){0}, cases);
}

Test(deflate_offer, fails_what_is_not_the_grammar)
{
    static const struct offer_case cases[] = {
        {PD ";", "!", NULL},
        {PD ";;" SNO, "!", NULL},
        {"; " PD, "!", NULL},
        {PD " server_no_context_takeover", "!", NULL},
        {PD SB "=", "!", NULL},
        {PD SB "= ; client_max_window_bits", "!", NULL},
        {PD SB "==10", "!", NULL},
        {PD SB "=10=10", "!", NULL},
        {PD SB "=1 0", "!", NULL},
        {PD SB "=\"10", "!", NULL},
        {PD SB "=10\"", "!", NULL},
        {PD SB "=\"\"", "!", NULL},
        {PD SB "=\"1 0\"", "!", NULL},
        {PD SB "=\"10\"0", "!", NULL},
        {PD SB "=\"10\\", "!", NULL},
        {PD SB "=\"10\\\"", "!", NULL},
        {PD SB "='10'; \"x\"", "!", NULL},
        {PD "=1", "!", NULL},
        {PD "/1", "!", NULL},
        {PD "; a/b", "!", NULL},
        {PD "; a=b/c", "!", NULL},
        {PD "; \x80", "!", NULL},
        {"(" PD ")", "!", NULL},
        {"foo bar, " PD, "!", NULL},
        {PD ", foo bar", "!", NULL},
        {PD "\nfoo;", "!", NULL},
        /* A value in quotes is a token too, so no comma hides in it, and no offer. */
        {"foo; a=\"x, " PD ", y\"", "!", NULL},
        {"foo; a=\"x,y\", " PD, "!", NULL},
    };

    CHECK_OFFERS(&(struct meeple__deflate_params){0}, cases);
    CHECK_OFFERS(NULL, cases);
}

Test(deflate_offer, goes_without_when_it_does_not_want)
{
    static const struct offer_case cases[] = {
        {NULL, NULL, NULL}, {PD, NULL, NULL}, {"foo, " PD SB "=10", NULL, NULL}};

    CHECK_OFFERS(NULL, cases);
}

Test(deflate_offer, answers_with_what_the_server_wishes)
{
    static const struct offer_case takeover[] = {{PD, PD SNO CNO, "1 1 15 15"},
                                                 {PD CNO, PD SNO CNO, "1 1 15 15"},
                                                 {PD SB "=9", PD SNO CNO SB "=9", "1 1 9 15"}};
    static const struct offer_case windows[] = {
        /* A client that did not say so cannot be told its window. */
        {PD, PD SB "=12", "0 0 12 15"},
        {PD CB, PD SB "=12" CB "=11", "0 0 12 11"},
        {PD CB "=15", PD SB "=12" CB "=11", "0 0 12 11"},
        {PD CB "=10", PD SB "=12" CB "=10", "0 0 12 10"},
        {PD CB "=8", PD SB "=12" CB "=8", "0 0 12 9"},
        {PD SB "=15", PD SB "=12", "0 0 12 15"},
        {PD SB "=10", PD SB "=10", "0 0 10 15"},
        {PD SB "=8", PD SB "=8", "0 0 9 15"}};

    CHECK_OFFERS(&no_takeover, takeover);
    CHECK_OFFERS(&small, windows);
}

/* ---- client: what it makes of the answer ---- */

struct answer_case {
    const char *answer;
    const char *agreed; /* or "!", and what is in the sentence */
};

static void check_answers(const struct meeple__deflate_params *wish,
                          const struct answer_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct answer_case *one = &cases[i];
        struct meeple__deflate_params agreed = {true, true, 77, 77};
        const char *why = "untouched";
        struct head head;
        int rc;

        head_of(&head, one->answer);
        rc = meeple__deflate_answer_check(&head.head, wish, &agreed, &why);
        if (one->agreed && one->agreed[0] == '!') {
            cr_assert_eq(rc, MEEPLE_EPROTO, "%d: %s", rc, one->answer);
            cr_assert(strstr(why, one->agreed + 1), "%s: %s", one->answer, why);
            check_params(&agreed, "1 1 77 77", one->answer);
            continue;
        }
        cr_assert_str_eq(why, "untouched", "%s: %s", one->answer, why);
        cr_assert_eq(rc, one->agreed ? 1 : 0, "%d: %s", rc, one->answer);
        check_params(&agreed, one->agreed ? one->agreed : "1 1 77 77", one->answer);
    }
}

#define CHECK_ANSWERS(wish, cases) check_answers(wish, cases, MEEPLE_COUNT(cases))

Test(deflate_offer, takes_what_a_server_may_answer)
{
    static const struct answer_case cases[] = {
        {NULL, NULL},
        {PD, "0 0 15 15"},
        {PD SNO, "1 0 15 15"},
        {PD CNO, "0 1 15 15"},
        {PD SB "=10", "0 0 10 15"},
        {PD SB "=8", "0 0 9 15"},
        {PD SB "=\"10\"", "0 0 10 15"},
        {PD CB "=15", "0 0 15 15"},
        {PD CB "=10", "0 0 15 10"},
        {PD CB "=8", "0 0 15 9"},
        {PD SNO CNO SB "=9" CB "=11", "1 1 9 11"},
        {PD ";client_max_window_bits = 11", "0 0 15 11"},
    };

    CHECK_ANSWERS(&(struct meeple__deflate_params){0}, cases);
}

Test(deflate_offer, refuses_what_a_server_may_not_answer)
{
    static const struct answer_case cases[] = {
        {"foo", "!not offered"},
        {"foo, " PD, "!not offered"},
        {PD ", foo", "!more extensions"},
        {PD "\nfoo", "!more extensions"},
        {PD ", " PD, "!more extensions"},
        {PD "\n" PD, "!more extensions"},
        {"PERMESSAGE-DEFLATE", "!not offered"},
        {PD ";", "!cannot be read"},
        {PD " " PD, "!cannot be read"},
        {PD SB "=\"10", "!cannot be read"},
        {PD "; other", "!not valid"},
        {PD SNO SNO, "!not valid"},
        {PD CB "=10" CB "=10", "!not valid"},
        {PD SNO "=1", "!not valid"},
        {PD CNO "=true", "!not valid"},
        {PD SB, "!not valid"},
        {PD CB, "!not valid"},
        {PD SB "=16", "!not valid"},
        {PD CB "=16", "!not valid"},
        {PD SB "=7", "!not valid"},
        {PD CB "=7", "!not valid"},
        {PD CB "=09", "!not valid"},
        {PD CB "=0", "!not valid"},
    };

    CHECK_ANSWERS(&(struct meeple__deflate_params){0}, cases);
}

Test(deflate_offer, holds_a_server_to_the_offer)
{
    static const struct answer_case takeover[] = {
        {NULL, NULL},
        {PD, "!server_no_context_takeover"},
        {PD CNO, "!server_no_context_takeover"},
        {PD SNO, "1 1 15 15"}, /* ours was offered, and is kept */
        {PD SNO CNO, "1 1 15 15"},
    };
    static const struct answer_case windows[] = {
        {PD, "!server_max_window_bits"},
        {PD SB "=13", "!server_max_window_bits"},
        {PD SB "=12", "0 0 12 11"}, /* ours was offered, and is kept */
        {PD SB "=9", "0 0 9 11"},
        {PD SB "=8", "0 0 9 11"},
        {PD SB "=12" CB "=11", "0 0 12 11"},
        {PD SB "=12" CB "=10", "0 0 12 10"},
        {PD SB "=12" CB "=8", "0 0 12 9"},
        {PD SB "=12" CB "=12", "!more client_max_window_bits"},
        {PD SB "=12" CB "=15", "!more client_max_window_bits"},
    };

    CHECK_ANSWERS(&no_takeover, takeover);
    CHECK_ANSWERS(&small, windows);
}

Test(deflate_offer, refuses_every_extension_when_none_was_offered)
{
    static const struct answer_case cases[] = {
        {NULL, NULL}, {PD, "!not offered"}, {"foo", "!not offered"}, {";", "!cannot be read"}};

    CHECK_ANSWERS(NULL, cases);
}

/* ---- both ---- */

static struct meeple__deflate_params any_wish(struct prng *prng)
{
    static const uint8_t bits[] = {0, 9, 10, 11, 12, 13, 14, 15};

    return (struct meeple__deflate_params){prng_below(prng, 2) == 1, prng_below(prng, 2) == 1,
                                           bits[prng_below(prng, sizeof bits)],
                                           bits[prng_below(prng, sizeof bits)]};
}

static unsigned most(uint8_t a, uint8_t b)
{
    unsigned bits_a = a ? a : 15, bits_b = b ? b : 15;

    return bits_a < bits_b ? bits_a : bits_b;
}

Test(deflate_offer, our_client_and_our_server_always_agree)
{
    struct prng prng = {7692};

    for (int i = 0; i < 20000; i++) {
        struct meeple__deflate_params client = any_wish(&prng), server = any_wish(&prng);
        struct meeple__deflate_params at_client, at_server;
        char offer[MEEPLE__DEFLATE_TEXT_SIZE], answer[MEEPLE__DEFLATE_TEXT_SIZE], want[32];
        const char *why = NULL;
        struct head head;

        meeple__deflate_offer_write(offer, &client);
        head_of(&head, offer);
        cr_assert_eq(meeple__deflate_offer_choose(&head.head, &server, &at_server, answer), 1);
        head_of(&head, answer);
        cr_assert_eq(meeple__deflate_answer_check(&head.head, &client, &at_client, &why), 1,
                     "%s; %s: %s", offer, answer, why);
        snprintf(want, sizeof want, "%d %d %u %u",
                 client.server_no_context_takeover || server.server_no_context_takeover,
                 client.client_no_context_takeover || server.client_no_context_takeover,
                 most(client.server_max_window_bits, server.server_max_window_bits),
                 most(client.client_max_window_bits, server.client_max_window_bits));
        check_params(&at_client, want, offer);
        check_params(&at_server, want, offer);
    }
}

Test(deflate_offer, reads_any_bytes_without_harm)
{
    static const char alphabet[] = "permessage-deflate;;;===,,,\"\"\\  89150";
    static const char *const words[] = {PD, SNO, CNO, SB, CB, "=", ";", ",", "\"", "10", "8"};
    struct prng prng = {1};
    size_t taken = 0;

    for (int i = 0; i < 100000; i++) {
        char text[256] = "";
        const char *why = NULL;
        struct meeple__deflate_params wish = any_wish(&prng), agreed;
        char answer[MEEPLE__DEFLATE_TEXT_SIZE];
        struct head head;
        size_t len = 0;

        for (uint64_t n = prng_below(&prng, 8); n > 0; n--) {
            if (prng_below(&prng, 4) > 0) {
                len += (size_t)snprintf(text + len, sizeof text - len, "%s",
                                        words[prng_below(&prng, MEEPLE_COUNT(words))]);
            } else {
                text[len++] = alphabet[prng_below(&prng, sizeof alphabet - 1)];
                text[len] = '\0';
            }
        }
        head_of(&head, text);
        taken += meeple__deflate_offer_choose(&head.head, &wish, &agreed, answer) > 0;
        taken += meeple__deflate_answer_check(&head.head, &wish, &agreed, &why) > 0;
    }
    cr_assert_gt(taken, 1000);
}
