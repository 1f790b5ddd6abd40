"""Measures the program against what it is compared with.

    bench.py --assent PATH --tools FOLDER [--quick] [--rounds N] [--only LETTERS]
             [--json FILE] [--temp FOLDER]

FOLDER holds the programs that are built beside this file. Sections, by letter:
  a  into a pipe: against `cat` of the very same output, and against no_parse
  b  into /dev/null: against a bare yajl parse, thread for thread
  c  against jq and gojq running the same filter (segment_beta.jq)
  d  peak memory
  e  growth with events, destinations, categories, line length and jobs
  f  latency of single events on an idle stream, and start-up
  g  kinds of bytes: long strings, numbers, no ASCII, against a bare yajl parse

What is compared runs by turns (A B A B) after one round that does not count.
A time is the median of its runs, a ratio the median of the rounds' ratios.
The whole takes a few minutes and 3 GB of temporary files, --quick half a minute.
A missed bound is shown and is no failure: a busy machine misses some.
"""

import argparse
import datetime
import itertools
import json
import os
import platform
import random
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

HERE = os.path.dirname(os.path.abspath(__file__))
MAPPING = os.path.join(HERE, "mapping.json")
FILTER = os.path.join(HERE, "segment_beta.jq")
MB = 1e6
KIB, MIB = 1024, 1024 * 1024
BUSY = 0.5  # processes on average; pipes and threads then meet on one core, or wait for one


@dataclass
class Scale:
    """How much of everything."""

    events: int  # of sections a and b, 1.36 KB each
    slice_events: int  # that jq and gojq get
    growth_events: int
    event_parts: tuple  # section e: the parts of the events, and the numbers of
    counts: tuple  # destinations and categories
    jobs: tuple
    line_lengths: tuple
    length_bytes: int  # of input, for each length
    stream_mb: tuple  # of input, in section d
    long_lines: int  # at least so many of each length, in section d
    latency_events: int
    start_ups: int
    temp_bytes: float


FULL = Scale(
    events=355_000,
    slice_events=16_000,
    growth_events=60_000,
    event_parts=(8, 4, 2, 1),
    counts=(10, 100, 1000, 10000),
    jobs=(1, 2, 4, 8),
    line_lengths=(64, 300, KIB, 4 * KIB, 32 * KIB, 256 * KIB, MIB, 16 * MIB),
    length_bytes=64 * MIB,
    stream_mb=(100, 1000),
    long_lines=10,
    latency_events=2_000,
    start_ups=40,
    temp_bytes=3.2e9,
)
QUICK = Scale(
    events=16_000,
    slice_events=1_200,
    growth_events=5_000,
    event_parts=(4, 1),
    counts=(10, 10000),
    jobs=(1, 2, 4),
    line_lengths=(300, 32 * KIB, 16 * MIB),
    length_bytes=16 * MIB,
    stream_mb=(100,),
    long_lines=5,
    latency_events=200,
    start_ups=10,
    temp_bytes=0.6e9,
)


# ------------------------------------------------------------------ the report


@dataclass
class Table:
    title: str
    columns: list
    rows: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, *cells):
        self.rows.append(cells)

    def show(self):
        texts = [self.columns] + [[shown(cell) for cell in row] for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*texts)]
        print(f"\n{self.title}")
        for row in texts:
            first, *rest = zip(row, widths)
            cells = [first[0].ljust(first[1])] + [text.rjust(width) for text, width in rest]
            print("  " + "   ".join(cells).rstrip())
        for note in self.notes:
            print(f"  {note}")
        sys.stdout.flush()


def shown(cell):
    """Three digits that count."""
    if cell is None:
        return "-"
    if not isinstance(cell, float):
        return str(cell)
    digits = next((n for n, least in enumerate((100, 10, 1)) if abs(cell) >= least), 3)
    return f"{cell:.{digits}f}"


class Report:
    def __init__(self, machine):
        self.machine = machine
        self.tables = []
        self.bounds = Table("Bounds", ["figure", "measured", "asked", "met"])

    def table(self, title, *columns):
        self.tables.append(Table(title, list(columns)))
        return self.tables[-1]

    def bound(self, figure, measured, relation, limit):
        met = measured <= limit if relation == "<=" else measured >= limit
        self.bounds.add(figure, measured, f"{relation} {limit:g}", "yes" if met else "NO")

    def as_json(self):
        tables = [table for table in [*self.tables, self.bounds] if table.rows]
        return {
            "machine": self.machine,
            "tables": [
                {
                    "title": table.title,
                    "rows": [dict(zip(table.columns, row)) for row in table.rows],
                    "notes": table.notes,
                }
                for table in tables
            ],
        }


