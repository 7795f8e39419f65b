/* SPDX-License-Identifier: MIT
 *
 * One side of a connection in memory; see side.h. The server's calls are watched by an interceptor,
 * the client's by who tells their events. */
#include "side.h"

#include "grpc/testing/messages.pb-c.h"
#include "services/test_service.h"

#define LARGEST_ANSWER 20000 /* larger ones only cost time */
#define MOST_ANSWERS   32

/* Small, so that limits are met. */
static const struct gr_limits LIMITS = {.max_message = 65536,
                                        .max_metadata = 4096,
                                        .stream_window = 65535,
                                        .connection_window = 65535,
                                        .max_concurrent_streams = SIDE_CALLS,
                                        .send_buffer = 16384};

static void log_event(struct side *side, unsigned call, const char *what, size_t number)
{
    buf_printf(&side->told, "call %u %s %zu\n", call, what, number);
    side->events++;
}

/* ---- The server's calls ---------------------------------------------------------------------- */

#define SERVED_CALLS 64

static struct served_call {
    struct gr_call *call; /* NULL: free */
    struct one_end order;
    unsigned number;
} served_calls[SERVED_CALLS];
static unsigned served_begun;
static size_t served_open;
static struct side *serving; /* whom the interceptor tells */

static struct served_call *served_call(struct gr_call *call)
{
    for (size_t i = 0; i < SERVED_CALLS; i++)
        if (served_calls[i].call == call)
            return &served_calls[i];
    return NULL;
}

static enum gr_status on_begin(struct gr_call *call, void *data)
{
    (void)data;
    must(!served_call(call), "O5: a call begins twice");
    struct served_call *place = served_call(NULL);
    must(place != NULL, "O9: far more calls are open than the limit allows");
    *place = (struct served_call){.call = call, .number = ++served_begun};
    must_be_in_order(&place->order, TOLD_BEGAN);
    served_open++;
    log_event(serving, place->number, "began with fields",
              gr_metadata_count(gr_call_metadata(call)));
    reach("call began");
    return GR_STATUS_OK;
}

static bool is_modest(const struct gr_method *method, const void *message)
{
    const Grpc__Testing__SimpleRequest *simple = message;
    const Grpc__Testing__StreamingOutputCallRequest *streaming = message;
    if (method->request == &grpc__testing__simple_request__descriptor)
        return simple->response_size <= LARGEST_ANSWER;
    if (method->request != &grpc__testing__streaming_output_call_request__descriptor)
        return true;
    bool modest = streaming->n_response_parameters <= MOST_ANSWERS;
    for (size_t i = 0; modest && i < streaming->n_response_parameters; i++)
        modest = streaming->response_parameters[i]->size <= LARGEST_ANSWER;
    return modest;
}

static enum gr_status on_received(struct gr_call *call, const void *message, void *data)
{
    (void)data;
    struct served_call *of = served_call(call);
    must(of != NULL, "O5: a message comes for a call that has not begun or has ended");
    must_be_in_order(&of->order, TOLD_MESSAGE);
    size_t size = protobuf_c_message_get_packed_size(message);
    log_event(serving, of->number, "message", size);
    if (planted(true))
        must_be_in_order(&of->order, TOLD_BEGAN);
    reach("message received");
    if (is_modest(call->method, message))
        return GR_STATUS_OK;
    must(gr_set_status_details(call, BYTES("\x08\x08")) == 0, "there is memory");
    return GR_STATUS_RESOURCE_EXHAUSTED;
}

static void on_ended(struct gr_call *call, void *data)
{
    (void)data;
    struct served_call *of = served_call(call);
    must(of != NULL, "O5: a call ends that has not begun, or ends twice");
    must_be_in_order(&of->order, TOLD_ENDED);
    log_event(serving, of->number, "ended with", (size_t)gr_call_result(call)->status);
    reach(gr_call_result(call)->status == GR_STATUS_OK ? "call ended OK" : "call ended badly");
    of->call = NULL;
    served_open--;
}

static const struct gr_interceptor observer = {
    .begin = on_begin, .received = on_received, .ended = on_ended};

/* One for all inputs: it holds no connection between them. */
static struct gr_server *the_server(void)
{
    static struct gr_server *server;
    if (!server) {
        server = gr_server_new(&(struct gr_server_options){.limits = LIMITS,
                                                           .min_ping_interval_ns = 100 * NS_PER_MS,
                                                           .interceptors = &observer,
                                                           .interceptor_count = 1});
        must(server && gr_server_register(server, &test_service, NULL) == 0, "there is memory");
    }
    server->seed = 1; /* the same input is to do the same */
    server->connections = 0;
    return server;
}

/* ---- The client's calls ---------------------------------------------------------------------- */

static const char *event_name(enum gr_event event)
{
    static const char *const names[] = {[GR_EVENT_BEGAN] = "began",
                                        [GR_EVENT_MESSAGE] = "message",
                                        [GR_EVENT_HALF_CLOSED] = "half-closed",
                                        [GR_EVENT_WRITABLE] = "writable",
                                        [GR_EVENT_TIMER] = "timer",
                                        [GR_EVENT_ENDED] = "ended"};
    return names[event];
}

