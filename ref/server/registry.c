/* SPDX-License-Identifier: MIT
 *
 * The hash table of registry.h. */
#include "server/registry.h"

#include "base/contract.h"

#include <stdlib.h>

/* FNV-1a, but eight octets at a time: short keys, known to all, and no stranger ever adds one. */
static uint32_t hash_of(struct bytes path)
{
    uint64_t hash = 14695981039346656037u ^ path.len, word;

    for (; path.len >= sizeof(word); path = bytes_skip(path, sizeof(word))) {
        memcpy(&word, path.data, sizeof(word));
        hash = (hash ^ word) * 1099511628211u;
        hash ^= hash >> 32;
    }
    for (size_t i = 0; i < path.len; i++)
        hash = (hash ^ path.data[i]) * 1099511628211u;
    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot that holds path, or the free one where it belongs. cap > 0 */
static struct registry_slot *slot_of(const struct registry *registry, struct bytes path,
                                     uint32_t hash)
{
    for (size_t i = hash;; i++) {
        struct registry_slot *slot = &registry->slots[i & (registry->cap - 1)];
        if (!slot->path.data || (slot->hash == hash && bytes_equal(slot->path, path)))
            return slot;
    }
}

static bool grow(struct registry *registry, size_t more)
{
    struct registry bigger = *registry;

    bigger.cap = registry->cap ? registry->cap : 16;
    while (bigger.cap < 2 * (registry->count + more))
        bigger.cap *= 2;
    if (bigger.cap == registry->cap)
        return true;
    bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
    if (!bigger.slots)
        return false;
    for (size_t i = 0; i < registry->cap; i++)
        if (registry->slots[i].path.data)
            *slot_of(&bigger, registry->slots[i].path,
                     registry->slots[i].hash) = registry->slots[i];
    free(registry->slots);
    *registry = bigger;
    return true;
}

static bool has_service(const struct registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->service_count; i++)
        if (strcmp(registry->services[i]->name, name) == 0)
            return true;
    return false;
}

static bool add_service(struct registry *registry, const struct gr_service *service)
{
    const struct gr_service **services = realloc(
        registry->services, (registry->service_count + 1) * sizeof(struct gr_service *));

    if (!services)
        return false;
    registry->services = services;
    registry->services[registry->service_count++] = service;
    return true;
}

int registry_add(struct registry *registry, const struct gr_service *service, void *data)
{
    if (has_service(registry, service->name))
        return GR_INVALID;
    if (!grow(registry, service->method_count) || !add_service(registry, service))
        return GR_NOMEM;
    for (size_t i = 0; i < service->method_count; i++) {
        const struct gr_method *method = &service->methods[i];
        struct bytes path = bytes_str(method->path);
        uint32_t hash = hash_of(path);
        struct registry_slot *slot = slot_of(registry, path, hash);

        /* gr_method: unary exactly when neither side streams. */
        CONTRACT(method->client_streams || method->server_streams ? !method->unary
                                                                  : !method->stream,
                 "a method has either `unary` or `stream`, as its type wants");
        registry->count += slot->path.data == NULL;
        *slot = (struct registry_slot){hash, path, {method, data}};
    }
    return 0;
}

struct call_target registry_find(const struct registry *registry, struct bytes path)
{
    if (registry->cap == 0)
        return (struct call_target){0};
    return slot_of(registry, path, hash_of(path))->target;
}

void registry_clear(struct registry *registry)
{
    free(registry->slots);
    free(registry->services);
    *registry = (struct registry){0};
}
