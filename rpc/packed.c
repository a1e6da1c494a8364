/* packed: packed arrays, from their elements to their bytes and back. */
#include "rpc/packed.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdalign.h>
#include <string.h>

#include "rpc/value_kind.h"

enum {
    WORDS = 64 /* that are turned round at once */
};

bool meeple__packed_count(meeple_value_kind kind, meeple_bytes bytes, uint32_t *count)
{
    struct meeple__reader reader = meeple__reader_of(bytes);
    size_t size = meeple__packed_size(kind);
    uint32_t strings = 0;

    assert(size > 0);
    if (bytes.len > UINT32_MAX) {
        return false;
    }
    if (kind != MEEPLE_VALUE_STRINGS) {
        *count = (uint32_t)(bytes.len / size);
        return bytes.len % size == 0;
    }
    while (!meeple__reader_at_end(&reader) && !reader.bad) {
        (void)meeple__read_take(&reader, meeple__read_u32(&reader));
        strings++;
    }
    if (reader.bad) {
        return false;
    }
    *count = strings;
    return true;
}

static float read_float(struct meeple__reader *reader)
{
    uint32_t bits = meeple__read_u32(reader);
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

bool meeple__packed_take(struct meeple__reader *reader, meeple_value_kind kind,
                         meeple_value *element)
{
    meeple_value value = {.kind = meeple__packed_element(kind)};
    uint32_t len;

    switch (kind) {
    case MEEPLE_VALUE_INTS:
        value.integer = (int32_t)meeple__read_u32(reader);
        break;
    case MEEPLE_VALUE_REALS:
        value.real = (double)read_float(reader);
        break;
    case MEEPLE_VALUE_STRINGS:
        len = meeple__read_u32(reader);
        value.bytes = meeple__read_bytes(reader, len);
        break;
    case MEEPLE_VALUE_VEC2S:
        value.vec2.x = read_float(reader);
        value.vec2.y = read_float(reader);
        break;
    case MEEPLE_VALUE_VEC3S:
        value.vec3.x = read_float(reader);
        value.vec3.y = read_float(reader);
        value.vec3.z = read_float(reader);
        break;
    default:
        assert(kind == MEEPLE_VALUE_COLORS);
        value.color.r = read_float(reader);
        value.color.g = read_float(reader);
        value.color.b = read_float(reader);
        value.color.a = read_float(reader);
        break;
    }
    if (reader->bad) {
        return false;
    }
    *element = value;
    return true;
}

static void put_floats(struct meeple__sink *sink, const void *member, size_t count)
{
    uint32_t bits[4];

    assert(count <= MEEPLE_COUNT(bits));
    memcpy(bits, member, count * sizeof *bits);
    for (size_t i = 0; i < count; i++) {
        meeple__sink_u32(sink, bits[i]);
    }
}

/* As into an argument that is a float. */
static int put_real(struct meeple__sink *sink, const meeple_value *element)
{
    double number;
    float real;

    if (!meeple_value_number(*element, &number) ||
        (isfinite(number) && fabs(number) > (double)FLT_MAX) ||
        (element->kind != MEEPLE_VALUE_FLOAT && !meeple__integer_fits(element, FLT_MANT_DIG))) {
        return MEEPLE_EINVAL;
    }
    real = (float)number;
    put_floats(sink, &real, 1);
    return sink->rc;
}

int meeple__packed_put(struct meeple__sink *sink, meeple_value_kind kind,
                       const meeple_value *element)
{
    if (kind == MEEPLE_VALUE_REALS) {
        return put_real(sink, element);
    }
    if (element->kind != meeple__packed_element(kind)) {
        return MEEPLE_EINVAL;
    }
    if (kind == MEEPLE_VALUE_INTS) {
        if (element->integer < INT32_MIN || element->integer > INT32_MAX) {
            return MEEPLE_EINVAL;
        }
        meeple__sink_u32(sink, (uint32_t)element->integer);
    } else if (kind == MEEPLE_VALUE_STRINGS) {
        meeple__sink_u32(sink, (uint32_t)element->bytes.len);
        meeple__sink_bytes(sink, element->bytes);
    } else {
        put_floats(sink, &element->vec2, meeple__value_floats(element->kind));
    }
    return sink->rc;
}

size_t meeple__packed_span_size(meeple_value_kind kind, const struct meeple__span *span)
{
    const char *const *texts = (const char *const *)span->ptr;
    size_t size = span->len * meeple__packed_size(kind);

    for (size_t i = 0; kind == MEEPLE_VALUE_STRINGS && i < span->len; i++) {
        size += texts[i] ? strlen(texts[i]) : 0;
    }
    return size;
}

/* Whatever they are, their bytes are those of numbers of four. */
static void write_words(const uint8_t *words, size_t count,
                        int (*write)(void *data, const char *bytes, size_t len), void *data)
{
    uint8_t bytes[4 * WORDS];

    while (count > 0) {
        size_t some = count < WORDS ? count : WORDS;

        for (size_t i = 0; i < some; i++) {
            uint32_t word;

            memcpy(&word, words + 4 * i, sizeof word);
            meeple__write_u32(bytes + 4 * i, word);
        }
        write(data, (const char *)bytes, 4 * some);
        words += 4 * some;
        count -= some;
    }
}

void meeple__packed_span(meeple_value_kind kind, const struct meeple__span *span,
                         int (*write)(void *data, const char *bytes, size_t len), void *data)
{
    const char *const *texts = (const char *const *)span->ptr;
    uint8_t head[4];

    if (kind != MEEPLE_VALUE_STRINGS) {
        write_words(span->ptr, span->len * meeple__packed_size(kind) / 4, write, data);
        return;
    }
    for (size_t i = 0; i < span->len; i++) {
        size_t len = texts[i] ? strlen(texts[i]) : 0;

        meeple__write_u32(head, (uint32_t)len);
        write(data, (const char *)head, sizeof head);
        if (len > 0) {
            write(data, texts[i], len);
        }
    }
}

/* Instead of the length in front of a text there is a pointer, and a NUL behind it; and what is
 * skipped so that all are where C wants them. */
size_t meeple__packed_room(size_t len)
{
    return len + len / 4 * (sizeof(char *) + 1) + alignof(char *);
}

static void *align(char *room, size_t to)
{
    return room + (0 - (uintptr_t)room) % to;
}

static struct meeple__span unpack_strings(const meeple_value *packed, char **room)
{
    struct meeple__reader reader = meeple__reader_of(packed->bytes);
    const char **texts = align(*room, alignof(char *));
    char *at = (char *)(texts + packed->count);

    for (uint32_t i = 0; i < packed->count; i++) {
        meeple_value text = meeple_value_string("");

        (void)meeple__packed_take(&reader, packed->kind, &text);
        texts[i] = at;
        if (text.bytes.len > 0) {
            memcpy(at, text.bytes.ptr, text.bytes.len);
        }
        at[text.bytes.len] = '\0';
        at += text.bytes.len + 1;
    }
    *room = at;
    return (struct meeple__span){texts, packed->count};
}

struct meeple__span meeple__packed_unpack(const meeple_value *packed, char **room)
{
    struct meeple__reader reader = meeple__reader_of(packed->bytes);
    char *elements;

    if (packed->kind == MEEPLE_VALUE_STRINGS) {
        return unpack_strings(packed, room);
    }
    elements = align(*room, alignof(uint32_t));
    for (size_t at = 0; at < packed->bytes.len; at += 4) {
        uint32_t word = meeple__read_u32(&reader);

        memcpy(elements + at, &word, sizeof word);
    }
    *room = elements + packed->bytes.len;
    return (struct meeple__span){elements, packed->count};
}
