/* SPDX-License-Identifier: MIT
 *
 * The four call types of ConformanceService. Unary and ClientStream answer once, when all requests
 * are here; ServerStream and BidiStream are one machine, struct answers, which differ only in when
 * they begin to answer. */
#include "tools/adapter/service.h"

#include "tools/adapter/convert.h"

#include "adapter.grpc.h"

/* ---- What every method does ------------------------------------------------------------------ */

static int put(struct gr_call *call, const char *name, struct bytes value, bool trailer)
{
    return trailer ? gr_add_trailer(call, name, value) : gr_add_header(call, name, value);
}

static bool put_headers(struct gr_call *call, CC(Header) * *headers, size_t count, bool trailers)
{
    struct buf scratch = {0};
    int error = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < headers[i]->n_value && error == 0; j++)
            error = put(call, headers[i]->name,
                        convert_value(headers[i]->name, headers[i]->value[j], &scratch), trailers);
    }
    bool whole = error == 0 && !scratch.failed;
    buf_clear(&scratch);
    return whole;
}

/* With the first request, before headers leave: answers are compressed as requests are. */
static bool mirror_compression(struct gr_call *call)
{
    return !gr_call_message_was_compressed(call) || gr_set_compression(call, GR_GZIP) == 0;
}

/* What we have seen of the call: `requests`, and if `whole` its metadata and the time that is left. NULL when out of
 * memory. */
static CC(ConformancePayload__RequestInfo) *
    request_info(struct gr_call *call, const struct anys *requests, bool whole)
{
    CC(ConformancePayload__RequestInfo) *info = gr_call_alloc(call, sizeof(*info));
    gr_time deadline = gr_call_deadline(call);
    struct headers headers;

    if (info == NULL)
        return NULL;
    connectrpc__conformance__v1__conformance_payload__request_info__init(info);
    info->requests = requests->list;
    info->n_requests = requests->count;
    if (!whole)
        return info;
    if (!convert_metadata(call, gr_call_metadata(call), &headers))
        return NULL;
    info->request_headers = headers.list;
    info->n_request_headers = headers.count;
    if (deadline != TIME_NEVER) {
        int64_t left = deadline - clock_now_ns();
        info->optional_timeout_ms_case =
            CONNECTRPC__CONFORMANCE__V1__CONFORMANCE_PAYLOAD__REQUEST_INFO__OPTIONAL_TIMEOUT_MS_TIMEOUT_MS;
        info->timeout_ms = left > 0 ? left / NS_PER_MS : 0;
    }
    return info;
}

static CC(ConformancePayload) * new_payload(struct gr_call *call)
{
    CC(ConformancePayload) *payload = gr_call_alloc(call, sizeof(*payload));

    if (payload != NULL)
        connectrpc__conformance__v1__conformance_payload__init(payload);
    return payload;
}

/* ---- One answer: Unary, ClientStream --------------------------------------------------------- */

/* Fill *payload, or say which error it is instead. definition: NULL when the client sent none. */
static enum gr_status answer_once(struct gr_call *call,
                                  const CC(UnaryResponseDefinition) * definition,
                                  const struct anys *requests, CC(ConformancePayload) * *payload)
{
    CC(ConformancePayload__RequestInfo) *info = request_info(call, requests, true);

    *payload = new_payload(call);
    if (info == NULL || *payload == NULL)
        return GR_STATUS_RESOURCE_EXHAUSTED;
    (*payload)->request_info = info;
    if (definition == NULL)
        return GR_STATUS_OK;
    if (!put_headers(call, definition->response_headers, definition->n_response_headers, false) ||
        !put_headers(call, definition->response_trailers, definition->n_response_trailers, true))
        return GR_STATUS_RESOURCE_EXHAUSTED;
    if (definition->response_case ==
        CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE_DEFINITION__RESPONSE_ERROR) {
        Google__Protobuf__Any *detail = convert_to_any(call, info);
        return detail != NULL ? convert_to_status(call, definition->error, detail)
                              : GR_STATUS_RESOURCE_EXHAUSTED;
    }
    if (definition->response_case ==
        CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE_DEFINITION__RESPONSE_RESPONSE_DATA)
        (*payload)->data = definition->response_data;
    return GR_STATUS_OK;
}

