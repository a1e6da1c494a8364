/* tls_context: what connections of one kind begin with: certificates, keys, whom to believe. */
#include "transport/tls_context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/mem.h"

/* With TLS 1.2: those that 1.3 kept, authenticated and forward secret. */
#define CIPHERS_1_2 "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"

struct meeple__tls_certificate {
    X509 *leaf;
    EVP_PKEY *key;
    STACK_OF(X509) * chain;
};

const char *meeple__tls_reason(unsigned long code)
{
    const char *text =
        ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);

    return text ? text : "no reason given";
}

/* ---- files ---- */

/* Where a failure to read files is told. */
struct why {
    char *text;
    size_t size;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static int
complain(const struct why *why, const char *format, ...)
{
    unsigned long code = ERR_peek_last_error();
    va_list args;

    va_start(args, format);
    if (why->size > 0) {
        vsnprintf(why->text, why->size, format, args);
    }
    va_end(args);
    ERR_clear_error();
    return ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE ? MEEPLE_ENOMEM : MEEPLE_ETLS;
}

/* Without this OpenSSL asks at the terminal. */
static int no_passphrase(char *dst, int size, int writing, void *user)
{
    (void)dst;
    (void)size;
    (void)writing;
    (void)user;
    return -1;
}

static bool at_end_of_pem(void)
{
    unsigned long code = ERR_peek_last_error();

    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

static int read_chain(struct meeple__tls_certificate *it, BIO *in, const char *file,
                      const struct why *why)
{
    X509 *issuer;

    it->leaf = PEM_read_bio_X509(in, NULL, no_passphrase, NULL);
    if (!it->leaf && at_end_of_pem()) {
        return complain(why, "there is no certificate in %s", file);
    }
    it->chain = sk_X509_new_null();
    while (it->leaf && it->chain && (issuer = PEM_read_bio_X509(in, NULL, no_passphrase, NULL))) {
        if (sk_X509_push(it->chain, issuer) <= 0) {
            X509_free(issuer);
            break;
        }
    }
    if (!it->leaf || !it->chain || !at_end_of_pem()) {
        return complain(why, "a certificate in %s is broken: %s", file,
                        meeple__tls_reason(ERR_peek_last_error()));
    }
    ERR_clear_error();
    return 0;
}

static int read_key(struct meeple__tls_certificate *it, BIO *in, const char *file,
                    const struct why *why)
{
    it->key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
    if (it->key) {
        return 0;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED || at_end_of_pem()) {
        return complain(why, "there is no private key in %s, or none of a known kind", file);
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_BAD_PASSWORD_READ) {
        return complain(why, "the private key in %s is locked by a passphrase", file);
    }
    return complain(why, "the private key in %s is broken: %s", file,
                    meeple__tls_reason(ERR_peek_last_error()));
}

static int read_with(int (*reader)(struct meeple__tls_certificate *, BIO *, const char *,
                                   const struct why *),
                     struct meeple__tls_certificate *it, const char *file, const struct why *why)
{
    BIO *in;
    int rc;

    ERR_clear_error();
    in = BIO_new_file(file, "r");
    if (!in) {
        return complain(why, "cannot read %s: %s", file, meeple__tls_reason(ERR_peek_error()));
    }
    rc = reader(it, in, file, why);
    BIO_free(in);
    return rc;
}

/* What was read before an error stays in it, for certificate_done(). */
static int certificate_read(struct meeple__tls_certificate *it, const meeple_tls_pair *files,
                            const struct why *why)
{
    const char *key_file = files->key_file ? files->key_file : files->cert_file;
    int rc = read_with(read_chain, it, files->cert_file, why);

    if (rc == 0) {
        rc = read_with(read_key, it, key_file, why);
    }
    if (rc == 0 && X509_check_private_key(it->leaf, it->key) != 1) {
        rc = complain(why, "the key in %s is not the one of the certificate in %s", key_file,
                      files->cert_file);
    }
    return rc;
}

static void certificate_done(struct meeple__tls_certificate *it)
{
    X509_free(it->leaf);
    EVP_PKEY_free(it->key);
    sk_X509_pop_free(it->chain, X509_free);
}

/* ---- contexts ---- */

static int bio_read(BIO *bio, char *dst, int len)
{
    struct meeple__tls *tls = BIO_get_data(bio);
    size_t count = (size_t)len < tls->rx.len ? (size_t)len : tls->rx.len;

    BIO_clear_retry_flags(bio);
    if (count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(dst, tls->rx.ptr, count);
    tls->rx.ptr += count;
    tls->rx.len -= count;
    return (int)count;
}

/* Never a retry: it fits, or it is the end of the connection. */
static int bio_write(BIO *bio, const char *bytes, int len)
{
    struct meeple__tls *tls = BIO_get_data(bio);
    meeple_bytes added = {(const uint8_t *)bytes, (size_t)len};
    struct meeple__block *block;

    BIO_clear_retry_flags(bio);
    if (tls->out.bytes + added.len > MEEPLE__TLS_OUT_CEILING) {
        tls->out_of_bounds = true;
        return -1;
    }
    if (added.len == 0) {
        return 0;
    }
    block = meeple__queue_room(&tls->out, tls->pool, added.len);
    if (!block) {
        tls->no_memory = true;
        return -1;
    }
    meeple__block_append(block, added);
    meeple__queue_grown(&tls->out, added.len);
    return len;
}

static long bio_control(BIO *bio, int command, long number, void *ptr)
{
    (void)bio;
    (void)number;
    (void)ptr;
    return command == BIO_CTRL_FLUSH;
}

static bool pin_matches(const struct meeple__tls_context *context, X509 *leaf)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned char *key = NULL;
    unsigned len = 0;
    int size = leaf ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &key) : -1;
    bool same = size > 0 && EVP_Digest(key, (size_t)size, digest, &len, EVP_sha256(), NULL) == 1 &&
                len == MEEPLE__TLS_PIN_SIZE &&
                memcmp(digest, context->pin, MEEPLE__TLS_PIN_SIZE) == 0;

    OPENSSL_free(key);
    return same;
}

static int verify(X509_STORE_CTX *chain, void *user)
{
    const struct meeple__tls_context *context = user;
    SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct meeple__tls *tls = BIO_get_data(SSL_get_rbio(ssl));
    bool good = context->insecure || X509_verify_cert(chain) == 1;

    tls->verify_depth = X509_STORE_CTX_get_error_depth(chain);
    if (good && context->pinned && !pin_matches(context, X509_STORE_CTX_get0_cert(chain))) {
        X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
        tls->verify_depth = 0;
        good = false;
    }
    return good;
}

/* Server: every certificate for the name that is asked for, the first one of a kind of key wins. */
static int show_certificate(SSL *ssl, void *user)
{
    const struct meeple__tls_context *context = user;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const struct meeple__tls_certificate *it = context->certificates;
    bool found = false;

    SSL_certs_clear(ssl);
    for (size_t i = context->certificate_count; name && i-- > 0;) {
        if (X509_check_host(it[i].leaf, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1) {
            found = true;
            if (SSL_use_cert_and_key(ssl, it[i].leaf, it[i].key, it[i].chain, 1) != 1) {
                return 0;
            }
        }
    }
    return found || SSL_use_cert_and_key(ssl, it->leaf, it->key, it->chain, 1) == 1;
}

static const uint8_t alpn[] = "\x08http/1.1";

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                           const unsigned char *in, unsigned in_len, void *user)
{
    (void)ssl;
    (void)user;
    for (unsigned at = 0; at < in_len; at += 1U + in[at]) {
        if (in_len - at >= sizeof alpn - 1 && memcmp(in + at, alpn, sizeof alpn - 1) == 0) {
            *out = in + at + 1;
            *out_len = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int context_new(struct meeple__tls_context **out, bool server, const meeple_mem *mem)
{
    struct meeple__tls_context *context = meeple__alloc(mem, sizeof *context);

    if (!context) {
        return MEEPLE_ENOMEM;
    }
    context->mem = mem;
    context->refs = 1;
    context->server = server;
    context->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    context->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "meeple");
    if (!context->ssl || !context->method ||
        SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context->ssl, CIPHERS_1_2) != 1 ||
        SSL_CTX_set_num_tickets(context->ssl, 0) != 1) {
        ERR_clear_error();
        meeple__tls_context_unref(context);
        return MEEPLE_ENOMEM;
    }
    BIO_meth_set_read(context->method, bio_read);
    BIO_meth_set_write(context->method, bio_write);
    BIO_meth_set_ctrl(context->method, bio_control);
    SSL_CTX_set_options(context->ssl,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(context->ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context->ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cert_verify_callback(context->ssl, verify, context);
    *out = context;
    return 0;
}

void meeple__tls_context_unref(struct meeple__tls_context *context)
{
    if (!context || --context->refs > 0) {
        return;
    }
    for (size_t i = 0; i < context->certificate_count; i++) {
        certificate_done(&context->certificates[i]);
    }
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->method);
    meeple__free(context->mem, context->certificates);
    meeple__free(context->mem, context);
}

/* The authorities in a file; if there are revocation lists with them, they are asked. */
static int trust(struct meeple__tls_context *context, const char *file, const struct why *why)
{
    STACK_OF(X509_OBJECT) * objects;

    ERR_clear_error();
    if (SSL_CTX_load_verify_file(context->ssl, file) != 1) {
        return complain(why, "cannot read certificates from %s: %s", file,
                        meeple__tls_reason(ERR_peek_error()));
    }
    objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context->ssl));
    for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
        if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_CRL) {
            X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context->ssl), X509_V_FLAG_CRL_CHECK);
        }
    }
    return 0;
}

