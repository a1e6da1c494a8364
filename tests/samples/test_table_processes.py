"""test_table_processes: table as people run it: real processes over real connections.

    python3 test_table_processes.py FOLDER-OF-THE-EXECUTABLES
"""
import json
import signal
import unittest

import programs

PUBLIC = ("said", "flips", "players", "pieces")


class Table(programs.Program):
    def __init__(self, *arguments, **environment):
        super().__init__(programs.ours("table"), *arguments, **environment)

    def wait_line(self, accept, count=1):
        """The count-th line that accept(line) is true for."""
        return self.wait_for(lambda line: (lambda it: it if accept(it) else None)(json.loads(line)), count=count)

    def wait_said(self, text):
        return self.wait_line(lambda line: line["ev"] == "said" and line["line"] == text)

    def lines(self, event):
        return [line for line in map(json.loads, self.out) if line["ev"] == event]

    def log(self):
        return [line["line"] for line in self.lines("said")]

    def rests(self):
        """What was public when nothing moved, by the number of lines that had been said."""
        return {line["said"]: {name: line[name] for name in PUBLIC} for line in self.lines("rest")
                if all(player["name"] != "Player" for player in line["players"])}


class TableTest(unittest.TestCase):
    def start(self, *arguments, **environment):
        table = Table(*arguments, **environment)
        self.addCleanup(table.end)
        return table

    def host(self, *arguments):
        table = self.start("--headless", "--host", "--port", "0", "--bind", "127.0.0.1", "--name", "Host", *arguments)
        return table, "127.0.0.1:%d" % table.wait_line(lambda line: line["ev"] == "up")["port"]

    def join(self, where, name, *arguments):
        return self.start("--headless", "--connect", where, "--name", name, *arguments)

    def done(self, *all_of_them):
        for table in all_of_them:
            self.assertEqual(table.status(), 0, "%s: %s" % (table.command, table.err))

    def check_log(self, host, guest):
        """A guest heard what the host said while it was there, in that order, and nothing else."""
        whole, part = host.log(), guest.log()
        starts = [at for at in range(len(whole)) if whole[at:at + len(part)] == part]
        self.assertTrue(part and starts, "%s\nis not part of\n%s" % (part, whole))


class Play(TableTest):
    def test_four_who_play_by_themselves_see_the_same(self):
        host, where = self.host("--auto", "6", "--seed", "3")
        guests = [self.join(where, name, "--auto", "6", "--seed", str(seed))
                  for seed, name in ((4, "Anna"), (5, "Ben"), (6, "Cleo"))]
        self.done(*guests, host)
        common = set(host.rests())
        for guest in guests:
            self.check_log(host, guest)
            for said in set(guest.rests()) & set(host.rests()):
                self.assertEqual(guest.rests()[said], host.rests()[said])
            common &= set(guest.rests())
            self.assertGreaterEqual(guest.lines("rest")[-1]["moves"], 6)
        self.assertTrue([said for said in common if len(host.rests()[said]["players"]) == 4],
                        "all four were at rest together")
        moved = [line for line in host.log() if " moved a " in line]
        self.assertGreaterEqual(len(moved), 12, host.log())

    def test_nobody_is_told_what_lies_in_a_tray(self):
        host, where = self.host()
        anna = self.join(where, "Anna", "--auto", "25", "--seed", "8", "--quit-after", "50")
        ben = self.join(where, "Ben")
        rest = anna.wait_line(lambda line: line["ev"] == "rest" and line["moves"] >= 25 and line["tray"])
        same = ben.wait_line(lambda line: line["ev"] == "rest" and line["said"] == rest["said"])
        hidden = {piece[0] for piece in rest["tray"]}
        self.assertEqual(same["tray"], [])
        self.assertEqual(hidden & {piece[0] for piece in same["pieces"]}, set())
        self.assertEqual([player["tray"] for player in same["players"] if player["name"] == "Anna"], [len(hidden)])
        late = self.join(where, "Late")
        seen = late.wait_line(lambda line: line["ev"] == "rest" and len(line["players"]) == 4)
        self.assertEqual(seen["pieces"], rest["pieces"])
        anna.signal(signal.SIGTERM)
        ben.wait_said("Anna left")
        everything = ben.wait_line(lambda line: line["ev"] == "rest" and len(line["players"]) == 3
                                   and line["said"] > seen["said"])
        self.assertEqual(len(everything["pieces"]), len(rest["pieces"]) + len(hidden))
        for table in (ben, late, host):
            table.signal(signal.SIGTERM)
        self.done(anna, ben, late, host)

    def test_a_guest_ends_when_the_host_does(self):
        host, where = self.host("--dedicated")
        guest = self.join(where, "Anna", "--auto", "1000000")
        guest.wait_said("Anna sat down")
        host.signal(signal.SIGTERM)
        self.done(host)
        self.assertEqual(guest.status(), 1)
        self.assertIn("table: Lost the connection to the host: the host ended the game.", guest.err)

    def test_the_ninth_is_shown_out(self):
        host, where = self.host()
        guests = [self.join(where, "G%d" % number) for number in range(7)]
        for number in range(7):
            host.wait_said("G%d sat down" % number)
        ninth = self.join(where, "Late")
        self.assertEqual(ninth.status(), 1)
        self.assertTrue(ninth.err, "it says why")
        for table in (*guests, host):
            table.signal(signal.SIGTERM)
        self.done(*guests, host)


class CommandLine(TableTest):
    def test_help_says_how_it_is_played(self):
        table = self.start("--help")
        self.done(table)
        self.assertTrue(table.out[0].startswith("usage: table "))
        for words in ("--auto N", "--headless", "Tab", "tray", "flips"):
            self.assertIn(words, "\n".join(table.out))
        self.assertTrue(all(len(line) <= 100 for line in table.out))

    def test_a_port_that_is_taken(self):
        taken, port = programs.take_port()
        with taken:
            table = self.start("--headless", "--host", "--bind", "127.0.0.1", "--port", str(port))
            self.assertEqual(table.status(), 1)
        self.assertIn("table: Port %d is already in use." % port, table.err)

    def test_a_window_on_a_display_that_is_none_takes_its_picture(self):
        table = self.start("--screenshot", "/dev/null", "--quit-after", "0.5", SDL_VIDEODRIVER="dummy")
        self.done(table)


if __name__ == "__main__":
    programs.main(__doc__)
