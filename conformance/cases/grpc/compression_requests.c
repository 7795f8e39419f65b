/* SPDX-License-Identifier: MIT
 *
 * Compressed requests: the flag and the declared encoding must agree, and each message is compressed for itself
 * (compression.md). Data that is broken is in compression_broken_data.c. */
#include "cases/cases.h"
#include "cases/grpc/compressed.h"

struct undeclared_row {
    struct edit edits[2];
};
static const struct undeclared_row no_encoding = {{{.kind = EDIT_END}}};
static const struct undeclared_row identity = {{ADD("grpc-encoding", "identity")}};

/* The payload is a good message without compression: a server that does not look says OK. */
static void flag_without_compression(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, ROW(t, undeclared_row)->edits);
    struct buf message = {0};

    pb_put_simple_request(&message, TESTING_REQUEST(.response_size = 5));
    send_message(call, 1, buf_view(&message), FLAG_END_STREAM);
    expect_status(call, GRPC_INTERNAL);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

/* Behind a call that did name an encoding: the message is good in that one. */
static void flag_behind_a_gzip_call(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *first = start_call(t, UNARY_CALL, WITH_GZIP);
    struct call *call = NULL;
    struct buf message = {0};

    send_compressed_request(first, asking(5, -1, -1));
    expect_status(first, GRPC_OK);
    call = start_call(t, UNARY_CALL, NO_EDITS);
    pb_put_simple_request(&message, asking(5, -1, -1));
    send_compressed(call, buf_view(&message), FORMAT_GZIP, FLAG_END_STREAM);
    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_INTERNAL),
                          LENIENT_ANY_ERROR("handed on, and no message of the method's type")));
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

/* RFC 1952 2.3.1: a name, a comment, an extra field and a check of the header are to be passed over. */
static void gzip_header_with_all_fields(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, UNARY_CALL, WITH_GZIP);
    struct buf message = {0}, zipped = {0}, sent = {0};

    pb_put_simple_request(&message, asking(7, -1, -1));
    compress_into(&zipped, buf_view(&message), FORMAT_GZIP);
    put_gzip_header_with_all_fields(&sent);
    buf_put(&sent, bytes_skip(buf_view(&zipped), GZIP_HEADER_LEN));
    send_message(call, 1, buf_view(&sent), FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
    buf_clear(&zipped);
    buf_clear(&sent);
}

static void identity_is_legal(struct test *t)
{
    struct call *call = unary_call(t, EDITS(ADD("grpc-encoding", "identity")),
                                   TESTING_REQUEST(.response_size = 5));
    expect_unary_reply(call, 5);
}

static void gzip_request(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, STREAMING_INPUT_CALL, WITH_GZIP);

    send_compressed_input(call, 27182, -1, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK)));
    struct message reply = one_message(call);
    struct buf sum = {0};
    check_declared(call, reply, BYTES("gzip"), &sum);
    expect(t, pb_aggregated_size(buf_view(&sum)) == 27182, "a sum of 27182 octets", "%lld",
           (long long)pb_aggregated_size(buf_view(&sum)));
    buf_clear(&sum);
}

static void gzip_declared_flag_zero(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = unary_call(t, WITH_GZIP, TESTING_REQUEST(.response_size = 9));

    expect_declared_reply(call, BYTES("gzip"), 9);
    expect_status(call, GRPC_OK);
}

/* Two whole streams, a plain message between them: a decoder that keeps its state across messages
 * fails. */
static void independent_messages(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, STREAMING_INPUT_CALL, WITH_GZIP);
    struct buf sum = {0};

    send_compressed_input(call, 1000, -1, FLAG_NONE);
    send_input(call, 200, FLAG_NONE);
    send_compressed_input(call, 33, -1, FLAG_NONE);
    send_compressed_input(call, 1, -1, FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    check_declared(call, one_message(call), BYTES("gzip"), &sum);
    expect(t, pb_aggregated_size(buf_view(&sum)) == 1234, "a sum of 1234 octets", "%lld",
           (long long)pb_aggregated_size(buf_view(&sum)));
    buf_clear(&sum);
}

