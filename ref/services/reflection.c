/* SPDX-License-Identifier: MIT
 *
 * The service of reflection.h: one answer for each request of the stream, in order. */
#include "services/reflection.h"

#include "services/files.h"

#include "grpc/reflection/v1/reflection.grpc.h"
#include "grpc/reflection/v1alpha/reflection.grpc.h"

#include <pthread.h>
#include <stdlib.h>

typedef Grpc__Reflection__V1__ServerReflectionRequest info_request;
typedef Grpc__Reflection__V1__ServerReflectionResponse info_response;

struct gr_reflection {
    const struct gr_server *server;
    pthread_mutex_t lock; /* of all the rest: a server may have many threads */
    struct files files;
    size_t services_seen; /* of the server's, how many are in `files` */
};

/* An answer while it is made. */
struct answer {
    info_response message;
    Grpc__Reflection__V1__ErrorResponse error;
    Grpc__Reflection__V1__FileDescriptorResponse files;
    Grpc__Reflection__V1__ExtensionNumberResponse extensions;
    Grpc__Reflection__V1__ListServiceResponse services;
    void *arrays[2]; /* theirs; freed when it has been sent */
    bool failed;     /* out of memory */
};

/* Room for one element more than count. */
static void *take_array(struct answer *answer, size_t which, size_t count, size_t size)
{
    answer->arrays[which] = calloc(count + 1, size);
    answer->failed = answer->failed || !answer->arrays[which];
    return answer->arrays[which];
}

#define IS(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__MESSAGE_RESPONSE_##name

static void say_error(struct answer *answer, enum gr_status status, const char *message)
{
    answer->error.error_code = (int32_t)status;
    answer->error.error_message = (char *)(uintptr_t)message;
    answer->message.message_response_case = IS(ERROR_RESPONSE);
    answer->message.error_response = &answer->error;
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* The file and all it needs, each once, in the order of their first mention. seen: room for every file known */
static size_t gather(const struct gr_file_descriptor *file, const struct gr_file_descriptor **seen,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(seen[i]->name, file->name) == 0)
            return count;
    seen[count++] = file;
    for (size_t i = 0; i < file->dependency_count; i++)
        count = gather(file->dependencies[i], seen, count);
    return count;
}

static void say_file(const struct gr_reflection *reflection, struct answer *answer,
                     const struct file *file)
{
    if (!file) {
        say_error(answer, GR_STATUS_NOT_FOUND, "not known here");
        return;
    }
    size_t room = reflection->files.count;
    const struct gr_file_descriptor **all = take_array(answer, 0, room, sizeof(*all));
    ProtobufCBinaryData *octets = take_array(answer, 1, room, sizeof(*octets));
    if (answer->failed)
        return;
    size_t count = gather(file->source, all, 0);
    for (size_t i = 0; i < count; i++)
        octets[i] = (ProtobufCBinaryData){all[i]->bytes.len,
                                          (uint8_t *)(uintptr_t)all[i]->bytes.data};
    answer->files.n_file_descriptor_proto = count;
    answer->files.file_descriptor_proto = octets;
    answer->message.message_response_case = IS(FILE_DESCRIPTOR_RESPONSE);
    answer->message.file_descriptor_response = &answer->files;
}

/* ---- Extensions and services ----------------------------------------------------------------- */

static void say_extensions(const struct gr_reflection *reflection, struct answer *answer,
                           const char *type)
{
    if (!files_have_message(&reflection->files, type)) {
        say_error(answer, GR_STATUS_NOT_FOUND, "no such message is known here");
        return;
    }
    size_t count = files_extension_numbers(&reflection->files, type, NULL, 0);
    int32_t *numbers = take_array(answer, 0, count, sizeof(*numbers));
    if (answer->failed)
        return;
    answer->extensions.base_type_name = (char *)(uintptr_t)type;
    answer->extensions.n_extension_number = files_extension_numbers(&reflection->files, type,
                                                                    numbers, count);
    answer->extensions.extension_number = numbers;
    answer->message.message_response_case = IS(ALL_EXTENSION_NUMBERS_RESPONSE);
    answer->message.all_extension_numbers_response = &answer->extensions;
}

static void say_services(const struct gr_reflection *reflection, struct answer *answer)
{
    size_t count = 0;

    while (gr_server_service(reflection->server, count))
        count++;
    Grpc__Reflection__V1__ServiceResponse *rows = take_array(answer, 0, count, sizeof(*rows));
    Grpc__Reflection__V1__ServiceResponse **list = take_array(answer, 1, count, sizeof(*list));
    if (answer->failed)
        return;
    for (size_t i = 0; i < count; i++) {
        grpc__reflection__v1__service_response__init(&rows[i]);
        rows[i].name = (char *)(uintptr_t)gr_server_service(reflection->server, i)->name;
        list[i] = &rows[i];
    }
    answer->services.n_service = count;
    answer->services.service = list;
    answer->message.message_response_case = IS(LIST_SERVICES_RESPONSE);
    answer->message.list_services_response = &answer->services;
}

/* ---- The stream ------------------------------------------------------------------------------ */

#define ASKS(name) GRPC__REFLECTION__V1__SERVER_REFLECTION_REQUEST__MESSAGE_REQUEST_##name

