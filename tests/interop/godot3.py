"""godot3: Godot 3 in the tests: Debian's godot3-server, which runs the bots of tests/godot3/bots."""
import json
import os
import socket

import peers
import programs

GODOT = "godot3-server"
BOTS = os.path.join(peers.FOLDER, "..", "godot3", "bots")
ATTEMPTS = 20
SHOWN = 60  # lines, of the last


def parse(line):
    """What is not in JSON is for people, and empty here."""
    return json.loads(line) if line.startswith("{") else {}


def matches(line, fields):
    """Whether a line has these fields; "from", which is a word of Python, is from_."""
    names = {name: name.rstrip("_") for name in fields}
    return all(names[name] in line and line[names[name]] == value for name, value in fields.items())


class Lines(programs.Program):
    """A program that says what happens as JSON, an object a line; other lines are for people."""

    def lines(self, **fields):
        """Those that have these fields."""
        all_of_them = [parse(line) for line in self.out[:]]
        return [line for line in all_of_them if line and matches(line, fields)]

    def wait(self, count=1, **fields):
        """The count-th line that has these fields."""
        def accept(line):
            line = parse(line)
            return line if matches(line, fields) else None
        return self.wait_for(accept, count=count)

    def shown(self):
        return "%s\nstdout:\n%s\nstderr:\n%s\n" % (
            " ".join(self.command), "\n".join(self.out[-SHOWN:]), "\n".join(self.err[-SHOWN:]))


class Bot(Lines):
    """A scene of the bots; it ends when the test does, as it is told what to do over a connection."""

    def __init__(self, home, scene, **options):
        with socket.create_server(("127.0.0.1", 0)) as control:
            control.settimeout(programs.TIMEOUT)
            options["control"] = control.getsockname()[1]
            arguments = ["--%s=%s" % option for option in options.items()]
            # Godot keeps its settings there.
            places = {name: home for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
            super().__init__(GODOT, "--path", BOTS, scene + ".tscn", *arguments, LC_ALL="C.UTF-8", **places)
            try:
                self.control = control.accept()[0]
            except OSError:
                self.end()
                raise AssertionError("no Godot: " + self.shown()) from None

    def tell(self, *words):
        self.control.sendall(("\t".join(map(str, words)) + "\n").encode("ascii"))

    def end(self):
        if hasattr(self, "control"):
            self.control.close()
        super().end()


class Godot(peers.Peers):
    """For a TestCase."""

    def bot(self, scene, **options):
        if not hasattr(self, "home"):
            self.home = self.folder()
        return self.started(Bot(self.home, scene, **options))

    def bot_host(self, scene, **options):
        """A bot that is the server, and its URL; Godot cannot say which port it has got, so it is told one."""
        for _ in range(ATTEMPTS):
            taken, port = peers.take_port()
            taken.close()
            bot = self.bot(scene, port=port, **options)
            if bot.wait(ev="begin")["error"] == 0:
                return bot, "ws://127.0.0.1:%d/" % port
            bot.end()
        raise AssertionError("no port is free\n" + bot.shown())
