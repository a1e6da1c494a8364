"""tables: the tables of docs/performance.md and docs/benchmarks.md, from the JSON that tests/bench/run writes.

    python3 tables.py RESULTS.json                 prints them
    python3 tables.py RESULTS.json DOCUMENT...     puts each in the place of the one that begins with the same line, in
                                                   whichever of the documents that is

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
    yield table(*(report.cells(line) for line in report.contest(results.medians)))


def floors(results):
    yield table(["processor time / raw echo", "epoll, edges", "io_uring: multishot poll", "multishot receive",
                 "OP_SEND, too", "registered files, too"],
                *([text, *(results.cell("floor." + load, way + "/raw") for way in (
                    "edges", "uring-poll", "uring-receive", "uring-send", "uring-files"))] for load, text in (
                        ("1", "64 connections, 64 B, 1 in flight"), ("16", "64 connections, 64 B, 16 in flight"),
                        ("16k", "16 connections, 16 KiB, 4 in flight"))))


def threads(results):
    yield table(["two nets that share a port / one", "processor time of a message", "messages a second"],
                *([text, *("%s (%s / %s)" % tuple(results.cell("threads.%d" % window, metric) for metric in (
                    "two/one." + what, "two." + what, "one." + what)) for what in ("cpu", "rate"))]
                  for window, text in ((1, "64 connections, 64 B, 1 in flight"),
                                       (16, "64 connections, 64 B, 16 in flight"))))


def against_memcpy(results, benchmark, metric):
    return "%s (%s)" % (results.cell(benchmark, metric + ".time/memcpy"), results.cell(benchmark, metric, " GB/s"))


def byte_work(results):
    for head, sizes, rows in (
            ("unmasking, time / memcpy()", ("64", "1Ki", "16Ki", "1Mi"), (("unmask", "", "any bytes"),)),
            ("frames, time / memcpy(); by payload", ("16", "64", "1Ki", "16Ki"),
             (("frames", "", "binary"), ("frames-text", "", "text, of ASCII"))),
            ("UTF-8, time / memcpy()", ("64", "16Ki"),
             (("utf8", "ascii.", "English"), ("utf8", "latin.", "German"), ("utf8", "cjk.", "Chinese"),
              ("utf8", "emoji.", "emoji")))):
        yield table([head, *(re.sub(r"(\d)([KM]?i?)$", r"\1 \2B", size) for size in sizes)],
                    *([text, *(against_memcpy(results, benchmark, prefix + size) for size in sizes)]
                      for benchmark, prefix, text in rows))


def calls(results):
    yield table(["ten clients", "server, call / packet", "server, a call", "server, a packet", "calls a second",
                 "packets a second"],
                *([text, *(results.cell(benchmark, metric, unit) for metric, unit in (
                    ("server.call/packet", ""), ("server.call", " ns"), ("server.packet", " ns"),
                    ("calls-per-second", ""), ("packets-per-second", "")))] for benchmark, text in (
                        ("rpc.one-way", "to the server, loopback"), ("rpc.and-back", "and back to all, loopback"),
                        ("rpc.and-back.tcp", "and back to all, TCP"))))


def godot(results):
    yield table(["a call of Godot 3", "ours / Godot", "ours", "Godot 3.2.3", "calls a second: ours", "Godot"],
                *([text, *(results.cell("godot3." + case, metric, unit) for metric, unit in (
                    ("ours/godot", ""), ("ours.cpu", " ns"), ("godot.cpu", " ns"), ("ours.rate", ""), ("godot.rate", "")))]
                  for case, text in (("dispatch", "that runs at the server"), ("relay", "that it passes on"),
                                     ("broadcast", "both"))))


def broadcasts(results):
    places = ("broadcast.1000", "broadcast.10000", "broadcast.1000.uring", "broadcast.10000.uring")
    yield table(["processor time of a delivered message", "1,000 peers", "10,000", "1,000, io_uring", "10,000, io_uring"],
                *([text + turn, *(results.cell(place, metric + suffix, unit) for place in places)]
                  for suffix, turn in (("", ""), (".8-in-a-turn", ", eight in a turn"))
                  for metric, unit, text in (
                      ("broadcast/raw", "", "a broadcast / bare send()"), ("singles/raw", "", "single sends / bare send()"),
                      ("singles/broadcast", "", "single sends / a broadcast"), ("broadcast", " ns", "a broadcast"))))


def growth(results):
    sizes = (10, 100, 1000, 10000)
    for benchmark, head, kind in (("growth.packets", "packets, over TCP", "packet"),
                                  ("growth.calls", "calls, without the kernel", "call")):
        yield table([head, *("%s peers" % format(size, ",") for size in sizes), "10,000 / 10"],
                    *([text, *(results.cell(benchmark, "%s.%d" % (metric, size), " ns") for size in sizes),
                       results.cell(benchmark, metric + ".10000/10")] for metric, text in (
                           ("poll", "a poll at rest"), (kind + "-in", "a %s that comes" % kind),
                           (kind + "-out", "a %s to one, ten in a turn" % kind),
                           ("one-by-one", "one to each, in a loop, a delivery"), ("broadcast", "one to all, a delivery"),
                           ("join", "a join, the mean of all"))))
    yield table(["10,000 peers at rest", ""],
                *([text, results.cell("rest", metric, unit)] for metric, unit, text in (
                    ("cpu-per-second", " us", "processor time in a second"),
                    ("waits-per-second", "", "how often the thread waits in a second"),
                    ("cpu-per-heartbeat", " ns", "processor time of a ping and its pong"))))


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
    return [*contest(results), *floors(results), *threads(results), *byte_work(results), *broadcasts(results), *calls(results),
            *godot(results), *growth(results), *ticks(results), *late_joins(results), *rest(results)]


def put_in(texts, lines):
    """The texts with that table in the place of the one that begins with the same line."""
    found = 0
    for i, text in enumerate(texts):
        texts[i], count = re.subn(r"^%s\n(\|.*\n)*" % re.escape(lines[0]), lambda _: "\n".join(lines) + "\n", text, flags=re.M)
        found += count
    if found != 1:
        raise ValueError("%d tables begin with %s" % (found, lines[0]))


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    made = tables(Results(sys.argv[1]))
    documents, texts = sys.argv[2:], []
    if not documents:
        print("\n\n".join("\n".join(lines) for lines in made))
        return
    for document in documents:
        with open(document, encoding="utf-8") as file:
            texts.append(file.read())
    for lines in made:
        put_in(texts, lines)
    for document, text in zip(documents, texts):
        with open(document, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
