# main: reads Variants, a line of hexadecimal digits each, and says what Godot has in them: what it writes for them,
# and their text in which each line feed is "\n".  Run by tests/interop/test_godot3_values.py:
#     godot3-server --path FOLDER --script main.gd --input=FILE
extends SceneTree

func bytes_of(digits):
	var bytes = PoolByteArray()
	for at in range(0, digits.length(), 2):
		bytes.append(("0x" + digits.substr(at, 2)).hex_to_int())
	return bytes

func _init():
	var input = File.new()
	for argument in OS.get_cmdline_args():
		if argument.begins_with("--input="):
			input.open(argument.substr(8, -1), File.READ)
	while input.is_open() and not input.eof_reached():
		var digits = input.get_line()
		if digits != "":
			var value = bytes2var(bytes_of(digits))
			print("@ %s %d %s" % [var2bytes(value).hex_encode(), typeof(value), var2str(value).replace("\n", "\\n")])
	quit()
