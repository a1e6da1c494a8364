"""test_chat_processes: the chat as people use it: servers and clients, lines in, lines out.

    python3 test_chat_processes.py FOLDER-OF-THE-EXECUTABLES
"""
import contextlib
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import programs

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import peers

TEXT = "Žluťoučký kůň 日本 \U0001f3b2"


class Chat(programs.Program):
    stdin = subprocess.PIPE

    def say(self, *lines):
        for line in lines:
            self.process.stdin.write(line if isinstance(line, bytes) else line.encode() + b"\n")
        self.process.stdin.flush()

    def hears(self, line, count=1):
        """Waits for this line."""
        self.wait_for(lambda heard: heard == line, count=count)

    def matches(self, pattern, count=1):
        return self.wait_for(lambda line: re.fullmatch(pattern, line), count=count)


class ChatTest(peers.Peers, unittest.TestCase):
    def chat(self, name, *arguments):
        return self.started(Chat(programs.ours(name), *arguments))

    def server(self, *arguments):
        server = self.chat("chat_server", "--port", "0", "--bind", "127.0.0.1", *arguments)
        return server, "ws://127.0.0.1:%s" % server.matches(r"Listening on port (\d+)").group(1)

    def join(self, server, url, *arguments):
        """A client that the server knows, and its number there."""
        before = len([line for line in server.out if " joined with protocol: " in line])
        client = self.chat("chat_client", url, *arguments)
        joined = server.matches(r"(\d+) joined with protocol: .*, from 127\.0\.0\.1:\d+", count=before + 1)
        client.matches("Connected.*")
        return client, int(joined.group(1))

    def three(self, *arguments):
        """A server and three clients who all know each other."""
        server, url = self.server(*arguments)
        joined = [self.join(server, url, *arguments) for _ in range(3)]
        clients, numbers = [list(part) for part in zip(*joined)]
        if "--multiplayer" in arguments:
            for client, own in joined:
                for number in (1, *numbers):
                    if number != own:
                        client.hears("%d joined" % number)
        return server, clients, numbers

    def leave(self, *clients):
        for client in clients:
            client.say("/close")
            self.assertEqual(client.status(), 0, client.err)
            self.assertEqual(client.out[-1], "Closed, code: 1000, reason: , clean: true")


class Plain(ChatTest):
    def test_the_server_sends_to_each_and_clients_to_the_server(self):
        server, clients, numbers = self.three()
        for way in ("text", "binary"):
            server.say("/" + way, "Hello to each")
            server.hears("to all (%s): Hello to each" % way)
            for client, number in zip(clients, numbers):
                client.hears("1 (%s): Hello to each" % way)
                client.say("/" + way, TEXT)
                client.hears("to 1 (%s): %s" % (way, TEXT))
                server.hears("%d (%s): %s" % (number, way, TEXT))
        self.leave(*clients)
        # Nobody heard anybody else.
        for client in clients:
            self.assertEqual([line for line in client.out if re.match(r"\d+ \(", line)],
                             ["1 (text): Hello to each", "1 (binary): Hello to each"])

    def test_the_server_may_choose(self):
        server, clients, numbers = self.three()
        server.say("/to last", "for the last", "/to others", "for the others", "/to %d" % numbers[0], "for the first",
                   "/to -%d" % numbers[0], "not for the first", "/to all", "the end")
        server.hears("to %d (text): for the last" % numbers[2])
        server.hears("to all but %d (text): for the others" % numbers[2])
        for client in clients:
            client.hears("1 (text): the end")
        heard = [[line[len("1 (text): "):] for line in client.out if line.startswith("1 (text): ")]
                 for client in clients]
        self.assertEqual(heard, [["for the others", "for the first", "the end"],
                                 ["for the others", "not for the first", "the end"],
                                 ["for the last", "not for the first", "the end"]])

    def test_a_client_cannot_choose(self):
        server, url = self.server()
        client, number = self.join(server, url)
        client.say("/to last", "/peers", "/kick %d" % number)
        client.matches("A client in plain mode speaks to the server only; .*")
        client.hears("  1, the server, joined last")
        client.hears("Not done: only the server can send somebody away")
        self.leave(client)

    def test_agrees_on_a_subprotocol(self):
        server, url = self.server("--protocol", "my-protocol", "--protocol", "binary")
        client = self.chat("chat_client", url, "--protocol", "other", "--protocol", "my-protocol")
        client.hears("Connected with protocol: my-protocol")
        server.matches(r"\d+ joined with protocol: my-protocol, from .*")
        self.leave(client)
        client = self.chat("chat_client", url, "--protocol", "other")
        self.assertEqual(client.status(), 1)
        self.assertRegex(client.out[0], "^Unable to connect: ")
        self.assertRegex(client.out[1], "--protocol")

    def test_a_client_that_is_none_of_ours(self):
        server, url = self.server()
        echo = self.program("echo_client", url, "--message", "/peers")
        number = server.matches(r"(\d+) \(text\): /peers").group(1)
        server.say("/to " + number, "//peers")
        self.assertEqual((echo.status(), echo.err), (0, []))

    def test_encrypted(self):
        cert, key = peers.self_signed(self.folder())
        server, url = self.server("--tls", cert, key)
        client, number = self.join(server, url.replace("ws:", "wss:"), "--ca", cert)
        client.say("secret")
        server.hears("%d (text): secret" % number)
        self.leave(client)
        client = self.chat("chat_client", url.replace("ws:", "wss:"))
        self.assertEqual((client.status(), client.out),
                         (1, ["Unable to connect: the server's certificate is self-signed"]))


