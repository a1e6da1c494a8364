/* window_cloth: the table, our tray, and the end of the log: what the things lie on. */
#ifndef TABLE_WINDOW_CLOTH_H
#define TABLE_WINDOW_CLOTH_H

#include "samples/table/game.h"
#include "samples/table/window_layout.h"
#include "samples/ui/draw.h"

/* over_tray: what is in the hand would fall into the tray. */
void table_cloth_draw(struct draw *draw, const struct table_layout *layout,
                      const struct table_game *game, bool over_tray);

#endif /* TABLE_WINDOW_CLOTH_H */
