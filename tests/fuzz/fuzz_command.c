/* fuzz_command: any packet as a command between worlds; what is one is written the same again. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "rpc/command.h"

static void write_methods(struct meeple__sink *sink, const struct meeple__command *command)
{
    struct meeple__reader methods = meeple__reader_of(command->rest);

    for (unsigned i = 0; i < command->method_count; i++) {
        meeple_bytes name, signature;

        meeple__command_next_method(&methods, &name, &signature);
        MUST(!methods.bad && meeple__name_valid(name) && signature.len <= MEEPLE__NAME_MAX);
        meeple__command_write_method(sink, name, signature);
    }
    MUST(meeple__reader_at_end(&methods));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct meeple__command command;
    struct meeple__buf again = {0};
    struct meeple__sink sink = {.buf = &again, .ceiling = SIZE_MAX};
    int rc = meeple__command_read(&command, (meeple_bytes){bytes, len});
    bool future;

    MUST(rc == 0 || rc == MEEPLE_EPROTO);
    if (rc < 0) {
        return 0;
    }
    MUST((command.type != MEEPLE__COMMAND_CLASS && command.type != MEEPLE__COMMAND_OBJECT &&
          command.type != MEEPLE__COMMAND_SPAWN) ||
         meeple__name_valid(command.name));
    meeple__command_write(&sink, &command);
    if (command.type == MEEPLE__COMMAND_CLASS) {
        write_methods(&sink, &command);
    } else {
        meeple__sink_bytes(&sink, command.rest);
    }
    /* A HELLO of a version to come may be longer. */
    future = command.type == MEEPLE__COMMAND_HELLO && command.version != MEEPLE__WORLD_VERSION;
    MUST(sink.rc == 0 && (future ? again.len <= len : again.len == len));
    MUST(memcmp(again.ptr, bytes, again.len) == 0);
    meeple__buf_done(&again, NULL);
    return 0;
}
