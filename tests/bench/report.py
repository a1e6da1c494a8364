"""report: lines "case metric value unit" of several runs, made into tables of medians and a JSON file; lines "# sentence"
say what is missing.

    python3 report.py RESULTS.txt RESULTS.json
"""
import json
import os
import platform
import statistics
import sys


# The echo servers that are compared, as metrics name them and as people do.
CONTENDERS = {"raw": "raw echo", "epoll": "ours, epoll", "uring": "ours, io_uring", "poll": "ours, poll",
              "lws": "libwebsockets", "ws": "ws (node)"}
# Rows of the first table: a benchmark, what it is, the metric of a server there, who stands in the column of the raw
# echo: over TLS that is OpenSSL's, without a WebSocket.
LOADS = (
    ("echo.1", "64 connections, 64 B, 1 in flight", "%s/raw", "raw"),
    ("echo.16", "64 connections, 64 B, 16 in flight", "%s/raw", "raw"),
    ("echo.16k", "16 connections, 16 KiB, 4 in flight", "%s/raw", "raw"),
    ("tls.1", "TLS, 64 connections, 64 B, 1 in flight", "%s/tls", "tls"),
    ("tls.16", "TLS, 64 connections, 64 B, 16 in flight", "%s/tls", "tls"),
    ("tls.16k", "TLS, 16 connections, 16 KiB, 4 in flight", "%s/tls", "tls"),
    ("accept.ws", "a client comes, shakes hands, goes", "%s/raw", "raw"),
    ("accept.wss", "TLS, a client comes, shakes hands, goes", "%s/tls", "tls"),
    *((case, "memory of a peer at rest, %s, %s" % (text, words), "%s." + metric, base)
      for case, text, base in (("idle.ws", "ws", "raw"), ("idle.wss", "wss", "tls"),
                               ("idle.ws-deflate", "ws, compressing", "raw"),
                               ("idle.wss-deflate", "wss, compressing", "tls"))
      for metric, words in (("heap", "heap, B"), ("resident", "resident, B"))),
    *(("latency", "latency at half load, %s, us" % words, "%s." + metric, "raw")
      for metric, words in (("p50", "median"), ("p90", "90 %"), ("p99", "99 %"), ("p99.9", "99.9 %"))),
    ("latency", "half load, messages a second", "%s.half-load", "raw"),
)
HEAD = "processor time / raw echo, if no unit is said"


def read(path):
    """{(case, metric, unit): values}, in the order in which they came first, and the sentences."""
    rows, notes = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                notes[line[1:].strip()] = True
                continue
            case, metric, value, unit = line.split()
            rows.setdefault((case, metric, unit), []).append(float(value))
    return rows, list(notes)


def number(value):
    """Three digits that mean something."""
    if value == 0:
        return "0"
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return "{:,.{}f}".format(value, decimals)


def contest(medians):
    """The first table, from {(benchmark, metric): median}: a head with the servers, then a row for each of LOADS; None
    where nothing was measured."""
    yield (HEAD, *CONTENDERS.values())
    for case, text, metric, base in LOADS:
        metrics = [metric % (base if name == "raw" else name) for name in CONTENDERS]
        # Nobody's ratio to itself is measured.
        yield (text, *(1 if name == "/".join((base, base)) else medians.get((case, name)) for name in metrics))


def cells(line):
    """That as text."""
    return [cell if isinstance(cell, str) else "-" if cell is None else number(cell) for cell in line]


def aligned(lines, right):
    """Rows of cells as text; those for which right(column) go to the right."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = [cell.rjust(width) if right(i) else cell.ljust(width) for i, (cell, width) in enumerate(zip(line, widths))]
        yield "  ".join(cells).rstrip()


def contest_of(rows):
    """What of it was measured."""
    head, *lines = contest({(case, metric): statistics.median(values) for (case, metric, _), values in rows.items()})
    measured = {case for case, _, _ in rows}
    lines = [line for line, load in zip(lines, LOADS) if load[0] in measured]
    return [head, *lines] if lines else []


def contest_table(rows):
    lines = [cells(line) for line in contest_of(rows)]
    return [*aligned(lines, lambda i: i > 0), ""] if lines else []


def table(rows):
    """Ratios first, as they say more than numbers of one machine do."""
    lines, last = [], None
    cases = list(dict.fromkeys(case for case, _, _ in rows))
    ordered = sorted(rows.items(), key=lambda row: (cases.index(row[0][0]), row[0][2] != "x"))
    for (case, metric, unit), values in ordered:
        if case != last:
            lines.append(("", "", "", "", "", ""))
        lines.append((case if case != last else "", metric, number(statistics.median(values)),
                      number(min(values)), number(max(values)), unit))
        last = case
    head = ("benchmark", "what", "median", "least", "most", "unit")
    return aligned([head] + lines, lambda i: 2 <= i <= 4)


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()


def main():
    rows, notes = read(sys.argv[1])
    machine = {"processor": processor(), "cores": os.cpu_count(), "system": platform.platform()}
    for line in [*contest_table(rows), *table(rows)]:
        print(line)
    runs = max((len(values) for values in rows.values()), default=0)
    print("\nmedians of %d runs; %s, %s cores, %s" % (runs, *machine.values()))
    for note in notes:
        print(note)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"runs": runs, "machine": machine, "notes": notes,
                   "contest": [dict(zip(("load", *CONTENDERS), line)) for line in contest_of(rows)[1:]],
                   "results": [{"benchmark": case, "metric": metric, "unit": unit,
                                "median": statistics.median(values), "values": values}
                               for (case, metric, unit), values in rows.items()]}, file, indent=1)
        file.write("\n")
    print("all numbers are in " + os.path.relpath(sys.argv[2]))


if __name__ == "__main__":
    main()
