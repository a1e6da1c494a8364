"""godot3: the seat layer, the packets and a few values of the dialect of Godot 3, written from docs/wire.md alone."""
import struct

from native import Bad, Reader

TYPES = ("PAYLOAD", "ADD", "DEL", "ID")
COMMANDS = ("CALL", "SET", "SIMPLIFY", "CONFIRM", "RAW")
BY_PATH = 1 << 31


def read_seat(message):
    """The meaning, and whether it is what a writer would write."""
    reader = Reader(message)
    first, sender, to = reader.u8(), reader.number("<i"), reader.number("<i")
    if first >= len(TYPES):
        raise Bad("an unknown type")
    if TYPES[first] == "PAYLOAD":
        return {"type": "PAYLOAD", "from": sender, "to": to, "data": reader.rest()}
    peer = reader.number("<i")
    if peer <= 0:
        raise Bad("no id")
    return {"type": TYPES[first], "peer": peer}


def write_seat(seat):
    if seat["type"] == "PAYLOAD":
        return struct.pack("<Bii", 0, seat["from"], seat["to"]) + seat["data"]
    return struct.pack("<Biii", TYPES.index(seat["type"]), 1, 0, seat["peer"])


def payload(sender, to, data):
    return write_seat({"type": "PAYLOAD", "from": sender, "to": to, "data": data})


def system(type, peer):
    return write_seat({"type": type, "peer": peer})


def text_of(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Bad("not UTF-8") from error


def path_of(data):
    """A path, which may lack its NUL, and may have a byte order mark."""
    return text_of(data.split(b"\0", 1)[0].removeprefix(b"\xef\xbb\xbf"))


def read_call(command, data):
    target, at = struct.unpack_from("<I", data, 1)[0], data.find(b"\0", 5)
    if at < 0:
        raise Bad("a name without its NUL")
    name, at = text_of(data[5:at]), at + 1
    if not name or len(name.encode()) > 255 or any(ord(c) < 0x20 or ord(c) == 0x7f for c in name):
        raise Bad("no name")
    packet = {"command": command, "name": name}
    if command == "CALL":
        if at == len(data):
            raise Bad("no count")
        packet["count"], at = data[at], at + 1
    if target < BY_PATH:
        return {**packet, "id": target, "args": data[at:]}
    offset = target - BY_PATH
    if not at <= offset < len(data):
        raise Bad("a path where none can be")
    return {**packet, "path": path_of(data[offset:]), "args": data[at:offset]}


def read_packet(data):
    """The meaning; None of a command that is ignored."""
    if not data:
        raise Bad("empty")
    if data[0] >= len(COMMANDS):
        return None
    command = COMMANDS[data[0]]
    if len(data) < (5 if command in ("CALL", "SET", "SIMPLIFY") else 2):
        raise Bad("too short")
    if command in ("CALL", "SET"):
        return read_call(command, data)
    if command == "SIMPLIFY":
        id = struct.unpack_from("<I", data, 1)[0]
        if id >= BY_PATH:
            raise Bad("an id that no call can have")
        return {"command": command, "id": id, "path": path_of(data[5:])}
    if command == "CONFIRM":
        return {"command": command, "path": path_of(data[1:])}
    return {"command": command, "data": data[1:]}


def write_packet(packet):
    command = packet["command"]
    first = bytes([COMMANDS.index(command)])
    if command == "RAW":
        return first + packet["data"]
    path = packet["path"].encode() + b"\0" if "path" in packet else b""
    if command == "CONFIRM":
        return first + path
    if command == "SIMPLIFY":
        return first + struct.pack("<I", packet["id"]) + path
    rest = packet["name"].encode() + b"\0" + bytes([packet["count"]] if command == "CALL" else []) + packet["args"]
    return first + struct.pack("<I", BY_PATH + 5 + len(rest) if path else packet["id"]) + rest + path


def write_value(value):
    """An int of 32 bits, or a text (section 9.3)."""
    if isinstance(value, int):
        return struct.pack("<Ii", 2, value)
    data = value.encode()
    return struct.pack("<II", 4, len(data)) + data + bytes(-len(data) % 4)


def read_values(count, data):
    values = []
    for _ in range(count):
        type, number = struct.unpack_from("<Ii", data)
        if type == 2:
            values.append(number)
            data = data[8:]
        elif type == 4:
            values.append(data[8:8 + number].decode())
            data = data[8 + number + -number % 4:]
        else:
            raise Bad("a value of another type")
    return values
