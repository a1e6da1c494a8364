"""test_servers: what a benchmark does about servers that are wrong, that are not there, and that it leaves behind; and
what the raw ones do about clients that read slowly, and that go.

    python3 test_servers.py FOLDER-OF-THE-EXECUTABLES
"""
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

FOLDER = ""
TIMEOUT = 120
ABSENT = 77
# Gives back what it gets, but for one bit.
LIAR = """#!%s
import socket, selectors
listener = socket.create_server(("127.0.0.1", 0), backlog=100)
print("port %%d" %% listener.getsockname()[1], flush=True)
ready = selectors.DefaultSelector()
ready.register(listener, selectors.EVENT_READ)
while True:
    for key, _ in ready.select():
        if key.fileobj is listener:
            ready.register(listener.accept()[0], selectors.EVENT_READ)
        else:
            got = bytearray(key.fileobj.recv(65536))
            if not got:
                ready.unregister(key.fileobj)
                continue
            got[-1] ^= 1
            key.fileobj.sendall(got)
""" % sys.executable


class Servers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="meeple-bench-")
        self.addCleanup(self.folder.cleanup)
        # Its servers are those that lie beside it.
        for name in ("bench_echo", "server_raw"):
            shutil.copy(os.path.join(FOLDER, name), self.path(name))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def run_it(self, *arguments, **options):
        # Without node, which is none of this test's business.
        return subprocess.Popen([self.path("bench_echo"), *arguments], env={**os.environ, "PATH": self.folder.name},
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def children(self, pid):
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            return [int(child) for child in file.read().split()]

    def runs(self, pid):
        """Whether it does, or has ended, and be it that nobody has asked how."""
        try:
            with open("/proc/%d/stat" % pid, encoding="ascii") as file:
                return file.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def test_what_is_not_there_is_left_out_and_named(self):
        out, err = self.run_it("--quick", "echo.1").communicate(timeout=TIMEOUT)
        self.assertEqual(err, "")
        for line in ("# epoll is left out: server_ours: No such file or directory",
                     "# lws is left out: server_lws: No such file or directory",
                     "# ws is left out: node: No such file or directory"):
            self.assertIn(line, out.splitlines())
        self.assertRegex(out, r"(?m)^echo\.1 raw\.cpu [0-9.e+]+ ns$")

    def test_a_wrong_echo_is_a_failure(self):
        with open(self.path("server_raw"), "w", encoding="utf-8") as file:
            file.write(LIAR)
        process = self.run_it("--quick", "echo.1")
        _, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 1)
        self.assertIn("echo.1: raw: what came back is not what was sent", err.splitlines())

    def test_servers_end_when_the_benchmark_is_killed(self):
        process = self.run_it("echo.1")
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        # The others are tried and found missing; what is left then is the one that runs.
        for line in process.stdout:
            if line.startswith("# ws is left out"):
                break
        servers = self.children(process.pid)
        self.assertEqual(len(servers), 1)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=TIMEOUT)
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline and self.runs(servers[0]):
            time.sleep(0.01)
        self.assertFalse(self.runs(servers[0]))


class RawServers(unittest.TestCase):
    WAYS = (["server_raw"], ["server_raw", "--edges"],
            *(["server_raw_uring", "--by", way, "--buffer", size, "--buffers", count]
              for way in ("poll", "receive", "send", "files") for size, count in (("16384", "32"), ("1000", "2"))))

    def start(self, program, *arguments):
        if not os.path.exists(os.path.join(FOLDER, program)):
            self.skipTest("no " + program)
        process = subprocess.Popen([os.path.join(FOLDER, program), *arguments], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        line = process.stdout.readline()
        if not line.startswith("port ") and process.wait(timeout=TIMEOUT) == ABSENT:
            self.skipTest(line)
        return process.pid, int(line.split()[1])

    def connect(self, port):
        client = socket.socket()
        self.addCleanup(client.close)
        # So little room that the server has to wait until something is read.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(TIMEOUT)
        client.connect(("127.0.0.1", port))
        return client

    def read(self, client, count):
        got = bytearray()
        while len(got) < count:
            piece = client.recv(65536)
            self.assertTrue(piece)
            got += piece
        return bytes(got)

    def files(self, pid):
        return len(os.listdir("/proc/%d/fd" % pid))

    def until(self, holds):
        deadline = time.monotonic() + TIMEOUT
        while not holds() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(holds())

    def test_all_comes_back_in_order_to_who_reads_slowly(self):
        for way in self.WAYS:
            with self.subTest(way=way):
                _, port = self.start(*way)
                said = [os.urandom(3000000) for _ in range(3)]
                clients = [self.connect(port) for _ in said]
                writers = [threading.Thread(target=client.sendall, args=(text,)) for client, text in zip(clients, said)]
                heard = [None] * len(said)

                def listen(i):
                    heard[i] = self.read(clients[i], len(said[i]))

                readers = [threading.Thread(target=listen, args=(i,)) for i in range(len(said))]
                for thread in writers + readers:
                    thread.start()
                for thread in writers + readers:
                    thread.join()
                self.assertEqual(heard, said)

    def test_who_goes_is_closed(self):
        for way in self.WAYS:
            with self.subTest(way=way):
                pid, port = self.start(*way)
                before = self.files(pid)
                for _ in range(3):
                    ending, resetting = (self.connect(port) for _ in range(2))
                    for client in (ending, resetting):
                        client.sendall(b"x" * 5000)
                    # The end comes with bytes, and they come back before it does.
                    ending.shutdown(socket.SHUT_WR)
                    self.assertEqual(self.read(ending, 5000), b"x" * 5000)
                    self.assertEqual(ending.recv(1), b"")
                    resetting.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    resetting.close()
                    self.until(lambda: self.files(pid) == before)


if __name__ == "__main__":
    FOLDER = sys.argv.pop()
    unittest.main()
