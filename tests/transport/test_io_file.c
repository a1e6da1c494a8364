/* test_io_file: files below a folder, and all that is none. */
#include "transport/io_file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/folder.h"

static struct folder www, outside;
static int fd = -1;

static void make(void)
{
    folder_make(&www);
    folder_make(&outside);
    folder_text(&outside, "secret.txt", "secret");
    cr_assert_eq(meeple__folder_open(&fd, www.path), 0);
}

static void take_away(void)
{
    meeple__folder_close(fd);
    folder_remove(&www);
    folder_remove(&outside);
}

TestSuite(io_file, .init = make, .fini = take_away);

static int try_open(const char *name)
{
    struct meeple__file file;
    int rc = meeple__file_open(&file, fd, name);

    if (rc == 0) {
        meeple__file_close(&file);
    }
    return rc;
}

static int lowest_free(void)
{
    int free_fd = dup(0);

    close(free_fd);
    return free_fd;
}

Test(io_file, is_read_in_pieces_to_its_end)
{
    struct meeple__file file;
    char text[16] = "";

    folder_text(&www, "a/b/c.txt", "hello world");
    cr_assert_eq(meeple__file_open(&file, fd, "a/b/c.txt"), 0);
    cr_assert_eq(file.size, 11);
    cr_assert_eq(meeple__file_read(&file, text, 4), 4);
    cr_assert_eq(meeple__file_read(&file, text + 4, 12), 7);
    cr_assert_str_eq(text, "hello world");
    cr_assert_eq(meeple__file_read(&file, text, 4), 0);
    meeple__file_close(&file);
    meeple__file_close(&file);
}

Test(io_file, may_be_empty)
{
    struct meeple__file file;
    char byte;

    folder_text(&www, "empty", "");
    cr_assert_eq(meeple__file_open(&file, fd, "empty"), 0);
    cr_assert_eq(file.size, 0);
    cr_assert_eq(meeple__file_read(&file, &byte, 1), 0);
    meeple__file_close(&file);
}

