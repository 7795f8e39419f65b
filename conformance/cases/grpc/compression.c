/* SPDX-License-Identifier: MIT
 *
 * Compressed messages in both directions: the flag, the declared encoding, and what compression.md
 * asks of a server that knows an encoding or does not. No server must know one: without support
 * for gzip, or in a test service that ignores response_compressed and expect_compressed, a case
 * about them is skipped and says so. */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "cases/zipped.h"

static void send_compressed(struct call *call, struct bytes message, enum format format,
                            uint8_t flags)
{
    struct buf compressed = {0};

    compress_into(&compressed, message, format);
    send_message(call, 1, buf_view(&compressed), flags);
    buf_clear(&compressed);
}

static void send_compressed_input(struct call *call, size_t size, int expect_compressed,
                                  uint8_t flags)
{
    struct buf message = {0};

    pb_put_input_request(&message, size, expect_compressed);
    send_compressed(call, buf_view(&message), FORMAT_GZIP, flags);
    buf_clear(&message);
}

static void send_compressed_request(struct call *call, struct testing_request request)
{
    struct buf message = {0};

    pb_put_simple_request(&message, request);
    send_compressed(call, buf_view(&message), FORMAT_GZIP, FLAG_END_STREAM);
    buf_clear(&message);
}

#define WITH_GZIP   EDITS(ADD("grpc-encoding", "gzip"))
#define ACCEPT_BOTH EDITS(ADD("grpc-accept-encoding", "identity,gzip,deflate"))

/* What asks for a response of `size`. response_compressed, expect_compressed: -1 absent, 0, 1. */
static struct testing_request asking(size_t size, int response_compressed, int expect_compressed)
{
    return (struct testing_request){.response_size = size,
                                    .response_compressed = response_compressed,
                                    .expect_compressed = expect_compressed};
}

/* ---- what the target can do ------------------------------------------------------------------ */

/* Skips unless the target takes a message in this encoding. A target that refuses does so with
 * UNIMPLEMENTED. */
static void needs_encoding(struct test *t, const char *encoding, enum format format)
{
    const struct edit edits[] = {{EDIT_ADD, "grpc-encoding", bytes_str(encoding)},
                                 {.kind = EDIT_END}};
    struct call *call = start_call(t, EMPTY_CALL, edits);

    send_compressed(call, NO_BYTES, format, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR));
    if (!test_is_over(t) && call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not support grpc-encoding: %s", encoding);
}

/* ---- grpc-accept-encoding as a list ---------------------------------------------------------- */

static struct bytes trim(struct bytes s)
{
    while (s.len && s.data[0] == ' ')
        s = bytes_skip(s, 1);
    while (s.len && s.data[s.len - 1] == ' ')
        s.len--;
    return s;
}

static bool list_contains(struct bytes list, struct bytes item)
{
    while (list.len) {
        size_t comma = bytes_find(list, ',');
        if (bytes_equal(trim(bytes_first(list, comma)), item))
            return true;
        list = bytes_skip(list, comma + 1);
    }
    return false;
}

static bool response_accepts(const struct call *call, const char *encoding)
{
    const struct header_list *blocks[] = {&call->headers, &call->trailers};

    for (size_t b = 0; b < ARRAY_LEN(blocks); b++)
        for (size_t i = 0; i < blocks[b]->count; i++)
            if (bytes_equal_str(blocks[b]->fields[i].name, "grpc-accept-encoding") &&
                list_contains(blocks[b]->fields[i].value, bytes_str(encoding)))
                return true;
    return false;
}

/* A message with flag 1 was announced: a grpc-encoding other than identity, one the client
 * accepts, and its octets are whole in that format. With flag 0 there is nothing to check.
 * inflated: the message itself. */
static void check_declared(struct call *call, struct message message, struct bytes accepted,
                           struct buf *inflated)
{
    struct test *t = call->conn->t;
    const struct field *encoding = header_list_find(&call->headers, "grpc-encoding");

    if (test_is_over(t))
        return;
    if (message.flag == 0) {
        buf_put(inflated, message.payload);
        return;
    }
    expect(t, message.flag == 1, "a compressed-flag octet of 0 or 1", "%u", message.flag);
    expect(t, encoding && !bytes_equal_str(encoding->value, "identity"),
           "a message with flag 1 has its encoding declared in the headers", "%s",
           encoding ? "grpc-encoding: identity" : "no grpc-encoding");
    expect(t, !encoding || list_contains(accepted, encoding->value),
           "an encoding that the client accepts", "grpc-encoding: %.*s",
           encoding ? (int)encoding->value.len : 0,
           encoding ? (const char *)encoding->value.data : "");
    expect(t, inflate_into(inflated, message.payload),
           "a message with flag 1 is one whole stream of the declared encoding",
           "%zu octets that are not", message.payload.len);
}

