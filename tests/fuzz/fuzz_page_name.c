/* fuzz_page_name: any bytes as the path of a request for a file. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "core/utf8.h"
#include "transport/page_name.h"
#include "transport/page_type.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char name[MEEPLE__PAGE_NAME_SIZE];
    int rc = meeple__page_name(name, (meeple_bytes){bytes, len});

    MUST(rc == 0 || rc == MEEPLE_EPROTO || rc == MEEPLE_ENOTFOUND);
    if (rc == 0) {
        size_t size = strlen(name);

        MUST(size > 0 && size <= MEEPLE__PAGE_NAME_MAX);
        MUST(name[0] != '/' && name[0] != '.' && name[size - 1] != '/');
        MUST(!strstr(name, "/.") && !strstr(name, "//") && !strchr(name, '\\'));
        MUST(meeple__utf8_valid((meeple_bytes){(const uint8_t *)name, size}));
        for (size_t i = 0; i < size; i++) {
            MUST((uint8_t)name[i] >= ' ' && name[i] != 0x7f);
        }
        MUST(strchr(meeple__page_type(name), '/'));
    }
    return 0;
}
