"""replica: spawned objects as a client has them, written from section 5.8 of docs/wire.md alone."""
import native

ZEROS = {"b": False, "s": "", "t": "", "y": b"", "v": ("nil", None), "f": 0.0, "d": 0.0,
         "2": (0.0,) * 2, "3": (0.0,) * 3, "r": (0.0,) * 4}


def shows(level, flags):
    """Whether who sees so much of an object sees a field with these flags."""
    group = flags >> 4
    return bool(level & (2 if flags & 2 else 2 << group if group else 1))


class Object:
    def __init__(self, fields, spawn):
        self.fields, self.path = fields, spawn["path"]
        self.slots = native.slots_of(fields)
        self.letters = [letter for letter, _, _ in self.slots]
        self.values, self.coming = {}, {}
        self.own(spawn)
        reader = native.Reader(spawn["values"])
        for slot, tell in self.seen():
            if reader.at == len(reader.data):
                break
            self.values[slot] = native.read_slot(self.letters[slot], reader)
            tell(self.values[slot])
        reader.end()

    def own(self, packet):
        for name in ("master", "term", "owner", "level"):
            setattr(self, name, packet[name])

    def value(self, slot):
        return self.values.get(slot, ZEROS.get(self.letters[slot], 0))

    def shown(self, slot):
        return shows(self.level, self.fields[self.slots[slot][1]][3])

    def seen(self):
        """The slots that exist and are seen, each with what has to be told of its value."""
        existing = native.existing(self.fields)
        for slot in existing:
            if self.shown(slot):
                yield slot, existing.tell

    def take(self, entry):
        """The entry of a STATE, without a term."""
        for slot, value in native.read_entry(self.letters.__getitem__, entry):
            if not self.shown(slot):
                raise native.Bad("a slot that is not seen")
            self.values[slot] = value
            self.coming.pop(slot, None)

    def take_fragment(self, packet):
        """True if the value is whole now."""
        slot = packet["slot"]
        if not packet["bytes"]:
            return False
        if packet["offset"] == 0:
            self.coming[slot] = b""
        if len(self.coming[slot]) != packet["offset"]:
            raise native.Bad("a piece is missing")
        self.coming[slot] += packet["bytes"]
        if len(self.coming[slot]) < packet["total"]:
            return False
        self.take(native.varint(slot) + self.coming[slot])
        return True

    def settle(self):
        """At the end of a batch: what is not seen and what does not exist is zero."""
        left = {}
        for slot, tell in self.seen():
            left[slot] = self.value(slot)
            tell(left[slot])
        self.values = left

    def encoded(self):
        out = b""
        for slot, tell in self.seen():
            tell(self.value(slot))
            out += native.write_slot(self.letters[slot], self.value(slot))
        return out


class Client:
    """What a client has been told, and what it has said itself."""

    def __init__(self, id):
        self.id, self.layouts, self.objects, self.batch = id, {}, {}, []
        self.checks = self.fragments = self.resets = 0

    def says(self, packet):
        if packet["command"] == "STATE":
            for id, entry in packet["entries"]:
                reader = native.Reader(entry)
                term, thing = reader.varint(), self.objects[id]
                if (thing.master, thing.term) != (self.id, term):
                    raise native.Bad("not its object")
                thing.take(reader.rest())
                thing.settle()

    def hears(self, packet):
        command = packet["command"]
        if command == "LAYOUT":
            self.layouts[packet["cls"]] = packet["fields"]
        elif command == "CHECK":
            self.check(packet)
        elif command == "CALL_SPAWNED" and (self.batch or packet["id"] not in self.objects):
            raise native.Bad("a call inside a batch, or of what is not there")
        elif command in ("SPAWN", "OWNER", "REMOVE", "RESET", "FRAGMENT", "STATE"):
            self.batch.append(packet)
            if packet.get("more") == 0:
                self.end_batch()

    def end_batch(self):
        confirmed = None
        for packet in self.batch:
            command = packet["command"]
            if command == "RESET":
                confirmed = set()
                self.resets += 1
            elif command == "SPAWN":
                if packet["id"] in self.objects and confirmed is None:
                    raise native.Bad("it is there")
                self.objects[packet["id"]] = Object(self.layouts[packet["cls"]], packet)
                if confirmed is not None:
                    confirmed.add(packet["id"])
            elif command == "OWNER":
                self.objects[packet["id"]].own(packet)
            elif command == "REMOVE":
                del self.objects[packet["id"]]
            elif command == "FRAGMENT":
                self.fragments += self.objects[packet["id"]].take_fragment(packet)
            else:
                for id, entry in packet["entries"]:
                    self.objects[id].take(entry)
        if confirmed is not None:
            self.objects = {id: thing for id, thing in self.objects.items() if id in confirmed}
        for thing in self.objects.values():
            thing.settle()
        self.batch = []

    def check(self, packet):
        if self.batch:
            raise native.Bad("a check inside a batch")
        total = sum(native.hash_of({"id": id, "master": thing.master, "term": thing.term, "owner": thing.owner,
                                    "level": thing.level, "path": thing.path,
                                    "values": thing.encoded() if thing.master != self.id else b""})
                    for id, thing in self.objects.items() if packet["first"] <= id <= packet["last"])
        if total % 2 ** 64 != packet["hash"]:
            raise native.Bad("another hash")
        self.checks += 1
