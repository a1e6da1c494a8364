/* meeple/net.h: a seat in a session of numbered peers, whatever carries it. */
#ifndef MEEPLE_NET_H
#define MEEPLE_NET_H

#include <meeple/event.h>
#include <meeple/io.h>
#include <meeple/tls.h>
#include <meeple/ws.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A net is used from one thread; any number of nets may live in a process.  Nothing is read, sent
 * or answered outside the functions below, and none of them but meeple_net_next() waits.  The one
 * function for other threads is meeple_net_wake().
 *
 * In a page, built with emscripten, a client's sockets are the browser's, and a server can only be
 * one of this process (meeple_net_loopback()).  The same program gets the same events there.  What
 * is different, because a browser lets a page do no more:
 *
 * - Nothing waits: meeple_net_next() returns 0 at once when there is nothing.  meeple/web.h says
 *   when to ask again.
 * - The browser reads on its own, so that nothing holds the server back when the application takes
 *   no events: backlog_bytes_max bounds what waits then.  What comes after we asked to close is
 *   lost.
 * - meeple_net_connect() answers MEEPLE_ENOTSUP to headers and options of TLS: requests and
 *   certificates are the browser's.  So is compression: options.deflate is not looked at.  A client
 *   that offers subprotocols gets one of them or no connection.
 * - Why there is no connection is not told to a page: the fault is of stage CONNECT, or TIMEOUT.
 *   Connecting and handshake have one deadline, connect_timeout_ms and handshake_timeout_ms
 *   together.
 * - A page may say only the close codes 1000 and 3000..4999.  Where we close with another, the
 *   server hears one that is 3000 higher (4001 for 1001), and our own events have the true one.  A
 *   net that is freed without meeple_net_close() is heard to close without a code, 1005.
 * - The heartbeat travels in packets (docs/wire.md, 4.5), which only the native dialect has:
 *   meeple_net_ping() answers MEEPLE_ENOTSUP in others.  Pings of the server are answered by the
 *   browser.
 * - The server's address is not known, and bytes in meeple_stats are those of messages.
 */
typedef struct meeple_net meeple_net;

/* What a net allows itself.  0 means the default in the comment. */
typedef struct meeple_limits {
    uint32_t peers_max;      /* 64: a server answers 503 to one more */
    uint32_t handshakes_max; /* 64, or peers_max if that is more: connections a server has
                                that are not peers yet.  One more takes the place of the oldest
                                that says nothing good for a second, or of one from the address
                                that has the most of them, if that is more than its own would
                                have, or it is dropped.  All in all, with those on their way
                                out, there are no more than twice as many as peers and
                                handshakes, and the downloads; who is on its way out for the
                                longest is dropped for one more */
    uint32_t connections_per_address_max; /* 32, not counting those from this machine itself; if
                                             set, counting them, too; UINT32_MAX: any.  An IPv6
                                             address is its network of 64 bits here.  One more is
                                             answered 429; when twice as many are there, dropped */
    uint32_t accepts_per_second_max;  /* 500, or peers_max if that is more; UINT32_MAX: any.  What
                                         comes faster is dropped; as many may come at once.
                                         One address, where they are counted, has a quarter
                                         of it */
    uint32_t messages_per_second_max; /* 2000 from one peer, and twice as many at once; pings and
                                         pongs count; UINT32_MAX: any.  Who sends more is closed
                                         with 1008 */
    uint32_t bytes_per_second_max; /* 4 MiB from one peer, and at once twice as many, or two of the
                                      longest messages if that is more; what was compressed counts
                                      as what it inflates to, too.  As above */
    size_t head_bytes_max;         /* 8192: a longer HTTP request is answered 431; with all 64 KiB
                                      at most.  Godot reads 4096 bytes of a head: in its dialect we
                                      write no longer ones */
    size_t message_bytes_max;    /* 65536: a longer message is closed with 1009.  In the dialect of
                                    Godot 65535: that loses a longer one and says nothing */
    size_t queue_bytes_max;      /* 1 MiB, or two messages if that is more: what may wait to be
                                    sent to one peer */
    uint32_t connect_timeout_ms; /* 10000: name lookup and TCP */
    uint32_t handshake_timeout_ms; /* 5000: from the TCP connection to UP or JOIN, TLS included */
    uint32_t close_timeout_ms;     /* 3000: how long a close handshake may take */
    uint32_t heartbeat_ms;         /* 20000: a peer that was not heard for so long is pinged;
                                      UINT32_MAX: never */
    uint32_t heartbeat_misses;     /* 2: at most 255: who answers none of so many pings in a
                                      row is gone, 1006 */
    size_t backlog_bytes_max;      /* 16 MiB, or two messages if that is more; only in a page, where
                                      nothing holds the server back: what may have come and wait for
                                      meeple_net_next(), 64 bytes for each message added.  More is
                                      closed with 1008; one message may always wait */
} meeple_limits;

