"""What the program is doing when something fails, and what may come of it.

A scenario is a command with its files. It is run once undisturbed; every disturbed run is held
against that one by `judge`, which says what is wrong with it. See README.
"""
import errno
import gzip
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "check"))

# In the order of the kinds in fail_call.c.
KINDS = ("memory thread open read write close stat seek truncate poll pipe fcntl sigaction access "
         "sync rename unlink folder").split()

MAPPING = b"""{"version":1,"categories":{"Ads":{},"Fun":{},"Unused":{}},"destinations":
{"ads":["Ads"],"both":["Ads","Fun"],"free":{"kind":"other"},"unmapped":[]}}"""
CHANGED = MAPPING.replace(b'"both":["Ads","Fun"]', b'"both":["Ads"]')
MISTAKES = b"""{"version":2,"categories":{"Ads":{}},"destinations":{"ads":["ads"],"b":["Ads"],
"b":["Ads"],"c":["Fun"],"d":["Ads","Ads"],"e":{"kind":"new"}}}"""
# So large that what is made of it takes memory again and again.
LARGE = json.dumps({"version": 1, "destinations": {
    "ads": ["Ads"], **{f"d{n}": [f"c{n}", "\u00e9"] for n in range(1500)}}}).encode()
LARGE_CHANGED = LARGE.replace(b'["c', b'["x')
# Events that hold ids which no mapping knows.
STRANGE = b"".join(b'{"context":{"consent":{"categoryPreferences":{"Ads":true,%s}}}}\n' % b",".join(
    b'"a category that nobody knows, number %d":true' % (100 * line + n) for n in range(100))
    for line in range(9)) + b"no event\n"
BEFORE = b"what was there before\n" * 9000 # in files that the run writes


def make_lines(seed, n, longest=3000):
    """Events that say which line they are; some lines are none."""
    rng = random.Random(seed)
    lines = []
    for number in range(1, n + 1):
        ads, fun = rng.choice([b"true", b"false"]), rng.choice([b"true", b"false"])
        consent = b'"context":{"consent":{"categoryPreferences":{"Ads":%s,"Fun":%s}}}' % (ads, fun)
        text = b"x" * rng.choice([0, 100, 900, longest])
        line = b'{"file":%d,"at":%d,"messageId":"m%d",%s,"text":"%s"}' % (
            seed, number, rng.randrange(10**9), consent, text)
        kind = rng.randrange(60)
        lines.append({0: b"", 1: line[:-1], 2: b"[]"}.get(kind, line))
    return b"\n".join(lines) + b"\n"


class Scenario:
    """A command. `{}` in an argument is the folder of its files; what it writes are standard output,
    `outputs`, files that are there before, and all in the folder `split`. `told` says that all of
    standard error must be as undisturbed, too: not so where it tells of time. What `resumes` must
    come to the undisturbed end by the same command, however it was disturbed. With `memory`, each
    allocation is worth failing."""

    def __init__(self, name, *args, events=None, outputs=(), told=True, resumes=False,
                 memory=False):
        self.name = name
        self.args = args
        self.events = events  # on standard input
        self.outputs = outputs
        self.told = told
        self.splits = "--split" in args
        self.resumes = resumes
        self.memory = memory
        self.findings = args[0] == "check"  # of other mappings when one cannot be read


class Result:
    def __init__(self, status, outputs, messages):
        self.status = status
        self.outputs = outputs  # by name, `stdout` first
        self.messages = messages

    def same(self, other, told):
        return (self.status, self.outputs) == (other.status, other.outputs) and (
            not told or self.messages == other.messages)


def filters():
    """Runs of the filter."""
    mapping = ("-m", "{}/mapping.json")
    rejects, audit = ("--rejects", "{}/rejects"), ("--audit", "{}/audit")
    many = ("{}/first", "{}/packed.gz", "{}/empty", "{}/few")
    yield Scenario("filter", *mapping, "-j", "1", "{}/few")
    yield Scenario("filter standard input", *mapping, "-j", "2", events="many")
    yield Scenario("filter in threads", *mapping, "-j", "4", "{}/many")
    yield Scenario("filter with rejects and audit", *mapping, *rejects, *audit, "-j", "1", "{}/few",
                   outputs=("rejects", "audit"))
    yield Scenario("filter in threads with all outputs", *mapping, *rejects, *audit, "-j", "2",
                   "--stats=json", *many, "{}/many", "-", events="few2",
                   outputs=("rejects", "audit"))
    yield Scenario("filter with statistics", *mapping, "--stats=table", "-j", "1", "{}/few")
    yield Scenario("filter by a large mapping", "-m", "{}/large.json", "--stats=json", "-j", "2",
                   "{}/strange", memory=True)
    yield Scenario("filter with progress", *mapping, "--progress=always", "-j", "1", "-f", "json",
                   "{}/few", told=False)
    yield Scenario("filter gzip", *mapping, "-j", "1", "{}/packed.gz")
    yield Scenario("filter gzip in threads", *mapping, "-j", "2", "{}/many.gz")
    if shutil.which("zstd"):
        yield Scenario("filter Zstandard", *mapping, "-j", "1", "{}/few.zst")
        yield Scenario("filter Zstandard in threads", *mapping, "-j", "2", "{}/many.zst")


