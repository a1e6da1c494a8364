/* codec_msgpack: the arguments of a call, between their struct and a msgpack array. */
#include "rpc/codec_msgpack.h"

#include <assert.h>
#include <string.h>

#include <msgpack/pack.h>
#include <msgpack/unpack.h>
#include <msgpack/unpack_define.h>

#include "rpc/field.h"
#include "rpc/value.h"

static int8_t ext_type(meeple_type type)
{
    return type == MEEPLE_TYPE_VEC2 ? 1 : 2;
}

/* Writing.  msgpack-c's packer asks for nothing but a place to put bytes. */

static int write_packed(void *data, const char *bytes, size_t len)
{
    struct meeple__sink *sink = data;

    meeple__sink_bytes(sink, (meeple_bytes){(const uint8_t *)bytes, len});
    return sink->rc;
}

static void pack_vector(msgpack_packer *packer, const meeple_field *field, const void *member)
{
    float floats[MEEPLE__FLOATS_MAX];
    uint8_t bytes[sizeof floats];
    size_t size = meeple__type_size(field->type);

    memcpy(floats, member, size);
    for (size_t i = 0; i < size / sizeof(float); i++) {
        uint32_t bits;

        memcpy(&bits, &floats[i], sizeof bits);
        for (unsigned byte = 0; byte < 4; byte++) {
            bytes[4 * i + byte] = (uint8_t)(bits >> (24 - 8 * byte));
        }
    }
    msgpack_pack_ext_with_body(packer, bytes, size, ext_type(field->type));
}

static void pack_real(msgpack_packer *packer, const meeple_field *field, const void *arg)
{
    double value = meeple__get_real(field, arg);

    if (field->type == MEEPLE_TYPE_F32) {
        msgpack_pack_float(packer, (float)value);
    } else {
        msgpack_pack_double(packer, value);
    }
}

static void pack_string(msgpack_packer *packer, const char *text)
{
    const char *sent = text ? text : "";

    msgpack_pack_str_with_body(packer, sent, strlen(sent));
}

/* Errors are in the sink. */
static void pack_field(msgpack_packer *packer, const meeple_field *field, const void *arg)
{
    const void *member = meeple__member(field, arg);
    meeple_bytes bytes;

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_BOOL:
        if (*(const bool *)member) {
            msgpack_pack_true(packer);
        } else {
            msgpack_pack_false(packer);
        }
        break;
    case MEEPLE__KIND_SIGNED:
        msgpack_pack_int64(packer, meeple__get_signed(field, arg));
        break;
    case MEEPLE__KIND_UNSIGNED:
        msgpack_pack_uint64(packer, meeple__get_unsigned(field, arg));
        break;
    case MEEPLE__KIND_REAL:
        pack_real(packer, field, arg);
        break;
    case MEEPLE__KIND_STRING:
        pack_string(packer, *(const char *const *)member);
        break;
    case MEEPLE__KIND_BYTES:
        bytes = *(const meeple_bytes *)member;
        msgpack_pack_bin_with_body(packer, bytes.ptr, bytes.len);
        break;
    case MEEPLE__KIND_VECTOR:
        pack_vector(packer, field, member);
        break;
    case MEEPLE__KIND_NONE:
    default:
        assert(false); /* tables are validated when a class is first used */
    }
}

int meeple__msgpack_write(struct meeple__sink *sink, const meeple_rpc_type *type, const void *arg,
                          struct meeple__sentence *why)
{
    msgpack_packer packer;

    msgpack_packer_init(&packer, sink, write_packed);
    msgpack_pack_array(&packer, type->field_count);
    for (unsigned i = 0; i < type->field_count && sink->rc == 0; i++) {
        int rc = meeple__field_check(&type->fields[i], i + 1, arg, why);

        if (rc < 0) {
            return rc;
        }
        pack_field(&packer, &type->fields[i], arg);
    }
    return sink->rc;
}

/*
 * Reading.  msgpack-c's template walks the bytes and calls us for each value; nothing is built, so
 * nothing is allocated by what a count declares.  Any callback below zero ends the walk.
 */

struct reading {
    const meeple_rpc_type *type;
    void *arg;
    char *strings; /* where the next one goes */
    unsigned done; /* fields that are filled */
    bool begun;    /* the array was seen */
    struct meeple__sentence *why;
};

static int put(struct reading *reading, const struct meeple__value *value)
{
    int rc;

    if (!reading->begun) {
        meeple__say(reading->why, "the arguments are %s, an array expected",
                    meeple__value_name(value));
        return -1;
    }
    assert(reading->done < reading->type->field_count);
    rc = meeple__value_put(value,
                           &(struct meeple__place){.field = &reading->type->fields[reading->done],
                                                   .position = reading->done + 1,
                                                   .record = reading->arg,
                                                   .strings = &reading->strings},
                           reading->why);
    reading->done++;
    return rc < 0 ? -1 : 0;
}

