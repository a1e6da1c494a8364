"""test_rfc6455: docs/rfc6455.md: every clause has a row, every row is full, and every test it names exists.

    python3 test_rfc6455.py FOLDER-OF-THE-EXECUTABLES [ROOT-OF-THE-SOURCES]
"""
import glob
import os
import re
import sys
import unittest

ROOT = ""
COLUMNS = ["section", "who", "clause", "what we do", "shown by"]

# The sections that bind an endpoint; of those with subsections, the subsections.
SECTIONS = {
    "RFC 6455": """3 4.1 4.2.1 4.2.2 4.3 4.4 5.1 5.2 5.3 5.4 5.5 5.5.1 5.5.2 5.5.3 5.6 5.7 5.8 6.1 6.2 7.1.1 7.1.2 7.1.3
                   7.1.4 7.1.5 7.1.6 7.1.7 7.2.1 7.2.2 7.2.3 7.3 7.4 7.4.1 7.4.2 8.1 9.1 9.2 10.1 10.2 10.3 10.4 10.5
                   10.6 10.7 10.8 11.3""",
    "RFC 7692": """5 5.1 6 6.1 6.2 7 7.1.1.1 7.1.1.2 7.1.2 7.1.2.1 7.1.2.2 7.2.1 7.2.2 7.2.3.1 7.2.3.2 7.2.3.3 7.2.3.4
                   7.2.3.5 7.2.3.6 8""",
}

# The suites of a test that runs on each driver end in these.
DRIVERS = {
    "EACH_POLLABLE_DRIVER": "epoll uring",
    "EACH_DRIVER": "poll epoll uring",
    "EACH_SOCKET_KIND": "poll epoll uring",
    "EACH_KIND": "poll epoll uring loopback sim",
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def rows():
    """(document, line number, cells) of every row, heads and rules included."""
    document = None
    for number, line in enumerate(read(os.path.join(ROOT, "docs", "rfc6455.md")).split("\n"), 1):
        if line.startswith("## "):
            document = line[3:]
        if line.startswith("|"):
            yield document, number, [cell.strip() for cell in line.strip().strip("|").split("|")]


def clauses():
    for document, number, cells in rows():
        if cells != COLUMNS and not all(re.fullmatch("-+", cell) for cell in cells):
            yield document, number, cells


def tests():
    """"suite.name" of Criterion, "file.py:name" of Python."""
    names = set()
    for path in glob.glob(os.path.join(ROOT, "tests", "*", "test_*.c")):
        text = read(path)
        found = re.findall(r"^\s*Test\(\s*(\w+),\s*(\w+)", text, re.M)
        # tests/support/drivers.h makes one test for each of several suites.
        for macro, suite, name in re.findall(r"^(EACH_\w+)\(\s*(\w+),\s*(\w+)\)", text, re.M):
            found += [(suite + "_" + driver, name) for driver in DRIVERS[macro].split()]
        names |= {"%s.%s" % pair for pair in found}
    for path in glob.glob(os.path.join(ROOT, "tests", "*", "test_*.py")):
        names |= {"%s:%s" % (os.path.basename(path), name)
                  for name in re.findall(r"^\s+(?:async )?def (test_\w+)\(", read(path), re.M)}
    return names


class Table(unittest.TestCase):
    def test_no_cell_is_empty(self):
        count = 0
        for _, number, cells in rows():
            with self.subTest(line=number):
                count += 1
                self.assertEqual(len(cells), len(COLUMNS))
                for cell in cells:
                    self.assertRegex(cell, r"\w|^-+$")
        self.assertGreater(count, 100)

    def test_every_row_says_whom_it_binds(self):
        for _, number, cells in clauses():
            with self.subTest(line=number):
                self.assertRegex(cells[0], r"^\d+(\.\d+)*$")
                self.assertIn(cells[1], ("client", "server", "both"))

    def test_every_row_names_tests_that_exist(self):
        known = tests()
        self.assertGreater(len(known), 500)
        for _, number, cells in clauses():
            with self.subTest(line=number):
                named = re.findall(r"`([^`]+)`", cells[4])
                self.assertTrue(named, "none is named")
                self.assertEqual(set(named) - known, set())
                self.assertEqual(re.sub(r"`[^`]+`", "", cells[4]).strip(), "", "more than tests")

    def test_every_section_has_a_row(self):
        for document, sections in SECTIONS.items():
            there = {cells[0] for name, _, cells in clauses() if name == document}
            self.assertEqual(there, set(sections.split()), document)

    def test_every_test_of_the_suites_is_named(self):
        """Those that were written for the clauses."""
        named = set(re.findall(r"`(conformance_\w+\.\w+)`", read(os.path.join(ROOT, "docs", "rfc6455.md"))))
        self.assertEqual({name for name in tests() if name.startswith("conformance_")} - named, set())


class Sources(unittest.TestCase):
    def test_no_proxy_is_read_from_the_environment(self):
        paths = [path for layer in ("core", "transport", "rpc")
                 for path in glob.glob(os.path.join(ROOT, layer, "**", "*.[ch]"), recursive=True)]
        self.assertGreater(len(paths), 50)
        for path in paths:
            with self.subTest(file=os.path.relpath(path, ROOT)):
                self.assertNotRegex(read(path), r"\b(secure_)?getenv\b|\benviron\b")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.argv.pop(1)
    ROOT = sys.argv.pop(1) if len(sys.argv) > 1 and os.path.isdir(sys.argv[1]) else os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "..", "..")
    ROOT = os.path.abspath(ROOT)
    unittest.main(verbosity=2)
