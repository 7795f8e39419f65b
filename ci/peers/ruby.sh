# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stock Ruby programs, which Debian ships inside the gem.

install_ruby() {
    local begun=$SECONDS
    if ! dpkg -L ruby-grpc 2>/dev/null | grep -q /pb/test/client.rb; then
        debian ruby ruby-grpc || return 0
    fi
    installed ruby "ruby-grpc $(dpkg-query -W -f '${Version}' ruby-grpc)" \
        "$(dpkg -L ruby-grpc | grep '/gems/grpc-[0-9.]*$' | head -n 1)" $((SECONDS - begun))
}
