"""test_godot3_values: the values that we write, read by a real Godot 3, and what it writes for them, read by us.

    python3 test_godot3_values.py FOLDER-OF-THE-EXECUTABLES
"""
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "..", "wire"))

import document  # noqa: E402
import native  # noqa: E402

BIN = ""
SCRIPT = os.path.join(FOLDER, "..", "godot3", "variants")
TIMEOUT = 60
SEEDS, RANDOM = range(3), 300  # values of each seed
DEPTH = 3
TEXTS = ["", "a", "abcd", "l1\nl2\t\"q\"\\", "a\u00e9\u20ac\U0001f600", "x" * 300]
# Without "/", which Godot writes and then reads as "".
PATHS = ["", ".", "../a", "/root/Main/x", "a/b:prop:sub", ":position:x", "/:x", "a:shader_param/x", "\u00e9/\u20ac"]
# What Godot has in its Variants, by their numbers; the ext types of docs/wire.md 5.6.
FLOATS = {5: (1, 2), 7: (2, 3), 14: (3, 4), 6: (4, 4), 10: (5, 4), 9: (6, 4), 11: (7, 6), 12: (8, 9), 13: (9, 12), 8: (10, 6)}
POOLS = {22: (17, 1), 24: (19, 2), 25: (20, 3), 26: (21, 4)}


def values_of(*dialects, lines):
    """What wire_values says to each line: (bytes, text)."""
    said = subprocess.run([os.path.join(BIN, "wire_values"), *dialects], input="".join(line + "\n" for line in lines),
                          stdout=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True).stdout.splitlines()
    assert len(said) == len(lines)
    return [tuple(line.split(" ", 1)) for line in said]


def godot_of(lines):
    """What Godot says to each line: (bytes, number of the type, text)."""
    with tempfile.TemporaryDirectory() as home:
        path = os.path.join(home, "variants")
        with open(path, "w", encoding="ascii") as file:
            file.write("".join(line + "\n" for line in lines))
        places = {name: home for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        done = subprocess.run(["godot3-server", "--path", SCRIPT, "--script", "main.gd", "--input=" + path],
                              env=dict(os.environ, LC_ALL="C.UTF-8", **places), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT, check=True)
    said = [line.split(" ", 3)[1:] for line in done.stdout.decode("utf-8", "replace").splitlines() if line.startswith("@ ")]
    assert len(said) == len(lines), done.stdout[-2000:]
    return [(data, int(number), text) for data, number, text in said]


class Values:
    """Random ones, as pairs of the type that Godot gives them and a value of native.write_any()."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def number(self):
        return self.random.choice((0, 1, -1, 127, 128, 2**31 - 1, -2**31, 2**31, -2**31 - 1, 2**63 - 1, -2**63,
                                   self.random.getrandbits(40)))

    def floats(self, count):
        return struct.pack(">%df" % count, *(self.random.choice((0, 1, -2.5, 0.1, float("inf"), self.random.uniform(-1e9, 1e9)))
                                             for _ in range(count)))

    def scalar(self):
        return self.random.choice([
            lambda: (0, ("nil", None)),
            lambda: (1, ("bool", self.random.random() < 0.5)),
            lambda: (2, ("integer", self.number())),
            lambda: (3, ("float", self.random.choice((0.0, -0.0, 0.5, 0.1, 1e300, float("-inf"), self.random.random())))),
            lambda: (4, ("string", self.random.choice(TEXTS))),
            lambda: (15, ("ext", (11, self.random.choice(PATHS).encode()))),
            lambda: (16, ("ext", (12, b""))),
            lambda: (20, ("bytes", self.random.randbytes(self.random.randrange(9)))),
            self.vector, self.pool, self.ints, self.strings])()

    def vector(self):
        number = self.random.choice(list(FLOATS))
        kind, count = FLOATS[number]
        return number, ("ext", (kind, self.floats(count)))

    def pool(self):
        number = self.random.choice(list(POOLS))
        kind, count = POOLS[number]
        little = struct.unpack(">%dI" % (count * 3), self.floats(count * 3))
        used = self.random.randrange(4) * count
        return number, ("ext", (kind, struct.pack("<%dI" % used, *little[:used])))

    def ints(self):
        count = self.random.randrange(20)
        return 21, ("ext", (16, struct.pack("<%di" % count, *(self.random.randrange(-2**31, 2**31) for _ in range(count)))))

    def strings(self):
        texts = [self.random.choice(TEXTS).encode() for _ in range(self.random.randrange(5))]
        return 23, ("ext", (18, b"".join(struct.pack("<I", len(text)) + text for text in texts)))

    def any(self, depth=0):
        what = self.random.random()
        if depth == DEPTH or what < 0.5:
            return self.scalar()
        elements = [self.any(depth + 1)[1] for _ in range(self.random.randrange(6))]
        if what < 0.75:
            return 19, ("array", elements)
        # No two keys are the same to Godot.
        return 18, ("map", [(("string", "k%d" % at) if at % 2 else ("integer", at), of) for at, of in enumerate(elements)])


class WhatWeWrite(unittest.TestCase):
    def check(self, cases):
        """Pairs of a type of Godot and msgpack: through our writer, Godot and our reader they stay the same."""
        ours = values_of("msgpack", "godot3", lines=[data.hex() for _, data in cases])
        theirs = godot_of([data for data, _ in ours])
        again = values_of("godot3", "godot3", lines=[data for data, _, _ in theirs])
        back = values_of("godot3", "msgpack", lines=[data for data, _, _ in theirs])
        for (number, data), (written, text), (said, found, shown), read, msgpack in zip(cases, ours, theirs, again, back):
            with self.subTest(text=text, godot=shown):
                self.assertEqual(found, number)
                # Not their bytes: what pads the names of a node path is chance there.
                self.assertEqual(len(said), len(written))
                self.assertEqual(read, (written, text))
                self.assertEqual(msgpack, (data.hex(), text))

    def test_random(self):
        for seed in SEEDS:
            values = Values(seed)
            with self.subTest(seed=seed):
                self.check([(number, native.write_any(value)) for number, value in (values.any() for _ in range(RANDOM))])

    def test_examples(self):
        """Those of docs/wire.md, which we write so, are the same bytes to Godot."""
        examples = [(data, meaning) for data, sign, meaning in document.lines("variant") if sign == "|"]
        # Equal keys; and what begins with a byte order mark, of which Godot writes one only.
        unlike = [meaning for _, meaning in examples if "1: 2, 1: 3" in meaning or "\ufeff" in meaning]
        self.assertEqual(len(unlike), 2)
        for (data, meaning), (said, _, shown) in zip(examples, godot_of([data.hex() for data, _ in examples])):
            with self.subTest(meaning=meaning, godot=shown):
                if "node_path" in meaning:  # what pads its names is chance
                    self.assertEqual(len(said), 2 * len(data))
                else:
                    self.assertEqual(said == data.hex(), meaning not in unlike)

    def test_byte_order_mark(self):
        """All of a text comes through, though Godot takes away what it takes for a mark."""
        text = "\ufeffabc"
        (ours, _), = values_of("msgpack", "godot3", lines=[native.write_any(("string", text)).hex()])
        (_, _, shown), = godot_of([ours])
        self.assertEqual(shown, '"%s"' % text)


if __name__ == "__main__":
    BIN = sys.argv.pop(1)
    unittest.main()
