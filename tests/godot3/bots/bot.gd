extends Reference
# What the bots share: options, lines in JSON, and commands of the test.
# Options are "--name=value" on the command line.  Commands are lines of words, with tabs between them, on a TCP
# connection to the port that --control names; when it ends, so does the bot.

signal command(words)

var _options = {}
var _control = StreamPeerTCP.new()
var _controlled = false
var _rest = ""

func _init():
	for argument in OS.get_cmdline_args():
		if argument.begins_with("--"):
			var parts = argument.substr(2).split("=", true, 1)
			_options[parts[0]] = parts[1] if parts.size() > 1 else ""
	if option("control") != "":
		_control.connect_to_host("127.0.0.1", int(option("control")))

func option(name, default = ""):
	return _options.get(name, default)

# Protocols as connect_to_url() and listen() want them.
func protocols():
	return PoolStringArray([option("protocol", "ludus")])

func say(event, fields = {}):
	fields["ev"] = event
	print(to_json(fields))

# False once the test has gone.
func poll():
	var status = _control.get_status()
	if status == StreamPeerTCP.STATUS_CONNECTED:
		_controlled = true
		var waiting = _control.get_available_bytes()
		if waiting > 0:
			var lines = (_rest + _control.get_string(waiting)).split("\n")
			_rest = lines[-1]
			for i in lines.size() - 1:
				emit_signal("command", lines[i].split("\t"))
	return not _controlled or _control.get_status() == StreamPeerTCP.STATUS_CONNECTED

# Bytes of that number that all programs of the tests know.
static func pattern(size):
	var bytes = PoolByteArray()
	bytes.resize(size)
	for i in size:
		bytes[i] = (i * 31 + 7) & 255
	return bytes

# A value as text; of many bytes only how many, and whether they are the pattern.
static func text(value):
	if typeof(value) == TYPE_RAW_ARRAY and value.size() >= 1000:
		return "%d bytes, %s" % [value.size(), "right" if value == pattern(value.size()) else "wrong"]
	return var2str(value)

static func texts(values):
	var all = []
	for value in values:
		all.append(text(value))
	return all
