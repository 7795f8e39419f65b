/* SPDX-License-Identifier: MIT
 *
 * The kill matrix's half of clients: the faulty client as a function on a thread, without TLS and with. */
#include "run/drive_function.h"
#include "selftest/client/function.h"
#include "selftest/matrix.h"

#define KNOB_PATIENCE (500 * NS_PER_MS)

/* Cases in which a client says something of every kind; the linter looks at it. */
static const char *const carriers[] = {
    "client/grpc/calls/empty-unary",
    "client/grpc/calls/large-unary",
    "client/grpc/calls/client-streaming",
    "client/grpc/calls/ping-pong",
    "client/grpc/requests/custom-metadata",
    "client/grpc/deadline/of-1500-ms",
    "client/grpc/deadline/expires",
    "client/grpc/cancellation/at-once",
    "client/grpc/compression/only-what-is-asked-for",
    "client/grpc/mapping/reset-cancel",
    "client/http2/flow-control/stream-window",
    "client/http2/settings/each-is-acknowledged",
    "client/http2/settings/table-size-smaller",
    "client/http2/streams/one-at-a-time",
    "client/http2/frames/reset-is-not-answered",
    "client/http2/goaway/next-call",
    "client/http2/goaway/says-goodbye",
    "client/http2/ping/ack-is-not-answered",
    NULL,
};

static const char *const names[] = {"plain", "tls"};
static const char *const sentences[] = {"cleartext", "TLS, with the tool's own certificates"};

static const char *setup_name(size_t setup)
{
    return names[setup];
}

static const char *setup_sentence(size_t setup)
{
    return sentences[setup];
}

static bool run_with(const struct matrix *matrix, size_t name, size_t setup,
                     const struct run_options *options, struct report *report)
{
    enum client_knob knob = (enum client_knob)name;
    const struct client_function function = {faulty_client_run, &knob};
    const struct certificates *made = &matrix->certificates;
    const struct transport_tls tls = {.cert_file = made->server_cert_file,
                                      .key_file = made->server_key_file};
    struct drive drive;
    drive_function_init(&drive, &function, SHOWS_RESULT);
    struct target_info target = {
        .drive = &drive, .authority = "localhost", .answers_requests = true};
    if (setup > 0) {
        target.tls = &tls;
        target.trusted_ca = made->ca_file;
        target.tls_name = "localhost";
        target.certificates = made;
    }
    struct run_options run = *options;
    run.no_canary = true;
    return run_suite(&run, &target, report) == 0 && !report->failed;
}

static bool dies(size_t name)
{
    return name == CLIENT_DIES || name == CLIENT_HEADERS_ON_0_KILL_IT ||
           name == CLIENT_IDLE_FRAMES_COLLIDE || name == CLIENT_DIES_OF_EMPTY_DEBUG_DATA ||
           name == CLIENT_DIES_OF_LONG_SETTINGS;
}

static int64_t patience(size_t name)
{
    return name == CLIENT_INFLATES_EVERYTHING ? 4 * KNOB_PATIENCE : KNOB_PATIENCE;
}

static bool cuts(size_t name)
{
    return name == CLIENT_LOSES_SPLIT_FRAME_HEADER;
}

const struct matrix_half client_half = {
    .word = "client",
    .role = LINT_CLIENT,
    .knobs = client_knob_table,
    .knob_count = CLIENT_KNOB_COUNT,
    .dropper = CLIENT_DROPS_AFTER_HANDSHAKE,
    .absent = CLIENT_NEVER_CONNECTS,
    .cases = run_client_cases,
    .carriers = carriers,
    .setup_count = ARRAY_LEN(names),
    .setup_name = setup_name,
    .setup_sentence = setup_sentence,
    .dies = dies,
    .patience = patience,
    .cuts = cuts,
    .run = run_with,
};
