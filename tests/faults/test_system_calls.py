"""Every system call fails once, in every scenario, by strace; see README.

    test_system_calls.py ASSENT [--sanitized] [--all] [NAME...]

strace numbers the calls of each thread by themselves, and those of the program's loader come first:
calls with such numbers are left out. What libraries call by themselves is reached as well. Without
--all, of the calls of a kind only some fail. Names are those of scenarios.
"""
import collections
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from scenarios import Bench, commands, fast_folder, filters, judge, replays
from tap import Tap

# What each call can fail with. Of those in DELAYS nothing may come. Left out: brk, which never fails
# by an error, and futex, of which strace would fail the kinds that cannot fail as well.
ERRORS = {
    "openat": "EINTR ENOENT EMFILE",
    "read": "EINTR EAGAIN EIO",
    "pread64": "EINTR EIO",
    "write": "EINTR EIO ENOSPC EPIPE",
    "writev": "EINTR EAGAIN EIO ENOSPC EPIPE",
    "close": "EINTR EIO ENOSPC",
    "fstat": "EIO", "newfstatat": "EIO", "lseek": "EIO",
    "ftruncate": "EINTR EIO",
    "poll": "EINTR", "ppoll": "EINTR",
    "pipe": "EMFILE", "pipe2": "EMFILE",
    "rt_sigaction": "EINVAL", "access": "EACCES", "faccessat": "EACCES",
    "clone": "EAGAIN", "clone3": "EAGAIN",
    "mmap": "ENOMEM", "mprotect": "ENOMEM",
    "fsync": "EINTR EIO ENOSPC", "syncfs": "EIO",
    "renameat": "EIO", "unlinkat": "EIO", "mkdir": "ENOSPC", "mkdirat": "ENOSPC",
    "prlimit64": "EPERM", "sched_getaffinity": "EINVAL", "ioctl": "EINVAL",
}
DELAYS = {"EINTR", "EAGAIN"}
FEW = 2  # calls of a kind and thread that fail without --all
MAIN = re.compile(r"fcntl\(0, F_GETFD\)")  # the first call of main


def strace(*options):
    return ["strace", "-f", "-qq", *options]


def why_not():
    """Why calls cannot be made to fail here, or None."""
    if "--sanitized" in sys.argv:
        return "a sanitizer calls what it likes"
    if not shutil.which("strace"):
        return "there is no strace"
    done = subprocess.run(strace("-e", "trace=read", "-e", "inject=read:error=EIO:when=1000", "true"),
                          capture_output=True, check=False)
    return None if done.returncode == 0 else "tracing is not permitted"


class Traced:
    def __init__(self, bench):
        self.bench = bench
        self.log = bench.path("trace")

    def run(self, scenario, *options):
        return self.bench.run(scenario, wrap=strace("-o", self.log, *options))

    def calls(self, scenario):
        """By name: how often the loader calls, and the most that a thread does."""
        self.run(scenario, "-e", "trace=fcntl," + ",".join("?" + name for name in ERRORS))
        loader, most = collections.Counter(), collections.Counter()
        threads = collections.defaultdict(collections.Counter)
        with open(self.log, encoding="utf-8", errors="replace") as log:
            for line in log:
                thread, call = line.split(None, 1)
                if MAIN.match(call):
                    loader = threads[thread].copy()
                begun = re.match(r"(\w+)\(", call)
                if begun:
                    threads[thread][begun[1]] += 1
        for counts in threads.values():
            most |= counts
        return {name: (loader[name], most[name]) for name in ERRORS if most[name] > loader[name]}

    def judge(self, scenario, name, number, error):
        """What is wrong with a run in which that call fails, or None."""
        got = self.run(scenario, "-e", f"trace={name}",
                       "-e", f"inject={name}:error={error}:when={number}")
        with open(self.log, encoding="utf-8", errors="replace") as log:
            struck = [line.split(None, 1)[1] for line in log if "(INJECTED)" in line]
        base = self.bench.base(scenario)
        delay = error in DELAYS or not struck or name in ("mprotect", "prlimit64")
        why = judge(scenario, base, got, waited_out=delay,
                    heard=not any(re.match(r"writev?\(2,", call) for call in struck),
                    memory=error == "ENOMEM", may_end_by=signal.SIGPIPE if error == "EPIPE" else None)
        if not why and got.status != base.status and scenario.resumes:
            why = self.bench.resumed(scenario)
        return why and f"{name} {number} {error}: {why}: {got.status} {got.messages[-200:]!r} {struck[:2]}"


def numbers(loader, most, everything):
    every = range(loader + 1, most + 1)
    if everything or len(every) <= FEW:
        return every
    return [every[i * (len(every) - 1) // (FEW - 1)] for i in range(FEW)]


def main():
    assent, *names = (arg for arg in sys.argv[1:] if not arg.startswith("--"))
    tap = Tap()
    if why_not():
        tap.skip("every system call fails once", why_not())
        tap.end()
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        traced = Traced(Bench(assent, folder))
        for scenario in [*filters(), *replays(), *commands()]:
            if names and scenario.name not in names:
                continue
            wrong, n = [], 0
            calls = traced.calls(scenario)
            for name, (loader, most) in calls.items():
                for number in numbers(loader, most, "--all" in sys.argv):
                    for error in ERRORS[name].split():
                        n += 1
                        why = traced.judge(scenario, name, number, error)
                        if why:
                            wrong.append(why)
            tap.ok(not wrong and n > 0, f"{scenario.name}: {n} calls of {len(calls)} kinds, one a run",
                   *wrong[:100])
            sys.stdout.flush()
    tap.end()


if __name__ == "__main__":
    main()
