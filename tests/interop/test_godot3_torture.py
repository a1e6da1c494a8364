"""test_godot3_torture: every call, set and value of Godot 3, between Godot and ours, in all roles.

    python3 test_godot3_torture.py FOLDER-OF-THE-EXECUTABLES

Three peers: s, the server, and two clients, 1 and 2; node N belongs to s, node C to 2.  One of them makes all calls, and
what ran where is compared with tests/godot3/modes.txt, which is what Godot does among its own.
"""
import os
import signal
import subprocess
import unittest

import godot3
import peers
import programs

MODES = os.path.join(peers.FOLDER, "..", "godot3", "modes.txt")
VALUES = 50
NODES = {"N": "N", "C": "C", "odd": "Ünï cödé", "still": "still"}  # by the word for it in a command
ALL = "s12"
# What Godot may send and ours refuse to run.
REFUSED = {("f_puppet", "the method's mode does not let the sender call it"),
           ("f_remote", "the arguments do not fit the method"),
           ("f_echo", "the arguments do not fit the method"),
           ("f_whole", "the arguments do not fit the method"),
           ("f_nowhere", "the object has no such method here"),
           ("v_nowhere=", "the object has no such method here")}


class Ours(godot3.Lines):
    stdin = subprocess.PIPE

    def tell(self, *words):
        self.process.stdin.write(("\t".join(map(str, words)) + "\n").encode("ascii"))
        self.process.stdin.flush()


def read_modes():
    """Rows as (kind, caller, master, target), and for each the mode and those of ALL on whom it runs."""
    with open(MODES) as file:
        rows = [line.split() for line in file if not line.startswith("#")]
    modes = rows[0][4:]
    return [(*row[:4], mode, row[4 + at].strip("-")) for row in rows[1:] for at, mode in enumerate(modes)]


class Step:
    """A command for the caller, and on whom of ALL something runs then."""

    def __init__(self, ran, *words):
        self.ran, self.words = ran, words


def text(word):
    """An argument as it is shown; Godot says null, and we say nil, where there is none."""
    if word[0] == "s":
        return '"%s"' % word[1:]
    if word[0] == "b":
        return "%s bytes, right" % word[1:]
    return word[1:]


