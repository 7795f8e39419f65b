/* SPDX-License-Identifier: MIT
 *
 * Both programs under test, played against each other: the runner's half is here, in the few words
 * that it takes to see each call type, an error, a cancellation, a deadline and a limit come back as
 * asked. The real runner knows some hundred more (ci/connectconformance). */
#include "base/test.h"

#include "tools/adapter/adapter.h"
#include "tools/adapter/frame.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVICE "connectrpc.conformance.v1.ConformanceService"
#define LIMIT   1000 /* octets of a message that the server takes */

/* A program with our ends of its stdin and stdout. */
struct program {
    pid_t pid;
    int to, from;
};

static struct program start(int (*run)(void))
{
    struct program program;
    int in[2], out[2];

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    program.pid = fork();
    assert_true(program.pid >= 0);
    if (program.pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        alarm(60); /* nobody waits for ever */
        exit(run());
    }
    close(in[0]);
    close(out[1]);
    program.to = in[1];
    program.from = out[0];
    return program;
}

/* returns its exit code */
static int finish(struct program *program)
{
    int status;

    close(program->from);
    assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int two_workers(void)
{
    return adapter_client(2);
}

/* ---- The server ------------------------------------------------------------------------------ */

/* Starts it; returns the port, with its stdin closed as the runner does. */
static uint32_t start_server(struct program *server)
{
    CC(ServerCompatRequest) request = CONNECTRPC__CONFORMANCE__V1__SERVER_COMPAT_REQUEST__INIT;
    void *message;

    *server = start(adapter_server);
    request.protocol = CONNECTRPC__CONFORMANCE__V1__PROTOCOL__PROTOCOL_GRPC;
    request.http_version = CONNECTRPC__CONFORMANCE__V1__HTTPVERSION__HTTP_VERSION_2;
    request.message_receive_limit = LIMIT;
    assert_int_equal(frame_write(server->to, &request), 0);
    close(server->to);
    assert_int_equal(frame_read(server->from,
                                &connectrpc__conformance__v1__server_compat_response__descriptor,
                                &message),
                     1);
    const CC(ServerCompatResponse) *response = message;
    assert_string_equal(response->host, "127.0.0.1");
    uint32_t port = response->port;
    frame_free(message);
    return port;
}

static void stop_server(struct program *server)
{
    kill(server->pid, SIGTERM);
    assert_int_equal(finish(server), 0);
}

/* ---- What is asked --------------------------------------------------------------------------- */

/* One case: the call, and what is to come of it. */
struct row {
    const char *name;
    const char *method;
    int stream_type;
    size_t requests;  /* messages; the first one has the definition */
    size_t size;      /* octets of padding in each */
    size_t answers;   /* payloads to ask for, "abc" each */
    int error;        /* ask for this status; 0: none */
    int delay_ms;     /* of the answers */
    int timeout_ms;   /* 0: none */
    int cancel_after; /* payloads; 0: no */
    bool gzip;
    int status; /* expected */
    size_t payloads;
    size_t details;
};

#define UNARY  CONNECTRPC__CONFORMANCE__V1__STREAM_TYPE__STREAM_TYPE_UNARY
#define CLIENT CONNECTRPC__CONFORMANCE__V1__STREAM_TYPE__STREAM_TYPE_CLIENT_STREAM
#define SERVER CONNECTRPC__CONFORMANCE__V1__STREAM_TYPE__STREAM_TYPE_SERVER_STREAM
#define HALF   CONNECTRPC__CONFORMANCE__V1__STREAM_TYPE__STREAM_TYPE_HALF_DUPLEX_BIDI_STREAM
#define FULL   CONNECTRPC__CONFORMANCE__V1__STREAM_TYPE__STREAM_TYPE_FULL_DUPLEX_BIDI_STREAM

/* clang-format off */
static const struct row rows[] = {
    /* name            method          type    req size answ err delay timeout cancel gzip  -> status payloads details */
    {"unary",          "Unary",         UNARY,  1,   5,   1,  0,   0,     0,     0, false,      0,       1,      0},
    {"unary gzip",     "Unary",         UNARY,  1, 900,   1,  0,   0,  5000,     0, true,       0,       1,      0},
    {"unary later",    "Unary",         UNARY,  1,   5,   1,  0,  20,     0,     0, false,      0,       1,      0},
    {"unary error",    "Unary",         UNARY,  1,   5,   0,  9,   0,     0,     0, false,      9,       0,      1},
    {"too late",       "Unary",         UNARY,  1,   5,   1,  0, 500,    50,     0, false,      4,       0,      0},
    {"too large",      "Unary",         UNARY,  1, 1001,  1,  0,   0,     0,     0, false,      8,       0,      0},
    {"two of one",     "Unary",         UNARY,  2,   5,   1,  0,   0,     0,     0, false,     12,       0,      0},
    {"client stream",  "ClientStream",  CLIENT, 3,   5,   1,  0,   5,     0,     0, false,      0,       1,      0},
    {"client error",   "ClientStream",  CLIENT, 6,   5,   0,  5,   0,     0,     0, true,       5,       0,      1},
    {"nothing sent",   "ClientStream",  CLIENT, 0,   0,   0,  0,   0,     0,     0, false,      0,       1,      0},
    {"server stream",  "ServerStream",  SERVER, 1,   5,   3,  0,   2,     0,     0, false,      0,       3,      0},
    {"server error",   "ServerStream",  SERVER, 1,   5,   2, 13,   0,     0,     0, true,      13,       2,      0},
    {"only an error",  "ServerStream",  SERVER, 1,   5,   0, 13,   0,     0,     0, false,     13,       0,      1},
    {"cancelled",      "ServerStream",  SERVER, 1,   5,   9,  0,  50,     0,     2, false,      1,       2,      0},
    {"half duplex",    "BidiStream",    HALF,   3,   5,   6,  0,   0,     0,     0, false,      0,       6,      0},
    {"full duplex",    "BidiStream",    FULL,   3,   5,   5,  0,   2,     0,     0, false,      0,       5,      0},
    {"more requests",  "BidiStream",    FULL,   4,   5,   2, 16,   0,     0,     0, false,     16,       2,      0},
    {"unimplemented",  "Unimplemented", UNARY,  1,   0,   0,  0,   0,     0,     0, false,     12,       0,      0},
};
/* clang-format on */

/* The storage of one request message; protobuf-c's messages are trees of pointers. */
struct asked {
    CC(Header) header, *headers[1];
    char *values[1];
    CC(Error) error;
    CC(UnaryResponseDefinition) once;
    CC(StreamResponseDefinition) many;
    ProtobufCBinaryData data[9];
    uint8_t padding[LIMIT + 1];
};

static char header_name[] = "x-asked";
static char header_value[] = "yes";
static uint8_t abc[] = "abc";

static void define(struct asked *asked, const struct row *row)
{
    connectrpc__conformance__v1__header__init(&asked->header);
    connectrpc__conformance__v1__error__init(&asked->error);
    connectrpc__conformance__v1__unary_response_definition__init(&asked->once);
    connectrpc__conformance__v1__stream_response_definition__init(&asked->many);
    asked->values[0] = header_value;
    asked->header.name = header_name;
    asked->header.value = asked->values;
    asked->header.n_value = 1;
    asked->headers[0] = &asked->header;
    asked->error.code = row->error;
    for (size_t i = 0; i < row->answers; i++)
        asked->data[i] = (ProtobufCBinaryData){3, abc};
    asked->once.response_headers = asked->many.response_headers = asked->headers;
    asked->once.n_response_headers = asked->many.n_response_headers = 1;
    asked->once.response_trailers = asked->many.response_trailers = asked->headers;
    asked->once.n_response_trailers = asked->many.n_response_trailers = 1;
    asked->once.response_delay_ms = asked->many.response_delay_ms = (uint32_t)row->delay_ms;
    asked->many.response_data = asked->data;
    asked->many.n_response_data = row->answers;
    asked->once.response_case =
        CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE_DEFINITION__RESPONSE_RESPONSE_DATA;
    asked->once.response_data = asked->data[0];
    if (row->error != 0) {
        asked->once.response_case =
            CONNECTRPC__CONFORMANCE__V1__UNARY_RESPONSE_DEFINITION__RESPONSE_ERROR;
        asked->once.error = asked->many.error = &asked->error;
    }
}

/* type: of the message; any->value is the caller's to free. */
static void put_any(Google__Protobuf__Any *any, const void *message)
{
    static char urls[8][100];
    static size_t next;
    ProtobufCBinaryData out;

    char *url = urls[next++ % ARRAY_LEN(urls)];
    snprintf(url, sizeof(urls[0]), "type.googleapis.com/%s",
             ((const ProtobufCMessage *)message)->descriptor->name);
    out.len = protobuf_c_message_get_packed_size(message);
    out.data = malloc(out.len + 1);
    assert_non_null(out.data);
    protobuf_c_message_pack(message, out.data);
    any->type_url = url;
    any->value = out;
}

/* The i-th request of the row, as Any. */
static void put_request(Google__Protobuf__Any *any, struct asked *asked, const struct row *row,
                        size_t i)
{
    CC(UnaryRequest) unary = CONNECTRPC__CONFORMANCE__V1__UNARY_REQUEST__INIT;
    CC(ClientStreamRequest) client = CONNECTRPC__CONFORMANCE__V1__CLIENT_STREAM_REQUEST__INIT;
    CC(ServerStreamRequest) server = CONNECTRPC__CONFORMANCE__V1__SERVER_STREAM_REQUEST__INIT;
    CC(BidiStreamRequest) bidi = CONNECTRPC__CONFORMANCE__V1__BIDI_STREAM_REQUEST__INIT;
    CC(UnimplementedRequest) none = CONNECTRPC__CONFORMANCE__V1__UNIMPLEMENTED_REQUEST__INIT;
    const ProtobufCBinaryData padding = {row->size, asked->padding};

    unary.request_data = client.request_data = server.request_data = bidi.request_data = padding;
    if (i == 0) {
        unary.response_definition = client.response_definition = &asked->once;
        server.response_definition = bidi.response_definition = &asked->many;
    }
    bidi.full_duplex = row->stream_type == (int)FULL;
    if (strcmp(row->method, "Unimplemented") == 0)
        put_any(any, &none);
    else if (row->stream_type == (int)UNARY)
        put_any(any, &unary);
    else if (row->stream_type == (int)CLIENT)
        put_any(any, &client);
    else if (row->stream_type == (int)SERVER)
        put_any(any, &server);
    else
        put_any(any, &bidi);
}

static void ask(int fd, const struct row *row, uint32_t port)
{
    CC(ClientCompatRequest) request = CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__INIT;
    CC(ClientCompatRequest__Cancel)
    cancel = CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__CANCEL__INIT;
    Google__Protobuf__Any anys[6], *list[6];
    struct asked asked = {0};

    define(&asked, row);
    for (size_t i = 0; i < row->requests; i++) {
        google__protobuf__any__init(&anys[i]);
        list[i] = &anys[i];
        put_request(&anys[i], &asked, row, i);
    }
    request.test_name = (char *)(uintptr_t)row->name;
    request.protocol = CONNECTRPC__CONFORMANCE__V1__PROTOCOL__PROTOCOL_GRPC;
    request.http_version = CONNECTRPC__CONFORMANCE__V1__HTTPVERSION__HTTP_VERSION_2;
    request.codec = CONNECTRPC__CONFORMANCE__V1__CODEC__CODEC_PROTO;
    request.compression = row->gzip
                              ? CONNECTRPC__CONFORMANCE__V1__COMPRESSION__COMPRESSION_GZIP
                              : CONNECTRPC__CONFORMANCE__V1__COMPRESSION__COMPRESSION_IDENTITY;
    request.host = (char *)(uintptr_t) "127.0.0.1";
    request.port = port;
    request.optional_service_case =
        CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__OPTIONAL_SERVICE_SERVICE;
    request.service = (char *)(uintptr_t)SERVICE;
    request.optional_method_case =
        CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__OPTIONAL_METHOD_METHOD;
    request.method = (char *)(uintptr_t)row->method;
    request.stream_type = (CC(StreamType))row->stream_type;
    request.request_headers = asked.headers;
    request.n_request_headers = 1;
    request.request_messages = list;
    request.n_request_messages = row->requests;
    if (row->timeout_ms != 0)
        request.optional_timeout_ms_case =
            CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__OPTIONAL_TIMEOUT_MS_TIMEOUT_MS;
    request.timeout_ms = (uint32_t)row->timeout_ms;
    if (row->cancel_after != 0) {
        cancel.cancel_timing_case =
            CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_REQUEST__CANCEL__CANCEL_TIMING_AFTER_NUM_RESPONSES;
        cancel.after_num_responses = (uint32_t)row->cancel_after;
        request.cancel = &cancel;
    }
    assert_int_equal(frame_write(fd, &request), 0);
    for (size_t i = 0; i < row->requests; i++)
        free(anys[i].value.data);
}

/* ---- What came ------------------------------------------------------------------------------- */

static const struct row *row_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    fail_msg("an answer to %s, which nobody has asked", name);
    return NULL;
}

