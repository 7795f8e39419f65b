/* SPDX-License-Identifier: MIT
 *
 * Server reflection (server-reflection.md, gRFC A15), in the version the target has: the messages of v1 and v1alpha
 * are the same. Descriptors are read as protobuf by hand; only their names and imports are looked at. */
#include "cases/cases.h"
#include "cases/grpc/common.h"

#include <stdio.h>

/* ServerReflectionRequest */
enum ask {
    ASK_FILE = 3,
    ASK_SYMBOL = 4,
    ASK_EXTENSION = 5,
    ASK_EXTENSION_NUMBERS = 6,
    ASK_SERVICES = 7,
};
/* ServerReflectionResponse */
enum answer {
    ANSWER_REQUEST = 2,
    ANSWER_FILES = 4,
    ANSWER_EXTENSION_NUMBERS = 5,
    ANSWER_SERVICES = 6,
    ANSWER_ERROR = 7,
};

#define TEST_SERVICE "grpc.testing.TestService"
#define MAX_FILES    64

static struct call *open_reflection(struct test *t)
{
    return start_call(t, t->target->reflection_path, NO_EDITS);
}

static void ask(struct call *call, enum ask what, struct bytes value, uint8_t flags)
{
    struct buf request = {0};
    pb_put_bytes(&request, what, value);
    send_message(call, 0, buf_view(&request), flags);
    buf_clear(&request);
}

/* The next answer, whole and well formed. */
static struct bytes next_answer(struct call *call)
{
    struct message message = one_message(call);
    struct bytes rest = message.payload;
    struct pb_field field;
    while (pb_take(&rest, &field))
        continue;
    expect(call->conn->t, rest.len == 0, "a ServerReflectionResponse",
           "%zu octets that are not one", message.payload.len);
    return test_is_over(call->conn->t) ? NO_BYTES : message.payload;
}

static bool has(struct bytes answer, enum answer what)
{
    struct pb_field field;
    return pb_find(answer, what, &field);
}

/* ErrorResponse: int32 error_code = 1. -1: the answer is not an error. */
static int64_t error_code(struct bytes answer)
{
    struct pb_field error, code;
    if (!pb_find(answer, ANSWER_ERROR, &error))
        return -1;
    return pb_find(error.bytes, 1, &code) ? (int64_t)code.value : 0;
}

static void expect_services(struct call *call, struct bytes answer)
{
    expect(call->conn->t, has(answer, ANSWER_SERVICES), "list_services_response",
           "an answer without it (error %lld)", (long long)error_code(answer));
}

/* ---- which version ---- */

static void offered(struct test *t)
{
    struct call *call = open_reflection(t);

    ask(call, ASK_SERVICES, NO_BYTES, FLAG_END_STREAM);
    expect_services(call, next_answer(call));
    expect_status(call, GRPC_OK);
    if (strstr(t->target->reflection_path, "v1alpha"))
        test_lenient(t, HERE, "grpc.reflection.v1", "only v1alpha");
}

/* ---- services ---- */

/* ListServiceResponse: repeated ServiceResponse service = 1; string name = 1. */
static bool lists_service(struct bytes answer, const char *wanted)
{
    struct pb_field list, service, name;
    if (!pb_find(answer, ANSWER_SERVICES, &list))
        return false;
    while (pb_take(&list.bytes, &service))
        if (service.number == 1 && pb_find(service.bytes, 1, &name) &&
            bytes_equal_str(name.bytes, wanted))
            return true;
    return false;
}

static void names_of_services(struct test *t)
{
    struct call *call = open_reflection(t);

    ask(call, ASK_SERVICES, BYTES("*"), FLAG_END_STREAM);
    struct bytes answer = next_answer(call);
    expect_services(call, answer);
    if (t->target->has_test_service)
        expect(t, lists_service(answer, TEST_SERVICE), TEST_SERVICE " in the list",
               "it is not there");
    expect_status(call, GRPC_OK);
}

/* ---- files ---- */

/* File names that were asked for or were sent. */
struct files {
    char names[MAX_FILES][128];
    bool sent[MAX_FILES];
    size_t count;
};

