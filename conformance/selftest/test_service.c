/* SPDX-License-Identifier: MIT
 *
 * grpc.testing.TestService and grpc.health.v1.Health as their .proto files and the interop descriptions have them.
 * Handlers only plan what is to be sent; streams.c sends it. */
#include "selftest/h2.h"
#include "wire/pb.h"

#include <stdio.h>
#include <stdlib.h>

/* Field numbers of grpc/testing/messages.proto. */
enum {
    RESPONSE_TYPE = 1,
    RESPONSE_SIZE = 2, /* SimpleRequest; response_parameters in StreamingOutputCallRequest */
    REQUEST_PAYLOAD = 3,
    RESPONSE_COMPRESSED = 6,
    RESPONSE_STATUS = 7,
    EXPECT_COMPRESSED = 8,
};

#define MOST_UNSENT  (64u << 10) /* of a response: more is made when that is on its way */
#define MOST_MESSAGE 24576       /* octets of a status message that are kept */

static bool takes_one_request(enum method method)
{
    return method == METHOD_EMPTY_CALL || method == METHOD_UNARY_CALL ||
           method == METHOD_STREAMING_OUTPUT || method == METHOD_HEALTH_CHECK ||
           method == METHOD_HEALTH_WATCH || method == METHOD_HEALTH_LIST || method == METHOD_THROW;
}

/* ---- plans ---- */

static void plan(struct stream *stream, struct planned message)
{
    struct planned *more = realloc(stream->plan, (stream->plan_len + 1) * sizeof *more);
    if (!more)
        return;
    stream->plan = more;
    stream->plan[stream->plan_len++] = message;
}

static bool bool_value(struct bytes message)
{
    struct pb_field field;
    return pb_find(message, 1, &field) && field.value != 0;
}

static void plan_response(struct stream *stream, struct bytes parameters)
{
    struct pb_field field;
    struct planned message = {0};
    if (pb_find(parameters, 1, &field))
        message.size = (size_t)(field.value & 0x7fffffff);
    if (pb_find(parameters, 2, &field))
        message.after_ns = (int64_t)(field.value & 0x7fffffff) * NS_PER_US;
    if (pb_find(parameters, 3, &field))
        message.compressed = bool_value(field.bytes) != knob(KNOB_COMPRESSION_INVERTED);
    plan(stream, message);
}

/* The shapes of UTF-8 sequences; overlong forms and surrogates are not looked for. */
static bool is_utf8(struct bytes text)
{
    size_t more = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (more > 0) {
            if ((c & 0xc0) != 0x80)
                return false;
            more--;
        } else if (c >= 0x80) {
            more = (c & 0xe0) == 0xc0 ? 1 : (c & 0xf0) == 0xe0 ? 2 : (c & 0xf8) == 0xf0 ? 3 : 9;
        }
    }
    return more == 0;
}

/* A string field must be UTF-8; EchoStatus.message is the only one of these messages. */
static bool status_is_utf8(struct bytes message)
{
    struct pb_field status, text;
    if (!pb_find(message, RESPONSE_STATUS, &status) || !pb_find(status.bytes, 2, &text))
        return true;
    return is_utf8(text.bytes);
}

static bool is_well_formed(struct bytes message)
{
    struct pb_field field;
    struct bytes rest = message;
    while (pb_take(&rest, &field))
        if (field.number > 100 && knob(KNOB_UNKNOWN_FIELDS_ARE_REFUSED))
            return false;
    return (rest.len == 0 && status_is_utf8(message)) || knob(KNOB_ACCEPTS_BAD_PROTOBUF);
}

/* The call's own wishes for its end; false when there are none. */
static bool wants_status(struct bytes message, enum grpc_code *code, char text[static MOST_MESSAGE])
{
    struct pb_field status, field;
    text[0] = '\0';
    *code = CODE_OK;
    if (!pb_find(message, RESPONSE_STATUS, &status))
        return false;
    if (pb_find(status.bytes, 1, &field))
        *code = (enum grpc_code)(field.value & 0x7fffffff);
    if (pb_find(status.bytes, 2, &field))
        (void)snprintf(text, MOST_MESSAGE, "%.*s",
                       (int)(field.bytes.len < MOST_MESSAGE ? field.bytes.len : MOST_MESSAGE),
                       field.bytes.len ? (const char *)field.bytes.data : "");
    return *code != CODE_OK;
}

