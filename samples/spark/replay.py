#!/usr/bin/env python3
"""Filters a folder of events by consent on a Spark cluster: every partition goes through assent.

    spark-submit replay.py -m mapping.json [--assent PROGRAM] [--compression gzip] EVENTS... OUT

EVENTS are files and folders of NDJSON, plain or .gz, in whatever Spark can read. OUT, which must
not be there yet, gets

    destination=ID/part-*    the events of that destination, as their bytes came in
    _rejects/part-*          the lines that are not events
    _stats/part-*            what `assent --stats=json` counted, a line for each partition

The mapping is a local file. The program and the mapping are sent to every worker; PROGRAM (assent
in PATH, or a static build of it) must run there. On standard output: the counts, as JSON. Exit
status: 0, or 1 when lines were rejected, 2 when the mapping cannot be used, 3 when the job failed.

A partition whose assent did not end with 0 or 1, or that did not account for every line, fails and
is tried again by Spark; what a failed try wrote is never taken over, counts included. Needs Spark
3.5 or newer with pyarrow and pandas. RDD.pipe would not do: it makes text of the bytes, so that a
line that is not UTF-8 would be mended on its way, and pass as an event.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

import pyarrow
from pyspark import SparkFiles
from pyspark.sql import SparkSession, functions

# Tags beside those of destinations; no destination's id begins with a plus.
REJECTS, STATS = "+rejects", "+stats"
BLOCK = 1 << 20


def bytes_of(batch):
    """The bytes of all lines of a batch, as they lie in it."""
    lines = batch.column(0)
    if len(lines) == 0:
        return b""
    _, offsets, data = lines.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[lines.offset]:ends[lines.offset + len(lines)]]


def batch_of(lines):
    return pyarrow.RecordBatch.from_arrays([pyarrow.array(lines, pyarrow.binary())], ["line"])


class Feeder(threading.Thread):
    """Gives a partition to the program. When the partition cannot be read to its end, the program
    is killed, lest it takes the rest for the whole."""

    def __init__(self, batches, program):
        super().__init__(daemon=True)
        self.batches, self.program = batches, program
        self.n_lines, self.error = 0, None

    def run(self):
        try:
            # A byte order mark is one at the beginning of a file alone, where Spark has skipped
            # it: behind a blank line, no partition begins with one.
            self.program.stdin.write(b"\n")
            self.n_lines += 1
            for batch in self.batches:
                self.program.stdin.write(bytes_of(batch))
                self.n_lines += batch.num_rows
            self.program.stdin.close()
        except BrokenPipeError:
            pass  # the program's exit status tells
        except BaseException as error:  # pylint: disable=broad-except
            self.error = error
            self.program.kill()


def read_lines(stream):
    """Lists of whole lines without their ends."""
    rest = b""
    while block := stream.read1(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        if lines:
            yield lines
    if rest:
        raise RuntimeError("assent: a line without an end")


def check_end(program, feeder, messages):
    """The program's counts; fails the partition unless they account for every line."""
    status = program.wait()
    feeder.join()
    if feeder.error:
        raise RuntimeError("assent: the partition could not be read") from feeder.error
    messages.seek(0)
    said = messages.read().decode(errors="replace").splitlines()
    sys.stderr.writelines(line + "\n" for line in said)
    if status not in (0, 1):
        raise RuntimeError(f"assent ended with {status}: {said[-1] if said else 'no message'}")
    counts = json.loads(said[-1])
    if counts["lines"] != feeder.n_lines:
        raise RuntimeError(f"assent: {feeder.n_lines} lines went in, {counts['lines']} arrived")
    return said[-1].encode()


