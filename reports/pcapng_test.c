/* SPDX-License-Identifier: MIT
 *
 * Capture files: blocks that fit together, and packets that tell how much of them is there. That
 * Wireshark decodes them is checked by ci/check-report. */
#include "base/test.h"

#include "reports/pcapng.h"
#include "reports/test_report.h"

static uint32_t le32(struct bytes at)
{
    assert_true(at.len >= 4);
    return (uint32_t)at.data[0] | (uint32_t)at.data[1] << 8 | (uint32_t)at.data[2] << 16 |
           (uint32_t)at.data[3] << 24;
}

/* Walks the blocks; how many of each kind there are is what a reader sees. */
struct seen {
    size_t sections, interfaces, packets, cut;
    uint32_t original; /* of the last packet */
};

static struct seen walk(struct bytes file)
{
    struct seen seen = {0};
    while (file.len > 0) {
        uint32_t type = le32(file), len = le32(bytes_skip(file, 4));
        assert_true(len >= 12 && len % 4 == 0 && len <= file.len);
        assert_int_equal(le32(bytes_skip(file, len - 4)), len);
        seen.sections += type == 0x0a0d0d0a;
        seen.interfaces += type == 1;
        if (type == 6) {
            uint32_t captured = le32(bytes_skip(file, 20));
            seen.original = le32(bytes_skip(file, 24));
            assert_true(captured <= seen.original && captured + 32 <= len);
            seen.packets++;
            seen.cut += captured < seen.original;
        }
        file = bytes_skip(file, len);
    }
    return seen;
}

static void a_transcript_becomes_packets(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    make_report(&report);
    assert_true(report_put_pcapng(&report.results[1], &out));
    struct seen seen = walk(buf_view(&out));
    assert_int_equal(seen.sections, 1);
    assert_int_equal(seen.interfaces, 1);
    assert_int_equal(seen.packets, 3 + 2); /* the handshake; the remark is no packet */
    assert_int_equal(seen.cut, 2);         /* 4 of 17 octets were kept */
    assert_int_equal(seen.original, 40 + 17);
    buf_clear(&out);
    report_clear(&report);
}

static void a_frame_of_any_size_is_told(void **state)
{
    (void)state;
    struct report report;
    struct buf out = {0};
    make_report(&report);
    report.results[1].frames[1].length = 200000;
    report.results[1].frames[0].connection = 70000; /* beyond what is told apart */
    assert_true(report_put_pcapng(&report.results[1], &out));
    assert_int_equal(walk(buf_view(&out)).packets, 3 + 4);
    buf_clear(&out);
    report_clear(&report);
}

static void out_of_memory_is_an_error(void **state)
{
    (void)state;
    struct report report;
    make_report(&report);
    for (size_t n = 0;; n++) {
        struct buf out = {0};
        fail_allocation(n);
        bool ok = report_put_pcapng(&report.results[1], &out);
        bool failed = stop_failing();
        assert_true(ok != failed);
        buf_clear(&out);
        if (!failed)
            break;
    }
    report_clear(&report);
}

static void a_folder_that_cannot_be_is_told(void **state)
{
    (void)state;
    char why[512] = "";
    assert_false(pcapng_folder_make("/nonexistent/folder/of/captures", why));
    assert_non_null(strstr(why, "/nonexistent/folder/of/captures"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transcript_becomes_packets),
        cmocka_unit_test(a_frame_of_any_size_is_told),
        cmocka_unit_test(out_of_memory_is_an_error),
        cmocka_unit_test(a_folder_that_cannot_be_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
