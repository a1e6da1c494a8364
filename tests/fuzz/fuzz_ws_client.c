/* fuzz_ws_client: any bytes at a WebSocket client, before or after its handshake. */
#include "tests/fuzz/target.h"
#include "tests/fuzz/ws_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    ws_target(false, false, bytes, len);
    return 0;
}
