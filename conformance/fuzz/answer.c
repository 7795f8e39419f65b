/* SPDX-License-Identifier: MIT
 *
 * Waiting and judging, a function for each kind of step; see answer.h. */
#include "fuzz/answer.h"

#include "peer/client.h"
#include "wire/pb.h"

/* ---- waiting ---- */

static bool is_ready(const struct conn *conn, const void *unused)
{
    (void)unused;
    return (conn->got_settings && conn->settings_acks >= conn->settings_sent) || conn->goaways > 0;
}

static void await_settings(struct conn *conn)
{
    gr_time since = clock_now_ns();
    if (!wait_until(conn, is_ready, NULL))
        fail_conn_silent(conn, HERE, "SETTINGS from the target, and its acknowledgement of ours",
                         since);
}

struct awaited_data {
    const struct call *call;
    size_t octets;
};

static bool has_data(const struct conn *conn, const void *arg)
{
    const struct awaited_data *awaited = arg;
    (void)conn;
    return awaited->call->data.len >= awaited->octets || call_has_all(awaited->call);
}

static void await_data(struct call *call, int64_t octets)
{
    const struct awaited_data awaited = {call, (size_t)octets};
    gr_time since = clock_now_ns();
    if (!wait_until(call->conn, has_data, &awaited))
        fail_call_silent(call, HERE, "DATA as far as the windows allow", since);
}

/* ---- replies ---- */

static struct message one_message(struct call *call)
{
    size_t before = call->messages_taken;
    struct message message = next_message(call);
    if (!test_is_over(call->conn->t) && call->messages_taken == before)
        fail_call(call, HERE, "a response message");
    return message;
}

static void expect_reply(struct call *call, int64_t size)
{
    struct test *t = call->conn->t;
    struct bytes body = NO_BYTES;
    struct message message = one_message(call);
    bool readable = message.flag == 0 && pb_response_body(message.payload, &body);
    expect(t, readable, "an uncompressed message in protobuf", "flag %u, %zu octets", message.flag,
           message.payload.len);
    expect(t, body.len == (size_t)size, "payload.body has the size that was asked for",
           "%zu octets where %lld were asked for", body.len, (long long)size);
}

static void expect_sum(struct call *call, int64_t sum)
{
    struct message message = one_message(call);
    int64_t seen = message.flag == 0 ? pb_aggregated_size(message.payload) : -1;
    expect(call->conn->t, seen == sum, "aggregated_payload_size is the sum of all payloads sent",
           "%lld where %lld octets were sent", (long long)seen, (long long)sum);
}

static struct bytes without_padding(struct bytes value)
{
    while (value.len > 0 && value.data[value.len - 1] == '=')
        value.len--;
    return value;
}

static bool has_field(const struct header_list *list, const struct step *step)
{
    bool binary = bytes_ends_with(bytes_str(step->name), BYTES("-bin"));
    for (size_t i = 0; i < list->count; i++) {
        struct bytes value = list->fields[i].value;
        if (bytes_equal_str(list->fields[i].name, step->name) &&
            bytes_equal(binary ? without_padding(value) : value, buf_view(&step->octets)))
            return true;
    }
    return false;
}

static void expect_field(struct call *call, const struct step *step)
{
    struct test *t = call->conn->t;
    bool found = has_field(&call->headers, step) || has_field(&call->trailers, step);
    expect(t, found || !call->remote_closed, "metadata comes back as it was sent",
           "no field %s has the value that was sent", step->name);
}

/* ---- outcomes ---- */

/* Where there is no test service, a plain call is served when it is answered. */
static void widen(const struct test *t, const struct outcome *outcomes, struct outcome *wide)
{
    bool served = false;
    size_t count = 0;
    for (; outcomes[count].kind != OUTCOME_END; count++) {
        wide[count] = outcomes[count];
        served |= outcomes[count].kind == OUTCOME_STATUS && outcomes[count].code == GRPC_OK;
    }
    if (served && !t->target->has_test_service)
        wide[count++] = (struct outcome){.kind = OUTCOME_ANY_ERROR};
    if (served && !t->target->has_test_service)
        wide[count++] = (struct outcome){.kind = OUTCOME_HTTP, .code = 404};
    wide[count] = (struct outcome){.kind = OUTCOME_END};
}

/* The connection has ended in a way that an earlier step allowed: nothing more can be asked of it. */
static bool has_ended_well(const struct conn *conn)
{
    return conn->inside->end_accepted && (conn_is_over(conn) || conn->goaways > 0);
}

static void expect_call(struct call *call, const struct step *step)
{
    struct outcome wide[MAX_OUTCOMES + 3];
    widen(call->conn->t, step->outcomes, wide);
    expect_outcome(call, wide);
}

