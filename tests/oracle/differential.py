"""Compares the program with the oracle on random mappings and events.

    differential.py --assent PATH --decisions PATH [--pairs N] [--seed S]
                    [--jobs-list 1,2,4] [--batch K]

A pair is one event under one mapping. A batch is one mapping with some dozens
of lines; each is made from the seed and its number alone, so `--batch K` runs
the one that a difference named. Of every batch are compared, byte for byte:
  - the filter's standard output, its rejects file and its exit status,
  - its --stats=json and its --audit, for some of the batches,
  - what `assent explain` says, in both its forms,
  - what `assent diff` says of the mapping and of another,
  - the numbers on the page of `assent report`,
  - what `decisions MAPPING < EVENTS` prints: each decision with its reason.
Each batch also gives the filter some invalid mappings: status 2, no output.

The output is TAP. The first difference ends the run, with status 1, and its
files stay in a folder that is named.
"""

import argparse
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime
from types import SimpleNamespace

sys.dont_write_bytecode = True  # the source folder stays as it is

import generate  # noqa: E402
import oracle  # noqa: E402
from report_page import ReportPage  # noqa: E402

LINES_PER_BATCH = (60, 110)
INVALID_PER_BATCH = 2
TIMEOUT_S = 120
SHOWN = 2000  # bytes of a line or a mapping that a difference shows


class Difference(Exception):
    """The program and the oracle disagree: sentences that say where."""

    def __init__(self, sentences, done=None):
        super().__init__(sentences)
        self.sentences = sentences
        self.done = done  # the finished process, if one ran


class Test:
    """One line of the TAP output."""

    def __init__(self, name):
        self.name = name
        self.runs = 0
        self.failed = False


class Decided:
    """One line of an input, and what the oracle says of it."""

    def __init__(self, mapping, number, line):
        self.mapping = mapping
        self.number = number
        self.line = line
        self.content = oracle.line_content(line)
        self.kind, event = oracle.classify_line(line)
        self.event = event
        self.decisions = []
        self.consent, self.preferences = None, None
        self.message_id = None
        self.moment = None
        if self.kind == oracle.EVENT:
            self.decisions = oracle.decide(mapping, event)
            self.consent, self.preferences = oracle.consent_of(mapping, event)
            self.message_id = label_of(event, "messageId")
            self.moment = moment_of(event)


def label_of(event, key):
    """None unless it stands there once and is a string that all can read."""
    values = event.values_of(key)
    if len(values) != 1 or not oracle.is_string(values[0]):
        return None
    return None if oracle.has_lone_surrogate(values[0]) else values[0]


def moment_of(event):
    text = label_of(event, "timestamp")
    try:
        return datetime.fromisoformat(text) if text and "T" in text else None
    except ValueError:
        return None


def decide_lines(mapping, data):
    lines = oracle.split_lines(data)
    return [Decided(mapping, at + 1, line) for at, line in enumerate(lines)]


# ---------------------------------------------------------- showing differences


def shown(data):
    text = ascii(bytes(data[:SHOWN]))[2:-1]
    rest = len(data) - SHOWN
    return text if rest <= 0 else f"{text} ... and {rest} bytes more"


def first_difference(expected, got):
    """The number of the first item that differs."""
    for at, (one, other) in enumerate(zip(expected, got)):
        if one != other:
            return at
    return min(len(expected), len(got))


def item(items, at):
    return shown(items[at]) if at < len(items) else "(nothing)"


def compare_lines(what, expected, got, lines, done):
    """Expected: (input line number, bytes) each. Got: bytes of all together."""
    if b"".join(text for _, text in expected) == got:
        return
    expected_texts = [text for _, text in expected]
    got_texts = split_at_lf(got)
    at = first_difference(expected_texts, got_texts)
    sentences = [
        f"{what}: line {at + 1} of it differs",
        f"oracle: {item(expected_texts, at)}",
        f"program: {item(got_texts, at)}",
    ]
    numbers = {expected[at][0]} if at < len(expected) else set()
    if what == "decisions" and at < len(got_texts):
        start = got_texts[at].split(b"\t")[0]  # the line that the program speaks of
        if start.isdigit() and 1 <= int(start) <= len(lines):
            numbers.add(int(start))
    for number in sorted(numbers):
        line = lines[number - 1]
        sentences.append(f"input line {number} ({line.kind}): {shown(line.line)}")
    raise Difference(sentences, done)


