/* tls: one end of a TLS connection without any I/O: ciphertext in, plaintext out, and back. */
#include "transport/tls.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/mem.h"
#include "transport/tls_context.h"

enum {
    RECORD_MAX = 16384,
    RECORD_EXTRA_MAX = 512, /* header, nonce, tag, and another record beside it */
    GATHER = 4096,          /* parts smaller than this share a record */
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_VERSION = 3
};

/* ---- why: sentences ---- */

struct sentence {
    int code;
    const char *text;
};

/* "<whose> certificate ...". */
static const struct sentence certificate_sentences[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, "has expired"},
    {X509_V_ERR_CERT_NOT_YET_VALID, "is not valid yet"},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "is self-signed"},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "is from an unknown issuer, a root that is not trusted"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "is from an unknown issuer"},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "is from an unknown issuer"},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "is from an unknown issuer"},
    {X509_V_ERR_CERT_REVOKED, "was revoked"},
    {X509_V_ERR_UNABLE_TO_GET_CRL, "is from an issuer without a revocation list"},
    {X509_V_ERR_CRL_HAS_EXPIRED, "is from an issuer whose revocation list has expired"},
    {X509_V_ERR_INVALID_PURPOSE, "is not meant for this use"},
    {X509_V_ERR_INVALID_CA, "was signed by somebody who is no authority"},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, "has a wrong signature"},
    {X509_V_ERR_EE_KEY_TOO_SMALL, "has a key that is too small"},
    {X509_V_ERR_CA_KEY_TOO_SMALL, "is from an issuer whose key is too small"},
    {X509_V_ERR_CA_MD_TOO_WEAK, "is signed with a hash that is too weak"},
    {X509_V_ERR_APPLICATION_VERIFICATION, "does not have the pinned key"},
};

/* By the reason of an error of our own OpenSSL. */
static const struct sentence reason_sentences[] = {
    {SSL_R_UNSUPPORTED_PROTOCOL, "no common protocol version: TLS 1.2 or 1.3 is needed"},
    {SSL_R_VERSION_TOO_LOW, "no common protocol version: TLS 1.2 or 1.3 is needed"},
    {SSL_R_WRONG_SSL_VERSION, "no common protocol version: TLS 1.2 or 1.3 is needed"},
    {SSL_R_NO_SHARED_CIPHER, "no common cipher"},
    {SSL_R_NO_SUITABLE_KEY_SHARE, "no common key exchange"},
    {SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, "no common signature algorithm"},
    {SSL_R_NO_APPLICATION_PROTOCOL, "the other side does not offer http/1.1 (ALPN)"},
    {SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, "the client has shown no certificate"},
    {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "bytes were altered on the way"},
    {SSL_R_WRONG_VERSION_NUMBER, "bytes that are not TLS came in the middle of it"},
    {SSL_R_BAD_RECORD_TYPE, "bytes that are not TLS came in the middle of it"},
};

/* Alerts that OpenSSL 3.0 has no words for. */
static const struct sentence alert_names[] = {
    {SSL_AD_INAPPROPRIATE_FALLBACK, "inappropriate fallback"},
    {SSL_AD_MISSING_EXTENSION, "missing extension"},
    {SSL_AD_CERTIFICATE_REQUIRED, "certificate required"},
    {SSL_AD_NO_APPLICATION_PROTOCOL, "no application protocol"},
};

static const char *sentence_of(const struct sentence *rows, size_t count, int code)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].code == code) {
            return rows[i].text;
        }
    }
    return NULL;
}

/* Empties OpenSSL's queue and returns what tells most: TLS itself, else the root of the matter. */
static unsigned long drain(void)
{
    unsigned long code, first = 0, telling = 0;

    while ((code = ERR_get_error()) != 0) {
        first = first ? first : code;
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) {
            telling = code;
        } else if (ERR_GET_LIB(code) == ERR_LIB_SSL && !telling) {
            telling = code;
        }
    }
    return telling ? telling : first;
}

/* ---- connections ---- */

int meeple__tls_init(struct meeple__tls *tls, struct meeple__tls_context *context,
                     struct meeple__pool *pool)
{
    BIO *bio = BIO_new(context->method);
    SSL *ssl = SSL_new(context->ssl);

