/* test_tls: two ends of TLS back to back, in every kind of pieces, with every kind of fault. */
#include "transport/tls.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include "core/buf.h"
#include "core/mem.h"
#include "tests/support/certificates.h"
#include "tests/support/counting_mem.h"
#include "tests/support/prng.h"

enum {
    PLAIN_SIZE = 16384,
    PATHS = 8,
    GOT_MAX = 1 << 24
};

/* One end, and what came out of it. */
struct end {
    struct meeple__tls tls;
    struct meeple__buf got;
    int rc; /* what next answered last, 0 or an error */
};

/* How the bytes travel between the ends. */
struct way {
    size_t piece_max;   /* 0: whole; 1: byte by byte; else random pieces up to it */
    unsigned mutations; /* one of so many pieces arrives changed; 0: none */
    struct prng prng;
};

struct session {
    struct certificates files;
    struct counting_mem memory;
    struct meeple__pool pool;
    meeple_tls_server *server;
    struct meeple__tls_context *context; /* the client's */
    struct end here, there;              /* the client's and the server's */
    struct way way;
    char paths[PATHS][CERTIFICATES_PATH_SIZE];
    unsigned path;
    char why[256];
};

/* Good for the next few calls. */
static const char *path(struct session *session, const char *file)
{
    return certificates_path(&session->files, file, session->paths[session->path++ % PATHS]);
}

#define MAKE(session, ...)                                                                         \
    certificates_make(&(session)->files, &(struct certificate_wish){__VA_ARGS__})

static int serve_with(struct session *session, const meeple_tls_server_options *options)
{
    meeple_tls_server_options copy = *options;

    meeple_tls_server_free(session->server);
    session->server = NULL;
    session->why[0] = '\0';
    copy.mem = &session->memory.mem;
    return meeple_tls_server_new(&session->server, &copy, session->why, sizeof session->why);
}

static void serve(struct session *session, const char *name)
{
    char cert[64], key[64];

    snprintf(cert, sizeof cert, "%s.crt", name);
    snprintf(key, sizeof key, "%s.key", name);
    cr_assert_eq(serve_with(session, &(meeple_tls_server_options){.cert_file = path(session, cert),
                                                                  .key_file = path(session, key)}),
                 0, "%s", session->why);
}

/* An authority "ca", and a server "localhost" signed by it. */
static void begin(struct session *session)
{
    *session = (struct session){0};
    certificates_init(&session->files);
    counting_mem_init(&session->memory);
    meeple__pool_init(&session->pool, &session->memory.mem);
    MAKE(session, .name = "ca", .authority = true);
    MAKE(session, .name = "localhost", .issuer = "ca",
         .alt_names = "DNS:localhost,IP:127.0.0.1,IP:::1,DNS:*.example.org");
    serve(session, "localhost");
}

static void hang_up(struct session *session)
{
    meeple__tls_done(&session->here.tls);
    meeple__tls_done(&session->there.tls);
    meeple__buf_done(&session->here.got, &session->memory.mem);
    meeple__buf_done(&session->there.got, &session->memory.mem);
    meeple__tls_context_unref(session->context);
    session->context = NULL;
    session->here = session->there = (struct end){0};
    cr_assert_eq(ERR_peek_error(), 0, "OpenSSL's queue of errors is not empty");
}

static void finish(struct session *session)
{
    hang_up(session);
    meeple_tls_server_free(session->server);
    meeple__pool_done(&session->pool);
    certificates_done(&session->files);
    cr_assert_eq(session->memory.live, 0);
}

static void take(struct session *session, struct end *end)
{
    static uint8_t plain[PLAIN_SIZE];

    for (;;) {
        int rc = meeple__tls_next(&end->tls, plain, sizeof plain);

        cr_assert_leq(end->tls.out.bytes, MEEPLE__TLS_OUT_CEILING);
        end->rc = rc < 0 ? rc : 0;
        if (rc <= 0) {
            cr_assert_eq(end->tls.rx.len, 0);
            return;
        }
        cr_assert_eq(meeple__buf_add(&end->got, &session->memory.mem,
                                     (meeple_bytes){plain, (size_t)rc}, GOT_MAX),
                     0);
    }
}

/* A bit, a byte, an end, a repetition: what the way does to a piece of at most cap bytes. */
static size_t mutate(struct way *way, uint8_t *bytes, size_t len, size_t cap)
{
    struct prng *prng = &way->prng;

    switch (prng_below(prng, 5)) {
    case 0:
        bytes[prng_below(prng, len)] ^= (uint8_t)(1U << prng_below(prng, 8));
        return len;
    case 1:
        bytes[prng_below(prng, len < 64 ? len : 64)] = (uint8_t)prng_next(prng);
        return len;
    case 2:
        return prng_below(prng, len + 1);
    case 3: {
        size_t more = prng_below(prng, cap - len + 1);

        prng_fill(prng, bytes + len, more);
        return len + more;
    }
    default: {
        size_t more = len < cap - len ? len : cap - len;

        memcpy(bytes + len, bytes, more);
        return len + more;
    }
    }
}

static void feed(struct session *session, struct end *to, const uint8_t *bytes, size_t len)
{
    struct way *way = &session->way;
    size_t cap = 2 * len + 16;
    uint8_t *copy;

    if (way->mutations && prng_below(&way->prng, way->mutations) == 0) {
        uint8_t *changed = malloc(cap);

        memcpy(changed, bytes, len);
        len = mutate(way, changed, len, cap);
        copy = malloc(len ? len : 1);
        memcpy(copy, changed, len);
        free(changed);
    } else {
        copy = malloc(len);
        memcpy(copy, bytes, len);
    }
    meeple__tls_feed(&to->tls, (meeple_bytes){copy, len});
    take(session, to);
    free(copy);
}

/* What one has to say, to the other. */
static void carry(struct session *session, struct end *from, struct end *to)
{
    struct way *way = &session->way;

    while (from->tls.out.bytes > 0) {
        meeple_bytes part;
        size_t len;

        cr_assert_eq(meeple__queue_parts(&from->tls.out, &part, 1), 1);
        len = way->piece_max == 0   ? part.len
              : way->piece_max == 1 ? 1
                                    : (size_t)prng_between(&way->prng, 1, way->piece_max);
        len = len < part.len ? len : part.len;
        feed(session, to, part.ptr, len);
        meeple__queue_sent(&from->tls.out, &session->pool, len);
    }
}

static void talk(struct session *session)
{
    while (session->here.tls.out.bytes + session->there.tls.out.bytes > 0) {
        carry(session, &session->here, &session->there);
        carry(session, &session->there, &session->here);
    }
}

