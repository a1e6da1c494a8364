/* fuzz_ws_client_deflate: any bytes at a WebSocket client that agreed to permessage-deflate. */
#include "tests/fuzz/target.h"
#include "tests/fuzz/ws_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    ws_target(false, true, bytes, len);
    return 0;
}
