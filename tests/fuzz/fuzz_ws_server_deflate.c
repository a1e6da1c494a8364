/* fuzz_ws_server_deflate: any bytes at a WebSocket server that agreed to permessage-deflate. */
#include "tests/fuzz/target.h"
#include "tests/fuzz/ws_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    ws_target(true, true, bytes, len);
    return 0;
}
