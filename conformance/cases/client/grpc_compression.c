/* SPDX-License-Identifier: MIT
 *
 * Compressed messages in responses, and how a client compresses its requests (compression.md). Which encodings a client
 * takes is what its grpc-accept-encoding says. */
#include "cases/client/client_cases.h"
#include "cases/client/common.h"
#include "cases/zipped.h"

/* ---- responses ------------------------------------------------------------------------------- */

static bool accepts(const struct call *call, const char *encoding)
{
    const struct field *field = header_list_find(&call->headers, "grpc-accept-encoding");
    struct bytes rest = field ? field->value : NO_BYTES;
    struct bytes wanted = bytes_str(encoding);

    for (; rest.len >= wanted.len; rest = bytes_skip(rest, 1))
        if (bytes_starts_with(rest, wanted))
            return true;
    return false;
}

static struct call *call_accepting(struct test *t, const struct client_call *wanted,
                                   const char *encoding)
{
    struct call *call = first_call(t, wanted);

    if (!test_is_over(t) && !accepts(call, encoding))
        test_skip(t, "the client does not accept %s", encoding);
    return call;
}

static void begin_encoded(struct call *call, const char *encoding)
{
    const struct edit edits[] = {{EDIT_ADD, "grpc-encoding", bytes_str(encoding)},
                                 {.kind = EDIT_END}};

    send_response_headers(call, edits, FLAG_NONE);
}

static void put_compressed(struct buf *out, const struct call *call, size_t size,
                           enum format format)
{
    struct buf response = {0};

    put_response(call, size, &response);
    compress_into(out, buf_view(&response), format);
    buf_clear(&response);
}

static void encoded_response(struct test *t, const char *encoding, enum format format)
{
    struct call *call = call_accepting(t, &large_unary, encoding);
    struct buf compressed = {0};

    begin_encoded(call, encoding);
    put_compressed(&compressed, call, 314159, format);
    send_message(call, 1, buf_view(&compressed), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&compressed);
}

static void gzip_response(struct test *t)
{
    encoded_response(t, "gzip", FORMAT_GZIP);
}

static void deflate_response(struct test *t)
{
    encoded_response(t, "deflate", FORMAT_ZLIB);
}

/* An encoding is declared; the message's flag says that it is not used. */
static void declared_but_not_used(struct test *t)
{
    const char *encoding = t->arg;
    struct call *call = strcmp(encoding, "identity") == 0
                            ? first_call(t, &empty_unary)
                            : call_accepting(t, &empty_unary, encoding);

    begin_encoded(call, encoding);
    send_response_message(call, 0);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
}

/* Four messages: each a gzip stream of its own, every second one not compressed at all. */
static void each_by_itself(struct test *t)
{
    struct call *call = call_accepting(t, &server_streaming, "gzip");
    size_t sizes[4], count = wanted_responses(call, sizes, ARRAY_LEN(sizes));
    struct buf compressed = {0};

    begin_encoded(call, "gzip");
    for (size_t i = 0; i < count && i < ARRAY_LEN(sizes); i++) {
        buf_reset(&compressed);
        put_compressed(&compressed, call, sizes[i], FORMAT_GZIP);
        if (i % 2 == 0)
            send_message(call, 1, buf_view(&compressed), FLAG_NONE);
        else
            send_response_message(call, sizes[i]);
    }
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&compressed);
}

static void empty_compressed(struct test *t)
{
    struct call *call = call_accepting(t, &empty_unary, "gzip");
    struct buf compressed = {0};

    begin_encoded(call, "gzip");
    compress_into(&compressed, NO_BYTES, FORMAT_GZIP);
    send_message(call, 1, buf_view(&compressed), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_ok(t);
    buf_clear(&compressed);
}

enum damage { DAMAGED_CRC, CUT_SHORT, GARBAGE };

static void damaged(struct test *t)
{
    struct call *call = call_accepting(t, &large_unary, "gzip");
    struct buf gzip = {0};

    begin_encoded(call, "gzip");
    put_compressed(&gzip, call, 314159, FORMAT_GZIP);
    switch (*(const enum damage *)t->arg) {
    case DAMAGED_CRC:
        gzip.data[gzip.len - 8] ^= 0xff;
        break;
    case CUT_SHORT:
        gzip.len -= 20;
        break;
    default:
        memset(gzip.data, 'g', gzip.len);
    }
    send_message(call, 1, buf_view(&gzip), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_INTERNAL),
                                    LENIENT_ANY_ERROR("an error of another code than INTERNAL")));
    expect_client_still_works(t);
    buf_clear(&gzip);
}

