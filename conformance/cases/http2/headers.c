/* SPDX-License-Identifier: MIT
 *
 * Field sections of requests (RFC 9113 8.1 to 8.3): names, values, pseudo-fields, trailers. How gRPC reads its own
 * fields is in grpc/. A malformed request is a stream error, or an HTTP 4xx; its neighbours are not concerned. */
#include "cases/cases.h"
#include "cases/http2/common.h"

/* A malformed request may be refused in more ways than one. gRPC servers that only look at fields above HTTP/2 end
 * such a call with a status; UNIMPLEMENTED is not among those, because any unknown method gives it. */
#define BY_STATUS "refused by a gRPC status, not by PROTOCOL_ERROR or HTTP 400"
#define REFUSALS                                                                                   \
    RESET(H2_PROTOCOL_ERROR), HTTP(400),                                                           \
        LENIENT_HTTP(405, "refused by another HTTP status than 400"),                              \
        LENIENT_HTTP(415, "refused by another HTTP status than 400"),                              \
        LENIENT_HTTP(431, "refused by another HTTP status than 400"),                              \
        LENIENT_RESET(H2_INTERNAL_ERROR, "a stream error of another code"),                        \
        LENIENT_RESET(H2_REFUSED_STREAM, "a stream error of another code"),                        \
        LENIENT_RESET(H2_CANCEL, "a stream error of another code"),                                \
        LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "a connection error for a stream's fault"),              \
        LENIENT_GOAWAY(H2_COMPRESSION_ERROR, "a connection error for a stream's fault"),           \
        LENIENT_GOAWAY(H2_INTERNAL_ERROR, "a connection error for a stream's fault"),              \
        {OUTCOME_CLOSE, 0, true, "the connection closed, without GOAWAY, for a stream's fault"},   \
        LENIENT_STATUS(GRPC_UNKNOWN, BY_STATUS), LENIENT_STATUS(GRPC_INTERNAL, BY_STATUS),         \
        LENIENT_STATUS(GRPC_INVALID_ARGUMENT, BY_STATUS)
#define ACCEPTED(why) LENIENT_STATUS(GRPC_OK, why), LENIENT_STATUS(GRPC_UNIMPLEMENTED, why)

static const struct outcome refused[] = {REFUSALS, {.kind = OUTCOME_END}};
/* Without a path there is no method: the status for that is no worse than an HTTP one. */
static const struct outcome refused_or_unknown_method[] = {
    REFUSALS,
    LENIENT_HTTP(404, "refused by another HTTP status than 400"),
    LENIENT_STATUS(GRPC_UNIMPLEMENTED, BY_STATUS),
    LENIENT_STATUS(GRPC_CANCELLED, BY_STATUS),
    {.kind = OUTCOME_END},
};
/* A block in the middle of a stream is where some servers lose their way in the connection. */
static const struct outcome refused_on_the_stream[] = {
    REFUSALS,
    LENIENT_HTTP(404, "refused by another HTTP status than 400"), /* the method is a known one */
    LENIENT_STATUS(GRPC_UNAVAILABLE, "a connection error for a stream's fault"),
    {.kind = OUTCOME_END},
};
static const struct outcome refused_or_only_connection[] = {
    REFUSALS,
    LENIENT_HTTP(502, "passed on as it is, and refused behind the proxy"),
    ACCEPTED("accepted; gRFC A41 only insists on refusing `connection`"),
    {.kind = OUTCOME_END},
};
static const struct outcome refused_or_te_ignored[] = {
    REFUSALS,
    ACCEPTED("accepted; many gRPC servers do not look at te"),
    {.kind = OUTCOME_END},
};
/* That a name is a token is only a SHOULD of RFC 9113 8.2.1; emptiness is not among the octets it forbids. */
static const struct outcome refused_or_nameless[] = {
    REFUSALS,
    ACCEPTED("accepted; RFC 9113 8.2.1 says SHOULD"),
    {.kind = OUTCOME_END},
};
static const struct outcome refused_or_stripped[] = {
    REFUSALS,
    STATUS(GRPC_OK), /* PROTOCOL-HTTP2 lets ASCII values be stripped */
    LENIENT_HTTP(502, "passed on as it is, and refused behind the proxy"),
    LENIENT_STATUS(GRPC_UNAVAILABLE, "passed on as it is, and refused behind the proxy"),
    ACCEPTED("accepted"),
    {.kind = OUTCOME_END},
};
static const struct outcome refused_or_length_ignored[] = {
    REFUSALS,
    LENIENT_STATUS(GRPC_CANCELLED, BY_STATUS),
    ACCEPTED("accepted; many gRPC servers do not look at content-length"),
    {.kind = OUTCOME_END},
};

