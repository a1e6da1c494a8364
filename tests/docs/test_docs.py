"""test_docs: what README.md and docs/*.md say, checked: their code compiles and runs, their names and links exist.

    python3 test_docs.py FOLDER-OF-THE-EXECUTABLES [ROOT-OF-THE-SOURCES]

A block that begins "```c file=NAME" is that file, or the next part of it; the files of a document lie in one folder.
Every .c file is compiled.  After the name may stand:

    program[=NAME]   it has a main(): an executable is made of it,
    with=A.c,B.c     together with these,
    run              and run: it has to end with status 0,
    web              it is for a page: tests/web makes one of it and looks.

"```gdscript file=NAME" is a script of a Godot project, which a test makes the rest of.
"""
import glob
import os
import queue
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BIN = ROOT = ""
TIMEOUT = 60
GODOT = "godot3-server"
# The scene that docs/godot.md has its reader make: a node with a script, under the root.
PROJECT = {
    "project.godot": 'config_version=4\n\n[application]\n\nrun/main_scene="res://main.tscn"\n',
    "main.tscn": '[gd_scene load_steps=2 format=2]\n\n'
                 '[ext_resource path="res://board.gd" type="Script" id=1]\n\n'
                 '[node name="Main" type="Node"]\n\n'
                 '[node name="Board" type="Node" parent="."]\nscript = ExtResource( 1 )\n',
}
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


def documents():
    return [os.path.join(ROOT, "README.md"), *sorted(glob.glob(os.path.join(ROOT, "docs", "*.md")))]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def fences(text):
    """(info, body) of each fenced block."""
    return re.findall(r"^```([^\n`]*)\n(.*?)^```$", text, re.M | re.S)


class Code:
    """The files in one document, written to a folder of their own."""

    def __init__(self, path, folder):
        self.folder, self.options = folder, {}
        parts = {}
        for info, body in fences(read(path)):
            words = shlex.split(info)
            if words[:1] != ["c"] or not any(word.startswith("file=") for word in words):
                continue
            options = dict((word.split("=", 1) + [""])[:2] for word in words[1:])
            name = options.pop("file")
            parts.setdefault(name, []).append(body)
            self.options.setdefault(name, {}).update(options)
        for name, bodies in parts.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write("".join(bodies))


def cache():
    """What CMake was told when the library was built."""
    text = read(os.path.join(BIN, "..", "CMakeCache.txt"))
    return dict(re.findall(r"^(\w+):\w+=(.*)$", text, re.M))


def compiler():
    settings = cache()
    command = [settings.get("CMAKE_C_COMPILER", "cc"), *WARNINGS]
    if settings.get("MEEPLE_SANITIZE") == "ON":
        command += ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    for layer in ("core", "transport", "rpc"):
        command += ["-I", os.path.join(ROOT, layer, "include")]
    return command


def library():
    """The shared one, which brings what it links; without it there is no such test."""
    build = os.path.abspath(os.path.join(BIN, ".."))
    return [os.path.join(build, "libmeeple.so"), "-Wl,-rpath," + build]


def scripts(path):
    """The GDScript in a document, by name."""
    return {info.split("file=")[1]: body for info, body in fences(read(path)) if info.startswith("gdscript file=")}


