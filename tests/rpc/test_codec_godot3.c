/* test_codec_godot3: arguments as Variants of Godot 3 and back, and what does not fit. */
#include "rpc/codec_godot3.h"

#include <float.h>
#include <math.h>

#include "tests/rpc/every.h"
#include "tests/rpc/variants.h"
#include "tests/support/counting_mem.h"

#define EVERY(ARG) EVERY_SIMPLE(ARG) ARG(meeple_value, anything)
MEEPLE_RPC(every, EVERY)

#define SHAPES(ARG)                                                                                \
    ARG(meeple_rect2, rect)                                                                        \
    ARG(meeple_transform2d, flat)                                                                  \
    ARG(meeple_plane, plane)                                                                       \
    ARG(meeple_quat, quat)                                                                         \
    ARG(meeple_aabb, box)                                                                          \
    ARG(meeple_basis, basis)                                                                       \
    ARG(meeple_transform, deep)
MEEPLE_RPC(shapes, SHAPES)

MEEPLE_RPC(spans, EVERY_SPAN)

#define JOINED(ARG)                                                                                \
    ARG(int32_t, id)                                                                               \
    ARG(const char *, name, .min = 1, .max = 8, .flags = MEEPLE_OPTIONAL)                          \
    ARG(meeple_value, about, .flags = MEEPLE_OPTIONAL)
MEEPLE_RPC(joined, JOINED)

#define ROLLED(ARG) ARG(const char *, name, .max = 8) ARG(int32_t, eyes, .min = 1, .max = 6)
MEEPLE_RPC(rolled, ROLLED)

#define CROWD(ARG) ARG(meeple_strings, names, .max = 2) ARG(meeple_ints, ids, .min = 1, .max = 2)
MEEPLE_RPC(crowd, CROWD)

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
SINGLE(one_i32, int32_t);
SINGLE(one_i64, int64_t);
SINGLE(one_u8, uint8_t);
SINGLE(one_u64, uint64_t);
SINGLE(one_f32, float);
SINGLE(one_f64, double);
SINGLE(one_text, const char *);
SINGLE(one_blob, meeple_bytes);
SINGLE(one_flat, meeple_vec2);
SINGLE(one_any, meeple_value);
SINGLE(one_strings, meeple_strings);

/* The struct as it was read, with all it borrows from in memory of exact size, until done(). */
struct reading {
    void *arg;
    uint8_t *bytes;
    char *strings;
    size_t used;
    struct meeple__sentence why;
    int rc;
};

static struct reading read_of(const meeple_rpc_type *type, unsigned count, meeple_bytes bytes)
{
    struct reading reading = {.arg = malloc(type->size),
                              .bytes = malloc(bytes.len + 1),
                              .strings = malloc(meeple__variant_room(bytes.len) + 1)};
    struct meeple__reader reader;

    if (bytes.len) {
        memcpy(reading.bytes, bytes.ptr, bytes.len);
    }
    reader = meeple__reader_of((meeple_bytes){reading.bytes, bytes.len});
    meeple__sentence_init(&reading.why);
    reading.rc = meeple__variant_read_arguments(type, &reader, count, reading.arg, reading.strings,
                                                &reading.why);
    reading.used = (size_t)(reader.at - reading.bytes);
    cr_assert_eq(reading.rc<0, reading.why.len> 0, "a sentence if and only if it is refused");
    cr_assert(reading.rc == 0 || reading.rc == MEEPLE_EPROTO);
    return reading;
}

static struct reading read_hex(const meeple_rpc_type *type, const char *hex)
{
    uint8_t bytes[VARIANT_SIZE];

    return read_of(type, type->field_count, (meeple_bytes){bytes, from_hex(bytes, hex)});
}

static void done(struct reading *reading)
{
    free(reading->arg);
    free(reading->bytes);
    free(reading->strings);
}

static int written(struct meeple__buf *buf, const meeple_rpc_type *type, const void *arg,
                   struct meeple__sentence *why)
{
    struct meeple__sink sink = {.buf = buf, .ceiling = 65536};

    meeple__sentence_init(why);
    return meeple__variant_write_arguments(&sink, type, arg, why);
}

