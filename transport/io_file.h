/* io_file: files below a folder, read in pieces, and never anything outside it. */
#ifndef MEEPLE_TRANSPORT_IO_FILE_H
#define MEEPLE_TRANSPORT_IO_FILE_H

#include <meeple/base.h>

/*
 * Not part of meeple_io_driver: nothing here is waited for and nothing completes, and a driver that
 * somebody wrote for streams should not have to know files.  A read may have to wait for the disk;
 * what is asked for often, the system holds in memory.
 */
struct meeple__file {
    int fd;
    uint64_t size; /* when it was opened */
    uint64_t at;   /* bytes that were read */
    int64_t changed_s;
    int32_t changed_ns; /* when it was last written to, on the file system's clock */
};

/* Opens a folder, through symbolic links too; in *folder what meeple__folder_close() takes.
 * MEEPLE_EINVAL: there is no such folder.  MEEPLE_EACCESS, MEEPLE_EIO. */
int meeple__folder_open(int *folder, const char *path);
/* -1: none. */
void meeple__folder_close(int folder);

/*
 * Opens a regular file below the folder for reading, by a relative name without empty parts, "."
 * and "..".  No part of it may be a symbolic link, so that whoever can write to the folder cannot
 * publish what lies outside; anything but a regular file is not even opened.
 * MEEPLE_ENOTFOUND: there is none that we may read.  MEEPLE_ESTATE: it is a folder.
 * MEEPLE_EFULL: no descriptor is free.  MEEPLE_EIO.  file is untouched on failure.
 */
int meeple__file_open(struct meeple__file *file, int folder, const char *name);
/*
 * The next bytes, up to len (at most INT_MAX): how many, 0 behind the size that it was opened with.
 * MEEPLE_EIO: the disk fails, or the file is not what was opened any more: it shrank, grew or was
 * written to.  Nothing of dst is of use then.
 */
int meeple__file_read(struct meeple__file *file, void *dst, size_t len);
void meeple__file_close(struct meeple__file *file);

#endif /* MEEPLE_TRANSPORT_IO_FILE_H */
