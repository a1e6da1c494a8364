/* test_net_endings: every way in which a session ends, seen from both sides and by a third. */
#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/carried.h"
#include "transport/net_server.h"

/*
 * Each row of the first table has a server, a client a to whom it happens, and a bystander b; what
 * each of them is told from then on, to the last word.  The session is played over memory, ws://
 * and wss://, in both dialects.  In the plain one clients hear nothing of each other: what a row
 * says of that is left out there.
 */
enum {
    SERVER,
    A,
    B,
    SEATS,
    QUEUE = 20000,
    MESSAGE = 3000,
    PATIENCE_MS = 200000 /* longer than any time-out, heartbeats included */
};

/* X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY of OpenSSL, which not every build of this has. */
enum {
    NO_SUCH_ISSUER = 20
};

enum where {
    ANYWHERE,
    NETWORK, /* not in memory, which cannot break, and knows at once that nobody reads */
    MEMORY,
    UNENCRYPTED,
    ENCRYPTED,
    NATIVE /* what only that dialect can do */
};

struct row {
    const char *name;
    enum where where;
    void (*happens)(struct carried *carried);
    const char *told[SEATS];
};

static char filler[20000];

static meeple_net *net_of(struct carried *carried, unsigned seat)
{
    return carried->session.seats[seat].net;
}

static int32_t id_of(struct carried *carried, unsigned seat)
{
    return carried->session.seats[seat].id;
}

/* ---- what happens ---- */

static void a_closes(struct carried *carried)
{
    cr_assert_eq(meeple_net_close(net_of(carried, A), 4001, "bye"), 0);
}

static void a_closes_twice(struct carried *carried)
{
    a_closes(carried);
    cr_assert_eq(meeple_net_close(net_of(carried, A), 4002, "bye again"), 0);
}

static void a_closes_without_a_word(struct carried *carried)
{
    cr_assert_eq(meeple_net_close(net_of(carried, A), 0, NULL), 0);
}

/* Not through the net, which always says a code. */
static void a_closes_without_a_code(struct carried *carried)
{
    struct meeple__conn *conn = meeple__conn_of(net_of(carried, A)->only);

    cr_assert_eq(meeple__ws_close(&conn->ws, 0, NULL, meeple__loop_now(conn->loop)), 0);
    meeple__conn_wrote(conn);
    meeple__conn_schedule(conn);
}

static void kick(struct carried *carried)
{
    cr_assert_eq(meeple_net_kick(net_of(carried, SERVER), id_of(carried, A), 4000, "out"), 0);
}

static void kick_twice(struct carried *carried)
{
    int32_t id = id_of(carried, A);

    kick(carried);
    cr_assert_eq(meeple_net_kick(net_of(carried, SERVER), id, 4009, "out"), MEEPLE_ENOTFOUND);
}

static void kick_without_a_word(struct carried *carried)
{
    cr_assert_eq(meeple_net_kick(net_of(carried, SERVER), id_of(carried, A), 0, NULL), 0);
}

static void kick_and_close_at_once(struct carried *carried)
{
    kick(carried);
    a_closes(carried);
}

static void kick_who_is_closing(struct carried *carried)
{
    struct seat *server = &carried->session.seats[SERVER];

    a_closes(carried);
    server->events = 1; /* CLOSING */
    carried_run(carried, 100);
    server->idle = false;
    cr_assert_eq(meeple_net_kick(server->net, id_of(carried, A), 4000, "out"), MEEPLE_ENOTFOUND);
}

static void kick_who_takes_no_events(struct carried *carried)
{
    carried->session.seats[A].idle = true;
    kick(carried);
    carried_run(carried, 10000);
    carried->session.seats[A].idle = false;
}

static void close_to_who_takes_no_events(struct carried *carried)
{
    carried->session.seats[SERVER].idle = true;
    a_closes(carried);
    carried_run(carried, 10000);
    carried->session.seats[SERVER].idle = false;
}

static void the_server_closes(struct carried *carried)
{
    cr_assert_eq(meeple_net_close(net_of(carried, SERVER), 4000, "night"), 0);
}

static void the_server_closes_whom_it_has_kicked(struct carried *carried)
{
    kick(carried);
    the_server_closes(carried);
}

static void everybody_closes_at_once(struct carried *carried)
{
    the_server_closes(carried);
    a_closes(carried);
}

static void a_is_freed(struct carried *carried)
{
    meeple_net_free(net_of(carried, A));
    carried->session.seats[A].net = NULL;
}

static void a_is_freed_while_closing(struct carried *carried)
{
    a_closes(carried);
    meeple_net_flush(net_of(carried, A));
    a_is_freed(carried);
}

static void a_is_freed_while_kicked(struct carried *carried)
{
    kick(carried);
    a_is_freed(carried);
}

static void the_server_is_freed(struct carried *carried)
{
    meeple_net_free(net_of(carried, SERVER));
    carried->session.seats[SERVER].net = NULL;
}

static void the_server_is_freed_while_closing(struct carried *carried)
{
    the_server_closes(carried);
    meeple_net_flush(net_of(carried, SERVER));
    the_server_is_freed(carried);
}

