/* SPDX-License-Identifier: MIT
 *
 * What a client sends: the request's headers, its metadata, its messages (PROTOCOL-HTTP2, Requests). The linter looks
 * at all of that in every case; these make sure that there is something to look at, and compare values. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

#include <stdio.h>

/* ---- headers --------------------------------------------------------------------------------- */

struct expected_field {
    const char *name, *value;
};
#define EXPECTED(...) (&(const struct expected_field){__VA_ARGS__})

static void has_field(struct test *t)
{
    const struct expected_field *row = t->arg;
    struct call *call = first_call(t, &large_unary);

    expect_header(call, row->name, row->value);
    expect(t, header_list_count(&call->headers, row->name) == 1, "the field once", "%zu times",
           header_list_count(&call->headers, row->name));
    serve_call(call);
    expect_client_ok(t);
}

/* The official service's method; an adapter's service is another, of the same form. */
static void path(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    const char *slash = strrchr(call->path, '/');

    expect(t, call->path[0] == '/' && slash && slash > call->path + 1 && slash[1],
           "/SERVICE/METHOD", "%s", call->path);
    expect(t, strcmp(call->path, UNARY_CALL) == 0 || !t->target->drive->ends_with_calls, UNARY_CALL,
           "%s", call->path);
    serve_call(call);
    expect_client_ok(t);
}

static void scheme(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    expect_header(call, ":scheme", t->target->tls ? "https" : "http");
    serve_call(call);
    expect_client_ok(t);
}

static void authority(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    const struct field *field = header_list_find(&call->headers, ":authority");

    expect(t, field && field->value.len > 0, ":authority", "none, or an empty one");
    expect(t, !field || !memchr(field->value.data, '@', field->value.len),
           "no userinfo in :authority", "an @");
    expect(t, header_list_count(&call->headers, "host") == 0, "no host field beside :authority",
           "host");
    serve_call(call);
    expect_client_ok(t);
}

static void content_type(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    const struct field *field = header_list_find(&call->headers, "content-type");
    struct bytes value = field ? field->value : NO_BYTES;

    expect(t,
           bytes_equal(value, BYTES("application/grpc")) ||
               bytes_starts_with(value, BYTES("application/grpc+")),
           "content-type application/grpc, or with +format", "\"%.*s\"", (int)value.len,
           (const char *)value.data);
    serve_call(call);
    expect_client_ok(t);
}

static void user_agent(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    const struct field *field = header_list_find(&call->headers, "user-agent");
    struct bytes value = field ? field->value : NO_BYTES;
    bool named = false;

    for (struct bytes rest = value; rest.len && !named; rest = bytes_skip(rest, 1))
        named = bytes_starts_with(rest, BYTES("grpc-"));
    if (!named && !test_is_over(t))
        test_lenient(t, HERE, "user-agent: grpc-LANGUAGE/VERSION", "\"%.*s\"", (int)value.len,
                     (const char *)value.data);
    serve_call(call);
    expect_client_ok(t);
}

static const struct client_call with_deadline = {
    .type = CALL_UNARY, .path = UNARY_CALL, .messages = 1, .timeout_ms = 1500};

/* Informational order: grpc-timeout directly behind the pseudo-fields. The official case that has a deadline has one of
 * a millisecond, which may be over too soon. */
static void timeout_first(struct test *t)
{
    bool told = t->target->drive->reports_status;
    struct call *call = told ? first_call(t, &with_deadline) : sleeping_call(t);
    size_t at = 0;

    while (at < call->headers.count && bytes_starts_with(call->headers.fields[at].name, BYTES(":")))
        at++;
    expect(t, header_list_count(&call->headers, "grpc-timeout") == 1, "grpc-timeout once",
           "%zu times", header_list_count(&call->headers, "grpc-timeout"));
    if (!test_is_over(t) && !bytes_equal(call->headers.fields[at].name, BYTES("grpc-timeout")))
        test_lenient(t, HERE, "grpc-timeout first behind the pseudo-fields", "%.*s",
                     (int)call->headers.fields[at].name.len,
                     (const char *)call->headers.fields[at].name.data);
}

