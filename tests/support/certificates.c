/* certificates: authorities, certificates and keys that live as long as a test. */
#include "tests/support/certificates.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static void must(bool good, const char *what)
{
    if (!good) {
        fprintf(stderr, "certificates: %s failed\n", what);
        abort();
    }
}

void certificates_init(struct certificates *them)
{
    snprintf(them->dir, sizeof them->dir, "/tmp/meeple_certificates_XXXXXX");
    must(mkdtemp(them->dir) != NULL, "mkdtemp");
}

void certificates_done(struct certificates *them)
{
    DIR *dir = opendir(them->dir);
    struct dirent *entry;

    must(dir != NULL, "opendir");
    while ((entry = readdir(dir))) {
        char path[sizeof them->dir + sizeof entry->d_name];

        snprintf(path, sizeof path, "%s/%s", them->dir, entry->d_name);
        if (entry->d_name[0] != '.') {
            unlink(path);
        }
    }
    closedir(dir);
    rmdir(them->dir);
}

char *certificates_path(const struct certificates *them, const char *file,
                        char dst[CERTIFICATES_PATH_SIZE])
{
    must(snprintf(dst, CERTIFICATES_PATH_SIZE, "%s/%s", them->dir, file) < CERTIFICATES_PATH_SIZE,
         "a path");
    return dst;
}

static FILE *file_of(const struct certificates *them, const char *name, const char *suffix,
                     const char *mode)
{
    char file[64], path[CERTIFICATES_PATH_SIZE];
    FILE *stream;

    snprintf(file, sizeof file, "%s%s", name, suffix);
    stream = fopen(certificates_path(them, file, path), mode);
    must(stream != NULL, path);
    return stream;
}

static X509 *load_certificate(const struct certificates *them, const char *name)
{
    FILE *stream = file_of(them, name, ".crt", "r");
    X509 *certificate = PEM_read_X509(stream, NULL, NULL, NULL);

    fclose(stream);
    must(certificate != NULL, "PEM_read_X509");
    return certificate;
}

static EVP_PKEY *load_key(const struct certificates *them, const char *name)
{
    FILE *stream = file_of(them, name, ".key", "r");
    EVP_PKEY *key = PEM_read_PrivateKey(stream, NULL, NULL, NULL);

    fclose(stream);
    must(key != NULL, "PEM_read_PrivateKey");
    return key;
}

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    must(extension && X509_add_ext(certificate, extension, -1) == 1, value);
    X509_EXTENSION_free(extension);
}

static void add_extensions(X509 *certificate, X509 *issuer, const struct certificate_wish *wish)
{
    add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer, NID_basic_constraints,
                  wish->authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (wish->authority) {
        add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    if (wish->for_clients) {
        add_extension(certificate, issuer, NID_ext_key_usage, "clientAuth");
    }
    if (wish->alt_names) {
        add_extension(certificate, issuer, NID_subject_alt_name, wish->alt_names);
    }
}

/* Different for each name. */
static long serial_of(const char *name)
{
    unsigned long hash = 5381;

    for (; *name; name++) {
        hash = hash * 33 + (unsigned char)*name;
    }
    return (long)(hash & 0x7fffffff) + 1;
}

void certificates_make(const struct certificates *them, const struct certificate_wish *wish)
{
    bool usual = wish->from_s == 0 && wish->to_s == 0;
    EVP_PKEY *key = wish->rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
    EVP_PKEY *issuer_key = wish->issuer ? load_key(them, wish->issuer) : key;
    X509 *certificate = X509_new();
    X509 *issuer = wish->issuer ? load_certificate(them, wish->issuer) : certificate;
    X509_NAME *name = X509_get_subject_name(certificate);
    FILE *stream;

    must(key && certificate, "a new key");
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial_of(wish->name));
    X509_gmtime_adj(X509_getm_notBefore(certificate), usual ? -3600 : wish->from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), usual ? 86400 : wish->to_s);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)wish->name, -1, -1,
                               0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    X509_set_pubkey(certificate, key);
    add_extensions(certificate, issuer, wish);
    must(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "X509_sign");

    stream = file_of(them, wish->name, ".crt", "w");
    must(PEM_write_X509(stream, certificate) == 1 && fclose(stream) == 0, "PEM_write_X509");
    stream = file_of(them, wish->name, ".key", "w");
    must(PEM_write_PrivateKey(stream, key, NULL, NULL, 0, NULL, NULL) == 1 && fclose(stream) == 0,
         "PEM_write_PrivateKey");
    if (wish->issuer) {
        X509_free(issuer);
        EVP_PKEY_free(issuer_key);
    }
    X509_free(certificate);
    EVP_PKEY_free(key);
}

void certificates_join(const struct certificates *them, const char *to, const char *const *from)
{
    FILE *out = file_of(them, to, "", "w");

    for (; *from; from++) {
        FILE *in = file_of(them, *from, "", "r");
        int byte;

        while ((byte = getc(in)) != EOF) {
            putc(byte, out);
        }
        fclose(in);
    }
    must(fclose(out) == 0, "fclose");
}

void certificates_revoke(const struct certificates *them, const char *authority, const char *name,
                         const char *file)
{
    X509 *issuer = load_certificate(them, authority), *bad = load_certificate(them, name);
    EVP_PKEY *key = load_key(them, authority);
    X509_CRL *list = X509_CRL_new();
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -3600), *to = X509_gmtime_adj(NULL, 86400);
    FILE *stream = file_of(them, file, "", "w");

    must(list && entry && from && to, "a new revocation list");
    X509_CRL_set_version(list, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer));
    X509_CRL_set1_lastUpdate(list, from);
    X509_CRL_set1_nextUpdate(list, to);
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(bad));
    X509_REVOKED_set_revocationDate(entry, from);
    must(X509_CRL_add0_revoked(list, entry) == 1 && X509_CRL_sign(list, key, EVP_sha256()) > 0,
         "X509_CRL_sign");
    must(PEM_write_X509(stream, issuer) == 1 && PEM_write_X509_CRL(stream, list) == 1 &&
             fclose(stream) == 0,
         "PEM_write_X509_CRL");
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    X509_CRL_free(list);
    EVP_PKEY_free(key);
    X509_free(issuer);
    X509_free(bad);
}

void certificates_pin(const struct certificates *them, const char *name,
                      char pin[CERTIFICATES_PIN_SIZE])
{
    X509 *certificate = load_certificate(them, name);
    unsigned char digest[EVP_MAX_MD_SIZE], *key = NULL;
    int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);

    must(len > 0 && EVP_Digest(key, (size_t)len, digest, NULL, EVP_sha256(), NULL) == 1,
         "EVP_Digest");
    for (size_t i = 0; i < 32; i++) {
        snprintf(pin + 2 * i, 3, "%02x", digest[i]);
    }
    OPENSSL_free(key);
    X509_free(certificate);
}
