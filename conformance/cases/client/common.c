/* SPDX-License-Identifier: MIT
 *
 * What the client cases share; see common.h. */
#include "cases/client/common.h"

uint32_t stream_at(const struct call *call, enum where where)
{
    switch (where) {
    case ON_STREAM_0:
        return 0;
    case ON_THE_CALL:
        return call->stream;
    case ON_AN_EVEN_STREAM:
        return 2;
    default:
        return call->stream + 1000;
    }
}

struct call *next_call(struct test *t, const struct client_call *wanted)
{
    (void)ask_client(t, wanted);
    return await_call(t);
}

/* Two large calls, one after the other: the official case for GOAWAY makes just these, that for metadata nearly. */
static const struct client_call two_large = {.interop = "goaway",
                                             .interop_calls = 2,
                                             .otherwise = &custom_metadata,
                                             .path = UNARY_CALL,
                                             .type = CALL_UNARY,
                                             .messages = 1,
                                             .request_size = 271828,
                                             .response_size = 314159,
                                             .responses = 1};

struct call *call_behind_settings(struct test *t, const struct setting *settings, size_t count)
{
    struct call *call = first_call(t, &two_large);
    struct conn *conn = call->conn;

    expect_half_close(call);
    send_settings(conn, settings, count);
    expect_settings_acks(conn, 2);
    if (!t->target->drive->ends_with_calls) /* a command makes the second call by itself */
        (void)ask_client(t, &two_large);    /* ahead, so that the connection stays in use */
    conn->auto_window = false;
    serve_call(call);
    call = await_call(t);
    if (!test_is_over(t) && call->conn != conn)
        test_skip(t, "the client made another connection for its second call");
    return call;
}

bool by_adapter(const struct test *t)
{
    return strcmp(t->target->drive->name, "adapter") == 0;
}

struct probe_wait {
    const struct call *call;
    bool after_reset;
};

static const struct call *find_probe(const struct call *beside)
{
    for (const struct call *call = beside->conn->calls; call; call = call->next)
        if (call != beside && !call->handed_out && call->remote_closed)
            return call;
    return NULL;
}

static bool probe_came_or_never_will(const struct conn *conn, const void *arg)
{
    const struct probe_wait *wait = arg;

    return conn->closed != NOT_CLOSED || (wait->call->reset && !wait->after_reset) ||
           find_probe(wait->call) != NULL;
}

void serve_a_probe(struct call *call, bool after_reset)
{
    struct conn *conn = call->conn;

    if (test_is_over(conn->t))
        return;
    (void)wait_until(conn, probe_came_or_never_will, &(const struct probe_wait){call, after_reset});
    if (find_probe(call))
        serve_call(await_call_on(conn));
}

static bool has_call_or_is_closed(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->closed != NOT_CLOSED || conn->calls != NULL;
}

struct call *sleeping_call(struct test *t)
{
    (void)ask_client(t, &timeout_on_sleeping_server);
    struct conn *conn = accept_transport(t);

    send_settings(conn, NULL, 0);
    if (!test_is_over(t))
        (void)wait_until(conn, has_call_or_is_closed, NULL);
    if (!test_is_over(t) && (!conn->calls || strcmp(conn->calls->path, EMPTY_CALL) == 0))
        test_skip(t, "the call's deadline was over before the client sent it");
    return await_call_on(conn);
}

bool has_let_go(const struct conn *conn, const void *call)
{
    return conn->closed != NOT_CLOSED || conn->goaways > 0 || ((const struct call *)call)->reset;
}

void await_let_go(struct call *call)
{
    if (!test_is_over(call->conn->t))
        (void)wait_until(call->conn, has_let_go, call);
}

static bool has_answered_or_ended(const struct conn *conn, const void *before)
{
    return conn->closed != NOT_CLOSED || conn->ping_acks > *(const unsigned *)before;
}

void await_answer_or_end(struct conn *conn)
{
    unsigned before = conn->ping_acks;

    send_ping(conn, (const uint8_t[8]){'b', 'a', 'r', 'r', 'i', 'e', 'r'}, FLAG_NONE);
    (void)wait_until(conn, has_answered_or_ended, &before);
}

void expect_connection_lost(struct call *call, uint32_t code)
{
    expect_connection_error(call->conn, code);
    expect_client_error(call->conn->t);
}

void expect_malformed(struct call *call)
{
    expect_client_error(call->conn->t);
    if (call->conn->t->target->drive->ends_with_calls)
        return; /* a program that ends with its call may not get to say more */
    expect_outcome(call, ONE_OF(RESET(H2_PROTOCOL_ERROR), GOAWAY(H2_PROTOCOL_ERROR),
                                LENIENT_ANY_RESET("a stream error of another code"), LENIENT_CLOSE,
                                LENIENT_GOAWAY(H2_NO_ERROR, "the client only reports it"),
                                LENIENT_GOAWAY(H2_INTERNAL_ERROR, "PROTOCOL_ERROR is the code"),
                                LENIENT_GOAWAY(H2_COMPRESSION_ERROR, "PROTOCOL_ERROR is the code"),
                                LENIENT_IGNORED("the client only reports it")));
}

void expect_call_goes_on(struct call *call)
{
    expect_nothing_closed(call->conn);
    serve_call(call);
    expect_client_ok(call->conn->t);
}

void put_response_message(const struct call *call, size_t size, struct buf *message)
{
    struct buf response = {0};

    put_response(call, size, &response);
    put_message_prefix(message, 0, (uint32_t)response.len);
    buf_put(message, buf_view(&response));
    buf_clear(&response);
}

void put_response_fields(struct buf *block, enum hpack_literal form)
{
    hpack_put_literal(block, form, BYTES(":status"), BYTES("200"));
    hpack_put_literal(block, form, BYTES("content-type"), BYTES("application/grpc"));
}

void put_ok_trailer(struct buf *block, enum hpack_literal form)
{
    hpack_put_literal(block, form, BYTES("grpc-status"), BYTES("0"));
}

void put_octets(struct buf *out, uint8_t octet, size_t n)
{
    uint8_t *at = buf_reserve(out, n);

    if (!at)
        return;
    memset(at, octet, n);
    out->len += n;
}

void send_call_block(struct call *call, struct buf *block, uint8_t flags)
{
    send_block(call->conn, call->stream, buf_view(block), flags);
    buf_clear(block);
}
