"""test_proxies: games behind nginx and Caddy, with the configurations that docs/web.md shows.

    python3 test_proxies.py FOLDER-OF-THE-EXECUTABLES

The proxies are looked for in build/packages first, where tests/run unpacks them, as an installed one may be at work.
"""
import asyncio
import gzip
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

import websockets

import peers
import programs
import test_chromium
from peers import TIMEOUT

ROOT = os.path.join(peers.FOLDER, "..", "..")
UNPACKED = os.path.join(ROOT, "build", "packages")
# Whoever comes by HTTP/2 for the page comes by HTTP/1.1 for the game; browsers do both at once.
JOIN = """new Promise((resolve) => {
    const socket = new WebSocket(location.origin.replace("http", "ws"), "meeple.1");
    socket.onmessage = () => socket.close(4001, "so long");
    socket.onclose = ({code, wasClean}) => resolve([code, wasClean]);
})"""
WASM = b"\0asm\1\0\0\0" * 500


def example(name):
    """The text of a block of docs/web.md."""
    with open(os.path.join(ROOT, "docs", "web.md"), encoding="utf-8") as file:
        return re.search(r"^```\w+ file=%s\n(.*?)^```$" % re.escape(name), file.read(), re.M | re.S)[1]


def changed(text, changes):
    for old, new in changes.items():
        if old not in text:
            raise AssertionError("%s is not in the example" % old)
        text = text.replace(old, new)
    return text


class Proxy(programs.Program):
    """One that runs in a folder of its own, in a group of its own, to end all its processes with."""
    options = {"start_new_session": True}

    def __init__(self, folder, *command):
        path = [os.path.join(UNPACKED, place) for place in ("usr/sbin", "usr/bin")]
        found = shutil.which(command[0], path=os.pathsep.join([*path, os.environ["PATH"], "/usr/sbin"]))
        if not found:
            raise AssertionError("%s is not there; tests/run gets it" % command[0])
        super().__init__(found, *command[1:], HOME=folder, XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder)

    def listens(self, port):
        """Waits until it does.  False: it ended."""
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), TIMEOUT).close()
                return True
            except ConnectionRefusedError:
                try:
                    self.process.wait(0.02)
                except subprocess.TimeoutExpired:
                    pass
        return False

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        super().end()


