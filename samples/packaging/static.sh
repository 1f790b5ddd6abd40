#!/bin/sh
# Builds a static assent, which runs on every Linux of its processor's kind, whatever is installed
# there: with musl, or with the compiler of another processor.
#
#   sh samples/packaging/static.sh [FOLDER [CC HOST [EMULATOR]]]
#
# FOLDER (build-static) gets the program, FOLDER/assent. CC and HOST default to musl-gcc and the
# machine's own kind, such as x86_64-linux-musl; EMULATOR is what runs the programs, where this
# machine cannot. LIBRARIES="check" adds what unit tests need.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-build-static} cc=${2:-musl-gcc} host=${3:-$(uname -m)-linux-musl} emulator=${4:-}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
libraries=$folder-libraries

sh samples/install-packages.sh cc:gcc libc6-dev musl-gcc:musl-tools meson:meson:1.0 ninja:ninja-build \
    pkg-config:pkg-config
# shellcheck disable=SC2086
sh samples/packaging/static-libraries.sh "${SOURCES:-$folder-sources}" "$libraries" "$cc" "$host" \
    yajl libunistring zlib libzstd ${LIBRARIES:-}

endian=little
echo '#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
big
#endif' | "$cc" -E -P - | grep -q big && endian=big
wrapper=''
test -z "$emulator" || wrapper="exe_wrapper = '$emulator'"
cat >"$libraries/meson" <<END
[binaries]
c = '$cc'
ar = 'ar'
strip = 'strip'
pkgconfig = 'pkg-config'
$wrapper
[host_machine]
system = 'linux'
cpu_family = '${host%%-*}'
cpu = '${host%%-*}'
endian = '$endian'
[properties]
emulator = '$emulator'
needs_exe_wrapper = $(test -n "$emulator" && echo true || echo false)
pkg_config_libdir = '$libraries/lib/pkgconfig'
[built-in options]
c_args = ['-I$libraries/include']
c_link_args = ['-static', '-L$libraries/lib']
END
test -f "$folder/build.ninja" ||
    meson setup --cross-file "$libraries/meson" -Dbuildtype=release "$folder" >&2
ninja -C "$folder" assent >&2
echo "$folder/assent" >&2
