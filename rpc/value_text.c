/* value_text: values as text for people. */
#include <meeple/value.h>

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/msgpack_read.h"
#include "rpc/value_kind.h"

enum {
    TOKEN_SIZE = 40 /* a number at its longest */
};

/* Pieces are written whole or not at all, and after the first that was not, none. */
struct text {
    char *dst;
    size_t size;
    size_t written; /* without the NUL */
    size_t len;     /* of all */
    bool full;
};

static void add(struct text *text, const char *piece, size_t len)
{
    text->len += len;
    if (text->full || text->written + len >= text->size) {
        text->full = true;
        return;
    }
    memcpy(text->dst + text->written, piece, len);
    text->written += len;
}

static void add_text(struct text *text, const char *piece)
{
    add(text, piece, strlen(piece));
}

/* With a decimal point, whatever the locale has for one.  Whether it looks like an integer. */
static bool add_digits(struct text *text, const char *token)
{
    char plain[TOKEN_SIZE];
    size_t len = 0;
    bool whole = true;

    for (const char *at = token; *at && len < sizeof plain; at++) {
        if (strchr("0123456789+-e", *at)) {
            whole = whole && *at != 'e';
            plain[len++] = *at;
        } else if (whole) {
            whole = false;
            plain[len++] = '.';
        }
    }
    add(text, plain, len);
    return whole;
}

static void add_integer(struct text *text, int64_t integer)
{
    char token[TOKEN_SIZE];

    snprintf(token, sizeof token, "%" PRId64, integer);
    add_text(text, token);
}

static bool add_infinite(struct text *text, double real)
{
    if (isfinite(real)) {
        return false;
    }
    add_text(text, isnan(real) ? "nan" : real < 0 ? "-inf" : "inf");
    return true;
}

/* So many digits, of any number, survive in that many bits: all 53 of a double have 15, all 24 of a
 * float 6.  Next to zero there are fewer bits.  Zeros at the end are not printed. */
static int sure_digits(int bits, int bits_max)
{
    int digits = ((bits < bits_max ? bits : bits_max) - 1) * 30103 / 100000; /* log10(2) */

    return digits > 1 ? digits : 1;
}

/* As few digits as bring back the same number: two more than are sure at most. */
static void add_double(struct text *text, double real)
{
    char token[TOKEN_SIZE];
    int exponent;

    if (add_infinite(text, real)) {
        return;
    }
    (void)frexp(real, &exponent);
    for (int digits = sure_digits(exponent - DBL_MIN_EXP + DBL_MANT_DIG, DBL_MANT_DIG);
         digits <= 17; digits++) {
        snprintf(token, sizeof token, "%.*g", digits, real);
        if (strtod(token, NULL) == real) {
            break;
        }
    }
    if (add_digits(text, token)) {
        add_text(text, ".0");
    }
}

static void add_float(struct text *text, float real)
{
    char token[TOKEN_SIZE];
    int exponent;

    if (add_infinite(text, (double)real)) {
        return;
    }
    (void)frexpf(real, &exponent);
    for (int digits = sure_digits(exponent - FLT_MIN_EXP + FLT_MANT_DIG, FLT_MANT_DIG); digits <= 9;
         digits++) {
        snprintf(token, sizeof token, "%.*g", digits, (double)real);
        if (strtof(token, NULL) == real) {
            break;
        }
    }
    add_digits(text, token);
}

/* Of a kind that is nothing but floats, or of none. */
static void add_floats(struct text *text, const meeple_value *value)
{
    float floats[MEEPLE__FLOATS_MAX];
    size_t count = meeple__value_floats(value->kind);

    memcpy(floats, &value->transform, count * sizeof *floats);
    add_text(text, meeple_value_kind_name(value->kind));
    add_text(text, "(");
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            add_text(text, ", ");
        }
        add_float(text, floats[i]);
    }
    add_text(text, ")");
}

/* The character at `at`, in UTF-8 that was checked, and how long it is. */
static size_t decode(const uint8_t *at, uint32_t *character)
{
    size_t len = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

    *character = len == 1 ? at[0] : at[0] & (0x7fU >> len);
    for (size_t i = 1; i < len; i++) {
        *character = *character << 6 | (at[i] & 0x3f);
    }
    return len;
}

/* Would end the line, ring the bell, or turn round what follows. */
static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x061c ||
           character == 0x200e || character == 0x200f ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

static void add_escape(struct text *text, uint32_t character)
{
    char escape[8];

    switch (character) {
    case '\n':
        add_text(text, "\\n");
        break;
    case '\t':
        add_text(text, "\\t");
        break;
    case '"':
        add_text(text, "\\\"");
        break;
    case '\\':
        add_text(text, "\\\\");
        break;
    default:
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(character & 0xffff));
        add_text(text, escape);
    }
}

