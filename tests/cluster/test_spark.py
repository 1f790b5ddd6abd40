"""samples/spark/replay.py on a local cluster of two workers gives what one assent gives, with a
program and a worker killed on the way; what goes wrong fails the job.

usage: test_spark.py ASSENT GENERATE_EVENTS ROOT VENV
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

from tap import Tap, run  # noqa: E402

ASSENT, GENERATE, ROOT, VENV = (os.path.abspath(argument) for argument in sys.argv[1:])
MAPPING = f"{ROOT}/tests/bench/mapping.json"
CLUSTER = "local-cluster[2,1,1024]"
BOM = b"\xef\xbb\xbf"
CONSENTED = b'{"context":{"consent":{"categoryPreferences":{"Analytics":true}}},"n":%d,"x":"%s"}'

# Stand-ins for the program. A mark is made once: what happens there happens to one try alone.
KILLED = """
case $* in *--stats*)
    if mkdir MARKS/program 2>/dev/null; then
        head -n 300 | ASSENT "$@"
        kill -9 $$
    fi
    if mkdir MARKS/worker 2>/dev/null; then
        head -n 300 | ASSENT "$@"
        pid=$$
        while test "$(cat /proc/$pid/comm)" != java; do
            pid=$(awk '/^PPid/ { print $2 }' /proc/$pid/status)
        done
        kill -9 "$pid"
    fi