struct malformed {
    struct edit edits[4]; /* up to three, and the end */
    const struct outcome *outcomes;
};
#define MALFORMED(...) (&(const struct malformed){__VA_ARGS__})
#define WITH(n, v)                                                                                 \
    {                                                                                              \
        EDIT_ADD, (n), OCTETS(v)                                                                   \
    }
#define WITH_FIRST(n, v)                                                                           \
    {                                                                                              \
        EDIT_ADD_FIRST, (n), OCTETS(v)                                                             \
    }
#define CHANGED(n, v)                                                                              \
    {                                                                                              \
        EDIT_SET, (n), OCTETS(v)                                                                   \
    }
#define WITHOUT(n)                                                                                 \
    {                                                                                              \
        EDIT_REMOVE, (n),                                                                          \
        {                                                                                          \
            NULL, 0                                                                                \
        }                                                                                          \
    }

static void malformed_request(struct test *t)
{
    const struct malformed *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);

    send_request_headers(call, row->edits, 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call, row->outcomes);
    expect_only_the_call_is_lost(call);
}

/* A field whose name a well-behaved encoder cannot hold: an edit's name ends at its first NUL. */
static void malformed_name(struct test *t)
{
    const struct bytes *name = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, *name, BYTES("value"));
    send_request_block(call, &block);
    expect_outcome(call, name->len > 0 ? refused : refused_or_nameless);
    expect_only_the_call_is_lost(call);
}

static void pseudo_field_after_regular(struct test *t)
{
    const struct field *pseudo = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    const struct edit edits[] = {{EDIT_REMOVE, (const char *)pseudo->name.data, NO_BYTES},
                                 {.kind = EDIT_END}};
    struct buf block = {0};

    put_request(&block, call, edits, LITERAL_NOT_INDEXED);
    hpack_put_literal(&block, LITERAL_NOT_INDEXED, pseudo->name, pseudo->value);
    send_request_block(call, &block);
    expect_outcome(call, refused);
    expect_only_the_call_is_lost(call);
}

/* ---- trailers of a request ------------------------------------------------------------------- */

/* A call whose handler waits for the end of the requests, so that the trailers decide. */
static struct call *call_with_trailers(struct test *t, struct field trailer)
{
    struct call *call = new_call(t, STREAMING_INPUT_CALL);

    send_request_headers(call, NO_EDITS, 0);
    send_message(call, 0, NO_BYTES, 0);
    send_trailers(call, &trailer, 1);
    return call;
}

static void pseudo_field_in_trailers(struct test *t)
{
    struct call *call = call_with_trailers(t, FIELD(":method", "POST"));

    expect_outcome(call, refused_on_the_stream);
    expect_only_the_call_is_lost(call);
}

/* The block lacks END_STREAM: neither trailers nor a new request. */
static void second_headers_without_end_stream(struct test *t)
{
    struct call *call = open_call(t);
    const struct field late = FIELD("x-late", "value");

    send_fields(call->conn, call->stream, &late, 1, 0);
    expect_outcome(call, refused_on_the_stream);
    expect_only_the_call_is_lost(call);
}

