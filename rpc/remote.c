/* remote: what one peer has announced to us: its classes and its objects; and what we told it. */
#include "rpc/remote.h"

#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/bulk_out.h"
#include "rpc/paths.h"

static bool same_bytes(meeple_bytes left, meeple_bytes right)
{
    return left.len == right.len && (left.len == 0 || memcmp(left.ptr, right.ptr, left.len) == 0);
}

struct meeple__remote *meeple__remote_new(const meeple_mem *mem, int32_t id)
{
    struct meeple__remote *remote = meeple__alloc(mem, sizeof *remote);

    if (remote) {
        remote->id = id;
        meeple__list_init(&remote->link);
        meeple__list_init(&remote->lacking);
        meeple__list_init(&remote->group);
        meeple__list_init(&remote->deliveries);
    }
    return remote;
}

static void set_unlike(struct meeple__remote_class *cls, bool unlike)
{
    if (unlike && !cls->unlike) {
        cls->methods->unlike++;
    } else if (!unlike && cls->unlike) {
        cls->methods->unlike--;
    }
    cls->unlike = unlike;
}

static void free_class(struct meeple__remote_class *cls, const meeple_mem *mem)
{
    set_unlike(cls, false);
    meeple__free(mem, cls->bytes);
    meeple__free(mem, cls->theirs);
    meeple__free(mem, cls);
}

void meeple__remote_free(struct meeple__remote *remote, const meeple_mem *mem)
{
    assert(meeple__list_empty(&remote->link));
    for (uint32_t i = 0; i < remote->objects.slot_count; i++) {
        struct meeple__map_link *link = remote->objects.slots[i];

        while (link) {
            struct meeple__map_link *next = link->next;

            meeple__free(mem, MEEPLE__CONTAINER(link, struct meeple__remote_object, by_number));
            link = next;
        }
    }
    for (uint32_t i = 0; i < remote->classes_by_number.slot_count; i++) {
        struct meeple__map_link *link = remote->classes_by_number.slots[i];

        while (link) {
            struct meeple__map_link *next = link->next;

            free_class(MEEPLE__CONTAINER(link, struct meeple__remote_class, by_number), mem);
            link = next;
        }
    }
    meeple__map_done(&remote->objects, mem);
    meeple__bulk_forget_peer(remote, mem);
    meeple__seen_done(&remote->seen, mem);
    meeple__local_done(&remote->held, mem);
    meeple__map_done(&remote->classes_by_number, mem);
    meeple__map_done(&remote->classes_by_name, mem);
    if (remote->paths) {
        meeple__paths_done(remote->paths, mem);
        meeple__free(mem, remote->paths);
    }
    meeple__free(mem, remote);
}

struct meeple__remote_class *meeple__remote_class_numbered(const struct meeple__remote *remote,
                                                           uint32_t number)
{
    struct meeple__map_link *link =
        meeple__map_find(&remote->classes_by_number, meeple__hash_u32(number));

    while (link) {
        struct meeple__remote_class *cls =
            MEEPLE__CONTAINER(link, struct meeple__remote_class, by_number);

        if (cls->number == number) {
            return cls;
        }
        link = meeple__map_again(link);
    }
    return NULL;
}

static struct meeple__remote_class *class_named(const struct meeple__remote *remote,
                                                meeple_bytes name)
{
    struct meeple__map_link *link =
        meeple__map_find(&remote->classes_by_name, meeple__hash_bytes(name.ptr, name.len));

    while (link) {
        struct meeple__remote_class *cls =
            MEEPLE__CONTAINER(link, struct meeple__remote_class, by_name);

        if (same_bytes(cls->name, name)) {
            return cls;
        }
        link = meeple__map_again(link);
    }
    return NULL;
}

struct meeple__remote_class *meeple__remote_class(const struct meeple__remote *remote,
                                                  const char *name)
{
    return class_named(remote, (meeple_bytes){(const uint8_t *)name, strlen(name)});
}

meeple_bytes meeple__remote_signature(const struct meeple__remote_class *cls, meeple_bytes name)
{
    struct meeple__reader methods = meeple__reader_of(cls->list);

    for (unsigned i = 0; i < cls->method_count; i++) {
        meeple_bytes their_name, signature;

        meeple__command_next_method(&methods, &their_name, &signature);
        if (same_bytes(their_name, name)) {
            return signature;
        }
    }
    return (meeple_bytes){NULL, 0};
}

static void meet(struct meeple__remote_class *cls, struct meeple__methods *methods)
{
    struct meeple__reader list = meeple__reader_of(cls->list);
    bool unlike = false;

    cls->methods = methods;
    memset(cls->ours, MEEPLE__LACKS, sizeof cls->ours);
    for (unsigned i = 0; i < cls->method_count; i++) {
        meeple_bytes name, signature;
        int index;

        meeple__command_next_method(&list, &name, &signature);
        index = meeple__methods_named(methods, name);
        if (index < 0) {
            cls->theirs[i] = (struct meeple__their_method){.answer = MEEPLE__LACKS};
            continue;
        }
        cls->theirs[i].index = (uint8_t)index;
        cls->theirs[i].answer = meeple__type_has_signature(methods->types[index], signature)
                                    ? MEEPLE__ANSWERS
                                    : MEEPLE__DIFFERS;
        cls->ours[index] = cls->theirs[i].answer;
    }
    /* Ours, not theirs: a list may name one twice. */
    for (uint32_t i = 0; i < methods->count; i++) {
        unlike = unlike || cls->ours[i] != MEEPLE__ANSWERS;
    }
    set_unlike(cls, unlike);
}