static void tell_client(struct side *side, struct side_call *call, enum gr_event event,
                        const void *message)
{
    static const enum told meaning[] = {[GR_EVENT_BEGAN] = TOLD_BEGAN,
                                        [GR_EVENT_MESSAGE] = TOLD_MESSAGE,
                                        [GR_EVENT_HALF_CLOSED] = TOLD_HALF_CLOSED,
                                        [GR_EVENT_WRITABLE] = TOLD_OTHER,
                                        [GR_EVENT_TIMER] = TOLD_OTHER,
                                        [GR_EVENT_ENDED] = TOLD_ENDED};
    unsigned number = (unsigned)(call - side->calls);
    size_t detail = 0;
    must(call->open, "O5: a call that was never made is told something");
    must_be_in_order(&call->order, meaning[event]);
    if (event == GR_EVENT_MESSAGE) {
        call->received++;
        detail = protobuf_c_message_get_packed_size(message);
        reach("message received");
    }
    if (event == GR_EVENT_BEGAN)
        detail = gr_metadata_count(gr_call_metadata(&call->call));
    if (event == GR_EVENT_ENDED) {
        detail = (size_t)call->call.result.status;
        must(detail <= GR_STATUS_UNAUTHENTICATED, "O5: a call ends with no status");
        if (planted(detail == GR_STATUS_UNIMPLEMENTED))
            must_be_in_order(&call->order, TOLD_ENDED);
        reach(detail == GR_STATUS_OK ? "call ended OK" : "call ended badly");
    }
    if (event != GR_EVENT_WRITABLE)
        log_event(side, number, event_name(event), detail);
}

static void dispatch_client(struct side *side)
{
    struct conn_event event;
    struct progress progress = {.limit = 100000};
    while (conn_next(side->conn, &event)) {
        must_progress(&progress);
        if (event.kind == CONN_CALL)
            tell_client(side, (struct side_call *)event.call, event.event, event.message);
        if (event.kind == CONN_REFUSED) { /* a channel would try again, elsewhere */
            ((struct side_call *)event.call)->refused = true;
            call_fail(event.call, GR_STATUS_UNAVAILABLE, "refused");
            reach("call refused");
        }
    }
}

/* A line for a terminal, whatever the peer has put into it. */
static void judge_line(void *unused, const char *line)
{
    size_t len = strlen(line);
    (void)unused;
    must(len > 0 && line[len - 1] == '\n', "a line of the trace does not end");
    for (size_t i = 0; i + 1 < len; i++)
        must((uint8_t)line[i] >= 0x20 && line[i] != 0x7f,
             "a line of the trace holds what no terminal should be told");
    reach("traced");
}

/* The call is over, and its place is free. */
static void forget_call(struct side *side, struct side_call *call)
{
    conn_drop(&call->call);
    host_forget(&side->host, &call->call);
    call_clear(&call->call);
    call->open = false;
}

bool side_start(struct side *side, unsigned method, int64_t timeout_ns)
{
    size_t i = 0;
    while (i < SIDE_CALLS && side->calls[i].open && !side->calls[i].order.ended)
        i++;
    if (i == SIDE_CALLS || !conn_has_room(side->conn))
        return false;
    struct gr_call *call = &side->calls[i].call;
    if (side->calls[i].open)
        forget_call(side, &side->calls[i]);
    side->calls[i] = (struct side_call){.open = true, .method = method % TEST_METHOD_COUNT};
    call_init(call, ROLE_CLIENT, &side->host, &side->limits);
    call->keep_out = true; /* as a channel does, which may have to say it again */
    call->method = &test_service.methods[method % TEST_METHOD_COUNT];
    call->path = bytes_str(call->method->path);
    call->scheme = BYTES("http");
    call->authority = BYTES("memory");
    call->user_agent = BYTES("grpc-c-fuzz/1");
    must(call_send_headers(call) == 0, "a new call can send its headers");
    side->calls[i].disturbed = timeout_ns > 0;
    if (timeout_ns > 0)
        call_set_deadline(call, clock_add(side->now, timeout_ns));
    conn_start(side->conn, call);
    return true;
}

static struct gr_call *call_at(struct side *side, unsigned i)
{
    struct side_call *call = &side->calls[i % SIDE_CALLS];
    return call->open ? &call->call : NULL;
}

