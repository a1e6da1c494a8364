"""test_dice_processes: dice as people run it: real processes over real connections.

    python3 test_dice_processes.py FOLDER-OF-THE-EXECUTABLES
"""
import json
import os
import signal
import socket
import ssl
import sys
import tempfile
import unittest
import urllib.request

import programs

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))
import peers

EVENT_KEYS = {"ev", "ms", "bot", "peer", "code", "reason", "clean", "fault"}
RPC_KEYS = {"ev", "ms", "bot", "m", "from", "args", "ids", "names", "turn"}
METHODS = {"set_player_name", "update_player_name", "request_action", "do_action", "set_turn", "add_player",
           "del_player", "_log"}


class Dice(programs.Program):
    def __init__(self, *arguments, **environment):
        super().__init__(programs.ours("dice"), *arguments, **environment)

    def wait_line(self, count=1, **fields):
        """The count-th line that has these fields."""
        def accept(line):
            line = json.loads(line)
            return line if all(line.get(name) == value for name, value in fields.items()) else None
        return self.wait_for(accept, count=count)

    def lines(self):
        return [json.loads(line) for line in self.out]

    def log(self):
        return [line["args"][0] for line in self.lines() if line.get("m") == "_log"]


class DiceTest(unittest.TestCase):
    dialect = ()  # the flags for it

    def start(self, *arguments, **environment):
        dice = Dice(*arguments, **environment)
        self.addCleanup(dice.end)
        return dice

    def host(self, *arguments):
        dice = self.start("--headless", "--host", "--port", "0", "--bind", "127.0.0.1", "--name", "Host",
                          *self.dialect, *arguments)
        return dice, "127.0.0.1:%d" % dice.wait_line(ev="up")["port"]

    def join(self, where, name, *arguments, **environment):
        return self.start("--headless", "--connect", where, "--name", name, *self.dialect, *arguments, **environment)

    def done(self, *all_of_them):
        for dice in all_of_them:
            self.assertEqual(dice.status(), 0, "%s: %s" % (dice.command, dice.err))


class Table(DiceTest):
    def check_lines(self, dice):
        last = 0
        for line in dice.lines():
            if line["ev"] == "rpc":
                self.assertEqual(set(line), RPC_KEYS)
                self.assertIn(line["m"], METHODS)
                self.assertEqual(len(line["ids"]), len(line["names"]))
                self.assertTrue(-1 <= line["turn"] < max(len(line["ids"]), 1))
            else:
                self.assertIn(line["ev"], ("up", "join", "leave", "closing", "down"))
                self.assertLessEqual(EVENT_KEYS, set(line))
            self.assertGreaterEqual(line["ms"], last)
            last = line["ms"]
        self.assertEqual([line["ev"] for line in dice.lines() if line["ev"] in ("up", "down")], ["up", "down"])

    def check_part(self, host, guest):
        """A guest heard what the host said while it was there, in that order, and nothing else."""
        whole, part = host.log(), guest.log()
        starts = [at for at in range(len(whole)) if whole[at:at + len(part)] == part]
        self.assertTrue(part and starts, "%s\nis not part of\n%s" % (part, whole))

    def check_states(self, host, guest):
        """Every table that a guest had while it was there, the host had too."""
        def states(dice):
            return [(tuple(line["ids"]), tuple(line["names"]), line["turn"]) for line in dice.lines() if "ids" in line]
        of_guest = states(guest)
        own = next(line["peer"] for line in guest.lines() if line["ev"] == "up")
        begins = next(at for at, line in enumerate(of_guest) if own in line[0] and line[2] >= 0)
        self.assertLessEqual(set(of_guest[begins:]), set(states(host)))

    def check_rolls(self, host, **counts):
        for name, count in counts.items():
            rolled = [line for line in host.log() if line.startswith(name + ": rolls ")]
            self.assertGreaterEqual(len(rolled), count, name)
            for line in rolled:
                self.assertTrue(0 <= int(line.split()[-1]) <= 99)
        self.assertFalse([line for line in host.log() if "cheat" in line])

    def play_to_the_end(self):
        host, where = self.host()
        guests = [self.join(where, name, "--auto", "5") for name in ("Anna", "Bořek", 'C "x" \\')]
        self.done(*guests, host)
        for dice in (host, *guests):
            self.check_lines(dice)
        for guest in guests:
            self.check_part(host, guest)
            self.check_states(host, guest)
        self.check_rolls(host, **{"Anna": 5, "Bořek": 5, 'C "x" \\': 5, "Host": 5})
        for name in ("Anna", "Bořek", 'C "x" \\'):
            self.assertEqual(sum(line.startswith(name + ":") for line in host.log()), 5)
        end = host.lines()[-2]
        self.assertEqual((end["ids"], end["names"], end["turn"]), ([1], ["Host"], 0))
        return [host, *guests]

    def serve_until_told_to_end(self):
        host, where = self.host("--dedicated")
        for gone in (2, 4):
            guests = [self.join(where, name, "--auto", "3") for name in ("a", "b")]
            self.done(*guests)
            host.wait_line(ev="leave", count=gone)  # it may be behind its guests in what it has written
            for guest in guests:
                self.check_part(host, guest)
        host.signal(signal.SIGTERM)
        self.done(host)
        self.assertFalse([line for line in host.lines() if 1 in line.get("ids", [])])
        self.check_rolls(host, a=6, b=6)
        self.check_lines(host)


