/* SPDX-License-Identifier: MIT
 *
 * Custom metadata: what the test service sends back of x-grpc-test-echo-initial and x-grpc-test-
 * echo-trailing-bin shows how the server read it (PROTOCOL-HTTP2.md, Custom-Metadata; gRFC G1). */
#include "cases/cases.h"
#include "cases/grpc/common.h"
#include "wire/base64.h"

#include <stdio.h>
#include <stdlib.h>

#define INITIAL  "x-grpc-test-echo-initial"
#define TRAILING "x-grpc-test-echo-trailing-bin"

/* ---- base64, both forms ---------------------------------------------------------------------- */

/* Padded or not. false: not base64. */
static bool base64_decode(struct bytes text, struct buf *out)
{
    size_t most_padding = text.len % 4 == 0 ? 2 : 0;

    for (; most_padding > 0 && text.len > 0 && text.data[text.len - 1] == '='; most_padding--)
        text.len--;
    return base64_take(text, out) && text.len % 4 != 1;
}

/* ---- looking at what came back --------------------------------------------------------------- */

/* All values of `name`, fields and comma-joined ones alike, in order, joined by ','. */
static void join_values(const struct header_list *list, const char *name, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < list->count; i++) {
        if (!bytes_equal_str(list->fields[i].name, name))
            continue;
        if (!first)
            buf_put_u8(out, ',');
        buf_put(out, list->fields[i].value);
        first = false;
    }
}

/* The one value of TRAILING, decoded, is `octets`. */
static void expect_trailing_octets(struct call *call, struct bytes octets)
{
    struct test *t = call->conn->t;
    const struct field *echo = header_list_find(final_block(call), TRAILING);
    struct buf decoded = {0};

    expect(t, echo != NULL, TRAILING " in the trailers", "none%s",
           header_list_find(&call->headers, TRAILING) ? ": it is in the initial metadata" : "");
    if (echo) {
        bool valid = base64_decode(echo->value, &decoded);
        expect(t, valid, "a value in base64", "\"%.*s\"", (int)echo->value.len,
               (const char *)echo->value.data);
        expect(t, bytes_equal(buf_view(&decoded), octets), "the octets that were sent",
               "others: \"%.*s\"", (int)echo->value.len, (const char *)echo->value.data);
    }
    buf_clear(&decoded);
}

static void expect_initial(struct call *call, struct bytes value)
{
    struct test *t = call->conn->t;
    const struct field *echo = header_list_find(&call->headers, INITIAL);

    expect(t, echo != NULL, INITIAL " in the initial metadata", "none%s",
           header_list_find(&call->trailers, INITIAL) ? ": it is in the trailers" : "");
    expect(t, !echo || bytes_equal(echo->value, value), "the value that was sent", "\"%.*s\"",
           echo ? (int)echo->value.len : 0, echo ? (const char *)echo->value.data : "");
}

static struct call *call_with(struct test *t, const char *name, struct bytes value)
{
    const struct edit edits[] = {{EDIT_ADD, name, value}, {.kind = EDIT_END}};
    return unary_call(t, edits, TESTING_REQUEST(.response_size = 1));
}

/* ---- echoes ---------------------------------------------------------------------------------- */

static void ascii_unary(struct test *t)
{
    struct call *call = call_with(t, INITIAL, BYTES("test_initial_metadata_value"));

    expect_unary_reply(call, 1);
    expect_initial(call, BYTES("test_initial_metadata_value"));
}

/* The initial metadata is there with the first response, before the client half-closes. */
static void ascii_duplex(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL,
                                   EDITS(ADD(INITIAL, "test_initial_metadata_value")));

    send_duplex(call, 4, FLAG_NONE);
    expect_reply(call, 4);
    expect_initial(call, BYTES("test_initial_metadata_value"));
    half_close(call);
    expect_status(call, GRPC_OK);
}

static void binary_unary(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("q6ur"));

    expect_unary_reply(call, 1);
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

