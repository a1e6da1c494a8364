/* certificates: none, for there is no OpenSSL here; a test that wants one is left out. */
#include "tests/support/certificates.h"

#include <criterion/criterion.h>

void certificates_init(struct certificates *them)
{
    (void)them;
    cr_skip("there is no TLS in wasm but the browser's");
}

void certificates_done(struct certificates *them)
{
    (void)them;
}

void certificates_make(const struct certificates *them, const struct certificate_wish *wish)
{
    (void)them;
    (void)wish;
}

char *certificates_path(const struct certificates *them, const char *file,
                        char dst[CERTIFICATES_PATH_SIZE])
{
    (void)them;
    (void)file;
    dst[0] = '\0';
    return dst;
}
