"""Results in TAP, and the program under test."""

import subprocess
import sys


class Tap:
    def __init__(self):
        self.n = 0
        self.failed = 0

    def ok(self, good, name, *why):
        self.n += 1
        if not good:
            self.failed += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        if not good:
            for line in "\n".join(str(part) for part in why).splitlines():
                print(f"# {line}")

    def equal(self, got, expected, name):
        self.ok(got == expected, name, f"got      {got!r}", f"expected {expected!r}")

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}")

    def end(self):
        print(f"1..{self.n}")
        sys.exit(1 if self.failed else 0)


def run(*command, **options):
    """The finished process, with its standard output and error as bytes."""
    return subprocess.run(command, capture_output=True, check=False, timeout=300, **options)
