/* server_raw_uring: an echo of bytes by io_uring, in the ways that it has to wait, read and send.
 *
 *     --by poll       a multishot poll for each stream; recv() and send()
 *     --by receive    a multishot receive into a ring of buffers; send()
 *     --by send       the same; sends through the ring, too, from those buffers
 *     --by files      the same; the kernel knows the files by heart (registered files)
 *     --buffer BYTES  the size of a buffer (16384)
 *     --buffers N     how many there are, a power of two (128)
 *
 * With fewer buffers than streams that speak at once, receives end for want of one, and have to be
 * asked for anew: that is then what is measured.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/listener.h"
#include "tests/bench/raw_echo.h"
#include "tests/bench/server.h"

enum {
    SUBMISSIONS = 1024,
    COMPLETIONS = 4096,
    STREAMS_MAX = 1024, /* their file descriptors are below it */
    BUFFERS_MAX = 4096,
    BUFFER_MAX = 1024 * 1024,
    BUFFER_GROUP = 1,
    PAGE = 4096
};

/* What a completion is of; with the stream it makes the name of what was asked for. */
enum kind {
    KIND_NONE,
    KIND_LISTENER,
    KIND_INPUT,
    KIND_SENT
};

struct way {
    const char *name;
    bool receives, sends, files;
};

static const struct way ways[] = {
    {.name = "poll"},
    {.name = "receive", .receives = true},
    {.name = "send", .receives = true, .sends = true},
    {.name = "files", .receives = true, .sends = true, .files = true}};

/* Closed when it has ended and the kernel has nothing of it any more. */
struct stream {
    bool ended;
    bool armed;           /* its poll or receive */
    bool starved;         /* it is to be armed when there is a buffer */
    unsigned waiting;     /* buffers to be sent; the first one is being sent */
    uint16_t first, last; /* of them */
};

/* What is in a buffer that is to be sent. */
struct piece {
    unsigned len;
    uint16_t next;
};

struct echo {
    struct way way;
    struct io_uring ring;
    int listener;
    struct io_uring_buf_ring *buffers;
    uint8_t *memory;
    size_t buffer_size;
    unsigned buffer_count;
    unsigned buffers_here; /* of them, those that the kernel cannot fill */
    struct piece pieces[BUFFERS_MAX];
    struct stream streams[STREAMS_MAX];
    int starved[STREAMS_MAX];
    size_t starved_count;
    uint8_t bytes[RAW_ECHO_READ_MAX];
};

static uint64_t name_of(enum kind kind, int fd)
{
    return (uint64_t)kind << 32 | (unsigned)fd;
}

static struct io_uring_sqe *submission(struct echo *echo)
{
    struct io_uring_sqe *sqe;

    while (!(sqe = io_uring_get_sqe(&echo->ring))) {
        io_uring_submit(&echo->ring);
    }
    return sqe;
}

static void arm_listener(struct echo *echo)
{
    struct io_uring_sqe *sqe = submission(echo);

    io_uring_prep_poll_multishot(sqe, echo->listener, POLLIN);
    sqe->user_data = name_of(KIND_LISTENER, echo->listener);
}

static void arm(struct echo *echo, int fd)
{
    struct io_uring_sqe *sqe = submission(echo);

    if (echo->way.receives) {
        io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
        sqe->flags |= IOSQE_BUFFER_SELECT;
        sqe->buf_group = BUFFER_GROUP;
    } else {
        io_uring_prep_poll_multishot(sqe, fd, POLLIN);
    }
    sqe->flags |= echo->way.files ? IOSQE_FIXED_FILE : 0u;
    sqe->user_data = name_of(KIND_INPUT, fd);
    echo->streams[fd].armed = true;
}

static void end(struct echo *echo, int fd)
{
    struct stream *stream = &echo->streams[fd];

    if (!stream->ended && stream->armed) {
        struct io_uring_sqe *sqe = submission(echo);

        io_uring_prep_cancel64(sqe, name_of(KIND_INPUT, fd), 0);
        sqe->user_data = name_of(KIND_NONE, fd);
    }
    stream->ended = true;
}

static void close_if_done(struct echo *echo, int fd)
{
    const struct stream *stream = &echo->streams[fd];
    int none = -1;

    if (stream->ended && !stream->armed && !stream->starved && stream->waiting == 0) {
        if (echo->way.files) {
            io_uring_register_files_update(&echo->ring, (unsigned)fd, &none, 1);
        }
        close(fd);
    }
}

