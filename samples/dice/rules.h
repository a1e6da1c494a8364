/* rules: what the players at the dice table may ask of one another, and the bounds of it. */
#ifndef DICE_RULES_H
#define DICE_RULES_H

#include <meeple/world.h>

#include "samples/lobby/lines.h"

#define RULES_PATH "Main/Panel/VBoxContainer/Game" /* Godot's demo has it there, too */
#define RULES_CLASS "Game"
#define RULES_GODOT3_PROTOCOL "ludus" /* the subprotocol that the demo has in Godot 3 */

#define RULES_NAME_MAX 64             /* bytes, without the NUL; also below */
#define RULES_ACTION_MAX 32           /* "roll" */
#define RULES_LINE_MAX LOBBY_LINE_MAX /* a name, ": ", an action, "s 99" */
#define RULES_HEARD_MAX                                                                            \
    1000 /* of a name or a line that others say: the demo's have no                                \
            bounds; what is more than ours is cut */
#define RULES_PLAYERS_MAX 65
#define RULES_FACES 100 /* of the dice: 0-99 */

#define RULES_NAME_DEFAULT "Player"
#define RULES_NAME_MISSING "... connecting ..." /* of a player who has not said it yet */

#define RULES_ID(ARG, id) ARG(int32_t, id, .min = 1, .max = INT32_MAX)
#define RULES_NAME(ARG) ARG(const char *, name, .max = RULES_HEARD_MAX)
#define RULES_ACTION(ARG) ARG(const char *, action, .min = 1, .max = RULES_ACTION_MAX)

/* Asked by anyone, answered by the host. */
#define RULES_SET_PLAYER_NAME(ARG) RULES_NAME(ARG)
#define RULES_REQUEST_ACTION(ARG) RULES_ACTION(ARG)
MEEPLE_RPC(set_player_name, RULES_SET_PLAYER_NAME)
MEEPLE_RPC(request_action, RULES_REQUEST_ACTION)

/* Said by the host, done by all. */
#define RULES_UPDATE_PLAYER_NAME(ARG) RULES_ID(ARG, player) RULES_NAME(ARG)
#define RULES_DO_ACTION(ARG) RULES_ACTION(ARG)
#define RULES_SET_TURN(ARG) ARG(int32_t, turn, .min = -1, .max = INT32_MAX) /* seats of others */
#define RULES_ADD_PLAYER(ARG)                                                                      \
    RULES_ID(ARG, id)                                                                              \
    ARG(const char *, name, .max = RULES_HEARD_MAX, .flags = MEEPLE_OPTIONAL) /* as in the demo */
#define RULES_DEL_PLAYER(ARG) RULES_ID(ARG, id)
#define RULES_LOG(ARG) ARG(const char *, what, .max = RULES_HEARD_MAX)
MEEPLE_RPC(update_player_name, RULES_UPDATE_PLAYER_NAME)
MEEPLE_RPC(do_action, RULES_DO_ACTION)
MEEPLE_RPC(set_turn, RULES_SET_TURN)
MEEPLE_RPC(add_player, RULES_ADD_PLAYER)
MEEPLE_RPC(del_player, RULES_DEL_PLAYER)
MEEPLE_RPC_NAMED(log_line, "_log", RULES_LOG)

#endif /* DICE_RULES_H */