static int client_context(struct session *session, const meeple_tls_client_options *options,
                          const char *host)
{
    session->why[0] = '\0';
    return meeple__tls_context_client(&session->context, options, host, &session->memory.mem,
                                      session->why, sizeof session->why);
}

/* A handshake to its end, whichever; the client believes "ca" if the options do not say. */
static void dial(struct session *session, const char *host,
                 const meeple_tls_client_options *options)
{
    meeple_tls_client_options believed = options ? *options : (meeple_tls_client_options){0};

    hang_up(session);
    if (!believed.ca_file) {
        believed.ca_file = path(session, "ca.crt");
    }
    cr_assert_eq(client_context(session, &believed, host), 0, "%s", session->why);
    cr_assert_eq(meeple__tls_init(&session->here.tls, session->context, &session->pool), 0);
    cr_assert_eq(meeple__tls_init(&session->there.tls, meeple__tls_server_context(session->server),
                                  &session->pool),
                 0);
    take(session, &session->here);
    talk(session);
}

static void send_all(struct session *session, struct end *from, const void *bytes, size_t len)
{
    size_t done = 0;

    while (done < len) {
        meeple_bytes part = {(const uint8_t *)bytes + done, len - done};
        int rc = meeple__tls_send(&from->tls, &part, 1);

        cr_assert_geq(rc, 0);
        cr_assert_leq(from->tls.out.bytes, MEEPLE__TLS_OUT_MAX);
        done += (size_t)rc;
        talk(session);
    }
}

static bool got(const struct end *end, const void *bytes, size_t len)
{
    return end->got.len == len && memcmp(end->got.ptr, bytes, len) == 0;
}

static void assert_open(struct session *session)
{
    cr_assert_eq(session->here.tls.state, MEEPLE__TLS_OPEN, "%s", session->here.tls.text);
    cr_assert_eq(session->there.tls.state, MEEPLE__TLS_OPEN, "%s", session->there.tls.text);
}

static void assert_failed(const struct end *end, int number, const char *sentence)
{
    cr_assert_eq(end->tls.state, MEEPLE__TLS_FAILED, "open, but not %s", sentence);
    cr_assert_eq(end->rc, MEEPLE_ETLS);
    cr_assert_eq(end->tls.fault.stage, MEEPLE_STAGE_TLS);
    cr_assert_str_eq(end->tls.fault.text, sentence);
    cr_assert_eq(end->tls.fault.number, number, "%d: %s", end->tls.fault.number, sentence);
}

static void assert_answer(struct session *session)
{
    send_all(session, &session->here, "ping", 4);
    send_all(session, &session->there, "pong", 4);
    cr_assert(got(&session->there, "ping", 4));
    cr_assert(got(&session->here, "pong", 4));
}

Test(tls, opens_and_talks_in_pieces_of_any_size)
{
    static const size_t pieces[] = {0, 1, 2, 7, 100, 1500};
    struct session session;

    begin(&session);
    for (size_t i = 0; i < MEEPLE_COUNT(pieces); i++) {
        const unsigned char *protocol;
        unsigned len;

        session.way = (struct way){.piece_max = pieces[i], .prng = {i}};
        dial(&session, "localhost", NULL);
        assert_open(&session);
        cr_assert_str_eq(SSL_get_version(session.here.tls.ssl), "TLSv1.3");
        SSL_get0_alpn_selected(session.here.tls.ssl, &protocol, &len);
        cr_assert(len == 8 && memcmp(protocol, "http/1.1", 8) == 0);
        assert_answer(&session);
        cr_assert_eq(session.here.tls.fault.stage, MEEPLE_STAGE_NONE);
        cr_assert_str_eq(session.here.tls.fault.text, "");
    }
    finish(&session);
}

/* Both ways at once, in parts of every size. */
static void transfer(struct session *session, const uint8_t *bytes, size_t len)
{
    size_t done[2] = {0, 0};

    while (done[0] < len || done[1] < len) {
        for (int i = 0; i < 2; i++) {
            struct end *end = i ? &session->there : &session->here;
            meeple_bytes parts[5];
            size_t at = done[i];
            int rc;

            for (size_t p = 0; p < MEEPLE_COUNT(parts); p++) {
                static const size_t sizes[] = {1, 5, 130, 4095, 4096, 70000, 0};
                size_t size = sizes[prng_below(&session->way.prng, MEEPLE_COUNT(sizes))];

                size = size < len - at ? size : len - at;
                parts[p] = (meeple_bytes){bytes + at, size};
                at += size;
            }
            rc = meeple__tls_send(&end->tls, parts, MEEPLE_COUNT(parts));
            cr_assert_geq(rc, 0);
            cr_assert_leq(end->tls.out.bytes, MEEPLE__TLS_OUT_MAX);
            done[i] += (size_t)rc;
            if (prng_below(&session->way.prng, 3) == 0) {
                talk(session);
            }
        }
    }
    talk(session);
}

Test(tls, carries_megabytes_both_ways)
{
    static const size_t pieces[] = {0, 16384, 3000};
    size_t len = 3 << 20;
    uint8_t *bytes = malloc(len);
    struct session session;

    begin(&session);
    for (size_t i = 0; i < MEEPLE_COUNT(pieces); i++) {
        session.way = (struct way){.piece_max = pieces[i], .prng = {i + 1}};
        prng_fill(&session.way.prng, bytes, len);
        dial(&session, "localhost", NULL);
        transfer(&session, bytes, len);
        cr_assert(got(&session.here, bytes, len));
        cr_assert(got(&session.there, bytes, len));
    }
    finish(&session);
    free(bytes);
}

Test(tls, takes_only_what_there_is_room_for)
{
    static uint8_t bytes[1 << 18];
    meeple_bytes part = {bytes, sizeof bytes};
    struct session session;
    int taken;

    begin(&session);
    dial(&session, "localhost", NULL);
    taken = meeple__tls_send(&session.here.tls, &part, 1);
    cr_assert(taken >= 3 * 16384 && taken < MEEPLE__TLS_OUT_MAX);
    cr_assert_eq(meeple__tls_send(&session.here.tls, &part, 1), 0);
    cr_assert_leq(session.here.tls.out.bytes, MEEPLE__TLS_OUT_MAX);
    talk(&session);
    cr_assert_eq(session.there.got.len, (size_t)taken);
    cr_assert_gt(meeple__tls_send(&session.here.tls, &part, 1), 0);
    cr_assert_eq(meeple__tls_send(&session.here.tls, NULL, 0), 0);
    finish(&session);
}

