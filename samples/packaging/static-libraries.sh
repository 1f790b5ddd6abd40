#!/bin/sh
# Builds what assent needs as static libraries, with a compiler that the system has none for (musl,
# another processor), from Debian's and Ubuntu's source packages:
#
#   sh samples/packaging/static-libraries.sh SOURCES PREFIX CC HOST LIBRARY...
#
# SOURCES is a folder where the sources are kept, PREFIX where the libraries go, HOST the compiler's
# target in autoconf's words, such as s390x-linux-gnu, LIBRARY of yajl libunistring zlib libzstd
# check. What was built before stays.
set -eu
exec >&2
here=$(cd "$(dirname "$0")" && pwd)
sources=$1 prefix=$2 cc=$3 host=$4
shift 4

sh "$here/../install-packages.sh" cc:gcc libc6-dev make:make cmake:cmake dpkg-source:dpkg-dev \
    xz:xz-utils patch:patch
mkdir -p "$sources/apt/lists/partial" "$sources/apt/parts" "$prefix/lib/pkgconfig"
sources=$(cd "$sources" && pwd)
prefix=$(cd "$prefix" && pwd)

# The system's own sources of packages, asked for source packages, without touching them.
apt() {
    apt-get -qq -o "Dir::Etc::SourceList=$sources/apt/list" \
        -o "Dir::Etc::SourceParts=$sources/apt/parts" -o "Dir::State::Lists=$sources/apt/lists" \
        -o APT::Sandbox::User=root "$@"
}
fetch() {
    if ! test -f "$sources/apt/list"; then
        for file in /etc/apt/sources.list.d/*.sources; do
            test ! -f "$file" ||
                sed 's/^Types:.*/Types: deb-src/' "$file" >"$sources/apt/parts/${file##*/}"
        done
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
            sed -n 's/^deb /deb-src /p' >"$sources/apt/list"
        apt update
    fi
    (cd "$sources" && apt source "$1")
}

with_cmake() {
    cmake -S "$1" -B "$2" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_C_COMPILER="$cc" \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DBUILD_SHARED_LIBS=OFF -DCHECK_ENABLE_TESTS=OFF \
        -DCHECK_ENABLE_TIMEOUT_TESTS=OFF -DCHECK_INSTALL=ON
    cmake --build "$2" --parallel
    cmake --install "$2"
}

with_make_libunistring() {
    ./configure --quiet --host="$host" CC="$cc" CFLAGS=-O2 --prefix="$prefix" --disable-shared
    make --silent -j4 -C lib install
}

with_make_zlib() {
    CC=$cc ./configure --static --prefix="$prefix"
    make --silent -j4 install
}

with_make_libzstd() {
    make --silent -j4 -C lib CC="$cc" PREFIX="$prefix" ZSTD_LIB_DICTBUILDER=0 ZSTD_NO_ASM=1 \
        install-static install-includes install-pc
}

for library; do
    test ! -f "$prefix/$library.done" || continue
    ls -d "$sources/$library"-*/ 2>/dev/null || fetch "$library"
    source=$(echo "$sources/$library"-*/)
    work=$prefix/work-$library
    rm -rf "$work"
    case $library in
    yajl | check) with_cmake "$source" "$work" ;;
    *)
        cp -a "$source" "$work" # with its times, lest make makes anew what is there
        (cd "$work" && "with_make_$library")
        ;;
    esac
    rm -f "$prefix/lib/"*.so*
    case $library in # what Debian calls otherwise
    yajl) mv "$prefix/lib/libyajl_s.a" "$prefix/lib/libyajl.a" ;;
    check) sed -i s/-lcheck_pic/-lcheck/ "$prefix/lib/pkgconfig/check.pc" ;;
    esac
    rm -rf "$work"
    touch "$prefix/$library.done"
done