class Party:
    """The three, with their ids."""

    def __init__(self, test, caller, **all_of_them):
        self.test, self.caller = test, caller
        self.peers = {name.strip("_"): peer for name, peer in all_of_them.items()}
        self.ids = {"s": 1}
        for name in "12":
            self.ids[name] = self.peers[name].wait(ev="connected_to_server")["id"]
        self.names = {number: name for name, number in self.ids.items()}
        for name, peer in self.peers.items():
            for other in ALL.replace(name, ""):
                peer.wait(ev="network_peer_connected", id=self.ids[other])
            peer.tell("master", "C", self.ids["2"])
            peer.tell("state")
        for name, peer in self.peers.items():
            state = peer.wait(ev="state")
            test.assertEqual((state["id"], sorted(state["peers"])),
                             (self.ids[name], sorted(number for number in self.names if number != self.ids[name])))

    def is_ours(self, name):
        return isinstance(self.peers[name], Ours)

    def to(self, target):
        """Whom a row of modes.txt is for, as a command says it."""
        if target == "all":
            return 0
        return -self.ids[target[-1]] if target.startswith("all_but_") else self.ids[target]

    def tell(self, step):
        self.peers[self.caller].tell(*step.words)

    def others(self):
        return ALL.replace(self.caller, "")

    # What is to be called, and by what is known of Godot where that runs.

    def of_modes(self):
        for kind, caller, master, target, mode, ran in read_modes():
            if caller != self.caller:
                continue
            if target == "all_but_s" and caller != "s" and (self.is_ours("s") or self.is_ours(caller)):
                # Godot's server runs what is for everybody else, unless it comes as a copy for each; ours does not.
                ran = ran.replace("s", "")
            node = "N" if master == "s" else "C"
            name = ("f_" if kind == "rpc" else "v_") + mode
            yield Step(ran, kind, node, name, self.to(target), "s%s/%s/%s" % (mode, node, target))

    def of_arguments(self):
        for count in range(5):
            yield Step(self.others(), "rpc", "N", "f_remote", 0, *("i%d" % i for i in range(count)))
        yield Step(self.others(), "rpc", "N", "f_40", 0, *("i%d" % i for i in range(40)))
        yield Step("", "rpc", "N", "f_remote", 0, *("i%d" % i for i in range(5)))
        yield Step("", "rpc", "N", "f_echo", 0, "i1")
        yield Step("", "rpc", "N", "f_whole", 0, "sno number")
        yield Step(self.others(), "rpc", "N", "f_whole", 0, "i5")
        for size in (1000, 30000, 60000):
            yield Step(self.others(), "rpc", "N", "f_remote", 0, "b%d" % size)
        if self.is_ours(self.caller):
            # Godot sends it, and is not heard of any more.
            yield Step("", "rpc", "N", "f_remote", 0, "b65536")

    def of_names(self):
        yield Step(self.others(), "rpc", "N", "f_configured_remote", 0, "sconfigured")
        yield Step("s", "rpc", "N", "f_configured_master", 0, "sconfigured")
        yield Step(self.others(), "rpc", "odd", "f_remote", 0, "sodd path")
        yield Step(self.others(), "rpc", "still", "f_remote", 0, "sdeep path")
        yield Step("", "rpc", "N", "f_nowhere", 0)
        yield Step("".join(name for name in self.others() if self.is_ours(name)),
                   "rpc", "N", "f_ours", 0, "snot in Godot")
        yield Step("", "rpc", "N", "f_remote", 12345, "sno such peer")
        yield Step("", "rset", "N", "v_nowhere", 0, "i1")
        yield Step(self.others(), "rset", "N", "v_remote", 0, "i42")
        yield Step("", "rset", "N", "pause_mode", 0, "i1")
        if not self.is_ours(self.caller):
            yield Step(self.others(), "rpc_unreliable", "N", "f_remote", 0, "sunreliable")
            yield Step(self.others(), "rset_unreliable", "N", "v_remote", 0, "sunreliable")

    def of_bytes(self):
        for size in (1, 4, 100, 60000):
            yield Step(self.others(), "bytes", 0, "%d" % size)
        yield Step("", "bytes", 0, "0")
        yield Step("", "bytes", self.ids[self.caller], "4")
        yield Step("", "bytes", 12345, "4")
        for name in self.others():
            yield Step(name, "bytes", self.ids[name], "4")
            if name == "s" and not self.is_ours("s") and not self.is_ours(self.caller):
                # As in of_modes().
                yield Step("s2", "bytes", -1, "4")
            else:
                yield Step(self.others().replace(name, ""), "bytes", -self.ids[name], "4")

    # What ran.

    def line(self, line):
        """A line of a peer, in the form of expected()."""
        if line["ev"] == "packet":
            self.test.assertTrue(line["same"], line)
            return "bytes", self.names[line["from"]], line["size"]
        arguments = ["null" if argument == "nil" else argument for argument in line["args"]]
        while arguments and arguments[-1] == "null":
            arguments.pop()
        return line["node"], line["m"], self.names[line["from"]], line["local"], *arguments

    def expected(self, step, name):
        if step.words[0] == "bytes":
            return "bytes", self.caller, int(step.words[2])
        return NODES[step.words[1]], step.words[2], self.caller, name == self.caller, *map(text, step.words[4:])

    def echo(self):
        """Each value there and back; at first slowly, so that each path has been confirmed then, and has a number."""
        replies = 0
        for name in self.others():
            for node in "CN":
                self.tell(Step("", "rpc", node, "f_echo", self.ids[name], "i0", "v0"))
                replies += 1
                self.peers[self.caller].wait(ev="echo", count=replies)
            for at in range(VALUES):
                self.tell(Step("", "rpc", "N", "f_echo", self.ids[name], "i%d" % at, "v%d" % at))
                replies += 1
        self.peers[self.caller].wait(ev="echo", count=replies)
        for peer in self.peers.values():
            wrong = [line for line in peer.lines() if line["ev"] in ("echo", "echoes") and not line["same"]]
            self.test.assertFalse(wrong, peer.shown())

    def run(self):
        self.echo()
        before = {name: len(self.ran(name)) for name in ALL}
        steps = [*self.of_modes(), *self.of_arguments(), *self.of_names(), *self.of_bytes(),
                 Step(ALL, "rpc", "N", "f_remotesync", 0, "send of all")]
        for step in steps:
            self.tell(step)
        for name, peer in self.peers.items():
            peer.wait_for(lambda line: '"end of all"' in godot3.parse(line).get("args", ()))
            self.compare(name, [self.expected(step, name) for step in steps if name in step.ran],
                         self.ran(name)[before[name]:])

    def ran(self, name):
        return [self.line(line) for line in self.peers[name].lines()
                if line["ev"] in ("got", "set", "packet") and line.get("m") != "pause_mode"]

    def compare(self, name, expected, ran):
        missing = [line for line in expected if line not in ran]
        more = [line for line in ran if line not in expected]
        self.test.assertEqual((missing, more), ([], []), "at %s\n%s" % (name, self.peers[name].shown()))
        self.test.assertEqual(expected, ran, "the order at " + name)
        if self.is_ours(name) and not self.is_ours(self.caller):
            refused = {(line["m"], line["why"]) for line in self.peers[name].lines(ev="refused")}
            self.test.assertLessEqual(REFUSED, refused, self.peers[name].shown())
        self.peers[name].tell("state")
        self.test.assertEqual(self.peers[name].wait(ev="state", count=2)["pause_mode"], int(name != self.caller))