/* END_STREAM is on DATA, and nothing behind it. */
static void half_closes_with_data(struct test *t)
{
    struct call *call = first_call(t, t->arg);

    expect_half_close(call);
    expect(t, call->ended_by_data, "END_STREAM on DATA", "END_STREAM on HEADERS");
    serve_call(call);
    if (call->path[0] && strcmp(call->path, STREAMING_INPUT_CALL) != 0)
        return;
    expect_client_ok(t);
}

/* ---- metadata -------------------------------------------------------------------------------- */

/* The value of a -bin field that an official client sends: 0xababab by the document, 0x0a0b0a0b0a0b in some. */
static struct bytes sent_bin(const struct call *call)
{
    const struct field *field = header_list_find(&call->headers, "x-grpc-test-echo-trailing-bin");

    return field ? field->value : NO_BYTES;
}

static void custom_metadata_arrives(struct test *t)
{
    struct call *call = first_call(t, &custom_metadata);
    struct bytes bin = sent_bin(call);

    expect_header(call, "x-grpc-test-echo-initial", "test_initial_metadata_value");
    expect(t,
           bytes_equal(bin, BYTES("q6ur")) || bytes_equal(bin, BYTES("CgsKCwoL")) ||
               (by_adapter(t) && bytes_equal(bin, BYTES("cTZ1cg"))), /* as expect_base64 */
           "x-grpc-test-echo-trailing-bin: the octets in base64 without padding", "\"%.*s\"",
           (int)bin.len, (const char *)bin.data);
    serve_call(call);
    call = next_call(t, &custom_metadata);
    expect_header(call, "x-grpc-test-echo-initial", "test_initial_metadata_value");
    serve_call(call);
    expect_client_ok(t);
}

/* As an official client wants them back, by hand: what is echoed is the base64 that came. */
static void answer_echoes(struct call *call)
{
    size_t size = 0;

    (void)wanted_responses(call, &size, 1);
    const struct field trailers[] = {FIELD("grpc-status", "0"),
                                     {BYTES("x-grpc-test-echo-trailing-bin"), sent_bin(call)}};
    send_response_headers(
        call, EDITS(ADD("x-grpc-test-echo-initial", "test_initial_metadata_value")), FLAG_NONE);
    send_response_message(call, size);
    expect_half_close(call);
    send_trailers(call, trailers, ARRAY_LEN(trailers));
}

static void echoed_metadata_is_read(struct test *t)
{
    answer_echoes(first_call(t, &custom_metadata));
    answer_echoes(next_call(t, &custom_metadata));
    expect_client_ok(t);
}

static const struct field many[] = {{OCTETS("x-a"), OCTETS("1")},
                                    {OCTETS("x-b"), OCTETS("2")},
                                    {OCTETS("x-a"), OCTETS("3")},
                                    {OCTETS("x-empty"), OCTETS("")}};
static const struct client_call with_many = {.type = CALL_UNARY,
                                             .path = UNARY_CALL,
                                             .messages = 1,
                                             .metadata = many,
                                             .metadata_count = ARRAY_LEN(many)};

static void repeated_keys(struct test *t)
{
    struct call *call = first_call(t, &with_many);
    struct buf values = {0};

    for (size_t i = 0; i < call->headers.count; i++)
        if (bytes_equal(call->headers.fields[i].name, BYTES("x-a")))
            buf_printf(&values, "%s%.*s", values.len ? "," : "",
                       (int)call->headers.fields[i].value.len,
                       (const char *)call->headers.fields[i].value.data);
    expect(t,
           bytes_equal(buf_view(&values), BYTES("1,3")) ||
               bytes_equal(buf_view(&values), BYTES("1, 3")),
           "x-a: 1 and then 3", "\"%s\"", buf_str(&values));
    expect_header(call, "x-empty", "");
    serve_call(call);
    expect_client_ok(t);
    buf_clear(&values);
}

/* Binary values of every length modulo 3, and a name in mixed case. */
static const struct field binary[] = {{OCTETS("x-one-bin"), OCTETS("\xab")},
                                      {OCTETS("x-two-bin"), OCTETS("\xab\xab")},
                                      {OCTETS("x-four-bin"), OCTETS("\xab\xab\xab\xab")}};
