#!/bin/sh
# How much of src the tests walk through, by branches: builds, runs the suites, prints each file and
# the sum, and ends with 1 where there is less than the bounds. The decision and the scan are whole.
#
#   sh tests/coverage.sh [SUITE...]      default: the quick suites
#
# Left out is what no counted run can show: a process in the sandbox cannot write its counts, so
# that counted builds stay outside; make_filters.c is a part of the build.
set -eu
least=85
cd "$(dirname "$0")/.."
sh samples/install-packages.sh gcovr:gcovr gcc meson:meson ninja:ninja-build check
test "$#" -ne 0 || set -- unit cases man streams check
build='build-coverage'
test -f "$build/build.ninja" || meson setup -Dbuildtype=debug -Db_coverage=true "$build" >&2
ninja -C "$build" >&2
find "$build" -name '*.gcda' -delete
suites=
for suite; do
    suites="$suites --suite $suite"
done
# A run whose files are limited fails to write its counts, and says so where it should be silent:
# whether the tests pass is for other builds to say.
# shellcheck disable=SC2086
meson test -C "$build" --no-rebuild $suites >&2 || :

report() {
    gcovr --root . "$build" --branches --filter src/ --exclude 'src/base/(make_filters|sandbox.*)\.c' \
        "$@"
}

report --fail-under-branch "$least"
gcovr --root . "$build" --branches --filter 'src/(decision|event/scan)\.c' --fail-under-branch 100