def split_at_lf(data):
    parts = [part + b"\n" for part in data.split(b"\n")]
    parts[-1] = parts[-1][:-1]
    return [part for part in parts if part]


# ------------------------------------------------------------------- the filter


class FilterRun:
    """One way to call the filter: its options, and what the oracle expects."""

    def __init__(self, rng, mapping, lines):
        ids = [destination.id for destination in mapping.destinations]
        self.form = rng.choice(("tsv", "json"))
        self.destinations = None
        if rng.random() < 0.3:
            self.destinations = rng.sample(ids, rng.randint(1, len(ids)))
        self.rejects = rng.random() < 0.6
        self.max_line = None
        if rng.random() < 0.2:
            # Often the very length of one of the lines.
            lengths = [len(line.content) for line in lines] + [1, 100, 300, 1024]
            length = rng.choice(lengths) + rng.choice((0, 0, -1, 1))
            self.max_line = max(1, length)
        self.from_file = rng.random() < 0.5
        self.stats = rng.random() < 0.5
        self.audit = rng.choice((None, "", "block", "deliver"))
        self.since = generate.random_time(rng) if rng.random() < 0.25 else None
        self.until = generate.random_time(rng) if rng.random() < 0.25 else None
        self.mapping = mapping

    def arguments(self, rng, folder):
        options = []
        if self.form == "json" or rng.random() < 0.5:
            options.append(rng.choice((["-f", self.form], [f"--format={self.form}"])))
        for destination in self.destinations or ():
            options.append(
                rng.choice((["-d", destination], [f"--destination={destination}"]))
            )
        if self.rejects:
            options.append(["--rejects", os.path.join(folder, "rejects")])
        if self.since is not None:
            options.append(["--since", self.since])
        if self.until is not None:
            options.append([f"--until={self.until}"])
        if self.stats:
            options.append(["--stats=json"])
        if self.audit is not None:
            options.append(["--audit", os.path.join(folder, "audit")])
        if self.audit:
            options.append(["--audit-only", self.audit])
        if self.max_line is not None:
            number = str(self.max_line)
            if self.max_line % 1024 == 0:
                number = f"{self.max_line // 1024}K"
            options.append(["--max-line", number])
        rng.shuffle(options)
        options.insert(0, ["-m", os.path.join(folder, "mapping.json")])
        if self.from_file:
            options.append([os.path.join(folder, "events.ndjson")])
        return [word for option in options for word in option]

    def is_rejected(self, line):
        if self.max_line is None:
            return line.kind == oracle.REJECTED
        kind, _ = oracle.classify_line(line.line, self.max_line)
        return kind == oracle.REJECTED

    def is_skipped(self, line):
        """Outside of the span of time; without a usable timestamp it is inside."""
        if line.kind != oracle.EVENT or line.moment is None:
            return False
        since, until = (time and datetime.fromisoformat(time) for time in (self.since, self.until))
        early = since is not None and line.moment < since
        return early or (until is not None and line.moment >= until)

    def expect(self, lines):
        """(output lines, rejected lines), each with the number of its line."""
        output = []
        rejected = []
        for line in lines:
            if self.is_rejected(line):
                rejected.append((line.number, line.line))
                continue
            if self.is_skipped(line):
                continue
            for destination, decision, _ in line.decisions:
                if self.destinations is not None:
                    if destination not in self.destinations:
                        continue
                if decision == oracle.DELIVER:
                    output.append((line.number, self.tagged(destination, line.content)))
        return output, rejected

    def tagged(self, destination, content):
        tag = destination.encode()
        if self.form == "json":
            return b'{"destination":"' + tag + b'","event":' + content + b"}\n"
        return tag + b"\t" + content + b"\n"


