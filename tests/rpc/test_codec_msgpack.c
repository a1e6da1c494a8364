/* test_codec_msgpack: arguments to bytes and back, and everything that bytes can do wrong. */
#include "rpc/codec_msgpack.h"

#include <criterion/criterion.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/bytes.h"
#include "tests/rpc/every.h"

#define EVERY(ARG)                                                                                 \
    EVERY_SIMPLE(ARG)                                                                              \
    EVERY_SHAPE(ARG)                                                                               \
    EVERY_SPAN(ARG)                                                                                \
    ARG(meeple_value, anything)
MEEPLE_RPC(every, EVERY)

#define ROLLED(ARG) ARG(const char *, name, .max = 8) ARG(int32_t, eyes, .min = 1, .max = 6)
MEEPLE_RPC(rolled, ROLLED)

#define NOTHING(ARG)
MEEPLE_RPC(nothing, NOTHING)

#define SINGLE(method, type)                                                                       \
    struct method {                                                                                \
        type value;                                                                                \
    };                                                                                             \
    static const meeple_field method##_fields[] = {MEEPLE_FIELD(struct method, value)};            \
    static const meeple_rpc_type method##_type = {#method, method##_fields, 1,                     \
                                                  sizeof(struct method)}
SINGLE(one_bool, bool);
SINGLE(one_i8, int8_t);
SINGLE(one_i16, int16_t);
SINGLE(one_i32, int32_t);
SINGLE(one_i64, int64_t);
SINGLE(one_u8, uint8_t);
SINGLE(one_u16, uint16_t);
SINGLE(one_u32, uint32_t);
SINGLE(one_u64, uint64_t);
SINGLE(one_f32, float);
SINGLE(one_f64, double);
SINGLE(one_text, const char *);
SINGLE(one_blob, meeple_bytes);
SINGLE(one_flat, meeple_vec2);
SINGLE(one_deep, meeple_vec3);
SINGLE(one_paint, meeple_color);
SINGLE(one_any, meeple_value);
SINGLE(one_turn, meeple_transform);
SINGLE(some_ints, meeple_ints);
SINGLE(some_strings, meeple_strings);
SINGLE(some_vec3s, meeple_vec3s);

/* What a test has: the struct as it was read, in memory that is exactly as large as it has to be.
 */
struct reading {
    void *arg;
    char *strings;
    struct meeple__sentence why;
    int rc;
};

static struct reading read_of(const meeple_rpc_type *type, meeple_bytes bytes)
{
    struct reading reading;
    uint8_t *exact = malloc(bytes.len ? bytes.len : 1);

    reading.arg = malloc(type->size);
    reading.strings = malloc(meeple__msgpack_room(type, bytes.len));
    if (bytes.len) {
        memcpy(exact, bytes.ptr, bytes.len);
    }
    meeple__sentence_init(&reading.why);
    reading.rc = meeple__msgpack_read(type, (meeple_bytes){exact, bytes.len}, reading.arg,
                                      reading.strings, &reading.why);
    cr_assert_eq(reading.rc<0, reading.why.len> 0, "a sentence if and only if it is refused");
    free(exact);
    return reading;
}

static void done(struct reading *reading)
{
    free(reading->arg);
    free(reading->strings);
}

static int written(struct meeple__buf *buf, const meeple_rpc_type *type, const void *arg,
                   struct meeple__sentence *why)
{
    struct meeple__sink sink = {.buf = buf, .ceiling = 65536};

    meeple__sentence_init(why);
    return meeple__msgpack_write(&sink, type, arg, why);
}

static const int32_t few_ints[] = {INT32_MIN, 7};
static const float few_reals[] = {0.5f};
static const char *const few_strings[] = {"Zo\xc3\xab", "", NULL};
static const meeple_vec2 few_vec2s[] = {{1, 2}, {3, 4}};
static const meeple_vec3 few_vec3s[] = {{1, 2, 3}};
static const meeple_color few_colors[] = {{1, 0, 0, 1}};

