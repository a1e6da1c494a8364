/* fuzz_ip: any text as an address and as a network; what is one is written and read the same. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "transport/ip.h"

static void address(meeple_bytes text)
{
    struct meeple__ip ip, again, block, alone;
    char written[MEEPLE__IP_TEXT_SIZE], twice[MEEPLE__IP_TEXT_SIZE];
    bool is_alone = meeple__ip_parse_address(&alone, text);

    if (!meeple__ip_parse(&ip, text)) {
        MUST(!is_alone);
        return;
    }
    MUST(!is_alone || (meeple__ip_equal(&ip, &alone) && ip.port == 0));
    meeple__ip_write(written, &ip);
    MUST(meeple__ip_parse(&again, (meeple_bytes){(const uint8_t *)written, strlen(written)}));
    MUST(meeple__ip_equal(&ip, &again) && ip.port == again.port);
    meeple__ip_write(twice, &again);
    MUST(strcmp(written, twice) == 0);
    block = meeple__ip_block(&ip);
    again = meeple__ip_block(&block);
    MUST(block.port == 0 && meeple__ip_equal(&block, &again));
    MUST(meeple__ip_is_v4(&block) == meeple__ip_is_v4(&ip));
}

static void network(meeple_bytes text)
{
    struct meeple__ip_network network;
    struct meeple__ip ip = {.port = 1};
    bool v4;

    if (!meeple__ip_network_parse(&network, text)) {
        return;
    }
    MUST(network.bits <= 128);
    /* Its first address and its last are in it, unless that is IPv4's and the network is not; with
     * the last bit of the prefix turned over an address is not. */
    memcpy(ip.bytes, network.bytes, sizeof ip.bytes);
    v4 = network.bits >= 96 && meeple__ip_is_v4(&ip);
    MUST(meeple__ip_networks_have(&network, 1, &ip));
    for (size_t i = network.bits; i < 128; i++) {
        MUST((ip.bytes[i / 8] >> (7 - i % 8) & 1) == 0);
        ip.bytes[i / 8] |= (uint8_t)(1 << (7 - i % 8));
    }
    MUST(meeple__ip_networks_have(&network, 1, &ip) == (meeple__ip_is_v4(&ip) == v4));
    if (network.bits > 0) {
        ip.bytes[(network.bits - 1) / 8] ^= (uint8_t)(1 << (7 - (network.bits - 1) % 8));
        MUST(!meeple__ip_networks_have(&network, 1, &ip));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    address((meeple_bytes){bytes, len});
    network((meeple_bytes){bytes, len});
    return 0;
}
