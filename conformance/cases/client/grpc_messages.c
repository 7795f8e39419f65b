/* SPDX-License-Identifier: MIT
 *
 * Length-prefixed messages of a response, however DATA frames cut them, and those that are wrong; how many there
 * may be. (PROTOCOL-HTTP2, Length-Prefixed-Message; statuscodes.md on cardinality) */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"

/* ---- framing --------------------------------------------------------------------------------- */

/* A DATA frame for each `step` octets up to `until`, then one for the rest. */
static void send_cut(struct call *call, struct bytes octets, size_t step, size_t until)
{
    for (size_t at = 0; at < octets.len && at < until; at += step)
        send_data(call, bytes_first(bytes_skip(octets, at), step), FLAG_NONE);
    if (octets.len > until)
        send_data(call, bytes_skip(octets, until), FLAG_NONE);
}

static void cut_into_octets(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    struct buf message = {0};

    put_response_message(call, 314159, &message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_cut(call, buf_view(&message), 1, 100);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&message);
}

static void cut_in_the_prefix(struct test *t)
{
    size_t cut = *(const size_t *)t->arg;
    struct call *call = first_call(t, &large_unary);
    struct buf message = {0};

    put_response_message(call, 314159, &message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_cut(call, buf_view(&message), cut, cut);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&message);
}

/* All four in one frame. */
static void several_in_a_frame(struct test *t)
{
    struct call *call = first_call(t, &server_streaming);
    size_t sizes[4], count = wanted_responses(call, sizes, ARRAY_LEN(sizes));
    struct buf messages = {0};

    for (size_t i = 0; i < count && i < ARRAY_LEN(sizes); i++)
        put_response_message(call, sizes[i], &messages);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call, buf_view(&messages), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    expect_client_payloads(t, count);
    buf_clear(&messages);
}

static void empty_frames(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    struct buf message = {0};
    struct bytes octets;

    put_response_message(call, 314159, &message);
    octets = buf_view(&message);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call, NO_BYTES, FLAG_NONE);
    send_data(call, bytes_first(octets, 3), FLAG_NONE);
    send_data(call, NO_BYTES, FLAG_NONE);
    send_data(call, bytes_first(bytes_skip(octets, 3), 1000), FLAG_NONE);
    send_data(call, NO_BYTES, FLAG_NONE);
    send_data(call, bytes_skip(octets, 1003), FLAG_NONE);
    send_data(call, NO_BYTES, FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&message);
}

