/* SPDX-License-Identifier: MIT
 *
 * What a message may cost: one that grows when it is inflated, and the default limit of 4 MiB. Lengths that promise
 * too much are in grpc/message_prefix.c. */
#include "cases/cases.h"
#include "cases/http2/flood.h"
#include "peer/own_target.h"

#include <zlib.h>

#define MEBI (1u << 20)

/* Raw DEFLATE of `in`, ended at an octet, so that it can be repeated. */
static void deflate_block(struct buf *out, struct bytes in)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t room = in.len / 100 + 1024;
    uint8_t *at = buf_reserve(out, room);
    z.next_in = (uint8_t *)(uintptr_t)in.data;
    z.avail_in = (uInt)in.len;
    z.next_out = at;
    z.avail_out = (uInt)room;
    if (at && deflate(&z, Z_FULL_FLUSH) == Z_OK)
        out->len += room - z.avail_out;
    (void)deflateEnd(&z);
}

static void put_little_endian(struct buf *out, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        buf_put_u8(out, (uint8_t)(value >> shift));
}

/* gzip of a SimpleRequest whose payload has so many MiB of zeros. The same compressed mebibyte again and again. */
static void put_bomb(struct buf *out, uint32_t mebibytes)
{
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    struct buf zeros = {0}, block = {0}, start = {0};
    size_t body = (size_t)mebibytes * MEBI;

    buf_put_zeros(&zeros, MEBI);
    buf_put_u8(&start, 3 << 3 | PB_LEN); /* payload = 3, and its length: body = 2, and its length */
    struct buf inner = {0};
    buf_put_u8(&inner, 2 << 3 | PB_LEN);
    for (size_t rest = body;; rest >>= 7) {
        buf_put_u8(&inner, (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
        if (rest <= 0x7f)
            break;
    }
    for (size_t rest = inner.len + body;; rest >>= 7) {
        buf_put_u8(&start, (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
        if (rest <= 0x7f)
            break;
    }
    buf_put(&start, buf_view(&inner));

    uLong sum = crc32(0, start.data, (uInt)start.len), of_mebi = crc32(0, zeros.data, MEBI);
    buf_put(out, bytes_of(header, sizeof header));
    deflate_block(out, buf_view(&start));
    deflate_block(&block, buf_view(&zeros));
    for (uint32_t i = 0; i < mebibytes; i++) {
        buf_put(out, buf_view(&block));
        sum = crc32_combine(sum, of_mebi, MEBI);
    }
    buf_put(out, BYTES("\x03\x00")); /* an empty last block */
    put_little_endian(out, (uint32_t)sum);
    put_little_endian(out, (uint32_t)(start.len + body));
    buf_clear(&zeros);
    buf_clear(&block);
    buf_clear(&start);
    buf_clear(&inner);
}

static struct call *send_bomb(struct conn *conn)
{
    struct call *call = new_call_on(conn, UNARY_CALL);
    struct buf bomb = {0};

    put_bomb(&bomb, 64);
    send_request_headers(call, EDITS(ADD("grpc-encoding", "gzip")), 0);
    send_message(call, 1, buf_view(&bomb), FLAG_END_STREAM);
    buf_clear(&bomb);
    return call;
}

/* However long the target works on it: as long as the case has. */
static void wait_for_end(struct call *call)
{
    struct test *t = call->conn->t;
    int64_t patience = t->patience_ns;

    t->patience_ns = t->deadline - clock_now_ns();
    wait_for_all(call);
    t->patience_ns = patience;
}

/* Whether a plain message of 5 MiB is too large: elsewhere no limit is set that a bomb could exceed. */
static bool limits_messages(struct conn *conn)
{
    struct call *call = new_call_on(conn, STREAMING_INPUT_CALL);
    struct buf request = {0};

    pb_put_input_request(&request, 5 * MEBI, -1);
    send_request_headers(call, NO_EDITS, 0);
    send_message(call, 0, buf_view(&request), FLAG_END_STREAM);
    wait_for_all(call);
    buf_clear(&request);
    return call_status(call) != GRPC_OK;
}

#define NO_LIMIT "the target takes plain messages above 4 MiB as well: it sets no limit"

static void decompression_bomb(struct test *t)
{
    struct flood flood = begin_flood(t, NULL, 0);
    struct call *call = send_bomb(flood.conn);

    wait_for_end(call);
    if (call_status(call) == GRPC_UNIMPLEMENTED) {
        test_skip(t, "the target does not take gzip");
        return;
    }
    if (call_status(call) == GRPC_OK && !limits_messages(flood.conn)) {
        test_skip(t, NO_LIMIT);
        return;
    }
    expect_outcome(call, ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), LENIENT_ANY_ERROR("another code"),
                                LENIENT_ANY_RESET("no status")));
    expect_others_served(&flood);
}

static void memory_of_a_bomb(struct test *t)
{
    if (t->target->starter)
        start_own_target(t);
    struct conn *conn = connect_h2(t);
    expect_call_works(conn);
    struct memory before = target_memory(t);
    if (before.peak < 0) {
        test_skip(t, MEMORY_NOT_KNOWN);
        return;
    }
    struct call *call = send_bomb(conn);
    wait_for_end(call);
    if (call_status(call) == GRPC_UNIMPLEMENTED)
        test_skip(t, "the target does not take gzip");
    int64_t growth = target_memory(t).peak - before.now;
    test_note(t, "%lld octets at most", (long long)growth);
    if (growth >= MOST_GROWTH && call_status(call) == GRPC_OK && !limits_messages(conn))
        test_skip(t, NO_LIMIT);
    expect(t, growth < MOST_GROWTH, "64 MiB are not inflated where 4 MiB are allowed",
           "the target has grown by %lld octets", (long long)growth);
}

struct size_row {
    size_t octets; /* of the message */
    bool fits;
};
#define SIZE_ROW(...) (&(const struct size_row){__VA_ARGS__})

static void largest_message(struct test *t)
{
    const struct size_row *row = t->arg;
    struct buf request = {0}, body = {0}, payload = {0};
    size_t overhead = 10; /* two tags and two lengths of four octets */

    buf_put_zeros(&body, row->octets - overhead);
    pb_put_bytes(&payload, 2, buf_view(&body));
    pb_put_bytes(&request, 3, buf_view(&payload));
    expect(t, request.len == row->octets, "a message of that size", "%zu octets", request.len);
    struct call *call = send_unary(t, UNARY_CALL, buf_view(&request));
    wait_for_all(call);
    bool ok = call_status(call) == GRPC_OK;
    if (!ok && row->fits)
        test_lenient(t, HERE, "the default limit of a received message is 4 MiB",
                     "4 MiB are refused (status %d)", call_status(call));
    else if (ok && !row->fits)
        test_lenient(t, HERE, "the default limit of a received message is 4 MiB",
                     "an octet more is accepted");
    else if (!ok)
        expect_outcome(call,
                       ONE_OF(STATUS(GRPC_RESOURCE_EXHAUSTED), LENIENT_ANY_ERROR("another code"),
                              LENIENT_ANY_RESET("no status")));
    else
        expect_status(call, GRPC_OK);
    expect_target_still_serves(t);
    buf_clear(&request);
    buf_clear(&payload);
    buf_clear(&body);
}

static const struct test_case cases[] = {
    {"http2/limits/decompression-bomb", "SEC-023",
     "64 kB that inflate to 64 MiB are RESOURCE_EXHAUSTED.", NEEDS_TEST_SERVICE, decompression_bomb,
     NULL},
    {"http2/limits/memory-of-decompression-bomb", "SEC-023",
     "64 kB that stand for 64 MiB are not all inflated.", NEEDS_TEST_SERVICE, memory_of_a_bomb,
     NULL},
    {"http2/limits/message-of-4-mebibytes", "SEC-025", "A message of 4 MiB is accepted.",
     NEEDS_TEST_SERVICE, largest_message, SIZE_ROW(4194304, true)},
    {"http2/limits/message-above-4-mebibytes", "SEC-025",
     "A message of 4 MiB and an octet is RESOURCE_EXHAUSTED.", NEEDS_TEST_SERVICE, largest_message,
     SIZE_ROW(4194305, false)},
};
const struct case_list limit_message_cases = {cases, ARRAY_LEN(cases)};