class Multiplayer(ChatTest):
    def heard(self, seat):
        return [line for line in seat.out if re.match(r"\d+ \((text|binary)\): ", line)]

    def test_every_target_from_everybody(self):
        # Each says one line to each target; who heard it is what the target's name says.
        server, clients, numbers = self.three("--multiplayer")
        seats = dict(zip((1, *numbers), (server, *clients)))
        last = {1: numbers[2], numbers[0]: numbers[2], numbers[1]: numbers[2], numbers[2]: None}
        for own, seat in seats.items():
            if last[own] is None:
                # Whom it sees first to last is the server's word; it says who that was.
                seat.say("/peers")
                last[own] = int(seat.matches(r"  (\d+)(?:, the server)?, joined last").group(1))
        expected = {number: [] for number in seats}
        for own, seat in seats.items():
            one = next(number for number in seats if number != own)
            for target, whom in (("all", set(seats)), ("last", {last[own]}), ("others", set(seats) - {last[own]}),
                                 (str(one), {one}), ("-%d" % one, set(seats) - {one})):
                for way in ("text", "binary"):
                    words = "%s from %d %s" % (target, own, TEXT)
                    seat.say("/to " + target, "/" + way, words)
                    seat.matches(r"to .* \(%s\): %s" % (way, re.escape(words)))
                    for number in whom - {own}:
                        line = "%d (%s): %s" % (own, way, words)
                        expected[number].append(line)
                        seats[number].hears(line)
        for number, seat in seats.items():
            self.assertEqual(sorted(self.heard(seat)), sorted(expected[number]))
        self.leave(*clients)

    def test_the_last_is_another_when_somebody_comes(self):
        server, url = self.server("--multiplayer")
        server.say("/to last", "too early", "/to others", "too early")
        server.matches("Not sent: nobody .*", count=2)
        for number in range(2):
            client, peer = self.join(server, url, "--multiplayer")
            server.say("/to last", "hello %d" % number)
            client.hears("1 (text): hello %d" % number)
        client.say("/close")
        server.matches("%d left, .*" % peer)
        server.say("/to last", "still there?")
        server.hears("Not sent: nobody has joined who is still here")

    def test_those_who_leave_are_told_to_the_others(self):
        server, clients, numbers = self.three("--multiplayer")
        clients[1].say("/close 4321 " + TEXT)
        end = "code: 4321, reason: " + TEXT
        clients[1].hears("Closed, %s, clean: true" % end)
        self.assertEqual(clients[1].status(), 0)
        server.hears("%d asks to close, %s" % (numbers[1], end))
        server.hears("%d left, %s, clean: true" % (numbers[1], end))
        for client in (clients[0], clients[2]):
            client.matches("%d left, %s, clean: .*" % (numbers[1], end))
        self.leave(clients[0], clients[2])

    def test_both_ends_have_to_speak_the_same(self):
        for theirs, ours in (([], ["--multiplayer"]), (["--multiplayer"], [])):
            server, url = self.server(*theirs)
            client = self.chat("chat_client", url, *ours)
            self.assertEqual(client.status(), 1)
            self.assertRegex(client.out[0], "^Unable to connect: ")
            self.assertRegex(client.out[1], "--multiplayer")


