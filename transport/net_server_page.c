/* net_server_page: files and /healthz over HTTP, on the port of the WebSockets. */
#include "transport/net_server.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/log.h"
#include "core/mem.h"
#include "transport/page.h"
#include "transport/page_name.h"
#include "transport/page_type.h"

enum {
    PIECE_BYTES = 65536 /* of a file, in the queue of one connection at a time */
};

int meeple__server_pages_init(struct meeple__server *server, const meeple_pages_options *options)
{
    struct meeple__pages *pages = &server->pages;

    if (!options->folder && !options->health) {
        return 0;
    }
    pages->health = options->health;
    pages->downloads_max = options->downloads_max ? options->downloads_max : 128;
    pages->stall_timeout_ms = options->stall_timeout_ms ? options->stall_timeout_ms : 30000;
    server->net.config.pages = true;
    return options->folder ? meeple__folder_open(&pages->folder, options->folder) : 0;
}

void meeple__server_page_done(struct meeple__server *server, struct meeple__peer *peer)
{
    struct meeple__file *file = meeple__download_of(peer);

    if (file) {
        meeple__file_close(file);
        meeple__free(server->net.loop.mem, file);
        peer->page_file = NULL;
        server->pages.download_count--;
    }
}

/* ---- answers ---- */

/* more: a file follows. */
static int answer(struct meeple__server *server, struct meeple__peer *peer,
                  const struct meeple__page_answer *page, bool more)
{
    meeple_net *net = &server->net;
    struct meeple__buf bytes = {0};
    int rc = meeple__page_answer_write(&bytes, net->loop.mem, page);

    if (rc == 0) {
        rc = meeple__ws_answer(&peer->conn.ws, &bytes, more);
    }
    meeple__buf_done(&bytes, net->loop.mem);
    if (rc < 0) {
        meeple__ws_eof(&peer->conn.ws);
    }
    net->stats.pages_refused += page->status >= 400;
    net->stats.pages_served += page->status < 400 && !more && rc == 0;
    return rc;
}

static void answer_text(struct meeple__server *server, struct meeple__peer *peer, bool bodiless,
                        int status, const char *text)
{
    answer(server, peer,
           &(struct meeple__page_answer){.status = status, .text = text, .bodiless = bodiless},
           false);
}

/* Alive is all that it promises: who starts a server anew because it is full ends its games. */
static void answer_health(struct meeple__server *server, struct meeple__peer *peer, bool bodiless)
{
    const char *text = server->net.refusing             ? "refusing"
                       : meeple__server_is_full(server) ? "full"
                                                        : "ok";

    answer_text(server, peer, bodiless, 200, text);
}

/* ---- files ---- */

/* What lies under a name, in the smallest form that the client takes. */
static int find(const struct meeple__pages *pages, const struct meeple__http_head *head,
                char name[MEEPLE__PAGE_NAME_SIZE], struct meeple__file *file, const char **coding)
{
    static const struct {
        const char *coding, *ending;
    } smaller[] = {{"br", ".br"}, {"gzip", ".gz"}};
    size_t len = strlen(name);

    for (size_t i = 0; i < MEEPLE_COUNT(smaller); i++) {
        if (meeple__page_accepts(head, smaller[i].coding)) {
            int rc;

            snprintf(name + len, MEEPLE__PAGE_NAME_SIZE - len, "%s", smaller[i].ending);
            rc = meeple__file_open(file, pages->folder, name);
            name[len] = '\0';
            if (rc == 0) {
                *coding = smaller[i].coding;
                return 0;
            }
        }
    }
    *coding = NULL;
    return meeple__file_open(file, pages->folder, name);
}

/* Whether there is a page for the folder of that name. */
static bool has_index(const struct meeple__pages *pages, const char *name)
{
    char index[MEEPLE__PAGE_NAME_SIZE + sizeof "/index.html"];
    struct meeple__file file;

    snprintf(index, sizeof index, "%s/index.html", name);
    if (meeple__file_open(&file, pages->folder, index) < 0) {
        return false;
    }
    meeple__file_close(&file);
    return true;
}

static int keep(struct meeple__server *server, struct meeple__peer *peer,
                const struct meeple__file *file)
{
    if (server->pages.download_count >= server->pages.downloads_max) {
        return MEEPLE_EFULL;
    }
    if (peer->address && peer->address->count > server->per_address_max) {
        return MEEPLE_EDENIED;
    }
    assert(peer->conn.ws.page);
    peer->page_file = meeple__alloc(server->net.loop.mem, sizeof *peer->page_file);
    if (!peer->page_file) {
        return MEEPLE_ENOMEM;
    }
    *peer->page_file = *file;
    server->pages.download_count++;
    return 0;
}

/* Takes the file. */
static void answer_file(struct meeple__server *server, struct meeple__peer *peer,
                        const struct meeple__http_head *head, struct meeple__page_answer *page,
                        struct meeple__file *file)
{
    char tag[MEEPLE__PAGE_TAG_SIZE];
    bool more;
    int rc;

    meeple__page_tag(tag, file->changed_s, file->changed_ns, file->size);
    page->tag = tag;
    page->status = meeple__page_known(head, tag) ? 304 : 200;
    page->length = file->size;
    more = page->status == 200 && !page->bodiless && file->size > 0;
    rc = more ? keep(server, peer, file) : 0;
    if (!more || rc < 0) {
        meeple__file_close(file);
    }
    if (rc == MEEPLE_EDENIED) {
        answer_text(server, peer, false, 429, "too many connections come from this address");
        return;
    }
    if (rc < 0) {
        answer_text(server, peer, false, 503, "too many downloads are under way");
        return;
    }
    if (answer(server, peer, page, more) < 0 || !more) {
        meeple__server_page_done(server, peer);
        return;
    }
    /* From here on it takes a place among the downloads, and none of those who want to play. */
    meeple__server_came(server, peer);
    peer->conn.ws.deadline_ms =
        meeple__loop_now(&server->net.loop) + server->pages.stall_timeout_ms;
}