static void trailers_of_a_request(struct test *t)
{
    struct call *sibling = open_call(t);
    struct call *call = call_with_trailers(t, FIELD("x-trailer", "value"));

    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("refused, though HTTP/2 allows them"),
                          LENIENT_ANY_RESET("refused, though HTTP/2 allows them"),
                          LENIENT_HTTP(404, "taken for a request without a path"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "refused with the whole connection")));
    if (call->conn->goaways == 0)
        complete_call(sibling);
    expect_only_the_call_is_lost(call);
}

/* ---- accepted -------------------------------------------------------------------------------- */

static void legal_request(struct test *t)
{
    const struct malformed *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);

    send_request_headers(call, row->edits, 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_answer(call);
    expect_connection_still_serves(call->conn);
}

/* gRFC A41 discards host; RFC 9113 8.3.1 lets a server refuse one that differs. */
static void host_beside_authority(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct outcome answered = {t->target->has_test_service ? OUTCOME_STATUS : OUTCOME_ANY_ERROR,
                               GRPC_OK, false, NULL};

    send_request_headers(call, EDITS({EDIT_ADD, "host", OCTETS("other.example")}), 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(answered, HTTP(400), HTTP(404), RESET(H2_PROTOCOL_ERROR),
                                LENIENT_ANY_ERROR("refused by a gRPC status")));
    test_note(t, "host beside another :authority: %s",
              call->header_blocks && !call->reset ? "discarded" : "refused");
    expect_only_the_call_is_lost(call);
}

