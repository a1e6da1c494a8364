/* fuzz_value: any bytes as a value; what is one can be walked, asked, kept and built again. */
#include "tests/fuzz/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <meeple/value.h>

#include "core/utf8.h"
#include "tests/fuzz/limited_mem.h"

static bool is_container(meeple_value value)
{
    return value.kind == MEEPLE_VALUE_ARRAY || value.kind == MEEPLE_VALUE_MAP ||
           meeple_value_is_packed(value);
}

/* One that is no array, no map. */
static void ask(meeple_value value)
{
    char *chars = malloc(value.kind == MEEPLE_VALUE_STRING ? value.bytes.len + 1 : 1);
    int64_t integer;
    double number;

    MUST(chars);
    if (meeple_value_integer(value, &integer)) {
        MUST(meeple_value_number(value, &number) && number == (double)integer);
    }
    if (value.kind == MEEPLE_VALUE_STRING) {
        MUST(meeple_value_chars(value, chars, value.bytes.len + 1));
        MUST(meeple_value_equal(meeple_value_string(chars), value));
    }
    free(chars);
}

/* As a user would, level by level; there are at most 32.  True if it has to become the same: of a
 * NaN in REALS, which is a double on its way, the bits may change. */
static bool rebuild(meeple_value_builder *builder, meeple_value value)
{
    bool exact = true;
    meeple_value_iterator at = meeple_value_iterate(value);
    uint32_t count = 0;

    if (!is_container(value)) {
        ask(value);
        meeple_value_put(builder, value);
        return true;
    }
    if (value.kind == MEEPLE_VALUE_MAP) {
        meeple_value_begin_map(builder);
    } else if (meeple_value_is_packed(value)) {
        meeple_value_begin_packed(builder, value.kind);
    } else {
        meeple_value_begin_array(builder);
    }
    while (meeple_value_next(&at)) {
        if (value.kind == MEEPLE_VALUE_MAP) {
            exact = rebuild(builder, at.key) && exact;
        }
        exact = rebuild(builder, at.value) && exact;
        exact = exact && (value.kind != MEEPLE_VALUE_REALS || !isnan(at.value.real));
        count++;
    }
    MUST(count == value.count);
    meeple_value_end(builder);
    return exact;
}

static void show(meeple_value value, size_t size)
{
    char *text = malloc(size);
    size_t len;

    MUST(text);
    len = meeple_value_text(value, text, size);
    MUST(strlen(text) < size && (len < size) == (strlen(text) == len));
    MUST(meeple__utf8_valid((meeple_bytes){(const uint8_t *)text, strlen(text)}));
    for (const char *at = text; *at; at++) {
        MUST((unsigned char)*at >= 0x20 && *at != 0x7f);
    }
    free(text);
}

static void keep(meeple_value value, size_t size)
{
    uint8_t *memory = malloc(size);
    meeple_value kept, again;

    MUST(memory);
    MUST(meeple_value_copy(&kept, value, memory, size) == (int)size);
    MUST(meeple_value_read(&again, (meeple_bytes){memory, size}) == 0);
    MUST(meeple_value_equal(kept, value) && meeple_value_equal(again, value));
    free(memory);
}

/* The last element, in the place of the whole. */
static void keep_part(meeple_value value, size_t size)
{
    meeple_value_iterator at = meeple_value_iterate(value);
    uint8_t *memory = malloc(size);
    meeple_value kept, part = meeple_value_nil();

    MUST(memory);
    while (meeple_value_next(&at)) {
        part = at.value;
    }
    MUST(meeple_value_copy(&kept, value, memory, size) == (int)size);
    if (value.kind == MEEPLE_VALUE_MAP && value.count > 0) {
        at = meeple_value_iterate(kept);
        MUST(meeple_value_next(&at) && meeple_value_find_key(kept, at.key, NULL));
    }
    at = meeple_value_iterate(kept);
    kept = meeple_value_nil();
    while (meeple_value_next(&at)) {
        kept = at.value;
    }
    MUST(meeple_value_copy(&kept, kept, memory, size) == (int)meeple_value_size(part));
    MUST(meeple_value_equal(kept, part));
    free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct limited_mem limited;
    meeple_value_builder builder;
    meeple_value value, again;
    bool exact;
    int rc = meeple_value_read(&value, (meeple_bytes){bytes, len});

    MUST(rc == 0 || rc == MEEPLE_EPROTO);
    if (rc < 0) {
        return 0;
    }
    MUST(meeple_value_size(value) <= len);
    show(value, 1 + len);
    show(value, 1 + 64 * len);
    keep(value, meeple_value_size(value));
    keep_part(value, meeple_value_size(value));
    limited_mem_init(&limited, 4 * len + 128);
    meeple_value_builder_init(&builder, &limited.mem, len);
    exact = rebuild(&builder, value);
    MUST(meeple_value_builder_value(&builder, &again) == 0);
    MUST(meeple_value_equal(value, again) || !exact);
    MUST(meeple_value_size(again) <= meeple_value_size(value));
    meeple_value_builder_done(&builder);
    MUST(limited.live == 0);
    return 0;
}
