/* SPDX-License-Identifier: MIT
 *
 * What calls want to send becomes frames: after a call's events have been told, conn_settle looks at what its
 * application left in it. */
#include "conn/private.h"

#include <stdlib.h>

static void out_of_memory(struct conn *conn)
{
    conn_close(conn, H2_INTERNAL_ERROR, "out of memory");
}

/* ---- Server ---------------------------------------------------------------------------------- */

/* Headers alone, or Trailers-Only. */
static void respond(struct conn *conn, struct gr_call *call)
{
    struct field_list fields;
    bool end = call->sending == FINISHED && !call->with_headers;

    fields_init(&fields);
    call_response_fields(call, &fields);
    if (!end && fields_size(&fields) > call->host->peer_max_metadata) {
        gr_metadata_free(call->headers_out);
        call->headers_out = NULL;
        call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED,
                  "the metadata is larger than the client accepts");
        fields_clear(&fields);
        fields_init(&fields);
        call_response_fields(call, &fields);
    }
    if (end)
        call_trailer_fields(call, &fields);
    call->submitted_headers = true;
    call->submitted_end = end;
    if (!h2_respond(conn->h2, call->stream, &fields, end))
        out_of_memory(conn);
    fields_clear(&fields);
}

/* Nothing waits before the trailers: they leave at once, whatever the window says (H2-FLOW-001). */
static void finish(struct conn *conn, struct gr_call *call)
{
    struct field_list fields;

    fields_init(&fields);
    call_trailer_fields(call, &fields);
    call->submitted_end = true;
    if (!h2_trailers(conn->h2, call->stream, &fields))
        out_of_memory(conn);
    fields_clear(&fields);
}

static void send_response(struct conn *conn, struct gr_call *call)
{
    if (!call->submitted_headers && (call->with_headers || call->sending == FINISHED))
        respond(conn, call);
    if (call_out_waiting(call))
        h2_resume(conn->h2, call->stream);
    else if (call->submitted_headers && call->sending == FINISHED && !call->submitted_end)
        finish(conn, call);
}

/* ---- Client ---------------------------------------------------------------------------------- */

static void send_request(struct conn *conn, struct gr_call *call)
{
    struct h2_stream *stream = call->stream;

    if (call->ended && !stream->local_ended) /* the server has answered early (GRPC-CALL-016) */
        h2_reset(conn->h2, stream, H2_NO_ERROR);
    else if (call_out_waiting(call) || (call->sending == FINISHED && !call->submitted_end))
        h2_resume(conn->h2, stream);
}

bool conn_has_room(const struct conn *conn)
{
    return conn->ready && !conn->goaway && !conn_done(conn) &&
           conn->open < h2_peer_max_streams(conn->h2);
}

static bool too_large(struct gr_call *call, const struct field_list *fields)
{
    if (fields_size(fields) <= call->host->peer_max_metadata)
        return false;
    call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "the metadata is larger than the server accepts");
    return true;
}

static void output_ready(struct conn *conn)
{
    if (conn->output_ready)
        conn->output_ready(conn->user);
}

void conn_start(struct conn *conn, struct gr_call *call)
{
    struct h2_stream *stream = NULL;
    struct field_list fields;

    fields_init(&fields);
    call_request_fields(call, &fields);
    if (!too_large(call, &fields)) {
        stream = h2_request(conn->h2, call, &fields);
        if (!stream)
            call_fail(call, GR_STATUS_RESOURCE_EXHAUSTED, "out of memory");
    }
    fields_clear(&fields);
    if (!stream)
        return;
    call->stream = stream;
    call->submitted_headers = true;
    conn_link(conn, call);
    call_touch(call);
}

void conn_drop(struct gr_call *call)
{
    struct h2_stream *stream = call->stream;
    struct conn *conn = call->conn;

    if (!stream)
        return;
    h2_reset(conn->h2, stream, H2_CANCEL);
    stream->call = NULL;
    call->stream = NULL;
    conn_unlink(conn, call);
    output_ready(conn);
}

/* ---- Both ------------------------------------------------------------------------------------ */

static void send_frames(struct conn *conn, struct gr_call *call)
{
    size_t credit = call_take_credit(call);

    if (credit)
        h2_consume(conn->h2, call->stream, credit);
    if (call->reset_wanted)
        h2_reset(conn->h2, call->stream, call->reset_code);
    else if (call->role == ROLE_SERVER)
        send_response(conn, call);
    else
        send_request(conn, call);
    output_ready(conn);
}

void conn_settle(struct call_host *host, struct gr_call *call)
{
    if (call->stream)
        send_frames(call->conn, call);
    if (call->role == ROLE_CLIENT || call->stream || !call->ended || call->later)
        return;
    host_forget(host, call);
    call_pool_put(call->owner, call);
}