static void deflate_request(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, EDITS(ADD("grpc-encoding", "deflate")));
    struct buf message = {0};

    pb_put_simple_request(&message, TESTING_REQUEST(.response_size = 6));
    send_compressed(call, buf_view(&message), FORMAT_ZLIB, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), STATUS(GRPC_UNIMPLEMENTED),
                                LENIENT_ANY_ERROR("deflate is not read as the zlib format")));
    if (call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not support grpc-encoding: deflate");
    if (call_status(call) == GRPC_OK)
        expect_declared_reply(call, BYTES("deflate"), 6);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

static void compressed_empty_message(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, EMPTY_CALL, WITH_GZIP);

    send_compressed(call, NO_BYTES, FORMAT_GZIP, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK),
                                LENIENT_ANY_ERROR("compressed data of no octets is refused")));
    expect_connection_still_serves(call->conn);
}

static void accepted_is_listed(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, EMPTY_CALL, WITH_GZIP);

    send_compressed(call, NO_BYTES, FORMAT_GZIP, FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    if (!test_is_over(t) && !response_field(call, "grpc-accept-encoding"))
        test_lenient(t, HERE, "grpc-accept-encoding lists gzip, which was just taken",
                     "no grpc-accept-encoding");
    else
        expect(t, response_accepts(call, "gzip"),
               "grpc-accept-encoding lists gzip, which was just taken", "a list without it");
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/compression/flag-without-encoding", "GRPC-COMP-006",
     "A compressed message without grpc-encoding fails with INTERNAL.",
     NEEDS_TEST_SERVICE, flag_without_compression, &no_encoding},
    {"grpc/compression/flag-with-identity", "GRPC-COMP-007",
     "A compressed message under grpc-encoding: identity fails with INTERNAL.",
     NEEDS_TEST_SERVICE, flag_without_compression, &identity},
    {"grpc/compression/flag-behind-a-gzip-call", "GRPC-COMP-006",
     "A compressed message without grpc-encoding fails also behind a call that named one.",
     NEEDS_TEST_SERVICE, flag_behind_a_gzip_call, NULL},
    {"grpc/compression/gzip-header-fields", "GRPC-COMP-009",
     "gzip data whose header has a name, a comment, an extra field and a check is read.",
     NEEDS_TEST_SERVICE, gzip_header_with_all_fields, NULL},
    {"grpc/compression/identity-declared", "GRPC-COMP-008",
     "grpc-encoding: identity with messages without compression is served.",
     NEEDS_TEST_SERVICE, identity_is_legal, NULL},
    {"grpc/compression/gzip-request", "GRPC-COMP-009 GRPC-COMP-020",
     "A request compressed with gzip is read.",
     NEEDS_TEST_SERVICE, gzip_request, NULL},
    {"grpc/compression/flag-zero-under-gzip", "GRPC-COMP-008",
     "Under grpc-encoding: gzip, a message with flag 0 is taken as it is.",
     NEEDS_TEST_SERVICE, gzip_declared_flag_zero, NULL},
    {"grpc/compression/independent-messages", "GRPC-COMP-009",
     "Each compressed message of a stream is a gzip stream of its own.",
     NEEDS_TEST_SERVICE, independent_messages, NULL},
    {"grpc/compression/deflate-request", "GRPC-COMP-023 GRPC-COMP-020",
     "deflate means the zlib format.",
     NEEDS_TEST_SERVICE, deflate_request, NULL},
    {"grpc/compression/empty-message", "GRPC-COMP-025",
     "Compressed data of no octets is an empty message.",
     NEEDS_TEST_SERVICE, compressed_empty_message, NULL},
    {"grpc/compression/accepted-encoding-listed", "GRPC-COMP-004",
     "grpc-accept-encoding, if sent, lists the encoding just taken.",
     NEEDS_TEST_SERVICE, accepted_is_listed, NULL},
};
/* clang-format on */

const struct case_list compression_request_cases = {cases, ARRAY_LEN(cases)};