static void binary_duplex(struct test *t)
{
    struct call *call = start_call(t, FULL_DUPLEX_CALL, EDITS(ADD(TRAILING, "q6ur")));

    send_duplex(call, 4, FLAG_END_STREAM);
    expect_reply(call, 4);
    expect_status(call, GRPC_OK);
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

struct base64_row {
    struct bytes text, octets;
};
#define BASE64(name, text, octets)                                                                 \
    static const struct base64_row name = {{(const uint8_t *)(text), sizeof(text) - 1},            \
                                           {(const uint8_t *)(octets), sizeof(octets) - 1}}
BASE64(padded_1, "AQ==", "\x01");
BASE64(padded_2, "q6s=", "\xab\xab");
BASE64(padded_4, "+/8A/w==", "\xfb\xff\x00\xff");
BASE64(unpadded_1, "AQ", "\x01");
BASE64(unpadded_2, "q6s", "\xab\xab");
BASE64(unpadded_3, "AP+A", "\x00\xff\x80");
BASE64(unpadded_4, "+/8A/w", "\xfb\xff\x00\xff");

static void base64_form(struct test *t)
{
    struct call *call = call_with(t, TRAILING, ROW(t, base64_row)->text);

    expect_unary_reply(call, 1);
    expect_trailing_octets(call, ROW(t, base64_row)->octets);
}

static void emitted_unpadded(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("AQ=="));
    const struct field *echo;

    expect_status(call, GRPC_OK);
    expect_trailing_octets(call, BYTES("\x01"));
    echo = header_list_find(final_block(call), TRAILING);
    if (!test_is_over(t) && echo && bytes_find(echo->value, '=') < echo->value.len)
        test_lenient(t, HERE, "base64 without padding", "\"%.*s\"", (int)echo->value.len,
                     (const char *)echo->value.data);
}

/* The test service may send back one of the values or all: what comes must be a choice of 0x01 and
 * 0x02. */
static void comma_joined_binary(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("AQ,Ag"));
    struct buf echo = {0};

    expect_status(call, GRPC_OK);
    join_values(final_block(call), TRAILING, &echo);
    const char *seen = buf_str(&echo);
    bool both = !strcmp(seen, "AQ,Ag") || !strcmp(seen, "AQ==,Ag==");
    bool one = !strcmp(seen, "AQ") || !strcmp(seen, "AQ==") || !strcmp(seen, "Ag") ||
               !strcmp(seen, "Ag==");
    expect(t, both || one, "two values, 0x01 and 0x02 (or one of them back)", "\"%s\"", seen);
    if (!test_is_over(t) && one)
        test_note(t, "the test service sends back one value of two");
    buf_clear(&echo);
}

static void repeated_keys(struct test *t)
{
    struct call *call = unary_call(
        t, EDITS(ADD(INITIAL, "1"), ADD("x-between", "2"), ADD(INITIAL, "3")),
        TESTING_REQUEST(.response_size = 1));
    struct buf echo = {0};

    expect_unary_reply(call, 1);
    join_values(&call->headers, INITIAL, &echo);
    const char *seen = buf_str(&echo);
    bool both = !strcmp(seen, "1,3") || !strcmp(seen, "1, 3");
    bool one = !strcmp(seen, "1") || !strcmp(seen, "3");
    expect(t, both || one, "1 then 3 (or one of them back)", "\"%s\"", seen);
    if (!test_is_over(t) && one)
        test_note(t, "the test service sends back one value of two: %s", seen);
    buf_clear(&echo);
}

