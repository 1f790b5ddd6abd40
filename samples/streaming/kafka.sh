#!/bin/sh
# Copies those events of a Kafka topic that a destination may get to a topic of its own, by kcat:
#
#   sh kafka.sh BROKERS TOPIC MAPPING DESTINATION      into TOPIC.DESTINATION
#
# It copies what stands in the topic and ends. A message is a line, so one with a line feed in it is
# rejected; keys are not kept. Exit status: 0, or 1 when lines were rejected, 2 when the mapping
# cannot be used, 3 when something failed: the copy is then incomplete.
set -eu
: "${4:?usage: sh kafka.sh BROKERS TOPIC MAPPING DESTINATION}"
assent -m "$3" -d "$4" /dev/null || exit 2

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo 0 >"$folder/read"
echo 0 >"$folder/filtered"
{ kcat -C -q -u -e -b "$1" -t "$2" -o beginning || echo 3 >"$folder/read"; } |
    { assent -m "$3" -d "$4" || echo $? >"$folder/filtered"; } |
    cut -f 2- | kcat -P -b "$1" -t "$2.$4" || exit 3
read -r read <"$folder/read"
read -r filtered <"$folder/filtered"
test "$read" -eq 0 && test "$filtered" -le 1 || exit 3
exit "$filtered"
