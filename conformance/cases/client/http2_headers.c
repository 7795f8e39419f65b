/* SPDX-License-Identifier: MIT
 *
 * Response header lists that are malformed (RFC 9113 8.1 to 8.3), and those that only look odd. Each malformed one says
 * grpc-status 0 where it can: a client that overlooks the fault reports success, which it never may (H2-ERR-004). */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

struct head {
    struct field fields[4]; /* instead of the response headers */
    size_t count;
};
#define HEAD(...)                                                                                  \
    (&(const struct head){{__VA_ARGS__},                                                           \
                          sizeof((const struct field[]){__VA_ARGS__}) / sizeof(struct field)})
#define F(n, v)                                                                                    \
    {                                                                                              \
        OCTETS(n), OCTETS(v)                                                                       \
    }
#define OK_200 F(":status", "200")
#define GRPC   F("content-type", "application/grpc")

static void put_head(struct buf *block, const struct head *head)
{
    for (size_t i = 0; i < head->count; i++)
        hpack_put_literal(block, LITERAL_NOT_INDEXED, head->fields[i].name, head->fields[i].value);
}

/* The fields, a message, and good trailers. */
static void answer_with(struct call *call, const struct head *head)
{
    struct buf block = {0};

    put_head(&block, head);
    send_call_block(call, &block, FLAG_NONE);
    send_response_message(call, 0);
    send_status(call, GRPC_OK, NULL);
}

static void malformed_headers(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    answer_with(call, t->arg);
    expect_malformed(call);
    expect_client_still_works(t);
}

/* Wrong in a way that gRPC clients may overlook (GRADING: strict is an error, taking it is lenient). */
static void malformed_but_harmless(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    answer_with(call, t->arg);
    expect_client_outcome(
        t,
        ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, "a malformed response is taken for a good one")));
    expect_client_still_works(t);
}

static void malformed_trailers(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf block = {0};

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 0);
    put_head(&block, t->arg);
    send_call_block(call, &block, FLAG_END_STREAM);
    expect_client_error(t);
    expect_client_still_works(t);
}

static void is_accepted(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    answer_with(call, t->arg);
    expect_client_ok(t);
}

/* ---- informational --------------------------------------------------------------------------- */

static void send_informational(struct call *call, const char *status, uint8_t flags)
{
    struct buf block = {0};

    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES(":status"), bytes_str(status));
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, BYTES("x-early"), BYTES("1"));
    send_call_block(call, &block, flags);
}

static void informational_is_skipped(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_informational(call, "100", FLAG_NONE);
    send_informational(call, "103", FLAG_NONE);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    finish_ok(call);
    expect_client_ok(t);
}

static void informational_at_the_end(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_informational(call, t->arg, FLAG_END_STREAM);
    expect_client_error(t);
    expect_client_still_works(t);
}

static void switching_protocols(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_informational(call, "101", FLAG_NONE);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    finish_ok(call);
    expect_client_outcome(
        t, ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, "101 is skipped like any other 1xx")));
}

/* ---- frames in the wrong order --------------------------------------------------------------- */

static void data_before_headers(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_frame(call->conn, FRAME_DATA, 0, call->stream, BYTES("\0\0\0\0\0"));
    finish_ok(call);
    expect_malformed(call);
}

static void second_headers_without_end(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 0);
    send_fields(call->conn, call->stream, &FIELD("grpc-status", "0"), 1, FLAG_NONE);
    expect_malformed(call);
    expect_client_still_works(t);
}

static void content_length_too_small(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, EDITS(ADD("content-length", "1")), FLAG_NONE);
    send_response_message(call, 0);
    send_status(call, GRPC_OK, NULL);
    expect_client_outcome(t,
                          ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, "content-length is not read")));
    expect_client_still_works(t);
}

/* A stream error, with another call on the connection: it goes on. */
static void malformed_is_one_streams(struct test *t)
{
    struct call *victim = first_call(t, &empty_unary);
    struct asked *asked = ask_client(t, &empty_unary);
    struct call *sibling = await_call(t);

    answer_with(victim, HEAD(OK_200, GRPC, F("X-Upper", "1")));
    serve_call(sibling);
    expect_asked_outcome(asked, ONE_OF(STATUS(GRPC_OK)));
    expect(t, sibling->conn->closed == NOT_CLOSED, "the connection stays open", "it was closed");
}

/* clang-format off */
#define MALFORMED(word, clauses, title, ...) \
    {"client/http2/headers/" word, clauses, title, NEEDS_CLIENT, malformed_headers, HEAD(__VA_ARGS__)}
#define HARMLESS(word, clauses, title, ...) \
    {"client/http2/headers/" word, clauses, title, NEEDS_CLIENT, malformed_but_harmless, HEAD(__VA_ARGS__)}
#define TRAILERS(word, clauses, title, ...) \
    {"client/http2/headers/" word, clauses, title, NEEDS_CLIENT, malformed_trailers, HEAD(__VA_ARGS__)}

