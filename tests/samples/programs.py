"""programs: programs of ours, run by a test: their lines as they come, in limited time, and none left behind."""
import os
import socket
import subprocess
import sys
import threading
import unittest

TIMEOUT = 60
BIN = ""  # where our executables are


class Program:
    """A program whose standard output and error are read, line by line, in threads of their own."""
    stdin = subprocess.DEVNULL
    options = {}  # of subprocess.Popen, besides

    def __init__(self, path, *arguments, **environment):
        self.command = [path, *arguments]
        self.process = subprocess.Popen(self.command, stdin=self.stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, **environment}, **self.options)
        self.changed = threading.Condition()
        self.out, self.err = [], []
        self.open = 2
        self.threads = [threading.Thread(target=self.read, args=(stream, lines), daemon=True)
                        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for thread in self.threads:
            thread.start()

    def read(self, stream, lines):
        for line in stream:
            with self.changed:
                lines.append(line.decode("utf-8").rstrip("\n"))
                self.changed.notify_all()
        stream.close()
        with self.changed:
            self.open -= 1
            self.changed.notify_all()

    def wait_for(self, accept, lines=None, count=1):
        """The first result of accept(line) that is not None or False; of the count-th such line."""
        lines = self.out if lines is None else lines
        seen = 0

        def look():
            nonlocal seen, count
            while seen < len(lines):
                result = accept(lines[seen])
                seen += 1
                if result is not None and result is not False:
                    count -= 1
                    if count == 0:
                        found.append(result)
                        return True
            return self.open == 0

        found = []
        with self.changed:
            in_time = self.changed.wait_for(look, TIMEOUT)
        if not found:
            raise AssertionError("%s: the line does not come (%s)\nstdout:\n%s\nstderr:\n%s" % (
                " ".join(self.command), "ended" if in_time else "timeout", "\n".join(self.out), "\n".join(self.err)))
        return found[0]

    def signal(self, number):
        self.process.send_signal(number)

    def status(self):
        """The exit status, when it has ended and everything is read."""
        try:
            self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            raise AssertionError("%s does not end\nstdout:\n%s\nstderr:\n%s" % (
                " ".join(self.command), "\n".join(self.out), "\n".join(self.err))) from None
        for thread in self.threads:
            thread.join(TIMEOUT)
        return self.process.returncode

    def end(self):
        """For addCleanup(): whatever state it is in."""
        if self.process.stdin:
            self.process.stdin.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join(TIMEOUT)


def take_port(listening=True):
    """A socket and its port, which is taken as long as the socket is open; who connects is refused if not listening."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    if listening:
        taken.listen()
    return taken, taken.getsockname()[1]


def ours(name):
    """The path of an executable of ours."""
    return os.path.join(BIN, name)


def main(usage):
    """Runs the tests of the script; its first argument is the folder of the executables."""
    global BIN
    if len(sys.argv) < 2:
        sys.exit(usage)
    BIN = sys.argv.pop(1)
    unittest.main(verbosity=2)
