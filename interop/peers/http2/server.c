/* SPDX-License-Identifier: MIT
 *
 * The bad server of the official negative HTTP/2 test cases (grpc/grpc,
 * doc/negative-http2-interop-test-descriptions.md): it answers UnaryCall, and does one thing that clients meet
 * seldom. The frames it prints are judged elsewhere; it has no opinion. */
#include "conn.h"

#include "wire/pb.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define PATIENCE (120 * NS_PER_S)
#define CHUNK    16000
/* So much padding that a client which does not count it stops the response: 2 MB around 314,159 octets. */
#define TINY_CHUNK 40
#define PADDING    255

enum reset { NO_RESET, AFTER_HEADER, DURING_DATA, AFTER_DATA };

static const struct test_case {
    const char *name;
    enum reset reset;
    bool goes_away; /* on the first connection, at its first call */
    bool pings;     /* before and after each part of a response */
    bool one_stream;
    bool tiny;
    uint8_t padding;
} cases[] = {
    {.name = "goaway", .goes_away = true},
    {.name = "rst_after_header", .reset = AFTER_HEADER},
    {.name = "rst_during_data", .reset = DURING_DATA},
    {.name = "rst_after_data", .reset = AFTER_DATA},
    {.name = "ping", .pings = true},
    {.name = "max_streams", .one_stream = true},
    {.name = "data_frame_padding", .tiny = true, .padding = PADDING},
    {.name = "no_df_padding_sanity_test"},
};

struct accepted {
    const struct test_case *how;
    int fd;
    unsigned number;
    bool traced;
};

/* ---- a response ---- */

/* A message of SimpleResponse with as many zeros as the request asks for. */
static void make_response(struct call *call)
{
    struct buf payload = {0}, message = {0};
    struct pb_field size = {.value = 0};
    struct bytes request = bytes_skip(buf_view(&call->request), 5);
    uint64_t zeros = pb_find(request, 2, &size) && size.value < 1 << 24 ? size.value : 0;
    uint8_t *body = calloc(1, zeros + 1);
    if (body) {
        pb_put_bytes(&payload, 2, (struct bytes){body, zeros});
        pb_put_bytes(&message, 1, buf_view(&payload));
        buf_put_u8(&call->response, 0);
        buf_put_u32(&call->response, (uint32_t)message.len);
        buf_put(&call->response, buf_view(&message));
    }
    free(body);
    buf_clear(&payload);
    buf_clear(&message);
}

static void begin(struct conn *conn, struct call *call, const struct test_case *how)
{
    const struct field headers[] = {FIELD(":status", "200"),
                                    FIELD("content-type", "application/grpc")};
    if (how->goes_away && conn->number == 1 && call == conn->calls)
        conn_send_goaway(conn, call->stream, H2_NO_ERROR);
    if (how->pings)
        conn_send_ping(conn);
    conn_send_headers(conn, call->stream, FLAG_NONE, headers, ARRAY_LEN(headers));
    if (how->pings) {
        conn_send_ping(conn);
        conn_send_ping(conn);
    }
    make_response(call);
    call->began = true;
}

static void finish(struct conn *conn, struct call *call, const struct test_case *how)
{
    const struct field trailers[] = {FIELD("grpc-status", "0")};
    if (how->reset)
        conn_send_code(conn, FRAME_RST_STREAM, call->stream, H2_NO_ERROR);
    else
        conn_send_headers(conn, call->stream, FLAG_END_STREAM, trailers, ARRAY_LEN(trailers));
    call->over = true;
}

static size_t end_of(const struct call *call, const struct test_case *how)
{
    if (how->reset == AFTER_HEADER)
        return 0;
    return how->reset == DURING_DATA ? call->response.len / 2 : call->response.len;
}

/* Answer as far as the client lets us. The last part waits until every PING is acknowledged: afterwards the client may
 * leave, and nothing could be told. */
static void answer(struct conn *conn, struct call *call, const struct test_case *how)
{
    if (!call->whole || call->over)
        return;
    if (!call->began)
        begin(conn, call, how);
    size_t before = call->sent, end = end_of(call, how);
    bool out = conn_send_response(conn, call, end, how->tiny ? TINY_CHUNK : CHUNK, how->padding);
    if (out && how->pings && before < end)
        conn_send_ping(conn);
    if (out && conn->pings == 0)
        finish(conn, call, how);
}

/* ---- a connection ---- */

static void greet(struct conn *conn, const struct test_case *how)
{
    static const struct setting window = {SETTING_INITIAL_WINDOW_SIZE, 1 << 20};
    static const struct setting one = {SETTING_MAX_CONCURRENT_STREAMS, 1};
    conn_send_settings(conn, &window, 1);
    if (how->one_stream)
        conn_send_settings(conn, &one, 1);
}

static void *serve(void *arg)
{
    struct accepted accepted = *(struct accepted *)arg;
    struct conn conn;
    char why[256];
    free(arg);
    struct transport *transport = transport_accept(accepted.fd, NULL,
                                                   clock_add(clock_now_ns(), PATIENCE), why);
    if (!transport)
        return NULL;
    if (conn_init(&conn, transport, accepted.number, accepted.traced)) {
        greet(&conn, accepted.how);
        while (conn_turn(&conn, clock_add(clock_now_ns(), PATIENCE)))
            for (size_t i = 0; i < conn.call_count; i++)
                answer(&conn, &conn.calls[i], accepted.how);
    }
    conn_clear(&conn);
    return NULL;
}

static int accept_all(int listener, const struct test_case *how, bool traced)
{
    for (unsigned number = 1;; number++) {
        struct accepted *accepted = calloc(1, sizeof(*accepted));
        pthread_t thread;
        if (!accepted)
            return 1;
        *accepted = (struct accepted){how, accept(listener, NULL, NULL), number, traced};
        if (accepted->fd < 0 || pthread_create(&thread, NULL, serve, accepted) != 0) {
            free(accepted);
            return 1;
        }
        pthread_detach(thread);
    }
}

/* ---- the program ---- */

static const char *value_of(const char *arg, const char *name)
{
    size_t len = strlen(name);
    return strncmp(arg, name, len) == 0 && arg[len] == '=' ? arg + len + 1 : NULL;
}

int main(int argc, char **argv)
{
    const struct test_case *how = NULL;
    uint16_t port = 0;
    bool traced = false;
    for (int i = 1; i < argc; i++) {
        const char *name = value_of(argv[i], "--test_case"), *number = value_of(argv[i], "--port");
        for (size_t k = 0; name && k < ARRAY_LEN(cases); k++)
            how = strcmp(cases[k].name, name) == 0 ? &cases[k] : how;
        port = number ? (uint16_t)strtoul(number, NULL, 10) : port;
        traced |= strcmp(argv[i], "--trace") == 0;
    }
    int listener = how ? transport_listen(port, &port) : -1;
    if (listener < 0) {
        fprintf(stderr, how ? "cannot listen there\n"
                            : "usage: grpcspec-bad-server --test_case=CASE [--port=N] [--trace]\n");
        return 2;
    }
    printf("listening on 127.0.0.1:%d\n", port);
    fflush(stdout);
    return accept_all(listener, how, traced);
}
