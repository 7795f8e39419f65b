/* SPDX-License-Identifier: MIT
 *
 * One generated stub, used both ways: by a caller that waits, and by one that is told; and what each option of a call
 * does. The server is the official test service. */
#include "services/test_host.h"

#include "services/test_service.h"

#include "grpc/testing/test.grpc.h"

typedef Grpc__Testing__SimpleRequest simple_request;
typedef Grpc__Testing__SimpleResponse simple_response;
typedef Grpc__Testing__StreamingOutputCallRequest output_request;

static void open_host(struct host *host)
{
    host_new(host);
    assert_int_equal(gr_server_register(host->server, &test_service, NULL), 0);
    host_open(host);
}

/* ---- Waiting, and being told ----------------------------------------------------------------- */

/* What an observer has seen. */
struct story {
    char events[64]; /* a letter each */
    size_t octets;
    enum gr_status status;
    bool over;
};

static void observe(struct gr_call *call, enum gr_event event, const void *message)
{
    struct story *story = gr_call_data(call);
    size_t len = strlen(story->events);

    story->events[len] = "BMHWTE"[event];
    if (event == GR_EVENT_MESSAGE && !gr_call_method(call)->server_streams) {
        const simple_response *reply = message;
        story->octets += reply->payload ? reply->payload->body.len : 0;
    }
    story->over = event == GR_EVENT_ENDED;
    if (story->over)
        story->status = gr_call_result(call)->status;
}

static void turn_until_over(struct host *host, const struct story *story)
{
    while (!story->over)
        (void)gr_loop_turn(host->loop, NS_PER_S);
}

static void a_unary_stub_waits_or_tells(void **state)
{
    simple_request request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
    const simple_response *reply;
    struct gr_call *call;
    struct story story = {.status = GR_STATUS_UNKNOWN};
    struct host host;

    (void)state;
    open_host(&host);
    request.response_size = 10;
    assert_int_equal(
        grpc_testing_test_service_unary_call(host.channel, &request, &a_minute, &reply, &call),
        GR_STATUS_OK);
    assert_int_equal(reply->payload->body.len, 10);
    gr_call_free(call);

    call = grpc_testing_test_service_unary_call__start(host.channel, &request, &a_minute);
    assert_int_equal(grpc_testing_test_service_unary_call__finish(call, &reply), GR_STATUS_OK);
    assert_int_equal(reply->payload->body.len, 10);
    gr_call_free(call);

    call = grpc_testing_test_service_unary_call__start(
        host.channel, &request, &(struct gr_call_options){.observer = observe, .data = &story});
    turn_until_over(&host, &story);
    assert_string_equal(story.events, "BME");
    assert_int_equal(story.octets, 10);
    assert_int_equal(story.status, GR_STATUS_OK);
    gr_call_free(call);
    host_close(&host);
}

/* Two calls at once on one channel, of which nobody waits for either. */
static void observers_of_two_calls_are_told_each_its_own(void **state)
{
    Grpc__Testing__ResponseParameters two[2] = {GRPC__TESTING__RESPONSE_PARAMETERS__INIT,
                                                GRPC__TESTING__RESPONSE_PARAMETERS__INIT};
    Grpc__Testing__ResponseParameters *rows[] = {&two[0], &two[1]};
    output_request request = GRPC__TESTING__STREAMING_OUTPUT_CALL_REQUEST__INIT;
    struct story stories[2] = {{.status = GR_STATUS_UNKNOWN}, {.status = GR_STATUS_UNKNOWN}};
    struct gr_call *calls[2];
    struct host host;

    (void)state;
    open_host(&host);
    request.response_parameters = rows;
    for (size_t i = 0; i < 2; i++) {
        const struct gr_call_options options = {.observer = observe, .data = &stories[i]};
        request.n_response_parameters = i + 1;
        two[i].size = 5;
        calls[i] = grpc_testing_test_service_streaming_output_call__start(host.channel, &request,
                                                                          &options);
    }
    for (size_t i = 0; i < 2; i++) {
        turn_until_over(&host, &stories[i]);
        assert_int_equal(stories[i].status, GR_STATUS_OK);
        assert_string_equal(stories[i].events, i ? "BMME" : "BME");
        gr_call_free(calls[i]);
    }
    host_close(&host);
}

/* ---- The options of a call ------------------------------------------------------------------- */

