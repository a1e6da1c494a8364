/* fuzz_ws_server: any bytes at a WebSocket server, before or after its handshake. */
#include "tests/fuzz/target.h"
#include "tests/fuzz/ws_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    ws_target(true, false, bytes, len);
    return 0;
}
