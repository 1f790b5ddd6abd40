"""The sandbox, tried from inside, and the program in it with all that it does. Prints TAP.

    run.py ASSENT INSIDE SAMPLES confined|unconfined

INSIDE is inside.c's program. A half of the sandbox that this system lacks is skipped. Unconfined: a
build that has no sandbox on purpose.
"""
import ctypes
import errno
import gzip
import os
import pathlib
import platform
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "check"))
from tap import Tap, run  # noqa: E402

DONE = "done"
DENIED = os.strerror(errno.EACCES)
NO_CALL = os.strerror(errno.ENOSYS)
KILLED = signal.SIGSYS.name

# What one half of the sandbox, or both, make of each try of inside.c; None: that half does not care.
TRIES = {
    # name: (files, calls, both)
    "read_file": (DONE, DONE, DONE),
    "write_file": (DENIED, NO_CALL, NO_CALL),
    "empty_file": (None, NO_CALL, NO_CALL),
    "read_other": (DENIED, None, DENIED),
    "write_other": (DENIED, NO_CALL, NO_CALL),
    "empty_other": (None, NO_CALL, NO_CALL),
    "remove_other": (DENIED, NO_CALL, NO_CALL),
    "link_other": (None, NO_CALL, NO_CALL),
    "list_folder": (DONE, NO_CALL, NO_CALL),
    "read_in_folder": (DENIED, None, DENIED),
    "make_in_folder": (DENIED, NO_CALL, NO_CALL),
    "make_folder": (DENIED, NO_CALL, NO_CALL),
    "run_program": (DENIED, KILLED, KILLED),
    "make_process": (None, KILLED, KILLED),
    "spawn_program": (DENIED, KILLED, KILLED),
    "make_socket": (None, KILLED, KILLED),
    "become_traced": (None, KILLED, KILLED),
    "kill_other": (None, NO_CALL, NO_CALL),
    "map_code": (None, NO_CALL, NO_CALL),
    "make_code": (None, NO_CALL, NO_CALL),
    "type_into_terminal": (None, NO_CALL, NO_CALL),
    "unknown_call": (None, NO_CALL, NO_CALL),
    "write_opened": (DONE, DONE, DONE),
    "thread_writes": (DONE, DONE, DONE),
    "thread_reads_other": (DENIED, None, DENIED),
    "thread_makes_socket": (None, KILLED, KILLED),
    "die_by_signal": ("SIGTERM", "SIGTERM", "SIGTERM"),
    "call_abort": ("SIGABRT", "SIGABRT", "SIGABRT"),
}

# The same where files may be made in the folder.
TRIES_IN_FOLDER = {
    "read_in_folder": (DONE, None, DONE),
    "list_folder": (DONE, None, DONE),
    "make_in_folder": (DONE, None, DONE),
    "replace_in_folder": (DONE, None, DONE),
    "rename_out_of_folder": (DENIED, None, DENIED),
    "make_folder": (DENIED, NO_CALL, NO_CALL),
    "link_other": (None, NO_CALL, NO_CALL),
    "write_file": (DENIED, None, DENIED),
    "read_other": (DENIED, None, DENIED),
    "write_other": (DENIED, None, DENIED),
    "remove_other": (DENIED, None, DENIED),
    "run_program": (DENIED, KILLED, KILLED),
    "make_socket": (None, KILLED, KILLED),
}

# Linux's numbers of the calls that make a sandbox.
CALLS = {
    "x86_64": {"prctl": 157, "seccomp": 317, "landlock": 444},
    "aarch64": {"prctl": 167, "seccomp": 277, "landlock": 444},
}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38


def outcome(process):
    if process.returncode < 0:
        return signal.Signals(-process.returncode).name
    text = process.stdout.decode().strip()
    return os.strerror(int(text)) if text.isdigit() else text


def try_all(tap, inside, tries, *options):
    for at, half in enumerate(("files", "calls", "both")):
        for name, expected in tries.items():
            if expected[at] is None:
                continue
            with tempfile.TemporaryDirectory() as made:
                folder = pathlib.Path(made)
                (folder / "folder").mkdir()
                for file in ("file", "other", "folder/there"):
                    (folder / file).write_text("bytes")
                got = run(inside, half, name, "file", "other", "folder", *options, cwd=folder,
                          stdin=subprocess.DEVNULL)
            title = " ".join((half, name, *options))
            if got.returncode == 77:
                tap.skip(title, got.stdout.decode().strip())
            else:
                tap.equal(outcome(got), expected[at], title)


