"""clients: what each client that driver.js drives is put through against our server."""
import peers
from peers import MIB

LONGEST = 16 * MIB
BORDERS = (0, 1, 125, 126, 127, 65535, 65536, 65537, LONGEST)
ENCRYPTED = (*BORDERS[1:-1], 4 * MIB)


class ClientTests(peers.Peers):
    """For a TestCase that has do(command, **options), an authority whose certificates its client believes, and what
    that says when it refuses or is refused: not_agreed, wrong_name, self_signed, unknown."""
    texts = ("Příliš žluťoučký kůň 日本 \U0001f3b2", "\ufeff\ufffd", "a NUL \0 inside")
    compressed_kinds, compressed_sizes = ("text", "binary", "noise"), BORDERS

    def serve(self, *arguments, **options):
        return super().serve(*arguments, name="echo_peer", **options)

    def open(self, url, **options):
        return self.do("open", url=url, **options)["socket"]

    def echo(self, socket, kinds=("text", "binary"), sizes=(0, 1, 300, 60000)):
        for size in sizes:
            for kind in kinds:
                self.do("echo", socket=socket, kind=kind, size=size)

    def ends(self, ended, code, reason="", clean=True):
        self.assertEqual(ended, {"code": code, "reason": reason, "clean": clean})

    def close(self, socket):
        self.ends(self.do("close", socket=socket, code=1000), 1000)

    def test_echoes_every_length(self):
        _, url = self.serve("--max-message", str(LONGEST))
        socket = self.open(url)
        self.echo(socket, sizes=BORDERS)
        for text in self.texts:
            self.do("echo", socket=socket, text=text)
        self.close(socket)

    def test_compresses_every_length(self):
        _, url = self.serve("--max-message", str(LONGEST), "--deflate")
        opened = self.do("open", url=url)
        self.assertRegex(opened["extensions"], "^permessage-deflate")
        self.echo(opened["socket"], self.compressed_kinds, self.compressed_sizes)
        self.close(opened["socket"])

    def test_compresses_with_each_parameter(self):
        sizes = [size for size in self.compressed_sizes if size < LONGEST]
        for parameters in (["--server-bits", "9"], ["--server-bits", "15", "--client-bits", "15"],
                           ["--client-bits", "9"], ["--server-fresh"], ["--client-fresh"],
                           ["--server-fresh", "--client-fresh", "--server-bits", "10", "--client-bits", "10"]):
            with self.subTest(parameters=parameters):
                _, url = self.serve("--max-message", str(MIB), *parameters)
                opened = self.do("open", url=url)
                self.assertRegex(opened["extensions"], "^permessage-deflate")
                # Each twice: the second time, what came before may be referred to.
                self.echo(opened["socket"], self.compressed_kinds * 2, sizes)
                self.close(opened["socket"])

    def test_many_come_back_in_order(self):
        for compression in ([], ["--deflate"]):
            _, url = self.serve(*compression)
            socket = self.open(url)
            self.do("many", socket=socket, count=500, size=1000)
            self.close(socket)

    def test_one_too_long_is_closed_with_1009(self):
        for compression in ([], ["--deflate"]):
            server, url = self.serve("--max-message", "70000", *compression)
            socket = self.open(url)
            self.echo(socket, sizes=(70000,))
            self.do("send", socket=socket, kind="binary", size=70001)
            self.ends(self.do("ended", socket=socket), 1009, "the message is over the limit")
            self.line(server, r"leave 1009 \w+ .*")

    def test_agrees_on_a_subprotocol(self):
        server, url = self.serve("--protocol", "a", "--protocol", "b")
        for offered, agreed in ((["b", "a"], "b"), (["c", "a"], "a"), ([], "")):
            opened = self.do("open", url=url, protocols=offered)
            self.assertEqual(opened["protocol"], agreed)
            self.line(server, "join " + agreed)
            self.echo(opened["socket"])
        with self.assertRaisesRegex(peers.Failed, self.not_agreed):
            self.open(url, protocols=["c", "d"])

    def test_closes_with_a_code_and_a_reason(self):
        server, url = self.serve()
        for code, reason in ((1000, ""), (1000, "done"), (3000, "ů" * 61), (4999, "bye")):
            socket = self.open(url)
            self.ends(self.do("close", socket=socket, code=code, reason=reason), code, reason)
            self.line(server, "closing %d %s" % (code, reason))
            self.line(server, "leave %d clean %s" % (code, reason))

    def test_closes_without_a_code(self):
        server, url = self.serve()
        self.ends(self.do("close", socket=self.open(url)), 1005)
        self.line(server, "leave 1005 clean ")

    def test_is_closed_with_a_code_and_a_reason(self):
        server, url = self.serve()
        for code, reason in ((1000, "done"), (1001, ""), (1011, "ů" * 61), (3000, "a"), (4999, "bye")):
            socket = self.open(url)
            self.do("send", socket=socket, text="close %d %s" % (code, reason))
            self.ends(self.do("ended", socket=socket), code, reason)
            self.line(server, "leave %d clean %s" % (code, reason))

    def test_a_server_that_dies(self):
        server, url = self.serve()
        socket = self.open(url)
        self.echo(socket)
        server.end()
        self.ends(self.do("ended", socket=socket), 1006, clean=False)

    def test_nobody_there(self):
        taken, port = peers.take_port(listening=False)
        with taken, self.assertRaises(peers.Failed):
            self.open("ws://127.0.0.1:%d/" % port)

    def test_encrypted(self):
        server, url = self.serve("--max-message", str(LONGEST), "--tls", *self.authority.issue("good"), scheme="wss")
        for url in (url, url.replace("127.0.0.1", "localhost")):
            socket = self.open(url)
            self.echo(socket, sizes=ENCRYPTED)
            self.do("many", socket=socket, count=500, size=1000)
            self.do("send", socket=socket, text="close 4001 bye")
            self.ends(self.do("ended", socket=socket), 4001, "bye")
        self.line(server, "leave 4001 clean bye", count=2)

    def test_refuses_bad_certificates(self):
        folder = self.folder()
        for cert, why in ((self.authority.issue("other", "DNS:example.invalid"), self.wrong_name),
                          (peers.self_signed(folder), self.self_signed),
                          (peers.Authority(folder).issue("unknown"), self.unknown)):
            server, url = self.serve("--tls", *cert, scheme="wss")
            with self.assertRaisesRegex(peers.Failed, why):
                self.open(url)
            self.assertEqual(server.out, [])
