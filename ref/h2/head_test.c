/* SPDX-License-Identifier: MIT
 *
 * Header blocks, and whether they are well-formed: RFC 9113 section 8, a row for each rule. */
#include "base/test.h"

#include "h2/head.h"

#define POST "POST", ":scheme", "http", ":path", "/a.B/C", ":authority", "x"

struct row {
    const char *what;
    enum head_kind kind;
    bool end_stream;
    bool fine;
    const char *texts[20]; /* name, value, name ... NULL */
};

static const struct row rows[] = {
    {"a gRPC request",
     HEAD_REQUEST,
     false,
     true,
     {":method", POST, "te", "trailers", "content-type", "application/grpc"}},
    {"host in place of :authority",
     HEAD_REQUEST,
     false,
     true,
     {":method", "POST", ":scheme", "http", ":path", "/", "host", "x"}},
    {"neither of the two",
     HEAD_REQUEST,
     false,
     false,
     {":method", "POST", ":scheme", "http", ":path", "/"}},
    {"no :method", HEAD_REQUEST, false, false, {":scheme", "http", ":path", "/", "host", "x"}},
    {"no :scheme", HEAD_REQUEST, false, false, {":method", "GET", ":path", "/", "host", "x"}},
    {"no :path", HEAD_REQUEST, false, false, {":method", "GET", ":scheme", "http", "host", "x"}},
    {"no fields at all", HEAD_REQUEST, true, false, {NULL}},
    {"a pseudo-header field twice", HEAD_REQUEST, false, false, {":method", POST, ":path", "/"}},
    {"one that is unknown", HEAD_REQUEST, false, false, {":method", POST, ":protocol", "x"}},
    {"one of responses", HEAD_REQUEST, false, false, {":method", POST, ":status", "200"}},
    {"one behind a regular field",
     HEAD_REQUEST,
     false,
     false,
     {":method", "POST", ":scheme", "http", "te", "trailers", ":path", "/", ":authority", "x"}},
    {"an empty :path",
     HEAD_REQUEST,
     false,
     false,
     {":method", "POST", ":scheme", "http", ":path", "", ":authority", "x"}},
    {"a :path without slash",
     HEAD_REQUEST,
     false,
     false,
     {":method", "POST", ":scheme", "https", ":path", "a.B/C", ":authority", "x"}},
    {"OPTIONS *",
     HEAD_REQUEST,
     true,
     true,
     {":method", "OPTIONS", ":scheme", "HTTP", ":path", "*", ":authority", "x"}},
    {"POST *",
     HEAD_REQUEST,
     true,
     false,
     {":method", "POST", ":scheme", "http", ":path", "*", ":authority", "x"}},
    {"a :scheme of letters, digits, signs",
     HEAD_REQUEST,
     true,
     true,
     {":method", "GET", ":scheme", "a1+-.", ":path", "x", ":authority", "x"}},
    {"a :scheme that begins with a digit",
     HEAD_REQUEST,
     true,
     false,
     {":method", "GET", ":scheme", "1a", ":path", "/", ":authority", "x"}},
    {"a :method with a space",
     HEAD_REQUEST,
     true,
     false,
     {":method", "GE T", ":scheme", "http", ":path", "/", ":authority", "x"}},
    {"CONNECT", HEAD_REQUEST, false, true, {":method", "CONNECT", ":authority", "x"}},
    {"CONNECT with a :path",
     HEAD_REQUEST,
     false,
     false,
     {":method", "CONNECT", ":authority", "x", ":path", "/"}},
    {"CONNECT to nobody", HEAD_REQUEST, false, false, {":method", "CONNECT"}},
    {"a name in upper case", HEAD_REQUEST, false, false, {":method", POST, "Te", "trailers"}},
    {"an empty name", HEAD_REQUEST, false, false, {":method", POST, "", "x"}},
    {"a name with a space", HEAD_REQUEST, false, false, {":method", POST, "a b", "x"}},
    {"an empty value", HEAD_REQUEST, false, true, {":method", POST, "x", ""}},
    {"a value with a line feed", HEAD_REQUEST, false, false, {":method", POST, "x", "a\nb"}},
    {"a value that begins with a space", HEAD_REQUEST, false, false, {":method", POST, "x", " a"}},
    {"a pseudo-header field's with DEL",
     HEAD_REQUEST,
     false,
     false,
     {":method", "POST", ":scheme", "http", ":path", "/\x7f", ":authority", "x"}},
    {"te in any case", HEAD_REQUEST, false, true, {":method", POST, "te", "Trailers"}},
    {"another te", HEAD_REQUEST, false, false, {":method", POST, "te", "gzip"}},
    {"connection", HEAD_REQUEST, false, false, {":method", POST, "connection", "close"}},
    {"keep-alive", HEAD_REQUEST, false, false, {":method", POST, "keep-alive", "1"}},
    {"upgrade", HEAD_REQUEST, false, false, {":method", POST, "upgrade", "h2c"}},
    {"proxy-connection", HEAD_REQUEST, false, false, {":method", POST, "proxy-connection", "x"}},
    {"transfer-encoding",
     HEAD_REQUEST,
     false,
     false,
     {":method", POST, "transfer-encoding", "chunked"}},
    {"host twice", HEAD_REQUEST, false, false, {":method", POST, "host", "x", "host", "x"}},
    {"content-length of what follows",
     HEAD_REQUEST,
     false,
     true,
     {":method", POST, "content-length", "5"}},
    {"of nothing, and nothing follows",
     HEAD_REQUEST,
     true,
     true,
     {":method", POST, "content-length", "0"}},
    {"of something, and nothing follows",
     HEAD_REQUEST,
     true,
     false,
     {":method", POST, "content-length", "5"}},
    {"twice",
     HEAD_REQUEST,
     false,
     false,
     {":method", POST, "content-length", "5", "content-length", "5"}},
    {"with a sign", HEAD_REQUEST, false, false, {":method", POST, "content-length", "+5"}},
    {"empty", HEAD_REQUEST, false, false, {":method", POST, "content-length", ""}},
    {"beyond 63 bits",
     HEAD_REQUEST,
     false,
     false,
     {":method", POST, "content-length", "9223372036854775808"}},

    {"a response",
     HEAD_RESPONSE,
     false,
     true,
     {":status", "200", "content-type", "application/grpc"}},
    {"Trailers-Only", HEAD_RESPONSE, true, true, {":status", "200", "grpc-status", "0"}},
    {"no :status", HEAD_RESPONSE, false, false, {"grpc-status", "0"}},
    {"a :status of two digits", HEAD_RESPONSE, false, false, {":status", "20"}},
    {"of no digits", HEAD_RESPONSE, false, false, {":status", "2oo"}},
    {"101, which HTTP/2 has not", HEAD_RESPONSE, false, false, {":status", "101"}},
    {"twice", HEAD_RESPONSE, false, false, {":status", "200", ":status", "200"}},
    {"a request's field", HEAD_RESPONSE, false, false, {":status", "200", ":path", "/"}},
    {"100", HEAD_RESPONSE, false, true, {":status", "100"}},
    {"100 that ends the stream", HEAD_RESPONSE, true, false, {":status", "100"}},
    {"100 with content-length",
     HEAD_RESPONSE,
     false,
     false,
     {":status", "100", "content-length", "0"}},
    {"204 with content", HEAD_RESPONSE, false, false, {":status", "204", "content-length", "1"}},
    {"304 says the length of what is not sent",
     HEAD_RESPONSE,
     true,
     true,
     {":status", "304", "content-length", "100"}},
    {"404 with content", HEAD_RESPONSE, false, true, {":status", "404", "content-length", "100"}},

    {"trailers", HEAD_TRAILERS, true, true, {"grpc-status", "0", "grpc-message", "fine"}},
    {"trailers that end nothing", HEAD_TRAILERS, false, false, {"grpc-status", "0"}},
    {"trailers with :status", HEAD_TRAILERS, true, false, {":status", "200", "grpc-status", "0"}},
    {"trailers with connection", HEAD_TRAILERS, true, false, {"connection", "close"}},
};

static void every_row_is_judged_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct row *row = &rows[i];
        struct head head;
        head_init(&head, row->kind);
        for (size_t at = 0; row->texts[at]; at += 2)
            head_field(&head, bytes_str(row->texts[at]), bytes_str(row->texts[at + 1]));
        if (head_is_complete(&head, row->end_stream) != row->fine)
            fail_msg("%s: it is %s", row->what, row->fine ? "malformed" : "well-formed");
    }
}

static void what_a_head_says_is_kept(void **state)
{
    struct head head;

    (void)state;
    head_init(&head, HEAD_RESPONSE);
    assert_int_equal(head.content_length, -1);
    head_field(&head, BYTES(":status"), BYTES("103"));
    assert_true(head_is_interim(&head));
    head_init(&head, HEAD_RESPONSE);
    head_field(&head, BYTES(":status"), BYTES("502"));
    head_field(&head, BYTES("content-length"), BYTES("9223372036854775807"));
    assert_false(head_is_interim(&head));
    assert_int_equal(head.status, 502);
    assert_true(head.content_length == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_judged_as_written),
        cmocka_unit_test(what_a_head_says_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