static void the_stream_is_reset(struct carried *carried)
{
    sim_reset_all(carried->session.sim, "a");
}

static void the_stream_is_reset_while_closing(struct carried *carried)
{
    a_closes(carried);
    the_stream_is_reset(carried);
}

static void all_streams_are_reset(struct carried *carried)
{
    sim_reset_all(carried->session.sim, "server");
}

static void the_cable_is_pulled(struct carried *carried)
{
    sim_cut(carried->session.sim, "a", "server");
}

static void the_cable_is_pulled_then_kick(struct carried *carried)
{
    the_cable_is_pulled(carried);
    kick(carried);
}

static void the_cable_is_pulled_then_close(struct carried *carried)
{
    the_cable_is_pulled(carried);
    a_closes(carried);
}

static void the_cable_is_pulled_then_both_close(struct carried *carried)
{
    the_cable_is_pulled_then_close(carried);
    kick(carried);
}

/* A frame of a kind that is reserved. */
static void break_protocol(struct meeple__conn *conn)
{
    cr_assert_eq(meeple__ws_control(&conn->ws, 0x3, (meeple_bytes){NULL, 0}), 0);
    meeple__conn_wrote(conn);
}

static struct meeple__conn *conn_to_a(struct carried *carried)
{
    meeple_net *net = net_of(carried, SERVER);

    return meeple__conn_of(
        net->ops->line_of(net, meeple__roster_find(&net->roster, id_of(carried, A))));
}

static void a_breaks_the_protocol(struct carried *carried)
{
    break_protocol(meeple__conn_of(net_of(carried, A)->only));
}

static void the_server_breaks_the_protocol(struct carried *carried)
{
    break_protocol(conn_to_a(carried));
}

static void both_break_the_protocol(struct carried *carried)
{
    a_breaks_the_protocol(carried);
    the_server_breaks_the_protocol(carried);
}

static void send_as_it_is(struct meeple__conn *conn, const char *bytes, size_t len, bool text)
{
    cr_assert_eq(meeple__ws_send(&conn->ws, (meeple_bytes){(const uint8_t *)bytes, len},
                                 (meeple_bytes){NULL, 0}, text),
                 0);
    meeple__conn_wrote(conn);
}

static void a_sends_text_that_is_none(struct carried *carried)
{
    send_as_it_is(meeple__conn_of(net_of(carried, A)->only), "\xff", 1, true);
}

static void the_server_sends_text_that_is_none(struct carried *carried)
{
    send_as_it_is(conn_to_a(carried), "\xff", 1, true);
}

static void a_sends_nonsense(struct carried *carried)
{
    send_as_it_is(meeple__conn_of(net_of(carried, A)->only), "\x06\x05\x00\x00\x00", 5, false);
}

static void the_server_sends_nonsense(struct carried *carried)
{
    send_as_it_is(conn_to_a(carried), "\x06\x05\x00\x00\x00", 5, false);
}

/* The limit is the receiver's: that of the sender was lifted. */
static void send_too_much(struct meeple__conn *conn, struct meeple__ws_config *config)
{
    size_t before = config->options.message_bytes_max;

    config->options.message_bytes_max = MESSAGE + 1;
    send_as_it_is(conn, filler, MESSAGE + 1, false);
    config->options.message_bytes_max = before;
}

static void a_sends_too_much(struct carried *carried)
{
    meeple_net *net = net_of(carried, A);

    send_too_much(meeple__conn_of(net->only), &net->config);
}

static void the_server_sends_too_much(struct carried *carried)
{
    send_too_much(conn_to_a(carried), &net_of(carried, SERVER)->config);
}

/* More than the server's limits.messages_per_second_max, until it is thrown out. */
static void a_floods(struct carried *carried)
{
    for (unsigned i = 0; i < 500 && meeple_net_has_peer(net_of(carried, SERVER), id_of(carried, A));
         i++) {
        session_forget(&carried->session);
        for (unsigned j = 0; j < 100; j++) {
            meeple_net_send(net_of(carried, A), MEEPLE_SERVER, (meeple_bytes){NULL, 0});
        }
        carried_run(carried, 11);
    }
}

/* Until its queue is full, then it reads again. */
static void a_reads_too_slowly(struct carried *carried)
{
    struct seat *server = &carried->session.seats[SERVER], *a = &carried->session.seats[A];
    int32_t but_b = MEEPLE_EXCEPT(id_of(carried, B));

    a->idle = true;
    for (unsigned i = 0; server->here_count == 2 && i < 500; i++) {
        cr_assert_eq(meeple_net_send(server->net, but_b, (meeple_bytes){(uint8_t *)filler, 2000}),
                     0);
        carried_run(carried, 2);
        if (!meeple_net_has_peer(server->net, id_of(carried, A))) {
            break;
        }
    }
    a->idle = false;
}

/* ---- the table ---- */

