/* fuzz_command_godot3: any packet as one of Godot 3; what is one is the same when written again. */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/command.h"
#include "rpc/node_path.h"
#include "tests/godot3/again.h"

static bool same(meeple_bytes a, meeple_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Both ways of reading a path agree, and what they give stays as it is. */
static void follow(meeple_bytes path)
{
    char *text = malloc(path.len + 1), *again = malloc(path.len + 1);
    char end[MEEPLE__NAME_MAX], end_again[MEEPLE__NAME_MAX];
    meeple_bytes normal = {(uint8_t *)text, meeple__node_path_normalise(text, path)};
    size_t len = meeple__node_path_resolve(end, path);
    meeple_bytes resolved = {(uint8_t *)end, len};

    MUST(normal.len <= path.len);
    MUST(
        same(normal, (meeple_bytes){(uint8_t *)again, meeple__node_path_normalise(again, normal)}));
    MUST(same(resolved,
              (meeple_bytes){(uint8_t *)end_again, meeple__node_path_resolve(end_again, normal)}));
    MUST(same(resolved, (meeple_bytes){(uint8_t *)end_again,
                                       meeple__node_path_resolve(end_again, resolved)}));
    MUST(len == 0 || meeple__name_valid(resolved));
    free(text);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct meeple__godot3_command command, again;
    struct meeple__buf buf = {0};
    const char *why = NULL;
    int rc = meeple__godot3_read(&command, (meeple_bytes){bytes, len}, &why);

    MUST(rc == 0 || rc == 1 || rc == MEEPLE_EPROTO);
    MUST((rc == MEEPLE_EPROTO) == (why != NULL));
    if (rc != 0) {
        return 0;
    }
    follow(command.path);
    /* Of two marks of byte order the first is dropped; the second would be then. */
    if (command.path.len >= 3 && memcmp(command.path.ptr, "\xef\xbb\xbf", 3) == 0) {
        return 0;
    }
    MUST(command_again(&buf, SIZE_MAX, &command) == 0);
    MUST(meeple__godot3_read(&again, (meeple_bytes){buf.ptr, buf.len}, &why) == 0);
    MUST(again.type == command.type && again.by_path == command.by_path &&
         again.count == command.count && again.id == command.id && same(again.name, command.name) &&
         same(again.path, command.path) && same(again.rest, command.rest));
    meeple__buf_done(&buf, NULL);
    return 0;
}
