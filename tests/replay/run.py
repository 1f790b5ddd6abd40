"""A replay that is interrupted, however it is, and run again until it comes to its end, leaves what an
undisturbed one leaves: kills, power cuts, full disks. Prints TAP.

    run.py ASSENT POWER_CUT [--kills N] [--cuts N] [--seed N]

POWER_CUT is the library of power_cut.c, or `none`. More kills and cuts show more: the default is for
every day.
"""
import argparse
import gzip
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "check"))
import power_cut  # noqa: E402
import tap  # noqa: E402

MAPPING = {"version": 1, "destinations": {
    "ads": ["Ads"], "both": {"categories": ["Ads", "Fun"], "match": "all"}, "lake": {"kind": "warehouse"},
    "rare": ["Rare"], "never": []}}
EVERY = 300_000  # bytes between two checkpoints: many of them
# For runs that are killed whenever: a count of branches must not be cut off while it is written.
UNCOUNTED = {"env": {**os.environ, "GCOV_PREFIX": "/dev/null"}}


def make_lines(rng, size):
    """Events of many sizes, some lines that are none, about that many bytes in all."""
    lines, total = [], 0
    while total < size:
        preferences = {name: rng.random() < 0.5 for name in ("Ads", "Fun")}
        preferences["Rare"] = not lines or rng.random() < 0.001  # never none at all
        event = {"messageId": str(rng.getrandbits(64)), "text": "x" * rng.choice([0, 50, 300, 4000]),
                 "context": {"consent": {"categoryPreferences": preferences}}}
        line = json.dumps(event).encode()
        kind = rng.randrange(200)
        if lines and kind < 4:
            line = [line[:-1], b"", b"\xff", b"y" * 70_000][kind]
        lines.append(line + b"\n")
        total += len(lines[-1])
    return lines


class Replay:
    """Logs in several files and forms, and a run over them."""

    def __init__(self, assent, folder, rng, size):
        self.assent, self.folder, self.rng = assent, folder, rng
        self.world = os.path.join(folder, "world")
        self.mapping = self.path("mapping.json")
        with open(self.mapping, "w") as file:
            json.dump(MAPPING, file)
        lines = make_lines(rng, size)
        cuts = sorted(rng.randrange(len(lines)) for _ in range(3))
        parts = [lines[a:b] for a, b in zip([0, *cuts], [*cuts, len(lines)])]
        self.events = [self.path("0.ndjson"), self.path("1.ndjson.gz"), self.path("2.ndjson"),
                       self.path("3.ndjson"), self.path("4.ndjson.gz")]
        self.write(0, b"".join(parts[0]))
        middle = len(parts[1]) // 2
        self.write(1, b"".join(gzip.compress(b"".join(part), 1) for part in (parts[1][:middle],
                                                                              parts[1][middle:])))
        self.write(2, b"")
        self.write(3, b"".join(parts[2])[:-1])
        self.write(4, gzip.compress(b"".join(parts[3]), 1))
        if shutil.which("zstd"):
            packed = subprocess.run(["zstd", "-q1c", self.events[3]], stdout=subprocess.PIPE, check=True)
            self.events.append(self.path("5.ndjson.zst"))
            self.write(5, packed.stdout)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, number, content):
        with open(self.events[number], "wb") as file:
            file.write(content)

    def command(self, options):
        options = [option.replace("WORLD", self.world) for option in options]
        return [self.assent, "-m", self.mapping, "--max-line", "64K", "--checkpoint",
                os.path.join(self.world, "checkpoint"), "--checkpoint-every", str(EVERY), *options,
                *self.events]

    def fresh(self):
        shutil.rmtree(self.world, ignore_errors=True)
        os.mkdir(self.world)

    def start(self, options, **how):
        """The run, appending its standard output, if there is any, to a file."""
        with open(os.path.join(self.world, "stdout"), "ab") as out:
            how.setdefault("stderr", subprocess.DEVNULL)
            return subprocess.Popen(self.command(options), stdin=subprocess.DEVNULL, stdout=out, **how)

    def run(self, options, **how):
        return self.start(options, **how).wait()

    def outcome(self):
        """All outputs, and what the checkpoint says at the end."""
        files = {}
        for folder, _, names in os.walk(self.world):
            for name in names:
                path = os.path.join(folder, name)
                files[os.path.relpath(path, self.world)] = power_cut.read(path)
        return files

    def undisturbed(self, options, **how):
        self.fresh()
        began = time.monotonic()
        assert self.run(options, **how) == 1  # there are rejects
        return self.outcome(), time.monotonic() - began


