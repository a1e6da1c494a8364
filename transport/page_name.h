/* page_name: from the path of a request to the name of a file below a folder (RFC 3986). */
#ifndef MEEPLE_TRANSPORT_PAGE_NAME_H
#define MEEPLE_TRANSPORT_PAGE_NAME_H

#include <meeple/base.h>

enum {
    MEEPLE__PAGE_NAME_MAX = 1024,                      /* bytes, index.html included */
    MEEPLE__PAGE_PART_MAX = 255,                       /* of a folder's or the file's own name */
    MEEPLE__PAGE_DEPTH_MAX = 32,                       /* parts */
    MEEPLE__PAGE_NAME_SIZE = MEEPLE__PAGE_NAME_MAX + 8 /* with the NUL, and room for ".br" */
};

/*
 * The path of a request, "/a%20b/", as a name, "a b/index.html": percent signs are decoded once;
 * behind a slash at the end comes index.html.  What is written to name is UTF-8 without control
 * characters and backslashes, relative, its parts divided by single slashes, none of them empty or
 * with a dot in front: so no "..", no hidden file, nothing outside.
 *
 * 0, or what the answer is to say.  MEEPLE_EPROTO: no path (400): no slash in front, a percent sign
 * without two hexadecimal digits, a NUL or another control character, not UTF-8.
 * MEEPLE_ENOTFOUND: a path that no file has (404): a part that is empty or begins with a dot, a
 * slash or backslash that is encoded, over one of the limits above.  name is untouched then.
 */
int meeple__page_name(char name[MEEPLE__PAGE_NAME_SIZE], meeple_bytes path);

#endif /* MEEPLE_TRANSPORT_PAGE_NAME_H */
