extends Node
# A player of the demo's game: the host with --port, a guest with --url.
#   --name       of the player
#   --protocol   subprotocol, "ludus" if it is not said
#   --rolls      how often to roll when it is its turn
#   --authority  a guest believes this certificate (wss://)
#   --certificate, --key  of a host with TLS
# Commands: rpc TO METHOD TEXT; long SIZE (of a name); bytes TO SIZE; leave close | drop; join; refuse;
# kick ID CODE REASON; quit

var bot = preload("res://bot.gd").new()
var game
var peer
var rolls
var rolls_next = false

func _ready():
	rolls = int(bot.option("rolls", "0"))
	game = $Panel/VBoxContainer/Game
	game.bot = bot
	game.connect("turn_changed", self, "_turn_changed")
	for happens in ["network_peer_connected", "network_peer_disconnected"]:
		get_tree().connect(happens, self, "_peer_changed", [happens])
	for happens in ["connected_to_server", "connection_failed", "server_disconnected"]:
		get_tree().connect(happens, self, "_session_changed", [happens])
	get_tree().multiplayer.connect("network_peer_packet", self, "_packet")
	bot.connect("command", self, "_command")
	if bot.option("port") != "":
		_host()
	else:
		_join()

func _certificate(option):
	var certificate = X509Certificate.new()
	certificate.load(bot.option(option))
	return certificate

func _host():
	peer = WebSocketServer.new()
	peer.bind_ip = "127.0.0.1"
	if bot.option("certificate") != "":
		peer.ssl_certificate = _certificate("certificate")
		peer.private_key = CryptoKey.new()
		peer.private_key.load(bot.option("key"))
	peer.connect("client_close_request", self, "_client_closes")
	var error = peer.listen(int(bot.option("port")), bot.protocols(), true)
	bot.say("begin", {"error": error})
	if error != OK:
		get_tree().quit()
		return
	get_tree().set_network_peer(peer)
	game.add_player(1, bot.option("name"))
	game.start()

func _join():
	peer = WebSocketClient.new()
	peer.connect("server_close_request", self, "_server_closes")
	if bot.option("authority") != "":
		peer.trusted_ssl_certificate = _certificate("authority")
	bot.say("begin", {"error": peer.connect_to_url(bot.option("url"), bot.protocols(), true)})
	get_tree().set_network_peer(peer)
	game.start()

func _leave(how):
	match how:
		"close":
			peer.disconnect_from_host(1000, "")
		"drop":
			get_tree().set_network_peer(null)
			peer = null
	game.stop()

func _client_closes(id, code, reason):
	bot.say("client_closes", {"id": id, "code": code, "reason": reason})

func _server_closes(code, reason):
	bot.say("server_closes", {"code": code, "reason": reason})

func _session_changed(happens):
	bot.say(happens, {"id": game.own_id()})
	if happens == "connected_to_server":
		game.rpc("set_player_name", bot.option("name"))
	else:
		game.stop()

func _peer_changed(id, happens):
	bot.say(happens, {"id": id})
	if happens == "network_peer_connected":
		game.joined(id)
	else:
		game.left(id)

func _packet(id, data):
	bot.say("packet", {"from": id, "hex": data.hex_encode()})

func _turn_changed(mine):
	rolls_next = mine and rolls > 0

func _roll():
	rolls -= 1
	if get_tree().is_network_server():
		game.do_action("roll")
		game.next_turn()
	else:
		game.rpc_id(1, "request_action", "roll")

func _process(_delta):
	if not bot.poll():
		get_tree().quit()
	# A frame later: not from within the call.
	elif rolls_next:
		rolls_next = false
		_roll()

func _command(words):
	match words[0]:
		"rpc":
			game.rpc_id(int(words[1]), words[2], words[3])
		"long":
			game.rpc_id(1, "set_player_name", "x".repeat(int(words[1])))
		"bytes":
			get_tree().multiplayer.send_bytes(bot.pattern(int(words[2])), int(words[1]))
		"leave":
			_leave(words[1])
		"join":
			_join()
		"kick":
			peer.disconnect_peer(int(words[1]), int(words[2]), words[3])
		"refuse":
			get_tree().refuse_new_network_connections = true
		"quit":
			get_tree().quit()
