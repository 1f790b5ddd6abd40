"""The hostile events of these folders through the filter, as README tells. Prints TAP, a line for
each name.

    hostile.py ASSENT [FOLDER...]
"""
import os
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path += [str(HERE.parents[1] / "check"), str(HERE.parents[1] / "oracle")]

import oracle  # noqa: E402
from tap import Tap, run  # noqa: E402

JOBS = (1, 2, 4)
MOST_BYTES = 3 << 20  # of input; threads start behind the first MiB
REJECTED = "rejected"


class Row:
    """A line of a table."""

    def __init__(self, file, line):
        name, receivers, self.event = line.split(b"\t", 2)
        self.name = f"{file.parent.name}/{file.stem} {name.decode()}"
        self.receivers = receivers.decode()
        self.raw = self.event + b"\n"

    def is_rejected(self):
        return self.receivers == REJECTED

    def output(self):
        """The lines that must come out, in this order."""
        if self.is_rejected() or self.receivers == "-":
            return []
        content = oracle.line_content(self.raw)
        return [b"%s\t%s\n" % (one.encode(), content) for one in self.receivers.split(" ")]


def read_rows(folder):
    rows = []
    for file in sorted(folder.glob("*.events")):
        lines = file.read_bytes().split(b"\n")
        rows += [Row(file, line) for line in lines if line and not line.startswith(b"#")]
    return rows


def lines_of(data):
    """The lines with their LF; nothing else ends one."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def receivers_by_event(data):
    """By the event's bytes: who received it, and how often."""
    found = {}
    for line in lines_of(data):
        destination, _, event = line.partition(b"\t")
        found.setdefault(event, Counter())[destination.decode()] += 1
    return found


def what_is_wrong(row, times, output, rejects):
    """How what became of a row that went in so often differs from the table; '' when it does not."""
    expected = Counter({line.split(b"\t")[0].decode(): times for line in row.output()})
    got = output.get(oracle.line_content(row.raw) + b"\n", Counter())
    if got != expected:
        return f"received by {dict(got)}, must be {dict(expected)}"
    n_rejected = times if row.is_rejected() else 0
    if rejects[row.raw] != n_rejected:
        return f"rejected {rejects[row.raw]} times, must be {n_rejected}"
    return ""


def check_folder(tap, assent, folder, scratch):
    mapping = folder / "mapping.json"
    rows = read_rows(folder)
    once = b"".join(row.raw for row in rows)
    times = MOST_BYTES // len(once) + 1
    events = Path(scratch, "events")
    events.write_bytes(once * times)
    expected = b"".join(line for row in rows for line in row.output()) * times
    wrong = {}
    for jobs in JOBS:
        kept = Path(scratch, "rejects")
        done = run(assent, "-m", mapping, "-j", str(jobs), "--rejects", kept, events)
        rejects = kept.read_bytes()
        received = receivers_by_event(done.stdout)
        rejected = Counter(lines_of(rejects))
        for row in rows:
            why = what_is_wrong(row, times, received, rejected)
            if why:
                wrong.setdefault(row, []).append(f"-j {jobs}: {why}")
        same = done.stdout == expected and rejects == times * b"".join(
            row.raw for row in rows if row.is_rejected()
        )
        tap.ok(same, f"{folder.name}: -j {jobs} writes these bytes in this order")
        any_rejected = any(row.is_rejected() for row in rows)
        tap.equal(done.returncode, int(any_rejected), f"{folder.name}: -j {jobs}: the status")
    for row in rows:
        tap.ok(row not in wrong, row.name, *wrong.get(row, ()))
    return rows


def oracle_says(mapping, row):
    """What the second implementation would write in the table."""
    kind, event = oracle.classify_line(row.raw)
    if kind != oracle.EVENT:
        return kind
    decisions = oracle.decide(mapping, event)
    return " ".join(name for name, decision, _ in decisions if decision == oracle.DELIVER) or "-"


def check_oracle(tap, folder, rows):
    mapping = oracle.read_mapping((folder / "mapping.json").read_bytes())
    differ = [
        f"{row.name}: the oracle says {said}, the table {row.receivers}"
        for row in rows
        if (said := oracle_says(mapping, row)) != row.receivers
    ]
    tap.ok(not differ, f"{folder.name}: the oracle agrees with {len(rows)} lines", *differ)


def check_table(tap, folder, rows):
    names = Counter(row.name for row in rows)
    events = Counter(row.event for row in rows)
    twice = [name for name, n in names.items() if n > 1]
    twice += [row.name for row in rows if events[row.event] > 1]
    tap.ok(rows and not twice, f"{folder.name}: every name and every event is there once", *twice)


def main():
    assent = os.path.abspath(sys.argv[1])
    asked = sys.argv[2:] or sorted(path.parent.name for path in HERE.glob("*/mapping.json"))
    tap = Tap()
    for name in asked:
        with tempfile.TemporaryDirectory() as scratch:
            rows = check_folder(tap, assent, HERE / name, scratch)
        check_table(tap, HERE / name, rows)
        check_oracle(tap, HERE / name, rows)
    tap.end()


main()