def first_line(*command):
    """What a program says first, or None where it is not installed."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0]


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def n_processors():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def describe_machine(assent):
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": cpu_model(),
        "cores": n_processors(),
        "memory_gib": round(memory / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "date": datetime.date.today().isoformat(),
        "load_at_start": round(os.getloadavg()[0], 2),
        "assent": first_line(assent, "--version"),
        "cat": first_line("cat", "--version"),
        "jq": first_line("jq", "--version"),
        "gojq": first_line("gojq", "--version"),
    }


# ---------------------------------------------------------------- running things


class Failed(Exception):
    """A program that is measured did not do its work."""


def finish(process):
    status = process.wait()
    if status != 0:
        raise Failed(f"status {status}: {' '.join(process.args)}")


def timed(command, **how):
    """Seconds that the command takes, output to /dev/null."""
    start = time.perf_counter()
    finish(subprocess.Popen(command, stdout=subprocess.DEVNULL, **how))
    return time.perf_counter() - start


def timed_without_messages(command):
    """The same, for commands that write counts to standard error."""
    return timed(command, stderr=subprocess.DEVNULL)


def timed_into_pipe(command):
    """Seconds that `command | cat >/dev/null` takes."""
    start = time.perf_counter()
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    reader = subprocess.Popen(["cat"], stdin=writer.stdout, stdout=subprocess.DEVNULL)
    writer.stdout.close()
    finish(writer)
    finish(reader)
    return time.perf_counter() - start


class Runs:
    """Seconds of several programs that ran by turns."""

    def __init__(self, run, commands, rounds):
        self.times = {name: [] for name in commands}
        for command in commands.values():
            run(command)
        for _ in range(rounds):
            for name, command in commands.items():
                self.times[name].append(run(command))

    def subtract(self, name, start):
        """Leaves the start-up, measured in the same rounds, out of a program's times."""
        pairs = zip(self.times[name], self.times[start])
        self.times[name] = [max(whole - part, 1e-9) for whole, part in pairs]

    def median(self, name):
        return statistics.median(self.times[name])

    def ratio(self, one, other, scale=1.0):
        """The one's time in times of the other's, which had `scale` times its work."""
        pairs = zip(self.times[one], self.times[other])
        return statistics.median(a / b * scale for a, b in pairs)


def read_figures(text):
    """Lines of a name and a number."""
    return {key: float(value) for key, value in map(str.split, text.splitlines())}


def read_report(path):
    with open(path, encoding="ascii") as file:
        return read_figures(file.read())


def output_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Failed(f"status {done.returncode}: {' '.join(command)}")
    return done.stdout


def write_output(command, path):
    with open(path, "wb") as file:
        finish(subprocess.Popen(command, stdout=file))


# ----------------------------------------------------------------- making inputs


def head(source, target, n):
    """The first n lines of a file."""
    with open(source, "rb") as lines, open(target, "wb") as file:
        file.writelines(itertools.islice(lines, n))


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def long_event(length):
    """An event of that many bytes, LF included: as many products as it holds, then filling.
    A very short one states no consent."""
    start = (
        b'{"type":"track","messageId":"m-1","context":{"consent":{"categoryPreferences":'
        b'{"Advertising":true,"Analytics":false,"Functional":false,"DataSharing":false}}},'
        b'"properties":{"products":['
    )
    product = (
        b'{"sku":"SKU-81","price":12.50,"name":"caf\xc3\xa9 \\"au lait\\"","new":true},'
    )
    end = b'""],"filling":"%s"}}\n'
    if length < len(start + end % b""):
        start = b'{"properties":{"products":['
    room = length - len(start + end % b"")
    n = room // len(product)
    return start + product * n + end % (b"x" * (room - n * len(product)))


