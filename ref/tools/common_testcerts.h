/* SPDX-License-Identifier: MIT
 *
 * Where the test certificates of the gRPC project lie on this machine. They are not copied into
 * this repository: Debian's ruby-grpc and grpc-go's module both install them, byte for byte the
 * same. */
#ifndef TOOLS_COMMON_TESTCERTS_H
#define TOOLS_COMMON_TESTCERTS_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>

/* The path of `name` ("ca.pem", "server1.pem", "server1.key") in the first folder that has it:
 * $GRPCREF_TESTDATA, Debian's ruby-grpc, the Go module cache. false when none has. */
MUST_USE bool testcerts_find(const char *name, char *path, size_t path_size);

#endif
