/* fuzz_command_godot3: any packet as one of Godot 3; what is one is the same when written again. */
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/command.h"
#include "rpc/command_godot3.h"
#include "rpc/node_path.h"

static bool same(meeple_bytes a, meeple_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void write_again(struct meeple__buf *buf, const struct meeple__godot3_command *command)
{
    struct meeple__sink sink = {.buf = buf, .ceiling = SIZE_MAX};

    switch (command->type) {
    case MEEPLE__GODOT3_CALL:
    case MEEPLE__GODOT3_SET:
        meeple__godot3_write_head(&sink, command->type, command->name, command->count);
        meeple__sink_bytes(&sink, command->rest);
        if (command->by_path) {
            size_t offset = buf->len;

            meeple__godot3_write_path(&sink, command->path);
            meeple__godot3_aim_at_path(buf, offset);
        } else {
            meeple__godot3_aim_at_id(buf, command->id);
        }
        break;
    case MEEPLE__GODOT3_SIMPLIFY:
        meeple__godot3_write_simplify(&sink, command->id, command->path);
        break;
    case MEEPLE__GODOT3_CONFIRM:
        meeple__godot3_write_confirm(&sink, command->path);
        break;
    case MEEPLE__GODOT3_RAW:
        meeple__godot3_write_raw(&sink);
        meeple__sink_bytes(&sink, command->rest);
        break;
    }
    MUST(sink.rc == 0);
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
    write_again(&buf, &command);
    MUST(meeple__godot3_read(&again, (meeple_bytes){buf.ptr, buf.len}, &why) == 0);
    MUST(again.type == command.type && again.by_path == command.by_path &&
         again.count == command.count && again.id == command.id && same(again.name, command.name) &&
         same(again.path, command.path) && same(again.rest, command.rest));
    meeple__buf_done(&buf, NULL);
    return 0;
}
