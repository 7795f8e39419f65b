/* SPDX-License-Identifier: MIT
 *
 * The reference server's connection, in memory: no socket, and a clock that the input moves. Its
 * one method takes a stream of messages and sends each of them back. Input: one octet, how many
 * cuts; the cuts, an octet each, used round and round, as lengths of reads and as milliseconds
 * between them; then what the client sends behind its preface. Oracles: every call that begins
 * ends, once, and nothing is told of it afterwards; no message comes behind the client's last; what
 * the server writes is whole frames that a client must accept the size of; when the transport is
 * gone nothing is left open. */
#include "fuzz.h"

#include "conn/conn.h"
#include "grpc/testing/messages.pb-c.h"

#define PREFACE        BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
#define MAX_FRAME_SIZE 16384

static size_t calls_open;

/* What one call has been told. */
struct told {
    bool half_closed;
    bool ended;
};

static void begin(struct gr_call *call)
{
    struct told *told = gr_call_alloc(call, sizeof *told);
    must(told != NULL, "there is memory");
    must(gr_call_data(call) == NULL, "a call begins twice");
    *told = (struct told){0};
    gr_call_set_data(call, told);
    calls_open++;
}

static void echo(struct gr_call *call, enum gr_event event, const void *message)
{
    if (event == GR_EVENT_BEGAN)
        begin(call);
    struct told *told = gr_call_data(call);
    if (!told)
        return; /* refused before it began */
    must(!told->ended, "a call is told something after its end");
    must(event != GR_EVENT_MESSAGE || !told->half_closed, "a message comes behind the last");
    if (event == GR_EVENT_MESSAGE) {
        int error = gr_send(call, message, GR_SEND_DEFAULT);
        must(error == 0 || error == GR_CLOSED, "what was received cannot be sent");
    } else if (event == GR_EVENT_HALF_CLOSED) {
        told->half_closed = true;
        gr_finish(call, GR_STATUS_OK);
    } else if (event == GR_EVENT_ENDED) {
        told->ended = true;
        calls_open--;
    }
}

static const struct gr_method method = {
    .path = "/e/E",
    .request = &grpc__testing__simple_request__descriptor,
    .reply = &grpc__testing__simple_request__descriptor,
    .client_streams = true,
    .server_streams = true,
    .stream = echo,
};

static struct call_target find(struct call_host *host, struct bytes path)
{
    (void)host;
    bool known = bytes_equal_str(path, method.path);
    return (struct call_target){.method = known ? &method : NULL};
}

static void dispatch(struct conn *conn)
{
    struct conn_event event;
    while (conn_next(conn, &event))
        if (event.kind == CONN_CALL && event.call->method)
            event.call->method->stream(event.call, event.event, event.message);
}

static void collect(struct conn *conn, struct buf *written)
{
    struct bytes output = conn_output(conn);
    while (output.len > 0) {
        buf_put(written, output);
        conn_sent(conn, output.len);
        output = conn_output(conn);
    }
}

static void check_frames(struct bytes written)
{
    while (written.len > 0) {
        must(written.len >= 9, "half a frame header is written");
        size_t len = load_u24(written.data);
        must(len <= MAX_FRAME_SIZE, "a frame is larger than the client allows");
        must(written.len >= 9 + len, "half a frame is written");
        written = bytes_skip(written, 9 + len);
    }
}

/* One read of the server's, and all that follows from it. */
static void turn(struct conn *conn, struct bytes piece, gr_time now, struct buf *written)
{
    struct buf copy = {0};
    buf_put(&copy, piece);
    int error = conn_feed(conn, buf_view(&copy), now);
    must(error == 0, "there is memory");
    dispatch(conn);
    conn_tick(conn, now);
    dispatch(conn);
    collect(conn, written);
    buf_clear(&copy);
}

static void serve(struct conn *conn, struct bytes stream, struct bytes cuts)
{
    struct buf written = {0};
    gr_time now = 1;
    turn(conn, PREFACE, now, &written);
    for (size_t i = 0; stream.len > 0 && !conn_done(conn); i++) {
        size_t step = cuts.len ? cuts.data[i % cuts.len] + i / cuts.len : stream.len;
        now = clock_add(now, (int64_t)step * NS_PER_MS);
        turn(conn, bytes_first(stream, step), now, &written);
        stream = bytes_skip(stream, step);
    }
    check_frames(buf_view(&written));
    conn_lost(conn, "the client is gone");
    dispatch(conn);
    must(conn_open_calls(conn) == 0, "a call outlives its connection");
    must(calls_open == 0, "a call that began has not ended");
    buf_clear(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    size_t cut_count = take_octet(&input);
    struct gr_codec_state codec = {0};
    struct call_pool pool = {0};
    struct timers timers = {0};
    struct buf scratch = {0};
    struct call_host host = {.find = find,
                             .now = 1,
                             .timers = &timers,
                             .codec = &codec,
                             .scratch = &scratch,
                             .peer = "memory"};
    struct gr_limits limits = {
        .max_message = 65536, .max_metadata = 4096, .max_concurrent_streams = 8};
    struct conn_options options = {
        .role = ROLE_SERVER, .limits = limits_with_defaults(&limits), .host = &host, .pool = &pool};

    struct conn *conn = conn_new(&options, 1);
    must(conn != NULL, "there is memory");
    serve(conn, bytes_skip(input, cut_count), bytes_first(input, cut_count));
    conn_free(conn);
    call_pool_clear(&pool);
    timers_clear(&timers);
    gr_codec_clear(&codec);
    buf_clear(&scratch);
    return 0;
}
