/* SPDX-License-Identifier: MIT
 *
 * Interceptors on both sides of real calls: who is asked in which order, what a refusal does, and that the end is told
 * exactly once, however a call ends. Each layer writes down what it is asked, one word each. */
#include "services/test_host.h"

#include "conn/test_service.h"

/* "s0.begin c1.sending ..." */
static char log_text[2048];

/* What one layer does. */
struct layer {
    const char *name;
    const char *refuses;        /* "begin": that hook refuses; NULL: nothing */
    enum gr_status finish_with; /* not OK: instead of the handler's OK */
};

static enum gr_status say(const struct layer *layer, struct gr_call *call, const char *what)
{
    size_t len = strlen(log_text);

    snprintf(log_text + len, sizeof(log_text) - len, "%s%s.%s", len ? " " : "", layer->name, what);
    if (!layer->refuses || strcmp(layer->refuses, what) != 0)
        return GR_STATUS_OK;
    assert_int_equal(gr_set_status_message(call, BYTES("because")), 0);
    return GR_STATUS_PERMISSION_DENIED;
}

static enum gr_status on_begin(struct gr_call *call, void *data)
{
    assert_non_null(gr_call_method(call)->path);
    return say(data, call, "begin");
}
static enum gr_status on_received(struct gr_call *call, const void *message, void *data)
{
    assert_non_null(message);
    return say(data, call, "received");
}
static enum gr_status on_sending(struct gr_call *call, const void *message, void *data)
{
    assert_non_null(message);
    return say(data, call, "sending");
}
static enum gr_status on_finish(struct gr_call *call, enum gr_status status, void *data)
{
    const struct layer *layer = data;

    (void)say(layer, call, "finish");
    return status == GR_STATUS_OK ? layer->finish_with : status;
}
static void on_ended(struct gr_call *call, void *data)
{
    char what[40];

    snprintf(what, sizeof(what), "ended(%d)", (int)gr_call_result(call)->status);
    (void)say(data, call, what);
}

#define LAYER(layer)                                                                               \
    {                                                                                              \
        on_begin, on_received, on_sending, on_finish, on_ended, (layer)                            \
    }

static struct layer layers[4];

