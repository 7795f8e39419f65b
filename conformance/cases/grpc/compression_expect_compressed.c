/* SPDX-License-Identifier: MIT
 *
 * expect_compressed, by which the test service says whether a request came compressed. */
#include "cases/cases.h"
#include "cases/grpc/compressed.h"

static void expect_compressed_but_plain(struct test *t)
{
    struct call *call = unary_call(t, WITH_GZIP, asking(4, -1, 1));

    expect_outcome(call, ONE_OF(STATUS(GRPC_INVALID_ARGUMENT), STATUS(GRPC_OK), ANY_ERROR));
    if (!test_is_over(t) && call_status(call) == GRPC_OK)
        test_skip(t, "the test service ignores expect_compressed");
    if (!test_is_over(t) && call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not support grpc-encoding: gzip");
    expect(t, call_status(call) == GRPC_INVALID_ARGUMENT, "INVALID_ARGUMENT", "%s",
           grpc_status_name((uint32_t)call_status(call)));
}

static void expect_compressed_and_is(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, UNARY_CALL, WITH_GZIP);

    send_compressed_request(call, asking(4, -1, 1));
    expect_declared_reply(call, BYTES("gzip"), 4);
    expect_status(call, GRPC_OK);

    call = unary_call(t, WITH_GZIP, asking(4, -1, 0));
    expect_declared_reply(call, BYTES("gzip"), 4);
    expect_status(call, GRPC_OK);
}

static void expect_compressed_streaming(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, STREAMING_INPUT_CALL, WITH_GZIP);
    struct buf plain = {0}, sum = {0};

    send_compressed_input(call, 27182, 1, FLAG_NONE);
    pb_put_input_request(&plain, 45904, 0);
    send_message(call, 0, buf_view(&plain), FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    check_declared(call, one_message(call), BYTES("gzip"), &sum);
    expect(t, pb_aggregated_size(buf_view(&sum)) == 73086, "a sum of 73086 octets", "%lld",
           (long long)pb_aggregated_size(buf_view(&sum)));
    buf_clear(&plain);
    buf_clear(&sum);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/compression/expect-compressed-but-plain", "GRPC-COMP-017",
     "expect_compressed with an uncompressed request fails with INVALID_ARGUMENT.",
     NEEDS_TEST_SERVICE, expect_compressed_but_plain, NULL},
    {"grpc/compression/expect-compressed", "GRPC-COMP-017",
     "expect_compressed with a compressed request, and its opposite, succeed.",
     NEEDS_TEST_SERVICE, expect_compressed_and_is, NULL},
    {"grpc/compression/expect-compressed-streaming", "GRPC-COMP-017 GRPC-COMP-015",
     "On a stream each message is compressed or not for itself.",
     NEEDS_TEST_SERVICE, expect_compressed_streaming, NULL},
};
/* clang-format on */

const struct case_list compression_expect_compressed_cases = {cases, ARRAY_LEN(cases)};
