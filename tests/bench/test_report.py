"""test_report: what tests/bench/run makes of several runs, as a table, as JSON and in the document, and its flags.

    python3 test_report.py FOLDER-OF-THE-EXECUTABLES
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import tables

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = """\
call ours 100 ns
call theirs/ours 2 x
call ours 300 ns
call theirs/ours 4 x
call ours 1200.5 ns
call theirs/ours 3 x
poll calls 0 calls
"""
ECHOES = """\
echo.1 raw.cpu 1000 ns
echo.1 epoll/raw 1.2 x
echo.1 lws/raw 2 x
"""


class Report(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="meeple-bench-")
        self.addCleanup(self.folder.cleanup)

    def report(self, lines):
        source, target = (os.path.join(self.folder.name, name) for name in ("results.txt", "results.json"))
        with open(source, "w", encoding="utf-8") as file:
            file.write(lines)
        done = subprocess.run([sys.executable, os.path.join(HERE, "report.py"), source, target],
                              capture_output=True, text=True, check=True)
        with open(target, encoding="utf-8") as file:
            return [line.split() for line in done.stdout.splitlines()], json.load(file)

    def test_medians_with_ratios_first(self):
        lines, _ = self.report(RUNS)
        self.assertEqual(lines[0], ["benchmark", "what", "median", "least", "most", "unit"])
        self.assertIn(["call", "theirs/ours", "3.00", "2.00", "4.00", "x"], lines)
        self.assertIn(["ours", "300", "100", "1,200", "ns"], lines)
        self.assertIn(["poll", "calls", "0", "0", "0", "calls"], lines)

    def test_servers_beside_each_other_in_a_table_of_its_own(self):
        lines, written = self.report(ECHOES + RUNS)
        self.assertEqual(lines[0][-5:], ["ours,", "poll", "libwebsockets", "ws", "(node)"])
        self.assertEqual(lines[1], ["64", "connections,", "64", "B,", "1", "in", "flight", "1.00", "1.20", "-", "-", "2.00",
                                    "-"])
        self.assertEqual(written["contest"], [{"load": "64 connections, 64 B, 1 in flight", "raw": 1, "epoll": 1.2,
                                               "uring": None, "poll": None, "lws": 2, "ws": None}])

    def test_openssl_is_the_raw_echo_of_tls(self):
        lines, _ = self.report("tls.1 tls.cpu 9 ns\ntls.1 ws/tls 3 x\nidle.wss tls.resident 50 B\n" + RUNS)
        self.assertEqual(lines[1][-6:], ["1.00", "-", "-", "-", "-", "3.00"])
        self.assertEqual(lines[3][-6:], ["50.0", "-", "-", "-", "-", "-"])

    def test_says_once_what_is_missing(self):
        lines, written = self.report("# ws is left out\n# ws is left out\n" + RUNS)
        self.assertEqual(lines.count(["ws", "is", "left", "out"]), 1)
        self.assertEqual(written["notes"], ["ws is left out"])

    def test_all_numbers_as_json(self):
        _, written = self.report(RUNS)
        self.assertEqual(written["runs"], 3)
        self.assertEqual(written["results"][0], {"benchmark": "call", "metric": "ours", "unit": "ns",
                                                 "median": 300, "values": [100, 300, 1200.5]})


class Tables(unittest.TestCase):
    def write(self, results):
        """The documents with these results."""
        with tempfile.TemporaryDirectory(prefix="meeple-bench-") as folder:
            source = os.path.join(folder, "results.json")
            targets = [shutil.copy(os.path.join(HERE, "..", "..", "docs", name), folder)
                       for name in ("performance.md", "benchmarks.md")]
            with open(source, "w", encoding="utf-8") as file:
                json.dump({"results": results}, file)
            subprocess.run([sys.executable, os.path.join(HERE, "tables.py"), source, *targets], check=True)
            texts = []
            for target in targets:
                with open(target, encoding="utf-8") as file:
                    texts.append(file.read())
            return texts

    def test_every_table_has_its_place_in_a_document(self):
        performance, benchmarks = self.write([{"benchmark": "late-join.value", "metric": "join", "median": 1234.5},
                                              {"benchmark": "change-1.tcp", "metric": "ours.cpu", "median": 6.789},
                                              {"benchmark": "echo.1", "metric": "epoll/raw", "median": 1.234}])
        self.assertIn("| 64 connections, 64 B, 1 in flight | 1.00 | 1.23 | - |", performance)
        self.assertIn("| until it has all of it | 1,234 ms |", benchmarks)
        self.assertIn("| 1 % | - | 6.79 us | - | - | - |", benchmarks)
        self.assertIn("| the server, for a peer | - |", benchmarks)

    def test_a_table_that_is_nowhere_or_twice_is_an_error(self):
        done = subprocess.run([sys.executable, os.path.join(HERE, "tables.py"), os.devnull], capture_output=True,
                              check=False)
        self.assertNotEqual(done.returncode, 0)
        for texts in (["| nothing |\n"], ["| head |\n", "| head |\n"]):
            with self.assertRaises(ValueError):
                tables.put_in(texts, ["| head |", "|---|"])


class Run(unittest.TestCase):
    def run_it(self, *flags):
        return subprocess.run([os.path.join(HERE, "run"), *flags], capture_output=True, text=True, check=False)

    def test_helps(self):
        done = self.run_it("--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("--runs N", done.stdout)

    def test_refuses_flags_that_make_no_sense(self):
        for flags in (["--runs"], ["--runs", "0"], ["--runs", "x"], ["--fast"], ["tcp"]):
            with self.subTest(flags=flags):
                done = self.run_it(*flags)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    del sys.argv[1:]
    unittest.main()