static void add_string(struct text *text, meeple_bytes bytes)
{
    add_text(text, "\"");
    for (size_t at = 0; at < bytes.len;) {
        uint32_t character;
        size_t len = decode(bytes.ptr + at, &character);

        if (character == '"' || character == '\\' || is_control(character)) {
            add_escape(text, character);
        } else {
            add(text, (const char *)bytes.ptr + at, len);
        }
        at += len;
    }
    add_text(text, "\"");
}

static void add_hex(struct text *text, meeple_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";

    add_text(text, "<");
    for (size_t i = 0; i < bytes.len; i++) {
        const char pair[2] = {digits[bytes.ptr[i] >> 4], digits[bytes.ptr[i] & 15]};

        add(text, pair, sizeof pair);
    }
    add_text(text, ">");
}

static void add_packed(struct text *text, const meeple_value *value)
{
    meeple_value_iterator at = meeple_value_iterate(*value);
    bool first = true;

    add_text(text, meeple_value_kind_name(value->kind));
    add_text(text, "[");
    while (meeple_value_next(&at)) {
        add_text(text, first ? "" : ", ");
        first = false;
        if (at.value.kind == MEEPLE_VALUE_INT) {
            add_integer(text, at.value.integer);
        } else if (at.value.kind == MEEPLE_VALUE_FLOAT) {
            add_float(text, (float)at.value.real);
        } else if (at.value.kind == MEEPLE_VALUE_STRING) {
            add_string(text, at.value.bytes);
        } else {
            add_floats(text, &at.value);
        }
    }
    add_text(text, "]");
}

/* All but arrays and maps. */
static void add_item(struct text *text, const meeple_value *value)
{
    char token[TOKEN_SIZE];

    switch (value->kind) {
    case MEEPLE_VALUE_BOOL:
        add_text(text, value->boolean ? "true" : "false");
        break;
    case MEEPLE_VALUE_INT:
        add_integer(text, value->integer);
        break;
    case MEEPLE_VALUE_UINT:
        snprintf(token, sizeof token, "%" PRIu64, value->natural);
        add_text(text, token);
        break;
    case MEEPLE_VALUE_FLOAT:
        add_double(text, value->real);
        break;
    case MEEPLE_VALUE_STRING:
        add_string(text, value->bytes);
        break;
    case MEEPLE_VALUE_BYTES:
        add_hex(text, value->bytes);
        break;
    case MEEPLE_VALUE_NODE_PATH:
        add_text(text, "node_path(");
        add_string(text, value->bytes);
        add_text(text, ")");
        break;
    case MEEPLE_VALUE_EXT:
        snprintf(token, sizeof token, "ext(%" PRId32 ", ", value->ext_type);
        add_text(text, token);
        add_hex(text, value->bytes);
        add_text(text, ")");
        break;
    case MEEPLE_VALUE_NIL:
        add_text(text, "nil");
        break;
    default:
        if (meeple_value_is_packed(*value)) {
            add_packed(text, value);
        } else {
            add_floats(text, value);
        }
    }
}

/* What is open around an element. */
struct level {
    uint64_t left, done;
    bool is_map;
};

static struct level begin(struct text *text, const meeple_value *value)
{
    bool is_map = value->kind == MEEPLE_VALUE_MAP;

    add_text(text, is_map ? "{" : "[");
    return (struct level){.left = meeple__value_items(value), .is_map = is_map};
}

/* Without recursion: the value was checked, so its levels are as many as there may be. */
static void add_container(struct text *text, const meeple_value *value)
{
    struct meeple__reader reader = meeple__reader_of(value->bytes);
    struct level levels[MEEPLE_VALUE_DEPTH_MAX];
    unsigned depth = 0;

    levels[depth++] = begin(text, value);
    while (depth > 0) {
        struct level *level = &levels[depth - 1];
        meeple_value item;

        if (level->left == 0) {
            add_text(text, level->is_map ? "}" : "]");
            depth--;
            continue;
        }
        if (level->done > 0) {
            add_text(text, level->is_map && level->done % 2 != 0 ? ": " : ", ");
        }
        level->left--;
        level->done++;
        meeple__msgpack_item(&reader, &item);
        if (meeple__value_is_container(&item)) {
            levels[depth++] = begin(text, &item);
        } else {
            add_item(text, &item);
        }
    }
}

size_t meeple_value_text(meeple_value value, char *dst, size_t size)
{
    struct text text = {.dst = dst, .size = dst ? size : 0};

    if (meeple__msgpack_check(&value, MEEPLE_VALUE_DEPTH_MAX) != MEEPLE__MSGPACK_NONE) {
        add_text(&text, "(malformed)");
    } else if (meeple__value_is_container(&value)) {
        add_container(&text, &value);
    } else {
        add_item(&text, &value);
    }
    if (text.size > 0) {
        text.dst[text.written] = '\0';
    }
    return text.len;
}
