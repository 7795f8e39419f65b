/* SPDX-License-Identifier: MIT
 *
 * Every mapping to a status, row by row. */
#include "base/test.h"

#include "codec/status.h"

static void reads_grpc_status(void **state)
{
    static const struct {
        const char *text;
        enum gr_status status;
    } rows[] = {
        {"0", GR_STATUS_OK},
        {"1", GR_STATUS_CANCELLED},
        {"9", GR_STATUS_FAILED_PRECONDITION},
        {"10", GR_STATUS_ABORTED},
        {"16", GR_STATUS_UNAUTHENTICATED},
        {"05", GR_STATUS_NOT_FOUND},
        {"00000000000016", GR_STATUS_UNAUTHENTICATED},
        {"17", GR_STATUS_UNKNOWN},
        {"100", GR_STATUS_UNKNOWN},
        {"4294967295", GR_STATUS_UNKNOWN},
        {"4294967296", GR_STATUS_UNKNOWN},
        {"18446744073709551616", GR_STATUS_UNKNOWN},
        {"", GR_STATUS_UNKNOWN},
        {"-1", GR_STATUS_UNKNOWN},
        {"-0", GR_STATUS_UNKNOWN},
        {"+0", GR_STATUS_UNKNOWN},
        {" 0", GR_STATUS_UNKNOWN},
        {"0 ", GR_STATUS_UNKNOWN},
        {"0x0", GR_STATUS_UNKNOWN},
        {"abc", GR_STATUS_UNKNOWN},
        {"OK", GR_STATUS_UNKNOWN},
        {"0,5", GR_STATUS_UNKNOWN},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes text = guard(bytes_str(rows[i].text));
        assert_int_equal(gr_status_parse(text), rows[i].status);
        unguard(text);
    }
}

static void maps_http_statuses(void **state)
{
    static const struct {
        int http;
        enum gr_status status;
    } rows[] = {
        {400, GR_STATUS_INTERNAL},          {401, GR_STATUS_UNAUTHENTICATED},
        {403, GR_STATUS_PERMISSION_DENIED}, {404, GR_STATUS_UNIMPLEMENTED},
        {429, GR_STATUS_UNAVAILABLE},       {431, GR_STATUS_INTERNAL},
        {502, GR_STATUS_UNAVAILABLE},       {503, GR_STATUS_UNAVAILABLE},
        {504, GR_STATUS_UNAVAILABLE},
    };
    (void)state;

    size_t row = 0;
    for (int http = -1; http < 1100; http++) {
        bool listed = row < ARRAY_LEN(rows) && rows[row].http == http;
        assert_int_equal(gr_status_of_http(http), listed ? rows[row].status : GR_STATUS_UNKNOWN);
        row += listed;
    }
    assert_int_equal(row, ARRAY_LEN(rows));
}

static void maps_http2_error_codes(void **state)
{
    static const struct {
        uint32_t code;
        enum gr_status status;
    } rows[] = {
        {0x0, GR_STATUS_INTERNAL},          {0x1, GR_STATUS_INTERNAL},
        {0x2, GR_STATUS_INTERNAL},          {0x3, GR_STATUS_INTERNAL},
        {0x4, GR_STATUS_INTERNAL},          {0x5, GR_STATUS_UNKNOWN},
        {0x6, GR_STATUS_INTERNAL},          {0x7, GR_STATUS_UNAVAILABLE},
        {0x8, GR_STATUS_CANCELLED},         {0x9, GR_STATUS_INTERNAL},
        {0xa, GR_STATUS_INTERNAL},          {0xb, GR_STATUS_RESOURCE_EXHAUSTED},
        {0xc, GR_STATUS_PERMISSION_DENIED}, {0xd, GR_STATUS_UNKNOWN},
        {0xe, GR_STATUS_UNKNOWN},           {0x99, GR_STATUS_UNKNOWN},
        {0x80000000, GR_STATUS_UNKNOWN},    {0xffffffff, GR_STATUS_UNKNOWN},
    };
    (void)state;

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(gr_status_of_h2_error(rows[i].code), rows[i].status);
}

static void names_every_status_and_error(void **state)
{
    (void)state;

    assert_string_equal(gr_status_name(GR_STATUS_OK), "OK");
    assert_string_equal(gr_status_name(GR_STATUS_UNIMPLEMENTED), "UNIMPLEMENTED");
    assert_string_equal(gr_status_name(GR_STATUS_UNAUTHENTICATED), "UNAUTHENTICATED");
    assert_string_equal(gr_status_name((enum gr_status)17), "UNKNOWN");
    assert_string_equal(gr_status_name(GR_LATER), "UNKNOWN");
    assert_string_equal(gr_error_text(0), "success");
    assert_string_equal(gr_error_text(GR_NOMEM), "out of memory");
    assert_string_equal(gr_error_text(GR_TOO_LARGE),
                        "the message or metadata is larger than the limit set for it");
    assert_non_null(gr_error_text(-1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_grpc_status),
        cmocka_unit_test(maps_http_statuses),
        cmocka_unit_test(maps_http2_error_codes),
        cmocka_unit_test(names_every_status_and_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