def without(*lacking):
    """To run in a child: the system answers as one would that lacks these."""
    calls = CALLS[platform.machine()]

    def step(code, if_true, if_false, k):
        return struct.pack("HBBI", code, if_true, if_false, k)

    load, equal, end, deny = 0x20, 0x15, 0x06, 0x00050000 | errno.ENOSYS
    program = step(load, 0, 0, 0)
    if "landlock" in lacking:
        program += step(equal, 0, 1, calls["landlock"]) + step(end, 0, 0, deny)
    if "seccomp" in lacking:
        program += step(equal, 0, 1, calls["seccomp"]) + step(end, 0, 0, deny)
        program += step(equal, 0, 3, calls["prctl"]) + step(load, 0, 0, 16)
        program += step(equal, 0, 1, PR_SET_SECCOMP) + step(end, 0, 0, deny)
    program += step(end, 0, 0, 0x7FFF0000)

    def enter():
        libc = ctypes.CDLL(None, use_errno=True)
        bytes_of = ctypes.create_string_buffer(program)
        header = ctypes.create_string_buffer(
            struct.pack("HP", len(program) // 8, ctypes.addressof(bytes_of)))
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or \
                libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "seccomp")

    return enter


class Program:
    """The filter with the sample mapping, in a folder of its own."""

    def __init__(self, assent, samples, folder):
        self.assent = assent
        self.folder = folder
        shutil.copy(samples / "mapping.json", folder)
        shutil.copy(samples / "events.ndjson", folder)
        events = (samples / "events.ndjson").read_bytes()
        (folder / "many").write_bytes((events + b"no event\n") * 100)
        (folder / "gz").write_bytes(gzip.compress(events))
        self.events = events

    def run(self, *arguments, **options):
        return run(self.assent, "-m", "mapping.json", *arguments, cwd=self.folder, **options)

    def all_it_writes(self, *arguments, **options):
        got = self.run(*arguments, **options)
        files = [(self.folder / name).read_bytes() for name in ("rejects", "audit")]
        # What progress tells, and when, is another each run.
        err = re.sub(rb"\r[^\r\n]*?\x1b\[K", b"", got.stderr)
        return got.returncode, got.stdout, err, files


def same_in_it(tap, program):
    """Everything that the program can do it does in the sandbox, too."""
    shell = f'exec {program.assent} --sandbox=$0 -m mapping.json <(cat events.ndjson)'
    for name, arguments, options in (
            ("a file", ["many"], {}),
            ("standard input", [], {"input": program.events}),
            ("gzip", ["gz"], {}),
            ("Zstandard", ["zst"], {}),
            ("several files", ["gz", "many", "-", "events.ndjson"], {"input": program.events}),
            ("/dev/stdin", ["/dev/stdin"], {"input": program.events}),
            ("a folder", ["events.ndjson", "."], {}),
    ):
        if name == "Zstandard":
            if shutil.which("zstd") is None:
                tap.skip(name, "zstd is not installed")
                continue
            run("zstd", "-q", "-f", "events.ndjson", "-o", "zst", cwd=program.folder)
        for jobs in ("1", "4"):
            every = ["-j", jobs, "--rejects", "rejects", "--audit", "audit", "--stats",
                     "--progress=always", *arguments]
            free = program.all_it_writes("--sandbox=off", *every, **options)
            confined = program.all_it_writes("--sandbox=require", *every, **options)
            tap.ok(free == confined and free[0] in (0, 1, 3) and free[1] != b"",
                   f"{name}, -j {jobs}: the same in the sandbox", free[0], confined[0],
                   confined[2])
    free, confined = (run("bash", "-c", shell, when, cwd=program.folder)
                      for when in ("off", "require"))
    tap.ok((free.returncode, free.stdout) == (confined.returncode, confined.stdout)
           and free.returncode == 0 and free.stdout != b"",
           "a pipe by its name in /dev/fd: the same in the sandbox", confined.stderr)


def replay(program, when, *options):
    """All that is put out by a run that fails half-way, and one that goes on from its checkpoint
    and cuts off what a kill may have left of a line."""
    folder = program.folder / "replay"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "mark").mkdir(parents=True)
    statuses = []
    for limit in (1 << 20, resource.RLIM_INFINITY):
        with open(folder / "out", "ab") as out:
            out.write(b"half a line" if statuses else b"")
            out.flush()
            statuses.append(subprocess.run(
                [program.assent, f"--sandbox={when}", "-m", "mapping.json", "--checkpoint",
                 "replay/mark/checkpoint", "--checkpoint-every", "100K", "--rejects",
                 "replay/rejects", *options, "many", "gz"],
                cwd=program.folder, stdout=out, stderr=subprocess.DEVNULL, check=False, timeout=60,
                preexec_fn=lambda n=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)),
            ).returncode)
    return statuses, {file.relative_to(folder): file.read_bytes()
                      for file in folder.rglob("*") if file.is_file()}


def replays(tap, program):
    """Files that are made, cut back and replaced are so in the sandbox, too."""
    for options in ([], ["--split", "replay/split"],
                    ["--split", "replay/split", "--split-compress", "gz"]):
        free = replay(program, "off", *options)
        confined = replay(program, "require", *options)
        first = 1 if "gz" in options else 3 # packed, it is too little to reach the limit
        tap.ok(free == confined and free[0] == [first, 1],
               f"{' '.join(['--checkpoint', *options])}: the same in the sandbox", free[0],
               confined[0], *(name for name in free[1] if free[1][name] != confined[1].get(name)))


