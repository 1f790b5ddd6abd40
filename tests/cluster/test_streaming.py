"""The recipes in samples/streaming give what one assent gives: Redpanda Connect's engine, Kafka.

usage: test_streaming.py ASSENT GENERATE_EVENTS ROOT ENGINES
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

from tap import Tap, run  # noqa: E402

ASSENT, GENERATE, ROOT, ENGINES = (os.path.abspath(argument) for argument in sys.argv[1:])
RECIPES = f"{ROOT}/samples/streaming"
BROKER, CONTROLLER = "127.0.0.1:29092", "127.0.0.1:29093"
SERVER = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{controller}
listeners=PLAINTEXT://{broker},CONTROLLER://{controller}
advertised.listeners=PLAINTEXT://{broker}
controller.listener.names=CONTROLLER
offsets.topic.replication.factor=1
num.partitions=2
log.dirs={folder}/data
"""
REJECTS = [b"no event", b"not UTF-8: \xff", b'{"cut": "off']

tap = Tap()


class Case:
    """A folder with events and mapping, and the lines that each destination must get."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(f"{folder}/bin")
        self.program = Path(f"{folder}/bin/assent")
        self.program.symlink_to(ASSENT)
        self.environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}"}
        shutil.copy(f"{ROOT}/tests/bench/mapping.json", folder)
        shutil.copy(f"{RECIPES}/batch.sh", folder)
        events = run(GENERATE, "5000", "1").stdout
        self.events = folder / "events.ndjson"
        self.events.write_bytes(events + b"\n".join(REJECTS))
        with open(folder / "mapping.json", encoding="utf-8") as file:
            self.wanted = {name: [] for name in json.load(file)["destinations"]}
        alone = run(ASSENT, "-m", str(folder / "mapping.json"), str(self.events))
        for line in alone.stdout.splitlines():
            name, _, event = line.partition(b"\t")
            self.wanted[name.decode()].append(event)

    def fail(self, status):
        """The program from now on works and ends with the status, unless it only reads nothing."""
        self.program.unlink()
        self.program.write_text(f'#!/bin/sh\n{ASSENT} "$@" || :\n'
                                f'case $* in */dev/null) ;; *) exit {status} ;; esac\n')
        self.program.chmod(0o755)

    def run(self, *command, **options):
        return run(*command, cwd=self.folder, env=self.environment, **options)


def check_connect(case):
    connect = f"{ENGINES}/connect/connect"
    if not os.path.exists(connect):
        tap.skip("connect", "its engine could not be built: it takes Go 1.25")
        return
    print("# " + run(connect, "--version").stdout.decode().splitlines()[0])
    (case.folder / "out").mkdir()
    with open(case.events, "rb") as events:
        result = case.run(connect, "run", f"{RECIPES}/connect.yaml", stdin=events)
    tap.equal(result.returncode, 0, "connect: status")
    for name, wanted in case.wanted.items():
        file = case.folder / "out" / f"{name}.ndjson"
        got = file.read_bytes().splitlines() if file.exists() else []
        tap.ok(wanted and sorted(got) == sorted(wanted), f"connect: {name}", len(got), len(wanted))
    tap.equal(sorted(os.listdir(case.folder / "out")),
              sorted(f"{name}.ndjson" for name in case.wanted), "connect: nothing else")
    tap.equal(sorted((case.folder / "rejects.ndjson").read_bytes().splitlines()), sorted(REJECTS),
              "connect: rejects")


def check_connect_failing(case):
    """A batch whose filter failed is delivered nowhere; Connect tries it on and on."""
    connect = f"{ENGINES}/connect/connect"
    if not os.path.exists(connect):
        return
    case.fail(3)
    (case.folder / "out").mkdir()
    with open(case.events, "rb") as events:
        engine = subprocess.Popen([connect, "run", f"{RECIPES}/connect.yaml"], stdin=events,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  cwd=case.folder, env=case.environment)
        time.sleep(5)
        tap.equal(engine.poll(), None, "connect: a failed batch is tried on")
        engine.kill()
        said = engine.communicate()[0]
    tap.ok(b"a batch is held up: " in said, "connect: told", said)
    tap.equal(os.listdir(case.folder / "out"), [], "connect: a failed batch goes nowhere")


class Kafka:
    """A broker of its own, in a `with`."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        (self.folder / "server.properties").write_text(
            SERVER.format(broker=BROKER, controller=CONTROLLER, folder=self.folder))
        java = ["java", "-Xmx512m", "-cp", f"{ENGINES}/kafka/*"]
        run(*java, "kafka.tools.StorageTool", "format", "-t", "A" * 21 + "Q", "-c",
            f"{self.folder}/server.properties")
        self.log = open(self.folder / "log", "wb")
        self.server = subprocess.Popen(
            [*java, "kafka.Kafka", f"{self.folder}/server.properties"], stdout=self.log,
            stderr=self.log)
        for _ in range(120):
            if run("kcat", "-L", "-b", BROKER, "-m", "1").returncode == 0:
                return self
            time.sleep(0.5)
        raise RuntimeError("Kafka does not answer")

    def __exit__(self, *_):
        self.server.kill()
        self.server.wait()
        self.log.close()


def check_kafka(case):
    copy = ("sh", f"{RECIPES}/kafka.sh", BROKER, "events", "mapping.json")
    with open(case.events, "rb") as events:
        run("kcat", "-P", "-b", BROKER, "-t", "events", stdin=events)
    for name, wanted in case.wanted.items():
        result = case.run(*copy, name)
        tap.equal(result.returncode, 1, f"kafka: {name}: status 1, for the rejects")
        got = run("kcat", "-C", "-q", "-e", "-b", BROKER, "-t", f"events.{name}", "-o",
                  "beginning").stdout.splitlines()
        tap.ok(wanted and sorted(got) == sorted(wanted), f"kafka: {name}", len(got), len(wanted),
               result.stderr)
    tap.equal(case.run(*copy, "nobody").returncode, 2, "kafka: no such destination: status 2")
    case.fail(3)
    tap.equal(case.run(*copy, "facebook").returncode, 3, "kafka: the filter fails: status 3")


def main():
    with tempfile.TemporaryDirectory() as work:
        check_connect(Case(Path(work) / "connect"))
        check_connect_failing(Case(Path(work) / "failing"))
        if os.path.isdir(f"{ENGINES}/kafka") and shutil.which("kcat") and shutil.which("java"):
            case = Case(Path(work) / "kafka")
            with Kafka(case.folder):
                check_kafka(case)
        else:
            tap.skip("kafka", "Kafka, kcat or java is missing")
    tap.end()


main()
