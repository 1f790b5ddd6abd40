"""What must hold however bytes come and go: the same output for every --jobs and every chopping of
the input, whole lines at every end, no waiting for more input. Prints TAP.

    run.py ASSENT [sanitized]      sanitized: a program whose memory says nothing
"""
import fcntl
import gzip
import json
import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True

from peak import peak_kib  # noqa: E402

MAPPING = b"""{"version":1,"destinations":{"ads":["Ads"],"both":["Ads","Fun"],"free":{"kind":"other"}}}"""
JOBS = ("1", "2", "4")


def consent(ads, fun):
    return b'"context":{"consent":{"categoryPreferences":{"Ads":%s,"Fun":%s}}}' % (ads, fun)


def make_events(seed, size):
    """Lines of all kinds, some 100 KB long, of about that many bytes in all."""
    rng = random.Random(seed)
    lines = []
    total = 0
    while total < size:
        kind = rng.randrange(100)
        values = rng.choice([b"true", b"false"]), rng.choice([b"true", b"false"])
        text = b"x" * rng.choice([0, 10, 200, 900, 2000] + [100_000] * (kind == 50))
        line = b'{"n":%d,"text":"%s",%s}' % (len(lines), text, consent(*values))
        if kind == 0:
            line = b""
        elif kind == 1:
            line = line[:-1]
        elif kind == 2:
            line = line.replace(b'"n"', b'"\xff"')
        elif kind == 3 and rng.randrange(5) == 0:
            line = b"y" * 300_000
        lines.append(line + rng.choice([b"\n", b"\n", b"\r\n"]))
        total += len(lines[-1])
    return b"".join(lines) + b'{"last":"without its end"}'


class Streams:
    def __init__(self, assent, folder):
        self.assent = assent
        self.folder = folder
        self.mapping = self.file("mapping.json", MAPPING)

    def file(self, name, content=None):
        path = os.path.join(self.folder, name)
        if content is not None:
            with open(path, "wb") as file:
                file.write(content)
        return path

    def start(self, *options, **how):
        how.setdefault("stdin", subprocess.PIPE)
        how.setdefault("stdout", subprocess.PIPE)
        how.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([self.assent, "-m", self.mapping, *options], **how)

    def results(self, options, events, chop=None):
        """Output, rejects, messages, audit and status of a run; chop(bytes) yields what is written."""
        rejects, audit = self.file("rejects"), self.file("audit", b"")
        process = self.start("--rejects", rejects, *options)

        def feed():
            for piece in chop(events) if chop else [events]:
                process.stdin.write(piece)
                process.stdin.flush()
            process.stdin.close()

        feeder = threading.Thread(target=feed)
        errors = []
        drain = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        feeder.start()
        drain.start()
        out = process.stdout.read()
        for thread in (feeder, drain):
            thread.join()
        process.stdout.close()
        process.stderr.close()
        with open(rejects, "rb") as file:
            with open(audit, "rb") as records:
                return out, file.read(), errors[0], records.read(), process.wait()


def at_random(seed, most):
    def chop(data):
        rng = random.Random(seed)
        at = 0
        while at < len(data):
            n = rng.randint(1, most)
            yield data[at : at + n]
            at += n

    return chop


def same_for_all_jobs(streams):
    events = make_events(1, 6_000_000)
    audit = ["--stats=json", "--audit", streams.file("audit")]
    for options in ([], ["--max-line", "1K"], ["-f", "json", "-d", "both"], audit):
        expected = streams.results(["-j", "1", *options], events)
        assert expected[4] == 1 and expected[1] and expected[0]
        assert (len(expected[3]) > 1_000_000) == (options is audit), len(expected[3])
        for jobs in JOBS:
            for chop in (None, at_random(jobs, 9000), at_random(jobs, 300_000)):
                assert streams.results(["-j", jobs, *options], events, chop) == expected, (jobs, options)


