# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The stock interop programs of grpc-java: the zip that lies beside the jar on Maven Central. Nothing is compiled. 1.79.0
# is the newest in its list of versions there; 1.82.0 and 1.83.1 are not to be had.

GRPC_JAVA=1.79.0
MAVEN_UNPACK=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack

install_java() {
    local folder=$CACHE/java begun=$SECONDS maven
    local programs=$folder/grpc-interop-testing-$GRPC_JAVA
    if [ -x "$programs/bin/test-server" ]; then
        installed java "grpc-java $GRPC_JAVA" "$programs" 0
        return
    fi
    if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
        lack "java: no java or no mvn on the PATH (Debian: default-jre-headless maven)"
        return
    fi
    rm -rf "$folder"
    mkdir -p "$folder"
    maven=$(mktemp -d) # what Maven downloads for itself, more than the zip
    if mvn -q -B "-Dmaven.repo.local=$maven" "$MAVEN_UNPACK" \
        "-Dartifact=io.grpc:grpc-interop-testing:$GRPC_JAVA:zip" "-DoutputDirectory=$folder" &&
        [ -x "$programs/bin/test-server" ]; then
        rm -f "$programs"/bin/*.bat
        installed java "grpc-java $GRPC_JAVA" "$programs" $((SECONDS - begun))
    else
        lack "java: Maven could not unpack io.grpc:grpc-interop-testing:$GRPC_JAVA:zip"
    fi
    rm -rf "$maven"
}

# The second client of the same programs.
install_java-okhttp() {
    install_java
}