Test(tls, believes_a_certificate_for_the_name_or_address_asked_for)
{
    static const char *const good[] = {"localhost", "LOCALHOST",        "127.0.0.1", "::1",
                                       "0:0::0:1",  "play.example.org", "::1%lo",    "localhost.",
                                       "127.0.0.1", "PLAY.example.org."};
    static const char *const bad[] = {"example.org",        "a.b.example.org", "127.0.0.2", "::2",
                                      "localhost.evil.org", "localhos",        "ca"};
    struct session session;
    char sentence[200];

    begin(&session);
    for (size_t i = 0; i < MEEPLE_COUNT(good); i++) {
        dial(&session, good[i], NULL);
        assert_open(&session);
    }
    for (size_t i = 0; i < MEEPLE_COUNT(bad); i++) {
        bool address = strcmp(bad[i], "127.0.0.2") == 0 || strcmp(bad[i], "::2") == 0;

        dial(&session, bad[i], NULL);
        snprintf(sentence, sizeof sentence, "the server's certificate is not for %s", bad[i]);
        assert_failed(&session.here,
                      address ? X509_V_ERR_IP_ADDRESS_MISMATCH : X509_V_ERR_HOSTNAME_MISMATCH,
                      sentence);
    }
    /* Another name than the URL's. */
    dial(&session, "10.0.0.1", &(meeple_tls_client_options){.server_name = "localhost"});
    assert_open(&session);
    finish(&session);
}

Test(tls, says_what_is_wrong_with_a_servers_certificate)
{
    static const struct {
        struct certificate_wish wish;
        int number, alert;
        const char *sentence, *refusal;
    } rows[] = {
        {{.name = "expired", .issuer = "ca", .from_s = -7200, .to_s = -60},
         X509_V_ERR_CERT_HAS_EXPIRED,
         45,
         "the server's certificate has expired",
         "the other side refuses: certificate expired (alert 45)"},
        {{.name = "early", .issuer = "ca", .from_s = 3600, .to_s = 7200},
         X509_V_ERR_CERT_NOT_YET_VALID,
         42,
         "the server's certificate is not valid yet",
         "the other side refuses: bad certificate (alert 42)"},
        {{.name = "alone"},
         X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
         48,
         "the server's certificate is self-signed",
         "the other side refuses: unknown CA (alert 48)"},
        {{.name = "foreign", .issuer = "stranger"},
         X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         48,
         "the server's certificate is from an unknown issuer",
         "the other side refuses: unknown CA (alert 48)"},
        {{.name = "old_child", .issuer = "old_ca"},
         X509_V_ERR_CERT_HAS_EXPIRED,
         45,
         "an issuer of the server's certificate has expired",
         "the other side refuses: certificate expired (alert 45)"},
        {{.name = "client_only", .issuer = "ca", .for_clients = true},
         X509_V_ERR_INVALID_PURPOSE,
         43,
         "the server's certificate is not meant for this use",
         "the other side refuses: unsupported certificate (alert 43)"},
        {{.name = "by_nobody", .issuer = "localhost"},
         X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
         48,
         "the server's certificate is from an unknown issuer",
         "the other side refuses: unknown CA (alert 48)"},
    };
    struct session session;

    begin(&session);
    MAKE(&session, .name = "stranger", .authority = true);
    MAKE(&session, .name = "old_ca", .authority = true, .from_s = -7200, .to_s = -60);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        struct certificate_wish wish = rows[i].wish;

        wish.alt_names = "DNS:localhost";
        certificates_make(&session.files, &wish);
        serve(&session, wish.name);
        dial(&session, "localhost",
             &(meeple_tls_client_options){.ca_file = strcmp(wish.name, "old_child") == 0
                                                         ? path(&session, "old_ca.crt")
                                                         : NULL});
        assert_failed(&session.here, rows[i].number, rows[i].sentence);
        assert_failed(&session.there, rows[i].alert, rows[i].refusal);
    }
    finish(&session);
}

Test(tls, shows_the_chain_and_takes_key_and_chain_from_one_file)
{
    struct session session;

    begin(&session);
    MAKE(&session, .name = "middle", .issuer = "ca", .authority = true);
    MAKE(&session, .name = "leaf", .issuer = "middle", .alt_names = "DNS:localhost");
    /* Without what is between, nobody can tell. */
    serve(&session, "leaf");
    dial(&session, "localhost", NULL);
    cr_assert_eq(session.here.tls.fault.number, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    certificates_join(&session.files, "all.pem",
                      (const char *const[]){"leaf.crt", "leaf.key", "middle.crt", NULL});
    cr_assert_eq(
        serve_with(&session, &(meeple_tls_server_options){.cert_file = path(&session, "all.pem")}),
        0, "%s", session.why);
    dial(&session, "localhost", NULL);
    assert_open(&session);
    finish(&session);
}

Test(tls, heeds_revocation_lists_beside_the_authorities)
{
    struct session session;

    begin(&session);
    MAKE(&session, .name = "other", .issuer = "ca", .alt_names = "DNS:localhost");
    certificates_revoke(&session.files, "ca", "localhost", "revoked.pem");
    dial(&session, "localhost",
         &(meeple_tls_client_options){.ca_file = path(&session, "revoked.pem")});
    assert_failed(&session.here, X509_V_ERR_CERT_REVOKED, "the server's certificate was revoked");
    assert_failed(&session.there, 44, "the other side refuses: certificate revoked (alert 44)");
    serve(&session, "other");
    dial(&session, "localhost",
         &(meeple_tls_client_options){.ca_file = path(&session, "revoked.pem")});
    assert_open(&session);
    finish(&session);
}

Test(tls, trusts_what_the_system_trusts_when_not_told_otherwise)
{
    struct session session;

    begin(&session);
    setenv("SSL_CERT_FILE", path(&session, "ca.crt"), 1);
    cr_assert_eq(client_context(&session, NULL, "localhost"), 0);
    cr_assert_eq(meeple__tls_init(&session.here.tls, session.context, &session.pool), 0);
    cr_assert_eq(meeple__tls_init(&session.there.tls, meeple__tls_server_context(session.server),
                                  &session.pool),
                 0);
    take(&session, &session.here);
    talk(&session);
    assert_open(&session);
    finish(&session);
}

Test(tls, insecure_believes_everything)
{
    struct session session;

    begin(&session);
    MAKE(&session, .name = "alone", .from_s = -7200, .to_s = -60);
    serve(&session, "alone");
    dial(&session, "somewhere.else", &(meeple_tls_client_options){.insecure = true});
    assert_open(&session);
    assert_answer(&session);
    finish(&session);
}

Test(tls, a_pin_is_asked_besides_and_suffices_for_the_insecure)
{
    char pin[CERTIFICATES_PIN_SIZE], other[CERTIFICATES_PIN_SIZE];
    const char *wrong = "the server's certificate does not have the pinned key";
    struct session session;

    begin(&session);
    MAKE(&session, .name = "alone");
    certificates_pin(&session.files, "localhost", pin);
    certificates_pin(&session.files, "alone", other);
    dial(&session, "localhost", &(meeple_tls_client_options){.pinned_sha256 = pin});
    assert_open(&session);
    dial(&session, "localhost", &(meeple_tls_client_options){.pinned_sha256 = other});
    assert_failed(&session.here, X509_V_ERR_APPLICATION_VERIFICATION, wrong);
    dial(&session, "example.org", &(meeple_tls_client_options){.pinned_sha256 = pin});
    cr_assert_eq(session.here.tls.fault.number, X509_V_ERR_HOSTNAME_MISMATCH);
    dial(&session, "localhost",
         &(meeple_tls_client_options){.pinned_sha256 = other, .insecure = true});
    assert_failed(&session.here, X509_V_ERR_APPLICATION_VERIFICATION, wrong);
    serve(&session, "alone");
    dial(&session, "localhost",
         &(meeple_tls_client_options){.pinned_sha256 = other, .insecure = true});
    assert_open(&session);
    finish(&session);
}

/* The subject's common name of what the client was shown. */
static const char *shown(struct session *session)
{
    static char name[64];
    X509 *leaf = SSL_get1_peer_certificate(session->here.tls.ssl);

    cr_assert(leaf);
    X509_NAME_get_text_by_NID(X509_get_subject_name(leaf), NID_commonName, name, sizeof name);
    X509_free(leaf);
    return name;
}

Test(tls, shows_the_certificate_for_the_name_that_is_asked_for)
{
    static const struct {
        const char *host, *shown;
    } rows[] = {{"localhost", "localhost"},  {"one.org", "one"},
                {"two.org", "two"},          {"TWO.org.", "two"},
                {"x.one.org", "one"},        {"127.0.0.1", "localhost"},
                {"nobody.org", "localhost"}, {"x.y.one.org", "localhost"}};
    struct session session;

    begin(&session);
    MAKE(&session, .name = "one", .issuer = "ca", .alt_names = "DNS:one.org,DNS:*.one.org");
    MAKE(&session, .name = "two", .issuer = "ca", .rsa = true, .alt_names = "DNS:two.org");
    cr_assert_eq(serve_with(&session,
                            &(meeple_tls_server_options){
                                .cert_file = path(&session, "localhost.crt"),
                                .key_file = path(&session, "localhost.key"),
                                .more =
                                    (const meeple_tls_pair[]){
                                        {path(&session, "one.crt"), path(&session, "one.key")},
                                        {path(&session, "two.crt"), path(&session, "two.key")},
                                        {NULL, NULL}}}),
                 0);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        dial(&session, rows[i].host, &(meeple_tls_client_options){.insecure = true});
        assert_open(&session);
        cr_assert_str_eq(shown(&session), rows[i].shown, "%s", rows[i].host);
    }
    finish(&session);
}

