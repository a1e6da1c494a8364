/* godot3_answer: calls that come in from Godot 3: by the id that the sender gave a path, or by it.
 */
#include "rpc/godot3.h"

#include <inttypes.h>

#include "rpc/answer.h"
#include "rpc/codec_godot3.h"
#include "rpc/command.h"
#include "rpc/node_path.h"
#include "rpc/refusal.h"

static const char *does(const struct meeple__godot3_command *command)
{
    return command->type == MEEPLE__GODOT3_SET ? "set" : "called";
}

static void refuse_id(meeple_world *world, const struct meeple__remote *remote,
                      const struct meeple__godot3_command *command)
{
    struct meeple__sentence text;

    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " %s %.*s of path %" PRIu32 ", which it has not said",
                remote->id, does(command), (int)command->name.len, (const char *)command->name.ptr,
                command->id);
    meeple__refuse_plain(world, MEEPLE_REFUSAL_NO_OBJECT, remote->id, &text);
}

enum {
    METHOD_SIZE = MEEPLE__NAME_MAX + 2 /* "hp=" of a field */
};

/* The name as a C string, of a field as that of the method that sets it. */
static void method_name(char dst[METHOD_SIZE], const struct meeple__godot3_command *command)
{
    uint8_t *end = meeple__write_bytes((uint8_t *)dst, command->name);

    if (command->type == MEEPLE__GODOT3_SET) {
        *end++ = '=';
    }
    *end = '\0';
}

/* path: as objects have them, terminated; empty if none can have it. */
static void refuse_path(meeple_world *world, const struct meeple__remote *remote,
                        const struct meeple__godot3_command *command, const char *path)
{
    char method[METHOD_SIZE];
    struct meeple__sentence text;

    method_name(method, command);
    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " %s ", remote->id, does(command));
    if (*path) {
        meeple__say(&text, "%s.%.*s: there is no such object here", path, (int)command->name.len,
                    (const char *)command->name.ptr);
    } else {
        meeple__say(&text, "%.*s of a path where no object can be", (int)command->name.len,
                    (const char *)command->name.ptr);
    }
    meeple__refuse(world, &(meeple_refusal){.rule = MEEPLE_REFUSAL_NO_OBJECT,
                                            .sender = remote->id,
                                            .path = path,
                                            .method = method,
                                            .text = text.text});
}

static void refuse_method(const struct meeple__answering *answering,
                          const struct meeple__godot3_command *command)
{
    char method[METHOD_SIZE];
    struct meeple__sentence text;

    method_name(method, command);
    meeple__sentence_init(&text);
    meeple__say(&text, "peer %" PRId32 " %s %s.%.*s: the object has no such %s here",
                answering->sender, does(command), answering->object->path, (int)command->name.len,
                (const char *)command->name.ptr,
                command->type == MEEPLE__GODOT3_SET ? "field to set" : "method");
    meeple__refuse(answering->world, &(meeple_refusal){.rule = MEEPLE_REFUSAL_NO_METHOD,
                                                       .sender = answering->sender,
                                                       .path = answering->object->path,
                                                       .method = method,
                                                       .text = text.text});
}

/* The object at the path of that id, looked for where it was found last. */
static meeple_object *find_heard(meeple_world *world, struct meeple__heard_path *heard)
{
    meeple_object *object =
        meeple__objects_numbered(&world->objects, heard->number, heard->sequence);

    if (object) {
        return object;
    }
    object = meeple__objects_find(
        &world->objects, (meeple_bytes){(const uint8_t *)heard->path, heard->len}, heard->hash);
    heard->number = object ? object->number : 0;
    heard->sequence = object ? object->sequence : 0;
    return object;
}

/* NULL: refused. */
static meeple_object *find_at_path(meeple_world *world, const struct meeple__remote *remote,
                                   const struct meeple__godot3_command *command)
{
    char path[MEEPLE__NAME_MAX + 1];
    size_t len = meeple__node_path_resolve(path, command->path);
    meeple_object *object = meeple__objects_find(
        &world->objects, (meeple_bytes){(const uint8_t *)path, len}, meeple__hash_bytes(path, len));

    path[len] = '\0';
    if (!object) {
        refuse_path(world, remote, command, path);
    }
    return object;
}

/* The same. */
static meeple_object *find(meeple_world *world, struct meeple__remote *remote,
                           const struct meeple__godot3_command *command)
{
    struct meeple__heard_path *heard;
    meeple_object *object;

    if (command->by_path) {
        return find_at_path(world, remote, command);
    }
    heard = meeple__paths_heard(remote->paths, command->id);
    object = heard ? find_heard(world, heard) : NULL;
    if (!heard) {
        refuse_id(world, remote, command);
    } else if (!object) {
        refuse_path(world, remote, command, heard->path);
    }
    return object;
}

/* The method that the command names, or MEEPLE_ENOTFOUND. */
static int method_of(const meeple_object *object, const struct meeple__godot3_command *command)
{
    int method;

    if (command->type == MEEPLE__GODOT3_SET) {
        return meeple__methods_setting(object->methods, command->name);
    }
    method = meeple__methods_named(object->methods, command->name);
    /* What sets a field is no method there. */
    return method < (int)object->methods->own_count ? method : MEEPLE_ENOTFOUND;
}

/* Reads the arguments and runs the handler, or refuses them. */
static int run(const struct meeple__answering *answering, unsigned count)
{
    const meeple_rpc_type *type = meeple__answering_type(answering);
    struct meeple__reader reader = meeple__reader_of(answering->args);
    struct meeple__sentence why;
    char *strings = NULL;
    void *arg = meeple__world_arg(answering->world, &answering->world->answering, type,
                                  meeple__variant_room(answering->args.len), &strings);

    if (!arg) {
        return MEEPLE_ENOMEM;
    }
    meeple__sentence_init(&why);
    if (meeple__variant_read_arguments(type, &reader, count, arg, strings, &why) < 0) {
        meeple__answer_refuse_arguments(answering, &why);
        return 0;
    }
    return meeple__answer_run(answering, arg);
}

int meeple__godot3_answer(meeple_world *world, struct meeple__remote *remote,
                          const struct meeple__godot3_command *command)
{
    struct meeple__answering answering = {
        .world = world, .sender = remote->id, .args = command->rest};
    int method;

    answering.object = find(world, remote, command);
    if (!answering.object) {
        return 0;
    }
    method = method_of(answering.object, command);
    if (method < 0) {
        refuse_method(&answering, command);
        return 0;
    }
    answering.method = (unsigned)method;
    return meeple__answer_may(&answering) ? run(&answering, command->count) : 0;
}
