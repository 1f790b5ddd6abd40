"""samples/parallel.sh gives what one assent gives, in the same order: on one machine from a pipe
and from a file, and over two hosts. What goes wrong is told by the exit status.

usage: test_parallel.py ASSENT GENERATE_EVENTS ROOT
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

from hosts import SSHD, Hosts  # noqa: E402
from tap import Tap, run  # noqa: E402

ASSENT, GENERATE, ROOT = (os.path.abspath(argument) for argument in sys.argv[1:])
MAPPING = f"{ROOT}/tests/bench/mapping.json"
FAILS = '#!/bin/sh\ncase $* in *--rejects*) "%s" "$@"; exit %s;; esac\nexec "%s" "$@"\n'

tap = Tap()


class Samples:
    """The folder with the events, and what one assent makes of them."""

    def __init__(self, folder):
        self.folder = folder
        self.events = folder / "events.ndjson"
        with open(self.events, "wb") as file:
            file.write(run(GENERATE, "6000", "1").stdout)
            file.write(b"no event\n" + run(GENERATE, "1500", "2").stdout + b'{"last": "cut off')
        (folder / "bin").mkdir()
        self.program = folder / "bin" / "assent"
        self.program.symlink_to(ASSENT)
        self.path = f"{folder}/bin:{os.environ['PATH']}"
        alone = run(ASSENT, "-m", MAPPING, "--rejects", str(folder / "rejects"), str(self.events))
        self.pairs, self.status = alone.stdout, alone.returncode
        self.rejects = (folder / "rejects").read_bytes()

    def run(self, *options, environment=None, **more):
        """The script's status and output."""
        result = subprocess.run(
            ["sh", f"{ROOT}/samples/parallel.sh", "-b", "500K", *options], check=False, timeout=300,
            stderr=subprocess.PIPE, env={**(environment or os.environ), "PATH": self.path},
            cwd=self.folder, **{"stdout": subprocess.PIPE, **more})
        return result

    def same(self, name, *options, **more):
        result = self.run("-m", MAPPING, "-r", "got", *options, **more)
        tap.equal(result.returncode, self.status, f"{name}: status")
        tap.ok(result.stdout == self.pairs, f"{name}: the same bytes", len(result.stdout),
               len(self.pairs), result.stderr.decode()[-2000:])
        tap.ok((self.folder / "got").read_bytes() == self.rejects, f"{name}: the same rejects")


def check_alone(samples):
    with open(samples.events, "rb") as events:
        samples.same("a pipe", stdin=events)
    samples.same("a file", "events.ndjson")
    samples.same("a file, small blocks", "-b", "100K", "-j", "4", "events.ndjson")


def check_failures(samples):
    with open("/dev/full", "wb") as full:
        result = samples.run("-m", MAPPING, "events.ndjson", stdout=full)
    tap.equal(result.returncode, 3, "a full disk: status 3")
    tap.equal(samples.run("-m", MAPPING, "missing.ndjson").returncode, 3, "no events: status 3")
    tap.equal(samples.run("-m", "missing.json").returncode, 2, "no mapping: status 2")
    tap.equal(samples.run("-m", MAPPING, "-j", "x", "events.ndjson").returncode, 3,
              "parallel refuses: status 3")
    for status, wanted in (("2", 3), ("3", 3), ("70", 3), ("$(kill -9 $$)", 3)):
        samples.program.unlink()
        samples.program.write_text(FAILS % (ASSENT, status, ASSENT))
        samples.program.chmod(0o755)
        result = samples.run("-m", MAPPING, "events.ndjson")
        tap.equal(result.returncode, wanted, f"blocks end with {status}: status {wanted}")
    samples.program.unlink()
    samples.program.symlink_to(ASSENT)


def check_hosts(samples):
    missing = [tool for tool in (SSHD, "ssh", "rsync") if not shutil.which(tool)]
    if missing:
        tap.skip("two hosts", f"{missing[0]} is not installed")
        return
    with Hosts(samples.path) as hosts:
        where = "two hosts in namespaces" if hosts.apart else "two hosts on loopback"
        names = ",".join(hosts.names)
        before = [hosts.log(name).count("Accepted publickey") for name in hosts.names]
        with open(samples.events, "rb") as events:
            samples.same(f"{where}, a pipe", "-S", names, stdin=events,
                         environment=hosts.environment)
        after = [hosts.log(name).count("Accepted publickey") for name in hosts.names]
        for name, old, new in zip(hosts.names, before, after):
            tap.ok(new - old > 4, f"{where}: {name} was at work", new - old)
        samples.same(f"{where}, a file", "-S", names, "events.ndjson",
                     environment=hosts.environment)
        for name in hosts.names:
            tap.equal(hosts.run(name, "find ~/.parallel -name 'tmp.*'"), b"",
                      f"{where}: nothing is left on {name}")
        hosts.servers[1].kill()
        hosts.servers[1].wait()
        result = samples.run("-m", MAPPING, "-S", names, "events.ndjson",
                             environment=hosts.environment)
        tap.equal(result.returncode, 3, f"{where}, one is down: status 3")


def main():
    with tempfile.TemporaryDirectory() as folder:
        samples = Samples(Path(folder))
        check_alone(samples)
        check_failures(samples)
        check_hosts(samples)
    tap.end()


main()