class Godot3(Table):
    """The same in what Godot 3 speaks, and with whom does not."""
    dialect = ("--dialect", "godot3")

    def test_a_host_and_three_play_to_the_end_and_all_logs_agree(self):
        host, *guests = self.play_to_the_end()
        self.assertEqual({line["protocol"] for line in host.lines() if line["ev"] == "join"}, {"ludus"})
        for guest in guests:
            self.assertEqual(guest.wait_line(ev="up")["protocol"], "ludus")

    def test_a_dedicated_host_serves_until_it_is_told_to_end(self):
        self.serve_until_told_to_end()

    def test_who_speaks_something_else_reads_what_to_do(self):
        host, where = self.host("--dedicated")
        guest = self.join(where, "a", "--dialect", "native")
        self.assertEqual(guest.status(), 1)
        self.assertRegex(guest.err[-1], "^dice: Could not connect to %s: .*--dialect godot3" % where)
        host.signal(signal.SIGTERM)
        self.done(host)

        host, where = self.host("--dedicated", "--dialect", "native")
        guest = self.join(where, "a")
        self.assertEqual(guest.status(), 1)
        self.assertRegex(guest.err[-1], "^dice: Could not connect to %s: .*--dialect native" % where)
        host.signal(signal.SIGTERM)
        self.done(host)

    def test_a_page_is_told_what_is_spoken(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "index.html"), "w") as page:
                page.write("<p>dice")
            host, where = self.host("--serve", folder)
            link = host.wait_line(ev="up")["page"]
            self.assertEqual(link, "http://%s/?dialect=godot3" % where)
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(link, timeout=programs.TIMEOUT) as page:
                self.assertEqual(page.read(), b"<p>dice")
            self.done(self.join(link, "a", "--auto", "1"), host)


class Game(Table):
    def test_a_host_and_three_play_to_the_end_and_all_logs_agree(self):
        self.play_to_the_end()

    def test_a_host_told_to_roll_stays_for_the_others(self):
        host, where = self.host("--auto", "2")
        guests = [self.join(where, name, "--auto", "4") for name in ("a", "b")]
        self.done(*guests, host)
        self.check_rolls(host, Host=2, a=4, b=4)

    def test_a_dedicated_host_serves_until_it_is_told_to_end(self):
        self.serve_until_told_to_end()

    def test_a_seed_makes_the_same_dice(self):
        rolls = []
        for _ in range(2):
            host, where = self.host("--seed", "7")
            self.done(self.join(where, "a", "--auto", "3"), host)
            rolls.append([line.split()[-1] for line in host.log()])
        self.assertEqual(rolls[0][:6], rolls[1][:6])

    def test_a_windowless_game_over_ipv6(self):
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            self.skipTest("no IPv6 here")
        host = self.start("--headless", "--host", "--port", "0", "--bind", "::1")
        port = host.wait_line(ev="up")["port"]
        self.done(self.join("[::1]:%d" % port, "six", "--auto", "1"), host)
        self.assertTrue(host.wait_line(ev="join")["address"].startswith("[::1]:"))


    def test_a_page_at_the_address_that_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "index.html"), "w") as page:
                page.write("<p>dice")
            host, where = self.host("--serve", folder)
            self.assertEqual(host.wait_line(ev="up")["page"], "http://%s/" % where)
            with urllib.request.urlopen("http://%s/" % where, timeout=programs.TIMEOUT) as page:
                self.assertEqual(page.read(), b"<p>dice")
            # Who looked at the page is no player.
            self.done(self.join(where, "a", "--auto", "1"), host)
            self.assertEqual(len([line for line in host.lines() if line["ev"] == "join"]), 1)

    def test_a_host_at_every_address_says_one_where_others_find_the_page(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "index.html"), "w") as page:
                page.write("<p>dice")
            host = self.start("--headless", "--host", "--port", "0", "--name", "Host", "--serve", folder)
            where = host.wait_line(ev="up")["page"]
            # No proxy is to be asked for what is in this machine.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(where, timeout=programs.TIMEOUT) as page:
                self.assertEqual(page.read(), b"<p>dice")
            # What is copied from there is an address to play at, too.
            self.done(self.join(where, "a", "--auto", "1"), host)