static const struct client_call with_binary = {.type = CALL_UNARY,
                                               .path = UNARY_CALL,
                                               .messages = 1,
                                               .metadata = binary,
                                               .metadata_count = ARRAY_LEN(binary)};

/* With padding or without. */
static bool is_base64(struct bytes value, const char *padded)
{
    struct bytes digits = bytes_str(padded);

    return bytes_equal_str(value, padded) ||
           bytes_equal(value, bytes_first(digits, bytes_find(digits, '=')));
}

/* An adapter is told the octets in base64, as its messages are UTF-8. Whether it decodes them is its own affair: one
 * that does not has a client to which that text is the value, and which encodes it, too: `twice`. */
static void expect_base64(struct call *call, const char *name, const char *padded,
                          const char *twice)
{
    const struct field *field = header_list_find(&call->headers, name);
    struct bytes value = field ? field->value : NO_BYTES;
    bool as_text = by_adapter(call->conn->t) && is_base64(value, twice);

    expect(call->conn->t, is_base64(value, padded) || as_text, "the octets in base64",
           "%s: \"%.*s\"", name, (int)value.len, value.len ? (const char *)value.data : "");
}

static void binary_metadata(struct test *t)
{
    struct call *call = first_call(t, &with_binary);

    expect_base64(call, "x-one-bin", "qw==", "cXc=");
    expect_base64(call, "x-two-bin", "q6s=", "cTZz");
    expect_base64(call, "x-four-bin", "q6urqw==", "cTZ1cnF3");
    serve_call(call);
    expect_client_ok(t);
}

#define M10   "~~~~~~~~~~" /* 13 bits each in Huffman's code */
#define M100  M10 M10 M10 M10 M10 M10 M10 M10 M10 M10
#define M1000 M100 M100 M100 M100 M100 M100 M100 M100 M100 M100
static const struct field large[] = {
    {OCTETS("x-large"), OCTETS(M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000)},
    {OCTETS("x-larger"),
     OCTETS(M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000 M1000)}};
static const struct client_call with_large = {.type = CALL_UNARY,
                                              .path = UNARY_CALL,
                                              .messages = 1,
                                              .metadata = large,
                                              .metadata_count = ARRAY_LEN(large)};

/* Longer than a frame: HEADERS and CONTINUATION, which the linter looks at. */
static void request_of_two_frames(struct test *t)
{
    struct call *call = first_call(t, &with_large);
    const struct field *field = header_list_find(&call->headers, "x-larger");

    expect(t, field && field->value.len == 11000, "metadata of 11000 octets", "%zu octets",
           field ? field->value.len : 0);
    serve_call(call);
    expect_client_ok(t);
}

static const struct field mixed[] = {{OCTETS("X-MiXeD"), OCTETS("as it is")},
                                     {OCTETS("X-Mixed-Bin"), OCTETS("\xab\xab\xab")}};
static const struct client_call with_mixed = {.type = CALL_UNARY,
                                              .path = UNARY_CALL,
                                              .messages = 1,
                                              .metadata = mixed,
                                              .metadata_count = ARRAY_LEN(mixed)};

/* A client may refuse such names; what it sends is in lower case and encoded like any other. */
static void mixed_case(struct test *t)
{
    struct call *call = first_call(t, &with_mixed);

    expect_header(call, "x-mixed", "as it is");
    expect_base64(call, "x-mixed-bin", "q6ur", "cTZ1cg==");
    serve_call(call);
    expect_client_ok(t);
}

static const struct field reserved[] = {{OCTETS("grpc-timeout"), OCTETS("1S")},
                                        {OCTETS("x-plain"), OCTETS("1")}};
static const struct client_call with_reserved = {.type = CALL_UNARY,
                                                 .path = UNARY_CALL,
                                                 .messages = 1,
                                                 .metadata = reserved,
                                                 .metadata_count = ARRAY_LEN(reserved),
                                                 .timeout_ms = 100000};