static size_t file_index(struct files *files, struct bytes name)
{
    size_t i = 0;
    while (i < files->count && !bytes_equal_str(name, files->names[i]))
        i++;
    if (i == files->count && i < MAX_FILES && name.len < sizeof files->names[0]) {
        (void)snprintf(files->names[i], sizeof files->names[i], "%.*s", (int)name.len,
                       (const char *)name.data);
        files->count++;
    }
    return i;
}

/* FileDescriptorProto: string name = 1, repeated string dependency = 3. */
static void take_descriptor(struct test *t, struct files *files, struct bytes descriptor)
{
    struct pb_field field;
    struct bytes rest = descriptor;
    if (!pb_find(descriptor, 1, &field) || field.type != PB_LEN) {
        expect(t, false, "a FileDescriptorProto with a name", "%zu octets that are not one",
               descriptor.len);
        return;
    }
    size_t at = file_index(files, field.bytes);
    if (at < MAX_FILES)
        files->sent[at] = true;
    while (pb_take(&rest, &field))
        if (field.number == 3 && field.type == PB_LEN)
            (void)file_index(files, field.bytes);
}

/* FileDescriptorResponse: repeated bytes file_descriptor_proto = 1. */
static void take_files(struct call *call, struct files *files, struct bytes answer)
{
    struct pb_field list, file;
    expect(call->conn->t, has(answer, ANSWER_FILES), "file_descriptor_response",
           "an answer without it (error %lld)", (long long)error_code(answer));
    if (test_is_over(call->conn->t) || !pb_find(answer, ANSWER_FILES, &list))
        return;
    while (pb_take(&list.bytes, &file))
        if (file.number == 1)
            take_descriptor(call->conn->t, files, file.bytes);
}

static void imports_are_there(struct test *t)
{
    struct call *call = open_reflection(t);
    struct files files = {.count = 0};

    ask(call, ASK_SYMBOL, BYTES(TEST_SERVICE), 0);
    take_files(call, &files, next_answer(call));
    for (size_t i = 0; i < files.count && !test_is_over(t); i++) {
        if (files.sent[i])
            continue;
        ask(call, ASK_FILE, bytes_str(files.names[i]), 0);
        take_files(call, &files, next_answer(call));
        expect(t, files.sent[i], "the file that was asked for", "an answer without %s",
               files.names[i]);
    }
    expect(t, files.count > 0, "at least one file", "none");
    half_close(call);
    expect_status(call, GRPC_OK);
}

/* Dependencies may be left out the second time, the file itself may not be contradicted. */
static void same_file_twice(struct test *t)
{
    struct call *call = open_reflection(t);
    struct files first = {.count = 0}, second = {.count = 0};

    ask(call, ASK_SYMBOL, BYTES(TEST_SERVICE), 0);
    struct bytes answer = next_answer(call);
    take_files(call, &first, answer);
    ask(call, ASK_SYMBOL, BYTES(TEST_SERVICE), FLAG_END_STREAM);
    answer = next_answer(call);
    take_files(call, &second, answer);
    for (size_t i = 0; i < second.count && !test_is_over(t); i++)
        if (second.sent[i])
            expect(t,
                   file_index(&first, bytes_str(second.names[i])) < MAX_FILES &&
                       first.sent[file_index(&first, bytes_str(second.names[i]))],
                   "the second answer has nothing that the first had not", "%s is new",
                   second.names[i]);
    expect_status(call, GRPC_OK);
}

/* ---- errors ---- */

struct unknown {
    enum ask what;
    const char *value;
};
#define UNKNOWN_THING(...) (&(const struct unknown){__VA_ARGS__})

static void not_found_leaves_the_stream(struct test *t)
{
    const struct unknown *row = t->arg;
    struct call *call = open_reflection(t);

    ask(call, row->what, bytes_str(row->value), 0);
    int64_t code = error_code(next_answer(call));
    expect(t, code >= 0, "error_response", "another answer");
    if (code != GRPC_NOT_FOUND)
        test_lenient(t, HERE, "error_code NOT_FOUND", "error_code %lld", (long long)code);
    ask(call, ASK_SERVICES, NO_BYTES, FLAG_END_STREAM);
    expect_services(call, next_answer(call));
    expect_status(call, GRPC_OK);
}

/* ---- several requests ---- */

/* original_request: the oneof is echoed as it was sent. */
static void expect_echo(struct call *call, struct bytes answer, enum ask what, const char *value)
{
    struct pb_field original, field;
    bool echoed = pb_find(answer, ANSWER_REQUEST, &original) &&
                  pb_find(original.bytes, what, &field) && bytes_equal_str(field.bytes, value);
    expect(call->conn->t, echoed, "original_request is the request", "it is missing or another");
}

