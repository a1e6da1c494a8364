/*
 * fuzz_variant: any bytes as Variants of Godot 3; what is read is within its bounds, and written
 * and read once more it is the same.  bytes[0] chooses: 0: one value; else the arguments of a call,
 * bytes[0] / 4 of them; bit 1: with bounds.
 */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"
#include "rpc/codec_godot3.h"
#include "tests/rpc/every.h"

#define EVERY(ARG)                                                                                 \
    EVERY_SIMPLE(ARG)                                                                              \
    ARG(meeple_value, anything)                                                                    \
    ARG(const char *, more)                                                                        \
    ARG(meeple_value, rest)                                                                        \
    ARG(meeple_transform, place)                                                                   \
    ARG(meeple_ints, ints)                                                                         \
    ARG(meeple_strings, strings)                                                                   \
    ARG(meeple_vec3s, points)                                                                      \
    ARG(meeple_strings, last, .flags = MEEPLE_OPTIONAL)
MEEPLE_RPC(every, EVERY)

#define BOUNDED(ARG)                                                                               \
    ARG(const char *, name, .min = 1, .max = 8)                                                    \
    ARG(int32_t, eyes, .min = 1, .max = 6)                                                         \
    ARG(double, speed, .min = -1.5, .max = 1.5)                                                    \
    ARG(meeple_bytes, blob, .max = 4)                                                              \
    ARG(meeple_value, anything, .max = 20)
MEEPLE_RPC(bounded, BOUNDED)

/* In memory of exact size, until done(). */
struct reading {
    uint8_t *bytes;
    void *room;
    struct meeple__reader reader;
    struct meeple__sentence why;
};

static void begin(struct reading *reading, meeple_bytes bytes)
{
    reading->bytes = malloc(bytes.len ? bytes.len : 1);
    reading->room = malloc(meeple__variant_room(bytes.len) + 1);
    MUST(reading->bytes && reading->room);
    if (bytes.len > 0) {
        memcpy(reading->bytes, bytes.ptr, bytes.len);
    }
    reading->reader = meeple__reader_of((meeple_bytes){reading->bytes, bytes.len});
    meeple__sentence_init(&reading->why);
}

static void done(struct reading *reading)
{
    free(reading->bytes);
    free(reading->room);
}

static int checked(const struct reading *reading, int rc)
{
    MUST(rc == 0 ? reading->why.len == 0 : rc == MEEPLE_EPROTO && reading->why.len > 0);
    MUST(meeple__utf8_valid((meeple_bytes){(const uint8_t *)reading->why.text, reading->why.len}));
    return rc;
}

static int read_value(struct reading *reading, meeple_bytes bytes, meeple_value *value)
{
    begin(reading, bytes);
    return checked(reading,
                   meeple__variant_read(&reading->reader, value, reading->room, &reading->why));
}

/* What was made for it may be kept, so it is a value. */
static void keep(meeple_value value, size_t len)
{
    size_t size = meeple_value_size(value);
    uint8_t *memory = malloc(size);
    meeple_value kept, again;

    MUST(memory && size <= len);
    MUST(meeple_value_copy(&kept, value, memory, size) == (int)size);
    MUST(meeple_value_read(&again, (meeple_bytes){memory, size}) == 0);
    MUST(meeple_value_equal(again, value));
    free(memory);
}

static void try_value(meeple_bytes bytes)
{
    struct meeple__buf first = {0}, second = {0};
    struct meeple__sink sink = {.buf = &first, .ceiling = SIZE_MAX};
    struct meeple__sink sink_again = {.buf = &second, .ceiling = SIZE_MAX};
    struct reading reading, again;
    meeple_value value, value_again;

    if (read_value(&reading, bytes, &value) == 0) {
        keep(value, bytes.len);
        MUST(meeple__variant_write(&sink, &value, &reading.why) == 0);
        MUST(first.len % 4 == 0);
        MUST(read_value(&again, (meeple_bytes){first.ptr, first.len}, &value_again) == 0);
        MUST(meeple__reader_at_end(&again.reader) && meeple_value_equal(value, value_again));
        MUST(meeple__variant_write(&sink_again, &value_again, &reading.why) == 0);
        MUST(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0);
        done(&again);
    }
    done(&reading);
    meeple__buf_done(&first, NULL);
    meeple__buf_done(&second, NULL);
}

static int read_arguments(struct reading *reading, const meeple_rpc_type *type, unsigned count,
                          meeple_bytes bytes, void *arg)
{
    begin(reading, bytes);
    return checked(reading, meeple__variant_read_arguments(type, &reading->reader, count, arg,
                                                           reading->room, &reading->why));
}

static void write_arguments(const meeple_rpc_type *type, const void *arg, struct meeple__buf *buf)
{
    struct meeple__sink sink = {.buf = buf, .ceiling = SIZE_MAX};
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    MUST(meeple__variant_write_arguments(&sink, type, arg, &why) == 0);
}

static void check_bounds(const struct bounded *bounded)
{
    size_t len = strlen(bounded->name);

    MUST(len >= 1 && len <= 8 && bounded->eyes >= 1 && bounded->eyes <= 6);
    MUST(bounded->speed >= -1.5 && bounded->speed <= 1.5 && bounded->blob.len <= 4);
    MUST(meeple_value_size(bounded->anything) <= 20);
}

static void try_arguments(const meeple_rpc_type *type, unsigned count, meeple_bytes bytes)
{
    struct meeple__buf first = {0}, second = {0};
    void *arg = malloc(type->size), *arg_again = malloc(type->size);
    struct reading reading, again;

    MUST(arg && arg_again);
    if (read_arguments(&reading, type, count, bytes, arg) == 0) {
        if (type == bounded_rpc()) {
            check_bounds(arg);
        }
        write_arguments(type, arg, &first);
        MUST(read_arguments(&again, type, type->field_count, (meeple_bytes){first.ptr, first.len},
                            arg_again) == 0);
        MUST(meeple__reader_at_end(&again.reader));
        write_arguments(type, arg_again, &second);
        MUST(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0);
        done(&again);
    }
    done(&reading);
    free(arg);
    free(arg_again);
    meeple__buf_done(&first, NULL);
    meeple__buf_done(&second, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    if (len == 0) {
        return 0;
    }
    if (bytes[0] == 0) {
        try_value((meeple_bytes){bytes + 1, len - 1});
    } else {
        try_arguments(bytes[0] & 2 ? bounded_rpc() : every_rpc(), bytes[0] >> 2,
                      (meeple_bytes){bytes + 1, len - 1});
    }
    return 0;
}
