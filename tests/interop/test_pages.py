"""test_pages: echo_server --files against Python's HTTP client and bare sockets, while WebSockets go on.

    python3 test_pages.py FOLDER-OF-THE-EXECUTABLES
"""
import asyncio
import gzip
import hashlib
import http.client
import os
import socket
import ssl
import statistics
import threading
import time
import unittest
import urllib.error
import urllib.request

import websockets

import peers
from peers import MIB, TIMEOUT

PAGE = b"<!doctype html><title>meeple</title>"


class PagesTest(peers.Peers, unittest.TestCase):
    tls = ()

    def setUp(self):
        self.www = self.folder()
        self.write("index.html", PAGE)
        self.write("game/index.html", b"<p>game")
        self.write("game/game.wasm", b"\0asm\1\0\0\0")
        self.write("game/a b.json", b"{}")
        self.write(".secret", b"secret")

    def write(self, name, data):
        path = os.path.join(self.www, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def start(self, *arguments, scheme="ws"):
        self.server, url = self.serve("--files", self.www, "--health", "--quiet", *arguments, scheme=scheme)
        self.url = url
        self.http = url.replace("ws", "http", 1)
        self.port = int(url.rsplit(":", 1)[1].rstrip("/"))

    def get(self, path, method="GET", headers={}, context=None):
        request = urllib.request.Request(self.http + path, headers=headers, method=method)
        return urllib.request.urlopen(request, timeout=TIMEOUT, context=context)

    def status(self, path, method="GET", headers={}, data=None):
        request = urllib.request.Request(self.http + path, headers=headers, method=method, data=data)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                error.read()
                return error.code

    def raw(self, request):
        """All that comes for those bytes."""
        with socket.create_connection(("127.0.0.1", self.port), TIMEOUT) as stream:
            stream.sendall(request)
            answer = b""
            while piece := stream.recv(65536):
                answer += piece
        return answer

    def raw_status(self, target):
        answer = self.raw(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        return int(answer.split(b" ", 2)[1])

    def many(self, digest, count, context):
        """That many downloads at a time, some that nobody reads, and an echo that is measured."""
        idle = []
        for _ in range(8):
            stream = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
            self.addCleanup(stream.close)
            if context:
                stream = context.wrap_socket(stream, server_hostname="127.0.0.1")
                self.addCleanup(stream.close)
            stream.sendall(b"GET /large.wasm HTTP/1.1\r\nHost: x\r\n\r\n")
            idle.append(stream)
        digests, rounds = [], []

        def download():
            got = hashlib.sha256()
            with self.get("large.wasm", context=context) as response:
                while piece := response.read(MIB):
                    got.update(piece)
            digests.append(got.digest())

        async def play():
            async with websockets.connect(self.url, ssl=context) as ws:
                while any(thread.is_alive() for thread in threads):
                    began = time.monotonic()
                    await asyncio.wait_for(ws.send("roll"), TIMEOUT)
                    self.assertEqual(await asyncio.wait_for(ws.recv(), TIMEOUT), "roll")
                    rounds.append(time.monotonic() - began)
                    await asyncio.sleep(0.005)

        threads = [threading.Thread(target=download) for _ in range(count)]
        for thread in threads:
            thread.start()
        asyncio.run(play())
        for thread in threads:
            thread.join()
        self.assertEqual(digests, [digest] * count)
        print("%d rounds, median %.1f ms, worst %.1f ms" % (len(rounds), statistics.median(rounds) * 1000,
                                                            max(rounds) * 1000))
        self.assertLess(max(rounds), 5)


class Pages(PagesTest):
    def test_files_with_their_types(self):
        self.start()
        for path, kind, body in (("", "text/html; charset=utf-8", PAGE),
                                 ("index.html", "text/html; charset=utf-8", PAGE),
                                 ("game/game.wasm", "application/wasm", b"\0asm\1\0\0\0"),
                                 ("game/a%20b.json", "application/json", b"{}"),
                                 ("game", "text/html; charset=utf-8", b"<p>game")):
            with self.get(path) as response:
                self.assertEqual((response.headers["Content-Type"], response.read()), (kind, body))
                self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        with self.get("", method="HEAD") as response:
            self.assertEqual((response.headers["Content-Length"], response.read()), (str(len(PAGE)), b""))
        with self.get("healthz") as response:
            self.assertEqual(response.read(), b"ok\n")

    def test_what_is_kept_is_not_sent_again(self):
        self.start()
        with self.get("game/game.wasm") as response:
            tag = response.headers["ETag"]
        self.assertEqual(self.status("game/game.wasm", headers={"If-None-Match": tag}), 304)
        self.assertEqual(self.status("game/game.wasm", headers={"If-None-Match": '"x"'}), 200)

    def test_a_compressed_file_beside_it(self):
        self.write("game/game.wasm.gz", gzip.compress(b"\0asm\1\0\0\0"))
        self.start()
        with self.get("game/game.wasm", headers={"Accept-Encoding": "gzip"}) as response:
            self.assertEqual(response.headers["Content-Encoding"], "gzip")
            self.assertEqual(response.headers["Content-Type"], "application/wasm")
            self.assertEqual(gzip.decompress(response.read()), b"\0asm\1\0\0\0")

    def test_nothing_outside_and_nothing_hidden(self):
        os.symlink("/etc", os.path.join(self.www, "etc"))
        os.symlink("index.html", os.path.join(self.www, "link.html"))
        os.mkfifo(os.path.join(self.www, "pipe"))
        outside = b"etc/passwd"
        self.start()
        for target in (b"/.secret", b"/%2esecret", b"/link.html", b"/pipe", b"/etc/passwd", b"//etc/passwd",
                       *(up * depth + outside for depth in (1, 2, 5, 12) for up in
                         (b"/..", b"/../", b"/%2e%2e/", b"/..%2f", b"/%2e%2e%2f", b"/.%2e/", b"/..\\", b"/..%5c",
                          b"/%252e%252e/", b"/..%252f", b"/..;/", b"/./..", b"/game/../..")),
                       b"/game/" + b"../" * 9 + outside, b"/" + b"a/" * 3000, b"/" + b"a" * 5000):
            self.assertEqual(self.raw_status(target), 404, target)
        for target in (b"/%00", b"/index.html%00", b"/%c0%ae%c0%ae/etc/passwd", b"/..%c0%af" + outside, b"/%", b"/%f",
                       b"*", b"x", b"/%u002e%u002e/", b"/a#b", b"/\xff"):
            self.assertEqual(self.raw_status(target), 400, target)
        self.assertEqual(self.raw_status(b"/" + b"a" * 9000), 431)

    def test_what_is_no_get(self):
        self.start()
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
            self.assertEqual(self.status("", method=method), 405)
        self.assertEqual(self.status("", method="POST", data=b"x" * 100000), 405)
        self.assertEqual(self.status("", method="GET", data=b"x"), 400)
        self.assertTrue(self.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 2).endswith(PAGE))
        self.assertTrue(self.raw(b"GET / HTTP/1.0\r\n\r\n").endswith(PAGE))
        self.assertIn(b" 400 ", self.raw(b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))

    def test_off_unless_asked_for(self):
        server, url = self.serve("--quiet")
        self.http = url.replace("ws", "http", 1)
        self.assertEqual(self.status(""), 426)
        self.assertEqual(self.status("healthz"), 426)
        server = self.program("echo_server", "--port", "0", "--files", os.path.join(self.www, "index.html"))
        self.assertEqual(server.status(), 1)

    def test_a_download_that_breaks_off_is_seen(self):
        path = self.write("large.bin", os.urandom(40 * MIB))
        self.start()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        self.addCleanup(connection.close)
        connection.request("GET", "/large.bin")
        response = connection.getresponse()
        response.read(MIB)
        os.truncate(path, 20 * MIB)
        with self.assertRaises((http.client.IncompleteRead, ConnectionError)):
            response.read()

    def test_many_downloads_while_a_game_goes_on(self):
        data = os.urandom(32 * MIB)
        self.write("large.wasm", data)
        self.start()
        self.many(hashlib.sha256(data).digest(), 12, None)


class SecurePages(PagesTest):
    def test_https_beside_wss(self):
        cert, key = peers.self_signed(self.www)
        self.addCleanup(os.remove, cert)
        data = os.urandom(16 * MIB)
        self.write("large.wasm", data)
        self.start("--tls", cert, key, scheme="wss")
        context = ssl.create_default_context(cafile=cert)
        with self.get("", context=context) as response:
            self.assertEqual(response.read(), PAGE)
        self.many(hashlib.sha256(data).digest(), 4, context)
        # Who speaks plainly to it hears nothing that could be a page.
        self.assertNotIn(PAGE, self.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"))


if __name__ == "__main__":
    peers.main(__doc__)
