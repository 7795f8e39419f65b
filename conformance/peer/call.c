/* SPDX-License-Identifier: MIT
 *
 * Calls, the speaking half: request headers and their edits, messages, DATA within the target's
 * windows. */
#include "peer/inside.h"

#include <stdio.h>
#include <stdlib.h>

struct call *call_new(struct conn *conn, const char *path, uint32_t stream)
{
    struct call *call = new_zeroed(sizeof *call);
    *call = (struct call){
        .conn = conn,
        .next = conn->calls,
        .stream = stream,
        .send_window = conn->their_settings[SETTING_INITIAL_WINDOW_SIZE],
        .receive_window = conn->our_initial_window,
        .last_entry = NO_ENTRY,
    };
    (void)snprintf(call->path, sizeof call->path, "%s", path);
    conn->calls = call;
    return call;
}

struct call *new_call_on(struct conn *conn, const char *path)
{
    uint32_t stream = conn->next_stream;
    conn->next_stream += 2;
    return call_new(conn, path, stream);
}

struct call *new_call(struct test *t, const char *path)
{
    return new_call_on(main_connection(t), path);
}

/* ---- headers and their edits ---- */

struct fields {
    struct field *at;
    size_t count, max;
};

static void insert(struct fields *fields, size_t index, struct field field)
{
    if (fields->count == fields->max)
        return;
    memmove(&fields->at[index + 1], &fields->at[index],
            (fields->count - index) * sizeof fields->at[0]);
    fields->at[index] = field;
    fields->count++;
}

static void remove_at(struct fields *fields, size_t index)
{
    fields->count--;
    memmove(&fields->at[index], &fields->at[index + 1],
            (fields->count - index) * sizeof fields->at[0]);
}

static size_t index_of(const struct fields *fields, const char *name)
{
    size_t i = 0;
    while (i < fields->count && !bytes_equal_str(fields->at[i].name, name))
        i++;
    return i;
}

static void remove_all(struct fields *fields, const char *name)
{
    for (size_t i = index_of(fields, name); i < fields->count; i = index_of(fields, name))
        remove_at(fields, i);
}

static void apply(struct fields *fields, const struct edit *edit)
{
    struct field field = {bytes_str(edit->name), edit->value};
    size_t at = fields->count;
    if (edit->kind == EDIT_SET)
        at = index_of(fields, edit->name);
    if (edit->kind == EDIT_REMOVE)
        remove_all(fields, edit->name);
    else if (edit->kind == EDIT_ADD_FIRST)
        insert(fields, 0, field);
    else if (at < fields->count)
        fields->at[at] = field;
    else
        insert(fields, fields->count, field);
}

size_t edit_fields(const struct field *usual, size_t count, const struct edit *edits,
                   struct field *fields, size_t max)
{
    struct fields list = {.at = fields, .max = max};
    for (size_t i = 0; i < count; i++)
        insert(&list, list.count, usual[i]);
    for (; edits->kind != EDIT_END; edits++)
        apply(&list, edits);
    return list.count;
}

size_t request_fields(struct call *call, const struct edit *edits, struct field *fields, size_t max)
{
    const struct target_info *target = call->conn->t->target;
    const char *authority = target->authority ? target->authority : "localhost";
    const struct field usual[] = {
        FIELD(":method", "POST"),
        {BYTES(":scheme"), target->tls ? BYTES("https") : BYTES("http")},
        {BYTES(":path"), bytes_str(call->path)},
        {BYTES(":authority"), bytes_str(authority)},
        FIELD("te", "trailers"),
        FIELD("content-type", "application/grpc"),
        FIELD("user-agent", "grpcspec"),
    };
    return edit_fields(usual, ARRAY_LEN(usual), edits, fields, max);
}

size_t count_edits(const struct edit *edits)
{
    size_t count = 0;
    while (edits[count].kind != EDIT_END)
        count++;
    return count;
}