OUTPUTS = ["--rejects", "WORLD/rejects", "--audit", "WORLD/audit", "--audit-only", "block"]
SPLITS = [["--split", "WORLD/out", *pack, "-j", jobs, *OUTPUTS]
          for pack in ([], ["--split-compress", "gz"], ["--split-compress", "zst"]) for jobs in ("1", "2")]


def check(expected, got, what):
    assert expected.keys() == got.keys(), (what, sorted(expected), sorted(got))
    for name in expected:
        assert expected[name] == got[name], (what, name, len(expected[name]), len(got[name]))


def unpacked(files):
    def unpack(name, content):
        if name.endswith(".gz"):
            return name[:-3], gzip.decompress(content)
        if name.endswith(".zst"):
            return name[:-4], subprocess.run(["zstd", "-qdc"], input=content, stdout=subprocess.PIPE,
                                             check=True).stdout
        return name, content

    return dict(unpack(*item) for item in files.items() if item[0] not in ("checkpoint", "stdout"))


def the_same_in_every_form(replay):
    """Compressed or not, with any number of jobs, and as the tagged output says."""
    tagged = subprocess.run([replay.assent, "-m", replay.mapping, "--max-line", "64K", *replay.events],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    by_id = {}
    for line in tagged.splitlines(True):
        destination, event = line.split(b"\t", 1)
        by_id.setdefault(f"out/{destination.decode()}.ndjson", []).append(event)
    expected = {name: b"".join(events) for name, events in by_id.items()}
    assert len(expected) == 4
    for options in SPLITS:
        files = unpacked(replay.undisturbed(options)[0])
        check(expected, {name: files[name] for name in files if name.startswith("out/")}, options)


def killed(replay, n_kills):
    """By SIGKILL and SIGTERM at random moments, the same command again each time."""
    outcomes = [(options, *replay.undisturbed(options)) for options in SPLITS]
    n, rounds = 0, 0
    while n < n_kills:
        options, expected, seconds = outcomes[rounds % len(outcomes)]
        replay.fresh()
        rounds += 1
        while True:
            process = replay.start(options, **UNCOUNTED)
            number = replay.rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM])
            try:
                status = process.wait(timeout=replay.rng.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.send_signal(number)
                status = process.wait()
            if status == 1:
                break
            assert status == -number, (options, status)
            n += 1
        check(expected, replay.outcome(), options)
    print(f"# {n} kills in {rounds} replays")


def killed_on_standard_output(replay, n_kills):
    """At least once, and whole lines, on a file that is appended to."""
    options = ["-j", "2", *OUTPUTS]
    expected, seconds = replay.undisturbed(options)
    lines = expected.pop("stdout").splitlines(True)
    del expected["checkpoint"]
    n = 0
    while n < n_kills:
        replay.fresh()
        while True:
            process = replay.start(options, **UNCOUNTED)
            try:
                status = process.wait(timeout=replay.rng.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait()
            if status == 1:
                break
            assert status == -signal.SIGKILL, status
            n += 1
        got = replay.outcome()
        out = got.pop("stdout").splitlines(True)
        del got["checkpoint"]
        check(expected, got, options)
        assert set(out) == set(lines), (len(set(out)), len(set(lines)))


def cut_off(replay, library, n_cuts):
    """Power cuts at random calls, again and again until a run comes to its end."""
    record = replay.path("record")

    def how(at):
        shutil.rmtree(record, ignore_errors=True)
        os.mkdir(record)
        return {"env": {**os.environ, "LD_PRELOAD": library, "POWER_CUT_AT": str(at),
                        "POWER_CUT_RECORD": record, "POWER_CUT_WORLD": replay.world}}

    n, rounds = 0, 0
    outcomes = []
    for split in SPLITS:
        options = [*split, "--sandbox=off"] # the library keeps records of its own
        expected, _ = replay.undisturbed(options, **how(0))
        outcomes.append((options, expected, power_cut.Record(record).calls()))
    while n < n_cuts:
        options, expected, calls = outcomes[rounds % len(outcomes)]
        replay.fresh()
        rounds += 1
        while True:
            # Early calls and late ones alike: there are the begin and the end of a run.
            at = replay.rng.randint(1, replay.rng.choice([20, calls]))
            status = replay.run(options, **how(at))
            if status == 1:
                break
            assert status == -signal.SIGKILL, (options, at, status)
            n += 1
            world = power_cut.left(replay.rng, power_cut.Record(record), replay.world)
            shutil.rmtree(replay.world)
            power_cut.lay(world, replay.world)
        got = replay.outcome()
        got.pop("stdout", None)
        check({name: expected[name] for name in expected if name != "stdout"}, got, (options, n))
    print(f"# {n} power cuts in {rounds} replays")


class SmallDisk:
    """A file system of few bytes in a folder."""

    def __init__(self, folder, size):
        self.folder = folder
        os.mkdir(folder)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], check=True,
                       stderr=subprocess.DEVNULL)

    def grow(self):
        subprocess.run(["mount", "-o", "remount,size=200M", self.folder], check=True)

    def end(self):
        subprocess.run(["umount", self.folder], check=True)


