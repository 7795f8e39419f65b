/* SPDX-License-Identifier: MIT
 *
 * Transcripts: a line per frame type, lying payloads, and the bounds. */
#include "base/test.h"

#include "wire/transcript.h"

#define B(literal)                                                                                 \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof(literal) - 1                                         \
    }

struct row {
    struct bytes octets;
    const char *line; /* behind the time */
};

static const struct row rows[] = {
    {B("\0\0\0\4\0\0\0\0\0"), "> SETTINGS stream 0 len 0"},
    {B("\0\0\0\4\1\0\0\0\0"), "> SETTINGS stream 0 ACK len 0"},
    {B("\0\0\xc\4\0\0\0\0\0\0\4\0\0\xff\xff\xf0\0\0\0\0\1"),
     "> SETTINGS stream 0 len 12  INITIAL_WINDOW_SIZE=65535 setting 0xf000=1"},
    {B("\0\0\7\4\0\0\0\0\0\0\4\0\0\xff\xff!"),
     "> SETTINGS stream 0 len 7  INITIAL_WINDOW_SIZE=65535 and 1 octets more"},
    {B("\0\0\7\0\1\0\0\0\1\0\0\0\0\2\x08\x01"),
     "> DATA stream 1 END_STREAM len 7  message flag 0 length 2: \\x08\\x01"},
    {B("\0\0\2\0\0\0\0\0\1hi"), "> DATA stream 1 len 2"},
    {B("\0\0\4\0\x08\0\0\0\1\2h\0\0"), "> DATA stream 1 PADDED len 4 pad 3"},
    {B("\0\0\1\0\x08\0\0\0\1\7"), "> DATA stream 1 PADDED len 1 pad 8"},
    {B("\0\0\1\1\5\0\0\0\1\x82"), "> HEADERS stream 1 END_STREAM END_HEADERS len 1"},
    {B("\0\0\5\2\0\0\0\0\3\x80\0\0\1\x0f"),
     "> PRIORITY stream 3 len 5  depends on 1 exclusive weight 16"},
    {B("\0\0\4\3\0\0\0\0\1\0\0\0\x08"), "> RST_STREAM stream 1 len 4  CANCEL"},
    {B("\0\0\3\3\0\0\0\0\1\0\0\0"), "> RST_STREAM stream 1 len 3"},
    {B("\0\0\5\5\4\0\0\0\1\0\0\0\2\x82"),
     "> PUSH_PROMISE stream 1 END_HEADERS len 5  promises stream 2"},
    {B("\0\0\x08\6\1\0\0\0\0\1\2\3\4\5\6\7\x08"), "> PING stream 0 ACK len 8  0102030405060708"},
    {B("\0\0\xd\7\0\0\0\0\0\0\0\0\3\0\0\0\1why\n!"),
     "> GOAWAY stream 0 len 13  last stream 3, PROTOCOL_ERROR, \"why\\x0a!\""},
    {B("\0\0\7\7\0\0\0\0\0\0\0\0\3\0\0\0"), "> GOAWAY stream 0 len 7"},
    {B("\0\0\4\x08\0\0\0\0\1\0\0\0\5"), "> WINDOW_UPDATE stream 1 len 4  +5"},
    {B("\0\0\4\x08\0\0\0\0\1\x80\0\0\5"), "> WINDOW_UPDATE stream 1 len 4  +5 (reserved bit set)"},
    {B("\0\0\1\x9\4\0\0\0\1\x82"), "> CONTINUATION stream 1 END_HEADERS len 1"},
    {B("\0\0\0\x16\x81\x80\0\0\1"), "> type 0x16 stream 1 (reserved bit set) flags 0x81 len 0"},
    {B("\0\0\0\6\x28\0\0\0\0"), "> PING stream 0 flags 0x28 len 0  "},
    {B("\0\0\5\0\0\0\0\0\1x"),
     "> 10 octets  \\x00\\x00\\x05\\x00\\x00\\x00\\x00\\x00\\x01x"}, /* lies */
};

