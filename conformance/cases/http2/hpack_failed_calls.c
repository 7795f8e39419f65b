/* SPDX-License-Identifier: MIT
 *
 * Header blocks of calls that fail: however a call ends, what its block inserts is in the dynamic table for the next
 * (RFC 9113 4.3). How a bad request must end is judged elsewhere. */
#include "cases/cases.h"
#include "cases/http2/hpack_indexing.h"

struct failing {
    const char *path;
    struct edit edits[2];
};
#define FAILING(p, ...) (&(const struct failing){(p), {__VA_ARGS__}})

/* However the call ends, the entry that its block inserts is there for the next. */
static void table_survives_a_failing_call(struct test *t)
{
    const struct failing *row = t->arg;
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, row->path);
    struct buf block = {0};

    put_request(&block, call, row->edits, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("kept"));
    send_request_block(call, &block);
    wait_for_all(call);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "kept");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

#define CONNECTION_ENDED                                                                           \
    "the target ends the connection with the request, as RFC 9113 5.4.1 allows: no table survives"

/* The same where a target may make a connection error of it. */
static void table_survives_a_malformed_request(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, EDITS({EDIT_ADD, "connection", OCTETS("close")}),
                LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("kept"));
    send_request_block(call, &block);
    wait_for_all(call);
    if (!connection_goes_on(call))
        test_skip(t, CONNECTION_ENDED);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "kept");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

static void table_survives_a_reset_call(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_INDEXED, BYTES(ECHO), BYTES("kept"));
    send_block(conn, call->stream, buf_view(&block), 0);
    send_rst_stream(conn, call->stream, H2_CANCEL);
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC), "kept");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
    buf_clear(&block);
}

static void bad_metadata_then_good_calls(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *bad = request_with_insert(conn, EMPTY_CALL, BYTES("x-test-bin"),
                                           BYTES("!!!not base64!!!"));

    wait_for_all(bad);
    if (!connection_goes_on(bad)) /* grpc/metadata/base64-* judge that */
        test_skip(t, CONNECTION_ENDED);
    for (int i = 0; i < 5; i++)
        expect_echo(request_with_insert(conn, UNARY_CALL, BYTES(ECHO), BYTES("good")), "good");
    expect_echo(request_with_index(conn, UNARY_CALL, NULL, FIRST_DYNAMIC + 4), "good");
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/hpack/table-survives-unknown-method", "HPACK-019",
     "The block of a request for an unknown method still fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_failing_call, FAILING(UNIMPLEMENTED_CALL, {.kind = EDIT_END})},
    {"http2/hpack/table-survives-wrong-content-type", "HPACK-019",
     "The block of a request with a wrong content-type still fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_failing_call,
     FAILING(EMPTY_CALL, {EDIT_SET, "content-type", OCTETS("text/plain")}, {.kind = EDIT_END})},
    {"http2/hpack/table-survives-malformed-request", "HPACK-019 H2-STREAM-013",
     "The block of a malformed request still fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_malformed_request, NULL},
    {"http2/hpack/table-survives-reset", "HPACK-019",
     "The block of a request that is reset at once fills the table.", NEEDS_TEST_SERVICE,
     table_survives_a_reset_call, NULL},
    {"http2/hpack/bad-metadata-then-good-calls", "HPACK-023",
     "Metadata that cannot be decoded costs its own call only.", NEEDS_TEST_SERVICE,
     bad_metadata_then_good_calls, NULL},
};
const struct case_list hpack_failed_call_cases = {cases, ARRAY_LEN(cases)};