Test(io_file, what_is_not_there_is_not_found)
{
    folder_text(&www, "a/b", "b");
    cr_assert_eq(try_open("none"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("none/b"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("a/none"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("a/b/c"), MEEPLE_ENOTFOUND); /* b is no folder */
    cr_assert_eq(try_open("a/b"), 0);
}

Test(io_file, names_that_the_system_cannot_have_are_not_found)
{
    char name[4000];

    memset(name, 'a', sizeof name);
    name[300] = '\0';
    cr_assert_eq(try_open(name), MEEPLE_ENOTFOUND);
    name[300] = '/';
    name[302] = '\0';
    cr_assert_eq(try_open(name), MEEPLE_ENOTFOUND);
    name[302] = 'a';
    name[sizeof name - 1] = '\0';
    cr_assert_eq(try_open(name), MEEPLE_ENOTFOUND);
}

Test(io_file, a_folder_is_none_and_said_to_be_one)
{
    folder_text(&www, "a/b", "b");
    cr_assert_eq(try_open("a"), MEEPLE_ESTATE);
}

Test(io_file, links_are_not_followed_wherever_they_lead)
{
    folder_text(&www, "real/file", "x");
    folder_link(&www, "outside_file", folder_path(&outside, "secret.txt"));
    folder_link(&www, "outside_folder", outside.path);
    folder_link(&www, "real/up", "../..");
    folder_link(&www, "inside_file", "real/file");
    folder_link(&www, "inside_folder", "real");
    folder_link(&www, "dangling", "nowhere");
    folder_link(&www, "loop", "loop");
    cr_assert_eq(try_open("outside_file"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("outside_folder/secret.txt"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("outside_folder"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("real/up/etc"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("inside_file"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("inside_folder/file"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("dangling"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("loop"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("loop/x"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("real/file"), 0);
}

Test(io_file, pipes_and_sockets_are_not_opened)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int unix_socket = socket(AF_UNIX, SOCK_STREAM, 0);

    cr_assert_eq(mkfifo(folder_path(&www, "pipe"), 0600), 0);
    strcpy(address.sun_path, folder_path(&www, "socket"));
    cr_assert_eq(bind(unix_socket, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(try_open("pipe"), MEEPLE_ENOTFOUND); /* and this line is reached */
    cr_assert_eq(try_open("socket"), MEEPLE_ENOTFOUND);
    close(unix_socket);
}

Test(io_file, what_may_not_be_read_is_not_found)
{
    bool root = geteuid() == 0; /* who may read everything */

    folder_text(&www, "mine", "x");
    folder_text(&www, "shut/file", "x");
    cr_assert_eq(chmod(folder_path(&www, "mine"), 0), 0);
    cr_assert_eq(chmod(folder_path(&www, "shut"), 0), 0);
    cr_assert_eq(chmod(www.path, 0755), 0);
    cr_assert(!root || seteuid(65534) == 0);
    cr_assert_eq(try_open("mine"), MEEPLE_ENOTFOUND);
    cr_assert_eq(try_open("shut/file"), MEEPLE_ENOTFOUND);
    cr_assert(!root || seteuid(0) == 0);
    cr_assert_eq(chmod(folder_path(&www, "shut"), 0700), 0);
}

Test(io_file, leaves_no_descriptor_behind)
{
    int before = lowest_free();

    folder_text(&www, "a/b/c", "x");
    cr_assert_eq(mkfifo(folder_path(&www, "a/pipe"), 0600), 0);
    try_open("a/b/c");
    try_open("a/b");
    try_open("a/b/none");
    try_open("a/none/c");
    try_open("a/pipe");
    cr_assert_eq(lowest_free(), before);
}

Test(io_file, the_folder_can_be_a_link_but_has_to_be_one)
{
    int folder = -2;

    folder_text(&www, "file", "x");
    folder_link(&www, "link", outside.path);
    cr_assert_eq(meeple__folder_open(&folder, folder_path(&www, "none")), MEEPLE_EINVAL);
    cr_assert_eq(meeple__folder_open(&folder, folder_path(&www, "file")), MEEPLE_EINVAL);
    cr_assert_eq(meeple__folder_open(&folder, ""), MEEPLE_EINVAL);
    cr_assert_eq(folder, -2);
    cr_assert_eq(meeple__folder_open(&folder, folder_path(&www, "link")), 0);
    meeple__folder_close(folder);
    meeple__folder_close(-1);
}

/* What becomes of a file whose first bytes were read. */
static int read_on(const char *name)
{
    struct meeple__file file;
    char text[8];
    int rc;

    folder_text(&www, "file", "hello world");
    cr_assert_eq(meeple__file_open(&file, fd, "file"), 0);
    cr_assert_eq(meeple__file_read(&file, text, 4), 4);
    if (strcmp(name, "shrink") == 0) {
        cr_assert_eq(truncate(folder_path(&www, "file"), 5), 0);
    } else if (strcmp(name, "grow") == 0) {
        folder_text(&www, "file", "hello world, and more of it");
    } else if (strcmp(name, "same size") == 0) {
        struct timespec later[2] = {{.tv_sec = 1}, {.tv_sec = 1}};

        folder_text(&www, "file", "HELLO WORLD");
        cr_assert_eq(utimensat(AT_FDCWD, folder_path(&www, "file"), later, 0), 0);
    } else if (strcmp(name, "rename") == 0) {
        folder_text(&www, "new", "a new one");
        cr_assert_eq(rename(folder_path(&www, "new"), folder_path(&www, "file")), 0);
    } else {
        cr_assert_eq(unlink(folder_path(&www, "file")), 0);
    }
    rc = meeple__file_read(&file, text, 7);
    meeple__file_close(&file);
    return rc;
}

Test(io_file, a_file_that_is_written_to_is_not_read_on)
{
    cr_assert_eq(read_on("shrink"), MEEPLE_EIO);
    cr_assert_eq(read_on("grow"), MEEPLE_EIO);
    cr_assert_eq(read_on("same size"), MEEPLE_EIO);
}

Test(io_file, a_file_that_is_replaced_or_removed_is_read_to_its_end)
{
    cr_assert_eq(read_on("rename"), 7);
    cr_assert_eq(read_on("unlink"), 7);
}

Test(io_file, a_read_that_fails_is_an_error)
{
    struct meeple__file file;
    char byte;

    folder_text(&www, "file", "x");
    cr_assert_eq(meeple__file_open(&file, fd, "file"), 0);
    close(file.fd);
    cr_assert_eq(meeple__file_read(&file, &byte, 1), MEEPLE_EIO);
    file.fd = -1;
    meeple__file_close(&file);
}
