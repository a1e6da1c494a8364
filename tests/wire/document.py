"""document: the examples of docs/wire.md, read and checked in both directions."""
import json
import os
import re
import shlex
import struct

import native

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "wire.md")
MEANING_AT = 49  # column
BYTES_WIDE = 32  # in a line that has nothing else
LINE = re.compile(r"^([0-9a-f ]*?)\s*([|>!<])\s?(.*)$")


def blocks(kind):
    """Each fenced block "```vectors KIND", as lists of lines."""
    with open(PATH, encoding="utf-8") as document:
        text = document.read()
    found = re.findall(r"^```vectors %s\n(.*?)^```$" % kind, text, re.M | re.S)
    assert found, "docs/wire.md has no vectors of kind " + kind
    return [block.splitlines() for block in found]


def lines(kind):
    """(bytes, sign, meaning); a line with nothing but bytes goes on in the next one."""
    for block in blocks(kind):
        held = ""
        for line in block:
            if not line.strip():
                continue
            if re.fullmatch(r"[0-9a-f ]+", line):
                held += line
                continue
            match = LINE.match(held + line)
            assert match, "not a vector: " + line
            held = ""
            yield bytes.fromhex(match[1]), match[2], match[3].strip()
        assert not held, "bytes without a meaning"


def recorded():
    """The lines of tests/godot3/packets.txt, in columns; the second one as bytes."""
    with open(os.path.join(os.path.dirname(PATH), "..", "tests", "godot3", "packets.txt"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                columns = line.rstrip("\n").split("\t")
                pieces = [re.fullmatch(r"(?:\((\w+)\)\*(\d+))|(\w+)", piece) for piece in columns[1].split(".")]
                columns[1] = b"".join(bytes.fromhex(piece[1]) * int(piece[2]) if piece[1] else bytes.fromhex(piece[3])
                                      for piece in pieces)
                yield columns


def fields(words):
    return dict(word.split("=", 1) for word in words)


def yes(word):
    return {"yes": True, "no": False}[word]


def parse_seat(meaning):
    kind, *words = shlex.split(meaning)
    given = fields(words)
    seat = {"kind": kind, "peer": int(given["peer"])}
    if kind == "DATA":
        seat.update(text=yes(given["text"]), data=bytes.fromhex(given["data"]))
    elif kind in ("PING", "PONG"):
        seat["data"] = bytes.fromhex(given["data"])
    elif kind == "LEAVE":
        seat.update(clean=yes(given["clean"]), code=int(given["code"]), reason=given["reason"])
    return seat


def parse_godot3_seat(meaning):
    type, *words = shlex.split(meaning)
    given = fields(words)
    if type != "PAYLOAD":
        return {"type": type, "peer": int(given["peer"])}
    return {"type": type, "from": int(given["from"]), "to": int(given["to"]), "data": bytes.fromhex(given["data"])}


def parse_godot3_packet(meaning):
    command, *words = shlex.split(meaning)
    packet = {"command": command, **fields(words)}
    for name in ("id", "count"):
        if name in packet:
            packet[name] = int(packet[name])
    for name in ("args", "data"):
        if name in packet:
            packet[name] = bytes.fromhex(packet[name])
    return packet


def parse_field(word):
    """'hands.cards:C/0*4<1*3' to (name, letter, size, flags, [(count, the field that counts or None)])."""
    name, letter, size, flags, dims = re.fullmatch(r"(.*):(.)(\d*)/(\d+)((?:\*\d+(?:<\d+)?)*)", word).groups()
    dims = [(int(count), int(counter) if counter else None) for count, counter in re.findall(r"\*(\d+)(?:<(\d+))?", dims)]
    return name, letter, int(size) if size else None, int(flags), dims


def parse_spawned(command, words, given):
    packet = {name: int(given[name]) for name in ("id", "master", "term", "owner", "level", "more", "method", "slot", "total",
                                                          "offset", "first", "last")
              if name in given}
    if "class" in given:
        packet["cls"] = int(given["class"])
    if command == "LAYOUT":
        packet["fields"] = [parse_field(word) for word in words if ":" in word]
    elif command == "SPAWN":
        packet.update(path=given["path"], values=bytes.fromhex(given["values"]))
    elif command == "STATE":
        packet["entries"] = [(int(id), bytes.fromhex(entry)) for id, entry in given.items() if id.isdigit()]
    elif command == "CHECK":
        packet["hash"] = int(given["hash"], 16)
    elif command == "FRAGMENT":
        packet["bytes"] = bytes.fromhex(given["bytes"])
    elif command == "CALL_SPAWNED":
        packet["args"] = bytes.fromhex(given["args"])
    return packet


def parse_packet(meaning):
    command, *words = shlex.split(meaning)
    given = fields(word for word in words if "=" in word)
    packet = {"command": command}
    if command == "RAW":
        packet["data"] = bytes.fromhex(given["data"])
    elif command == "HELLO":
        packet["version"] = int(given["version"])
    elif command == "CLASS":
        methods = [re.fullmatch(r"(.*)\((.*)\)", word).groups() for word in words if word.endswith(")")]
        packet.update(number=int(given["number"]), name=given["name"], methods=methods)
    elif command == "OBJECT":
        packet.update(number=int(given["number"]), cls=int(given["class"]), path=given["path"])
    elif command == "GONE":
        packet["number"] = int(given["number"])
    elif native.COMMANDS.index(command) > native.COMMANDS.index("CALL"):
        packet.update(parse_spawned(command, words, given))
    else:
        packet.update(object=int(given["object"]), method=int(given["method"]), args=bytes.fromhex(given["args"]))
    return packet


def describe_field(name, letter, size, flags, dims):
    """What parse_field() reads."""
    return "%s:%s%s/%d%s" % (name, letter, "" if size is None else size, flags, "".join(
        "*%d%s" % (count, "" if counter is None else "<%d" % counter) for count, counter in dims))


def describe(packet):
    """What parse_packet() reads, of the packets of a session with spawned objects."""
    command, words = packet["command"], []
    names = {"cls": "class"}
    for name, value in packet.items():
        if name == "methods":
            words += ["%s(%s)" % method for method in value]
        elif name == "fields":
            words += [describe_field(*field) for field in value]
        elif name == "entries":
            words += ["%d=%s" % (id, entry.hex()) for id, entry in value]
        elif name == "hash":
            words.append("hash=%016x" % value)
        elif name in ("name", "path"):
            words.append('%s="%s"' % (name, value))
        elif name != "command":
            words.append("%s=%s" % (names.get(name, name), value.hex() if isinstance(value, bytes) else value))
    return " ".join([command, *words])


def session_line(data, sign):
    """A message of a session as a line of the document, or two if it is long."""
    seat = native.read_seat(data)
    meaning = "%s peer=%d" % (seat["kind"], seat["peer"])
    if seat["kind"] == "DATA":
        meaning += ": " + describe(native.read_packet(seat["data"]))
    # The header of five bytes stands apart.
    shown = (data[:5].hex(" ") + "  " + data[5:BYTES_WIDE].hex(" ")).rstrip()
    rest = [data[at:at + BYTES_WIDE].hex(" ") for at in range(BYTES_WIDE, len(data), BYTES_WIDE)]
    if not rest and len(shown) < MEANING_AT:
        return "%-*s%s %s" % (MEANING_AT, shown, sign, meaning)
    return "\n".join([shown, *rest, " " * MEANING_AT + "%s %s" % (sign, meaning)])


def parse_value(letter, word):
    if letter == "b":
        return {"true": True, "false": False}[word]
    if letter in native.INTEGERS:
        return int(word)
    if letter in "fd":
        return float(word)
    if letter in native.VECTORS:
        return tuple(map(float, word.split(":")))
    return bytes.fromhex(word) if letter == "y" else word


ANY = "v" + "".join(native.ARRAYS)  # letters of what is written as a value is


def parse_args(meaning):
    """'s "An", i 4' to ("si", ["An", 4]).  A v or a packed array is the last one and goes on to the end."""
    before, last, value = re.match(r"(.*?)(?:(?<![^ ])([%s]) (.*))?$" % ANY, meaning).groups()
    pairs = [shlex.split(part) for part in before.split(",")]
    pairs = [pair for pair in pairs if pair and len(pair) == 2]
    letters, values = [letter for letter, _ in pairs], [parse_value(letter, word) for letter, word in pairs]
    if value is not None:
        letters, values = letters + [last], values + [parse_any(value)]
    return "".join(letters), values


class Text:
    """What meeple_value_text() writes, read again."""
    TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|<[0-9a-f]*>|-?[0-9][-+.0-9e]*|-?[a-z][a-z0-9_]*|[][{}(),:])')

    def __init__(self, text):
        self.tokens = self.TOKEN.findall(text)
        assert not self.TOKEN.sub("", text).strip(), "not a value: " + text

    def take(self, *wanted):
        token = self.tokens.pop(0)
        assert not wanted or token in wanted, token
        return token

    def until(self, end, one):
        found = []
        while self.tokens[0] != end:
            found.append(one())
            if self.tokens[0] != end:
                self.take(",")
        self.take(end)
        return found

    def pair(self):
        key = self.any()
        self.take(":")
        return key, self.any()

    def any(self):
        token = self.take()
        if token == "[":
            return "array", self.until("]", self.any)
        if token == "{":
            return "map", self.until("}", self.pair)
        if token[0] == "<":
            return "bytes", bytes.fromhex(token[1:-1])
        if token[0] == '"':
            return "string", json.loads(token)
        if token in ("nil", "true", "false"):
            return {"nil": ("nil", None), "true": ("bool", True), "false": ("bool", False)}[token]
        if token in native.EXTS_OF_FLOATS:
            self.take("(")
            return token, tuple(float(self.floats(one)) for one in self.until(")", self.take))
        if token in native.PACKED or token == "strings":
            self.take("[")
            found = self.until("]", self.any)
            return token, [("float", self.floats(one)) for _, one in found] if token == "reals" else found
        if token in ("node_path", "rid"):
            self.take("(")
            found = self.until(")", self.any)
            return token, found[0][1] if found else ()
        if token == "ext":
            self.take("(")
            kind, (_, data) = int(self.take()), (self.take(","), self.any()[1])
            self.take(")")
            return "ext", (kind, data)
        if re.fullmatch(r"-?[0-9]+", token):
            return "integer", int(token)
        return "float", float(token)

    @staticmethod
    def floats(token):
        """A number as a float 32 has it."""
        return struct.unpack(">f", struct.pack(">f", float(token)))[0]


def parse_any(text):
    reader = Text(text)
    value = reader.any()
    assert not reader.tokens, text
    return value


class Same:
    """A value that equals another if they would be written alike: a NaN does, and 0 is not -0."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return native.write_any(self.value) == native.write_any(other.value)

    def __repr__(self):
        return repr(self.value)


def check(test, kind, parse, read, write):
    """parse: meaning to value; read: bytes to value, or Bad; write: value to bytes."""
    count = 0
    for data, sign, meaning in lines(kind):
        with test.subTest(kind=kind, bytes=data.hex(" "), meaning=meaning):
            count += 1
            if sign == "!":
                with test.assertRaises(native.Bad):
                    read(data, meaning)
                continue
            value = parse(meaning)
            test.assertEqual(read(data, meaning), value)
            if sign == "|":
                test.assertEqual(write(value).hex(" "), data.hex(" "))
            else:
                test.assertNotEqual(write(value), data)
    return count


def whole(read):
    """A reader of one thing, as a function of all the bytes."""
    def of(data, _meaning):
        reader = native.Reader(data)
        value = read(reader)
        reader.end()
        return value

    return of


def check_all(test):
    count = check(test, "varint", int, whole(native.Reader.varint), native.varint)
    count += check(test, "block", lambda word: shlex.split(word)[0],
                   whole(lambda reader: native.text(reader.block())), native.block)
    count += check(test, "seat", parse_seat, lambda data, _: native.read_seat(data), native.write_seat)
    count += check(test, "packet", parse_packet, lambda data, _: native.read_packet(data), native.write_packet)
    count += check(test, "args", parse_args,
                   lambda data, meaning: (letters_of(meaning), native.read_args(letters_of(meaning), data)),
                   lambda value: native.write_args(*value))
    count += check(test, "value", lambda meaning: Same(parse_any(meaning)),
                   lambda data, _: Same(whole(native.read_any)(data, _)), lambda same: native.write_any(same.value))
    count += check(test, "slots", parse_args,
                   lambda data, meaning: (letters_of(meaning), native.read_slots(letters_of(meaning), data)),
                   lambda value: b"".join(map(native.write_slot, *value)))
    count += check(test, "counted", parse_counted,
                   lambda data, meaning: (fields_of(meaning), native.read_counted(fields_of(meaning), data)),
                   lambda value: native.write_counted(*value))
    count += check(test, "entry", parse_entry,
                   lambda data, meaning: read_entry(data, meaning), lambda value: write_entry(*value))
    for data, _, meaning in lines("hash"):
        with test.subTest(kind="hash", meaning=meaning):
            count += 1
            words = shlex.split(meaning)
            spawn = parse_spawned("SPAWN", words, fields(words))
            test.assertEqual(native.hash_of(spawn).to_bytes(8, "little").hex(" "), data.hex(" "))
    return count


def fields_of(meaning):
    return [parse_field(word) for word in shlex.split(meaning) if ":" in word]


def parse_counted(meaning):
    """'n:C/0 chips:i/0*3<0 = 1 5': fields, and values of the slots that exist."""
    fields, _, values = meaning.partition("=")
    letters = [letter for letter, *_ in native.slots_of(fields_of(fields))]
    slots, words = native.existing(fields_of(fields)), shlex.split(values)
    parsed = []
    for slot in slots:
        if len(parsed) == len(words):
            break
        word = words[len(parsed)]
        parsed.append(parse_any(word) if letters[slot] == "v" else parse_value(letters[slot], word))
        slots.tell(parsed[-1])
    return fields_of(fields), parsed


def parse_entry(meaning):
    """'0 i 10, 3 t "An"' to ({0: "i", 3: "t"}, [(0, 10), (3, "An")])."""
    parts = [shlex.split(part) for part in meaning.split(",")]
    return ({int(slot): letter for slot, letter, _ in parts},
            [(int(slot), parse_value(letter, word)) for slot, letter, word in parts])


def read_entry(data, meaning):
    letters = parse_entry(meaning)[0] if meaning[0].isdigit() else {0: meaning[0]}
    return letters, native.read_entry(letters.__getitem__, data)


def write_entry(letters, changes):
    return native.write_entry(letters.__getitem__, changes)


def letters_of(meaning):
    """Of a good line, or of "i the array is too long": one letter, then words."""
    try:
        letters, _ = parse_args(meaning)
    except (AssertionError, ValueError):  # words behind a v
        return meaning[:1]
    return letters if letters else meaning[:1] if meaning[1:2] == " " else ""