static bool type_is_supported(struct bytes message)
{
    struct pb_field field;
    return !pb_find(message, RESPONSE_TYPE, &field) || field.value == 0 ||
           knob(KNOB_ACCEPTS_ANY_RESPONSE_TYPE);
}

static bool compression_is_expected(struct bytes message, uint32_t number, bool compressed)
{
    struct pb_field field;
    if (!pb_find(message, number, &field))
        return true;
    if (knob(KNOB_EXPECTED_COMPRESSION_FAILS))
        return false;
    return !bool_value(field.bytes) || compressed;
}

/* ---- handlers ---- */

static void reply(struct h2 *h2, struct stream *stream, struct bytes message, bool compressed)
{
    if (knob(KNOB_NO_REPLY))
        return;
    put_message(h2, stream, message, compressed);
    if (knob(KNOB_REPLIES_TWICE))
        put_message(h2, stream, message, compressed);
}

/* SimpleResponse and StreamingOutputCallResponse: Payload payload = 1, body = 2. */
static void put_payload(struct buf *out, size_t size)
{
    struct buf body = {0}, payload = {0};
    buf_put_zeros(&body, knob(KNOB_WRONG_RESPONSE_SIZE) ? size + 1 : size);
    pb_put_bytes(&payload, 2, buf_view(&body));
    pb_put_bytes(out, 1, buf_view(&payload));
    buf_clear(&body);
    buf_clear(&payload);
}

static void unary_call(struct h2 *h2, struct stream *stream, struct bytes request)
{
    struct pb_field field;
    enum grpc_code code;
    char text[MOST_MESSAGE];
    bool compressed = pb_find(request, RESPONSE_COMPRESSED, &field) && bool_value(field.bytes);
    if (!type_is_supported(request)) {
        respond_status(h2, stream, CODE_INVALID_ARGUMENT, "the response type is not supported");
        return;
    }
    if (!compression_is_expected(request, EXPECT_COMPRESSED, stream->kept_compressed)) {
        respond_status(h2, stream, CODE_INVALID_ARGUMENT,
                       "the request should have been compressed");
        return;
    }
    if (compressed && !stream->response_encoding && knob(KNOB_DEMANDS_ACCEPT_ENCODING)) {
        respond_status(h2, stream, CODE_INTERNAL, "the client accepts no compression");
        return;
    }
    if (wants_status(request, &code, text)) {
        respond_status(h2, stream, code, text);
        return;
    }
    struct buf response = {0};
    size_t size = pb_find(request, RESPONSE_SIZE, &field) ? (size_t)(field.value & 0x7fffffff) : 0;
    put_payload(&response, size);
    reply(h2, stream, buf_view(&response), compressed != knob(KNOB_COMPRESSION_INVERTED));
    buf_clear(&response);
    respond_status(h2, stream, CODE_OK, "");
}

enum { HEALTH_SERVING = 1, HEALTH_NOT_SERVING = 2, HEALTH_SERVICE_UNKNOWN = 3 };

static void send_health(struct h2 *h2, struct stream *stream, uint64_t status)
{
    struct buf response = {0};
    pb_put_varint(&response, 1, status);
    put_message(h2, stream, buf_view(&response), false);
    buf_clear(&response);
}

/* The service that changes does so once, a moment after it is first watched. */
static void watch_health(struct h2 *h2, struct stream *stream, bool known, bool changes)
{
    send_health(h2, stream, known ? HEALTH_SERVING : HEALTH_SERVICE_UNKNOWN);
    if (changes && !knob(KNOB_WATCH_TELLS_ONCE))
        send_health(h2, stream, HEALTH_NOT_SERVING);
    if (knob(KNOB_WATCH_ENDS))
        respond_status(h2, stream, CODE_OK, "");
}

