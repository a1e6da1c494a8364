"""test_websockets: the echo samples against Debian's python3-websockets, which is not ours, in both roles.

    python3 test_websockets.py FOLDER-OF-THE-EXECUTABLES
"""
import asyncio
import http
import logging
import os
import ssl
import string
import unittest

import websockets
from websockets.extensions import permessage_deflate

import peers
from peers import LIMIT, MIB, SIZES

# Connections that break are what some tests are about.
logging.getLogger("websockets").setLevel(logging.CRITICAL)

TEXTS = ("Test packet", "Příliš žluťoučký kůň 日本 \U0001f3b2")


def letters(size):
    """What echo_client --size sends first."""
    return (string.ascii_lowercase * (size // 26 + 1))[:size]


def messages(sizes=SIZES):
    """Text and binary of those sizes."""
    for size in sizes:
        yield "x" * size
        yield bytes(at % 251 for at in range(size))


class AsyncTest(peers.Peers, unittest.IsolatedAsyncioTestCase):
    async def in_time(self, awaitable):
        return await asyncio.wait_for(awaitable, peers.TIMEOUT)


class EchoServer(AsyncTest):
    """websockets is the client."""

    def connect(self, url, **options):
        return self.in_time(websockets.connect(url, max_size=4 * MIB, **options).__aenter__())

    async def echo(self, ws, message):
        await self.in_time(ws.send(message))
        self.assertEqual(await self.in_time(ws.recv()), message)

    async def close(self, ws, *arguments):
        await self.in_time(ws.close(*arguments))

    async def test_echoes_text_and_bytes_of_every_length(self):
        _, url = self.serve()
        # With and without permessage-deflate among the offers; it is not taken.
        for compression in (None, "deflate"):
            ws = await self.connect(url, compression=compression)
            self.assertEqual(ws.extensions, [])
            for message in (*messages(), *TEXTS, "a NUL \0 inside"):
                await self.echo(ws, message)
            await self.close(ws)
            self.assertEqual(ws.close_code, 1000)

    async def test_compresses_with_clients_that_offer_it(self):
        _, url = self.serve("--deflate")
        for parameters in ({}, {"server_no_context_takeover": True, "client_no_context_takeover": True},
                           {"server_max_window_bits": 9, "client_max_window_bits": 9}):
            deflate = permessage_deflate.ClientPerMessageDeflateFactory(**parameters)
            ws = await self.connect(url, compression=None, extensions=[deflate])
            self.assertEqual([extension.name for extension in ws.extensions], ["permessage-deflate"])
            for message in (*messages(), *TEXTS, *TEXTS, os.urandom(5000), "ab" * 20000):
                await self.echo(ws, message)
            await self.close(ws)
            self.assertEqual(ws.close_code, 1000)

    async def test_a_mebibyte_passes_if_the_limit_is_raised(self):
        _, url = self.serve("--max-message", str(MIB))
        ws = await self.connect(url)
        for message in messages((MIB,)):
            await self.echo(ws, message)
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            await self.echo(ws, bytes(MIB + 1))
        self.assertEqual(closed.exception.rcvd.code, 1009)

    async def test_a_message_over_the_limit_is_closed_with_1009(self):
        server, url = self.serve()
        ws = await self.connect(url)
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            await self.echo(ws, bytes(LIMIT + 1))
        self.assertEqual(closed.exception.rcvd.code, 1009)
        self.assertTrue(closed.exception.rcvd.reason)
        self.line(server, r"Client \d+ disconnected, clean: .*")

    async def test_says_what_the_manual_page_says(self):
        server, url = self.serve("--protocol", "my-protocol")
        ws = await self.connect(url, subprotocols=["other", "my-protocol"])
        self.assertEqual(ws.subprotocol, "my-protocol")
        client = self.line(server, r"Client (\d+) connected with protocol: my-protocol").group(1)
        await self.echo(ws, b"Test packet")
        self.line(server, r"Got data from client %s: Test packet ... echoing" % client)
        await self.close(ws, 4001, "so long")
        self.line(server, r"Client %s disconnecting with code: 4001, reason: so long" % client)
        self.line(server, r"Client %s disconnected, clean: true" % client)
        self.assertEqual(len(server.out), 4)

    async def test_a_subprotocol_is_optional_for_both(self):
        server, url = self.serve()
        for offered in (None, ["chat"]):
            ws = await self.connect(url, subprotocols=offered)
            self.assertIsNone(ws.subprotocol)
            await self.echo(ws, "hello")
            await self.close(ws)
        self.line(server, r"Client \d+ connected with protocol: ", count=2)
        _, url = self.serve("--protocol", "a", "--protocol", "b")
        for offered, agreed in ((["b", "a"], "b"), (["c", "a"], "a"), (None, None)):
            ws = await self.connect(url, subprotocols=offered)
            self.assertEqual(ws.subprotocol, agreed)
            await self.echo(ws, b"hello")
            await self.close(ws)
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            await self.connect(url, subprotocols=["c", "d"])
        self.assertEqual(refused.exception.status_code, 400)

    async def test_answers_pings_also_between_fragments(self):
        _, url = self.serve()
        ws = await self.connect(url)
        for payload in (b"", b"x" * 125):
            await self.in_time(await ws.ping(payload))
        whole = "Žluťoučký kůň " * 100
        bits = [whole[at:at + 7] for at in range(0, len(whole), 7)]

        async def fragments():
            for number, bit in enumerate(bits):
                yield bit
                if number % 20 == 0:
                    await self.in_time(await ws.ping())

        await self.in_time(ws.send(fragments()))
        self.assertEqual(await self.in_time(ws.recv()), whole)
        await self.in_time(ws.send([b"a", b"", b"b" * 70, b"c" * 60000]))
        self.assertEqual(await self.in_time(ws.recv()), b"a" + b"b" * 70 + b"c" * 60000)
        await self.in_time(ws.send([b"", b""]))
        self.assertEqual(await self.in_time(ws.recv()), b"")
        # Fragments together are a message, and it is too long.
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            await self.in_time(ws.send([b"c" * 40000, b"c" * 40000]))
            await self.in_time(ws.recv())
        self.assertEqual(closed.exception.rcvd.code, 1009)

    async def test_closes_with_the_code_of_the_client(self):
        server, url = self.serve()
        for code, reason in ((1000, ""), (1001, "going"), (3000, "ů" * 61), (4999, "bye")):
            ws = await self.connect(url)
            await self.close(ws, code, reason)
            self.assertEqual(ws.close_code, code)
            self.line(server, r"Client \d+ disconnecting with code: %d, reason: %s" % (code, reason))

    async def test_a_client_that_breaks_off_is_not_clean(self):
        server, url = self.serve()
        ws = await self.connect(url)
        ws.transport.abort()
        await self.in_time(ws.wait_closed())
        self.line(server, r"Client \d+ disconnected, clean: false")

    async def test_echoes_to_each_their_own(self):
        _, url = self.serve()
        clients = [await self.connect(url) for _ in range(20)]
        for number, ws in enumerate(clients):
            await ws.send("for %d" % number)
        for number, ws in enumerate(clients):
            self.assertEqual(await self.in_time(ws.recv()), "for %d" % number)
        for ws in clients:
            await self.close(ws)

    async def test_many_at_once_come_back_in_order(self):
        _, url = self.serve()
        ws = await self.connect(url, max_queue=None)

        async def send():
            for number in range(500):
                await ws.send(b"%d" % number + bytes(1000))

        sending = asyncio.create_task(send())
        for number in range(500):
            self.assertEqual(await self.in_time(ws.recv()), b"%d" % number + bytes(1000))
        await sending
        await self.close(ws)

    async def test_who_does_not_read_the_echoes_is_told_to_go(self):
        _, url = self.serve()
        ws = await self.connect(url, max_queue=1, read_limit=1024)
        # More than the queue and the buffers between hold; nothing is received in the meantime.
        for _ in range(200):
            await self.in_time(ws.send(bytes(60000)))
        with self.assertRaises(websockets.ConnectionClosed) as closed:
            while True:
                self.assertEqual(await self.in_time(ws.recv()), bytes(60000))
        self.assertEqual((closed.exception.rcvd.code, closed.exception.rcvd.reason), (1008, "its echoes were not read"))

    def test_what_clients_write_does_nothing_to_a_terminal(self):
        async def send():
            ws = await self.connect(url)
            await self.echo(ws, b"\x1b[2J\r\nClient 1 connected" + b"y" * 1000)
            await self.echo(ws, "\x9b2J\x80ž\u00a0\x7f\0.")
            await self.close(ws)

        server, url = self.serve()
        asyncio.run(send())
        shown = self.line(server, r"Got data from client \d+: (.*) \.\.\. echoing").group(1)
        self.assertTrue(shown.startswith(".[2J..Client 1 connectedyyy") and shown.endswith("..."), shown)
        self.line(server, r"Got data from client \d+: \.\.2J\.\.ž\u00a0\.\.\. \.\.\. echoing")

    def test_says_why_it_cannot_listen(self):
        taken, port = peers.take_port()
        with taken:
            server = self.program("echo_server", "--port", str(port), "--bind", "127.0.0.1")
            self.assertEqual(server.status(), 1)
        self.assertEqual(server.err, ["Unable to start server on port %d: address already in use" % port])
        for arguments in (["--port"], ["--port", "65536"], ["--port", "x"], ["--nonsense"], ["extra"]):
            server = self.program("echo_server", *arguments)
            self.assertEqual(server.status(), 2)
            self.assertRegex(server.err[0], "--help")
        server = self.program("echo_server", "--help")
        self.assertEqual((server.status(), server.err), (0, []))
        self.assertRegex(server.out[0], "^usage: echo_server")


class EchoServerOnARing(EchoServer):
    """The same over io_uring, if the library has it."""

    def setUp(self):
        super().setUp()
        if not self.has_driver("uring"):
            self.skipTest("the library has no io_uring")

    def serve(self, *arguments, **how):
        return super().serve("--io", "uring", *arguments, **how)


class EchoClient(AsyncTest):
    """websockets is the server."""

    async def run_client(self, handler, *arguments, **options):
        """Its output, its errors, its exit status; what the handler got and how that ended."""
        self.got, self.closed = [], None

        async def wrapped(ws, *_):
            try:
                await handler(ws)
            finally:
                await ws.wait_closed()
                self.closed = (ws.close_code, ws.close_reason)

        options.setdefault("max_size", 4 * MIB)
        async with websockets.serve(wrapped, "127.0.0.1", 0, **options) as server:
            port = server.sockets[0].getsockname()[1]
            client = self.program("echo_client", "ws://127.0.0.1:%d/echo?x=1" % port, *arguments)
            status = await self.in_time(asyncio.to_thread(client.status))
        return client.out, client.err, status

    async def echo(self, ws):
        async for message in ws:
            self.got.append(message)
            await ws.send(message)

    async def test_says_what_the_manual_page_says(self):
        out, err, status = await self.run_client(self.echo)
        self.assertEqual(out, ["Connected with protocol: ", "Got data from server: Test packet", "Closed, clean: true"])
        self.assertEqual((err, status), ([], 0))
        self.assertEqual((self.got, self.closed), (["Test packet"], (1000, "")))

    async def test_sends_and_takes_every_length(self):
        for size in (*SIZES, MIB):
            raised = ["--max-message", str(MIB)] if size > LIMIT else []
            for binary in ([], ["--binary"]):
                _, err, status = await self.run_client(self.echo, "--size", str(size), *binary, *raised)
                self.assertEqual((err, status), ([], 0))
                self.assertEqual(self.got, [letters(size).encode() if binary else letters(size)])

    async def test_compresses_if_the_server_agrees(self):
        agreed = []

        async def echo(ws):
            agreed.append([extension.name for extension in ws.extensions])
            await self.echo(ws)

        for compression, names in ((None, []), ("deflate", ["permessage-deflate"])):
            for size in (*SIZES, 300):
                _, err, status = await self.run_client(echo, "--deflate", "--size", str(size), compression=compression)
                self.assertEqual((err, status), ([], 0))
                self.assertEqual((self.got, agreed.pop()), ([letters(size)], names))

    async def test_sends_what_it_is_told(self):
        for text in TEXTS:
            out, _, status = await self.run_client(self.echo, "--message", text)
            self.assertEqual((self.got, status, out[1]), ([text], 0, "Got data from server: " + text))

    async def test_agrees_on_a_subprotocol(self):
        offer = ["--protocol", "a", "--protocol", "b"]
        for arguments, theirs, agreed in ((offer, ["c", "b"], "b"), ([], ["c", "b"], "")):
            out, _, status = await self.run_client(self.echo, *arguments, subprotocols=theirs)
            self.assertEqual((out[0], status), ("Connected with protocol: " + agreed, 0))
        for theirs in (None, ["c"]):
            _, err, status = await self.run_client(self.echo, *offer, subprotocols=theirs)
            self.assertEqual(
                (err, status), (["Unable to connect: the server agrees to none of the subprotocols offered"], 1))

    async def test_takes_fragments_with_pings_between(self):
        async def handler(ws):
            message = await ws.recv()

            async def fragments():
                for at in range(0, len(message), 7):
                    yield message[at:at + 7]
                    await self.in_time(await ws.ping(b"still there?"))

            await ws.send(fragments())

        out, err, status = await self.run_client(handler, "--message", TEXTS[1])
        self.assertEqual((out[1], err, status), ("Got data from server: " + TEXTS[1], [], 0))

    async def test_a_server_that_closes_first(self):
        async def handler(ws):
            await ws.recv()
            await ws.close(4002, "no")

        out, err, status = await self.run_client(handler)
        self.assertEqual((out, status), (["Connected with protocol: ", "Closed, clean: true"], 1))
        self.assertEqual(self.closed, (4002, "no"))

    async def test_a_server_that_breaks_off(self):
        async def handler(ws):
            await ws.recv()
            ws.transport.abort()

        out, _, status = await self.run_client(handler)
        self.assertEqual((out[-1], status), ("Closed, clean: false", 1))

    async def test_another_answer_is_no_echo(self):
        for answer in ("something else", b"Test packet"):
            async def handler(ws):
                await ws.recv()
                await ws.send(answer)

            _, err, status = await self.run_client(handler)
            self.assertEqual((err, status), (["That is not what was sent"], 1))

    async def test_an_answer_over_the_limit(self):
        async def handler(ws):
            await ws.recv()
            await ws.send(bytes(LIMIT + 1))

        _, _, status = await self.run_client(handler)
        self.assertEqual((self.closed[0], status), (1009, 1))

    async def test_a_server_that_refuses(self):
        async def refuse(*_):
            return http.HTTPStatus.FORBIDDEN, [], b"go away\n"

        out, err, status = await self.run_client(self.echo, process_request=refuse)
        self.assertEqual((out, status), (["Closed, clean: false"], 1))
        self.assertRegex(err[0], "^Unable to connect: the server refused with HTTP status 403")

    def test_nobody_there_and_no_url(self):
        taken, port = peers.take_port(listening=False)
        with taken:
            client = self.program("echo_client", "ws://127.0.0.1:%d" % port)
            self.assertEqual(client.status(), 1)
        self.assertEqual(client.err,
                         ["Unable to connect: could not connect to 127.0.0.1 port %d: Connection refused" % port])
        for url in ("http://localhost/", "ws://", "localhost"):
            client = self.program("echo_client", url)
            self.assertEqual((client.status(), client.out), (1, []))
            self.assertEqual(client.err, ["Unable to connect to %s: this is no ws:// or wss://HOST[:PORT][/PATH], or a "
                                          "--protocol no token" % url])
        for arguments in ([], ["--message"], ["ws://a", "ws://b"], ["ws://a", "--size", "x"]):
            client = self.program("echo_client", *arguments)
            self.assertEqual(client.status(), 2)
            self.assertRegex(client.err[0], "--help")


class Encrypted(AsyncTest):
    """wss, with Python's ssl at the other end."""

    def setUp(self):
        self.cert, self.key = peers.self_signed(self.folder())

    def serve(self):
        return super().serve("--tls", self.cert, self.key, scheme="wss")

    async def test_our_server(self):
        server, url = self.serve()
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            trusting = ssl.create_default_context(cafile=self.cert)
            trusting.minimum_version = trusting.maximum_version = version
            ws = await self.in_time(websockets.connect(url, ssl=trusting, max_size=4 * MIB).__aenter__())
            for message in messages():
                await self.in_time(ws.send(message))
                self.assertEqual(await self.in_time(ws.recv()), message)
            await self.in_time(ws.close(4001, "bye"))
            self.assertEqual(ws.close_code, 4001)
            self.line(server, r"Client \d+ disconnected, clean: true")
        with self.assertRaises(ssl.SSLCertVerificationError):
            await self.in_time(websockets.connect(url, ssl=ssl.create_default_context()).__aenter__())

    async def run_client(self, *arguments):
        async def echo(ws, *_):
            async for message in ws:
                await ws.send(message)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        async with websockets.serve(echo, "127.0.0.1", 0, ssl=context, max_size=4 * MIB) as server:
            port = server.sockets[0].getsockname()[1]
            client = self.program("echo_client", "wss://127.0.0.1:%d/" % port, *arguments)
            status = await self.in_time(asyncio.to_thread(client.status))
        return client.out, client.err, status

    async def test_our_client(self):
        for arguments in (["--ca", self.cert], ["--insecure"],
                          ["--ca", self.cert, "--size", str(MIB), "--max-message", str(MIB)]):
            out, err, status = await self.run_client(*arguments)
            self.assertEqual((out[-1], err, status), ("Closed, clean: true", [], 0))
        _, err, status = await self.run_client()
        self.assertEqual((err, status), (["Unable to connect: the server's certificate is self-signed"], 1))

    def test_ours_and_ours(self):
        _, url = self.serve()
        for arguments in (["--ca", self.cert], ["--insecure", "--size", str(LIMIT)]):
            client = self.program("echo_client", url, *arguments)
            self.assertEqual(client.status(), 0, client.err)
        client = self.program("echo_client", url.replace("wss", "ws"))
        self.assertEqual(client.status(), 1)

    def test_a_certificate_that_is_not_there(self):
        server = self.program("echo_server", "--tls", "/nowhere", self.key)
        self.assertEqual((server.status(), server.err),
                         (1, ["Unable to use the certificate: cannot read /nowhere: No such file or directory"]))


class Together(AsyncTest):
    def test_ours_and_ours(self):
        _, url = self.serve("--max-message", str(MIB))
        url = url.replace("127.0.0.1", "localhost")
        for arguments in ([], ["--binary"], ["--size", str(MIB), "--max-message", str(MIB)]):
            client = self.program("echo_client", url, *arguments)
            self.assertEqual(client.status(), 0, client.err)


if __name__ == "__main__":
    peers.main(__doc__)