/* What a message to many does about a peer whose queue is full. */
typedef enum meeple_full_policy {
    MEEPLE_FULL_CLOSE, /* that peer is closed with 1008 and a reason, also for packets that a server
                          passes on from another client */
    MEEPLE_FULL_SKIP   /* that peer misses it; meeple_stats.skipped counts */
} meeple_full_policy;

/* How the proxies before a server say whose connection it is. */
typedef enum meeple_proxy_kind {
    MEEPLE_PROXY_NONE,
    MEEPLE_PROXY_X_FORWARDED_FOR, /* that header: nginx, Caddy, Apache */
    MEEPLE_PROXY_FORWARDED,       /* that header, RFC 7239 */
    MEEPLE_PROXY_HEADER           /* the PROXY protocol, version 1 or 2, before anything else, also
                                     before TLS: haproxy, load balancers */
} meeple_proxy_kind;

/* Zeroed: every address is a client's own. */
typedef struct meeple_proxy_options {
    meeple_proxy_kind kind;
    /* NULL-terminated, "127.0.0.1", "10.0.0.0/8", "fd00::/8"; copied.  What comes from there is
     * believed, what says the same from elsewhere is not looked at, so list nothing else.
     * MEEPLE_PROXY_HEADER: from there every connection has to begin with the header. */
    const char *const *trusted;
} meeple_proxy_options;

/*
 * Files over HTTP from the port of the WebSockets, so that a game and its page need one address,
 * and one certificate.  Zeroed: none, who asks for a page is told 426 and why.
 *
 * GET and HEAD are answered, of HTTP/1.1 and 1.0, with one answer for each connection; other
 * methods with 405, a request with a body with 400.  Whatever asks to become a WebSocket, on any
 * path, is treated as if there were no pages.  Requests for pages become no peers and no REQUEST,
 * whatever `asks`, `origins` and meeple_net_refuse() say.
 *
 * The path is decoded once, and is the name of a file below the folder; behind a slash at its end
 * comes index.html, and a folder that has one is redirected there (301).  Everybody who can reach
 * the port can read every regular file in the folder that this process can read, except names that
 * begin with a dot, and what lies behind symbolic links (the folder itself may be one).  All else
 * is 404.  A Content-Type is chosen by the end of the name (application/wasm for .wasm, texts are
 * UTF-8); where "name.br" or "name.gz" lies beside it and the client takes that, it is sent in its
 * place.  Clients keep what they got and ask each time whether it is still good (ETag, 304).
 *
 * Put a new version of a file in place by renaming: a download breaks off if its file is written
 * to.  Files are read in the thread of the net, so let them lie on a disk that answers at once.
 */
typedef struct meeple_pages_options {
    const char *folder; /* NULL: no files; opened by meeple_net_listen(), and kept open */
    bool health; /* "/healthz" is answered with 200 while the server runs, and with a word: "ok",
                    "full" or "refusing" (new peers) */
    /* 128: files under way at a time, with 64 KiB of memory and a descriptor each, with TLS twice
     * that memory.  To one more, 503; to an address with connections_per_address_max, 429.  They do
     * not count as handshakes. */
    uint32_t downloads_max;
    uint32_t stall_timeout_ms; /* 30000: who does not take 64 KiB in that time is given up */
} meeple_pages_options;

