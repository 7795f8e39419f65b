/* SPDX-License-Identifier: MIT
 *
 * What the HTTP/2 cases share; see common.h. */
#include "cases/http2/common.h"

#define FIELDS_MAX 64

/* ---- requests -------------------------------------------------------------------------------- */

struct call *open_call_on(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);

    send_request_headers(call, NO_EDITS, 0);
    return call;
}

struct call *open_call(struct test *t)
{
    return open_call_on(main_connection(t));
}

struct call *open_and_cancel(struct conn *conn)
{
    struct call *call = open_call_on(conn);

    cancel_call(call);
    return call;
}

void complete_call(struct call *call)
{
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_answer(call);
}

void expect_answer(struct call *call)
{
    if (call->conn->t->target->has_test_service)
        expect_status(call, GRPC_OK);
    else
        expect_headers(call);
}

void expect_call_works(struct conn *conn)
{
    expect_answer(send_unary_on(conn, EMPTY_CALL, NO_BYTES));
}

struct call *ask_for(struct conn *conn, size_t size)
{
    struct buf request = {0};
    struct call *call;

    pb_put_simple_request(&request, TESTING_REQUEST(.response_size = size));
    call = send_unary_on(conn, UNARY_CALL, buf_view(&request));
    buf_clear(&request);
    return call;
}

struct call *ask_for_stream(struct conn *conn, size_t size, size_t count)
{
    struct response_parameters parameters[16] = {{0}};
    struct buf request = {0};
    struct call *call;

    for (size_t i = 0; i < count && i < ARRAY_LEN(parameters); i++)
        parameters[i].size = size;
    pb_put_streaming_request(&request, TESTING_REQUEST(.payload_size = 0), parameters, count);
    call = send_unary_on(conn, STREAMING_OUTPUT_CALL, buf_view(&request));
    buf_clear(&request);
    return call;
}

struct call *blocked_call(struct test *t, size_t response_size)
{
    struct conn *conn = connect_with(t, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 0}));
    struct call *call = ask_for(conn, response_size);

    conn->auto_window = false;
    expect_headers(call);
    return call;
}

void open_windows(struct conn *conn)
{
    send_settings(conn, SETTINGS({SETTING_INITIAL_WINDOW_SIZE, 1 << 20}));
    send_window_update(conn, 0, 1 << 24);
}

void release_call(struct call *call)
{
    open_windows(call->conn);
    expect_status(call, GRPC_OK);
}

static bool gives_up_connection(const struct call *call)
{
    const struct conn *conn = call->conn;
    return conn->goaways > 0 || conn->closed != NOT_CLOSED || call_status(call) == GRPC_UNAVAILABLE;
}

struct awaited_ping {
    const struct call *call;
    unsigned acks;
};

static bool is_answered_or_given_up(const struct conn *conn, const void *arg)
{
    const struct awaited_ping *ping = arg;
    return conn->ping_acks > ping->acks || gives_up_connection(ping->call);
}

bool connection_goes_on(struct call *call)
{
    struct conn *conn = call->conn;
    struct awaited_ping ping = {call, conn->ping_acks};

    if (gives_up_connection(call))
        return false;
    send_ping(conn, (const uint8_t[8]){'g', 'o', 'e', 's', ' ', 'o', 'n', '?'}, FLAG_NONE);
    wait_until(conn, is_answered_or_given_up, &ping);
    return !gives_up_connection(call);
}

/* What was expected of the call has judged a connection error in the place of a stream error; not one behind it. */
void expect_only_the_call_is_lost(struct call *call)
{
    struct test *t = call->conn->t;
    bool judged = gives_up_connection(call) && !call->reset && !call->remote_closed;

    if (judged || call_status(call) == GRPC_UNAVAILABLE) {
        expect_target_still_serves(t);
    } else if (connection_goes_on(call)) {
        expect_connection_still_serves(call->conn);
    } else {
        test_lenient(t, HERE, "the connection goes on: only a stream was at fault",
                     "%s behind the error of the stream; RFC 9113 5.4.1 lets one be treated as an "
                     "error of the connection",
                     call->conn->goaways > 0 ? "GOAWAY" : "the connection closed");
        expect_target_still_serves(t);
    }
}

void expect_exactly(struct call *call, size_t octets)
{
    struct call *other;

    expect_data_octets(call, octets);
    other = send_unary_on(call->conn, UNIMPLEMENTED_CALL, NO_BYTES);
    expect_status(other, GRPC_UNIMPLEMENTED);
    expect(call->conn->t, call->data.len == octets, "no DATA beyond the windows",
           "%zu octets of DATA where the windows allow %zu", call->data.len, octets);
}

/* ---- header blocks by hand ------------------------------------------------------------------- */

void put_request(struct buf *block, struct call *call, const struct edit *edits,
                 enum hpack_literal form)
{
    struct field fields[FIELDS_MAX];
    size_t count = request_fields(call, edits, fields, FIELDS_MAX);

    for (size_t i = 0; i < count; i++)
        hpack_put_literal(block, form, fields[i].name, fields[i].value);
}

void send_request_block(struct call *call, struct buf *block)
{
    send_block(call->conn, call->stream, buf_view(block), 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    buf_clear(block);
}

uint32_t table_limit(const struct conn *conn)
{
    uint32_t theirs = conn->their_settings[SETTING_HEADER_TABLE_SIZE];

    return theirs < 4096 ? theirs : 4096;
}

void forget_dynamic_table(struct conn *conn)
{
    struct call *call = new_call_on(conn, EMPTY_CALL);
    struct buf block = {0};

    hpack_put_size_update(&block, 0);
    hpack_put_size_update(&block, table_limit(conn));
    put_request(&block, call, NO_EDITS, LITERAL_NOT_INDEXED);
    send_request_block(call, &block);
    expect_answer(call);
}

void put_fill(struct buf *out, uint8_t octet, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_put_u8(out, octet);
}

/* ---- the transcript -------------------------------------------------------------------------- */

static bool received_on(const struct conn *conn, const struct transcript_entry *entry)
{
    return entry->direction == RECEIVED && entry->is_frame && entry->connection == conn->number;
}

size_t frames_received(const struct conn *conn, uint8_t type, uint32_t stream)
{
    const struct transcript *transcript = &conn->t->transcript;
    size_t count = 0;

    for (size_t i = 0; i < transcript->count; i++) {
        const struct transcript_entry *entry = &transcript->entries[i];
        if (received_on(conn, entry) && entry->frame.type == type && entry->frame.stream == stream)
            count++;
    }
    return count;
}

size_t frames_received_since(const struct conn *conn, size_t since, uint32_t stream)
{
    const struct transcript *transcript = &conn->t->transcript;
    size_t count = 0;

    for (size_t i = since; i < transcript->count; i++)
        if (received_on(conn, &transcript->entries[i]) &&
            transcript->entries[i].frame.stream == stream)
            count++;
    return count;
}

size_t longest_frame_received(const struct conn *conn, size_t since)
{
    const struct transcript *transcript = &conn->t->transcript;
    size_t longest = 0;

    for (size_t i = since; i < transcript->count; i++) {
        const struct transcript_entry *entry = &transcript->entries[i];
        if (received_on(conn, entry) && load_u24(entry->octets.data) > longest)
            longest = load_u24(entry->octets.data); /* not octets.len: long payloads are kept cut */
    }
    return longest;
}
