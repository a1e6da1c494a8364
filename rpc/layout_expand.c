/* layout_expand: tables of fields, and of structs in them, made into the leaves of a layout. */
#include <assert.h>
#include <string.h>

#include "core/mem.h"
#include "rpc/command.h"
#include "rpc/content.h"
#include "rpc/field.h"
#include "rpc/layout.h"
#include "rpc/sentence.h"
#include "rpc/view.h"

enum {
    SOLID_LEAST = 32 /* bytes that are worth a memcmp() of their own */
};

/* Gone through twice: without a layout it is checked, and what it needs is counted. */
struct expansion {
    const meeple_class *cls;
    struct meeple__sentence *why;
    struct meeple__layout *layout;
    char *names; /* where the next goes */
    size_t names_len;
    uint32_t leaf_count, slot_count, blob_count;
    struct meeple__rhythms rhythms;
};

/* A struct, at its place in the one that has it: the first, if it lies in arrays. */
struct part {
    const meeple_field *fields;
    size_t field_count, size;
    uint32_t offset, level, depth;
    uint16_t flags;
    uint32_t interval_ms;
    struct meeple__dim dims[MEEPLE__DIMS_MAX];
    bool counted, counted_in_time; /* by a counter that changes */
    size_t name_len;
    char name[MEEPLE__NAME_MAX + 1]; /* "part.member." */
};

static size_t element_size(const meeple_field *field)
{
    if (field->fields) {
        return field->stride;
    }
    return field->type == MEEPLE_TYPE_CHARS && field->row > 0 ? field->row
                                                              : meeple__slot_size(field);
}

/* What the field is an array of, and a count counts: elements, or rows of them. */
static size_t step_size(const meeple_field *field)
{
    return field->row > 0 ? field->row : element_size(field);
}

static bool bounds_make_sense(const meeple_field *field)
{
    enum meeple__kind kind = meeple__type_kind(field->type);

    return !meeple__field_bounded(field) ||
           (field->min <= field->max && kind != MEEPLE__KIND_NONE && kind != MEEPLE__KIND_BOOL &&
            kind != MEEPLE__KIND_VECTOR);
}

/* Whether there is a counter of that kind in the struct. */
static bool count_makes_sense(const meeple_field *field, const struct part *part)
{
    return meeple__type_kind(field->count_type) == MEEPLE__KIND_UNSIGNED &&
           field->count_offset + meeple__type_size(field->count_type) <= part->size;
}

/* A field is in one group, if any, and so is the struct that it lies in. */
static bool flags_make_sense(const struct part *part, const meeple_field *field)
{
    unsigned group = meeple__flags_group(field->flags), outer = meeple__flags_group(part->flags);
    unsigned known = MEEPLE_ON_SPAWN | MEEPLE_OWNER_ONLY | MEEPLE_ALWAYS | 7U << 8;

    return (field->flags & ~known) == 0 && group <= MEEPLE_GROUPS_MAX &&
           (group == 0 || outer == 0 || group == outer) &&
           ((group == 0 && outer == 0) || ((part->flags | field->flags) & MEEPLE_OWNER_ONLY) == 0);
}

/* Wherever the struct of the part lies. */
static bool is_aligned(const struct part *part, meeple_type type, size_t offset)
{
    size_t align = meeple__type_align(type);

    for (uint32_t i = 0; i < part->depth; i++) {
        if (part->dims[i].stride % align != 0) {
            return false;
        }
    }
    return (part->offset + offset) % align == 0;
}

static int check_names(const struct expansion *expansion, const struct part *part,
                       const meeple_field *field)
{
    const char *names[] = {field->name, field->count ? field->count : field->name};

    for (size_t i = 0; i < MEEPLE_COUNT(names); i++) {
        size_t len = names[i] ? strlen(names[i]) : 0;

        if (!meeple__name_valid((meeple_bytes){(const uint8_t *)names[i], len}) ||
            part->name_len + len > MEEPLE__NAME_MAX) {
            meeple__say(expansion->why, "class %s has a field of state without a name",
                        expansion->cls->name);
            return MEEPLE_EINVAL;
        }
    }
    return 0;
}