def expected_audit(filter_run, lines):
    """What stands in the audit's file, parsed: a list of members for each record."""
    records = []
    mapping = filter_run.mapping
    for line in lines:
        if line.kind != oracle.EVENT or filter_run.is_rejected(line):
            continue
        if filter_run.is_skipped(line):
            continue
        destinations = oracle.destinations_for(mapping, line.event, line.consent)
        for destination, (name, decision, reason) in zip(
            destinations, line.decisions, strict=True
        ):
            asked = filter_run.destinations is None or name in filter_run.destinations
            if not asked or filter_run.audit not in ("", decision):
                continue
            categories = []
            if line.consent == oracle.STATED:
                for category in destination.categories:
                    values = line.preferences.values_of(category)
                    answer = values == [True] if values else None
                    categories.append((category, answer))
            records.append(
                [
                    ("line", line.number),
                    ("messageId", line.message_id),
                    ("destination", name),
                    ("decision", decision),
                    ("reason", reason),
                    ("categories", categories),
                ]
            )
    return records


def compare_audit(filter_run, lines, data, done):
    expected = expected_audit(filter_run, lines)
    lines_of_it = split_at_lf(data)
    records = [json.loads(line.decode(), object_pairs_hook=list) for line in lines_of_it]
    if records != expected:
        at = first_difference(expected, records)
        what = f"--audit: record {at + 1} differs"
        pair = [ascii(part[at : at + 1]) for part in (expected, records)]
        raise Difference([what, f"oracle: {pair[0]}", f"program: {pair[1]}"], done)


def compare_explain(program, lines, data, folder):
    """What explain says in its two forms, against all records of an audit."""
    everything = SimpleNamespace(
        audit="", destinations=None, is_rejected=lambda line: False, is_skipped=lambda line: False
    )
    everything.mapping = lines[0].mapping
    arguments = [program, "explain", "-m", os.path.join(folder, "mapping.json")]
    done = run([*arguments, "-f", "json"], data)
    compare_audit(everything, lines, done.stdout, done)
    done = run(arguments, data)
    rows = []
    for row in done.stdout.decode().splitlines():
        if row.startswith("<stdin>:"):
            number = int(row.split(":")[1])
            rows.append((number, row[row.rindex("consent") :].split(",")[0]))
        elif row:
            rows.append((number, *row.split()[:3]))
    expected = []
    for line in lines:
        if line.kind == oracle.EVENT:
            expected.append((line.number, f"consent {line.consent}"))
            for name, decision, reason in line.decisions:
                expected.append((line.number, decision, name, reason))
    if rows != expected:
        at = first_difference(expected, rows)
        pair = [str(part[at : at + 1]) for part in (expected, rows)]
        raise Difference([f"explain: row {at + 1}: oracle, program:", *pair], done)


def compare_report(program, lines, data, folder):
    """The numbers of report's page, and that nothing of an event can be markup in it."""
    everything = SimpleNamespace(
        destinations=None, since=None, until=None,
        is_rejected=lambda line: False, is_skipped=lambda line: False,
    )
    everything.mapping = lines[0].mapping
    expected = expected_stats(everything, lines)
    done = run([program, "report", "-m", os.path.join(folder, "mapping.json")], data)
    page = ReportPage(done.stdout.decode())
    got = {name: page.counts[name] for name in COUNTS}
    got["consent"] = page.consent
    got["destinations"] = [
        {
            "destination": name,
            "delivered": sum(kinds["delivered"].values()),
            "blocked": sum(kinds["blocked"].values()),
            "delivered_by_reason": kinds["delivered"],
            "blocked_by_reason": kinds["blocked"],
        }
        for name, kinds in page.destinations.items()
    ]
    got["undeclared"] = len(page.undeclared)
    expected["undeclared"] = len(expected["undeclared"])
    numbers = [[item[word] for word in CATEGORY_WORDS] for item in expected["categories"]]
    got["categories"] = sorted([item[word] for word in CATEGORY_WORDS] for item in page.categories)
    expected["categories"] = sorted(numbers)
    for name, value in got.items():
        if value != expected[name]:
            raise Difference([f"report, {name}: {value}, the oracle says {expected[name]}"], done)
    rejected = any(line.kind == oracle.REJECTED for line in lines)
    if page.tags & {"script", "img", "link", "a", "iframe"} or done.returncode != rejected:
        raise Difference([f"report: status {done.returncode}, tags {page.tags}"], done)


