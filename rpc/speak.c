/* speak: what is said of one spawned object, as a packet of the native dialect in the world's tx.
 */
#include "rpc/speak.h"

#include <string.h>

#include "rpc/bulk_out.h"
#include "rpc/codec_msgpack.h"
#include "rpc/sentence.h"

static int speak(meeple_world *world, const struct meeple__command *command)
{
    struct meeple__sink sink = meeple__world_sink(world);

    meeple__command_write(&sink, command);
    return sink.rc;
}

int meeple__speak_spawn(meeple_world *world, const meeple_object *object, uint8_t level,
                        uint32_t *next)
{
    const struct meeple__replica *replica = object->replica;
    struct meeple__sink sink = meeple__world_sink(world);
    struct meeple__sentence why;
    size_t size;

    meeple__command_write(
        &sink,
        &(struct meeple__command){.type = MEEPLE__COMMAND_SPAWN,
                                  .number = replica->id,
                                  .class_number = replica->layout->methods->number,
                                  .master = object->master,
                                  .term = replica->term,
                                  .owner = replica->view.owner,
                                  .level = level,
                                  .name = {(const uint8_t *)object->path, strlen(object->path)}});
    sink.ceiling = world->states.part_max > world->tx.len ? world->states.part_max : world->tx.len;
    for (*next = 0; sink.rc == 0 && *next < replica->layout->slot_count; ++*next) {
        meeple_field field = meeple__layout_slot(replica->layout, *next);
        size_t before = world->tx.len;

        if (!meeple__level_shows(level, field.flags) ||
            !meeple__layout_present(replica->layout, *next, replica->shadow)) {
            continue;
        }
        meeple__sentence_init(&why);
        if (meeple__bulk_is_long(world, &field, replica->shadow, &size) ||
            meeple__msgpack_write_field(&sink, &field, 0, replica->shadow, &why) ==
                MEEPLE_ETOOBIG) {
            world->tx.len = before;
            return 0;
        }
    }
    return sink.rc;
}

int meeple__speak_path_fits(meeple_world *world, meeple_bytes path)
{
    return speak(world, &(struct meeple__command){.type = MEEPLE__COMMAND_SPAWN,
                                                  .number = UINT32_MAX,
                                                  .class_number = UINT32_MAX,
                                                  .term = UINT32_MAX,
                                                  .name = path});
}

int meeple__speak_owner(meeple_world *world, const meeple_object *object, uint8_t level)
{
    return speak(world, &(struct meeple__command){.type = MEEPLE__COMMAND_OWNER,
                                                  .number = object->replica->id,
                                                  .master = object->master,
                                                  .term = object->replica->term,
                                                  .owner = object->replica->view.owner,
                                                  .level = level});
}

static int speak_piece(meeple_world *world, const meeple_object *object, uint32_t slot,
                       size_t total, size_t offset)
{
    return speak(world, &(struct meeple__command){.type = MEEPLE__COMMAND_FRAGMENT,
                                                  .number = object->replica->id,
                                                  .term = object->replica->term,
                                                  .slot = slot,
                                                  .total = (uint32_t)total,
                                                  .offset = (uint32_t)offset});
}

int meeple__speak_fragment(meeple_world *world, const meeple_object *object,
                           struct meeple__fragment *fragment)
{
    size_t left = fragment->all.len - fragment->offset;
    int rc = speak_piece(world, object, fragment->slot, fragment->all.len, fragment->offset);
    size_t room = world->states.part_max - world->tx.len;
    meeple_bytes piece = {fragment->all.ptr + fragment->offset, left < room ? left : room};
    struct meeple__sink sink = {.buf = &world->tx, .mem = world->mem, .ceiling = SIZE_MAX};

    if (rc < 0) {
        return rc;
    }
    meeple__sink_bytes(&sink, piece);
    fragment->offset += sink.rc == 0 ? piece.len : 0;
    return sink.rc;
}

int meeple__speak_coming(meeple_world *world, const meeple_object *object, uint32_t slot,
                         size_t total)
{
    return speak_piece(world, object, slot, total, 0);
}

int meeple__speak_removal(meeple_world *world, uint32_t id)
{
    return speak(world, &(struct meeple__command){.type = MEEPLE__COMMAND_REMOVE, .number = id});
}

int meeple__speak_reset(meeple_world *world)
{
    return speak(world, &(struct meeple__command){.type = MEEPLE__COMMAND_RESET});
}
