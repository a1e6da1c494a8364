/* target: what a fuzz target has; see replay_main.c for how it is run. */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <meeple/base.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Unlike assert(), never compiled out. */
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            __builtin_trap();                                                                      \
        }                                                                                          \
    } while (0)

#endif /* TESTS_FUZZ_TARGET_H */
