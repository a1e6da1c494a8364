"""servers: what each server that a test drives is put through by our client."""
import peers
from clients import BORDERS, ENCRYPTED, LONGEST


class ServerTests(peers.Peers):
    """For a TestCase that has do(command, **options), listen(**options) that gives a URL, and an authority."""
    deflate = ("--deflate",)  # what our client is given if they are to compress
    compressed_sizes = BORDERS

    def join(self, url, *arguments):
        """Our client, and what the server says of the connection."""
        client = self.program("echo_peer", url, *arguments)
        return client, self.do("accept")

    def echo(self, socket, kinds=("text", "binary"), sizes=(0, 1, 300, 60000)):
        for size in sizes:
            for kind in kinds:
                self.do("echo", socket=socket, kind=kind, size=size)

    def ends(self, ended, code, reason="", clean=True):
        self.assertEqual(ended, {"code": code, "reason": reason, "clean": clean})

    def stops(self, client, line):
        self.line(client, line)
        self.assertEqual(client.status(), 0)

    def test_echoes_every_length(self):
        client, came = self.join(self.listen(), "--max-message", str(LONGEST))
        self.echo(came["socket"], sizes=BORDERS)
        self.do("many", socket=came["socket"], count=500, size=1000)
        self.do("close", socket=came["socket"], code=1000)
        self.stops(client, "down 1000 clean ")

    def test_compresses_every_length(self):
        client, came = self.join(self.listen(deflate=True), "--max-message", str(LONGEST), *self.deflate)
        self.echo(came["socket"], ("text", "noise"), self.compressed_sizes)
        self.do("many", socket=came["socket"], count=500, size=1000)
        self.do("close", socket=came["socket"], code=1000)
        self.stops(client, "down 1000 clean ")

    def test_agrees_on_a_subprotocol(self):
        client, came = self.join(self.listen(protocol="b"), "--protocol", "a", "--protocol", "b")
        self.assertEqual(came["protocol"], "b")
        self.line(client, "join b")

    def test_closes_with_a_code_and_a_reason(self):
        url = self.listen()
        for code, reason in ((1000, "done"), (1001, ""), (1011, "ů" * 61), (3000, "a"), (4999, "bye")):
            client, came = self.join(url)
            self.do("send", socket=came["socket"], text="close %d %s" % (code, reason))
            self.ends(self.do("ended", socket=came["socket"]), code, reason)
            self.stops(client, "down %d clean %s" % (code, reason))

    def test_is_closed_with_a_code_and_a_reason(self):
        url = self.listen()
        for code, reason in ((1000, ""), (1001, "going"), (1011, "ů" * 61), (3000, "a"), (4999, "bye")):
            client, came = self.join(url)
            self.ends(self.do("close", socket=came["socket"], code=code, reason=reason), code, reason)
            self.line(client, "closing %d %s" % (code, reason))
            self.stops(client, "down %d clean %s" % (code, reason))

    def test_encrypted(self):
        url = self.listen(deflate=True, cert=self.authority.issue("good"))
        for arguments in ((), self.deflate):
            client, came = self.join(url, "--ca", self.authority.cert, "--max-message", str(LONGEST), *arguments)
            self.echo(came["socket"], sizes=ENCRYPTED)
            self.do("many", socket=came["socket"], count=500, size=1000)
            self.do("close", socket=came["socket"], code=4001, reason="bye")
            self.stops(client, "down 4001 clean bye")

    def test_its_certificate_is_looked_at(self):
        other = peers.Authority(self.folder())
        for cert, why in ((self.authority.issue("other", "DNS:example.invalid"), ".*127.0.0.1.*"),
                          (other.issue("unknown"), ".*"), (peers.self_signed(self.folder()), ".*self-signed")):
            client = self.program("echo_peer", self.listen(cert=cert), "--ca", self.authority.cert)
            self.stops(client, "fault tls: " + why)

    def test_the_echo_client(self):
        client = self.program("echo_client", self.listen(protocol="b"), "--protocol", "b",
                              "--message", "Příliš žluťoučký kůň")
        came = self.do("accept")
        self.do("send", socket=came["socket"], text=self.do("receive", socket=came["socket"]))
        self.ends(self.do("ended", socket=came["socket"]), 1000)
        self.assertEqual((client.status(), client.out[-1]), (0, "Closed, clean: true"))
