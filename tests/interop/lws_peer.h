/* lws_peer.h: what the files of lws_peer share: connections of libwebsockets, and the command that
 * waits for them. */
#ifndef LWS_PEER_H
#define LWS_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include <libwebsockets.h>

#define CONNECTIONS_MAX 64
#define LINE_SIZE 1024
#define TEXT_SIZE 256

/* Bytes, with LWS_PRE of room before them. */
struct message {
    unsigned char *memory, *bytes;
    size_t len, room;
    bool text;
};

/* Messages to send, which have to come back. */
struct job {
    char kind[8]; /* "text", "binary", "noise"; "number": a text that begins with its number */
    char said[TEXT_SIZE]; /* instead, if not "" */
    size_t size, piece;   /* piece: so many bytes in a frame; 0: all */
    unsigned count;
    bool pings;          /* after each piece */
    unsigned sent, back; /* messages */
};

struct connection {
    struct lws *wsi; /* NULL: it has ended */
    bool up, given;  /* given: accept has told of it */
    char protocol[TEXT_SIZE], extensions[TEXT_SIZE];
    struct job job;
    struct message out, in;
    size_t out_sent;
    bool whole; /* in is a whole message */
    bool ping;  /* one is to be sent, of ping_len bytes */
    size_t ping_len;
    unsigned pings, pongs;
    bool closes;   /* we close */
    unsigned code; /* theirs, or ours if we close; 0: none */
    char reason[TEXT_SIZE];
};

enum waiting {
    WAITING_NOTHING,
    WAITING_OPEN,
    WAITING_ACCEPT,
    WAITING_BACK,
    WAITING_TEXT,
    WAITING_PONGS,
    WAITING_END
};

struct peer {
    struct lws_context *context;
    struct connection connections[CONNECTIONS_MAX];
    size_t count;
    enum waiting waiting; /* what the command that was not answered yet waits for */
    struct connection *of;
    char line[LINE_SIZE];
    size_t line_len;
    bool done;
};

/* A connection more; NULL: too many. */
struct connection *peer_connection(struct peer *peer, struct lws *wsi);

/* Does what a line of standard input says, or begins to. */
void command_run(struct peer *peer, char *line);
/* Something has happened: answers the command if that is what it waited for. */
void command_look(struct peer *peer);
/* Answers it: that did not work. */
void command_fail(struct peer *peer, const char *why);

/* The message of that number, the same each time.  Without memory, the program ends. */
void message_make(struct message *message, const struct job *job, unsigned number);
void message_add(struct message *message, const void *bytes, size_t len);
bool message_same(const struct message *a, const struct message *b);
void message_done(struct message *message);

#endif /* LWS_PEER_H */