static bool has_header(CC(Header) * *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(headers[i]->name, header_name) == 0)
            return headers[i]->n_value == 1 && strcmp(headers[i]->value[0], header_value) == 0;
    return false;
}

/* What the server says it has seen, in the first payload. */
static void check_info(const struct row *row, const CC(ConformancePayload__RequestInfo) * info)
{
    assert_non_null(info);
    assert_true(has_header(info->request_headers, info->n_request_headers));
    assert_int_equal(info->n_requests, row->stream_type == (int)FULL ? 1 : row->requests);
    assert_int_equal(info->optional_timeout_ms_case != 0, row->timeout_ms != 0);
    assert_true(info->timeout_ms <= row->timeout_ms);
}

static void check(const CC(ClientCompatResponse) * response)
{
    const struct row *row = row_of(response->test_name);

    print_message("  %s\n", row->name);
    assert_int_equal(response->result_case,
                     CONNECTRPC__CONFORMANCE__V1__CLIENT_COMPAT_RESPONSE__RESULT_RESPONSE);
    const CC(ClientResponseResult) *result = response->response;
    assert_int_equal(result->error ? result->error->code : 0, row->status);
    assert_int_equal(result->error ? result->error->n_details : 0, row->details);
    assert_int_equal(result->n_payloads, row->payloads);
    for (size_t i = 0; i < result->n_payloads && row->answers > 0; i++)
        assert_bytes(bytes_of(result->payloads[i]->data.data, result->payloads[i]->data.len),
                     BYTES("abc"));
    if (result->n_payloads > 0)
        check_info(row, result->payloads[0]->request_info);
    if (row->status == row->error && row->requests > 0)
        assert_true(has_header(result->response_trailers, result->n_response_trailers));
    if (row->status == 0 && row->requests > 0)
        assert_true(has_header(result->response_headers, result->n_response_headers));
}

