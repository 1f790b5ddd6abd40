#!/bin/sh
# What tools find in the sources without running them: nothing. Prints TAP. (The man pages' lint is
# in tests/man/run.sh.)
#
#   sh tests/lint.sh [FOLDER]      a folder to build in (default: build-lint)
#
# Which findings there are differs by a tool's version: one of another version than the sources
# were last looked at with is skipped, and so is one that is not there. On Debian 12:
#
#   sh samples/install-packages.sh gcc clang clang-tidy clang-format cppcheck shellcheck
set -u
folder=${1:-build-lint}
cd "$(dirname "$0")/.." || exit 2
mkdir -p "$folder" || exit 2
log=$folder/log
n=0
failed=0

# check NAME COMMAND...: good when it ends with 0.
check() {
    name=$1
    shift
    n=$((n + 1))
    if "$@" >"$log" 2>&1; then
        echo "ok $n - $name"
    else
        failed=1
        echo "not ok $n - $name"
        grep -v '^\[' "$log" | head -n 200 | sed 's/^/# /'
    fi
}

# has TOOL VERSION NAME: whether the tool is there, of this version; else NAME is skipped.
has() {
    found=$("$1" --version 2>/dev/null | grep -o '[0-9][0-9.]*[0-9]' | head -n 1)
    case $found. in
    "$2".*) return 0 ;;
    esac
    n=$((n + 1))
    echo "ok $n - $3 # SKIP $1 ${found:-is not there}, not $2"
    return 1
}

sources() {
    find src tests -name '*.[ch]' | sort
}

# compile COMPILER ARGUMENTS: builds the program.
# shellcheck disable=SC2317 # check calls it
compile() {
    test -f "$folder/$1/build.ninja" ||
        CC=$1 meson setup -Dwerror=true -Dbuildtype=debugoptimized "-Dc_args=$2" "$folder/$1" ||
        return 1
    ninja -C "$folder/$1" assent
}

scripts() {
    grep -rlE '^#!/bin/sh' .ci src samples tests | sort
}

if has clang-format 14 'clang-format'; then
    # shellcheck disable=SC2046
    check clang-format clang-format --dry-run -Werror $(sources)
fi
# Its uninitialized values are false alarms about arrays; valgrind finds the true ones.
if has gcc 12 'gcc -fanalyzer'; then
    check 'gcc -fanalyzer' compile gcc '-fanalyzer -Wno-analyzer-use-of-uninitialized-value'
fi
if has clang 14 clang; then
    check clang compile clang ''
    if has clang-tidy 14 clang-tidy; then
        # shellcheck disable=SC2046
        check clang-tidy clang-tidy -p "$folder/clang" --quiet $(find src -name '*.c' | sort)
    fi
fi
if has cppcheck 2.10 cppcheck; then
    check cppcheck cppcheck --quiet --enable=warning,performance,portability --error-exitcode=1 \
        --std=c11 -Isrc -D__linux__ -D_GNU_SOURCE -DASSENT_LANDLOCK -DASSENT_ZLIB -DASSENT_ZSTD \
        '-DASSENT_VERSION="0"' --suppress=missingIncludeSystem src
fi
if has shellcheck 0.9 shellcheck; then
    # shellcheck disable=SC2046
    check shellcheck shellcheck $(scripts)
fi
echo "1..$n"
exit $failed
