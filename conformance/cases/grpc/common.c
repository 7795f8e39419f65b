/* SPDX-License-Identifier: MIT
 *
 * The verbs the gRPC cases share. See common.h; no case is here. */
#include "cases/grpc/common.h"

struct call *start_call(struct test *t, const char *path, const struct edit *edits)
{
    struct call *call = new_call(t, path);
    send_request_headers(call, edits, FLAG_NONE);
    return call;
}

void send_simple_request(struct call *call, struct testing_request request, uint8_t flags)
{
    struct buf message = {0};
    pb_put_simple_request(&message, request);
    send_message(call, 0, buf_view(&message), flags);
    buf_clear(&message);
}

void send_input(struct call *call, size_t payload_size, uint8_t flags)
{
    struct buf message = {0};
    pb_put_input_request(&message, payload_size, -1);
    send_message(call, 0, buf_view(&message), flags);
    buf_clear(&message);
}

void send_output_request(struct call *call, const struct response_parameters *parameters,
                         size_t count, uint8_t flags)
{
    struct buf message = {0};
    pb_put_streaming_request(&message, TESTING_REQUEST(.payload_size = 0), parameters, count);
    send_message(call, 0, buf_view(&message), flags);
    buf_clear(&message);
}

void send_duplex(struct call *call, size_t response_size, uint8_t flags)
{
    const struct response_parameters one = {.size = response_size, .compressed = -1};
    send_output_request(call, &one, 1, flags);
}

struct call *unary_call(struct test *t, const struct edit *edits, struct testing_request request)
{
    struct call *call = start_call(t, UNARY_CALL, edits);
    send_simple_request(call, request, FLAG_END_STREAM);
    return call;
}

struct call *empty_call(struct test *t, const struct edit *edits)
{
    struct call *call = start_call(t, EMPTY_CALL, edits);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    return call;
}

struct call *failing_unary(struct test *t, const struct edit *edits, int code, const char *message)
{
    return unary_call(
        t, edits,
        TESTING_REQUEST(.has_status = true, .status_code = code, .status_message = message));
}

struct call *unimplemented_call(struct test *t)
{
    struct call *call = start_call(
        t, t->target->has_test_service ? UNIMPLEMENTED_CALL : NO_SUCH_METHOD, NO_EDITS);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    return call;
}

/* How an ended call ended, in words. */
static void put_end(const struct call *call, struct buf *out)
{
    const struct field *http = header_list_find(&call->headers, ":status");
    char scratch[16];

    if (http && !bytes_equal_str(http->value, "200"))
        buf_printf(out, "HTTP %.*s ", (int)http->value.len, (const char *)http->value.data);
    if (call->remote_closed && call_status(call) >= 0)
        buf_put_str(out, grpc_status_name((uint32_t)call_status(call)));
    else if (call->reset)
        buf_printf(out, "RST_STREAM(%s)", h2_error_name(call->reset_code, scratch));
    else
        buf_put_str(out, call->remote_closed ? "no grpc-status" : "nothing");
}

struct message one_message_at(struct call *call, struct source_line where)
{
    struct test *t = call->conn->t;
    size_t before = call->messages_taken;
    struct message message = next_message_at(call, where);
    struct buf end = {0};

    if (!test_is_over(t) && call->messages_taken == before) {
        put_end(call, &end);
        test_fail(t, where, "a response message", "the call ended without it: %s", buf_str(&end));
    }
    buf_clear(&end);
    return message;
}

void expect_reply_at(struct call *call, size_t size, struct source_line where)
{
    struct test *t = call->conn->t;
    struct message message = one_message_at(call, where);
    struct bytes body;

    if (test_is_over(t))
        return;
    if (message.flag != 0)
        test_fail(t, where, "an uncompressed response: nothing else was accepted",
                  "the compressed-flag octet is %u", message.flag);
    else if (!pb_response_body(message.payload, &body))
        test_fail(t, where, "a response message in protobuf", "%zu octets that are not one",
                  message.payload.len);
    else if (body.len != size)
        test_fail(t, where, "payload.body has the size that was asked for",
                  "%zu octets where %zu were asked for", body.len, size);
}

void expect_unary_reply_at(struct call *call, size_t size, struct source_line where)
{
    expect_reply_at(call, size, where);
    expect_no_more_messages_at(call, where);
    expect_status_at(call, GRPC_OK, where);
}

void expect_sum_at(struct call *call, int64_t sum, struct source_line where)
{
    struct test *t = call->conn->t;
    struct message message = one_message_at(call, where);

    if (test_is_over(t))
        return;
    int64_t seen = message.flag == 0 ? pb_aggregated_size(message.payload) : -1;
    if (seen != sum)
        test_fail(t, where, "aggregated_payload_size is the sum of all payloads sent",
                  "%lld where %lld octets were sent", (long long)seen, (long long)sum);
    expect_no_more_messages_at(call, where);
    expect_status_at(call, GRPC_OK, where);
}

static bool has_begun(const struct conn *conn, const void *arg)
{
    const struct call *call = arg;
    (void)conn;
    return call->header_blocks > 0 || call_has_all(call);
}

void skip_if_turned_away(struct call *call)
{
    (void)wait_until(call->conn, has_begun, call);
    if (call_status(call) == GRPC_RESOURCE_EXHAUSTED)
        test_skip(call->conn->t, "the target has no room for so many calls at once");
}

void expect_still_serves_at(struct call *call, struct source_line where)
{
    struct conn *conn = call->conn;

    if (conn->closed != NOT_CLOSED || conn->goaways > 0)
        expect_target_still_serves_at(conn->t, where);
    else
        expect_connection_still_serves_at(conn, where);
}

const struct header_list *final_block(const struct call *call)
{
    return call->trailers_only ? &call->headers : &call->trailers;
}

const struct field *response_field(const struct call *call, const char *name)
{
    const struct field *field = header_list_find(&call->headers, name);
    return field ? field : header_list_find(&call->trailers, name);
}

void note_end(struct call *call)
{
    struct buf end = {0};

    if (test_is_over(call->conn->t))
        return;
    put_end(call, &end);
    test_note(call->conn->t, "the call ended with %s", buf_str(&end));
    buf_clear(&end);
}