static uint8_t *buffer(const struct echo *echo, unsigned index)
{
    return echo->memory + index * echo->buffer_size;
}

/* The kernel may fill it. */
static void give(struct echo *echo, uint16_t index)
{
    io_uring_buf_ring_add(echo->buffers, buffer(echo, index), (unsigned)echo->buffer_size, index,
                          io_uring_buf_ring_mask(echo->buffer_count), 0);
    io_uring_buf_ring_advance(echo->buffers, 1);
    echo->buffers_here--;
}

static void send_first(struct echo *echo, int fd)
{
    uint16_t index = echo->streams[fd].first;
    struct io_uring_sqe *sqe = submission(echo);

    io_uring_prep_send(sqe, fd, buffer(echo, index), echo->pieces[index].len,
                       MSG_NOSIGNAL | MSG_WAITALL);
    sqe->flags |= echo->way.files ? IOSQE_FIXED_FILE : 0u;
    sqe->user_data = name_of(KIND_SENT, fd);
}

/* One send of a stream at a time: of two, the kernel could begin the second in the middle of the
 * first. */
static void send_later(struct echo *echo, int fd, uint16_t index, unsigned len)
{
    struct stream *stream = &echo->streams[fd];

    echo->pieces[index].len = len;
    if (stream->waiting++ == 0) {
        stream->first = index;
        send_first(echo, fd);
    } else {
        echo->pieces[stream->last].next = index;
    }
    stream->last = index;
}

static void sent(struct echo *echo, int fd, int len)
{
    struct stream *stream = &echo->streams[fd];

    if (len < 0 || (unsigned)len < echo->pieces[stream->first].len) {
        end(echo, fd);
    }
    do {
        uint16_t index = stream->first;

        stream->first = echo->pieces[index].next;
        stream->waiting--;
        give(echo, index);
    } while (stream->ended && stream->waiting > 0);
    if (stream->waiting > 0) {
        send_first(echo, fd);
    }
    close_if_done(echo, fd);
}

/* Bytes of a multishot receive, or its end. */
static void received(struct echo *echo, int fd, const struct io_uring_cqe *cqe)
{
    struct stream *stream = &echo->streams[fd];
    uint16_t index = (uint16_t)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    bool is_wanted = cqe->res > 0 && !stream->ended;

    if (cqe->flags & IORING_CQE_F_BUFFER) {
        echo->buffers_here++;
        if (is_wanted && echo->way.sends) {
            send_later(echo, fd, index, (unsigned)cqe->res);
        } else {
            if (is_wanted && !raw_send(fd, buffer(echo, index), (size_t)cqe->res)) {
                end(echo, fd);
            }
            give(echo, index);
        }
    }
    if (cqe->res == -ENOBUFS && !stream->ended) {
        stream->starved = true;
        echo->starved[echo->starved_count++] = fd;
    } else if (cqe->res <= 0) {
        end(echo, fd);
    }
}

static void polled(struct echo *echo, int fd, const struct io_uring_cqe *cqe)
{
    bool to_end = cqe->res & (POLLRDHUP | POLLHUP | POLLERR);

    if (!echo->streams[fd].ended && (cqe->res < 0 || !raw_echo(fd, echo->bytes, to_end))) {
        end(echo, fd);
    }
}

static void input(struct echo *echo, int fd, const struct io_uring_cqe *cqe)
{
    struct stream *stream = &echo->streams[fd];

    stream->armed = (cqe->flags & IORING_CQE_F_MORE) != 0;
    if (echo->way.receives) {
        received(echo, fd, cqe);
    } else {
        polled(echo, fd, cqe);
    }
    if (!stream->armed && !stream->ended && !stream->starved) {
        arm(echo, fd);
    }
    close_if_done(echo, fd);
}

static void accept_all(struct echo *echo)
{
    int fd;

    while ((fd = listener_accept(echo->listener)) >= 0) {
        if (fd >= STREAMS_MAX || (echo->way.files && io_uring_register_files_update(
                                                         &echo->ring, (unsigned)fd, &fd, 1) != 1)) {
            close(fd);
            continue;
        }
        echo->streams[fd] = (struct stream){.ended = false};
        arm(echo, fd);
    }
}

