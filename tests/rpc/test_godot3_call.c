/* test_godot3_call: what holds of calls in the native dialect holds in that of Godot 3. */
#define SESSION_DIALECT MEEPLE_DIALECT_GODOT3
#include "tests/rpc/test_call.c"