/* A message of no octets is a message. */
static void zero_length(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_message(call, 0, NO_BYTES, FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    expect_client_payloads(t, 1);
}

/* Payloads of 0, 7, 14 ... octets, as they were sent. */
static void expect_growing_payloads(struct test *t, size_t count)
{
    const struct client_result *result = client_result(t);
    struct bytes rest = buf_view(&result->payloads);

    if (test_is_over(t) || !t->target->drive->reports_result)
        return;
    for (size_t i = 0; i < count && rest.len >= 4; i++) {
        size_t size = load_u32(rest.data);
        expect(t, size == i * 7, "the messages in the order in which they were sent",
               "message %zu has %zu octets, not %zu", i, size, i * 7);
        rest = bytes_skip(rest, 4 + size);
    }
}

/* Many of all lengths, cut at random; the client counts and compares their payloads. */
static void many_in_order(struct test *t)
{
    static const struct client_call thousand = {.type = CALL_SERVER_STREAM,
                                                .path = STREAMING_OUTPUT_CALL,
                                                .messages = 1,
                                                .responses = 200,
                                                .response_size = 700};
    struct call *call = first_call(t, &thousand);
    struct buf messages = {0};

    for (unsigned i = 0; i < 200; i++)
        put_response_message(call, i * 7, &messages);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (struct bytes rest = buf_view(&messages); rest.len > 0;) {
        size_t piece = 1 + (size_t)(test_random(t) % 3000);
        send_data(call, bytes_first(rest, piece < rest.len ? piece : rest.len), FLAG_NONE);
        rest = bytes_skip(rest, piece < rest.len ? piece : rest.len);
    }
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    expect_client_payloads(t, 200);
    expect_growing_payloads(t, 200);
    buf_clear(&messages);
}

/* Trailers behind messages: the messages count, also when the status is an error. */
static void messages_before_an_error(struct test *t)
{
    static const struct client_call three = {.type = CALL_SERVER_STREAM,
                                             .path = STREAMING_OUTPUT_CALL,
                                             .messages = 1,
                                             .responses = 3,
                                             .response_size = 10};
    struct call *call = first_call(t, &three);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    for (unsigned i = 0; i < 3; i++)
        send_response_message(call, 10);
    send_status(call, GRPC_INTERNAL, "after three");
    expect_client_status(t, GRPC_INTERNAL);
    expect_client_payloads(t, 3);
}

/* ---- what is wrong --------------------------------------------------------------------------- */

/* These octets for a message, and then a status of OK. */
static void send_as_response(struct call *call, struct bytes octets)
{
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call, octets, FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
}

/* One whole message, and the beginning of another. */
static void second_cut_off(struct test *t)
{
    send_as_response(first_call(t, &empty_unary), BYTES("\0\0\0\0\0\0\0\0"));
    expect_client_outcome(
        t,
        ONE_OF(ANY_ERROR, LENIENT_STATUS(GRPC_OK, "octets behind the only message are not read")));
}

static void wrong_is_internal(struct test *t)
{
    const struct bytes *octets = t->arg;

    send_as_response(first_call(t, &empty_unary), *octets);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_INTERNAL),
                                    LENIENT_ANY_ERROR("an error of another code than INTERNAL")));
    expect_client_still_works(t);
}

/* Only practice says what flags other than 0 and 1 are. */
static void wrong_flag(struct test *t)
{
    const struct bytes *octets = t->arg;

    send_as_response(first_call(t, &empty_unary), *octets);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_INTERNAL),
                                    LENIENT_ANY_ERROR("an error of another code than INTERNAL"),
                                    LENIENT_STATUS(GRPC_OK, "the flag was not looked at")));
    expect_client_still_works(t);
}

/* 4 GiB announced, ten octets sent, and no more: the client must not wait for them. */
static void huge_length(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_data(call,
              BYTES("\0\xff\xff\xff\xff"
                    "ten octets"),
              FLAG_NONE);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED),
                  LENIENT_ANY_ERROR("an error of another code than RESOURCE_EXHAUSTED")));
    expect_client_still_works(t);
}

static const struct client_call limited = {.type = CALL_UNARY,
                                           .path = UNARY_CALL,
                                           .messages = 1,
                                           .response_size = 1000,
                                           .receive_limit = 1024};

static void above_the_limit(struct test *t)
{
    struct call *call = first_call(t, &limited);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 2000);
    send_status(call, GRPC_OK, NULL);
    const struct client_result *result = client_result(t);
    if (by_adapter(t) && result->kind == RESULT_REPORTED && result->status == GRPC_OK)
        test_skip(t, "the adapter does not hand on message_receive_limit, it seems");
    expect_client_status(t, GRPC_RESOURCE_EXHAUSTED);
}

static void within_the_limit(struct test *t)
{
    struct call *call = first_call(t, &limited);

    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, 900);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
}

static const struct client_call of_default_limit = {
    .type = CALL_UNARY, .path = UNARY_CALL, .messages = 1};

/* Messages of 4 MiB, and of one octet more. */
static void at_the_default(struct test *t)
{
    bool above = *(const bool *)t->arg;
    struct call *call = first_call(t, &of_default_limit);
    struct buf empty = {0};

    put_response(call, (size_t)4 << 20, &empty);
    size_t around = empty.len - ((size_t)4 << 20);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, ((size_t)4 << 20) - around + above);
    send_status(call, GRPC_OK, NULL);
    if (above)
        expect_client_outcome(t, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED),
                                        LENIENT_STATUS(GRPC_OK, "another limit, or none")));
    else
        expect_client_ok(t);
    buf_clear(&empty);
}