/* Two layers on the server, s0 and s1, and two on the client. */
static void open_host(struct host *host)
{
    static const char *const NAMES[] = {"s0", "s1", "c0", "c1"};
    struct gr_interceptor server[2] = {LAYER(&layers[0]), LAYER(&layers[1])};
    struct gr_interceptor client[2] = {LAYER(&layers[2]), LAYER(&layers[3])};
    char target[40];
    int port;

    for (size_t i = 0; i < 4; i++)
        layers[i] = (struct layer){.name = NAMES[i]};
    log_text[0] = '\0';
    seen = (struct seen){0};
    host->loop = gr_loop_new();
    host->server = gr_server_new(&(struct gr_server_options){
        .loop = host->loop, .interceptors = server, .interceptor_count = 2});
    assert_non_null(host->server);
    assert_int_equal(gr_server_register(host->server, &service, NULL), 0);
    assert_int_equal(gr_server_listen(host->server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    host->channel = gr_channel_new(target, &(struct gr_channel_options){.loop = host->loop,
                                                                        .interceptors = client,
                                                                        .interceptor_count = 2});
    assert_non_null(host->channel);
}

/* One unary call. */
static enum gr_status ask(struct host *host, struct bytes body, bool with_message)
{
    const void *reply;
    struct gr_call *call;
    enum gr_status status = gr_unary(host->channel, &methods[UNARY], PAYLOAD(body), &a_minute,
                                     &reply, &call);

    assert_int_equal(reply != NULL, status == GR_STATUS_OK);
    if (with_message)
        assert_bytes(gr_call_result(call)->message, BYTES("because"));
    gr_call_free(call);
    host_settle(host);
    return status;
}

/* ---- Order ----------------------------------------------------------------------------------- */

static void the_first_layer_begins_first_and_ends_last(void **state)
{
    struct host host;

    (void)state;
    open_host(&host);
    assert_int_equal(ask(&host, BYTES("hello"), false), GR_STATUS_OK);
    assert_string_equal(log_text, "c0.begin c1.begin c0.sending c1.sending "
                                  "s0.begin s1.begin s0.received s1.received "
                                  "s1.sending s0.sending s1.finish s0.finish "
                                  "s1.ended(0) s0.ended(0) "
                                  "c1.received c0.received c1.ended(0) c0.ended(0)");
    host_close(&host);
}

static void streams_have_each_message_seen(void **state)
{
    struct host host;
    const void *message;

    (void)state;
    open_host(&host);
    struct gr_call *call = gr_call_new(host.channel, &methods[BIDI], &a_minute);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(gr_send(call, PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
        assert_int_equal(gr_recv(call, &message), 1);
    }
    gr_half_close(call);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
    assert_string_equal(log_text, "c0.begin c1.begin c0.sending c1.sending "
                                  "s0.begin s1.begin s0.received s1.received s1.sending s0.sending "
                                  "c1.received c0.received c0.sending c1.sending "
                                  "s0.received s1.received s1.sending s0.sending "
                                  "c1.received c0.received "
                                  "s1.finish s0.finish s1.ended(0) s0.ended(0) "
                                  "c1.ended(0) c0.ended(0)");
    host_close(&host);
}

/* ---- Refusals -------------------------------------------------------------------------------- */

static void a_refusal_ends_the_call_and_says_why(void **state)
{
    static const struct {
        size_t layer;
        const char *what;
        bool handler_runs;
        const char *log;
    } rows[] = {
        {0, "begin", false,
         "c0.begin c1.begin c0.sending c1.sending s0.begin s0.finish s0.ended(7) "
         "c1.ended(7) c0.ended(7)"},
        {1, "begin", false,
         "c0.begin c1.begin c0.sending c1.sending s0.begin s1.begin s1.finish s0.finish "
         "s1.ended(7) s0.ended(7) c1.ended(7) c0.ended(7)"},
        {0, "received", false,
         "c0.begin c1.begin c0.sending c1.sending s0.begin s1.begin s0.received s1.finish "
         "s0.finish s1.ended(7) s0.ended(7) c1.ended(7) c0.ended(7)"},
        {1, "sending", true,
         "c0.begin c1.begin c0.sending c1.sending s0.begin s1.begin s0.received s1.received "
         "s1.sending s1.finish s0.finish s1.ended(7) s0.ended(7) c1.ended(7) c0.ended(7)"},
        {2, "begin", false, "c0.begin c0.ended(7)"},
        {3, "begin", false, "c0.begin c1.begin c1.ended(7) c0.ended(7)"},
        {2, "sending", false, "c0.begin c1.begin c0.sending c1.ended(7) c0.ended(7)"},
        {3, "received", true,
         "c0.begin c1.begin c0.sending c1.sending s0.begin s1.begin s0.received s1.received "
         "s1.sending s0.sending s1.finish s0.finish s1.ended(0) s0.ended(0) c1.received "
         "c1.ended(7) c0.ended(7)"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct host host;
        open_host(&host);
        layers[rows[i].layer].refuses = rows[i].what;
        assert_int_equal(ask(&host, BYTES("hello"), true), GR_STATUS_PERMISSION_DENIED);
        assert_string_equal(log_text, rows[i].log);
        assert_int_equal(seen.messages, rows[i].handler_runs ? 1 : 0);
        host_close(&host);
    }
}

static void a_refused_stream_is_not_heard_of_and_a_later_refusal_is_its_end(void **state)
{
    static const struct {
        const char *what;
        bool ended;
    } rows[] = {{"begin", false}, {"received", true}, {"sending", true}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct host host;
        open_host(&host);
        layers[1].refuses = rows[i].what;
        struct gr_call *call = gr_call_new(host.channel, &methods[BIDI], &a_minute);
        assert_int_equal(gr_send(call, PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
        assert_int_equal(gr_wait(call)->status, GR_STATUS_PERMISSION_DENIED);
        gr_call_free(call);
        host_settle(&host);
        assert_int_equal(seen.ended, rows[i].ended);
        host_close(&host);
    }
}

static void a_status_can_be_changed(void **state)
{
    struct host host;

    (void)state;
    open_host(&host);
    layers[1].finish_with = GR_STATUS_ABORTED;
    assert_int_equal(ask(&host, BYTES("hello"), false), GR_STATUS_ABORTED);
    assert_int_equal(ask(&host, BYTES("fail"), false), GR_STATUS_FAILED_PRECONDITION);
    layers[1].finish_with = (enum gr_status)99;
    assert_int_equal(ask(&host, BYTES("hello"), false), GR_STATUS_UNKNOWN);
    host_close(&host);
}

/* ---- The end --------------------------------------------------------------------------------- */

static void the_end_is_told_of_calls_that_end_in_other_ways(void **state)
{
    const struct gr_call_options late = {.timeout_ns = -1};
    struct host host;

    (void)state;
    open_host(&host);
    struct gr_call *call = gr_call_new(host.channel, &methods[UNARY], &late); /* too late */
    assert_int_equal(gr_wait(call)->status, GR_STATUS_DEADLINE_EXCEEDED);
    gr_call_free(call);
    assert_string_equal(log_text, "c0.begin c1.begin c1.ended(4) c0.ended(4)");

    log_text[0] = '\0';
    call = gr_call_new(host.channel, &methods[SILENT], NULL); /* freed while it is open */
    assert_int_equal(gr_send(call, PAYLOAD(BYTES("x")), GR_SEND_DEFAULT), 0);
    while (!seen.messages)
        (void)gr_loop_turn(host.loop, NS_PER_S);
    gr_call_free(call);
    host_settle(&host);
    assert_string_equal(log_text, "c0.begin c1.begin c0.sending c1.sending "
                                  "s0.begin s1.begin s0.received s1.received "
                                  "c1.ended(1) c0.ended(1) s1.ended(1) s0.ended(1)");

    log_text[0] = '\0';
    call = gr_call_new(host.channel, &missing, NULL); /* no method: the server's are not asked */
    assert_int_equal(gr_wait(call)->status, GR_STATUS_UNIMPLEMENTED);
    gr_call_free(call);
    assert_string_equal(log_text, "c0.begin c1.begin c1.ended(12) c0.ended(12)");
    host_close(&host);
}

/* ---- Metadata and values --------------------------------------------------------------------- */

static const int user_key;

static enum gr_status bring_token(struct gr_call *call, void *data)
{
    return gr_add_header(call, "authorization", bytes_str(data)) == 0 ? GR_STATUS_OK
                                                                      : GR_STATUS_INTERNAL;
}

static enum gr_status take_token(struct gr_call *call, void *data)
{
    struct bytes token;

    if (!gr_metadata_find(gr_call_metadata(call), "authorization", &token))
        return GR_STATUS_UNAUTHENTICATED;
    assert_null(gr_call_get(call, &user_key));
    assert_int_equal(gr_call_put(call, data, NULL), 0);
    assert_int_equal(gr_call_put(call, &user_key, NULL), 0);
    assert_int_equal(gr_call_put(call, &user_key, &log_text), 0);
    return GR_STATUS_OK;
}

static enum gr_status look_at_value(struct gr_call *call, const void *message, void *data)
{
    (void)message;
    assert_ptr_equal(gr_call_get(call, &user_key), &log_text);
    assert_null(gr_call_get(call, data));
    static int more_keys[10000]; /* more than the memory at hand has room for */
    int error = 0;
    fail_allocation(0);
    for (size_t i = 0; i < ARRAY_LEN(more_keys) && !error; i++)
        error = gr_call_put(call, &more_keys[i], NULL);
    (void)stop_failing();
    assert_int_equal(error, GR_NOMEM);
    assert_ptr_equal(gr_call_get(call, &user_key), &log_text);
    assert_string_equal(gr_call_printf(call, "%s, %d", "said", 7), "said, 7");
    return GR_STATUS_OK;
}

static void metadata_goes_out_and_values_come_along(void **state)
{
    int other_key;
    struct gr_interceptor server = {
        .begin = take_token, .received = look_at_value, .data = &other_key};
    struct gr_interceptor client = {.begin = bring_token, .data = (char[]){"Bearer x"}};
    struct host host = {.loop = gr_loop_new()};

    (void)state;
    host.server = gr_server_new(&(struct gr_server_options){
        .loop = host.loop, .interceptors = &server, .interceptor_count = 1});
    assert_int_equal(gr_server_register(host.server, &service, NULL), 0);
    host_open(&host); /* a channel without a token */
    assert_int_equal(ask(&host, BYTES("hello"), false), GR_STATUS_UNAUTHENTICATED);
    gr_channel_free(host.channel);
    int port;
    char target[40];
    assert_int_equal(gr_server_listen(host.server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    host.channel = gr_channel_new(target, &(struct gr_channel_options){.loop = host.loop,
                                                                       .interceptors = &client,
                                                                       .interceptor_count = 1});
    assert_int_equal(ask(&host, BYTES("hello"), false), GR_STATUS_OK);
    host_close(&host);
}

static void out_of_memory_makes_no_server_and_no_channel(void **state)
{
    struct gr_interceptor one = LAYER(&layers[0]);
    struct gr_loop *loop = gr_loop_new();

    (void)state;
    for (size_t n = 0;; n++) {
        fail_allocation(n);
        struct gr_server *server = gr_server_new(&(struct gr_server_options){
            .loop = loop, .interceptors = &one, .interceptor_count = 1});
        struct gr_channel *channel = gr_channel_new(
            "127.0.0.1:1", &(struct gr_channel_options){
                               .loop = loop, .interceptors = &one, .interceptor_count = 1});
        bool failed = stop_failing();
        assert_int_equal(server && channel, !failed);
        gr_channel_free(channel);
        gr_server_free(server);
        if (!failed)
            break;
    }
    gr_loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_layer_begins_first_and_ends_last),
        cmocka_unit_test(streams_have_each_message_seen),
        cmocka_unit_test(a_refusal_ends_the_call_and_says_why),
        cmocka_unit_test(a_refused_stream_is_not_heard_of_and_a_later_refusal_is_its_end),
        cmocka_unit_test(a_status_can_be_changed),
        cmocka_unit_test(the_end_is_told_of_calls_that_end_in_other_ways),
        cmocka_unit_test(metadata_goes_out_and_values_come_along),
        cmocka_unit_test(out_of_memory_makes_no_server_and_no_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
