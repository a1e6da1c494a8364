"""test_godot3_dice: dice and Godot's demo, played together over real connections, in both roles.

    python3 test_godot3_dice.py FOLDER-OF-THE-EXECUTABLES

All that happens at a table comes from its host, in one order for everybody.  So when somebody takes another name, all
have the same players, turn and log at that moment, whatever goes on meanwhile.
"""
import re
import signal
import unittest

import godot3
import peers
import programs

MANY = 100000  # rolls: until the test ends


def state(line):
    """Of a line about a method: who sits there, and whose turn it is; Godot's turn may be beyond the last."""
    turn = line["turn"] if 0 <= line["turn"] < len(line["ids"]) else None
    return line["ids"], line["names"], turn


class Table(godot3.Godot, unittest.TestCase):
    names = 0

    def ours(self, *arguments):
        return self.started(godot3.Lines(programs.ours("dice"), "--headless", "--dialect", "godot3", *arguments))

    def our_host(self, *arguments, scheme="ws"):
        host = self.ours("--host", "--port", "0", "--bind", "127.0.0.1", "--name", "Host", *arguments)
        return host, "%s://localhost:%d/" % (scheme, host.wait(ev="up")["port"])

    def godot_host(self, **options):
        return self.bot_host("dice", name="Host", **options)

    def our_guest(self, url, name, *arguments):
        guest = self.ours("--connect", url, "--name", name, *arguments)
        guest.id = guest.wait(ev="up")["peer"]
        return self.sits(guest, name)

    def godot_guest(self, url, name, **options):
        guest = self.bot("dice", url=url, name=name, **options)
        guest.id = guest.wait(ev="connected_to_server")["id"]
        return self.sits(guest, name)

    def sits(self, guest, name):
        self.wait_name(guest, name)
        return guest

    def wait_name(self, peer, name):
        """The line that says who has this name."""
        def accept(line):
            line = godot3.parse(line)
            return line if line.get("m") == "update_player_name" and line["args"][1] == name else None
        return peer.wait_for(accept)

    def check_same(self, host, guests, by):
        """A guest of Godot takes another name; the others and the host have the same table then, and the same log."""
        self.names += 1
        name = "Name %d" % self.names
        by.tell("rpc", 1, "set_player_name", name)
        line = self.wait_name(host, name)
        log = self.log(host, line)
        for guest in guests:
            there = self.wait_name(guest, name)
            self.assertEqual(state(there), state(line), host.shown() + guest.shown())
            own = self.log(guest, there)
            self.assertEqual(own, log[len(log) - len(own):], host.shown() + guest.shown())
        self.assertEqual(sorted(line["ids"])[-len(guests):], sorted(guest.id for guest in guests))
        return line, log

    def log(self, peer, until):
        """What was rolled before a line; by one that has left and come back, since it came back."""
        log = []
        for line in peer.lines():
            if line == until:
                break
            if line["ev"] == "begin":
                log = []
            if line.get("m") == "_log":
                log.append(line["args"][0])
        return log

    def rolls(self, log, name):
        """What somebody has rolled, now and then twice in a turn: who leaves has it said again whose turn it is."""
        rolled = [int(line.split()[-1]) for line in log if line.startswith(name + ": rolls ")]
        self.assertTrue(all(0 <= roll <= 99 for roll in rolled), log)
        return rolled

    def wait_log(self, peer, pattern):
        return peer.wait_for(lambda line: godot3.parse(line).get("m") == "_log" and
                             re.fullmatch(pattern, godot3.parse(line)["args"][0]))


