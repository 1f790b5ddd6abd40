#!/bin/sh
# Fuzzes for so many seconds, with ASan and UBSan; a finding is kept beside the corpus and ends it
# with another status than 0.
#
#   sh tests/fuzz/run.sh SECONDS [CORPUS-FOLDER]
#
# The corpus (default: build-fuzz/corpus) is gone on with, if it is there.
set -eu
seconds=${1:?'usage: sh tests/fuzz/run.sh SECONDS [CORPUS-FOLDER]'}
cd "$(dirname "$0")/../.."
sh samples/install-packages.sh clang:clang libclang-rt-14-dev pkg-config:pkg-config \
    libyajl-dev libunistring-dev

mkdir -p build-fuzz
corpus=${2:-build-fuzz/corpus}
mkdir -p "$corpus"
# shellcheck disable=SC2046
clang -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -Isrc -o build-fuzz/fuzz_skim tests/fuzz/fuzz_skim.c tests/skim/same.c \
    src/base/arena.c src/base/json_path.c src/base/json_string.c src/base/suggest.c \
    src/base/utf8.c src/base/yajl_memory.c src/mapping/*.c src/event/*.c src/event/skim/*.c \
    $(pkg-config --cflags --libs yajl) -lunistring
n=0
cat samples/events.ndjson samples/events-rudderstack.ndjson | while read -r line; do
    n=$((n + 1))
    for mapping in 0 1 2 3 4 5 6; do
        printf '%s%s' "$mapping" "$line" > "$corpus/seed-$n-$mapping"
    done
done
exec build-fuzz/fuzz_skim -max_total_time="$seconds" -max_len=700 -dict=tests/fuzz/keys.dict \
    -artifact_prefix=build-fuzz/ -print_final_stats=1 "$corpus"
