/* SPDX-License-Identifier: MIT
 *
 * The faulty client as a process with the official interop flags: one case, and an exit status. (grpc/grpc
 * doc/interop-test-descriptions.md) */
#include "selftest/client/function.h"

#include "peer/client.h"
#include "selftest/client/client.h"
#include "wire/pb.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define UNKNOWN_CASE 127
#define MOST_CALLS   12
#define PAUSE        NS_PER_S /* of the case goaway */

/* ---- the cases ---- */

/* One call of a case, and how it must end. */
struct step {
    const struct client_call *call;
    uint32_t status;
    const char *message; /* NULL: any */
};

struct script {
    const char *name;
    struct step steps[MOST_CALLS];
    unsigned alone; /* so many one after the other; the rest at once */
};

static const struct client_call full_duplex_with_metadata = {.path = FULL_DUPLEX_CALL,
                                                             .type = CALL_FULL_DUPLEX,
                                                             .messages = 1,
                                                             .response_size = 10,
                                                             .responses = 1};
static const struct client_call full_duplex_of_one = {
    .path = FULL_DUPLEX_CALL, .type = CALL_FULL_DUPLEX, .messages = 1};

#define LARGE                                                                                      \
    {                                                                                              \
        &large_unary, CODE_OK, NULL                                                                \
    }
#define TEST_MESSAGE "test status message"
#define SPECIAL_MESSAGE                                                                            \
    "\t\ntest with whitespace\r\nand Unicode BMP \xe2\x98\xba and non-BMP \xf0\x9f\x98\x88\t\n"

static const struct script scripts[] = {
    {"empty_unary", {{&empty_unary, CODE_OK, NULL}}, 1},
    {"large_unary", {LARGE}, 1},
    {"client_streaming", {{&client_streaming, CODE_OK, NULL}}, 1},
    {"server_streaming", {{&server_streaming, CODE_OK, NULL}}, 1},
    {"ping_pong", {{&ping_pong, CODE_OK, NULL}}, 1},
    {"empty_stream", {{&empty_stream, CODE_OK, NULL}}, 1},
    {"custom_metadata",
     {{&custom_metadata, CODE_OK, NULL}, {&full_duplex_with_metadata, CODE_OK, NULL}},
     2},
    {"status_code_and_message",
     {{&status_code_and_message, CODE_UNKNOWN, TEST_MESSAGE},
      {&full_duplex_of_one, CODE_UNKNOWN, TEST_MESSAGE}},
     2},
    {"special_status_message", {{&special_status_message, CODE_UNKNOWN, SPECIAL_MESSAGE}}, 1},
    {"unimplemented_method", {{&unimplemented_method, CODE_UNIMPLEMENTED, NULL}}, 1},
    {"unimplemented_service", {{&unimplemented_service, CODE_UNIMPLEMENTED, NULL}}, 1},
    {"cancel_after_begin", {{&cancel_after_begin, CODE_CANCELLED, NULL}}, 1},
    {"cancel_after_first_response", {{&cancel_after_first_response, CODE_CANCELLED, NULL}}, 1},
    {"timeout_on_sleeping_server",
     {{&timeout_on_sleeping_server, CODE_DEADLINE_EXCEEDED, NULL}},
     1},
    {"client_compressed_unary",
     {{&large_unary, 3, NULL}, {&client_compressed_unary, CODE_OK, NULL}, LARGE},
     3},
    {"server_compressed_unary", {LARGE, LARGE}, 2},
    {"server_compressed_streaming", {{&server_compressed_streaming, CODE_OK, NULL}}, 1},
    {"goaway", {LARGE, LARGE}, 2},
    {"rst_after_header", {LARGE}, 1},
    {"rst_during_data", {LARGE}, 1},
    {"rst_after_data", {LARGE}, 1},
    {"ping", {LARGE}, 1},
    {"max_streams",
     {LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE},
     1},
};

static const struct script *find_script(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
        if (strcmp(scripts[i].name, name) == 0)
            return &scripts[i];
    return NULL;
}

/* ---- a run of one ---- */

struct run {
    const struct script *script;
    size_t count, begun, ended;
    gr_time next_at; /* not before */
    bool content;
    struct client_call calls[MOST_CALLS]; /* with the case's metadata */
};

static const struct client_call *next(void *arg, size_t *index)
{
    struct run *run = arg;
    bool waits = run->begun <= run->script->alone && run->ended < run->begun;
    if (run->begun == run->count || waits || clock_now_ns() < run->next_at)
        return NULL;
    *index = run->begun;
    return &run->calls[run->begun++];
}

static bool is_over(void *arg)
{
    const struct run *run = arg;
    return run->ended == run->count || !run->content;
}

static void report(void *arg, size_t index, struct client_result *result)
{
    struct run *run = arg;
    const struct step *step = &run->script->steps[index];
    if (result->kind == RESULT_DIED) {
        (void)signal(SIGSEGV, SIG_DFL);
        (void)raise(SIGSEGV);
    }
    bool said = !step->message || bytes_equal_str(buf_view(&result->message), step->message);
    run->content = run->content && result->status == step->status && said;
    run->ended++;
    run->next_at = strcmp(run->script->name, "goaway") == 0 ? clock_now_ns() + PAUSE : 0;
    client_result_clear(result);
}

/* The official sizes of a client stream. */
static bool put_message(void *arg, size_t index, unsigned number, struct buf *out)
{
    static const size_t sizes[] = {27182, 8, 1828, 45904};
    const struct run *run = arg;
    if (run->script->steps[index].call != &client_streaming || number >= ARRAY_LEN(sizes))
        return false;
    pb_put_input_request(out, sizes[number], -1);
    return true;
}

static int run_script(const struct script *script, const struct client_address *address,
                      enum client_knob knob)
{
    struct run run = {.script = script, .content = true};
    for (; run.count < MOST_CALLS && script->steps[run.count].call; run.count++) {
        run.calls[run.count] = *script->steps[run.count].call;
        if (strcmp(script->name, "custom_metadata") != 0)
            continue;
        run.calls[run.count].metadata = custom_metadata.metadata;
        run.calls[run.count].metadata_count = custom_metadata.metadata_count;
    }
    const struct call_source source = {.next = next,
                                       .is_over = is_over,
                                       .report = report,
                                       .put_message = put_message,
                                       .arg = &run};
    channel_run(&source, address, knob);
    return run.content ? 0 : 1;
}

/* ---- flags ---- */

static const char *flag_value(int argc, char **argv, const char *name)
{
    size_t len = strlen(name);
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], name, len) == 0)
            return argv[i] + len;
    return NULL;
}

int faulty_client_main(int argc, char **argv, enum client_knob knob)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--adapter") == 0)
            return faulty_client_adapt(knob);
    const char *host = flag_value(argc, argv, "--server_host=");
    const char *port = flag_value(argc, argv, "--server_port=");
    const char *name = flag_value(argc, argv, "--test_case=");
    const char *tls = flag_value(argc, argv, "--use_tls=");
    const char *ca_file = flag_value(argc, argv, "--ca_file=");
    const char *server_name = flag_value(argc, argv, "--server_host_override=");
    const struct script *script = name ? find_script(name) : NULL;
    const struct client_address address = {
        .host = host ? host : "127.0.0.1",
        .port = (uint16_t)(port ? strtoul(port, NULL, 10) : 0),
        .tls = tls && strcmp(tls, "true") == 0,
        .ca_file = ca_file ? ca_file : getenv("SSL_CERT_FILE"),
        .server_name = server_name ? server_name : host,
        .case_id = name,
    };
    return script ? run_script(script, &address, knob) : UNKNOWN_CASE;
}
