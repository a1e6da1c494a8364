extends Node
# The server of Godot 3 that ours is measured beside: counts calls, and answers the last.

const FIRST_PORT = 20000
const LAST_PORT = 32000

var peer = WebSocketServer.new()
var count = 0

func _ready():
	randomize()
	peer.bind_ip = "127.0.0.1"
	for attempt in 50:
		var port = FIRST_PORT + randi() % (LAST_PORT - FIRST_PORT)
		if peer.listen(port, PoolStringArray(["ludus"]), true) == OK:
			get_tree().set_network_peer(peer)
			print("port %d" % port)
			return
	print("no port is free")
	get_tree().quit()

remote func hit(_number, last):
	count += 1
	if last:
		rpc_id(get_tree().get_rpc_sender_id(), "done", count)
		count = 0

remote func done(_count):
	pass
