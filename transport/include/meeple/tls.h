/* meeple/tls.h: certificates and keys: what a server shows, what a client believes. */
#ifndef MEEPLE_TLS_H
#define MEEPLE_TLS_H

#include <meeple/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * TLS 1.2 or 1.3, ALPN "http/1.1".  Sessions are not resumed and nothing is renegotiated.  Files
 * are PEM.  Where a file holds certificate revocation lists beside its authorities, they are
 * heeded.
 *
 * Functions that read files take a text buffer: on failure it gets a sentence for people, cut to
 * why_size; untouched on success.  why may be NULL if why_size is 0.
 */

typedef struct meeple_tls_pair {
    const char *cert_file; /* the certificate, then the chain up to its root */
    const char *key_file;  /* without a passphrase; NULL: it is in cert_file */
} meeple_tls_pair;

/* Strings are copied; mem is borrowed and must outlive the object and the nets that use it. */
typedef struct meeple_tls_server_options {
    const char *cert_file; /* as above; required.  Shown to who asks for a name that none has */
    const char *key_file;
    /* Certificates for other names, chosen by the name the client asks for (SNI); an empty pair
     * ends the list.  One name may have an RSA and an ECDSA certificate.  NULL: none. */
    const meeple_tls_pair *more;
    const char *client_ca_file; /* only clients with a certificate from here; NULL: anybody */
    const meeple_mem *mem;
} meeple_tls_server_options;

/*
 * The certificates of a server, for any number of nets.  Belongs to the thread that uses the nets.
 */
typedef struct meeple_tls_server meeple_tls_server;

/* *out is the caller's to free, NULL on failure.  MEEPLE_EINVAL: no cert_file.  MEEPLE_ETLS: a file
 * cannot be read or used; why says which.  MEEPLE_ENOTSUP: there is no TLS in this build, as in
 * that for a web page.  MEEPLE_ENOMEM. */
MEEPLE_API MEEPLE_MUST_USE int meeple_tls_server_new(meeple_tls_server **out,
                                                     const meeple_tls_server_options *options,
                                                     char *why, size_t why_size);
/* Reads the files again, for connections from now on; those that live keep what they have.  On an
 * error, as above, everything stays as it was. */
MEEPLE_API MEEPLE_MUST_USE int meeple_tls_server_reload(meeple_tls_server *server, char *why,
                                                        size_t why_size);
/* Nets that use it keep it until they are freed.  server may be NULL. */
MEEPLE_API void meeple_tls_server_free(meeple_tls_server *server);

/* How a client of "wss://" looks at its server.  Strings are copied. */
typedef struct meeple_tls_client_options {
    const char *ca_file;       /* authorities to believe; NULL: the system's */
    const char *cert_file;     /* our own certificate, for a server that asks; NULL: none */
    const char *key_file;      /* NULL: it is in cert_file */
    const char *pinned_sha256; /* the server's key must be this one besides: SHA-256 of its
                                  SubjectPublicKeyInfo, 64 hex digits; NULL: any key */
    bool insecure;             /* tests only: believes every certificate; with a pin, every one that
                                  has the pinned key, which is safe */
    const char *server_name;   /* the name or address that the certificate must be for, also sent
                                  as SNI if it is a name; NULL: the URL's host */
} meeple_tls_client_options;

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_TLS_H */
