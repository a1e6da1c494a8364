/* certificates: authorities, certificates and keys that live as long as a test. */
#ifndef TESTS_SUPPORT_CERTIFICATES_H
#define TESTS_SUPPORT_CERTIFICATES_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CERTIFICATES_PATH_SIZE = 128,
    CERTIFICATES_PIN_SIZE = 65
};

/* A folder of its own; name.crt and name.key in it. */
struct certificates {
    char dir[64];
};

struct certificate_wish {
    const char *name;      /* of its files; also the subject's common name */
    const char *issuer;    /* the name of one made before; NULL: it signs itself */
    const char *alt_names; /* "DNS:localhost,IP:127.0.0.1"; NULL: none */
    bool authority;        /* may sign others */
    bool rsa;              /* else ECDSA over P-256 */
    bool for_clients;      /* extended key usage: clients only */
    long from_s, to_s;     /* validity, from now; both 0: an hour ago to a day from now */
};

/* Everything here ends the program when it fails. */
void certificates_init(struct certificates *them);
/* Removes the files. */
void certificates_done(struct certificates *them);

void certificates_make(const struct certificates *them, const struct certificate_wish *wish);
/* "<dir>/<file>" in dst, which is returned. */
char *certificates_path(const struct certificates *them, const char *file,
                        char dst[CERTIFICATES_PATH_SIZE]);
/* Makes the file `to` of what is in the files of the NULL-terminated list. */
void certificates_join(const struct certificates *them, const char *to, const char *const *from);
/* Makes file: the authority's certificate and its list of revoked ones, in which name is. */
void certificates_revoke(const struct certificates *them, const char *authority, const char *name,
                         const char *file);
/* The SHA-256 of its SubjectPublicKeyInfo in hex. */
void certificates_pin(const struct certificates *them, const char *name,
                      char pin[CERTIFICATES_PIN_SIZE]);

#endif /* TESTS_SUPPORT_CERTIFICATES_H */
