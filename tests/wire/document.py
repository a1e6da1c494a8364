"""document: the examples of docs/wire.md, read and checked in both directions."""
import os
import re
import shlex

import native

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "wire.md")
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
    elif kind == "LEAVE":
        seat.update(clean=yes(given["clean"]), code=int(given["code"]), reason=given["reason"])
    return seat


def parse_packet(meaning):
    command, *words = shlex.split(meaning)
    given = fields(word for word in words if "=" in word)
    packet = {"command": command}
    if command == "RAW":
        packet["data"] = bytes.fromhex(given["data"])
    elif command == "HELLO":
        packet["version"] = int(given["version"])
    elif command == "CLASS":
        methods = [re.fullmatch(r"(.*)\((.*)\)", word).groups() for word in words if "=" not in word]
        packet.update(number=int(given["number"]), name=given["name"], methods=methods)
    elif command == "OBJECT":
        packet.update(number=int(given["number"]), cls=int(given["class"]), path=given["path"])
    elif command == "GONE":
        packet["number"] = int(given["number"])
    else:
        packet.update(object=int(given["object"]), method=int(given["method"]), args=bytes.fromhex(given["args"]))
    return packet


def parse_value(letter, word):
    if letter == "b":
        return {"true": True, "false": False}[word]
    if letter in native.INTEGERS:
        return int(word)
    if letter in "fd":
        return float(word)
    if letter in "23":
        return tuple(map(float, word.split(":")))
    return bytes.fromhex(word) if letter == "y" else word


def parse_args(meaning):
    """'s "An", i 4' to ("si", ["An", 4])."""
    pairs = [shlex.split(part) for part in meaning.split(",")]
    pairs = [pair for pair in pairs if pair and len(pair) == 2]
    return "".join(letter for letter, _ in pairs), [parse_value(letter, word) for letter, word in pairs]


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
    return count


def letters_of(meaning):
    """Of a good line, or of "i the array is too long": one letter, then words."""
    letters, _ = parse_args(meaning)
    return letters if letters else meaning[:1] if meaning[1:2] == " " else ""