Test(tls, reloads_while_connections_live)
{
    struct session session;
    struct end here = {0}, there = {0};
    int rc;

    begin(&session);
    certificates_join(&session.files, "live.crt", (const char *const[]){"localhost.crt", NULL});
    certificates_join(&session.files, "live.key", (const char *const[]){"localhost.key", NULL});
    serve(&session, "live");
    dial(&session, "localhost", NULL);
    cr_assert_str_eq(shown(&session), "localhost");
    MAKE(&session, .name = "fresh", .issuer = "ca", .alt_names = "DNS:localhost");
    certificates_join(&session.files, "live.crt", (const char *const[]){"fresh.crt", NULL});
    /* Half done: the key is still the old one's, so everything stays. */
    rc = meeple_tls_server_reload(session.server, session.why, sizeof session.why);
    cr_assert_eq(rc, MEEPLE_ETLS);
    cr_assert(strstr(session.why, "is not the one of the certificate in"), "%s", session.why);
    assert_answer(&session);
    dial(&session, "localhost", NULL);
    cr_assert_str_eq(shown(&session), "localhost");

    /* One connection in its handshake, which ends with what it began with. */
    cr_assert_eq(meeple__tls_init(&here.tls, session.context, &session.pool), 0);
    cr_assert_eq(
        meeple__tls_init(&there.tls, meeple__tls_server_context(session.server), &session.pool), 0);
    certificates_join(&session.files, "live.key", (const char *const[]){"fresh.key", NULL});
    cr_assert_eq(meeple_tls_server_reload(session.server, session.why, sizeof session.why), 0);
    assert_answer(&session);
    take(&session, &here);
    carry(&session, &here, &there);
    carry(&session, &there, &here);
    carry(&session, &here, &there);
    cr_assert_eq(there.tls.state, MEEPLE__TLS_OPEN);
    meeple__tls_done(&here.tls);
    meeple__tls_done(&there.tls);

    dial(&session, "localhost", NULL);
    cr_assert_str_eq(shown(&session), "fresh");
    /* Freed by its maker while connections and a net have it. */
    meeple__tls_server_ref(session.server);
    meeple_tls_server_free(session.server);
    assert_answer(&session);
    meeple_tls_server_free(session.server);
    session.server = NULL;
    send_all(&session, &session.here, "still", 5);
    cr_assert(got(&session.there, "pingstill", 9));
    finish(&session);
}

static void serve_members(struct session *session, const char *authorities)
{
    cr_assert_eq(
        serve_with(session,
                   &(meeple_tls_server_options){.cert_file = path(session, "localhost.crt"),
                                                .key_file = path(session, "localhost.key"),
                                                .client_ca_file = path(session, authorities)}),
        0);
}

Test(tls, asks_clients_for_a_certificate_when_told_to)
{
    static const struct {
        const char *name;
        int number, alert;
        const char *sentence, *refusal;
    } rows[] = {
        {NULL, 0, 116, "the client has shown no certificate",
         "the other side refuses: certificate required (alert 116)"},
        {"foreign", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 48,
         "the client's certificate is from an unknown issuer",
         "the other side refuses: unknown CA (alert 48)"},
        {"expired", X509_V_ERR_CERT_HAS_EXPIRED, 45, "the client's certificate has expired",
         "the other side refuses: certificate expired (alert 45)"},
        {"banned", X509_V_ERR_CERT_REVOKED, 44, "the client's certificate was revoked",
         "the other side refuses: certificate revoked (alert 44)"},
    };
    struct session session;
    char cert[64], key[64];

    begin(&session);
    MAKE(&session, .name = "members", .authority = true);
    MAKE(&session, .name = "member", .issuer = "members", .for_clients = true);
    MAKE(&session, .name = "banned", .issuer = "members", .for_clients = true);
    MAKE(&session, .name = "foreign", .issuer = "ca");
    MAKE(&session, .name = "expired", .issuer = "members", .from_s = -7200, .to_s = -60);
    certificates_revoke(&session.files, "members", "banned", "members.pem");
    serve_members(&session, "members.pem");
    dial(&session, "localhost",
         &(meeple_tls_client_options){.cert_file = path(&session, "member.crt"),
                                      .key_file = path(&session, "member.key")});
    assert_open(&session);
    assert_answer(&session);
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        snprintf(cert, sizeof cert, "%s.crt", rows[i].name ? rows[i].name : "");
        snprintf(key, sizeof key, "%s.key", rows[i].name ? rows[i].name : "");
        dial(&session, "localhost",
             &(meeple_tls_client_options){.cert_file = rows[i].name ? path(&session, cert) : NULL,
                                          .key_file = rows[i].name ? path(&session, key) : NULL});
        assert_failed(&session.there, rows[i].number, rows[i].sentence);
        assert_failed(&session.here, rows[i].alert, rows[i].refusal);
    }
    finish(&session);
}

