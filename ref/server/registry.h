/* SPDX-License-Identifier: MIT
 *
 * Methods by :path. Registered before serving, looked up once per call. */
#ifndef SERVER_REGISTRY_H
#define SERVER_REGISTRY_H

#include "call/call.h"

struct registry_slot {
    uint32_t hash;
    struct bytes path; /* borrowed from the method; data NULL: free */
    struct call_target target;
};

/* All zeros is empty. */
struct registry {
    struct registry_slot *slots; /* open addressing; a power of two, at most half full */
    size_t cap;
    size_t count;
    const struct gr_service **services;
    size_t service_count;
};

void registry_clear(struct registry *registry);
/* returns 0, GR_NOMEM, or GR_INVALID when a service of that name is there; then nothing has changed */
MUST_USE int registry_add(struct registry *registry, const struct gr_service *service, void *data);
/* method NULL: there is none. Case matters (GRPC-CALL-014). */
struct call_target registry_find(const struct registry *registry, struct bytes path);

#endif
