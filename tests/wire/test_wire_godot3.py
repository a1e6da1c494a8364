"""test_wire_godot3: section 9 of docs/wire.md against the code, by a program that follows only the document.

    python3 test_wire_godot3.py FOLDER-OF-THE-EXECUTABLES

Checks the examples, sits beside a seat of ours by hand, as two clients of it, and as its server, and plays with a `dice`
host.
"""
import os
import subprocess
import sys
import threading
import unittest

import document
import godot3
import native
import test_wire
import websocket

BIN = ""
SERVER = 1


class Seat:
    """A `wire_seat_godot3`; what it prints is read in a thread of its own."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([os.path.join(BIN, "wire_seat_godot3"), *arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        self.lines, self.changed = [], threading.Condition()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()

    def wait_for(self, begin):
        """The first line that begins so; it is not found again."""
        def found():
            return [line for line in self.lines if line.startswith(begin)]
        with self.changed:
            assert self.changed.wait_for(found, websocket.TIMEOUT), "%s does not come: %s" % (begin, self.lines)
            line = found()[0]
            self.lines.remove(line)
            return line

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()


class Examples(unittest.TestCase):
    def test_examples(self):
        """Section 9.1.2."""
        for data, sign, meaning in document.lines("godot3_seat"):
            with self.subTest(bytes=data.hex(" "), meaning=meaning):
                if sign == "!":
                    self.assertRaises(native.Bad, godot3.read_seat, data)
                    continue
                seat = document.parse_godot3_seat(meaning)
                self.assertEqual(godot3.read_seat(data), seat)
                self.assertEqual(godot3.write_seat(seat) == data, sign == "|")

    def test_packets(self):
        """Section 9.2."""
        for data, sign, meaning in document.lines("godot3_packet"):
            with self.subTest(bytes=data.hex(" "), meaning=meaning):
                if sign == "!":
                    self.assertRaises(native.Bad, godot3.read_packet, data)
                    continue
                packet = document.parse_godot3_packet(meaning)
                self.assertEqual(godot3.read_packet(data), packet)
                self.assertEqual(godot3.write_packet(packet) == data, sign == "|")
        self.assertIsNone(godot3.read_packet(b"\x05"))

    def test_recorded_packets(self):
        """What Godot was recorded to say is what section 9.2 says; test_packets.c holds ours against it."""
        count = 0
        for columns in document.recorded():
            message = columns[1]
            seat = godot3.read_seat(message)
            self.assertEqual((seat["type"].lower(), godot3.write_seat(seat)), (columns[2], message))
            if seat["type"] == "PAYLOAD":
                packet = godot3.read_packet(seat["data"])
                self.assertEqual((packet["command"].lower(), godot3.write_packet(packet)), (columns[5], seat["data"]))
                count += 1
        self.assertEqual(count, 661)


class LiveTest(unittest.TestCase):
    def start(self, *arguments):
        seat = Seat(*arguments)
        self.addCleanup(seat.end)
        return seat

    def expect(self, ws, *messages):
        for message in messages:
            self.assertEqual(ws.receive().hex(" "), message.hex(" "))

    def fails(self, ws, code):
        """The other side closes with that code and says why."""
        with self.assertRaises(websocket.Closed) as end:
            while True:
                ws.receive()
        self.assertEqual(end.exception.code, code)
        self.assertTrue(end.exception.reason)


class HandMadeClient(LiveTest):
    def setUp(self):
        self.server = self.start()
        self.port = int(self.server.wait_for("port ").split()[1])
        self.known = []

    def join(self):
        """One more client, which knows its id by the introduction that section 9.1.3 gives."""
        ws = websocket.connect(self.port, "ludus")
        self.addCleanup(ws.drop)
        welcome = godot3.read_seat(ws.receive())
        self.assertEqual(welcome["type"], "ID")
        ws.id = welcome["peer"]
        self.assertGreater(ws.id, 1)
        self.expect(ws, *(godot3.system("ADD", peer) for peer in [SERVER] + sorted(client.id for client in self.known)))
        for client in self.known:
            self.expect(client, godot3.system("ADD", ws.id))
        self.server.wait_for("join %d" % ws.id)
        self.known.append(ws)
        return ws

    def test_introduces_and_lets_go(self):
        clients = [self.join() for _ in range(5)]
        self.assertEqual(clients[2].close(4001, "later").code, 4001)
        self.server.wait_for("leave %d 4001 clean later" % clients[2].id)
        for client in clients[:2] + clients[3:]:
            self.expect(client, godot3.system("DEL", clients[2].id))

    def test_relays(self):
        """Section 9.1.4, row by row: who is told, by the sender's number, and a last word for everyone."""
        a, b, c = [self.join() for _ in range(3)]
        for to, server, others in ((1, True, ()), (0, True, (b, c)), (-1, False, (b, c)), (-b.id, True, (c,)),
                                   (-a.id, True, (b, c)), (a.id, False, ()), (b.id, False, (b,)), (77, False, ()),
                                   (-77, True, (b, c))):
            with self.subTest(to=to):
                message = godot3.payload(a.id, to, b"x")
                a.send(message)
                end = godot3.payload(a.id, 0, b"end")
                a.send(end)
                for client in (b, c):
                    self.expect(client, *([message] if client in others else []), end)
                self.expect(a, *(godot3.payload(SERVER, a.id, b"echo " + data)
                                 for data in ([b"x"] if server else []) + [b"end"]))

    def test_takes_text_and_pieces(self):
        client = self.join()
        while client.id & 0x80808080:
            client.drop()
            self.known.remove(client)
            self.server.wait_for("leave")
            client = self.join()
        client.send_frame(websocket.TEXT, godot3.payload(client.id, 1, b"text"))
        self.expect(client, godot3.payload(SERVER, client.id, b"echo text"))
        self.server.wait_for("packet %d 4 bytes" % client.id)

    def test_sizes(self):
        client = self.join()
        client.send(godot3.payload(client.id, 1, bytes(65535 - 9)))
        self.server.wait_for("packet %d 65526 bytes" % client.id)
        client.send(godot3.payload(client.id, 1, bytes(65536 - 9)))
        self.fails(client, 1009)

    def test_drops_what_comes_too_early(self):
        client = self.join()
        client.send(godot3.payload(0, 1, b"early"))
        client.send(godot3.payload(client.id, 1, b"now"))
        self.expect(client, godot3.payload(SERVER, client.id, b"echo now"))

    def test_mistakes_close(self):
        mistakes = [data for data, sign, _ in document.lines("godot3_seat") if sign == "!"]
        mistakes += [godot3.system(type, 5) for type in godot3.TYPES[1:]] + [godot3.payload(5, 1, b"x"),
                                                                          godot3.payload(-1, 1, b"x")]
        for data in mistakes:
            with self.subTest(data=data.hex(" ")):
                client = self.join()
                client.send(data)
                self.fails(client, 1002)
                self.known.remove(client)

    def test_subprotocols(self):
        for protocols in (None, "Ludus", "x, y"):
            with self.assertRaises(websocket.Refused) as refusal:
                websocket.connect(self.port, protocols)
            self.assertEqual(refusal.exception.status, 400)
        for protocols, chosen in (("ludus", "ludus"), ("x,ludus,other", "ludus"), ("other,ludus", "other")):
            ws = websocket.connect(self.port, protocols)
            self.addCleanup(ws.drop)
            self.assertEqual(ws.protocol, chosen)