class Ending(ChatTest):
    def test_code_and_reason_are_seen_on_the_other_side(self):
        server, clients, numbers = self.three()
        for client, number, said, end in zip(clients, numbers, ("4001 bye", "1000", "3999 " + "ů" * 61),
                                             ("4001, reason: bye", "1000, reason: ", "3999, reason: " + "ů" * 61)):
            client.say("/close " + said)
            client.hears("Closed, code: %s, clean: true" % end)
            self.assertEqual(client.status(), 0)
            server.hears("%d asks to close, code: %s" % (number, end))
            server.hears("%d left, code: %s, clean: true" % (number, end))

    def test_who_is_kicked_is_told_why(self):
        for mode in ([], ["--multiplayer"]):
            server, clients, numbers = self.three(*mode)
            server.say("/kick %d 4002 too loud" % numbers[1])
            clients[1].hears("1 asks to close, code: 4002, reason: too loud")
            clients[1].hears("Closed, code: 4002, reason: too loud, clean: true")
            self.assertEqual(clients[1].status(), 0)
            server.hears("%d left, code: 4002, reason: too loud, clean: true" % numbers[1])
            if mode:
                clients[0].matches("%d left, code: 4002, reason: too loud, clean: .*" % numbers[1])
            server.say("still here?")
            for client in (clients[0], clients[2]):
                client.hears("1 (text): still here?")

    def test_a_server_that_stops_says_why(self):
        for mode in ([], ["--multiplayer"]):
            server, clients, _ = self.three(*mode)
            server.say("/close 4003 closing time")
            for client in clients:
                client.hears("Closed, code: 4003, reason: closing time, clean: true")
                self.assertEqual(client.status(), 0)
            server.hears("Closed, code: 4003, reason: closing time, clean: true")
            self.assertEqual(server.status(), 0)

    def test_signals_are_a_goodbye(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            server, url = self.server()
            leaving, _ = self.join(server, url)
            staying, _ = self.join(server, url)
            leaving.signal(number)
            self.assertEqual(leaving.status(), 0)
            server.matches(r"\d+ left, code: 1001, reason: , clean: true")
            server.signal(number)
            self.assertEqual((server.status(), staying.status()), (0, 0))
            staying.hears("Closed, code: 1001, reason: , clean: true")

    def test_a_server_that_dies(self):
        server, clients, _ = self.three("--multiplayer")
        server.signal(signal.SIGKILL)
        for client in clients:
            client.matches("Closed, code: 1006, reason: .*, clean: false")
            self.assertEqual(client.status(), 1)

    def test_a_client_that_dies(self):
        server, clients, numbers = self.three("--multiplayer")
        clients[0].signal(signal.SIGKILL)
        server.matches("%d left, code: 1006, reason: .*, clean: false" % numbers[0])
        clients[1].matches("%d left, code: 1006, .*" % numbers[0])

    def test_the_end_of_the_input_ends_a_client_but_not_a_server(self):
        server = self.program("chat_server", "--port", "0", "--bind", "127.0.0.1")  # </dev/null
        url = "ws://127.0.0.1:" + self.line(server, r"Listening on port (\d+)").group(1)
        done = subprocess.run([programs.ours("chat_client"), url], input="one\n\nlast without an end".encode(),
                              capture_output=True, timeout=programs.TIMEOUT)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout.decode().splitlines()[1:],
                         ["to 1 (text): one", "to 1 (text): last without an end",
                          "Closed, code: 1000, reason: , clean: true"])
        self.line(server, r"\d+ \(text\): last without an end")
        self.line(server, r"\d+ left, code: 1000, reason: , clean: true")
        client = self.chat("chat_client", url)
        self.line(server, r"\d+ joined .*", count=2)
        self.leave(client)


