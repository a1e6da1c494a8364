"""report: lines "case metric value unit" of several runs, made into a table of medians and a JSON file.

    python3 report.py RESULTS.txt RESULTS.json
"""
import json
import os
import platform
import statistics
import sys


def read(path):
    """{(case, metric, unit): values}, in the order in which they came first."""
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            case, metric, value, unit = line.split()
            rows.setdefault((case, metric, unit), []).append(float(value))
    return rows


def number(value):
    """Three digits that mean something."""
    if value == 0:
        return "0"
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return "{:,.{}f}".format(value, decimals)


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
    widths = [max(len(line[i]) for line in [head] + lines) for i in range(6)]
    for line in [head] + lines:
        cells = [cell.rjust(width) if 2 <= i <= 4 else cell.ljust(width)
                 for i, (cell, width) in enumerate(zip(line, widths))]
        yield "  ".join(cells).rstrip()


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
    rows = read(sys.argv[1])
    machine = {"processor": processor(), "cores": os.cpu_count(), "system": platform.platform()}
    for line in table(rows):
        print(line)
    runs = max((len(values) for values in rows.values()), default=0)
    print("\nmedians of %d runs; %s, %s cores, %s" % (runs, *machine.values()))
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"runs": runs, "machine": machine,
                   "results": [{"benchmark": case, "metric": metric, "unit": unit,
                                "median": statistics.median(values), "values": values}
                               for (case, metric, unit), values in rows.items()]}, file, indent=1)
        file.write("\n")
    print("all numbers are in " + os.path.relpath(sys.argv[2]))


if __name__ == "__main__":
    main()