FIRST_MOST = 5  # events that diff names


def expected_turns(old, new, lines):
    """diff's destinations: what each would newly get and newly not get, by the oracle."""
    ids = [destination.id for destination in old.destinations]
    ids += [item.id for item in new.destinations if item.id not in ids]
    turns = {name: [[], [], 0] for name in ids}  # newly delivered, newly blocked, unchanged
    for line in lines:
        if line.kind != oracle.EVENT:
            continue
        sides = []
        for mapping in (old, new):
            decisions = oracle.decide(mapping, line.event)
            sides.append({name for name, what, _ in decisions if what == oracle.DELIVER})
        for name, turn in turns.items():
            was, now = (name in side for side in sides)
            if was == now:
                turn[2] += 1
            else:
                turn[0 if now else 1].append({"file": "<stdin>", "line": line.number})
    return [
        {
            "destination": name,
            "newly_delivered": {"events": len(turn[0]), "first": turn[0][:FIRST_MOST]},
            "newly_blocked": {"events": len(turn[1]), "first": turn[1][:FIRST_MOST]},
            "unchanged": turn[2],
        }
        for name, turn in turns.items()
    ]


def compare_diff(program, rng, mapping, lines, data, folder):
    """diff of the mapping against itself in other words, and against one that is changed."""
    texts = [generate.write_mapping(rng, generate.spelled_out(rng, mapping))]
    changed = generate.changed_mapping(rng, mapping)
    if rng.random() < 0.3:
        changed = generate.changed_mapping(rng, changed)
    texts.append(generate.write_mapping(rng, generate.spelled_out(rng, changed)))
    for number, text in enumerate(texts):
        write_file(folder, "new.json", text)
        new = oracle.read_mapping(text)
        names = [os.path.join(folder, name) for name in ("mapping.json", "new.json")]
        done = run([program, "diff", "-f", "json", *names, "-"], data)
        if done.returncode not in (0, 1):
            raise Difference([f"diff: status {done.returncode}: {shown(done.stderr)}"], done)
        told = json.loads(done.stdout.decode())
        changes = told["changes"]
        expected = expected_turns(mapping, new, lines)
        if number == 0:  # the order of the destinations is no difference
            expected.sort(key=lambda item: item["destination"])
            told["destinations"].sort(key=lambda item: item["destination"])
        if told["destinations"] != expected:
            what = [f"diff, {number}: oracle: {expected}", f"program: {told['destinations']}"]
            raise Difference(what, done)
        if done.returncode != (1 if changes else 0) or (number == 0 and changes):
            raise Difference([f"diff, {number}: status {done.returncode}: {changes}"], done)


ID_BYTES = 256  # that --stats keeps of an undeclared category's id


