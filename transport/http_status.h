/* http_status: the words that go with an HTTP status (RFC 9110 section 15). */
#ifndef MEEPLE_TRANSPORT_HTTP_STATUS_H
#define MEEPLE_TRANSPORT_HTTP_STATUS_H

/* "Not Found" for 404; "OK", "Redirect" or "Error" for a status that is not known here.  Static. */
const char *meeple__http_phrase(int status);

#endif /* MEEPLE_TRANSPORT_HTTP_STATUS_H */
