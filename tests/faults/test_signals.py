"""Signals and kills at random moments, slow and closed pipes, pipes that do not block, FIFOs; see
README.

    test_signals.py ASSENT FAIL_CALL_LIBRARY [--sanitized] [ROUNDS [SEED]]

ROUNDS: how many signals at random moments.
"""
import contextlib
import fcntl
import os
import random
import signal
import subprocess
import sys
import tempfile
import termios
import threading
import time

from scenarios import (Bench, Fault, Preload, Result, Scenario, commands, fast_folder, filters,
                       judge, replays)
from tap import Tap

PIPE_MOST = 1 << 20  # what the program makes of a pipe
ROOM = 1 << 16  # in a pipe that is nearly full: less than the program writes at once
LINE_MOST = 4096  # an output line of the scenarios is shorter


def write_slowly(fd, content, pause):
    """Writes all, in small pieces where there is a pause, to a pipe that may not block."""
    size = 3000 if pause else 1 << 16
    with contextlib.suppress(BrokenPipeError):
        for at in range(0, len(content), size):
            rest = content[at:at + size]
            while rest:
                try:
                    rest = rest[os.write(fd, rest):]
                except BlockingIOError:
                    time.sleep(0.0005)
            time.sleep(pause)
    os.close(fd)


def read_slowly(fd, into, pause):
    while True:
        piece = os.read(fd, 3000 if pause else 1 << 16)
        if not piece:
            break
        into.append(piece)
        time.sleep(pause)
    os.close(fd)


def set_nonblocking(fd):
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)