class Player:
    """A program at a terminal of ours."""

    def __init__(self, *command, **environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment})
        self.lines, self.seen = queue.Queue(), []
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put(None)

    def wait_for(self, pattern):
        while True:
            try:
                line = self.lines.get(timeout=TIMEOUT)
            except queue.Empty:
                raise AssertionError("%s does not come after %s" % (pattern, self.seen)) from None
            self.seen.append(line)
            assert line is not None, "it ended: %s" % self.seen
            match = re.search(pattern, line)
            if match:
                return match

    def type(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def end(self):
        """Its exit status; it gets some time to end by itself.  More than once is fine."""
        try:
            status = self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.thread.join()
        self.process.stdin.close()
        self.process.stdout.close()
        return status


class Programs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.mkdtemp(prefix="meeple-docs-")
        cls.addClassCleanup(shutil.rmtree, cls.work)
        cls.codes = {}
        for path in documents():
            folder = os.path.join(cls.work, os.path.basename(path))
            os.mkdir(folder)
            cls.codes[os.path.basename(path)] = Code(path, folder)

    def build(self, code, name, ports=None):
        """An object file, or the executable if there is a program in it; its path.  Ports that the text names can be
        exchanged for others, as they may be taken here."""
        options, folder = code.options[name], code.folder
        if ports:
            folder = tempfile.mkdtemp(dir=self.work)
            for other in code.options:
                text = read(os.path.join(code.folder, other))
                for old, new in ports.items():
                    text = text.replace(old, new)
                with open(os.path.join(folder, other), "w", encoding="utf-8") as file:
                    file.write(text)
        out = os.path.join(folder, options.get("program") or os.path.splitext(name)[0])
        command = compiler() + [name]
        if "program" in options:
            command += [other for other in options.get("with", "").split(",") if other] + library()
        else:
            command.append("-c")
            out += ".o"
        made = subprocess.run(command + ["-o", out], cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual((made.returncode, made.stderr), (0, ""))
        return out

    def test_all_code_compiles_and_runs(self):
        count = 0
        for document, code in self.codes.items():
            for name, options in code.options.items():
                if not name.endswith(".c") or "web" in options:
                    continue
                with self.subTest(document=document, file=name):
                    count += 1
                    out = self.build(code, name)
                    if "run" in options:
                        ran = subprocess.run([out], capture_output=True, text=True, timeout=TIMEOUT)
                        self.assertEqual((ran.returncode, ran.stderr), (0, ""))
        self.assertGreater(count, 5)

    def test_code_is_marked(self):
        """No block of C escapes."""
        for path in documents():
            for info, _ in fences(read(path)):
                if info.split()[:1] == ["c"]:
                    self.assertRegex(info, r"file=", os.path.basename(path))

    def test_the_echo_of_the_readme(self):
        self.echo("README.md", "echo_server.c")

    def test_the_cores_of_the_guide(self):
        self.echo("guide.md", "cores.c")

    def echo(self, document, server):
        """The client of the README gets back what it sent."""
        with socket.create_server(("", 0)) as free:
            ports = {"9080": str(free.getsockname()[1])}
        server = Player(self.build(self.codes[document], server, ports))
        client = self.build(self.codes["README.md"], "echo_client.c", ports)
        try:
            deadline = time.monotonic() + TIMEOUT
            while time.monotonic() < deadline:  # the server says nothing when it is ready
                ran = subprocess.run([client], capture_output=True, text=True, timeout=TIMEOUT)
                if "refused" not in ran.stdout:
                    break
        finally:
            server.process.terminate()
            server.end()
        self.assertEqual((ran.returncode, ran.stdout.split("\n")[0]), (0, "Test packet"))

    def test_the_ten_minutes_with_godot(self):
        """Two Godots play at the server until one of them has it."""
        if not shutil.which(GODOT):
            self.skipTest("there is no %s" % GODOT)
        with socket.create_server(("", 0)) as free:
            port = str(free.getsockname()[1])
        project = tempfile.mkdtemp(dir=self.work)
        for name, text in {**PROJECT, **scripts(os.path.join(ROOT, "docs", "godot.md"))}.items():
            with open(os.path.join(project, name), "w", encoding="utf-8") as file:
                file.write(text.replace("9080", port))
        server = self.build(self.codes["godot.md"], "guess_server.c", {"9080": port})
        # What it prints is to be read while it runs, and it is no terminal that it prints to.  stdbuf loads something
        # before ASan, which minds that.
        asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        server = Player("stdbuf", "-oL", server, ASAN_OPTIONS=asan)
        try:
            self.wait_until_heard(server, int(port))
            players = [Player(GODOT, "--path", project, HOME=project) for _ in range(2)]
            try:
                for player in players:
                    self.assertTrue(player.wait_for(r"It was \d+; player \d+ has it"))
                    self.assertEqual(player.end(), 0)
            finally:
                for player in players:
                    player.process.kill()
                    player.end()
            server.wait_for(r"\d+ guesses 50")
            for _ in players:
                server.wait_for(r"\d+: leave")
        finally:
            server.process.kill()
            server.end()

    def wait_until_heard(self, server, port):
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), TIMEOUT).close()
                return
            except ConnectionRefusedError:
                if server.process.poll() is not None:
                    server.wait_for("what it said")
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)

    def test_the_game_of_the_guide(self):
        """Two processes play to the end; a third player is turned away."""
        nim = self.build(self.codes["guide.md"], "play.c", {"9090": "0"})
        host = Player(nim)
        try:
            port = host.wait_for(r"Waiting for somebody at port (\d+)")[1]
            guest, third = (Player(nim, "ws://127.0.0.1:" + port) for _ in range(2))
            try:
                self.play(host, guest, third)
            finally:
                for player in (guest, third):
                    player.process.kill()
                    player.end()
        finally:
            host.process.kill()
            host.end()

    def play(self, host, guest, third):
        both = [host, guest]
        # Whichever of the two came second.
        guest.wait_for("Take 1, 2 or 3|No game")
        if "No game" in guest.seen[-1]:
            self.assertIn("503", guest.seen[-1])
            guest, third = third, guest
            both = [host, guest]
            guest.wait_for("Take 1, 2 or 3")
        else:
            self.assertIn("503", third.wait_for("No game.*")[0])
        self.assertEqual(third.end(), 0)
        stones = 21
        while stones > 0:
            mover = both[1]
            take = min(3, stones)
            mover.type("%d\n" % take)
            stones -= take
            both.reverse()
            if stones > 0:
                both[1].wait_for("%d stones. Take" % stones)
        winner, loser = both[0], both[1]
        winner.wait_for("You win")
        loser.wait_for("You lose")
        self.assertEqual((host.end(), guest.end()), (0, 0))