#define LOST "the connection was lost"
#define LOST_CLOSING "the connection was lost while closing"
#define SILENT "nothing was heard for too long"
#define NO_ANSWER "the other side did not answer our close in time"
#define RESERVED "the opcode is reserved"
#define NO_TEXT "the text is not UTF-8"
#define UNKNOWN "the packet's kind is unknown"
#define TOO_MUCH "the message is over the limit"
#define FLOOD "more messages a second than this server takes"
#define SLOW "read too slowly: the outgoing queue is full"

/* Of a client: everybody leaves it, the server last, and it goes down, for one reason. */
#define ALL_LEAVE_A(why) "leave b " why "\nleave 1 " why "\ndown " why "\n"
#define ALL_LEAVE_B(why) "leave a " why "\nleave 1 " why "\ndown " why "\n"

static const struct row rows[] = {
    {"a closes",
     ANYWHERE,
     a_closes,
     {"closing a 4001 bye\n"
      "leave a 4001 clean bye\n",
      ALL_LEAVE_A("4001 clean bye"), "leave a 4001 clean bye\n"}},
    {"a closes twice",
     ANYWHERE,
     a_closes_twice,
     {"closing a 4001 bye\n"
      "leave a 4001 clean bye\n",
      ALL_LEAVE_A("4001 clean bye"), "leave a 4001 clean bye\n"}},
    {"a closes without a word",
     ANYWHERE,
     a_closes_without_a_word,
     {"closing a 1000\n"
      "leave a 1000 clean\n",
      ALL_LEAVE_A("1000 clean"), "leave a 1000 clean\n"}},
    {"a closes without a code",
     ANYWHERE,
     a_closes_without_a_code,
     {"closing a 1005\n"
      "leave a 1005 clean\n",
      ALL_LEAVE_A("1005 clean"), "leave a 1005 clean\n"}},
    {"kick",
     ANYWHERE,
     kick,
     {"leave a 4000 clean out\n", "closing 1 4000 out\n" ALL_LEAVE_A("4000 clean out"),
      "leave a 4000 clean out\n"}},
    {"kick twice",
     ANYWHERE,
     kick_twice,
     {"leave a 4000 clean out\n", "closing 1 4000 out\n" ALL_LEAVE_A("4000 clean out"),
      "leave a 4000 clean out\n"}},
    {"kick without a word",
     ANYWHERE,
     kick_without_a_word,
     {"leave a 1000 clean\n", "closing 1 1000\n" ALL_LEAVE_A("1000 clean"),
      "leave a 1000 clean\n"}},
    {"kick and close at once",
     ANYWHERE,
     kick_and_close_at_once,
     {"leave a 4001 clean bye\n", ALL_LEAVE_A("4000 clean out"), "leave a 4000 clean out\n"}},
    {"kick who is closing",
     ANYWHERE,
     kick_who_is_closing,
     {"closing a 4001 bye\n"
      "leave a 4001 clean bye\n",
      ALL_LEAVE_A("4001 clean bye"), "leave a 4001 clean bye\n"}},
    {"kick who takes no events",
     NETWORK,
     kick_who_takes_no_events,
     {"leave a 1006 unclean " NO_ANSWER "\n", "closing 1 4000 out\n" ALL_LEAVE_A("4000 clean out"),
      "leave a 4000 clean out\n"}},
    {"close to who takes no events",
     NETWORK,
     close_to_who_takes_no_events,
     {"closing a 4001 bye\n"
      "leave a 4001 clean bye\n",
      ALL_LEAVE_A("1006 unclean " NO_ANSWER), "leave a 4001 clean bye\n"}},
    {"the server closes",
     ANYWHERE,
     the_server_closes,
     {"leave a 4000 clean night\n"
      "leave b 4000 clean night\n"
      "down 4000 clean night\n",
      "closing 1 4000 night\n" ALL_LEAVE_A("4000 clean night"),
      "closing 1 4000 night\n" ALL_LEAVE_B("4000 clean night")}},
    {"the server closes whom it has kicked",
     ANYWHERE,
     the_server_closes_whom_it_has_kicked,
     {"leave a 4000 clean out\n"
      "leave b 4000 clean night\n"
      "down 4000 clean night\n",
      "closing 1 4000 out\n" ALL_LEAVE_A("4000 clean out"),
      "leave a 4000 clean out\n"
      "closing 1 4000 night\n"
      "leave 1 4000 clean night\n"
      "down 4000 clean night\n"}},
    {"everybody closes at once",
     ANYWHERE,
     everybody_closes_at_once,
     {"leave a 4001 clean bye\n"
      "leave b 4000 clean night\n"
      "down 4000 clean night\n",
      ALL_LEAVE_A("4000 clean night"), "closing 1 4000 night\n" ALL_LEAVE_B("4000 clean night")}},
    {"a is freed",
     ANYWHERE,
     a_is_freed,
     {"leave a 1006 unclean " LOST "\n", "", "leave a 1006 unclean " LOST "\n"}},
    {"a is freed while closing",
     NETWORK,
     a_is_freed_while_closing,
     {"closing a 4001 bye\n"
      "leave a 4001 clean bye\n",
      "", "leave a 4001 clean bye\n"}},
    {"a is freed while closing",
     MEMORY,
     a_is_freed_while_closing,
     {"closing a 4001 bye\n"
      "leave a 4001 unclean bye\n",
      "", "leave a 4001 clean bye\n"}},
    {"a is freed while kicked",
     ANYWHERE,
     a_is_freed_while_kicked,
     {"leave a 1006 unclean " LOST_CLOSING "\n", "", "leave a 4000 clean out\n"}},
    {"the server is freed",
     ANYWHERE,
     the_server_is_freed,
     {"", ALL_LEAVE_A("1006 unclean " LOST), ALL_LEAVE_B("1006 unclean " LOST)}},
    {"the server is freed while closing",
     NETWORK,
     the_server_is_freed_while_closing,
     {"", "closing 1 4000 night\n" ALL_LEAVE_A("4000 clean night"),
      "closing 1 4000 night\n" ALL_LEAVE_B("4000 clean night")}},
    {"the server is freed while closing",
     MEMORY,
     the_server_is_freed_while_closing,
     {"", "closing 1 4000 night\n" ALL_LEAVE_A("4000 unclean night"),
      "closing 1 4000 night\n" ALL_LEAVE_B("4000 unclean night")}},
    {"the stream is reset",
     NETWORK,
     the_stream_is_reset,
     {"leave a 1006 unclean " LOST "\n", ALL_LEAVE_A("1006 unclean " LOST),
      "leave a 1006 unclean " LOST "\n"}},
    {"the stream is reset while closing",
     NETWORK,
     the_stream_is_reset_while_closing,
     {"leave a 1006 unclean " LOST "\n", ALL_LEAVE_A("1006 unclean " LOST_CLOSING),
      "leave a 1006 unclean " LOST "\n"}},
    {"all streams are reset",
     NETWORK,
     all_streams_are_reset,
     {"leave a 1006 unclean " LOST "\n"
      "leave b 1006 unclean " LOST "\n",
      ALL_LEAVE_A("1006 unclean " LOST), ALL_LEAVE_B("1006 unclean " LOST)}},
    {"the cable is pulled",
     NETWORK,
     the_cable_is_pulled,
     {"leave a 1006 unclean " SILENT "\n", ALL_LEAVE_A("1006 unclean " SILENT),
      "leave a 1006 unclean " SILENT "\n"}},
    {"the cable is pulled then kick",
     NETWORK,
     the_cable_is_pulled_then_kick,
     {"leave a 1006 unclean " NO_ANSWER "\n", ALL_LEAVE_A("1006 unclean " SILENT),
      "leave a 4000 clean out\n"}},
    {"the cable is pulled then close",
     NETWORK,
     the_cable_is_pulled_then_close,
     {"leave a 1006 unclean " SILENT "\n", ALL_LEAVE_A("1006 unclean " NO_ANSWER),
      "leave a 1006 unclean " SILENT "\n"}},
    {"the cable is pulled then both close",
     NETWORK,
     the_cable_is_pulled_then_both_close,
     {"leave a 1006 unclean " NO_ANSWER "\n", ALL_LEAVE_A("1006 unclean " NO_ANSWER),
      "leave a 4000 clean out\n"}},
    {"a breaks the protocol",
     ANYWHERE,
     a_breaks_the_protocol,
     {"leave a 1002 unclean " RESERVED "\n",
      "closing 1 1002 " RESERVED "\n" ALL_LEAVE_A("1002 clean " RESERVED),
      "leave a 1002 unclean " RESERVED "\n"}},
    {"the server breaks the protocol",
     ANYWHERE,
     the_server_breaks_the_protocol,
     {"closing a 1002 " RESERVED "\n"
      "leave a 1002 clean " RESERVED "\n",
      ALL_LEAVE_A("1002 unclean " RESERVED), "leave a 1002 clean " RESERVED "\n"}},
    {"both break the protocol",
     ANYWHERE,
     both_break_the_protocol,
     {"leave a 1002 unclean " RESERVED "\n", ALL_LEAVE_A("1002 unclean " RESERVED),
      "leave a 1002 unclean " RESERVED "\n"}},
    {"a sends text that is none",
     ANYWHERE,
     a_sends_text_that_is_none,
     {"leave a 1007 unclean " NO_TEXT "\n",
      "closing 1 1007 " NO_TEXT "\n" ALL_LEAVE_A("1007 clean " NO_TEXT),
      "leave a 1007 unclean " NO_TEXT "\n"}},
    {"the server sends text that is none",
     ANYWHERE,
     the_server_sends_text_that_is_none,
     {"closing a 1007 " NO_TEXT "\n"
      "leave a 1007 clean " NO_TEXT "\n",
      ALL_LEAVE_A("1007 unclean " NO_TEXT), "leave a 1007 clean " NO_TEXT "\n"}},
    {"a sends nonsense",
     NATIVE,
     a_sends_nonsense,
     {"leave a 1002 unclean " UNKNOWN "\n",
      "closing 1 1002 " UNKNOWN "\n" ALL_LEAVE_A("1002 clean " UNKNOWN),
      "leave a 1002 unclean " UNKNOWN "\n"}},
    {"the server sends nonsense",
     NATIVE,
     the_server_sends_nonsense,
     {"closing a 1002 " UNKNOWN "\n"
      "leave a 1002 clean " UNKNOWN "\n",
      ALL_LEAVE_A("1002 unclean " UNKNOWN), "leave a 1002 clean " UNKNOWN "\n"}},
    {"a sends too much",
     ANYWHERE,
     a_sends_too_much,
     {"leave a 1009 unclean " TOO_MUCH "\n",
      "closing 1 1009 " TOO_MUCH "\n" ALL_LEAVE_A("1009 clean " TOO_MUCH),
      "leave a 1009 unclean " TOO_MUCH "\n"}},
    {"the server sends too much",
     ANYWHERE,
     the_server_sends_too_much,
     {"closing a 1009 " TOO_MUCH "\n"
      "leave a 1009 clean " TOO_MUCH "\n",
      ALL_LEAVE_A("1009 unclean " TOO_MUCH), "leave a 1009 clean " TOO_MUCH "\n"}},
    {"a floods",
     NETWORK,
     a_floods,
     {"leave a 1008 unclean " FLOOD "\n",
      "closing 1 1008 " FLOOD "\n" ALL_LEAVE_A("1008 clean " FLOOD),
      "leave a 1008 unclean " FLOOD "\n"}},
    {"a reads too slowly",
     ANYWHERE,
     a_reads_too_slowly,
     {"leave a 1008 clean " SLOW "\n", "closing 1 1008 " SLOW "\n" ALL_LEAVE_A("1008 clean " SLOW),
      "leave a 1008 clean " SLOW "\n"}},
};

