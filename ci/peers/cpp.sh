# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The C++ peer: Debian's libgrpc++ by apt, and our two programs built against it.

CPP_PACKAGES=(libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc grpc-proto pkg-config)

install_cpp() {
    local from=$PEERS/cpp folder=$CACHE/cpp begun=$SECONDS version stamp
    if ! dpkg -s "${CPP_PACKAGES[@]}" >/dev/null 2>&1; then
        debian cpp "${CPP_PACKAGES[@]}" || return 0
    fi
    if ! command -v cmake >/dev/null || ! command -v c++ >/dev/null; then
        lack "cpp: no cmake or no C++ compiler on the PATH"
        return
    fi
    version=$(dpkg-query -W -f '${Version}' libgrpc++-dev)
    stamp="$version $(cat "$from"/*.h "$from"/*.cc "$from/CMakeLists.txt" | sha256sum)"
    if [ "$stamp" = "$(cat "$folder/installed" 2>/dev/null)" ]; then
        installed cpp "libgrpc++ $version" "$folder" 0
        return
    fi
    mkdir -p "$folder"
    if cmake -S "$from" -B "$folder/build" -DCMAKE_BUILD_TYPE=Release >"$folder/log" 2>&1 &&
        cmake --build "$folder/build" --parallel 2 >>"$folder/log" 2>&1 &&
        mv -f "$folder"/build/cpp-server "$folder"/build/cpp-client "$folder"; then
        rm -rf "$folder/build"
        echo "$stamp" >"$folder/installed"
        installed cpp "libgrpc++ $version" "$folder" $((SECONDS - begun))
    else
        tail -n 20 "$folder/log" >&2
        lack "cpp: the build failed"
    fi
}