void side_send(struct side *side, unsigned i, size_t octets)
{
    struct gr_call *call = call_at(side, i);
    Grpc__Testing__Payload payload = GRPC__TESTING__PAYLOAD__INIT;
    Grpc__Testing__ResponseParameters wanted = GRPC__TESTING__RESPONSE_PARAMETERS__INIT;
    Grpc__Testing__ResponseParameters *wants = &wanted;
    Grpc__Testing__SimpleRequest simple = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    Grpc__Testing__StreamingOutputCallRequest output =
        GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    Grpc__Testing__StreamingInputCallRequest input =
        GRPC__TESTING__STREAMING_INPUT_CALL_REQUEST__INIT;
    if (!call)
        return;
    payload.body = (ProtobufCBinaryData){octets, test_zeros()};
    wanted.size = simple.response_size = (int32_t)octets;
    simple.payload = output.payload = input.payload = &payload;
    output.n_response_parameters = 1;
    output.response_parameters = &wants;

    const ProtobufCMessageDescriptor *type = call->method->request;
    const void *message = type == simple.base.descriptor   ? (const void *)&simple
                          : type == output.base.descriptor ? (const void *)&output
                          : type == input.base.descriptor  ? (const void *)&input
                                                           : NULL;
    if (message && gr_send(call, message, GR_SEND_DEFAULT) == 0)
        side->calls[i % SIDE_CALLS].sent++;
}

void side_half_close(struct side *side, unsigned i)
{
    struct gr_call *call = call_at(side, i);
    if (!call)
        return;
    gr_half_close(call);
    side->calls[i % SIDE_CALLS].half_closed = true;
}

void side_cancel(struct side *side, unsigned i)
{
    struct gr_call *call = call_at(side, i);
    if (!call)
        return;
    gr_cancel(call);
    side->calls[i % SIDE_CALLS].disturbed = true;
}

static void close_calls(struct side *side)
{
    for (size_t i = 0; i < SIDE_CALLS; i++) {
        struct side_call *call = &side->calls[i];
        if (!call->open)
            continue;
        must(call->order.ended, "O5: a call outlives its connection");
        forget_call(side, call);
    }
}

/* ---- Both ------------------------------------------------------------------------------------ */

void side_open(struct side *side, enum role role)
{
    side->role = role;
    side->now = NS_PER_S;
    side->watch = watch_new(role == ROLE_SERVER);
    if (role == ROLE_SERVER) {
        served_begun = 0;
        serving = side;
        side->served = served_new(the_server(), "memory", side->now);
        must(side->served != NULL, "there is memory");
        side->conn = side->served->conn;
    } else {
        side->limits = limits_with_defaults(&LIMITS);
        side->host = (struct call_host){.timers = &side->timers,
                                        .codec = &side->codec,
                                        .scratch = &side->scratch,
                                        .now = side->now};
        side->conn = conn_new(&(struct conn_options){.role = role,
                                                     .limits = side->limits,
                                                     .trace = side->traced,
                                                     .trace_line = judge_line,
                                                     .host = &side->host},
                              side->now);
        must(side->conn != NULL, "there is memory");
    }
    side_turn(side);
}

static void dispatch(struct side *side)
{
    if (side->role == ROLE_SERVER)
        server_dispatch(side->served);
    else
        dispatch_client(side);
}

/* What waits to be written, until there is no more; the watch reads it too. */
static void collect(struct side *side)
{
    struct progress progress = {.limit = 10000};
    size_t before = side->out.len;
    for (struct bytes output; (output = conn_output(side->conn)).len > 0;) {
        must_progress(&progress);
        buf_put(&side->out, output);
        side->written += output.len;
        conn_sent(side->conn, output.len);
        dispatch(side);
    }
    watch_said(side->watch, bytes_skip(buf_view(&side->out), before));
}

void side_turn(struct side *side)
{
    dispatch(side);
    collect(side);
}

void side_feed(struct side *side, struct bytes piece)
{
    struct buf copy = {0}; /* gone afterwards: who kept a view of it is found out */
    buf_put(&copy, piece);
    side->fed += piece.len;
    watch_heard(side->watch, piece);
    must(conn_feed(side->conn, buf_view(&copy), side->now) == 0, "there is memory");
    side_turn(side);
    buf_clear(&copy);
}

void side_pass_time(struct side *side, int64_t ns)
{
    side->now = clock_add(side->now, ns);
    if (side->role == ROLE_CLIENT) {
        side->host.now = side->now;
        for (struct timer *timer; (timer = timers_due(&side->timers, side->now));)
            call_timer_fired(timer);
        must(timers_next(&side->timers) > side->now, "O2: a timer is due that was not told");
    }
    conn_tick(side->conn, side->now);
    must(conn_done(side->conn) || conn_wakes_at(side->conn) > side->now,
         "O2: it wants to be told again what time it is");
    side_turn(side);
}

void side_close(struct side *side)
{
    watch_end(side->watch); /* no effect a second time */
    watch_rest(side->watch, conn_open_calls(side->conn) == 0);
    conn_lost(side->conn, "the transport is gone");
    dispatch(side);
    must(conn_open_calls(side->conn) == 0, "O5: a call outlives its connection");
    if (side->role == ROLE_SERVER) {
        must(served_open == 0, "O5: a call that began has not ended");
        served_free(side->served);
    } else {
        close_calls(side);
        conn_free(side->conn);
        timers_clear(&side->timers);
        gr_codec_clear(&side->codec);
        buf_clear(&side->scratch);
    }
    watch_free(side->watch);
    buf_clear(&side->told);
    buf_clear(&side->out);
}