/* ---- how many -------------------------------------------------------------------------------- */

static void none_for_a_unary_call(struct test *t)
{
    struct call *call = first_call(t, t->arg);

    expect_half_close(call);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_outcome(t,
                          ONE_OF(STATUS(GRPC_UNIMPLEMENTED),
                                 LENIENT_STATUS(GRPC_INTERNAL, "INTERNAL instead of UNIMPLEMENTED"),
                                 LENIENT_ANY_ERROR("an error of another code than UNIMPLEMENTED")));
}

static void none_in_trailers_only(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    send_trailers_only(call, NO_EDITS);
    expect_client_outcome(t,
                          ONE_OF(STATUS(GRPC_UNIMPLEMENTED),
                                 LENIENT_ANY_ERROR("an error of another code than UNIMPLEMENTED")));
}

static void two_for_a_unary_call(struct test *t)
{
    struct call *call = first_call(t, t->arg);
    size_t size = call->path[0] && strcmp(call->path, STREAMING_INPUT_CALL) == 0 ? 74922 : 0;

    expect_half_close(call);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_response_message(call, size);
    send_response_message(call, size);
    send_status(call, GRPC_OK, NULL);
    expect_client_outcome(t,
                          ONE_OF(STATUS(GRPC_UNIMPLEMENTED),
                                 LENIENT_STATUS(GRPC_INTERNAL, "INTERNAL instead of UNIMPLEMENTED"),
                                 LENIENT_ANY_ERROR("an error of another code than UNIMPLEMENTED")));
}

static void none_for_a_stream(struct test *t)
{
    static const struct client_call none = {
        .type = CALL_SERVER_STREAM, .path = STREAMING_OUTPUT_CALL, .messages = 1};
    struct call *call = first_call(t, &none);

    expect_half_close(call);
    send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    expect_client_payloads(t, 0);
}

/* DATA behind the trailers: the call was over. */
static void octets_after_the_trailers(struct test *t)
{
    struct call *call = first_call(t, &empty_unary);

    serve_call(call);
    send_frame(call->conn, FRAME_DATA, 0, call->stream, BYTES("\0\0\0\0\0"));
    expect_client_ok(t);
}

/* clang-format off */
#define WRONG(word, clauses, title, octets) \
    {"client/grpc/messages/" word, clauses, title, NEEDS_CLIENT, wrong_is_internal, &(const struct bytes)OCTETS(octets)}
#define FLAG(word, title, octets) \
    {"client/grpc/messages/" word, "GRPC-MSG-004", title, NEEDS_CLIENT, wrong_flag, &(const struct bytes)OCTETS(octets)}
#define CUT(n) \
    {"client/grpc/messages/prefix-cut-at-" #n, "GRPC-MSG-002", "A prefix may be cut after octet " #n ".", NEEDS_CLIENT, \
     cut_in_the_prefix, &(const size_t){n}}

