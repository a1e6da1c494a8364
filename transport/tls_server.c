/* tls_server: a server's certificates: which files they are in, and the reading of them. */
#include <meeple/tls.h>

#include <assert.h>
#include <stdio.h>

#include "core/mem.h"
#include "transport/strings.h"
#include "transport/tls.h"

struct meeple_tls_server {
    const meeple_mem *mem;
    struct meeple__tls_context *context;
    uint32_t refs;
    meeple_tls_server_options options; /* its strings are in files, its list is pairs */
    meeple_tls_pair *pairs;
    char **files;
};

enum {
    FIXED = 3 /* cert, key and client authorities; the pairs follow */
};

static size_t pair_count(const meeple_tls_pair *pairs)
{
    size_t count = 0;

    while (pairs && pairs[count].cert_file) {
        count++;
    }
    return count;
}

static const char *not_empty(const char *text)
{
    return text && text[0] ? text : NULL;
}

/* All strings in one block, "" for those that are not there. */
static int copy_options(meeple_tls_server *server, const meeple_tls_server_options *options)
{
    const meeple_mem *mem = server->mem;
    size_t count = pair_count(options->more);
    const char **list = meeple__alloc(mem, (FIXED + 2 * count + 1) * sizeof *list);
    int rc;

    server->pairs = meeple__alloc(mem, (count + 1) * sizeof *server->pairs);
    if (!list || !server->pairs) {
        meeple__free(mem, list);
        return MEEPLE_ENOMEM;
    }
    list[0] = options->cert_file;
    list[1] = options->key_file ? options->key_file : "";
    list[2] = options->client_ca_file ? options->client_ca_file : "";
    for (size_t i = 0; i < count; i++) {
        list[FIXED + 2 * i] = options->more[i].cert_file;
        list[FIXED + 2 * i + 1] = options->more[i].key_file ? options->more[i].key_file : "";
    }
    rc = meeple__strings_copy(&server->files, list, mem);
    meeple__free(mem, list);
    if (rc < 0) {
        return rc;
    }
    for (size_t i = 0; i < count; i++) {
        server->pairs[i].cert_file = server->files[FIXED + 2 * i];
        server->pairs[i].key_file = not_empty(server->files[FIXED + 2 * i + 1]);
    }
    server->options = (meeple_tls_server_options){.cert_file = server->files[0],
                                                  .key_file = not_empty(server->files[1]),
                                                  .client_ca_file = not_empty(server->files[2]),
                                                  .more = server->pairs,
                                                  .mem = mem};
    return 0;
}

int meeple_tls_server_new(meeple_tls_server **out, const meeple_tls_server_options *options,
                          char *why, size_t why_size)
{
    meeple_tls_server *server;
    int rc;

    if (!out) {
        return MEEPLE_EINVAL;
    }
    *out = NULL;
    if (!options || !not_empty(options->cert_file) || (!why && why_size > 0)) {
        if (why && why_size > 0) {
            snprintf(why, why_size, "a TLS server needs a certificate");
        }
        return MEEPLE_EINVAL;
    }
    server = meeple__alloc(options->mem, sizeof *server);
    if (!server) {
        return MEEPLE_ENOMEM;
    }
    server->mem = options->mem;
    server->refs = 1;
    rc = copy_options(server, options);
    if (rc == 0) {
        rc = meeple__tls_context_server(&server->context, &server->options, why, why_size);
    }
    if (rc < 0) {
        meeple_tls_server_free(server);
        return rc;
    }
    *out = server;
    return 0;
}

int meeple_tls_server_reload(meeple_tls_server *server, char *why, size_t why_size)
{
    struct meeple__tls_context *fresh;
    int rc;

    if (!server || (!why && why_size > 0)) {
        return MEEPLE_EINVAL;
    }
    rc = meeple__tls_context_server(&fresh, &server->options, why, why_size);
    if (rc < 0) {
        return rc;
    }
    meeple__tls_context_unref(server->context);
    server->context = fresh;
    return 0;
}

void meeple_tls_server_free(meeple_tls_server *server)
{
    if (!server || --server->refs > 0) {
        return;
    }
    meeple__tls_context_unref(server->context);
    meeple__strings_free(server->files, server->mem);
    meeple__free(server->mem, server->pairs);
    meeple__free(server->mem, server);
}

meeple_tls_server *meeple__tls_server_ref(meeple_tls_server *server)
{
    assert(server->refs > 0 && server->refs < UINT32_MAX);
    server->refs++;
    return server;
}

struct meeple__tls_context *meeple__tls_server_context(const meeple_tls_server *server)
{
    return server->context;
}