/* Strings are copied; io, mem and log are borrowed and must outlive the net. */
typedef struct meeple_listen_options {
    const char *host; /* a numeric address; NULL: every interface */
    uint16_t port;    /* 0: any free port; ask meeple_net_port() */
    /*
     * Other nets may listen at the same host and port, if they say so, too: one for each thread, to
     * make use of more than one core.  Each new connection goes to one of them; the system chooses
     * by the addresses and ports of its two ends (SO_REUSEPORT; FreeBSD: SO_REUSEPORT_LB).  They
     * know nothing of one another: each has sessions and limits of its own.  Any program of the
     * same user can join in.  MEEPLE_ENOTSUP: the system, or the driver, has no such thing.
     */
    bool share_port;
    /* NULL-terminated; the order of the client decides.  NULL: "meeple.1" in the native dialect,
     * none in the others.  A client that offers none of them is refused; in the plain dialect,
     * offering nothing is fine.  In that of Godot a client that offers some is refused by a server
     * that has none: it would take no answer without one. */
    const char *const *protocols;
    meeple_dialect dialect;
    bool asks; /* every good request becomes a MEEPLE_EVENT_REQUEST and waits for its answer; else
                  all are accepted */
    /* NULL-terminated, "https://example.org": what a request may have as Origin, or it is refused
     * with 403 (RFC 6455 section 10.2).  A request without one, which no browser sends, is let
     * through.  NULL: pages from anywhere. */
    const char *const *origins;
    meeple_pages_options pages; /* off if zeroed.  MEEPLE_EINVAL, MEEPLE_EACCESS: its folder cannot
                                   be opened */
    meeple_proxy_options proxy; /* MEEPLE_EINVAL: a kind without networks, or none of these */
    meeple_limits limits;
    meeple_full_policy full;
    meeple_deflate_options deflate; /* off if zeroed */
    meeple_tls_server *tls; /* "wss://" with these certificates; the caller's to free, at any time
                               after.  NULL: "ws://" */
    const meeple_io_driver *io;
    const meeple_mem *mem;
    const meeple_log *log;
} meeple_listen_options;

typedef struct meeple_connect_options {
    const char *const *protocols; /* NULL-terminated, best first; NULL as above */
    const char *const *headers;   /* "Name: value", NULL-terminated: added to the request; not in a
                                     page */
    meeple_dialect dialect;
    meeple_limits limits;
    meeple_deflate_options deflate; /* off if zeroed; in a page not looked at */
    meeple_tls_client_options tls;  /* of a "wss://" URL; not in a page */
    const meeple_io_driver *io;
    const meeple_mem *mem;
    const meeple_log *log;
} meeple_connect_options;

/*
 * A server: a seat with id 1 that others can connect to.  options NULL: all defaults.  Gives back
 * in *out what the caller must meeple_net_free(), NULL on failure.  MEEPLE_EINVAL: the host is no
 * address of this machine, or an option makes no sense.  MEEPLE_EINUSE: the port is taken, by one
 * that does not share it with us, or we not with it.  MEEPLE_ENOTSUP: a web page cannot listen, or
 * a port not be shared.  MEEPLE_EACCESS, MEEPLE_EIO, MEEPLE_ENOMEM.  Its first event is UP.
 * Godot: WebSocketServer.listen().
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_listen(meeple_net **out,
                                                 const meeple_listen_options *options);

/*
 * A client: begins to connect to "ws://host[:port][/path][?query]" (port 80, path "/"; IPv6 in
 * brackets), or to "wss://..." (port 443), which is encrypted and shows a certificate that is
 * looked at first.  options NULL: all defaults.  *out as above.  MEEPLE_EINVAL: not such a URL, a
 * header that is none, or a pin or server name that is none.  MEEPLE_ETOOBIG: path and headers over
 * 8 KiB, or in the dialect of Godot a request over 4096 bytes.  MEEPLE_ENOTSUP: what a page cannot
 * do.  MEEPLE_ENOMEM, MEEPLE_EIO.  Whether it worked is said by the first event, UP or DOWN; a file
 * of options.tls that cannot be used is said by DOWN and a fault of stage TLS.  The addresses of a
 * name race (RFC 8305): a dead one costs a quarter of a second.  A program with several clients of
 * one server begins with the next when the one before is UP or DOWN (RFC 6455 section 4.1); nets do
 * not know of each other.  Godot: WebSocketClient.connect_to_url().
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_connect(meeple_net **out, const char *url,
                                                  const meeple_connect_options *options);

/*
 * A server that only clients in this process can join, over memory: no socket, no clock, hence no
 * time-outs.  All of them belong to one thread.  meeple_net_next() on either end never waits.
 * options: host, port, share_port, pages, tls and io are not looked at.  *out as above.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_loopback(meeple_net **out,
                                                   const meeple_listen_options *options);
/*
 * A client of a loopback server; may outlive it.  options: tls and io are not looked at.
 * MEEPLE_EINVAL: the server is no loopback server; or one of the two speaks the dialect of Godot
 * and the other another, which no handshake would find out.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_join(meeple_net **out, meeple_net *server,
                                               const meeple_connect_options *options);

/* A server that nobody can join: the same game code, alone.  mem may be NULL. */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_offline(meeple_net **out, const meeple_mem *mem);