class Game(Table):
    def play(self, host, url):
        anna, dana = (self.godot_guest(url, name, rolls=MANY) for name in ("Anna", "Dana"))
        ours = [self.our_guest(url, name, "--auto", "3") for name in ("Bořek", 'C "x" \\')]
        for guest in ours:
            self.assertEqual(guest.status(), 0, guest.shown())
        for name in ("Anna", "Dana"):
            self.wait_log(host, name + ": rolls .*")
        line, log = self.check_same(host, (anna, dana), by=dana)
        self.assertEqual(line["names"][-2:], ["Anna", "Name 1"])
        for name in ("Bořek", 'C "x" \\'):
            self.assertEqual(len(self.rolls(log, name)), 3)
        for name in ("Anna", "Dana"):
            self.assertTrue(self.rolls(log, name))
        for guest in ours:
            own = self.log(guest, None)
            self.assertIn(own, [log[at:at + len(own)] for at in range(len(log))])

    def test_godot_plays_at_our_table(self):
        self.play(*self.our_host())

    def test_we_play_at_a_table_of_godot(self):
        self.play(*self.godot_host(rolls=MANY))

    def certificate(self):
        """An authority, and a certificate and its key that it has issued."""
        authority = peers.Authority(self.folder())
        return authority, *authority.issue("host")

    def test_godot_plays_at_our_table_with_tls(self):
        authority, cert, key = self.certificate()
        host, url = self.our_host("--dedicated", "--cert", cert, "--key", key, scheme="wss")
        anna = self.godot_guest(url, "Anna", rolls=MANY, authority=authority.cert)
        dana = self.our_guest(url, "Dana", "--auto", "3", "--ca", authority.cert)
        self.assertEqual(dana.status(), 0, dana.shown())
        _, log = self.check_same(host, (anna,), by=anna)
        self.assertEqual(len(self.rolls(log, "Dana")), 3)

    def test_we_play_at_a_table_of_godot_with_tls(self):
        authority, cert, key = self.certificate()
        host, url = self.godot_host(rolls=MANY, certificate=cert, key=key)
        url = url.replace("ws://127.0.0.1", "wss://localhost")
        anna = self.godot_guest(url, "Anna", rolls=MANY, authority=authority.cert)
        dana = self.our_guest(url, "Dana", "--auto", "3", "--ca", authority.cert)
        self.assertEqual(dana.status(), 0, dana.shown())
        _, log = self.check_same(host, (anna,), by=anna)
        self.assertEqual(len(self.rolls(log, "Dana")), 3)


class OurTable(Table):
    """Godot's guests come and go at a table of ours."""

    def setUp(self):
        self.host, self.url = self.our_host()
        self.stays = self.our_guest(self.url, "Stays", "--auto", str(MANY))
        self.godot = self.godot_guest(self.url, "Godot")

    def left(self, guest, **fields):
        for peer in (self.host, self.stays):
            line = peer.wait(ev="leave", peer=guest.id)
        line = self.host.lines(ev="leave", peer=guest.id)[0]
        self.assertEqual({name: line[name] for name in fields}, fields)

    def comes_back(self, guest):
        count = len(guest.lines(ev="connected_to_server")) + 1
        guest.tell("join")
        guest.id = guest.wait(ev="connected_to_server", count=count)["id"]
        self.host.wait(ev="rpc", m="update_player_name", args=[str(guest.id), "Goes"])

    def check(self, *guests):
        self.check_same(self.host, (self.stays, self.godot, *guests), by=self.godot)

    def test_leaves_and_comes_back(self):
        goes = self.godot_guest(self.url, "Goes", rolls=MANY)
        for how in ("close", "drop"):
            self.check(goes)
            goes.tell("leave", how)
            self.left(goes, code=1000)
            self.check()
            self.comes_back(goes)
        self.check(goes)
        goes.tell("quit")
        self.left(goes, code=1000)
        self.assertEqual(goes.status(), 0, goes.shown())
        self.check()

    def test_is_killed(self):
        goes = self.godot_guest(self.url, "Goes", rolls=MANY)
        goes.signal(signal.SIGKILL)
        self.left(goes, code=1006, clean=False)
        self.check()

    def test_says_too_much(self):
        goes = self.godot_guest(self.url, "Goes", rolls=MANY)
        goes.tell("long", 70000)
        self.assertEqual(goes.wait(ev="server_closes")["code"], 1009)
        self.left(goes, code=1009)
        goes.wait(ev="connection_failed")
        self.check()
        self.comes_back(goes)
        # It fits a message, and is no name.
        goes.tell("long", 60000)
        self.check(goes)

    def test_cheats(self):
        goes = self.godot_guest(self.url, "Goes")
        # It is Godot's turn now, who does not roll.
        self.host.wait(ev="rpc", m="set_turn", turn=2)
        goes.tell("rpc", 1, "request_action", "roll")
        for peer in (self.host, self.stays, self.godot, goes):
            self.wait_log(peer, "Someone is trying to cheat! %d" % goes.id)
        self.check(goes)

    def test_says_what_only_the_host_may_say(self):
        goes = self.godot_guest(self.url, "Goes")
        for method in ("_log", "do_action"):
            goes.tell("rpc", self.stays.id, method, "a lie")
            goes.tell("rpc", 1, method, "a lie")
        goes.tell("bytes", self.stays.id, 100)
        goes.tell("bytes", 12345, 100)
        _, log = self.check_same(self.host, (self.stays, self.godot, goes), by=goes)
        self.assertNotIn("a lie", log)

    def test_the_host_ends(self):
        self.check()
        self.host.signal(signal.SIGTERM)
        self.assertEqual(self.host.status(), 0, self.host.shown())
        self.assertEqual(self.godot.wait(ev="server_closes")["code"], 1001)
        self.godot.wait(ev="connection_failed")

    def test_the_host_is_killed(self):
        self.host.signal(signal.SIGKILL)
        self.godot.wait(ev="connection_failed")
        self.assertFalse(self.stays.wait(ev="down")["clean"])