/* What is said of a struct holds for all in it; a field's own interval comes first. */
static uint32_t interval_of(const struct part *part, const meeple_field *field)
{
    return field->interval_ms > 0 ? field->interval_ms : part->interval_ms;
}

/* What is only spawned, in whatever structs it lies, has no interval. */
static void set_rhythm(struct meeple__leaf *leaf, const struct part *part,
                       const meeple_field *field)
{
    leaf->field.flags = (uint16_t)(part->flags | field->flags);
    if (leaf->field.flags & MEEPLE_ON_SPAWN) {
        leaf->field.flags = (uint16_t)(leaf->field.flags & ~(unsigned)MEEPLE_ALWAYS);
    } else {
        leaf->field.interval_ms = interval_of(part, field);
    }
}

/* What makes no sense about the field, or NULL. */
static const char *fault_of(const struct part *part, const meeple_field *field)
{
    size_t size = element_size(field);

    if (!field->fields && meeple__type_kind(field->type) == MEEPLE__KIND_NONE) {
        return "is a pointer, which is no state: nobody would own it";
    }
    if (meeple__type_kind(field->type) == MEEPLE__KIND_SPAN) {
        return "has its elements elsewhere, which is no state: nobody would own them";
    }
    if (field->fields && (field->type != MEEPLE_TYPE_NONE || field->field_count == 0)) {
        return "makes no sense";
    }
    if (size == 0 || field->size == 0 || step_size(field) % size != 0 ||
        field->size % step_size(field) != 0 || (size_t)field->offset + field->size > part->size ||
        !flags_make_sense(part, field) || !meeple__rhythm_makes_sense(field) ||
        (field->count && !count_makes_sense(field, part))) {
        return "makes no sense";
    }
    if (!is_aligned(part, field->type, field->offset) ||
        (field->count && !is_aligned(part, field->count_type, field->count_offset))) {
        return "is not aligned as C aligns it: is the struct packed?";
    }
    if (part->counted_in_time && (field->flags & MEEPLE_ON_SPAWN)) {
        return "is only spawned, but comes and goes with a count";
    }
    return field->fields && part->level == MEEPLE_STATE_DEPTH_MAX ? "has structs nested too deep"
                                                                  : NULL;
}

static int check_field(const struct expansion *expansion, const struct part *part,
                       const meeple_field *field)
{
    const char *fault;

    if (check_names(expansion, part, field) < 0) {
        return MEEPLE_EINVAL;
    }
    fault = fault_of(part, field);
    if (fault) {
        meeple__say(expansion->why, "class %s: '%s%s' %s", expansion->cls->name, part->name,
                    field->name, fault);
        return MEEPLE_EINVAL;
    }
    if (!bounds_make_sense(field)) {
        meeple__say(expansion->why, "class %s: the bounds of '%s%s' make no sense",
                    expansion->cls->name, part->name, field->name);
        return MEEPLE_EINVAL;
    }
    return 0;
}

/* The name with its dots, if it has to be made. */
static const char *leaf_name(struct expansion *expansion, const struct part *part, const char *name)
{
    char *made = expansion->names;
    size_t len = strlen(name) + 1;

    if (part->name_len == 0) {
        return name;
    }
    expansion->names_len += part->name_len + len;
    if (made) {
        memcpy(made, part->name, part->name_len);
        memcpy(made + part->name_len, name, len);
        expansion->names += part->name_len + len;
    }
    return made;
}

