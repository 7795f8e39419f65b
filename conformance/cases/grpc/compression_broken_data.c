/* SPDX-License-Identifier: MIT
 *
 * Compressed requests whose octets are not what the encoding says: a wrong CRC or length, cut off, or no gzip at
 * all. */
#include "cases/cases.h"
#include "cases/grpc/compressed.h"

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

/* clang-format off */
static const struct test_case cases[] = {
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
};
/* clang-format on */

const struct case_list compression_broken_data_cases = {cases, ARRAY_LEN(cases)};