/* Drops every connection as it is and frees the net.  To say goodbye first, meeple_net_close() and
 * take events until DOWN.  net may be NULL. */
MEEPLE_API void meeple_net_free(meeple_net *net);

/*
 * Sends what is queued, then returns 1 with an event, or 0 when timeout_ms passed without one
 * (0: does not wait, -1: waits for ever) or meeple_net_wake() was called.  MEEPLE_ECLOSED: DOWN was
 * given already.  MEEPLE_EINVAL, MEEPLE_ENOMEM, MEEPLE_EIO: call again, or give up and free the
 * net. If the application takes no events, nothing is read, and TCP holds the others back.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_next(meeple_net *net, meeple_event *event,
                                               int timeout_ms);

/*
 * Lets the net's thread out of its wait, so that it looks after what another thread has for it (it
 * looks when next has returned, not before): a meeple_net_next() that waits, or else the next one,
 * returns 0 at once, unless there are events: those go first, and the 0 comes after them.  None is
 * lost, and all before one 0 are one.  It is the only function of a net that any thread may call,
 * and a signal handler: it locks nothing and leaves errno as it was.  After DOWN it does nothing.
 * The caller sees to it that the net is not freed meanwhile.  A world is woken through its
 * meeple_world_net().
 */
MEEPLE_API void meeple_net_wake(meeple_net *net);

/*
 * For a net in somebody else's event loop: a descriptor that poll(), epoll (level-triggered), libuv
 * or GLib call readable when a meeple_net_next() has something to do.  When it is, and when
 * meeple_net_wait_ms() have passed, take events with a timeout of 0 until it returns 0; what was
 * read and what was queued is then done, and it is quiet until there is more.  A wake makes it
 * readable, too.
 *
 * It stays the same and the net's: do not read or close it, and stop watching it after DOWN, at the
 * latest before meeple_net_free().  MEEPLE_ESTATE: there is none.  For loopback and offline nets
 * none is needed, as meeple_net_wait_ms() says it all; with meeple_io_poll(), which has none on any
 * system, call meeple_net_next() every few milliseconds or on a thread.  MEEPLE_EINVAL.
 */
MEEPLE_API MEEPLE_MUST_USE int meeple_net_pollable(const meeple_net *net);

/*
 * In how many milliseconds meeple_net_next() has to be called at the latest though the descriptor
 * is not readable: 0: now, there are events or something queued; -1: there is no such moment, or
 * DOWN was given.  It is the next of all time-outs and heartbeats, so that it is to be asked again
 * after every function that changes something: next, send, ping, kick, close, accept, reject.
 */
MEEPLE_API int meeple_net_wait_ms(const meeple_net *net);

/*
 * Queues a copy of a packet for one peer, MEEPLE_ALL, or MEEPLE_EXCEPT(peer).  On a client, what is
 * for other clients goes through the server, which stamps the sender.  Nothing is queued on error:
 * MEEPLE_ENOTFOUND: no such peer (oneself is none).  MEEPLE_EFULL: the queue would pass
 * queue_bytes_max; to many, a full peer follows the net's meeple_full_policy instead.
 * MEEPLE_ETOOBIG: longer than message_bytes_max less the header (native five bytes, Godot's nine),
 * or than would ever fit the queue.  MEEPLE_ESTATE: not UP.  MEEPLE_EINVAL, MEEPLE_ENOMEM.  After
 * MEEPLE_EFULL, MEEPLE_EVENT_DRAINED says when to send again.  Godot: put_packet(),
 * set_target_peer().
 *
 * A client in the dialect of Godot sends what is for MEEPLE_EXCEPT(MEEPLE_SERVER) to each other
 * client by itself, all or none, as a server of Godot's would take it for itself, too; if that
 * fails between two of them, the connection is closed with 1011.
 */
