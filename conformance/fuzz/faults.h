/* SPDX-License-Identifier: MIT
 *
 * The generators: a table row for each thing that may be wrong (or, in the layer "legal", for each thing that must
 * work), a file for each layer. */
#ifndef FUZZ_FAULTS_H
#define FUZZ_FAULTS_H

#include "fuzz/maker.h"

struct fault {
    const char *id;      /* "frames/ping-length": layer and name; part of the profile */
    const char *clauses; /* the first is what it is about */
    const char *wrong;   /* one sentence */
    void (*make)(struct maker *m, const struct fault *fault);
    const void *arg; /* the row, in a family driven by a table */
    bool of_service; /* it needs grpc.testing.TestService */
};
struct fault_list {
    const struct fault *faults;
    size_t count;
};

/* By layer. */
extern const struct fault_list octet_faults, frame_faults, order_faults, hpack_faults,
    window_faults, request_faults, timeout_faults, metadata_faults, message_faults, legal_faults,
    client_faults, client_header_faults, client_wire_faults, client_stream_faults;

/* What the target is. */
enum fuzz_role { FUZZ_SERVERS, FUZZ_CLIENTS, FUZZ_TLS_SERVERS };

/* All generators against such targets, in an order that is part of the profile. */
size_t fault_count(enum fuzz_role role);
const struct fault *fault_at(enum fuzz_role role, size_t index);
/* Which generator case `index` is of: each comes once before any comes again. */
const struct fault *fault_of_case(enum fuzz_role role, uint64_t seed, uint64_t index);

/* Case (profile, seed, index): into *script, which is zeros or cleared. */
void script_make(enum fuzz_role role, uint64_t seed, uint64_t index, struct script *script);

#endif