static void long_value(struct test *t)
{
    struct call *call = new_call(t, UNARY_CALL);
    struct buf value = {0};

    put_fill(&value, 'v', 3000);
    send_request_headers(call, EDITS({EDIT_ADD, "x-grpc-test-echo-initial", buf_view(&value)}), 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_header(call, "x-grpc-test-echo-initial", buf_str(&value));
    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
    buf_clear(&value);
}

static void many_fields(struct test *t)
{
    struct call *call = new_call(t, EMPTY_CALL);
    struct buf block = {0}, name = {0};

    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    for (unsigned i = 0; i < 64; i++) {
        buf_reset(&name);
        buf_printf(&name, "x-field-%u", i);
        hpack_put_literal(&block, LITERAL_NOT_INDEXED, buf_view(&name), BYTES("value"));
    }
    send_request_block(call, &block);
    expect_answer(call);
    expect_connection_still_serves(call->conn);
    buf_clear(&name);
}

#define REQUEST(name, clause, what, outcome, ...)                                                  \
    {                                                                                              \
        "http2/headers/" name, clause, what, NEEDS_TRANSPORT, malformed_request,                   \
            MALFORMED(.edits = {__VA_ARGS__, {.kind = EDIT_END}}, .outcomes = outcome)             \
    }
#define NAME(name, what, octets)                                                                   \
    {                                                                                              \
        "http2/headers/" name, "H2-HDR-003 H2-ERR-003", what, NEEDS_TRANSPORT, malformed_name,     \
            &BYTES(octets)                                                                         \
    }

static const struct test_case cases[] = {
    {"http2/headers/uppercase-name", "H2-HDR-001 H2-ERR-003",
     "A field name with an upper-case letter is malformed.", NEEDS_TRANSPORT, malformed_name,
     &BYTES("X-Test")},
    NAME("empty-name", "A field with an empty name is malformed.", ""),
    NAME("space-in-name", "A field name with a space is malformed.", "x test"),
    NAME("colon-in-name", "A field name with a colon inside is malformed.", "x:test"),
    NAME("del-in-name", "A field name with the octet 0x7f is malformed.", "x-\x7f"),
    NAME("high-octet-in-name", "A field name with the octet 0xff is malformed.", "x-\xff"),
    NAME("nul-in-name", "A field name with the octet 0x00 is malformed.", "x-\0test"),
    NAME("newline-in-name", "A field name with a line feed is malformed.", "x-\ntest"),

    REQUEST("nul-in-value", "H2-HDR-004 H2-ERR-003", "A field value with NUL is malformed.",
            refused, WITH("x-test", "a\0b")),
    REQUEST("cr-in-value", "H2-HDR-004 H2-ERR-003", "A field value with CR is malformed.", refused,
            WITH("x-test", "a\rb")),
    REQUEST("lf-in-value", "H2-HDR-004 H2-ERR-003", "A field value with LF is malformed.", refused,
            WITH("x-test", "a\nb")),
    REQUEST(
        "space-before-value", "H2-HDR-005",
        "A field value that begins with a space is refused or stripped, and costs only its call.",
        refused_or_stripped, WITH("x-test", " value")),
    REQUEST("tab-after-value", "H2-HDR-005",
            "A field value that ends with a tab is refused or stripped, and costs only its call.",
            refused_or_stripped, WITH("x-test", "value\t")),

    REQUEST("connection-field", "H2-HDR-007 H2-ERR-003",
            "A request with `connection` is malformed.", refused, WITH("connection", "keep-alive")),
    REQUEST("proxy-connection-field", "H2-HDR-007",
            "A request with `proxy-connection` is malformed.", refused_or_only_connection,
            WITH("proxy-connection", "keep-alive")),
    REQUEST("keep-alive-field", "H2-HDR-007", "A request with `keep-alive` is malformed.",
            refused_or_only_connection, WITH("keep-alive", "timeout=5")),
    REQUEST("transfer-encoding-field", "H2-HDR-007",
            "A request with `transfer-encoding` is malformed.", refused_or_only_connection,
            WITH("transfer-encoding", "chunked")),
    REQUEST("upgrade-field", "H2-HDR-007", "A request with `upgrade` is malformed.",
            refused_or_only_connection, WITH("upgrade", "h2c")),
    REQUEST("te-gzip", "H2-HDR-009", "A request with `te: gzip` is malformed.",
            refused_or_te_ignored, CHANGED("te", "gzip")),
    REQUEST("te-trailers-and-more", "H2-HDR-009",
            "A request with `te: trailers, deflate` is malformed.", refused_or_te_ignored,
            CHANGED("te", "trailers, deflate")),

    REQUEST("unknown-pseudo-field", "H2-HDR-010 H2-ERR-003", "A request with `:test` is malformed.",
            refused, WITH_FIRST(":test", "ok")),
    REQUEST("status-in-a-request", "H2-HDR-011 H2-ERR-003",
            "A request with `:status` is malformed.", refused, WITH_FIRST(":status", "200")),
    {"http2/headers/path-after-regular-fields", "H2-HDR-013 H2-ERR-003",
     "A request with `:path` after regular fields is malformed.", NEEDS_TRANSPORT,
     pseudo_field_after_regular, &(const struct field){OCTETS(":path"), OCTETS(EMPTY_CALL)}},
    {"http2/headers/method-after-regular-fields", "H2-HDR-013 H2-ERR-003",
     "A request with `:method` after regular fields is malformed.", NEEDS_TRANSPORT,
     pseudo_field_after_regular, &(const struct field){OCTETS(":method"), OCTETS("POST")}},
    REQUEST("method-twice", "H2-HDR-014 H2-ERR-003", "A request with two `:method` is malformed.",
            refused, WITH_FIRST(":method", "POST")),
    REQUEST("scheme-twice", "H2-HDR-014 H2-ERR-003", "A request with two `:scheme` is malformed.",
            refused, WITH_FIRST(":scheme", "http")),
    REQUEST("path-twice", "H2-HDR-014 H2-ERR-003", "A request with two `:path` is malformed.",
            refused, WITH_FIRST(":path", EMPTY_CALL)),
    REQUEST("authority-twice", "H2-HDR-029 H2-HDR-014",
            "A request with two `:authority` is malformed.", refused,
            WITH_FIRST(":authority", "other.example")),
    REQUEST("host-twice", "H2-HDR-029", "A request with two `host` and no `:authority` is refused.",
            refused, WITHOUT(":authority"), WITH("host", "one.example"),
            WITH("host", "two.example")),
    REQUEST("no-method", "H2-HDR-015 H2-ERR-003", "A request without `:method` is malformed.",
            refused, WITHOUT(":method")),
    REQUEST("no-scheme", "H2-HDR-016 H2-ERR-003", "A request without `:scheme` is malformed.",
            refused, WITHOUT(":scheme")),
    REQUEST("no-path", "H2-HDR-017 H2-ERR-003", "A request without `:path` is malformed.",
            refused_or_unknown_method, WITHOUT(":path")),
    REQUEST("empty-path", "H2-HDR-017 H2-ERR-003", "A request with an empty `:path` is malformed.",
            refused_or_unknown_method, CHANGED(":path", "")),

    {"http2/headers/content-length-too-small", "H2-HDR-022",
     "A request longer than its content-length is malformed.", NEEDS_TEST_SERVICE,
     malformed_request,
     MALFORMED(.edits = {WITH("content-length", "1"), {.kind = EDIT_END}},
               .outcomes = refused_or_length_ignored)},
    {"http2/headers/content-length-too-large", "H2-HDR-022",
     "A request shorter than its content-length is malformed.", NEEDS_TEST_SERVICE,
     malformed_request,
     MALFORMED(.edits = {WITH("content-length", "6"), {.kind = EDIT_END}},
               .outcomes = refused_or_length_ignored)},

    {"http2/headers/pseudo-field-in-trailers", "H2-HDR-018",
     "Request trailers with `:method` are malformed.", NEEDS_TEST_SERVICE, pseudo_field_in_trailers,
     NULL},
    {"http2/headers/second-headers-without-end-stream", "H2-HDR-024",
     "A second HEADERS without END_STREAM is malformed.", NEEDS_TEST_SERVICE,
     second_headers_without_end_stream, NULL},
    {"http2/headers/trailers-of-a-request", "H2-HDR-026",
     "Request trailers are accepted, or refused without harm to other calls.", NEEDS_TEST_SERVICE,
     trailers_of_a_request, NULL},

    {"http2/headers/host-without-authority", "H2-HDR-028",
     "`host` stands in for a missing `:authority`.", NEEDS_TRANSPORT, legal_request,
     MALFORMED(.edits = {WITHOUT(":authority"),
                         WITH("host", "grpcspec.example"),
                         {.kind = EDIT_END}})},
    {"http2/headers/host-beside-authority", "H2-HDR-028",
     "`host` beside `:authority` is discarded, or refused.", NEEDS_TRANSPORT, host_beside_authority,
     NULL},
    {"http2/headers/correct-content-length", "H2-HDR-022",
     "A request with the right content-length is served.", NEEDS_TRANSPORT, legal_request,
     MALFORMED(.edits = {WITH("content-length", "5"), {.kind = EDIT_END}})},
    {"http2/headers/empty-value", "H2-HDR-004", "A field with an empty value is accepted.",
     NEEDS_TRANSPORT, legal_request, MALFORMED(.edits = {WITH("x-test", ""), {.kind = EDIT_END}})},
    {"http2/headers/all-name-characters", "H2-HDR-003",
     "Every character that gRPC allows in a name is accepted.", NEEDS_TRANSPORT, legal_request,
     MALFORMED(.edits = {WITH("abcdefghijklmnopqrstuvwxyz0123456789-_.", "v"),
                         {.kind = EDIT_END}})},
    {"http2/headers/all-value-characters", "H2-HDR-004",
     "Every printable ASCII character is accepted in a value.", NEEDS_TRANSPORT, legal_request,
     MALFORMED(.edits = {WITH("x-test", "!\"#$%&'()*+,-./0123456789:;<=>?@AZ[\\]^_`az {|}~"),
                         {.kind = EDIT_END}})},
    {"http2/headers/long-value", "H2-HDR-004", "A field value of 3000 octets arrives whole.",
     NEEDS_TEST_SERVICE, long_value, NULL},
    {"http2/headers/many-fields", "H2-HDR-003", "A request with 64 fields of its own is served.",
     NEEDS_TRANSPORT, many_fields, NULL},
};
const struct case_list header_cases = {cases, ARRAY_LEN(cases)};
