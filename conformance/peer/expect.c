/* SPDX-License-Identifier: MIT
 *
 * Judging a call that goes well: headers, messages, trailers, status. */
#include "peer/inside.h"

/* Wait for `done`, which holds at the latest when the call is over. On a timeout the case has
 * failed. */
static bool await(struct call *call, bool (*done)(const struct call *call),
                  struct source_line where, const char *expected)
{
    gr_time since = clock_now_ns();
    if (test_is_over(call->conn->t))
        return false;
    if (call_until(call, done))
        return true;
    fail_call_silent(call, where, expected, since);
    return false;
}

/* ---- headers and trailers ---- */

static bool has_headers(const struct call *call)
{
    return call->header_blocks > 0 || call_has_all(call);
}

static bool await_headers(struct call *call, struct source_line where, const char *expected)
{
    if (!await(call, has_headers, where, expected))
        return false;
    if (call->header_blocks == 0)
        fail_call(call, where, expected);
    return call->header_blocks > 0;
}

void expect_headers_at(struct call *call, struct source_line where)
{
    (void)await_headers(call, where, call->conn->serves ? "request headers" : "response headers");
}

static void put_expected_field(struct buf *out, const char *kind, const char *name,
                               const char *value)
{
    buf_printf(out, "%s %s: %s", kind, name, value);
}

static void fail_field(struct call *call, struct source_line where, const char *expected,
                       const char *kind, const char *name, const struct field *field)
{
    struct buf seen = {0};
    if (field) {
        buf_printf(&seen, "%s %s: ", kind, name);
        put_escaped(&seen, field->value, 200);
    } else {
        buf_printf(&seen, "no %s %s; ", kind, name);
        describe_call(call, &seen);
    }
    mark_entry(call->conn->t, call->last_entry);
    test_fail(call->conn->t, where, expected, "%s", buf_str(&seen));
    buf_clear(&seen);
}

static void judge_field(struct call *call, const struct header_list *list, const char *kind,
                        const char *name, const char *value, struct source_line where,
                        const char *expected)
{
    const struct field *field = header_list_find(list, name);
    if (!field || !bytes_equal_str(field->value, value))
        fail_field(call, where, expected, kind, name, field);
}

void expect_header_at(struct call *call, const char *name, const char *value,
                      struct source_line where)
{
    struct buf expected = {0};
    put_expected_field(&expected, "header", name, value);
    if (await_headers(call, where, buf_str(&expected)))
        judge_field(call, &call->headers, "header", name, value, where, buf_str(&expected));
    buf_clear(&expected);
}

void expect_no_header_at(struct call *call, const char *name, struct source_line where)
{
    struct buf expected = {0};
    buf_printf(&expected, "no header %s", name);
    if (await_headers(call, where, buf_str(&expected))) {
        const struct field *field = header_list_find(&call->headers, name);
        if (field)
            fail_field(call, where, buf_str(&expected), "header", name, field);
    }
    buf_clear(&expected);
}

static bool await_end(struct call *call, struct source_line where, const char *expected)
{
    if (!await(call, call_has_all, where, expected))
        return false;
    if (!call->remote_closed)
        fail_call(call, where, expected);
    return call->remote_closed;
}

void expect_trailer_at(struct call *call, const char *name, const char *value,
                       struct source_line where)
{
    struct buf expected = {0};
    put_expected_field(&expected, "trailer", name, value);
    if (await_end(call, where, buf_str(&expected)))
        judge_field(call, &call->trailers, "trailer", name, value, where, buf_str(&expected));
    buf_clear(&expected);
}

/* ---- status ---- */

void expect_status_at(struct call *call, uint32_t code, struct source_line where)
{
    struct buf expected = {0};
    put_status(&expected, code);
    if (await_end(call, where, buf_str(&expected))) {
        int status = call_status(call);
        if (status < 0 || (uint32_t)status != code)
            fail_call(call, where, buf_str(&expected));
        else if (http_status(call) != 200)
            lenient_call(call, where, buf_str(&expected),
                         "the right status, but :status is not 200");
    }
    buf_clear(&expected);
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* What is no valid escape stays as it is: PROTOCOL-HTTP2 forbids discarding the message. */
static void percent_decode(struct bytes in, struct buf *out)
{
    for (size_t i = 0; i < in.len; i++) {
        bool escape = in.data[i] == '%' && in.len - i > 2;
        int high = escape ? hex_value(in.data[i + 1]) : -1;
        int low = escape ? hex_value(in.data[i + 2]) : -1;
        bool valid = high >= 0 && low >= 0;
        int octet = valid ? high * 16 + low : in.data[i];
        buf_put_u8(out, (uint8_t)octet);
        i += valid ? 2 : 0;
    }
}

void expect_status_message_at(struct call *call, const char *text, struct source_line where)
{
    struct buf expected = {0}, decoded = {0};
    buf_put_str(&expected, "grpc-message that decodes to \"");
    put_escaped(&expected, bytes_str(text), 200);
    buf_put_str(&expected, "\"");
    if (await_end(call, where, buf_str(&expected))) {
        const struct field *field = header_list_find(&call->trailers, "grpc-message");
        percent_decode(field ? field->value : NO_BYTES, &decoded);
        if (!bytes_equal_str(buf_view(&decoded), text))
            fail_field(call, where, buf_str(&expected), "trailer", "grpc-message", field);
    }
    buf_clear(&expected);
    buf_clear(&decoded);
}

/* ---- DATA ---- */

struct amount {
    const struct call *call;
    size_t octets;
};

static bool has_octets(const struct conn *conn, const void *arg)
{
    (void)conn;
    const struct amount *amount = arg;
    return amount->call->data.len >= amount->octets || call_has_all(amount->call);
}

static bool has_too_many(const struct conn *conn, const void *arg)
{
    (void)conn;
    const struct amount *amount = arg;
    return amount->call->data.len > amount->octets;
}

void expect_data_octets_at(struct call *call, size_t octets, struct source_line where)
{
    struct conn *conn = call->conn;
    struct amount amount = {call, octets};
    struct buf expected = {0};
    gr_time since = clock_now_ns();
    if (test_is_over(conn->t))
        return;
    buf_printf(&expected, "exactly %zu octets of DATA on the stream", octets);
    bool came = wait_until(conn, has_octets, &amount);
    if (!came)
        fail_call_silent(call, where, buf_str(&expected), since);
    else if (call->data.len == octets && !conn_is_over(conn))
        (void)settle(conn, has_too_many, &amount, 0);
    if (came && call->data.len != octets) {
        mark_entry(conn->t, call->last_entry);
        test_fail(conn->t, where, buf_str(&expected), "%zu octets of DATA", call->data.len);
    }
    buf_clear(&expected);
}