static float read_float(const uint8_t *at)
{
    uint32_t bits = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static int begin_array(struct reading *reading, size_t count)
{
    if (reading->begun) {
        return put(reading, &(struct meeple__value){.kind = MEEPLE__VALUE_ARRAY});
    }
    if (count != reading->type->field_count) {
        meeple__say(reading->why, "%zu arguments came, %u expected", count,
                    (unsigned)reading->type->field_count);
        return -1;
    }
    reading->begun = true;
    return 0;
}

static int put_ext(struct reading *reading, const char *bytes, size_t len)
{
    const uint8_t *at = (const uint8_t *)bytes;
    struct meeple__value value = {.kind = MEEPLE__VALUE_UNKNOWN};

    /* The first byte is the type; a length of 2^32-1 wraps in the template, and len is 0 then. */
    if ((len == 1 + 8 && at[0] == ext_type(MEEPLE_TYPE_VEC2)) ||
        (len == 1 + 12 && at[0] == ext_type(MEEPLE_TYPE_VEC3))) {
        value.kind = MEEPLE__VALUE_VECTOR;
        value.float_count = (unsigned)(len / 4);
        for (unsigned i = 0; i < value.float_count; i++) {
            value.floats[i] = read_float(at + 1 + 4 * i);
        }
    }
    return put(reading, &value);
}

/* The template wants an object for each value; we have none. */
#define CALLBACK(name, type, ...)                                                                  \
    static int on##name(struct reading *reading, type given, int *object)                          \
    {                                                                                              \
        *object = 0;                                                                               \
        return put(reading, &(struct meeple__value){__VA_ARGS__});                                 \
    }
#define UNSIGNED_CALLBACK(name, type)                                                              \
    CALLBACK(name, type, .kind = MEEPLE__VALUE_INTEGER, .magnitude = given)
#define SIGNED_CALLBACK(name, type)                                                                \
    CALLBACK(name, type, .kind = MEEPLE__VALUE_INTEGER, .below = given < 0 ? given : 0,            \
             .magnitude = given < 0 ? 0 : (uint64_t)given)
UNSIGNED_CALLBACK(_uint8, uint8_t)
UNSIGNED_CALLBACK(_uint16, uint16_t)
UNSIGNED_CALLBACK(_uint32, uint32_t)
UNSIGNED_CALLBACK(_uint64, uint64_t)
SIGNED_CALLBACK(_int8, int8_t)
SIGNED_CALLBACK(_int16, int16_t)
SIGNED_CALLBACK(_int32, int32_t)
SIGNED_CALLBACK(_int64, int64_t)
CALLBACK(_float, float, .kind = MEEPLE__VALUE_FLOAT, .real = (double)given)
CALLBACK(_double, double, .kind = MEEPLE__VALUE_FLOAT, .real = given)

static int on_root(struct reading *reading)
{
    (void)reading;
    return 0;
}

static int on_nil(struct reading *reading, int *object)
{
    *object = 0;
    return put(reading, &(struct meeple__value){.kind = MEEPLE__VALUE_NIL});
}

static int on_true(struct reading *reading, int *object)
{
    *object = 0;
    return put(reading, &(struct meeple__value){.kind = MEEPLE__VALUE_BOOL, .yes = true});
}

static int on_false(struct reading *reading, int *object)
{
    *object = 0;
    return put(reading, &(struct meeple__value){.kind = MEEPLE__VALUE_BOOL});
}

static int on_array(struct reading *reading, size_t count, int *object)
{
    *object = 0;
    return begin_array(reading, count);
}

static int on_map(struct reading *reading, size_t count, int *object)
{
    (void)count;
    *object = 0;
    return put(reading, &(struct meeple__value){.kind = MEEPLE__VALUE_MAP});
}

static int on_array_item(struct reading *reading, int *array, int item)
{
    (void)reading;
    (void)array;
    (void)item;
    return 0;
}

/* Never: no map gets that far. */
static int on_map_item(struct reading *reading, int *map, int key, int item)
{
    (void)reading;
    (void)map;
    (void)key;
    (void)item;
    return -1;
}

static struct meeple__value run_of(enum meeple__value_kind kind, const char *base, const char *at,
                                   size_t len)
{
    /* For an empty one the template does not say where. */
    const char *from = len > 0 ? at : base;

    return (struct meeple__value){.kind = kind, .bytes = {(const uint8_t *)from, len}};
}

static int on_str(struct reading *reading, const char *base, const char *at, size_t len,
                  int *object)
{
    struct meeple__value value = run_of(MEEPLE__VALUE_STRING, base, at, len);

    *object = 0;
    return put(reading, &value);
}

static int on_bin(struct reading *reading, const char *base, const char *at, size_t len,
                  int *object)
{
    struct meeple__value value = run_of(MEEPLE__VALUE_BYTES, base, at, len);

    *object = 0;
    return put(reading, &value);
}

static int on_ext(struct reading *reading, const char *base, const char *at, size_t len,
                  int *object)
{
    (void)base;
    *object = 0;
    return put_ext(reading, at, len);
}

#define msgpack_unpack_struct(name) struct template##name
#define msgpack_unpack_func(result, name) static inline result template##name
#define msgpack_unpack_callback(name) on##name
#define msgpack_unpack_object int
#define msgpack_unpack_user struct reading
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wpedantic"
#endif
#include <msgpack/unpack_template.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

int meeple__msgpack_read(const meeple_rpc_type *type, meeple_bytes bytes, void *arg, char *strings,
                         struct meeple__sentence *why)
{
    struct template_context walk; /* a kilobyte; the template sets what it needs of it */
    size_t at = 0;
    size_t said = why->len;
    int rc;

    memset(arg, 0, type->size);
    walk.user = (struct reading){.type = type, .arg = arg, .strings = strings, .why = why};
    template_init(&walk);
    rc = bytes.len > 0 ? template_execute(&walk, (const char *)bytes.ptr, bytes.len, &at) : 0;
    if (rc < 0) {
        if (why->len == said) {
            meeple__say(why, "the arguments are not msgpack");
        }
        return MEEPLE_EPROTO;
    }
    if (rc == 0) {
        meeple__say(why, "the arguments end too early");
        return MEEPLE_EPROTO;
    }
    if (at != bytes.len) {
        meeple__say(why, "%zu bytes are left over behind the arguments", bytes.len - at);
        return MEEPLE_EPROTO;
    }
    return 0;
}