/* The next response, compressed or not, with a body of `size`. returns its flag */
static uint8_t expect_declared_reply(struct call *call, struct bytes accepted, size_t size)
{
    struct test *t = call->conn->t;
    struct message message = one_message(call);
    struct buf inflated = {0};
    struct bytes body = NO_BYTES;

    check_declared(call, message, accepted, &inflated);
    bool parsed = pb_response_body(buf_view(&inflated), &body);
    expect(t, parsed && body.len == size, "payload.body has the size that was asked for",
           "%zu octets where %zu were asked for", body.len, size);
    buf_clear(&inflated);
    return message.flag;
}

/* ---- encodings the server does not know ------------------------------------------------------ */

static struct call *call_in_unknown_encoding(struct test *t, uint8_t flag)
{
    struct call *call = start_call(t, EMPTY_CALL, EDITS(ADD("grpc-encoding", "x-unknown")));

    send_message(call, flag, flag ? BYTES("not empty") : NO_BYTES, FLAG_END_STREAM);
    return call;
}

static bool mentions(struct bytes text, struct bytes word)
{
    for (; text.len >= word.len; text = bytes_skip(text, 1))
        if (bytes_starts_with(text, word))
            return true;
    return false;
}

static void unknown_encoding(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 1);
    const struct field *message;

    expect_status(call, GRPC_UNIMPLEMENTED);
    message = header_list_find(final_block(call), "grpc-message");
    if (!test_is_over(t) && !(message && mentions(message->value, BYTES("x-unknown"))))
        test_note(t, "grpc-message does not name the encoding");
    expect_connection_still_serves(call->conn);
}

static void unknown_encoding_lists_accepted(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 1);

    expect_outcome(call, ONE_OF(ANY_ERROR));
    expect(t, response_field(call, "grpc-accept-encoding") != NULL,
           "grpc-accept-encoding in the response that refuses an encoding", "none");
}

static void unknown_encoding_not_accepted(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 1);

    expect_outcome(call, ONE_OF(ANY_ERROR));
    if (!test_is_over(t) && !response_field(call, "grpc-accept-encoding"))
        test_skip(t, "the response has no grpc-accept-encoding");
    expect(t, !response_accepts(call, "x-unknown"),
           "grpc-accept-encoding without the encoding just refused", "it is listed");
}

static void unknown_encoding_unused(struct test *t)
{
    struct call *call = call_in_unknown_encoding(t, 0);

    expect_outcome(call, ONE_OF(STATUS(GRPC_UNIMPLEMENTED), STATUS(GRPC_OK),
                                LENIENT_ANY_ERROR("UNIMPLEMENTED is the code for an encoding")));
    note_end(call);
    expect_connection_still_serves(call->conn);
}

/* ---- requests -------------------------------------------------------------------------------- */

struct undeclared_row {
    struct edit edits[2];
};
static const struct undeclared_row no_encoding = {{{.kind = EDIT_END}}};
static const struct undeclared_row identity = {{ADD("grpc-encoding", "identity")}};

/* The payload is a good message without compression: a server that does not look says OK. */
static void flag_without_compression(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, ROW(t, undeclared_row)->edits);
    struct buf message = {0};

    pb_put_simple_request(&message, TESTING_REQUEST(.response_size = 5));
    send_message(call, 1, buf_view(&message), FLAG_END_STREAM);
    expect_status(call, GRPC_INTERNAL);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

static void identity_is_legal(struct test *t)
{
    struct call *call = unary_call(t, EDITS(ADD("grpc-encoding", "identity")),
                                   TESTING_REQUEST(.response_size = 5));
    expect_unary_reply(call, 5);
}

static void gzip_request(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, STREAMING_INPUT_CALL, WITH_GZIP);

    send_compressed_input(call, 27182, -1, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK)));
    struct message reply = one_message(call);
    struct buf sum = {0};
    check_declared(call, reply, BYTES("gzip"), &sum);
    expect(t, pb_aggregated_size(buf_view(&sum)) == 27182, "a sum of 27182 octets", "%lld",
           (long long)pb_aggregated_size(buf_view(&sum)));
    buf_clear(&sum);
}

