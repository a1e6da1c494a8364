/* thing_text: things as others send them: JSON and msgpack, straight from the struct. */
#include "tests/bench/thing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <msgpack.h>

#include "tests/bench/bench.h"

enum {
    THING_BYTES_MAX = 512 /* one as JSON */
};

static void make_room(struct thing_text *text, size_t more)
{
    if (text->len + more > text->cap) {
        size_t cap = text->cap * 2 > text->len + more ? text->cap * 2 : text->len + more;
        char *bytes = realloc(text->bytes, cap);

        if (!bytes) {
            bench_fail("out of memory");
        }
        text->bytes = bytes;
        text->cap = cap;
    }
}

static const struct thing *chosen(const struct thing_choice *choice, size_t i)
{
    return &choice->things[choice->which ? choice->which[i] : i];
}

/* Names here are plain; a game's would have to be escaped, too. */
void thing_write_json(struct thing_text *text, const struct thing_choice *choice)
{
    make_room(text, 2);
    text->bytes[text->len++] = '[';
    for (size_t i = 0; i < choice->count; i++) {
        const struct thing *thing = chosen(choice, i);

        make_room(text, THING_BYTES_MAX);
        text->len += (size_t)snprintf(
            text->bytes + text->len, THING_BYTES_MAX,
            "%s{\"number\":%u,\"name\":\"%s\",\"at\":[%.9g,%.9g],\"angle\":%.9g,\"health\":%d,"
            "\"ammunition\":%u,\"kind\":%u,\"alive\":%s,\"items\":[%u,%u,%u,%u]}",
            i > 0 ? "," : "", (unsigned)thing->number, thing->name, (double)thing->at.x,
            (double)thing->at.y, (double)thing->angle, (int)thing->health,
            (unsigned)thing->ammunition, (unsigned)thing->kind, thing->alive ? "true" : "false",
            (unsigned)thing->items[0], (unsigned)thing->items[1], (unsigned)thing->items[2],
            (unsigned)thing->items[3]);
    }
    make_room(text, 1);
    text->bytes[text->len++] = ']';
}

static int put(void *data, const char *bytes, size_t len)
{
    struct thing_text *text = data;

    make_room(text, len);
    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
    return 0;
}

static void pack_thing(msgpack_packer *packer, const struct thing *thing)
{
    size_t name_len = strlen(thing->name);

    msgpack_pack_array(packer, 9);
    msgpack_pack_uint32(packer, thing->number);
    msgpack_pack_str(packer, name_len);
    msgpack_pack_str_body(packer, thing->name, name_len);
    msgpack_pack_array(packer, 2);
    msgpack_pack_float(packer, thing->at.x);
    msgpack_pack_float(packer, thing->at.y);
    msgpack_pack_float(packer, thing->angle);
    msgpack_pack_int32(packer, thing->health);
    msgpack_pack_uint16(packer, thing->ammunition);
    msgpack_pack_uint8(packer, thing->kind);
    if (thing->alive) {
        msgpack_pack_true(packer);
    } else {
        msgpack_pack_false(packer);
    }
    msgpack_pack_array(packer, sizeof thing->items);
    for (size_t i = 0; i < sizeof thing->items; i++) {
        msgpack_pack_uint8(packer, thing->items[i]);
    }
}

void thing_write_msgpack(struct thing_text *text, const struct thing_choice *choice)
{
    msgpack_packer packer;

    msgpack_packer_init(&packer, text, put);
    msgpack_pack_array(&packer, choice->count);
    for (size_t i = 0; i < choice->count; i++) {
        pack_thing(&packer, chosen(choice, i));
    }
}
