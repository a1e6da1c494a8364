/* command: the packets of the native dialect, to bytes and back; it decides nothing. */
#include "rpc/command.h"

#include "core/utf8.h"
#include "rpc/view.h"

enum {
    TEXT_LETTER = 't' /* that of MEEPLE_TYPE_CHARS */
};

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

/* What is behind the name of a field. */
static void read_shape(struct meeple__reader *fields)
{
    unsigned dims;

    if (meeple__read_u8(fields) == TEXT_LETTER) {
        meeple__read_varint(fields);
    }
    meeple__read_u8(fields);
    for (dims = meeple__read_u8(fields); dims > 0 && !fields->bad; dims--) {
        meeple__read_varint(fields);
        meeple__read_varint(fields);
    }
}

static void read_layout(struct meeple__reader *reader, struct meeple__command *command)
{
    struct meeple__reader fields;

    command->number = meeple__read_varint(reader);
    command->rest = meeple__read_rest(reader);
    fields = meeple__reader_of(command->rest);
    do {
        if (!meeple__name_valid(meeple__read_block(&fields))) {
            reader->bad = true;
        }
        read_shape(&fields);
    } while (!fields.bad && fields.at < fields.end);
    reader->bad = reader->bad || fields.bad;
}

/* Who has an object, and how much of it the receiver sees. */
static void read_owner(struct meeple__reader *reader, struct meeple__command *command)
{
    command->master = (int32_t)meeple__read_u32(reader);
    command->term = meeple__read_varint(reader);
    command->owner = (int32_t)meeple__read_u32(reader);
    command->level = meeple__read_u8(reader);
    if (command->master <= 0 || command->owner <= 0 ||
        (command->level & MEEPLE__SEES_PUBLIC) == 0) {
        reader->bad = true;
    }
}

static void read_spawn(struct meeple__reader *reader, struct meeple__command *command)
{
    command->number = meeple__read_varint(reader);
    command->class_number = meeple__read_varint(reader);
    read_owner(reader, command);
    command->name = meeple__read_block(reader);
    command->rest = meeple__read_rest(reader);
    if (!meeple__name_valid(command->name)) {
        reader->bad = true;
    }
}

meeple_bytes meeple__command_next_entry(struct meeple__reader *entries, uint32_t *id)
{
    *id = meeple__read_varint(entries);
    return meeple__read_block(entries);
}

static void read_state(struct meeple__reader *reader, struct meeple__command *command)
{
    uint8_t more = meeple__read_u8(reader);
    struct meeple__reader entries;

    command->more = more == 1;
    command->rest = meeple__read_rest(reader);
    entries = meeple__reader_of(command->rest);
    while (!entries.bad && entries.at < entries.end) {
        uint32_t id;

        if (meeple__command_next_entry(&entries, &id).len == 0) {
            reader->bad = true;
        }
    }
    reader->bad = reader->bad || entries.bad || more > 1;
}

/* A HELLO of another version may be longer, but has to be understood so far. */
static void read_hello(struct meeple__reader *reader, struct meeple__command *command)
{
    command->version = meeple__read_u8(reader);
    if (command->version != MEEPLE__WORLD_VERSION) {
        meeple__read_rest(reader);
    }
}

/* Without bytes it says only how long a value is that will come. */
static void read_fragment(struct meeple__reader *reader, struct meeple__command *command)
{
    command->number = meeple__read_varint(reader);
    command->term = meeple__read_varint(reader);
    command->slot = meeple__read_varint(reader);
    command->total = meeple__read_varint(reader);
    command->offset = meeple__read_varint(reader);
    command->rest = meeple__read_rest(reader);
    if (command->offset >= command->total || command->rest.len > command->total - command->offset ||
        (command->rest.len == 0 && command->offset > 0)) {
        reader->bad = true;
    }
}

/* The hash is little endian, as all numbers that are no varints. */
static void read_check(struct meeple__reader *reader, struct meeple__command *command)
{
    command->number = meeple__read_varint(reader);
    command->last = meeple__read_varint(reader);
    command->hash = meeple__read_u32(reader);
    command->hash |= (uint64_t)meeple__read_u32(reader) << 32;
    reader->bad = reader->bad || command->last < command->number;
}

