"""test_npm_ws: our peers against npm's ws, in both roles.

    python3 test_npm_ws.py FOLDER-OF-THE-EXECUTABLES
"""
import json
import os
import unittest

import clients
import peers
import servers


class Node(peers.Told):
    """ws_peer.js, which does what it is told."""

    def __init__(self):
        # Where Debian's node looks for Debian's packages; others have to be told.
        path = os.pathsep.join(filter(None, (os.environ.get("NODE_PATH"), "/usr/share/nodejs")))
        super().__init__("node", os.path.join(peers.FOLDER, "ws_peer.js"), NODE_PATH=path)

    def do(self, command, **options):
        return self.tell(json.dumps({"command": command, **options}))


class NodeTest(unittest.TestCase):
    def setUp(self):
        self.node = self.started(Node())
        self.authority = peers.Authority(self.folder())

    def do(self, command, **options):
        return self.node.do(command, **options)


class Client(clients.ClientTests, NodeTest):
    """ws is the client."""
    not_agreed, wrong_name, self_signed, unknown = (
        "response: 400", "does not match certificate's altnames", "self-signed certificate", "unable to verify")

    def open(self, url, **options):
        return super().open(url, ca=self.authority.cert, **options)

    def test_every_offer_of_compression(self):
        _, url = self.serve("--deflate")
        for offer in ({}, {"serverNoContextTakeover": True}, {"clientNoContextTakeover": True},
                      {"serverMaxWindowBits": 9}, {"clientMaxWindowBits": 9}, {"serverMaxWindowBits": 15},
                      {"serverNoContextTakeover": True, "clientNoContextTakeover": True, "serverMaxWindowBits": 10,
                       "clientMaxWindowBits": 10}):
            with self.subTest(offer=offer):
                opened = self.do("open", url=url, perMessageDeflate={"threshold": 0, **offer})
                self.assertEqual(opened["extensions"], "permessage-deflate")
                self.echo(opened["socket"], ("text", "binary", "noise") * 2, (0, 1, 126, 3000, 65536))
                for compress in (True, False, True):
                    self.do("echoAs", socket=opened["socket"], kind="text", size=3000, compress=compress)
                self.close(opened["socket"])

    def test_neither_compresses_if_one_does_not_want_to(self):
        for arguments, offers in (([], True), (["--deflate"], False)):
            _, url = self.serve(*arguments)
            opened = self.do("open", url=url, perMessageDeflate=offers)
            self.assertEqual(opened["extensions"], "")
            self.echo(opened["socket"])

    def test_fragments_with_pings_between(self):
        for arguments, compress in (([], False), (["--deflate"], True)):
            _, url = self.serve(*arguments)
            socket = self.open(url)
            for kind in ("text", "binary"):
                for size, piece in ((0, 1), (1, 1), (126, 7), (65536, 999), (65536, 65535)):
                    done = self.do("pieces", socket=socket, kind=kind, size=size, piece=piece, compress=compress)
                    self.assertTrue(1 <= done["pongs"] <= done["pings"], done)
            self.close(socket)

    def test_fragments_that_are_too_long_together(self):
        server, url = self.serve()
        with self.assertRaisesRegex(peers.Failed, "closed with 1009"):
            self.do("pieces", socket=self.open(url), kind="binary", size=65537, piece=30000)
        self.line(server, "leave 1009 .*")

    def test_pings_both_ways(self):
        _, url = self.serve()
        socket = self.open(url)
        for size in (0, 1, 125):
            self.do("ping", socket=socket, size=size)
        self.do("pinged", socket=socket)
        self.do("send", socket=socket, text="pongs")
        self.assertEqual(self.do("receive", socket=socket), "1")

    def test_codes_that_a_page_may_not_use(self):
        server, url = self.serve()
        for code in (1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014):
            self.ends(self.do("close", socket=self.open(url), code=code, reason="so long"), code, "so long")
            self.line(server, "closing %d so long" % code)

    def test_breaks_off(self):
        server, url = self.serve()
        self.do("breakOff", socket=self.open(url))
        self.line(server, "leave 1006 broken .*")

    def test_what_is_no_websocket_is_closed_with_1002(self):
        for hex in ("c18000000000", "838000000000", "0101", "89fe00ff"):  # RSV1, opcode 3, no mask, a long ping
            server, url = self.serve()
            socket = self.open(url)
            self.do("raw", socket=socket, hex=hex)
            self.assertEqual(self.do("ended", socket=socket)["code"], 1002)
            self.line(server, "leave 1002 .*")

    def test_says_why_it_refuses(self):
        _, url = self.serve("--protocol", "a")
        with self.assertRaisesRegex(peers.Failed, "Unexpected server response: 400"):
            self.open(url, protocols=["b"])
        with self.assertRaisesRegex(peers.Failed, "Unexpected server response: 426"):
            self.open(url, protocols=["a"], protocolVersion=8)

    def test_the_echo_server(self):
        server, url = peers.Peers.serve(self, "--deflate", "--protocol", "a")
        opened = self.do("open", url=url, protocols=["b", "a"])
        self.assertEqual((opened["protocol"], opened["extensions"]), ("a", "permessage-deflate"))
        self.echo(opened["socket"], sizes=(0, 1, 65535, 65536))
        self.do("close", socket=opened["socket"], code=4001, reason="so long")
        self.line(server, r"Client \d+ disconnecting with code: 4001, reason: so long")
        self.line(server, r"Client \d+ disconnected, clean: true")