static void check_health(struct h2 *h2, struct stream *stream, bool known)
{
    if (known)
        send_health(h2, stream, knob(KNOB_HEALTH_IS_NEVER_KNOWN) ? 0 : HEALTH_SERVING);
    else if (knob(KNOB_CHECK_SAYS_SERVICE_UNKNOWN))
        send_health(h2, stream, HEALTH_SERVICE_UNKNOWN);
    if (known || knob(KNOB_CHECK_SAYS_SERVICE_UNKNOWN))
        respond_status(h2, stream, CODE_OK, "");
    else
        respond_status(h2, stream, CODE_NOT_FOUND, "no such service");
}

static void health(struct h2 *h2, struct stream *stream, struct bytes request)
{
    struct pb_field field = {0};
    (void)pb_find(request, 1, &field);
    bool changes = bytes_equal_str(field.bytes, "changing.Service");
    bool known = field.bytes.len == 0 || changes ||
                 bytes_equal_str(field.bytes, "grpc.testing.TestService");
    if (stream->method == METHOD_HEALTH_WATCH)
        watch_health(h2, stream, known, changes);
    else
        check_health(h2, stream, known);
}

/* HealthListResponse: map<string, HealthCheckResponse> statuses = 1. */
static void list_health(struct h2 *h2, struct stream *stream)
{
    static const char *const services[] = {"", "grpc.testing.TestService"};
    struct buf response = {0};
    for (size_t i = 0; i < ARRAY_LEN(services); i++) {
        struct buf entry = {0}, status = {0};
        pb_put_varint(&status, 1, HEALTH_SERVING);
        pb_put_bytes(&entry, 1, bytes_str(services[i]));
        pb_put_bytes(&entry, 2, buf_view(&status));
        pb_put_bytes(&response, 1, buf_view(&entry));
        buf_clear(&entry);
        buf_clear(&status);
    }
    put_message(h2, stream, buf_view(&response), false);
    buf_clear(&response);
    respond_status(h2, stream, knob(KNOB_HEALTH_LIST_FAILS) ? CODE_INTERNAL : CODE_OK, "");
}

static void plan_all(struct h2 *h2, struct stream *stream, struct bytes request)
{
    struct pb_field field;
    enum grpc_code code;
    char text[MOST_MESSAGE];
    if (wants_status(request, &code, text)) {
        stream->wants_status = true;
        stream->wanted = code;
        buf_put_str(&stream->status_message, text);
    }
    if (stream->plan_at == stream->plan_len && !knob(KNOB_IDLE_CALLS_STALL))
        stream->last_sent = h2->now;
    else if (knob(KNOB_DEAF_WHILE_BUSY) && stream->plan[stream->plan_at].after_ns > 0)
        return;
    while (pb_take(&request, &field))
        if (field.number == RESPONSE_SIZE && field.type == PB_LEN)
            plan_response(stream, field.bytes);
    bool shuffles = knob(KNOB_SHUFFLES_MESSAGES) ||
                    (knob(KNOB_SHUFFLES_UNDER_LOAD) && count_open(h2) > 8);
    if (shuffles && stream->plan_len > 1) {
        struct planned last = stream->plan[stream->plan_len - 1];
        stream->plan[stream->plan_len - 1] = stream->plan[0];
        stream->plan[0] = last;
    }
}

static void streaming_input(struct h2 *h2, struct stream *stream, struct bytes request,
                            bool compressed)
{
    struct pb_field payload, body;
    if (!compression_is_expected(request, 2, compressed)) {
        respond_status(h2, stream, CODE_INVALID_ARGUMENT,
                       "the request should have been compressed");
        return;
    }
    if (stream->messages > 1 && knob(KNOB_COUNTS_ONE_REQUEST))
        return;
    if (pb_find(request, 1, &payload) && pb_find(payload.bytes, 2, &body))
        stream->aggregated += body.bytes.len;
    h2->sum_before = stream->aggregated;
}

