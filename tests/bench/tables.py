"""tables: the tables of docs/benchmarks.md, from the JSON that tests/bench/run writes.

    python3 tables.py RESULTS.json                        prints them
    python3 tables.py RESULTS.json docs/benchmarks.md     puts each in the place of the one that begins with the same line

A number that is not among the results is a dash.
"""
import json
import re
import sys

import report

PERCENTS = {"0": "nothing changes", "1": "1 %", "10": "10 %", "100": "100 %"}
WAYS = ("all-json", "all-msgpack", "changed-json")
LATE_JOINS = {"late-join.objects": "5,000 objects", "late-join.value": "one value"}


class Results:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.medians = {(row["benchmark"], row["metric"]): row["median"] for row in json.load(file)["results"]}

    def cell(self, benchmark, metric, unit=""):
        median = self.medians.get((benchmark, metric))
        return "-" if median is None else report.number(median) + unit


def table(*rows):
    """Lines of a table; the first row is its head."""
    lines = ["|" + "|".join(" %s " % cell if cell else " " for cell in row) + "|" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]


def contest(results):
    """As the report's first table."""
    yield table([report.HEAD, *report.CONTENDERS.values()],
                *([text, *("1" if name == "raw" and base else results.cell(case, metric % name)
                           for name in report.CONTENDERS)] for case, text, metric, base in report.LOADS))


def threads(results):
    yield table(["two nets that share a port / one", "processor time of a message", "messages a second"],
                *([text, *("%s (%s / %s)" % tuple(results.cell("threads.%d" % window, metric) for metric in (
                    "two/one." + what, "two." + what, "one." + what)) for what in ("cpu", "rate"))]
                  for window, text in ((1, "64 connections, 64 B, 1 in flight"),
                                       (16, "64 connections, 64 B, 16 in flight"))))


def ticks(results):
    yield table(["others / ours, processor time", *WAYS],
                *([PERCENTS[percent] + ", " + name, *(results.cell("change-%s.%s" % (percent, where), way + ".cpu/ours")
                                                      for way in WAYS)]
                  for where, name in (("loopback", "loopback"), ("tcp", "TCP")) for percent in PERCENTS))
    yield table(["others / ours, bytes", *WAYS],
                *([PERCENTS[percent], *(results.cell("change-%s.tcp" % percent, way + ".bytes/ours") for way in WAYS)]
                  for percent in list(PERCENTS)[1:]))
    yield table(["ours", "processor time of a tick, loopback", "TCP", "bytes a tick for each peer", "bytes a change",
                 "packets made, for all peers"],
                *([PERCENTS[percent], results.cell("change-%s.loopback" % percent, "ours.cpu", " us"),
                   *(results.cell("change-%s.tcp" % percent, metric, unit) for metric, unit in (
                       ("ours.cpu", " us"), ("ours.bytes", ""), ("ours.bytes-per-change", ""), ("ours.encodings", "")))]
                  for percent in PERCENTS))


def late_joins(results):
    for case, name in LATE_JOINS.items():
        yield table([name + ", during the join / before it", ""],
                    *([text, results.cell(case, metric + ".during/before")] for metric, text in (
                        ("others.p50", "delay of a call to the others, median"), ("others.p99", "the same, 99th percentile"),
                        ("stall", "longest poll of the server"))))
        rows = [(who + ".%s." + part, text + ", " + words)
                for who, text in (("others", "delay of a call to the others"), ("newcomer", "to the newcomer"))
                for part, words in (("p50", "median"), ("p99", "99th percentile"), ("max", "most"))]
        yield table([name, "before", "during", "after"],
                    *([text, *(results.cell(case, metric % phase, " ms") for phase in ("before", "during", "after"))]
                      for metric, text in rows + [("stall.%s", "longest poll of the server")]))
        yield table([name + ", the joins", ""],
                    *([text, results.cell(case, metric, unit)] for metric, unit, text in (
                        ("snapshot", " MB", "what a newcomer is told"), ("join", " ms", "until it has all of it"),
                        ("calls.during", "", "calls made while five joined"),
                        ("newcomer.heard", "", "those of them that they heard"))))


def rest(results):
    yield table(["a thousand objects that do not change / none", ""],
                *([text, "%s (%s / %s)" % (results.cell(case, "objects/none"), results.cell(case, "objects", " ns"),
                                           results.cell(case, "none", " ns"))]
                  for case, text in (("poll-idle", "a poll of the server"), ("poll-idle-peer", "a poll of a client"),
                                     ("call", "a call"))))
    yield table(["heap", "bytes"],
                *([text, results.cell("memory", metric)] for metric, text in (
                    ("server.object", "the server, for an object"),
                    ("server.object-and-peer", "and for each peer that sees it"), ("server.peer", "the server, for a peer"),
                    ("peer.object", "a client, for an object, its struct included"), ("struct", "the struct itself"))))


def tables(results):
    return [*contest(results), *threads(results), *ticks(results), *late_joins(results), *rest(results)]


def put_in(text, lines):
    """The text with that table in the place of the one that begins with the same line."""
    new, count = re.subn(r"^%s\n(\|.*\n)*" % re.escape(lines[0]), lambda _: "\n".join(lines) + "\n", text, flags=re.M)
    if count != 1:
        raise ValueError("%d tables begin with %s" % (count, lines[0]))
    return new


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    made = tables(Results(sys.argv[1]))
    if len(sys.argv) == 2:
        print("\n\n".join("\n".join(lines) for lines in made))
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()
    for lines in made:
        text = put_in(text, lines)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
