/* thing: an object as games have them, the same for the library and for those it is compared with.
 */
#include "tests/bench/thing.h"

#include <stdio.h>
#include <string.h>

const meeple_field thing_fields[] = {
    MEEPLE_STATE(struct thing, name, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct thing, number, .flags = MEEPLE_ON_SPAWN),
    MEEPLE_STATE(struct thing, at),
    MEEPLE_STATE(struct thing, angle),
    MEEPLE_STATE(struct thing, health, .min = 0, .max = 1000),
    MEEPLE_STATE(struct thing, ammunition),
    MEEPLE_STATE(struct thing, kind),
    MEEPLE_STATE(struct thing, alive),
    MEEPLE_STATE(struct thing, items),
};
const size_t thing_field_count = MEEPLE_COUNT(thing_fields);

void thing_init(struct thing *thing, uint32_t number, struct prng *prng)
{
    *thing = (struct thing){.number = number, .alive = true};
    snprintf(thing->name, sizeof thing->name, "thing %u", (unsigned)number);
    thing->health = (int32_t)prng_below(prng, 1001);
    thing->ammunition = (uint16_t)prng_below(prng, 500);
    thing->kind = (uint8_t)prng_below(prng, 10);
    for (size_t i = 0; i < sizeof thing->items; i++) {
        thing->items[i] = (uint8_t)prng_below(prng, 50);
    }
    thing_move(thing, prng);
}

void thing_move(struct thing *thing, struct prng *prng)
{
    /* Sixteenths: texts of them are short and exact, which is kind to JSON.  Never what it was. */
    float step = (float)prng_between(prng, 1, 16) / 16;

    thing->at.x = thing->at.x > 1000 ? step : thing->at.x + step;
    thing->at.y = (float)prng_below(prng, 16000) / 16;
    thing->angle = (float)prng_below(prng, 360 * 16) / 16;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return hash;
}

uint64_t thing_hash(const struct thing *thing)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    hash = mix(hash, thing->name, strlen(thing->name));
    hash = mix(hash, &thing->at, sizeof thing->at);
    hash = mix(hash, &thing->angle, sizeof thing->angle);
    hash = mix(hash, &thing->health, sizeof thing->health);
    hash = mix(hash, &thing->number, sizeof thing->number);
    hash = mix(hash, &thing->ammunition, sizeof thing->ammunition);
    hash = mix(hash, &thing->kind, sizeof thing->kind);
    hash = mix(hash, &thing->alive, sizeof thing->alive);
    return mix(hash, thing->items, sizeof thing->items);
}
