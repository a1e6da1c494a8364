/* upgrade: a WebSocket client's opening handshake, as far as a load needs it. */
#define _GNU_SOURCE
#include "tests/bench/upgrade.h"

#include <stdio.h>
#include <string.h>

#include "tests/bench/bench.h"

enum {
    ANSWER_SIZE = 2048
};

size_t upgrade_request(char request[UPGRADE_SIZE], bool deflate)
{
    int len = snprintf(request, UPGRADE_SIZE,
                       "GET / HTTP/1.1\r\n"
                       "Host: localhost\r\n"
                       "Upgrade: websocket\r\n"
                       "Connection: Upgrade\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                       "Sec-WebSocket-Version: 13\r\n"
                       "%s\r\n",
                       deflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");

    return (size_t)len;
}

bool upgrade_is_done(const struct stream *stream, const char *answer, size_t len)
{
    static const char good[] = "HTTP/1.1 101 ";
    size_t begun = len < sizeof good - 1 ? len : sizeof good - 1;

    if (memcmp(answer, good, begun) != 0) {
        bench_fail("%s: refused: %.*s", stream->whose, (int)(len < 60 ? len : 60), answer);
    }
    return len > 4 && memcmp(answer + len - 4, "\r\n\r\n", 4) == 0;
}

static void await_answer(struct stream *stream, bool deflate)
{
    char answer[ANSWER_SIZE];
    size_t got = 0;

    do {
        stream_wait(stream);
        got += stream_read(stream, answer + got, sizeof answer - got);
        if (got == sizeof answer) {
            bench_fail("%s: the answer is too long", stream->whose);
        }
    } while (!upgrade_is_done(stream, answer, got));
    if (deflate && !memmem(answer, got, "permessage-deflate", strlen("permessage-deflate"))) {
        bench_fail("%s: does not compress", stream->whose);
    }
}

void upgrade_all(struct stream *streams, size_t count, bool deflate)
{
    char request[UPGRADE_SIZE];
    size_t len = upgrade_request(request, deflate);

    for (size_t i = 0; i < count; i++) {
        if (stream_write(&streams[i], request, len) != len) {
            bench_fail("a request does not fit into the connection");
        }
    }
    for (size_t i = 0; i < count; i++) {
        await_answer(&streams[i], deflate);
    }
}