static void each_call_comes_back_as_asked(void **state)
{
    struct program server, client;
    void *message;

    (void)state;
    uint32_t port = start_server(&server);
    client = start(two_workers);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        ask(client.to, &rows[i], port);
    close(client.to);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(
            frame_read(client.from,
                       &connectrpc__conformance__v1__client_compat_response__descriptor, &message),
            1);
        check(message);
        frame_free(message);
    }
    assert_int_equal(frame_read(client.from,
                                &connectrpc__conformance__v1__client_compat_response__descriptor,
                                &message),
                     0);
    assert_int_equal(finish(&client), 0);
    stop_server(&server);
}

/* ---- Frames ---------------------------------------------------------------------------------- */

static void broken_frames_are_told_apart(void **state)
{
    static const struct {
        struct bytes octets;
        int result;
    } table[] = {
        {{NULL, 0}, 0},
        {{(const uint8_t *)"\0\0\0\0", 4}, 1},
        {{(const uint8_t *)"\0\0", 2}, GR_CLOSED},
        {{(const uint8_t *)"\0\0\0\2\x0a", 5}, GR_CLOSED},
        {{(const uint8_t *)"\0\0\0\2\x0a\x05", 6}, GR_INVALID},
        {{(const uint8_t *)"\xff\0\0\0", 4}, GR_TOO_LARGE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        int ends[2];
        void *message;
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(write(ends[1], table[i].octets.data, table[i].octets.len),
                         table[i].octets.len);
        close(ends[1]);
        int got = frame_read(
            ends[0], &connectrpc__conformance__v1__server_compat_response__descriptor, &message);
        assert_int_equal(got, table[i].result);
        frame_free(message);
        close(ends[0]);
    }
}

static void programs_end_with_1_when_told_nonsense(void **state)
{
    int (*const runs[])(void) = {adapter_server, two_workers};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
        struct program program = start(runs[i]);
        assert_int_equal(write(program.to, "\0\0\0\2\x0a\x05", 6), 6);
        close(program.to);
        assert_int_equal(finish(&program), 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_comes_back_as_asked),
        cmocka_unit_test(broken_frames_are_told_apart),
        cmocka_unit_test(programs_end_with_1_when_told_nonsense),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