/* A method that takes one request waits for the half-close: only then it is sure that there is no other. */
static void keep_request(struct h2 *h2, struct stream *stream, struct bytes payload,
                         bool compressed)
{
    if (stream->messages > 1 && !knob(KNOB_EXTRA_MESSAGE_IGNORED)) {
        respond_status(h2, stream, CODE_UNIMPLEMENTED, "the method takes one request");
        return;
    }
    if (stream->messages > 1)
        return;
    buf_put(&stream->kept, payload);
    stream->kept_compressed = compressed;
}

void service_message(struct h2 *h2, struct stream *stream, struct bytes payload, bool compressed)
{
    stream->messages++;
    if (stream->timeout_ns && knob(KNOB_REQUESTS_PUT_DEADLINE_OFF))
        stream->deadline = clock_add(h2->now, stream->timeout_ns);
    if (!is_well_formed(payload)) {
        respond_status(h2, stream, CODE_INTERNAL, "the request is not a message of its type");
        return;
    }
    if (takes_one_request(stream->method))
        keep_request(h2, stream, payload, compressed);
    else if (stream->method == METHOD_STREAMING_INPUT)
        streaming_input(h2, stream, payload, compressed);
    else if (stream->method == METHOD_REFLECTION)
        reflect(h2, stream, payload);
    else
        plan_all(h2, stream, payload);
}

static void end_streaming_input(struct h2 *h2, struct stream *stream)
{
    struct buf response = {0};
    if (stream->aggregated > 0)
        pb_put_varint(&response, 1, stream->aggregated);
    reply(h2, stream, buf_view(&response), false);
    buf_clear(&response);
    respond_status(h2, stream, CODE_OK, "");
}

static void run_one_request(struct h2 *h2, struct stream *stream)
{
    struct bytes request = buf_view(&stream->kept);
    if (stream->messages == 0 && !knob(KNOB_NO_MESSAGE_IS_EMPTY)) {
        respond_status(h2, stream, CODE_UNIMPLEMENTED, "the method takes one request");
        return;
    }
    switch (stream->method) {
    case METHOD_UNARY_CALL:
        unary_call(h2, stream, request);
        break;
    case METHOD_STREAMING_OUTPUT:
        plan_all(h2, stream, request);
        break;
    case METHOD_HEALTH_CHECK:
    case METHOD_HEALTH_WATCH:
        health(h2, stream, request);
        break;
    case METHOD_HEALTH_LIST:
        list_health(h2, stream);
        break;
    case METHOD_THROW:
        respond_status(h2, stream, knob(KNOB_THROWING_IS_INTERNAL) ? CODE_INTERNAL : CODE_UNKNOWN,
                       "the handler threw");
        break;
    default:
        reply(h2, stream, NO_BYTES, false);
        respond_status(h2, stream, CODE_OK, "");
    }
    buf_reset(&stream->kept);
    stream->messages = 1;
}

/* May be called again for a stream that has long ended its request: only the first time counts. */
void service_half_close(struct h2 *h2, struct stream *stream)
{
    if (stream->half_closed)
        return;
    stream->half_closed = true;
    if (stream->messages == 0 && !takes_one_request(stream->method) &&
        knob(KNOB_EMPTY_STREAM_IS_ERROR)) {
        respond_status(h2, stream, CODE_INTERNAL, "no message came");
        return;
    }
    if (stream->messages == 0 && stream->method == METHOD_FULL_DUPLEX &&
        knob(KNOB_ANSWERS_EMPTY_STREAM))
        put_message(h2, stream, NO_BYTES, false);
    if (takes_one_request(stream->method))
        run_one_request(h2, stream);
    else if (stream->method == METHOD_STREAMING_INPUT)
        end_streaming_input(h2, stream);
    else if (stream->method == METHOD_REFLECTION)
        end_reflection(h2, stream);
}

/* ---- time ---- */

static void send_planned(struct h2 *h2, struct stream *stream, const struct planned *message)
{
    struct buf response = {0};
    size_t size = message->size;
    if (knob(KNOB_SIZES_CHANGE_UNDER_LOAD) && count_open(h2) > 30)
        size++;
    if (knob(KNOB_LONG_CALLS_TIRE) && stream->sent_messages > 500)
        return;
    put_payload(&response, size);
    put_message(h2, stream, buf_view(&response), message->compressed);
    buf_clear(&response);
    stream->last_sent = h2->now;
}