static void gzip_declared_flag_zero(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = unary_call(t, WITH_GZIP, TESTING_REQUEST(.response_size = 9));

    expect_declared_reply(call, BYTES("gzip"), 9);
    expect_status(call, GRPC_OK);
}

/* Two whole streams, a plain message between them: a decoder that keeps its state across messages
 * fails. */
static void independent_messages(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, STREAMING_INPUT_CALL, WITH_GZIP);
    struct buf sum = {0};

    send_compressed_input(call, 1000, -1, FLAG_NONE);
    send_input(call, 200, FLAG_NONE);
    send_compressed_input(call, 33, -1, FLAG_NONE);
    send_compressed_input(call, 1, -1, FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    check_declared(call, one_message(call), BYTES("gzip"), &sum);
    expect(t, pb_aggregated_size(buf_view(&sum)) == 1234, "a sum of 1234 octets", "%lld",
           (long long)pb_aggregated_size(buf_view(&sum)));
    buf_clear(&sum);
}

static void deflate_request(struct test *t)
{
    struct call *call = start_call(t, UNARY_CALL, EDITS(ADD("grpc-encoding", "deflate")));
    struct buf message = {0};

    pb_put_simple_request(&message, TESTING_REQUEST(.response_size = 6));
    send_compressed(call, buf_view(&message), FORMAT_ZLIB, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), STATUS(GRPC_UNIMPLEMENTED),
                                LENIENT_ANY_ERROR("deflate is not read as the zlib format")));
    if (call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not support grpc-encoding: deflate");
    if (call_status(call) == GRPC_OK)
        expect_declared_reply(call, BYTES("deflate"), 6);
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
}

static void compressed_empty_message(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, EMPTY_CALL, WITH_GZIP);

    send_compressed(call, NO_BYTES, FORMAT_GZIP, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK),
                                LENIENT_ANY_ERROR("compressed data of no octets is refused")));
    expect_connection_still_serves(call->conn);
}

static void accepted_is_listed(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, EMPTY_CALL, WITH_GZIP);

    send_compressed(call, NO_BYTES, FORMAT_GZIP, FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    if (!test_is_over(t) && !response_field(call, "grpc-accept-encoding"))
        test_lenient(t, HERE, "grpc-accept-encoding lists gzip, which was just taken",
                     "no grpc-accept-encoding");
    else
        expect(t, response_accepts(call, "gzip"),
               "grpc-accept-encoding lists gzip, which was just taken", "a list without it");
}

/* ---- broken data ----------------------------------------------------------------------------- */

enum damage { DAMAGE_CRC, DAMAGE_TRUNCATED, DAMAGE_LENGTH, DAMAGE_GARBAGE, DAMAGE_NOTHING };
struct damage_row {
    enum damage damage;
};
static const struct damage_row bad_crc = {DAMAGE_CRC}, cut_short = {DAMAGE_TRUNCATED},
                               bad_length = {DAMAGE_LENGTH}, garbage = {DAMAGE_GARBAGE},
                               no_octets = {DAMAGE_NOTHING};

static void damage(struct buf *gzip, enum damage how)
{
    if (how == DAMAGE_NOTHING || gzip->len < 18)
        buf_reset(gzip);
    else if (how == DAMAGE_CRC)
        gzip->data[gzip->len - 8] ^= 0xff;
    else if (how == DAMAGE_LENGTH)
        gzip->data[gzip->len - 4] ^= 0xff;
    else if (how == DAMAGE_TRUNCATED)
        gzip->len -= 12;
    else
        memset(gzip->data, 'g', gzip->len);
}

/* Clients make INTERNAL of it (PROTOCOL-HTTP2.md, Errors). */
#define AS_RESET "INTERNAL, but as RST_STREAM instead of trailers"

static void damaged(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, UNARY_CALL, WITH_GZIP);
    struct buf message = {0}, gzip = {0};

    pb_put_simple_request(&message, TESTING_REQUEST(.response_size = 8, .payload_size = 500));
    compress_into(&gzip, buf_view(&message), FORMAT_GZIP);
    damage(&gzip, ROW(t, damage_row)->damage);
    send_message(call, 1, buf_view(&gzip), FLAG_END_STREAM);
    if (ROW(t, damage_row)->damage == DAMAGE_NOTHING)
        expect_outcome(call,
                       ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_RESET(H2_INTERNAL_ERROR, AS_RESET),
                              LENIENT_STATUS(GRPC_OK, "taken as an empty message")));
    else
        expect_outcome(call,
                       ONE_OF(STATUS(GRPC_INTERNAL), LENIENT_RESET(H2_INTERNAL_ERROR, AS_RESET)));
    expect_connection_still_serves(call->conn);
    buf_clear(&message);
    buf_clear(&gzip);
}

