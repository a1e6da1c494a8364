/* tls_context: what connections of one kind begin with: certificates, keys, whom to believe. */
#ifndef MEEPLE_TRANSPORT_TLS_CONTEXT_H
#define MEEPLE_TRANSPORT_TLS_CONTEXT_H

#include "transport/tls.h"

struct bio_method_st;
struct ssl_ctx_st;
struct meeple__tls_certificate;

enum {
    MEEPLE__TLS_HOST_SIZE = 256,
    MEEPLE__TLS_PIN_SIZE = 32
};

struct meeple__tls_context {
    const meeple_mem *mem;
    struct ssl_ctx_st *ssl;
    struct bio_method_st *method; /* between OpenSSL and the rx and out of a struct meeple__tls */
    /* Server: the first is for who asks for none. */
    struct meeple__tls_certificate *certificates;
    size_t certificate_count;
    uint32_t refs;
    bool server, insecure, pinned;
    bool named; /* client: host is a name, not an address */
    uint8_t pin[MEEPLE__TLS_PIN_SIZE];
    char host[MEEPLE__TLS_HOST_SIZE]; /* client: whom the certificate must be for */
};

/* An error of OpenSSL in words; never NULL. */
const char *meeple__tls_reason(unsigned long code);

#endif /* MEEPLE_TRANSPORT_TLS_CONTEXT_H */