/* The commands about spawned objects; false if it is none. */
static bool read_spawned(struct meeple__reader *reader, uint8_t type,
                         struct meeple__command *command)
{
    switch (type) {
    case MEEPLE__COMMAND_LAYOUT:
        read_layout(reader, command);
        return true;
    case MEEPLE__COMMAND_SPAWN:
        read_spawn(reader, command);
        return true;
    case MEEPLE__COMMAND_STATE:
        read_state(reader, command);
        return true;
    case MEEPLE__COMMAND_OWNER:
        command->number = meeple__read_varint(reader);
        read_owner(reader, command);
        return true;
    case MEEPLE__COMMAND_REMOVE:
        command->number = meeple__read_varint(reader);
        return true;
    case MEEPLE__COMMAND_CALL_SPAWNED:
        command->number = meeple__read_varint(reader);
        command->class_number = meeple__read_varint(reader);
        command->method = meeple__read_u8(reader);
        command->rest = meeple__read_rest(reader);
        return true;
    case MEEPLE__COMMAND_FRAGMENT:
        read_fragment(reader, command);
        return true;
    case MEEPLE__COMMAND_CHECK:
        read_check(reader, command);
        return true;
    case MEEPLE__COMMAND_REPAIR:
    case MEEPLE__COMMAND_RESET:
        return true;
    default:
        return false;
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
        if (!read_spawned(&reader, type, &read)) {
            return MEEPLE_EPROTO;
        }
    }
    if (!meeple__reader_at_end(&reader)) {
        return MEEPLE_EPROTO;
    }
    read.type = (enum meeple__command_type)type;
    *command = read;
    return 0;
}

static void write_owner(struct meeple__sink *sink, const struct meeple__command *command)
{
    meeple__sink_u32(sink, (uint32_t)command->master);
    meeple__sink_varint(sink, command->term);
    meeple__sink_u32(sink, (uint32_t)command->owner);
    meeple__sink_u8(sink, command->level);
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
    case MEEPLE__COMMAND_LAYOUT:
    case MEEPLE__COMMAND_REMOVE:
        meeple__sink_varint(sink, command->number);
        break;
    case MEEPLE__COMMAND_SPAWN:
        meeple__sink_varint(sink, command->number);
        meeple__sink_varint(sink, command->class_number);
        write_owner(sink, command);
        meeple__sink_block(sink, command->name);
        break;
    case MEEPLE__COMMAND_STATE:
        meeple__sink_u8(sink, command->more);
        break;
    case MEEPLE__COMMAND_OWNER:
        meeple__sink_varint(sink, command->number);
        write_owner(sink, command);
        break;
    case MEEPLE__COMMAND_CALL_SPAWNED:
        meeple__sink_varint(sink, command->number);
        meeple__sink_varint(sink, command->class_number);
        meeple__sink_u8(sink, command->method);
        break;
    case MEEPLE__COMMAND_FRAGMENT:
        meeple__sink_varint(sink, command->number);
        meeple__sink_varint(sink, command->term);
        meeple__sink_varint(sink, command->slot);
        meeple__sink_varint(sink, command->total);
        meeple__sink_varint(sink, command->offset);
        break;
    case MEEPLE__COMMAND_CHECK:
        meeple__sink_varint(sink, command->number);
        meeple__sink_varint(sink, command->last);
        meeple__sink_u32(sink, (uint32_t)command->hash);
        meeple__sink_u32(sink, (uint32_t)(command->hash >> 32));
        break;
    case MEEPLE__COMMAND_REPAIR:
    case MEEPLE__COMMAND_RESET:
        break;
    }
}

void meeple__command_write_method(struct meeple__sink *sink, meeple_bytes name,
                                  meeple_bytes signature)
{
    meeple__sink_block(sink, name);
    meeple__sink_block(sink, signature);
}