esac
exec ASSENT "$@"
"""
FAILS = {
    "ends with 2": 'ASSENT "$@"; case $* in *--stats*) exit 2; esac',
    "ends with 3": 'ASSENT "$@"; case $* in *--stats*) exit 3; esac',
    "loses a line": 'case $* in *--stats*) sed 7d | ASSENT "$@"; esac',
}

tap = Tap()


def hostile():
    """Lines on which readers and writers of text trip; each is an event or a reject, as it came."""
    yield BOM + CONSENTED % (0, b"a byte order mark where it belongs")
    yield CONSENTED % (1, b"carriage return at the end") + b"\r"
    yield CONSENTED % (2, b"a\rforged line")
    yield CONSENTED % (3, b'"}\r{"context":{},"x":"forged')
    yield CONSENTED % (4, b"not UTF-8: \xff\xfe")
    yield CONSENTED % (5, b"a surrogate: \xed\xa0\x80")
    yield CONSENTED % (6, "line separators: \u2028\u2029\x85".encode())
    yield CONSENTED % (7, b"\\u00e9 1.10 \t") + b" "
    yield CONSENTED % (8, b"y" * 3_000_000)
    yield CONSENTED % (9, b"vertical \x0b tab, \x0c feed, \x1c separator")
    yield b""
    yield b"not JSON"
    yield b"[]"
    yield b"\x00"
    yield CONSENTED % (10, b"no line feed behind it")


def make_events(folder):
    folder.mkdir()
    for seed, n in ((1, 6000), (2, 3000)):
        events = run(GENERATE, str(n), str(seed)).stdout
        (folder / f"plain-{seed}.ndjson").write_bytes(events)
    (folder / "packed.ndjson.gz").write_bytes(gzip.compress(run(GENERATE, "2000", "3").stdout, 1))
    (folder / "hostile.ndjson").write_bytes(b"\n".join(hostile()))
    # Every partition of this file begins with a byte order mark.
    marked = b"".join(BOM + CONSENTED % (n, b"z" * 400) + b"\n" for n in range(4000))
    (folder / "marked.ndjson").write_bytes(marked)


def replay(folder, program, out, master, *options):
    script = folder / "assent"
    script.write_text("#!/bin/sh\n" + program.replace("ASSENT", ASSENT)
                      .replace("MARKS", str(folder / "marks")))
    script.chmod(0o755)
    return subprocess.run(
        [f"{VENV}/bin/spark-submit", "--master", master,
         "--conf", "spark.ui.enabled=false", "--conf", "spark.driver.bindAddress=127.0.0.1",
         "--conf", "spark.driver.host=127.0.0.1",
         "--conf", "spark.sql.files.maxPartitionBytes=700k", *options,
         f"{ROOT}/samples/spark/replay.py", "-m", MAPPING, "--assent", str(script),
         str(folder / "events"), str(folder / out)],
        capture_output=True, check=False, timeout=600)


def lines_of(folder):
    """The lines of all parts in a folder."""
    return [line for part in sorted(folder.glob("part-*"))
            for line in part.read_bytes().split(b"\n")[:-1]]


def check_cluster(folder):
    files = sorted(str(path) for path in (folder / "events").iterdir())
    alone = run(ASSENT, "-m", MAPPING, "--stats=json", "--rejects", str(folder / "rejects"), *files)
    result = replay(folder, KILLED, "out", CLUSTER)
    tap.equal(result.returncode, 1, "status 1: lines were rejected")
    if result.returncode not in (0, 1):
        tap.ok(False, "the job ended", result.stderr.decode(errors="replace")[-4000:])
        return

    tap.equal(sorted(os.listdir(folder / "marks")), ["program", "worker"], "both were killed")
    tap.ok(b"assent ended with -9" in result.stderr, "the killed program's partition failed")
    tap.ok(b"Lost executor" in result.stderr, "the killed worker was lost")

    got = [path.name.removeprefix("destination=").encode() + b"\t" + line
           for path in (folder / "out").glob("destination=*") for line in lines_of(path)]
    wanted = alone.stdout.split(b"\n")[:-1]
    tap.ok(len(wanted) > 20000, "there is something to compare", len(wanted))
    tap.equal(len(got), len(wanted), "as many pairs as from one assent")
    tap.ok(sorted(got) == sorted(wanted), "the same pairs, byte for byte")
    rejects = (folder / "rejects").read_bytes().split(b"\n")
    tap.ok(sorted(lines_of(folder / "out" / "_rejects")) == sorted(rejects[:-1]),
           "the same rejects, byte for byte")

    counts, stats = json.loads(result.stdout), json.loads(alone.stderr.splitlines()[-1])
    for key in ("events", "rejected", "delivered", "blocked"):
        tap.equal(counts[key], stats[key], f"counts: {key}")
    tap.equal(counts["destinations"],
              {each["destination"]: each["delivered"] for each in stats["destinations"]},
              "counts of each destination")


def check_failure(folder, what, program):
    out = what.replace(" ", "-")
    result = replay(folder, program, out, "local[2]")
    tap.equal(result.returncode, 3, f"a program that {what} fails the job")
    left = [path.name for path in (folder / out).glob("[!_.]*")]
    tap.equal(left, [], f"a program that {what} leaves nothing")


def check_bad_mapping(folder):
    bad = folder / "bad.json"
    bad.write_text("{}")
    result = run(f"{VENV}/bin/python", f"{ROOT}/samples/spark/replay.py", "-m", str(bad),
                 "--assent", ASSENT, str(folder / "events"), str(folder / "none"))
    tap.equal(result.returncode, 2, "a bad mapping: status 2")
    tap.ok(b"bad.json:1:1: error:" in result.stderr, "a bad mapping: told where", result.stderr)
    tap.ok(not (folder / "none").exists(), "a bad mapping: nothing written")


def check_empty(folder):
    (folder / "events" / "none.ndjson").touch()
    for path in (folder / "events").iterdir():
        if path.name != "none.ndjson":
            path.unlink()
    result = replay(folder, 'exec ASSENT "$@"', "empty", "local[2]")
    tap.equal((result.returncode, result.stdout[:40]),
              (0, b'{"events": 0, "rejected": 0, "delivered":'[:40]), "no line at all: status 0")


def main():
    os.environ.pop("SPARK_HOME", None)
    os.environ["PATH"] = f"{VENV}/bin:{os.environ['PATH']}"
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "marks").mkdir()
        make_events(folder / "events")
        check_bad_mapping(folder)
        check_cluster(folder)
        for what, program in FAILS.items():
            check_failure(folder, what, program)
        check_empty(folder)
    tap.end()


main()
