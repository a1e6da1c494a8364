"""test_servers: what a benchmark does about servers that are wrong, that are not there, and that it leaves behind.

    python3 test_servers.py FOLDER-OF-THE-EXECUTABLES
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

FOLDER = ""
TIMEOUT = 120
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


if __name__ == "__main__":
    FOLDER = sys.argv.pop()
    unittest.main()