static void pipelined(struct test *t)
{
    static const char *const symbols[] = {"no.such.One", "no.such.Two", "no.such.Three",
                                          "no.such.Four"};
    struct call *call = open_reflection(t);

    for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
        ask(call, ASK_SYMBOL, bytes_str(symbols[i]), 0);
    ask(call, ASK_SERVICES, BYTES("all"), FLAG_END_STREAM);
    for (size_t i = 0; i < ARRAY_LEN(symbols); i++)
        expect_echo(call, next_answer(call), ASK_SYMBOL, symbols[i]);
    struct bytes last = next_answer(call);
    expect_services(call, last);
    expect_echo(call, last, ASK_SERVICES, "all");
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

/* ---- extensions ---- */

/* ExtensionRequest: string containing_type = 1, int32 extension_number = 2. */
static void extensions_are_answered(struct test *t)
{
    struct call *call = open_reflection(t);
    struct buf extension = {0};

    pb_put_bytes(&extension, 1, BYTES("google.protobuf.MessageOptions"));
    pb_put_varint(&extension, 2, 1);
    ask(call, ASK_EXTENSION, buf_view(&extension), 0);
    struct bytes answer = next_answer(call);
    expect(t, has(answer, ANSWER_FILES) || has(answer, ANSWER_ERROR),
           "the defining file, or error_response", "neither");
    ask(call, ASK_EXTENSION_NUMBERS, BYTES("google.protobuf.MessageOptions"), 0);
    answer = next_answer(call);
    expect(t, has(answer, ANSWER_EXTENSION_NUMBERS) || has(answer, ANSWER_ERROR),
           "all_extension_numbers_response, or error_response", "neither");
    ask(call, ASK_SERVICES, NO_BYTES, FLAG_END_STREAM);
    expect_services(call, next_answer(call));
    expect_status(call, GRPC_OK);
    buf_clear(&extension);
}

static void half_close_ends_with_ok(struct test *t)
{
    struct call *call = open_reflection(t);

    ask(call, ASK_SERVICES, NO_BYTES, 0);
    expect_services(call, next_answer(call));
    half_close(call);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
}

static const struct test_case cases[] = {
    {"grpc/reflection/offered", "GRPC-REFL-001", "Reflection is offered in version v1.",
     NEEDS_REFLECTION, offered, NULL},
    {"grpc/reflection/services", "GRPC-REFL-002",
     "list_services has the full names of the services.", NEEDS_REFLECTION, names_of_services,
     NULL},
    {"grpc/reflection/imports", "GRPC-REFL-003",
     "A symbol's file is sent, and its imports can all be had.", NEEDS_REFLECTION,
     imports_are_there, NULL},
    {"grpc/reflection/same-file-twice", "GRPC-REFL-006",
     "The same file asked for twice gets answers that agree.", NEEDS_REFLECTION, same_file_twice,
     NULL},
    {"grpc/reflection/unknown-symbol", "GRPC-REFL-004",
     "An unknown symbol is an error_response; the stream goes on.", NEEDS_REFLECTION,
     not_found_leaves_the_stream, UNKNOWN_THING(ASK_SYMBOL, "no.such.Symbol")},
    {"grpc/reflection/unknown-file", "GRPC-REFL-004",
     "An unknown file is an error_response; the stream goes on.", NEEDS_REFLECTION,
     not_found_leaves_the_stream, UNKNOWN_THING(ASK_FILE, "no/such/file.proto")},
    {"grpc/reflection/pipelined", "GRPC-REFL-005",
     "Five requests at once are answered in order, each with its original.", NEEDS_REFLECTION,
     pipelined, NULL},
    {"grpc/reflection/extensions", "GRPC-REFL-007",
     "Questions about extensions are answered, never a failure of the stream.", NEEDS_REFLECTION,
     extensions_are_answered, NULL},
    {"grpc/reflection/half-close", "GRPC-REFL-008", "Half-closing the stream ends it with OK.",
     NEEDS_REFLECTION, half_close_ends_with_ok, NULL},
};
const struct case_list reflection_cases = {cases, ARRAY_LEN(cases)};
