/* conn_line: a connection as a line, of which a net asks what it asks of any. */
#include "transport/conn.h"

static const struct meeple__conn *conn_of(const struct meeple__line *line)
{
    return MEEPLE__CONTAINER_CONST(line, struct meeple__conn, line);
}

static size_t line_queued(const struct meeple__line *line)
{
    return meeple__conn_queued(conn_of(line));
}

static void line_address(const struct meeple__line *line, char *dst, size_t cap)
{
    meeple__conn_address(conn_of(line), dst, cap);
}

static const struct meeple__heartbeat *line_heartbeat(const struct meeple__line *line)
{
    return &conn_of(line)->ws.heartbeat;
}

static int line_ping(struct meeple__line *line, uint64_t now_ms)
{
    struct meeple__conn *conn = meeple__conn_of(line);
    int rc = meeple__ws_measure(&conn->ws, now_ms);

    if (rc == 0) {
        meeple__conn_wrote(conn);
    }
    return rc;
}

const struct meeple__line_ops meeple__conn_line_ops = {line_queued, line_address, line_heartbeat,
                                                       line_ping};
