/* codec_msgpack: values and the arguments of a call, to msgpack and back. */
#include "rpc/codec_msgpack.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include <msgpack/pack.h>

#include "rpc/field.h"
#include "rpc/msgpack_read.h"
#include "rpc/packed.h"
#include "rpc/value_field.h"
#include "rpc/value_kind.h"

/* Writing.  msgpack-c's packer asks for nothing but a place to put bytes. */

static int write_packed(void *data, const char *bytes, size_t len)
{
    struct meeple__sink *sink = data;

    meeple__sink_bytes(sink, (meeple_bytes){(const uint8_t *)bytes, len});
    return sink->rc;
}

/* Of a kind that is nothing but floats. */
static void pack_floats(msgpack_packer *packer, meeple_value_kind kind, const void *member)
{
    float floats[MEEPLE__FLOATS_MAX];
    uint8_t bytes[sizeof floats];
    size_t count = meeple__value_floats(kind), size = count * sizeof(float);

    assert(count > 0);
    memcpy(floats, member, size);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &floats[i], sizeof bits);
        for (unsigned byte = 0; byte < 4; byte++) {
            bytes[4 * i + byte] = (uint8_t)(bits >> (24 - 8 * byte));
        }
    }
    msgpack_pack_ext_with_body(packer, bytes, size, (int8_t)meeple__value_ext(kind));
}

/* Whether a float has the same bits in it, a NaN's too. */
static bool fits_float(double real)
{
    double back;

    if (isfinite(real) && fabs(real) > (double)FLT_MAX) {
        return false;
    }
    back = (double)(float)real;
    return memcmp(&back, &real, sizeof real) == 0;
}

/* A value has one type of float; it is sent as the shorter of the two if that loses nothing. */
static void pack_float(msgpack_packer *packer, double real)
{
    if (fits_float(real)) {
        msgpack_pack_float(packer, (float)real);
    } else {
        msgpack_pack_double(packer, real);
    }
}

static void pack_bool(msgpack_packer *packer, bool yes)
{
    if (yes) {
        msgpack_pack_true(packer);
    } else {
        msgpack_pack_false(packer);
    }
}

static void pack_head(msgpack_packer *packer, meeple_value_kind kind, uint32_t count)
{
    if (kind == MEEPLE_VALUE_ARRAY) {
        msgpack_pack_array(packer, count);
    } else if (kind == MEEPLE_VALUE_MAP) {
        msgpack_pack_map(packer, count);
    } else {
        msgpack_pack_ext(packer, count, (int8_t)meeple__value_ext(kind));
    }
}

static void pack_ext(msgpack_packer *packer, meeple_value_kind kind, meeple_bytes content)
{
    msgpack_pack_ext_with_body(packer, content.ptr, content.len, (int8_t)meeple__value_ext(kind));
}

