/* SPDX-License-Identifier: MIT
 *
 * Rules that show only on a server built or configured for them, and that have no area of their own here: what
 * --server-has says of the target decides whether they are judged. Others of that kind are in keepalive.c, shutdown.c
 * and health.c. */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "peer/own_target.h"

static void handler_throws(struct test *t)
{
    const char *path = server_has(t, HAS_THROWING_METHOD);
    if (test_is_over(t))
        return;
    struct call *call = send_unary(t, path, NO_BYTES);

    expect_status(call, GRPC_UNKNOWN);
    expect_connection_still_serves(call->conn);
}

static const struct test_case cases[] = {
    {"grpc/configured/handler-throws", "GRPC-STAT-020",
     "A handler that throws ends its call with UNKNOWN.", NEEDS_TRANSPORT, handler_throws, NULL},
};
const struct case_list configured_cases = {cases, ARRAY_LEN(cases)};