def expected_stats(filter_run, lines):
    """What --stats=json says, as a dict; its lists in no order."""
    mapping = filter_run.mapping
    kinds = Counter()
    consent = Counter(dict.fromkeys(("absent", "empty", "malformed", "stated"), 0))
    ids = [destination.id for destination in mapping.destinations]
    if filter_run.destinations is not None:
        ids = [name for name in ids if name in filter_run.destinations]
    pairs = {name: {"deliver": Counter(), "block": Counter()} for name in ids}
    categories = {name: Counter() for name in mapping.known_categories}
    undeclared = Counter()
    for line in lines:
        kind = oracle.REJECTED if filter_run.is_rejected(line) else line.kind
        if kind == oracle.EVENT and filter_run.is_skipped(line):
            kinds["skipped"] += 1
            continue
        kinds[kind] += 1
        if kind != oracle.EVENT:
            continue
        kinds["untimed"] += line.moment is None
        consent[line.consent] += 1
        for destination, decision, reason in line.decisions:
            if destination in pairs:
                pairs[destination][decision][reason] += 1
        if line.consent != oracle.STATED:
            continue
        for name, tally in categories.items():
            values = line.preferences.values_of(name)
            answer = "consented" if values == [True] else "refused"
            tally[answer if values else "missing"] += 1
        keys = {key for key, _ in line.preferences.members}
        for key in keys - mapping.known_categories:
            if not oracle.has_lone_surrogate(key):
                undeclared[cut_id(key)] += 1
    delivered = sum(sum(pair["deliver"].values()) for pair in pairs.values())
    blocked = sum(sum(pair["block"].values()) for pair in pairs.values())
    span = filter_run.since or filter_run.until
    return {
        **({name: kinds[name] for name in ("skipped", "untimed")} if span else {}),
        "lines": len(lines),
        "events": kinds[oracle.EVENT],
        "rejected": kinds[oracle.REJECTED],
        "blank": kinds[oracle.BLANK],
        "pairs": delivered + blocked,
        "delivered": delivered,
        "blocked": blocked,
        "consent": dict(consent),
        "destinations": [
            {
                "destination": name,
                "delivered": sum(pair["deliver"].values()),
                "blocked": sum(pair["block"].values()),
                "delivered_by_reason": dict(pair["deliver"]),
                "blocked_by_reason": dict(pair["block"]),
            }
            for name, pair in pairs.items()
        ],
        "categories": by_id(
            {"category": name, **{word: tally[word] for word in CATEGORY_WORDS}}
            for name, tally in categories.items()
        ),
        "undeclared_sightings": sum(undeclared.values()),
        "undeclared": by_id(
            {"category": name, "events": n} for name, n in undeclared.items()
        ),
    }


COUNTS = ("lines", "events", "rejected", "blank", "pairs", "delivered", "blocked")
CATEGORY_WORDS = ("consented", "refused", "missing")


def by_id(items):
    return sorted(items, key=lambda item: item["category"])


def cut_id(text):
    return text.encode()[:ID_BYTES].decode(errors="ignore")


def compare_stats(filter_run, lines, done):
    expected = expected_stats(filter_run, lines)
    try:
        got = json.loads(done.stderr.splitlines()[-1].decode())
    except (IndexError, ValueError) as error:
        raise Difference([f"--stats=json is no JSON: {error}"], done) from error
    ranks = [(-item["events"], item["category"].encode()) for item in got["undeclared"]]
    got["categories"] = by_id(got["categories"])
    got["undeclared"] = by_id(got["undeclared"])
    for name, value in expected.items():
        if got.pop(name, None) != value:
            what = f"--stats=json, {name}: the oracle says {value}"
            raise Difference([what], done)
    if got or ranks != sorted(ranks):
        raise Difference([f"--stats=json: {sorted(got)}, order {ranks}"], done)


def run(arguments, data):
    """The finished process."""
    return subprocess.run(
        arguments,
        input=data,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
        check=False,
    )


