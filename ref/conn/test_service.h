/* SPDX-License-Identifier: MIT
 *
 * For tests: a service with one method of each type, and some that misbehave on request; every message is octets.
 * All static: each test program that wants it includes it once. */
#ifndef CONN_TEST_SERVICE_H
#define CONN_TEST_SERVICE_H

#include "base/test.h"

#include "grpcref.h"

#include "grpc/testing/messages.pb-c.h"

typedef Grpc__Testing__Payload payload; /* octets in a field "body": all that a test needs to say */

#define PAYLOAD(octets)                                                                            \
    (&(payload){PROTOBUF_C_MESSAGE_INIT(&grpc__testing__payload__descriptor),                      \
                .body = {(octets).len, (uint8_t *)(uintptr_t)(octets).data}})

/* ---- The service ----------------------------------------------------------------------------- */

/* What the handlers saw last. */
struct seen {
    size_t messages;
    size_t octets;
    bool half_closed;
    bool ended;
    enum gr_status status; /* when ended */
    struct gr_call *call;
    struct gr_call *later; /* the unary call that waits for gr_finish_unary */
};
static struct seen seen;

static enum gr_status unary(struct gr_call *call, const void *request, void *reply)
{
    const payload *in = request;
    payload *out = reply;
    struct bytes body = bytes_of(in->body.data, in->body.len);

    seen.messages++;
    seen.call = call;
    if (bytes_equal(body, BYTES("later"))) {
        seen.later = call;
        return GR_LATER;
    }
    if (bytes_equal(body, BYTES("fail"))) {
        assert_int_equal(gr_set_status_message(call, BYTES("no, \xc3\xa4 100%")), 0);
        assert_int_equal(gr_set_status_details(call, BYTES("\x08\x09")), 0);
        return GR_STATUS_FAILED_PRECONDITION;
    }
    if (bytes_equal(body, BYTES("nonsense")))
        return (enum gr_status)77;
    if (bytes_starts_with(body, BYTES("gzip")) && gr_set_compression(call, GR_GZIP) != 0)
        return GR_STATUS_INTERNAL;
    out->body = in->body; /* lives in the call's arena */
    return GR_STATUS_OK;
}

static void note(struct gr_call *call, enum gr_event event, const void *message)
{
    seen.call = call;
    seen.messages += event == GR_EVENT_MESSAGE;
    seen.octets += event == GR_EVENT_MESSAGE ? ((const payload *)message)->body.len : 0;
    seen.half_closed = seen.half_closed || event == GR_EVENT_HALF_CLOSED;
    if (event != GR_EVENT_ENDED)
        return;
    seen.ended = true;
    seen.status = gr_call_result(call)->status;
}

/* Each message comes back. */
static void bidi(struct gr_call *call, enum gr_event event, const void *message)
{
    note(call, event, message);
    if (event == GR_EVENT_MESSAGE)
        (void)!gr_send(call, message, GR_SEND_DEFAULT);
    if (event == GR_EVENT_HALF_CLOSED)
        gr_finish(call, GR_STATUS_OK);
}

/* The last message comes back, once. */
static void gather(struct gr_call *call, enum gr_event event, const void *message)
{
    note(call, event, message);
    if (event != GR_EVENT_HALF_CLOSED)
        return;
    (void)!gr_send(call, PAYLOAD(BYTES("done")), GR_SEND_DEFAULT);
    gr_finish(call, GR_STATUS_OK);
}

/* As many messages of 1000 octets as the request has octets, while the call is writable. */
static void spread(struct gr_call *call, enum gr_event event, const void *message)
{
    static const uint8_t thousand[1000];
    size_t left = (size_t)(uintptr_t)gr_call_data(call);

    note(call, event, message);
    if (event == GR_EVENT_BEGAN || event == GR_EVENT_ENDED)
        return;
    if (event == GR_EVENT_MESSAGE)
        left = ((const payload *)message)->body.len;
    while (left && gr_writable(call) &&
           gr_send(call, PAYLOAD(bytes_of(thousand, 1000)), GR_SEND_DEFAULT) == 0)
        left--;
    gr_call_set_data(call, (void *)(uintptr_t)left);
    if (left == 0)
        gr_finish(call, GR_STATUS_OK);
}

/* Takes everything, says nothing. */
static void silent(struct gr_call *call, enum gr_event event, const void *message)
{
    note(call, event, message);
}

/* Reads nothing. */
static void slow(struct gr_call *call, enum gr_event event, const void *message)
{
    note(call, event, message);
    if (event == GR_EVENT_BEGAN)
        gr_pause_reading(call);
}

enum { UNARY, BIDI, GATHER, SPREAD, SILENT, SLOW, MISSING };

#define PAYLOADS &grpc__testing__payload__descriptor, &grpc__testing__payload__descriptor
static const struct gr_method methods[] = {
    [UNARY] = {"/t.T/Unary", PAYLOADS, false, false, unary, NULL},
    [BIDI] = {"/t.T/Bidi", PAYLOADS, true, true, NULL, bidi},
    [GATHER] = {"/t.T/Gather", PAYLOADS, true, false, NULL, gather},
    [SPREAD] = {"/t.T/Spread", PAYLOADS, false, true, NULL, spread},
    [SILENT] = {"/t.T/Silent", PAYLOADS, true, true, NULL, silent},
    [SLOW] = {"/t.T/Slow", PAYLOADS, true, true, NULL, slow},
};
static const struct gr_method missing = {"/t.T/Missing", PAYLOADS, false, false, NULL, NULL};
static const struct gr_service service = {"t.T", methods, ARRAY_LEN(methods), NULL};

#endif
