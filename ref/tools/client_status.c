/* SPDX-License-Identifier: MIT
 *
 * The cases on metadata and status: custom_metadata, status_code_and_message,
 * special_status_message, unimplemented_method, unimplemented_service. */
#include "tools/client_case.h"

/* ---- custom_metadata ------------------------------------------------------------------------- */

static const struct bytes initial_value = {(const uint8_t *)"test_initial_metadata_value", 27};
static const struct bytes trailing_value = {(const uint8_t *)"\xab\xab\xab", 3};

static void expect_echo(struct run *run, const char *what, struct gr_call *call)
{
    if (!expect_ok(run, what, call))
        return;
    expect_metadata(run, what, "initial metadata", gr_call_metadata(call), TEST_ECHO_INITIAL,
                    initial_value);
    expect_metadata(run, what, "trailing metadata", gr_call_trailers(call), TEST_ECHO_TRAILING,
                    trailing_value);
}

static void unary_with_metadata(struct run *run, const struct gr_call_options *options)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__Payload payload = zero_payload(271828);
    const void *reply;

    request.response_size = 314159;
    request.payload = &payload;
    struct gr_call *call = unary(run, TEST_UNARY_CALL, &request, options, &reply);
    expect_echo(run, "UnaryCall", call);
    const Grpc__Testing__SimpleResponse *response = reply;
    if (response != NULL)
        expect_payload(run, "UnaryCall", response->payload, 314159);
    end(call);
}

static void duplex_with_metadata(struct run *run, const struct gr_call_options *options)
{
    struct duplex_request request;
    struct gr_call *call = begin(run, TEST_FULL_DUPLEX_CALL, options);
    if (call == NULL)
        return;
    duplex_request_init(&request, 314159, 271828);
    send_message(run, call, &request.message, GR_SEND_DEFAULT);
    gr_half_close(call);
    const Grpc__Testing__StreamingOutputCallResponse *reply = receive(run, "FullDuplexCall", call);
    if (reply != NULL)
        expect_payload(run, "FullDuplexCall", reply->payload, 314159);
    expect_end(run, "FullDuplexCall", call);
    expect_echo(run, "FullDuplexCall", call);
    end(call);
}

static void custom_metadata(struct run *run)
{
    struct gr_metadata *metadata = gr_metadata_new();
    struct gr_call_options options = call_options(run);

    if (metadata == NULL || gr_metadata_add(metadata, TEST_ECHO_INITIAL, initial_value) != 0 ||
        gr_metadata_add(metadata, TEST_ECHO_TRAILING, trailing_value) != 0)
        fail(run, "out of memory");
    options.metadata = metadata;
    unary_with_metadata(run, &options);
    duplex_with_metadata(run, &options);
    gr_metadata_free(metadata);
}

/* ---- status_code_and_message, special_status_message ----------------------------------------- */

static void unary_with_status(struct run *run, Grpc__Testing__EchoStatus *status)
{
    Grpc__Testing__SimpleRequest request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    const void *reply;

    request.response_status = status;
    struct gr_call *call = unary(run, TEST_UNARY_CALL, &request, NULL, &reply);
    expect_status_message(run, "UnaryCall", call, (enum gr_status)status->code, status->message);
    end(call);
}

static void status_code_and_message(struct run *run)
{
    static char message[] = "test status message";
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;
    struct duplex_request request;

    status.code = GR_STATUS_UNKNOWN;
    status.message = message;
    unary_with_status(run, &status);

    struct gr_call *call = begin(run, TEST_FULL_DUPLEX_CALL, NULL);
    if (call == NULL)
        return;
    duplex_request_init(&request, 0, 0);
    request.message.response_status = &status;
    send_message(run, call, &request.message, GR_SEND_DEFAULT);
    gr_half_close(call);
    expect_end(run, "FullDuplexCall", call);
    expect_status_message(run, "FullDuplexCall", call, GR_STATUS_UNKNOWN, message);
    end(call);
}

/* Percent-encoding of whitespace and of UTF-8 of three and of four octets (PROTOCOL-HTTP2,
 * Status-Message). */
static void special_status_message(struct run *run)
{
    static char message[] =
        "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n";
    Grpc__Testing__EchoStatus status = GRPC__TESTING__ECHO_STATUS__INIT;

    status.code = GR_STATUS_UNKNOWN;
    status.message = message;
    unary_with_status(run, &status);
}

/* ---- unimplemented_method, unimplemented_service --------------------------------------------- */

static void expect_unimplemented(struct run *run, const struct gr_method *method)
{
    Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    const struct gr_call_options options = call_options(run);
    struct gr_call *call = NULL;
    const void *reply;

    gr_unary(run->channel, method, &request, &options, &reply, &call);
    if (call == NULL)
        fail(run, "out of memory");
    expect_status(run, method->path, call, GR_STATUS_UNIMPLEMENTED);
    end(call);
}

static void unimplemented_method(struct run *run)
{
    expect_unimplemented(run, &test_service.methods[TEST_UNIMPLEMENTED_CALL]);
}

static void unimplemented_service(struct run *run)
{
    expect_unimplemented(run, &unimplemented_service_call);
}

static const struct test_case cases[] = {
    {"custom_metadata", "ASCII and binary, initial and trailing", custom_metadata},
    {"status_code_and_message", "a status comes back, unary and streaming",
     status_code_and_message},
    {"special_status_message", "whitespace and Unicode in the message", special_status_message},
    {"unimplemented_method", "UNIMPLEMENTED for a method", unimplemented_method},
    {"unimplemented_service", "UNIMPLEMENTED for a service", unimplemented_service},
};

const struct test_group status_cases = {cases, ARRAY_LEN(cases)};