static void joined_keys(struct test *t)
{
    struct call *joined = call_with(t, "x-list", BYTES("a,b"));
    struct call *separate = unary_call(t, EDITS(ADD("x-list", "a"), ADD("x-list", "b")),
                                       TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(joined, 1);
    expect_unary_reply(separate, 1);
}

static void comma_in_ascii(struct test *t)
{
    struct call *call = call_with(t, INITIAL, BYTES("a,b"));
    struct buf echo = {0};

    expect_unary_reply(call, 1);
    join_values(&call->headers, INITIAL, &echo);
    const char *seen = buf_str(&echo);
    expect(t, !strcmp(seen, "a,b"), "\"a,b\"", "\"%s\"", seen);
    if (!test_is_over(t) && header_list_count(&call->headers, INITIAL) == 2)
        test_note(t, "one field came back as two");
    buf_clear(&echo);
}

static void printable_ascii(struct test *t)
{
    uint8_t value[0x7f - 0x21];

    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)(0x21 + i);
    value[sizeof value / 2] = ' '; /* inside, where nothing may strip it */
    struct call *call = call_with(t, INITIAL, bytes_of(value, sizeof value));
    expect_unary_reply(call, 1);
    expect_initial(call, bytes_of(value, sizeof value));
}

static void large_value(struct test *t)
{
    uint8_t value[4096];

    for (size_t i = 0; i < sizeof value; i++)
        value[i] = (uint8_t)('a' + i % 26);
    struct call *call = call_with(t, INITIAL, bytes_of(value, sizeof value));
    expect_unary_reply(call, 1);
    expect_initial(call, bytes_of(value, sizeof value));
}

/* 1500 octets, every value among them, as 2000 digits of base64. */
static void large_binary(struct test *t)
{
    struct buf text = {0}, octets = {0};

    for (size_t i = 0; i < 2000; i++)
        buf_put_u8(&text, (uint8_t)base64_digits[i * 7 % 64]);
    bool valid = base64_decode(buf_view(&text), &octets);
    struct call *call = call_with(t, TRAILING, buf_view(&text));
    expect(t, valid, "own base64", "not decodable");
    expect_unary_reply(call, 1);
    expect_trailing_octets(call, buf_view(&octets));
    buf_clear(&text);
    buf_clear(&octets);
}

/* Eighty pairs, together below 8 KiB as metadata is counted; the echoes are first and last. Some servers and proxies
 * take no more than a hundred fields. */
static void many_pairs(struct test *t)
{
    char names[80][16];
    struct edit edits[ARRAY_LEN(names) + 3] = {{EDIT_ADD, INITIAL, BYTES("many")}};
    size_t count = 1;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(names[i], sizeof names[i], "x-many-%zu", i);
        edits[count++] = (struct edit){EDIT_ADD, names[i], BYTES("value")};
    }
    edits[count++] = (struct edit){EDIT_ADD, TRAILING, BYTES("q6ur")};
    struct call *call = unary_call(t, edits, TESTING_REQUEST(.response_size = 1));
    expect_unary_reply(call, 1);
    expect_initial(call, BYTES("many"));
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

/* Digits, '_', '-' and '.' are legal in a key. */
static void unusual_keys(struct test *t)
{
    struct call *call = unary_call(t,
                                   EDITS(ADD("0", "v"), ADD("_x", "v"), ADD("x.y-z_0", "v"),
                                         ADD("9-bin", "AQ"), ADD(INITIAL, "k")),
                                   TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(call, 1);
    expect_initial(call, BYTES("k"));
}

/* ---- values at the edge ---------------------------------------------------------------------- */

static void outside_ascii(struct test *t)
{
    struct call *call = call_with(t, "x-test", BYTES("caf\xe9"));

    expect_status(call, GRPC_OK);
    expect_connection_still_serves(call->conn);
}

static void echo_outside_ascii(struct test *t)
{
    struct call *call = call_with(t, INITIAL, BYTES("caf\xe9"));

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), LENIENT_ANY_ERROR("echoing the value is an error"),
                                LENIENT_ANY_RESET("echoing the value is an error")));
    expect_connection_still_serves(call->conn);
}