def permit(program, mapping):
    """What takes a partition's batches of lines through the program, on a worker."""

    def permit_partition(batches):
        folder = tempfile.mkdtemp(prefix="assent-")
        command = [SparkFiles.get(program), "-j", "1", "-m", SparkFiles.get(mapping),
                   "--stats=json", "--rejects", f"{folder}/rejects"]
        process = None
        try:
            with open(f"{folder}/messages", "w+b") as messages:
                process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                           stderr=messages)
                feeder = Feeder(batches, process)
                feeder.start()
                for lines in read_lines(process.stdout):
                    yield batch_of(lines)
                counts = check_end(process, feeder, messages)
            with open(f"{folder}/rejects", "rb") as rejects:
                for lines in read_lines(rejects):
                    yield batch_of([f"{REJECTS}\t".encode() + line for line in lines])
            yield batch_of([f"{STATS}\t".encode() + counts])
        finally:
            if process:
                process.kill()
                process.wait()
            shutil.rmtree(folder, ignore_errors=True)

    return permit_partition


def replay(spark, arguments):
    """Runs the job and returns its counts."""
    spark.sparkContext.addFile(arguments.assent)
    spark.sparkContext.addFile(arguments.mapping)
    events = spark.read.option("lineSep", "\n").text(arguments.events)
    lines = events.select(functions.expr("concat(cast(value AS binary), X'0A') AS line"))
    pairs = lines.mapInArrow(
        permit(os.path.basename(arguments.assent), os.path.basename(arguments.mapping)),
        "line binary")
    tag = "substring_index(cast(line AS string), '\t', 1)"
    pairs.select(
        functions.expr(f"{tag} AS destination"),
        functions.expr(f"cast(substring(line, length({tag}) + 2) AS string) AS value"),
    ).write.partitionBy("destination").option("compression", arguments.compression).text(
        arguments.out)
    if STATS not in set_apart(spark, arguments.out):
        return sum_up([])  # there was no line at all
    return sum_up(row.value for row in spark.read.text(f"{arguments.out}/_stats").collect())


def set_apart(spark, out):
    """Moves what is of no destination to where those who read all destinations do not look, and
    returns what was there."""
    java = spark.sparkContext._jvm  # pylint: disable=protected-access
    path = java.org.apache.hadoop.fs.Path
    files = path(out).getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    found = []
    for tag in (REJECTS, STATS):
        source = path(f"{out}/destination={tag}")
        if not files.exists(source):
            continue
        if not files.rename(source, path(f"{out}/_{tag[1:]}")):
            raise RuntimeError(f"cannot move {source}")
        found.append(tag)
    return found


def sum_up(partitions):
    total = {"events": 0, "rejected": 0, "delivered": 0, "blocked": 0, "destinations": {}}
    for counts in map(json.loads, partitions):
        for key in ("events", "rejected", "delivered", "blocked"):
            total[key] += counts[key]
        for of in counts["destinations"]:
            before = total["destinations"].get(of["destination"], 0)
            total["destinations"][of["destination"]] = before + of["delivered"]
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-m", "--mapping", required=True)
    parser.add_argument("--assent", default=shutil.which("assent"))
    parser.add_argument("--compression", choices=("none", "gzip"), default="none")
    parser.add_argument("events", nargs="+")
    parser.add_argument("out")
    arguments = parser.parse_args()
    if not arguments.assent:
        parser.error("assent is not in PATH: name it with --assent")
    # A mapping that cannot be used is told here, before the cluster is asked for anything.
    if subprocess.run([arguments.assent, "-m", arguments.mapping, os.devnull]).returncode != 0:
        return 2

    spark = (
        SparkSession.builder.appName("assent")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 1000)  # lines may be long
        .config("spark.sql.maxConcurrentOutputFileWriters", 100)  # else every partition is sorted
        .getOrCreate()
    )
    try:
        counts = replay(spark, arguments)
    except Exception as error:  # pylint: disable=broad-except
        print(f"replay: the job failed: {error}", file=sys.stderr)
        return 3
    finally:
        spark.stop()
    print(json.dumps(counts))
    return 1 if counts["rejected"] else 0


if __name__ == "__main__":
    sys.exit(main())
