"""Files that may not grow, a full file system, too little memory; see README.

    test_room.py ASSENT [--sanitized] [TIMES]

TIMES: so many limits for each scenario.
"""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile

from scenarios import Bench, commands, fast_folder, filters, judge, replays
from tap import Tap

LOADER = 127  # status of a program whose libraries cannot be loaded


def spread(least, most, times):
    """Numbers of all magnitudes between the two."""
    return [int(least * (most / least) ** (i / max(times - 1, 1))) for i in range(times)]


def what_is_wrong(bench, scenario, got, **how):
    base = bench.base(scenario)
    why = judge(scenario, base, got, **how)
    if not why and got.status != base.status and scenario.resumes:
        why = bench.resumed(scenario)
    return why and f"{scenario.name}: {why}: {got.status} {got.messages[-300:]!r}"


def files_that_may_not_grow(bench, scenario, times):
    largest = max(len(content) for content in bench.base(scenario).outputs.values())
    for limit in spread(1, largest + 100, times):
        got = bench.run(scenario, wrap=["prlimit", f"--fsize={limit}"])
        yield limit, what_is_wrong(bench, scenario, got, heard=len(got.messages) < limit)


def too_little_memory(bench, scenario, times):
    """As much as the loader needs, and more."""
    for limit in spread(6 << 20, 400 << 20, times):
        got = bench.run(scenario, wrap=["prlimit", f"--as={limit}"])
        if got.status != LOADER:
            yield limit, what_is_wrong(bench, scenario, got, memory=True)


class FullDisk:
    """A file system of its own, of which only some is left."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", folder], check=True,
                       stderr=subprocess.DEVNULL)

    def leave(self, n_bytes):
        left = os.statvfs(self.folder)
        used = (left.f_blocks - left.f_bfree) * left.f_frsize
        size = "1g" if n_bytes is None else used + n_bytes // 4096 * 4096
        subprocess.run(["mount", "-o", f"remount,size={size}", self.folder], check=True)

    def close(self):
        subprocess.run(["umount", self.folder], check=True)


def a_full_disk(disk, bench, scenario, times):
    base = bench.base(scenario)
    size = sum(len(content) for content in base.outputs.values())
    for room in spread(4096, size + (64 << 10), times):
        bench.clear(scenario)
        disk.leave(room)
        got = bench.run(scenario, anew=False)
        disk.leave(None)
        yield room, what_is_wrong(bench, scenario, got)


def try_all(tap, name, scenarios, check):
    n, wrong = 0, []
    for scenario in scenarios:
        for limit, why in check(scenario):
            n += 1
            if why:
                wrong.append(f"{limit}: {why}")
    tap.ok(not wrong and n > 0, f"{name}: {n} runs", *wrong[:100])
    sys.stdout.flush()


def main():
    args = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
    assent, times = args[0], int(args[1]) if len(args) > 1 else 6
    sanitized = "--sanitized" in sys.argv
    tap = Tap()
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        bench = Bench(assent, folder, sanitized)
        every = [*filters(), *replays(), *commands()]
        if not shutil.which("prlimit"):
            tap.skip("files that may not grow", "there is no prlimit")
        else:
            try_all(tap, "files that may not grow", every,
                    lambda scenario: files_that_may_not_grow(bench, scenario, times))
        if sanitized or not shutil.which("prlimit"):
            tap.skip("too little memory", "a sanitizer needs more" if sanitized else "no prlimit")
        else:
            try_all(tap, "too little memory", every,
                    lambda scenario: too_little_memory(bench, scenario, times))
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as elsewhere:
        try:
            disk = FullDisk(folder)
        except (OSError, subprocess.CalledProcessError):
            tap.skip("a full disk", "mounting is not permitted")
            tap.end()
        with contextlib.closing(disk):
            bench = Bench(assent, folder, sanitized)
            bench.stderr = elsewhere.name
            try_all(tap, "a full disk", every, lambda scenario: a_full_disk(disk, bench, scenario, times))
    tap.end()


if __name__ == "__main__":
    main()