class Mistakes(ChatTest):
    def test_commands_that_make_no_sense_say_why(self):
        server, url = self.server("--multiplayer")
        client, number = self.join(server, url, "--multiplayer")
        for line, pattern in (("/", "There is no such command; /help .*"), ("/foo bar", "There is no such command; .*"),
                              ("/to", "/to needs .*"), ("/to nobody", "/to needs .*"), ("/to 0", "/to needs .*"),
                              ("/to -", "/to needs .*"), ("/to 99999999999", "/to needs .*"),
                              ("/kick", "/kick needs .*; /peers .*"), ("/kick 7", "Not done: there is no such peer; .*"),
                              ("/kick %d 999" % number, "Not done: the code has to be one of .*"),
                              ("/kick %d 4000 %s" % (number, "x" * 124), "Not done: .* at most 123 bytes"),
                              ("/kick %d soon" % number, "The code before the reason has to be a number: .*"),
                              ("/close 1005", "Not done: the code has to be one of .*"),
                              ("/close bye", "The code before the reason has to be a number: .*"),
                              ("/close 70000", "The code before the reason has to be a number: .*")):
            before = len(server.out)
            server.say(line)
            server.wait_for(lambda _: len(server.out) > before)
            self.assertRegex(server.out[before], "^%s$" % pattern)
        server.say("/to 7", "hello")
        server.hears("Not sent to 7: no such peer, object or method")
        self.leave(client)

    def test_what_cannot_be_sent(self):
        server, url = self.server()
        client, number = self.join(server, url)
        client.say(b"\xff\xfe\n", "/binary", b"\xff\xfe\x1b[2J\r\n", "/text", "x" * 65537, "x" * 200000, "x" * 65536,
                   "the end")
        client.matches("Not sent to 1: it is not UTF-8; .*")
        client.hears("Not sent: a line of more than 65536 bytes", count=2)
        server.hears("%d (text): the end" % number)
        self.assertEqual([line for line in server.out if line.startswith("%d (" % number)],
                         ["%d (binary): ...[2J." % number, "%d (text): %s" % (number, "x" * 65536),
                          "%d (text): the end" % number])
        self.leave(client)

    def test_many_lines_at_once_arrive_in_order(self):
        server, url = self.server()
        client, number = self.join(server, url)
        lines = ["%d %s" % (at, "x" * 1000) for at in range(3000)]
        client.say(*lines)
        server.hears("%d (text): %s" % (number, lines[-1]))
        self.assertEqual([line for line in server.out if line.startswith("%d (" % number)],
                         ["%d (text): %s" % (number, line) for line in lines])
        self.leave(client)

    def test_lines_that_a_server_does_not_take_are_no_success(self):
        server, url = self.server()
        done = subprocess.run([programs.ours("chat_client"), url], input=b"y\n" * 50000, capture_output=True,
                              timeout=programs.TIMEOUT)
        self.assertRegex(done.stdout.decode().splitlines()[-1], "^Closed, code: 1008, reason: more messages a second")
        self.assertEqual(done.returncode, 1)
        server.matches(r"\d+ left, code: 1008, .*")

    def test_who_floods_us_does_not_keep_us_from_typing(self):
        server, url = self.server()
        client = socket.create_connection(("127.0.0.1", int(url.split(":")[-1])), programs.TIMEOUT)
        self.addCleanup(client.close)
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        number = server.matches(r"(\d+) joined .*").group(1)
        frames = b"\x81\x81\0\0\0\0y" * 5000

        def flood():
            with contextlib.suppress(OSError):
                while True:
                    client.sendall(frames)

        flooding = threading.Thread(target=flood, daemon=True)
        flooding.start()
        server.hears("%s (text): y" % number, count=2000)
        server.say("/kick %s 4000 enough" % number)
        server.matches("%s left, code: .*" % number)
        flooding.join(programs.TIMEOUT)
        self.assertFalse(flooding.is_alive())

    def test_help_while_it_runs(self):
        server, url = self.server()
        client, _ = self.join(server, url)
        for seat, word in ((server, "/kick"), (client, "/close")):
            seat.say("/help")
            seat.matches(r"  %s .*" % word)
        self.assertFalse(any("/kick" in line for line in client.out))

    def test_a_host_that_is_not_there(self):
        taken, port = programs.take_port(listening=False)
        with taken:
            client = self.chat("chat_client", "ws://127.0.0.1:%d" % port)
            self.assertEqual(client.status(), 1)
        self.assertEqual(client.out,
                         ["Unable to connect: could not connect to 127.0.0.1 port %d: Connection refused" % port])
        client = self.chat("chat_client", "ws://nowhere.invalid")
        self.assertEqual(client.status(), 1)
        self.assertRegex(client.out[0], "^Unable to connect: .*nowhere.invalid")

    def test_a_host_that_says_nothing_can_be_left(self):
        listener, port = programs.take_port()
        with listener:
            client = self.chat("chat_client", "ws://127.0.0.1:%d" % port)
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(programs.TIMEOUT)
                connection.recv(1)
                client.signal(signal.SIGINT)
                self.assertEqual(client.status(), 1)

    def test_a_port_that_is_taken(self):
        taken, port = programs.take_port()
        with taken:
            server = self.chat("chat_server", "--port", str(port), "--bind", "127.0.0.1")
            self.assertEqual((server.status(), server.err),
                             (1, ["Unable to listen on port %d: address already in use" % port]))

    def test_flags_that_make_no_sense(self):
        for name, mistakes in (("chat_server", (["extra"], ["--port"], ["--port", "65536"], ["--tls", "one"], ["--ca"])),
                               ("chat_client", (["--port", "1"], ["ws://a", "ws://b"], ["--ca"], ["--protocol"]))):
            for arguments in mistakes:
                with self.subTest(arguments=arguments):
                    chat = self.chat(name, *arguments)
                    self.assertEqual((chat.status(), chat.out), (2, []))
                    self.assertRegex(chat.err[0], "%s: .*--help" % name)
            chat = self.chat(name, "--help")
            self.assertEqual((chat.status(), chat.err), (0, []))
            self.assertTrue(chat.out[0].startswith("usage: " + name))
            self.assertLessEqual(max(map(len, chat.out)), 100)
        for url in ("http://localhost", "localhost", "ws://"):
            client = self.chat("chat_client", url)
            self.assertEqual((client.status(), client.out), (1, []))
            self.assertRegex(client.err[0], "^Unable to connect to %s: this is no ws:// " % re.escape(url))


