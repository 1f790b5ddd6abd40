#!/bin/sh
# Installs what is missing (Debian, Ubuntu), builds a release in build-release/ and filters
# samples/events.ndjson through samples/mapping.json. The filter's output goes to standard output,
# everything else to standard error. A second run needs no network.
set -eu
cd "$(dirname "$0")/.."

sh samples/install-packages.sh cc:gcc libc6-dev meson:meson:1.0 ninja:ninja-build \
    pkg-config:pkg-config libyajl-dev libunistring-dev zlib1g-dev libzstd-dev libseccomp-dev
test -f build-release/build.ninja || meson setup --buildtype=release build-release >&2
ninja -C build-release assent >&2

exec build-release/assent -m samples/mapping.json samples/events.ndjson
