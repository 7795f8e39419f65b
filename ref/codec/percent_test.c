/* SPDX-License-Identifier: MIT
 *
 * The percent-encoding of grpc-message: rows of text and what it becomes. */
#include "base/test.h"

#include "codec/percent.h"

struct row {
    struct bytes in;
    struct bytes out;
};

static void check(void (*code)(struct buf *, struct bytes), const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bytes in = guard(rows[i].in);
        struct buf out = {0};
        code(&out, in);
        assert_false(out.failed);
        assert_bytes(buf_view(&out), rows[i].out);
        buf_clear(&out);
        unguard(in);
    }
}

static void escapes_only_what_is_not_printable_and_the_percent_sign(void **state)
{
    const struct row rows[] = {
        {BYTES(""), BYTES("")},
        {BYTES("plain text ~ + /?"), BYTES("plain text ~ + /?")},
        {BYTES("100%"), BYTES("100%25")},
        {BYTES("\t\ntest\r\n"), BYTES("%09%0Atest%0D%0A")},
        {BYTES("\x1f\x20\x7e\x7f"), BYTES("%1F ~%7F")},
        {BYTES("\xe2\x98\xba"), BYTES("%E2%98%BA")},
        {BYTES("a\0b"), BYTES("a%00b")},
        {BYTES("\xff\xaa"), BYTES("%FF%AA")},
    };
    (void)state;

    check(gr_percent_encode, rows, ARRAY_LEN(rows));
}

static void decodes_leniently_and_loses_nothing(void **state)
{
    const struct row rows[] = {
        {BYTES(""), BYTES("")},
        {BYTES("plain + text"), BYTES("plain + text")},
        {BYTES("%E2%98%BA ok%25"), BYTES("\xe2\x98\xba ok%")},
        {BYTES("%e2%98%ba"), BYTES("\xe2\x98\xba")},
        {BYTES("bad %zz %4 %FF end"), BYTES("bad %zz %4 \xff end")},
        {BYTES("%"), BYTES("%")},
        {BYTES("%4"), BYTES("%4")},
        {BYTES("%%41"), BYTES("%A")},
        {BYTES("%4%41"), BYTES("%4A")},
        {BYTES("%g1%1g%/0%:0%@0%`0"), BYTES("%g1%1g%/0%:0%@0%`0")},
        {BYTES("%2541"), BYTES("%41")},
        {BYTES("%00"), BYTES("\0")},
        {BYTES("caf\xc3\xa9"), BYTES("caf\xc3\xa9")},
    };
    (void)state;

    check(gr_percent_decode, rows, ARRAY_LEN(rows));
}

static void every_octet_survives_the_round_trip(void **state)
{
    uint8_t all[256];
    struct buf encoded = {0};
    struct buf decoded = {0};
    (void)state;

    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    gr_percent_encode(&encoded, bytes_of(all, sizeof all));
    gr_percent_decode(&decoded, buf_view(&encoded));
    assert_bytes(buf_view(&decoded), bytes_of(all, sizeof all));
    buf_clear(&encoded);
    buf_clear(&decoded);
}

static void running_out_of_memory_sticks_to_the_buffer(void **state)
{
    (void)state;

    for (size_t n = 0;; n++) {
        struct buf encoded = {0};
        struct buf decoded = {0};
        fail_allocation(n);
        gr_percent_encode(&encoded,
                          BYTES("a%b%c%d, and so on beyond the first allocation: %%%%%%%%%%%%"));
        gr_percent_decode(
            &decoded, BYTES("%41%42%43 and %zz, and so on beyond the first allocation, 64 octets"));
        bool failed = stop_failing();
        assert_int_equal(encoded.failed || decoded.failed, failed);
        buf_clear(&encoded);
        buf_clear(&decoded);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_only_what_is_not_printable_and_the_percent_sign),
        cmocka_unit_test(decodes_leniently_and_loses_nothing),
        cmocka_unit_test(every_octet_survives_the_round_trip),
        cmocka_unit_test(running_out_of_memory_sticks_to_the_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
