"""Measures one assent, GNU parallel and Spark over the same events: strong scaling (the same events
on one worker and on two), weak scaling (twice the events on two), and what a further gigabyte
costs. Prints a row for each way. Not a test: its times are those of an idle machine only where the
machine is idle.

usage: scaling.py ASSENT GENERATE_EVENTS ROOT VENV [EVENTS [RUNS]]
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ASSENT, GENERATE, ROOT, VENV = (os.path.abspath(argument) for argument in sys.argv[1:5])
EVENTS = int(sys.argv[5]) if len(sys.argv) > 5 else 400_000
RUNS = int(sys.argv[6]) if len(sys.argv) > 6 else 3
MAPPING = f"{ROOT}/tests/bench/mapping.json"


def alone(events, workers):
    return [ASSENT, "-m", MAPPING, "-j", str(workers), events]


def split(events, workers):
    return [ASSENT, "-m", MAPPING, "-j", str(workers), "--split", "out", events]


def parallel(events, workers):
    return ["sh", f"{ROOT}/samples/parallel.sh", "-m", MAPPING, "-j", str(workers), events]


def spark(events, workers):
    return [f"{VENV}/bin/spark-submit", "--master", f"local[{workers}]", "--driver-memory", "2g",
            "--conf", "spark.ui.enabled=false", "--conf", "spark.sql.files.maxPartitionBytes=32m",
            f"{ROOT}/samples/spark/replay.py", "-m", MAPPING, "--assent", ASSENT, events, "out"]


def measure(way, events, workers):
    """The medians of seconds by the clock and by the processors."""
    clock, processors = [], []
    for _ in range(RUNS):
        shutil.rmtree("out", ignore_errors=True)
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(way(events, workers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=True)
        clock.append(time.monotonic() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processors.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return statistics.median(clock), statistics.median(processors)


def generate(name, n):
    with open(name, "wb") as file:
        subprocess.run([GENERATE, str(n)], stdout=file, check=True)


def main():
    os.environ.pop("SPARK_HOME", None)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.mkdir("bin")
        os.symlink(ASSENT, "bin/assent")
        os.environ["PATH"] = f"{folder}/bin:{VENV}/bin:{os.environ['PATH']}"
        generate("half", EVENTS // 2)
        generate("whole", EVENTS)
        size = os.path.getsize("whole")
        print(f"{EVENTS} events, {size / 1e6:.0f} MB, medians of {RUNS}, load before "
              f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print("way        1 worker  2 workers  strong  weak  processor seconds per GB more")
        for way in (alone, split, parallel, spark):
            half, _ = measure(way, "half", 1)
            one, _ = measure(way, "whole", 1)
            _, half_cost = measure(way, "half", 2)
            two, cost = measure(way, "whole", 2)
            per_gb = (cost - half_cost) / (size - os.path.getsize("half")) * 1e9
            print(f"{way.__name__:9} {one:8.2f} s {two:8.2f} s {one / two:6.2f} {half / two:6.2f}"
                  f" {per_gb:9.2f}", flush=True)
        os.chdir("/")


main()