static const struct test_case cases[] = {
    MALFORMED("upper-case-name", "H2-HDR-002 H2-ERR-003 H2-ERR-004",
              "An upper-case letter in a field name makes a response malformed.", OK_200, GRPC, F("X-Upper", "1")),
    {"client/http2/headers/empty-name", "H2-HDR-003", "An empty field name makes a response malformed.", NEEDS_CLIENT,
     malformed_but_harmless, HEAD(OK_200, GRPC, F("", "1"))}, /* RFC 9113 8.2.1: a token, but only by a SHOULD */
    MALFORMED("space-in-name", "H2-HDR-003", "A space in a field name makes a response malformed.",
              OK_200, GRPC, F("x y", "1")),
    MALFORMED("colon-in-name", "H2-HDR-003", "A colon inside a field name makes a response malformed.",
              OK_200, GRPC, F("x:y", "1")),
    MALFORMED("del-in-name", "H2-HDR-003", "Octet 0x7f in a field name makes a response malformed.",
              OK_200, GRPC, F("x\x7f", "1")),
    MALFORMED("nul-in-value", "H2-HDR-004", "NUL in a field value makes a response malformed.", OK_200, GRPC, F("x-nul", "a\0b")),
    MALFORMED("newline-in-value", "H2-HDR-004", "LF in a field value makes a response malformed.", OK_200, GRPC, F("x-lf", "a\nb")),
    MALFORMED("return-in-value", "H2-HDR-004", "CR in a field value makes a response malformed.", OK_200, GRPC, F("x-cr", "a\rb")),
    HARMLESS("space-around-value", "H2-HDR-005", "A value that begins or ends with a space makes a response malformed.",
             OK_200, GRPC, F("x-space", " v ")),
    HARMLESS("connection-field", "H2-HDR-008", "connection: close makes a response malformed.",
             OK_200, GRPC, F("connection", "close")),
    HARMLESS("transfer-encoding", "H2-HDR-008", "transfer-encoding makes a response malformed.",
             OK_200, GRPC, F("transfer-encoding", "chunked")),
    MALFORMED("request-pseudo-field", "H2-HDR-012", ":path in a response makes it malformed.", OK_200, F(":path", "/x"), GRPC),
    MALFORMED("unknown-pseudo-field", "H2-HDR-012", "An undefined pseudo-field makes a response malformed.",
              OK_200, F(":foo", "1"), GRPC),
    MALFORMED("status-late", "H2-HDR-013", ":status behind a regular field makes a response malformed.", GRPC, OK_200),
    MALFORMED("status-twice", "H2-HDR-014", "A second :status makes a response malformed.", OK_200, OK_200, GRPC),
    MALFORMED("no-status", "H2-HDR-019", "A response without :status is malformed.", GRPC),
    MALFORMED("empty-status", "H2-HDR-019", "An empty :status makes a response malformed.", F(":status", ""), GRPC),
    MALFORMED("status-not-a-number", "H2-HDR-019", ":status \"2x0\" makes a response malformed.", F(":status", "2x0"), GRPC),
    MALFORMED("status-of-four-digits", "H2-HDR-019", ":status \"2000\" makes a response malformed.", F(":status", "2000"), GRPC),
    TRAILERS("status-in-trailers", "H2-HDR-018", "A pseudo-field in trailers makes a response malformed.",
             OK_200, F("grpc-status", "0")),
    TRAILERS("upper-case-in-trailers", "H2-HDR-002 H2-ERR-004", "An upper-case letter in trailers makes a response malformed.",
             F("grpc-status", "0"), F("X-Upper", "1")),
    TRAILERS("newline-in-trailers", "H2-HDR-004 H2-ERR-004", "LF in a trailer's value makes a response malformed.",
             F("grpc-status", "0"), F("x-lf", "a\nb")),
    {"client/http2/headers/value-of-high-octets", "GRPC-MD-010", "A value outside ASCII is no error.", NEEDS_CLIENT,
     is_accepted, HEAD(OK_200, GRPC, F("x-test", "caf\xc3\xa9"))},
    {"client/http2/headers/unknown-fields", "GRPC-MD-001", "Fields that nobody knows are no error.", NEEDS_CLIENT,
     is_accepted, HEAD(OK_200, GRPC, F("server", "grpcspec"), F("date", "Sat, 21 Nov 2026 12:00:00 GMT"))},
    {"client/http2/headers/informational", "H2-HDR-020", "1xx responses are skipped.", NEEDS_CLIENT,
     informational_is_skipped, NULL},
    {"client/http2/headers/informational-at-the-end", "H2-HDR-021", "1xx with END_STREAM makes a response malformed.",
     NEEDS_CLIENT, informational_at_the_end, "100"},
    {"client/http2/headers/early-hints-at-the-end", "H2-HDR-021", "103 with END_STREAM makes a response malformed.",
     NEEDS_CLIENT, informational_at_the_end, "103"},
    {"client/http2/headers/switching-protocols", "H2-HDR-021", ":status 101 does not exist in HTTP/2.", NEEDS_CLIENT,
     switching_protocols, NULL},
    {"client/http2/headers/data-before-headers", "H2-HDR-030", "DATA before response headers makes a response malformed.",
     NEEDS_CLIENT, data_before_headers, NULL},
    {"client/http2/headers/second-without-end", "H2-HDR-025",
     "A second block without END_STREAM makes a response malformed.", NEEDS_CLIENT, second_headers_without_end, NULL},
    {"client/http2/headers/content-length-too-small", "H2-HDR-023",
     "A content-length that the DATA does not have makes a response malformed.", NEEDS_CLIENT, content_length_too_small, NULL},
    {"client/http2/headers/malformed-is-one-streams", "H2-STREAM-021 H2-ERR-003",
     "A malformed response costs its own stream only.", NEEDS_SHARED_CONNECTION, malformed_is_one_streams, NULL},
};
/* clang-format on */
const struct case_list client_header_cases = {cases, ARRAY_LEN(cases)};