/* The flag is 1; what is declared does not explain it. NULL: nothing is declared. */
static void flag_without_encoding(struct test *t)
{
    const char *encoding = t->arg;
    struct call *call = first_call(t, &empty_unary);

    if (encoding)
        begin_encoded(call, encoding);
    else
        send_response_headers(call, NO_EDITS, FLAG_NONE);
    send_message(call, 1, NO_BYTES, FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_outcome(t, ONE_OF(STATUS(GRPC_INTERNAL),
                                    LENIENT_ANY_ERROR("an error of another code than INTERNAL")));
    expect_client_still_works(t);
}

/* 64 MiB of zeros in 64 KiB. */
static void bomb(struct test *t)
{
    struct call *call = call_accepting(t, &empty_unary, "gzip");
    struct buf zeros = {0}, gzip = {0};

    put_octets(&zeros, 0, (size_t)64 << 20);
    compress_into(&gzip, buf_view(&zeros), FORMAT_GZIP);
    begin_encoded(call, "gzip");
    send_message(call, 1, buf_view(&gzip), FLAG_NONE);
    send_status(call, GRPC_OK, NULL);
    expect_client_outcome(
        t, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED),
                  LENIENT_ANY_ERROR("an error of another code than RESOURCE_EXHAUSTED")));
    expect_client_still_works(t);
    buf_clear(&zeros);
    buf_clear(&gzip);
}

/* ---- requests -------------------------------------------------------------------------------- */

/* The only message of a request that has come whole; the call is still to be served. */
static struct message only_message(struct call *call)
{
    expect_half_close(call);
    struct bytes data = buf_view(&call->data);
    if (test_is_over(call->conn->t) || data.len < 5)
        return (struct message){0, NO_BYTES};
    return (struct message){data.data[0], bytes_skip(data, 5)};
}

static void nothing_by_default(struct test *t)
{
    struct call *call = first_call(t, &large_unary);
    const struct field *encoding = header_list_find(&call->headers, "grpc-encoding");
    struct message message = only_message(call);

    expect(t, !encoding || bytes_equal(encoding->value, BYTES("identity")),
           "no grpc-encoding, or identity", "grpc-encoding: %.*s",
           encoding ? (int)encoding->value.len : 0,
           encoding ? (const char *)encoding->value.data : "");
    expect(t, message.flag == 0, "a message that is not compressed", "flag %u", message.flag);
    serve_call(call);
    expect_client_ok(t);
}

static void check_compressed(struct test *t, struct call *call, bool asked_for)
{
    struct message message = only_message(call);
    const struct field *encoding = header_list_find(&call->headers, "grpc-encoding");
    struct bytes name = encoding ? encoding->value : BYTES("identity");
    struct buf plain = {0};

    expect(t, message.flag == asked_for,
           asked_for ? "a compressed message" : "one that is not compressed", "flag %u",
           message.flag);
    expect(t, !asked_for || !bytes_equal(name, BYTES("identity")),
           "the encoding of a compressed message is declared", "it is not");
    if (asked_for && bytes_equal(name, BYTES("gzip")))
        expect(t, inflate_into(&plain, message.payload), "one whole gzip stream", "something else");
    buf_clear(&plain);
}

/* The official case is a probe that must be refused, a call whose message is compressed, and one whose is not; an
 * adapter is asked for the last two. */
