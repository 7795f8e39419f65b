/* SPDX-License-Identifier: MIT
 *
 * The target of `grpcspec test` when it is a client: a command, an adapter, or the bundled client. */
#include "run/client_probe.h"
#include "session.h"
#include "target/interrupt.h"
#include "verbs.h"

#include <stdio.h>

#define UNKNOWN_SPAN (30 * NS_PER_S)

static bool make_drive(struct session *session)
{
    struct test_options *options = &session->options;
    char why[256] = "out of memory";
    if (options->adapter) {
        session->adapter = adapter_drive_new(options->adapter);
        session->target.drive = session->adapter ? adapter_drive(session->adapter) : NULL;
    } else {
        session->command = command_drive_new(options->command_length ? options->command : NULL,
                                             why);
        session->target.drive = session->command ? command_drive(session->command) : NULL;
    }
    if (!session->target.drive)
        complain("%s", why);
    return session->target.drive != NULL;
}

static void name_client(struct session *session)
{
    snprintf(session->name, sizeof(session->name), "%.300s%s",
             session->adapter ? session->options.adapter : command_drive_name(session->command),
             session->adapter ? " (an adapter)" : "");
}

/* What the case's listener has, and what the client is told of it. */
static bool prepare_tls(struct session *session)
{
    struct test_options *options = &session->options;
    struct target_info *target = &session->target;
    char why[256];
    if (!options->use_tls)
        return true;
    target->trusted_ca = options->tls.ca_file;
    target->tls_name = options->tls.server_name ? options->tls.server_name : "localhost";
    options->tls.ca_file = NULL; /* a listener with one demands a client certificate */
    options->tls.server_name = NULL;
    target->tls = &options->tls;
    if (options->tls.cert_file)
        return true;
    if (!certificates_make(&session->certificates, why)) {
        complain("%s", why);
        return false;
    }
    target->certificates = &session->certificates;
    target->trusted_ca = session->certificates.ca_file;
    options->tls.cert_file = session->certificates.server_cert_file;
    options->tls.key_file = session->certificates.server_key_file;
    return true;
}

/* Told a case that does not exist, with a port where nobody answers. */
static bool ask_unknown(struct session *session)
{
    const struct target_info *target = &session->target;
    char why[256];
    struct client_address address = {.host = "127.0.0.1",
                                     .port = spawn_free_port(),
                                     .tls = target->tls != NULL,
                                     .ca_file = target->tls ? target->trusted_ca : NULL,
                                     .server_name = target->tls ? target->tls_name : NULL,
                                     .case_id = "client/unknown"};
    if (!session->command ||
        command_drive_ask_unknown(session->command, &address, UNKNOWN_SPAN, why))
        return true;
    complain("%s", why);
    return false;
}

static bool probe(struct session *session)
{
    char why[1024];
    struct run_options *run = &session->options.run;
    session->target.stop = &interrupt_asked;
    if (probe_client(&session->target, run, &session->report, why))
        return true;
    complain("%s", why);
    return false;
}

bool session_find_client(struct session *session)
{
    if (!prepare_tls(session) || !make_drive(session))
        return false;
    name_client(session);
    return ask_unknown(session) && probe(session);
}
