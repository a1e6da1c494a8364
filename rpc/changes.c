/* changes: which fields have changed, for handlers that ask. */
#include <stdint.h>

#include "rpc/state.h"

/* Whether an element of the leaf that has a byte in [low, high) of the struct has changed. */
static bool leaf_changed(const meeple_changes *changes, const struct meeple__leaf *leaf, size_t low,
                         size_t high)
{
    uint32_t at = meeple__leaf_touching(leaf, 0, low, high);

    while (at < leaf->count) {
        if (meeple__bit(changes->bits, leaf->first + at)) {
            return true;
        }
        at = meeple__leaf_touching(leaf, at + 1, low, high);
    }
    return false;
}

bool meeple_changes_touch(const meeple_changes *changes, size_t offset, size_t size)
{
    if (!changes || size > SIZE_MAX - offset) {
        return false;
    }
    for (uint32_t i = 0; i < changes->layout->leaf_count; i++) {
        if (leaf_changed(changes, &changes->layout->leaves[i], offset, offset + size)) {
            return true;
        }
    }
    return false;
}