static enum gr_status unary(struct gr_call *call, const CC(UnaryRequest) * request,
                            CC(UnaryResponse) * reply)
{
    const CC(UnaryResponseDefinition) *definition = request->response_definition;
    struct anys requests = {0};

    if (!mirror_compression(call) ||
        !convert_append(call, &requests, convert_to_any(call, request)))
        return GR_STATUS_RESOURCE_EXHAUSTED;
    enum gr_status status = answer_once(call, definition, &requests, &reply->payload);
    return later_answer(connectrpc_conformance_v1_conformance_service__data(call), call, status,
                        definition != NULL ? definition->response_delay_ms : 0);
}

struct collected {
    struct anys requests;
    const CC(ClientStreamRequest) * first; /* NULL: none has come */
};

static void collect(struct gr_call *call, struct collected *collected,
                    const CC(ClientStreamRequest) * request)
{
    if (collected->first == NULL && mirror_compression(call))
        collected->first = convert_copy(call, request);
    if (collected->first == NULL ||
        !convert_append(call, &collected->requests, convert_to_any(call, request)))
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
}

static const CC(UnaryResponseDefinition) * definition_of(const struct collected *collected)
{
    return collected->first != NULL ? collected->first->response_definition : NULL;
}

static void answer_collected(struct gr_call *call, const struct collected *collected)
{
    CC(ClientStreamResponse) reply = CONNECTRPC__CONFORMANCE__V1__CLIENT_STREAM_RESPONSE__INIT;

    enum gr_status status = answer_once(call, definition_of(collected), &collected->requests,
                                        &reply.payload);
    if (status == GR_STATUS_OK && gr_send(call, &reply, GR_SEND_DEFAULT) != 0)
        status = GR_STATUS_RESOURCE_EXHAUSTED;
    gr_finish(call, status);
}

static void client_stream(struct gr_call *call, enum gr_event event,
                          const CC(ClientStreamRequest) * request)
{
    struct collected *collected = gr_call_data(call);

    if (event == GR_EVENT_BEGAN) {
        collected = gr_call_alloc(call, sizeof(*collected));
        if (collected == NULL) {
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
            return;
        }
        *collected = (struct collected){0};
        gr_call_set_data(call, collected);
    }
    if (event == GR_EVENT_MESSAGE)
        collect(call, collected, request);
    if (event == GR_EVENT_HALF_CLOSED) {
        const CC(UnaryResponseDefinition) *definition = definition_of(collected);
        gr_call_timer(call, definition ? definition->response_delay_ms * NS_PER_MS : 0);
    }
    if (event == GR_EVENT_TIMER)
        answer_collected(call, collected);
}

/* ---- Many answers: ServerStream, BidiStream -------------------------------------------------- */

enum pace {
    AFTER_ALL, /* answer when the client has half-closed */
    IN_TURN /* full duplex: an answer for each request, as it comes; the rest after the half-close */
};

struct answers {
    const CC(StreamResponseDefinition) * definition; /* NULL: none, or no request yet */
    struct anys requests;                            /* since the last answer */
    size_t requests_seen;
    size_t sent;
    enum pace pace;
    bool half_closed;
    bool pausing; /* the delay before the next answer runs */
};

static void begin_answers(struct gr_call *call)
{
    struct answers *answers = gr_call_alloc(call, sizeof(*answers));

    if (answers == NULL) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    *answers = (struct answers){.pace = AFTER_ALL};
    gr_call_set_data(call, answers);
}

/* The first request says all that is to be answered. Headers are made now, and leave when answering begins. */
static bool define(struct gr_call *call, struct answers *answers,
                   const CC(StreamResponseDefinition) * definition, enum pace pace)
{
    answers->pace = pace;
    if (!mirror_compression(call))
        return false;
    if (definition == NULL)
        return true;
    answers->definition = convert_copy(call, definition);
    return answers->definition != NULL &&
           put_headers(call, definition->response_headers, definition->n_response_headers, false) &&
           put_headers(call, definition->response_trailers, definition->n_response_trailers, true);
}

static void end_answers(struct gr_call *call, const struct answers *answers)
{
    const CC(StreamResponseDefinition) *definition = answers->definition;
    Google__Protobuf__Any *detail = NULL;

    if (definition == NULL || definition->error == NULL) {
        gr_finish(call, GR_STATUS_OK);
        return;
    }
    if (answers->sent == 0) { /* else the first answer has told it */
        void *info = request_info(call, &answers->requests, true);
        if (info != NULL)
            detail = convert_to_any(call, info);
    }
    gr_finish(call, convert_to_status(call, definition->error, detail));
}