def packed_like_plain(streams):
    events = make_events(3, 6_000_000)
    cut = len(events) // 3
    parts = events[:cut], b"", events[cut:]
    packed = [b"".join(gzip.compress(part) for part in parts)]
    if shutil.which("zstd"):
        packed.append(b"".join(subprocess.run(["zstd", "-qc"], input=part, check=True,
                                              stdout=subprocess.PIPE).stdout for part in parts))
    for options in ([], ["--max-line", "1K"]):
        expected = streams.results(["-j", "1", *options], events)
        for data in packed:
            for jobs in JOBS:
                for chop in (None, at_random(jobs, 9000), at_random(jobs, 300_000)):
                    got = streams.results(["-j", jobs, *options], data, chop)
                    assert got == expected, (jobs, options)


def same_byte_by_byte(streams):
    events = make_events(2, 3000)
    expected = streams.results(["-j", "1"], events)
    for jobs in JOBS:
        for most in (1, 2, 31):
            assert streams.results(["-j", jobs], events, at_random(most, most)) == expected


def stop_on_reject(streams):
    events = b"".join(b'{"n":%d}\n' % n for n in range(200_000)) + b"[]\n" + b'{"late":1}\n' * 200_000
    expected = streams.results(["-j", "1", "--on-reject", "stop"], events[: events.index(b"[]") + 3])
    assert expected[4] == 1 and expected[1] == b"[]\n" and expected[0].count(b"\n") == 600_000
    for jobs in JOBS:
        process = streams.start("-j", jobs, "--on-reject", "stop", stdin=subprocess.PIPE)
        feeder = threading.Thread(target=write_quietly, args=(process.stdin, events))
        feeder.start()
        assert process.stdout.read() == expected[0]
        feeder.join()
        assert process.wait() == 1
        close(process)


def write_quietly(pipe, data):
    try:
        pipe.write(data)
        pipe.close()
    except OSError:
        pass


def close(process):
    for pipe in (process.stdin, process.stdout, process.stderr):
        try:
            if pipe:
                pipe.close()
        except OSError:
            pass


def nothing_waits_for_more(streams):
    """Also behind a large burst, when threads have started."""
    for jobs in JOBS:
        for burst in (0, 3_000_000):
            process = streams.start("-j", jobs, "-d", "free")
            events = b'{"n":1}\n' * (burst // 8)
            feeder = threading.Thread(target=lambda p=process, e=events: (p.stdin.write(e), p.stdin.flush()))
            feeder.start()
            left = len(events) // 8 * 13
            while left > 0:
                left -= len(process.stdout.read(left))
            feeder.join()
            for n in range(20):
                process.stdin.write(b'{"n":%d}\n{"half' % n)
                process.stdin.flush()
                line = process.stdout.readline()
                assert line == b'free\t{"n":%d}\n' % n, line
                process.stdin.write(b'":0}\n')
                process.stdin.flush()
                assert process.stdout.readline() == b'free\t{"half":0}\n'
            process.stdin.close()
            assert process.wait() == 0
            close(process)


def signals_end_at_whole_lines(streams):
    events = make_events(3, 4_000_000)
    path = streams.file("events", events)
    for jobs in JOBS:
        full = streams.results(["-j", jobs], events)[0]
        for number, signum in enumerate([signal.SIGTERM, signal.SIGINT] * 4):
            process = streams.start("-j", jobs, path, stdin=subprocess.DEVNULL)
            got = process.stdout.read(number * 150_000)
            time.sleep(0.02)
            process.send_signal(signum)
            got += process.stdout.read()
            assert process.wait() in (-signum, 0, 1), process.returncode
            assert full.startswith(got) and got[-1:] in (b"\n", b""), got[-80:]
            close(process)


def signals_end_an_idle_stream(streams):
    for jobs in JOBS:
        for burst in (0, 3_000_000):
            process = streams.start("-j", jobs, "-d", "ads", stdout=subprocess.DEVNULL)
            process.stdin.write(b'{"context":{"consent":{}}}\n' * (burst // 27))
            process.stdin.flush()
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=10) == -signal.SIGTERM
            close(process)


def a_reader_that_goes_away(streams):
    events = make_events(4, 3_000_000)
    for jobs in JOBS:
        for ignored in (False, True):
            # Python ignores SIGPIPE and would hand that down, unless restore_signals says not to.
            process = streams.start("-j", jobs, restore_signals=not ignored)
            feeder = threading.Thread(target=write_quietly, args=(process.stdin, events))
            feeder.start()
            process.stdout.readline()
            process.stdout.close()
            assert process.wait(timeout=20) == -signal.SIGPIPE
            feeder.join()
            assert process.stderr.read().count(b"standard output") == 0
            close(process)


def a_pipe_that_does_not_block(streams):
    events = make_events(5, 2_000_000)
    expected = streams.results(["-j", "1"], events)[0]
    for jobs in JOBS:
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETFL, fcntl.fcntl(writer, fcntl.F_GETFL) | os.O_NONBLOCK)
        path = streams.file("events", events)
        process = streams.start("-j", jobs, path, stdin=subprocess.DEVNULL, stdout=writer)
        os.close(writer)
        got = []
        while True:
            piece = os.read(reader, 50_000)
            if not piece:
                break
            got.append(piece)
            time.sleep(0.001)
        os.close(reader)
        process.wait()
        assert b"".join(got) == expected
        close(process)


def a_file_that_may_not_grow(streams):
    """Like a full disk: status 3, whole lines, and the message names the line that was reached."""

    def lines_of(prefix, n):
        return b"".join(prefix + b'{"n":%d}\n' % i for i in range(10**6, 10**6 + n))

    events = lines_of(b"", 100_000)
    path = streams.file("events", events)
    for jobs in JOBS:
        for limit in (1, 17, 4096, 1_000_003):
            out = streams.file("out")
            with open(out, "wb") as file:
                process = streams.start(
                    "-j", jobs, "-d", "free", path, stdin=subprocess.DEVNULL, stdout=file,
                    preexec_fn=lambda n=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)))
                message = process.stderr.read()
                assert process.wait() == 3, process.returncode
            with open(out, "rb") as file:
                got = file.read()
            lines = limit // 19
            assert got == lines_of(b"free\t", lines), (limit, len(got))
            assert b"events:%d: error: cannot write" % lines in message or lines == 0, message
            close(process)


