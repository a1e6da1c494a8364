/* methods: the classes of a world, each with an index to find a method by its type. */
#ifndef MEEPLE_RPC_METHODS_H
#define MEEPLE_RPC_METHODS_H

#include <meeple/class.h>

#include "rpc/setters.h"

struct meeple__sentence;

enum {
    MEEPLE__CLASSES_MAX = 256, /* ours, and those of each peer */
    MEEPLE__METHODS_MAX = 255  /* setters included */
};

/* A class as it was when the first object of it was added; lives as long as its world.  Behind its
 * own methods are those that set a field. */
struct meeple__methods {
    const char *name;
    uint32_t number; /* ours, for the wire */
    uint32_t count, own_count;
    uint32_t slot_mask;
    uint32_t kept_count; /* of setters that point at something */
    uint8_t *slots;      /* by the name's hash: 1 + the method, 0 for none */
    uint32_t unlike;     /* classes of that name, of peers, that do not answer all of it */
    const meeple_method *table;
    const meeple_state *state;
    struct meeple__setter *setters;
    const meeple_rpc_type *types[];
};

/* Zeroed is empty. */
struct meeple__classes {
    struct meeple__methods *list[MEEPLE__CLASSES_MAX];
    uint32_t count;
};

/*
 * The methods of cls, which are new if cls is the first of its name.  MEEPLE_EINVAL and why: the
 * class makes no sense, or another class has its name; MEEPLE_ETOOBIG: one class too many;
 * MEEPLE_ENOMEM.
 */
int meeple__classes_add(struct meeple__classes *classes, const meeple_mem *mem,
                        const meeple_class *cls, struct meeple__methods **out,
                        struct meeple__sentence *why);
/* Takes the newest out again. */
void meeple__classes_undo(struct meeple__classes *classes, const meeple_mem *mem);
/* NULL if there is none of that name. */
struct meeple__methods *meeple__classes_find(const struct meeple__classes *classes,
                                             meeple_bytes name);
void meeple__classes_done(struct meeple__classes *classes, const meeple_mem *mem);

/* The index of the method of that type or MEEPLE_ENOTFOUND.  A type is its name and signature: each
 * file that includes a MEEPLE_RPC has a copy of its own. */
int meeple__methods_find(const struct meeple__methods *methods, const meeple_rpc_type *type);
/* The same by name alone. */
int meeple__methods_named(const struct meeple__methods *methods, meeple_bytes name);
/* The one that sets the field of that name. */
int meeple__methods_setting(const struct meeple__methods *methods, meeple_bytes field);

/* NULL: it is one of the class's own. */
static inline const struct meeple__setter *
meeple__methods_setter(const struct meeple__methods *methods, unsigned method)
{
    return method < methods->own_count ? NULL : &methods->setters[method - methods->own_count];
}

/* Fills letters, with room for 255, with one for each field; returns how many. */
size_t meeple__type_signature(const meeple_rpc_type *type, char *letters);
/* Whether the fields are those of the signature. */
bool meeple__type_has_signature(const meeple_rpc_type *type, meeple_bytes letters);
/* Appends "game.set_turn(int32)". */
void meeple__say_method(struct meeple__sentence *sentence, const char *path,
                        const meeple_rpc_type *type);

#endif /* MEEPLE_RPC_METHODS_H */