def write_file(folder, name, data):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def read_file(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def compare_filter(program, filter_run, arguments, expected, lines, data, folder):
    output, rejected = expected
    if filter_run.rejects and os.path.exists(os.path.join(folder, "rejects")):
        os.remove(os.path.join(folder, "rejects"))
    done = run([program, *arguments], None if filter_run.from_file else data)
    compare_lines("standard output", output, done.stdout, lines, done)
    if filter_run.rejects:
        rejects = read_file(folder, "rejects")
        compare_lines("rejects", rejected, rejects, lines, done)
    if filter_run.stats:
        compare_stats(filter_run, lines, done)
    if filter_run.audit is not None:
        compare_audit(filter_run, lines, read_file(folder, "audit"), done)
    status = 1 if rejected else 0
    if done.returncode != status:
        raise Difference(
            [
                f"exit status {done.returncode}, the oracle says {status}",
                f"rejected lines: {[number for number, _ in rejected]}",
            ],
            done,
        )


def compare_decisions(program, lines, data, folder):
    expected = []
    for line in lines:
        for destination, decision, reason in line.decisions:
            text = f"{line.number}\t{destination}\t{decision}\t{reason}\n"
            expected.append((line.number, text.encode()))
    done = run([program, os.path.join(folder, "mapping.json")], data)
    compare_lines("decisions", expected, done.stdout, lines, done)
    if done.returncode not in (0, 1):
        raise Difference([f"decisions: exit status {done.returncode}"], done)


def compare_invalid(program, rng, folder):
    change, text = generate.random_bad_mapping(rng)
    write_file(folder, "mapping.json", text)
    try:
        oracle.read_mapping(text)
    except oracle.MappingError:
        pass
    else:
        raise Difference([f"{change}: the oracle takes this mapping for valid"])
    arguments = [program, "-m", os.path.join(folder, "mapping.json")]
    done = run(arguments, b'{"context":{}}\n')
    if done.returncode != 2 or done.stdout:
        raise Difference(
            [
                f"an invalid mapping ({change}): exit status {done.returncode}, not 2",
                f"standard output: {shown(done.stdout)}",
            ],
            done,
        )


def compare_long_lines(program, folder):
    """Lines about as long as --max-line allows by default."""
    write_file(folder, "mapping.json", b'{"version":1,"destinations":{"a":[]}}')
    start, end = b'{"p":"', b'"}'
    data = b""
    for extra, line_end in ((0, b"\r\n"), (1, b"\n"), (0, b"")):
        room = oracle.DEFAULT_MAX_LINE + extra - len(start) - len(end)
        data += start + b"p" * room + end + line_end
    mapping = oracle.read_mapping(read_file(folder, "mapping.json"))
    lines = decide_lines(mapping, data)
    write_file(folder, "events.ndjson", data)
    filter_run = FilterRun(random.Random(0), mapping, lines)
    filter_run.form, filter_run.destinations, filter_run.stats = "tsv", None, True
    filter_run.since = filter_run.until = None
    filter_run.rejects, filter_run.max_line, filter_run.from_file = True, None, True
    arguments = filter_run.arguments(random.Random(0), folder)
    expected = filter_run.expect(lines)
    compare_filter(program, filter_run, arguments, expected, lines, data, folder)


# ---------------------------------------------------------------------- batches


class Differential:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.batch = None  # the batch that runs
        self.data = b""  # its events
        self.pairs = 0
        self.counts = Counter()
        self.filter = Test("the filter's output, rejects and exit status")
        self.decisions = Test("every decision and its reason")
        self.explain = Test("what explain says of them")
        self.diff = Test("what diff says of two mappings")
        self.report = Test("the numbers of the report's page")
        self.invalid = Test("invalid mappings are refused")
        self.long_lines = Test("lines as long as --max-line")
        self.jobs = {
            number: Test(f"the same with {number} jobs") for number in options.jobs_list
        }
        self.tests = [self.filter, self.decisions, self.explain, self.diff, self.report]
        self.tests += [self.invalid, self.long_lines]
        self.tests += self.jobs.values()

    def compare(self, test, function, *arguments):
        test.runs += 1
        try:
            function(*arguments)
        except (Difference, subprocess.TimeoutExpired, OSError) as difference:
            test.failed = True
            raise difference

    def run(self):
        if self.options.batch is not None:
            self.run_batch(self.options.batch)
            return
        self.compare(
            self.long_lines, compare_long_lines, self.options.assent, self.folder
        )
        batch = 0
        while self.pairs < self.options.pairs:
            self.batch = batch
            self.run_batch(batch)
            batch += 1

    def run_batch(self, batch):
        self.batch = batch
        self.data = b""
        rng = random.Random(f"{self.options.seed}/{batch}")
        folder = self.folder
        for _ in range(INVALID_PER_BATCH):
            self.compare(
                self.invalid, compare_invalid, self.options.assent, rng, folder
            )

        plan = generate.random_mapping(rng)
        text = generate.write_mapping(rng, plan.tree)
        data = generate.random_lines(rng, plan, rng.randint(*LINES_PER_BATCH))
        self.data = data
        write_file(folder, "mapping.json", text)
        mapping = oracle.read_mapping(text)
        lines = decide_lines(mapping, data)

        self.compare(
            self.decisions, compare_decisions, self.options.decisions, lines, data, folder
        )
        if lines:
            self.compare(
                self.explain, compare_explain, self.options.assent, lines, data, folder
            )
            self.compare(
                self.report, compare_report, self.options.assent, lines, data, folder
            )
        self.compare(
            self.diff, compare_diff, self.options.assent, rng, mapping, lines, data, folder
        )
        filter_run = FilterRun(rng, mapping, lines)
        if filter_run.from_file:
            write_file(folder, "events.ndjson", data)
        arguments = filter_run.arguments(rng, folder)
        expected = filter_run.expect(lines)
        rest = (expected, lines, data, folder)
        self.compare(
            self.filter, compare_filter, self.options.assent, filter_run, arguments, *rest
        )
        for number, test in self.jobs.items():
            with_jobs = ["-j", str(number), *arguments]
            self.compare(
                test, compare_filter, self.options.assent, filter_run, with_jobs, *rest
            )
        self.count(lines)

    def count(self, lines):
        for line in lines:
            self.counts[f"lines, {line.kind}"] += 1
            if line.kind == oracle.EVENT:
                self.pairs += 1
            for _, decision, reason in line.decisions:
                self.counts[f"{decision}, {reason}"] += 1

    def tell_difference(self, difference):
        sentences = [f"{type(difference).__name__}: {difference}"]
        if isinstance(difference, Difference):
            sentences = list(difference.sentences)
            if difference.done is not None:
                sentences += self.keep(difference.done)
        again = f"--seed {self.options.seed}"
        if self.batch is not None:
            again += f" --batch {self.batch}"
        sentences.append(f"mapping: {shown(read_file(self.folder, 'mapping.json'))}")
        sentences.append(f"again: {again}")
        sentences.append(f"files: {self.folder}")
        for sentence in sentences:
            print(f"# {sentence}")

    def keep(self, done):
        """Keeps what went in and came out beside the mapping; says the command."""
        if self.data:
            write_file(self.folder, "events.ndjson", self.data)
        write_file(self.folder, "stdout", done.stdout)
        write_file(self.folder, "stderr", done.stderr)
        command = f"command: {shlex.join(done.args)}"
        return [command, f"messages: {shown(done.stderr)}"]

    def tell(self, seconds):
        failed = any(test.failed for test in self.tests)
        for number, test in enumerate(self.tests, start=1):
            if test.failed:
                print(f"not ok {number} - {test.name}")
            elif failed or test.runs == 0:
                print(f"ok {number} - {test.name} # SKIP not run to the end")
            else:
                print(f"ok {number} - {test.name}")
        print(f"# seed {self.options.seed}, {seconds:.0f} s")
        print(f"# {self.pairs} pairs of an event and a mapping")
        print(f"# {self.invalid.runs} invalid mappings")
        for name, count in sorted(self.counts.items()):
            print(f"# {count:8} {name}")


def read_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assent", required=True, metavar="PATH")
    parser.add_argument("--decisions", required=True, metavar="PATH")
    parser.add_argument("--pairs", type=int, default=100000, metavar="N")
    parser.add_argument("--seed", default="1", metavar="S")
    parser.add_argument("--jobs-list", default="", metavar="1,2,4")
    parser.add_argument("--batch", type=int, metavar="K", help="only this batch")
    options = parser.parse_args()
    options.jobs_list = [int(number) for number in options.jobs_list.split(",") if number]
    return options


def main():
    options = read_options()
    for program in (options.assent, options.decisions):
        if not os.access(program, os.X_OK):
            print(f"Bail out! No program {program}")
            return 1
    folder = tempfile.mkdtemp(prefix="assent-differential-")
    differential = Differential(options, folder)
    print(f"1..{len(differential.tests)}")
    started = time.monotonic()
    status = 0
    try:
        differential.run()
    except (Difference, subprocess.TimeoutExpired, OSError) as difference:
        differential.tell_difference(difference)
        status = 1
    differential.tell(time.monotonic() - started)
    if status == 0:
        shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
