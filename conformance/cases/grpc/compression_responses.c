/* SPDX-License-Identifier: MIT
 *
 * Compressed responses: only in an encoding that the client accepts, declared, and where they are asked for
 * (compression.md). */
#include "cases/cases.h"
#include "cases/grpc/compressed.h"

#define ACCEPT_BOTH EDITS(ADD("grpc-accept-encoding", "identity,gzip,deflate"))

struct not_accepted_row {
    struct edit edits[2];
    bool de_facto;
};
static const struct not_accepted_row only_identity = {{ADD("grpc-accept-encoding", "identity")},
                                                      false};
static const struct not_accepted_row no_accept_encoding = {{{.kind = EDIT_END}}, true};

static void response_not_accepted(struct test *t)
{
    struct call *call = unary_call(t, ROW(t, not_accepted_row)->edits, asking(3000, 1, -1));
    struct message message = one_message(call);

    if (!test_is_over(t) && message.flag == 1 && ROW(t, not_accepted_row)->de_facto)
        test_lenient(t, HERE, "an uncompressed response: the client did not say what it accepts",
                     "a message with flag 1");
    else
        expect(t, message.flag == 0, "an uncompressed response: the client accepts nothing else",
               "a message with flag %u", message.flag);
    expect_status(call, GRPC_OK);
}

static void response_to_gzip_request(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(
        t, UNARY_CALL, EDITS(ADD("grpc-encoding", "gzip"), ADD("grpc-accept-encoding", "gzip")));

    send_compressed_request(call, asking(3000, 0, -1));
    uint8_t flag = expect_declared_reply(call, BYTES("gzip"), 3000);
    expect_status(call, GRPC_OK);
    if (!test_is_over(t) && flag == 1)
        test_lenient(t, HERE, "no compression: the request asked for none (response_compressed)",
                     "a compressed response");
}

static void response_declared(struct test *t)
{
    struct call *call = unary_call(t, ACCEPT_BOTH, asking(3000, 1, -1));

    expect_declared_reply(call, BYTES("gzip,deflate"), 3000);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void response_compressed_unary(struct test *t)
{
    const struct bytes accepted = BYTES("gzip,deflate");
    struct call *yes = unary_call(t, ACCEPT_BOTH, asking(314159, 1, -1));
    uint8_t flag = expect_declared_reply(yes, accepted, 314159);

    expect_status(yes, GRPC_OK);
    if (!test_is_over(t) && flag == 0)
        test_skip(t, "the test service ignores response_compressed");

    struct call *no = unary_call(t, ACCEPT_BOTH, asking(314159, 0, -1));
    flag = expect_declared_reply(no, accepted, 314159);
    expect_status(no, GRPC_OK);
    if (!test_is_over(t) && flag == 1)
        test_lenient(t, HERE, "flag 0 where response_compressed is false", "flag 1");
}

static void response_compressed_streaming(struct test *t)
{
    static const struct response_parameters wanted[] = {{31415, 0, 1}, {92653, 0, 0}};
    const struct bytes accepted = BYTES("gzip,deflate");
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, ACCEPT_BOTH);

    send_output_request(call, wanted, ARRAY_LEN(wanted), FLAG_END_STREAM);
    uint8_t first = expect_declared_reply(call, accepted, 31415);
    uint8_t second = expect_declared_reply(call, accepted, 92653);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
    if (!test_is_over(t) && first == 0 && second == 0)
        test_skip(t, "the test service ignores response_parameters.compressed");
    expect(t, first == 1, "flag 1 where compressed is true", "flag %u", first);
    if (!test_is_over(t) && second == 1)
        test_lenient(t, HERE, "flag 0 where compressed is false", "flag 1");
}

/* What the call before has accepted is not what this one does. */
static void response_not_accepted_any_more(struct test *t)
{
    struct call *call = unary_call(t, ACCEPT_BOTH, asking(3000, 1, -1));

    expect_declared_reply(call, BYTES("gzip,deflate"), 3000);
    expect_status(call, GRPC_OK);
    response_not_accepted(t);
}