def status_of(process, threads):
    """What the system says of the waiting program's threads, once there are so many."""
    for _ in range(200):
        tasks = [task.read_text() for task in
                 pathlib.Path(f"/proc/{process.pid}/task").glob("*/status")]
        states = {tuple(re.search(rf"^{field}:\s*(\d+)", text, re.M).group(1)
                        for field in ("NoNewPrivs", "Seccomp")) for text in tasks}
        if len(tasks) >= threads and states == {("1", "2")}:
            break
        time.sleep(0.05)
    return len(tasks), states


def is_in_it(tap, program):
    """The system says that the program is in a sandbox, in every thread."""
    for jobs, threads in (("1", 1), ("2", 3)):
        command = [program.assent, "-j", jobs, "-m", "mapping.json"]
        with subprocess.Popen(command, cwd=program.folder, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as process:
            process.stdin.write(program.events * 100) # threads start for much input
            process.stdin.flush()
            n, states = status_of(process, threads)
            process.stdin.close()
            tap.ok(process.wait(60) == 0 and n >= threads and states == {("1", "2")},
                   f"-j {jobs}: no new privileges and a filter of calls in all threads", n, states)


def later_files(tap, program):
    """A file that takes a named one's place during the run is not opened."""
    fifo, late = program.folder / "fifo", program.folder / "late"
    os.mkfifo(fifo)
    for when, status in (("off", 0), ("require", 3)):
        shutil.copy(program.folder / "events.ndjson", late)
        command = [program.assent, f"--sandbox={when}", "-m", "mapping.json", "fifo", "late"]
        with subprocess.Popen(command, cwd=program.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            with open(fifo, "wb") as pipe: # by now it is open in there
                os.rename(program.folder / "gz", late)
                pipe.write(program.events)
            err = process.communicate(timeout=60)[1]
        os.rename(late, program.folder / "gz")
        tap.ok(process.returncode == status and (status == 0) == (err == b""),
               f"a file changed for another one, --sandbox={when}", process.returncode, err)
    fifo.unlink()


def cannot_be_had(tap, program, words, **options):
    """Required and not there: nothing is read, nothing written. By default, it goes on."""
    kept = program.folder / "kept"
    kept.write_bytes(b"as it was\n")
    with open(program.folder / "events.ndjson", "rb") as events:
        got = program.run("--sandbox=require", "--rejects", "kept", stdin=events, **options)
        message = f"assent: error: the sandbox that is required cannot be had: {words}".encode()
        tap.ok((got.returncode, got.stdout, events.tell()) == (2, b"", 0)
               and got.stderr.startswith(message), f"required, but: {words}", got)
    tap.equal(kept.read_bytes(), b"as it was\n", f"{words}: a file of rejects stays as it was")
    free = program.run("--sandbox=off", "events.ndjson")
    auto = program.run("events.ndjson", **options)
    tap.equal((auto.returncode, auto.stdout, auto.stderr),
              (free.returncode, free.stdout, free.stderr), f"{words}: by default it goes on")


def kernels(tap, program):
    if platform.machine() not in CALLS:
        tap.skip("systems that lack a half", f"numbers of calls on {platform.machine()}")
        return
    for lacking, name in ((("landlock",), "Landlock"), (("seccomp",), "seccomp"),
                          (("landlock", "seccomp"), "Landlock and seccomp")):
        cannot_be_had(tap, program, f"{name}: ", preexec_fn=without(*lacking))


def other_commands(tap, program):
    """They enter it where they begin to read events."""
    for command in (["explain", "-m", "mapping.json"], ["report", "-m", "mapping.json"],
                    ["diff", "mapping.json", "mapping.json"],
                    ["check", "mapping.json", "--against"]):
        process = subprocess.Popen([program.assent, *command, "-"], cwd=program.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        states = status_of(process, 1)[1]
        process.communicate(program.events, timeout=60)
        tap.ok(states == {("1", "2")} and process.returncode in (0, 1),
               f"assent {command[0]} is in the sandbox", states, process.returncode)


def main():
    assent, inside, samples = (os.path.abspath(path) for path in sys.argv[1:4])
    build = sys.argv[4]
    tap = Tap()
    with tempfile.TemporaryDirectory() as made:
        program = Program(assent, pathlib.Path(samples), pathlib.Path(made))
        got = program.run("--sandbox=require", "events.ndjson")
        if build == "unconfined":
            cannot_be_had(tap, program, "a sanitizer or valgrind is at work")
            tap.end()
        try_all(tap, inside, TRIES)
        try_all(tap, inside, TRIES_IN_FOLDER, "in-folder")
        if got.returncode == 2:
            tap.skip("the program in the sandbox", got.stderr.decode().strip())
        else:
            same_in_it(tap, program)
            replays(tap, program)
            is_in_it(tap, program)
            later_files(tap, program)
            other_commands(tap, program)
            kernels(tap, program)
    tap.end()


if __name__ == "__main__":
    main()