/* Elements go as they are: they are encoded already. */
static void pack_value(msgpack_packer *packer, const meeple_value *value)
{
    switch (value->kind) {
    case MEEPLE_VALUE_BOOL:
        pack_bool(packer, value->boolean);
        break;
    case MEEPLE_VALUE_INT:
        msgpack_pack_int64(packer, value->integer);
        break;
    case MEEPLE_VALUE_UINT:
        msgpack_pack_uint64(packer, value->natural);
        break;
    case MEEPLE_VALUE_FLOAT:
        pack_float(packer, value->real);
        break;
    case MEEPLE_VALUE_STRING:
        msgpack_pack_str_with_body(packer, value->bytes.ptr, value->bytes.len);
        break;
    case MEEPLE_VALUE_BYTES:
        msgpack_pack_bin_with_body(packer, value->bytes.ptr, value->bytes.len);
        break;
    case MEEPLE_VALUE_ARRAY:
    case MEEPLE_VALUE_MAP:
        pack_head(packer, value->kind, value->count);
        packer->callback(packer->data, (const char *)value->bytes.ptr, value->bytes.len);
        break;
    case MEEPLE_VALUE_VEC2:
    case MEEPLE_VALUE_VEC3:
    case MEEPLE_VALUE_COLOR:
    case MEEPLE_VALUE_RECT2:
    case MEEPLE_VALUE_TRANSFORM2D:
    case MEEPLE_VALUE_PLANE:
    case MEEPLE_VALUE_QUAT:
    case MEEPLE_VALUE_AABB:
    case MEEPLE_VALUE_BASIS:
    case MEEPLE_VALUE_TRANSFORM:
        pack_floats(packer, value->kind, &value->transform);
        break;
    case MEEPLE_VALUE_RID:
        pack_ext(packer, value->kind, (meeple_bytes){NULL, 0});
        break;
    case MEEPLE_VALUE_NODE_PATH:
    case MEEPLE_VALUE_INTS:
    case MEEPLE_VALUE_REALS:
    case MEEPLE_VALUE_STRINGS:
    case MEEPLE_VALUE_VEC2S:
    case MEEPLE_VALUE_VEC3S:
    case MEEPLE_VALUE_COLORS:
        pack_ext(packer, value->kind, value->bytes);
        break;
    case MEEPLE_VALUE_EXT:
        msgpack_pack_ext_with_body(packer, value->bytes.ptr, value->bytes.len,
                                   (int8_t)value->ext_type);
        break;
    case MEEPLE_VALUE_NIL:
    default:
        msgpack_pack_nil(packer);
        break;
    }
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

static void pack_span(msgpack_packer *packer, const meeple_field *field, const void *arg)
{
    meeple_value_kind kind = meeple__type_value(field->type);
    struct meeple__span span = meeple__get_span(field, arg);

    msgpack_pack_ext(packer, meeple__packed_span_size(kind, &span),
                     (int8_t)meeple__value_ext(kind));
    meeple__packed_span(kind, &span, packer->callback, packer->data);
}

/* Errors are in the sink. */
static void pack_field(msgpack_packer *packer, const meeple_field *field, const void *arg)
{
    const void *member = meeple__member(field, arg);
    meeple_bytes bytes;

    switch (meeple__type_kind(field->type)) {
    case MEEPLE__KIND_BOOL:
        pack_bool(packer, *(const bool *)member);
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
        pack_floats(packer, meeple__type_value(field->type), member);
        break;
    case MEEPLE__KIND_VALUE:
        pack_value(packer, member);
        break;
    case MEEPLE__KIND_SPAN:
        pack_span(packer, field, arg);
        break;
    case MEEPLE__KIND_CHARS:
        msgpack_pack_str_with_body(packer, member, meeple__chars_len(field, arg));
        break;
    case MEEPLE__KIND_NONE:
    default:
        assert(false); /* tables are validated when a class is first used */
    }
}

int meeple__msgpack_write_field(struct meeple__sink *sink, const meeple_field *field,
                                unsigned position, const void *record, struct meeple__sentence *why)
{
    msgpack_packer packer;
    int rc = meeple__field_check(field, position, record, why);

    if (rc < 0) {
        return rc;
    }
    msgpack_packer_init(&packer, sink, write_packed);
    pack_field(&packer, field, record);
    return sink->rc;
}

int meeple__msgpack_write(struct meeple__sink *sink, const meeple_rpc_type *type, const void *arg,
                          struct meeple__sentence *why)
{
    int rc = 0;

    meeple__msgpack_write_head(sink, MEEPLE_VALUE_ARRAY, type->field_count);
    for (unsigned i = 0; i < type->field_count && rc == 0; i++) {
        rc = meeple__msgpack_write_field(sink, &type->fields[i], i + 1, arg, why);
    }
    return rc < 0 ? rc : sink->rc;
}

void meeple__msgpack_write_value(struct meeple__sink *sink, const meeple_value *value)
{
    msgpack_packer packer;

    msgpack_packer_init(&packer, sink, write_packed);
    pack_value(&packer, value);
}

void meeple__msgpack_write_head(struct meeple__sink *sink, meeple_value_kind kind, uint32_t count)
{
    msgpack_packer packer;

    msgpack_packer_init(&packer, sink, write_packed);
    pack_head(&packer, kind, count);
}

static int count_packed(void *data, const char *bytes, size_t len)
{
    size_t *size = data;

    (void)bytes;
    *size += len;
    return 0;
}

size_t meeple__msgpack_size(const meeple_value *value)
{
    msgpack_packer packer;
    size_t size = 0;

    msgpack_packer_init(&packer, &size, count_packed);
    pack_value(&packer, value);
    return size;
}

size_t meeple__msgpack_field_size(const meeple_field *field, const void *record)
{
    msgpack_packer packer;
    size_t size = 0;

    msgpack_packer_init(&packer, &size, count_packed);
    pack_field(&packer, field, record);
    return size;
}

/* Reading. */

static int say_fault(enum meeple__msgpack_fault fault, struct meeple__sentence *why)
{
    if (fault == MEEPLE__MSGPACK_SHORT) {
        meeple__say(why, "the arguments end too early");
    } else {
        meeple__say(why, "the arguments are not msgpack");
    }
    return MEEPLE_EPROTO;
}

/* The array around the arguments. */
static int read_head(struct meeple__reader *reader, const meeple_rpc_type *type,
                     struct meeple__sentence *why)
{
    meeple_value head;
    enum meeple__msgpack_fault fault = meeple__msgpack_item(reader, &head);

    if (fault != MEEPLE__MSGPACK_NONE) {
        return say_fault(fault, why);
    }
    if (head.kind != MEEPLE_VALUE_ARRAY) {
        meeple__say(why, "the arguments are %s, an array expected", meeple__value_name(&head));
        return MEEPLE_EPROTO;
    }
    if (head.count != type->field_count) {
        meeple__say(why, "%u arguments came, %u expected", (unsigned)head.count,
                    (unsigned)type->field_count);
        return MEEPLE_EPROTO;
    }
    return 0;
}

/* An argument of type VALUE is checked as a whole; of any other an array or a map is one thing too
 * many already, whatever it holds. */
int meeple__msgpack_read_field(struct meeple__reader *reader, const struct meeple__place *place,
                               struct meeple__sentence *why)
{
    meeple_value value;
    enum meeple__msgpack_fault fault;

    if (place->field->type == MEEPLE_TYPE_VALUE) {
        fault = meeple__msgpack_value(reader, MEEPLE_VALUE_DEPTH_MAX, &value);
        if (fault > MEEPLE__MSGPACK_FORM) {
            meeple__say_field(why, place->field, place->position);
            meeple__say(why, "%s", meeple__msgpack_fault_text(fault));
            return MEEPLE_EPROTO;
        }
    } else {
        fault = meeple__msgpack_item(reader, &value);
    }
    if (fault != MEEPLE__MSGPACK_NONE && place->position == 0) {
        meeple__say_field(why, place->field, 0);
        meeple__say(why, "%s", meeple__msgpack_fault_text(fault));
        return MEEPLE_EPROTO;
    }
    return fault == MEEPLE__MSGPACK_NONE ? meeple__value_store(&value, place, why)
                                         : say_fault(fault, why);
}

size_t meeple__msgpack_room(const meeple_rpc_type *type, size_t len)
{
    size_t spans = 0;

    for (unsigned i = 0; i < type->field_count; i++) {
        spans += meeple__type_kind(type->fields[i].type) == MEEPLE__KIND_SPAN;
    }
    return 1 + (spans > 0 ? meeple__packed_room(len) + spans * meeple__packed_room(0) : len);
}

int meeple__msgpack_read(const meeple_rpc_type *type, meeple_bytes bytes, void *arg, char *strings,
                         struct meeple__sentence *why)
{
    struct meeple__reader reader = meeple__reader_of(bytes);
    int rc = read_head(&reader, type, why);

    memset(arg, 0, type->size);
    for (unsigned i = 0; i < type->field_count && rc == 0; i++) {
        rc = meeple__msgpack_read_field(
            &reader,
            &(struct meeple__place){
                .field = &type->fields[i], .position = i + 1, .record = arg, .strings = &strings},
            why);
    }
    if (rc == 0 && !meeple__reader_at_end(&reader)) {
        meeple__say(why, "%zu bytes are left over behind the arguments",
                    (size_t)(reader.end - reader.at));
        rc = MEEPLE_EPROTO;
    }
    return rc;
}