static struct gr_metadata *echoed(void)
{
    struct gr_metadata *metadata = gr_metadata_new();

    assert_int_equal(
        gr_metadata_add(metadata, "x-grpc-test-echo-initial", BYTES("said by the caller")), 0);
    return metadata;
}

static void each_option_does_what_it_says(void **state)
{
    Grpc__Testing__BoolValue yes = GRPC__TESTING__BOOL_VALUE__INIT;
    struct gr_metadata *metadata = echoed();
    const struct {
        struct gr_call_options options;
        bool expect_compressed; /* the server refuses what is not */
        enum gr_status status;
        bool echoes;
    } rows[] = {
        {{.timeout_ns = 60 * NS_PER_S}, false, GR_STATUS_OK, false},
        {{.timeout_ns = -1}, false, GR_STATUS_DEADLINE_EXCEEDED, false},
        {{.timeout_ns = 1}, false, GR_STATUS_DEADLINE_EXCEEDED, false},
        {{.metadata = metadata}, false, GR_STATUS_OK, true},
        {{.compression = GR_GZIP}, true, GR_STATUS_OK, false},
        {{.compression = GR_DEFLATE}, true, GR_STATUS_OK, false},
        {{.compression = GR_IDENTITY}, true, GR_STATUS_INVALID_ARGUMENT, false},
        {{.compression = GR_COMPRESSION_OWN},
         true,
         GR_STATUS_INVALID_ARGUMENT,
         false}, /* is none */
        {{.max_message = 1000}, false, GR_STATUS_RESOURCE_EXHAUSTED, false},
        {{.max_message = 1100}, false, GR_STATUS_OK, false},
        {{.wait_for_ready = true}, false, GR_STATUS_OK, false},
    };
    struct host host;

    (void)state;
    yes.value = true;
    open_host(&host);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        simple_request request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
        const simple_response *reply;
        struct gr_call *call;
        struct bytes value = NO_BYTES;
        request.response_size = 1000;
        request.expect_compressed = rows[i].expect_compressed ? &yes : NULL;
        assert_int_equal(grpc_testing_test_service_unary_call(host.channel, &request,
                                                              &rows[i].options, &reply, &call),
                         rows[i].status);
        assert_int_equal(reply != NULL, rows[i].status == GR_STATUS_OK);
        assert_int_equal(
            gr_metadata_find(gr_call_metadata(call), "x-grpc-test-echo-initial", &value),
            rows[i].echoes);
        gr_call_free(call);
    }
    gr_metadata_free(metadata);
    host_close(&host);
}

static enum gr_status compress_replies(struct gr_call *call, void *how)
{
    return gr_set_compression(call, *(enum gr_compression *)how) == 0 ? GR_STATUS_OK
                                                                      : GR_STATUS_INTERNAL;
}

/* Every compression of this build, there and back. */
static void each_compression_passes(void **state)
{
    Grpc__Testing__BoolValue yes = GRPC__TESTING__BOOL_VALUE__INIT;
    enum gr_compression how;
    const struct gr_interceptor layer = {.begin = compress_replies, .data = &how};
    struct host host = {.loop = gr_loop_new()};

    (void)state;
    yes.value = true;
    host.server = gr_server_new(&(struct gr_server_options){
        .loop = host.loop, .interceptors = &layer, .interceptor_count = 1});
    assert_int_equal(gr_server_register(host.server, &test_service, NULL), 0);
    host_open(&host);
    for (how = GR_GZIP; how < GR_COMPRESSION_OWN; how++) {
        const struct gr_call_options options = {.timeout_ns = 60 * NS_PER_S, .compression = how};
        simple_request request = GRPC__TESTING__SIMPLE_REQUEST__INIT;
        const simple_response *reply;
        struct gr_call *call;
        if (!gr_compression_available(how))
            continue;
        request.response_size = 5000;
        request.expect_compressed = &yes;
        assert_int_equal(
            grpc_testing_test_service_unary_call(host.channel, &request, &options, &reply, &call),
            GR_STATUS_OK);
        assert_int_equal(reply->payload->body.len, 5000);
        assert_true(gr_call_message_was_compressed(call));
        gr_call_free(call);
    }
    host_close(&host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unary_stub_waits_or_tells),
        cmocka_unit_test(observers_of_two_calls_are_told_each_its_own),
        cmocka_unit_test(each_option_does_what_it_says),
        cmocka_unit_test(each_compression_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