/* A knob: nobody has stopped the timer of a call that is over. */
static gr_time turn_timer(struct h2 *h2, struct stream *stream)
{
    if (h2->now < stream->timer)
        return stream->timer;
    stream->timer = 0;
    put_rst_stream(h2, stream->id, H2_CANCEL);
    return TIME_NEVER;
}

/* The handler is done, and its response waits for a window until the deadline at most. */
static gr_time turn_finished(struct h2 *h2, struct stream *stream)
{
    if (stream->timer != 0 && !stream->we_reset)
        return turn_timer(h2, stream);
    if (stream->local_closed || stream->pending.len == 0)
        return TIME_NEVER;
    if (h2->now < stream->deadline || knob(KNOB_RESPONSES_OUTLIVE_DEADLINE))
        return stream->deadline;
    stream->deadline = TIME_NEVER;
    stream_error(h2, stream, H2_CANCEL);
    return TIME_NEVER;
}

static bool an_older_call_has_a_deadline(const struct h2 *h2, const struct stream *stream)
{
    for (const struct stream *other = h2->streams; other != stream; other = other->next)
        if (!other->local_closed && other->deadline != TIME_NEVER)
            return true;
    return false;
}

gr_time service_turn(struct h2 *h2, struct stream *stream)
{
    if (knob(KNOB_OLDEST_DEADLINE_RULES) && an_older_call_has_a_deadline(h2, stream) &&
        stream->method == METHOD_FULL_DUPLEX && stream->plan_at == stream->plan_len)
        return TIME_NEVER;
    bool waits = stream->method == METHOD_HALF_DUPLEX || knob(KNOB_FULL_DUPLEX_SERIALISED);
    bool ended = stream->half_closed;
    if (stream->finished)
        return turn_finished(h2, stream);
    bool busy = stream->plan_at < stream->plan_len && knob(KNOB_EXPIRY_WAITS_FOR_HANDLER);
    bool looks_away = (knob(KNOB_DEADLINE_WAITS_FOR_REQUEST) && takes_one_request(stream->method) &&
                       stream->messages == 0) ||
                      (knob(KNOB_DEADLINE_WAITS_FOR_MESSAGE) && stream->assembly.len > 0);
    if (looks_away && stream->deadline != TIME_NEVER)
        return TIME_NEVER;
    if (h2->now >= stream->deadline && !busy) {
        expire(h2, stream);
        return TIME_NEVER;
    }
    if (knob(KNOB_IDLE_CALLS_STALL) && stream->last_sent &&
        h2->now - stream->last_sent > NS_PER_S && stream->plan_at < stream->plan_len)
        return TIME_NEVER;
    while (stream->plan_at < stream->plan_len && (ended || !waits)) {
        if (stream->pending.len >= MOST_UNSENT && !knob(KNOB_MAKES_ALL_AT_ONCE))
            return stream->send_window > 0 && h2->send_window > 0 ? h2->now : stream->deadline;
        const struct planned *message = &stream->plan[stream->plan_at];
        gr_time due = clock_add(stream->last_sent, message->after_ns);
        if (due > h2->now)
            return due < stream->deadline || busy ? due : stream->deadline;
        send_planned(h2, stream, message);
        stream->plan_at++;
    }
    bool planned_all = stream->plan_at == stream->plan_len;
    if (planned_all && stream->wants_status && (ended || !waits))
        respond_status(h2, stream, stream->wanted, NULL);
    else if (ended && planned_all && stream->plan_len == 0 && knob(KNOB_EMPTY_STREAM_IS_ERROR))
        respond_status(h2, stream, CODE_INTERNAL, "nothing was asked for");
    else if (ended && planned_all && stream->method != METHOD_HEALTH_WATCH)
        respond_status(h2, stream, CODE_OK, "");
    return stream->deadline;
}
