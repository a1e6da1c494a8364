/* hash64: FNV-1a over bytes that come in pieces, mixed at the end so that hashes can be added. */
#ifndef MEEPLE_RPC_HASH64_H
#define MEEPLE_RPC_HASH64_H

#include <meeple/field.h>

/*
 * Tells apart what went wrong by itself; somebody who wants two things to have the same hash can
 * find them.  FNV-1a is Fowler, Noll and Vo's (draft-eastlake-fnv); the mixing is the finalizer of
 * SplitMix64 (Steele, Lea and Flood), without which a sum of such hashes would lose much.
 */
struct meeple__hash64 {
    uint64_t state;
};

struct meeple__hash64 meeple__hash64_begin(void);
void meeple__hash64_add(struct meeple__hash64 *hash, meeple_bytes bytes);
uint64_t meeple__hash64_end(struct meeple__hash64 hash);

/* A program, or a processor, may not keep which NaN it was: makes each in the encoding of a field
 * the same one. */
void meeple__hash64_one_nan(meeple_type type, uint8_t *encoding, size_t len);

#endif /* MEEPLE_RPC_HASH64_H */
