/* folder: a folder of its own for a test, and files in it. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include <stddef.h>

struct folder {
    char path[64];
};

/* All of these fail the test if they cannot do it. */
void folder_make(struct folder *folder);
/* With everything in it. */
void folder_remove(struct folder *folder);

/* A path below it; in one of a few static buffers. */
const char *folder_path(const struct folder *folder, const char *name);
/* A file, and the folders that it lies in. */
void folder_write(const struct folder *folder, const char *name, const void *bytes, size_t len);
void folder_text(const struct folder *folder, const char *name, const char *text);
/* A symbolic link. */
void folder_link(const struct folder *folder, const char *name, const char *target);

#endif /* TESTS_SUPPORT_FOLDER_H */
