/* SPDX-License-Identifier: MIT
 *
 * Protocol buffers by hand: what is written, octet by octet; what is read, cut anywhere. */
#include "base/test.h"

#include "wire/pb.h"

#define B(literal)                                                                                 \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

static void requests_are_written(void **state)
{
    (void)state;
    const struct {
        struct testing_request request;
        struct bytes octets;
    } rows[] = {
        {TESTING_REQUEST(), BYTES("")},
        {TESTING_REQUEST(.response_size = 300), BYTES("\x10\xac\x02")},
        {TESTING_REQUEST(.payload_size = 2), BYTES("\x1a\x04\x12\x02\0\0")},
        {TESTING_REQUEST(.has_status = true, .status_code = 2, .status_message = "m"),
         BYTES("\x3a\x05\x08\x02\x12\x01m")},
        {TESTING_REQUEST(.has_status = true), BYTES("\x3a\x00")},
        {TESTING_REQUEST(.response_compressed = 1, .expect_compressed = 0),
         BYTES("\x32\x02\x08\x01\x42\x00")},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        pb_put_simple_request(&out, rows[i].request);
        assert_bytes(buf_view(&out), rows[i].octets);
        buf_clear(&out);
    }
}

static void streaming_requests_are_written(void **state)
{
    (void)state;
    const struct response_parameters parameters[] = {{31415, 0, -1}, {9, 1000, 1}};
    struct buf out = {0};
    pb_put_streaming_request(&out, TESTING_REQUEST(.payload_size = 1), parameters, 2);
    assert_bytes(buf_view(&out), BYTES("\x12\x04\x08\xb7\xf5\x01"
                                       "\x12\x09\x08\x09\x10\xe8\x07\x1a\x02\x08\x01"
                                       "\x1a\x03\x12\x01\0"));
    buf_clear(&out);
    pb_put_input_request(&out, 1, 1);
    assert_bytes(buf_view(&out), BYTES("\x0a\x03\x12\x01\0\x12\x02\x08\x01"));
    buf_clear(&out);
}

static void fields_are_taken(void **state)
{
    (void)state;
    struct bytes message = guard(BYTES(
        "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x15\1\0\0\0\x19\2\0\0\0\0\0\0\0\x22\x01x"));
    struct bytes rest = message;
    struct pb_field field;
    assert_true(pb_take(&rest, &field));
    assert_true(field.number == 1 && field.type == PB_VARINT && field.value == UINT64_MAX);
    assert_true(pb_take(&rest, &field));
    assert_true(field.number == 2 && field.type == PB_FIXED32 && field.value == 1);
    assert_true(pb_take(&rest, &field));
    assert_true(field.number == 3 && field.type == PB_FIXED64 && field.value == 2);
    assert_true(pb_take(&rest, &field));
    assert_true(field.number == 4 && field.type == PB_LEN);
    assert_bytes(field.bytes, BYTES("x"));
    assert_false(pb_take(&rest, &field));
    assert_int_equal(rest.len, 0);
    unguard(message);
}

static void malformed_messages_are_refused(void **state)
{
    (void)state;
    static const struct bytes rows[] = {
        B("\x08"),
        B("\x80"),
        B("\x00\x00"),
        B("\x0a\x02x"),
        B("\x0d\0\0\0"),
        B("\x09\0\0\0\0\0\0\0"),
        B("\x0b"),
        B("\x0f\0"),
        B("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        B("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes message = guard(rows[i]), rest = message;
        struct pb_field field;
        assert_false(pb_take(&rest, &field));
        assert_int_equal(rest.len, rows[i].len);
        assert_false(pb_find(message, 1, &field));
        unguard(message);
    }
}

static void responses_are_read(void **state)
{
    (void)state;
    struct bytes body;
    assert_true(pb_response_body(BYTES("\x0a\x04\x12\x02hi"), &body));
    assert_bytes(body, BYTES("hi"));
    assert_true(pb_response_body(BYTES(""), &body));
    assert_int_equal(body.len, 0);
    assert_true(pb_response_body(BYTES("\x0a\x00"), &body));
    assert_false(pb_response_body(BYTES("\x0a\x04\x12\x03hi"), &body));
    assert_false(pb_response_body(BYTES("\x08\x01"), &body));
    assert_int_equal(pb_aggregated_size(BYTES("\x08\xac\x02")), 300);
    assert_int_equal(pb_aggregated_size(BYTES("")), 0);
    assert_int_equal(pb_aggregated_size(BYTES("\x08")), -1);
    assert_int_equal(pb_aggregated_size(BYTES("\x0a\x00")), -1);
}

static void the_last_occurrence_counts(void **state)
{
    (void)state;
    struct pb_field field;
    assert_true(pb_find(BYTES("\x08\x01\x08\x02\x10\x03"), 1, &field));
    assert_int_equal(field.value, 2);
    assert_false(pb_find(BYTES("\x08\x01\x08"), 1, &field));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t n = 0;; n++) {
        struct buf out = {0};
        fail_allocation(n);
        pb_put_simple_request(
            &out, TESTING_REQUEST(.payload_size = 500, .has_status = true, .status_code = 3));
        bool failed = stop_failing();
        assert_int_equal(out.failed, failed);
        buf_clear(&out);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_written),
        cmocka_unit_test(streaming_requests_are_written),
        cmocka_unit_test(fields_are_taken),
        cmocka_unit_test(malformed_messages_are_refused),
        cmocka_unit_test(responses_are_read),
        cmocka_unit_test(the_last_occurrence_counts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
