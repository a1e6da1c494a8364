/* objects: what the files of a table's game share. */
#ifndef TABLE_OBJECTS_H
#define TABLE_OBJECTS_H

#include "samples/table/game.h"

/* Nothing is in the hand any more. */
void table_game_drop(struct table_game *game);
/* Tells options.on_changed. */
void table_game_changed(struct table_game *game);

#endif /* TABLE_OBJECTS_H */