    *tls = (struct meeple__tls){.pool = pool, .fault.text = ""};
    if (!bio || !ssl || (context->named && SSL_set_tlsext_host_name(ssl, context->host) != 1)) {
        BIO_free(bio);
        SSL_free(ssl);
        ERR_clear_error();
        return MEEPLE_ENOMEM;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    if (context->server) {
        SSL_set_accept_state(ssl);
    } else {
        SSL_set_connect_state(ssl);
    }
    context->refs++;
    tls->context = context;
    tls->ssl = ssl;
    return 0;
}

void meeple__tls_done(struct meeple__tls *tls)
{
    SSL_free(tls->ssl);
    if (tls->pool) {
        meeple__queue_clear(&tls->out, tls->pool);
        meeple__free(tls->pool->mem, tls->text);
    }
    meeple__tls_context_unref(tls->context);
    *tls = (struct meeple__tls){0};
}

void meeple__tls_feed(struct meeple__tls *tls, meeple_bytes bytes)
{
    assert(tls->rx.len == 0);
    if (tls->state == MEEPLE__TLS_HANDSHAKE || tls->state == MEEPLE__TLS_OPEN) {
        tls->rx = bytes;
    }
}

void meeple__tls_eof(struct meeple__tls *tls)
{
    tls->eof = true;
}

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static int
fail(struct meeple__tls *tls, int number, const char *format, ...)
{
    va_list args;

    if (!tls->text) {
        tls->text = meeple__alloc(tls->pool->mem, MEEPLE__TLS_TEXT_SIZE);
    }
    if (tls->text) {
        va_start(args, format);
        vsnprintf(tls->text, MEEPLE__TLS_TEXT_SIZE, format, args);
        va_end(args);
    }
    tls->state = MEEPLE__TLS_FAILED;
    tls->error = MEEPLE_ETLS;
    tls->fault = (meeple_fault){MEEPLE_STAGE_TLS, number, tls->text ? tls->text : "TLS failed"};
    tls->rx = (meeple_bytes){0};
    return tls->error;
}

static int fail_certificate(struct meeple__tls *tls)
{
    int code = (int)SSL_get_verify_result(tls->ssl);
    const char *whose = tls->context->server ? "the client's" : "the server's";
    const char *text =
        sentence_of(certificate_sentences, MEEPLE_COUNT(certificate_sentences), code);

    if (code == X509_V_ERR_HOSTNAME_MISMATCH || code == X509_V_ERR_IP_ADDRESS_MISMATCH) {
        return fail(tls, code, "the server's certificate is not for %.*s", 128, tls->context->host);
    }
    if (!text) {
        return fail(tls, code, "%s certificate is refused: %s", whose,
                    X509_verify_cert_error_string(code));
    }
    return fail(tls, code, "%s%s certificate %s", tls->verify_depth > 0 ? "an issuer of " : "",
                whose, text);
}

static int fail_by_queue(struct meeple__tls *tls)
{
    unsigned long code = drain();
    int reason = ERR_GET_REASON(code);
    const char *text = NULL;

    if (tls->no_memory || reason == ERR_R_MALLOC_FAILURE) {
        fail(tls, 0, "out of memory");
        tls->error = MEEPLE_ENOMEM;
        return tls->error;
    }
    if (tls->out_of_bounds) {
        return fail(tls, 0, "the other side asks for answers and does not read them");
    }
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
            return fail_certificate(tls);
        }
        if (reason >= SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256) {
            reason -= SSL_AD_REASON_OFFSET;
            text = sentence_of(alert_names, MEEPLE_COUNT(alert_names), reason);
            return fail(tls, reason, "the other side refuses: %s (alert %d)",
                        text ? text : SSL_alert_desc_string_long(reason), reason);
        }
        text = sentence_of(reason_sentences, MEEPLE_COUNT(reason_sentences), reason);
    }
    return text ? fail(tls, 0, "%s", text)
                : fail(tls, 0, "TLS failed: %s", meeple__tls_reason(code));
}

/* Whether what has come first can be TLS; it begins with a handshake, or an alert to ours. */
static bool sniff(struct meeple__tls *tls)
{
    for (size_t i = 0; i < tls->rx.len && tls->sniffed < 2; i++, tls->sniffed++) {
        uint8_t byte = tls->rx.ptr[i];

        if (tls->sniffed == 0 ? byte != RECORD_HANDSHAKE && byte != RECORD_ALERT
                              : byte != RECORD_VERSION) {
            return false;
        }
    }
    return true;
}

/* Who speaks HTTP to a server is told in HTTP that "wss://" was meant. */
static int fail_plain(struct meeple__tls *tls)
{
    static const char answer[] = "HTTP/1.1 400 This Server Speaks TLS\r\nConnection: close\r\n"
                                 "Content-Type: text/plain; charset=utf-8\r\n"
                                 "Content-Length: 36\r\n\r\n"
                                 "This server speaks wss:// or https.\n";
    const meeple_bytes bytes = {(const uint8_t *)answer, sizeof answer - 1};
    bool http = tls->sniffed == 0 && *tls->rx.ptr >= 'A' && *tls->rx.ptr <= 'Z';
    struct meeple__block *block = NULL;

    if (tls->context->server && http && !tls->eof) {
        block = meeple__block_new(tls->pool, 0, bytes.len);
    }
    if (block) {
        meeple__block_append(block, bytes);
        meeple__queue_add(&tls->out, tls->pool, block); /* or it is not told: out of memory */
        meeple__block_unref(tls->pool, block);
    }
    return fail(tls, 0, "this is not TLS: the other side sends plain bytes");
}