/* Short and empty ones too: each is whole in itself. */
static void responses_compressed_each(struct test *t)
{
    static const struct response_parameters wanted[] = {
        {3000, 0, 1}, {3000, 0, 1}, {0, 0, 1}, {1, 0, 1}, {3000, 0, 1}};
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, ACCEPT_BOTH);

    send_output_request(call, wanted, ARRAY_LEN(wanted), FLAG_END_STREAM);
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
        expect_declared_reply(call, BYTES("gzip,deflate"), wanted[i].size);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* grpc-accept-encoding as lists may be written: spaces, unknown tokens, more than one field. */
struct accept_row {
    struct edit edits[4];
};
static const struct accept_row accept_spaces = {
    {ADD("grpc-accept-encoding", "x-foo , gzip,identity")}};
static const struct accept_row accept_twice = {
    {ADD("grpc-accept-encoding", "x-foo"), ADD("grpc-accept-encoding", "gzip")}};

static void accept_encoding_form(struct test *t)
{
    struct call *call = unary_call(t, ROW(t, accept_row)->edits, asking(3000, 1, -1));

    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("the list is refused for its form")));
    if (call_status(call) == GRPC_OK)
        expect_declared_reply(call, BYTES("gzip"), 3000);
    expect_connection_still_serves(call->conn);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/compression/response-only-identity-accepted", "GRPC-COMP-010 GRPC-COMP-020",
     "A client that accepts only identity gets an uncompressed response.",
     NEEDS_TEST_SERVICE, response_not_accepted, &only_identity},
    {"grpc/compression/response-without-accept-encoding", "GRPC-COMP-011",
     "A client that does not say what it accepts gets an uncompressed response.",
     NEEDS_TEST_SERVICE, response_not_accepted, &no_accept_encoding},
    {"grpc/compression/response-to-gzip-request", "GRPC-COMP-012 GRPC-COMP-018 GRPC-COMP-020",
     "The response to a gzip request may be uncompressed, and is when that is asked for.",
     NEEDS_TEST_SERVICE, response_to_gzip_request, NULL},
    {"grpc/compression/response-declared", "GRPC-COMP-020 GRPC-COMP-009",
     "A compressed response declares an encoding the client accepts, and is whole in it.",
     NEEDS_TEST_SERVICE, response_declared, NULL},
    {"grpc/compression/response-compressed-unary", "GRPC-COMP-018 GRPC-COMP-020",
     "response_compressed decides the flag of a unary response.",
     NEEDS_TEST_SERVICE, response_compressed_unary, NULL},
    {"grpc/compression/response-compressed-streaming", "GRPC-COMP-019 GRPC-COMP-015 GRPC-COMP-020",
     "compressed decides the flag of each streamed response.",
     NEEDS_TEST_SERVICE, response_compressed_streaming, NULL},
    {"grpc/compression/response-not-accepted-any-more", "GRPC-COMP-010 GRPC-COMP-020",
     "A client that accepts only identity gets no compressed response behind one that did.",
     NEEDS_TEST_SERVICE, response_not_accepted_any_more, &only_identity},
    {"grpc/compression/responses-compressed-each", "GRPC-COMP-009 GRPC-COMP-020",
     "Each compressed response of a stream is whole in itself.",
     NEEDS_TEST_SERVICE, responses_compressed_each, NULL},
    {"grpc/compression/accept-encoding-spaces", "GRPC-COMP-022 GRPC-COMP-020",
     "Spaces and unknown tokens in grpc-accept-encoding are tolerated.",
     NEEDS_TEST_SERVICE, accept_encoding_form, &accept_spaces},
    {"grpc/compression/accept-encoding-repeated", "GRPC-COMP-022 GRPC-COMP-020",
     "grpc-accept-encoding in two fields is tolerated.",
     NEEDS_TEST_SERVICE, accept_encoding_form, &accept_twice},
};
/* clang-format on */

const struct case_list compression_response_cases = {cases, ARRAY_LEN(cases)};
