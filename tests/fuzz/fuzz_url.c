/* fuzz_url: any text as a URL. */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "transport/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = malloc(len + 1);
    struct meeple__url url;
    int rc;

    if (len > 0) {
        memcpy(text, bytes, len);
    }
    text[len] = '\0';
    rc = meeple__url_parse(&url, text);
    MUST(rc == 0 || rc == MEEPLE_EINVAL);
    if (rc == 0) {
        MUST(url.host.len > 0 && url.host.len <= MEEPLE__HOST_MAX && url.port > 0);
        MUST(!memchr(url.host.ptr, '/', url.host.len) && !memchr(url.host.ptr, '@', url.host.len));
        for (size_t i = 0; i < url.target.len; i++) {
            MUST(url.target.ptr[i] > ' ' && url.target.ptr[i] <= '~');
        }
    }
    free(text);
    return 0;
}
