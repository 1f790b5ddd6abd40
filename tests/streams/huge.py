"""Inputs far larger than memory should be: a line of a gigabyte, ten million levels, a billion empty
lines, a million categories. Prints TAP, with the time and the peak memory of each.

    huge.py ASSENT [full|sanitized]

Without `full` what would take more than some seconds is a tenth as large, and less for a sanitized
program, whose memory says nothing.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

from peak import peak_kib  # noqa: E402
from tap import Tap  # noqa: E402

SANITIZED = "sanitized" in sys.argv
MILLION = 1_000_000
GIGABYTE = MILLION * (1000 if "full" in sys.argv else 30 if SANITIZED else 100)
PIECE = MILLION
JOBS = ("1", "4")
MAPPING = b"""{"version":1,"destinations":{"ads":["Ads"],"free":{"kind":"other"}}}"""
ASKED = b'"context":{"consent":{"categoryPreferences":{"Ads":true}}}'
EVENT = b"{%s}\n" % ASKED
DELIVERED = b"ads\t%sfree\t%s" % (EVENT, EVENT)


def repeated(piece, n_bytes):
    """Pieces of about a megabyte, of so many bytes in all."""
    large = piece * (PIECE // len(piece))
    for _ in range(n_bytes // len(large)):
        yield large
    yield piece * (n_bytes % len(large) // len(piece))


class Sum:
    """The length and the hash of bytes that are not kept."""

    def __init__(self, pieces=()):
        self.length = 0
        self.hash = hashlib.blake2b()
        for piece in pieces:
            self.add(piece)

    def add(self, piece):
        self.length += len(piece)
        self.hash.update(piece)

    def read(self, file):
        while piece := file.read1(PIECE):
            self.add(piece)

    def __eq__(self, other):
        return (self.length, self.hash.digest()) == (other.length, other.hash.digest())

    def __repr__(self):
        return f"{self.length} bytes ({self.hash.hexdigest()[:8]})"


class Run:
    """A run of the filter, whose rejects go through a pipe."""

    def __init__(self, assent, folder, options):
        paths = [os.path.join(folder, name) for name in ("mapping.json", "rejects")]
        with open(paths[0], "wb") as file:
            file.write(MAPPING)
        if not os.path.exists(paths[1]):
            os.mkfifo(paths[1])
        self.output, self.rejects = Sum(), Sum()
        # meson's MALLOC_PERTURB_ writes to memory that the program only reserves.
        environment = {key: value for key, value in os.environ.items() if key != "MALLOC_PERTURB_"}
        self.process = subprocess.Popen(
            [assent, "-m", paths[0], "--rejects", paths[1], "--stats=json", *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
        )
        self.seen_end = threading.Event()
        self.threads = [
            threading.Thread(target=self.read_output),
            threading.Thread(target=self.read_rejects, args=(paths[1],)),
        ]
        for thread in self.threads:
            thread.start()

    def read_output(self):
        tail = b""
        while piece := self.process.stdout.read1(PIECE):
            self.output.add(piece)
            tail = (tail + piece)[-len(DELIVERED) :]
            if tail == DELIVERED:
                self.seen_end.set()

    def read_rejects(self, path):
        with open(path, "rb") as file:
            self.rejects.read(file)

    def feed(self, pieces):
        """The pieces, then an event; what the program has needed until that came out."""
        for piece in pieces:
            self.process.stdin.write(piece)
        self.process.stdin.flush()
        self.seen_end.clear()
        self.process.stdin.write(EVENT)
        self.process.stdin.flush()
        self.seen_end.wait(timeout=600)
        self.peak = peak_kib(self.process.pid)

    def end(self):
        self.process.stdin.close()
        message = self.process.stderr.read()
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()
        self.stats = json.loads(message.splitlines()[-1])
        return self.process.wait()


class Huge:
    def __init__(self, assent, folder):
        self.assent = assent
        self.folder = folder
        self.tap = Tap()

    def check(self, name, pieces, expected, most_mib, options=(), jobs=JOBS):
        """Pieces is a function, for they are made anew each time; expected is the status, the output
        before the last event's, the rejects, and counts of the statistics."""
        status, output, rejects, counts = expected
        output = Sum([*output, DELIVERED])
        rejects = Sum(rejects)
        for number in jobs:
            started = time.monotonic()
            run = Run(self.assent, self.folder, ["-j", number, *options])
            run.feed(pieces())
            got = run.end()
            seconds = time.monotonic() - started
            wrong = [
                f"{what} {found!r}, must be {right!r}"
                for what, found, right in (
                    ("status", got, status),
                    ("output", run.output, output),
                    ("rejects", run.rejects, rejects),
                    ("counts", {key: run.stats[key] for key in counts}, counts),
                )
                if found != right
            ]
            if run.peak > most_mib * 1024 and not SANITIZED:
                wrong.append(f"peak memory {run.peak} KiB, must be at most {most_mib} MiB")
            self.tap.ok(not wrong, f"{name}, -j {number}", *wrong)
            print(f"# {seconds:.1f} s, {run.peak / 1024:.1f} MiB", flush=True)

    def long_lines(self):
        def line():
            yield EVENT
            yield from repeated(b"z", GIGABYTE)
            yield b"\r\n"

        rejects = [*repeated(b"z", GIGABYTE), b"\r\n"]
        counts = {"lines": 3, "rejected": 1, "blank": 0}
        expected = (1, [DELIVERED], rejects, counts)
        self.check(f"a line of {GIGABYTE} bytes", line, expected, 24)
        self.check("likewise with --max-line 1K", line, expected, 16, ["--max-line", "1K"])

        def event():
            yield b'{%s,"x":"' % ASKED
            yield from repeated("é".encode(), GIGABYTE)
            yield b'"}\n'

        whole = Sum(event())
        output = [b"ads\t", *event(), b"free\t", *event()]
        rejects = list(event())
        self.check(f"an event of {whole.length} bytes", event, (1, [], rejects, counts | {"lines": 2}), 24)
        counts = {"lines": 2, "rejected": 0, "delivered": 4}
        most = 16 + whole.length * 11 // 10 // 2**20
        limit = ["--max-line", str(whole.length)]
        self.check("the same where --max-line allows it", event, (0, output, [], counts), most, limit)

    def deep_lines(self):
        levels = 10 * MILLION
        for name, opening, closing in (("arrays", b"[", b"]"), ("objects", b'{"context":', b"}")):

            def line(opening=opening, closing=closing):
                yield b'{%s,"x":' % ASKED
                yield from repeated(opening, levels * len(opening))
                yield b"1"
                yield from repeated(closing, levels)
                yield b"}\n"

            size = sum(map(len, line()))
            counts = {"lines": 2, "rejected": 1}
            expected = (1, [], list(line()), counts)
            self.check(f"{levels} levels of {name}", line, expected, 24)
            most = 16 + size * 11 // 10 // 2**20
            self.check("the same in a line that may be so long", line, expected, most, ["--max-line", "1G"])

    def empty_lines(self):
        for name, piece in (("empty", b"\n"), ("CRLF", b"\r\n")):
            n = GIGABYTE // len(piece)

            def lines(piece=piece):
                yield from repeated(piece, GIGABYTE)

            counts = {"lines": n + 1, "blank": n, "rejected": 0, "events": 1}
            self.check(f"{n} {name} lines", lines, (0, [], [], counts), 16)

    def many_keys(self):
        def event():
            yield b'{"context":{"consent":{"categoryPreferences":{"Ads":true'
            for start in range(0, MILLION, 10_000):
                yield b"".join(b',"c%06d":1' % i for i in range(start, start + 10_000))
            yield b"}}}}\n"

        def refused():
            yield b'{"context":{"consent":{"categoryPreferences":{"Ads":true'
            yield from repeated(b',"x":true', 9 * MILLION)
            yield b',"Ads":true}}}}\n'

        def long_key():
            yield b'{"context":{"consent":{"categoryPreferences":{"'
            yield from repeated(b"A", 12 * MILLION)
            yield b'":true}}}}\n'

        counts = {"lines": 2, "rejected": 0, "events": 2}
        output = [b"ads\t", *event(), b"free\t", *event()]
        self.check("a million categories that nobody knows", event, (0, output, [], counts), 96)
        for name, made in (("behind a million others, twice", refused), ("a key of 12 MB", long_key)):
            output = [b"free\t", *made()]
            self.check(name, made, (0, output, [], counts), 96)


def main():
    assent = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        huge = Huge(assent, folder)
        huge.long_lines()
        huge.deep_lines()
        huge.empty_lines()
        huge.many_keys()
    huge.tap.end()


main()
