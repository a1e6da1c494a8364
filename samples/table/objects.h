/* objects: what game and the classes of its objects share. */
#ifndef TABLE_OBJECTS_H
#define TABLE_OBJECTS_H

#include "samples/table/game.h"

/* In whose world that is. */
struct table_game *table_game_of(const meeple_object *object);
/* Nothing is in the hand any more. */
void table_game_drop(struct table_game *game);
/* Tells options.on_changed. */
void table_game_changed(struct table_game *game);

#endif /* TABLE_OBJECTS_H */