class Secure(DiceTest):
    """With TLS: certificates of this test, and of nobody else."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.authority = peers.Authority(self.folder)
        self.cert, self.key = self.authority.issue("host")

    def test_a_whole_game_and_its_page(self):
        with open(os.path.join(self.folder, "index.html"), "w") as page:
            page.write("<p>dice")
        host, where = self.host("--cert", self.cert, "--key", self.key, "--serve", self.folder)
        where = "localhost:" + where.split(":")[1]
        page = host.wait_line(ev="up")["page"]
        self.assertEqual(page, "https://127.0.0.1:%s/" % where.split(":")[1])
        trust = ssl.create_default_context(cafile=self.authority.cert)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))
        with opener.open(page, timeout=programs.TIMEOUT) as answer:
            self.assertEqual(answer.read(), b"<p>dice")

        guests = [self.join("wss://%s/" % where, "a", "--auto", "5", "--ca", self.authority.cert),
                  self.join(page, "b", "--auto", "5", "--ca", self.authority.cert)]
        self.done(*guests, host)
        for name in ("a", "b"):
            self.assertEqual(len([line for line in host.log() if line.startswith(name + ": rolls ")]), 5)

    def test_who_does_not_believe_the_certificate_does_not_play(self):
        host, where = self.host("--dedicated", "--cert", self.cert, "--key", self.key)
        guest = self.join("wss://%s/" % where, "a", SSL_CERT_FILE=self.authority.cert)
        host.wait_line(ev="join")  # the system's authorities, whose list is another here
        guest.signal(signal.SIGTERM)
        self.done(guest)

        guest = self.join("wss://%s/" % where, "a")
        self.assertEqual(guest.status(), 1)
        self.assertTrue(guest.err[0].startswith("dice: Could not connect to wss://%s/: " % where), guest.err)
        self.assertEqual(guest.lines()[-1]["fault"]["stage"], "tls")

        guest = self.join("wss://%s/" % where, "a", "--ca", os.path.join(self.folder, "nothing.pem"))
        self.assertEqual(guest.status(), 1)
        self.assertIn("nothing.pem", guest.err[0])

        guest = self.join(where, "a")  # without TLS
        self.assertEqual(guest.status(), 1)

    def test_files_that_do_not_fit_are_said_by_name(self):
        other, other_key = peers.self_signed(self.folder)
        nothing = os.path.join(self.folder, "nothing.pem")
        for cert, key, sentence in ((nothing, self.key, "cannot read %s: " % nothing),
                                    (self.cert, nothing, "cannot read %s: " % nothing),
                                    (self.key, self.key, "there is no certificate in " + self.key),
                                    (self.cert, other_key, "the key in %s is not the one of the certificate in %s" %
                                     (other_key, self.cert))):
            with self.subTest(cert=cert, key=key):
                host = self.start("--headless", "--host", "--port", "0", "--bind", "127.0.0.1", "--cert", cert,
                                  "--key", key)
                self.assertEqual(host.status(), 1)
                self.assertTrue(host.err[0].startswith("dice: Could not host with TLS: " + sentence), host.err)


class Ends(DiceTest):
    def test_a_port_in_use(self):
        listener, port = programs.take_port()
        with listener:
            dice = self.start("--headless", "--host", "--bind", "127.0.0.1", "--port", str(port))
            self.assertEqual(dice.status(), 1)
        self.assertEqual((dice.out, dice.err), ([], ["dice: Port %d is already in use." % port]))

    def test_nobody_there(self):
        taken, port = programs.take_port(listening=False)
        with taken:
            dice = self.join("127.0.0.1:%d" % port, "a")
            self.assertEqual(dice.status(), 1)
        self.assertEqual(dice.err, ["dice: Could not connect to 127.0.0.1 port %d: Connection refused." % port])
        down = dice.lines()[-1]
        self.assertEqual((down["ev"], down["clean"], down["fault"]["stage"]), ("down", False, "connect"))
        self.assertGreater(down["fault"]["number"], 0)

    def test_somebody_else_is_there(self):
        listener, port = programs.take_port()
        with listener:
            dice = self.join("127.0.0.1:%d" % port, "a")
            peer, _ = listener.accept()
            with peer:
                peer.settimeout(programs.TIMEOUT)
                peer.recv(4096)
                peer.sendall(b"SSH-2.0-nobody\r\n\r\n")
                self.assertEqual(dice.status(), 1)
        self.assertEqual(dice.lines()[-1]["fault"]["stage"], "http")

    def test_a_host_that_dies_under_its_guests(self):
        host, where = self.host()
        guest = self.join(where, "a", "--auto", "100000")
        guest.wait_line(m="_log", count=3)
        host.signal(signal.SIGKILL)
        self.assertEqual(guest.status(), 1)
        self.assertTrue([line for line in guest.err if "Lost the connection to the host" in line], guest.err)
        down = guest.lines()[-1]
        self.assertEqual((down["ev"], down["clean"], down["code"]), ("down", False, 1006))

    def test_a_guest_that_dies_is_out_of_the_game(self):
        host, where = self.host()
        other = self.join(where, "a", "--auto", "10")
        other.wait_line(m="set_turn")
        victim = self.join(where, "victim")
        victim.wait_line(m="set_turn")
        victim.signal(signal.SIGKILL)
        self.done(other, host)
        self.assertEqual(host.wait_line(ev="leave", clean=False)["code"], 1006)

    def test_a_signal_is_a_goodbye(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            host, where = self.host()
            leaver, stayer = self.join(where, "leaver"), self.join(where, "stayer")
            for guest in (leaver, stayer):
                guest.wait_line(m="update_player_name")
            leaver.signal(number)
            self.done(leaver)
            leave = stayer.wait_line(ev="leave")
            self.assertEqual((leave["clean"], leave["code"]), (True, 1000))
            host.signal(number)
            self.done(host, stayer)
            down = stayer.wait_line(ev="down")
            self.assertEqual((down["clean"], down["code"], down["reason"]), (True, 1001, "the host ended the game"))
            self.assertIn("dice: Lost the connection to the host: the host ended the game.", stayer.err)

    def test_what_was_left_undone_is_no_success(self):
        host, where = self.host()
        guest = self.join(where, "a", "--auto", "100000", "--quit-after", "0.5")
        self.assertEqual(guest.status(), 1)
        self.assertTrue([line for line in guest.err if "not 100000" in line], guest.err)
        self.done(host)

        host, where = self.host()
        guest = self.join(where, "a", "--auto", "100000")
        guest.wait_line(m="_log")
        host.signal(signal.SIGTERM)
        self.done(host)
        self.assertEqual(guest.status(), 1)

        listener, port = programs.take_port()
        with listener:
            dice = self.join("127.0.0.1:%d" % port, "a", "--quit-after", "0.2")
            self.assertEqual(dice.status(), 1)
        self.assertEqual(dice.err, ["dice: It was told to end before it was connected."])

    def test_the_time_is_up(self):
        host, where = self.host("--quit-after", "3")
        guest = self.join(where, "a")
        self.done(host, guest)
        self.assertEqual(guest.lines()[-1]["code"], 1001)

    def test_output_that_goes_nowhere_is_no_success(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full here")
        command = '"%s" --headless --host --port 0 --quit-after 0.1 > /dev/full' % programs.ours("dice")
        shell = programs.Program("/bin/sh", "-c", command)
        self.addCleanup(shell.end)
        self.assertEqual(shell.status(), 1)
        self.assertIn("dice: What happened could not be written.", shell.err)


class CommandLine(DiceTest):
    def test_help_and_version(self):
        dice = self.start("--help")
        self.assertEqual(dice.status(), 0)
        self.assertTrue(dice.out[0].startswith("usage: dice"))
        self.assertEqual(dice.err, [])
        dice = self.start("--version")
        self.assertEqual(dice.status(), 0)
        self.assertRegex(dice.out[0], r"^dice \d+\.\d+\.\d+$")

    def test_mistakes_say_what_is_wrong_and_where_help_is(self):
        for arguments in (["--nonsense"], ["extra"], ["--port"], ["--port", "99999"], ["--headless"],
                          ["--host", "--dialect", "klingon"], ["--host", "--connect", "x"], ["--auto", "0", "--host"], ["--quit-after", "soon"]):
            with self.subTest(arguments=arguments):
                dice = self.start(*arguments)
                self.assertEqual(dice.status(), 2)
                self.assertEqual(dice.out, [])
                self.assertRegex(dice.err[0], r"^dice: .*--help")

    def test_no_address(self):
        dice = self.join("not an address", "a")
        self.assertEqual(dice.status(), 1)
        self.assertTrue(dice.err[0].startswith('dice: "not an address" is no address.'), dice.err)

    def test_the_name_is_the_user_s_if_none_is_given(self):
        dice = self.start("--headless", "--host", "--port", "0", "--bind", "127.0.0.1", "--quit-after", "0.1",
                          USER="žofka")
        self.done(dice)
        self.assertEqual(dice.wait_line(m="add_player")["names"], ["žofka"])

    def test_port_counts_for_an_address_without_one(self):
        host, where = self.host()
        self.done(self.start("--headless", "--connect", "127.0.0.1", "--port", where.split(":")[1], "--auto", "1"),
                  host)


class Window(DiceTest):
    """With SDL's dummy driver: the same program, the same game, and pictures of it."""

    def test_two_windows_play_and_leave_pictures(self):
        with tempfile.TemporaryDirectory() as folder:
            shots = [os.path.join(folder, name) for name in ("host.png", "guest.png")]
            host = self.start("--host", "--port", "0", "--bind", "127.0.0.1", "--auto", "2", "--screenshot", shots[0],
                              SDL_VIDEODRIVER="dummy")
            port = host.wait_line(ev="up")["port"]
            guest = self.start("--connect", "127.0.0.1:%d" % port, "--auto", "2", "--screenshot", shots[1],
                               SDL_VIDEODRIVER="dummy")
            self.done(guest, host)
            # The host may roll once more while the guest takes its picture.
            self.assertGreaterEqual(len(guest.log()), 4)
            self.assertEqual(host.log()[:len(guest.log())], guest.log())
            for shot in shots:
                with open(shot, "rb") as png:
                    self.assertEqual(png.read(8), b"\x89PNG\r\n\x1a\n")

    def test_a_window_speaks_as_it_was_told(self):
        host = self.start("--dedicated", "--headless", "--port", "0", "--bind", "127.0.0.1", "--dialect", "godot3")
        port = host.wait_line(ev="up")["port"]
        guest = self.start("--connect", "127.0.0.1:%d" % port, "--dialect", "godot3", "--auto", "1",
                           SDL_VIDEODRIVER="dummy")
        self.done(guest)
        host.signal(signal.SIGTERM)
        self.done(host)

    def test_a_window_that_could_not_host_is_no_success(self):
        listener, port = programs.take_port()
        with listener:
            dice = self.start("--host", "--bind", "127.0.0.1", "--port", str(port), "--quit-after", "0.3",
                              SDL_VIDEODRIVER="dummy")
            self.assertEqual(dice.status(), 1)
        self.assertIn("dice: Port %d is already in use." % port, dice.err)

    def test_a_window_closes_with_a_goodbye(self):
        host = self.start("--dedicated", "--headless", "--port", "0", "--bind", "127.0.0.1")
        port = host.wait_line(ev="up")["port"]
        guest = self.start("--connect", "127.0.0.1:%d" % port, SDL_VIDEODRIVER="dummy")
        host.wait_line(m="update_player_name")
        guest.signal(signal.SIGTERM)
        self.done(guest)
        leave = host.wait_line(ev="leave")
        self.assertEqual((leave["code"], leave["clean"]), (1000, True))


if __name__ == "__main__":
    programs.main(__doc__)