static void surrounding_space(struct test *t)
{
    struct call *call = call_with(t, "x-space", BYTES(" v "));

    /* RFC 9113 8.2.1 lets it be malformed; PROTOCOL-HTTP2 lets it be stripped */
    expect_outcome(call,
                   ONE_OF(STATUS(GRPC_OK), RESET(H2_PROTOCOL_ERROR), ANY_ERROR, HTTP(400),
                          LENIENT_HTTP(502, "passed on as it is, and refused behind the proxy"),
                          LENIENT_ANY_RESET("PROTOCOL_ERROR is the code for a malformed request"),
                          LENIENT_GOAWAY(H2_PROTOCOL_ERROR,
                                         "a malformed request is an error of the stream only")));
    note_end(call);
    expect_still_serves(call);
}

struct bad_base64_row {
    const char *value;
};
static const struct bad_base64_row stars = {"***"}, one_digit = {"A"}, misplaced_padding = {"A=Q="},
                                   dangling = {"AQI=="}, space_inside = {"A Q"};

static void invalid_base64(struct test *t)
{
    struct call *other = start_call(t, FULL_DUPLEX_CALL, NO_EDITS);
    struct call *call = call_with(t, "x-bad-bin", bytes_str(ROW(t, bad_base64_row)->value));

    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR, HTTP(400), ANY_RESET));
    note_end(call);
    send_duplex(other, 3, FLAG_END_STREAM);
    expect_reply(other, 3);
    expect_status(other, GRPC_OK);
    expect_connection_still_serves(call->conn);
}

static void empty_ascii(struct test *t)
{
    struct call *call = call_with(t, INITIAL, NO_BYTES);

    expect_unary_reply(call, 1);
    if (!test_is_over(t) && !header_list_find(&call->headers, INITIAL))
        test_lenient(t, HERE, INITIAL " with an empty value", "it is absent");
    else
        expect_initial(call, NO_BYTES);
}

static void empty_binary(struct test *t)
{
    struct call *call = call_with(t, TRAILING, NO_BYTES);

    expect_unary_reply(call, 1);
    if (!test_is_over(t) && !header_list_find(final_block(call), TRAILING))
        test_lenient(t, HERE, TRAILING " with an empty value", "it is absent");
    else
        expect_trailing_octets(call, NO_BYTES);
}

/* ---- protocol fields are no metadata --------------------------------------------------------- */

static void reserved_not_echoed(struct test *t)
{
    static const char *const once[] = {"content-type", "grpc-status", "grpc-message",
                                       "grpc-encoding", "grpc-accept-encoding"};
    static const char *const never[] = {"te", "grpc-timeout", ":path", ":method", "user-agent"};
    struct call *call = unary_call(
        t, EDITS(ADD("grpc-timeout", "20S"), ADD(INITIAL, "e"), ADD(TRAILING, "q6ur")),
        TESTING_REQUEST(.response_size = 1));

    expect_unary_reply(call, 1);
    for (size_t i = 0; i < ARRAY_LEN(once); i++)
        expect(t,
               header_list_count(&call->headers, once[i]) <= 1 &&
                   header_list_count(&call->trailers, once[i]) <= 1,
               "each protocol field at most once in a block", "%s more than once", once[i]);
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        if (!test_is_over(t) && response_field(call, never[i]))
            test_lenient(t, HERE, "no request field among the response's", "%s", never[i]);
}

/* ---- how metadata is counted ----------------------------------------------------------------- */

/* Sum of name + value + 32 over what would be sent. */
static size_t request_size(struct call *call, const struct edit *edits)
{
    struct field fields[2100];
    size_t count = request_fields(call, edits, fields, ARRAY_LEN(fields)), size = 0;

    for (size_t i = 0; i < count; i++)
        size += fields[i].name.len + fields[i].value.len + 32;
    return size;
}

/* A call whose metadata counts as `size` octets, give or take one field: in one value, or in
 * fields of 34. */
static struct call *call_of_size(struct test *t, size_t size, bool tiny)
{
    struct call *call = new_call(t, EMPTY_CALL);
    size_t base = request_size(call, NO_EDITS);
    size_t more = size > base + 100 ? size - base : 100;
    struct edit *edits = calloc(more / 34 + 2, sizeof *edits);
    uint8_t *value = calloc(1, more);

