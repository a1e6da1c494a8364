/* paths: what a peer of Godot 3 and we call the paths of objects towards each other: two caches. */
#ifndef MEEPLE_RPC_PATHS_H
#define MEEPLE_RPC_PATHS_H

#include <meeple/base.h>

#include "core/map.h"

enum {
    MEEPLE__PATH_BYTES_MAX = 256 * 1024 /* of all paths that one peer has given ids */
};

/* A path that the peer has given an id (SIMPLIFY), which its calls have in place of it. */
struct meeple__heard_path {
    struct meeple__map_link by_id;
    uint32_t id;
    /* The object that was found there last, so that it need not be looked for with each call; its
     * finder's to set, and to ask whether it still is the one (meeple__objects_numbered()). */
    uint32_t number;
    uint64_t sequence; /* 0: not looked for yet, or not there */
    uint32_t hash;     /* of the path, by meeple__hash_bytes() */
    uint8_t len;       /* 0: a path where no object can be */
    char path[];       /* terminated */
};

/* Zeroed is none. */
struct meeple__paths {
    struct meeple__map heard; /* by id */
    size_t heard_bytes;       /* in their paths */
    /* By the number of our object: its sequence when the peer was told its path, and in the lowest
     * bit whether the peer has confirmed that; 0 if it was not told.  The sequence tells objects of
     * one number apart, so what was said of one that is gone counts for no other. */
    uint64_t *told;
    uint32_t told_cap;
};

void meeple__paths_done(struct meeple__paths *paths, const meeple_mem *mem);

/*
 * From here on the peer means the path by id; what that was before is forgotten, also on failure,
 * since the peer means it no more.  The path is as meeple__node_path_resolve() gives it, at most
 * MEEPLE__NAME_MAX bytes.  MEEPLE_ETOOBIG: it has heard_max already, or too many bytes in them;
 * MEEPLE_ENOMEM.
 */
int meeple__paths_hear(struct meeple__paths *paths, const meeple_mem *mem, uint32_t id,
                       meeple_bytes path, uint32_t heard_max);
/* The peer gave id to something that is no path: it means none from here on. */
void meeple__paths_unhear(struct meeple__paths *paths, const meeple_mem *mem, uint32_t id);
/* Borrowed until that id is heard again; NULL if it never was. */
struct meeple__heard_path *meeple__paths_heard(const struct meeple__paths *paths, uint32_t id);

/* What the peer knows of our object of that number and sequence (rpc/object.h). */
enum meeple__told_path {
    MEEPLE__PATH_UNTOLD,
    MEEPLE__PATH_TOLD,
    MEEPLE__PATH_CONFIRMED /* its calls may have the id */
};

enum meeple__told_path meeple__paths_told(const struct meeple__paths *paths, uint32_t number,
                                          uint64_t sequence);
/* A SIMPLIFY is about to be sent; told before means not confirmed yet.  MEEPLE_ENOMEM. */
int meeple__paths_tell(struct meeple__paths *paths, const meeple_mem *mem, uint32_t number,
                       uint64_t sequence);
/* It was not sent after all. */
void meeple__paths_untell(struct meeple__paths *paths, uint32_t number);
/* A CONFIRM has come; false if it was not told this one. */
bool meeple__paths_confirm(struct meeple__paths *paths, uint32_t number, uint64_t sequence);

/* The id of our object of that number in what we say; never 0, as Godot has it. */
static inline uint32_t meeple__path_id(uint32_t number)
{
    return number + 1;
}

#endif /* MEEPLE_RPC_PATHS_H */
