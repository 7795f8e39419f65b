/* SPDX-License-Identifier: MIT
 *
 * Frames by hand, given to a server frame by frame and octet by octet. A row's
 * expectation is what comes back: "goaway:CODE", "rst:STREAM:CODE", "end:STREAM" for the trailers of a call. */
#include "conn/test_pair.h"

#include <stdio.h>

/* POST http /t.T/Unary x, content-type application/grpc, te trailers: literals, some into the dynamic table. */
#define REQUEST_TEXT                                                                               \
    "\x83\x86\x04\x0a/t.T/Unary\x41\x01x\x0f\x10\x10"                                              \
    "application/grpc\x40\x02te\x08trailers"
#define REQUEST BYTES(REQUEST_TEXT)
/* The same, with content-length: 5. */
#define SIZED_REQUEST                                                                              \
    BYTES(REQUEST_TEXT "\x0f\x0d\x01"                                                              \
                       "5")
#define MESSAGE BYTES("\0\0\0\0\0") /* one, empty */

static const uint8_t too_long[16385];

struct raw {
    uint8_t type;
    uint8_t flags;
    uint32_t stream; /* 0 with type DATA and no payload: the end of the row */
    struct bytes payload;
};

static void put_frame(struct buf *out, const struct raw *raw)
{
    buf_put_u24(out, (uint32_t)raw->payload.len);
    buf_put_u8(out, raw->type);
    buf_put_u8(out, raw->flags);
    buf_put_u32(out, raw->stream);
    buf_put(out, raw->payload);
}

/* One server connection without a client. */
static void open_server(struct pair *pair)
{
    *pair = (struct pair){.now = NS_PER_S, .server = gr_server_new(NULL)};
    assert_int_equal(gr_server_register(pair->server, &service, NULL), 0);
    pair->served = served_new(pair->server, "raw", pair->now);
    assert_non_null(pair->served);
}

/* What the server says, as words. */
static void describe(struct bytes output, struct buf *words)
{
    while (output.len >= 9) {
        const uint8_t *frame = output.data;
        size_t len = load_u24(frame);
        uint32_t stream = load_u32(frame + 5);
        const char *space = words->len ? " " : "";
        if (frame[3] == RST_STREAM)
            buf_printf(words, "%srst:%u:%u", space, stream, load_u32(frame + 9));
        else if (frame[3] == GOAWAY)
            buf_printf(words, "%sgoaway:%u", space, load_u32(frame + 13));
        else if (frame[3] == HEADERS && frame[4] & FLAG_END_STREAM)
            buf_printf(words, "%send:%u", space, stream);
        output = bytes_skip(output, 9 + len);
    }
}

static void feed(struct pair *pair, struct bytes in, size_t segment, struct buf *words)
{
    while (in.len) {
        struct bytes piece = guard(bytes_first(in, segment ? segment : in.len));
        assert_int_equal(conn_feed(pair->served->conn, piece, pair->now), 0);
        server_dispatch(pair->served);
        unguard(piece);
        struct bytes output = conn_output(pair->served->conn);
        describe(output, words);
        conn_sent(pair->served->conn, output.len);
        in = bytes_skip(in, piece.len);
    }
}

struct row {
    const char *what;
    const char *expected;
    struct raw frames[12];
};