    if (edits && value) {
        memset(value, 'v', more);
        edits[0] = (struct edit){EDIT_ADD, "x", bytes_of(value, more - 33)};
        for (size_t i = 0; tiny && i < more / 34; i++)
            edits[i] = (struct edit){EDIT_ADD, "y", BYTES("1")};
        send_request_headers(call, edits, FLAG_NONE);
        send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    }
    free(edits);
    free(value);
    return call;
}

static void size_counts_overhead(struct test *t)
{
    struct conn *conn = main_connection(t);
    uint32_t limit = conn->their_settings[SETTING_MAX_HEADER_LIST_SIZE];

    if (!conn->their_setting_seen[SETTING_MAX_HEADER_LIST_SIZE] || limit < 2048 || limit > 65536) {
        test_skip(t, "no MAX_HEADER_LIST_SIZE between 2 and 64 KiB was announced");
        return;
    }
    for (int tiny = 0; tiny < 2 && !test_is_over(t); tiny++) {
        struct call *below = call_of_size(t, limit - 64, tiny);
        expect_outcome(below, ONE_OF(STATUS(GRPC_OK),
                                     LENIENT_ANY_ERROR("refused below the announced size"),
                                     LENIENT_HTTP(431, "refused below the announced size"),
                                     LENIENT_ANY_RESET("refused below the announced size")));
        expect_still_serves(below);
        struct call *above = call_of_size(t, (size_t)limit * 2, tiny);
        expect_outcome(above,
                       ONE_OF(ANY_ERROR, HTTP(431), HTTP(400), ANY_RESET,
                              LENIENT_STATUS(GRPC_OK, "taken at twice the announced size"),
                              LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, "the connection ends too"),
                              LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "the connection ends too"),
                              {OUTCOME_CLOSE, 0, true, "the connection ends too"}));
        note_end(above);
        expect_connection_outcome(
            conn, ONE_OF(IGNORED, LENIENT_CLOSE,
                         LENIENT_GOAWAY(H2_ENHANCE_YOUR_CALM, "the connection ends too"),
                         LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "the connection ends too")));
        expect_still_serves(above);
        if (conn->closed != NOT_CLOSED || conn->goaways > 0)
            return;
    }
}

/* ---- true binary metadata (gRFC G1) ---------------------------------------------------------- */

#define TRUE_BINARY 0xfe03

/* How often the target announced TRUE_BINARY, the last value, and whether outside of its first
 * SETTINGS. */
static unsigned true_binary_announced(const struct test *t, uint32_t *value, bool *late)
{
    unsigned seen = 0, settings = 0;

    for (size_t i = 0; i < t->transcript.count; i++) {
        const struct transcript_entry *e = &t->transcript.entries[i];
        if (e->direction != RECEIVED || !e->is_frame || e->frame.type != FRAME_SETTINGS ||
            (e->frame.flags & FLAG_ACK))
            continue;
        settings++;
        for (size_t at = 0; at + 6 <= e->frame.payload.len; at += 6) {
            if (load_u16(e->frame.payload.data + at) != TRUE_BINARY)
                continue;
            seen++;
            *value = load_u32(e->frame.payload.data + at + 2);
            *late = *late || settings > 1;
        }
    }
    return seen;
}

static void no_true_binary_unasked(struct test *t)
{
    struct call *call = call_with(t, TRAILING, BYTES("AKurqw")); /* 00 ab ab ab */
    const struct field *echo;

    expect_unary_reply(call, 1);
    echo = header_list_find(final_block(call), TRAILING);
    expect(t, !echo || echo->value.len == 0 || echo->value.data[0] != 0,
           "base64: this client did not announce setting 0xfe03", "a value that begins with NUL");
    expect_trailing_octets(call, BYTES("\x00\xab\xab\xab"));
}

static void true_binary_accepted(struct test *t)
{
    uint32_t value = 0;
    bool late = false;

    main_connection(t);
    if (true_binary_announced(t, &value, &late) == 0 || value != 1) {
        test_skip(t, "setting 0xfe03 was not announced");
        return;
    }
    struct call *call = call_with(t, TRAILING, BYTES("\x00\xab\xab\xab"));
    expect_unary_reply(call, 1);
    expect_trailing_octets(call, BYTES("\xab\xab\xab"));
}