/* field: of one element, its offset within the part. */
static int add_leaf(struct expansion *expansion, const struct part *part, const meeple_field *field)
{
    struct meeple__leaf leaf = {.field = {.type = field->type,
                                          .offset = (uint16_t)(part->offset + field->offset),
                                          .min = field->min,
                                          .max = field->max,
                                          .size = (uint16_t)element_size(field)},
                                .first = expansion->slot_count,
                                .count = 1,
                                .first_blob = expansion->blob_count,
                                .depth = part->depth,
                                .counted = part->counted};

    if (expansion->leaf_count == MEEPLE__FIELDS_MAX) {
        meeple__say(expansion->why, "class %s has more than 255 fields of state",
                    expansion->cls->name);
        return MEEPLE_EINVAL;
    }
    set_rhythm(&leaf, part, field);
    if (meeple__rhythms_add(&expansion->rhythms, &leaf.field) < 0) {
        meeple__say(expansion->why, "class %s has more than %d different intervals",
                    expansion->cls->name, MEEPLE__RHYTHMS_MAX);
        return MEEPLE_EINVAL;
    }
    leaf.rhythm = meeple__rhythm_bit(&expansion->rhythms, &leaf.field);
    memcpy(leaf.dims, part->dims, sizeof leaf.dims);
    for (uint32_t i = leaf.depth; i-- > 0;) {
        leaf.dims[i].block = leaf.count;
        leaf.count *= leaf.dims[i].count;
    }
    if (leaf.counted) {
        leaf.field.flags = (uint16_t)(leaf.field.flags | MEEPLE__MAY_BE_ZERO);
    }
    leaf.field.name = leaf_name(expansion, part, field->name);
    if (expansion->layout) {
        expansion->layout->leaves[expansion->leaf_count] = leaf;
        expansion->layout->groups |= meeple__flags_bit(leaf.field.flags);
    }
    expansion->leaf_count++;
    expansion->slot_count += leaf.count;
    expansion->blob_count += meeple__content_is(field->type) ? leaf.count : 0;
    return 0;
}

/* The slots of a counter are in front of what it counts. */
static int add_counter(struct expansion *expansion, const struct part *part,
                       const meeple_field *field)
{
    const uint32_t number = expansion->leaf_count;
    int rc = add_leaf(expansion, part,
                      &(meeple_field){.name = field->count,
                                      .type = field->count_type,
                                      .offset = field->count_offset,
                                      .max = (double)(field->size / step_size(field)),
                                      .flags = field->flags,
                                      .interval_ms = field->interval_ms});

    if (rc == 0 && expansion->layout) {
        expansion->layout->leaves[number].counts = true;
    }
    if (rc == 0 && expansion->layout && part->depth == 0) {
        struct meeple__leaf *counter = &expansion->layout->leaves[number];

        counter->array_offset = part->offset + field->offset;
        counter->array_stride = (uint32_t)step_size(field);
    }
    return rc;
}

/* The dimensions that the field has of its own; rows are all there, if they exist. */
static void add_dims(struct part *within, const meeple_field *field, uint32_t counter)
{
    size_t step = step_size(field), size = element_size(field);

    if (field->size > step || field->count) {
        within->dims[within->depth++] = (struct meeple__dim){
            .count = (uint32_t)(field->size / step), .stride = (uint32_t)step, .counter = counter};
    }
    if (step > size) {
        within->dims[within->depth++] = (struct meeple__dim){.count = (uint32_t)(step / size),
                                                             .stride = (uint32_t)size,
                                                             .counter = MEEPLE__NO_COUNTER};
    }
}

static int expand(struct expansion *expansion, const struct part *part);

/* within: the part, and the array that the field is, if it is one. */
static int expand_field(struct expansion *expansion, struct part *within, const meeple_field *field)
{
    size_t len = strlen(field->name);

    if (!field->fields) {
        return add_leaf(expansion, within, field);
    }
    within->fields = field->fields;
    within->field_count = field->field_count;
    within->size = field->stride;
    within->offset += field->offset;
    within->flags = (uint16_t)(within->flags | field->flags);
    within->interval_ms = interval_of(within, field);
    within->level++;
    if (within->name_len + len + 1 > MEEPLE__NAME_MAX) {
        meeple__say(expansion->why, "class %s: the name of '%s%s' is too long",
                    expansion->cls->name, within->name, field->name);
        return MEEPLE_EINVAL;
    }
    memcpy(within->name + within->name_len, field->name, len);
    within->name_len += len + 1;
    within->name[within->name_len - 1] = '.';
    within->name[within->name_len] = '\0';
    return expand(expansion, within);
}

