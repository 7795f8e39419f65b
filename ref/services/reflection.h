/* SPDX-License-Identifier: MIT
 *
 * Server reflection, grpc.reflection.v1 and v1alpha, ready to register: what a server serves, for grpcurl and its like.
 * It knows every file that a registered service names (struct gr_service, file), and what those import. The messages of
 * both versions are the same on the wire, so one implementation serves both. */
#ifndef SERVICES_REFLECTION_H
#define SERVICES_REFLECTION_H

#include "grpcref.h"

struct gr_reflection;

/* given: gr_reflection_free, after gr_server_free. NULL when out of memory */
struct gr_reflection *gr_reflection_new(void);
void gr_reflection_free(struct gr_reflection *reflection);

/* Both versions. Services registered later are found as well. reflection: borrowed until gr_server_free, for this one
 * server. returns as gr_server_register */
MUST_USE int gr_reflection_register(struct gr_server *server, struct gr_reflection *reflection);

#endif