static int fail_at_eof(struct meeple__tls *tls)
{
    tls->truncated = true;
    return fail(tls, 0,
                tls->state == MEEPLE__TLS_HANDSHAKE
                    ? "the stream ended in the middle of the TLS handshake"
                    : "the stream ended without a word (close_notify): it may be cut off");
}

/* After an SSL_read_ex() that gave nothing. */
static int nothing_read(struct meeple__tls *tls, int result)
{
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        assert(tls->rx.len == 0);
        return tls->eof ? fail_at_eof(tls) : 0;
    case SSL_ERROR_ZERO_RETURN:
        if (tls->state == MEEPLE__TLS_HANDSHAKE) {
            return fail(tls, 0, "the other side closed in the middle of the TLS handshake");
        }
        tls->state = MEEPLE__TLS_ENDED;
        tls->rx = (meeple_bytes){0};
        return MEEPLE_ECLOSED;
    default:
        return fail_by_queue(tls);
    }
}

int meeple__tls_next(struct meeple__tls *tls, uint8_t *dst, size_t cap)
{
    size_t got = 0;
    int result;

    assert(cap > 0 && cap <= INT_MAX);
    if (tls->state == MEEPLE__TLS_FAILED) {
        return tls->error;
    }
    if (tls->state == MEEPLE__TLS_ENDED) {
        return MEEPLE_ECLOSED;
    }
    if (!sniff(tls)) {
        return fail_plain(tls);
    }
    ERR_clear_error();
    result = SSL_read_ex(tls->ssl, dst, cap, &got);
    if (tls->state == MEEPLE__TLS_HANDSHAKE && SSL_is_init_finished(tls->ssl)) {
        tls->state = MEEPLE__TLS_OPEN;
    }
    if (result != 1) {
        result = nothing_read(tls, result);
        ERR_clear_error();
        return result;
    }
    return (int)got;
}

/* What the next record is made of: a part as it is, or small ones side by side in `gathered`. */
static meeple_bytes next_record(const meeple_bytes *parts, size_t count, size_t skip,
                                uint8_t gathered[GATHER])
{
    size_t len = 0;

    if (parts->len - skip >= GATHER) {
        size_t whole = parts->len - skip;

        return (meeple_bytes){parts->ptr + skip, whole < RECORD_MAX ? whole : RECORD_MAX};
    }
    for (size_t i = 0; i < count && len < GATHER; i++, skip = 0) {
        size_t piece = parts[i].len - skip;

        if (piece > GATHER - len) {
            piece = GATHER - len;
        }
        if (piece > 0) {
            memcpy(gathered + len, parts[i].ptr + skip, piece);
            len += piece;
        }
    }
    return (meeple_bytes){gathered, len};
}

int meeple__tls_send(struct meeple__tls *tls, const meeple_bytes *parts, size_t count)
{
    uint8_t gathered[GATHER];
    size_t skip = 0, taken = 0;

    assert(!tls->close_sent);
    if (tls->state == MEEPLE__TLS_FAILED) {
        return tls->error;
    }
    if (tls->state == MEEPLE__TLS_HANDSHAKE) {
        return 0;
    }
    ERR_clear_error();
    while (tls->out.bytes + RECORD_MAX + RECORD_EXTRA_MAX <= MEEPLE__TLS_OUT_MAX) {
        meeple_bytes record;
        size_t written = 0;

        for (; count > 0 && skip >= parts->len; count--, parts++) {
            skip -= parts->len;
        }
        if (count == 0) {
            break;
        }
        record = next_record(parts, count, skip, gathered);
        if (SSL_write_ex(tls->ssl, record.ptr, record.len, &written) != 1) {
            return fail_by_queue(tls);
        }
        assert(written == record.len);
        taken += written;
        skip += written;
    }
    return (int)taken;
}

void meeple__tls_close(struct meeple__tls *tls)
{
    if (tls->close_sent || (tls->state != MEEPLE__TLS_OPEN && tls->state != MEEPLE__TLS_ENDED)) {
        return;
    }
    tls->close_sent = true;
    ERR_clear_error();
    SSL_shutdown(tls->ssl);
    ERR_clear_error();
}
