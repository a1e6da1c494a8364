/* base: texts of the error codes, and the version. */
#include <meeple/base.h>

const char *meeple_strerror(int err)
{
    switch (err) {
    case MEEPLE_OK:
        return "no error";
#define X(name, code, text)                                                                        \
    case MEEPLE_##name:                                                                            \
        return text;
        MEEPLE_ERR_MAP(X)
#undef X
    default:
        return "unknown error";
    }
}

const char *meeple_version(void)
{
    return MEEPLE_VERSION;
}