def mounts_are_refused(replay):
    try:
        SmallDisk(replay.path("try"), "64k").end()
        return None
    except (OSError, subprocess.CalledProcessError):
        return "this system lets nobody mount a small disk here"
    finally:
        shutil.rmtree(replay.path("try"), ignore_errors=True)


def but_for_places(files):
    """Without what a checkpoint says of where the outputs are."""
    kept = [line for line in files["checkpoint"].splitlines(True)
            if line.split(b" ")[0] not in (b"split", b"rejects", b"audit", b"sum")]
    return {**files, "checkpoint": b"".join(kept)}


def on_full_disks(replay):
    """Each output in turn on a disk that is full, then has room; the same command goes on."""
    disk_folder = replay.path("disk")
    for options in SPLITS[::2]:
        expected, _ = replay.undisturbed(options)
        for output in ("out", "rejects", "audit", "checkpoint"):
            length = sum(len(expected[name]) for name in expected if name.split("/")[0] == output)
            size = length // 2 if output != "checkpoint" else 4096
            disk = SmallDisk(disk_folder, size)
            try:
                replay.fresh()
                command = [word.replace(os.path.join(replay.world, output),
                                        os.path.join(disk_folder, output))
                           for word in replay.command(options)]
                result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                assert result.returncode == 3, (output, result.returncode, result.stderr)
                assert b"No space left" in result.stderr, result.stderr
                disk.grow()
                result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                assert result.returncode == 1, (output, result.returncode, result.stderr)
                got = {}
                for folder in (replay.world, disk_folder):
                    for root, _, names in os.walk(folder):
                        for name in names:
                            path = os.path.join(root, name)
                            got[os.path.relpath(path, folder)] = power_cut.read(path)
                want = {name: expected[name] for name in expected if name != "stdout"}
                check(but_for_places(want), but_for_places(got), (options, output))
            finally:
                disk.end()
                os.rmdir(disk_folder)


def with_many_destinations(replay):
    """10,000 of them, and 256 files may be open."""
    n = 10_000
    mapping, events, out = replay.path("many.json"), replay.path("many.ndjson"), replay.path("many")
    ids = [f"d{i}" for i in range(n)]
    with open(mapping, "w") as file:
        json.dump({"version": 1, "destinations": {i: {"kind": "other", "integrations": [i]} for i in ids}}, file)
    rng = random.Random(5)
    expected = {i: [] for i in ids}
    with open(events, "w") as file:
        for number in range(3000):
            chosen = rng.sample(ids, 20) if number else ids
            event = json.dumps({"n": number, "integrations": {"All": False, **{i: True for i in chosen}}})
            file.write(event + "\n")
            for i in chosen:
                expected[i].append(event + "\n")
    for pack in ([], ["--split-compress", "gz"]):
        command = [replay.assent, "-m", mapping, "--split", out, *pack, "--checkpoint",
                   replay.path("many.checkpoint"), "--checkpoint-every", "1M", "--max-line", "1M", events]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=lambda:
                                resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)))
        assert (result.returncode, result.stdout, result.stderr) == (0, b"", b""), result
        assert len(os.listdir(out)) == n
        for i in ids:
            content = power_cut.read(os.path.join(out, f"{i}.ndjson" + (".gz" if pack else "")))
            content = gzip.decompress(content) if pack else content
            assert content.decode() == "".join(expected[i]), i
        shutil.rmtree(out)
        os.unlink(replay.path("many.checkpoint"))


def sealed(text):
    """A checkpoint's text with the sum that belongs to it: FNV-1a."""
    total = 0xCBF29CE484222325
    for byte in text:
        total = (total ^ byte) * 0x100000001B3 % (1 << 64)
    return text + b"sum %016x\n" % total