/* A server, a and b, all in, and nothing of it in what they were told. */
static void seat_all(struct carried *carried, enum carrier carrier, meeple_dialect dialect)
{
    const meeple_limits limits = {.message_bytes_max = MESSAGE, .queue_bytes_max = QUEUE};
    struct session *session = &carried->session;

    carried_start(carried, carrier,
                  &(struct sim_options){.latency_min_ms = 5, .latency_max_ms = 5});
    carried_listen(carried, &(meeple_listen_options){.limits = limits, .dialect = dialect});
    for (unsigned i = A; i < SEATS; i++) {
        carried_connect(carried, &(meeple_connect_options){.limits = limits, .dialect = dialect});
        carried_run(carried, 1000);
    }
    cr_assert_eq(session->seats[SERVER].here_count, 2, "%s", session->seats[SERVER].told);
    for (unsigned i = A; i < SEATS; i++) {
        cr_assert_gt(session->seats[i].here_count, 0);
        /* In the plain dialect only the server knows. */
        session->seats[i].id = session->seats[SERVER].here[i - 1];
    }
    session_forget(session);
}

/* Without lines that begin with that. */
static void leave_out(char *told, const char *what)
{
    char *at = told;

    while (*at) {
        char *end = strchr(at, '\n') + 1;

        if (strncmp(at, what, strlen(what)) == 0) {
            memmove(at, end, strlen(end) + 1);
        } else {
            at = end;
        }
    }
}