class BehindProxy(peers.Peers):
    """What holds behind each of them, with each of its configurations."""
    block = None  # of docs/web.md
    hands_out = False  # the page, itself

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        cls.authority = peers.Authority(folder.name)
        cls.cert, cls.key = cls.authority.issue("good")
        cls.context = ssl.create_default_context(cafile=cls.authority.cert)
        cls.home = folder.name
        test_chromium.believe(cls.home, cls.authority.cert)

    def write(self, folder, name, data):
        path = os.path.join(folder, name)
        with open(path, "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())
        return path

    def pages(self):
        folder = self.folder()
        self.write(folder, "index.html", "<p>dice")
        self.write(folder, "dice.wasm", WASM)
        self.write(folder, "dice.wasm.gz", gzip.compress(WASM))
        return folder

    def before(self, game, pages=None):
        """A proxy before the game at that port; its own port."""
        for _ in range(10):
            taken, port = programs.take_port()
            taken.close()
            proxy = self.started(self.proxy(self.folder(), port, game, pages or self.folder()))
            if proxy.listens(port):
                return port
            proxy.status()
            if not any("address already in use" in line.lower() for line in proxy.err):
                break
        self.fail("\n".join(proxy.err))

    def host(self, *arguments):
        game = self.program("dice", "--headless", "--host", "--dedicated", "--port", "0", "--bind", "127.0.0.1",
                            *arguments)
        return game, self.event(game, "up")["port"]

    def event(self, game, name, count=1):
        return game.wait_for(lambda line: json.loads(line) if '"ev":"%s"' % name in line else None, count=count)

    def get(self, port, path, **headers):
        url = "https://localhost:%d/%s" % (port, path)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=TIMEOUT,
                                          context=self.context)
        except urllib.error.HTTPError as error:
            self.addCleanup(error.close)
            return error

    def connect(self, port, **options):
        return websockets.connect("wss://localhost:%d/" % port, ssl=self.context, **options)

    def test_the_page_is_handed_out(self):
        pages = self.pages()
        game, port = self.host(*([] if self.hands_out else ["--serve", pages]))
        port = self.before(port, pages)
        with self.get(port, "") as page:
            self.assertEqual(page.read(), b"<p>dice")
            self.assertRegex(page.headers["Content-Type"], "^text/html")
        with self.get(port, "dice.wasm", Accept_Encoding="gzip") as page:
            self.assertEqual((page.headers["Content-Type"], page.headers["Content-Encoding"]),
                             ("application/wasm", "gzip"))
            self.assertEqual(gzip.decompress(page.read()), WASM)
            tag = page.headers["ETag"]
        with self.get(port, "dice.wasm") as page:
            self.assertEqual((page.headers["Content-Encoding"], page.read()), (None, WASM))
            self.assertEqual(page.headers["Cache-Control"], "no-cache")
        self.assertEqual(self.get(port, "dice.wasm", Accept_Encoding="gzip", If_None_Match=tag).status, 304)
        self.assertEqual(self.get(port, "nothing").status, 404)

    def test_a_player_comes_and_goes(self):
        game, port = self.host()
        port = self.before(port)

        async def play():
            async with self.connect(port, subprotocols=["meeple.1"]) as ws:
                self.assertEqual(ws.subprotocol, "meeple.1")
                await asyncio.wait_for(ws.recv(), TIMEOUT)
                await ws.close(4001, "so long")

        asyncio.run(play())
        leave = self.event(game, "leave")
        self.assertEqual((leave["code"], leave["reason"], leave["clean"]), (4001, "so long", True))

    def test_whose_connection_it_is(self):
        """The proxy is believed about it, if we say so; who writes that header itself is not."""
        game, direct = self.host("--proxy", "127.0.0.1")
        port = self.before(direct)

        async def join(url, **options):
            async with websockets.connect(url, subprotocols=["meeple.1"], local_addr=("127.0.0.2", 0),
                                          extra_headers={"X-Forwarded-For": "192.0.2.9"}, **options) as ws:
                await asyncio.wait_for(ws.recv(), TIMEOUT)

        for count, url, options in ((1, "wss://localhost:%d/" % port, {"ssl": self.context}),
                                    (2, "ws://127.0.0.1:%d/" % direct, {})):
            asyncio.run(join(url, **options))
            address = self.event(game, "join", count)["address"]
            self.assertEqual(address.split(":")[0], "127.0.0.2", url)

    def test_players_play_a_whole_game(self):
        game, port = self.host()
        port = self.before(port)
        players = [self.program("dice", "--headless", "--connect", "wss://localhost:%d/" % port, "--ca",
                                self.authority.cert, "--name", name, "--auto", "3") for name in ("Ann", "Ben")]
        for player in players:
            self.assertEqual(player.status(), 0, player.err)
        self.event(game, "leave", 2)
        for name in ("Ann", "Ben"):
            self.assertEqual(sum('"%s: rolls ' % name in line for line in game.out), 3, name)

    def test_a_browser(self):
        pages = self.pages()
        game, port = self.host(*([] if self.hands_out else ["--serve", pages]))
        port = self.before(port, pages)
        chromium = self.started(test_chromium.Chromium(self.home))
        chromium.load("https://localhost:%d/" % port)
        answer = chromium.ask("Runtime.evaluate", expression=JOIN, awaitPromise=True, returnByValue=True)
        self.assertEqual(answer["result"].get("value"), [4001, True], chromium.said)
        leave = self.event(game, "leave")
        self.assertEqual((leave["code"], leave["reason"]), (4001, "so long"))

    def test_the_end_of_the_game_is_told(self):
        game, port = self.host()
        port = self.before(port)

        async def play():
            async with self.connect(port, subprotocols=["meeple.1"]) as ws:
                await asyncio.wait_for(ws.recv(), TIMEOUT)
                game.signal(signal.SIGTERM)
                with self.assertRaises(websockets.ConnectionClosed) as ended:
                    while True:
                        await asyncio.wait_for(ws.recv(), TIMEOUT)
                self.assertEqual((ended.exception.rcvd.code, ended.exception.rcvd.reason),
                                 (1001, "the host ended the game"))

        asyncio.run(play())
        self.assertEqual(game.status(), 0, game.err)

    def test_who_is_no_player_is_told_so(self):
        _, port = self.host()
        port = self.before(port)

        async def play():
            async with self.connect(port):
                pass

        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            asyncio.run(play())
        self.assertEqual(refused.exception.status_code, 400)

    def test_messages_of_every_length(self):
        server, url = self.serve("--quiet")
        port = self.before(int(url.rsplit(":", 1)[1].rstrip("/")))

        async def play():
            async with self.connect(port, max_size=None) as ws:
                for size in peers.SIZES:
                    data = os.urandom(size)
                    await ws.send(data)
                    self.assertEqual(await asyncio.wait_for(ws.recv(), TIMEOUT), data)
                for number in range(500):
                    await ws.send(str(number))
                for number in range(500):
                    self.assertEqual(await asyncio.wait_for(ws.recv(), TIMEOUT), str(number))
                await asyncio.wait_for(await ws.ping(), TIMEOUT)

        asyncio.run(play())

    def test_a_game_that_is_not_there(self):
        taken, port = programs.take_port(listening=False)
        self.addCleanup(taken.close)
        port = self.before(port)

        async def play():
            async with self.connect(port, subprotocols=["meeple.1"]):
                pass

        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            asyncio.run(play())
        self.assertEqual(refused.exception.status_code, 502)