static void true_binary_setting(struct test *t)
{
    struct call *call = empty_call(t, NO_EDITS);
    uint32_t value = 0;
    bool late = false;

    expect_status(call, GRPC_OK);
    expect_ping_answer(call->conn);
    if (test_is_over(t))
        return;
    unsigned count = true_binary_announced(t, &value, &late);
    if (count > 1 || late)
        test_lenient(t, HERE, "setting 0xfe03 at most once, in the first SETTINGS", "%u times%s",
                     count, late ? ", also later" : "");
}

/* clang-format off */
static const struct test_case cases[] = {
    {"grpc/metadata/ascii-unary", "GRPC-MD-001",
     "ASCII metadata arrives unchanged and comes back as initial metadata.",
     NEEDS_TEST_SERVICE, ascii_unary, NULL},
    {"grpc/metadata/ascii-duplex", "GRPC-MD-001",
     "On a stream, initial metadata is there with the first response.",
     NEEDS_TEST_SERVICE, ascii_duplex, NULL},
    {"grpc/metadata/binary-unary", "GRPC-MD-002",
     "Binary metadata arrives as octets and comes back as trailing metadata.",
     NEEDS_TEST_SERVICE, binary_unary, NULL},
    {"grpc/metadata/binary-duplex", "GRPC-MD-002",
     "On a stream, binary metadata comes back in the trailers.",
     NEEDS_TEST_SERVICE, binary_duplex, NULL},
    {"grpc/metadata/padded-one-octet", "GRPC-MD-003",
     "Base64 with two padding characters is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &padded_1},
    {"grpc/metadata/padded-two-octets", "GRPC-MD-003",
     "Base64 with one padding character is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &padded_2},
    {"grpc/metadata/padded-four-octets", "GRPC-MD-003",
     "Base64 of several quanta with padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &padded_4},
    {"grpc/metadata/unpadded-one-octet", "GRPC-MD-003",
     "Base64 of one octet without padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_1},
    {"grpc/metadata/unpadded-two-octets", "GRPC-MD-003",
     "Base64 of two octets without padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_2},
    {"grpc/metadata/unpadded-three-octets", "GRPC-MD-003 GRPC-MD-018",
     "Base64 of three octets, the first of them 0, is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_3},
    {"grpc/metadata/unpadded-four-octets", "GRPC-MD-003",
     "Base64 of several quanta without padding is accepted.",
     NEEDS_TEST_SERVICE, base64_form, &unpadded_4},
    {"grpc/metadata/binary-sent-unpadded", "GRPC-MD-004 GRPC-MD-002",
     "Binary metadata is sent without padding.",
     NEEDS_TEST_SERVICE, emitted_unpadded, NULL},
    {"grpc/metadata/binary-joined-by-comma", "GRPC-MD-005",
     "Binary values joined by a comma are split before they are decoded.",
     NEEDS_TEST_SERVICE, comma_joined_binary, NULL},
    {"grpc/metadata/repeated-keys-in-order", "GRPC-MD-006",
     "The values of a repeated key keep their order.",
     NEEDS_TEST_SERVICE, repeated_keys, NULL},
    {"grpc/metadata/joined-or-separate", "GRPC-MD-007",
     "Values joined by a comma and separate fields are both accepted.",
     NEEDS_TEST_SERVICE, joined_keys, NULL},
    {"grpc/metadata/comma-in-ascii", "GRPC-MD-001 GRPC-MD-007",
     "A comma in an ASCII value is kept.",
     NEEDS_TEST_SERVICE, comma_in_ascii, NULL},
    {"grpc/metadata/printable-ascii", "GRPC-MD-001",
     "Every printable ASCII character arrives unchanged.",
     NEEDS_TEST_SERVICE, printable_ascii, NULL},
    {"grpc/metadata/large-value", "GRPC-MD-001",
     "A value of 4 KiB arrives unchanged.",
     NEEDS_TEST_SERVICE, large_value, NULL},
    {"grpc/metadata/large-binary-value", "GRPC-MD-002",
     "A binary value of 1500 octets arrives unchanged.",
     NEEDS_TEST_SERVICE, large_binary, NULL},
    {"grpc/metadata/many-pairs", "GRPC-MD-001 SEC-021",
     "Eighty pairs are accepted.",
     NEEDS_TEST_SERVICE, many_pairs, NULL},
    {"grpc/metadata/unusual-keys", "GRPC-MD-001",
     "Keys of digits, underscores, dots and hyphens are accepted.",
     NEEDS_TEST_SERVICE, unusual_keys, NULL},
    {"grpc/metadata/value-outside-ascii", "GRPC-MD-010",
     "A value that HTTP allows and gRPC does not causes no error.",
     NEEDS_TEST_SERVICE, outside_ascii, NULL},
    {"grpc/metadata/value-outside-ascii-echoed", "GRPC-MD-011",
     "Echoing such a value causes no error.",
     NEEDS_TEST_SERVICE, echo_outside_ascii, NULL},
    {"grpc/metadata/surrounding-space", "GRPC-MD-012",
     "Space around a value is stripped, kept or refused; the connection goes on.",
     NEEDS_TEST_SERVICE, surrounding_space, NULL},
    {"grpc/metadata/base64-of-no-digits", "GRPC-MD-013 SEC-028",
     "A binary value that is not base64 is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &stars},
    {"grpc/metadata/base64-of-one-digit", "GRPC-MD-013 SEC-028",
     "A binary value of one digit is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &one_digit},
    {"grpc/metadata/base64-padded-inside", "GRPC-MD-013 SEC-028",
     "A binary value with padding inside is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &misplaced_padding},
    {"grpc/metadata/base64-too-much-padding", "GRPC-MD-013 SEC-028",
     "A binary value with too much padding is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &dangling},
    {"grpc/metadata/base64-with-space", "GRPC-MD-013 SEC-028",
     "A binary value with a space inside is a matter of its call only.",
     NEEDS_TEST_SERVICE, invalid_base64, &space_inside},
    {"grpc/metadata/empty-ascii-value", "GRPC-MD-014",
     "An empty ASCII value is preserved.",
     NEEDS_TEST_SERVICE, empty_ascii, NULL},
    {"grpc/metadata/empty-binary-value", "GRPC-MD-014",
     "An empty binary value is preserved.",
     NEEDS_TEST_SERVICE, empty_binary, NULL},
    {"grpc/metadata/protocol-fields-not-echoed", "GRPC-MD-016 GRPC-STAT-001 GRPC-REQ-HDR-023",
     "Protocol fields do not come back as metadata, nor twice.",
     NEEDS_TEST_SERVICE, reserved_not_echoed, NULL},
    {"grpc/metadata/size-counts-overhead", "GRPC-MD-017 SEC-020",
     "Metadata is counted as name, value and 32 octets for each field.",
     NEEDS_TEST_SERVICE, size_counts_overhead, NULL},
    {"grpc/metadata/no-true-binary-unasked", "GRPC-MD-018 GRPC-MD-002",
     "True binary metadata is not sent to a client that did not announce it.",
     NEEDS_TEST_SERVICE, no_true_binary_unasked, NULL},
    {"grpc/metadata/true-binary-accepted", "GRPC-MD-019",
     "A server that announces true binary metadata accepts it.",
     NEEDS_TEST_SERVICE, true_binary_accepted, NULL},
    {"grpc/metadata/true-binary-setting", "GRPC-MD-020",
     "The setting for true binary metadata comes at most once, in the first SETTINGS.",
     NEEDS_TEST_SERVICE, true_binary_setting, NULL},
};
/* clang-format on */

const struct case_list metadata_cases = {cases, ARRAY_LEN(cases)};
