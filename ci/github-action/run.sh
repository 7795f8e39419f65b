#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The steps of the GitHub action. The runner gives inputs as INPUT_*, and files to append to: GITHUB_STEP_SUMMARY is shown
# on the job's page, GITHUB_OUTPUT is read by later steps, GITHUB_PATH goes before PATH. Without these files the same is
# printed, so it runs on a laptop as well.
#
#   run.sh build    build grpcspec, unless one is on PATH, and put it there for the next steps
#   run.sh judge    run it; exit status as grpcspec test
set -euo pipefail

source_folder=$(cd "$(dirname "$0")/../.." && pwd)
append() { cat >>"${!1:-/dev/stdout}"; }

build() {
    if command -v grpcspec >/dev/null; then
        grpcspec --version
        return
    fi
    local folder=${RUNNER_TEMP:-/tmp}/grpcspec-build
    "$source_folder/ci/setup" --build
    cmake -S "$source_folder" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DGRPCSPEC_TESTS=OFF
    cmake --build "$folder" --target grpcspec grpcref-server
    echo "$folder/bin" | append GITHUB_PATH
}

judge() {
    local folder=${INPUT_REPORT_FOLDER:-grpcspec-report} words=() status=0
    mkdir -p "$folder"
    [ -z "${INPUT_ARGUMENTS-}" ] || mapfile -t words < <(xargs -n 1 printf '%s\n' <<<"$INPUT_ARGUMENTS")
    [ -z "${INPUT_BASELINE-}" ] || words+=(--expect "$INPUT_BASELINE")
    [ -z "${INPUT_SPAWN-}" ] || words+=(--spawn "$INPUT_SPAWN")
    [ -z "${INPUT_TARGET-}" ] || words+=("$INPUT_TARGET")
    if [ -n "${INPUT_CLIENT-}" ]; then
        local client=()
        mapfile -t client < <(xargs -n 1 printf '%s\n' <<<"$INPUT_CLIENT")
        words+=(--client -- "${client[@]}")
    fi
    grpcspec test --html "$folder/report.html" --json "$folder/report.json" --junit "$folder/junit.xml" \
        --markdown "$folder/summary.md" --sarif "$folder/report.sarif" --badge "$folder/badge.svg" \
        --annotations "$folder/annotations.txt" --color never "${words[@]}" || status=$?
    if [ -s "$folder/summary.md" ]; then
        append GITHUB_STEP_SUMMARY <"$folder/summary.md"
        cat "$folder/annotations.txt"
        echo "sentence=$(sed -n '1s/^## [^ ]* //p' "$folder/summary.md")" | append GITHUB_OUTPUT
    fi
    echo "report-folder=$folder" | append GITHUB_OUTPUT
    return $status
}

case "${1-}" in
build | judge) "$1" ;;
*) echo "run.sh: build or judge?" >&2; exit 2 ;;
esac
