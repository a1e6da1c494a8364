/* setters: fields of state that peers may set: methods "FIELD=" behind a class's own. */
#ifndef MEEPLE_RPC_SETTERS_H
#define MEEPLE_RPC_SETTERS_H

#include <meeple/class.h>

struct meeple__sentence;

/* What sets one field: a method in all but that it has no handler of the application's. */
struct meeple__setter {
    meeple_rpc_type type;  /* "hp=", with the argument below */
    meeple_field argument; /* the field as an argument; of a text in place a STR, which fits */
    meeple_rpc_mode mode;
    uint16_t field; /* its place in the table of the state */
    uint16_t kept;  /* if it points at something: its place among what an object keeps (set) */
};

/* How many fields of the class have a mode; state that makes no sense has none. */
size_t meeple__setters_count(const meeple_class *cls);
/* MEEPLE_EINVAL and why: one of them cannot be set. */
int meeple__setters_check(const meeple_class *cls, struct meeple__sentence *why);

/* The class was checked from here on.  Bytes for all of its setters, with their names. */
size_t meeple__setters_size(const meeple_class *cls);
/* Fills memory of that size; returns how many of the setters point at something. */
uint32_t meeple__setters_fill(struct meeple__setter *setters, const meeple_class *cls);
/* Whether what was filled in for one class would be the same for the other. */
bool meeple__setters_same(const meeple_state *left, const meeple_state *right);

#endif /* MEEPLE_RPC_SETTERS_H */