static void is_told(struct carried *carried, const struct row *row, unsigned seat,
                    meeple_dialect dialect)
{
    static char want[1000], got[SEAT_TOLD];

    snprintf(want, sizeof want, "%s", row->told[seat]);
    snprintf(got, sizeof got, "%s", session_told(&carried->session, &carried->session.seats[seat]));
    leave_out(got, "packet ");
    if (dialect == MEEPLE_DIALECT_PLAIN && seat != SERVER) {
        leave_out(want, "leave a ");
        leave_out(want, "leave b ");
    }
    cr_expect_str_eq(got, want, "%s, %s, %s: %s was told:\n%sand not:\n%s", row->name,
                     carrier_name(carried->carrier),
                     dialect == MEEPLE_DIALECT_NATIVE ? "native" : "plain",
                     seat == SERVER ? "the server"
                     : seat == A    ? "a"
                                    : "b",
                     got, want);
}

static void play(const struct row *row, enum carrier carrier, meeple_dialect dialect)
{
    struct carried carried;

    if ((row->where == NETWORK && carrier == LOOPBACK) ||
        (row->where == MEMORY && carrier != LOOPBACK) ||
        (row->where == NATIVE && dialect != MEEPLE_DIALECT_NATIVE)) {
        return;
    }
    seat_all(&carried, carrier, dialect);
    row->happens(&carried);
    carried_run(&carried, PATIENCE_MS);
    for (unsigned seat = 0; seat < SEATS; seat++) {
        is_told(&carried, row, seat, dialect);
    }
    carried_done(&carried);
}

static void play_all(enum carrier carrier)
{
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        play(&rows[i], carrier, MEEPLE_DIALECT_NATIVE);
        play(&rows[i], carrier, MEEPLE_DIALECT_PLAIN);
    }
}

Test(net_endings, each_is_told_once_to_everyone_in_memory)
{
    play_all(LOOPBACK);
}

Test(net_endings, each_is_told_once_to_everyone_over_ws)
{
    play_all(PLAIN);
}

Test(net_endings, each_is_told_once_to_everyone_over_wss)
{
    play_all(TLS);
}