def with_another_text(replay):
    """A whole checkpoint, but with a place where no events are, files of others or other words:
    refused."""
    options = SPLITS[0]
    replay.undisturbed(options)
    path = os.path.join(replay.world, "checkpoint")
    text = power_cut.read(path)
    text, end = text[: text.rindex(b"sum ")], text
    assert sealed(text) == end
    for place, status in ((b"at 1 0 ", 1), (b"at 6 0 ", 2), (b"at 18446744073709551615 0 ", 2)):
        with open(path, "wb") as file:
            file.write(sealed(re.sub(rb"at \d+ \d+ ", place, text).replace(b"done 1", b"done 0")))
        assert replay.run(options) == status, place
    text = text.replace(b"done 1", b"done 0")
    before = replay.outcome()
    for pattern, words, message in (
            (rb"(output \d+ \d) both.ndjson", rb"\1 theirs.ndjson", "names a file that is none of this run's"),
            (rb"(output .*\n)(output .*\n)done", rb"\2\1done", "names a file that is none of this run's"),
            (rb"input \d+", b"input 1", f"it was made before {replay.events[0]} changed: remove it to begin anew"),
            (rb"input .*\n", b"input 1 2\n", "it was made with other events: remove it to begin anew")):
        other, n = re.subn(pattern, words, text, count=1)
        assert n == 1, pattern
        with open(path, "wb") as file:
            file.write(sealed(other))
        process = replay.start(options, stderr=subprocess.PIPE, text=True)
        messages = process.communicate()[1]
        assert process.returncode == 2, (pattern, process.returncode)
        assert messages == f"assent: {path}: error: {message}\n", messages
        after = replay.outcome()
        check({**before, "checkpoint": sealed(other)}, after, pattern)


def the_sample(replay):
    """samples/replay.sh over a folder of logs, killed and run again: with a table at the end."""
    script = os.path.join(os.path.dirname(__file__), "..", "..", "samples", "replay.sh")
    logs, out = replay.path("logs"), replay.path("sample")
    os.mkdir(logs)
    for number, name in enumerate(name for name in replay.events if name.endswith(".gz")):
        shutil.copy(name, os.path.join(logs, f"{number}.ndjson.gz"))
    command = ["sh", script, replay.mapping, logs, out]
    how = {"env": {**os.environ, "ASSENT": replay.assent}, "stdout": subprocess.PIPE,
           "stderr": subprocess.PIPE}
    process = subprocess.Popen(command, **{**how, "env": {**how["env"], **UNCOUNTED["env"]}})
    time.sleep(replay.rng.uniform(0, 0.1))
    process.kill()
    process.communicate()
    result = subprocess.run(command, **how)
    assert result.returncode == 1 and result.stdout == b"", result
    assert b"pairs: " in result.stderr or b"nothing left to do" in result.stderr, result.stderr
    lines = [line for name in sorted(os.listdir(logs))
             for line in gzip.decompress(power_cut.read(os.path.join(logs, name))).splitlines(True)]
    rejects = power_cut.read(os.path.join(out, "rejects")).splitlines(True)
    lake = gzip.decompress(power_cut.read(os.path.join(out, "events", "lake.ndjson.gz"))).splitlines(True)
    assert rejects and len(lake) + len(rejects) + lines.count(b"\n") == len(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("assent")
    parser.add_argument("power_cut")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--cuts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"# seed {arguments.seed}")
    with tempfile.TemporaryDirectory(prefix="assent-replay-") as folder:
        replay = Replay(os.path.abspath(arguments.assent), folder, random.Random(arguments.seed), 6_000_000)
        results = tap.Tap()

        def run(name, test, *arguments):
            try:
                test(replay, *arguments)
                results.ok(True, name)
            except (AssertionError, subprocess.TimeoutExpired) as fault:
                results.ok(False, name, repr(fault)[:2000])
            sys.stdout.flush()

        run("the same in every form", the_same_in_every_form)
        run("killed", killed, arguments.kills)
        run("killed on standard output", killed_on_standard_output, arguments.kills // 4)
        if arguments.power_cut == "none":
            results.skip("cut off", "a sanitized program has its own library before all others")
        else:
            run("cut off", cut_off, arguments.power_cut, arguments.cuts)
        refused = mounts_are_refused(replay)
        if refused:
            results.skip("on full disks", refused)
        else:
            run("on full disks", on_full_disks)
        run("with another text", with_another_text)
        run("with many destinations", with_many_destinations)
        run("the sample", the_sample)
        results.end()


main()
