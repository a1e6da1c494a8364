extends Node
# The rules of Godot's "websocket_multiplayer" demo on plain data: the same methods, modes and order of calls.
# ids and names run in parallel, turn is an index into both.

signal turn_changed(mine)

var bot
var ids = []
var names = []
var turn = -1

func _say(method, arguments):
	bot.say("rpc", {"m": method, "from": get_tree().get_rpc_sender_id(), "args": arguments, "ids": ids.duplicate(),
			"names": names.duplicate(), "turn": turn})

func own_id():
	return get_tree().get_network_unique_id() if get_tree().has_network_peer() else 0

master func set_player_name(name):
	var sender = get_tree().get_rpc_sender_id()
	_say("set_player_name", [name])
	rpc("update_player_name", sender, name)

sync func update_player_name(player, name):
	var at = ids.find(player)
	if at >= 0:
		names[at] = name
	_say("update_player_name", [player, name])

master func request_action(action):
	var sender = get_tree().get_rpc_sender_id()
	_say("request_action", [action])
	if turn < 0 or turn >= ids.size() or ids[turn] != sender:
		rpc("_log", "Someone is trying to cheat! %s" % str(sender))
		return
	do_action(action)
	next_turn()

sync func do_action(action):
	var value = randi() % 100
	_say("do_action", [action])
	rpc("_log", "%s: %ss %d" % [names[turn], action, value])

sync func set_turn(at):
	turn = at
	_say("set_turn", [at])
	if at < ids.size():
		emit_signal("turn_changed", ids[at] == own_id())

sync func del_player(id):
	var at = ids.find(id)
	if at >= 0:
		ids.remove(at)
		names.remove(at)
		if turn > at:
			turn -= 1
	_say("del_player", [id])
	if at >= 0 and get_tree().is_network_server():
		rpc("set_turn", turn)

sync func add_player(id, name = ""):
	ids.append(id)
	names.append("... connecting ..." if name == "" else name)
	_say("add_player", [id, name])

sync func _log(what):
	_say("_log", [what])

func next_turn():
	turn += 1
	if turn >= ids.size():
		turn = 0
	rpc("set_turn", turn)

func start():
	set_turn(0)

func stop():
	ids.clear()
	names.clear()
	turn = 0

func joined(id):
	if not get_tree().is_network_server():
		return
	for i in ids.size():
		rpc_id(id, "add_player", ids[i], names[i])
	rpc("add_player", id)
	rpc_id(id, "set_turn", turn)

func left(id):
	if get_tree().is_network_server():
		rpc("del_player", id)