/* ---- alive ---- */

static bool is_answered(const struct conn *conn, const void *unused)
{
    (void)unused;
    return conn->inside->awaited_ping_answered;
}

static void look(struct conn *conn)
{
    (void)conn_turn(conn, clock_add(clock_now_ns(), NS_PER_MS));
}

static void expect_alive(struct conn *conn)
{
    gr_time since = clock_now_ns();
    if (conn_is_over(conn))
        return;
    if (conn->inside->write_shut || !framing_can_probe(&conn->inside->framing)) {
        look(conn); /* it waits for the rest, as it may */
        return;
    }
    send_awaited_ping(conn);
    (void)wait_until(conn, is_answered, NULL);
    bool fine = conn->inside->awaited_ping_answered || conn_is_over(conn) || conn->goaways > 0;
    if (!fine)
        fail_conn_silent(conn, HERE, "the PING is answered, or the connection ends", since);
}

/* ---- serves ---- */

static void send_plain_call(struct conn *conn, uint32_t stream)
{
    const struct field fields[] = {
        FIELD(":method", "POST"),
        {BYTES(":scheme"), conn->t->target->tls ? BYTES("https") : BYTES("http")},
        FIELD(":path", EMPTY_CALL),
        FIELD(":authority", "localhost"),
        FIELD("te", "trailers"),
        FIELD("content-type", "application/grpc"),
    };
    struct buf block = {0};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        hpack_put_literal(&block, LITERAL_NOT_INDEXED, fields[i].name, fields[i].value);
    send_frame(conn, FRAME_HEADERS, FLAG_END_HEADERS, stream, buf_view(&block));
    send_frame(conn, FRAME_DATA, FLAG_END_STREAM, stream, BYTES("\0\0\0\0\0"));
    buf_clear(&block);
}

void answer_serves(struct conn *conn, uint32_t stream)
{
    if (conn->serves) { /* of a client: it makes another call, wherever, unless it ends with its call */
        expect_client_still_works(conn->t);
        return;
    }
    bool gone = conn_is_over(conn) || conn->goaways > 0;
    if (test_is_over(conn->t) || (gone && conn->inside->end_accepted) || stream > 0x7ffffffdu)
        return;
    conn->auto_window = true;
    if (conn->receive_window < 1000)
        send_window_update(conn, 0, DEFAULT_WINDOW);
    conn->next_stream = stream;
    struct call *call = new_call_on(conn, EMPTY_CALL);
    send_plain_call(conn, stream);
    const struct step ok = {.outcomes = {{.kind = OUTCOME_STATUS, .code = GRPC_OK}}};
    expect_call(call, &ok);
}

/* ---- one step ---- */

static void answer_call(struct conn *conn, const struct step *step)
{
    struct call *call = conn_find_call(conn, step->stream);
    if (!call || has_ended_well(conn))
        return;
    switch (step->kind) {
    case STEP_AWAIT_DATA:
        await_data(call, step->number);
        return;
    case STEP_AWAIT_END:
        (void)call_until(call, call_has_all);
        return;
    case STEP_EXPECT_CALL:
        expect_call(call, step);
        return;
    case STEP_EXPECT_STREAM_ERROR:
        expect_stream_error(call, (uint32_t)step->number);
        return;
    case STEP_EXPECT_REPLY:
        expect_reply(call, step->number);
        return;
    case STEP_EXPECT_SUM:
        expect_sum(call, step->number);
        return;
    case STEP_EXPECT_NO_MORE:
        expect_no_more_messages(call);
        return;
    case STEP_EXPECT_FIELD:
        expect_field(call, step);
        return;
    default:
        if (step->octets.len > 0) {
            struct buf text = {0};
            buf_put(&text, buf_view(&step->octets));
            expect_status_message(call, buf_str(&text));
            buf_clear(&text);
        }
        return;
    }
}

void answer_step(struct conn *conn, const struct step *step)
{
    switch (step->kind) {
    case STEP_AWAIT_SETTINGS:
        await_settings(conn);
        return;
    case STEP_EXPECT_CONNECTION:
        expect_connection_outcome(conn, step->outcomes);
        return;
    case STEP_EXPECT_CONNECTION_ERROR:
        expect_connection_error(conn, (uint32_t)step->number);
        return;
    case STEP_EXPECT_ACKS:
        expect_settings_acks(conn, conn->settings_sent);
        return;
    case STEP_EXPECT_ALIVE:
        expect_alive(conn);
        return;
    case STEP_EXPECT_CLIENT:
        expect_client_outcome(conn->t, step->outcomes);
        return;
    default:
        answer_call(conn, step);
        return;
    }
}
