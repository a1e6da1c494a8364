/* io_file: files below a folder, read in pieces, and never anything outside it. */
#include "transport/io_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PART_SIZE = 256 /* a part of a name and its NUL */
};

static int open_error(int number)
{
    switch (number) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return MEEPLE_EFULL;
    case EIO:
        return MEEPLE_EIO;
    default:
        return MEEPLE_ENOTFOUND; /* not there, a link, not ours to read: all the same from outside
                                  */
    }
}

/* openat(), again if a signal came. */
static int open_at(int folder, const char *name, int flags)
{
    int fd;

    do {
        fd = openat(folder, name, flags | O_RDONLY | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int meeple__folder_open(int *folder, const char *path)
{
    int fd = open_at(AT_FDCWD, path, O_DIRECTORY);

    if (fd < 0) {
        bool none = errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG || errno == ELOOP;

        return none ? MEEPLE_EINVAL : errno == EACCES ? MEEPLE_EACCESS : MEEPLE_EIO;
    }
    *folder = fd;
    return 0;
}

void meeple__folder_close(int folder)
{
    if (folder >= 0) {
        close(folder);
    }
}

/* The folder that the last part of *name lies in, and *name that part.  Below zero: a meeple_err;
 * else a descriptor, which is to be closed unless it is `folder`. */
static int walk(int folder, const char **name)
{
    int at = folder;
    const char *slash;

    while ((slash = strchr(*name, '/')) != NULL) {
        char part[PART_SIZE];
        size_t len = (size_t)(slash - *name);
        int next, number;

        assert(len > 0);
        if (len >= sizeof part) {
            next = -1;
            number = ENAMETOOLONG;
        } else {
            memcpy(part, *name, len);
            part[len] = '\0';
            next = open_at(at, part, O_DIRECTORY | O_NOFOLLOW);
            number = errno;
        }
        if (at != folder) {
            close(at);
        }
        if (next < 0) {
            return open_error(number);
        }
        at = next;
        *name = slash + 1;
    }
    return at;
}

/* Looked at before it is opened too: to open a device can do something, or wait. */
static int open_regular(int folder, const char *name, struct stat *found)
{
    int fd;

    if (fstatat(folder, name, found, AT_SYMLINK_NOFOLLOW) < 0) {
        return open_error(errno);
    }
    if (!S_ISREG(found->st_mode)) {
        return S_ISDIR(found->st_mode) ? MEEPLE_ESTATE : MEEPLE_ENOTFOUND;
    }
    fd = open_at(folder, name, O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        return open_error(errno);
    }
    if (fstat(fd, found) < 0 || !S_ISREG(found->st_mode) || found->st_size < 0) {
        close(fd);
        return MEEPLE_ENOTFOUND;
    }
    return fd;
}

int meeple__file_open(struct meeple__file *file, int folder, const char *name)
{
    struct stat found;
    int at = walk(folder, &name);
    int fd;

    if (at < 0) {
        return at;
    }
    fd = open_regular(at, name, &found);
    if (at != folder) {
        close(at);
    }
    if (fd < 0) {
        return fd;
    }
    *file = (struct meeple__file){.fd = fd,
                                  .size = (uint64_t)found.st_size,
                                  .changed_s = (int64_t)found.st_mtim.tv_sec,
                                  .changed_ns = (int32_t)found.st_mtim.tv_nsec};
    return 0;
}

static bool is_unchanged(const struct meeple__file *file)
{
    struct stat found;

    return fstat(file->fd, &found) == 0 && (uint64_t)found.st_size == file->size &&
           (int64_t)found.st_mtim.tv_sec == file->changed_s &&
           (int32_t)found.st_mtim.tv_nsec == file->changed_ns;
}

int meeple__file_read(struct meeple__file *file, void *dst, size_t len)
{
    uint64_t left = file->size - file->at;
    size_t done = 0;

    assert(len <= INT_MAX);
    len = len < left ? len : (size_t)left;
    while (done < len) {
        ssize_t got = read(file->fd, (uint8_t *)dst + done, len - done);

        if (got > 0) {
            done += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            return MEEPLE_EIO;
        }
    }
    /* After reading: what was written before that, would be seen. */
    if (!is_unchanged(file)) {
        return MEEPLE_EIO;
    }
    file->at += done;
    return (int)done;
}

void meeple__file_close(struct meeple__file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
}