static void expect_refused(const meeple_rpc_type *type, const char *hex, const char *why)
{
    struct reading reading = read_hex(type, hex);

    cr_expect_eq(reading.rc, MEEPLE_EPROTO, "%s", hex);
    cr_expect_str_eq(reading.why.text, why);
    done(&reading);
}

static void expect_unsayable(const meeple_rpc_type *type, const void *arg, const char *why)
{
    struct meeple__buf buf = {0};
    struct meeple__sentence said;

    cr_expect_eq(written(&buf, type, arg, &said), MEEPLE_EINVAL);
    cr_expect_str_eq(said.text, why);
    meeple__buf_done(&buf, NULL);
}

static const struct every sample = {
    .yes = true,
    .i8 = INT8_MIN,
    .i16 = INT16_MIN,
    .i32 = INT32_MIN,
    .i64 = INT64_MIN,
    .u8 = UINT8_MAX,
    .u16 = UINT16_MAX,
    .u32 = UINT32_MAX,
    .u64 = INT64_MAX,
    .f32 = 1.5f,
    .f64 = -0.1,
    .text = "Zo\xc3\xab",
    .blob = {(const uint8_t *)"\0\1\2", 3},
    .flat = {1, -2},
    .deep = {3, 4, -5.25f},
    .paint = {1, 0.5f, 0, 0.25f},
    .anything = {.kind = MEEPLE_VALUE_MAP,
                 .count = 2,
                 .bytes = {(const uint8_t *)"\xa2hp\x0c\x92\xc0\xa1z\x80", 9}},
};

Test(codec_godot3, brings_back_every_type)
{
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    struct reading reading;
    const struct every *arg;

    cr_assert_eq(written(&buf, every_rpc(), &sample, &why), 0, "%s", why.text);
    reading = read_of(every_rpc(), every_rpc()->field_count, (meeple_bytes){buf.ptr, buf.len});
    cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
    cr_expect_eq(reading.used, buf.len);
    arg = reading.arg;
    cr_expect(arg->yes);
    cr_expect_eq(arg->i8, INT8_MIN);
    cr_expect_eq(arg->i16, INT16_MIN);
    cr_expect_eq(arg->i32, INT32_MIN);
    cr_expect_eq(arg->i64, INT64_MIN);
    cr_expect_eq(arg->u8, UINT8_MAX);
    cr_expect_eq(arg->u16, UINT16_MAX);
    cr_expect_eq(arg->u32, UINT32_MAX);
    cr_expect_eq(arg->u64, INT64_MAX);
    cr_expect_eq(arg->f32, 1.5f);
    cr_expect_eq(arg->f64, -0.1);
    cr_expect_str_eq(arg->text, sample.text);
    cr_expect_eq(arg->blob.len, 3);
    cr_expect_arr_eq(arg->blob.ptr, "\0\1\2", 3);
    cr_expect_arr_eq(&arg->flat, &sample.flat, sizeof sample.flat);
    cr_expect_arr_eq(&arg->deep, &sample.deep, sizeof sample.deep);
    cr_expect_arr_eq(&arg->paint, &sample.paint, sizeof sample.paint);
    expect_text(arg->anything, "{\"hp\": 12, [nil, \"z\"]: {}}", "anything");
    done(&reading);
    meeple__buf_done(&buf, NULL);
}

Test(codec_godot3, says_arguments_in_the_bytes_of_godot)
{
    static const struct rolled rolled = {.name = "Hosty", .eyes = 5};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_assert_eq(written(&buf, rolled_rpc(), &rolled, &why), 0);
    expect_bytes(buf, "04 00 00 00 05 00 00 00 48 6f 73 74 79 00 00 00 02 00 00 00 05 00 00 00");
    meeple__buf_done(&buf, NULL);
    cr_expect_eq(written(&buf, nothing_rpc(), &rolled, &why), 0);
    cr_expect_eq(buf.len, 0);
}

Test(codec_godot3, sends_zeros_as_what_they_are)
{
    static const struct every zero = {.yes = false};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    struct reading reading;
    const struct every *arg;

    cr_assert_eq(written(&buf, every_rpc(), &zero, &why), 0, "%s", why.text);
    reading = read_of(every_rpc(), every_rpc()->field_count, (meeple_bytes){buf.ptr, buf.len});
    cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
    arg = reading.arg;
    cr_expect_str_eq(arg->text, "", "NULL is sent as \"\"");
    cr_expect_eq(arg->blob.len, 0);
    cr_expect_eq(arg->anything.kind, MEEPLE_VALUE_NIL);
    done(&reading);
    meeple__buf_done(&buf, NULL);
}