static const struct every sample = {
    .yes = true,
    .i8 = INT8_MIN,
    .i16 = INT16_MIN,
    .i32 = INT32_MIN,
    .i64 = INT64_MIN,
    .u8 = UINT8_MAX,
    .u16 = UINT16_MAX,
    .u32 = UINT32_MAX,
    .u64 = UINT64_MAX,
    .f32 = 1.5f,
    .f64 = -0.1,
    .text = "Zo\xc3\xab",
    .blob = {(const uint8_t *)"\0\1\2", 3},
    .flat = {1, -2},
    .deep = {3, 4, -5.25f},
    .paint = {1, 0.5f, 0, 0.25f},
    .frame = {1, 2, 3, 4},
    .turn2 = {{1, 2}, {3, 4}, {5, 6}},
    .plane = {{1, 2, 3}, 4},
    .quat = {1, 2, 3, 4},
    .box = {{1, 2, 3}, {4, 5, 6}},
    .basis = {{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}},
    .turn3 = {{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}, {10, 11, 12}},
    .ints = {few_ints, 2},
    .reals = {few_reals, 1},
    .strings = {few_strings, 3},
    .vec2s = {few_vec2s, 2},
    .vec3s = {few_vec3s, 1},
    .colors = {few_colors, 1},
    .anything = {.kind = MEEPLE_VALUE_MAP,
                 .count = 2,
                 .bytes = {(const uint8_t *)"\xa2hp\x0c\x92\xc0\xa1z\x80", 9}},
};

/* The bytes of the sample; the caller frees them. */
static struct meeple__buf sample_bytes(void)
{
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_assert_eq(written(&buf, every_rpc(), &sample, &why), 0, "%s", why.text);
    return buf;
}

Test(codec_msgpack, brings_back_every_type)
{
    struct meeple__buf buf = sample_bytes();
    struct every arg;
    char strings[2000];
    struct meeple__sentence why;

    cr_assert_geq(sizeof strings, meeple__msgpack_room(every_rpc(), buf.len));

    meeple__sentence_init(&why);
    cr_assert_eq(
        meeple__msgpack_read(every_rpc(), (meeple_bytes){buf.ptr, buf.len}, &arg, strings, &why), 0,
        "%s", why.text);
    cr_expect(arg.yes);
    cr_expect_eq(arg.i8, INT8_MIN);
    cr_expect_eq(arg.i16, INT16_MIN);
    cr_expect_eq(arg.i32, INT32_MIN);
    cr_expect_eq(arg.i64, INT64_MIN);
    cr_expect_eq(arg.u8, UINT8_MAX);
    cr_expect_eq(arg.u16, UINT16_MAX);
    cr_expect_eq(arg.u32, UINT32_MAX);
    cr_expect_eq(arg.u64, UINT64_MAX);
    cr_expect_eq(arg.f32, 1.5f);
    cr_expect_eq(arg.f64, -0.1);
    cr_expect_str_eq(arg.text, "Zo\xc3\xab");
    cr_expect_eq(arg.blob.len, 3);
    cr_expect_arr_eq(arg.blob.ptr, sample.blob.ptr, 3);
    cr_expect(arg.blob.ptr >= buf.ptr && arg.blob.ptr < buf.ptr + buf.len, "bytes are borrowed");
    cr_expect_eq(arg.flat.x, 1);
    cr_expect_eq(arg.flat.y, -2);
    cr_expect_eq(arg.deep.z, -5.25f);
    cr_expect_eq(arg.paint.a, 0.25f);
    cr_expect_eq(arg.frame.height, 4);
    cr_expect_arr_eq(&arg.turn2, &sample.turn2, sizeof arg.turn2);
    cr_expect_eq(arg.plane.d, 4);
    cr_expect_arr_eq(&arg.quat, &sample.quat, sizeof arg.quat);
    cr_expect_arr_eq(&arg.box, &sample.box, sizeof arg.box);
    cr_expect_arr_eq(&arg.basis, &sample.basis, sizeof arg.basis);
    cr_expect_arr_eq(&arg.turn3, &sample.turn3, sizeof arg.turn3);
    cr_assert_eq(arg.ints.len, 2);
    cr_expect_arr_eq(arg.ints.ptr, few_ints, sizeof few_ints);
    cr_assert_eq(arg.reals.len, 1);
    cr_expect_eq(arg.reals.ptr[0], 0.5f);
    cr_assert_eq(arg.strings.len, 3);
    cr_expect_str_eq(arg.strings.ptr[0], "Zo\xc3\xab");
    cr_expect_str_eq(arg.strings.ptr[1], "");
    cr_expect_str_eq(arg.strings.ptr[2], "", "NULL is sent as an empty one");
    cr_assert_eq(arg.vec2s.len, 2);
    cr_expect_arr_eq(arg.vec2s.ptr, few_vec2s, sizeof few_vec2s);
    cr_assert_eq(arg.vec3s.len, 1);
    cr_expect_eq(arg.vec3s.ptr[0].z, 3);
    cr_assert_eq(arg.colors.len, 1);
    cr_expect_eq(arg.colors.ptr[0].a, 1);
    cr_expect_eq(arg.anything.kind, MEEPLE_VALUE_MAP);
    cr_expect(meeple_value_equal(arg.anything, sample.anything));
    cr_expect(arg.anything.bytes.ptr > buf.ptr && arg.anything.bytes.ptr < buf.ptr + buf.len,
              "a value is borrowed");
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, writes_the_bytes_the_wire_document_says)
{
    struct rolled arg = {.name = "bob", .eyes = 6};
    struct one_flat flat = {{1, -2}};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_assert_eq(written(&buf, rolled_rpc(), &arg, &why), 0);
    expect_bytes(buf, "92 a3 62 6f 62 06");
    meeple__buf_clear(&buf);
    cr_assert_eq(written(&buf, &one_flat_type, &flat, &why), 0);
    expect_bytes(buf, "91 d7 01 3f 80 00 00 c0 00 00 00");
    meeple__buf_clear(&buf);
    cr_assert_eq(written(&buf, nothing_rpc(), &(struct nothing){0}, &why), 0);
    expect_bytes(buf, "90");
    meeple__buf_done(&buf, NULL);
}

