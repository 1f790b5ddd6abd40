#!/bin/sh
# Installs what is missing, and only that: when nothing is, it is silent and needs no network.
#
#   sh samples/install-packages.sh WHAT...
#
# WHAT is PACKAGE                     a package of Debian and Ubuntu
#      or COMMAND:PACKAGE             the same, unless COMMAND is there already
#      or COMMAND:PACKAGE:VERSION     the same, and COMMAND --version must be VERSION or newer
#
# Works as root or with sudo. Without apt-get it says what is needed and goes on. Everything it
# says goes to standard error.
set -eu
exec >&2

say() {
    echo "install-packages: $*"
}

have_command() {
    command -v "$1" >/dev/null 2>&1
}

have_package() {
    have_command dpkg-query &&
        dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# The fields of COMMAND:PACKAGE:VERSION into $command, $package and $version, empty where absent.
split() {
    command='' package=$1 version=''
    case $1 in
    *:*)
        command=${1%%:*}
        package=${1#*:}
        ;;
    esac
    case $package in
    *:*)
        version=${package#*:}
        package=${package%%:*}
        ;;
    esac
}

as_root() {
    if test "$(id -u)" -eq 0; then
        "$@"
    elif have_command sudo; then
        sudo "$@"
    else
        say "neither root nor sudo: as root, run: $*"
        exit 1
    fi
}

missing=''
for what; do
    split "$what"
    if test -n "$command"; then
        have_command "$command" || missing="$missing $package"
    else
        have_package "$package" || missing="$missing $package"
    fi
done

if test -n "$missing" && have_command apt-get; then
    say "installing$missing"
    as_root apt-get update </dev/null || say "apt-get update failed; trying to install all the same"
    # Each word of $missing is a package.
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing </dev/null
elif test -n "$missing"; then
    say "no apt-get here; needed are what Debian calls$missing"
fi

for what; do
    split "$what"
    if test -z "$version" || ! have_command "$command"; then
        continue
    fi
    found=$("$command" --version | head -n 1)
    oldest=$(printf '%s\n' "$version" "$found" | sort -V | head -n 1)
    if test "$oldest" != "$version"; then
        say "$command $found is too old: $version or newer is needed." \
            "This system's package is too old; install a newer $command by other means and" \
            "put it first in PATH"
        exit 1
    fi
done