/* ---- responses ------------------------------------------------------------------------------- */

struct not_accepted_row {
    struct edit edits[2];
    bool de_facto;
};
static const struct not_accepted_row only_identity = {{ADD("grpc-accept-encoding", "identity")},
                                                      false};
static const struct not_accepted_row no_accept_encoding = {{{.kind = EDIT_END}}, true};

static void response_not_accepted(struct test *t)
{
    struct call *call = unary_call(t, ROW(t, not_accepted_row)->edits, asking(3000, 1, -1));
    struct message message = one_message(call);

    if (!test_is_over(t) && message.flag == 1 && ROW(t, not_accepted_row)->de_facto)
        test_lenient(t, HERE, "an uncompressed response: the client did not say what it accepts",
                     "a message with flag 1");
    else
        expect(t, message.flag == 0, "an uncompressed response: the client accepts nothing else",
               "a message with flag %u", message.flag);
    expect_status(call, GRPC_OK);
}

static void response_to_gzip_request(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(
        t, UNARY_CALL, EDITS(ADD("grpc-encoding", "gzip"), ADD("grpc-accept-encoding", "gzip")));

    send_compressed_request(call, asking(3000, 0, -1));
    uint8_t flag = expect_declared_reply(call, BYTES("gzip"), 3000);
    expect_status(call, GRPC_OK);
    if (!test_is_over(t) && flag == 1)
        test_lenient(t, HERE, "no compression: the request asked for none (response_compressed)",
                     "a compressed response");
}

static void response_declared(struct test *t)
{
    struct call *call = unary_call(t, ACCEPT_BOTH, asking(3000, 1, -1));

    expect_declared_reply(call, BYTES("gzip,deflate"), 3000);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
}

static void response_compressed_unary(struct test *t)
{
    const struct bytes accepted = BYTES("gzip,deflate");
    struct call *yes = unary_call(t, ACCEPT_BOTH, asking(314159, 1, -1));
    uint8_t flag = expect_declared_reply(yes, accepted, 314159);

    expect_status(yes, GRPC_OK);
    if (!test_is_over(t) && flag == 0)
        test_skip(t, "the test service ignores response_compressed");

    struct call *no = unary_call(t, ACCEPT_BOTH, asking(314159, 0, -1));
    flag = expect_declared_reply(no, accepted, 314159);
    expect_status(no, GRPC_OK);
    if (!test_is_over(t) && flag == 1)
        test_lenient(t, HERE, "flag 0 where response_compressed is false", "flag 1");
}

static void response_compressed_streaming(struct test *t)
{
    static const struct response_parameters wanted[] = {{31415, 0, 1}, {92653, 0, 0}};
    const struct bytes accepted = BYTES("gzip,deflate");
    struct call *call = start_call(t, STREAMING_OUTPUT_CALL, ACCEPT_BOTH);

    send_output_request(call, wanted, ARRAY_LEN(wanted), FLAG_END_STREAM);
    uint8_t first = expect_declared_reply(call, accepted, 31415);
    uint8_t second = expect_declared_reply(call, accepted, 92653);
    expect_no_more_messages(call);
    expect_status(call, GRPC_OK);
    if (!test_is_over(t) && first == 0 && second == 0)
        test_skip(t, "the test service ignores response_parameters.compressed");
    expect(t, first == 1, "flag 1 where compressed is true", "flag %u", first);
    if (!test_is_over(t) && second == 1)
        test_lenient(t, HERE, "flag 0 where compressed is false", "flag 1");
}

/* grpc-accept-encoding as lists may be written: spaces, unknown tokens, more than one field. */
struct accept_row {
    struct edit edits[4];
};
static const struct accept_row accept_spaces = {
    {ADD("grpc-accept-encoding", "x-foo , gzip,identity")}};
static const struct accept_row accept_twice = {
    {ADD("grpc-accept-encoding", "x-foo"), ADD("grpc-accept-encoding", "gzip")}};

static void accept_encoding_form(struct test *t)
{
    struct call *call = unary_call(t, ROW(t, accept_row)->edits, asking(3000, 1, -1));

    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("the list is refused for its form")));
    if (call_status(call) == GRPC_OK)
        expect_declared_reply(call, BYTES("gzip"), 3000);
    expect_connection_still_serves(call->conn);
}

