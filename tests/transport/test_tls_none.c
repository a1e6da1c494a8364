/* test_tls_none: a build without TLS says so wherever somebody asks for it. */
#include <meeple/net.h>
#include <meeple/tls.h>

#include <criterion/criterion.h>
#include <string.h>

#include "transport/tls.h"

Test(tls_none, there_is_no_server_with_certificates)
{
    meeple_tls_server *server = (meeple_tls_server *)&server;
    meeple_tls_server_options options = {.cert_file = "any.pem"};
    char why[64] = "";

    cr_assert_eq(meeple_tls_server_new(&server, &options, why, sizeof why), MEEPLE_ENOTSUP);
    cr_assert_null(server);
    cr_assert_str_eq(why, "this build of the library has no TLS of its own");
    cr_assert_eq(meeple_tls_server_new(&server, &options, NULL, 0), MEEPLE_ENOTSUP);
    /* What is wrong anyhow is told as anywhere else. */
    cr_assert_eq(meeple_tls_server_new(&server, NULL, why, sizeof why), MEEPLE_EINVAL);
    meeple_tls_server_free(NULL);
}

Test(tls_none, the_sentence_is_cut_to_its_room)
{
    meeple_tls_server *server;
    meeple_tls_server_options options = {.cert_file = "any.pem"};
    char why[8] = "1234567";

    cr_assert_eq(meeple_tls_server_new(&server, &options, why, 5), MEEPLE_ENOTSUP);
    cr_assert_str_eq(why, "this");
    cr_assert_eq(why[5], '6');
}

Test(tls_none, no_client_has_a_context)
{
    struct meeple__tls_context *context = NULL;
    char why[64] = "";

    cr_assert_eq(meeple__tls_context_client(&context, NULL, "localhost", NULL, why, sizeof why),
                 MEEPLE_ENOTSUP);
    cr_assert_str_eq(why, "this build of the library has no TLS of its own");
    cr_assert_null(context);
    meeple__tls_context_unref(context);
}

Test(tls_none, a_connection_with_tls_cannot_be_made)
{
    struct meeple__tls tls;

    cr_assert_eq(meeple__tls_init(&tls, NULL, NULL), MEEPLE_ENOTSUP);
    cr_assert_eq(meeple__tls_next(&tls, NULL, 0), MEEPLE_ENOTSUP);
    cr_assert_eq(meeple__tls_send(&tls, NULL, 0), MEEPLE_ENOTSUP);
    meeple__tls_done(&tls);
}