static void answer_error(struct meeple__server *server, struct meeple__peer *peer, bool bodiless,
                         int rc)
{
    switch (rc) {
    case MEEPLE_EPROTO:
        answer_text(server, peer, bodiless, 400, "the path is malformed");
        break;
    case MEEPLE_EFULL:
        answer_text(server, peer, bodiless, 503, "this server is busy");
        break;
    case MEEPLE_EIO:
        answer_text(server, peer, bodiless, 500, "the page cannot be read");
        break;
    default:
        answer_text(server, peer, bodiless, 404, "there is no such page");
        break;
    }
}

static void look_up(struct meeple__server *server, struct meeple__peer *peer,
                    const struct meeple__http_head *head,
                    const struct meeple__page_request *request)
{
    char name[MEEPLE__PAGE_NAME_SIZE];
    struct meeple__page_answer page = {.bodiless = request->bodiless};
    struct meeple__file file;
    int rc = meeple__page_name(name, request->path);

    if (rc == 0) {
        rc = find(&server->pages, head, name, &file, &page.coding);
    }
    if (rc == 0) {
        page.type = meeple__page_type(name);
        answer_file(server, peer, head, &page, &file);
    } else if (rc == MEEPLE_ESTATE && has_index(&server->pages, name)) {
        page.status = 301;
        page.text = "the page is a folder's";
        page.path = request->path;
        page.query = request->query;
        answer(server, peer, &page, false);
    } else {
        answer_error(server, peer, request->bodiless, rc);
    }
}

/* Without a folder, all but /healthz are told what they are told without pages. */
static void answer_without(struct meeple__peer *peer, const struct meeple__http_head *head)
{
    struct meeple__ws_offer offer;
    const char *why;
    int status = meeple__ws_request_check(head, NULL, MEEPLE__PROTOCOL_OPTIONAL, &offer, &why);

    assert(status > 0);
    peer->conn.ws.page = false;
    if (meeple__ws_refuse(&peer->conn.ws, status, why, NULL) < 0) {
        meeple__ws_eof(&peer->conn.ws);
    }
}

void meeple__server_page(struct meeple__server *server, struct meeple__peer *peer,
                         const struct meeple__http_head *head)
{
    struct meeple__page_request request;
    const char *why;
    int status;

    status = meeple__page_request_check(head, &request, &why);
    if (server->net.closing) {
        answer_text(server, peer, request.bodiless, 503, "this server is closing");
    } else if (status == 0 && server->pages.health &&
               meeple__bytes_equal(request.path, "/healthz")) {
        answer_health(server, peer, request.bodiless);
    } else if (server->pages.folder < 0) {
        answer_without(peer, head);
    } else if (status != 0) {
        answer_text(server, peer, request.bodiless, status, why);
    } else {
        look_up(server, peer, head, &request);
    }
}

/* ---- downloads ---- */

/* The next piece of the file: how long it is, 0 behind the last.  MEEPLE_ENOMEM, MEEPLE_EIO. */
static int queue_piece(struct meeple__server *server, struct meeple__peer *peer)
{
    struct meeple__pool *pool = &server->net.loop.pool;
    struct meeple__file *file = meeple__download_of(peer);
    uint64_t left = file->size - file->at;
    size_t len = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
    struct meeple__block *block;
    int rc;

    if (len == 0) {
        return 0;
    }
    block = meeple__block_new(pool, 0, len);
    if (!block) {
        return MEEPLE_ENOMEM;
    }
    rc = meeple__file_read(file, block->bytes + block->end, len);
    if (rc > 0) {
        int queued;

        block->end += (uint32_t)rc;
        queued = meeple__queue_add(&peer->conn.ws.out, pool, block);
        rc = queued < 0 ? queued : rc;
    }
    meeple__block_unref(pool, block);
    return rc;
}

void meeple__server_page_more(struct meeple__server *server, struct meeple__peer *peer)
{
    struct meeple__ws *ws = &peer->conn.ws;
    int rc;

    if (!ws->answering || ws->ended || ws->timed_out || meeple__conn_queued(&peer->conn) > 0) {
        return;
    }
    rc = queue_piece(server, peer);
    if (rc < 0) {
        /* What was promised cannot be kept: the stream ends before it, and the client sees that. */
        meeple__log(server->net.loop.log, MEEPLE_LOG_INFO, "net", "a download broke off: %s",
                    rc == MEEPLE_EIO ? "the file changed, or cannot be read" : meeple_strerror(rc));
        meeple__ws_eof(ws);
    } else if (rc == 0) {
        ws->answering = false;
        server->net.stats.pages_served++;
    } else if (!server->net.closing) {
        /* The application may have been away since the last turn. */
        ws->deadline_ms = meeple__loop_now(&server->net.loop) + server->pages.stall_timeout_ms;
    }
}

void meeple__server_page_hurry(struct meeple__server *server, struct meeple__peer *peer)
{
    uint64_t at_ms = server->net.loop.now_ms + server->net.config.options.close_timeout_ms;

    if (meeple__download_of(peer) && at_ms < peer->conn.ws.deadline_ms) {
        peer->conn.ws.deadline_ms = at_ms;
    }
}

void meeple__server_page_closed(struct meeple__server *server, struct meeple__peer *peer)
{
    server->net.stats.pages_lost += peer->conn.ws.answering;
    peer->conn.ws.answering = false;
    meeple__server_page_done(server, peer);
}