static void make_answer(const struct gr_reflection *reflection, struct answer *answer,
                        const info_request *request)
{
    const struct files *files = &reflection->files;
    const Grpc__Reflection__V1__ExtensionRequest *extension;

    switch (request->message_request_case) {
    case ASKS(FILE_BY_FILENAME):
        say_file(reflection, answer, files_named(files, request->file_by_filename));
        break;
    case ASKS(FILE_CONTAINING_SYMBOL):
        say_file(reflection, answer, files_with_symbol(files, request->file_containing_symbol));
        break;
    case ASKS(FILE_CONTAINING_EXTENSION):
        extension = request->file_containing_extension;
        say_file(
            reflection, answer,
            files_with_extension(files, extension->containing_type, extension->extension_number));
        break;
    case ASKS(ALL_EXTENSION_NUMBERS_OF_TYPE):
        say_extensions(reflection, answer, request->all_extension_numbers_of_type);
        break;
    case ASKS(LIST_SERVICES):
        say_services(reflection, answer);
        break;
    default:
        say_error(answer, GR_STATUS_INVALID_ARGUMENT, "nothing was asked for");
    }
}

static void reply_to(const struct gr_reflection *reflection, struct gr_call *call,
                     const info_request *request)
{
    struct answer answer = {
        .message = GRPC__REFLECTION__V1__SERVER_REFLECTION_RESPONSE__INIT,
        .error = GRPC__REFLECTION__V1__ERROR_RESPONSE__INIT,
        .files = GRPC__REFLECTION__V1__FILE_DESCRIPTOR_RESPONSE__INIT,
        .extensions = GRPC__REFLECTION__V1__EXTENSION_NUMBER_RESPONSE__INIT,
        .services = GRPC__REFLECTION__V1__LIST_SERVICE_RESPONSE__INIT,
    };

    answer.message.valid_host = request->host;
    answer.message.original_request = (info_request *)(uintptr_t)request;
    make_answer(reflection, &answer, request);
    if (answer.failed || gr_send(call, &answer.message, GR_SEND_DEFAULT) != 0)
        gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
    free(answer.arrays[0]);
    free(answer.arrays[1]);
}

/* What was registered since the last time. A file that cannot be read is as good as none. */
static int look_for_services(struct gr_reflection *reflection)
{
    const struct gr_service *service;
    int error = 0;

    while (error != GR_NOMEM &&
           (service = gr_server_service(reflection->server, reflection->services_seen))) {
        error = service->file ? files_add(&reflection->files, service->file) : 0;
        reflection->services_seen += error != GR_NOMEM;
    }
    return error == GR_NOMEM ? error : 0;
}

/* Who asks faster than it reads is not listened to meanwhile: an answer can be much longer than its question. */
static void info(struct gr_call *call, enum gr_event event, const void *message)
{
    struct gr_reflection *reflection = gr_service_data(call);
    int error;

    switch (event) {
    case GR_EVENT_BEGAN:
        pthread_mutex_lock(&reflection->lock);
        error = look_for_services(reflection);
        pthread_mutex_unlock(&reflection->lock);
        if (error)
            gr_finish(call, GR_STATUS_RESOURCE_EXHAUSTED);
        break;
    case GR_EVENT_MESSAGE:
        pthread_mutex_lock(&reflection->lock);
        reply_to(reflection, call, message);
        pthread_mutex_unlock(&reflection->lock);
        if (!gr_writable(call))
            gr_pause_reading(call);
        break;
    case GR_EVENT_WRITABLE:
        gr_resume_reading(call);
        break;
    case GR_EVENT_HALF_CLOSED:
        gr_finish(call, GR_STATUS_OK);
        break;
    default:
        break;
    }
}

#define MESSAGES                                                                                   \
    .request = &grpc__reflection__v1__server_reflection_request__descriptor,                       \
    .reply = &grpc__reflection__v1__server_reflection_response__descriptor

static const struct gr_method method_v1 = {
    .path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    MESSAGES,
    .client_streams = true,
    .server_streams = true,
    .stream = info,
};
static const struct gr_method method_v1alpha = {
    .path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
    MESSAGES,
    .client_streams = true,
    .server_streams = true,
    .stream = info,
};
static const struct gr_service service_v1 = {"grpc.reflection.v1.ServerReflection", &method_v1, 1,
                                             &grpc_reflection_v1_reflection__file};
static const struct gr_service service_v1alpha = {"grpc.reflection.v1alpha.ServerReflection",
                                                  &method_v1alpha, 1,
                                                  &grpc_reflection_v1alpha_reflection__file};

struct gr_reflection *gr_reflection_new(void)
{
    struct gr_reflection *reflection = calloc(1, sizeof(*reflection));

    if (reflection)
        pthread_mutex_init(&reflection->lock, NULL);
    return reflection;
}

void gr_reflection_free(struct gr_reflection *reflection)
{
    if (!reflection)
        return;
    files_clear(&reflection->files);
    pthread_mutex_destroy(&reflection->lock);
    free(reflection);
}

int gr_reflection_register(struct gr_server *server, struct gr_reflection *reflection)
{
    int error;

    reflection->server = server;
    error = gr_server_register(server, &service_v1, reflection);
    return error ? error : gr_server_register(server, &service_v1alpha, reflection);
}
