#!/bin/sh
# Runs the cases beside this file: one folder each, see README.
set -u
LC_ALL=C
export LC_ALL
unset POSIXLY_CORRECT CDPATH || :

usage() {
	echo "usage: run.sh [--update] [--wrap COMMAND] [--part K/N] ASSENT_PATH [NAME...]" >&2
	exit 2
}

update=false
wrap=
part=1/1
while [ $# -gt 0 ]; do
	case $1 in
	--update) update=true; shift ;;
	--wrap) [ $# -ge 2 ] || usage; wrap=$2; shift 2 ;;
	--wrap=*) wrap=${1#--wrap=}; shift ;;
	--part) [ $# -ge 2 ] || usage; part=$2; shift 2 ;;
	--) shift; break ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -ge 1 ] || usage

program=$1
shift
case $program in
/*) ;;
*) program=$PWD/$program ;;
esac
if [ ! -x "$program" ] || [ -d "$program" ]; then
	echo "run.sh: $program: not a program" >&2
	exit 2
fi

cases=$(cd "$(dirname "$0")" && pwd) || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/assent-cases.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The cases find the program as plain `assent`: wrapped, or bare for those with `nowrap`.
mkdir "$work/bare"
ln -s "$program" "$work/bare/assent"
wrapped=$work/bare
if [ -n "$wrap" ]; then
	wrapped=$work/wrapped
	mkdir "$wrapped"
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$wrap" "$program" >"$wrapped/assent"
	chmod +x "$wrapped/assent"
fi

# Without names, all cases, or of every N the K-th.
if [ $# -eq 0 ]; then
	number=0
	for folder in "$cases"/*/; do
		folder=${folder%/}
		[ -f "$folder/cmd" ] || continue
		number=$((number + 1))
		[ $((number % ${part#*/} + 1)) -eq "${part%/*}" ] && set -- "$@" "${folder##*/}"
	done
fi

got=$work/got
want=$work/want
report=$work/report

# expected FILE: FILE, or an empty one where the case has none.
expected() {
	if [ -f "$1" ]; then echo "$1"; else echo /dev/null; fi
}

# differences FILE GOT LABEL: adds to the report where the two differ.
differences() {
	cmp -s "$1" "$2" && return
	echo "$3:"
	diff -a -u "$1" "$2" | sed 1,2d
} >>"$report"

# check FOLDER: compares what the program did with what the case expects.
check() {
	: >"$report"
	want_status=0
	[ -f "$1/status" ] && read -r want_status <"$1/status"
	[ "$status" = "$want_status" ] ||
		echo "status: $status instead of $want_status" >>"$report"
	differences "$(expected "$1/out")" "$work/out" out
	differences "$(expected "$1/err")" "$work/err" err
	# The folder itself: files/ laid over it, and nothing else changed.
	folder=$1
	if [ -d "$1/files" ]; then
		rm -rf "$want"
		cp -R "$1" "$want" && cp -R "$want/files/." "$want"
		rm -rf "$want/files"
		folder=$want
	fi
	diff -a -r -u -x 'tmp.*' "$folder" "$got" >"$work/tree" || {
		echo "files:"
		sed -e '/^---/d' -e '/^+++/d' -e '/^diff /s|.*/|file |' \
			-e "s|$folder|the case|g" -e "s|$got|what was left|g" "$work/tree"
	} >>"$report"
	[ ! -s "$report" ]
}

# keep FILE EXPECTED: writes an expectation, or removes it where it is empty.
keep() {
	if [ -s "$1" ]; then cp "$1" "$2"; else rm -f "$2"; fi
}

# rewrite FOLDER: makes what the program did the expectation.
rewrite() {
	keep "$work/out" "$1/out"
	keep "$work/err" "$1/err"
	if [ "$status" = 0 ]; then rm -f "$1/status"; else echo "$status" >"$1/status"; fi
	rm -rf "$1/files"
	for expectation in out err status; do
		rm -f "$got/$expectation"
	done
	(cd "$got" && find . -name 'tmp.*' -prune -o -type f -print) | while IFS= read -r file; do
		cmp -s "$got/$file" "$1/$file" && continue
		mkdir -p "$(dirname "$1/files/$file")"
		cp "$got/$file" "$1/files/$file"
	done
}

echo "1..$#"
n=0
failed=0
for name in "$@"; do
	n=$((n + 1))
	folder=$cases/$name
	if [ ! -f "$folder/cmd" ]; then
		echo "not ok $n - $name"
		echo "# no such case"
		failed=$((failed + 1))
		continue
	fi
	rm -rf "$got"
	cp -R "$folder" "$got"
	[ -d "$got/files" ] && rm -rf "$got/files"
	in=/dev/null
	[ -f "$got/in" ] && in=$got/in
	bin=$wrapped
	[ -f "$folder/nowrap" ] && bin=$work/bare
	(cd "$got" && PATH=$bin:$PATH exec sh ./cmd <"$in" >"$work/out" 2>"$work/err")
	status=$?
	if $update; then
		rewrite "$folder"
		echo "ok $n - $name"
	elif check "$folder"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		cat -v "$report" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
done
[ "$failed" -eq 0 ] || {
	echo "# $failed of $n failed"
	exit 1
}