NGINX = """
daemon off;
error_log stderr;
pid %(folder)s/nginx.pid;
%(user)s
events {}
http {
    include %(types)s;
    access_log off;
    client_body_temp_path %(folder)s/body;
    proxy_temp_path %(folder)s/proxy;
    fastcgi_temp_path %(folder)s/fastcgi;
    scgi_temp_path %(folder)s/scgi;
    uwsgi_temp_path %(folder)s/uwsgi;
    include %(site)s;
}
"""


class Nginx(BehindProxy, unittest.TestCase):
    block = "nginx.conf"

    def proxy(self, folder, port, game, pages):
        live = "/etc/letsencrypt/live/dice.example.org/"
        changes = {"listen 443 ssl": "listen 127.0.0.1:%d ssl" % port, "127.0.0.1:8080": "127.0.0.1:%d" % game,
                   live + "fullchain.pem": self.cert, live + "privkey.pem": self.key}
        if self.hands_out:
            changes["/srv/dice"] = pages
        site = self.write(folder, "site.conf", changed(example(self.block), changes))
        types = "etc/nginx/mime.types"
        if not os.path.exists(os.path.join(UNPACKED, types)):
            types = os.path.join("/", types)
        config = NGINX % {"folder": folder, "site": site, "types": os.path.join(UNPACKED, types),
                          "user": "user root;" if os.getuid() == 0 else ""}
        return Proxy(folder, "nginx", "-p", folder, "-e", "stderr", "-c", self.write(folder, "nginx.conf", config))


class NginxWithFiles(Nginx):
    block, hands_out = "nginx-files.conf", True


CADDY = """
{
    admin off
    auto_https disable_redirects
    skip_install_trust
}
"""


class Caddy(BehindProxy, unittest.TestCase):
    block = "Caddyfile"

    def proxy(self, folder, port, game, pages):
        site = "https://localhost:%d {\n    bind 127.0.0.1\n    tls %s %s\n" % (port, self.cert, self.key)
        changes = {"dice.example.org {\n": site, "127.0.0.1:8080": "127.0.0.1:%d" % game}
        if self.hands_out:
            changes["/srv/dice"] = pages
        config = CADDY + changed(example(self.block), changes)
        return Proxy(folder, "caddy", "run", "--adapter", "caddyfile", "--config",
                     self.write(folder, "Caddyfile", config))


class CaddyWithFiles(Caddy):
    block, hands_out = "Caddyfile-files", True


if __name__ == "__main__":
    peers.main(__doc__)
