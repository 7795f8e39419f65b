/* SPDX-License-Identifier: MIT
 *
 * The generated code at work: a server and a client of call_types.proto on one loop. Each call type once, then a
 * server without handlers, then what reflection would be shown. */
#include "call_types.grpc.h"
#include "imports.grpc.h"
#include "keywords.grpc.h"
#include "names.grpc.h"
#include "no_package.grpc.h"
#include "services.grpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef Golden__CallTypes__Request Request;
typedef Golden__CallTypes__Reply Reply;

struct fixture {
    struct gr_loop *loop;
    struct gr_server *server;
    struct gr_channel *channel;
};

static const struct gr_call_options in_10_seconds = {.timeout_ns = 10 * NS_PER_S};

static void set_up(struct fixture *f, const struct golden_call_types_everything *handlers)
{
    char target[32];
    int port = 0;

    f->loop = gr_loop_new();
    f->server = gr_server_new(&(struct gr_server_options){.loop = f->loop});
    assert_int_equal(golden_call_types_everything__register(f->server, handlers), 0);
    assert_int_equal(gr_server_listen(f->server, "127.0.0.1:0", &port), 0);
    snprintf(target, sizeof(target), "127.0.0.1:%d", port);
    f->channel = gr_channel_new(target, &(struct gr_channel_options){.loop = f->loop});
}

static void tear_down(struct fixture *f)
{
    gr_channel_free(f->channel);
    gr_server_free(f->server);
    gr_loop_free(f->loop);
}

/* ---- handlers ---- */

static char from_data[] = "from data";

static enum gr_status unary(struct gr_call *call, const Request *request, Reply *reply)
{
    reply->text = strcmp(request->text, "data") == 0 ? golden_call_types_everything__data(call)
                                                     : request->text;
    return GR_STATUS_OK;
}

/* One reply, of the last request. */
static void upload(struct gr_call *call, enum gr_event event, const Request *request)
{
    Reply reply = GOLDEN__CALL_TYPES__REPLY__INIT;

    if (event == GR_EVENT_MESSAGE) {
        char *copy = gr_call_alloc(call, strlen(request->text) + 1);
        gr_call_set_data(call, strcpy(copy, request->text));
    }
    if (event == GR_EVENT_HALF_CLOSED) {
        reply.text = gr_call_data(call);
        assert_int_equal(golden_call_types_everything_upload__reply(call, &reply, 0), 0);
        gr_finish(call, GR_STATUS_OK);
    }
}

/* Three replies. */
static void download(struct gr_call *call, enum gr_event event, const Request *request)
{
    Reply reply = GOLDEN__CALL_TYPES__REPLY__INIT;

    if (event != GR_EVENT_MESSAGE)
        return;
    reply.text = request->text;
    for (int i = 0; i < 3; i++)
        assert_int_equal(golden_call_types_everything_download__reply(call, &reply, 0), 0);
    gr_finish(call, GR_STATUS_OK);
}

static void talk(struct gr_call *call, enum gr_event event, const Request *request)
{
    Reply reply = GOLDEN__CALL_TYPES__REPLY__INIT;

    if (event == GR_EVENT_MESSAGE) {
        reply.text = request->text;
        assert_int_equal(golden_call_types_everything_talk__reply(call, &reply, 0), 0);
    }
    if (event == GR_EVENT_HALF_CLOSED)
        gr_finish(call, GR_STATUS_OK);
}

static const struct golden_call_types_everything handlers = {
    .data = from_data,
    .unary = unary,
    .upload = upload,
    .download = download,
    .talk = talk,
};

static const struct golden_call_types_everything no_handlers;

/* ---- tests ---- */

static Request ask(const char *text)
{
    Request request = GOLDEN__CALL_TYPES__REQUEST__INIT;
    request.text = (char *)text;
    return request;
}

static void unary_calls_are_answered(void **state)
{
    const Request plain = ask("plain");
    const Request data = ask("data");
    const Reply *reply;
    struct gr_call *call;
    struct fixture f;
    (void)state;

    set_up(&f, &handlers);
    assert_int_equal(
        golden_call_types_everything_unary(f.channel, &plain, &in_10_seconds, &reply, &call),
        GR_STATUS_OK);
    assert_string_equal(reply->text, "plain");
    gr_call_free(call);

    /* Two at the same time. */
    struct gr_call *first = golden_call_types_everything_unary__start(f.channel, &plain,
                                                                      &in_10_seconds);
    struct gr_call *second = golden_call_types_everything_unary__start(f.channel, &data,
                                                                       &in_10_seconds);
    assert_int_equal(golden_call_types_everything_unary__finish(second, &reply), GR_STATUS_OK);
    assert_string_equal(reply->text, "from data");
    assert_int_equal(golden_call_types_everything_unary__finish(first, &reply), GR_STATUS_OK);
    assert_string_equal(reply->text, "plain");
    gr_call_free(first);
    gr_call_free(second);
    tear_down(&f);
}

