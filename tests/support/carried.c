/* carried: a session over memory, over streams, or over TLS, with the same words for each. */
#include "tests/support/carried.h"

#include <criterion/criterion.h>

void carried_certificates(struct carried *carried)
{
    char cert[CERTIFICATES_PATH_SIZE], key[CERTIFICATES_PATH_SIZE], why[200] = "";

    certificates_init(&carried->files);
    certificates_make(&carried->files, &(struct certificate_wish){.name = "ca", .authority = true});
    certificates_make(
        &carried->files,
        &(struct certificate_wish){.name = "good", .issuer = "ca", .alt_names = "DNS:server"});
    certificates_path(&carried->files, "ca.crt", carried->ca);
    certificates_path(&carried->files, "good.crt", cert);
    certificates_path(&carried->files, "good.key", key);
    cr_assert_eq(
        meeple_tls_server_new(&carried->tls,
                              &(meeple_tls_server_options){.cert_file = cert, .key_file = key}, why,
                              sizeof why),
        0, "%s", why);
}

void carried_start(struct carried *carried, enum carrier carrier, const struct sim_options *options)
{
    *carried = (struct carried){.carrier = carrier};
    counting_mem_init(&carried->session.mem);
    if (carrier != LOOPBACK) {
        carried->session.sim = sim_new(options);
    }
    if (carrier == TLS) {
        carried_certificates(carried);
    }
}

struct seat *carried_listen(struct carried *carried, const meeple_listen_options *options)
{
    meeple_listen_options listen = *options;
    meeple_net *net;

    listen.mem = &carried->session.mem.mem;
    if (carried->carrier == LOOPBACK) {
        cr_assert_eq(meeple_net_loopback(&net, &listen), 0);
        return session_add(&carried->session, net);
    }
    listen.port = 4000;
    listen.io = sim_driver(carried->session.sim, "server");
    listen.tls = carried->tls;
    cr_assert_eq(meeple_net_listen(&net, &listen), 0);
    return session_add(&carried->session, net);
}

struct seat *carried_connect(struct carried *carried, const meeple_connect_options *options)
{
    meeple_connect_options connect = *options;
    char host[2] = {(char)('a' + (int)carried->session.seat_count - 1), '\0'};
    meeple_net *net;

    connect.mem = &carried->session.mem.mem;
    if (carried->carrier == LOOPBACK) {
        cr_assert_eq(meeple_net_join(&net, carried->session.seats[0].net, &connect), 0);
        return session_add(&carried->session, net);
    }
    connect.io = sim_driver(carried->session.sim, host);
    connect.tls.ca_file = carried->tls ? carried->ca : NULL;
    cr_assert_eq(
        meeple_net_connect(&net, carried->tls ? "wss://server:4000" : "ws://server:4000", &connect),
        0);
    return session_add(&carried->session, net);
}

void carried_run(struct carried *carried, uint64_t ms)
{
    session_run_until(&carried->session,
                      carried->session.sim ? sim_now(carried->session.sim) + ms : 0);
}

void carried_done(struct carried *carried)
{
    meeple_tls_server_free(carried->tls);
    session_done(&carried->session);
    if (*carried->ca) {
        certificates_done(&carried->files);
    }
}

const char *carrier_name(enum carrier carrier)
{
    static const char *const names[] = {"loopback", "ws", "wss"};

    return names[carrier];
}