class Torture(godot3.Godot, unittest.TestCase):
    def ours(self, *arguments):
        peer = self.started(Ours(programs.ours("torture"), *arguments))
        peer.wait(ev="begin" if arguments[0] == "--port" else "connected_to_server")
        return peer

    def party(self, caller, ours):
        """The peers of whom ours are as named, the others Godot's."""
        if "s" in ours:
            server = self.ours("--port", "0")
            url = "ws://127.0.0.1:%d/" % server.lines(ev="begin")[0]["port"]
        else:
            server, url = self.bot_host("torture")
        clients = {"_" + name: self.ours(url) if name in ours else self.bot("torture", url=url) for name in "21"}
        return Party(self, caller, s=server, **clients)

    def check(self, caller, ours):
        party = self.party(caller, ours)
        party.run()
        for name in "12s":
            party.peers[name].tell("quit")
            self.assertEqual(party.peers[name].status(), 0, party.peers[name].shown())

    def test_godot_among_its_own(self):
        for caller in "1s":
            self.check(caller, ours="")

    def test_godot_calls_a_server_of_ours(self):
        self.check(caller="1", ours="s")

    def test_our_server_calls_godot(self):
        self.check(caller="s", ours="s")

    def test_godot_calls_a_client_of_ours(self):
        for caller in "1s":
            self.check(caller, ours="2")

    def test_our_client_calls_godot(self):
        self.check(caller="1", ours="1")

    def test_our_client_calls_over_our_server(self):
        self.check(caller="1", ours="s1")

    def test_godot_sits_among_ours(self):
        for caller in "1s":
            self.check(caller, ours="s2")

    def pair(self, ours):
        """Two of one session: ours in the role that is named, and a bot in the other; with their ids."""
        if ours == "server":
            peer = self.ours("--port", "0")
            bot = self.bot("torture", url="ws://127.0.0.1:%d/" % peer.lines(ev="begin")[0]["port"])
            return peer, 1, bot, bot.wait(ev="connected_to_server")["id"]
        bot, url = self.bot_host("torture")
        peer = self.ours(url)
        number = peer.lines(ev="connected_to_server")[0]["id"]
        bot.wait(ev="network_peer_connected", id=number)
        return peer, number, bot, 1

    def test_a_node_of_ours_goes_and_comes_back(self):
        for role in ("server", "client"):
            peer, own, bot, other = self.pair(role)
            for count in (1, 2, 3):
                bot.tell("rpc", "N", "f_remote", own, "i%d" % count, "i0", "i0", "i0")
                peer.wait(ev="got", from_=other, count=count)
                peer.tell("rpc", "N", "f_remote", other, "i%d" % count)
                bot.wait(ev="got", from_=own, count=count)
                peer.tell("remove", "N")
                peer.tell("state")
                peer.wait(ev="state", count=2 * count - 1)
                # By a number that it had when the node was there.
                bot.tell("rpc", "N", "f_remote", own, "i0", "i0", "i0", "i0")
                bot.tell("rset", "N", "v_remote", own, "i0")
                peer.wait(ev="refused", count=2 * count)
                peer.tell("add", "N")
                peer.tell("state")
                peer.wait(ev="state", count=2 * count)
            self.assertEqual({line["why"] for line in peer.lines(ev="refused")}, {"there is no such object here"})
            self.assertEqual([line["args"][0] for line in peer.lines(ev="got")], ["1", "2", "3"])
            self.assertEqual([line["args"][0] for line in bot.lines(ev="got")], ["1", "2", "3"])

    def test_another_subprotocol_is_another_game(self):
        server = self.ours("--port", "0")
        url = "ws://127.0.0.1:%d/" % server.lines(ev="begin")[0]["port"]
        self.bot("torture", url=url, protocol="other").wait(ev="connection_failed")
        _, url = self.bot_host("torture", protocol="other")
        client = self.started(Ours(programs.ours("torture"), url))
        self.assertTrue(client.wait(ev="down")["fault"])

    def test_godot_answers_pings_as_long_as_it_runs(self):
        server = self.ours("--port", "0", "--heartbeat", "800")
        url = "ws://127.0.0.1:%d/" % server.lines(ev="begin")[0]["port"]
        runs, hangs = (self.bot("torture", url=url) for _ in range(2))
        ids = [bot.wait(ev="connected_to_server")["id"] for bot in (runs, hangs)]
        hangs.signal(signal.SIGSTOP)
        self.assertEqual(server.wait(ev="network_peer_disconnected", id=ids[1])["code"], 1006)
        runs.wait(ev="network_peer_disconnected", id=ids[1])
        server.tell("state")
        self.assertEqual(server.wait(ev="state")["peers"], [ids[0]])


if __name__ == "__main__":
    peers.main(__doc__)
