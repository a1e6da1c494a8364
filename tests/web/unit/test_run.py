"""What run.js and the stand-in for Criterion report, of tests that pass and of tests that fail in every way there is.

    test_run.py NODE CASES.js
"""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
NODE, CASES = sys.argv[1:3]


def run(*arguments):
    """Exit status, what was printed, and the lines of the report, of one run."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.tap")
        done = subprocess.run(
            [NODE, "--no-experimental-fetch", os.path.join(HERE, "run.js"), *arguments, "--tap=" + report],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, check=False)
        lines = None
        if os.path.exists(report):
            with open(report, encoding="utf-8") as file:
                lines = file.read().splitlines()
    return done.returncode, done.stdout, lines


def cases(lines):
    """{name: "ok", "not ok" or the reason why it was skipped}"""
    found = {}
    for line in lines[2:]:
        verdict, _, rest = line.partition(" - ")
        name, _, skip = rest.partition(" # SKIP ")
        found[name.split()[0]] = skip or verdict
    return found


class GoodTest(unittest.TestCase):
    def test_what_holds_passes_and_what_is_left_out_is_counted_apart(self):
        status, out, lines = run(CASES, "--file=cases_good.c")
        self.assertEqual(status, 0, out)
        self.assertEqual(out, "7 tests, 0 failed, 2 skipped\n")
        self.assertEqual(lines[:2], ["TAP version 13", "1..7"])
        self.assertEqual(cases(lines), {
            "good::init_and_fini_are_called_in_order": "ok",
            "good::and_each_test_begins_anew": "ok",
            "checks::that_hold_evaluate_their_sides_once": "ok",
            "checks::abort_that_was_to_come": "ok",
            "checks::assert_that_was_to_fail": "ok",
            "checks::what_a_machine_lacks": "no such thing here",
            "checks::what_is_disabled": "disabled",
        })


class BadTest(unittest.TestCase):
    # What is said of each; each of these lines is in the part of that test.
    said = {
        "a_failed_assertion_ends_the_test": [
            "a check failed", "failed: 1 + 1 == 3", "left: 2", "right: 3", "it is two"],
        "a_failed_expectation_does_not_end_it": [
            "failed: 5U > 6UL", "left: 5", "right: 6", 'failed: "left" == "right"', "left: left", "right: right",
            "right: (null)", "failed: !(most)", 'failed: "text" == NULL', "left: 0x", "failed: 0.5 is near 0.25",
            "left: 0.5", "right: 0.25", 'failed: the bytes of "abc" == "abd"', "reached"],
        "it_must_not_come_here": ["not to come here"],
        "what_fails_in_init_ends_it": ["a check failed", "failed: zero == 1", "in fini"],
        "what_fails_in_fini_counts": ["a check failed", "failed: zero == 1"],
        "leaving_the_rest_out_mends_nothing": ["a check failed", "failed: zero", "too late"],
        "abort_is_a_failure": ["it aborted", "a line before it"],
        "a_failed_assert_is_a_failure": ["it aborted: Assertion failed: zero"],
        "a_trap_is_a_failure": ["it crashed: RuntimeError: unreachable"],
        "memory_that_is_not_there": ["it crashed: RuntimeError: memory access out of bounds"],
        "undefined_behaviour": ["undefined behaviour", "runtime error: signed integer overflow"],
        "a_stack_that_is_too_deep": ["it crashed: RangeError"],
        "exit_is_no_way_to_pass": ["it called exit(0)"],
        "a_test_that_never_ends": ["it did not end in 0.3 s"],
        "a_test_that_ends_the_engine": ["node ended with it: 0"],
        "abort_was_to_come_and_did_not": ["it was to end by signal 6"],
        "abort_was_to_come_and_another_did": ["it was to end by signal 6"],
    }

    @classmethod
    def setUpClass(cls):
        cls.status, cls.out, cls.lines = run(CASES, "--file=cases_bad.c")

    def test_each_fails_and_the_one_after_them_passes(self):
        self.assertEqual(self.status, 1, self.out)
        want = {"bad::" + name: "not ok" for name in self.said}
        want["bad::passes_all_the_same"] = "ok"
        self.assertEqual(cases(self.lines), want, self.out)
        self.assertEqual(self.lines[1], "1..%d" % len(want))
        self.assertEqual(self.out.splitlines()[-1], "%d tests, %d failed, 0 skipped" % (len(want), len(self.said)))

    def test_each_says_why_and_where(self):
        parts = dict(part.split(": ", 1) for part in self.out.split("not ok: bad::")[1:])
        for name, lines in self.said.items():
            for line in lines:
                self.assertIn(line, parts[name], name)
        self.assertRegex(parts["a_failed_assertion_ends_the_test"], r"cases_bad\.c:\d+: failed: ")
        self.assertNotIn("not reached", self.out)


class WrongCallTest(unittest.TestCase):
    def test_no_test_at_all_is_a_failure(self):
        status, out, lines = run(CASES, "--file=cases_none.c")
        self.assertEqual(status, 1)
        self.assertIn("no test is in cases_none.c", out)
        self.assertEqual(cases(lines), {})

    def test_a_program_that_is_none_is_a_failure(self):
        status, out, lines = run(CASES + ".js", "--file=cases_good.c")
        self.assertEqual(status, 1)
        self.assertEqual(cases(lines), {"cases_good.c::run": "not ok"}, out)

    def test_arguments_that_it_does_not_know_are_refused(self):
        for arguments in ((), (CASES,), (CASES, "--file=cases_good.c", "--jobs=2"),
                          (CASES, "--file=cases_good.c", "--timeout=soon")):
            status, out, lines = run(*arguments)
            self.assertEqual((status, lines), (2, None), arguments)
            self.assertIn("usage: run.js", out)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
