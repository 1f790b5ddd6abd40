#!/bin/sh
# Filters events with GNU parallel, on this machine or over several by ssh. Standard output is what
# one assent writes, in the same order.
#
#   sh parallel.sh -m MAPPING [-S HOST,HOST...] [-j JOBS] [-b BLOCK] [-r REJECTS] [EVENTS]
#
# Without EVENTS, standard input is dealt out in blocks (--pipe); EVENTS, a plain file, is cut where
# it lies (--pipepart), which is faster. -S names the hosts to log in to without a password (":" is
# this one); they have assent and rsync installed, the mapping is brought there. -j is how many
# blocks are filtered at once on each (one per processor), -b a block's size (32M), -r the file for
# the lines that are not events.
#
# Exit status: 0, or 1 when lines were rejected, 2 when the command line or the mapping cannot be
# used, 3 when the filter or a host failed. Line numbers in messages count from a block's first line.
set -eu

usage() {
    sed -n 's/^#   //p' "$0" >&2
    exit 2
}

mapping='' hosts='' jobs=100% block=32M rejects=''
while getopts m:S:j:b:r: option; do
    case $option in
    m) mapping=$OPTARG ;;
    S) hosts=$OPTARG ;;
    j) jobs=$OPTARG ;;
    b) block=$OPTARG ;;
    r) rejects=$OPTARG ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
if test -z "$mapping" || test $# -gt 1; then
    usage
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 3' HUP INT TERM
cp "$mapping" "$folder/mapping.json" || exit 2
assent -m "$folder/mapping.json" /dev/null || exit 2 # told once, before any block

# What is common: the order kept, the log that the exit status comes from; names relative to the
# folder, which on other hosts is one that parallel makes and removes.
set -- "$@" -- --keep-order --block "$block" --jobs "$jobs" --joblog "$folder/log" --recend '\n'
if test "$1" = --; then
    shift
    set -- --pipe "$@"
else
    case $1 in
    /*) events=$1 ;;
    *) events=$PWD/$1 ;;
    esac
    shift 2
    set -- --pipepart --arg-file "$events" "$@"
fi
if test -n "$hosts"; then
    set -- "$@" --sshlogin "$hosts" --basefile "$folder/./mapping.json" \
        --workdir ".parallel/tmp/${folder##*/}" --return '{#}.rejects' --cleanup
fi

cd "$folder"
echo 0 >failed
# cat, since parallel does not notice a full disk.
{
    parallel "$@" assent -j 1 -m mapping.json --rejects '{#}.rejects' || echo $? >failed
} | cat || exit 3

if test -n "$rejects"; then
    cd "$OLDPWD"
    find "$folder" -name '*.rejects' | sort -V | xargs -r cat >"$rejects"
    cd "$folder"
fi
# The worst of all blocks: a signal is a failure, and so is what parallel or ssh ended with.
awk -F '\t' -v failed="$(cat failed)" '
    NR > 1 && $7 + $8 > 0 { n++; if ($7 != 1 || $8) worse = 1 }
    END { exit worse || failed != (n > 100 ? 101 : n + 0) ? 3 : n > 0 }' log