/* ---- the test service's probe: expect_compressed --------------------------------------------- */

static void expect_compressed_but_plain(struct test *t)
{
    struct call *call = unary_call(t, WITH_GZIP, asking(4, -1, 1));

    expect_outcome(call, ONE_OF(STATUS(GRPC_INVALID_ARGUMENT), STATUS(GRPC_OK), ANY_ERROR));
    if (!test_is_over(t) && call_status(call) == GRPC_OK)
        test_skip(t, "the test service ignores expect_compressed");
    if (!test_is_over(t) && call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not support grpc-encoding: gzip");
    expect(t, call_status(call) == GRPC_INVALID_ARGUMENT, "INVALID_ARGUMENT", "%s",
           grpc_status_name((uint32_t)call_status(call)));
}

static void expect_compressed_and_is(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, UNARY_CALL, WITH_GZIP);

    send_compressed_request(call, asking(4, -1, 1));
    expect_declared_reply(call, BYTES("gzip"), 4);
    expect_status(call, GRPC_OK);

    call = unary_call(t, WITH_GZIP, asking(4, -1, 0));
    expect_declared_reply(call, BYTES("gzip"), 4);
    expect_status(call, GRPC_OK);
}

static void expect_compressed_streaming(struct test *t)
{
    needs_encoding(t, "gzip", FORMAT_GZIP);
    struct call *call = start_call(t, STREAMING_INPUT_CALL, WITH_GZIP);
    struct buf plain = {0}, sum = {0};

    send_compressed_input(call, 27182, 1, FLAG_NONE);
    pb_put_input_request(&plain, 45904, 0);
    send_message(call, 0, buf_view(&plain), FLAG_END_STREAM);
    expect_status(call, GRPC_OK);
    check_declared(call, one_message(call), BYTES("gzip"), &sum);
    expect(t, pb_aggregated_size(buf_view(&sum)) == 73086, "a sum of 73086 octets", "%lld",
           (long long)pb_aggregated_size(buf_view(&sum)));
    buf_clear(&plain);
    buf_clear(&sum);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/compression/unknown-encoding", "GRPC-COMP-001",
     "A compressed message in an encoding the server does not know fails with UNIMPLEMENTED.",
     NEEDS_TEST_SERVICE, unknown_encoding, NULL},
    {"grpc/compression/unknown-encoding-lists-accepted", "GRPC-COMP-002",
     "The response that refuses an encoding has grpc-accept-encoding.",
     NEEDS_TEST_SERVICE, unknown_encoding_lists_accepted, NULL},
    {"grpc/compression/unknown-encoding-not-accepted", "GRPC-COMP-003",
     "The encoding just refused is not in grpc-accept-encoding.",
     NEEDS_TEST_SERVICE, unknown_encoding_not_accepted, NULL},
    {"grpc/compression/unknown-encoding-unused", "GRPC-COMP-024",
     "An unknown encoding that no message uses is refused or served.",
     NEEDS_TEST_SERVICE, unknown_encoding_unused, NULL},
    {"grpc/compression/flag-without-encoding", "GRPC-COMP-006",
     "A compressed message without grpc-encoding fails with INTERNAL.",
     NEEDS_TEST_SERVICE, flag_without_compression, &no_encoding},
    {"grpc/compression/flag-with-identity", "GRPC-COMP-007",
     "A compressed message under grpc-encoding: identity fails with INTERNAL.",
     NEEDS_TEST_SERVICE, flag_without_compression, &identity},
    {"grpc/compression/identity-declared", "GRPC-COMP-008",
     "grpc-encoding: identity with messages without compression is served.",
     NEEDS_TEST_SERVICE, identity_is_legal, NULL},
    {"grpc/compression/gzip-request", "GRPC-COMP-009 GRPC-COMP-020",
     "A request compressed with gzip is read.",
     NEEDS_TEST_SERVICE, gzip_request, NULL},
    {"grpc/compression/flag-zero-under-gzip", "GRPC-COMP-008",
     "Under grpc-encoding: gzip, a message with flag 0 is taken as it is.",
     NEEDS_TEST_SERVICE, gzip_declared_flag_zero, NULL},
    {"grpc/compression/independent-messages", "GRPC-COMP-009",
     "Each compressed message of a stream is a gzip stream of its own.",
     NEEDS_TEST_SERVICE, independent_messages, NULL},
    {"grpc/compression/deflate-request", "GRPC-COMP-023 GRPC-COMP-020",
     "deflate means the zlib format.",
     NEEDS_TEST_SERVICE, deflate_request, NULL},
    {"grpc/compression/empty-message", "GRPC-COMP-025",
     "Compressed data of no octets is an empty message.",
     NEEDS_TEST_SERVICE, compressed_empty_message, NULL},
    {"grpc/compression/accepted-encoding-listed", "GRPC-COMP-004",
     "grpc-accept-encoding, if sent, lists the encoding just taken.",
     NEEDS_TEST_SERVICE, accepted_is_listed, NULL},
    {"grpc/compression/gzip-bad-crc", "GRPC-COMP-016",
     "gzip data with a wrong CRC fails with INTERNAL.",
     NEEDS_TEST_SERVICE, damaged, &bad_crc},
    {"grpc/compression/gzip-bad-length", "GRPC-COMP-016",
     "gzip data with a wrong length in its trailer fails with INTERNAL.",
     NEEDS_TEST_SERVICE, damaged, &bad_length},
    {"grpc/compression/gzip-truncated", "GRPC-COMP-016",
     "gzip data that ends early fails with INTERNAL.",
     NEEDS_TEST_SERVICE, damaged, &cut_short},
    {"grpc/compression/gzip-garbage", "GRPC-COMP-016",
     "Octets that are not gzip data fail with INTERNAL.",
     NEEDS_TEST_SERVICE, damaged, &garbage},
    {"grpc/compression/gzip-no-octets", "GRPC-COMP-016",
     "A compressed message of no octets, which is not gzip data, fails with INTERNAL.",
     NEEDS_TEST_SERVICE, damaged, &no_octets},
    {"grpc/compression/response-only-identity-accepted", "GRPC-COMP-010 GRPC-COMP-020",
     "A client that accepts only identity gets an uncompressed response.",
     NEEDS_TEST_SERVICE, response_not_accepted, &only_identity},
    {"grpc/compression/response-without-accept-encoding", "GRPC-COMP-011",
     "A client that does not say what it accepts gets an uncompressed response.",
     NEEDS_TEST_SERVICE, response_not_accepted, &no_accept_encoding},
    {"grpc/compression/response-to-gzip-request", "GRPC-COMP-012 GRPC-COMP-018 GRPC-COMP-020",
     "The response to a gzip request may be uncompressed, and is when that is asked for.",
     NEEDS_TEST_SERVICE, response_to_gzip_request, NULL},
    {"grpc/compression/response-declared", "GRPC-COMP-020 GRPC-COMP-009",
     "A compressed response declares an encoding the client accepts, and is whole in it.",
     NEEDS_TEST_SERVICE, response_declared, NULL},
    {"grpc/compression/response-compressed-unary", "GRPC-COMP-018 GRPC-COMP-020",
     "response_compressed decides the flag of a unary response.",
     NEEDS_TEST_SERVICE, response_compressed_unary, NULL},
    {"grpc/compression/response-compressed-streaming", "GRPC-COMP-019 GRPC-COMP-015 GRPC-COMP-020",
     "compressed decides the flag of each streamed response.",
     NEEDS_TEST_SERVICE, response_compressed_streaming, NULL},
    {"grpc/compression/accept-encoding-spaces", "GRPC-COMP-022 GRPC-COMP-020",
     "Spaces and unknown tokens in grpc-accept-encoding are tolerated.",
     NEEDS_TEST_SERVICE, accept_encoding_form, &accept_spaces},
    {"grpc/compression/accept-encoding-repeated", "GRPC-COMP-022 GRPC-COMP-020",
     "grpc-accept-encoding in two fields is tolerated.",
     NEEDS_TEST_SERVICE, accept_encoding_form, &accept_twice},
    {"grpc/compression/expect-compressed-but-plain", "GRPC-COMP-017",
     "expect_compressed with an uncompressed request fails with INVALID_ARGUMENT.",
     NEEDS_TEST_SERVICE, expect_compressed_but_plain, NULL},
    {"grpc/compression/expect-compressed", "GRPC-COMP-017",
     "expect_compressed with a compressed request, and its opposite, succeed.",
     NEEDS_TEST_SERVICE, expect_compressed_and_is, NULL},
    {"grpc/compression/expect-compressed-streaming", "GRPC-COMP-017 GRPC-COMP-015",
     "On a stream each message is compressed or not for itself.",
     NEEDS_TEST_SERVICE, expect_compressed_streaming, NULL},
};
/* clang-format on */

const struct case_list compression_cases = {cases, ARRAY_LEN(cases)};
