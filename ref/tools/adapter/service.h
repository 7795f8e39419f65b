/* SPDX-License-Identifier: MIT
 *
 * connectrpc.conformance.v1.ConformanceService: does what each request tells it to, and says what
 * it has seen. */
#ifndef TOOLS_ADAPTER_SERVICE_H
#define TOOLS_ADAPTER_SERVICE_H

#include "tools/adapter/later.h"

/* Serve it on `server`. laters: where delayed unary answers are put; the one who turns the loop runs them.
 * Both borrowed until the server is freed.
 * returns 0 or as gr_server_register does */
MUST_USE int conformance_service_register(struct gr_server *server, struct laters *laters);

#endif