def replays():
    """Runs of the filter that write many files, and know where they stopped."""
    run = ("-m", "{}/mapping.json", "--split", "{}/split")
    yield Scenario("split", *run, "-j", "1", "{}/few")
    yield Scenario("split in threads", *run, "-j", "2", "{}/many", "{}/few")
    yield Scenario("split packed by gzip", *run, "-j", "1", "--split-compress", "gz", "{}/few")
    if shutil.which("zstd"):
        yield Scenario("split packed by Zstandard", *run, "-j", "1", "--split-compress", "zst",
                       "{}/few")
    run += ("--checkpoint", "{}/checkpoint", "--checkpoint-every", "64K", "-j", "1")
    outputs = ("--rejects", "{}/rejects", "--audit", "{}/audit")
    yield Scenario("checkpoint", *run, "{}/few", "{}/few2", resumes=True)
    yield Scenario("checkpoint with all outputs", *run, *outputs, "{}/first", "{}/packed.gz",
                   "{}/few", outputs=("rejects", "audit"), resumes=True)
    yield Scenario("checkpoint in threads", *run, *outputs, "-j", "2", "{}/many",
                   outputs=("rejects", "audit"), resumes=True)
    yield Scenario("checkpoint packed", *run, "--split-compress", "gz", "{}/few", "{}/few2",
                   resumes=True)


def commands():
    """Runs of the other commands."""
    mapping = ("-m", "{}/mapping.json")
    for form in ("text", "json", "github", "sarif"):
        yield Scenario(f"check as {form}", "check", "--format", form, "{}/mistakes.json",
                       "{}/mapping.json")
    yield Scenario("check against events", "check", "--format", "json", "{}/large.json",
                   "--against", "{}/few", "{}/strange", memory=True)
    for form in ("text", "json"):
        yield Scenario(f"explain as {form}", "explain", "-f", form, *mapping, "{}/few", "{}/packed.gz")
    yield Scenario("diff as text", "diff", "{}/mapping.json", "{}/changed.json", "{}/few", "{}/few2")
    yield Scenario("diff as json", "diff", "-f", "json", "{}/large.json", "{}/changed_large.json",
                   "{}/few", "{}/strange", memory=True)
    yield Scenario("explain one event", "explain", *mapping, "--line", "5", events="few")
    yield Scenario("report", "report", "-m", "{}/large.json", "{}/few", "{}/strange", memory=True)
    yield Scenario("help", "--help")
    yield Scenario("version", "--version")


