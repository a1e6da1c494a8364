/* meeple/close.h: why a connection ended: close codes of RFC 6455 section 7.4. */
#ifndef MEEPLE_CLOSE_H
#define MEEPLE_CLOSE_H

/*
 * What may be sent: 1000-1003, 1007-1014 and 3000-4999 (the last thousand is for applications).
 * MEEPLE_CLOSE_NO_CODE and MEEPLE_CLOSE_ABNORMAL never travel; they say that no code did.
 */
typedef enum meeple_close {
    MEEPLE_CLOSE_NORMAL = 1000,
    MEEPLE_CLOSE_GOING_AWAY = 1001,
    MEEPLE_CLOSE_PROTOCOL_ERROR = 1002,
    MEEPLE_CLOSE_UNSUPPORTED = 1003,
    MEEPLE_CLOSE_NO_CODE = 1005,  /* a close frame without a code */
    MEEPLE_CLOSE_ABNORMAL = 1006, /* no close frame: the connection broke */
    MEEPLE_CLOSE_INVALID_TEXT = 1007,
    MEEPLE_CLOSE_POLICY = 1008,
    MEEPLE_CLOSE_TOO_BIG = 1009,
    MEEPLE_CLOSE_INTERNAL_ERROR = 1011,
    MEEPLE_CLOSE_TRY_LATER = 1013
} meeple_close;

/* The longest close reason in bytes of UTF-8: a control frame carries 125, the code takes two. */
#define MEEPLE_REASON_MAX 123

#endif /* MEEPLE_CLOSE_H */