/* ---- those who never came ---- */

/*
 * A server with b in it, and a newcomer that does not become a peer: b hears nothing of it, and it
 * is told DOWN alone, with a fault.
 */
struct coming {
    const char *name;
    enum where where;
    void (*happens)(struct carried *carried);
    const char *server, *newcomer, *bystander;
    meeple_stage stage;
    int number;
    const char *fault;
};

enum {
    BYSTANDER = 1, /* "a" in what is told */
    NEWCOMER
};

static struct seat *come(struct carried *carried)
{
    return carried_connect(carried, &(meeple_connect_options){0});
}

/* As far as the handshake, which is not done yet. */
static struct seat *come_half_way(struct carried *carried)
{
    struct seat *newcomer = come(carried);

    carried_run(carried, 12);
    cr_assert_not(newcomer->up || newcomer->down);
    return newcomer;
}

static void is_refused(struct carried *carried)
{
    meeple_net_refuse(net_of(carried, SERVER), true);
    come(carried);
}

static void finds_it_full(struct carried *carried)
{
    net_of(carried, SERVER)->limits.peers_max = 1;
    come(carried);
}

static void reject(struct seat *server, const meeple_event *event)
{
    cr_assert_eq(meeple_net_reject(server->net, event->peer, 403, "not you", NULL), 0);
}

static void ask(struct carried *carried, void (*answer)(struct seat *, const meeple_event *))
{
    meeple__server_of(net_of(carried, SERVER))->asks = true;
    carried->session.seats[SERVER].on_request = answer;
}

static void is_rejected(struct carried *carried)
{
    ask(carried, reject);
    come(carried);
}

static void gets_no_answer(struct carried *carried)
{
    ask(carried, NULL);
    come(carried);
}

static void is_cut_off_while_it_waits(struct carried *carried)
{
    gets_no_answer(carried);
    carried_run(carried, 1000);
    sim_cut(carried->session.sim, "b", "server");
}

static void closes_while_it_waits(struct carried *carried)
{
    gets_no_answer(carried);
    carried_run(carried, 1000);
    cr_assert_eq(meeple_net_close(net_of(carried, NEWCOMER), 4001, "bye"), 0);
}

static void waits_as_the_server_closes(struct carried *carried)
{
    gets_no_answer(carried);
    carried_run(carried, 1000);
    the_server_closes(carried);
}

static void speaks_another_dialect(struct carried *carried)
{
    carried_connect(carried, &(meeple_connect_options){.dialect = MEEPLE_DIALECT_PLAIN});
}

static void speaks_no_subprotocol_of_ours(struct carried *carried)
{
    carried_connect(carried,
                    &(meeple_connect_options){.protocols = (const char *const[]){"other", NULL}});
}

static void cannot_be_introduced(struct carried *carried)
{
    net_of(carried, SERVER)->config.options.queue_bytes_max = 10;
    come(carried);
}

static void comes_when_the_server_has_closed(struct carried *carried)
{
    the_server_closes(carried);
    carried_run(carried, 1000);
    come(carried);
}

static void comes_as_the_server_closes(struct carried *carried)
{
    come_half_way(carried);
    the_server_closes(carried);
}

static void comes_as_the_server_is_freed(struct carried *carried)
{
    come_half_way(carried);
    the_server_is_freed(carried);
}

static void closes_before_anything(struct carried *carried)
{
    cr_assert_eq(meeple_net_close(come(carried)->net, 4001, "bye"), 0);
}

static void closes_half_way(struct carried *carried)
{
    cr_assert_eq(meeple_net_close(come_half_way(carried)->net, 4001, "bye"), 0);
}

static void is_freed_half_way(struct carried *carried)
{
    struct seat *newcomer = come_half_way(carried);

    meeple_net_free(newcomer->net);
    newcomer->net = NULL;
}

static void is_reset_half_way(struct carried *carried)
{
    come_half_way(carried);
    sim_reset_all(carried->session.sim, "b");
}

static void is_cut_off_half_way(struct carried *carried)
{
    come_half_way(carried);
    sim_cut(carried->session.sim, "b", "server");
}

static void finds_nobody(struct carried *carried)
{
    sim_set_fate(carried->session.sim, "server", SIM_REFUSES);
    come(carried);
}

static void finds_no_host(struct carried *carried)
{
    sim_set_fate(carried->session.sim, "server", SIM_UNKNOWN);
    come(carried);
}

static void finds_silence(struct carried *carried)
{
    sim_set_fate(carried->session.sim, "server", SIM_SILENT);
    come(carried);
}

static void trusts_others(struct carried *carried)
{
    certificates_make(&carried->files,
                      &(struct certificate_wish){.name = "others", .authority = true});
    certificates_path(&carried->files, "others.crt", carried->ca);
    come(carried);
}

static void speaks_plainly(struct carried *carried)
{
    meeple_tls_server *tls = carried->tls;

    carried->tls = NULL;
    come(carried);
    carried->tls = tls;
}

