/* page_type: what kind of data a file holds, by the end of its name (RFC 9110 section 8.3). */
#ifndef MEEPLE_TRANSPORT_PAGE_TYPE_H
#define MEEPLE_TRANSPORT_PAGE_TYPE_H

/* The media type for a Content-Type; "application/octet-stream" where the name does not tell.
 * Static.  Texts are taken to be UTF-8. */
const char *meeple__page_type(const char *name);

#endif /* MEEPLE_TRANSPORT_PAGE_TYPE_H */
