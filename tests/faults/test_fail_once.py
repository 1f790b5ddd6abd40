"""Every allocation and every call of the program fails once, in every scenario; see README.

    test_fail_once.py ASSENT FAIL_CALL_LIBRARY [--sanitized] [--all] [NAME...]

Without --all, of many calls only some fail. Names are those of scenarios.
"""
import sys
import tempfile

from scenarios import Bench, Fault, Preload, commands, fast_folder, filters, replays
from tap import Tap

# What each kind of call can fail with.
ERRORS = {
    "memory": ["ENOMEM"],
    "thread": ["EAGAIN"],
    "open": ["EINTR", "EACCES", "EMFILE"],
    "read": ["EINTR", "EAGAIN", "EIO", "short"],
    "write": ["EINTR", "EAGAIN", "EIO", "ENOSPC", "EPIPE", "short"],
    "close": ["EINTR", "EIO", "ENOSPC"],
    "stat": ["EIO"],
    "seek": ["EIO", "ESPIPE"],
    "truncate": ["EINTR", "EIO"],
    "poll": ["EINTR", "ENOMEM"],
    "pipe": ["EMFILE"],
    "fcntl": ["EPERM"],
    "sigaction": ["EINVAL"],
    "access": ["EACCES"],
    "sync": ["EINTR", "EIO", "ENOSPC"],
    "rename": ["EIO", "ENOSPC"],
    "unlink": ["EIO"],
    "folder": ["ENOSPC"],
}


def numbers(count, most):
    """Of the calls 1 to count, those that are to fail; the first and the last are among them."""
    if count <= most:
        return range(1, count + 1)
    return sorted({1 + i * (count - 1) // (most - 1) for i in range(most)})


def faults(counts, most, most_memory):
    for kind, errors in ERRORS.items():
        for number in numbers(counts[kind], most_memory if kind == "memory" else most):
            for error in errors:
                yield Fault(kind, number, error)
            yield Fault(kind, number, ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"][number % 4])
        for error in ("EIO", "ENOMEM", "short"):  # each one, from the first on
            if counts[kind] > 1 and error in errors:
                yield Fault(kind, 0, error)


def main():
    options = [arg for arg in sys.argv[1:] if arg.startswith("--")]
    sanitized = "--sanitized" in options
    most = sys.maxsize if "--all" in options else 3 if sanitized else 8  # of each kind
    assent, library, *names = (arg for arg in sys.argv[1:] if not arg.startswith("--"))
    tap = Tap()
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        bench = Bench(assent, folder, sanitized)
        preload = Preload(bench, library)
        for scenario in [*filters(), *replays(), *commands()]:
            if names and scenario.name not in names:
                continue
            undisturbed, counts, _ = preload.run(scenario)
            tap.ok(undisturbed.same(bench.base(scenario), scenario.told) and counts["write"] > 0,
                   f"{scenario.name}: undisturbed", undisturbed.messages, counts)
            wrong = []
            most_memory = sys.maxsize if scenario.memory and not sanitized else most
            for n, fault in enumerate(faults(counts, most, most_memory), 1):
                why = preload.judge(scenario, fault)
                if why:
                    wrong.append(why)
            tap.ok(not wrong, f"{scenario.name}: {n} faults, one a run", *wrong[:200])
            sys.stdout.flush()
    tap.end()


if __name__ == "__main__":
    main()