class HandMadeServer(LiveTest):
    def serve(self, *messages):
        listener, port = websocket.listen()
        self.addCleanup(listener.close)
        self.client = self.start("ws://127.0.0.1:%d" % port)
        ws = websocket.accept(listener, "ludus")
        self.addCleanup(ws.drop)
        self.assertEqual(ws.offered, ["ludus"])
        for message in messages:
            ws.send(message)
        return ws

    def test_plays(self):
        ws = self.serve(godot3.system("ID", 7), godot3.system("ADD", 1), godot3.system("ADD", 9))
        self.client.wait_for("up 7")
        self.client.wait_for("join 1")
        self.client.wait_for("join 9")
        ws.send(godot3.payload(9, 7, b"x"))
        self.expect(ws, godot3.payload(7, 9, b"echo x"))
        ws.send(godot3.payload(1, -5, b""))
        self.expect(ws, godot3.payload(7, 1, b"echo "))
        # What our client lets pass: who is there already, who is not, and what they say.
        for message in (godot3.system("ADD", 9), godot3.system("ADD", 1), godot3.system("DEL", 5),
                        godot3.payload(5, 7, b"nobody"), godot3.payload(1, 7, b"y")):
            ws.send(message)
        self.expect(ws, godot3.payload(7, 1, b"echo y"))
        ws.send(godot3.system("DEL", 9))
        self.client.wait_for("leave 9 1005 unclean")
        ws.close(1000, "bye\0")
        self.client.wait_for("down 0 1000 clean bye")

    def test_mistakes_close(self):
        mistakes = [data for data, sign, _ in document.lines("godot3_seat") if sign == "!"]
        before = [godot3.system("ADD", 1), godot3.system("ADD", 9), godot3.payload(1, 7, b"x"), godot3.system("ID", 1)]
        after = [godot3.system("ID", 8), godot3.system("ADD", 7), godot3.system("DEL", 7), godot3.system("DEL", 1)]
        for first, data in ([((), data) for data in mistakes + before] +
                            [((godot3.system("ID", 7),), data)
                             for data in [godot3.system("ADD", 9), godot3.payload(1, 7, b"x")]] +
                            [((godot3.system("ID", 7), godot3.system("ADD", 1)), data) for data in mistakes + after]):
            with self.subTest(data=data.hex(" ")):
                self.fails(self.serve(*first, data), 1002)
                self.client.wait_for("down 0 1002 unclean")

    def test_ends_the_stream_of_who_reads_no_more(self):
        ws = self.serve(godot3.system("ID", 7), godot3.system("ADD", 1))
        self.client.wait_for("join 1")
        ws.send_frame(websocket.CLOSE, b"\x03\xeawhy\0")
        self.assertEqual(ws.frame()[0] & 0x0F, websocket.CLOSE)
        self.assertEqual(ws.stream.read(1), b"")
        self.client.wait_for("down 0 1002 clean why")


