"""test_chromium: a page in Chromium against our server.

    python3 test_chromium.py FOLDER-OF-THE-EXECUTABLES
"""
import http.server
import json
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import clients
import peers
import programs


class Chromium(programs.Program):
    """The browser with no window, in a home of its own, told what to do through two pipes (DevTools protocol)."""

    def __init__(self, home):
        ours, theirs = os.pipe(), os.pipe()
        self.to, self.of = ours[1], theirs[0]
        # A group of its own, to end all its processes with; it also ends when our end of the pipe is closed.
        # Root may only without the sandbox; the pages are ours.
        # Other shells know descriptors of one digit only.
        self.options = {"start_new_session": True, "pass_fds": (ours[0], theirs[1])}
        super().__init__(
            "/bin/bash", "-c", 'exec "$@" 3<&%d 4>&%d' % (ours[0], theirs[1]), "bash",
            "chromium", "--headless", "--remote-debugging-pipe", "--user-data-dir=" + os.path.join(home, "profile"),
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-breakpad", "--no-first-run",
            "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-proxy-server", HOME=home, XDG_CONFIG_HOME=home, XDG_CACHE_HOME=home)
        for descriptor in (ours[0], theirs[1]):
            os.close(descriptor)
        self.asked, self.rest, self.session = 0, b"", {}
        self.said = ""  # what the console says last; pages are not told why a WebSocket fails

    def ask(self, method, **parameters):
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters, **self.session}
        os.write(self.to, json.dumps(message).encode() + b"\0")
        answer = self.until(lambda message: message.get("id") == self.asked)
        if "error" in answer:
            raise AssertionError("%s: %s" % (method, answer["error"]))
        return answer["result"]

    def until(self, accept):
        """The next message from the browser that is accepted; others are passed over."""
        end = time.monotonic() + peers.TIMEOUT
        while True:
            line, nul, rest = self.rest.partition(b"\0")
            if nul:
                self.rest = rest
                message = json.loads(line)
                if message.get("method") == "Log.entryAdded":
                    self.said = message["params"]["entry"]["text"]
                if accept(message):
                    return message
                continue
            readable, _, _ = select.select([self.of], [], [], max(0, end - time.monotonic()))
            more = os.read(self.of, 1 << 16) if readable else b""
            if not more:
                raise AssertionError("chromium does not answer\n" + "\n".join(self.err))
            self.rest += more

    def load(self, url):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = {"sessionId": self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]}
        self.ask("Page.enable")
        self.ask("Log.enable")
        self.ask("Page.navigate", url=url)
        self.until(lambda message: message.get("method") == "Page.loadEventFired")

    def do(self, command, **options):
        self.said = ""
        answer = self.ask("Runtime.evaluate", expression="commands.%s(%s)" % (command, json.dumps(options)),
                          awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise peers.Failed(answer["exceptionDetails"]["exception"]["description"] + "\n" + self.said)
        return answer["result"]["value"]

    def end(self):
        try:
            self.session = {}
            self.ask("Browser.close")
            self.process.wait(peers.TIMEOUT)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            pass  # it has to go all the same
        for descriptor in (self.to, self.of):
            os.close(descriptor)
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        super().end()


class Pages(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=peers.FOLDER)

    def log_message(self, *_):
        pass


def believe(home, cert):
    """Chromium believes an authority that is in the certificate database of its home."""
    database = os.path.join(home, ".pki", "nssdb")
    os.makedirs(database)
    for arguments in (["-N", "--empty-password"], ["-A", "-n", "test", "-t", "C,,", "-i", cert]):
        done = subprocess.run(["certutil", "-d", "sql:" + database, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError("certutil: " + done.stderr)


class Page(clients.ClientTests, unittest.TestCase):
    """The browser is the client; it is started once."""
    not_agreed = "response code: 400"
    wrong_name, self_signed, unknown = ("ERR_CERT_COMMON_NAME_INVALID", *["ERR_CERT_AUTHORITY_INVALID"] * 2)

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(folder.cleanup)
        cls.authority = peers.Authority(folder.name)
        believe(folder.name, cls.authority.cert)
        pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        cls.addClassCleanup(pages.server_close)
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        cls.addClassCleanup(pages.shutdown)
        cls.chromium = Chromium(folder.name)
        cls.addClassCleanup(cls.chromium.end)
        cls.chromium.load("http://127.0.0.1:%d/page.html" % pages.server_port)

    def do(self, command, **options):
        return self.chromium.do(command, **options)

    def test_agrees_on_the_window(self):
        _, url = self.serve("--server-bits", "10", "--client-bits", "11", "--server-fresh")
        extensions = self.do("open", url=url)["extensions"]
        for parameter in ("server_max_window_bits=10", "client_max_window_bits=11", "server_no_context_takeover"):
            self.assertIn(parameter, extensions)

    def test_the_echo_server(self):
        server, url = peers.Peers.serve(self, "--deflate", "--protocol", "a")
        opened = self.do("open", url=url, protocols=["b", "a"])
        self.assertEqual(opened["protocol"], "a")
        self.echo(opened["socket"], sizes=(0, 1, 65535, 65536))
        self.do("close", socket=opened["socket"], code=4001, reason="so long")
        self.line(server, r"Client \d+ disconnecting with code: 4001, reason: so long")
        self.line(server, r"Client \d+ disconnected, clean: true")


if __name__ == "__main__":
    peers.main(__doc__)
