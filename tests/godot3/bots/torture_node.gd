extends Node
# A method and a variable of each mode.  Whatever arrives or runs here is a line.

const NONE = "<<none>>" # no argument
var bot

func _is_local():
	return get_tree().get_rpc_sender_id() == get_tree().get_network_unique_id()

func _got(method, arguments):
	var given = []
	for argument in arguments:
		if typeof(argument) == TYPE_STRING and argument == NONE:
			break
		given.append(argument)
	bot.say("got", {"node": name, "m": method, "from": get_tree().get_rpc_sender_id(), "args": bot.texts(given),
			"local": _is_local()})

func _wrote(property, value):
	bot.say("set", {"node": name, "m": property, "from": get_tree().get_rpc_sender_id(),
			"args": [bot.text(value)], "local": _is_local()})

remote func f_remote(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_remote", [a, b, c, d])

master func f_master(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_master", [a, b, c, d])

puppet func f_puppet(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_puppet", [a, b, c, d])

slave func f_slave(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_slave", [a, b, c, d])

remotesync func f_remotesync(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_remotesync", [a, b, c, d])

sync func f_sync(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_sync", [a, b, c, d])

mastersync func f_mastersync(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_mastersync", [a, b, c, d])

puppetsync func f_puppetsync(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_puppetsync", [a, b, c, d])

func f_none(a = NONE, b = NONE, c = NONE, d = NONE):
	_got("f_none", [a, b, c, d])

func f_configured_remote(a = NONE):
	_got("f_configured_remote", [a])

func f_configured_master(a = NONE):
	_got("f_configured_master", [a])

remote func f_whole(number: int):
	_got("f_whole", [number])

remote func f_40(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9,
		a10, a11, a12, a13, a14, a15, a16, a17, a18, a19,
		a20, a21, a22, a23, a24, a25, a26, a27, a28, a29,
		a30, a31, a32, a33, a34, a35, a36, a37, a38, a39):
	_got("f_40", [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9,
			a10, a11, a12, a13, a14, a15, a16, a17, a18, a19,
			a20, a21, a22, a23, a24, a25, a26, a27, a28, a29,
			a30, a31, a32, a33, a34, a35, a36, a37, a38, a39])

# The receiver sends the value straight back.
remote func f_echo(index, value):
	bot.say("echoes", {"node": name, "from": get_tree().get_rpc_sender_id(), "i": index,
			"same": get_parent().is_value(index, value)})
	rpc_id(get_tree().get_rpc_sender_id(), "f_echo_reply", index, value)

remote func f_echo_reply(index, value):
	bot.say("echo", {"node": name, "from": get_tree().get_rpc_sender_id(), "i": index,
			"same": get_parent().is_value(index, value)})

remote var v_remote setget _set_remote
func _set_remote(value):
	v_remote = value
	_wrote("v_remote", value)

master var v_master setget _set_master
func _set_master(value):
	v_master = value
	_wrote("v_master", value)

puppet var v_puppet setget _set_puppet
func _set_puppet(value):
	v_puppet = value
	_wrote("v_puppet", value)

slave var v_slave setget _set_slave
func _set_slave(value):
	v_slave = value
	_wrote("v_slave", value)

remotesync var v_remotesync setget _set_remotesync
func _set_remotesync(value):
	v_remotesync = value
	_wrote("v_remotesync", value)

sync var v_sync setget _set_sync
func _set_sync(value):
	v_sync = value
	_wrote("v_sync", value)

mastersync var v_mastersync setget _set_mastersync
func _set_mastersync(value):
	v_mastersync = value
	_wrote("v_mastersync", value)

puppetsync var v_puppetsync setget _set_puppetsync
func _set_puppetsync(value):
	v_puppetsync = value
	_wrote("v_puppetsync", value)

var v_none setget _set_none
func _set_none(value):
	v_none = value
	_wrote("v_none", value)

func _ready():
	rpc_config("f_configured_remote", MultiplayerAPI.RPC_MODE_REMOTE)
	rpc_config("f_configured_master", MultiplayerAPI.RPC_MODE_MASTER)
	rset_config("pause_mode", MultiplayerAPI.RPC_MODE_REMOTE)