class Typed:
    """A program at a terminal of its own."""

    def __init__(self, *command):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(command[0], command)
        self.screen, self.status = b"", None

    def keys(self, keys):
        os.write(self.terminal, keys if isinstance(keys, bytes) else keys.encode())

    def shows(self, wanted):
        """Waits until what was written since the last time has this in it."""
        end = time.monotonic() + programs.TIMEOUT
        while wanted.encode() not in self.screen:
            if not select.select([self.terminal], [], [], max(end - time.monotonic(), 0))[0]:
                raise AssertionError("%r does not come: %r" % (wanted, self.screen))
            try:
                part = os.read(self.terminal, 65536)
            except OSError:
                part = b""
            if not part:
                raise AssertionError("%r does not come before the end: %r" % (wanted, self.screen))
            self.screen += part
        at = self.screen.index(wanted.encode())
        before, self.screen = self.screen[:at], self.screen[at + len(wanted.encode()):]
        return before

    def wait(self):
        try:
            while os.read(self.terminal, 65536):
                pass
        except OSError:
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def end(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)


class AtATerminal(ChatTest):
    def typed(self, name, *arguments):
        return self.started(Typed(programs.ours(name), *arguments))

    def client(self):
        server, url = self.server()
        client = self.typed("chat_client", url)
        client.shows("server (text)> ")
        return server, client

    def test_what_is_typed_stays_together_whatever_comes(self):
        server, client = self.client()
        client.keys("half a l")
        client.shows("half a l")
        server.say("an interruption")
        # The line is cleared, the message has its own, and what was typed is there again.
        client.shows("\r\x1b[K1 (text): an interruption\r\n")
        client.shows("\rserver (text)> half a l\x1b[K")
        client.keys("ine\r")
        client.shows("\r\x1b[Kto 1 (text): half a line\r\n")
        server.matches(r"\d+ \(text\): half a line")

    def test_keys_that_change_the_line(self):
        server, client = self.client()
        for keys, line in (("helo\x7f\x7fllo", "hello"), ("žů\x7f", "ž"), ("日\x08本", "本"), ("a b c\x17d", "a b d"),
                           ("nothing\x15something", "something"), ("bc\x1b[Da\x1b[H>\x1b[F<", ">bac<"),
                           ("ac\x1b[D\x1b[3~b", "ab"), ("\x01x\x02y\x05z", "yxz"), ("up\x1b[A\x1b[5~\x1bOP\x1bx!", "up!"),
                           ("tab\tand\x00nul", "tabandnul")):
            client.keys(keys + "\r")
            client.shows("to 1 (text): %s\r\n" % line)
        client.keys("a paste\rof two lines\r")
        client.shows("to 1 (text): a paste\r\n")
        client.shows("to 1 (text): of two lines\r\n")
        client.keys("\r\rafter two empty ones\r")
        server.matches(r"\d+ \(text\): after two empty ones")
        self.assertFalse(any(line.endswith(": ") and "(text)" in line for line in server.out))

    def test_a_character_whose_bytes_come_one_by_one(self):
        server, client = self.client()
        for byte in TEXT.encode():
            client.keys(bytes([byte]))
        client.keys(b"\xff\xc5\r")
        server.matches(r"\d+ \(text\): " + TEXT)

    def test_a_line_longer_than_the_screen_stays_on_one(self):
        server, client = self.client()
        client.keys("x" * 300)
        # 80 columns, where the size is not known.
        client.shows("\rserver (text)> " + "x" * 64 + "\x1b[K\r\x1b[79C")
        client.keys("\r")
        server.matches(r"\d+ \(text\): " + "x" * 300)

    def test_the_prompt_says_to_whom_and_how(self):
        server = self.typed("chat_server", "--port", "0", "--bind", "127.0.0.1", "--multiplayer")
        server.shows("all (text)> ")
        for keys, prompt in (("/to last", "last (text)> "), ("/binary", "last (binary)> "),
                             ("/to others", "others (binary)> "), ("/to -7", "-7 (binary)> ")):
            server.keys(keys + "\r")
            server.shows(prompt)

    def test_ctrl_d_and_ctrl_c_say_goodbye(self):
        for key, code in (("\x04", 1000), ("\x03", 1001)):
            server, client = self.client()
            client.keys(key)
            client.shows("Closed, code: %d, reason: , clean: true" % code)
            self.assertEqual(client.wait(), 0)
            server.matches(r"\d+ left, code: %d, .*" % code)
            server = self.typed("chat_server", "--port", "0", "--bind", "127.0.0.1")
            server.shows("all (text)> ")
            server.keys(key)
            server.shows("Closed, code: %d, " % code)
            self.assertEqual(server.wait(), 0)

    def test_who_waits_sees_that_it_connects(self):
        listener, port = programs.take_port()
        with listener:
            client = self.typed("chat_client", "ws://127.0.0.1:%d" % port)
            client.shows("connecting... ")
            client.keys("\x03")
            client.shows("\r\x1b[KClosed, code: 1001, ")
            self.assertEqual(client.wait(), 1)

    def test_ctrl_d_in_a_line_ends_nothing(self):
        _, client = self.client()
        client.keys("ab\x1b[D\x04\r")
        client.shows("to 1 (text): a\r\n")


if __name__ == "__main__":
    programs.main(__doc__)
