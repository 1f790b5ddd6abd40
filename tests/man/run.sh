#!/bin/sh
# Runs what the documents show, and prints TAP: sh tests/man/run.sh ASSENT
#
# A shown command is a line that starts with "$ " in a block (.Bd -literal in a man page, ```console
# in the README); lines below it that start with "> " continue it, all others are what it prints,
# standard error included. The man pages' commands run in a copy of samples/, the README's in a
# folder that holds one. One shell runs all commands of a document.
set -eu
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/bin"
ln -s "$program" "$work/bin/assent"
PATH=$work/bin:$PATH

n=0
failed=0

# result STATUS NAME [DETAILS_FILE]
result() {
    n=$((n + 1))
    if test "$1" -eq 0; then
        echo "ok $n - $2"
    else
        failed=1
        echo "not ok $n - $2"
        test $# -lt 3 || sed 's/^/# /' "$3"
    fi
}

lint() {
    if ! command -v mandoc >/dev/null; then
        n=$((n + 1))
        echo "ok $n - mandoc -Tlint $(basename "$1") # SKIP mandoc is not installed"
        return
    fi
    status=0
    mandoc -Tlint -Wwarning "$1" >"$work/lint" 2>&1 || status=$?
    result "$status" "mandoc -Tlint $(basename "$1")" "$work/lint"
}

# examples DOCUMENT FOLDER: the folder is where the commands run.
examples() {
    steps=$work/steps-$(basename "$1")
    mkdir "$steps"
    awk -v steps="$steps" -f "$here/examples.awk" "$1"
    if ! ls "$steps"/*.cmd >/dev/null 2>&1; then
        result 1 "$(basename "$1"): no examples were found"
        return
    fi
    (cd "$2" && sh "$here/steps.sh" "$steps")
    for step in "$steps"/*.cmd; do
        name=${step%.cmd}
        touch "$name.want"
        status=0
        diff "$name.want" "$name.got" >"$work/diff" 2>&1 || status=$?
        result "$status" "$(basename "$1"):$(basename "$name" | sed 's/^0*//')" "$work/diff"
    done
}

# table POLICY CELLS COLUMN MAPPING EVENTS: the column of the table in samples/README.md whose rows
# have so many cells, against what the program delivers.
table() {
    sed "s/\"segment-beta\"/\"$1\"/" "$root/samples/$4" >"$work/mapping.json"
    status=0
    "$program" -m "$work/mapping.json" "$root/samples/$5" >"$work/pairs" || status=$?
    test "$status" -ne 0 ||
        awk -v cells="$2" -v column="$3" -f "$here/table.awk" "$work/mapping.json" \
            "$root/samples/README.md" "$root/samples/$5" "$work/pairs" >"$work/diff" || status=$?
    result "$status" "samples/README.md: $1" "$work/diff"
}

for page in "$root"/man/*.[0-9]; do
    lint "$page"
    folder=$work/in-$(basename "$page")
    mkdir "$folder"
    cp "$root"/samples/*.json "$root"/samples/*.ndjson "$folder"
    examples "$page" "$folder"
done

mkdir -p "$work/in-README/samples"
cp "$root"/samples/*.json "$root"/samples/*.ndjson "$root/samples/replay.sh" "$work/in-README/samples"
examples "$root/README.md" "$work/in-README"

table segment-beta 5 5 mapping.json events.ndjson
table segment 5 6 mapping.json events.ndjson
table rudderstack 4 5 mapping-rudderstack.json events-rudderstack.ndjson

echo "1..$n"
exit "$failed"
