/* SPDX-License-Identifier: MIT
 *
 * "A": what nghttp2 and protobuf-c cost when hardly anything is added: a session for each connection, a comparison
 * of :path, unpack and pack, all frames of a read written at once. No deadlines, metadata, limits, errors or
 * compression. */
#include "anchor.h"

#include "grpc/testing/messages.pb-c.h"

#include <nghttp2/nghttp2.h>

#include <stdlib.h>

#if NGHTTP2_VERSION_NUM >= 0x013c00 /* 1.60.0 renamed what had ssize_t in it */
typedef nghttp2_ssize length;
typedef nghttp2_data_provider2 provider;
#define mem_recv        nghttp2_session_mem_recv2
#define mem_send        nghttp2_session_mem_send2
#define submit_response nghttp2_submit_response2
#else
typedef ssize_t length;
typedef nghttp2_data_provider provider;
#define mem_recv        nghttp2_session_mem_recv
#define mem_send        nghttp2_session_mem_send
#define submit_response nghttp2_submit_response
#endif

struct stream {
    bool known; /* it is UnaryCall */
    struct buf in, out;
    size_t sent;
};

#define FIELD(name, value)                                                                         \
    {                                                                                              \
        (uint8_t *)(name), (uint8_t *)(value), sizeof(name) - 1, sizeof(value) - 1,                \
            NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE                           \
    }

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct stream *stream = calloc(1, sizeof(*stream));

    (void)user;
    if (!stream)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    return nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_len, const uint8_t *value, size_t value_len, uint8_t flags,
                     void *user)
{
    static const struct bytes path = {(const uint8_t *)"/grpc.testing.TestService/UnaryCall", 35};
    struct stream *stream;

    (void)flags, (void)user;
    if (!bytes_equal(bytes_of(name, name_len), BYTES(":path")))
        return 0;
    stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    stream->known = bytes_equal(bytes_of(value, value_len), path);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t len, void *user)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);

    (void)flags, (void)user;
    if (stream)
        buf_put(&stream->in, bytes_of(data, len));
    return 0;
}

static length read_reply(nghttp2_session *session, int32_t id, uint8_t *to, size_t room,
                         uint32_t *flags, nghttp2_data_source *source, void *user)
{
    static const nghttp2_nv trailers[] = {FIELD("grpc-status", "0")};
    struct stream *stream = source->ptr;
    struct bytes part = bytes_first(bytes_skip(buf_view(&stream->out), stream->sent), room);

    (void)user;
    if (part.len)
        memcpy(to, part.data, part.len);
    stream->sent += part.len;
    if (stream->sent == stream->out.len) {
        *flags = NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        nghttp2_submit_trailer(session, id, trailers, 1);
    }
    return (length)part.len;
}

/* Unpack, make the reply, pack. returns false for what is no such request */
static bool echo(struct stream *stream)
{
    static uint8_t zeros[65536];
    Grpc__Testing__SimpleResponse reply = GRPC__TESTING__SIMPLE_RESPONSE__INIT;
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    Grpc__Testing__SimpleRequest *request;
    struct bytes message = bytes_skip(buf_view(&stream->in), 5);
    uint8_t *to;

    request = grpc__testing__simple_request__unpack(NULL, message.len, message.data);
    if (!request || request->response_size < 0 || request->response_size > 65536)
        return false;
    payload.body = (ProtobufCBinaryData){(size_t)request->response_size, zeros};
    reply.payload = &payload;
    message.len = grpc__testing__simple_response__get_packed_size(&reply);
    buf_put_u8(&stream->out, 0);
    buf_put_u32(&stream->out, (uint32_t)message.len);
    to = buf_reserve(&stream->out, message.len);
    if (to)
        stream->out.len += grpc__testing__simple_response__pack(&reply, to);
    grpc__testing__simple_request__free_unpacked(request, NULL);
    return to != NULL;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    static const nghttp2_nv headers[] = {FIELD(":status", "200"),
                                         FIELD("content-type", "application/grpc")};
    static const nghttp2_nv unknown[] = {FIELD(":status", "200"),
                                         FIELD("content-type", "application/grpc"),
                                         FIELD("grpc-status", "12")};
    struct stream *stream = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    provider source = {.source.ptr = stream, .read_callback = read_reply};

    (void)user;
    if (frame->hd.type > NGHTTP2_HEADERS || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
        return 0;
    if (!stream->known || stream->in.len < 5 || !echo(stream))
        return submit_response(session, frame->hd.stream_id, unknown, 3, NULL);
    return submit_response(session, frame->hd.stream_id, headers, 2, &source);
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *user)
{
    struct stream *stream = nghttp2_session_get_stream_user_data(session, id);

    (void)code, (void)user;
    if (!stream)
        return 0;
    buf_clear(&stream->in);
    buf_clear(&stream->out);
    free(stream);
    return 0;
}

static bool pump(struct anchor_conn *conn)
{
    const uint8_t *data;
    length len;

    while ((len = mem_send(conn->state, &data)) > 0)
        buf_put(&conn->out, bytes_of(data, (size_t)len));
    return len == 0;
}

static bool open_conn(struct anchor_conn *conn)
{
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000}};
    nghttp2_session_callbacks *callbacks;
    nghttp2_session *session = NULL;

    if (nghttp2_session_callbacks_new(&callbacks) != 0)
        return false;
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_server_new(&session, callbacks, NULL);
    nghttp2_session_callbacks_del(callbacks);
    conn->state = session;
    return session && nghttp2_submit_settings(session, 0, settings, 1) == 0 &&
           nghttp2_session_set_local_window_size(session, 0, 0, 1 << 20) == 0;
}

static bool feed(struct anchor_conn *conn, struct bytes in)
{
    return mem_recv(conn->state, in.data, in.len) == (length)in.len && pump(conn);
}

static void close_conn(struct anchor_conn *conn)
{
    nghttp2_session_del(conn->state);
}

int main(int argc, char **argv)
{
    static const struct anchor nghttp2 = {open_conn, feed, close_conn};

    return anchor_serve(&nghttp2, argc, argv);
}
