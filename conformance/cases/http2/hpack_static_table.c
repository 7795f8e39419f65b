/* SPDX-License-Identifier: MIT
 *
 * The static table (RFC 7541 2.3.1, appendix A): requests whose names and values come from it. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* :method POST and :scheme http(s) whole, every other name of the request from the static table where it is there. */
static void request_from_the_static_table(struct test *t)
{
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    hpack_put_indexed(&block, 3);
    hpack_put_indexed(&block, t->target->tls ? 7 : 6);
    hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 5, BYTES(EMPTY_CALL));
    hpack_put_literal_indexed_name(&block, LITERAL_NEVER_INDEXED, 1,
                                   bytes_str(t->target->authority));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("te"), BYTES("trailers"));
    hpack_put_literal_indexed_name(&block, LITERAL_INDEXED, 31, BYTES("application/grpc"));
    hpack_put_literal_indexed_name(&block, LITERAL_NOT_INDEXED, 58, BYTES("grpcspec"));
    send_request_block(call, &block);
    expect_answer(call);
    forget_dynamic_table(conn);
    expect_connection_still_serves(conn);
}

/* Entries that may stand in a request as they are: neither pseudo-fields nor those that HTTP gives a meaning. */
static void entries_of_the_static_table(struct test *t)
{
    static const uint8_t harmless[] = {15, 16, 17, 18, 19, 21, 22, 24, 25, 26,
                                       27, 29, 32, 34, 37, 50, 51, 59, 60, 61};
    struct conn *conn = main_connection(t);
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
        hpack_put_indexed(&block, harmless[i]);
    send_request_block(call, &block);
    expect_answer(call);
    expect_connection_still_serves(conn);
}

static const struct test_case cases[] = {
    {"http2/hpack/request-from-the-static-table", "HPACK-020",
     "A request whose names and values come from the static table is served.", NEEDS_TRANSPORT,
     request_from_the_static_table, NULL},
    {"http2/hpack/entries-of-the-static-table", "HPACK-020",
     "Static entries that mean nothing to gRPC are accepted by index.", NEEDS_TRANSPORT,
     entries_of_the_static_table, NULL},
};
const struct case_list hpack_static_table_cases = {cases, ARRAY_LEN(cases)};