#define UNAVAILABLE "the server refused with HTTP status 503 Service Unavailable"
#define FORBIDDEN "the server refused with HTTP status 403 Forbidden"
#define ASKED "request ? /\n"
#define BAD_REQUEST "the server refused with HTTP status 400 Bad Request"
#define NOBODY "could not connect to server port 4000: Connection refused"
#define NO_HUB "no server of this process takes streams"
#define NO_HOST "no address for server: Name or service not known"
#define SILENCE "no connection to server:4000 within 10000 ms"
#define LATE "the server did not answer the handshake in time"
#define SPEAKS_TLS "the server refused with HTTP status 400 This Server Speaks TLS"
#define BEFORE "the connection was closed before the handshake was done"
#define RESET "the connection was lost: Connection reset by peer"
#define STRANGER "the server's certificate is from an unknown issuer"

/* One who goes before it knows that it is in may have been in already. */
static const struct coming comings[] = {
    {"is refused", ANYWHERE, is_refused, "", "down 1006 unclean " UNAVAILABLE "\n", "",
     MEEPLE_STAGE_HTTP, 503, UNAVAILABLE},
    {"finds it full", ANYWHERE, finds_it_full, "", "down 1006 unclean " UNAVAILABLE "\n", "",
     MEEPLE_STAGE_HTTP, 503, UNAVAILABLE},
    {"is rejected", ANYWHERE, is_rejected, ASKED, "down 1006 unclean " FORBIDDEN "\n", "",
     MEEPLE_STAGE_HTTP, 403, FORBIDDEN},
    {"gets no answer", NETWORK, gets_no_answer, ASKED, "down 1006 unclean " UNAVAILABLE "\n", "",
     MEEPLE_STAGE_HTTP, 503, UNAVAILABLE},
    {"is cut off while it waits", NETWORK, is_cut_off_while_it_waits, ASKED,
     "down 1006 unclean " LATE "\n", "", MEEPLE_STAGE_TIMEOUT, 0, LATE},
    {"closes while it waits", NETWORK, closes_while_it_waits, ASKED, "down 4001 unclean bye\n", "",
     MEEPLE_STAGE_NONE, 0, ""},
    {"waits as the server closes", ANYWHERE, waits_as_the_server_closes,
     ASKED "leave a 4000 clean night\n"
           "down 4000 clean night\n",
     "down 1006 unclean " UNAVAILABLE "\n",
     "closing 1 4000 night\nleave 1 4000 clean night\ndown 4000 clean night\n", MEEPLE_STAGE_HTTP,
     503, UNAVAILABLE},
    {"speaks another dialect", ANYWHERE, speaks_another_dialect, "",
     "down 1006 unclean " BAD_REQUEST "\n", "", MEEPLE_STAGE_HTTP, 400, BAD_REQUEST},
    {"speaks no subprotocol of ours", ANYWHERE, speaks_no_subprotocol_of_ours, "",
     "down 1006 unclean " BAD_REQUEST "\n", "", MEEPLE_STAGE_HTTP, 400, BAD_REQUEST},
    {"cannot be introduced", ANYWHERE, cannot_be_introduced, "",
     "down 1011 clean outgoing queue is full\n", "", MEEPLE_STAGE_SESSION, 1011,
     "the server closed before it said welcome: code 1011, outgoing queue is full"},
    {"comes when the server has closed", NETWORK, comes_when_the_server_has_closed,
     "leave a 4000 clean night\ndown 4000 clean night\n", "down 1006 unclean " NOBODY "\n",
     "closing 1 4000 night\nleave 1 4000 clean night\ndown 4000 clean night\n",
     MEEPLE_STAGE_CONNECT, ECONNREFUSED, NOBODY},
    {"comes when the server has closed", MEMORY, comes_when_the_server_has_closed,
     "leave a 4000 clean night\ndown 4000 clean night\n", "down 1006 unclean " NO_HUB "\n",
     "closing 1 4000 night\nleave 1 4000 clean night\ndown 4000 clean night\n",
     MEEPLE_STAGE_CONNECT, ECONNREFUSED, NO_HUB},
    {"comes as the server closes", NETWORK, comes_as_the_server_closes,
     "leave a 4000 clean night\ndown 4000 clean night\n", "down 1006 unclean " UNAVAILABLE "\n",
     "closing 1 4000 night\nleave 1 4000 clean night\ndown 4000 clean night\n", MEEPLE_STAGE_HTTP,
     503, UNAVAILABLE},
    {"comes as the server is freed", NETWORK, comes_as_the_server_is_freed, "",
     "down 1006 unclean " BEFORE "\n",
     "leave 1 1006 unclean " LOST "\ndown 1006 unclean " LOST "\n", MEEPLE_STAGE_CONNECT,
     ECONNRESET, RESET},
    {"closes before anything", ANYWHERE, closes_before_anything, "", "down 4001 unclean bye\n", "",
     MEEPLE_STAGE_NONE, 0, ""},
    {"closes half way", UNENCRYPTED, closes_half_way, "join ?\nleave ? 1006 unclean " LOST "\n",
     "down 4001 unclean bye\n", "join ?\nleave ? 1006 unclean " LOST "\n", MEEPLE_STAGE_NONE, 0,
     ""},
    {"closes half way", ENCRYPTED, closes_half_way, "", "down 4001 unclean bye\n", "",
     MEEPLE_STAGE_NONE, 0, ""},
    {"is freed half way", UNENCRYPTED, is_freed_half_way, "join ?\nleave ? 1006 unclean " LOST "\n",
     "", "join ?\nleave ? 1006 unclean " LOST "\n", MEEPLE_STAGE_NONE, 0, ""},
    {"is freed half way", ENCRYPTED, is_freed_half_way, "", "", "", MEEPLE_STAGE_NONE, 0, ""},
    {"is reset half way", NETWORK, is_reset_half_way, "", "down 1006 unclean " BEFORE "\n", "",
     MEEPLE_STAGE_CONNECT, ECONNRESET, RESET},
    {"is cut off half way", NETWORK, is_cut_off_half_way, "", "down 1006 unclean " LATE "\n", "",
     MEEPLE_STAGE_TIMEOUT, 0, LATE},
    {"finds nobody", NETWORK, finds_nobody, "", "down 1006 unclean " NOBODY "\n", "",
     MEEPLE_STAGE_CONNECT, ECONNREFUSED, NOBODY},
    {"finds no host", NETWORK, finds_no_host, "", "down 1006 unclean " NO_HOST "\n", "",
     MEEPLE_STAGE_RESOLVE, EAI_NONAME, NO_HOST},
    {"finds silence", NETWORK, finds_silence, "", "down 1006 unclean " SILENCE "\n", "",
     MEEPLE_STAGE_TIMEOUT, 0, SILENCE},
    {"trusts others", ENCRYPTED, trusts_others, "", "down 1006 unclean " STRANGER "\n", "",
     MEEPLE_STAGE_TLS, NO_SUCH_ISSUER, STRANGER},
    {"speaks plainly", ENCRYPTED, speaks_plainly, "", "down 1006 unclean " SPEAKS_TLS "\n", "",
     MEEPLE_STAGE_HTTP, 400, SPEAKS_TLS},
};

