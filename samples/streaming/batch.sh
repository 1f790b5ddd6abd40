#!/bin/sh
# Filters one batch of events, for engines that hand over batches: standard input to output.
#
#   sh batch.sh MAPPING REJECTS
#
# Lines that are not events are added to REJECTS, and are no failure; what else goes wrong is.
set -eu
rejects=$(mktemp)
trap 'rm -f "$rejects"' EXIT
status=0
{ cat && echo; } | assent -j 1 -m "$1" --rejects "$rejects" || status=$?
cat "$rejects" >>"$2"
test "$status" -le 1