static CC(ConformancePayload) * next_payload(struct gr_call *call, const struct answers *answers)
{
    CC(ConformancePayload) *payload = new_payload(call);
    bool is_first = answers->sent == 0;

    if (payload == NULL)
        return NULL;
    payload->data = answers->definition->response_data[answers->sent];
    if (is_first || answers->requests.count > 0) {
        payload->request_info = request_info(call, &answers->requests, is_first);
        if (payload->request_info == NULL)
            return NULL;
    }
    return payload;
}

static int send_payload(struct gr_call *call, CC(ConformancePayload) * payload)
{
    CC(ServerStreamResponse) of_server = CONNECTRPC__CONFORMANCE__V1__SERVER_STREAM_RESPONSE__INIT;
    CC(BidiStreamResponse) of_bidi = CONNECTRPC__CONFORMANCE__V1__BIDI_STREAM_RESPONSE__INIT;

    of_server.payload = of_bidi.payload = payload;
    if (gr_call_method(call)->client_streams)
        return gr_send(call, &of_bidi, GR_SEND_DEFAULT);
    return gr_send(call, &of_server, GR_SEND_DEFAULT);
}

static void send_next(struct gr_call *call, struct answers *answers)
{
    CC(ConformancePayload) *payload = next_payload(call, answers);

    if (payload == NULL || send_payload(call, payload) != 0) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    answers->sent++;
    answers->requests = (struct anys){0};
}

static bool may_answer(const struct answers *answers)
{
    return answers->half_closed || (answers->pace == IN_TURN && answers->requests.count > 0);
}

/* Go on as far as possible: start the next delay, end, or have the next request read. */
static void go_on(struct gr_call *call, struct answers *answers)
{
    const CC(StreamResponseDefinition) *definition = answers->definition;

    if (answers->pausing || !gr_writable(call))
        return;
    if (!may_answer(answers)) {
        gr_resume_reading(call);
        return;
    }
    if (answers->sent == 0 && definition != NULL && gr_send_headers(call) == GR_NOMEM) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    if (definition == NULL || answers->sent == definition->n_response_data) {
        end_answers(call, answers);
        return;
    }
    answers->pausing = true;
    gr_call_timer(call, definition->response_delay_ms * NS_PER_MS);
}

/* While a request is being answered no other is read. */
static void take_request(struct gr_call *call, struct answers *answers, const void *request,
                         const CC(StreamResponseDefinition) * definition, enum pace pace)
{
    bool is_first = answers->requests_seen++ == 0;

    if ((is_first && !define(call, answers, definition, pace)) ||
        !convert_append(call, &answers->requests, convert_to_any(call, request))) {
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        return;
    }
    if (answers->pace == IN_TURN)
        gr_pause_reading(call);
}

/* Every event but MESSAGE is told here; and that one, when its request has been taken. */
static void progress(struct gr_call *call, enum gr_event event)
{
    struct answers *answers = gr_call_data(call);

    if (answers == NULL || event == GR_EVENT_ENDED)
        return;
    if (event == GR_EVENT_HALF_CLOSED)
        answers->half_closed = true;
    if (event == GR_EVENT_TIMER) {
        answers->pausing = false;
        send_next(call, answers);
    }
    go_on(call, answers);
}

static void server_stream(struct gr_call *call, enum gr_event event,
                          const CC(ServerStreamRequest) * request)
{
    if (event == GR_EVENT_BEGAN)
        begin_answers(call);
    if (event == GR_EVENT_MESSAGE)
        take_request(call, gr_call_data(call), request, request->response_definition, AFTER_ALL);
    progress(call, event);
}

static void bidi_stream(struct gr_call *call, enum gr_event event,
                        const CC(BidiStreamRequest) * request)
{
    if (event == GR_EVENT_BEGAN)
        begin_answers(call);
    if (event == GR_EVENT_MESSAGE)
        take_request(call, gr_call_data(call), request, request->response_definition,
                     request->full_duplex ? IN_TURN : AFTER_ALL);
    progress(call, event);
}

/* ---- All of it ------------------------------------------------------------------------------- */

int conformance_service_register(struct gr_server *server, struct laters *laters)
{
    static struct connectrpc_conformance_v1_conformance_service service = {
        .unary = unary,
        .client_stream = client_stream,
        .server_stream = server_stream,
        .bidi_stream = bidi_stream,
    };

    service.data = laters; /* there is one server in this program */
    return connectrpc_conformance_v1_conformance_service__register(server, &service);
}
