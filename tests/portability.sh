#!/bin/sh
# Builds and tests where else assent should run, and says what was run and what could not be. All of
# it, or the ways that are named:
#
#   sh tests/portability.sh [gcc clang musl i686 s390x]
#
# gcc and clang: this system. musl: static, by musl-gcc. i686: 32 bits, static, run as it is. s390x:
# big endian, static, run by qemu. The last line is `N passed, N failed`.
set -u
cd "$(dirname "$0")/.." || exit 2
test $# -gt 0 || set -- gcc clang musl i686 s390x

failed=0
logs=
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT

say() {
    echo "$*" >>"$summary"
}

# run WAY SUITES...: builds and runs the suites in build-WAY.
run() {
    way=$1
    folder=build-$way
    shift
    # shellcheck disable=SC2046 # a word for each suite
    if meson test -C "$folder" --print-errorlogs --logbase portability \
        $(printf -- '--suite %s ' "$@") >&2; then
        say "$way: passed: $*"
    else
        say "$way: failed"
        failed=1
    fi
    logs="$logs $folder/meson-logs/portability.json"
}

# native CC: with this system's libraries.
native() {
    if ! test -f "build-$1/build.ninja" &&
        ! CC=$1 meson setup -Dwerror=true -Dbuildtype=release "build-$1" >&2; then
        say "$1: failed: it does not build"
        failed=1
        return
    fi
    run "$1" unit cases skim
}

# static WAY CC HOST [EMULATOR]: the program runs by itself or by the emulator.
static() {
    if ! SOURCES=$PWD/build-sources LIBRARIES=check \
        sh samples/packaging/static.sh "build-$1" "$2" "$3" "${4:-}" >&2; then
        say "$1: failed: it does not build"
        failed=1
        return
    fi
    run "$1" unit cases skim
}

for way; do
    packages='' emulator=''
    case $way in
    gcc | clang) packages="$way:$way" ;;
    musl) packages='musl-gcc:musl-tools' ;;
    i686) packages='i686-linux-gnu-gcc:gcc-i686-linux-gnu libc6-dev-i386-cross' ;;
    s390x) packages='s390x-linux-gnu-gcc:gcc-s390x-linux-gnu libc6-dev-s390x-cross
        qemu-s390x-static:qemu-user-static' emulator=qemu-s390x-static ;;
    *)
        echo "portability: there is no way $way" >&2
        exit 2
        ;;
    esac
    # shellcheck disable=SC2086 # a word for each package
    if ! sh samples/install-packages.sh cc:gcc libc6-dev meson:meson:1.0 ninja:ninja-build \
        pkg-config:pkg-config libyajl-dev libunistring-dev zlib1g-dev libzstd-dev libseccomp-dev \
        check python3 $packages; then
        say "$way: could not be run: its packages cannot be installed"
        continue
    fi
    case $way in
    gcc | clang) native "$way" ;;
    musl) static musl musl-gcc "$(uname -m)-linux-musl" ;;
    *) static "$way" "$way-linux-gnu-gcc" "$way-linux-gnu" "$emulator" ;;
    esac
done

cat "$summary"
# shellcheck disable=SC2086
python3 tests/tally.py $logs || failed=1
exit "$failed"
