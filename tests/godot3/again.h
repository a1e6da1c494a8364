/* again: a packet of Godot 3 written once more, from what was read of it. */
#ifndef TESTS_GODOT3_AGAIN_H
#define TESTS_GODOT3_AGAIN_H

#include "rpc/command_godot3.h"

/* The answer is the sink's rc. */
static inline int command_again(struct meeple__buf *buf, size_t ceiling,
                                const struct meeple__godot3_command *command)
{
    struct meeple__sink sink = {.buf = buf, .ceiling = ceiling};

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
    return sink.rc;
}

#endif /* TESTS_GODOT3_AGAIN_H */