static void a_frame_is_a_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct transcript transcript = {.began = 5 * NS_PER_MS};
        struct buf line = {0};
        struct bytes guarded = guard(rows[i].octets);
        assert_int_equal(
            transcript_add_frame(&transcript, SENT, 1, 5 * NS_PER_MS + 300000, guarded), 0);
        transcript_format_line(&transcript.entries[0], &line);
        assert_memory_equal(buf_str(&line), "  0.3 ms ", 9);
        assert_string_equal(buf_str(&line) + 9, rows[i].line);
        buf_clear(&line);
        unguard(guarded);
        transcript_clear(&transcript);
    }
}

static void headers_octets_and_remarks_are_lines(void **state)
{
    (void)state;
    struct transcript transcript = {0};
    struct header_list list = {0};
    struct buf text = {0};
    header_list_add(&list, BYTES("grpc-status"), BYTES("0"));
    header_list_add(&list, BYTES("x"), BYTES("\x80\\"));
    size_t entry = transcript_add_frame(&transcript, RECEIVED, 2, 0, BYTES("\0\0\0\1\4\0\0\0\1"));
    transcript_set_headers(&transcript, entry, &list);
    assert_int_equal(list.count, 0);
    (void)transcript_add_octets(&transcript, SENT, 1, NS_PER_S, CONNECTION_PREFACE);
    transcript_add_remark(&transcript, 1, 0, "closed by the %s", "target");
    for (size_t i = 0; i < transcript.count; i++) {
        transcript_format_line(&transcript.entries[i], &text);
        buf_put_str(&text, "\n");
    }
    assert_string_equal(
        buf_str(&text),
        "  0.0 ms [2] < HEADERS stream 1 END_HEADERS len 0  grpc-status=0 x=\\x80\\\\\n"
        "1000.0 ms > 24 octets  PRI * HTTP/2.0\\x0d\\x0a\\x0d\\x0aSM\\x0d\\x0a\\x0d\\x0a\n"
        "  0.0 ms * closed by the target\n");
    buf_clear(&text);
    transcript_clear(&transcript);
}

static void bulk_is_cut_and_dropped_but_the_end_is_kept(void **state)
{
    (void)state;
    struct transcript transcript = {.max_entries = 10, .max_octets = 500};
    struct buf data = {0}, line = {0};
    frame_put_header(&data, 200, FRAME_DATA, 0, 1);
    buf_put_zeros(&data, 200);
    for (size_t i = 0; i < 30; i++)
        (void)transcript_add_frame(&transcript, RECEIVED, 1, 0, buf_view(&data));
    assert_int_equal(transcript.count, 10);
    assert_int_equal(transcript.dropped, 20);
    assert_int_equal(transcript.entries[9].octets.len, TRANSCRIPT_CUT);
    assert_int_equal(transcript.entries[9].wire_len, 209);
    transcript_format_line(&transcript.entries[9], &line);
    assert_non_null(strstr(buf_str(&line), "len 200"));
    assert_non_null(strstr(buf_str(&line), "(payload not kept)"));

    struct bytes reset = BYTES("\0\0\4\3\0\0\0\0\1\0\0\0\x08");
    assert_int_equal(transcript_add_frame(&transcript, RECEIVED, 1, 0, reset), 10);
    for (size_t i = 0; i < 30; i++)
        (void)transcript_add_frame(&transcript, RECEIVED, 1, 0, reset);
    assert_int_equal(transcript.count, 20);
    struct header_list list = {0};
    header_list_add(&list, BYTES("a"), BYTES("b"));
    transcript_set_headers(&transcript, SIZE_MAX,
                           &list); /* dropped: the list is freed all the same */
    assert_int_equal(list.count, 0);
    buf_clear(&line);
    buf_clear(&data);
    transcript_clear(&transcript);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    bool failed = true;
    for (size_t n = 0; failed; n++) {
        struct transcript transcript = {0};
        fail_allocation(n);
        (void)transcript_add_frame(&transcript, SENT, 1, 0, rows[0].octets);
        transcript_add_remark(&transcript, 1, 0,
                              "a remark that is long enough to make the buffer grow %s",
                              "beyond its first size, which is 64");
        failed = stop_failing();
        assert_int_equal(transcript.count < 2, failed);
        transcript_clear(&transcript);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_a_line),
        cmocka_unit_test(headers_octets_and_remarks_are_lines),
        cmocka_unit_test(bulk_is_cut_and_dropped_but_the_end_is_kept),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