/* The NUL of a text is its padding, or has to be put behind a copy. */
Test(codec_godot3, leaves_a_text_where_it_is_if_a_nul_is_behind)
{
    static const struct {
        const char *hex, *text;
        bool in_place;
    } texts[] = {
        {"04000000 03000000 61626300", "abc", true},
        {"04000000 03000000 616263ff", "abc", false},
        {"04000000 04000000 61626364", "abcd", false},
        {"04000000 04000000 61620064", "ab", true},
        {"04000000 00000000", "", true},
        {"04000000 04000000 efbbbf00", "", true},
        {"04000000 03000000 efbbbf01", "", true},
    };

    for (size_t i = 0; i < MEEPLE_COUNT(texts); i++) {
        struct reading reading = read_hex(&one_text_type, texts[i].hex);
        const char *text = ((const struct one_text *)reading.arg)->value;

        cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
        cr_expect_str_eq(text, texts[i].text);
        cr_expect_eq(text != reading.strings, texts[i].in_place, "%s", texts[i].hex);
        done(&reading);
    }
}

Test(codec_godot3, has_room_for_all_texts_and_values)
{
    struct reading reading = read_hex(every_rpc(), "");
    char hex[VARIANT_SIZE] = "";
    static const char *const parts[] = {
        "01000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "02000000 00000000",
        "03000000 00000000",
        "03000000 00000000",
        "04000000 04000000 61616161",
        "14000000 00000000",
        "05000000 00000000 00000000",
        "07000000 00000000 00000000 00000000",
        "0e000000 00000000 00000000 00000000 00000000",
        "13000000 01000000 0f000000 01000080 00000000 01000000 04000000 61616161"};

    cr_expect_str_eq(reading.why.text, "argument 1 'yes' ends too early");
    done(&reading);
    for (size_t i = 0; i < MEEPLE_COUNT(parts); i++) {
        strcat(hex, parts[i]);
        strcat(hex, " ");
    }
    reading = read_hex(every_rpc(), hex);
    cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
    cr_expect_str_eq(((const struct every *)reading.arg)->text, "aaaa");
    expect_text(((const struct every *)reading.arg)->anything, "[node_path(\"/aaaa\")]", "");
    done(&reading);
}

Test(codec_godot3, takes_an_integer_where_it_fits)
{
    struct reading reading = read_hex(&one_i8_type, "02000100 80ffffff ffffffff");

    cr_assert_eq(reading.rc, 0);
    cr_expect_eq(((const struct one_i8 *)reading.arg)->value, -128);
    done(&reading);
    expect_refused(&one_i8_type, "02000000 80000000",
                   "argument 1 'value' is 128, which is no int8");
    expect_refused(&one_u8_type, "02000000 ffffffff",
                   "argument 1 'value' is -1, which is no uint8");
    expect_refused(&one_u64_type, "02000000 ffffffff",
                   "argument 1 'value' is -1, which is no uint64");
    expect_refused(&one_i32_type, "02000100 00000080 00000000",
                   "argument 1 'value' is 2147483648, which is no int32");
}

Test(codec_godot3, takes_a_number_as_a_float_if_it_is_one)
{
    struct reading whole = read_hex(&one_f32_type, "02000000 00000001");
    struct reading real = read_hex(&one_f32_type, "03000100 9a999999 9999b93f");
    struct reading nan = read_hex(&one_f64_type, "03000100 00000000 0000f87f");

    cr_expect_eq(((const struct one_f32 *)whole.arg)->value, 16777216.0f);
    cr_expect_eq(((const struct one_f32 *)real.arg)->value, 0.1f);
    cr_expect(isnan(((const struct one_f64 *)nan.arg)->value));
    done(&whole);
    done(&real);
    done(&nan);
    expect_refused(&one_f32_type, "02000000 01000001",
                   "argument 1 'value' is 16777217, which is no float");
    expect_refused(&one_f32_type, "03000100 9c750088 3ce4377e",
                   "argument 1 'value' is 1e+300, which is no float");
    expect_refused(&one_i64_type, "03000000 00000000",
                   "argument 1 'value' is a float, int64 expected");
}

