/* SPDX-License-Identifier: MIT
 *
 * The negative HTTP/2 cases: goaway, rst_after_header, rst_during_data, rst_after_data, ping, max_streams. All make
 * large unary calls; what is special is the server, which must be one for the case of the same name. With a plain
 * server the rst_ cases fail, so that "all" does not mean these. */
#include "tools/client_case.h"

#include <time.h>

#define AT_ONCE 10

struct large_request {
    Grpc__Testing__SimpleRequest message;
    Grpc__Testing__Payload payload;
};

static void large_request_init(struct large_request *request)
{
    grpc__testing__simple_request__init(&request->message);
    request->payload = zero_payload(271828);
    request->message.response_size = 314159;
    request->message.payload = &request->payload;
}

static struct gr_call *begin_large(struct run *run)
{
    struct large_request request;
    struct gr_call *call = begin(run, TEST_UNARY_CALL, NULL);

    if (call == NULL)
        return NULL;
    large_request_init(&request);
    send_message(run, call, &request.message, GR_SEND_DEFAULT);
    gr_half_close(call);
    return call;
}

/* The answer of a call that begin_large() began. */
static void expect_large(struct run *run, const char *what, struct gr_call *call)
{
    if (call == NULL)
        return;
    const Grpc__Testing__SimpleResponse *reply = receive(run, what, call);
    if (reply != NULL)
        expect_payload(run, what, reply->payload, 314159);
    expect_end(run, what, call);
    expect_ok(run, what, call);
    end(call);
}

static void succeed(struct run *run, const char *what)
{
    expect_large(run, what, begin_large(run));
}

/* The channel lives on meanwhile: a GOAWAY that comes is heard. */
static void pause_for(struct run *run, int64_t ns)
{
    gr_time until = clock_add(clock_now_ns(), ns);

    while (clock_now_ns() < until)
        if (!gr_loop_turn(run->loop, until - clock_now_ns()))
            nanosleep(&(struct timespec){.tv_nsec = NS_PER_MS}, NULL);
}

static void goaway(struct run *run)
{
    succeed(run, "first UnaryCall");
    if (run->failure[0] == '\0')
        pause_for(run, NS_PER_S);
    succeed(run, "second UnaryCall");
}

static void is_reset(struct run *run)
{
    struct large_request request;
    const void *reply;

    large_request_init(&request);
    struct gr_call *call = unary(run, TEST_UNARY_CALL, &request.message, NULL, &reply);
    if (call == NULL)
        return;
    if (gr_wait(call)->status == GR_STATUS_OK)
        fail(run, "UnaryCall: expected an error, as its stream is reset, seen OK");
    end(call);
}

static void ping(struct run *run)
{
    succeed(run, "UnaryCall");
}

/* The first call is there so that the server's limit, 1, is known before the others. */
static void max_streams(struct run *run)
{
    struct gr_call *calls[AT_ONCE];

    succeed(run, "first UnaryCall");
    for (size_t i = 0; i < AT_ONCE; i++)
        calls[i] = begin_large(run);
    for (size_t i = 0; i < AT_ONCE; i++)
        expect_large(run, "one of ten UnaryCalls at once", calls[i]);
}

static const struct test_case cases[] = {
    {"goaway", "two calls, the server goes away between them", goaway},
    {"rst_after_header", "the call is reset behind the headers", is_reset},
    {"rst_during_data", "the call is reset inside the message", is_reset},
    {"rst_after_data", "the call is reset behind the message", is_reset},
    {"ping", "PINGs in a call", ping},
    {"max_streams", "ten calls at once, where one stream is allowed", max_streams},
};

const struct test_group http2_cases = {cases, ARRAY_LEN(cases)};
