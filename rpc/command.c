/* command: the packets of the native dialect, to bytes and back; it decides nothing. */
#include "rpc/command.h"

#include "core/utf8.h"

bool meeple__name_valid(meeple_bytes name)
{
    if (name.len == 0 || name.len > MEEPLE__NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] < 0x20 || name.ptr[i] == 0x7f) {
            return false;
        }
    }
    return meeple__utf8_valid(name);
}

void meeple__command_next_method(struct meeple__reader *methods, meeple_bytes *name,
                                 meeple_bytes *signature)
{
    *name = meeple__read_block(methods);
    *signature = meeple__read_block(methods);
}

static void read_class(struct meeple__reader *reader, struct meeple__command *command)
{
    struct meeple__reader methods;

    command->number = meeple__read_varint(reader);
    command->name = meeple__read_block(reader);
    command->method_count = meeple__read_u8(reader);
    command->rest = meeple__read_rest(reader);
    methods = meeple__reader_of(command->rest);
    for (unsigned i = 0; i < command->method_count; i++) {
        meeple_bytes name, signature;

        meeple__command_next_method(&methods, &name, &signature);
        if (!meeple__name_valid(name) || signature.len > MEEPLE__NAME_MAX) {
            reader->bad = true;
            return;
        }
    }
    if (!meeple__reader_at_end(&methods) || !meeple__name_valid(command->name)) {
        reader->bad = true;
    }
}

static void read_object(struct meeple__reader *reader, struct meeple__command *command)
{
    command->number = meeple__read_varint(reader);
    command->class_number = meeple__read_varint(reader);
    command->name = meeple__read_block(reader);
    if (!meeple__name_valid(command->name)) {
        reader->bad = true;
    }
}

/* A HELLO of another version may be longer, but has to be understood so far. */
static void read_hello(struct meeple__reader *reader, struct meeple__command *command)
{
    command->version = meeple__read_u8(reader);
    if (command->version != MEEPLE__WORLD_VERSION) {
        meeple__read_rest(reader);
    }
}

int meeple__command_read(struct meeple__command *command, meeple_bytes packet)
{
    struct meeple__reader reader = meeple__reader_of(packet);
    struct meeple__command read = {.type = MEEPLE__COMMAND_RAW};
    uint8_t type = meeple__read_u8(&reader);

    switch (type) {
    case MEEPLE__COMMAND_RAW:
        read.rest = meeple__read_rest(&reader);
        reader.bad = reader.bad || read.rest.len == 0;
        break;
    case MEEPLE__COMMAND_HELLO:
        read_hello(&reader, &read);
        break;
    case MEEPLE__COMMAND_CLASS:
        read_class(&reader, &read);
        break;
    case MEEPLE__COMMAND_OBJECT:
        read_object(&reader, &read);
        break;
    case MEEPLE__COMMAND_GONE:
        read.number = meeple__read_varint(&reader);
        break;
    case MEEPLE__COMMAND_CALL:
        read.number = meeple__read_varint(&reader);
        read.method = meeple__read_u8(&reader);
        read.rest = meeple__read_rest(&reader);
        break;
    default:
        return MEEPLE_EPROTO;
    }
    if (!meeple__reader_at_end(&reader)) {
        return MEEPLE_EPROTO;
    }
    read.type = (enum meeple__command_type)type;
    *command = read;
    return 0;
}

void meeple__command_write(struct meeple__sink *sink, const struct meeple__command *command)
{
    meeple__sink_u8(sink, (uint8_t)command->type);
    switch (command->type) {
    case MEEPLE__COMMAND_RAW:
        break;
    case MEEPLE__COMMAND_HELLO:
        meeple__sink_u8(sink, command->version);
        break;
    case MEEPLE__COMMAND_CLASS:
        meeple__sink_varint(sink, command->number);
        meeple__sink_block(sink, command->name);
        meeple__sink_u8(sink, command->method_count);
        break;
    case MEEPLE__COMMAND_OBJECT:
        meeple__sink_varint(sink, command->number);
        meeple__sink_varint(sink, command->class_number);
        meeple__sink_block(sink, command->name);
        break;
    case MEEPLE__COMMAND_GONE:
        meeple__sink_varint(sink, command->number);
        break;
    case MEEPLE__COMMAND_CALL:
        meeple__sink_varint(sink, command->number);
        meeple__sink_u8(sink, command->method);
        break;
    }
}

void meeple__command_write_method(struct meeple__sink *sink, meeple_bytes name,
                                  meeple_bytes signature)
{
    meeple__sink_block(sink, name);
    meeple__sink_block(sink, signature);
}
