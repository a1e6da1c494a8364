"""test_libwebsockets: our peers against Debian's libwebsockets, in both roles.

    python3 test_libwebsockets.py FOLDER-OF-THE-EXECUTABLES
"""
import re
import unittest

import clients
import peers
import programs
import servers

OFFER = "permessage-deflate; client_max_window_bits"


class LwsTest(peers.Peers, unittest.TestCase):
    def setUp(self):
        self.authority = peers.Authority(self.folder())
        self.peer = None

    def start(self, *arguments):
        self.peer = self.started(peers.Told(programs.ours("lws_peer"), "--ca", self.authority.cert, *arguments))

    def do(self, command, socket="", text=None, kind="", size="", **options):
        if command == "open":
            return self.open_as_told(**options)
        if command == "echo":
            command, rest = ("back", text) if text is not None else (command, "%s %d 0 0" % (kind, size))
        elif command == "send" and text is not None:
            command, rest = "say", text
        elif command == "many":
            rest = "%d %d" % (options["count"], size)
        elif command == "close":
            rest = "%d %s" % (options.get("code", 0), options.get("reason", ""))
        else:
            rest = "%s %s" % (kind, size)
        return self.peer.tell(("%s %s %s" % (command, socket, rest)).strip())

    def fragments(self, socket):
        for size, piece in ((1, 1), (126, 7), (65536, 999), (65536, 65535)):
            for kind in ("text", "binary"):
                self.peer.tell("echo %d %s %d %d 1" % (socket, kind, size, piece))

    def ends(self, ended, code, reason="", clean=True):
        # What is answered to its close frame lws keeps to itself.
        if not ended["ours"]:
            self.assertEqual((ended["code"], ended["reason"]), (code, reason))


class Client(LwsTest, clients.ClientTests):
    """libwebsockets is the client."""
    not_agreed = "ws upgrade response not 101"
    wrong_name = self_signed = unknown = "connect SSL err"
    texts = clients.ClientTests.texts[:2]  # commands are strings of C
    # Where compression was agreed, version 4.1 gets stuck in a message that is not compressed.
    compressed_kinds, compressed_sizes = ("text",), clients.BORDERS[3:]

    test_closes_without_a_code = None  # it ends the TCP connection instead

    def open_as_told(self, url, protocols=()):
        if not self.peer:
            self.start("--deflate", OFFER)
        scheme, port = re.fullmatch(r"(wss?)://[^:]+:(\d+)/", url).groups()
        return self.peer.tell("open %d %s %s" % (scheme == "wss", port, ",".join(protocols)))

    def test_fragments_with_pings_between(self):
        _, url = self.serve()
        self.fragments(self.open(url))
        self.peer.tell("ping 0 125")


class Server(LwsTest, servers.ServerTests):
    """libwebsockets is the server."""
    # Version 4.1 cannot compress nothing.
    compressed_sizes = servers.BORDERS[1:]

    def listen(self, protocol=None, deflate=False, cert=None):
        arguments = ["--protocol", protocol] if protocol else []
        if deflate:
            arguments += ["--deflate", OFFER]
        if cert:
            arguments += ["--tls", *cert]
        self.start("--listen", *arguments)
        port = self.line(self.peer, r"Listening on port (\d+)", self.peer.err).group(1)
        return "%s://127.0.0.1:%s/" % ("wss" if cert else "ws", port)

    def test_a_window_that_is_ignored_is_a_fault(self):
        client = self.program("echo_peer", self.listen(deflate=True), "--server-bits", "9")
        self.stops(client, "fault http: the server ignores the server_max_window_bits asked for")

    def test_fragments_with_pings_between(self):
        for deflate in (False, True):
            _, came = self.join(self.listen(deflate=deflate), *(self.deflate if deflate else ()))
            self.fragments(came["socket"])
            self.peer.tell("ping 0 125")

    def test_a_subprotocol_that_it_does_not_know(self):
        client = self.program("echo_peer", self.listen(protocol="b"), "--protocol", "a")
        self.stops(client, "fault .*")


if __name__ == "__main__":
    peers.main(__doc__)
