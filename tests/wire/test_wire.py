"""test_wire: docs/wire.md against the code, by a program that follows only the document.

    python3 test_wire.py FOLDER-OF-THE-EXECUTABLES

Checks the examples of the document, and a session with spawned objects against what the library says in it; is a hand-made peer in a game that `dice` hosts, a hand-made host that `dice`
joins, and listens in on a game of two of them.
"""
import json
import os
import socket
import subprocess
import sys
import threading
import unittest

import document
import native
import print_session
import replica
import websocket

BIN = ""
PATH = "Main/Panel/VBoxContainer/Game"
SURFACE = {"set_player_name", "update_player_name", "request_action", "do_action", "set_turn", "add_player",
           "del_player", "_log"}
ALL, SERVER = 0, 1


class Game:
    """A `dice --headless`; what it prints is read in a thread of its own."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([os.path.join(BIN, "dice"), "--headless", "--quit-after", "60", *arguments],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.lines, self.changed = [], threading.Condition()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(json.loads(line))
                self.changed.notify_all()
        with self.changed:
            self.lines.append(None)
            self.changed.notify_all()

    def wait_for(self, **fields):
        """The first line that has these fields."""
        seen = 0
        with self.changed:
            while True:
                for line in self.lines[seen:]:
                    assert line is not None, "dice ended: %s" % self.lines
                    if all(line.get(name) == value for name, value in fields.items()):
                        return line
                seen = len(self.lines)
                assert self.changed.wait(websocket.TIMEOUT), "%s does not come: %s" % (fields, self.lines)

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.thread.join()
        self.process.stdout.close()


def host(*arguments):
    """A dice host on a free port.  The port may be taken again before it listens: then another."""
    for _ in range(5):
        listener, port = websocket.listen()
        listener.close()
        game = Game("--host", "--port", str(port), *arguments)
        try:
            game.wait_for(ev="up")
            return game, port
        except AssertionError:
            game.end()
    raise AssertionError("dice does not host")


class Peer:
    """A hand-made native peer on a WebSocket: its own numbers, and what the others announced."""

    def __init__(self, ws, test):
        self.ws, self.test = ws, test
        self.id, self.known = 0, set()
        self.theirs = {}  # peer: {"hello", "classes", "objects"}
        self.cls = None  # ours: (name, methods)

    def send_seat(self, **seat):
        self.ws.send(native.write_seat(seat))

    def send(self, peer, **packet):
        self.send_seat(kind="DATA", peer=peer, data=native.write_packet(packet))

    def seat(self):
        """The next seat message; keeps the rules of section 4.2."""
        seat = native.read_seat(self.ws.receive())
        kind, peer = seat["kind"], seat["peer"]
        self.test.assertEqual(kind == "WELCOME", self.id == 0, "WELCOME is the first, once")
        if kind == "WELCOME":
            self.id = peer
            self.known.add(SERVER)
            self.test.assertTrue(peer >= 2)
        elif kind == "JOIN":
            self.test.assertNotIn(peer, self.known | {self.id})
            self.known.add(peer)
        elif kind != "PONG":
            self.test.assertIn(peer, self.known)
            if kind == "LEAVE":
                self.test.assertNotEqual(peer, SERVER)
                self.known.remove(peer)
                self.theirs.pop(peer, None)
        return seat

    def packet(self):
        """The next packet with its sender; announcements are kept (section 5.3) and returned too."""
        while True:
            seat = self.seat()
            if seat["kind"] == "DATA":
                break
        packet = native.read_packet(seat["data"])
        theirs = self.theirs.setdefault(seat["peer"], {"hello": False, "classes": {}, "objects": {}})
        command = packet["command"]
        self.test.assertTrue(theirs["hello"] or command in ("HELLO", "RAW"), "HELLO goes first")
        if command == "HELLO":
            self.test.assertEqual(packet["version"], 1)
            theirs["hello"] = True
        elif command == "CLASS":
            self.test.assertNotIn(packet["number"], theirs["classes"])
            theirs["classes"][packet["number"]] = packet
        elif command == "OBJECT":
            self.test.assertIn(packet["cls"], theirs["classes"])
            theirs["objects"][packet["number"]] = packet
        elif command == "GONE":
            self.test.assertIn(packet["number"], theirs["objects"])
            del theirs["objects"][packet["number"]]
        elif command == "CALL":
            there = theirs["objects"][packet["object"]]
            name, letters = theirs["classes"][there["cls"]]["methods"][packet["method"]]
            packet.update(path=there["path"], name=name, values=native.read_args(letters, packet["args"]))
        return seat["peer"], packet

    def until(self, peer, command, **fields):
        """The first packet of that peer with that command and these fields."""
        while True:
            sender, packet = self.packet()
            if sender == peer and packet["command"] == command and all(
                    packet.get(name) == value for name, value in fields.items()):
                return packet

    def announce(self, peer, name, methods, number=7):
        """Our own numbers (section 5.1); the methods in an order of our own, and one that nobody else has."""
        self.cls = name, [("only_here", "s2")] + sorted(methods, reverse=True)
        self.send(peer, command="HELLO", version=1)
        self.send(peer, command="CLASS", number=300, name=name, methods=self.cls[1])
        self.send(peer, command="OBJECT", number=number, cls=300, path=PATH)

    def call(self, peer, name, *values, number=7):
        index = [method for method, _ in self.cls[1]].index(name)
        self.send(peer, command="CALL", object=number, method=index,
                  args=native.write_args(self.cls[1][index][1], values))


class Document(unittest.TestCase):
    def test_examples(self):
        self.assertGreater(document.check_all(self), 100)

    def check_values(self, kind, dialect):
        """The library: what it makes of the bytes, and what it would write itself."""
        examples = list(document.lines(kind))
        said = subprocess.run([os.path.join(BIN, "wire_values"), dialect, dialect],
                              input="".join(data.hex() + "\n" for data, _, _ in examples),
                              stdout=subprocess.PIPE, text=True, timeout=60, check=True).stdout.splitlines()
        self.assertEqual(len(said), len(examples))
        for (data, sign, meaning), line in zip(examples, said):
            with self.subTest(bytes=data.hex(" "), meaning=meaning):
                written, _, text = line.partition(" ")
                if sign == "!":
                    self.assertEqual(line, "-")
                    continue
                self.assertEqual(text, meaning)
                self.assertEqual(written == data.hex(), sign == "|")

    def test_values(self):
        """Section 5.6."""
        self.check_values("value", "msgpack")

    def test_variants(self):
        """Section 9.3."""
        self.check_values("variant", "godot3")

    def check_session(self, kind):
        """Every message of it is what it says."""
        for data, sign, meaning in document.lines(kind):
            with self.subTest(meaning=meaning):
                self.assertIn(sign, "<>")
                seat = native.read_seat(data)
                self.assertEqual(native.write_seat(seat), data)
                said, _, inside = meaning.partition(": ")
                self.assertEqual(document.parse_seat(said + (" text=no data=" if seat["kind"] == "DATA" else "")),
                                 dict(seat, data=b"") if seat["kind"] == "DATA" else seat)
                if seat["kind"] == "DATA":
                    packet = native.read_packet(seat["data"])
                    self.assertEqual(document.parse_packet(inside), packet)
                    self.assertEqual(native.write_packet(packet), seat["data"])

    def test_session(self):
        """Section 8.1."""
        self.check_session("session")
        self.assertGreater(len(list(document.lines("session"))), 10)

    def test_session_with_spawned_objects(self):
        """Section 8.2 is to the byte what the library says, in both directions."""
        heard = print_session.record(BIN)
        self.assertEqual(set(heard), {"ann", "ben"})
        for client, messages in heard.items():
            self.check_session(client)
            shown = [line for message in messages for line in document.session_line(*message).splitlines()]
            self.assertEqual(sum(document.blocks(client), []), shown, "print_session.py prints it as it is now")

    def test_session_with_spawned_objects_followed(self):
        """Section 5.8 is enough to know at any time what a client has: its hash is that of each CHECK."""
        commands = set()
        for name in ("ann", "ben"):
            messages = [(native.read_seat(data), sign) for data, sign, _ in document.lines(name)]
            client = replica.Client(messages[0][0]["peer"])
            for seat, sign in messages:
                if seat["kind"] == "DATA" and seat["peer"] == SERVER:
                    packet = native.read_packet(seat["data"])
                    commands.add(packet["command"])
                    (client.hears if sign == "<" else client.says)(packet)
            self.assertEqual((client.checks, client.objects, client.batch), (2, {}, []))
            self.assertEqual((client.fragments, client.resets), (1, 1) if name == "ann" else (0, 0))
        self.assertEqual(commands, {"HELLO", "CLASS"} | set(native.COMMANDS[native.COMMANDS.index("LAYOUT"):]))


class LiveTest(unittest.TestCase):
    def start(self, *arguments):
        game = Game(*arguments)
        self.addCleanup(game.end)
        return game

    def start_host(self):
        self.game, self.port = host()
        self.addCleanup(self.game.end)

    def join(self):
        ws = websocket.connect(self.port)
        self.addCleanup(ws.drop)
        self.assertEqual(ws.protocol, "meeple.1")
        peer = Peer(ws, self)
        self.assertEqual(peer.seat()["kind"], "WELCOME")
        return peer

    def play(self):
        """A peer that has read what the host announces, and announced as much."""
        peer = self.join()
        surface = self.surface_of(peer, SERVER)
        peer.announce(SERVER, *surface)
        return peer

    def surface_of(self, peer, of):
        there = peer.until(of, "OBJECT", path=PATH)
        cls = peer.theirs[of]["classes"][there["cls"]]
        self.assertEqual({name for name, _ in cls["methods"]}, SURFACE)
        return cls["name"], cls["methods"]

    def fails(self, ws, code):
        """The other side closes with that code and says why."""
        with self.assertRaises(websocket.Closed) as end:
            while True:
                ws.receive()
        self.assertEqual(end.exception.code, code)
        self.assertTrue(end.exception.reason)


class HandMadePeer(LiveTest):
    def setUp(self):
        self.start_host()

    def test_plays(self):
        peer = self.play()
        peer.call(SERVER, "set_player_name", "Ännchen")
        answer = peer.until(SERVER, "CALL", name="update_player_name")
        self.assertEqual((answer["path"], answer["values"]), (PATH, [peer.id, "Ännchen"]))
        peer.call(SERVER, "request_action", "roll")
        shout = peer.until(SERVER, "CALL", name="_log")
        self.assertEqual(shout["values"], ["Someone is trying to cheat! %d" % peer.id])
        end = peer.ws.close(1000, "done")
        self.assertEqual((end.code, end.reason), (1000, "done"))
        self.game.wait_for(ev="leave", peer=peer.id, code=1000, reason="done", clean=True)

    def test_peers_are_introduced_and_speak_under_their_own_ids(self):
        first = self.join()
        second = self.join()
        self.assertEqual(second.seat(), {"kind": "JOIN", "peer": first.id})
        while second.id not in first.known:
            first.seat()
        # To one, to all, to all but the server, to all but somebody: only what is for us comes.
        for number, target in enumerate((second.id, ALL, -1, -second.id, -first.id, first.id, 424242)):
            first.send(target, command="RAW", data=bytes([number]))
        for number in (0, 1, 2, 4):
            self.assertEqual(second.until(first.id, "RAW")["data"], bytes([number]))
        first.send_seat(kind="DATA", peer=second.id, text=True, data=b"\x00text")
        while True:
            seat = second.seat()
            if seat["kind"] == "DATA" and seat["peer"] == first.id:
                break
        self.assertEqual((seat["text"], seat["data"]), (True, b"\x00text"))
        first.ws.close(4001, "later")
        while True:
            seat = second.seat()
            if seat["kind"] == "LEAVE":
                break
        self.assertEqual(seat, {"kind": "LEAVE", "peer": first.id, "clean": True, "code": 4001, "reason": "later"})

    def test_a_ping_is_answered(self):
        """Section 4.5: with its data, in front of what is sent later, and nobody else hears of it."""
        first = self.play()
        second = self.join()
        for data in (b"", b"\0\xff", bytes(range(125))):
            name = "behind %d" % len(data)
            first.send_seat(kind="PING", peer=0, data=data)
            first.call(SERVER, "set_player_name", name)
            while True:
                seat = first.seat()
                if seat["kind"] == "PONG":
                    break
                self.assertNotIn(name.encode(), seat.get("data", b""))
            self.assertEqual(seat["data"], data)
            while first.until(SERVER, "CALL", name="update_player_name")["values"] != [first.id, name]:
                pass
        first.ws.close(1000, "")
        while True:
            seat = second.seat()
            self.assertNotIn(seat["kind"], ("PING", "PONG"))
            if seat["kind"] == "LEAVE":
                break

    def test_of_many_pings_the_last_is_answered(self):
        peer = self.join()
        for number in range(500):
            peer.send_seat(kind="PING", peer=0, data=b"%d" % number)
        answers = []
        while not answers or answers[-1] != 499:
            seat = peer.seat()
            if seat["kind"] == "PONG":
                answers.append(int(seat["data"]))
        self.assertEqual(answers, sorted(set(answers)))

    def test_a_broken_connection_is_told_as_1006(self):
        first = self.join()
        second = self.join()
        self.assertEqual(second.seat()["peer"], first.id)
        first.ws.drop()
        while True:
            seat = second.seat()
            if seat["kind"] == "LEAVE":
                break
        self.assertEqual((seat["peer"], seat["code"], seat["clean"]), (first.id, 1006, False))
        self.assertNotEqual(seat["reason"], "")

    def test_only_what_the_mode_allows_runs(self):
        """Refused calls and malformed packets change nothing and end nothing (section 6.2)."""
        peer = self.play()
        peer.call(SERVER, "_log", "I am not the host")
        peer.call(SERVER, "only_here", "x", (1, 2))
        for packet in ("", "00", "0c", "06", "0801", "0a63", "0100", "0500", "0507", "050763", "05630090", "03090a0161", "0480ff7f"):
            peer.send_seat(kind="DATA", peer=SERVER, data=bytes.fromhex(packet))
        index = [name for name, _ in peer.cls[1]].index("set_player_name")
        for args in ("", "90", "9105", "91a1ff", "91a24100", "92a141a142", "91a14190", "ddffffffff"):
            peer.send(SERVER, command="CALL", object=7, method=index, args=bytes.fromhex(args))
        peer.call(SERVER, "set_player_name", "still here")
        answer = peer.until(SERVER, "CALL", name="update_player_name")
        self.assertEqual(answer["values"], [peer.id, "still here"])
        self.assertFalse([line for line in self.game.lines if line and "not the host" in json.dumps(line)])

    def test_numbers_are_reused_after_gone(self):
        peer = self.play()
        peer.send(SERVER, command="GONE", number=7)
        peer.call(SERVER, "set_player_name", "nobody")
        peer.send(SERVER, command="OBJECT", number=7, cls=300, path=PATH)
        peer.call(SERVER, "set_player_name", "again")
        self.assertEqual(peer.until(SERVER, "CALL", name="update_player_name")["values"], [peer.id, "again"])

    def test_nothing_counts_before_hello(self):
        peer = self.join()
        surface = self.surface_of(peer, SERVER)
        peer.cls = surface
        peer.send(SERVER, command="CLASS", number=300, name=surface[0], methods=surface[1])
        peer.send(SERVER, command="OBJECT", number=7, cls=300, path=PATH)
        peer.call(SERVER, "set_player_name", "too early")
        peer.announce(SERVER, *surface)
        peer.call(SERVER, "set_player_name", "in time")
        self.assertEqual(peer.until(SERVER, "CALL", name="update_player_name")["values"], [peer.id, "in time"])

    def test_another_version_is_not_understood(self):
        peer = self.join()
        surface = self.surface_of(peer, SERVER)
        peer.ws.send(native.write_seat({"kind": "DATA", "peer": SERVER, "data": b"\x01\x02more"}))
        peer.announce(SERVER, *surface)
        peer.call(SERVER, "set_player_name", "deaf")
        other = self.play()
        other.call(SERVER, "set_player_name", "good")
        self.assertEqual(other.until(SERVER, "CALL", name="update_player_name")["values"], [other.id, "good"])

    def test_the_handshake_wants_the_subprotocol(self):
        for protocols in (None, "ludus", "Meeple.1"):
            with self.assertRaises(websocket.Refused) as refusal:
                websocket.connect(self.port, protocols)
            self.assertEqual(refusal.exception.status, 400)
        ws = websocket.connect(self.port, "other, meeple.1")
        self.addCleanup(ws.drop)
        self.assertEqual(ws.protocol, "meeple.1")

    def test_mistakes_of_the_seat_layer_close(self):
        mistakes = [data for data, sign, _ in document.lines("seat") if sign == "!"]
        mistakes += [native.write_seat({"kind": "JOIN", "peer": 5}), native.write_seat({"kind": "WELCOME", "peer": 5}),
                     native.write_seat({"kind": "LEAVE", "peer": 5, "clean": True, "code": 1000, "reason": ""}),
                     native.write_seat({"kind": "PONG", "peer": 0, "data": b"x"}),
                     bytes.fromhex("0000000080")]
        for data in mistakes:
            with self.subTest(data=data.hex(" ")):
                peer = self.join()
                peer.ws.send(data)
                self.fails(peer.ws, 1002)

    def test_mistakes_of_the_websocket_close(self):
        for code, opcode, payload, masked in ((1003, websocket.TEXT, b"hello", True),
                                              (1007, websocket.TEXT, b"\xff", True),
                                              (1002, websocket.BINARY, b"\0\1\0\0\0", False),
                                              (1002, 3, b"", True),
                                              (1009, websocket.BINARY, bytes(65537), True)):
            with self.subTest(code=code, opcode=opcode):
                peer = self.join()
                try:
                    peer.ws.send_frame(opcode, payload, masked)
                except ConnectionError:
                    pass
                self.fails(peer.ws, code)

    def test_a_message_of_65536_bytes_passes(self):
        first = self.join()
        second = self.join()
        first.send_seat(kind="DATA", peer=second.id, data=b"\0" + bytes(65536 - 6))
        self.assertEqual(len(second.until(first.id, "RAW")["data"]), 65536 - 6)


class HandMadeServer(LiveTest):
    """dice as a client of a server that is not ours."""

    def serve(self):
        listener, port = websocket.listen()
        self.addCleanup(listener.close)
        self.client = self.start("--connect", "127.0.0.1:%d" % port, "--name", "Real")
        ws = websocket.accept(listener)
        self.addCleanup(ws.drop)
        self.assertIn("meeple.1", ws.offered)
        return ws

    def welcome(self, ws):
        ws.send(native.write_seat({"kind": "WELCOME", "peer": 77}))

    def test_a_client_announces_itself_and_answers_calls(self):
        ws = self.serve()
        self.welcome(ws)
        peer = Peer(ws, self)
        peer.id, peer.known = SERVER, {SERVER}
        # It did not ask for this, and does not mind.
        peer.send_seat(kind="PONG", peer=0, data=b"late")
        # From a client, `peer` is for whom; we are the only one there.
        surface = self.surface_of(peer, SERVER)
        peer.announce(SERVER, *surface)
        self.assertEqual(peer.until(SERVER, "CALL", name="set_player_name")["values"], ["Real"])
        peer.call(SERVER, "_log", "by hand")
        self.client.wait_for(ev="rpc", m="_log", args=["by hand"])
        peer.send_seat(kind="JOIN", peer=5)
        # It introduces itself to the newcomer, through us.
        hello = native.read_seat(ws.receive())
        self.assertEqual((hello["peer"], native.read_packet(hello["data"])["command"]), (5, "HELLO"))

    def test_a_server_that_breaks_the_order_is_left(self):
        def seat(**fields):
            return native.write_seat(fields)

        good = seat(kind="WELCOME", peer=77)
        leave = {"kind": "LEAVE", "clean": True, "code": 1000, "reason": ""}
        for messages in ([seat(kind="JOIN", peer=5)], [seat(kind="DATA", peer=1, data=b"\0x")],
                         [seat(kind="WELCOME", peer=1)], [good, good], [good, seat(kind="JOIN", peer=77)],
                         [good, seat(kind="JOIN", peer=1)], [good, seat(kind="JOIN", peer=5), seat(kind="JOIN", peer=5)],
                         [good, seat(peer=5, **leave)], [good, seat(peer=1, **leave)],
                         [good, seat(kind="DATA", peer=5, data=b"\0x")], [b""], [seat(kind="PONG", peer=0, data=b"")],
                         [good, seat(kind="PING", peer=0, data=b"x")]):
            with self.subTest(messages=[message.hex(" ") for message in messages]):
                ws = self.serve()
                for message in messages:
                    ws.send(message)
                self.fails(ws, 1002)

    def test_a_text_message_is_refused(self):
        ws = self.serve()
        self.welcome(ws)
        ws.send_frame(websocket.TEXT, b"hello")
        self.fails(ws, 1003)


class Eavesdropper(LiveTest):
    """Between a real client and a real host: passes on what comes and keeps it."""

    def pump(self, name, source, target):
        try:
            while True:
                message = source.receive()
                with self.lock:
                    self.heard.append((name, message))
                target.send(message)
        except websocket.Closed as end:
            self.ends[name] = end.code
            try:
                target.close(end.code if end.code not in (1005, 1006) else 1000, end.reason)
            except (OSError, ValueError):
                pass
        except (OSError, ValueError):
            self.ends.setdefault(name, 1006)

    def test_a_whole_game_is_in_the_document(self):
        self.start_host()
        listener, port = websocket.listen()
        self.addCleanup(listener.close)
        client = self.start("--connect", "127.0.0.1:%d" % port, "--name", "Ann")
        near = websocket.accept(listener)
        far = websocket.connect(self.port)
        self.addCleanup(near.drop)
        self.addCleanup(far.drop)
        self.heard, self.ends, self.lock = [], {}, threading.Lock()
        threads = [threading.Thread(target=self.pump, args=("client", near, far)),
                   threading.Thread(target=self.pump, args=("server", far, near))]
        for thread in threads:
            thread.start()
        client.wait_for(ev="rpc", m="update_player_name")
        self.game.wait_for(ev="rpc", m="update_player_name")
        client.end()
        for thread in threads:
            thread.join(websocket.TIMEOUT)
            self.assertFalse(thread.is_alive())
        self.check_heard()

    def check_heard(self):
        """Every message reads, and writes back to the same bytes: both follow the document to the letter."""
        known = {"client": {}, "server": {}}
        called = set()
        for name, message in self.heard:
            seat = native.read_seat(message)
            self.assertEqual(native.write_seat(seat), message)
            self.assertTrue(name == "server" or seat["kind"] == "DATA")
            if seat["kind"] != "DATA":
                continue
            packet = native.read_packet(seat["data"])
            self.assertEqual(native.write_packet(packet), seat["data"])
            if packet["command"] in ("CLASS", "OBJECT"):
                known[name][packet["command"], packet["number"]] = packet
            elif packet["command"] == "CALL":
                there = known[name]["OBJECT", packet["object"]]
                method, letters = known[name]["CLASS", there["cls"]]["methods"][packet["method"]]
                values = native.read_args(letters, packet["args"])
                self.assertEqual(native.write_args(letters, values), packet["args"])
                called.add((name, method))
        self.assertIn(("client", "set_player_name"), called)
        self.assertIn(("server", "update_player_name"), called)


if __name__ == "__main__":
    BIN = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if not BIN:
        sys.exit(__doc__)
    unittest.main(verbosity=2)
