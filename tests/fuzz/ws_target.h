/* ws_target: one endpoint for fuzzed bytes, both roles. */
#ifndef TESTS_FUZZ_WS_TARGET_H
#define TESTS_FUZZ_WS_TARGET_H

#include <meeple/base.h>

/*
 * Twice through the same bytes: whole and in pieces.  What is told has to be the same.
 * bytes[0] chooses: bit 0: the handshake is done before; the rest: the seed of the pieces.
 */
void ws_target(bool server, const uint8_t *bytes, size_t len);

#endif /* TESTS_FUZZ_WS_TARGET_H */
