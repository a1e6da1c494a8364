/* bytes: hexadecimal in, hexadecimal out, and numbers that only look random. */
#ifndef TESTS_RPC_BYTES_H
#define TESTS_RPC_BYTES_H

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "core/buf.h"

/* "92 a0 ff"; dst has room. */
static inline size_t from_hex(uint8_t *dst, const char *hex)
{
    size_t len = 0;
    unsigned byte;
    int used;

    while (sscanf(hex, "%2x%n", &byte, &used) == 1) {
        dst[len++] = (uint8_t)byte;
        hex += used;
    }
    return len;
}

static inline void expect_bytes(struct meeple__buf buf, const char *hex)
{
    char text[1024] = "";

    cr_assert_lt(buf.len, sizeof text / 3);
    for (size_t i = 0; i < buf.len; i++) {
        snprintf(text + strlen(text), 4, i ? " %02x" : "%02x", (unsigned)buf.ptr[i]);
    }
    cr_expect_str_eq(text, hex);
}

static inline uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

#endif /* TESTS_RPC_BYTES_H */
