/* SPDX-License-Identifier: MIT
 *
 * A faulty server that may die; see victim.h. */
#include "selftest/victim.h"

#include <stdio.h>

bool victim_start(struct victim *victim, const struct faulty_options *options)
{
    *victim = (struct victim){*options, faulty_server_start(options)};
    return victim->server != NULL;
}

void victim_stop(struct victim *victim)
{
    faulty_server_stop(victim->server);
    victim->server = NULL;
}

struct target_info victim_target(const struct victim *victim)
{
    const struct setup *setup = victim->options.setup ? victim->options.setup : &setups[0];
    struct target_info target = {
        .reflection_path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        .properties = setup->properties,
        .authority = "localhost",
        .has_test_service = true,
        .has_health = true,
        .answers_requests = true,
        .demands_certificate = setup->tls,
    };
    while (setup->properties[target.property_count].key)
        target.property_count++;
    target.endpoint.port = faulty_server_port(victim->server);
    (void)snprintf(target.endpoint.host, sizeof target.endpoint.host, "127.0.0.1");
    return target;
}

static bool has_died(void *arg, struct buf *how)
{
    const struct victim *victim = arg;
    bool dead = faulty_server_is_dead(victim->server);
    if (dead)
        buf_put_str(how, "it died of a request");
    return dead;
}

static bool restart(void *arg, struct endpoint *endpoint, char why[static 256])
{
    struct victim *victim = arg;
    victim_stop(victim);
    const struct faulty_options options = victim->options;
    if (victim_start(victim, &options))
        endpoint->port = faulty_server_port(victim->server);
    else
        (void)snprintf(why, 256, "it cannot listen");
    return victim->server != NULL;
}

struct run_revival victim_revival(struct victim *victim)
{
    return (struct run_revival){has_died, restart, victim};
}