def one_string_event(length):
    """An event that is one string with escapes: what takes a parser the most memory."""
    start, end = b'{"text":"', b'"}\n'
    room = length - len(start) - len(end)
    return start + b"\\u00e9" * (room // 6) + b"x" * (room % 6) + end


def destination_mapping(n):
    """n destinations, 3 of which get the events of write_refusing_events."""
    destinations = {f"d{i:05}": ["Analytics", "Functional"] for i in range(n)}
    for i in (0, n // 2, n - 1):
        destinations[f"d{i:05}"] = ["Advertising"]
    return {
        "version": 1,
        "rules": {"match": "all"},
        "categories": {
            "Advertising": {},
            "Analytics": {},
            "Functional": {},
            "DataSharing": {},
        },
        "destinations": destinations,
    }


def write_refusing_events(source, target):
    """Advertising consented, Analytics refused, the rest as it was. Events without a
    consent object are left out."""
    with open(source, "rb") as lines, open(target, "wb") as file:
        for line in lines:
            if b'"consent":' not in line:
                continue
            line = re.sub(rb'"Advertising":\w+', b'"Advertising":true', line, count=1)
            file.write(re.sub(rb'"Analytics":\w+', b'"Analytics":false', line, count=1))


def category_mapping(n):
    """n categories, spread over 7 destinations that ask for all of theirs, and 3 that ask
    for one that every event of write_choosing_events consents to."""
    ids = [f"c{i:05}" for i in range(n)]
    destinations = {f"d{i}": ["always"] for i in range(3)}
    for i in range(7):
        destinations[f"d{i + 3}"] = ["never", *ids[i::7]]
    return {"version": 1, "rules": {"match": "all"}, "destinations": destinations}


def write_choosing_events(source, target, n):
    """Events that state ten of n categories, hardly two of them the same."""
    rng = random.Random(n)
    consent = re.compile(rb'"categoryPreferences":\{[^}]*\}')
    with open(source, "rb") as lines, open(target, "wb") as file:
        for line in lines:
            chosen = rng.sample(range(n), 10)
            stated = ",".join(f'"c{i:05}":{"true" if i & 1 else "false"}' for i in chosen)
            text = f'"categoryPreferences":{{"always":true,"never":false,{stated}}}'
            if consent.search(line):
                file.write(consent.sub(text.encode(), line, count=1))


def write_pattern(events, output, tags, target):
    """For no_parse: which of the tags each event was written with, one byte an event."""
    bits = {tag.encode(): 1 << i for i, tag in enumerate(tags)}
    masks = bytearray()
    with open(events, "rb") as lines, open(output, "rb") as tagged:
        written = tagged.readline()
        for line in lines:
            mask = 0
            while written:
                tag, _, event = written.partition(b"\t")
                if event != line or bits[tag] <= mask:
                    break
                mask |= bits[tag]
                written = tagged.readline()
            masks.append(mask)
    with open(target, "wb") as file:
        file.write(masks)


def compare_output(command, path):
    """The command must write the very bytes of the file."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    with process.stdout as got, open(path, "rb") as expected:
        while True:
            one, other = got.read(MIB), expected.read(MIB)
            if one != other:
                raise Failed(
                    f"the output differs from what assent wrote: {' '.join(command)}"
                )
            if not one:
                break
    finish(process)


def comparable(output):
    """Tagged lines, whatever their order and however their JSON is written."""
    pairs = (line.split(b"\t", 1) for line in output.splitlines())
    return sorted((tag, canonical(event)) for tag, event in pairs)


def canonical(event):
    """The same for events that jq takes for the same: 253.00 is 253 to it."""
    return json.dumps(json.loads(event, parse_int=float), sort_keys=True)


# ------------------------------------------------------------------ the sections


class Bench:
    def __init__(self, options, folder, report):
        self.assent = options.assent
        self.tools = options.tools
        self.scale = QUICK if options.quick else FULL
        self.rounds = options.rounds
        self.folder = folder
        self.report = report
        self.has_jobs = b"--jobs" in output_of([self.assent, "--help"])
        self.events = self.path("events.ndjson")
        write_output([self.tool("generate_events"), str(self.scale.events)], self.events)
        os.sync()  # or its writing back disturbs what is measured

    def path(self, name):
        return os.path.join(self.folder, name)

    def tool(self, name):
        return os.path.join(self.tools, name)

    def filter(self, events, jobs=None, mapping=MAPPING):
        options = ["-j", str(jobs)] if jobs is not None and self.has_jobs else []
        return [self.assent, *options, "-m", mapping, *([] if events is None else [events])]

    def bare_yajl(self, events, jobs=1):
        return [self.tool("bare_yajl"), "-j", str(jobs), events]

    def job_counts(self, *counts):
        """Without --jobs there is one thread."""
        return counts if self.has_jobs else (1,)

    # a

    def into_pipe(self):
        ready, pattern = self.path("ready.tsv"), self.path("pattern")
        write_output(self.filter(self.events), ready)
        with open(MAPPING, encoding="utf-8") as file:
            tags = list(json.load(file)["destinations"])
        write_pattern(self.events, ready, tags, pattern)
        no_parse = [self.tool("no_parse"), pattern, self.events, *tags]
        compare_output(no_parse, ready)
        os.sync()

        commands = {"assent": self.filter(self.events)}
        if self.has_jobs:
            commands["assent -j 1"] = self.filter(self.events, 1)
        commands["cat of the output"] = ["cat", ready]
        commands["no_parse"] = no_parse
        runs = Runs(timed_into_pipe, commands, self.rounds)

        bytes_in, bytes_out = os.path.getsize(self.events), os.path.getsize(ready)
        table = self.report.table(
            f"(a) into `| cat >/dev/null`: {bytes_in / MB:.0f} MB of events, "
            f"{bytes_out / MB:.0f} MB of output",
            "program",
            "s",
            "MB/s in",
            "MB/s out",
            "assent takes",
        )
        for name in commands:
            seconds = runs.median(name)
            ratio = None if name == "assent" else runs.ratio("assent", name)
            table.add(
                name, seconds, bytes_in / MB / seconds, bytes_out / MB / seconds, ratio
            )
        table.notes.append("assent takes: times the time of that row")
        table.show()
        self.report.bound(
            "(a) into a pipe / cat of the output",
            runs.ratio("assent", "cat of the output"),
            "<=",
            0.85,
        )
        self.report.bound(
            "(a) into a pipe / no_parse", runs.ratio("assent", "no_parse"), "<=", 1.3
        )
        os.remove(ready)

    # b

    def into_null(self):
        commands = {}
        for jobs in self.job_counts(1, 2):
            commands[f"assent -j {jobs}"] = self.filter(self.events, jobs)
            commands[f"bare yajl -j {jobs}"] = self.bare_yajl(self.events, jobs)
        runs = Runs(timed, commands, self.rounds)

        size = os.path.getsize(self.events)
        table = self.report.table(
            f"(b) into /dev/null: {size / MB:.0f} MB of events",
            "program",
            "s",
            "MB/s",
            "events/s",
            "/ bare yajl",
            "/ -j 1",
        )
        for name in commands:
            program, jobs = name.rsplit(" ", 1)
            seconds = runs.median(name)
            speeds = (size / MB / seconds, self.scale.events / seconds)
            of_yajl = of_one = None
            if program == "assent -j":
                of_yajl = runs.ratio(name, f"bare yajl -j {jobs}")
            if jobs != "1":
                of_one = runs.ratio(name, f"{program} 1")
            table.add(name, seconds, *speeds, of_yajl, of_one)
        table.notes.append("/: times the time of that program")
        table.show()
        for jobs in self.job_counts(1, 2):
            ratio = runs.ratio(f"assent -j {jobs}", f"bare yajl -j {jobs}")
            self.report.bound(f"(b) time / bare yajl, -j {jobs}", ratio, "<=", 1.0)
        counting = {"plain": self.filter(self.events, 1)}
        counting["--stats"] = [*counting["plain"], "--stats"]
        ratio = Runs(timed_without_messages, counting, self.rounds).ratio("--stats", "plain")
        self.report.bound("(b) time with --stats / without, -j 1", ratio, "<=", 1.05)
        self.audited()
        speed = runs.ratio("bare yajl -j 1", "assent -j 1")
        self.report.bound("(b) speed / bare yajl's, -j 1", speed, ">=", 2.5)
        if self.has_jobs:
            speed_up = runs.ratio("assent -j 1", "assent -j 2")
            self.report.bound("(b) speed of -j 2 / -j 1", speed_up, ">=", 1.7)

    def audited(self):
        """What a record of each blocked pair costs, thrown away and kept in a new file."""
        plain = self.filter(self.events, 1)
        kept = self.path("audit.ndjson")
        commands = {"plain": plain}
        for name, file in (("/dev/null", "/dev/null"), ("a file", kept)):
            commands[name] = [*plain, "--audit", file, "--audit-only", "block"]

        def timed_anew(command):
            if os.path.exists(kept):
                os.remove(kept)
            return timed(command)

        runs = Runs(timed_anew, commands, self.rounds)
        for name in ("/dev/null", "a file"):
            ratio = runs.ratio(name, "plain")
            self.report.bound(f"(b) time with --audit into {name} / without", ratio, "<=", 1.5)
        os.remove(kept)

    # c

    def against_jq(self):
        part = self.path("slice.ndjson")
        head(self.events, part, self.scale.slice_events)
        commands = {"assent": self.filter(self.events)}
        if self.has_jobs:
            commands["assent -j 1"] = self.filter(self.events, 1)
        for program in ("jq", "gojq"):
            if shutil.which(program) is None:
                print(f"\n(c) {program} is not installed: left out")
                continue
            call = [program, "--slurpfile", "mapping", MAPPING, "-f", FILTER]
            commands[program] = [*call, "-nr", part]
            commands[f"{program}, raw lines"] = [*call, "-nrR", part]
        peers = [name for name in commands if not name.startswith("assent")]
        if not peers:
            return
        self.verify_peers([commands[name][:-1] for name in peers])
        for name in peers:
            commands[f"start of {name}"] = [*commands[name][:-1], "/dev/null"]
        runs = Runs(timed, commands, self.rounds)
        for name in peers:
            runs.subtract(name, f"start of {name}")
        self.show_peers(runs, peers, os.path.getsize(part))

    def verify_peers(self, commands):
        """The same filter must write the same lines."""
        few = self.path("few.ndjson")
        head(self.events, few, 500)
        expected = comparable(output_of(self.filter(few)))
        for command in commands:
            if comparable(output_of([*command, few])) != expected:
                raise Failed(f"the output is not assent's: {' '.join(command)}")

    def show_peers(self, runs, peers, part_size):
        size = os.path.getsize(self.events)
        table = self.report.table(
            f"(c) the same filter into /dev/null: jq and gojq on {part_size / MB:.1f} MB, "
            f"assent on {size / MB:.0f} MB",
            "program",
            "s",
            "MB/s",
            "assent is faster",
            "with -j 1",
        )
        seconds = runs.median("assent")
        table.add("assent", seconds, size / MB / seconds, None, None)
        for name in peers:
            faster = runs.ratio(name, "assent", size / part_size)
            alone = None
            if self.has_jobs:
                alone = runs.ratio(name, "assent -j 1", size / part_size)
            seconds = runs.median(name)
            table.add(name, seconds, part_size / MB / seconds, faster, alone)
            program = name.split(",")[0]
            self.report.bound(
                f"(c) times faster than {name}", faster, ">=", 60 if program == "jq" else 40
            )
        table.notes.append("faster: per byte, the start of jq and gojq not counted")
        table.notes.append("raw lines: with -R, which keeps each line's bytes")
        table.show()

    # d

    def memory(self):
        jobs = 2
        table = self.report.table(
            "(d) peak memory, "
            + (f"-j {jobs}, " if self.has_jobs else "")
            + "pipe to pipe",
            "input",
            "MB",
            "peak MiB",
            "/ longest line",
        )
        cases = [(f"{size} MB of events", size, ["cat"]) for size in self.scale.stream_mb]
        cases.append(("100 MB, read 1 s late", 100, ["sh", "-c", "sleep 1; exec cat"]))
        bytes_per_event = os.path.getsize(self.events) / self.scale.events
        for name, size, reader in cases:
            n = int(size * MB / bytes_per_event)
            generator = subprocess.Popen(
                [self.tool("generate_events"), str(n)], stdout=subprocess.PIPE
            )
            peak = self.peak_kib(generator.stdout, reader, jobs)
            finish(generator)
            table.add(name, float(size), peak / KIB, None)
            self.report.bound(f"(d) peak MiB, {name}", peak / KIB, "<=", 16)
        for name, line in self.long_lines():
            self.long_line_memory(table, name, line, jobs)
        table.show()

    def long_lines(self):
        yield "lines of 32 KiB", long_event(32 * KIB)
        yield "lines of 1 MiB", long_event(MIB)
        yield "lines of 16 MiB", long_event(16 * MIB)
        yield "strings of 1 MiB", one_string_event(MIB)
        yield "strings of 16 MiB", one_string_event(16 * MIB)

    def long_line_memory(self, table, name, line, jobs):
        n = max(16 * MIB // len(line), self.scale.long_lines)
        path = self.path("long.ndjson")
        with open(path, "wb") as file:
            for _ in range(n):
                file.write(line)
        feeder = subprocess.Popen(["cat", path], stdout=subprocess.PIPE)
        peak = self.peak_kib(feeder.stdout, ["cat"], jobs)
        finish(feeder)
        os.remove(path)
        table.add(name, n * len(line) / MB, peak / KIB, peak * KIB / len(line))
        limit = 16 if len(line) <= 32 * KIB else max(16, 4 * len(line) / MIB)
        self.report.bound(f"(d) peak MiB, {name}", peak / KIB, "<=", limit)

    def peak_kib(self, source, reader, jobs):
        result = self.path("measured")
        writer = subprocess.Popen(
            [self.tool("measure"), result, *self.filter(None, jobs)],
            stdin=source,
            stdout=subprocess.PIPE,
        )
        source.close()
        end = subprocess.Popen(reader, stdin=writer.stdout, stdout=subprocess.DEVNULL)
        writer.stdout.close()
        finish(writer)
        finish(end)
        return read_report(result)["peak_kib"]

    # e

    def growth(self):
        self.grow_events()
        source = self.path("growth.ndjson")
        head(self.events, source, self.scale.growth_events)
        self.grow_destinations(source)
        self.grow_categories(source)
        self.grow_lines()
        self.grow_jobs()

    def grow_events(self):
        counts = [self.scale.events // part for part in self.scale.event_parts]
        files = {n: self.path(f"events-{n}.ndjson") for n in counts}
        for n in counts[:-1]:
            head(self.events, files[n], n)
        files[counts[-1]] = self.events
        runs = Runs(
            timed, {n: self.filter(path, 1) for n, path in files.items()}, self.rounds
        )
        table = self.report.table(
            "(e) growth with events, one thread", "events", "s", "us/event", "/ first"
        )
        for n in counts:
            ratio = runs.ratio(n, counts[0], counts[0] / n)
            table.add(n, runs.median(n), runs.median(n) / n * 1e6, ratio)
        table.show()
        for n in counts[:-1]:
            os.remove(files[n])

    def grow_destinations(self, source):
        events = self.path("refusing.ndjson")
        write_refusing_events(source, events)
        counts = self.scale.counts
        commands = {}
        for n in counts:
            mapping = self.path(f"destinations-{n}.json")
            write_json(mapping, destination_mapping(n))
            commands[n] = self.filter(events, 1, mapping)
            commands[f"start {n}"] = self.filter("/dev/null", 1, mapping)
        title = "(e) growth with destinations of which 3 are permitted, one thread"
        runs = self.grow_mapping(title, "destinations", events, counts, commands)
        self.report.bound(
            "(e) per event, 10000 destinations / 10", runs.ratio(10000, 10), "<=", 1.5
        )

    def grow_categories(self, source):
        counts = self.scale.counts
        commands = {}
        for n in counts:
            events = self.path(f"choosing-{n}.ndjson")
            write_choosing_events(source, events, n)
            mapping = self.path(f"categories-{n}.json")
            write_json(mapping, category_mapping(n))
            commands[n] = self.filter(events, 1, mapping)
            commands[f"start {n}"] = self.filter("/dev/null", 1, mapping)
        title = "(e) growth with categories, 10 of them in an event, one thread"
        self.grow_mapping(title, "categories", events, counts, commands)

    def grow_mapping(self, title, what, events, counts, commands):
        """The start, which is reading the mapping, is no cost of an event. Returns the runs."""
        with open(events, "rb") as file:
            n_events = sum(1 for _ in file)
        runs = Runs(timed, commands, self.rounds)
        whole = {n: runs.median(n) for n in counts}
        for n in counts:
            runs.subtract(n, f"start {n}")
        table = self.report.table(
            f"{title}, {n_events} events", what, "s", "start ms", "us/event", "/ first"
        )
        for n in counts:
            start_ms = runs.median(f"start {n}") * 1e3
            cost = runs.median(n) / n_events * 1e6
            table.add(n, whole[n], start_ms, cost, runs.ratio(n, counts[0]))
        table.notes.append("start: the same with no event; us/event is without it")
        table.show()
        return runs

    def grow_lines(self):
        table = self.report.table(
            "(e) growth with line length, one thread, "
            f"{self.scale.length_bytes / MB:.0f} MB each",
            "bytes a line",
            "lines",
            "s",
            "MB/s",
            "/ bare yajl",
        )
        path = self.path("lines.ndjson")
        for length in self.scale.line_lengths:
            n = self.scale.length_bytes // length
            line = long_event(length)
            with open(path, "wb") as file:
                for at in range(0, n, 1000):
                    file.write(line * min(1000, n - at))
            commands = {"assent": self.filter(path, 1), "yajl": self.bare_yajl(path)}
            runs = Runs(timed, commands, self.rounds)
            seconds = runs.median("assent")
            of_yajl = runs.ratio("assent", "yajl")
            table.add(length, n, seconds, n * length / MB / seconds, of_yajl)
        table.show()
        os.remove(path)

    def grow_jobs(self):
        if not self.has_jobs:
            return
        counts = self.scale.jobs
        runs = Runs(timed, {n: self.filter(self.events, n) for n in counts}, self.rounds)
        size = os.path.getsize(self.events)
        table = self.report.table(
            "(e) growth with jobs, into /dev/null", "jobs", "s", "MB/s", "times as fast"
        )
        for n in counts:
            table.add(n, runs.median(n), size / MB / runs.median(n), runs.ratio(1, n))
        table.show()

    # f

    def latency(self):
        n, interval_us = self.scale.latency_events, 1000
        table = self.report.table(
            f"(f) latency on an idle stream, {n} events {interval_us / 1000:g} ms apart",
            "program",
            "p50 us",
            "p99 us",
            "max us",
        )
        call = [self.tool("latency"), str(n), str(interval_us), self.events]
        # Every event has a line for the warehouse. cat shows what the pipes alone take.
        programs = {"assent": [*self.filter(None), "-d", "warehouse"]}
        if self.has_jobs:
            programs["assent -j 1"] = [*self.filter(None, 1), "-d", "warehouse"]
        programs["cat"] = ["cat"]
        figures = {name: [] for name in programs}
        for _ in range(self.rounds):
            for name, command in programs.items():
                text = output_of([*call, *command]).decode()
                figures[name].append(read_figures(text))
        for name, rounds in figures.items():
            keys = ("p50_us", "p99_us", "max_us")
            row = [statistics.median(figures[key] for figures in rounds) for key in keys]
            table.add(name, *row)
            if name == "assent":
                self.report.bound("(f) p99 latency, us", row[1], "<=", 1000)
        table.show()
        self.start_up()

    def start_up(self):
        few = self.path("few.ndjson")
        head(self.events, few, 40)
        table = self.report.table("(f) start to end of a small run", "program", "ms")
        result = self.path("measured")
        commands = {
            "assent, no event": self.filter("/dev/null"),
            "assent, 40 events": self.filter(few),
            "true": ["true"],  # what starting any program takes
        }
        for name, command in commands.items():
            walls = []
            for _ in range(self.scale.start_ups):
                timed([self.tool("measure"), result, *command])
                walls.append(read_report(result)["wall_s"])
            wall_ms = statistics.median(walls) * 1e3
            table.add(name, wall_ms)
            if name != "true":
                self.report.bound(f"(f) start to end, ms: {name}", wall_ms, "<=", 2)
        table.show()

    # g

    def kinds_of_bytes(self):
        table = self.report.table(
            "(g) kinds of bytes, into /dev/null, -j 1",
            "events",
            "MB/s",
            "bare yajl, MB/s",
            "times",
        )
        pangram = "Съешь же ещё этих мягких французских булок, да выпей чаю. "
        for kind, properties in (
            ("long strings", {"text": "The quick brown fox jumps over it. " * 40}),
            ("numbers", {"values": [n * 1.25 - 7 for n in range(180)]}),
            ("no ASCII", {"text": pangram * 12}),
        ):
            event = {
                "type": "track",
                "context": {"consent": {"categoryPreferences": {"Analytics": True}}},
                "properties": properties,
            }
            line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
            source = self.path("kind.ndjson")
            with open(source, "w", encoding="utf-8") as file:
                for _ in range(self.scale.growth_events):  # long beside a start
                    file.write(line)
            commands = {"assent": self.filter(source, 1), "yajl": self.bare_yajl(source)}
            runs = Runs(timed, commands, self.rounds)
            size, times = os.path.getsize(source) / MB, runs.ratio("yajl", "assent")
            table.add(kind, size / runs.median("assent"), size / runs.median("yajl"), times)
            self.report.bound(f"(g) speed / bare yajl's, {kind}", times, ">=", 1.5)
            os.remove(source)
        table.show()

    # h

    def compressed(self):
        """Logs as gzip left them, against zcat before the filter; one, and several with -j 2."""
        source = self.path("log.ndjson")
        head(self.events, source, self.scale.events // 4)
        logs = [self.path(f"log-{n}.ndjson.gz") for n in range(3)]
        write_output(["gzip", "-c", source], logs[0])
        for log in logs[1:]:
            shutil.copy(logs[0], log)
        os.remove(source)
        table = self.report.table(
            "(h) logs compressed by gzip, into /dev/null",
            "files",
            "s",
            "zcat | assent, s",
            "times",
        )
        for name, files, jobs, most in (("1", logs[:1], 1, 1), ("3, -j 2", logs, 2, 0.99)):
            piped = f"zcat {shlex.join(files)} | {shlex.join(self.filter(None, jobs))}"
            commands = {"assent": [*self.filter(None, jobs), *files], "zcat": ["sh", "-c", piped]}
            runs = Runs(timed, commands, self.rounds)
            times = runs.ratio("assent", "zcat")
            table.add(name, runs.median("assent"), runs.median("zcat"), times)
            self.report.bound(f"(h) time of compressed files / zcat, {name}", times, "<=", most)
        table.show()
        for log in logs:
            os.remove(log)

    def run(self, letters):
        sections = {
            "a": self.into_pipe,
            "b": self.into_null,
            "c": self.against_jq,
            "d": self.memory,
            "e": self.growth,
            "f": self.latency,
            "g": self.kinds_of_bytes,
            "h": self.compressed,
        }
        for letter, section in sections.items():
            if letter in letters:
                section()


# ------------------------------------------------------------------- the command


def read_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assent", required=True, help="the program")
    parser.add_argument("--tools", required=True, help="folder of the built programs")
    parser.add_argument("--quick", action="store_true", help="small inputs")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each that count (5)")
    parser.add_argument(
        "--only", default="abcdefgh", metavar="LETTERS", help="these sections"
    )
    parser.add_argument("--json", metavar="FILE", help="the figures as JSON too")
    parser.add_argument("--temp", metavar="FOLDER", help="where the temporary files go")
    options = parser.parse_args()
    options.assent = os.path.abspath(options.assent)
    options.tools = os.path.abspath(options.tools)
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    if set(options.only) - set("abcdefgh"):
        parser.error("--only takes letters from a to h")
    return options


def show_machine(machine):
    print(
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}, {machine['date']}, load {machine['load_at_start']}"
    )
    programs = [machine[name] for name in ("assent", "cat", "jq", "gojq") if machine[name]]
    print("; ".join(programs))
    if machine["load_at_start"] > BUSY:
        print("Other work runs on this machine: the ratios say little.")
    sys.stdout.flush()


def main():
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folder is removed
    machine = describe_machine(options.assent)
    show_machine(machine)
    report = Report(machine)
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assent-bench-", dir=options.temp) as folder:
        needed = (QUICK if options.quick else FULL).temp_bytes
        if shutil.disk_usage(folder).free < needed:
            print(
                f"bench.py: less than {needed / 1e9:.1f} GB free for temporary files "
                "(--temp FOLDER)",
                file=sys.stderr,
            )
            return 2
        try:
            Bench(options, folder, report).run(options.only)
        except Failed as failed:
            print(f"bench.py: {failed}", file=sys.stderr)
            return 1
    report.bounds.show()
    machine["load_at_end"] = round(os.getloadavg()[0], 2)
    machine["seconds"] = round(time.monotonic() - start)
    print(f"\n{machine['seconds']} s; load at the end {machine['load_at_end']}")
    if options.json:
        write_json(options.json, report.as_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
