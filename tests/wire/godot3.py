"""godot3: the seat layer of the dialect of Godot 3, written from docs/wire.md alone."""
import struct

from native import Bad, Reader

TYPES = ("PAYLOAD", "ADD", "DEL", "ID")


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
