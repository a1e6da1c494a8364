/*
 * fuzz_arguments: any bytes as the arguments of a call; what is read is within its bounds, and
 * written and read once more it is the same.  bytes[0] chooses: bit 0: with bounds.
 */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "rpc/codec_msgpack.h"
#include "tests/rpc/every.h"

#define EVERY(ARG)                                                                                 \
    EVERY_SIMPLE(ARG)                                                                              \
    EVERY_SHAPE(ARG)                                                                               \
    EVERY_SPAN(ARG)                                                                                \
    ARG(meeple_value, anything)
MEEPLE_RPC(every, EVERY)

#define BOUNDED(ARG)                                                                               \
    ARG(const char *, name, .min = 1, .max = 8)                                                    \
    ARG(int32_t, eyes, .min = 1, .max = 6)                                                         \
    ARG(double, speed, .min = -1.5, .max = 1.5)                                                    \
    ARG(meeple_bytes, blob, .max = 4)                                                              \
    ARG(meeple_strings, words, .max = 3)                                                           \
    ARG(meeple_value, anything, .max = 20)
MEEPLE_RPC(bounded, BOUNDED)

/* From memory of exact size; *rest is what was read from, and is to be freed after arg. */
static int read_copy(const meeple_rpc_type *type, meeple_bytes bytes, void *arg, void *rest[2])
{
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    char *strings = malloc(meeple__msgpack_room(type, bytes.len));
    struct meeple__sentence why;
    int rc;

    if (bytes.len > 0) {
        memcpy(copy, bytes.ptr, bytes.len);
    }
    rest[0] = copy;
    rest[1] = strings;
    meeple__sentence_init(&why);
    rc = meeple__msgpack_read(type, (meeple_bytes){copy, bytes.len}, arg, strings, &why);
    MUST(rc == 0 ? why.len == 0 : rc == MEEPLE_EPROTO && why.len > 0);
    MUST(meeple__utf8_valid((meeple_bytes){(const uint8_t *)why.text, why.len}));
    return rc;
}

static void write_arguments(const meeple_rpc_type *type, const void *arg, struct meeple__buf *buf)
{
    struct meeple__sink sink = {.buf = buf, .ceiling = SIZE_MAX};
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    MUST(meeple__msgpack_write(&sink, type, arg, &why) == 0);
}

static void check_bounds(const struct bounded *bounded)
{
    size_t len = strlen(bounded->name);

    MUST(len >= 1 && len <= 8 && bounded->eyes >= 1 && bounded->eyes <= 6);
    MUST(bounded->speed >= -1.5 && bounded->speed <= 1.5 && bounded->blob.len <= 4);
    MUST(bounded->words.len <= 3 && meeple_value_size(bounded->anything) <= 20);
    for (size_t i = 0; i < bounded->words.len; i++) {
        const char *word = bounded->words.ptr[i];

        MUST(meeple__utf8_valid((meeple_bytes){(const uint8_t *)word, strlen(word)}));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const meeple_rpc_type *type;
    struct meeple__buf first = {0}, second = {0};
    void *rest[2], *rest_again[2], *arg, *arg_again;

    if (len == 0) {
        return 0;
    }
    type = bytes[0] & 1 ? bounded_rpc() : every_rpc();
    arg = malloc(type->size);
    arg_again = malloc(type->size);
    if (read_copy(type, (meeple_bytes){bytes + 1, len - 1}, arg, rest) == 0) {
        if (bytes[0] & 1) {
            check_bounds(arg);
        }
        write_arguments(type, arg, &first);
        MUST(read_copy(type, (meeple_bytes){first.ptr, first.len}, arg_again, rest_again) == 0);
        write_arguments(type, arg_again, &second);
        MUST(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0);
        free(rest_again[0]);
        free(rest_again[1]);
    }
    free(rest[0]);
    free(rest[1]);
    free(arg);
    free(arg_again);
    meeple__buf_done(&first, NULL);
    meeple__buf_done(&second, NULL);
    return 0;
}
