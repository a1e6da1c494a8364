/* meeple/base.h: what every layer shares: errors, bytes, memory, log. */
#ifndef MEEPLE_BASE_H
#define MEEPLE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) && defined(MEEPLE_SHARED)
#ifdef MEEPLE_BUILDING
#define MEEPLE_API __declspec(dllexport)
#else
#define MEEPLE_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define MEEPLE_API __attribute__((visibility("default")))
#else
#define MEEPLE_API
#endif

#if defined(__GNUC__)
#define MEEPLE_MUST_USE __attribute__((warn_unused_result))
#else
#define MEEPLE_MUST_USE
#endif

/* Every fallible function returns an int: 0 or a count on success, one of these below zero. */
#define MEEPLE_ERR_MAP(X)                                                                          \
    X(ENOMEM, -1, "out of memory")                                                                 \
    X(EINVAL, -2, "invalid argument")                                                              \
    X(ESTATE, -3, "not possible in this state")                                                    \
    X(EPROTO, -4, "the peer broke the protocol")                                                   \
    X(ETOOBIG, -5, "over a configured limit")                                                      \
    X(EFULL, -6, "outgoing queue is full")                                                         \
    X(ENOTFOUND, -7, "no such peer, object or method")                                             \
    X(EDENIED, -8, "refused by policy")                                                            \
    X(ETLS, -9, "TLS failure")                                                                     \
    X(ETIMEDOUT, -10, "timed out")                                                                 \
    X(ECLOSED, -11, "closed")                                                                      \
    X(EIO, -12, "operating system error")                                                          \
    X(EINUSE, -13, "address already in use")                                                       \
    X(EACCESS, -14, "not permitted by the operating system")                                       \
    X(ENOTSUP, -15, "not supported on this platform")

typedef enum meeple_err {
    MEEPLE_OK = 0,
#define X(name, code, text) MEEPLE_##name = code,
    MEEPLE_ERR_MAP(X)
#undef X
} meeple_err;

/* The text of an error code, "unknown error" for a number that is none.  Never NULL; static
 * storage. */
MEEPLE_API const char *meeple_strerror(int err);

/* The version of the library that runs, "MAJOR.MINOR.PATCH".  Static storage. */
MEEPLE_API const char *meeple_version(void);

/* A borrowed run of bytes.  Who owns it, and for how long, is said where it is handed over. */
typedef struct meeple_bytes {
    const uint8_t *ptr;
    size_t len;
} meeple_bytes;

/*
 * The allocator is one function: ptr NULL allocates, size 0 frees (and returns NULL), NULL for a
 * size above 0 means out of memory and leaves ptr as it was.  It may not call back into the
 * library. Wherever options take a `const meeple_mem *`, NULL means realloc() and free(); the
 * struct is borrowed and must outlive what was made with it.
 */
typedef struct meeple_mem {
    void *(*resize)(void *ctx, void *ptr, size_t size);
    void *ctx;
} meeple_mem;

typedef enum meeple_log_level {
    MEEPLE_LOG_ERROR,
    MEEPLE_LOG_WARN,
    MEEPLE_LOG_INFO,
    MEEPLE_LOG_DEBUG
} meeple_log_level;

/*
 * Where the library's sentences go; it never prints.  `write` gets lines of at most `level`,
 * without a line end; area ("net", "rpc", ...) and text are borrowed for the call.  It may not call
 * back into the library.  NULL in options means silence; the struct is borrowed like meeple_mem.
 */
typedef struct meeple_log {
    void (*write)(void *ctx, meeple_log_level level, const char *area, const char *text);
    void *ctx;
    meeple_log_level level;
} meeple_log;

#define MEEPLE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_BASE_H */
