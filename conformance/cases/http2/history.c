/* SPDX-License-Identifier: MIT
 *
 * Cases that exist because a server once got it wrong, and that no other area has. Which bug of which server each
 * case of the suite would have caught is in clauses/history.tsv. */
#include "cases/cases.h"
#include "cases/http2/flood.h"

/* After the first error nothing more of the same write may be looked at (nghttp2, CVE-2026-27135). */
static void frames_behind_an_error(struct test *t)
{
    struct conn *conn = main_connection(t);

    expect_call_works(conn);
    send_frame(conn, FRAME_PING, 0, 0, BYTES("1234567"));
    for (int i = 0; i < 20; i++) {
        send_frame(conn, FRAME_PRIORITY, 0, 1, BYTES("\0\0\0"));
        send_frame(conn, 0x0a, 0, 0, BYTES("\xff\xff"));
        send_frame(conn, 0x10, 0, 0, BYTES("\0"));
        send_frame(conn, FRAME_WINDOW_UPDATE, 0, 0, BYTES("\0\0\0\0\0"));
    }
    expect_connection_error(conn, H2_FRAME_SIZE_ERROR);
    expect_target_still_serves(t);
}

/* Two faults of one request met in an abort (gRPC-core, CVE-2023-1428). */
static void bad_te_and_large_metadata(struct test *t)
{
    struct buf large = {0};
    struct call *call = new_call(t, EMPTY_CALL);

    put_fill(&large, 'l', 9000);
    send_request_headers(call,
                         ((const struct edit[]){{EDIT_SET, "te", BYTES("x")},
                                                {EDIT_ADD, "x-large", buf_view(&large)},
                                                {.kind = EDIT_END}}),
                         0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(STATUS(GRPC_OK), ANY_ERROR, ANY_RESET, HTTP(400), HTTP(431),
                                LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "only the request is at fault"),
                                LENIENT_CLOSE));
    expect_target_still_serves(t);
    buf_clear(&large);
}

struct length_row {
    const char *first, *second; /* values of content-length; NULL: there is one */
};
#define LENGTHS(...) (&(const struct length_row){__VA_ARGS__})

static void odd_content_length(struct test *t)
{
    const struct length_row *row = t->arg;
    struct call *call = new_call(t, EMPTY_CALL);
    struct edit edits[] = {{EDIT_ADD, "content-length", bytes_str(row->first)},
                           {EDIT_ADD, "content-length", bytes_str(row->second ? row->second : "")},
                           {.kind = EDIT_END}};

    if (!row->second)
        edits[1].kind = EDIT_END;
    send_request_headers(call, edits, 0);
    send_message(call, 0, NO_BYTES, FLAG_END_STREAM);
    expect_outcome(call, ONE_OF(RESET(H2_PROTOCOL_ERROR), HTTP(400), ANY_ERROR,
                                LENIENT_ANY_RESET("another code"),
                                LENIENT_STATUS(GRPC_OK, "content-length is not looked at"),
                                LENIENT_GOAWAY(H2_PROTOCOL_ERROR, "only the request is at fault"),
                                LENIENT_CLOSE));
    expect_only_the_call_is_lost(call);
}

static bool has_settings(const struct conn *conn, const void *arg)
{
    (void)arg;
    return conn->got_settings || conn->closed != NOT_CLOSED;
}

/* A client that leaves at once still gets SETTINGS first, or nothing (Netty, grpc-java). */
static void leaves_at_once(struct test *t)
{
    struct conn *conn = open_transport(t);

    send_preface(conn);
    send_settings(conn, NULL, 0);
    finish_writing(conn);
    wait_until(conn, has_settings, NULL);
    expect(t, conn->got_settings || conn->goaways == 0, "SETTINGS before GOAWAY", "GOAWAY first");
    expect(t, conn->got_settings || conn->closed != NOT_CLOSED, "SETTINGS, or the end", "neither");
    expect_target_still_serves(t);
}

static const struct test_case cases[] = {
    {"http2/history/frames-behind-an-error", "H2-ERR-001 H2-ERR-002",
     "Faulty frames behind a connection error, in the same write, change nothing.", NEEDS_TRANSPORT,
     frames_behind_an_error, NULL},
    {"http2/history/bad-te-and-large-metadata", "SEC-020",
     "A request with a bad te and too much metadata fails alone.", NEEDS_TRANSPORT,
     bad_te_and_large_metadata, NULL},
    {"http2/history/content-length-with-plus", "H2-HDR-022", "content-length: +5 is malformed.",
     NEEDS_TEST_SERVICE, odd_content_length, LENGTHS("+5", NULL)},
    {"http2/history/content-length-minus-zero", "H2-HDR-022", "content-length: -0 is malformed.",
     NEEDS_TEST_SERVICE, odd_content_length, LENGTHS("-0", NULL)},
    {"http2/history/content-length-twice", "H2-HDR-022",
     "Two values of content-length that differ are malformed.", NEEDS_TEST_SERVICE,
     odd_content_length, LENGTHS("5", "6")},
    {"http2/history/leaves-at-once", "H2-PREFACE-001",
     "A client that ends right behind its preface does no harm.", NEEDS_TRANSPORT, leaves_at_once,
     NULL},
};
const struct case_list history_cases = {cases, ARRAY_LEN(cases)};
