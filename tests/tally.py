"""Adds up what meson's test logs say, down to the single TAP lines: `N passed, N failed`.

    tally.py LOG.json...

A test that failed without a line of its own saying so (a crash, a time-out) counts as one failure.
Exits with 1 when anything failed or nothing ran.
"""
import json
import re
import sys


def tally(test):
    """Passed and failed checks of one test of the log."""
    lines = test.get("stdout", "").splitlines()
    passed = sum(bool(re.match(r"ok\b", line)) for line in lines)
    failed = sum(bool(re.match(r"not ok\b", line)) for line in lines)
    if test["result"] in ("OK", "SKIP"):
        return max(passed, test["result"] == "OK"), failed
    return passed, max(failed, 1)


def main():
    passed = failed = 0
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as log:
            for line in log:
                more_passed, more_failed = tally(json.loads(line))
                passed += more_passed
                failed += more_failed
    print(f"{passed} passed, {failed} failed")
    return failed != 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main())
