#!/bin/sh
# What lies past one machine: Spark on a local cluster of two workers, GNU parallel over two hosts,
# streaming engines. On Debian and Ubuntu, installs what is missing; the engines go from their
# registries into the build folder. Builds where there is no build yet. The last line is
# `N passed, N failed`.
#
#   sh tests/cluster/run.sh [BUILD_FOLDER]        build-test when none is named
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build-test}

sh samples/install-packages.sh cc:gcc libc6-dev meson:meson:1.0 ninja:ninja-build \
    pkg-config:pkg-config libyajl-dev libunistring-dev zlib1g-dev libzstd-dev check \
    python3 python3-venv java:openjdk-17-jre-headless procps \
    parallel:parallel ssh:openssh-client /usr/sbin/sshd:openssh-server rsync:rsync ip:iproute2 \
    kcat:kcat mvn:maven
test -f "$build/build.ninja" || meson setup -Dwerror=true -Dbuildtype=release "$build" >&2
ninja -C "$build" >&2

spark=$build/spark
if ! test -f "$spark/complete"; then
    rm -rf "$spark"
    python3 -m venv "$spark"
    "$spark/bin/pip" install --quiet --disable-pip-version-check \
        pyspark==4.0.4 pyarrow==26.0.1 pandas==3.1.1 >&2
    touch "$spark/complete"
fi

engines=$build/engines
mkdir -p "$engines"
test -f "$engines/kafka/complete" ||
    { mvn -q -B -f tests/cluster/engines/pom.xml dependency:copy-dependencies \
        -DoutputDirectory="$(cd "$engines" && pwd)/kafka" >&2 && touch "$engines/kafka/complete"; }
# It takes a newer Go than Debian 12 has.
if ! test -x "$engines/connect/connect" && command -v go >/dev/null; then
    mkdir -p "$engines/connect"
    cp tests/cluster/engines/connect.go tests/cluster/engines/go.mod "$engines/connect"
    (cd "$engines/connect" && go mod tidy && go build -o connect .) >&2 ||
        echo 'run.sh: connect cannot be built here' >&2
fi

failed=0
meson test -C "$build" --no-rebuild --print-errorlogs --logbase cluster --suite cluster >&2 ||
    failed=1
python3 tests/tally.py "$build/meson-logs/cluster.json" || failed=1
exit "$failed"
