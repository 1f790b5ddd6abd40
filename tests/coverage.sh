#!/bin/sh
# How much of src the tests walk through, by branches: builds, runs tests, prints each file and the
# sum, and ends with 1 where there is less than the bounds. The decision and the scan are whole.
#
#   sh tests/coverage.sh [TEST...]      default: all tests that go where no other does
#
# Left out is what no counted run can show: a process in the sandbox cannot write its counts, so
# that counted builds stay outside; make_filters.c is a part of the build.
set -eu
least=95
cd "$(dirname "$0")/.."
sh samples/install-packages.sh gcovr:gcovr gcc meson:meson ninja:ninja-build check
build='build-coverage'
test -f "$build/build.ninja" ||
    meson setup -Dbuildtype=debug -Db_coverage=true -Dc_args=-fprofile-update=atomic "$build" >&2
ninja -C "$build" >&2
find "$build" -name '*.gcda' -delete
# A run whose files are limited fails to write its counts, and says so where it should be silent:
# whether the tests pass is for other builds to say.
if test "$#" -ne 0; then
    meson test -C "$build" --no-rebuild "$@" >&2 || :
else
    meson test -C "$build" --no-rebuild --logbase faults 'fail once' >&2 & # the longest
    meson test -C "$build" --no-rebuild --suite unit --suite cases --suite check --suite replay >&2 || :
    meson test -C "$build" --no-rebuild streams alike >&2 || :
    wait
fi

# Counts that were cut off by such a limit may contradict each other: those lines do not count.
report() {
    gcovr --root . "$build" --branches --gcov-ignore-parse-errors "$@"
}

report --filter src/ --exclude 'src/base/(make_filters|sandbox.*)\.c' --fail-under-branch "$least"
report --filter 'src/(decision|event/scan)\.c' --fail-under-branch 100