def long_message_ids(streams):
    """Records longer than the buffers of an output, which are forgotten while they wait."""
    ids = [b'"%s"' % (b"m" * n) for n in (1, 79, 80, 81, 500, 300_000, 1_048_000, 1_048_577, 3_000_000)]
    events = b"".join(b'{"messageId":%s,%s}\n' % (i, consent(b"true", b"false")) for i in ids * 3)
    expected = None
    for jobs in JOBS:
        got = streams.results(["-j", jobs, "--audit", streams.file("audit")], events)
        expected = expected or got
        assert got == expected
        records = [json.loads(line) for line in got[3].splitlines()]
        pairs = len(records) // len(ids * 3)
        assert len(records) == pairs * len(ids) * 3 and pairs > 1
        for n, record in enumerate(records):
            assert json.dumps(record["messageId"]).encode() == ids[n // pairs % len(ids)]
            assert record["line"] == n // pairs + 1


def long_lines_and_little_memory(streams):
    """A line of 200 MB is kept whole in the rejects, and costs what --max-line allows."""
    rejects = streams.file("rejects")
    # meson's MALLOC_PERTURB_ writes to memory that the program only reserves.
    environment = {key: value for key, value in os.environ.items() if key != "MALLOC_PERTURB_"}
    for jobs in JOBS:
        process = streams.start(
            "-j", jobs, "--max-line", "1M", "--rejects", rejects, env=environment)
        for _ in range(200):
            process.stdin.write(b"z" * 1_000_000)
        process.stdin.write(b"\n" + b'{"n":1}\n')
        process.stdin.flush()
        assert process.stdout.readline() == b'ads\t{"n":1}\n'
        peak = peak_kib(process.pid)
        process.stdin.close()
        assert process.stdout.read().count(b"\n") == 2
        assert process.wait() == 1
        assert os.path.getsize(rejects) == 200_000_001
        assert "sanitized" in sys.argv or peak < 16 * 1024, peak
        close(process)


def stats_of_many_categories_and_little_memory(streams):
    ids = ",".join(f'"c{i}":{{}}' for i in range(20_000))
    text = f'{{"version":1,"categories":{{{ids}}},"destinations":{{"a":["c1"]}}}}'
    mapping = streams.file("many.json", text.encode())
    event = b'{"context":{"consent":{"categoryPreferences":{"c1":true}}}}\n'

    def limit():
        if "sanitized" not in sys.argv:
            resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))

    for form in ("table", "json"):
        command = [streams.assent, "-m", mapping, "-j", "1", f"--stats={form}"]
        done = subprocess.run(
            command, input=event, capture_output=True, preexec_fn=limit, check=False)
        assert done.returncode == 0 and done.stderr.count(b"c19999") == 1, done.stderr[-300:]


