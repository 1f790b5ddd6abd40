#!/bin/sh
# The archive of a release makes a Debian package, which is installed and removed without a trace in
# a system of its own. Prints TAP: sh tests/packaging/run.sh ASSENT BUILD_FOLDER
#
# The system stays in the build folder for the next run. Needs root, dpkg-dev, debhelper and
# debootstrap; says so where they are missing.
# shellcheck disable=SC2317 # `check` runs the functions
set -eu
LC_ALL=C
export LC_ALL

root=$(cd "$(dirname "$0")/../.." && pwd)
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
build=$(cd "$2" && pwd)
work=$build/packaging
system=$work/system
recipes=$root/samples/packaging
version=$("$program" --version | sed 's/.* //')

n=0
failed=0

# check NAME COMMAND...: whether the command succeeds; what it says is shown where it does not.
check() {
    name=$1
    shift
    n=$((n + 1))
    set +e
    (set -e && "$@") >"$work/said" 2>&1
    status=$?
    set -e
    if test "$status" -eq 0; then
        echo "ok $n - $name"
    else
        failed=1
        echo "not ok $n - $name"
        tail -n 40 "$work/said" | sed 's/^/# /'
    fi
}

finish() {
    echo "1..$n"
    exit "$failed"
}

missing() {
    n=$((n + 1))
    echo "ok $n - package # SKIP $*"
    finish
}

versions() {
    grep -qF "assent ($version-" "$recipes/debian/changelog" &&
        grep -qFx "pkgver=$version" "$recipes/APKBUILD" &&
        grep -qF "/assent-$version.tar.xz\"" "$recipes/assent.rb"
}

archive() {
    rm -rf "$build/meson-dist"
    meson dist -C "$build" --no-tests --allow-dirty
}

package() {
    rm -rf "$work/source"
    mkdir "$work/source"
    tar -xf "$build/meson-dist/assent-$version.tar.xz" -C "$work/source"
    cd "$work/source/assent-$version"
    cp -r samples/packaging/debian .
    DEB_BUILD_OPTIONS='nocheck noautodbgsym' dpkg-buildpackage -us -uc -b -Pnocheck
    mv ../assent_*.deb "$work/assent.deb"
}

# A small system, with what the package depends on.
bootstrap() {
    needs=$(dpkg-deb -f "$work/assent.deb" Depends | sed 's/([^)]*)//g; s/,//g')
    if ! test -f "$work/bootstrapped"; then
        rm -rf "$system"
        # shellcheck source=/dev/null
        debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$system"
        # shellcheck disable=SC2086
        chroot "$system" apt-get install -y --no-install-recommends $needs
        touch "$work/bootstrapped"
    fi
}

# All files of the system, with what they hold; dpkg writes its own account of the packages anew.
files() {
    (cd "$system" && find . \( -path ./proc -o -path ./sys -o -path ./dev \) -prune -o \
        -type f ! -path './var/lib/dpkg/status*' ! -path './var/log/*' -exec sha256sum {} + -o \
        ! -type f -print | sort -k 2)
}

# Status 0 and the same output as the program has.
filters() {
    cd "$work"
    samples=/usr/share/doc/assent/samples
    chroot "$system" assent -m "$samples/mapping.json" "$samples/events.ndjson" >got
    "$program" -m "$root/samples/mapping.json" "$root/samples/events.ndjson" >wanted
    cmp wanted got
}

completes() {
    chroot "$system" bash -c \
        '. /usr/share/bash-completion/completions/assent && complete -p assent' &&
        test -f "$system/usr/share/zsh/vendor-completions/_assent" &&
        test -f "$system/usr/share/fish/vendor_completions.d/assent.fish"
}

mkdir -p "$work"
check 'the recipes name the version of the program' versions
check 'meson dist' archive
for tool in dpkg-buildpackage:dpkg-dev dh:debhelper debootstrap:debootstrap; do
    command -v "${tool%:*}" >/dev/null || missing "${tool#*:} is not installed"
done
check 'dpkg-buildpackage' package
test "$(id -u)" -eq 0 || missing 'a system of its own takes root'
check 'a system of its own' bootstrap
files >"$work/before"
cp "$work/assent.deb" "$system/tmp/assent.deb"
check 'installs' chroot "$system" dpkg -i /tmp/assent.deb
rm "$system/tmp/assent.deb"
check 'filters the samples' filters
check 'completions are where the shells look' completes
check 'man pages are where man looks' test -f "$system/usr/share/man/man5/assent-mapping.5.gz"
check 'is removed' chroot "$system" dpkg --purge assent
files >"$work/after"
check 'leaves nothing behind' diff "$work/before" "$work/after"
finish
