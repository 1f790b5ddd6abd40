#!/bin/sh
# Builds and tests all there is: a build with warnings as errors (valgrind runs on it, too), one that
# parses every event whole, one with ASan and UBSan, one with TSan, one with the fuzzers, which reads
# and writes in small pieces. On Debian and Ubuntu, installs what is missing; a second run needs no
# network. The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.." || exit 2

sh samples/install-packages.sh cc:gcc libc6-dev meson:meson:1.0 ninja:ninja-build \
    pkg-config:pkg-config libyajl-dev libunistring-dev zlib1g-dev libzstd-dev libseccomp-dev \
    zstd:zstd check valgrind mandoc python3 python3-jsonschema tmux:tmux strace:strace \
    chromium:chromium zsh:zsh fish:fish dpkg-buildpackage:dpkg-dev dh:debhelper debootstrap:debootstrap clang:clang \
    clang-tidy:clang-tidy clang-format:clang-format cppcheck:cppcheck shellcheck:shellcheck || exit 2
sh samples/install-packages.sh "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev" || exit 2

failed=0

# build FOLDER MESON-OPTIONS...: configures and builds it.
build() {
    folder=$1
    shift
    if ! test -f "$folder/build.ninja"; then
        meson setup -Dwerror=true "$@" "$folder" >&2 || exit 2
    fi
    ninja -C "$folder" >&2 || exit 2
}

# run FOLDER NAME MESON-TEST-OPTIONS...: runs its tests, keeps the log under the name.
run() {
    folder=$1
    name=$2
    shift 2
    meson test -C "$folder" --no-rebuild --print-errorlogs --logbase "$name" "$@" >&2 || failed=1
    logs="$logs $folder/meson-logs/$name.json"
}

logs=
build build-test -Dbuildtype=release
run build-test all
sh tests/cluster/run.sh build-test >&2 || failed=1
logs="$logs build-test/meson-logs/cluster.json"
run build-test packaging --suite packaging
sh tests/portability.sh clang musl >&2 || failed=1
logs="$logs build-clang/meson-logs/portability.json build-musl/meson-logs/portability.json"
build build-yajl -Dbuildtype=release -Dscan=yajl
run build-yajl parsed --suite unit --suite cases
build build-asan -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false
run build-asan sanitized
build build-tsan -Dbuildtype=debug -Doptimization=1 -Db_sanitize=thread -Db_lundef=false
run build-tsan threads --suite streams --suite replay
covered=FAIL
sh tests/coverage.sh >&2 && covered=OK
echo "{\"result\": \"$covered\"}" >build-coverage/meson-logs/bounds.json
logs="$logs build-coverage/meson-logs/bounds.json"
CC=clang build build-fuzz -Dbuildtype=debug -Doptimization=1 -Db_sanitize=address,undefined \
    -Db_lundef=false -Dfuzz=true
run build-fuzz pieces --suite cases
run build-fuzz fuzz --suite fuzz

# shellcheck disable=SC2086
python3 tests/tally.py $logs || failed=1
exit "$failed"
