/* ws_config: what the endpoints of one net have in common: options checked, defaults filled in. */
#include "transport/ws.h"

#include <string.h>

/* Whether it can stand in a request as it is. */
static bool is_word(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((*at > 0 && *at <= ' ') || *at == 0x7f) {
            return false;
        }
    }
    return *text != '\0';
}

/* What can be asked for: a path, maybe a query, no fragment (RFC 6455 section 3). */
static bool is_target(const char *text)
{
    return text[0] == '/' && is_word(text) && !strchr(text, '#');
}

static bool is_host(const char *text)
{
    return text[0] != '\0' &&
           meeple__http_is_host((meeple_bytes){(const uint8_t *)text, strlen(text)});
}

/* Room for two of the longest messages, or they could never be sent. */
static size_t queue_default(size_t message_bytes_max)
{
    const size_t least = 1 << 20, most = INT32_MAX;

    if (message_bytes_max > most / 2 - MEEPLE__WS_HEAD_MAX) {
        return most;
    }
    message_bytes_max = 2 * (message_bytes_max + MEEPLE__WS_HEAD_MAX);
    return message_bytes_max > least ? message_bytes_max : least;
}

/* 12 window bits: four kilobytes back is where most of a game's repetitions are.  A client does not
 * ask that of its server: not every one can, and those that ignore it would be a fault. */
static int deflate_config(struct meeple__deflate_params *wish, meeple_deflate_options *deflate,
                          bool server)
{
    enum {
        WINDOW_BITS = 12,
        ANY_WINDOW_BITS = 15,
        THRESHOLD = 64
    };
    uint8_t server_bits = deflate->server_max_window_bits,
            client_bits = deflate->client_max_window_bits;
    const struct meeple__deflate_effort effort = {deflate->level, deflate->memory_level};

    deflate->threshold_bytes = deflate->threshold_bytes ? deflate->threshold_bytes : THRESHOLD;
    *wish = (struct meeple__deflate_params){
        deflate->server_no_context_takeover, deflate->client_no_context_takeover,
        server_bits ? server_bits : (uint8_t)(server ? WINDOW_BITS : ANY_WINDOW_BITS),
        client_bits ? client_bits : WINDOW_BITS};
    return meeple__deflate_params_valid(wish) && meeple__deflate_effort_valid(&effort)
               ? 0
               : MEEPLE_EINVAL;
}

int meeple__ws_config_init(struct meeple__ws_config *config, const meeple_ws_options *options,
                           struct meeple__pool *pool)
{
    meeple_ws_options filled = *options;

    filled.path = filled.path ? filled.path : "/";
    if (!options->random || !meeple__ws_options_valid(options->protocols, options->headers) ||
        (!options->server &&
         !(options->host && is_host(options->host) && is_target(filled.path)))) {
        return MEEPLE_EINVAL;
    }
    filled.head_bytes_max = filled.head_bytes_max ? filled.head_bytes_max : 8192;
    filled.message_bytes_max = filled.message_bytes_max ? filled.message_bytes_max : 65536;
    filled.queue_bytes_max =
        filled.queue_bytes_max ? filled.queue_bytes_max : queue_default(filled.message_bytes_max);
    filled.handshake_timeout_ms = filled.handshake_timeout_ms ? filled.handshake_timeout_ms : 5000;
    filled.close_timeout_ms = filled.close_timeout_ms ? filled.close_timeout_ms : 3000;
    filled.heartbeat_misses = filled.heartbeat_misses ? filled.heartbeat_misses : 2;
    if (filled.heartbeat_misses > UINT8_MAX) {
        return MEEPLE_EINVAL;
    }
    if (filled.message_bytes_max > INT32_MAX - 64 || filled.queue_bytes_max > INT32_MAX) {
        return MEEPLE_EINVAL;
    }
    *config = (struct meeple__ws_config){
        .protocol_rule =
            options->protocol_required ? MEEPLE__PROTOCOL_REQUIRED : MEEPLE__PROTOCOL_OPTIONAL,
        .head_written_max = options->server ? SIZE_MAX : filled.head_bytes_max,
        .pool = pool,
        .mem = pool->mem};
    if (deflate_config(&config->deflate_wish, &filled.deflate, options->server) < 0) {
        return MEEPLE_EINVAL;
    }
    config->options = filled;
    return 0;
}
