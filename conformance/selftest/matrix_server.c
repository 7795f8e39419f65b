/* SPDX-License-Identifier: MIT
 *
 * The kill matrix's half of servers: the faulty server as the target of a run, in each of its setups. */
#include "selftest/matrix.h"
#include "selftest/victim.h"

#include <stdio.h>

#define KNOB_PATIENCE (400 * NS_PER_MS) /* a faulty server is not waited for */
#define SLOW_PATIENCE (3 * NS_PER_S)

/* Cases that let a server say something of every kind; the linter looks at it. */
static const char *const carriers[] = {
    "grpc/call/empty-unary",
    "grpc/call/server-streaming",
    "grpc/call/client-streaming",
    "grpc/status/once-on-error",
    "grpc/status/once-on-stream",
    "grpc/status/message-unicode",
    "grpc/metadata/binary-unary",
    "grpc/metadata/padded-one-octet",
    "grpc/compression/response-declared",
    "grpc/compression/response-only-identity-accepted",
    "grpc/request/trailers-only",
    "http2/settings/all-parameters",
    "http2/headers/uppercase-name",
    "grpc/metadata/ascii-unary",
    "http2/errors/last-stream",
    "http2/errors/beside-an-open-call",
    "grpc/cancellation/reset-cancel",
    NULL,
};

/* A faulty server of a case's own, with the same knob, in the same setup. */
static void *start_another(void *arg, struct endpoint *endpoint, char why[static 256])
{
    struct faulty_options options = *(const struct faulty_options *)arg;
    options.may_stop = true;
    struct faulty_server *server = faulty_server_start(&options);
    if (server)
        endpoint->port = faulty_server_port(server);
    else
        (void)snprintf(why, 256, "it cannot listen");
    return server;
}

static void stop_gracefully(void *server)
{
    faulty_server_stop_gracefully(server);
}

static bool has_ended(void *server)
{
    return faulty_server_is_idle(server);
}

static struct memory memory(void *server)
{
    return faulty_server_memory(server);
}

static void end(void *server)
{
    faulty_server_stop(server);
}

static bool run_against(struct faulty_options *faulty, const struct run_options *options,
                        struct report *report)
{
    struct victim victim;
    struct run_options run = *options;
    if (!victim_start(&victim, faulty))
        return false;
    run.revival = victim_revival(&victim);
    const struct starter starter = {.start = start_another,
                                    .stop_gracefully = stop_gracefully,
                                    .has_ended = has_ended,
                                    .memory = memory,
                                    .end = end,
                                    .arg = faulty,
                                    .stops_gracefully = true};
    const struct transport_tls tls = setup_client_tls(faulty->certificates);
    struct target_info target = victim_target(&victim);
    target.tls = faulty->setup->tls ? &tls : NULL;
    target.starter = &starter;
    bool ran = run_suite(&run, &target, report) == 0;
    victim_stop(&victim);
    return ran && !report->failed;
}

/* ---- the half ---- */

static bool run_with(const struct matrix *matrix, size_t name, size_t setup,
                     const struct run_options *options, struct report *report)
{
    struct faulty_options faulty = {.knob = (enum knob_name)name,
                                    .setup = &setups[setup],
                                    .certificates = &matrix->certificates};
    return run_against(&faulty, options, report);
}

static bool dies(size_t name)
{
    return name == KNOB_DIES;
}

/* What takes its time because it does much, not because it waits. */
static int64_t patience(size_t name)
{
    bool slow = name == KNOB_INFLATES_EVERYTHING || name == KNOB_MAKES_ALL_AT_ONCE;
    return slow ? SLOW_PATIENCE : KNOB_PATIENCE;
}

static bool cuts(size_t name)
{
    return name == KNOB_LOSES_SPLIT_FRAME_HEADER;
}

static const char *setup_name(size_t setup)
{
    return setups[setup].name;
}

static const char *setup_sentence(size_t setup)
{
    return setups[setup].sentence;
}

const struct matrix_half server_half = {
    .word = "server",
    .role = LINT_SERVER,
    .knobs = knob_table,
    .knob_count = KNOB_COUNT,
    .dropper = KNOB_DROPS_AFTER_HANDSHAKE,
    .cases = run_all_cases,
    .carriers = carriers,
    .setup_count = SETUP_COUNT,
    .setup_name = setup_name,
    .setup_sentence = setup_sentence,
    .dies = dies,
    .patience = patience,
    .cuts = cuts,
    .run = run_with,
};