class TableOfGodot(Table):
    """Guests of ours at a table of Godot."""

    def setUp(self):
        self.host, self.url = self.godot_host()
        self.godot = self.godot_guest(self.url, "Godot")
        self.guest = self.our_guest(self.url, "Ours", "--auto", "1")

    def test_is_sent_away(self):
        self.host.tell("kick", self.guest.id, 4001, "bye")
        for event in ("closing", "down"):
            line = self.guest.wait(ev=event)
            self.assertEqual((line["code"], line["reason"]), (4001, "bye"))
        self.assertEqual(self.guest.status(), 1)
        self.godot.wait(ev="network_peer_disconnected", id=self.guest.id)
        self.check_same(self.host, (self.godot,), by=self.godot)

    def test_sees_who_cheats(self):
        self.godot.tell("rpc", 1, "request_action", "roll")
        self.wait_log(self.guest, "Someone is trying to cheat! %d" % self.godot.id)
        self.check_same(self.host, (self.godot, self.guest), by=self.godot)

    def test_is_not_let_in(self):
        self.host.tell("refuse")
        late = self.ours("--connect", self.url)
        self.assertTrue(late.wait(ev="down")["fault"])
        self.assertEqual(late.status(), 1)
        self.check_same(self.host, (self.godot, self.guest), by=self.godot)

    def test_is_killed(self):
        self.guest.signal(signal.SIGKILL)
        self.godot.wait(ev="network_peer_disconnected", id=self.guest.id)
        self.check_same(self.host, (self.godot,), by=self.godot)

    def test_leaves(self):
        self.guest.signal(signal.SIGTERM)
        self.godot.wait(ev="network_peer_disconnected", id=self.guest.id)
        self.assertEqual(self.host.wait(ev="client_closes", id=self.guest.id)["code"], 1000)
        self.guest.status()
        self.check_same(self.host, (self.godot,), by=self.godot)

    def test_sees_others_come_and_go(self):
        goes = self.our_guest(self.url, "Goes", "--auto", "1")
        self.check_same(self.host, (self.godot, self.guest, goes), by=self.godot)
        self.guest.wait(ev="join", peer=goes.id)
        goes.signal(signal.SIGTERM)
        self.guest.wait(ev="leave", peer=goes.id)
        self.check_same(self.host, (self.godot, self.guest), by=self.godot)

    def test_the_host_ends(self):
        self.host.tell("quit")
        self.guest.wait(ev="down", code=1000)
        self.guest.status()

    def test_the_host_is_killed(self):
        self.host.signal(signal.SIGKILL)
        self.assertFalse(self.guest.wait(ev="down")["clean"])
        self.assertEqual(self.guest.status(), 1)


if __name__ == "__main__":
    peers.main(__doc__)
