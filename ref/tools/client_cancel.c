/* SPDX-License-Identifier: MIT
 *
 * The cases that end early: cancel_after_begin, cancel_after_first_response,
 * timeout_on_sleeping_server. CANCELLED and DEADLINE_EXCEEDED are our own doing and would be seen
 * against a dead port too: so another call makes the server answer, with the connection up before
 * we end the call in question. */
#include "tools/client_case.h"

/* Before the call in question: the server is there. After it: the connection has survived. */
static void expect_serves(struct run *run)
{
    Grpc__Testing__Empty request = GRPC__TESTING__EMPTY__INIT;
    const void *reply;
    struct gr_call *call = unary(run, TEST_EMPTY_CALL, &request, NULL, &reply);
    expect_ok(run, "EmptyCall, to see that the server serves", call);
    end(call);
}

/* "After metadata has been sent": that a whole call begins later and ends first shows it. */
static void cancel_after_begin(struct run *run)
{
    struct gr_call *call = begin(run, TEST_STREAMING_INPUT_CALL, NULL);
    if (call == NULL)
        return;
    expect_serves(run);
    gr_cancel(call);
    expect_status(run, "StreamingInputCall", call, GR_STATUS_CANCELLED);
    end(call);
    expect_serves(run);
}

static void cancel_after_first_response(struct run *run)
{
    struct duplex_request request;
    struct gr_call *call = begin(run, TEST_FULL_DUPLEX_CALL, NULL);
    if (call == NULL)
        return;
    duplex_request_init(&request, 31415, 27182);
    send_message(run, call, &request.message, GR_SEND_DEFAULT);
    const Grpc__Testing__StreamingOutputCallResponse *reply = receive(run, "FullDuplexCall", call);
    if (reply != NULL)
        expect_payload(run, "FullDuplexCall", reply->payload, 31415);
    gr_cancel(call);
    expect_status(run, "FullDuplexCall", call, GR_STATUS_CANCELLED);
    end(call);
    expect_serves(run);
}

/* No response is asked for, so the server sleeps; 1 ms is not enough for it to answer anything. */
static void timeout_on_sleeping_server(struct run *run)
{
    struct gr_call_options options = {.timeout_ns = NS_PER_MS};
    struct duplex_request request;

    expect_serves(run);
    struct gr_call *call = begin(run, TEST_FULL_DUPLEX_CALL, &options);
    if (call == NULL)
        return;
    duplex_request_init(&request, 0, 27182);
    send_message(run, call, &request.message, GR_SEND_DEFAULT);
    expect_status(run, "FullDuplexCall", call, GR_STATUS_DEADLINE_EXCEEDED);
    end(call);
}

static const struct test_case cases[] = {
    {"cancel_after_begin", "cancel with only headers sent", cancel_after_begin},
    {"cancel_after_first_response", "cancel in the midst of a call", cancel_after_first_response},
    {"timeout_on_sleeping_server", "a deadline of 1 ms passes", timeout_on_sleeping_server},
};

const struct test_group cancel_cases = {cases, ARRAY_LEN(cases)};
