#!/bin/bash -eu
# SPDX-License-Identifier: MIT
#
# OSS-Fuzz's contract: compile with $CC $CFLAGS, link with $CXX $CXXFLAGS and $LIB_FUZZING_ENGINE, and leave in $OUT each
# harness with its seed corpus, dictionary and options. nghttp2 and protobuf-c are compiled here too, from $SRC/nghttp2
# and $SRC/protobuf-c, so that they are instrumented; zlib, and what no harness reaches, comes from the system.
# ci/check-oss-fuzz runs this without docker.
here=${GRPCSPEC:-$SRC/grpcspec}
work=${WORK:-/tmp}/grpcspec
mkdir -p "$work" && cd "$work"

# ---- the libraries, instrumented ----
for library in nghttp2/lib protobuf-c/protobuf-c; do
    folder=$SRC/$library
    name=$(basename "$(dirname "$folder")")
    mkdir -p "$name"
    includes="-I$folder/includes -I$folder/.. -I$folder"
    if [ "$name" = nghttp2 ]; then
        mkdir -p nghttp2/include/nghttp2
        version=$(sed -n 's/^AC_INIT(\[nghttp2\], \[\([^]]*\)\].*/\1/p' "$SRC/nghttp2/configure.ac")
        sed "s/@PACKAGE_VERSION@/$version/; s/@PACKAGE_VERSION_NUM@/0x013400/" \
            "$folder/includes/nghttp2/nghttp2ver.h.in" >nghttp2/include/nghttp2/nghttp2ver.h
        includes="$includes -Inghttp2/include -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H -DHAVE_TIME_H -DHAVE_CLOCK_GETTIME"
    fi
    for source in "$folder"/*.c; do
        $CC $CFLAGS $includes -w -c "$source" -o "$name/$(basename "$source" .c).o"
    done
    rm -f "lib$name.a" && ar rcs "lib$name.a" "$name"/*.o
done

# ---- the tree: cmake compiles, with the engine's flags and nothing of its own ----
export PKG_CONFIG_PATH=$work/pkgconfig
mkdir -p pkgconfig
printf 'Name: nghttp2\nDescription: instrumented\nVersion: 1.52.0\nLibs: -L%s -lnghttp2\nCflags: -I%s -I%s\n' \
    "$work" "$work/nghttp2/include" "$SRC/nghttp2/lib/includes" >pkgconfig/libnghttp2.pc
printf 'Name: protobuf-c\nDescription: instrumented\nVersion: 1.4.1\nLibs: -L%s -lprotobuf-c\nCflags: -I%s\n' \
    "$work" "$SRC/protobuf-c" >pkgconfig/libprotobuf-c.pc
cmake -S "$here" -B build -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" \
    -DCMAKE_C_FLAGS="$CFLAGS" -DCMAKE_CXX_FLAGS="${CXXFLAGS:-}" -DGRPCSPEC_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" \
    -DGRPCSPEC_TESTS=OFF -DGRPCSPEC_WERROR=OFF >cmake.log
ninja -C build fuzz-all >ninja.log || { tail -n 40 ninja.log; exit 1; }

# ---- what the engine is given ----
grep -v '^#' "$here/fuzz/harnesses.tsv" | while IFS=$'\t' read -r name dictionary longest mutator; do
    cp "build/fuzz/$name" "$OUT/$name"
    cp "$here/fuzz/dict/$dictionary.dict" "$OUT/$name.dict"
    printf '[libfuzzer]\nmax_len = %s\ndict = %s.dict\ntimeout = 20\n' "$longest" "$name" >"$OUT/$name.options"
    folders=("$here/fuzz/seeds/$name")
    [ -d "$here/fuzz/regressions/$name" ] && folders+=("$here/fuzz/regressions/$name")
    rm -f "$OUT/${name}_seed_corpus.zip"
    (cd / && zip -q -j "$OUT/${name}_seed_corpus.zip" $(find "${folders[@]}" -type f))
done
