/* SPDX-License-Identifier: MIT
 *
 * Layer "metadata": custom metadata, and its echo by the test service (PROTOCOL-HTTP2, Custom-Metadata). */
#include "fuzz/common.h"
#include "wire/base64.h"

#define INITIAL  "x-grpc-test-echo-initial"
#define TRAILING "x-grpc-test-echo-trailing-bin"

/* A whole UnaryCall with these fields beside the usual ones. */
static uint32_t call_with(struct maker *m, const struct edit *edits)
{
    struct field fields[MAX_FIELDS];
    struct buf block = {0}, message = {0};
    uint32_t stream = make_stream(m);
    make_coded(m, fields, make_fields(m, UNARY_CALL, edits, fields), &block);
    make_block(m, stream, buf_view(&block), FLAG_NONE);
    pb_put_simple_request(&message, TESTING_REQUEST(.response_size = 3));
    make_message(m, stream, 0, buf_view(&message), FLAG_END_STREAM);
    buf_clear(&block);
    buf_clear(&message);
    return stream;
}

static void echo(struct maker *m, const struct fault *fault)
{
    struct buf text = {0}, octets = {0}, coded = {0}, bare = {0};
    (void)fault;
    begin_case(m);
    for (uint32_t i = draw_below(&m->draw, 200); i > 0; i--)
        buf_put_u8(&text, (uint8_t)draw_between(&m->draw, 33, 126));
    draw_octets(&m->draw, &octets, draw_below(&m->draw, 100));
    base64_put(&coded, buf_view(&octets), draw_chance(&m->draw, 50));
    base64_put(&bare, buf_view(&octets), false);
    const struct edit edits[] = {{EDIT_ADD, INITIAL, buf_view(&text)},
                                 {EDIT_ADD, TRAILING, buf_view(&coded)},
                                 {.kind = EDIT_END}};
    uint32_t stream = call_with(m, edits);
    must_be_ok(m, stream);
    must_have_field(m, stream, INITIAL, buf_view(&text));
    must_have_field(m, stream, TRAILING, buf_view(&bare));
    must_serve(m);
    buf_clear(&text);
    buf_clear(&octets);
    buf_clear(&coded);
    buf_clear(&bare);
}

static void bad_binary(struct maker *m, const struct fault *fault)
{
    static const char *const values[] = {"***", "A",        "A=Q=", "AQI==",     "A Q",     "====",
                                         "AQ=", "AQI=AQI=", "-_-_", "AQIDBAU=,", "\xff\xff"};
    (void)fault;
    begin_case(m);
    uint32_t sibling = begin_sibling(m);
    const char *value = values[draw_below(&m->draw, ARRAY_LEN(values))];
    const struct edit edits[] = {
        {EDIT_ADD, draw_chance(&m->draw, 50) ? TRAILING : "x-bad-bin", bytes_str(value)},
        {.kind = EDIT_END}};
    uint32_t stream = call_with(m, edits);
    may_end(m, stream, ONE_OF(STATUS(GRPC_OK), ANY_ERROR, HTTP(400), ANY_RESET));
    end_sibling(m, sibling);
    must_serve(m);
}

static void high_octets(struct maker *m, const struct fault *fault)
{
    char value[12] = "caf";
    (void)fault;
    begin_case(m);
    for (size_t i = 3; i < sizeof value - 1; i++)
        value[i] = (char)draw_between(&m->draw, 128, 255);
    const struct edit edits[] = {
        {EDIT_ADD, draw_chance(&m->draw, 50) ? INITIAL : "x-high", bytes_str(value)},
        {.kind = EDIT_END}};
    uint32_t stream = call_with(m, edits);
    may_end(m, stream,
            ONE_OF(STATUS(GRPC_OK), ANY_ERROR, HTTP(400), RESET(H2_PROTOCOL_ERROR),
                   LENIENT_ANY_RESET(NULL)));
    must_serve(m);
}

/* What an application may not say, said by echo: the server must not pass it on as its own. */
static void joined(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    const struct edit edits[] = {ADD(INITIAL, "a,b, c"), {.kind = EDIT_END}};
    uint32_t stream = call_with(m, edits);
    must_be_ok(m, stream);
    must_have_field(m, stream, INITIAL, BYTES("a,b, c"));
    must_serve(m);
}

static void empty_values(struct maker *m, const struct fault *fault)
{
    (void)fault;
    begin_case(m);
    const struct edit edits[] = {
        ADD(INITIAL, ""), ADD("x-e-bin", ""), ADD("x-e", ""), {.kind = EDIT_END}};
    uint32_t stream = call_with(m, edits);
    must_be_ok(m, stream);
    must_have_field(m, stream, INITIAL, NO_BYTES);
    must_serve(m);
}

#define F(name, clauses, wrong, make)                                                              \
    {                                                                                              \
        "metadata/" name, clauses, wrong, make, NULL, true                                         \
    }
static const struct fault faults[] = {
    F("echo", "GRPC-MD-001 GRPC-MD-002 GRPC-MD-003 GRPC-MD-004", "metadata, in text and in octets",
      echo),
    F("bad-binary", "GRPC-MD-013 SEC-028", "a -bin value that is not base64", bad_binary),
    F("high-octets", "GRPC-MD-010 GRPC-MD-012", "a value beyond ASCII", high_octets),
    F("joined", "GRPC-MD-001 GRPC-MD-005", "a value with commas", joined),
    F("empty", "GRPC-MD-014", "values of no octets", empty_values),
};
const struct fault_list metadata_faults = ROWS(faults);
