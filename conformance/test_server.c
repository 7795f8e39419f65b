/* SPDX-License-Identifier: MIT
 *
 * The target of `grpcspec test` when it is a server: at an address, started by a command, or the bundled one. */
#include "run/probe.h"
#include "session.h"
#include "verbs.h"

#include <stdio.h>

static void prepare_tls(struct session *session)
{
    struct test_options *options = &session->options;
    if (!options->use_tls)
        return;
    if (!options->tls.server_name && options->endpoint.host[0])
        options->tls.server_name = options->endpoint.host;
    session->target.tls = &options->tls;
}

static void name_target(struct session *session)
{
    const struct test_options *options = &session->options;
    const struct endpoint *endpoint = &session->target.endpoint;
    bool v6 = strchr(endpoint->host, ':') != NULL;
    if (endpoint->unix_path[0])
        snprintf(session->authority, sizeof(session->authority), "localhost");
    else
        snprintf(session->authority, sizeof(session->authority), "%s%s%s:%u", v6 ? "[" : "",
                 endpoint->host, v6 ? "]" : "", endpoint->port);
    session->target.authority = options->authority ? options->authority : session->authority;

    const char *address = options->target ? options->target : session->authority;
    if (options->spawn)
        snprintf(session->name, sizeof(session->name), "%.60s (%.300s)", address, options->spawn);
    else if (!options->target)
        snprintf(session->name, sizeof(session->name), "%.60s (the bundled reference server)",
                 address);
    else
        snprintf(session->name, sizeof(session->name), "%.390s", address);
}

/* The bundled server has no certificates of its own: make them, and trust them. */
static bool start_bundled(struct session *session, char why[static 1024])
{
    struct test_options *options = &session->options;
    const struct certificates *made = &session->certificates;
    char reason[256];
    if (options->use_tls) {
        if (!certificates_make(&session->certificates, reason)) {
            snprintf(why, 1024, "%s", reason);
            return false;
        }
        options->tls.ca_file = made->ca_file;
        options->tls.server_name = "localhost";
        options->tls.cert_file = options->mutual_tls ? made->client_cert_file : NULL;
        options->tls.key_file = options->mutual_tls ? made->client_key_file : NULL;
        session->spawn_tls = (struct spawn_tls){made, options->mutual_tls};
    }
    session->spawned = spawn_bundled(&session->target.endpoint, session->target.tls,
                                     options->use_tls ? &session->spawn_tls : NULL, why);
    return session->spawned != NULL;
}

static bool start_target(struct session *session)
{
    const struct test_options *options = &session->options;
    char why[1024];
    if (options->spawn)
        session->spawned = spawn_command(options->spawn, &session->target.endpoint,
                                         session->target.tls, why);
    if (options->spawn ? !session->spawned : !start_bundled(session, why)) {
        complain("%s", why);
        return false;
    }
    if (starter_init(&session->starter, session->spawned))
        session->target.starter = &session->starter;
    return true;
}

static bool find(struct session *session)
{
    struct test_options *options = &session->options;
    session->target.endpoint = options->endpoint;
    session->target.demands_certificate = options->mutual_tls;
    session->target.pid = options->pid;
    session->target.properties = options->properties;
    session->target.property_count = options->property_count;
    prepare_tls(session);
    if ((options->spawn || !options->target) && !start_target(session))
        return false;
    name_target(session);
    return true;
}

/* What the probe needs to know of it, or why the run ends here. */
static bool probe(struct session *session)
{
    struct run_options *run = &session->options.run;
    int64_t patience = run->patience_ns ? run->patience_ns : 3 * NS_PER_S;
    const char *address = session->options.target ? session->options.target : session->authority;
    struct probe probe = probe_target(&session->target, address, patience, &session->report);
    if (!probe.speaks_http2) {
        complain("%s", probe.failure);
        return false;
    }
    run->not_grpc = session->target.answers_requests && !probe.speaks_grpc;
    return true;
}

bool session_find_server(struct session *session)
{
    return find(session) && probe(session);
}