void meeple__remote_meet(struct meeple__remote *remote, struct meeple__methods *methods)
{
    struct meeple__remote_class *cls = meeple__remote_class(remote, methods->name);

    if (cls) {
        meet(cls, methods);
    }
}

/* Its bytes: the name, then the list. */
static struct meeple__remote_class *new_class(const struct meeple__command *command,
                                              const meeple_mem *mem)
{
    struct meeple__remote_class *cls = meeple__alloc(mem, sizeof *cls);
    size_t size = command->name.len + command->rest.len;
    uint8_t *at;

    if (!cls) {
        return NULL;
    }
    cls->bytes = meeple__resize(mem, NULL, size);
    cls->theirs = meeple__alloc(mem, (size_t)(command->method_count + 1) * sizeof *cls->theirs);
    if (!cls->bytes || !cls->theirs) {
        free_class(cls, mem);
        return NULL;
    }
    at = meeple__write_bytes(cls->bytes, command->name);
    meeple__write_bytes(at, command->rest);
    cls->name = (meeple_bytes){cls->bytes, command->name.len};
    cls->list = (meeple_bytes){at, command->rest.len};
    cls->number = command->number;
    cls->method_count = command->method_count;
    cls->layout = MEEPLE__LACKS;
    return cls;
}

static int put_class(struct meeple__remote *remote, const meeple_mem *mem,
                     struct meeple__remote_class *cls)
{
    int rc = meeple__map_put(&remote->classes_by_number, mem, &cls->by_number,
                             meeple__hash_u32(cls->number));

    if (rc < 0) {
        return rc;
    }
    rc = meeple__map_put(&remote->classes_by_name, mem, &cls->by_name,
                         meeple__hash_bytes(cls->name.ptr, cls->name.len));
    if (rc < 0) {
        meeple__map_remove(&remote->classes_by_number, &cls->by_number);
    }
    return rc;
}

int meeple__remote_add_class(struct meeple__remote *remote, const meeple_mem *mem,
                             const struct meeple__command *command,
                             const struct meeple__classes *classes)
{
    struct meeple__remote_class *cls = meeple__remote_class_numbered(remote, command->number);
    struct meeple__methods *methods;
    size_t size = command->name.len + command->rest.len;
    int rc;

    if (cls || class_named(remote, command->name)) {
        return cls && same_bytes(cls->name, command->name) && same_bytes(cls->list, command->rest)
                   ? 0
                   : MEEPLE_EPROTO;
    }
    if (remote->classes_by_number.count >= MEEPLE__CLASSES_MAX ||
        size > MEEPLE__CLASS_BYTES_MAX - remote->class_bytes) {
        return MEEPLE_ETOOBIG;
    }
    cls = new_class(command, mem);
    if (!cls) {
        return MEEPLE_ENOMEM;
    }
    rc = put_class(remote, mem, cls);
    if (rc < 0) {
        free_class(cls, mem);
        return rc;
    }
    remote->class_bytes += size;
    methods = meeple__classes_find(classes, cls->name);
    if (methods) {
        meet(cls, methods);
    }
    return 0;
}

struct meeple__remote_object *meeple__remote_object(const struct meeple__remote *remote,
                                                    uint32_t number)
{
    struct meeple__map_link *link = meeple__map_find(&remote->objects, meeple__hash_u32(number));

    while (link) {
        struct meeple__remote_object *object =
            MEEPLE__CONTAINER(link, struct meeple__remote_object, by_number);

        if (object->number == number) {
            return object;
        }
        link = meeple__map_again(link);
    }
    return NULL;
}

int meeple__remote_add_object(struct meeple__remote *remote, const meeple_mem *mem,
                              const struct meeple__command *command, uint32_t objects_max)
{
    struct meeple__remote_class *cls = meeple__remote_class_numbered(remote, command->class_number);
    struct meeple__remote_object *before = meeple__remote_object(remote, command->number);
    struct meeple__remote_object *object;
    int rc;

    if (!cls) {
        return MEEPLE_EPROTO;
    }
    if (!before && remote->objects.count >= objects_max) {
        return MEEPLE_ETOOBIG;
    }
    object = meeple__alloc(mem, sizeof *object + command->name.len + 1);
    if (!object) {
        return MEEPLE_ENOMEM;
    }
    object->cls = cls;
    object->number = command->number;
    object->path_hash = meeple__hash_bytes(command->name.ptr, command->name.len);
    object->path_len = (uint8_t)command->name.len;
    memcpy(object->path, command->name.ptr, command->name.len);
    rc = meeple__map_put(&remote->objects, mem, &object->by_number,
                         meeple__hash_u32(object->number));
    if (rc < 0) {
        meeple__free(mem, object);
        return rc;
    }
    if (before) {
        meeple__map_remove(&remote->objects, &before->by_number);
        meeple__free(mem, before);
    }
    return 0;
}

void meeple__remote_drop_object(struct meeple__remote *remote, const meeple_mem *mem,
                                uint32_t number)
{
    struct meeple__remote_object *object = meeple__remote_object(remote, number);

    if (object) {
        meeple__map_remove(&remote->objects, &object->by_number);
        meeple__free(mem, object);
    }
}

enum meeple__answer meeple__remote_answer(const struct meeple__remote *remote,
                                          const struct meeple__methods *methods, unsigned method)
{
    const struct meeple__remote_class *cls;

    if (remote->deaf) {
        return MEEPLE__DEAF;
    }
    if (methods->unlike == 0) {
        return MEEPLE__ANSWERS;
    }
    cls = meeple__remote_class(remote, methods->name);
    return cls && cls->methods ? (enum meeple__answer)cls->ours[method] : MEEPLE__ANSWERS;
}
