# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What ci/connectconformance and ci/h2spec share.

SKIPPED=77 # what ci/test counts as a skip

# judge NAME: its path in $judge, installed if need be. Where that cannot be the script ends, skipped, with the reason as
# its last line; in CI (CI=true) it has failed.
judge() {
    local cache=${GRPCSPEC_CACHE:-$HOME/.cache/grpcspec} said
    # shellcheck disable=SC2034  # for the caller
    judge=$cache/$1/$1
    if said=$(ci/install-peers "$1" 2>&1); then
        return
    fi
    printf '%s\n' "$said" | grep -v '^install-peers: ' || true
    if [ "${CI-}" = true ]; then
        echo "ci/$1: $1 is required in CI: $(lacks "$said")" >&2
        exit 1
    fi
    echo "skipped: $(lacks "$said")"
    exit $SKIPPED
}

lacks() {
    printf '%s\n' "$1" | sed -n 's/^install-peers: //p' | tail -n 1
}

# silent FILE...: no sanitizer has said anything in them.
silent() {
    ! grep -E 'ERROR: [A-Za-z]*Sanitizer|WARNING: ThreadSanitizer|: runtime error: ' "$@" >&2
}
