/* command: the packets of the native dialect, to bytes and back; it decides nothing. */
#ifndef MEEPLE_RPC_COMMAND_H
#define MEEPLE_RPC_COMMAND_H

#include "core/wire.h"
#include "rpc/sink.h"

/* The first byte of a packet. */
enum meeple__command_type {
    MEEPLE__COMMAND_RAW,    /* the application's bytes, at least one */
    MEEPLE__COMMAND_HELLO,  /* u8 version */
    MEEPLE__COMMAND_CLASS,  /* varint number, block name, u8 count, and so many methods: block name,
                               block signature */
    MEEPLE__COMMAND_OBJECT, /* varint number, varint class number, block path */
    MEEPLE__COMMAND_GONE,   /* varint object number */
    MEEPLE__COMMAND_CALL,   /* varint object number, u8 method, the arguments */
    /* Of spawned objects; ids are the server's, class numbers the sender's: */
    MEEPLE__COMMAND_LAYOUT, /* varint class number, and for each field: block name, u8 letter,
                               of a text varint size, u8 flags, u8 dimensions, and for each: varint
                               count, varint counter */
    MEEPLE__COMMAND_SPAWN, /* varint id, varint class number, i32 master, varint term, i32 owner, u8
                              level, block path, the values of the first slots */
    MEEPLE__COMMAND_STATE, /* u8 more, and entries: varint id, block of: varint slot, value */
    MEEPLE__COMMAND_OWNER, /* varint id, i32 master, varint term, i32 owner, u8 level */
    MEEPLE__COMMAND_REMOVE,       /* varint id */
    MEEPLE__COMMAND_CALL_SPAWNED, /* varint id, varint class number, u8 method, the arguments */
    MEEPLE__COMMAND_CHECK,        /* varint first id, varint last id, u32 and u32: the hash */
    MEEPLE__COMMAND_REPAIR,       /* nothing */
    MEEPLE__COMMAND_RESET,        /* nothing */
    MEEPLE__COMMAND_FRAGMENT      /* varint id, varint term, varint slot, varint total, varint
                                          offset, bytes of its value */
};

enum {
    MEEPLE__WORLD_VERSION = 1,
    MEEPLE__NAME_MAX = 255 /* bytes in a name or a path; also methods in a class, and fields */
};

/* Numbers are the sender's own. */
struct meeple__command {
    enum meeple__command_type type;
    uint8_t version;        /* HELLO */
    uint8_t method;         /* CALL, CALL_SPAWNED: the index in the sender's class */
    uint8_t method_count;   /* CLASS */
    uint8_t level;          /* SPAWN, OWNER: how much of it the receiver sees (rpc/view.h) */
    bool more;              /* STATE: the batch is not complete */
    uint32_t number;        /* CLASS, LAYOUT: of the class; CHECK: the first id; else of the object,
                               or its id */
    uint32_t last;          /* CHECK: the last id, not below the first */
    uint64_t hash;          /* CHECK: of what the receiver should have of these */
    uint32_t class_number;  /* OBJECT, SPAWN, CALL_SPAWNED */
    int32_t master, owner;  /* SPAWN, OWNER */
    uint32_t term;          /* SPAWN, OWNER, FRAGMENT: how often the master has changed */
    uint32_t slot;          /* FRAGMENT */
    uint32_t total, offset; /* FRAGMENT: bytes of the value, and how many are before these */
    meeple_bytes name;      /* CLASS: its name; OBJECT, SPAWN: the path */
    meeple_bytes rest; /* RAW: the bytes; CLASS: the methods; LAYOUT: the fields; SPAWN: the values;
                          STATE: the entries; CALL, CALL_SPAWNED: the arguments; FRAGMENT: a piece
                          of a value, or nothing at offset 0 */
};

/* Borrows from packet.  MEEPLE_EPROTO: nothing of the above.  What it gives is checked: names are
 * names, and a CLASS has all its methods. */
int meeple__command_read(struct meeple__command *command, meeple_bytes packet);

/* The next of the methods of a CLASS that was read. */
void meeple__command_next_method(struct meeple__reader *methods, meeple_bytes *name,
                                 meeple_bytes *signature);

/* The next entry of a STATE that was read: an id, and what block it has. */
meeple_bytes meeple__command_next_entry(struct meeple__reader *entries, uint32_t *id);

/* Appends to a sink.  What has a `rest` only as far as that, whose bytes follow in their own way;
 * CLASS's are made by _write_method. */
void meeple__command_write(struct meeple__sink *sink, const struct meeple__command *command);
void meeple__command_write_method(struct meeple__sink *sink, meeple_bytes name,
                                  meeple_bytes signature);

/* 1..255 bytes of UTF-8 without control characters: what is a name, a path.  The latter so that no
 * peer can write lines into our log. */
bool meeple__name_valid(meeple_bytes name);

#endif /* MEEPLE_RPC_COMMAND_H */