/* The application's grpc-timeout is refused, dropped, or goes nowhere: the client's own is the only one. */
static void reserved_names(struct test *t)
{
    struct call *call = first_call(t, &with_reserved);
    const struct field *field = header_list_find(&call->headers, "grpc-timeout");

    expect(t, header_list_count(&call->headers, "grpc-timeout") == 1, "one grpc-timeout", "%zu",
           header_list_count(&call->headers, "grpc-timeout"));
    expect(t, field && !bytes_equal_str(field->value, "1S"), "the call's deadline",
           "what the application's metadata says");
    serve_call(call);
    expect_client_ok(t);
}

/* With padding and without, and several in one: a receiver takes all of them. */
static void base64_forms(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(
        call,
        EDITS(ADD("x-bare-bin", "qw"), ADD("x-padded-bin", "qw=="), ADD("x-two-bin", "AQ,Ag")),
        FLAG_NONE);
    finish_ok(call);
    expect_client_ok(t);
}

/* Metadata in each place; the application must find it there. */
static void placed(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    const struct field trailers[] = {FIELD("grpc-status", "0"), FIELD("x-late", "trailing"),
                                     FIELD("x-late-bin", "q6ur")};

    send_response_headers(call, EDITS(ADD("x-early", "initial")), FLAG_NONE);
    send_response_message(call, 0);
    send_trailers(call, trailers, ARRAY_LEN(trailers));
    expect_client_ok(t);
    expect_client_header(t, "x-early", "initial");
    expect_client_trailer(t, "x-late", "trailing");
    expect_client_no_trailer(t, "x-early");
    expect_client_no_header(t, "x-late");
}

/* Several values of a key, one of them empty, and dozens of other fields. */
static void many_values(struct test *t)
{
    enum { OTHERS = 80 };
    struct call *call = first_call(t, &empty_unary);
    struct field fields[OTHERS + 5] = {
        FIELD(":status", "200"), FIELD("content-type", "application/grpc"), FIELD("x-many", "1"),
        FIELD("x-many", ""), FIELD("x-many", "3")};
    char names[OTHERS][8];

    for (unsigned i = 0; i < OTHERS; i++) {
        snprintf(names[i], sizeof names[i], "x-%u", i);
        fields[5 + i] = (struct field){bytes_str(names[i]), BYTES("v")};
    }
    send_fields(call->conn, call->stream, fields, ARRAY_LEN(fields), FLAG_NONE);
    finish_ok(call);
    expect_client_ok(t);
    expect_client_header(t, "x-many", "1, , 3");
    expect_client_header(t, "x-79", "v");
}

/* What is no base64 costs the call at most. */
static void bad_base64(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, EDITS(ADD("x-bad-bin", "***")), FLAG_NONE);
    finish_ok(call);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
    expect_client_still_works(t);
}

static void large_metadata(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);
    struct buf value = {0};

    put_octets(&value, 'm', 7 * 1024 - 300);
    const struct edit edits[] = {{EDIT_ADD, "x-large", buf_view(&value)}, {.kind = EDIT_END}};
    send_response_headers(call, edits, FLAG_NONE);
    finish_ok(call);
    expect_client_ok(t);
    expect_client_header(t, "x-large", buf_str(&value));
    buf_clear(&value);
}

/* clang-format off */
#define FIELD_ROW(word, clause, title, ...) \
    {"client/grpc/requests/" word, clause, title, NEEDS_CLIENT, has_field, EXPECTED(__VA_ARGS__)}