class HandMadePlayer(unittest.TestCase):
    """Somebody in the game of a `dice` host, who speaks as section 9.2 has it."""

    def setUp(self):
        test_wire.BIN = BIN
        self.game, port = test_wire.host("--dialect", "godot3", "--name", "Hosty")
        self.addCleanup(self.game.end)
        self.ws = websocket.connect(port, "ludus")
        self.addCleanup(self.ws.drop)
        self.paths, self.confirmed = {}, []
        seats = [godot3.read_seat(self.ws.receive()) for _ in range(2)]
        self.assertEqual([seat["type"] for seat in seats], ["ID", "ADD"])
        self.id = seats[0]["peer"]

    def send(self, **packet):
        self.ws.send(godot3.payload(self.id, SERVER, godot3.write_packet(packet)))

    def call(self, method, *values, **target):
        self.send(command="CALL", name=method, count=len(values), args=b"".join(map(godot3.write_value, values)), **target)

    def next_call(self):
        """The next call, by which form, and with what; all else is answered."""
        while True:
            packet = godot3.read_packet(godot3.read_seat(self.ws.receive())["data"])
            if packet["command"] == "SIMPLIFY":
                self.paths[packet["id"]] = packet["path"]
                self.send(command="CONFIRM", path=packet["path"])
            elif packet["command"] == "CONFIRM":
                self.confirmed.append(packet["path"])
            else:
                self.assertEqual(packet.get("path", test_wire.PATH), test_wire.PATH)
                self.assertEqual(self.paths.get(packet.get("id"), test_wire.PATH), test_wire.PATH)
                return "id" in packet, packet["name"], godot3.read_values(packet["count"], packet["args"])

    def until(self, method, *values):
        """Whether it came by the id."""
        while True:
            by_id, name, given = self.next_call()
            if (name, tuple(given[:len(values)])) == (method, values):
                return by_id

    def test_a_player_is_told_of_the_game_and_plays(self):
        self.assertFalse(self.until("add_player", SERVER, "Hosty"))
        self.until("add_player", self.id)
        self.until("set_turn", 0)
        self.call("set_player_name", "Anna", path="/root/" + test_wire.PATH)
        self.until("update_player_name", self.id, "Anna")
        self.until("set_turn", 1)
        self.send(command="SIMPLIFY", id=77, path=test_wire.PATH.replace("/", "//"))
        self.call("request_action", "roll", id=77)
        self.assertTrue(self.until("set_turn", 0))
        self.assertEqual(self.confirmed, [test_wire.PATH])
        self.until("set_turn", 1)
        self.call("request_action", "roll", id=78)
        self.call("no_such_method", id=77)
        self.send(command="SIMPLIFY", id=77, path="Main")
        self.call("request_action", "roll", id=77)
        self.call("request_action", "roll", path=test_wire.PATH)
        self.until("set_turn", 0)
        self.assertEqual(self.confirmed[-1], "Main")


if __name__ == "__main__":
    BIN = sys.argv.pop(1)
    unittest.main(verbosity=2)
