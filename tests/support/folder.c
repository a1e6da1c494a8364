/* folder: a folder of its own for a test, and files in it. */
#define _XOPEN_SOURCE 700 /* nftw() */
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void folder_make(struct folder *folder)
{
    snprintf(folder->path, sizeof folder->path, "/tmp/meeple-test-XXXXXX");
    cr_assert_not_null(mkdtemp(folder->path));
}

static int remove_one(const char *path, const struct stat *found, int flag, struct FTW *at)
{
    (void)found;
    (void)flag;
    (void)at;
    return remove(path);
}

void folder_remove(struct folder *folder)
{
    cr_assert_eq(nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *folder_path(const struct folder *folder, const char *name)
{
    static char paths[4][2048];
    static unsigned turn;
    char *path = paths[turn++ % 4];

    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

void folder_write(const struct folder *folder, const char *name, const void *bytes, size_t len)
{
    char path[2048];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    for (char *slash = path + strlen(folder->path) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    file = fopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fwrite(bytes, 1, len, file), len);
    cr_assert_eq(fclose(file), 0);
}

void folder_text(const struct folder *folder, const char *name, const char *text)
{
    folder_write(folder, name, text, strlen(text));
}

void folder_link(const struct folder *folder, const char *name, const char *target)
{
    cr_assert_eq(symlink(target, folder_path(folder, name)), 0);
}
