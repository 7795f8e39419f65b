/* SPDX-License-Identifier: MIT
 *
 * grpc.health.v1.Health, ready to register: what is said of each service is set here, Check answers it, and Watch
 * tells every change. It measures nothing by itself: a service is what its owner says of it.
 *
 * It has what Debian's grpc/health/v1/health.proto has: Check and Watch. List came to that file later, so a client that
 * asks for it is told UNIMPLEMENTED.
 *
 * Threads: gr_health_set and gr_health_shut_down from any, whatever loops its servers run on.
 *
 * Check of a name that was never set is NOT_FOUND; Watch of it tells SERVICE_UNKNOWN and goes on (health-checking.md).
 * The name "" stands for the server as a whole. */
#ifndef SERVICES_HEALTH_H
#define SERVICES_HEALTH_H

#include "grpcref.h"

/* HealthCheckResponse.ServingStatus, as the .proto numbers it. */
enum gr_health_status {
    GR_HEALTH_UNKNOWN,
    GR_HEALTH_SERVING,
    GR_HEALTH_NOT_SERVING,
    GR_HEALTH_SERVICE_UNKNOWN, /* for Watch alone: what a name is that was never set, or was forgotten */
};

struct gr_health;

/* "" is SERVING, nothing else is known. given: gr_health_free. NULL when out of memory */
struct gr_health *gr_health_new(void);
/* After the gr_server_free of every server it is registered with. NULL: nothing. */
void gr_health_free(struct gr_health *health);

/* health: borrowed until gr_server_free. returns as gr_server_register */
MUST_USE int gr_health_register(struct gr_server *server, struct gr_health *health);

/* Say what a service is from now on; whoever watches it is told, if that is a change. SERVICE_UNKNOWN forgets the name.
 * service: copied. Ignored after gr_health_shut_down. returns 0, or GR_NOMEM: it may be set, and not be told */
MUST_USE int gr_health_set(struct gr_health *health, const char *service,
                           enum gr_health_status status);

/* Everything is NOT_SERVING, for good: what a server says that is about to stop. returns 0, or GR_NOMEM: it is so, but
 * not all watchers are told */
int gr_health_shut_down(struct gr_health *health);

#endif