MEEPLE_API int meeple_net_send(meeple_net *net, int32_t to, meeple_bytes packet);
/* The same, marked as text: a string of C, or bytes that may have a NUL inside, as PACKET hands
 * them out.  In the dialect of Godot, which has no such mark, a packet like any.  MEEPLE_EINVAL:
 * not UTF-8. */
MEEPLE_API int meeple_net_send_text(meeple_net *net, int32_t to, const char *text);
MEEPLE_API int meeple_net_send_utf8(meeple_net *net, int32_t to, meeple_bytes text);

/* Whether packets sent from here on may be compressed, where that was agreed (options.deflate); at
 * first, yes.  For what is compressed already, or secret beside what a stranger chose (CRIME). */
MEEPLE_API void meeple_net_compress(meeple_net *net, bool compress);

/* Sends what is queued now, as far as the operating system takes it, instead of in the next
 * meeple_net_next(). */
MEEPLE_API void meeple_net_flush(meeple_net *net);

/*
 * Server: lets the peer of a REQUEST in; its JOIN follows.  protocol: a subprotocol of ours that it
 * offers; NULL: the first of its own order.  headers: "Name: value", NULL-terminated, added to the
 * answer, a Set-Cookie for instance; may be NULL.  MEEPLE_ENOTFOUND: no request of that peer waits
 * (any more: it went away, handshake_timeout_ms passed, or it had to make room for another).
 * MEEPLE_EFULL: peers_max are there by now, it was refused with 503.  MEEPLE_EINVAL: such a
 * protocol or header cannot be answered; the request still waits.  MEEPLE_ETOOBIG: in the dialect
 * of Godot, an answer over 4096 bytes; it still waits.  MEEPLE_ESTATE: not a server.
 * MEEPLE_ENOMEM: the request still waits.
 */
MEEPLE_API int meeple_net_accept(meeple_net *net, int32_t peer, const char *protocol,
                                 const char *const *headers);

/*
 * Server: refuses the peer of a REQUEST with an HTTP redirect or error (300..599), with text (NULL:
 * none) as its body, and headers as above; a Content-Type among them takes the place of plain text.
 * Nothing more is heard of that peer.  Without memory for the answer its connection just ends.
 * MEEPLE_EINVAL: a status or header that cannot be answered.  MEEPLE_ENOTFOUND, MEEPLE_ESTATE as
 * above.
 */
MEEPLE_API int meeple_net_reject(meeple_net *net, int32_t peer, int status, const char *text,
                                 const char *const *headers);

/*
 * Server: asks one peer to go, with a code (0: 1000) and a reason (NULL: none).  It is no peer from
 * here on, for anybody; its LEAVE comes when the close handshake is done or close_timeout_ms
 * passed. MEEPLE_ENOTFOUND: no such peer.  MEEPLE_EINVAL: a code that may not be sent, or a reason
 * over MEEPLE_REASON_MAX bytes or not UTF-8.  MEEPLE_ESTATE: not a server. Godot:
 * WebSocketServer.disconnect_peer().
 */
MEEPLE_API int meeple_net_kick(meeple_net *net, int32_t peer, uint16_t code, const char *reason);

/*
 * Asks everyone to close, with a code (0: 1000) and a reason (NULL: none); takes no one else.  Take
 * events until DOWN, which comes within close_timeout_ms and a second (a loopback server: once its
 * clients are polled or freed); a server's has that code and
 * reason, and is clean if everybody's was.  Doing it twice is fine.  MEEPLE_EINVAL as above.
 * Godot: disconnect_from_host(), WebSocketServer.stop().
 */
MEEPLE_API int meeple_net_close(meeple_net *net, uint16_t code, const char *reason);

/* Server: whether new peers are answered with 503.  Those there are stay, pages are still handed
 * out. Godot: refuse_new_connections. */
MEEPLE_API void meeple_net_refuse(meeple_net *net, bool refuse);

/* Our own id; 0 before UP, and always 0 on a plain client.  Godot: get_network_unique_id(). */
MEEPLE_API int32_t meeple_net_id(const meeple_net *net);

