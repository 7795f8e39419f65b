/* SPDX-License-Identifier: MIT
 *
 * The two messages of the adapter protocol, octet by octet for one call, and the answers that an adapter may give. */
#include "base/test.h"

#include "peer/client.h"
#include "run/adapter_message.h"
#include "wire/pb.h"

static struct buf request_for(const struct client_call *call)
{
    struct buf out = {0};
    struct client_address address = {.host = "127.0.0.1", .port = 5};
    put_adapter_request(&out, "t", call, &address, NO_BYTES);
    return out;
}

static uint64_t number_at(struct bytes message, uint32_t field)
{
    struct pb_field found;
    return pb_find(message, field, &found) ? found.value : 0;
}

static struct bytes bytes_at(struct bytes message, uint32_t field)
{
    struct pb_field found;
    return pb_find(message, field, &found) ? found.bytes : NO_BYTES;
}

static void a_plain_call_octet_by_octet(void **state)
{
    static const struct client_call plain = {.type = CALL_UNARY, .messages = 1};
    (void)state;
    struct buf out = request_for(&plain);
    struct buf want = {0};
    buf_put(&want, BYTES("\x0a\x01t\x10\x02\x18\x02\x20\x01\x28\x01\x32\x09"
                         "127.0.0.1\x38\x05\x50\x80\x80\x80\x02\x5a\x2c"
                         "connectrpc.conformance.v1.ConformanceService\x62\x05Unary\x68\x01"
                         "\x82\x01\x3e\x0a\x3a"
                         "type.googleapis.com/connectrpc.conformance.v1.UnaryRequest\x12"));
    buf_put_u8(&want, 0);
    assert_bytes(buf_view(&out), buf_view(&want));
    buf_clear(&out);
    buf_clear(&want);
}

static void what_a_call_may_have_is_told(void **state)
{
    static const struct field metadata[] = {
        {{(const uint8_t *)"a", 1}, {(const uint8_t *)"1", 1}},
        {{(const uint8_t *)"b-bin", 5}, {(const uint8_t *)"\xff\x00", 2}},
        {{(const uint8_t *)"a", 1}, {(const uint8_t *)"2", 1}},
    };
    static const struct client_call call = {.type = CALL_FULL_DUPLEX,
                                            .messages = 2,
                                            .responses = 3,
                                            .response_size = 4,
                                            .request_size = 5,
                                            .metadata = metadata,
                                            .metadata_count = 3,
                                            .timeout_ms = 700,
                                            .compression = "gzip",
                                            .cancel = CANCEL_AFTER_RESPONSES,
                                            .cancel_after_responses = 2,
                                            .receive_limit = 9};
    (void)state;
    struct buf out = request_for(&call);
    struct bytes all = buf_view(&out);
    assert_int_equal(number_at(all, 5), 2);
    assert_int_equal(number_at(all, 10), 9);
    assert_int_equal(number_at(all, 13), CALL_FULL_DUPLEX);
    assert_int_equal(number_at(all, 17), 700);
    assert_int_equal(number_at(bytes_at(all, 19), 3), 2);
    assert_bytes(bytes_at(all, 12), BYTES("BidiStream"));
    assert_bytes(bytes_at(all, 15), BYTES("\x0a\x05"
                                          "b-bin\x12\x03/wA"));
    size_t messages = 0, headers = 0;
    struct pb_field field;
    for (struct bytes rest = all; pb_take(&rest, &field);) {
        messages += field.number == 16;
        headers += field.number == 15;
    }
    assert_int_equal(messages, 2);
    assert_int_equal(headers, 2);
    buf_clear(&out);
}

/* An answer with everything in it. */
static void put_answer(struct buf *out)
{
    struct buf result = {0};
    pb_put_bytes(&result, 1, BYTES("\x0a\x01H\x12\x01x\x12\x01y"));
    pb_put_bytes(&result, 2,
                 BYTES("\x0a\x03"
                       "abc"));
    pb_put_bytes(&result, 2, NO_BYTES);
    pb_put_bytes(&result, 3, BYTES("\x08\x0d\x12\x02no"));
    pb_put_bytes(&result, 4, BYTES("\x0a\x01t\x12\x01z"));
    pb_put_varint(&result, 5, 3);
    pb_put_bytes(out, 1, BYTES("name"));
    pb_put_bytes(out, 2, buf_view(&result));
    buf_clear(&result);
}

static void an_answer_is_read_whole(void **state)
{
    (void)state;
    struct buf out = {0};
    struct client_result result = {.kind = RESULT_PENDING};
    put_answer(&out);
    assert_bytes(adapter_response_name(buf_view(&out)), BYTES("name"));
    assert_true(read_adapter_response(buf_view(&out), &result));
    assert_int_equal(result.kind, RESULT_REPORTED);
    assert_int_equal(result.status, GRPC_INTERNAL);
    assert_bytes(buf_view(&result.message), BYTES("no"));
    assert_int_equal(header_list_count(&result.headers, "h"), 2); /* H, in small letters */
    assert_int_equal(header_list_count(&result.trailers, "t"), 1);
    assert_int_equal(result.payload_count, 2);
    assert_int_equal(result.unsent_requests, 3);
    client_result_clear(&result);
    buf_clear(&out);
}

static void a_call_that_could_not_be_made(void **state)
{
    (void)state;
    struct client_result result = {.kind = RESULT_PENDING};
    assert_true(read_adapter_response(BYTES("\x0a\x01t\x1a\x04\x0a\x02no"), &result));
    assert_int_equal(result.kind, RESULT_FAILED);
    assert_true(result.says_so);
    client_result_clear(&result);
}

static void what_is_no_answer_is_refused(void **state)
{
    static const struct client_call plain = {.type = CALL_UNARY, .messages = 1};
    (void)state;
    struct client_result result = {.kind = RESULT_PENDING};
    struct buf echo = request_for(&plain); /* of `cat` */
    assert_false(read_adapter_response(buf_view(&echo), &result));
    assert_false(read_adapter_response(BYTES("\x0a\x01t"), &result));
    assert_false(read_adapter_response(BYTES("\xff"), &result));
    client_result_clear(&result);
    buf_clear(&echo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_call_octet_by_octet),
        cmocka_unit_test(what_a_call_may_have_is_told),
        cmocka_unit_test(an_answer_is_read_whole),
        cmocka_unit_test(a_call_that_could_not_be_made),
        cmocka_unit_test(what_is_no_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
