extends Node
# Calls and sets whatever it is told to: a server with --port, a client with --url.
#   --protocol   subprotocol, "ludus" if it is not said
# Commands: rpc | rpc_unreliable NODE METHOD TO ARGUMENT...; rset | rset_unreliable NODE PROPERTY TO ARGUMENT;
# bytes TO SIZE; master NODE ID; state; leave; quit.  An argument is "i5" an int, "stext" a text, "v7" one of values(),
# "b100" so many bytes.  Nodes are T/N, T/C, T/Ünï cödé, T/deep/er/still: N, C, odd, still.

var bot = preload("res://bot.gd").new()
var peer
var values = _values()
onready var nodes = {"N": $N, "C": $C, "odd": get_node("Ünï cödé"), "still": $deep/er/still}

func _ready():
	for node in nodes.values():
		node.bot = bot
	for happens in ["network_peer_connected", "network_peer_disconnected"]:
		get_tree().connect(happens, self, "_peer_changed", [happens])
	for happens in ["connected_to_server", "connection_failed", "server_disconnected"]:
		get_tree().connect(happens, self, "_session_changed", [happens])
	get_tree().multiplayer.connect("network_peer_packet", self, "_packet")
	bot.connect("command", self, "_command")
	var error
	if bot.option("port") != "":
		peer = WebSocketServer.new()
		peer.bind_ip = "127.0.0.1"
		error = peer.listen(int(bot.option("port")), bot.protocols(), true)
	else:
		peer = WebSocketClient.new()
		error = peer.connect_to_url(bot.option("url"), bot.protocols(), true)
	bot.say("begin", {"error": error})
	if error != OK:
		get_tree().quit()
		return
	get_tree().set_network_peer(peer)

func _session_changed(happens):
	bot.say(happens, {"id": get_tree().get_network_unique_id()})

func _peer_changed(id, happens):
	bot.say(happens, {"id": id})

func _packet(id, data):
	bot.say("packet", {"from": id, "size": data.size(), "same": data == bot.pattern(data.size())})

func _process(_delta):
	if not bot.poll():
		get_tree().quit()

# One of each type, and what is at the edge of a type or of its encoding.
func _values():
	var long = "0123456789".repeat(500)
	# The compiler takes -0.0 for another 0.0, of which there is one already.
	var minus_zero = bytes2var(PoolByteArray([TYPE_REAL, 0, 0, 0, 0, 0, 0, 0x80]))
	return [null, false, true, 0, 1, -1, 2147483647, -2147483648, 2147483648, -2147483649, 9223372036854775807,
			-9223372036854775807 - 1, 0.0, minus_zero, 0.5, 0.1, -1e300, INF, -INF, NAN,
			"", "a", "abcd", "h\u00e9llo \u20ac", long,
			Vector2(1, -2.5), Rect2(1, 2, 3, 4), Vector3(1, 2, 3), Transform2D(Vector2(1, 2), Vector2(3, 4), Vector2(5, 6)),
			Plane(1, 2, 3, 4), Quat(1, 2, 3, 4), AABB(Vector3(1, 2, 3), Vector3(4, 5, 6)),
			Basis(Vector3(1, 2, 3), Vector3(4, 5, 6), Vector3(7, 8, 9)), Transform(Basis(), Vector3(1, 2, 3)),
			Color(0.25, 0.5, 0.75, 1), NodePath("/root/abcd:prop"), NodePath("abcd"), RID(),
			{}, {"z": 1, 2: "b", "n": {"x": [1, 2.5, null]}}, [], [1, "two", 3.0, [4]],
			PoolByteArray(), bot.pattern(300), PoolIntArray([1, -2, 2147483647]), PoolRealArray([1.5, -0.25]),
			PoolStringArray(["", "a", "bcde"]), PoolVector2Array([Vector2(1, 2)]), PoolVector3Array([Vector3(1, 2, 3)]),
			PoolColorArray([Color(1, 0, 0, 1)])]

# Whether that is what was sent, with the same type and all its bits.
func is_value(index, value):
	if typeof(value) != typeof(values[index]):
		return false
	if typeof(value) == TYPE_NODE_PATH:
		# In its encoding are bytes that nobody has written.
		return value == values[index]
	return var2bytes(value) == var2bytes(values[index])

func _argument(word):
	var rest = word.substr(1)
	match word[0]:
		"i":
			return int(rest)
		"v":
			return values[int(rest)]
		"b":
			return bot.pattern(int(rest))
	return rest

func _command(words):
	match words[0]:
		"rpc", "rpc_unreliable", "rset", "rset_unreliable":
			var arguments = [int(words[3]), words[2]]
			for i in range(4, words.size()):
				arguments.append(_argument(words[i]))
			nodes[words[1]].callv(words[0] + "_id", arguments)
		"bytes":
			get_tree().multiplayer.send_bytes(bot.pattern(int(words[2])), int(words[1]))
		"master":
			nodes[words[1]].set_network_master(int(words[2]))
		"state":
			bot.say("state", {"id": get_tree().get_network_unique_id(), "pause_mode": $N.pause_mode,
					"peers": Array(get_tree().get_network_connected_peers())})
		"leave":
			peer.disconnect_from_host()
		"quit":
			get_tree().quit()
