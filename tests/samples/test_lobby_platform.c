/* test_lobby_platform: what a program knows of the system it runs on. */
#include <criterion/criterion.h>

#include <string.h>

#include "samples/lobby/address.h"
#include "samples/lobby/platform.h"

Test(lobby_platform, a_program_hosts_and_looks_for_others_where_it_is)
{
    char server[LOBBY_ADDRESS_SIZE], few[6];

    cr_expect(lobby_platform_can_host());
    lobby_platform_server(server, sizeof server);
    cr_expect_str_eq(server, "localhost");
    lobby_platform_server(few, sizeof few);
    cr_expect_str_eq(few, "local");
}

/* A machine without a network has none. */
Test(lobby_platform, the_address_of_this_machine_is_one_that_others_can_write)
{
    char home[LOBBY_HOST_MAX + 1] = "as it was", small[4] = "???";
    struct lobby_address address;

    if (!lobby_platform_home(home, sizeof home)) {
        cr_expect_str_eq(home, "as it was");
        return;
    }
    cr_assert(lobby_address_parse(&address, home, 8080), "%s", home);
    cr_expect_str_eq(address.host, home);
    cr_expect_neq(strncmp(home, "127.", 4), 0);
    cr_expect_str_neq(home, "::1");
    cr_expect_not(lobby_platform_home(small, sizeof small));
    cr_expect_str_eq(small, "???");
}