/* As deep as structs may be nested, whatever the tables say. */
static int expand(struct expansion *expansion, const struct part *part)
{
    for (size_t i = 0; i < part->field_count; i++) {
        const meeple_field *field = &part->fields[i];
        struct part within = *part;
        uint32_t counter = MEEPLE__NO_COUNTER;
        int rc = check_field(expansion, part, field);

        if (rc == 0 && field->count) {
            counter = expansion->leaf_count;
            rc = add_counter(expansion, part, field);
            within.counted = true;
            within.counted_in_time =
                part->counted_in_time || ((part->flags | field->flags) & MEEPLE_ON_SPAWN) == 0;
        }
        if (rc < 0) {
            return rc;
        }
        add_dims(&within, field, counter);
        rc = expand_field(expansion, &within, field);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int expand_state(struct expansion *expansion)
{
    const meeple_state *state = expansion->cls->state;
    const struct part all = {
        .fields = state->fields, .field_count = state->field_count, .size = state->size};

    return expand(expansion, &all);
}

/* A leaf with the name of an earlier one, or bytes. */
static const struct meeple__leaf *find_twice(const struct meeple__layout *layout, uint8_t *taken)
{
    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        const struct meeple__leaf *leaf = &layout->leaves[i];
        size_t size = meeple__slot_size(&leaf->field);

        for (uint32_t other = 0; other < i; other++) {
            if (strcmp(layout->leaves[other].field.name, leaf->field.name) == 0) {
                return leaf;
            }
        }
        for (uint32_t at = 0; at < leaf->count; at++) {
            uint8_t *bytes = taken + meeple__leaf_offset(leaf, at);

            for (size_t byte = 0; byte < size; byte++) {
                if (bytes[byte]++) {
                    return leaf;
                }
            }
        }
    }
    return NULL;
}

/* Of what changes all that is compared as bytes is in one of the masks; the rest is visited. */
static void make_masks(struct meeple__layout *layout)
{
    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        const struct meeple__leaf *leaf = &layout->leaves[i];
        bool by_content =
            leaf->field.type == MEEPLE_TYPE_CHARS || meeple__content_is(leaf->field.type);
        bool in_array = leaf->depth > 0 && leaf->dims[0].counter != MEEPLE__NO_COUNTER;
        bool deeper = false;

        if (leaf->field.flags & MEEPLE_ON_SPAWN) {
            continue;
        }
        for (uint32_t dim = 1; dim < leaf->depth; dim++) {
            deeper = deeper || leaf->dims[dim].counter != MEEPLE__NO_COUNTER;
        }
        if (by_content || deeper || leaf->array_stride > 0) {
            layout->visits[layout->visit_count++] = (uint8_t)i;
        }
        for (uint32_t at = 0; !by_content && !deeper && at < leaf->count; at++) {
            memset((in_array ? layout->counted_mask : layout->mask) + meeple__leaf_offset(leaf, at),
                   0xff, meeple__slot_size(&leaf->field));
        }
    }
}

/* The end of the bytes of one kind that begin at `from`. */
static size_t solid_end(const uint8_t *mask, size_t from, size_t size)
{
    while (from < size && mask[from] != 0) {
        from++;
    }
    return from;
}

static void add_run(struct meeple__layout *layout, size_t from, size_t end)
{
    while (from < end && layout->mask[from] == 0) {
        from++;
    }
    while (end > from && layout->mask[end - 1] == 0) {
        end--;
    }
    if (from < end) {
        layout->runs[layout->run_count++] =
            (struct meeple__run){.offset = (uint16_t)from,
                                 .len = (uint16_t)(end - from),
                                 .solid = solid_end(layout->mask, from, end) == end};
    }
}