def fast_folder():
    """Where a sync costs nothing, if there is such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Bench:
    """The program, a folder with the files that all scenarios read, and the undisturbed runs."""

    def __init__(self, assent, folder, sanitized=False):
        self.assent = os.path.abspath(assent)
        self.folder = folder
        self.sanitized = sanitized
        self.undisturbed = {}
        self.stderr = self.path("stderr")
        # By meson, malloc writes to all that the program only reserves: that would take ten times as long.
        self.environment = {key: value for key, value in os.environ.items() if key != "MALLOC_PERTURB_"}
        many = make_lines(2, 2000)
        for name, content in (
                ("mapping.json", MAPPING), ("changed.json", CHANGED), ("mistakes.json", MISTAKES),
                ("large.json", LARGE), ("changed_large.json", LARGE_CHANGED), ("strange", STRANGE),
                ("few", make_lines(1, 300)), ("few2", make_lines(3, 100)),
                ("first", make_lines(4, 50)[:-9]), ("empty", b""), ("many", many),
                ("packed.gz", gzip.compress(make_lines(5, 200))),
                ("many.gz", gzip.compress(many))):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(content)
        if shutil.which("zstd"):
            for name in ("few", "many"):  # from a pipe: how long they are is not in them
                with open(self.path(name + ".zst"), "wb") as packed:
                    subprocess.run(["zstd", "-qc"], input=self.bytes(name), stdout=packed, check=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, scenario):
        return [self.assent, *(arg.replace("{}", self.folder) for arg in scenario.args)]

    def clear(self, scenario):
        """Takes away what a run before has written."""
        with open(self.path("stdout"), "wb"):
            pass
        for name in scenario.outputs:
            with open(self.path(name), "wb") as file:
                file.write(BEFORE)
        shutil.rmtree(self.path("split"), ignore_errors=True)
        if scenario.resumes and os.path.exists(self.path("checkpoint")):
            os.unlink(self.path("checkpoint"))

    def outputs(self, scenario):
        """What stands in the outputs, by name."""
        names = ["stdout", *scenario.outputs]
        if os.path.isdir(self.path("split")):
            names += sorted("split/" + name for name in os.listdir(self.path("split")))
        return {name: self.bytes(name) for name in names}

    def run(self, scenario, *, anew=True, wrap=(), env=None, timeout=60,
            started=None):
        """The result of a run; its status is None when it had to be ended. Only without `anew` it
        finds what the run before has written. `started` is called with the process."""
        if anew:
            self.clear(scenario)
        with open(self.path(scenario.events) if scenario.events else os.devnull, "rb") as events, \
                open(self.path("stdout"), "wb") as out, open(self.stderr, "wb") as err:
            process = subprocess.Popen(
                [*wrap, *self.command(scenario)], stdin=events, stdout=out, stderr=err,
                env={**self.environment, **(env or {})}, start_new_session=True)
            if started:
                started(process)
            try:
                status = process.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # what wraps it, too
                process.wait()
                status = None
        return Result(status, self.outputs(scenario), self.bytes(self.stderr))

    def bytes(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def resumed(self, scenario):
        """What is wrong when the run before is gone on with, undisturbed, or None."""
        base, got = self.base(scenario), self.run(scenario, anew=False)
        if (got.status, got.outputs) == (base.status, base.outputs):
            return None
        names = [name for name in base.outputs if got.outputs.get(name) != base.outputs[name]]
        return f"it does not go on: {got.status} {names} {got.messages[-300:]!r}"

    def base(self, scenario):
        if scenario.name not in self.undisturbed:
            result = self.run(scenario)
            assert result.status in (0, 1), (scenario.name, result.status, result.messages)
            self.undisturbed[scenario.name] = result
        return self.undisturbed[scenario.name]


# ---- what may come of it ----

CUT = re.compile(rb"([^\n:]*):(\d+): error: cannot (read on|write standard output)([^\n]*)\n")
ORIGIN = re.compile(rb'"file":(\d+),"at":(\d+),')
SEEDS = {b"few": 1, b"many": 2, b"few2": 3, b"first": 4, b"packed": 5}


def unpacked(name, content):
    """What is packed in a file of that name; when it is damaged, no output's begin."""
    if content and name.endswith(".gz"):
        try:
            return gzip.decompress(content)
        except (OSError, EOFError):
            return b"damaged"
    if content and name.endswith(".zst"):
        done = subprocess.run(["zstd", "-qdc"], input=content, capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else b"damaged"
    return content


def half_line(base, got):
    """Whether the output is not a run of whole lines that the undisturbed one begins with. The last
    line of a file may lack its end, and is kept so among the rejects."""
    ends = got == base or got[-1:] in (b"", b"\n") or base[len(got):len(got) + 1] == b"\n"
    return not base.startswith(got) or not ends


def is_document(got):
    """Findings that are fewer than undisturbed, but whole."""
    try:
        return got[-1:] in (b"", b"\n") and (got[:1] not in (b"[", b"{") or json.loads(got) is not None)
    except ValueError:
        return False


def lines_missing(base, got, messages):
    """Whether a message says that all up to a line was written while some of it is not."""
    for name, line, what, rest in CUT.findall(messages):
        if what != b"read on" and b"all up to this line was written" not in rest:
            continue
        seed = SEEDS.get(os.path.basename(name).split(b".")[0])
        for file, at in ORIGIN.findall(base[len(got):]):
            if int(file) == seed and int(at) <= int(line):
                return f"{name.decode()}:{line.decode()} is said to be written"
    return None


def is_begin(base, got):
    """Whether the undisturbed outputs begin with what stands there: a last line without its end is
    no line. Packed files are damaged by as little."""
    return all(now == BEFORE or name.endswith(("gz", "zst")) or base.outputs[name].startswith(now)
               for name, now in got.outputs.items())


def new_error(base, got):
    """The first error that is told, and was not when nothing was disturbed. How many lines were
    rejected in all is none."""
    before = set(base.messages.splitlines())
    for line in got.messages.splitlines():
        if line.startswith(b"assent: ") and b"error: " in line and line not in before and (
                b"lines were rejected" not in line):
            return line
    return None


def judge(scenario, base, got, *, waited_out=False, heard=True, memory=False, may_end_by=None):
    """What is wrong with a run, or None.

    waited_out  nothing failed that is more than a delay: all must be as undisturbed
    heard       standard error could be written: what fails must be told there
    memory      it can only have been short of memory
    may_end_by  a signal
    """
    if got.status is None:
        return "it does not end"
    if got.status not in (0, 1, 2, 3) and got.status != -(may_end_by or 0):
        return f"it ended with {got.status}"
    if got.status in (0, 1) or waited_out:
        return None if got.same(base, scenario.told and heard) else "it is not as undisturbed"
    error = new_error(base, got)
    if got.status > 0 and heard and error is None:
        return "nothing is told"
    if got.status < 0 and error is not None:
        return "an error is told"
    if memory and b"memory" not in error:
        return "it is told wrongly"
    if got.status == -signal.SIGKILL:
        return None if is_begin(base, got) else "it wrote something else"
    if scenario.findings:
        return None if is_document(got.outputs["stdout"]) else "the findings are cut off"
    for name, now in got.outputs.items():
        if name != "stdout" and now == BEFORE:
            continue  # it was not begun
        if got.status == 2 and now:
            return f"{name} was written"
        if half_line(unpacked(name, base.outputs.get(name, b"")), unpacked(name, now)):
            return f"{name} is no run of whole lines"
    return lines_missing(base.outputs["stdout"], got.outputs["stdout"], got.messages)


class Fault:
    """The number-th call of a kind fails with an error, by name, or is `short`, or comes right
    behind a signal, by name."""

    def __init__(self, kind, number, error):
        self.kind, self.number, self.error = kind, number, error

    def __str__(self):
        return f"{self.kind} {self.number or 'always'} {self.error}"

    @property
    def signal(self):
        return getattr(signal, self.error, None)

    @property
    def waited_out(self):
        """No more than a delay, or something that can be done without."""
        return not self.signal and (
            (self.error in ("short", "EINTR", "EAGAIN") and self.kind != "memory") or
            self.kind in ("thread", "poll"))

    def environment(self):
        error = f"signal:{int(self.signal)}" if self.signal else getattr(errno, self.error, "short")
        return {"FAULT": f"{self.kind}:{self.number}:{error}"}


class Preload:
    """Runs with fail_call.c."""

    def __init__(self, bench, library):
        self.bench = bench
        self.counts_file = bench.path("counts")
        self.env = {"LD_PRELOAD": os.path.abspath(library), "FAULT_COUNTS": self.counts_file}
        if bench.sanitized:
            self.env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"

    def clear(self):
        """Sets the counts to naught."""
        with open(self.counts_file, "wb") as file:
            file.write(struct.pack(f"{len(KINDS) + 1}q", *[0] * len(KINDS), -1))

    def run(self, scenario, fault=None):
        """The result, the number of calls of each kind, the descriptor of the call that failed."""
        self.clear()
        result = self.bench.run(scenario, env={**self.env, **(fault.environment() if fault else {})})
        numbers = struct.unpack(f"{len(KINDS) + 1}q", self.bench.bytes("counts"))
        return result, dict(zip(KINDS, numbers)), numbers[-1]

    def judge(self, scenario, fault):
        """What is wrong with a run in which the fault strikes, or None."""
        got, _, fd = self.run(scenario, fault)
        if self.bench.sanitized and b"Sanitizer: CHECK failed" in got.messages:
            return None  # the sanitizer itself does without no memory; its findings read otherwise
        file = fault.error == "EAGAIN" and fd > 2 and scenario.splits  # never is it put off
        why = judge(scenario, self.bench.base(scenario), got,
                    waited_out=fault.waited_out and not file,
                    heard=fault.kind != "write" or fd != 2, memory=fault.error == "ENOMEM",
                    may_end_by=signal.SIGPIPE if fault.error == "EPIPE" else fault.signal)
        if not why and got.status != self.bench.base(scenario).status and scenario.resumes:
            why = self.bench.resumed(scenario)
        return why and f"{fault}: {why}: {got.status} {got.messages[-300:]!r}"