def screen_shows(tmux, pattern):
    """Whether the terminal comes to show it, within some seconds."""
    for _ in range(200):
        screen = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, check=True)
        if re.search(pattern, screen.stdout.decode()):
            return True
        time.sleep(0.05)
    return False


def progress_in_a_terminal(streams):
    tmux = ["tmux", "-L", f"assent-{os.getpid()}", "-f", os.devnull]
    events = streams.file("events", b'{"context":{}}\n' * 200_000)
    assent = shlex.join([streams.assent, "-m", streams.mapping, "--progress"])
    piece = f"cat {shlex.quote(events)}; sleep 0.2"
    feed = f"for i in 1 2 3 4 5 6 7 8 9 10; do {piece}; done"
    script = (
        f"({feed}) | {assent} > {shlex.quote(streams.file('out'))}; echo piped; "
        f"read go; {assent} {shlex.quote(events)} > {shlex.quote(streams.file('out'))}; echo END; "
        "sleep 60"
    )
    command = ["new-session", "-d", "-x", "60", "-y", "10", script]
    subprocess.run([*tmux, *command], check=True, env={**os.environ, "SHELL": "/bin/sh"})
    try:
        shown = r"\d\.\d MB, \d+ events/s *\n"
        assert screen_shows(tmux, r"^\d+" + shown + r"\s*$"), "while it runs"
        assert screen_shows(tmux, shown + "piped"), "at the end"
        subprocess.run([*tmux, "send-keys", "Enter"], check=True)
        file_shown = r"3\.0 MB, \d+ events/s, 100%, 0:00:00 left\s*\nEND"
        assert screen_shows(tmux, file_shown), "of a file"
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def progress_ten_times_a_second(streams):
    piece = make_events(7, 20_000)
    process = streams.start("--progress=always", stdout=subprocess.DEVNULL)
    start = time.monotonic()
    while time.monotonic() < start + 1.5:
        process.stdin.write(piece)
        process.stdin.flush()
        time.sleep(0.003)
    process.stdin.close()
    drawn = process.stderr.read().count(b" events/s")
    most = (time.monotonic() - start) * 10 + 1
    assert process.wait() == 1 and 3 <= drawn <= most, (drawn, most)
    process.stderr.close()


CHECKS = (
    same_for_all_jobs,
    packed_like_plain,
    same_byte_by_byte,
    stop_on_reject,
    nothing_waits_for_more,
    signals_end_at_whole_lines,
    signals_end_an_idle_stream,
    a_reader_that_goes_away,
    a_pipe_that_does_not_block,
    a_file_that_may_not_grow,
    long_message_ids,
    long_lines_and_little_memory,
    stats_of_many_categories_and_little_memory,
    progress_in_a_terminal,
    progress_ten_times_a_second,
)


def main():
    failed = 0
    print(f"1..{len(CHECKS)}")
    for number, check in enumerate(CHECKS, 1):
        with tempfile.TemporaryDirectory() as folder:
            name = check.__name__.replace("_", " ")
            try:
                check(Streams(os.path.abspath(sys.argv[1]), folder))
                print(f"ok {number} - {name}")
            except (AssertionError, subprocess.TimeoutExpired) as fault:
                failed += 1
                print(f"not ok {number} - {name}")
                for line in repr(fault)[:2000].splitlines():
                    print("#", line)
        sys.stdout.flush()
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