void send_request_headers(struct call *call, const struct edit *edits, uint8_t flags)
{
    size_t max = 8 + count_edits(edits);
    struct field *fields = new_zeroed(max * sizeof *fields);
    size_t count = request_fields(call, edits, fields, max);
    send_fields(call->conn, call->stream, fields, count, flags);
    free(fields);
}

void send_trailers(struct call *call, const struct field *fields, size_t count)
{
    send_fields(call->conn, call->stream, fields, count, FLAG_END_STREAM);
}

/* ---- DATA ---- */

static bool has_window(const struct call *call)
{
    return call->send_window > 0 && call->conn->send_window > 0;
}

/* The target gives a window, or makes clear that it wants no more. */
static bool may_go_on(const struct call *call)
{
    return has_window(call) || call_is_over(call);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t window_of(const struct call *call)
{
    if (!has_window(call))
        return 0;
    return least((size_t)call->send_window, (size_t)call->conn->send_window);
}

/* How much of `left` (> 0) may go in the next frame; 0: none, ever. */
static size_t next_chunk(struct call *call, size_t left)
{
    const struct conn *conn = call->conn;
    size_t chunk = least(left, max_payload(conn));
    if (!conn->obey_windows || test_is_over(conn->t) || conn_is_over(conn))
        return chunk;
    if (!has_window(call) && !call_until(call, may_go_on)) {
        test_fail(
            conn->t, HERE, "a window to send in (WINDOW_UPDATE)",
            "the target gave no window for %.1f s: %zu octets could not be sent (window of the "
            "stream %lld, of the connection %lld)",
            (double)conn->t->patience_ns / (double)NS_PER_S, left, (long long)call->send_window,
            (long long)conn->send_window);
        return 0;
    }
    return least(chunk, window_of(call));
}

void send_data(struct call *call, struct bytes data, uint8_t flags)
{
    do {
        size_t chunk = data.len ? next_chunk(call, data.len) : 0;
        if (data.len && chunk == 0)
            return;
        uint8_t end = chunk == data.len ? flags : (uint8_t)(flags & ~FLAG_END_STREAM);
        send_frame(call->conn, FRAME_DATA, end, call->stream, bytes_first(data, chunk));
        data = bytes_skip(data, chunk);
    } while (data.len > 0);
}

void send_padded_data(struct call *call, struct bytes data, uint8_t pad_len, uint8_t flags)
{
    struct buf payload = {0};
    buf_put_u8(&payload, pad_len);
    buf_put(&payload, data);
    buf_put_zeros(&payload, pad_len);
    send_frame(call->conn, FRAME_DATA, flags | FLAG_PADDED, call->stream, buf_view(&payload));
    buf_clear(&payload);
}

void half_close(struct call *call)
{
    send_data(call, NO_BYTES, FLAG_END_STREAM);
}

void cancel_call(struct call *call)
{
    send_rst_stream(call->conn, call->stream, H2_CANCEL);
}

/* ---- messages ---- */

void put_message_prefix(struct buf *out, uint8_t compressed_flag, uint32_t length)
{
    buf_put_u8(out, compressed_flag);
    buf_put_u32(out, length);
}

void send_message(struct call *call, uint8_t compressed_flag, struct bytes payload, uint8_t flags)
{
    struct buf message = {0};
    put_message_prefix(&message, compressed_flag, (uint32_t)payload.len);
    buf_put(&message, payload);
    send_data(call, buf_view(&message), flags);
    buf_clear(&message);
}

struct call *send_unary_on(struct conn *conn, const char *path, struct bytes request)
{
    struct call *call = new_call_on(conn, path);
    send_request_headers(call, NO_EDITS, FLAG_NONE);
    send_message(call, 0, request, FLAG_END_STREAM);
    return call;
}

struct call *send_unary(struct test *t, const char *path, struct bytes request)
{
    return send_unary_on(main_connection(t), path, request);
}
