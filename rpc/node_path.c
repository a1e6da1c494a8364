/* node_path: the path of a node as Godot writes it, and the object of ours that it means. */
#include "rpc/node_path.h"

#include <string.h>

#include "rpc/command.h"

static bool is(meeple_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.ptr, text, bytes.len) == 0;
}

/* Takes what is before the separator, or all, off the front of *rest, and the separator. */
static meeple_bytes next_part(meeple_bytes *rest, char separator)
{
    const uint8_t *end = memchr(rest->ptr, separator, rest->len);
    meeple_bytes part = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    size_t taken = part.len + (end ? 1 : 0);

    *rest = (meeple_bytes){rest->ptr + taken, rest->len - taken};
    return part;
}

static size_t add(char *dst, size_t len, meeple_bytes bytes)
{
    memcpy(dst + len, bytes.ptr, bytes.len);
    return len + bytes.len;
}

/* Whether the subnames are such; after the last one a ':' does not matter. */
static bool subnames_valid(meeple_bytes subnames)
{
    while (subnames.len > 0) {
        if (next_part(&subnames, ':').len == 0) {
            return false;
        }
    }
    return true;
}

/* Takes a path apart at its first ':'; false if it is none. */
static bool take_apart(meeple_bytes text, meeple_bytes *names, meeple_bytes *subnames)
{
    if (text.len == 0) {
        return false;
    }
    *subnames = text;
    *names = next_part(subnames, ':');
    return subnames_valid(*subnames);
}

size_t meeple__node_path_normalise(char *dst, meeple_bytes text)
{
    meeple_bytes names, subnames;
    size_t len = 0;

    if (!take_apart(text, &names, &subnames)) {
        return 0;
    }
    if (text.ptr[0] == '/') {
        dst[len++] = '/';
    }
    for (bool first = true; names.len > 0;) {
        meeple_bytes name = next_part(&names, '/');

        if (name.len > 0) {
            if (!first) {
                dst[len++] = '/';
            }
            len = add(dst, len, name);
            first = false;
        }
    }
    while (subnames.len > 0) {
        dst[len++] = ':';
        len = add(dst, len, next_part(&subnames, ':'));
    }
    return len;
}

/* Drops the last name; false if there is none. */
static bool go_up(const char *dst, size_t *len)
{
    if (*len == 0) {
        return false;
    }
    while (*len > 0 && dst[--*len] != '/') {
    }
    return true;
}

/* Adds a name; false if there is no room. */
static bool go_down(char *dst, size_t *len, meeple_bytes name)
{
    size_t slash = *len > 0 ? 1 : 0;

    if (name.len > MEEPLE__NAME_MAX - *len || slash > MEEPLE__NAME_MAX - *len - name.len) {
        return false;
    }
    if (slash) {
        dst[(*len)++] = '/';
    }
    *len = add(dst, *len, name);
    return true;
}

size_t meeple__node_path_resolve(char *dst, meeple_bytes text)
{
    bool outside = text.len > 0 && text.ptr[0] == '/'; /* above the root, until it is named */
    meeple_bytes names, subnames;
    size_t len = 0;

    if (!take_apart(text, &names, &subnames)) {
        return 0;
    }
    while (names.len > 0) {
        meeple_bytes name = next_part(&names, '/');

        if (name.len == 0 || is(name, ".")) {
            continue;
        }
        if (outside) {
            if (!is(name, "root")) {
                return 0;
            }
            outside = false;
        } else if (is(name, "..") ? !go_up(dst, &len) : !go_down(dst, &len, name)) {
            return 0;
        }
    }
    return meeple__name_valid((meeple_bytes){(const uint8_t *)dst, len}) ? len : 0;
}