/* A type and bytes; the sentence, or NULL where they are fine. */
struct verdict {
    const meeple_rpc_type *type;
    const char *hex, *why;
};

static void expect_verdicts(const struct verdict *verdicts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[64];
        size_t len = from_hex(bytes, verdicts[i].hex);
        struct reading reading = read_of(verdicts[i].type, (meeple_bytes){bytes, len});

        if (verdicts[i].why) {
            cr_expect_eq(reading.rc, MEEPLE_EPROTO, "%s", verdicts[i].hex);
            cr_expect_str_eq(reading.why.text, verdicts[i].why);
        } else {
            cr_expect_eq(reading.rc, 0, "%s: %s", verdicts[i].hex, reading.why.text);
        }
        done(&reading);
    }
}

Test(codec_msgpack, takes_packed_arrays_of_the_right_kind_only)
{
    static const struct verdict verdicts[] = {
        {&some_ints_type, "91 c7 00 10", NULL},
        {&some_ints_type, "91 d6 10 01 00 00 00", NULL},
        {&some_ints_type, "91 d6 11 01 00 00 00", "argument 1 'value' is reals, ints expected"},
        {&some_ints_type, "91 91 01", "argument 1 'value' is an array, ints expected"},
        {&some_ints_type, "91 c0", "argument 1 'value' is nil, ints expected"},
        {&some_ints_type, "91 d5 10 01 00",
         "argument 1 'value' is of an unknown type, ints expected"},
        {&some_ints_type, "91 c9 ff ff ff ff 10 01 00 00 00", "the arguments end too early"},
        {&some_strings_type, "91 d6 12 00 00 00 00", NULL},
        {&some_strings_type, "91 c7 05 12 01 00 00 00 61", NULL},
        {&some_strings_type, "91 c7 05 12 01 00 00 00 ff",
         "argument 1 'value' has a string that is not UTF-8"},
        {&some_strings_type, "91 c7 05 12 01 00 00 00 00",
         "argument 1 'value' has a string with a NUL inside"},
        {&some_strings_type, "91 c7 05 12 02 00 00 00 61",
         "argument 1 'value' is of an unknown type, strings expected"},
        {&some_vec3s_type, "91 c7 0c 14 00 00 00 00 00 00 00 00 00 00 00 00", NULL},
        {&some_vec3s_type, "91 d7 13 00 00 00 00 00 00 00 00",
         "argument 1 'value' is vec2s, vec3s expected"},
        {&one_turn_type, "91 d7 01 00 00 00 00 00 00 00 00",
         "argument 1 'value' is a vec2, transform expected"},
        {&one_i32_type, "91 d6 10 01 00 00 00", "argument 1 'value' is ints, int32 expected"},
        {&one_text_type, "91 d4 0b 61", "argument 1 'value' is a node path, string expected"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, bounds_the_number_of_elements)
{
    static const meeple_field field = {
        .name = "value", .type = MEEPLE_TYPE_INTS, .min = 1, .max = 2};
    static const meeple_rpc_type bounded = {"bounded", &field, 1, sizeof(meeple_ints)};
    static const int32_t three[] = {1, 2, 3};
    static const struct verdict verdicts[] = {
        {&bounded, "91 c7 00 10", "argument 1 'value' has 0 elements, allowed 1..2"},
        {&bounded, "91 d6 10 01 00 00 00", NULL},
        {&bounded, "91 c7 0c 10 01 00 00 00 01 00 00 00 01 00 00 00",
         "argument 1 'value' has 3 elements, allowed 1..2"},
    };
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
    cr_expect_eq(written(&buf, &bounded, &(meeple_ints){three, 3}, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 1 'value' has 3 elements, allowed 1..2");
    cr_expect_eq(written(&buf, &bounded, &(meeple_ints){three, 2}, &why), 0);
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, sends_no_span_that_makes_no_sense)
{
    static const char *const texts[] = {"fine", "\xff"};
    static const int32_t none[1];
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_expect_eq(written(&buf, &some_ints_type, &(meeple_ints){NULL, 1}, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 1 'value' has a length and no elements");
    cr_expect_eq(written(&buf, &some_ints_type, &(meeple_ints){none, SIZE_MAX / 4}, &why),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 1 'value' is too long");
    cr_expect_eq(written(&buf, &some_strings_type, &(meeple_strings){texts, 2}, &why),
                 MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 1 'value' has a string that is not UTF-8");
    meeple__buf_clear(&buf);
    cr_expect_eq(written(&buf, &some_strings_type, &(meeple_strings){texts, 1}, &why), 0);
    expect_bytes(buf, "91 d7 12 04 00 00 00 66 69 6e 65");
    meeple__buf_clear(&buf);
    cr_expect_eq(written(&buf, &some_ints_type, &(meeple_ints){NULL, 0}, &why), 0);
    expect_bytes(buf, "91 c7 00 10");
    meeple__buf_done(&buf, NULL);
}

/* Many short ones need the most room for what they become; whatever its alignment. */
Test(codec_msgpack, has_room_for_as_many_strings_as_there_can_be)
{
    uint8_t bytes[1000] = {0x91, 0xc8};

    for (size_t count = 0; count < 240; count++) {
        size_t len = 4 * count + count / 8;

        memset(bytes + 5, 0, sizeof bytes - 5);
        bytes[2] = (uint8_t)(len >> 8);
        bytes[3] = (uint8_t)len;
        bytes[4] = 18;
        if (count >= 8) { /* one that is not empty */
            bytes[5] = (uint8_t)(count / 8);
            memset(bytes + 9, 'a', count / 8);
        }
        for (size_t shift = 0; shift < 8; shift++) {
            size_t room = meeple__msgpack_room(&some_strings_type, 5 + len);
            char *memory = malloc(room + shift);
            struct some_strings arg;
            struct meeple__sentence why;

            meeple__sentence_init(&why);
            cr_assert_eq(meeple__msgpack_read(&some_strings_type, (meeple_bytes){bytes, 5 + len},
                                              &arg, memory + shift, &why),
                         0, "%s", why.text);
            cr_assert_eq(arg.value.len, count);
            cr_assert(count == 0 || strlen(arg.value.ptr[0]) == count / 8);
            cr_assert(count == 0 || arg.value.ptr[count - 1] + 1 <= memory + shift + room);
            free(memory);
        }
    }
}

Test(codec_msgpack, sends_no_string_as_an_empty_one)
{
    struct one_text arg = {NULL};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_assert_eq(written(&buf, &one_text_type, &arg, &why), 0);
    expect_bytes(buf, "91 a0");
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, takes_an_integer_of_any_width_that_fits)
{
    static const struct verdict verdicts[] = {
        {&one_i8_type, "91 7f", NULL},
        {&one_i8_type, "91 80", "argument 1 'value' is a map, int8 expected"},
        {&one_i8_type, "91 cc 80", "argument 1 'value' is 128, which is no int8"},
        {&one_i8_type, "91 d0 80", NULL},
        {&one_i8_type, "91 d1 ff 7f", "argument 1 'value' is -129, which is no int8"},
        {&one_i8_type, "91 d3 ff ff ff ff ff ff ff 80", NULL},
        {&one_i16_type, "91 cd 7f ff", NULL},
        {&one_i16_type, "91 cd 80 00", "argument 1 'value' is 32768, which is no int16"},
        {&one_i32_type, "91 d2 80 00 00 00", NULL},
        {&one_i32_type, "91 ce 80 00 00 00", "argument 1 'value' is 2147483648, which is no int32"},
        {&one_i64_type, "91 cf 7f ff ff ff ff ff ff ff", NULL},
        {&one_i64_type, "91 cf 80 00 00 00 00 00 00 00",
         "argument 1 'value' is 9223372036854775808, which is no int64"},
        {&one_i64_type, "91 d3 80 00 00 00 00 00 00 00", NULL},
        {&one_u8_type, "91 cf 00 00 00 00 00 00 00 ff", NULL},
        {&one_u8_type, "91 cd 01 00", "argument 1 'value' is 256, which is no uint8"},
        {&one_u8_type, "91 ff", "argument 1 'value' is -1, which is no uint8"},
        {&one_u16_type, "91 ce 00 01 00 00", "argument 1 'value' is 65536, which is no uint16"},
        {&one_u32_type, "91 cf 00 00 00 01 00 00 00 00",
         "argument 1 'value' is 4294967296, which is no uint32"},
        {&one_u64_type, "91 cf ff ff ff ff ff ff ff ff", NULL},
        {&one_u64_type, "91 d3 ff ff ff ff ff ff ff ff",
         "argument 1 'value' is -1, which is no uint64"},
        {&one_i32_type, "91 ca 3f 80 00 00", "argument 1 'value' is a float, int32 expected"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, takes_a_number_for_a_float_that_holds_it)
{
    static const struct verdict verdicts[] = {
        {&one_f32_type, "91 ca 3f 80 00 00", NULL},
        {&one_f32_type, "91 cb 3f b9 99 99 99 99 99 9a", NULL},
        {&one_f32_type, "91 cb 47 ef ff ff e0 00 00 00", NULL},
        {&one_f32_type, "91 cb 48 00 00 00 00 00 00 00",
         "argument 1 'value' is 6.80564734e+38, which is no float"},
        {&one_f32_type, "91 cb 7f f0 00 00 00 00 00 00", NULL},
        {&one_f32_type, "91 cb 7f f8 00 00 00 00 00 00", NULL},
        {&one_f32_type, "91 ce 01 00 00 00", NULL},
        {&one_f32_type, "91 ce 01 00 00 01", "argument 1 'value' is 16777217, which is no float"},
        {&one_f32_type, "91 cf 80 00 00 00 00 00 00 00", NULL},
        {&one_f32_type, "91 d2 fe ff ff ff", "argument 1 'value' is -16777217, which is no float"},
        {&one_f64_type, "91 d3 80 00 00 00 00 00 00 00", NULL},
        {&one_f64_type, "91 cf 00 20 00 00 00 00 00 01",
         "argument 1 'value' is 9007199254740993, which is no double"},
        {&one_f64_type, "91 ca 7f 80 00 00", NULL},
        {&one_f64_type, "91 a1 31", "argument 1 'value' is a string, double expected"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, takes_nothing_else_for_what_it_is_not)
{
    static const struct verdict verdicts[] = {
        {&one_bool_type, "91 c2", NULL},
        {&one_bool_type, "91 01", "argument 1 'value' is an integer, bool expected"},
        {&one_bool_type, "91 c0", "argument 1 'value' is nil, bool expected"},
        {&one_i32_type, "91 c3", "argument 1 'value' is a bool, int32 expected"},
        {&one_text_type, "91 a0", NULL},
        {&one_text_type, "91 d9 01 61", NULL},
        {&one_text_type, "91 da 00 00", NULL},
        {&one_text_type, "91 db 00 00 00 01 61", NULL},
        {&one_text_type, "91 01", "argument 1 'value' is an integer, string expected"},
        {&one_text_type, "91 c4 01 61", "argument 1 'value' is bytes, string expected"},
        {&one_text_type, "91 a2 61 00", "argument 1 'value' has a NUL inside"},
        {&one_text_type, "91 a1 ff", "argument 1 'value' is not UTF-8"},
        {&one_text_type, "91 a3 ed a0 80", "argument 1 'value' is not UTF-8"},
        {&one_blob_type, "91 c4 00", NULL},
        {&one_blob_type, "91 c5 00 01 ff", NULL},
        {&one_blob_type, "91 a1 61", "argument 1 'value' is a string, bytes expected"},
        {&one_flat_type, "91 d7 01 00 00 00 00 00 00 00 00", NULL},
        {&one_flat_type, "91 c7 08 01 00 00 00 00 00 00 00 00", NULL},
        {&one_flat_type, "91 d7 02 00 00 00 00 00 00 00 00",
         "argument 1 'value' is of an unknown type, vec2 expected"},
        {&one_flat_type, "91 c7 0c 02 00 00 00 00 00 00 00 00 00 00 00 00",
         "argument 1 'value' is a vec3, vec2 expected"},
        {&one_deep_type, "91 c7 0c 02 00 00 00 00 00 00 00 00 00 00 00 00", NULL},
        {&one_deep_type, "91 d6 ff 00 00 00 00",
         "argument 1 'value' is of an unknown type, vec3 expected"},
        {&one_deep_type, "91 c7 00 02", "argument 1 'value' is of an unknown type, vec3 expected"},
        {&one_deep_type, "91 c9 ff ff ff ff 02", "the arguments end too early"},
        {&one_deep_type, "91 d5 28 00 00",
         "argument 1 'value' is of an unknown type, vec3 expected"},
        {&one_paint_type, "91 d8 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", NULL},
        {&one_paint_type, "91 d7 01 00 00 00 00 00 00 00 00",
         "argument 1 'value' is a vec2, color expected"},
        {&one_i32_type, "91 91 01", "argument 1 'value' is an array, int32 expected"},
        {&one_i32_type, "91 81 01 01", "argument 1 'value' is a map, int32 expected"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, takes_any_value_where_a_value_is_asked_for)
{
    static const struct verdict verdicts[] = {
        {&one_any_type, "91 c0", NULL},
        {&one_any_type, "91 05", NULL},
        {&one_any_type, "91 cf ff ff ff ff ff ff ff ff", NULL},
        {&one_any_type, "91 a2 c3 a9", NULL},
        {&one_any_type, "91 90", NULL},
        {&one_any_type, "91 92 81 a1 61 c0 91 91 91 90", NULL},
        {&one_any_type, "91 82 a1 61 01 a1 61 02", NULL},
        {&one_any_type, "91 d5 28 00 00", NULL},
        {&one_any_type, "91 d5 1f 00 00",
         "argument 1 'value' has something of an unknown type inside"},
        {&one_any_type, "91 d6 ff 00 00 00 00",
         "argument 1 'value' has something of an unknown type inside"},
        {&one_any_type, "91 91 d4 01 00",
         "argument 1 'value' has something of an unknown type inside"},
        {&one_any_type, "91 91 a1 ff", "argument 1 'value' has a string that is not UTF-8"},
        {&one_any_type, "91 81 a1 00 c0", "argument 1 'value' has a string with a NUL inside"},
        {&one_any_type, "91 91 c1", "the arguments are not msgpack"},
        {&one_any_type, "91 92 01", "the arguments end too early"},
        {&one_any_type, "91 81 01", "the arguments end too early"},
        {&one_any_type, "91 91 05 05", "1 bytes are left over behind the arguments"},
        {&one_any_type, "91 dd 0f ff ff ff", "the arguments end too early"},
        {&one_any_type, "91 df ff ff ff ff 01 01", "the arguments end too early"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, bounds_a_value_by_the_length_of_its_encoding)
{
    static const meeple_field field = {
        .name = "any", .type = MEEPLE_TYPE_VALUE, .min = 2, .max = 4};
    static const meeple_rpc_type type = {"put", &field, 1, sizeof(meeple_value)};
    const meeple_value too_long = meeple_value_string("abcd");
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    const struct verdict verdicts[] = {
        {&type, "91 92 01 02", NULL},
        {&type, "91 a3 61 62 63", NULL},
        {&type, "91 05", "argument 1 'any' is 1 bytes long, allowed 2..4"},
        {&type, "91 94 01 02 03 04", "argument 1 'any' is 5 bytes long, allowed 2..4"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
    cr_expect_eq(written(&buf, &type, &too_long, &why), MEEPLE_EINVAL);
    cr_expect_str_eq(why.text, "argument 1 'any' is 5 bytes long, allowed 2..4");
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, sends_no_value_that_is_none)
{
    const struct {
        meeple_value value;
        const char *why;
    } cases[] = {
        {meeple_value_string("\xff"), "argument 1 'value' has a string that is not UTF-8"},
        {meeple_value_string_of((meeple_bytes){(const uint8_t *)"a\0", 2}),
         "argument 1 'value' has a string with a NUL inside"},
        {meeple_value_string_of((meeple_bytes){NULL, 2}),
         "argument 1 'value' has a string that is not UTF-8"},
        {meeple_value_bytes((meeple_bytes){NULL, 2}), "argument 1 'value' ends too early"},
        {meeple_value_ext(31, (meeple_bytes){NULL, 0}),
         "argument 1 'value' has something of an unknown type inside"},
        {meeple_value_ext(128, (meeple_bytes){NULL, 0}),
         "argument 1 'value' has something of an unknown type inside"},
        {{.kind = MEEPLE_VALUE_UINT, .natural = 5}, "argument 1 'value' is not msgpack"},
        {{.kind = (meeple_value_kind)99}, "argument 1 'value' is not msgpack"},
        {{.kind = MEEPLE_VALUE_ARRAY, .count = 1}, "argument 1 'value' ends too early"},
        {{.kind = MEEPLE_VALUE_ARRAY, .count = 1, .bytes = {(const uint8_t *)"\1\1", 2}},
         "argument 1 'value' is not msgpack"},
        {{.kind = MEEPLE_VALUE_MAP, .count = 1, .bytes = {NULL, 2}},
         "argument 1 'value' ends too early"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__buf buf = {0};
        struct meeple__sentence why;

        cr_expect_eq(written(&buf, &one_any_type, &cases[i].value, &why), MEEPLE_EINVAL, "%zu", i);
        cr_expect_str_eq(why.text, cases[i].why);
        meeple__buf_done(&buf, NULL);
    }
}

Test(codec_msgpack, wants_exactly_the_arguments_of_the_method)
{
    const struct verdict verdicts[] = {
        {nothing_rpc(), "90", NULL},
        {nothing_rpc(), "dc 00 00", NULL},
        {nothing_rpc(), "", "the arguments end too early"},
        {nothing_rpc(), "90 00", "1 bytes are left over behind the arguments"},
        {nothing_rpc(), "91 01", "1 arguments came, 0 expected"},
        {rolled_rpc(), "91 a0", "1 arguments came, 2 expected"},
        {rolled_rpc(), "93 a0 01 01", "3 arguments came, 2 expected"},
        {rolled_rpc(), "92 a0", "the arguments end too early"},
        {rolled_rpc(), "92 a1 61 03 90 90", "2 bytes are left over behind the arguments"},
        {rolled_rpc(), "92 a1 61 c1", "the arguments are not msgpack"},
        {rolled_rpc(), "c1", "the arguments are not msgpack"},
        {rolled_rpc(), "81 01 01", "the arguments are a map, an array expected"},
        {rolled_rpc(), "05", "the arguments are an integer, an array expected"},
        {rolled_rpc(), "dd 00 00 00 02 a1 61 06", NULL},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, checks_bounds_of_what_came)
{
    const struct verdict verdicts[] = {
        {rolled_rpc(), "92 a1 61 01", NULL},
        {rolled_rpc(), "92 a1 61 06", NULL},
        {rolled_rpc(), "92 a1 61 00", "argument 2 'eyes' is 0, allowed 1..6"},
        {rolled_rpc(), "92 a1 61 09", "argument 2 'eyes' is 9, allowed 1..6"},
        {rolled_rpc(), "92 a8 61 61 61 61 61 61 61 61 01", NULL},
        {rolled_rpc(), "92 a9 61 61 61 61 61 61 61 61 61 01",
         "argument 1 'name' is 9 bytes long, allowed 0..8"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
}

Test(codec_msgpack, checks_bounds_of_what_goes_out)
{
    static const struct {
        struct rolled arg;
        const char *why;
    } cases[] = {
        {{.name = "a", .eyes = 7}, "argument 2 'eyes' is 7, allowed 1..6"},
        {{.name = "123456789", .eyes = 1}, "argument 1 'name' is 9 bytes long, allowed 0..8"},
        {{.name = "\xff", .eyes = 1}, "argument 1 'name' is not UTF-8"},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(cases); i++) {
        struct meeple__buf buf = {0};
        struct meeple__sentence why;

        cr_expect_eq(written(&buf, rolled_rpc(), &cases[i].arg, &why), MEEPLE_EINVAL);
        cr_expect_str_eq(why.text, cases[i].why);
        meeple__buf_done(&buf, NULL);
    }
}

Test(codec_msgpack, lets_no_nan_past_a_bound)
{
    static const meeple_field field = {
        .name = "speed", .type = MEEPLE_TYPE_F64, .min = -1, .max = 1};
    static const meeple_rpc_type type = {"move", &field, 1, sizeof(double)};
    const double nan_value = NAN;
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    const struct verdict verdicts[] = {
        {&type, "91 cb 7f f8 00 00 00 00 00 00", "argument 1 'speed' is nan, allowed -1..1"},
        {&type, "91 cb ff f0 00 00 00 00 00 00", "argument 1 'speed' is -inf, allowed -1..1"},
    };

    expect_verdicts(verdicts, MEEPLE_COUNT(verdicts));
    cr_expect_eq(written(&buf, &type, &nan_value, &why), MEEPLE_EINVAL);
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, stops_at_the_ceiling)
{
    for (size_t ceiling = 0; ceiling < 6; ceiling++) {
        struct rolled arg = {.name = "bob", .eyes = 6};
        struct meeple__buf buf = {0};
        struct meeple__sink sink = {.buf = &buf, .ceiling = ceiling};
        struct meeple__sentence why;

        meeple__sentence_init(&why);
        cr_expect_eq(meeple__msgpack_write(&sink, rolled_rpc(), &arg, &why), MEEPLE_ETOOBIG);
        meeple__buf_done(&buf, NULL);
    }
}

Test(codec_msgpack, refuses_bytes_without_a_place)
{
    struct one_blob arg = {{NULL, 3}};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_expect_eq(written(&buf, &one_blob_type, &arg, &why), MEEPLE_EINVAL);
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, takes_255_arguments)
{
    static meeple_field fields[255];
    uint8_t arg[255], back[255];
    meeple_rpc_type type = {"many", fields, 255, sizeof arg};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    for (unsigned i = 0; i < 255; i++) {
        fields[i] = (meeple_field){.name = "value", .type = MEEPLE_TYPE_U8, .offset = (uint16_t)i};
        arg[i] = (uint8_t)i;
    }
    cr_assert_eq(written(&buf, &type, arg, &why), 0);
    cr_assert_eq(
        meeple__msgpack_read(&type, (meeple_bytes){buf.ptr, buf.len}, back, (char[400]){0}, &why),
        0);
    cr_expect_arr_eq(arg, back, sizeof arg);
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, refuses_every_beginning_of_a_packet)
{
    struct meeple__buf buf = sample_bytes();

    for (size_t len = 0; len < buf.len; len++) {
        struct reading reading = read_of(every_rpc(), (meeple_bytes){buf.ptr, len});

        cr_expect_eq(reading.rc, MEEPLE_EPROTO, "%zu of %zu bytes", len, buf.len);
        cr_expect_str_eq(reading.why.text, "the arguments end too early");
        done(&reading);
    }
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, survives_every_changed_byte)
{
    struct meeple__buf buf = sample_bytes();

    for (size_t at = 0; at < buf.len; at++) {
        uint8_t before = buf.ptr[at];

        for (unsigned value = 0; value < 256; value++) {
            struct reading reading;

            buf.ptr[at] = (uint8_t)value;
            reading = read_of(every_rpc(), (meeple_bytes){buf.ptr, buf.len});
            cr_expect(reading.rc == 0 || reading.rc == MEEPLE_EPROTO);
            done(&reading);
        }
        buf.ptr[at] = before;
    }
    meeple__buf_done(&buf, NULL);
}

Test(codec_msgpack, survives_garbage)
{
    const meeple_rpc_type *const types[] = {every_rpc(),    rolled_rpc(),   nothing_rpc(),
                                            &one_text_type, &one_deep_type, &one_any_type};
    uint32_t seed = 20260726;

    for (unsigned round = 0; round < 40000; round++) {
        const meeple_rpc_type *type = types[round % MEEPLE_COUNT(types)];
        uint8_t bytes[80];
        size_t len = next_random(&seed) % sizeof bytes;
        struct reading reading;

        for (size_t i = 0; i < len; i++) {
            bytes[i] = (uint8_t)next_random(&seed);
        }
        if (len > 0 && round % 3 > 0) {
            bytes[0] = (uint8_t)(0x90 + type->field_count % 16);
        }
        reading = read_of(type, (meeple_bytes){bytes, len});
        cr_expect(reading.rc == 0 || reading.rc == MEEPLE_EPROTO);
        done(&reading);
    }
}

/* With msgpack_unpack_next() five bytes of these map 8.6 GB. */
Test(codec_msgpack, reserves_nothing_by_a_declared_count)
{
    static const char *const bombs[] = {
        "dd 0f ff ff ff",    "df 0f ff ff ff",       "dd ff ff ff ff",       "db ff ff ff ff",
        "c6 ff ff ff ff",    "c9 ff ff ff ff 01",    "91 dd 0f ff ff ff",    "91 df ff ff ff ff",
        "91 db ff ff ff ff", "91 c6 ff ff ff ff 00", "91 c9 ff ff ff fe 01", "91 db 7f ff ff ff 61",
    };

    for (size_t i = 0; i < MEEPLE_COUNT(bombs); i++) {
        const meeple_rpc_type *const types[] = {&one_text_type, &one_blob_type, &one_flat_type,
                                                &one_i32_type, &one_any_type};

        for (size_t type = 0; type < MEEPLE_COUNT(types); type++) {
            uint8_t bytes[64];
            size_t len = from_hex(bytes, bombs[i]);
            struct reading reading = read_of(types[type], (meeple_bytes){bytes, len});

            cr_expect_eq(reading.rc, MEEPLE_EPROTO, "%s", bombs[i]);
            done(&reading);
        }
    }
}

Test(codec_msgpack, refuses_deep_nesting)
{
    uint8_t arrays[1000], maps[1000];
    struct reading reading;

    memset(arrays, 0x91, sizeof arrays);
    memset(maps, 0x81, sizeof maps);
    maps[0] = 0x91;
    reading = read_of(&one_i32_type, (meeple_bytes){arrays, sizeof arrays});
    cr_expect_eq(reading.rc, MEEPLE_EPROTO);
    done(&reading);
    reading = read_of(&one_i32_type, (meeple_bytes){maps, sizeof maps});
    cr_expect_eq(reading.rc, MEEPLE_EPROTO);
    done(&reading);
    reading = read_of(&one_any_type, (meeple_bytes){arrays, sizeof arrays});
    cr_expect_str_eq(reading.why.text, "argument 1 'value' has arrays or maps nested too deep");
    done(&reading);
    reading = read_of(&one_any_type, (meeple_bytes){maps, sizeof maps});
    cr_expect_str_eq(reading.why.text, "argument 1 'value' has arrays or maps nested too deep");
    done(&reading);
}