static void coming_is_told(struct carried *carried, const struct coming *row, unsigned seat,
                           const char *want)
{
    const char *got = session_told(&carried->session, &carried->session.seats[seat]);

    cr_expect_str_eq(got, want, "%s, %s: seat %u was told:\n%sand not:\n%s", row->name,
                     carrier_name(carried->carrier), seat, got, want);
}

static void come_to_nothing(const struct coming *row, enum carrier carrier)
{
    struct carried carried;
    struct seat *newcomer;

    if ((row->where == NETWORK && carrier == LOOPBACK) ||
        (row->where == ENCRYPTED && carrier != TLS) ||
        (row->where == UNENCRYPTED && carrier != PLAIN) ||
        (row->where == MEMORY && carrier != LOOPBACK)) {
        return;
    }
    carried_start(&carried, carrier,
                  &(struct sim_options){.latency_min_ms = 5, .latency_max_ms = 5});
    carried_listen(&carried, &(meeple_listen_options){0});
    carried_connect(&carried, &(meeple_connect_options){0});
    carried_run(&carried, 1000);
    session_forget(&carried.session);
    row->happens(&carried);
    carried_run(&carried, PATIENCE_MS);
    newcomer = &carried.session.seats[NEWCOMER];
    coming_is_told(&carried, row, SERVER, row->server);
    coming_is_told(&carried, row, BYSTANDER, row->bystander);
    coming_is_told(&carried, row, NEWCOMER, row->newcomer);
    if (newcomer->net) {
        meeple_fault fault = meeple_net_fault(newcomer->net);

        cr_expect_eq(fault.stage, row->stage, "%s, %s: stage %s", row->name, carrier_name(carrier),
                     meeple_stage_name(fault.stage));
        cr_expect_eq(fault.number, row->number, "%s, %s: number %d", row->name,
                     carrier_name(carrier), fault.number);
        cr_expect_str_eq(fault.text, row->fault, "%s, %s: %s", row->name, carrier_name(carrier),
                         fault.text);
    }
    carried_done(&carried);
}

Test(net_endings, who_never_came_is_told_why_and_nobody_else_is_told)
{
    for (size_t i = 0; i < MEEPLE_COUNT(comings); i++) {
        for (enum carrier carrier = 0; carrier < CARRIERS; carrier++) {
            come_to_nothing(&comings[i], carrier);
        }
    }
}

/* ---- the ends of those who are alone ---- */

Test(net_endings, an_offline_net_goes_down_once)
{
    struct session session = {0};
    meeple_event event;
    meeple_net *net;

    cr_assert_eq(meeple_net_offline(&net, NULL), 0);
    session_add(&session, net);
    session_run(&session);
    cr_assert_eq(meeple_net_close(net, 4000, "alone"), 0);
    cr_assert_eq(meeple_net_close(net, 4001, "again"), 0);
    session_run(&session);
    cr_assert_str_eq(session_told(&session, &session.seats[0]), "up 1\ndown 4000 clean alone\n");
    cr_assert_eq(meeple_net_next(net, &event, 0), MEEPLE_ECLOSED);
    session_done(&session);
}
