/* SPDX-License-Identifier: MIT
 *
 * What kind of target is this? Asked before the cases: is it there, does it speak HTTP/2, gRPC, has
 * it the test service. The answers choose which cases can be judged. */
#ifndef RUN_PROBE_H
#define RUN_PROBE_H

#include "peer/test.h"
#include "reports/model.h"

struct probe {
    bool speaks_http2;
    bool speaks_grpc; /* it answers a call with content-type application/grpc */
    char
        failure[512]; /* one sentence, when it is not reachable or does not speak HTTP/2; else "" */
};

/* Ask. Fills has_test_service, has_health, reflection_path and answers_requests of *target, whose other members are
 * given, and adds what it learned to the report as facts (report may be NULL). name  the target as
 * the person wrote it, for sentences Speaking HTTP/2 means that its SETTINGS came. One that then
 * answers no call at all is taken to have the test service, so that it fails the cases instead of
 * being excused from them. */
struct probe probe_target(struct target_info *target, const char *name, int64_t patience_ns,
                          struct report *report);

/* "127.0.0.1:80 does not speak HTTP/2: it answered 'HTTP/1.1 400 Bad Request'"; a TLS record is
 * named as one. */
void probe_describe_answer(const char *name, struct bytes answer, bool tls,
                           char sentence[static 512]);

#endif