Test(tls, tells_plain_bytes_from_tls)
{
    static const char *const plain[] = {"GET / HTTP/1.1\r\n\r\n", "\x16\x02", "\x80\x2e\x01\x03",
                                        "HTTP/1.1 400 Bad Request\r\n\r\n", "\x17\x03\x03"};
    struct session session;

    begin(&session);
    for (size_t i = 0; i < 2 * MEEPLE_COUNT(plain); i++) {
        struct end *end = i % 2 ? &session.here : &session.there;
        const char *text = plain[i / 2];

        dial(&session, "localhost", NULL);
        meeple__tls_done(&end->tls);
        cr_assert_eq(
            meeple__tls_init(&end->tls,
                             i % 2 ? session.context : meeple__tls_server_context(session.server),
                             &session.pool),
            0);
        take(&session, end);
        for (const char *at = text; *at; at++) {
            feed(&session, end, (const uint8_t *)at, 1);
        }
        assert_failed(end, 0, "this is not TLS: the other side sends plain bytes");
        if (i % 2 == 0) {
            /* A browser or a "ws://" client is told in its own words. */
            bool http = *text >= 'A' && *text <= 'Z';
            meeple_bytes said = {NULL, 0};

            cr_assert_eq(meeple__queue_parts(&end->tls.out, &said, 1), http);
            cr_assert(!http || memcmp(said.ptr, "HTTP/1.1 400 ", 13) == 0);
        }
    }
    finish(&session);
}

Test(tls, a_stream_that_ends_early_is_told)
{
    struct session session;

    begin(&session);
    dial(&session, "localhost", NULL);
    meeple__tls_done(&session.here.tls);
    cr_assert_eq(meeple__tls_init(&session.here.tls, session.context, &session.pool), 0);
    take(&session, &session.here);
    cr_assert_gt(session.here.tls.out.bytes, 100);
    cr_assert_eq(session.here.rc, 0);
    meeple__tls_eof(&session.here.tls);
    take(&session, &session.here);
    assert_failed(&session.here, 0, "the stream ended in the middle of the TLS handshake");

    /* Open, with half a record on the way: what came before is not lost. */
    dial(&session, "localhost", NULL);
    send_all(&session, &session.here, "first", 5);
    cr_assert_eq(
        meeple__tls_send(&session.here.tls, &(meeple_bytes){(const uint8_t *)"second", 6}, 1), 6);
    {
        meeple_bytes part;

        cr_assert_eq(meeple__queue_parts(&session.here.tls.out, &part, 1), 1);
        feed(&session, &session.there, part.ptr, part.len - 1);
    }
    meeple__tls_eof(&session.there.tls);
    take(&session, &session.there);
    cr_assert(session.there.tls.truncated);
    assert_failed(&session.there, 0,
                  "the stream ended without a word (close_notify): it may be cut off");
    cr_assert(got(&session.there, "first", 5));
    finish(&session);
}

Test(tls, ends_properly_both_ways)
{
    struct session session;

    begin(&session);
    dial(&session, "localhost", NULL);
    send_all(&session, &session.here, "last", 4);
    meeple__tls_close(&session.here.tls);
    meeple__tls_close(&session.here.tls);
    talk(&session);
    meeple__tls_eof(&session.there.tls);
    take(&session, &session.there);
    cr_assert_eq(session.there.rc, MEEPLE_ECLOSED);
    cr_assert_eq(session.there.tls.state, MEEPLE__TLS_ENDED);
    cr_assert(got(&session.there, "last", 4));
    cr_assert_not(session.there.tls.truncated);
    /* The other half still goes. */
    cr_assert_eq(session.here.rc, 0);
    send_all(&session, &session.there, "answer", 6);
    cr_assert(got(&session.here, "answer", 6));
    meeple__tls_close(&session.there.tls);
    talk(&session);
    cr_assert_eq(session.here.rc, MEEPLE_ECLOSED);
    meeple__tls_eof(&session.here.tls);
    take(&session, &session.here);
    cr_assert_eq(session.here.rc, MEEPLE_ECLOSED);
    finish(&session);
}

Test(tls, bytes_altered_on_the_way_are_told)
{
    struct session session;
    meeple_bytes part;
    uint8_t copy[64];

    begin(&session);
    dial(&session, "localhost", NULL);
    part = (meeple_bytes){(const uint8_t *)"move", 4};
    cr_assert_eq(meeple__tls_send(&session.here.tls, &part, 1), 4);
    cr_assert_eq(meeple__queue_parts(&session.here.tls.out, &part, 1), 1);
    cr_assert_leq(part.len, sizeof copy);
    memcpy(copy, part.ptr, part.len);
    copy[part.len - 1] ^= 1;
    feed(&session, &session.there, copy, part.len);
    assert_failed(&session.there, 0, "bytes were altered on the way");
    cr_assert_eq(session.there.got.len, 0);
    cr_assert_eq(meeple__tls_send(&session.there.tls, &part, 1), MEEPLE_ETLS);
    meeple__queue_clear(&session.here.tls.out, &session.pool);
    carry(&session, &session.there, &session.here);
    assert_failed(&session.here, 20, "the other side refuses: bad record mac (alert 20)");
    finish(&session);
}

/* A peer made of OpenSSL alone, for what ours would not do. */
struct raw {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out;
};