Test(codec_godot3, brings_back_shapes)
{
    const struct shapes sent = {
        .rect = {1, 2, 3, 4},
        .flat = {{1, 2}, {3, 4}, {5, 6}},
        .plane = {{1, 2, 3}, 4},
        .quat = {1, 2, 3, 4},
        .box = {{1, 2, 3}, {4, 5, 6}},
        .basis = {{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}},
        .deep = {{{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}, {10, 11, 12}},
    };
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    struct reading reading;
    const struct shapes *arg;

    cr_assert_eq(written(&buf, shapes_rpc(), &sent, &why), 0, "%s", why.text);
    cr_expect_eq(buf.len, 4 * (7 + 4 + 6 + 4 + 4 + 6 + 9 + 12));
    reading = read_of(shapes_rpc(), shapes_rpc()->field_count, (meeple_bytes){buf.ptr, buf.len});
    cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
    arg = reading.arg;
    cr_expect_arr_eq(&arg->rect, &sent.rect, sizeof sent.rect);
    cr_expect_arr_eq(&arg->flat, &sent.flat, sizeof sent.flat);
    cr_expect_arr_eq(&arg->plane, &sent.plane, sizeof sent.plane);
    cr_expect_arr_eq(&arg->quat, &sent.quat, sizeof sent.quat);
    cr_expect_arr_eq(&arg->box, &sent.box, sizeof sent.box);
    cr_expect_arr_eq(&arg->basis, &sent.basis, sizeof sent.basis);
    cr_expect_arr_eq(&arg->deep, &sent.deep, sizeof sent.deep);
    done(&reading);
    meeple__buf_done(&buf, NULL);
}

static const int32_t ints[] = {1, -2, INT32_MAX};
static const float reals[] = {0.5f, -1};
static const char *const strings[] = {"", "a", "abc", "abcd", NULL, "Zo\xc3\xab"};
static const meeple_vec2 vec2s[] = {{1, 2}, {3, 4}};
static const meeple_vec3 vec3s[] = {{1, 2, 3}};
static const meeple_color colors[] = {{1, 0, 0, 1}, {0, 0.5f, 0, 0.25f}};
static const struct spans spans = {
    .ints = {ints, MEEPLE_COUNT(ints)},
    .reals = {reals, MEEPLE_COUNT(reals)},
    .strings = {strings, MEEPLE_COUNT(strings)},
    .vec2s = {vec2s, MEEPLE_COUNT(vec2s)},
    .vec3s = {vec3s, MEEPLE_COUNT(vec3s)},
    .colors = {colors, MEEPLE_COUNT(colors)},
};

static void expect_spans(const struct spans *arg)
{
    cr_expect_eq(arg->ints.len, spans.ints.len);
    cr_expect_arr_eq(arg->ints.ptr, ints, sizeof ints);
    cr_expect_eq(arg->reals.len, spans.reals.len);
    cr_expect_arr_eq(arg->reals.ptr, reals, sizeof reals);
    cr_expect_eq(arg->vec2s.len, spans.vec2s.len);
    cr_expect_arr_eq(arg->vec2s.ptr, vec2s, sizeof vec2s);
    cr_expect_eq(arg->vec3s.len, spans.vec3s.len);
    cr_expect_arr_eq(arg->vec3s.ptr, vec3s, sizeof vec3s);
    cr_expect_eq(arg->colors.len, spans.colors.len);
    cr_expect_arr_eq(arg->colors.ptr, colors, sizeof colors);
    cr_assert_eq(arg->strings.len, spans.strings.len);
    for (size_t i = 0; i < spans.strings.len; i++) {
        cr_expect_str_eq(arg->strings.ptr[i], strings[i] ? strings[i] : "");
    }
}

/* At any place in memory, of which the packet is a part. */
Test(codec_godot3, brings_back_spans)
{
    struct meeple__buf buf = {0};
    struct meeple__sentence why;
    struct reading reading;

    cr_assert_eq(written(&buf, spans_rpc(), &spans, &why), 0, "%s", why.text);
    reading = read_of(spans_rpc(), spans_rpc()->field_count, (meeple_bytes){buf.ptr, buf.len});
    cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
    cr_expect_eq(reading.used, buf.len);
    expect_spans(reading.arg);
    done(&reading);
    meeple__buf_done(&buf, NULL);
}

/* The same bytes as the values of that kind. */
Test(codec_godot3, says_spans_in_the_bytes_of_godot)
{
    const struct spans empty = {.ints = {0}};
    const struct one_strings texts = {{strings, 3}};
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_assert_eq(written(&buf, &one_strings_type, &texts, &why), 0);
    expect_bytes(buf, "17 00 00 00 03 00 00 00 01 00 00 00 00 00 00 00 02 00 00 00 61 00 00 00 04 "
                      "00 00 00 61 62 63 00");
    meeple__buf_done(&buf, NULL);
    cr_assert_eq(written(&buf, spans_rpc(), &empty, &why), 0);
    expect_bytes(buf, "15 00 00 00 00 00 00 00 16 00 00 00 00 00 00 00 17 00 00 00 00 00 00 00 18 "
                      "00 00 00 00 00 00 00 19 00 00 00 00 00 00 00 1a 00 00 00 00 00 00 00");
    meeple__buf_done(&buf, NULL);
}

/* Without a NUL behind them, empty ones and long ones: as much room as there can be need of. */
Test(codec_godot3, has_room_for_strings)
{
    static const size_t lens[] = {0, 1, 2, 3, 4, 5, 8, 100, 1000};

    for (size_t i = 0; i < MEEPLE_COUNT(lens); i++) {
        size_t len = lens[i], size = 4 + ((len + 3) & ~(size_t)3), count = 100;
        uint8_t *bytes = malloc(8 + count * size), *at = bytes;
        struct reading reading;
        const struct one_strings *arg;

        at = meeple__write_u32(meeple__write_u32(at, 23), (uint32_t)count);
        memset(at, 'a', count * size);
        for (size_t j = 0; j < count; j++) {
            meeple__write_u32(at + j * size, (uint32_t)len);
        }
        reading = read_of(&one_strings_type, 1, (meeple_bytes){bytes, 8 + count * size});
        cr_assert_eq(reading.rc, 0, "%s", reading.why.text);
        arg = reading.arg;
        cr_assert_eq(arg->value.len, count);
        for (size_t j = 0; j < count; j++) {
            cr_expect_eq(strlen(arg->value.ptr[j]), len);
        }
        done(&reading);
        free(bytes);
    }
}

Test(codec_godot3, refuses_strings_that_are_none)
{
    expect_refused(&one_strings_type, "17000000 03000000 00000000 00000000",
                   "argument 1 'value' ends too early");
    expect_refused(&one_strings_type, "17000000 ffffff7f 00000000",
                   "argument 1 'value' ends too early");
    expect_refused(&one_strings_type, "17000000 01000000 01000000 ff000000",
                   "argument 1 'value' has a string that is not UTF-8");
    expect_refused(&one_strings_type, "13000000 00000000",
                   "argument 1 'value' is an array, strings expected");
    expect_refused(&one_strings_type, "", "argument 1 'value' ends too early");
}

Test(codec_godot3, lets_a_caller_leave_out_what_is_optional)
{
    uint8_t bytes[VARIANT_SIZE];
    size_t len = from_hex(bytes, "02000000 05000000 04000000 01000000 61000000 00000000");
    struct reading one = read_of(joined_rpc(), 1, (meeple_bytes){bytes, len});
    struct reading two = read_of(joined_rpc(), 2, (meeple_bytes){bytes, len});
    struct reading all = read_of(joined_rpc(), 3, (meeple_bytes){bytes, len});
    struct reading none = read_of(joined_rpc(), 0, (meeple_bytes){bytes, len});
    const struct joined *arg = one.arg;

    cr_assert_eq(one.rc, 0, "%s", one.why.text);
    cr_expect_eq(one.used, 8);
    cr_expect_eq(arg->id, 5);
    cr_expect_str_eq(arg->name, "", "whatever its bounds");
    cr_expect_eq(arg->about.kind, MEEPLE_VALUE_NIL);
    cr_assert_eq(two.rc, 0, "%s", two.why.text);
    cr_expect_str_eq(((const struct joined *)two.arg)->name, "a");
    cr_expect_eq(all.used, len);
    cr_expect_str_eq(none.why.text, "0 arguments came, 1 to 3 expected");
    done(&one);
    done(&two);
    done(&all);
    done(&none);
    expect_refused(joined_rpc(), "02000000 05000000 04000000 00000000 00000000",
                   "argument 2 'name' is 0 bytes long, allowed 1..8");
}

Test(codec_godot3, takes_nothing_for_something_else)
{
    expect_refused(&one_bool_type, "02000000 01000000",
                   "argument 1 'value' is an integer, bool expected");
    expect_refused(&one_i32_type, "01000000 01000000",
                   "argument 1 'value' is a bool, int32 expected");
    expect_refused(&one_text_type, "00000000", "argument 1 'value' is nil, string expected");
    expect_refused(&one_text_type, "14000000 01000000 61000000",
                   "argument 1 'value' is bytes, string expected");
    expect_refused(&one_blob_type, "04000000 01000000 61000000",
                   "argument 1 'value' is a string, bytes expected");
    expect_refused(&one_flat_type, "07000000 00000000 00000000 00000000",
                   "argument 1 'value' is a vec3, vec2 expected");
    expect_refused(&one_text_type, "13000000 00000000",
                   "argument 1 'value' is an array, string expected");
    expect_refused(&one_i32_type, "12000000 00000000",
                   "argument 1 'value' is a map, int32 expected");
}

Test(codec_godot3, holds_to_the_bounds_of_the_fields)
{
    expect_refused(rolled_rpc(), "04000000 01000000 61000000 02000000 07000000",
                   "argument 2 'eyes' is 7, allowed 1..6");
    expect_refused(rolled_rpc(), "04000000 09000000 61616161 61616161 61000000 02000000 01000000",
                   "argument 1 'name' is 9 bytes long, allowed 0..8");
    expect_refused(crowd_rpc(), "17000000 03000000 00000000 00000000 00000000",
                   "argument 1 'names' has 3 elements, allowed 0..2");
    expect_refused(crowd_rpc(), "17000000 00000000 15000000 00000000",
                   "argument 2 'ids' has 0 elements, allowed 1..2");
    expect_unsayable(rolled_rpc(), &(struct rolled){.name = "a", .eyes = 0},
                     "argument 2 'eyes' is 0, allowed 1..6");
    expect_unsayable(rolled_rpc(), &(struct rolled){.name = "a long one", .eyes = 1},
                     "argument 1 'name' is 10 bytes long, allowed 0..8");
}

Test(codec_godot3, refuses_what_is_malformed)
{
    expect_refused(rolled_rpc(), "04000000 01000000 61000000 02000000",
                   "argument 2 'eyes' ends too early");
    expect_refused(rolled_rpc(), "04000000 01000000 ff000000",
                   "argument 1 'name' has a string that is not UTF-8");
    expect_refused(&one_any_type, "13000000 02000000 00000000",
                   "argument 1 'value' ends too early");
    expect_refused(&one_any_type, "13000000 01000000 11000100 01000000 00000000",
                   "argument 1 'value' has an object");
    expect_refused(&one_any_type, "ff000000",
                   "argument 1 'value' has a type that Godot 3 does not have");
}

Test(codec_godot3, wants_as_many_as_there_are)
{
    static const uint8_t nils[12];
    struct reading more = read_of(rolled_rpc(), 3, (meeple_bytes){nils, sizeof nils});
    struct reading fewer = read_of(rolled_rpc(), 1, (meeple_bytes){nils, sizeof nils});

    cr_expect_str_eq(more.why.text, "3 arguments came, 2 expected");
    cr_expect_str_eq(fewer.why.text, "1 arguments came, 2 expected");
    done(&more);
    done(&fewer);
}

/* Behind them may be the path of the object. */
Test(codec_godot3, leaves_what_follows)
{
    struct reading reading = read_hex(&one_i32_type, "02000000 05000000 2f726f6f 7400");

    cr_expect_eq(reading.rc, 0);
    cr_expect_eq(reading.used, 8);
    done(&reading);
}

Test(codec_godot3, does_not_send_what_godot_cannot_have)
{
    static const uint8_t too_large[] = {0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0};
    const struct one_u64 above = {(uint64_t)INT64_MAX + 1};
    struct one_any any = {meeple_value_ext(40, (meeple_bytes){0})};

    expect_unsayable(&one_u64_type, &above,
                     "argument 1 'value' has an integer above 9223372036854775807, which Godot 3 "
                     "does not have");
    expect_unsayable(&one_any_type, &any,
                     "argument 1 'value' has a type of the application, which Godot 3 does not "
                     "have");
    any.value = (meeple_value){
        .kind = MEEPLE_VALUE_ARRAY, .count = 1, .bytes = {too_large, sizeof too_large}};
    expect_unsayable(&one_any_type, &any,
                     "argument 1 'value' has an integer above 9223372036854775807, which Godot 3 "
                     "does not have");
    any.value = meeple_value_node_path("a::b");
    expect_unsayable(&one_any_type, &any, "argument 1 'value' has a node path that is none");
    expect_unsayable(&one_text_type, &(struct one_text){"\xff"}, "argument 1 'value' is not UTF-8");
}

Test(codec_godot3, stops_at_the_ceiling)
{
    struct meeple__sentence why;

    meeple__sentence_init(&why);
    for (size_t ceiling = 0; ceiling < 150; ceiling++) {
        struct meeple__buf buf = {0};
        struct meeple__sink sink = {.buf = &buf, .ceiling = ceiling};

        cr_expect_eq(meeple__variant_write_arguments(&sink, spans_rpc(), &spans, &why),
                     MEEPLE_ETOOBIG);
        meeple__buf_done(&buf, NULL);
    }
    for (size_t ceiling = 0;; ceiling++) {
        struct meeple__buf buf = {0};
        struct meeple__sink sink = {.buf = &buf, .ceiling = ceiling};
        int rc = meeple__variant_write_arguments(&sink, every_rpc(), &sample, &why);

        cr_expect_leq(buf.len, ceiling);
        meeple__buf_done(&buf, NULL);
        if (rc == 0) {
            cr_expect_gt(ceiling, 200);
            break;
        }
        cr_assert_eq(rc, MEEPLE_ETOOBIG);
    }
}

Test(codec_godot3, fails_without_memory)
{
    struct counting_mem counting;
    int rc = MEEPLE_ENOMEM;

    for (unsigned n = 0; rc < 0; n++) {
        struct meeple__buf buf = {0};
        struct meeple__sink sink = {.buf = &buf, .ceiling = SIZE_MAX};
        struct meeple__sentence why;

        counting_mem_init(&counting);
        counting_mem_fail(&counting, n + 1);
        sink.mem = &counting.mem;
        meeple__sentence_init(&why);
        rc = meeple__variant_write_arguments(&sink, every_rpc(), &sample, &why);
        cr_assert(rc == 0 || rc == MEEPLE_ENOMEM);
        meeple__buf_done(&buf, &counting.mem);
        cr_assert_lt(n, 100);
    }
}

static void cut_and_change(const meeple_rpc_type *type, const void *arg)
{
    struct meeple__buf buf = {0};
    struct meeple__sentence why;

    cr_assert_eq(written(&buf, type, arg, &why), 0, "%s", why.text);
    for (size_t at = 0; at < buf.len; at++) {
        struct reading cut = read_of(type, type->field_count, (meeple_bytes){buf.ptr, at});

        cr_expect_eq(cut.rc, MEEPLE_EPROTO, "cut at %zu", at);
        done(&cut);
        for (unsigned change = 1; change < 256; change++) {
            struct reading changed;

            buf.ptr[at] ^= (uint8_t)change;
            changed = read_of(type, type->field_count, (meeple_bytes){buf.ptr, buf.len});
            buf.ptr[at] ^= (uint8_t)change;
            done(&changed);
        }
    }
    meeple__buf_done(&buf, NULL);
}

Test(codec_godot3, comes_through_every_cut_and_every_change)
{
    cut_and_change(every_rpc(), &sample);
    cut_and_change(spans_rpc(), &spans);
}