static void only_what_is_asked_for(struct test *t)
{
    bool official = !t->target->drive->reports_status;
    struct call *call = first_call(t, &client_compressed_unary);

    if (official) {
        expect_half_close(call);
        send_trailers_only(call, EDITS(SET("grpc-status", "3")));
    }
    for (int compressed = 1; compressed >= 0; compressed--) {
        if (official || !compressed)
            call = next_call(t, official ? &client_compressed_unary : &large_unary);
        check_compressed(t, call, compressed != 0);
        send_response_headers(call, NO_EDITS, FLAG_NONE);
        send_response_message(call, 314159);
        send_status(call, GRPC_OK, NULL);
    }
    expect_client_ok(t);
}

/* clang-format off */
static const struct test_case cases[] = {
    {"client/grpc/compression/gzip", "GRPC-COMP-021 GRPC-COMP-009", "A client that accepts gzip reads gzip.", NEEDS_CLIENT, gzip_response, NULL},
    {"client/grpc/compression/deflate", "GRPC-COMP-023 GRPC-COMP-021", "A client that accepts deflate reads the zlib format.", NEEDS_CLIENT,
     deflate_response, NULL},
    {"client/grpc/compression/declared-but-not-used", "GRPC-COMP-008", "A flag of 0 is not compressed, whatever is declared.", NEEDS_CLIENT,
     declared_but_not_used, "gzip"},
    {"client/grpc/compression/identity", "GRPC-COMP-008", "grpc-encoding identity is no encoding.", NEEDS_CLIENT, declared_but_not_used,
     "identity"},
    {"client/grpc/compression/each-by-itself", "GRPC-COMP-009 GRPC-COMP-008", "Each message is compressed by itself, or not.", NEEDS_CLIENT,
     each_by_itself, NULL},
    {"client/grpc/compression/of-no-octets", "GRPC-COMP-025", "No octets, compressed, are an empty message.", NEEDS_CLIENT, empty_compressed, NULL},
    {"client/grpc/compression/wrong-checksum", "GRPC-COMP-016", "gzip with a wrong checksum is INTERNAL.", NEEDS_CLIENT, damaged,
     &(const enum damage){DAMAGED_CRC}},
    {"client/grpc/compression/cut-short", "GRPC-COMP-016", "gzip that is cut short is INTERNAL.", NEEDS_CLIENT, damaged,
     &(const enum damage){CUT_SHORT}},
    {"client/grpc/compression/garbage", "GRPC-COMP-016", "Octets that are no gzip are INTERNAL.", NEEDS_CLIENT, damaged,
     &(const enum damage){GARBAGE}},
    {"client/grpc/compression/unknown-encoding", "GRPC-COMP-005", "An encoding that the client does not know is INTERNAL.", NEEDS_CLIENT,
     flag_without_encoding, "x-unknown"},
    {"client/grpc/compression/identity-with-flag", "GRPC-COMP-007", "A compressed message under identity is INTERNAL.", NEEDS_CLIENT,
     flag_without_encoding, "identity"},
    {"client/grpc/compression/flag-without-encoding", "GRPC-COMP-006", "A compressed message of no declared encoding is INTERNAL.",
     NEEDS_CLIENT, flag_without_encoding, NULL},
    {"client/grpc/compression/bomb", "SEC-023", "64 KiB that inflate to 64 MiB are RESOURCE_EXHAUSTED.", NEEDS_CLIENT, bomb, NULL},
    {"client/grpc/compression/nothing-by-default", "GRPC-COMP-013", "Without being told to, a client compresses nothing.", NEEDS_CLIENT,
     nothing_by_default, NULL},
    {"client/grpc/compression/only-what-is-asked-for", "GRPC-COMP-015 GRPC-COMP-014 GRPC-COMP-020",
     "A client compresses the messages that it is told to, and declares it.", NEEDS_CLIENT, only_what_is_asked_for, NULL},
};
/* clang-format on */
const struct case_list client_compression_cases = {cases, ARRAY_LEN(cases)};
