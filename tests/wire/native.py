"""native: the native dialect, written from docs/wire.md alone: bytes to meanings and back."""
import struct


class Bad(Exception):
    """These bytes must be refused."""


class Reader:
    def __init__(self, data):
        self.data, self.at = bytes(data), 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Bad("ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def u8(self):
        return self.number("<B")

    def varint(self):
        value = 0
        for place in range(5):
            byte = self.u8()
            if place == 4 and byte > 0x0F:
                raise Bad("above 2^32-1")
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                if byte == 0 and place > 0:
                    raise Bad("not the shortest form")
                return value
        raise AssertionError("a fifth byte is always the last")

    def block(self):
        return self.take(self.varint())

    def name(self):
        data = self.block()
        if not 1 <= len(data) <= 255 or any(byte < 0x20 or byte == 0x7F for byte in data):
            raise Bad("no name")
        return text(data)

    def rest(self):
        return self.take(len(self.data) - self.at)

    def end(self):
        if self.at != len(self.data):
            raise Bad("something is left over")


def text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("not UTF-8") from None


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def block(data):
    data = data.encode() if isinstance(data, str) else data
    return varint(len(data)) + data


# ---- section 4: seat messages, as dictionaries ----

DATA, WELCOME, JOIN, LEAVE, PING, PONG = range(6)
KINDS = ("DATA", "WELCOME", "JOIN", "LEAVE", "PING", "PONG")


def read_seat(message):
    reader = Reader(message)
    first, peer = reader.u8(), reader.number("<i")
    if first & 0x70 or first & 0x0F > PONG or (first & 0x80 and first & 0x0F != DATA):
        raise Bad("an unknown kind, or a flag that is not allowed")
    seat = {"kind": KINDS[first & 0x0F], "peer": peer}
    if seat["kind"] == "DATA":
        seat.update(text=bool(first & 0x80), data=reader.rest())
        if seat["text"]:
            text(seat["data"])
        return seat
    if seat["kind"] in ("PING", "PONG"):
        seat["data"] = reader.rest()
        if peer != 0 or len(seat["data"]) > 125:
            raise Bad("a ping of somebody, or of too much")
        return seat
    if peer <= 0:
        raise Bad("no id")
    if seat["kind"] == "LEAVE":
        clean, code, reason = reader.u8(), reader.number("<H"), reader.rest()
        if clean > 1 or len(reason) > 123:
            raise Bad("a malformed LEAVE")
        seat.update(clean=bool(clean), code=code, reason=text(reason))
    reader.end()
    return seat


def write_seat(seat):
    kind = KINDS.index(seat["kind"])
    out = struct.pack("<Bi", kind | (0x80 if seat.get("text") else 0), seat["peer"])
    if kind in (DATA, PING, PONG):
        out += seat["data"]
    elif kind == LEAVE:
        out += struct.pack("<BH", seat["clean"], seat["code"]) + seat["reason"].encode()
    return out


# ---- section 5: packets, as dictionaries ----

COMMANDS = ("RAW", "HELLO", "CLASS", "OBJECT", "GONE", "CALL",
            "LAYOUT", "SPAWN", "STATE", "OWNER", "REMOVE", "CALL_SPAWNED", "CHECK", "REPAIR", "RESET", "FRAGMENT")


def read_owner(reader):
    who = {"master": reader.number("<i"), "term": reader.varint(), "owner": reader.number("<i"), "level": reader.u8()}
    if who["master"] <= 0 or who["owner"] <= 0 or who["level"] % 2 == 0:
        raise Bad("a master, owner or level that is none")
    return who


def write_owner(who):
    return struct.pack("<i", who["master"]) + varint(who["term"]) + struct.pack("<iB", who["owner"], who["level"])


def read_field(reader):
    """(name, letter, size of a text, flags, [(count, the field that counts or None)])"""
    name, letter = reader.name(), chr(reader.u8())
    size = reader.varint() if letter == "t" else None
    flags, dims = reader.u8(), []
    for _ in range(reader.u8()):
        count, counter = reader.varint(), reader.varint()
        dims.append((count, counter - 1 if counter else None))
    return name, letter, size, flags, dims


def write_field(name, letter, size, flags, dims):
    out = block(name) + letter.encode() + (varint(size) if letter == "t" else b"") + bytes([flags, len(dims)])
    return out + b"".join(varint(count) + varint(0 if counter is None else counter + 1) for count, counter in dims)


def read_spawned(packet, reader):
    """The commands of section 5.8, behind their first byte."""
    command = packet["command"]
    if command == "LAYOUT":
        packet.update(cls=reader.varint(), fields=[])
        while not packet["fields"] or reader.at < len(reader.data):
            packet["fields"].append(read_field(reader))
    elif command == "SPAWN":
        packet.update(id=reader.varint(), cls=reader.varint())
        packet.update(read_owner(reader))
        packet.update(path=reader.name(), values=reader.rest())
    elif command == "STATE":
        packet.update(more=reader.u8(), entries=[])
        while reader.at < len(reader.data):
            packet["entries"].append((reader.varint(), reader.block()))
        if packet["more"] > 1 or not all(entry for _, entry in packet["entries"]):
            raise Bad("neither more nor not, or an entry that says nothing")
    elif command == "OWNER":
        packet["id"] = reader.varint()
        packet.update(read_owner(reader))
    elif command == "REMOVE":
        packet["id"] = reader.varint()
    elif command == "FRAGMENT":
        packet.update(id=reader.varint(), term=reader.varint(), slot=reader.varint(), total=reader.varint(),
                      offset=reader.varint(), bytes=reader.rest())
        if packet["offset"] + max(len(packet["bytes"]), 1) > packet["total"] \
                or (packet["offset"] and not packet["bytes"]):
            raise Bad("a piece that is no part of the whole")
    elif command == "CHECK":
        packet.update(first=reader.varint(), last=reader.varint(), hash=reader.number("<Q"))
        if packet["last"] < packet["first"]:
            raise Bad("a range that ends before it begins")
    elif command == "CALL_SPAWNED":
        packet.update(id=reader.varint(), cls=reader.varint(), method=reader.u8(), args=reader.rest())


def write_spawned(packet):
    command = packet["command"]
    if command == "LAYOUT":
        return varint(packet["cls"]) + b"".join(
            write_field(*field) for field in packet["fields"])
    if command == "SPAWN":
        return (varint(packet["id"]) + varint(packet["cls"]) + write_owner(packet) + block(packet["path"])
                + packet["values"])
    if command == "STATE":
        return bytes([packet["more"]]) + b"".join(varint(id) + block(entry) for id, entry in packet["entries"])
    if command == "OWNER":
        return varint(packet["id"]) + write_owner(packet)
    if command == "REMOVE":
        return varint(packet["id"])
    if command == "CHECK":
        return varint(packet["first"]) + varint(packet["last"]) + struct.pack("<Q", packet["hash"])
    if command in ("REPAIR", "RESET"):
        return b""
    if command == "FRAGMENT":
        return b"".join(varint(packet[name]) for name in ("id", "term", "slot", "total", "offset")) + packet["bytes"]
    return varint(packet["id"]) + varint(packet["cls"]) + bytes([packet["method"]]) + packet["args"]


def hash_of(spawn):
    """Of one object, as a CHECK adds it up."""
    state = 0xcbf29ce484222325
    for byte in write_packet(dict(spawn, command="SPAWN", cls=0)):
        state = (state ^ byte) * 0x100000001b3 % 2 ** 64
    state = (state ^ state >> 30) * 0xbf58476d1ce4e5b9 % 2 ** 64
    state = (state ^ state >> 27) * 0x94d049bb133111eb % 2 ** 64
    return state ^ state >> 31


def read_packet(data):
    reader = Reader(data)
    command = reader.u8()
    if command >= len(COMMANDS) or not COMMANDS[command]:
        raise Bad("an unknown command")
    packet = {"command": COMMANDS[command]}
    if packet["command"] == "RAW":
        packet["data"] = reader.rest()
        if not packet["data"]:
            raise Bad("RAW without a byte")
    elif packet["command"] == "HELLO":
        packet["version"] = reader.u8()
        if packet["version"] != 1:
            reader.rest()
    elif packet["command"] == "CLASS":
        packet.update(number=reader.varint(), name=reader.name())
        packet["methods"] = [(reader.name(), signature(reader.block())) for _ in range(reader.u8())]
    elif packet["command"] == "OBJECT":
        packet.update(number=reader.varint(), cls=reader.varint(), path=reader.name())
    elif packet["command"] == "GONE":
        packet["number"] = reader.varint()
    elif COMMANDS.index(packet["command"]) > COMMANDS.index("CALL"):
        read_spawned(packet, reader)
    else:
        packet.update(object=reader.varint(), method=reader.u8(), args=reader.rest())
    reader.end()
    return packet


def signature(data):
    if len(data) > 255:
        raise Bad("a signature over 255 letters")
    return data.decode("latin-1")


def write_packet(packet):
    command = packet["command"]
    out = bytes([COMMANDS.index(command)])
    if command == "RAW":
        return out + packet["data"]
    if command == "HELLO":
        return out + bytes([packet["version"]])
    if command == "CLASS":
        out += varint(packet["number"]) + block(packet["name"]) + bytes([len(packet["methods"])])
        return out + b"".join(block(name) + block(letters) for name, letters in packet["methods"])
    if command == "OBJECT":
        return out + varint(packet["number"]) + varint(packet["cls"]) + block(packet["path"])
    if command == "GONE":
        return out + varint(packet["number"])
    if COMMANDS.index(command) > COMMANDS.index("CALL"):
        return out + write_spawned(packet)
    return out + varint(packet["object"]) + bytes([packet["method"]]) + packet["args"]


# ---- section 5.5: arguments ----

INTEGERS = {"c": (8, True), "h": (16, True), "i": (32, True), "l": (64, True),
            "C": (8, False), "H": (16, False), "I": (32, False), "L": (64, False)}
VECTORS = {"2": (1, 8), "3": (2, 12), "r": (3, 16), "R": (4, 16), "Q": (5, 16), "P": (6, 16), "A": (7, 24), "B": (8, 36),
           "T": (9, 48), "X": (10, 24)}  # ext type, bytes
ARRAYS = {"n": "ints", "e": "reals", "S": "strings", "u": "vec2s", "w": "vec3s", "k": "colors"}
FLOAT_MAX = struct.unpack(">f", b"\x7f\x7f\xff\xff")[0]
WIDTHS = (">B", ">H", ">I")


def read_value(reader):
    """One msgpack value as (what it is, value); of an array or a map how many elements follow."""
    first = reader.u8()
    if first < 0x80 or first >= 0xE0:
        return "integer", first if first < 0x80 else first - 0x100
    if first < 0xA0:
        return "map" if first < 0x90 else "array", first & 0x0F
    if first < 0xC0:
        return "str", reader.take(first & 0x1F)
    if first == 0xC0:
        return "nil", None
    if first in (0xC2, 0xC3):
        return "bool", first == 0xC3
    if 0xC4 <= first <= 0xC6:
        return "bin", reader.take(reader.number(WIDTHS[first - 0xC4]))
    if 0xC7 <= first <= 0xC9:
        length = reader.number(WIDTHS[first - 0xC7])
        return "ext", (reader.number(">b"), reader.take(length))
    if first in (0xCA, 0xCB):
        return "float", reader.number(">f" if first == 0xCA else ">d")
    if 0xCC <= first <= 0xD3:
        return "integer", reader.number((">B", ">H", ">I", ">Q", ">b", ">h", ">i", ">q")[first - 0xCC])
    if 0xD4 <= first <= 0xD8:
        return "ext", (reader.number(">b"), reader.take(1 << (first - 0xD4)))
    if 0xD9 <= first <= 0xDB:
        return "str", reader.take(reader.number(WIDTHS[first - 0xD9]))
    if first >= 0xDC:
        return "array" if first < 0xDE else "map", reader.number(WIDTHS[1 + (first & 1)])
    raise Bad("nothing that msgpack has")


def exact(value, bits):
    """Whether a float with that many bits of precision holds the integer."""
    value = abs(value)
    return value == 0 or (value // (value & -value)).bit_length() <= bits


def take_real(letter, what, value):
    if what == "integer" and exact(value, 24 if letter == "f" else 53):
        return float(value)
    if what != "float":
        raise Bad("no float")
    if letter == "f" and abs(value) > FLOAT_MAX and abs(value) != float("inf"):
        raise Bad("too large for a float")
    return struct.unpack(">f", struct.pack(">f", value))[0] if letter == "f" else value


def take_value(letter, what, value):
    if letter == "b" and what == "bool":
        return value
    if letter in INTEGERS and what == "integer":
        bits, signed = INTEGERS[letter]
        if not (-(1 << bits - 1) if signed else 0) <= value < 1 << (bits - 1 if signed else bits):
            raise Bad("does not fit")
        return value
    if letter in "fd":
        return take_real(letter, what, value)
    if letter == "s" and what == "str":
        if 0 in value:
            raise Bad("a NUL inside")
        return text(value)
    if letter == "y" and what == "bin":
        return value
    if letter in VECTORS and what == "ext" and (value[0], len(value[1])) == VECTORS[letter]:
        return struct.unpack(">%df" % (len(value[1]) // 4), value[1])
    if letter in ARRAYS and what == "ext":
        kind, elements = read_ext(*value)
        if kind == ARRAYS[letter]:
            return kind, elements
    raise Bad("the wrong type")


def read_args(letters, data):
    reader = Reader(data)
    first = reader.u8()
    if first & 0xF0 == 0x90:
        count = first & 0x0F
    elif first in (0xDC, 0xDD):
        count = reader.number(">H" if first == 0xDC else ">I")
    else:
        raise Bad("not an array")
    if count != len(letters):
        raise Bad("the wrong number of arguments")
    values = [read_any(reader) if letter == "v" else take_value(letter, *read_value(reader)) for letter in letters]
    reader.end()
    return values


# ---- section 5.8: the state of spawned objects; a text, "t", is a "s" ----

def read_slot(letter, reader):
    return read_any(reader) if letter == "v" else take_value("s" if letter == "t" else letter, *read_value(reader))


def write_slot(letter, value):
    return write_value("s" if letter == "t" else letter, value)


def read_slots(letters, data):
    """The values of a SPAWN: of the first slots."""
    reader, values = Reader(data), []
    for letter in letters:
        if reader.at < len(data):
            values.append(read_slot(letter, reader))
    reader.end()
    return values


def slots_of(fields):
    """Of each slot its letter, its field, and its index in each dimension."""
    slots = []
    for number, (_, letter, _, _, dims) in enumerate(fields):
        indices = [()]
        for count, _ in dims:
            indices = [index + (at,) for index in indices for at in range(count)]
        slots += [(letter, number, index) for index in indices]
    return slots


class existing:
    """The slots that exist, one after the other; the value of each is told before the next is asked for."""

    def __init__(self, fields):
        self.fields, self.slots, self.values, self.at = fields, slots_of(fields), {}, -1

    def __iter__(self):
        for self.at, (_, number, index) in enumerate(self.slots):
            dims = self.fields[number][4]
            if all(counter is None or index[depth] < self.values.get((counter, index[:depth]), 0)
                   for depth, (_, counter) in enumerate(dims)):
                yield self.at

    def tell(self, value):
        _, number, index = self.slots[self.at]
        self.values[number, index] = value


def read_counted(fields, data):
    """The values of a SPAWN whose fields may be counted."""
    reader, values, slots = Reader(data), [], existing(fields)
    for slot in slots:
        if reader.at < len(data):
            values.append(read_slot(slots.slots[slot][0], reader))
            slots.tell(values[-1])
    reader.end()
    return values


def write_counted(fields, values):
    out, slots, left = b"", existing(fields), list(values)
    for slot in slots:
        if left:
            slots.tell(left[0])
            out += write_slot(slots.slots[slot][0], left.pop(0))
    return out


def read_entry(letter_of, data):
    """[(slot, value)] of a server's entry."""
    reader, changes, slot = Reader(data), [], 0
    while reader.at < len(data):
        slot += reader.varint()
        changes.append((slot, read_slot(letter_of(slot), reader)))
        slot += 1
    return changes


def write_entry(letter_of, changes):
    out, slot = b"", 0
    for at, value in changes:
        out += varint(at - slot) + write_slot(letter_of(at), value)
        slot = at + 1
    return out


def write_integer(value):
    if -32 <= value < 128:
        return struct.pack(">b", value)
    for first, form in ((0xCC, "B"), (0xCD, "H"), (0xCE, "I"), (0xCF, "Q")) if value > 0 else (
            (0xD0, "b"), (0xD1, "h"), (0xD2, "i"), (0xD3, "q")):
        try:
            return struct.pack(">B" + form, first, value)
        except struct.error:
            continue
    raise ValueError(value)


def write_ext(kind, data):
    if len(data) in (1, 2, 4, 8, 16):
        return struct.pack(">Bb", 0xD4 + len(data).bit_length() - 1, kind) + data
    width = 0 if len(data) < 1 << 8 else 1 if len(data) < 1 << 16 else 2
    return bytes([0xC7 + width]) + struct.pack(WIDTHS[width], len(data)) + struct.pack(">b", kind) + data


def write_value(letter, value):
    if letter == "b":
        return b"\xc3" if value else b"\xc2"
    if letter in INTEGERS:
        return write_integer(value)
    if letter in "fd":
        return struct.pack(">Bf", 0xCA, value) if letter == "f" else struct.pack(">Bd", 0xCB, value)
    if letter in VECTORS:
        return write_ext(VECTORS[letter][0], struct.pack(">%df" % len(value), *value))
    if letter == "v" or letter in ARRAYS:
        return write_any(value)
    data = value.encode() if letter == "s" else value
    if letter == "s" and len(data) < 32:
        return bytes([0xA0 | len(data)]) + data
    width = 0 if len(data) < 1 << 8 else 1 if len(data) < 1 << 16 else 2
    return bytes([(0xD9 if letter == "s" else 0xC4) + width]) + struct.pack(WIDTHS[width], len(data)) + data


def write_args(letters, values):
    count = len(values)
    head = bytes([0x90 | count]) if count < 16 else struct.pack(">BH", 0xDC, count)
    return head + b"".join(map(write_value, letters, values))


# ---- section 5.6: values, as pairs of a kind and a content ----

DEPTH_MAX = 32
KINDS_OF_EXT = {1: ("vec2", 8), 2: ("vec3", 12), 3: ("color", 16), 4: ("rect2", 16), 5: ("quat", 16), 6: ("plane", 16),
                7: ("aabb", 24), 8: ("basis", 36), 9: ("transform", 48), 10: ("transform2d", 24)}
EXTS_OF_FLOATS = {name: kind for kind, (name, _) in KINDS_OF_EXT.items()}
# ext type, and how an element is written; what it is by itself
PACKED = {"ints": (16, "<i", "integer"), "reals": (17, "<f", "float"), "vec2s": (19, "<2f", "vec2"),
          "vec3s": (20, "<3f", "vec3"), "colors": (21, "<4f", "color")}


def read_ext(kind, data):
    if kind in KINDS_OF_EXT and len(data) == KINDS_OF_EXT[kind][1]:
        return KINDS_OF_EXT[kind][0], struct.unpack(">%df" % (len(data) // 4), data)
    if kind == 11:
        return "node_path", take_value("s", "str", data)
    if kind == 12 and not data:
        return "rid", ()
    if kind == 18:
        reader, found = Reader(data), []
        while reader.at < len(data):
            found.append(("string", take_value("s", "str", reader.take(reader.number("<I")))))
        return "strings", found
    for name, (of, form, element) in PACKED.items():
        if of == kind and len(data) % struct.calcsize(form) == 0:
            found = struct.iter_unpack(form, data)
            return name, [(element, one if len(one) > 1 else one[0]) for one in found]
    if not 32 <= kind <= 127:
        raise Bad("an ext type that is kept, or what its kind is not like")
    return "ext", (kind, data)


def write_packed(kind, elements):
    if kind == "strings":
        texts = [text.encode() for _, text in elements]
        return write_ext(18, b"".join(struct.pack("<I", len(data)) + data for data in texts))
    of, form, _ = PACKED[kind]
    return write_ext(of, b"".join(
        struct.pack(form, *(one if isinstance(one, tuple) else (one,))) for _, one in elements))


def read_any(reader, deep=0):
    what, content = read_value(reader)
    if what in ("array", "map"):
        if deep == DEPTH_MAX:
            raise Bad("nested too deep")
        if content * (2 if what == "map" else 1) > len(reader.data) - reader.at:
            raise Bad("more than there is")
        if what == "array":
            return what, [read_any(reader, deep + 1) for _ in range(content)]
        return what, [(read_any(reader, deep + 1), read_any(reader, deep + 1)) for _ in range(content)]
    if what == "str":
        return "string", take_value("s", what, content)
    if what == "bin":
        return "bytes", content
    return read_ext(*content) if what == "ext" else (what, content)


def write_count(first, wide, count):
    if count < 16:
        return bytes([first | count])
    return bytes([wide]) + struct.pack(">H", count) if count < 1 << 16 else struct.pack(">BI", wide + 1, count)


def write_real(value):
    """The shorter of the two if it loses nothing."""
    long = struct.pack(">d", value)
    try:
        short = struct.pack(">f", value)
    except OverflowError:
        return b"\xcb" + long
    return b"\xca" + short if struct.pack(">d", struct.unpack(">f", short)[0]) == long else b"\xcb" + long


def write_any(value):
    kind, content = value
    if kind == "nil":
        return b"\xc0"
    if kind == "array":
        return write_count(0x90, 0xDC, len(content)) + b"".join(map(write_any, content))
    if kind == "map":
        return write_count(0x80, 0xDE, len(content)) + b"".join(write_any(key) + write_any(of) for key, of in content)
    if kind == "float":
        return write_real(content)
    if kind == "ext":
        return write_ext(*content)
    if kind in EXTS_OF_FLOATS:
        return write_ext(EXTS_OF_FLOATS[kind], struct.pack(">%df" % len(content), *content))
    if kind in ("node_path", "rid"):
        return write_ext(11, content.encode()) if kind == "node_path" else write_ext(12, b"")
    if kind == "strings" or kind in PACKED:
        return write_packed(kind, content)
    return write_value({"bool": "b", "integer": "l", "string": "s", "bytes": "y"}[kind], content)