static const struct test_case cases[] = {
    FIELD_ROW("method", "GRPC-REQ-HDR-001", ":method is POST.", ":method", "POST"),
    {"client/grpc/requests/path", "GRPC-REQ-HDR-003", ":path is /SERVICE/METHOD.", NEEDS_CLIENT, path, NULL},
    FIELD_ROW("te", "GRPC-REQ-HDR-004", "te is trailers.", "te", "trailers"),
    {"client/grpc/requests/scheme", "GRPC-REQ-HDR-002", ":scheme says whether there is TLS.", NEEDS_CLIENT, scheme, NULL},
    {"client/grpc/requests/authority", "H2-HDR-027 GRPC-REQ-HDR-006", ":authority is there, and no host.", NEEDS_CLIENT, authority, NULL},
    {"client/grpc/requests/content-type", "GRPC-REQ-HDR-005", "content-type is application/grpc, or with a format.", NEEDS_CLIENT,
     content_type, NULL},
    {"client/grpc/requests/user-agent", "GRPC-REQ-HDR-009", "user-agent names a gRPC library.", NEEDS_CLIENT, user_agent, NULL},
    {"client/grpc/requests/timeout-first", "GRPC-REQ-HDR-008", "grpc-timeout comes first behind the pseudo-fields.", NEEDS_CLIENT,
     timeout_first, NULL},
    {"client/grpc/requests/half-close-of-a-message", "GRPC-REQ-HDR-021", "The last message is the end, or empty DATA behind it.",
     NEEDS_CLIENT, half_closes_with_data, &large_unary},
    {"client/grpc/requests/half-close-of-a-stream", "GRPC-REQ-HDR-021", "A stream of requests ends with DATA.", NEEDS_CLIENT,
     half_closes_with_data, &client_streaming},
    {"client/grpc/requests/half-close-without-messages", "GRPC-REQ-HDR-021", "A stream of no requests ends with empty DATA.", NEEDS_CLIENT,
     half_closes_with_data, &empty_stream},
    {"client/grpc/requests/custom-metadata", "GRPC-MD-001 GRPC-MD-002 GRPC-MD-004", "Metadata is sent as it is, -bin in base64.",
     NEEDS_CLIENT, custom_metadata_arrives, NULL},
    {"client/grpc/requests/metadata-echoed", "GRPC-MD-002", "-bin metadata is read.", NEEDS_CLIENT, echoed_metadata_is_read, NULL},
    {"client/grpc/requests/metadata-repeated", "GRPC-MD-006 GRPC-MD-007 GRPC-MD-014", "Repeated keys keep their order, and empty values.",
     NEEDS_REPORTED_STATUS, repeated_keys, NULL},
    {"client/grpc/requests/metadata-binary", "GRPC-MD-002 GRPC-MD-004", "Binary values of any length are sent in base64.",
     NEEDS_REPORTED_STATUS, binary_metadata, NULL},
    {"client/grpc/requests/metadata-of-21-kib", "GRPC-REQ-HDR-020", "Headers longer than a frame are continued in another.",
     NEEDS_REPORTED_STATUS, request_of_two_frames, NULL},
    {"client/grpc/requests/metadata-mixed-case", "GRPC-MD-008 GRPC-MD-002", "Names in mixed case are sent in lower case.",
     NEEDS_REPORTED_STATUS, mixed_case, NULL},
    {"client/grpc/requests/metadata-reserved", "GRPC-REQ-HDR-019", "The application's metadata does not name a protocol field.",
     NEEDS_REPORTED_STATUS, reserved_names, NULL},
    {"client/grpc/requests/metadata-base64-forms", "GRPC-MD-003 GRPC-MD-005",
     "-bin values are taken with padding, without, and divided by commas.", NEEDS_CLIENT, base64_forms, NULL},
    {"client/grpc/requests/metadata-placed", "GRPC-MD-015", "Initial metadata is initial, trailing is trailing.", NEEDS_REPORTED_RESULT,
     placed, NULL},
    {"client/grpc/requests/metadata-of-many-fields", "GRPC-MD-006 GRPC-MD-014",
     "Repeated keys of the server keep their order and empty values, beside many others.", NEEDS_REPORTED_RESULT, many_values, NULL},
    {"client/grpc/requests/metadata-not-base64", "GRPC-MD-013", "-bin metadata that is no base64 costs its call at most.", NEEDS_CLIENT,
     bad_base64, NULL},
    {"client/grpc/requests/metadata-of-7-kib", "SEC-021", "Metadata of 7 KiB is taken.", NEEDS_CLIENT, large_metadata, NULL},
};
/* clang-format on */
const struct case_list client_request_cases = {cases, ARRAY_LEN(cases)};
