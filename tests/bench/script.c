/* script: what a connection says over and over, and what it has to hear in return. */
#include "tests/bench/script.h"

#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/support/prng.h"

enum {
    HEADER_MAX = 14,
    PERIOD_MIN = 8 /* one message may not be taken for the next */
};

/* Written here once more, because a mistake in the library's own must not measure as an echo. */
static size_t put_header(uint8_t *dst, size_t payload, const uint8_t *key)
{
    uint8_t masked = key ? 0x80 : 0;
    size_t len = 0;

    dst[len++] = 0x82; /* final, binary */
    if (payload < 126) {
        dst[len++] = (uint8_t)(masked | payload);
    } else {
        size_t bytes = payload < 65536 ? 2 : 8;

        dst[len++] = masked | (bytes == 2 ? 126 : 127);
        for (size_t i = bytes; i-- > 0;) {
            dst[len++] = (uint8_t)((uint64_t)payload >> (8 * i));
        }
    }
    if (key) {
        memcpy(dst + len, key, 4);
        len += 4;
    }
    return len;
}

void script_make(struct script *script, size_t payload, bool websocket, size_t messages)
{
    struct prng prng = {1};
    uint8_t header[HEADER_MAX], key[4] = {0};
    size_t head_out = put_header(header, payload, key);
    size_t head_in = websocket ? put_header(header, payload, NULL) : head_out;

    script->messages = messages < PERIOD_MIN ? PERIOD_MIN : messages;
    script->out_len = head_out + payload;
    script->in_len = head_in + payload;
    script->out = bench_alloc(2 * script->messages, script->out_len);
    script->in = bench_alloc(script->messages, script->in_len);
    for (size_t i = 0; i < script->messages; i++) {
        uint8_t *out = script->out + i * script->out_len, *in = script->in + i * script->in_len;

        prng_fill(&prng, key, sizeof key);
        put_header(out, payload, key);
        prng_fill(&prng, in + head_in, payload);
        for (size_t byte = 0; byte < payload; byte++) {
            out[head_out + byte] = in[head_in + byte] ^ key[byte % 4];
        }
        if (websocket) {
            put_header(in, payload, NULL);
        } else {
            memcpy(in, out, script->out_len);
        }
    }
    memcpy(script->out + script->messages * script->out_len, script->out,
           script->messages * script->out_len);
}

void script_done(struct script *script)
{
    free(script->out);
    free(script->in);
}

bool script_is(const struct script *script, uint64_t at, const uint8_t *bytes, size_t len)
{
    size_t period = script->messages * script->in_len, from = (size_t)(at % period);

    while (len > 0) {
        size_t part = len < period - from ? len : period - from;

        if (memcmp(script->in + from, bytes, part) != 0) {
            return false;
        }
        bytes += part;
        len -= part;
        from = 0;
    }
    return true;
}