/* What is long and without a hole is left to memcmp(); all between two such is one run. */
static void make_runs(struct meeple__layout *layout, size_t size)
{
    size_t from = 0, at = 0;

    while (at < size) {
        size_t end = solid_end(layout->mask, at, size);

        if (end - at >= SOLID_LEAST) {
            add_run(layout, from, at);
            add_run(layout, at, end);
            from = end;
        }
        at = end > at ? end : at + 1;
    }
    add_run(layout, from, size);
}

static int check_state(const meeple_class *cls, struct meeple__sentence *why)
{
    const meeple_state *state = cls->state;

    if (!state || !state->fields || state->field_count == 0 ||
        state->field_count > MEEPLE__FIELDS_MAX || state->size == 0 ||
        state->size > MEEPLE__STATE_MAX) {
        meeple__say(why, "class %s has no state of 1 to 255 fields in 1 to 65535 bytes", cls->name);
        return MEEPLE_EINVAL;
    }
    return 0;
}

/* One block for all of it. */
static struct meeple__layout *allocate(const struct expansion *needs, const meeple_mem *mem)
{
    size_t size = needs->cls->state->size;
    size_t leaves = needs->leaf_count * sizeof(struct meeple__leaf);
    size_t runs = (2 * (size / SOLID_LEAST) + 1) * sizeof(struct meeple__run);
    struct meeple__layout *layout =
        meeple__alloc(mem, sizeof *layout + leaves + runs + 2 * size + needs->leaf_count +
                               needs->slot_count + needs->names_len);

    if (layout) {
        layout->runs = (struct meeple__run *)(void *)(layout->leaves + needs->leaf_count);
        layout->mask = (uint8_t *)layout->runs + runs;
        layout->counted_mask = layout->mask + size;
        layout->visits = layout->counted_mask + size;
        layout->leaf_of = layout->visits + needs->leaf_count;
        layout->leaf_count = needs->leaf_count;
        layout->slot_count = needs->slot_count;
        layout->blob_count = needs->blob_count;
        layout->value_max = SIZE_MAX;
        layout->groups = MEEPLE__SEES_PUBLIC;
    }
    return layout;
}

int meeple__layout_new(struct meeple__layout **out, const meeple_mem *mem, const meeple_class *cls,
                       const struct meeple__methods *methods, struct meeple__sentence *why)
{
    struct expansion expansion = {.cls = cls, .why = why};
    const struct meeple__leaf *twice;
    struct meeple__layout *layout;
    size_t size;
    int rc = check_state(cls, why);

    if (rc == 0) {
        rc = expand_state(&expansion);
    }
    if (rc < 0) {
        return rc;
    }
    layout = allocate(&expansion, mem);
    if (!layout) {
        return MEEPLE_ENOMEM;
    }
    size = cls->state->size;
    layout->cls = cls;
    layout->methods = methods;
    expansion = (struct expansion){.cls = cls,
                                   .why = why,
                                   .layout = layout,
                                   .names = (char *)layout->leaf_of + layout->slot_count};
    rc = expand_state(&expansion);
    assert(rc == 0);
    layout->rhythms = expansion.rhythms;
    twice = find_twice(layout, layout->mask);
    if (twice) {
        meeple__say(why, "class %s: '%s' is there twice", cls->name, twice->field.name);
        meeple__free(mem, layout);
        return MEEPLE_EINVAL;
    }
    for (uint32_t i = 0; i < layout->leaf_count; i++) {
        struct meeple__leaf *leaf = &layout->leaves[i];

        memset(layout->leaf_of + leaf->first, (int)i, leaf->count);
        leaf->solid = (uint32_t)meeple__leaf_solid(leaf);
    }
    memset(layout->mask, 0, size);
    make_masks(layout);
    make_runs(layout, size);
    *out = layout;
    return 0;
}