static void raw_init(struct raw *raw, bool server, int version)
{
    raw->context = SSL_CTX_new(TLS_method());
    SSL_CTX_set_min_proto_version(raw->context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(raw->context, version);
    SSL_CTX_set_cipher_list(raw->context, "ALL:@SECLEVEL=0");
    raw->ssl = SSL_new(raw->context);
    raw->in = BIO_new(BIO_s_mem());
    raw->out = BIO_new(BIO_s_mem());
    SSL_set_bio(raw->ssl, raw->in, raw->out);
    if (server) {
        SSL_set_accept_state(raw->ssl);
    } else {
        SSL_set_connect_state(raw->ssl);
    }
}

static void raw_done(struct raw *raw)
{
    SSL_free(raw->ssl);
    SSL_CTX_free(raw->context);
    ERR_clear_error();
}

/* Until neither says any more; what raw read is dropped. */
static void raw_talk(struct session *session, struct raw *raw, struct end *end)
{
    bool moved = true;

    while (moved) {
        char *bytes;
        uint8_t plain[256];
        meeple_bytes part;
        long len;

        moved = false;
        while (SSL_read(raw->ssl, plain, sizeof plain) > 0) {
            moved = true;
        }
        ERR_clear_error();
        len = BIO_get_mem_data(raw->out, &bytes);
        if (len > 0) {
            feed(session, end, (const uint8_t *)bytes, (size_t)len);
            (void)BIO_reset(raw->out);
            moved = true;
        }
        while (meeple__queue_parts(&end->tls.out, &part, 1) > 0) {
            cr_assert_eq(BIO_write(raw->in, part.ptr, (int)part.len), (int)part.len);
            meeple__queue_sent(&end->tls.out, &session->pool, part.len);
            moved = true;
        }
    }
}

/* Our end against it. */
static struct end *against(struct session *session, bool server)
{
    struct end *end = server ? &session->there : &session->here;

    hang_up(session);
    cr_assert_eq(client_context(session,
                                &(meeple_tls_client_options){.ca_file = path(session, "ca.crt")},
                                "localhost"),
                 0);
    cr_assert_eq(
        meeple__tls_init(&end->tls,
                         server ? meeple__tls_server_context(session->server) : session->context,
                         &session->pool),
        0);
    take(session, end);
    return end;
}

static void raw_certificate(struct session *session, struct raw *raw)
{
    cr_assert_eq(
        SSL_use_certificate_file(raw->ssl, path(session, "localhost.crt"), SSL_FILETYPE_PEM), 1);
    cr_assert_eq(
        SSL_use_PrivateKey_file(raw->ssl, path(session, "localhost.key"), SSL_FILETYPE_PEM), 1);
}

Test(tls, wants_version_1_2_at_least)
{
    const char *sentence = "no common protocol version: TLS 1.2 or 1.3 is needed";
    struct session session;
    struct raw raw;
    struct end *end;

    begin(&session);
    raw_init(&raw, false, TLS1_1_VERSION);
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    assert_failed(end, 0, sentence);
    raw_done(&raw);

    raw_init(&raw, false, TLS1_2_VERSION);
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    cr_assert_eq(end->tls.state, MEEPLE__TLS_OPEN);
    raw_done(&raw);

    /* A server of that age refuses our hello by an alert. */
    raw_init(&raw, true, TLS1_1_VERSION);
    raw_certificate(&session, &raw);
    end = against(&session, false);
    raw_talk(&session, &raw, end);
    assert_failed(end, 70, "the other side refuses: protocol version (alert 70)");
    raw_done(&raw);

    raw_init(&raw, true, TLS1_2_VERSION);
    raw_certificate(&session, &raw);
    end = against(&session, false);
    raw_talk(&session, &raw, end);
    cr_assert_eq(end->tls.state, MEEPLE__TLS_OPEN, "%s", end->tls.text);
    raw_done(&raw);
    finish(&session);
}

Test(tls, ciphers_without_forward_secrecy_are_not_spoken)
{
    struct session session;
    struct raw raw;
    struct end *end;

    begin(&session);
    raw_init(&raw, false, TLS1_2_VERSION);
    SSL_set_cipher_list(raw.ssl, "AES128-SHA:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA");
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    assert_failed(end, 0, "no common cipher");
    raw_done(&raw);
    finish(&session);
}

Test(tls, a_server_that_answers_with_an_old_version_is_left)
{
    /* A ServerHello of TLS 1.1 as it stands on the wire. */
    uint8_t hello[5 + 4 + 38] = {22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2};
    struct session session;
    struct end *end;

    begin(&session);
    hello[9 + 2 + 32 + 1] = 0xc0; /* TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA */
    hello[9 + 2 + 32 + 2] = 0x09;
    end = against(&session, false);
    feed(&session, end, hello, sizeof hello);
    assert_failed(end, 0, "no common protocol version: TLS 1.2 or 1.3 is needed");
    finish(&session);
}

Test(tls, alpn_is_http_1_1_or_nothing)
{
    struct session session;
    struct raw raw;
    struct end *end;

    begin(&session);
    raw_init(&raw, false, TLS1_3_VERSION);
    SSL_set_alpn_protos(raw.ssl, (const unsigned char *)"\x02h2", 3);
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    assert_failed(end, 0, "the other side does not offer http/1.1 (ALPN)");
    raw_done(&raw);

    raw_init(&raw, false, TLS1_3_VERSION);
    SSL_set_alpn_protos(raw.ssl, (const unsigned char *)"\x02h2\x08http/1.1", 12);
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    cr_assert_eq(end->tls.state, MEEPLE__TLS_OPEN);
    raw_done(&raw);
    finish(&session);
}

Test(tls, does_not_renegotiate_and_gives_no_tickets)
{
    struct session session;
    struct raw raw;
    struct end *end;

    begin(&session);
    raw_init(&raw, false, TLS1_2_VERSION);
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    cr_assert_eq(end->tls.state, MEEPLE__TLS_OPEN);
    cr_assert_not(SSL_SESSION_has_ticket(SSL_get0_session(raw.ssl)));
    cr_assert_eq(SSL_renegotiate(raw.ssl), 1);
    SSL_do_handshake(raw.ssl);
    raw_talk(&session, &raw, end);
    cr_assert_not(SSL_is_init_finished(raw.ssl));
    raw_done(&raw);

    raw_init(&raw, false, TLS1_3_VERSION);
    end = against(&session, true);
    raw_talk(&session, &raw, end);
    cr_assert_eq(end->tls.state, MEEPLE__TLS_OPEN);
    cr_assert_not(SSL_SESSION_has_ticket(SSL_get0_session(raw.ssl)));
    raw_done(&raw);
    finish(&session);
}

Test(tls, a_peer_that_asks_and_does_not_read_is_dropped)
{
    struct session session;
    struct end *end;
    size_t rounds = 0;

    begin(&session);
    dial(&session, "localhost", NULL);
    end = &session.there;
    while (end->rc == 0 && rounds++ < 100000) {
        cr_assert_eq(SSL_key_update(session.here.tls.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        cr_assert_eq(SSL_do_handshake(session.here.tls.ssl), 1);
        carry(&session, &session.here, end);
    }
    cr_log_info("dropped after %zu key updates", rounds);
    cr_assert_eq(end->tls.state, MEEPLE__TLS_FAILED);
    finish(&session);
}

static void write_file(struct session *session, const char *file, const char *text)
{
    FILE *stream = fopen(path(session, file), "w");

    cr_assert(stream && fputs(text, stream) >= 0 && fclose(stream) == 0);
}

static void lock_key(struct session *session, const char *file)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *stream = fopen(path(session, file), "w");

    cr_assert(key && stream);
    cr_assert_eq(PEM_write_PKCS8PrivateKey(stream, key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL),
                 1);
    fclose(stream);
    EVP_PKEY_free(key);
}

Test(tls, says_what_is_wrong_with_a_file)
{
    static const struct {
        const char *cert, *key, *client_ca, *sentence;
    } rows[] = {
        {"nowhere.crt", "localhost.key", NULL,
         "cannot read %s/nowhere.crt: No such file or directory"},
        {"localhost.crt", "nowhere.key", NULL,
         "cannot read %s/nowhere.key: No such file or directory"},
        {"empty", "localhost.key", NULL, "there is no certificate in %s/empty"},
        {"localhost.key", "localhost.key", NULL, "there is no certificate in %s/localhost.key"},
        {"localhost.crt", "localhost.crt", NULL, "there is no private key in %s/localhost.crt, "},
        {"localhost.crt", NULL, NULL, "there is no private key in %s/localhost.crt, "},
        {"localhost.crt", "empty", NULL, "there is no private key in %s/empty, "},
        {"localhost.crt", "locked", NULL, "the private key in %s/locked is locked by a passphrase"},
        {"broken", "localhost.key", NULL, "a certificate in %s/broken is broken: "},
        {"localhost.crt", "broken_key", NULL, "the private key in %s/broken_key is broken: "},
        {"localhost.crt", "ca.key", NULL,
         "the key in %s/ca.key is not the one of the certificate in "},
        {"localhost.crt", "localhost.key", "nowhere", "cannot read certificates from %s/nowhere: "},
        {"localhost.crt", "localhost.key", "empty", "cannot read certificates from %s/empty: "},
    };
    struct session session;
    char sentence[256];

    begin(&session);
    write_file(&session, "empty", "");
    write_file(&session, "broken",
               "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    write_file(&session, "broken_key",
               "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    lock_key(&session, "locked");
    for (size_t i = 0; i < MEEPLE_COUNT(rows); i++) {
        meeple_tls_server_options options = {
            .cert_file = path(&session, rows[i].cert),
            .key_file = rows[i].key ? path(&session, rows[i].key) : NULL,
            .client_ca_file = rows[i].client_ca ? path(&session, rows[i].client_ca) : NULL};

        cr_assert_eq(serve_with(&session, &options), MEEPLE_ETLS);
        cr_assert_null(session.server);
        snprintf(sentence, sizeof sentence, rows[i].sentence, session.files.dir);
        cr_assert_eq(strncmp(session.why, sentence, strlen(sentence)), 0, "%s", session.why);
        cr_assert_eq(ERR_peek_error(), 0);
    }
    cr_assert_eq(serve_with(&session, &(meeple_tls_server_options){0}), MEEPLE_EINVAL);
    finish(&session);
}

Test(tls, says_what_is_wrong_with_a_clients_options)
{
    struct session session;
    char name[300];

    begin(&session);
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    cr_assert_eq(client_context(&session, &(meeple_tls_client_options){.pinned_sha256 = "12"}, "a"),
                 MEEPLE_EINVAL);
    cr_assert_str_eq(session.why, "the pin of the server's key is not 64 hex digits");
    cr_assert_eq(client_context(&session, NULL, ""), MEEPLE_EINVAL);
    cr_assert_eq(client_context(&session, NULL, "."), MEEPLE_EINVAL);
    cr_assert_eq(client_context(&session, NULL, name), MEEPLE_EINVAL);
    cr_assert_str_eq(session.why, "there is no name that a certificate could be for");
    cr_assert_eq(client_context(&session, &(meeple_tls_client_options){.ca_file = "/none"}, "a"),
                 MEEPLE_ETLS);
    cr_assert_str_eq(session.why, "cannot read certificates from /none: No such file or directory");
    cr_assert_eq(client_context(&session, &(meeple_tls_client_options){.cert_file = "/none"}, "a"),
                 MEEPLE_ETLS);
    cr_assert_null(session.context);
    finish(&session);
}

/* A server with everything, a handshake, a few bytes: MEEPLE_ENOMEM at one place, or none. */
static int whole_life(struct session *session)
{
    int rc = serve_with(session,
                        &(meeple_tls_server_options){
                            .cert_file = path(session, "localhost.crt"),
                            .key_file = path(session, "localhost.key"),
                            .more = (const meeple_tls_pair[]){
                                {path(session, "ca.crt"), path(session, "ca.key")}, {NULL, NULL}}});

    if (rc == 0) {
        rc = meeple_tls_server_reload(session->server, NULL, 0);
    }
    if (rc == 0) {
        rc = client_context(session,
                            &(meeple_tls_client_options){.ca_file = path(session, "ca.crt"),
                                                         .cert_file = path(session, "ca.crt"),
                                                         .key_file = path(session, "ca.key")},
                            "localhost");
    }
    if (rc < 0) {
        return rc;
    }
    rc = meeple__tls_init(&session->here.tls, session->context, &session->pool);
    if (rc == 0) {
        rc = meeple__tls_init(&session->there.tls, meeple__tls_server_context(session->server),
                              &session->pool);
    }
    if (rc < 0) {
        return rc;
    }
    take(session, &session->here);
    talk(session);
    rc = session->here.rc < 0 ? session->here.rc : session->there.rc;
    if (rc == 0 && session->here.tls.state == MEEPLE__TLS_OPEN) {
        static const uint8_t bytes[20000];
        meeple_bytes part = {bytes, sizeof bytes};

        rc = meeple__tls_send(&session->here.tls, &part, 1);
    }
    return rc < 0 ? rc : 0;
}

Test(tls, every_allocation_of_ours_may_fail)
{
    struct session session;
    size_t n = 1, failed = 0;
    int rc;

    begin(&session);
    do {
        hang_up(&session);
        meeple__pool_done(&session.pool);
        meeple__pool_init(&session.pool, &session.memory.mem);
        counting_mem_fail(&session.memory, n++);
        rc = whole_life(&session);
        failed += rc < 0;
        /* The other end of one that ran out of memory never hears of it. */
        cr_assert(rc == 0 || rc == MEEPLE_ENOMEM, "%d at %zu", rc, n);
    } while (session.memory.calls >= session.memory.fail_at);
    cr_log_info("%zu allocations failed", failed);
    cr_assert_gt(failed, 10);
    finish(&session);
}

/* OpenSSL's own memory, counted: each block begins with its size. */
static size_t openssl_live, openssl_peak;

enum {
    BLOCK_HEAD = 16
};

static void count(size_t less, size_t more)
{
    openssl_live += more;
    openssl_live -= less;
    openssl_peak = openssl_live > openssl_peak ? openssl_live : openssl_peak;
}

static void *counted_alloc(size_t size, const char *file, int line)
{
    uint8_t *block = malloc(size + BLOCK_HEAD);

    (void)file;
    (void)line;
    if (!block) {
        return NULL;
    }
    memcpy(block, &size, sizeof size);
    count(0, size);
    return block + BLOCK_HEAD;
}

static void counted_free(void *ptr, const char *file, int line)
{
    uint8_t *block = ptr ? (uint8_t *)ptr - BLOCK_HEAD : NULL;
    size_t size = 0;

    (void)file;
    (void)line;
    if (block) {
        memcpy(&size, block, sizeof size);
        count(size, 0);
        free(block);
    }
}

static void *counted_resize(void *ptr, size_t size, const char *file, int line)
{
    size_t old = 0;
    void *fresh = size ? counted_alloc(size, file, line) : NULL;

    if (ptr && fresh) {
        memcpy(&old, (uint8_t *)ptr - BLOCK_HEAD, sizeof old);
        memcpy(fresh, ptr, old < size ? old : size);
    }
    if (fresh || size == 0) {
        counted_free(ptr, file, line);
    }
    return fresh;
}

/* Only as long as OpenSSL has nothing yet, and Criterion's own libraries use it. */
static bool openssl_counted;

__attribute__((constructor)) static void count_openssl(void)
{
    openssl_counted = CRYPTO_set_mem_functions(counted_alloc, counted_resize, counted_free) == 1;
}

Test(tls, an_idle_connection_is_small)
{
    enum {
        CONNECTIONS = 50
    };
    static struct end here[CONNECTIONS], there[CONNECTIONS];
    struct session session;
    size_t before, clients;

    cr_assert(openssl_counted);
    begin(&session);
    dial(&session, "localhost", NULL);
    before = openssl_live;
    for (int i = 0; i < CONNECTIONS; i++) {
        cr_assert_eq(meeple__tls_init(&here[i].tls, session.context, &session.pool), 0);
        cr_assert_eq(meeple__tls_init(&there[i].tls, meeple__tls_server_context(session.server),
                                      &session.pool),
                     0);
        take(&session, &here[i]);
        for (int turn = 0; turn < 3; turn++) {
            carry(&session, &here[i], &there[i]);
            carry(&session, &there[i], &here[i]);
        }
        cr_assert_eq(there[i].tls.state, MEEPLE__TLS_OPEN);
        send_all(&session, &there[i], "some", 4);
        carry(&session, &there[i], &here[i]);
    }
    clients = openssl_live;
    for (int i = 0; i < CONNECTIONS; i++) {
        meeple__tls_done(&here[i].tls);
        meeple__buf_done(&here[i].got, &session.memory.mem);
    }
    clients = (clients - openssl_live) / CONNECTIONS;
    cr_log_info("an idle connection: server %zu bytes of OpenSSL, client %zu, %zu of ours",
                (openssl_live - before) / CONNECTIONS, clients, sizeof(struct meeple__tls));
    cr_assert_lt((openssl_live - before) / CONNECTIONS, 16384);
    for (int i = 0; i < CONNECTIONS; i++) {
        meeple__tls_done(&there[i].tls);
        meeple__buf_done(&there[i].got, &session.memory.mem);
    }
    finish(&session);
}

/* One seed: a handshake and some bytes over a way that changes them, or nonsense at once. */
static void hostile(struct session *session, uint64_t seed)
{
    static const uint8_t bytes[3000];
    struct way way = {.piece_max = seed % 3 ? 1 + seed % 700 : 0,
                      .mutations = 2 + (unsigned)(seed % 12),
                      .prng = {seed * 7919}};
    struct end *ends[] = {&session->here, &session->there};

    session->way = way;
    dial(session, "localhost", NULL);
    for (int i = 0; i < 2; i++) {
        struct end *end = ends[i];
        meeple_bytes part = {bytes, sizeof bytes};

        if (end->tls.state == MEEPLE__TLS_OPEN) {
            (void)meeple__tls_send(&end->tls, &part, 1);
        }
        talk(session);
        if (seed % 4 == 0) {
            uint8_t noise[400];

            prng_fill(&session->way.prng, noise, sizeof noise);
            noise[0] = (uint8_t)(20 + noise[0] % 5);
            noise[1] = 3;
            noise[3] = 0;
            feed(session, end, noise, sizeof noise);
        }
        meeple__tls_close(&end->tls);
        talk(session);
        meeple__tls_eof(&end->tls);
        take(session, end);
        cr_assert_lt(end->rc, 0);
        cr_assert(end->rc == MEEPLE_ECLOSED || end->tls.fault.text[0], "seed %llu",
                  (unsigned long long)seed);
    }
}

Test(tls, hostile_bytes_are_survived_in_bounded_memory)
{
    struct session session;
    size_t before, opened = 0;

    cr_assert(openssl_counted);
    begin(&session);
    dial(&session, "localhost", NULL);
    before = openssl_live;
    openssl_peak = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        hostile(&session, seed);
        opened += session.there.got.len > 0;
    }
    session.way = (struct way){0};
    dial(&session, "localhost", NULL);
    assert_open(&session);
    cr_log_info("of 2000, %zu came as far as data; at most %zu bytes beyond two connections",
                opened, openssl_peak - before);
    cr_assert_lt(openssl_peak - before, 512 << 10);
    cr_assert_lt(openssl_live, before + 65536);
    finish(&session);
}

Test(tls, random_bytes_are_refused)
{
    struct session session;

    begin(&session);
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct end *end = against(&session, seed % 2 == 0);
        struct prng prng = {seed};
        uint8_t noise[600];

        prng_fill(&prng, noise, sizeof noise);
        if (seed % 3) {
            noise[0] = (uint8_t)(seed % 4 ? 22 : 21);
            noise[1] = 3;
            noise[2] = (uint8_t)(1 + seed % 3);
            noise[3] = (uint8_t)(seed % 5 ? 0 : noise[3]);
            noise[5] = (uint8_t)(seed % 7 ? 1 + seed % 2 : noise[5]);
            noise[6] = 0;
        }
        feed(&session, end, noise, sizeof noise);
        meeple__tls_eof(&end->tls);
        take(&session, end);
        cr_assert_eq(end->rc, MEEPLE_ETLS);
        cr_assert_neq(end->tls.fault.text[0], '\0');
    }
    finish(&session);
}