static const struct row rows[] = {
    {"a call",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST}, {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"a header block in many CONTINUATIONs",
     "end:1",
     {{HEADERS, 0, 1, BYTES("\x83")},
      {CONTINUATION, 0, 1, BYTES("\x86\x04\x0a/t")},
      {CONTINUATION, 0, 1, BYTES(".T/Un")},
      {CONTINUATION, 0, 1, BYTES("")},
      {CONTINUATION, 0, 1, BYTES("ary\x41\x01x\x0f\x10")},
      {CONTINUATION, 0, 1,
       BYTES("\x10"
             "applica")},
      {CONTINUATION, 0, 1, BYTES("tion/grpc")},
      {CONTINUATION, FLAG_END_HEADERS, 1, BYTES("\x40\x02te\x08trailers")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"DATA after END_STREAM while the call is open: the stream's error; the connection serves on",
     "rst:1:5 end:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {DATA, FLAG_END_STREAM, 1, BYTES("\0\0\0\0\x07\x12\x05later")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE},
      {HEADERS, FLAG_END_HEADERS, 3, REQUEST},
      {DATA, FLAG_END_STREAM, 3, MESSAGE}}},
    {"HEADERS after END_STREAM while the call is open: the same, and HPACK stays right",
     "rst:1:5 end:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {DATA, FLAG_END_STREAM, 1, BYTES("\0\0\0\0\x07\x12\x05later")},
      {HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 1, BYTES("\x40\x01y\x01z")},
      {HEADERS, FLAG_END_HEADERS, 3,
       BYTES("\x83\x86\x04\x0a/t.T/Unary\xc0\x0f\x10\x10"
             "application/grpc\xbf\xbe")},
      {DATA, FLAG_END_STREAM, 3, MESSAGE}}},
    {"DATA on a stream that has ended",
     "end:1 goaway:5",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {DATA, FLAG_END_STREAM, 1, MESSAGE},
      {PING, 0, 0, BYTES("12345678")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"HEADERS on a stream that has ended",
     "end:1 goaway:5",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {DATA, FLAG_END_STREAM, 1, MESSAGE},
      {HEADERS, FLAG_END_HEADERS, 1, REQUEST}}},
    {"DATA on a stream that the client has reset",
     "rst:1:5 end:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {RST_STREAM, 0, 1, BYTES("\0\0\0\x8")},
      {DATA, 0, 1, MESSAGE},
      {HEADERS, FLAG_END_HEADERS, 3, REQUEST},
      {DATA, FLAG_END_STREAM, 3, MESSAGE}}},
    {"HEADERS on a stream that the client has reset",
     "goaway:5",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {RST_STREAM, 0, 1, BYTES("\0\0\0\x8")},
      {HEADERS, FLAG_END_HEADERS, 1, REQUEST}}},
    {"a stream id lower than one before",
     "end:5 goaway:1",
     {{HEADERS, FLAG_END_HEADERS, 5, REQUEST},
      {DATA, FLAG_END_STREAM, 5, MESSAGE},
      {HEADERS, FLAG_END_HEADERS, 3, REQUEST}}},
    {"an even stream id", "goaway:1", {{HEADERS, FLAG_END_HEADERS, 2, REQUEST}}},
    {"DATA on an idle stream", "goaway:1", {{DATA, 0, 1, MESSAGE}}},
    {"an increment of 0 on a stream",
     "rst:1:1 end:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {WINDOW_UPDATE, 0, 1, BYTES("\0\0\0\0")},
      {HEADERS, FLAG_END_HEADERS, 3, REQUEST},
      {DATA, FLAG_END_STREAM, 3, MESSAGE}}},
    {"an increment of 0 on the connection", "goaway:1", {{WINDOW_UPDATE, 0, 0, BYTES("\0\0\0\0")}}},
    {"an increment of 0 on an idle stream", "goaway:1", {{WINDOW_UPDATE, 0, 7, BYTES("\0\0\0\0")}}},
    {"PRIORITY, also on itself and on idle streams",
     "end:1",
     {{PRIORITY, 0, 1, BYTES("\0\0\0\1\1")},
      {HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {PRIORITY, 0, 9, BYTES("\0\0\0\0\1")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"PRIORITY of a wrong length on a stream",
     "rst:1:6 end:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {PRIORITY, 0, 1, BYTES("\0\0\0\0")},
      {HEADERS, FLAG_END_HEADERS, 3, REQUEST},
      {DATA, FLAG_END_STREAM, 3, MESSAGE}}},
    {"PRIORITY on stream 0", "goaway:1", {{PRIORITY, 0, 0, BYTES("\0\0\0\0\1")}}},
    {"CONTINUATION longer than MAX_FRAME_SIZE",
     "goaway:6",
     {{HEADERS, 0, 1, REQUEST}, {CONTINUATION, FLAG_END_HEADERS, 1, {too_long, sizeof too_long}}}},
    {"PRIORITY inside a header block",
     "goaway:1",
     {{HEADERS, 0, 1, REQUEST}, {PRIORITY, 0, 1, BYTES("\0\0\0\0\1")}}},
    {"a client's GOAWAY with 2^31-1",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {GOAWAY, 0, 0, BYTES("\x7f\xff\xff\xff\0\0\0\0bye")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"SETTINGS that overflow a window",
     "goaway:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {WINDOW_UPDATE, 0, 1, BYTES("\x7f\xff\0\0")},
      {SETTINGS, 0, 0, BYTES("\0\4\0\1\xff\xff")}}},
    {"SETTINGS that just do not",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {WINDOW_UPDATE, 0, 1, BYTES("\x7f\xfe\0\0")},
      {SETTINGS, 0, 0, BYTES("\0\4\0\1\xff\xff")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"trailers of a request",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {DATA, 0, 1, MESSAGE},
      {HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 1, BYTES("\x40\x01y\x01z")}}},
    {"an unknown frame, which is ignored",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {0x77, 0xff, 1, BYTES("x")},
      {0x78, 0, 0, BYTES("")},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"padding, and a priority that nobody reads",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS | FLAG_PADDED | FLAG_PRIORITY, 1,
       BYTES("\x02\0\0\0\1\5" REQUEST_TEXT "\0\0")},
      {DATA, FLAG_PADDED, 1, BYTES("\0")},
      {DATA, FLAG_PADDED | FLAG_END_STREAM, 1, BYTES("\x03\0\0\0\0\0\0\0\0")}}},
    {"HEADERS of more padding than there is",
     "goaway:1",
     {{HEADERS, FLAG_END_HEADERS | FLAG_PADDED, 1, BYTES("\x02x")}}},
    {"HEADERS without its pad length",
     "goaway:6",
     {{HEADERS, FLAG_END_HEADERS | FLAG_PADDED, 1, BYTES("")}}},
    {"HEADERS without its priority",
     "goaway:6",
     {{HEADERS, FLAG_END_HEADERS | FLAG_PRIORITY, 1, BYTES("\0\0\0\1")}}},
    {"DATA of more padding than there is",
     "goaway:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST}, {DATA, FLAG_PADDED, 1, BYTES("\x03\0\0")}}},
    {"DATA without its pad length",
     "goaway:6",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST}, {DATA, FLAG_PADDED, 1, BYTES("")}}},
    {"DATA as long as content-length says",
     "end:1",
     {{HEADERS, FLAG_END_HEADERS, 1, SIZED_REQUEST}, {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"DATA that is longer",
     "rst:1:1",
     {{HEADERS, FLAG_END_HEADERS, 1, SIZED_REQUEST},
      {DATA, 0, 1, MESSAGE},
      {DATA, 0, 1, BYTES("\0")}}},
    {"DATA that is shorter",
     "rst:1:1",
     {{HEADERS, FLAG_END_HEADERS, 1, SIZED_REQUEST}, {DATA, FLAG_END_STREAM, 1, BYTES("\0\0")}}},
    {"shorter, and trailers",
     "rst:1:1",
     {{HEADERS, FLAG_END_HEADERS, 1, SIZED_REQUEST},
      {DATA, 0, 1, BYTES("\0\0")},
      {HEADERS, FLAG_END_HEADERS | FLAG_END_STREAM, 1, BYTES("\x40\x01y\x01z")}}},
    {"a header block that is no HPACK",
     "goaway:9",
     {{HEADERS, FLAG_END_HEADERS, 1, BYTES("\x80")}}},
    {"a header block that ends within a field",
     "goaway:9",
     {{HEADERS, FLAG_END_HEADERS, 1, BYTES("\x83\x86\x04\x0a/t.T")}}},
    {"CONTINUATION without HEADERS", "goaway:1", {{CONTINUATION, FLAG_END_HEADERS, 1, REQUEST}}},
    {"CONTINUATION of another stream",
     "goaway:1",
     {{HEADERS, 0, 1, BYTES("\x83")}, {CONTINUATION, FLAG_END_HEADERS, 3, REQUEST}}},
    {"a window beyond 2^31-1: the stream's",
     "rst:1:3 end:3",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {WINDOW_UPDATE, 0, 1, BYTES("\x7f\xff\xff\xff")},
      {HEADERS, FLAG_END_HEADERS, 3, REQUEST},
      {DATA, FLAG_END_STREAM, 3, MESSAGE}}},
    {"the connection's", "goaway:3", {{WINDOW_UPDATE, 0, 0, BYTES("\x7f\xff\xff\xff")}}},
    {"RST_STREAM on an idle stream", "goaway:1", {{RST_STREAM, 0, 1, BYTES("\0\0\0\x8")}}},
    {"RST_STREAM of three octets", "goaway:6", {{RST_STREAM, 0, 1, BYTES("\0\0\0")}}},
    {"PING of seven", "goaway:6", {{PING, 0, 0, BYTES("1234567")}}},
    {"PING on a stream", "goaway:1", {{PING, 0, 1, BYTES("12345678")}}},
    {"GOAWAY of seven", "goaway:6", {{GOAWAY, 0, 0, BYTES("\0\0\0\0\0\0\0")}}},
    {"SETTINGS of five", "goaway:6", {{SETTINGS, 0, 0, BYTES("\0\1\0\0\0")}}},
    {"SETTINGS with ACK and a payload",
     "goaway:6",
     {{SETTINGS, FLAG_ACK, 0, BYTES("\0\1\0\0\0\0")}}},
    {"SETTINGS with ACK, once too often",
     "goaway:1",
     {{SETTINGS, FLAG_ACK, 0, BYTES("")}, {SETTINGS, FLAG_ACK, 0, BYTES("")}}},
    {"SETTINGS_ENABLE_PUSH of 2", "goaway:1", {{SETTINGS, 0, 0, BYTES("\0\2\0\0\0\2")}}},
    {"SETTINGS_INITIAL_WINDOW_SIZE of 2^31",
     "goaway:3",
     {{SETTINGS, 0, 0, BYTES("\0\4\x80\0\0\0")}}},
    {"SETTINGS_MAX_FRAME_SIZE of 16383", "goaway:1", {{SETTINGS, 0, 0, BYTES("\0\5\0\0\x3f\xff")}}},
    {"SETTINGS_MAX_FRAME_SIZE of 2^24", "goaway:1", {{SETTINGS, 0, 0, BYTES("\0\5\1\0\0\0")}}},
    {"a setting that nobody knows",
     "end:1",
     {{SETTINGS, 0, 0, BYTES("\x77\x77\xff\xff\xff\xff")},
      {HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {DATA, FLAG_END_STREAM, 1, MESSAGE}}},
    {"PUSH_PROMISE", "goaway:1", {{PUSH_PROMISE, FLAG_END_HEADERS, 1, BYTES("\0\0\0\2")}}},
    {"HEADERS on stream 0", "goaway:1", {{HEADERS, FLAG_END_HEADERS, 0, REQUEST}}},
    {"a second HEADERS without END_STREAM",
     "rst:1:1",
     {{HEADERS, FLAG_END_HEADERS, 1, REQUEST},
      {HEADERS, FLAG_END_HEADERS, 1, BYTES("\x40\x01y\x01z")}}},
};

static void run_row(const struct row *row, size_t segment)
{
    static const struct raw settings = {SETTINGS, 0, 0, {NULL, 0}};
    struct pair pair;
    struct buf in = {0}, words = {0};

    open_server(&pair);
    buf_put(&in, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    put_frame(&in, &settings);
    for (size_t i = 0; i < ARRAY_LEN(row->frames) && row->frames[i].payload.data; i++) {
        put_frame(&in, &row->frames[i]);
        feed(&pair, buf_view(&in), segment, &words);
        buf_reset(&in);
    }
    assert_string_equal(buf_str(&words), row->expected);
    buf_clear(&in);
    buf_clear(&words);
    if (pair.served->host.later) /* the row's call that is answered later */
        gr_finish_unary(seen.later, GR_STATUS_OK);
    pair_close(&pair);
}

static void every_row_answers_as_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        print_message("%s\n", rows[i].what);
        run_row(&rows[i], 0);
        run_row(&rows[i], 1);
    }
}

