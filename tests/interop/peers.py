"""peers: what the tests against others share: our programs and their lines, messages, certificates."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "samples"))
import programs
from programs import main, take_port

FOLDER = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = programs.TIMEOUT
LIMIT = 65536  # of a message, where none is given
MIB = 1 << 20
# Around the borders of the three forms that the length of a frame has.
SIZES = (0, 1, 125, 126, 65535, 65536)


class Failed(Exception):
    """Why another's peer could not do what it was told."""


class Told(programs.Program):
    """Another's peer, which is told what to do on its input, and answers each line with one in JSON."""
    stdin = subprocess.PIPE
    asked = 0

    def tell(self, line):
        self.asked += 1
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # wait_for() shows why it ended
        answer = json.loads(self.wait_for(lambda line: line, count=self.asked))
        if "error" in answer:
            raise Failed(answer["error"])
        return answer["ok"]


class Peers:
    """For a TestCase: starts programs, and ends them after the test."""

    def started(self, program):
        self.addCleanup(program.end)
        return program

    def program(self, name, *arguments):
        """One of ours."""
        return self.started(programs.Program(programs.ours(name), *arguments))

    def serve(self, *arguments, name="echo_server", scheme="ws"):
        """A server of ours on a free port, and its URL."""
        server = self.program(name, "--port", "0", "--bind", "127.0.0.1", *arguments)
        port = self.line(server, r"Listening on port (\d+)", server.err).group(1)
        return server, "%s://127.0.0.1:%s/" % (scheme, port)

    def has_driver(self, name):
        """Whether echo_server --io NAME would begin; the address is nobody's (RFC 5737)."""
        return self.program("echo_server", "--io", name, "--bind", "192.0.2.77").status() != 2

    def line(self, program, pattern, lines=None, count=1):
        """The match of the count-th line that is of this pattern."""
        return program.wait_for(lambda line: re.fullmatch(pattern, line), lines, count)

    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError("openssl %s\n%s" % (" ".join(arguments), done.stderr))


def certificate(folder, file, name, *extensions, signer=()):
    """Paths of a new certificate and its key; it is its own signer if no other is given."""
    cert, key, config = (os.path.join(folder, file + end) for end in (".pem", ".key", ".conf"))
    # In a file of ours: what the system's says would come on top.
    with open(config, "w") as out:
        print("[req]", "distinguished_name=name", "[name]", "[extensions]", *extensions, sep="\n", file=out)
    openssl("req", "-config", config, "-extensions", "extensions", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=" + name,
            *signer)
    return cert, key


HERE = "DNS:localhost,IP:127.0.0.1"


def self_signed(folder):
    """A certificate for this machine and its key, signed by nobody else."""
    return certificate(folder, "self", "meeple test", "subjectAltName=" + HERE)


class Authority:
    """Issues certificates; who believes it has its own, self.cert."""

    def __init__(self, folder):
        self.folder = folder
        self.cert, self.key = certificate(folder, "authority", "meeple test authority",
                                          "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")

    def issue(self, file, where=HERE):
        """A server's certificate and key, for the places that a subjectAltName names."""
        return certificate(self.folder, file, "meeple test", "basicConstraints=critical,CA:FALSE",
                           "extendedKeyUsage=serverAuth", "subjectAltName=" + where,
                           signer=("-CA", self.cert, "-CAkey", self.key))