/* Reads one more and sees whether OpenSSL would take it. */
static int add_certificate(struct meeple__tls_context *context, const meeple_tls_pair *files,
                           const struct why *why)
{
    struct meeple__tls_certificate *it = &context->certificates[context->certificate_count++];
    int rc = certificate_read(it, files, why);

    if (rc == 0 && SSL_CTX_use_cert_and_key(context->ssl, it->leaf, it->key, it->chain, 1) != 1) {
        rc = complain(why, "the certificate in %s cannot be used: %s", files->cert_file,
                      meeple__tls_reason(ERR_peek_last_error()));
    }
    return rc;
}

static int add_certificates(struct meeple__tls_context *context,
                            const meeple_tls_server_options *options, const struct why *why)
{
    meeple_tls_pair first = {options->cert_file, options->key_file};
    size_t more = 0;
    int rc;

    while (options->more && options->more[more].cert_file) {
        more++;
    }
    context->certificates = meeple__alloc(context->mem, (more + 1) * sizeof *context->certificates);
    if (!context->certificates) {
        return MEEPLE_ENOMEM;
    }
    rc = add_certificate(context, &first, why);
    for (size_t i = 0; i < more && rc == 0; i++) {
        rc = add_certificate(context, &options->more[i], why);
    }
    return rc;
}