static const struct test_case cases[] = {
    {"client/grpc/messages/octet-by-octet", "GRPC-MSG-002", "A message may come in DATA of one octet.", NEEDS_CLIENT, cut_into_octets, NULL},
    CUT(1), CUT(2), CUT(3), CUT(4), CUT(5),
    {"client/grpc/messages/several-in-a-frame", "GRPC-MSG-002 GRPC-CALL-004", "Several messages may come in one DATA frame.",
     NEEDS_CLIENT, several_in_a_frame, NULL},
    {"client/grpc/messages/empty-frames", "GRPC-MSG-006", "Empty DATA frames are ignored.", NEEDS_CLIENT, empty_frames, NULL},
    {"client/grpc/messages/zero-length", "GRPC-MSG-003", "A message of no octets is a message.", NEEDS_CLIENT, zero_length, NULL},
    {"client/grpc/messages/many-in-order", "GRPC-MSG-012", "Many messages, cut at random, arrive complete and in order.",
     NEEDS_REPORTED_RESULT, many_in_order, NULL},
    {"client/grpc/messages/before-an-error", "GRPC-MSG-013", "Messages before an error status are delivered.", NEEDS_REPORTED_RESULT,
     messages_before_an_error, NULL},
    FLAG("flag-2", "A flag of 2 is INTERNAL.", "\2\0\0\0\0"),
    FLAG("flag-128", "A flag of 0x80 is INTERNAL.", "\x80\0\0\0\0"),
    WRONG("prefix-cut-off", "GRPC-MSG-005", "A stream that ends inside a prefix is INTERNAL.", "\0\0\0"),
    WRONG("payload-cut-off", "GRPC-MSG-005", "A stream that ends inside a message is INTERNAL.", "\0\0\0\0\x0a" "half"),
    {"client/grpc/messages/second-message-cut-off", "GRPC-MSG-005", "A stream that ends inside a second message is an error.",
     NEEDS_CLIENT, second_cut_off, NULL},
    WRONG("not-a-protobuf", "GRPC-MSG-011", "A payload that is no message of its type is INTERNAL.", "\0\0\0\0\3\xff\xff\xff"),
    {"client/grpc/messages/huge-length", "SEC-024 GRPC-MSG-008", "A length of 4 GiB is refused at once.", NEEDS_CLIENT, huge_length, NULL},
    {"client/grpc/messages/above-the-limit", "GRPC-MSG-008", "A message above the client's limit is RESOURCE_EXHAUSTED.",
     NEEDS_REPORTED_STATUS, above_the_limit, NULL},
    {"client/grpc/messages/within-the-limit", "GRPC-MSG-008", "A message within the client's limit is taken.", NEEDS_REPORTED_STATUS,
     within_the_limit, NULL},
    {"client/grpc/messages/of-4-mib", "SEC-025", "A message of 4 MiB is taken by default.", NEEDS_REPORTED_STATUS, at_the_default,
     &(const bool){false}},
    {"client/grpc/messages/above-4-mib", "SEC-025", "A message above 4 MiB is RESOURCE_EXHAUSTED by default.", NEEDS_REPORTED_STATUS,
     at_the_default, &(const bool){true}},
    {"client/grpc/messages/none-for-a-unary-call", "GRPC-CALL-009", "OK without a message is an error of a unary call.", NEEDS_CLIENT,
     none_for_a_unary_call, &empty_unary},
    {"client/grpc/messages/none-for-a-client-stream", "GRPC-CALL-009", "OK without a message is an error of client streaming.",
     NEEDS_CLIENT, none_for_a_unary_call, &client_streaming},
    {"client/grpc/messages/none-in-trailers-only", "GRPC-CALL-009", "Trailers-Only with OK is an error of a unary call.", NEEDS_CLIENT,
     none_in_trailers_only, NULL},
    {"client/grpc/messages/two-for-a-unary-call", "GRPC-CALL-010", "Two messages are an error of a unary call.", NEEDS_CLIENT,
     two_for_a_unary_call, &empty_unary},
    {"client/grpc/messages/two-for-a-client-stream", "GRPC-CALL-010", "Two messages are an error of client streaming.", NEEDS_CLIENT,
     two_for_a_unary_call, &client_streaming},
    {"client/grpc/messages/none-for-a-stream", "GRPC-CALL-018 GRPC-REQ-HDR-030", "A stream of no messages is OK.",
     NEEDS_REPORTED_RESULT, none_for_a_stream, NULL},
    {"client/grpc/messages/octets-after-the-trailers", "GRPC-MSG-014", "What comes behind the trailers changes nothing.", NEEDS_CLIENT,
     octets_after_the_trailers, NULL},
};
/* clang-format on */
const struct case_list client_message_cases = {cases, ARRAY_LEN(cases)};
