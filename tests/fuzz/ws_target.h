/* ws_target: one endpoint for fuzzed bytes, both roles. */
#ifndef TESTS_FUZZ_WS_TARGET_H
#define TESTS_FUZZ_WS_TARGET_H

#include <meeple/base.h>

/*
 * Three times through the same bytes: whole, in pieces, and in pieces without ever taking what it
 * has to say.  What is told has to be the same, and memory stays under a limit.
 *
 * bytes[0] chooses: bit 0: the handshake is done before; the rest: the seed of the pieces.
 * With deflate it always is, and bytes[1] chooses what was agreed, see deflate_of().
 */
void ws_target(bool server, bool deflate, const uint8_t *bytes, size_t len);

#endif /* TESTS_FUZZ_WS_TARGET_H */
