/* command_godot3: the packets of Godot 3's MultiplayerAPI, to bytes and back; decides nothing. */
#ifndef MEEPLE_RPC_COMMAND_GODOT3_H
#define MEEPLE_RPC_COMMAND_GODOT3_H

#include "rpc/sink.h"

/* The first byte of a packet.  Numbers are little endian, texts end with a NUL.  A target is an id
 * that a SIMPLIFY has given to a path, or MEEPLE__GODOT3_BY_PATH and the offset of a path in the
 * same packet. */
enum meeple__godot3_type {
    MEEPLE__GODOT3_CALL,     /* u32 target, method, u8 count, so many Variants, maybe the path */
    MEEPLE__GODOT3_SET,      /* u32 target, property, a Variant, maybe the path */
    MEEPLE__GODOT3_SIMPLIFY, /* u32 id, path: what the sender will call it */
    MEEPLE__GODOT3_CONFIRM,  /* path: its SIMPLIFY has come */
    MEEPLE__GODOT3_RAW       /* the application's bytes, at least one */
};

#define MEEPLE__GODOT3_BY_PATH UINT32_C(0x80000000)

/* All is borrowed from the packet. */
struct meeple__godot3_command {
    enum meeple__godot3_type type;
    bool by_path;      /* CALL, SET: the target is a path, not an id */
    uint8_t count;     /* CALL: of arguments; SET: 1 */
    uint32_t id;       /* SIMPLIFY; CALL, SET unless by_path: the sender's, no high bit */
    meeple_bytes path; /* SIMPLIFY, CONFIRM; CALL, SET by_path: as it came, UTF-8, maybe empty */
    meeple_bytes name; /* CALL, SET: a valid name (rpc/command.h) */
    meeple_bytes rest; /* RAW: the bytes; CALL, SET: the Variants, and whatever else is before a
                          path or the end */
};

/*
 * 0; 1: a command that Godot does not know either, and ignores; MEEPLE_EPROTO: not one of the
 * above, with the reason in *why (static).  The path of a CALL or SET has to lie behind its name
 * and count.  As in Godot a path may lack its NUL at the end of the packet, and may begin with a
 * BOM, which is dropped.
 */
int meeple__godot3_read(struct meeple__godot3_command *command, meeple_bytes packet,
                        const char **why);

/*
 * CALL and SET are made in an empty buf: the head, then the Variants, then, if somebody is to be
 * told the path, that.  At last, once for each receiver, it is aimed; by id it ends where the
 * Variants do.  `count` is not said in a SET.
 */
void meeple__godot3_write_head(struct meeple__sink *sink, enum meeple__godot3_type type,
                               meeple_bytes name, uint8_t count);
void meeple__godot3_write_path(struct meeple__sink *sink, meeple_bytes path);
void meeple__godot3_aim_at_id(struct meeple__buf *packet, uint32_t id);
/* `offset`: where the path begins. */
void meeple__godot3_aim_at_path(struct meeple__buf *packet, size_t offset);

void meeple__godot3_write_simplify(struct meeple__sink *sink, uint32_t id, meeple_bytes path);
void meeple__godot3_write_confirm(struct meeple__sink *sink, meeple_bytes path);
/* The bytes follow in their own way. */
void meeple__godot3_write_raw(struct meeple__sink *sink);

#endif /* MEEPLE_RPC_COMMAND_GODOT3_H */