class Server(servers.ServerTests, NodeTest):
    """ws is the server."""

    def listen(self, protocol=None, deflate=False, cert=None, **options):
        if cert:
            options.update(cert=cert[0], key=cert[1])
        port = self.do("listen", agree=protocol, perMessageDeflate=deflate and {"threshold": 0}, **options)["port"]
        return "%s://127.0.0.1:%d/" % ("wss" if cert else "ws", port)

    def test_gets_the_path_and_offers(self):
        _, came = self.join(self.listen() + "echo?x=1")
        self.assertEqual((came["url"], came["offered"]), ("/echo?x=1", ""))
        _, came = self.join(self.listen(), "--deflate")
        self.assertRegex(came["offered"], "^permessage-deflate; .*client_max_window_bits")

    def test_compresses_with_each_parameter_of_ours(self):
        url = self.listen(deflate=True)
        for ours in (["--server-fresh"], ["--client-fresh"], ["--server-bits", "9", "--client-bits", "9"],
                     ["--server-bits", "15", "--client-bits", "15"]):
            with self.subTest(ours=ours):
                client, came = self.join(url, "--deflate", *ours)
                # Each twice: the second time, what came before may be referred to.
                self.echo(came["socket"], ("text", "binary", "noise") * 2, (0, 1, 126, 3000, 65536))
                self.do("close", socket=came["socket"], code=1000)
                self.stops(client, "down 1000 clean ")

    def test_compresses_with_each_parameter_of_its_own(self):
        for theirs, agreed in (
                ({}, "permessage-deflate"),
                ({"serverNoContextTakeover": True}, "server_no_context_takeover"),
                ({"clientNoContextTakeover": True}, "client_no_context_takeover"),
                ({"serverMaxWindowBits": 9}, "server_max_window_bits=9"),
                ({"clientMaxWindowBits": 9}, "client_max_window_bits=9"),
                ({"serverNoContextTakeover": True, "clientNoContextTakeover": True, "serverMaxWindowBits": 10,
                  "clientMaxWindowBits": 10}, "server_max_window_bits=10")):
            with self.subTest(theirs=theirs):
                port = self.do("listen", perMessageDeflate={"threshold": 0, **theirs})["port"]
                client, came = self.join("ws://127.0.0.1:%d/" % port, "--deflate")
                self.assertIn(agreed, came["agreed"])
                self.echo(came["socket"], ("text", "binary", "noise") * 2, (0, 1, 126, 3000, 65536))
                for compress in (True, False, True):
                    self.do("echoAs", socket=came["socket"], kind="text", size=3000, compress=compress)
                self.do("close", socket=came["socket"], code=1000)
                self.stops(client, "down 1000 clean ")

    def test_neither_compresses_if_one_does_not_want_to(self):
        for theirs, ours in ((False, ["--deflate"]), (True, [])):
            _, came = self.join(self.listen(deflate=theirs), *ours)
            self.assertEqual(came["agreed"], "")
            self.echo(came["socket"])

    def test_fragments_with_pings_between(self):
        for compress in (False, True):
            _, came = self.join(self.listen(deflate=compress), *(["--deflate"] if compress else []))
            for kind in ("text", "binary"):
                for size, piece in ((0, 1), (1, 1), (126, 7), (65536, 999), (65536, 65535)):
                    done = self.do("pieces", socket=came["socket"], kind=kind, size=size, piece=piece,
                                   compress=compress)
                    self.assertTrue(1 <= done["pongs"] <= done["pings"], done)

    def test_pings_both_ways(self):
        _, came = self.join(self.listen())
        for size in (0, 1, 125):
            self.do("ping", socket=came["socket"], size=size)
        self.do("pinged", socket=came["socket"])
        self.do("send", socket=came["socket"], text="pongs")
        self.assertEqual(self.do("receive", socket=came["socket"]), "1")

    def test_agrees_on_no_subprotocol_or_a_strange_one(self):
        for agree in (None, "c"):
            client = self.program("echo_peer", self.listen(protocol=agree), "--protocol", "a", "--protocol", "b")
            self.stops(client, "fault subprotocol: .*")

    def test_is_closed_without_a_code(self):
        client, came = self.join(self.listen())
        self.do("close", socket=came["socket"])
        self.stops(client, "down 1005 clean ")

    def test_breaks_off(self):
        client, came = self.join(self.listen())
        self.do("breakOff", socket=came["socket"])
        self.stops(client, "down 1006 broken .*")

    def test_what_is_no_websocket_is_closed_with_1002(self):
        for hex in ("c100", "8300", "818000000000", "897e00ff"):  # RSV1, opcode 3, a mask, a long ping
            client, came = self.join(self.listen())
            self.do("raw", socket=came["socket"], hex=hex)
            self.assertEqual(self.do("ended", socket=came["socket"])["code"], 1002)
            self.stops(client, "down 1002 .*")

    def test_refuses(self):
        for status in (401, 403, 404, 503):
            client = self.program("echo_peer", self.listen(refuse=status))
            self.stops(client, "fault http: the server refused with HTTP status %d.*" % status)


if __name__ == "__main__":
    peers.main(__doc__)
