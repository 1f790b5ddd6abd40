#!/bin/sh
# Fuzzes for so many seconds each target, with ASan and UBSan, two at a time; prints TAP.
#
#   sh tests/fuzz/run.sh SECONDS [TARGET...]
#
#   fuzz_skim      the skim against yajl
#   fuzz_mapping   the mapping reader against the second implementation
#   fuzz_lines     the line reader, its bytes in pieces of any size
#   fuzz_decision  scan and decision against the second implementation
#   fuzz_filter    the whole filter with 1, 2 and 4 jobs
#
# The corpora (build-fuzz/corpus) are gone on with, if they are there. A finding is kept as
# build-fuzz/TARGET-*, with its log beside it, and makes the status 1.
set -u
seconds=${1:?'usage: sh tests/fuzz/run.sh SECONDS [TARGET...]'}
shift
cd "$(dirname "$0")/../.." || exit 2
sh samples/install-packages.sh clang:clang pkg-config:pkg-config \
    meson:meson:1.0 ninja:ninja-build libyajl-dev libunistring-dev zlib1g-dev libzstd-dev check \
    python3:python3 >&2 || exit 2
sh samples/install-packages.sh "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev" >&2 || exit 2

[ $# -gt 0 ] || set -- fuzz_filter fuzz_decision fuzz_mapping fuzz_lines fuzz_skim
if ! test -f build-fuzz/build.ninja; then
    CC=clang meson setup -Dwerror=true -Dbuildtype=debug -Doptimization=1 \
        -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true build-fuzz >&2 || exit 2
fi
for target in random_seeds "$@"; do
    ninja -C build-fuzz "tests/fuzz/$target" >&2 || exit 2
done
python3 tests/fuzz/seeds.py build-fuzz/corpus || exit 2
build-fuzz/tests/fuzz/random_seeds build-fuzz/corpus || exit 2

UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export UBSAN_OPTIONS

# fuzz TARGET: runs it; its log and status are kept.
fuzz() {
    length=700
    case $1 in fuzz_filter | fuzz_mapping | fuzz_lines | fuzz_skim) length=3000 ;; esac
    "build-fuzz/tests/fuzz/$1" -max_total_time="$seconds" -max_len="$length" -timeout=20 -entropic=0 \
        -dict=tests/fuzz/keys.dict -artifact_prefix="build-fuzz/$1-" -print_final_stats=1 \
        "build-fuzz/corpus/$1" >"build-fuzz/$1.log" 2>&1
    echo $? >"build-fuzz/$1.status"
}

echo "1..$#"
for target in "$@"; do
    rm -f "build-fuzz/$target.status"
done
echo "$@" | tr ' ' '\n' | while read -r one && { read -r two || :; }; do
    fuzz "$one" &
    [ -z "$two" ] || fuzz "$two"
    wait
done
n=0
failed=0
for target in "$@"; do
    n=$((n + 1))
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build-fuzz/$target.log")
    if [ "$(cat "build-fuzz/$target.status")" = 0 ]; then
        echo "ok $n - $target, $runs executions"
    else
        failed=1
        echo "not ok $n - $target"
        tail -n 40 "build-fuzz/$target.log" | sed 's/^/# /'
    fi
done
exit "$failed"
