"""test_table_windows: four windows at one table, on a screen that nobody sees, with a real mouse and real keys.

    python3 test_table_windows.py FOLDER-OF-THE-EXECUTABLES

Leaves a picture of each window in tests/results beside that folder.
"""
import os
import signal
import subprocess
import time
import unittest

import programs
from test_table_processes import Table

WIDTH, HEIGHT = 640, 480  # of each window; the screen is two by two of them
TABLE_WIDTH = 1600  # in the table's units
CARD, DIE = 0, 20  # numbers of pieces


class Screen:
    """An X server of our own, and hands at it."""

    def __init__(self):
        ours, theirs = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "%dx%dx24" % (2 * WIDTH, 2 * HEIGHT), "-nolisten", "tcp"],
            pass_fds=[theirs], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        with os.fdopen(ours) as pipe:
            self.display = ":" + pipe.readline().strip()

    def end(self):
        self.process.terminate()
        self.process.wait()

    def do(self, *words):
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=programs.TIMEOUT,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       env={**os.environ, "DISPLAY": self.display})


class Window(Table):
    """One of the four; place is 0 to 3, in the order of reading."""

    def __init__(self, screen, place, name, *arguments):
        self.screen = screen
        self.left, self.top = place % 2 * WIDTH, place // 2 * HEIGHT
        self.name = name
        pictures = os.path.join(programs.BIN, "..", "tests", "results")
        os.makedirs(pictures, exist_ok=True)
        self.picture = os.path.join(pictures, "table-window-%s.png" % name.lower())
        # The libraries under a real window keep what they once had; our own leaks show in windows that are none.
        super().__init__("--name", name, "--size", "%dx%d" % (WIDTH, HEIGHT), "--at", "%d,%d" % (self.left, self.top),
                         "--screenshot", self.picture, *arguments, DISPLAY=screen.display, SDL_VIDEODRIVER="x11",
                         SDL_RENDER_DRIVER="software", ASAN_OPTIONS="detect_leaks=0")
        self.layout = None
        self.title = "hosting" if "--host" in arguments else name

    def rest(self, accept):
        return self.wait_line(lambda line: line["ev"] == "rest" and accept(line))

    def seen(self, x, y):
        """Where on the screen that place of the table is."""
        self.layout = self.layout or self.wait_line(lambda line: line["ev"] == "layout")
        left, top, width, _ = self.layout["cloth"]
        return round(self.left + left + x * width / TABLE_WIDTH), round(self.top + top + y * width / TABLE_WIDTH)

    def tray(self):
        left, top, width, height = self.layout["tray"]
        return round(self.left + left + width / 2), round(self.top + top + height / 2)

    def drag(self, start, end):
        """Not in one leap: no hand is that fast."""
        self.screen.do("mousemove", *start, "mousedown", 1)
        for step in range(1, 9):
            self.screen.do("mousemove", *(round(a + (b - a) * step / 8) for a, b in zip(start, end)))
            time.sleep(0.03)
        self.screen.do("mouseup", 1)

    def press(self, *keys):
        # Nobody manages windows here: the keys stay where they went to last.
        self.screen.do("search", "--name", "^Table - %s" % self.title, "windowfocus", "--sync")
        for key in keys:
            self.screen.do("key", key)


def place(line, number):
    return next(((x, y) for piece, x, y, *_ in line["pieces"] if piece == number), None)


def pawn(line, name):
    return next(((player["x"], player["y"]) for player in line["players"] if player["name"] == name), None)


class FourWindows(unittest.TestCase):
    def setUp(self):
        self.screen = Screen()
        self.addCleanup(self.screen.end)
        self.host = self.open(0, "Ann", "--host", "--port", "0", "--bind", "127.0.0.1", "--seed", "11")
        port = self.host.wait_line(lambda line: line["ev"] == "up")["port"]
        self.guests = [self.open(number, name, "--connect", "127.0.0.1:%d" % port)
                       for number, name in ((1, "Ben"), (2, "Cleo"), (3, "Dora"))]
        self.all = [self.host, *self.guests]
        self.start = [window.rest(lambda line: {player["name"] for player in line["players"]} ==
                                  {"Ann", "Ben", "Cleo", "Dora"}) for window in self.all][0]

    def open(self, number, name, *arguments):
        window = Window(self.screen, number, name, *arguments)
        self.addCleanup(window.end)
        return window

    def all_rest(self, text, accept):
        """Everybody has heard that, and then sees the same."""
        for window in self.all:
            window.wait_said(text)
        lines = [window.rest(accept) for window in self.all]
        for line in lines[1:]:
            self.assertEqual(line["pieces"], lines[0]["pieces"])
        return lines[0]

    def test_what_is_moved_in_one_window_moves_in_all(self):
        ben, cleo, dora = self.guests

        x, y = place(self.start, DIE)
        ben.drag(ben.seen(x, y), ben.seen(400, 250))
        rest = self.all_rest("Ben moved a die", lambda line: place(line, DIE) != (x, y))
        for is_at, meant in zip(place(rest, DIE), (400, 250)):
            self.assertLess(abs(is_at - meant), 6)

        number, x, y = max(self.start["pieces"], key=lambda piece: piece[4] if piece[0] < DIE else 0)[:3]
        cleo.drag(cleo.seen(x, y), cleo.tray())
        self.all_rest("Cleo put a card into the tray", lambda line: place(line, number) is None)
        own = cleo.rest(lambda line: line["tray"])
        self.assertEqual([piece[0] for piece in own["tray"]], [number])
        self.assertGreater(own["tray"][0][2], 0, "she sees what is on it")
        self.assertFalse([line for window in (self.host, ben, dora) for line in window.lines("rest") if line["tray"]])

        before = pawn(self.start, "Dora")
        dora.press("Tab", "Right", "Right", "Down", "Return")
        after = self.host.rest(lambda line: pawn(line, "Dora") not in (None, before))
        self.assertEqual(pawn(after, "Dora")[1] - before[1], 16)

        x, y = place(self.start, CARD)
        dora.press("Tab", "Left", "Left", "Left", "Return")
        rest = self.all_rest("Dora moved a card", lambda line: place(line, CARD) not in (None, (x, y)))
        self.assertEqual(place(rest, CARD), (x - 48, y))

        self.host.press("f")
        flipped = self.all_rest("The host flipped the table", lambda line: line["flips"] == 1)
        moved = [piece for piece in flipped["pieces"] if place(rest, piece[0]) != (piece[1], piece[2])]
        self.assertGreater(len(moved), 30)
        ben.press("f")
        self.host.press("F1")
        time.sleep(1.5)  # for the pictures: the traffic of a second
        self.assertTrue(all(line["flips"] <= 1 for window in self.all for line in window.lines("rest")))

        self.leave(cleo, dora)
        start = ben.seen(*pawn(flipped, "Ben"))
        self.screen.do("mousemove", *start, "mousedown", 1, "mousemove", start[0] + 30, start[1] + 30)
        ben.wait_said("Dora left")
        self.leave(self.host)
        ben.wait_line(lambda line: line["ev"] == "down")
        self.screen.do("mousemove", *start, "mouseup", 1)  # with nothing in the hand any more
        time.sleep(0.2)
        self.leave(ben)

    def leave(self, *windows):
        for window in windows:
            window.signal(signal.SIGTERM)
            self.assertEqual(window.status(), 0, window.err)
            self.assertGreater(os.path.getsize(window.picture), 10000)


if __name__ == "__main__":
    programs.main(__doc__)
