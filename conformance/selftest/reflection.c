/* SPDX-License-Identifier: MIT
 *
 * grpc.reflection.v1 of the faulty server, with two files made by hand: as much as the protocol needs, not what the
 * real files have in them. */
#include "selftest/h2.h"
#include "wire/pb.h"

enum {
    ASK_FILE = 3,
    ASK_SYMBOL = 4,
    ASK_EXTENSION = 5,
    ASK_EXTENSION_NUMBERS = 6,
    ASK_SERVICES = 7
};
enum {
    ANSWER_REQUEST = 2,
    ANSWER_FILES = 4,
    ANSWER_NUMBERS = 5,
    ANSWER_SERVICES = 6,
    ANSWER_ERROR = 7
};

#define SERVICE  "grpc.testing.TestService"
#define FILE_OF  "grpc/testing/test.proto"
#define IMPORTED "grpc/testing/messages.proto"

/* FileDescriptorProto: name = 1, package = 2, dependency = 3. */
static void put_file(struct buf *answer, const char *name, const char *import)
{
    struct buf file = {0}, list = {0};
    pb_put_bytes(&file, 1, bytes_str(name));
    pb_put_bytes(&file, 2, BYTES("grpc.testing"));
    if (import)
        pb_put_bytes(&file, 3, bytes_str(import));
    pb_put_bytes(&list, 1, buf_view(&file));
    pb_put_bytes(answer, ANSWER_FILES, buf_view(&list));
    buf_clear(&file);
    buf_clear(&list);
}

static void put_services(struct buf *answer)
{
    struct buf service = {0}, list = {0};
    pb_put_bytes(&service, 1, BYTES(SERVICE));
    if (!knob(KNOB_REFLECTION_LISTS_NOTHING))
        pb_put_bytes(&list, 1, buf_view(&service));
    pb_put_bytes(answer, ANSWER_SERVICES, buf_view(&list));
    buf_clear(&service);
    buf_clear(&list);
}

static void put_not_found(struct buf *answer)
{
    struct buf error = {0};
    pb_put_varint(&error, 1, CODE_NOT_FOUND);
    pb_put_bytes(&error, 2, BYTES("not found"));
    pb_put_bytes(answer, ANSWER_ERROR, buf_view(&error));
    buf_clear(&error);
}

static void put_answer(struct stream *stream, struct buf *answer, const struct pb_field *asked)
{
    bool repeated = stream->messages > 1 && knob(KNOB_REFLECTION_CHANGES_ITS_MIND);
    bool lost = bytes_equal_str(asked->bytes, IMPORTED) && knob(KNOB_REFLECTION_LOSES_IMPORTS);
    if (asked->number == ASK_SERVICES)
        put_services(answer);
    else if (asked->number == ASK_SYMBOL && bytes_equal_str(asked->bytes, SERVICE))
        put_file(answer, repeated ? "another.proto" : FILE_OF, IMPORTED);
    else if (asked->number == ASK_FILE && bytes_equal_str(asked->bytes, FILE_OF))
        put_file(answer, FILE_OF, IMPORTED);
    else if (asked->number == ASK_FILE && bytes_equal_str(asked->bytes, IMPORTED) && !lost)
        put_file(answer, IMPORTED, NULL);
    else
        put_not_found(answer);
}

void reflect(struct h2 *h2, struct stream *stream, struct bytes request)
{
    struct buf answer = {0};
    struct pb_field asked = {0};
    struct bytes rest = request;
    while (pb_take(&rest, &asked) && (asked.number < ASK_FILE || asked.number > ASK_SERVICES))
        continue;
    bool extension = asked.number == ASK_EXTENSION || asked.number == ASK_EXTENSION_NUMBERS;
    if (!knob(KNOB_REFLECTION_ECHOES_NOTHING))
        pb_put_bytes(&answer, ANSWER_REQUEST, request);
    put_answer(stream, &answer, &asked);
    struct pb_field error;
    bool failed = pb_find(buf_view(&answer), ANSWER_ERROR, &error);
    if ((failed && knob(KNOB_REFLECTION_ERRORS_END_IT)) ||
        (extension && knob(KNOB_REFLECTION_FAILS_ON_EXTENSIONS)))
        respond_status(h2, stream, CODE_NOT_FOUND, "not found");
    else
        put_message(h2, stream, buf_view(&answer), false);
    buf_clear(&answer);
}

void end_reflection(struct h2 *h2, struct stream *stream)
{
    bool fails = knob(KNOB_REFLECTION_ENDS_BADLY);
    respond_status(h2, stream, fails ? CODE_INTERNAL : CODE_OK,
                   fails ? "the stream was half-closed" : "");
}