/* Whether this seat is the server's.  Godot: is_network_server(). */
MEEPLE_API bool meeple_net_is_server(const meeple_net *net);

/* The port a server listens on; 0 if none. */
MEEPLE_API uint16_t meeple_net_port(const meeple_net *net);

/* The peers there are, in the order they joined: up to cap ids in dst; returns how many there are.
 * dst may be NULL if cap is 0.  Godot: get_network_connected_peers(). */
MEEPLE_API size_t meeple_net_peers(const meeple_net *net, int32_t *dst, size_t cap);

/* Whether peer can be sent to. */
MEEPLE_API bool meeple_net_has_peer(const meeple_net *net, int32_t peer);

/*
 * Where peer is, "203.0.113.7:5000" or "[2001:db8::7]:5000", written to dst and cut to cap bytes
 * with its NUL; "" if there is no connection to it, or it is inside this process.  Behind a trusted
 * proxy what that says, maybe without a port.  Returns how long it is, like snprintf().  Godot:
 * WebSocketServer.get_peer_address(), get_peer_port(), WebSocketPeer.get_connected_host().
 */
MEEPLE_API size_t meeple_net_peer_address(const meeple_net *net, int32_t peer, char *dst,
                                          size_t cap);

/* Bytes that wait to be sent to peer, 0 if there is none.  A client has one queue, the server's. */
MEEPLE_API size_t meeple_net_queued(const meeple_net *net, int32_t peer);

/* How long a ping and its answer take, in whole milliseconds. */
typedef struct meeple_rtt {
    uint32_t last_ms;
    uint32_t smooth_ms; /* the running mean, and how far from it they are: RFC 6298 */
    uint32_t jitter_ms;
    uint32_t samples; /* 0: nothing was measured yet */
} meeple_rtt;

/* Of the connection to that peer: a server's to each, a client's to the server only; else zeros. */
MEEPLE_API meeple_rtt meeple_net_rtt(const meeple_net *net, int32_t peer);

/* Measures now, beside the heartbeat's own pings, which go to quiet peers only.  MEEPLE_ENOTFOUND:
 * no such peer, or no connection to it.  MEEPLE_EFULL: its queue is full.  MEEPLE_ENOTSUP: in a
 * page, but for the native dialect.  MEEPLE_ESTATE, MEEPLE_ENOMEM, MEEPLE_EIO. */
MEEPLE_API int meeple_net_ping(meeple_net *net, int32_t peer);

/* Why we never came UP, or the loss after it; stage NONE if neither.  Its text is good until
 * meeple_net_free(). */
MEEPLE_API meeple_fault meeple_net_fault(const meeple_net *net);

/* Counts since the net was made. */
typedef struct meeple_stats {
    uint64_t packets_in, packets_out; /* ours: handed out as PACKET; taken by send, one per peer */
    uint64_t bytes_in, bytes_out;     /* on the streams */
    uint64_t relayed;                 /* server: packets passed on, one per peer */
    uint64_t unroutable;              /* server: packets for a peer that is gone.  In the dialect of
                                         Godot also those that nobody known has sent: on a server
                                         of a client that does not know its id yet */
    uint64_t skipped;                 /* messages to many that a full peer missed */
    uint64_t refused; /* server: connections that did not become peers, and asked for no page */
    /* Of them: */
    uint64_t refused_origin;    /* pages that are not among the origins */
    uint64_t refused_address;   /* more than connections_per_address_max */
    uint64_t refused_rate;      /* more than accepts_per_second_max */
    uint64_t refused_half_open; /* more than handshakes_max; the new one went, or another */
    uint64_t refused_late;      /* handshake_timeout_ms had passed, the application's answer
                                   included, or it made room for another */
    uint64_t refused_long;      /* more than head_bytes_max, or too many fields */
    uint64_t flooded;           /* server: peers closed for messages or bytes per second */
    /* Server, options.pages: answers that were sent to the end; errors; downloads that broke off.
     */
    uint64_t pages_served, pages_refused, pages_lost;
} meeple_stats;

MEEPLE_API meeple_stats meeple_net_stats(const meeple_net *net);

#ifdef __cplusplus
}
#endif
#endif /* MEEPLE_NET_H */