int meeple__tls_context_server(struct meeple__tls_context **out,
                               const meeple_tls_server_options *options, char *why_text,
                               size_t why_size)
{
    struct why why = {why_text, why_size};
    struct meeple__tls_context *context;
    int rc = context_new(&context, true, options->mem);

    if (rc < 0) {
        return rc;
    }
    rc = add_certificates(context, options, &why);
    if (rc == 0 && options->client_ca_file) {
        rc = trust(context, options->client_ca_file, &why);
        SSL_CTX_set_client_CA_list(context->ssl, SSL_load_client_CA_file(options->client_ca_file));
        SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    ERR_clear_error();
    if (rc < 0) {
        meeple__tls_context_unref(context);
        return rc;
    }
    SSL_CTX_set_cert_cb(context->ssl, show_certificate, context);
    SSL_CTX_set_alpn_select_cb(context->ssl, choose_protocol, NULL);
    *out = context;
    return 0;
}

/* "example.org." is example.org, and the zone of "fe80::1%eth0" is ours alone. */
static int expect_host(struct meeple__tls_context *context, const char *host, const struct why *why)
{
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context->ssl);
    size_t len = strcspn(host, "%");

    if (len > 0 && host[len - 1] == '.') {
        len--;
    }
    if (len == 0 || len >= MEEPLE__TLS_HOST_SIZE) {
        complain(why, "there is no name that a certificate could be for");
        return MEEPLE_EINVAL;
    }
    memcpy(context->host, host, len);
    if (X509_VERIFY_PARAM_set1_ip_asc(param, context->host) == 1) {
        return 0;
    }
    ERR_clear_error();
    context->named = true;
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
                                               X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(param, context->host, len) == 1 ? 0 : MEEPLE_ENOMEM;
}

static int expect_key(struct meeple__tls_context *context, const char *hex, const struct why *why)
{
    size_t len = 0;

    if (OPENSSL_hexstr2buf_ex(context->pin, MEEPLE__TLS_PIN_SIZE, &len, hex, ':') != 1 ||
        len != MEEPLE__TLS_PIN_SIZE) {
        complain(why, "the pin of the server's key is not 64 hex digits");
        return MEEPLE_EINVAL;
    }
    context->pinned = true;
    return 0;
}

static int believe(struct meeple__tls_context *context, const meeple_tls_client_options *options,
                   const struct why *why)
{
    context->insecure = options->insecure;
    if (options->ca_file) {
        return trust(context, options->ca_file, why);
    }
    if (!options->insecure && SSL_CTX_set_default_verify_paths(context->ssl) != 1) {
        return complain(why, "the system has no trusted certificates");
    }
    return 0;
}

static int set_up_client(struct meeple__tls_context *context,
                         const meeple_tls_client_options *options, const char *host,
                         const struct why *why)
{
    int rc = expect_host(context, options->server_name ? options->server_name : host, why);

    if (rc == 0) {
        rc = believe(context, options, why);
    }
    if (rc == 0 && options->pinned_sha256) {
        rc = expect_key(context, options->pinned_sha256, why);
    }
    if (rc == 0 && options->cert_file) {
        context->certificates = meeple__alloc(context->mem, sizeof *context->certificates);
        rc = context->certificates
                 ? add_certificate(context,
                                   &(meeple_tls_pair){options->cert_file, options->key_file}, why)
                 : MEEPLE_ENOMEM;
    }
    if (rc == 0 && SSL_CTX_set_alpn_protos(context->ssl, alpn, sizeof alpn - 1) != 0) {
        rc = MEEPLE_ENOMEM;
    }
    SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, NULL);
    return rc;
}

int meeple__tls_context_client(struct meeple__tls_context **out,
                               const meeple_tls_client_options *options, const char *host,
                               const meeple_mem *mem, char *why, size_t why_size)
{
    static const meeple_tls_client_options defaults;
    struct meeple__tls_context *context;
    int rc = context_new(&context, false, mem);

    if (rc < 0) {
        return rc;
    }
    rc = set_up_client(context, options ? options : &defaults, host, &(struct why){why, why_size});
    ERR_clear_error();
    if (rc < 0) {
        meeple__tls_context_unref(context);
        return rc;
    }
    *out = context;
    return 0;
}
