/* SPDX-License-Identifier: MIT
 *
 * Questions and answers of both versions over a real connection. What is found where is files_test.c's. */
#include "services/test_host.h"

#include "services/reflection.h"
#include "services/test_service.h"

#include "grpc/reflection/v1/reflection.grpc.h"

typedef Grpc__Reflection__V1__ServerReflectionRequest info_request;
typedef Grpc__Reflection__V1__ServerReflectionResponse info_response;

#define ASKS(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##name
#define IS(name)   GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##name

#define MESSAGES                                                                                   \
    &grpc__reflection__v1__server_reflection_request__descriptor,                                  \
        &grpc__reflection__v1__server_reflection_response__descriptor
static const struct gr_method VERSIONS[] = {
    {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", MESSAGES, true, true, NULL, NULL},
    {"/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", MESSAGES, true, true, NULL,
     NULL},
};

struct world {
    struct host host;
    struct gr_reflection *reflection;
};

static void open_world(struct world *world)
{
    host_new(&world->host);
    world->reflection = gr_reflection_new();
    assert_non_null(world->reflection);
    assert_int_equal(gr_reflection_register(world->host.server, world->reflection), 0);
    assert_int_equal(gr_server_register(world->host.server, &test_service, NULL), 0);
    host_open(&world->host);
}

static void close_world(struct world *world)
{
    host_close(&world->host);
    gr_reflection_free(world->reflection);
}

static void ask(struct gr_call *call, int what, const char *value)
{
    info_request request = GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__INIT;

    request.message_request_case =
        (Grpc__Reflection__V1__ServerReflectionRequest__MessageRequestCase)what;
    request.file_by_filename = (char *)(uintptr_t)value; /* all the texts are one union */
    assert_int_equal(gr_send(call, &request, GR_SEND_DEFAULT), 0);
}

static const info_response *answer(struct gr_call *call)
{
    const void *message;

    assert_int_equal(gr_recv(call, &message), 1);
    return message;
}

static const struct {
    int what;
    const char *value;
    int answer;
    size_t count; /* of files, services or numbers; the error's code */
} QUESTIONS[] = {
    {ASKS(LIST_SERVICES), "*", IS(LIST_SERVICES_RESPONSE), 3},
    {ASKS(LIST_SERVICES), "", IS(LIST_SERVICES_RESPONSE), 3},
    {ASKS(FILE_BY_FILENAME), "grpc/testing/test.proto", IS(FILE_DESCRIPTOR_RESPONSE), 3},
    {ASKS(FILE_BY_FILENAME), "grpc/testing/empty.proto", IS(FILE_DESCRIPTOR_RESPONSE), 1},
    {ASKS(FILE_BY_FILENAME), "empty.proto", IS(ERROR_RESPONSE), GR_STATUS_NOT_FOUND},
    {ASKS(FILE_CONTAINING_SYMBOL), "grpc.testing.TestService", IS(FILE_DESCRIPTOR_RESPONSE), 3},
    {ASKS(FILE_CONTAINING_SYMBOL), "grpc.testing.Payload", IS(FILE_DESCRIPTOR_RESPONSE), 1},
    {ASKS(FILE_CONTAINING_SYMBOL), "no.such", IS(ERROR_RESPONSE), GR_STATUS_NOT_FOUND},
    {ASKS(ALL_EXTENSION_NUMBERS_OF_TYPE), "grpc.testing.Payload",
     IS(ALL_EXTENSION_NUMBERS_RESPONSE), 0},
    {ASKS(ALL_EXTENSION_NUMBERS_OF_TYPE), "no.such", IS(ERROR_RESPONSE), GR_STATUS_NOT_FOUND},
    {GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST__NOT_SET, NULL,
     IS(ERROR_RESPONSE), GR_STATUS_INVALID_ARGUMENT},
};

static size_t count_in(const info_response *response)
{
    switch (response->message_response_case) {
    case IS(LIST_SERVICES_RESPONSE):
        return response->list_services_response->n_service;
    case IS(FILE_DESCRIPTOR_RESPONSE):
        return response->file_descriptor_response->n_file_descriptor_proto;
    case IS(ALL_EXTENSION_NUMBERS_RESPONSE):
        return response->all_extension_numbers_response->n_extension_number;
    default:
        return (size_t)response->error_response->error_code;
    }
}

/* All asked at once: answers come in order, each with its question, and an error ends nothing (GRPC-REFL-004, -005). */
static void every_question_has_its_answer(struct world *world, const struct gr_method *version)
{
    struct gr_call *call = gr_call_new(world->host.channel, version, &a_minute);

    assert_non_null(call);
    for (size_t i = 0; i < ARRAY_LEN(QUESTIONS); i++)
        ask(call, QUESTIONS[i].what, QUESTIONS[i].value);
    gr_half_close(call);
    for (size_t i = 0; i < ARRAY_LEN(QUESTIONS); i++) {
        const info_response *seen = answer(call);
        assert_int_equal(seen->message_response_case, QUESTIONS[i].answer);
        assert_int_equal(count_in(seen), QUESTIONS[i].count);
        assert_int_equal(seen->original_request->message_request_case, QUESTIONS[i].what);
        if (QUESTIONS[i].value)
            assert_string_equal(seen->original_request->file_by_filename, QUESTIONS[i].value);
    }
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
}

static void both_versions_answer(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    for (size_t i = 0; i < ARRAY_LEN(VERSIONS); i++)
        every_question_has_its_answer(&world, &VERSIONS[i]);
    close_world(&world);
}

static void services_are_listed_as_registered(void **state)
{
    static const char *const NAMES[] = {"grpc.reflection.v1.ServerReflection",
                                        "grpc.reflection.v1alpha.ServerReflection",
                                        "grpc.testing.TestService"};
    struct world world;

    (void)state;
    open_world(&world);
    struct gr_call *call = gr_call_new(world.host.channel, &VERSIONS[0], &a_minute);
    ask(call, ASKS(LIST_SERVICES), "");
    const Grpc__Reflection__V1__ListServiceResponse *list = answer(call)->list_services_response;
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        assert_string_equal(list->service[i]->name, NAMES[i]);
    gr_call_free(call);
    close_world(&world);
}

/* A thousand long answers to one who reads none: memory must not hold them all, and none is lost. */
static void who_reads_slowly_gets_everything(void **state)
{
    struct world world;

    (void)state;
    open_world(&world);
    struct gr_call *call = gr_call_new(world.host.channel, &VERSIONS[0], &a_minute);
    for (size_t i = 0; i < 1000; i++)
        ask(call, ASKS(FILE_BY_FILENAME), "grpc/testing/test.proto");
    gr_half_close(call);
    host_settle(&world.host);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(answer(call)->message_response_case, IS(FILE_DESCRIPTOR_RESPONSE));
    assert_int_equal(gr_wait(call)->status, GR_STATUS_OK);
    gr_call_free(call);
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_answer),
        cmocka_unit_test(services_are_listed_as_registered),
        cmocka_unit_test(who_reads_slowly_gets_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