class Text(unittest.TestCase):
    def test_links_lead_somewhere(self):
        for path in documents():
            for target in re.findall(r"\]\(([^)#\s]+)\)", read(path)):
                with self.subTest(document=os.path.basename(path), link=target):
                    self.assertTrue("://" in target or os.path.exists(os.path.join(os.path.dirname(path), target)))

    def test_architecture_names_every_file(self):
        """And none that is not there."""
        text = read(os.path.join(ROOT, "docs", "architecture.md"))
        for layer in ("core", "transport", "rpc"):
            section = re.search(r"^### %s\n(.*?)(?=^#|\Z)" % layer, text, re.M | re.S)[1]
            named = set(re.findall(r"^\| \**`(?:meeple/)?([a-z0-9_]+)(?:\.h)?`", section, re.M))
            files = glob.glob(os.path.join(ROOT, layer, "*.[ch]"))
            files += glob.glob(os.path.join(ROOT, layer, "include", "meeple", "*.h"))
            self.assertEqual(named, {os.path.splitext(os.path.basename(file))[0] for file in files}, layer)

    def test_names_exist(self):
        """Whatever is called meeple_... in the text is in a public header, or a file or test of ours."""
        headers = "".join(map(read, glob.glob(os.path.join(ROOT, "*", "include", "meeple", "*.h"))))
        known = set(re.findall(r"\b(?:meeple|MEEPLE)_\w+", headers))
        for macro in ("ERR", "EVENT", "STAGE", "RPC_MODE", "REFUSAL", "TYPE", "VALUE_KIND"):
            prefix = {"ERR": "MEEPLE_", "RPC_MODE": "MEEPLE_RPC_", "VALUE_KIND": "MEEPLE_VALUE_"}.get(macro, "MEEPLE_%s_" % macro)
            body = re.search(r"#define MEEPLE_%s_MAP\(X\)((?:.*\\\n)*.*)" % macro, headers)[1]
            known |= {prefix + name for name in re.findall(r"X\((\w+)", body)}
        build = "".join(read(os.path.join(ROOT, file)) for file in ("CMakeLists.txt", "CMakePresets.json"))
        known |= set(re.findall(r"\bMEEPLE_\w+", build))
        for path in documents():
            code = "".join(body for info, body in fences(read(path)) if info.startswith("c file="))
            for name in sorted(set(re.findall(r"\b(?:meeple|MEEPLE)_\w+", read(path).replace(code, "")))):
                if name.endswith("_") or name in known or "..." in name:
                    continue
                with self.subTest(document=os.path.basename(path), name=name):
                    self.fail("there is no such name")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BIN = sys.argv.pop(1)
    ROOT = sys.argv.pop(1) if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]) else os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "..", "..")
    ROOT = os.path.abspath(ROOT)
    unittest.main(verbosity=2)