static void a_wrong_preface_gets_goaway(void **state)
{
    static const char *const prefaces[] = {"GET / HTTP/1.1\r\n\r\n",
                                           "PRI * HTTP/2.0\r\n\r\nSM\r\n\rx", "\x16\x03\x01"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(prefaces); i++) {
        struct pair pair;
        struct buf words = {0};
        open_server(&pair);
        feed(&pair, bytes_str(prefaces[i]), 0, &words);
        assert_string_equal(buf_str(&words), "goaway:1");
        assert_true(conn_done(pair.served->conn));
        buf_clear(&words);
        pair_close(&pair);
    }
}

static void a_first_frame_that_is_not_settings_gets_goaway(void **state)
{
    static const struct raw ping = {PING, 0, 0, {(const uint8_t *)"12345678", 8}};
    struct pair pair;
    struct buf in = {0}, words = {0};

    (void)state;
    open_server(&pair);
    buf_put(&in, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    put_frame(&in, &ping);
    feed(&pair, buf_view(&in), 0, &words);
    assert_string_equal(buf_str(&words), "goaway:1");
    buf_clear(&in);
    buf_clear(&words);
    pair_close(&pair);
}

/* Frames that move nothing, streams that are opened to be reset, settings without end: ENHANCE_YOUR_CALM ends them. */
static const uint8_t many_settings[6 * 2000];
static const struct flood {
    uint32_t times;
    bool new_streams; /* 1, 3, 5 ... in place of what the frames say */
    struct raw frames[2];
} floods[] = {
    {11000, false, {{PRIORITY, 0, 1, BYTES("\0\0\0\0\1")}}},
    {11000,
     true,
     {{HEADERS, FLAG_END_HEADERS, 0, REQUEST}, {RST_STREAM, 0, 0, BYTES("\0\0\0\x8")}}},
    {6, false, {{SETTINGS, 0, 0, {many_settings, sizeof many_settings}}}},
};

static void put_flood(struct buf *out, const struct flood *flood)
{
    for (uint32_t i = 0; i < flood->times; i++)
        for (size_t k = 0; k < ARRAY_LEN(flood->frames) && flood->frames[k].payload.data; k++) {
            struct raw raw = flood->frames[k];
            if (flood->new_streams)
                raw.stream = 2 * i + 1;
            put_frame(out, &raw);
        }
}

static void floods_end_in_enhance_your_calm(void **state)
{
    static const struct raw empty_settings = {SETTINGS, 0, 0, {NULL, 0}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(floods); i++) {
        struct pair pair;
        struct buf in = {0}, words = {0};
        open_server(&pair);
        buf_put(&in, BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        put_frame(&in, &empty_settings);
        put_flood(&in, &floods[i]);
        feed(&pair, buf_view(&in), 65536, &words);
        assert_string_equal(buf_str(&words), "goaway:11");
        buf_clear(&in);
        buf_clear(&words);
        pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_answers_as_written),
        cmocka_unit_test(a_wrong_preface_gets_goaway),
        cmocka_unit_test(a_first_frame_that_is_not_settings_gets_goaway),
        cmocka_unit_test(floods_end_in_enhance_your_calm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
