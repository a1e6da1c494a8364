/* remote: what one peer has announced to us: its classes and its objects; and what we told it. */
#ifndef MEEPLE_RPC_REMOTE_H
#define MEEPLE_RPC_REMOTE_H

#include "core/heap.h"
#include "core/list.h"
#include "core/map.h"
#include "rpc/command.h"
#include "rpc/local.h"
#include "rpc/methods.h"
#include "rpc/seen.h"

enum {
    MEEPLE__CLASS_BYTES_MAX = 256 * 1024 /* of all classes of one peer */
};

/* What a peer makes of a method of ours. */
enum meeple__answer {
    MEEPLE__ANSWERS, /* or has not said yet */
    MEEPLE__LACKS,
    MEEPLE__DIFFERS, /* it has one of that name with other types */
    MEEPLE__DEAF     /* it speaks another version and answers nothing */
};

/* A method of theirs, here. */
struct meeple__their_method {
    uint8_t answer; /* enum meeple__answer, the other way round */
    uint8_t index;  /* of ours, for ANSWERS and DIFFERS */
};

struct meeple__remote_class {
    struct meeple__map_link by_number, by_name;
    struct meeple__methods *methods;       /* ours of that name; NULL as long as there are none */
    bool unlike;                           /* counted by those: not all of ours are answered */
    uint8_t ours[MEEPLE__METHODS_MAX];     /* enum meeple__answer, for each of ours */
    uint8_t reported[MEEPLE__METHODS_MAX]; /* whether the log has it already */
    uint32_t number;
    meeple_bytes name; /* inside bytes */
    meeple_bytes list; /* the methods as they came; inside bytes */
    struct meeple__their_method *theirs;
    uint8_t method_count;
    uint8_t layout; /* enum meeple__answer: whether its state is that of ours; LACKS: not said */
    uint8_t *bytes;
};

struct meeple__remote_object {
    struct meeple__map_link by_number;
    struct meeple__remote_class *cls;
    uint32_t number;
    uint32_t path_hash;
    uint8_t path_len;
    char path[]; /* terminated */
};

/* Checks of what a peer has of the spawned objects (check). */
struct meeple__checked {
    uint64_t due; /* when its round begins, or has begun, on the clock of checks; 0: unknown */
    struct meeple__deadline turn; /* the same, among those who can be checked */
    uint32_t next_id;             /* where the round goes on; 0: none is under way */
    uint8_t doublings;            /* of the time between rounds */
    bool may_ask;                 /* to be told everything again: once a round */
};

struct meeple__paths;

struct meeple__remote {
    struct meeple__map_link by_id;
    struct meeple__list link;    /* in the order they joined */
    struct meeple__list lacking; /* among those that have not been told everything */
    struct meeple__list group;   /* among those that a packet is for (tell) */
    uint64_t sort;               /* a hash of what it sees of the newest batch (replicate) */
    int32_t id;
    uint64_t joined;             /* how many had, it included: an id may come again */
    bool heard;                  /* its HELLO; commands before it were not meant for us */
    bool deaf;                   /* another version: nothing it says counts */
    bool passed;                 /* left out of the call that is being made */
    bool waits;                  /* gets it when it has been told all that was before */
    uint64_t ignored;            /* packets that did not count */
    uint64_t refused;            /* announcements over a limit */
    uint32_t warned;             /* lines in the log about what was refused */
    struct meeple__paths *paths; /* in Godot 3, and nothing else of what is announced; else NULL */
    bool told_hello;
    uint32_t told_classes; /* how many of ours */
    uint64_t told_objects; /* the sequence of the last of ours */
    struct meeple__map classes_by_number, classes_by_name, objects;
    size_t class_bytes;
    struct meeple__seen seen;
    struct meeple__checked checked;
    struct meeple__local_queue held; /* packets that wait for that */
    bool full;                       /* one found no room there */
    bool drained;                    /* and now would: on_event has to be told */
    struct meeple__list deliveries;  /* bulk_out's */
    uint64_t bulk_stamp;             /* the newest batch when the last fragment was sent */
    size_t content_bytes;            /* burden's */
    size_t arriving_bytes;           /* of values that are not whole */
    uint32_t arrivals;               /* how many */
};

/* NULL when out of memory. */
struct meeple__remote *meeple__remote_new(const meeple_mem *mem, int32_t id);
/* Is in no map and no list any more; the methods of its classes are still there. */
void meeple__remote_free(struct meeple__remote *remote, const meeple_mem *mem);

/*
 * A CLASS.  The same again is fine.  MEEPLE_EPROTO: its number or its name is another's;
 * MEEPLE_ETOOBIG: over a limit; MEEPLE_ENOMEM.
 */
int meeple__remote_add_class(struct meeple__remote *remote, const meeple_mem *mem,
                             const struct meeple__command *command,
                             const struct meeple__classes *classes);
/* Now that we have these methods: matches them with the peer's class of that name. */
void meeple__remote_meet(struct meeple__remote *remote, struct meeple__methods *methods);
/* NULL if it has announced none of that number. */
struct meeple__remote_class *meeple__remote_class_numbered(const struct meeple__remote *remote,
                                                           uint32_t number);
/* NULL if it has announced none of that name. */
struct meeple__remote_class *meeple__remote_class(const struct meeple__remote *remote,
                                                  const char *name);
/* The signature it has for a method of that name; empty if it has none. */
meeple_bytes meeple__remote_signature(const struct meeple__remote_class *cls, meeple_bytes name);

/* An OBJECT, which takes the place of one of that number.  MEEPLE_EPROTO: of a class it has not
 * announced; MEEPLE_ETOOBIG: over objects_max; MEEPLE_ENOMEM. */
int meeple__remote_add_object(struct meeple__remote *remote, const meeple_mem *mem,
                              const struct meeple__command *command, uint32_t objects_max);
/* A GONE; of one we do not know it is fine. */
void meeple__remote_drop_object(struct meeple__remote *remote, const meeple_mem *mem,
                                uint32_t number);
struct meeple__remote_object *meeple__remote_object(const struct meeple__remote *remote,
                                                    uint32_t number);

/* What it makes of that method. */
enum meeple__answer meeple__remote_answer(const struct meeple__remote *remote,
                                          const struct meeple__methods *methods, unsigned method);

#endif /* MEEPLE_RPC_REMOTE_H */