/* Once there is a buffer again. */
static void feed_starved(struct echo *echo)
{
    size_t count = echo->buffers_here < echo->buffer_count ? echo->starved_count : 0;

    for (size_t i = 0; i < count; i++) {
        int fd = echo->starved[i];

        echo->streams[fd].starved = false;
        if (!echo->streams[fd].ended) {
            arm(echo, fd);
        }
        close_if_done(echo, fd);
    }
    echo->starved_count -= count;
}

static void completed(struct echo *echo, const struct io_uring_cqe *cqe)
{
    int fd = (int)(uint32_t)cqe->user_data;

    switch ((enum kind)(cqe->user_data >> 32)) {
    case KIND_LISTENER:
        accept_all(echo);
        if (!(cqe->flags & IORING_CQE_F_MORE)) {
            arm_listener(echo);
        }
        break;
    case KIND_INPUT:
        input(echo, fd, cqe);
        break;
    case KIND_SENT:
        sent(echo, fd, cqe->res);
        break;
    case KIND_NONE:
        break;
    }
}

/* As the library's driver has it.  A kernel that knows these flags (6.1) knows all the rest. */
static int open_ring(struct echo *echo)
{
    struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER |
                                              IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
                                     .cq_entries = COMPLETIONS};

    return io_uring_queue_init_params(SUBMISSIONS, &echo->ring, &params);
}

static int open_buffers(struct echo *echo)
{
    size_t ring_size = echo->buffer_count * sizeof(struct io_uring_buf);
    struct io_uring_buf_reg wish = {.ring_entries = echo->buffer_count, .bgid = BUFFER_GROUP};

    ring_size = (ring_size + PAGE - 1) / PAGE * PAGE;
    echo->buffers = aligned_alloc(PAGE, ring_size);
    echo->memory =
        aligned_alloc(PAGE, (echo->buffer_count * echo->buffer_size + PAGE - 1) / PAGE * PAGE);
    if (!echo->buffers || !echo->memory) {
        return -ENOMEM;
    }
    memset(echo->buffers, 0, ring_size);
    wish.ring_addr = (uint64_t)(uintptr_t)echo->buffers;
    echo->buffers_here = echo->buffer_count;
    for (unsigned i = 0; i < echo->buffer_count; i++) {
        give(echo, (uint16_t)i);
    }
    return io_uring_register_buf_ring(&echo->ring, &wish, 0);
}

static bool read_flags(struct echo *echo, int argc, char **argv)
{
    echo->buffer_size = 16384;
    echo->buffer_count = 128;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--buffer") == 0) {
            echo->buffer_size = strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--buffers") == 0) {
            echo->buffer_count = (unsigned)strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--by") == 0) {
            for (size_t j = 0; j < sizeof ways / sizeof ways[0]; j++) {
                echo->way = strcmp(argv[i + 1], ways[j].name) == 0 ? ways[j] : echo->way;
            }
        } else {
            return false;
        }
    }
    return argc % 2 == 1 && echo->way.name && echo->buffer_size > 0 &&
           echo->buffer_size <= BUFFER_MAX && echo->buffer_count > 0 &&
           echo->buffer_count <= BUFFERS_MAX &&
           (echo->buffer_count & (echo->buffer_count - 1)) == 0;
}

static int run(struct echo *echo)
{
    arm_listener(echo);
    for (;;) {
        int rc = io_uring_submit_and_wait(&echo->ring, 1);
        struct io_uring_cqe *cqe;
        unsigned head, count = 0;

        if (rc < 0 && rc != -EINTR && rc != -EBUSY && rc != -EAGAIN) {
            return 1;
        }
        io_uring_for_each_cqe(&echo->ring, head, cqe)
        {
            completed(echo, cqe);
            count++;
        }
        io_uring_cq_advance(&echo->ring, count);
        feed_starved(echo);
    }
}

int main(int argc, char **argv)
{
    static struct echo echo;
    int rc;

    if (!read_flags(&echo, argc, argv)) {
        puts("--by poll|receive|send|files [--buffer BYTES] [--buffers POWER-OF-TWO]");
        return 1;
    }
    rc = open_ring(&echo);
    if (rc >= 0 && echo.way.receives) {
        rc = open_buffers(&echo);
    }
    if (rc >= 0 && echo.way.files) {
        rc = io_uring_register_files_sparse(&echo.ring, STREAMS_MAX);
    }
    if (rc < 0) {
        printf("no io_uring here: %s\n", strerror(-rc));
        return SERVER_ABSENT;
    }
    echo.listener = listener_open();
    if (echo.listener < 0) {
        puts("no socket");
        return 1;
    }
    return run(&echo);
}