static void streams_of_requests_get_one_reply(void **state)
{
    const Request requests[] = {ask("first"), ask("last")};
    const Reply *reply;
    struct fixture f;
    (void)state;

    set_up(&f, &handlers);
    struct gr_call *call = golden_call_types_everything_upload__start(f.channel, &in_10_seconds);
    for (size_t i = 0; i < ARRAY_LEN(requests); i++)
        assert_int_equal(golden_call_types_everything_upload__send(call, &requests[i], 0), 0);
    assert_int_equal(golden_call_types_everything_upload__finish(call, &reply), GR_STATUS_OK);
    assert_string_equal(reply->text, "last");
    gr_call_free(call);
    tear_down(&f);
}

static void one_request_gets_a_stream_of_replies(void **state)
{
    const Request request = ask("again");
    const Reply *reply;
    struct fixture f;
    int count = 0;
    (void)state;

    set_up(&f, &handlers);
    struct gr_call *call = golden_call_types_everything_download__start(f.channel, &request,
                                                                        &in_10_seconds);
    while (golden_call_types_everything_download__recv(call, &reply) == 1) {
        assert_string_equal(reply->text, "again");
        count++;
    }
    assert_int_equal(count, 3);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
    tear_down(&f);
}

static void both_sides_stream(void **state)
{
    const Request request = ask("ping");
    const Reply *reply;
    struct fixture f;
    (void)state;

    set_up(&f, &handlers);
    struct gr_call *call = golden_call_types_everything_talk__start(f.channel, &in_10_seconds);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(golden_call_types_everything_talk__send(call, &request, 0), 0);
        assert_int_equal(golden_call_types_everything_talk__recv(call, &reply), 1);
        assert_string_equal(reply->text, "ping");
    }
    gr_half_close(call);
    assert_int_equal(golden_call_types_everything_talk__recv(call, &reply), 0);
    assert_null(reply);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
    tear_down(&f);
}

static void a_method_without_a_handler_is_unimplemented(void **state)
{
    const Request request = ask("anybody?");
    const Google__Protobuf__Empty *nothing;
    const Reply *reply;
    struct gr_call *call;
    struct fixture f;
    (void)state;

    set_up(&f, &no_handlers);
    assert_int_equal(
        golden_call_types_everything_unary(f.channel, &request, &in_10_seconds, &reply, &call),
        GR_STATUS_UNIMPLEMENTED);
    assert_null(reply);
    gr_call_free(call);
    call = golden_call_types_everything_upload__start(f.channel, &in_10_seconds);
    assert_int_equal(golden_call_types_everything_upload__finish(call, &reply),
                     GR_STATUS_UNIMPLEMENTED);
    assert_null(reply);
    gr_call_free(call);
    call = golden_call_types_everything_ticks__start(f.channel, &in_10_seconds);
    assert_int_equal(golden_call_types_everything_ticks__recv(call, &nothing), 0);
    assert_int_equal(gr_wait(call)->status, GR_STATUS_UNIMPLEMENTED);
    gr_call_free(call);
    tear_down(&f);
}

static void services_know_their_file_and_files_what_they_import(void **state)
{
    const struct gr_file_descriptor *file = golden_imports_uses__service.file;
    (void)state;

    assert_string_equal(file->name, "imports.proto");
    assert_int_equal(file->dependency_count, 2);
    assert_string_equal(file->dependencies[0]->name, "deep/er/middle.proto");
    assert_string_equal(file->dependencies[0]->dependencies[0]->name, "deep/leaf-node.proto");
    assert_string_equal(file->dependencies[1]->name, "google/protobuf/empty.proto");
    assert_int_equal(file->dependencies[1]->dependency_count, 0);
    /* FileDescriptorProto.name is field 1. */
    assert_memory_equal(file->bytes.data, "\x0a\x0dimports.proto", 15);
    assert_int_equal(golden_empty__service.method_count, 0);
    assert_string_equal(struct__service.name, "Struct");
    assert_string_equal(golden_keywords_registry__service.methods[0].path,
                        "/golden.keywords.Registry/Register");
    assert_string_equal(golden_httpnames_v1beta2_httpproxy_v2__service.name,
                        "golden.HTTPNames.v1beta2.HTTPProxyV2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unary_calls_are_answered),
        cmocka_unit_test(streams_of_requests_get_one_reply),
        cmocka_unit_test(one_request_gets_a_stream_of_replies),
        cmocka_unit_test(both_sides_stream),
        cmocka_unit_test(a_method_without_a_handler_is_unimplemented),
        cmocka_unit_test(services_know_their_file_and_files_what_they_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