class Piped:
    """A run with pipes for standard input and output, whatever the scenario says of files."""

    def __init__(self, bench, scenario, *, blocks=True, pause=0.0, env=None, closed=False,
                 ignored=False, filled=b""):
        bench.clear(scenario)
        self.bench, self.scenario = bench, scenario
        self.got, self.threads = [], []
        ours, theirs = os.pipe(), os.pipe()
        if not blocks:
            set_nonblocking(ours[0])
            set_nonblocking(theirs[1])
        if filled:
            fcntl.fcntl(theirs[1], fcntl.F_SETPIPE_SZ, PIPE_MOST)
            os.write(theirs[1], filled)
        self.filled = len(filled)
        self.flags = [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in (ours[0], theirs[1])]
        self.ends = [os.dup(ours[0]), os.dup(theirs[1])]
        if closed:
            os.close(theirs[0])
        with open(bench.stderr, "wb") as err:
            self.process = subprocess.Popen(
                bench.command(scenario), stdin=ours[0], stdout=theirs[1], stderr=err,
                env={**bench.environment, **(env or {})}, restore_signals=not ignored)  # of SIGPIPE
        for fd in (ours[0], theirs[1]):
            os.close(fd)
        content = bench.bytes(scenario.events) if scenario.events else b""
        self.start(write_slowly, ours[1], content, pause)
        self.reading, self.pause = None if closed else theirs[0], pause

    def start(self, *call):
        self.threads.append(threading.Thread(target=call[0], args=call[1:]))
        self.threads[-1].start()

    def read(self):
        """Begins to read, once."""
        os.close(self.ends.pop())
        if self.reading is not None:
            self.start(read_slowly, self.reading, self.got, self.pause)

    def wait_until_full(self):
        """Waits until nothing more goes into the pipe that is not read."""
        for _ in range(3000):
            held = fcntl.ioctl(self.reading, termios.FIONREAD, bytes(4))
            if int.from_bytes(held, sys.byteorder) > PIPE_MOST - LINE_MOST:
                break
            time.sleep(0.01)

    def flags_kept(self):
        return self.flags == [fcntl.fcntl(fd, fcntl.F_GETFL) for fd in self.ends]

    def end(self, timeout=60):
        """The result; the status is None when it had to be ended."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = None
        if len(self.ends) == 2:
            self.read()
        os.close(self.ends.pop())
        for thread in self.threads:
            thread.join()
        outputs = self.bench.outputs(self.scenario)
        outputs["stdout"] = b"".join(self.got)[self.filled:]
        return Result(status, outputs, self.bench.bytes(self.bench.stderr))


# ---- pipes ----


def pipes_that_do_not_block(bench, _preload, scenario):
    piped = Piped(bench, scenario, blocks=False, pause=0.0003)
    kept = piped.flags_kept()
    piped.read()
    got = piped.end()
    return judge(scenario, bench.base(scenario), got, waited_out=True) or (
        None if kept else "it changed the flags of a pipe that others have, too")


def readers_that_are_gone(bench, _preload, scenario):
    """Before the first byte: death by SIGPIPE, ignored or not, and nothing is said of it."""
    if not bench.base(scenario).outputs["stdout"]:
        return None
    for ignored in (False, True):
        got = Piped(bench, scenario, closed=True, ignored=ignored).end()
        if got.status != -signal.SIGPIPE or got.outputs["stdout"]:
            return f"it ended with {got.status}"
        why = judge(scenario, bench.base(scenario), got, may_end_by=signal.SIGPIPE)
        if why:
            return why
    return None


def signals_before_a_write_that_waits(bench, preload, scenario):
    """A reader stands still, and a signal comes in the instant before the write that it stops."""
    for signum in "SIGTERM", "SIGINT", "SIGHUP":
        fault = Fault("write", 1, signum)
        preload.clear()
        piped = Piped(bench, scenario, env={**preload.env, **fault.environment()},
                      filled=b"x" * (PIPE_MOST - ROOM))
        piped.wait_until_full()
        time.sleep(2.5)
        piped.read()  # now, what there is and the rest of a line
        got = piped.end(20)
        length = len(got.outputs["stdout"])
        why = judge(scenario, bench.base(scenario), got, may_end_by=fault.signal)
        if why or length > ROOM + LINE_MOST:
            return f"{fault}: {why or f'{length} bytes were written'}"
    return None


# ---- FIFOs ----


def fifo(bench):
    path = bench.path("fifo")
    if os.path.exists(path):
        os.unlink(path)
    os.mkfifo(path)
    return path


def signals_while_a_fifo_has_no_writer(bench, _preload, _scenario):
    for jobs, before in (("1", ()), ("4", ("{}/many",))):
        path = fifo(bench)
        scenario = Scenario("fifo", "-m", "{}/mapping.json", "-j", jobs, *before, path)
        piped = Piped(bench, scenario)
        piped.read()
        time.sleep(0.5)
        piped.process.send_signal(signal.SIGTERM)
        got = piped.end(5)
        if got.status != -signal.SIGTERM or b"error: cannot" in got.messages:
            return f"-j {jobs}: {got.status} {got.messages[-200:]!r}"
    return None


def a_fifo_whose_writer_is_late(bench, preload, _scenario):
    """Stopped and continued before and while there is one; or what waits for it is cut short."""
    cut_short = {**preload.env, **Fault("poll", 1, "EINTR").environment()}
    content = bench.bytes("many")
    for jobs, before, env in ("1", (), None), ("4", ("{}/few",), None), ("1", (), cut_short):
        path = fifo(bench)
        command = ("-m", "{}/mapping.json", "-j", jobs, *before)
        base = bench.run(Scenario("plain", *command, "{}/many"))
        preload.clear()
        piped = Piped(bench, Scenario("late", *command, path), env=env)
        piped.read()
        for _ in range(3):
            stop_and_continue(piped.process)
        try:
            writer = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return f"-j {jobs}: it does not wait: {piped.end().status}"
        stop_and_continue(piped.process)
        write_slowly(writer, content, 0)
        got = piped.end()
        if (got.status, got.outputs) != (base.status, base.outputs):
            return f"-j {jobs}: {got.status} {len(got.outputs['stdout'])} {got.messages[-200:]!r}"
    return None


# ---- signals at random moments ----


def stop_and_continue(process):
    time.sleep(0.02)
    process.send_signal(signal.SIGSTOP)
    time.sleep(0.02)
    process.send_signal(signal.SIGCONT)


def took(bench, scenario):
    """Seconds of an undisturbed run."""
    start = time.monotonic()
    bench.run(scenario)
    return time.monotonic() - start


def one_signal(bench, rng, scenario, seconds):
    """A run with a signal at a random moment; what is wrong with it, or None."""
    signum = rng.choice([signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL,
                         signal.SIGSTOP])
    pipes = rng.random() < 0.5
    moment = rng.random() * seconds
    base = bench.base(scenario)
    if pipes:
        piped = Piped(bench, scenario, blocks=rng.random() < 0.5, pause=rng.choice([0, 0.0003]))
        piped.read()
        timer = threading.Timer(moment, strike, (piped.process, signum))
        timer.start()
        got = piped.end()
        timer.join()
    else:
        got = bench.run(scenario, started=lambda process: strike(process, signum, moment))
    stopped = signum == signal.SIGSTOP
    why = judge(scenario, base, got, waited_out=stopped, may_end_by=signum)
    if not why and got.status != base.status and scenario.resumes and not pipes:
        why = bench.resumed(scenario)
    return why and f"{signum.name} at {moment:.4f} s, {'pipes' if pipes else 'files'}: {why}"


def strike(process, signum, moment=0.0):
    time.sleep(moment)
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signum)
        if signum == signal.SIGSTOP:
            time.sleep(0.01)
            process.send_signal(signal.SIGCONT)


def at_random_moments(tap, bench, rounds, seed):
    rng = random.Random(seed)
    scenarios = [*filters(), *replays(), *commands()]
    seconds = {scenario.name: took(bench, scenario) for scenario in scenarios}
    wrong = []
    for number in range(rounds):
        scenario = scenarios[number % len(scenarios)]
        why = one_signal(bench, rng, scenario, seconds[scenario.name])
        if why:
            wrong.append(f"{scenario.name}: {why}")
    tap.ok(not wrong, f"{rounds} signals at random moments, seed {seed}", *wrong[:50])


def main():
    args = [arg for arg in sys.argv[1:] if not arg.startswith("--")]
    assent, library, rounds, seed = [*args, *["300", "1"][len(args) - 2:]]
    tap = Tap()
    with tempfile.TemporaryDirectory(dir=fast_folder()) as folder:
        bench = Bench(assent, folder, "--sanitized" in sys.argv)
        preload = Preload(bench, library)
        every = [*filters(), *commands()]
        threaded = [scenario for scenario in every if scenario.name in
                    ("filter in threads", "filter standard input")]
        for check, scenarios in (
                (pipes_that_do_not_block, every), (readers_that_are_gone, every),
                (signals_before_a_write_that_waits, threaded),
                (signals_while_a_fifo_has_no_writer, every[:1]),
                (a_fifo_whose_writer_is_late, every[:1])):
            wrong = []
            for scenario in scenarios:
                why = check(bench, preload, scenario)
                if why:
                    wrong.append(f"{scenario.name}: {why}")
            tap.ok(not wrong, check.__name__.replace("_", " "), *wrong)
            sys.stdout.flush()
        at_random_moments(tap, bench, int(rounds), int(seed))
    tap.end()


if __name__ == "__main__":
    main()
