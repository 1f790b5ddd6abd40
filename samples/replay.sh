#!/bin/sh
# Replays a folder of exported logs under a mapping: a compressed file for each destination, the lines
# that are no events, and at the end a table of who got how much and why. When it was interrupted, in
# whatever way, the same command goes on where it stopped.
#
#   sh samples/replay.sh MAPPING LOGS OUT      $ASSENT: the program, default assent
set -eu
usage='usage: sh samples/replay.sh MAPPING LOGS OUT'
mapping=${1:?"$usage"} logs=${2:?"$usage"} out=${3:?"$usage"}

mkdir -p "$out"
exec "${ASSENT:-assent}" -m "$mapping" --progress --stats \
    --split "$out/events" --split-compress gz --rejects "$out/rejects" \
    --checkpoint "$out/checkpoint" "$logs"/*.gz
