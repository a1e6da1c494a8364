/*
 * replay_main: runs a fuzz target over files and folders, without libFuzzer:
 *
 *     build/asan/bin/fuzz_url tests/fuzz/corpus/url
 *
 * With it (preset fuzz) this file is left out, and tests/fuzz/run fuzzes:
 *
 *     tests/fuzz/run 1200 build/fuzz/bin/fuzz_url tests/fuzz/corpus/url build/fuzz_url
 */
#include "tests/fuzz/target.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    size_t len = 0, got;

    if (!file) {
        perror(path);
        return -1;
    }
    do {
        bytes = realloc(bytes, len + 65536);
        if (!bytes) {
            abort();
        }
        got = fread(bytes + len, 1, 65536, file);
        len += got;
    } while (got > 0);
    fclose(file);
    /* Of exact size, so that a step too far is seen. */
    bytes = realloc(bytes, len ? len : 1);
    LLVMFuzzerTestOneInput(bytes, len);
    free(bytes);
    return 1;
}

/* Returns how many files were run, or -1. */
static int run_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int count = 0;

    if (!folder) {
        return run_file(path);
    }
    while (count >= 0 && (entry = readdir(folder))) {
        char inner[1024];

        if (entry->d_name[0] != '.') {
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            count = run_file(inner) < 0 ? -1 : count + 1;
        }
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = run_folder(argv[i]);

        if (count <= 0) {
            fprintf(stderr, "%s: no input\n", argv[i]);
            return 1;
        }
        printf("%s: %d inputs\n", argv[i], count);
    }
    return argc > 1 ? 0 : 2;
}
